"""Who of the rows that share a key goes on."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dq
from dq.contract import read
from tests import oracle
from tests.conformance.inputs import INPUTS, Rows
from tests.properties.profile import bounded

COLUMNS = {"a": ("integer", pa.int64()), "b": ("string", pa.string()), "t": ("number", pa.float64())}
KEEP = ("none", "first", "last", "first by t", "last by t", "first by b", "last by b")
_ROWS = st.lists(
    st.tuples(st.sampled_from([1, 2, None]), st.sampled_from(["x", "X", "", None]), st.sampled_from([0.0, 1.5, None])),
    max_size=9,
)


@pytest.mark.parametrize("kind", ["arrow", "pandas_numpy", "csv", "jsonl"])
def test_who_goes_on_is_as_plain_python_says(kind: str, tmp_path: Path) -> None:
    """Of a repeated key one row goes on where *keep* and equal rows allow one, and all others are diverted."""

    @bounded(1.5)
    @given(_ROWS, st.sampled_from(KEEP), st.sampled_from([["a"], ["a", "b"], ["b"], ["t"]]))
    def property_(cells: list[tuple[object, ...]], keep: str, keys: list[str]) -> None:
        rule = {
            "id": "key",
            "type": "custom",
            "engine": "dq",
            "implementation": {"check": "unique", "columns": keys, "keep": keep},
        }
        properties = [{"name": name, "logicalType": logical} for name, (logical, _) in COLUMNS.items()]
        head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "keep", "version": "1.0.0", "status": "active"}
        contract = read(json.dumps({**head, "schema": [{"name": "t", "properties": properties, "quality": [rule]}]}), "keep.yaml")
        rows = Rows({name: stored for name, (_, stored) in COLUMNS.items()}, cells, tmp_path)
        result = dq.validate(INPUTS[kind](rows), contract, settings=dq.Settings(threads=1, samples=0))
        named = [dict(zip(COLUMNS, row, strict=True)) for row in cells]
        found = next(item for item in result.checks if item.check.id == "key")
        assert found.bad_rows == len(oracle.unique(named, keys))
        assert {row["__dq_row_no"] for row in result.bad or ()} == oracle.diverted(named, keys, keep)

    property_()
