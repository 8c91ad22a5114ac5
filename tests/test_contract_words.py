"""Words of a contract that change what its rules mean: variables, waivers; and columns that only look alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import dq
from dq.contract import read


def _contract(*properties: dict[str, Any]) -> dq.Contract:
    head = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "t", "version": "1.0.0", "status": "active"}
    return read(json.dumps({**head, "schema": [{"name": "t", "properties": list(properties)}]}), "t.odcs.yaml")


def _valid(*values: str) -> dict[str, Any]:
    rule = {"metric": "invalidValues", "arguments": {"validValues": list(values)}, "mustBe": 0}
    return {"name": "a", "logicalType": "string", "quality": [rule]}


def test_variables_in_rules_are_resolved_when_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule means what the environment says now; other values are another plan."""
    contract = _contract(_valid("${DQ_TEST_WORD}", "${DQ_TEST_NONE:-y}"))
    monkeypatch.setenv("DQ_TEST_WORD", "x")
    first = dq.validate([{"a": "x"}, {"a": "y"}, {"a": "z"}], contract)
    monkeypatch.setenv("DQ_TEST_WORD", "z")
    second = dq.validate([{"a": "x"}, {"a": "y"}, {"a": "z"}], contract)
    assert [row["a"] for row in first.bad or ()] == ["z"]
    assert [row["a"] for row in second.bad or ()] == ["x"]
    assert first.plan != second.plan


def test_a_variable_without_a_value_is_a_fault_at_its_place() -> None:
    """It says where it is written, and both ways out."""
    with pytest.raises(dq.ContractError) as raised:
        dq.validate([{"a": "x"}], _contract(_valid("${DQ_TEST_UNSET}")))
    assert "schema.t.a.quality[0].arguments.validValues[0]: the variable DQ_TEST_UNSET is not set" in str(raised.value)
    assert "${DQ_TEST_UNSET:-…}" in str(raised.value)


@pytest.mark.parametrize(("waive", "status"), [([], "warn"), (["a.foreign_key"], "skip")])
def test_a_relationship_that_cannot_be_judged_warns_unless_waived(waive: list[str], status: str) -> None:
    """It is never a pass; somebody may say by name that it is all right."""
    item = {
        "name": "a",
        "logicalType": "string",
        "relationships": [{"to": "other.a"}],
        "customProperties": [{"property": "dq", "value": {"waive": waive}}],
    }
    result = dq.validate([{"a": "x"}], _contract(item))
    assert result.status == status


def test_parquet_columns_that_differ_only_in_case_are_refused(tmp_path: Path) -> None:
    """They are one name to DuckDB; parts of nested columns may repeat."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    nested = {"s": [{"x": 1, "y": [{"x": 2}]}], "l": [[1]], "m": [[2]]}
    pq.write_table(pa.table({"a": [1], **nested}), tmp_path / "good.parquet")
    pq.write_table(pa.table({"a": [1], "A": [2], **nested}), tmp_path / "bad.parquet")
    contract = _contract({"name": "a", "logicalType": "integer"})
    assert dq.validate(tmp_path / "good.parquet", contract).ok
    with pytest.raises(dq.SourceError, match="columns 'a' and 'A' are one name"):
        dq.validate(tmp_path / "bad.parquet", contract)


def test_floats_fit_a_decimal_with_their_digits() -> None:
    """A float column is a decimal(5,2) column when every value has at most two places and three digits before them."""
    item = {"name": "a", "logicalType": "number", "physicalType": "decimal(5,2)"}
    result = dq.validate([{"a": value} for value in (12.34, 12.345, 999.99, 1000.5, None, 0.07)], _contract(item))
    assert [row["__dq_row_no"] for row in result.bad or ()] == [1, 3]
