"""What makes the same content, and what makes other content, when a key is enforced again."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import dq
from dq.contract import read


@pytest.fixture
def contract() -> dq.Contract:
    """Numbers up to 38, each known to another dataset."""
    item = {
        "name": "a",
        "logicalType": "integer",
        "logicalTypeOptions": {"maximum": 38},
        "relationships": [{"to": "other.k"}],
    }
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "t", "version": "1.0.0", "status": "active"}
    return read(json.dumps({**head, "schema": [{"name": "t", "properties": [item]}]}), "t.odcs.yaml")


def test_other_references_are_other_content_and_another_order_is_not(
    contract: dq.Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed reference is judged anew; the same rows in another order are the same batch."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame({"a": range(40)})
    known = [[{"k": number} for number in range(most)] for most in (40, 38)]
    first = dq.enforce(frame, contract, stage="raw", key="k", references={"other": known[0]})
    second = dq.enforce(frame, contract, stage="raw", key="k", references={"other": known[1]})
    third = dq.enforce(frame.iloc[::-1], contract, stage="raw", key="k", references={"other": known[1]})
    assert [item.rows_quarantined for item in (first, second, third)] == [1, 2, 2]
    assert first.batch.id != second.batch.id == third.batch.id
    assert third.good["a"].tolist() == list(range(37, -1, -1))
