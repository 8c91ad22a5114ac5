"""As many checks as one likes: reasons are exact beyond one word of bits."""

from __future__ import annotations

import json

import dq
from dq.contract import read

MANY = 150


def test_every_row_has_its_own_reason_among_many() -> None:
    """With 150 checks, each of which marks one row and the last of all, every row carries its reason alone."""
    rules = [
        {
            "id": f"not-{number}",
            "type": "custom",
            "engine": "dq",
            "implementation": {"check": "not_in_set", "column": "n", "values": [number, MANY]},
        }
        for number in range(MANY)
    ]
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "many", "version": "1.0.0", "status": "active"}
    schema = {"name": "t", "properties": [{"name": "n", "logicalType": "integer"}], "quality": rules}
    contract = read(json.dumps({**head, "schema": [schema]}), "many.odcs.yaml")
    result = dq.validate([{"n": number} for number in range(MANY + 2)], contract)
    assert result.bad_rows == MANY + 1
    assert result.bad is not None
    reasons = [row["__dq_reasons"].split("; ") for row in result.bad]
    assert reasons == [[f"not-{number}"] for number in range(MANY)] + [[f"not-{number}" for number in range(MANY)]]
    assert {item.check.id: item.bad_rows for item in result.checks if item.check.rule} == {f"not-{n}": 2 for n in range(MANY)}
