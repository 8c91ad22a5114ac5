"""Another dataset that is given is one that a rule looks into."""

from __future__ import annotations

import json

import pytest

import dq
from dq.contract import read

HEAD = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "air", "name": "air", "version": "1.0.0", "status": "active"}
PLANE = {"name": "plane", "logicalType": "string", "relationships": [{"to": "planes.tailnum"}]}
CITY = {"name": "city", "logicalType": "string", "relationships": [{"to": "cities.name"}]}
NESTED = {"name": "place", "logicalType": "object", "properties": [CITY]}
LATER = {"type": "custom", "engine": "dq", "customProperties": [{"property": "dq", "value": {"stages": ["mart"]}}]}
CARRIER = {"check": "foreign_key", "columns": ["plane"], "to": "carriers", "to_columns": ["id"]}
QUERY = {"id": "own", "type": "sql", "query": "SELECT count(*) FROM {object} JOIN airports ON true", "mustBe": 0}
FLIGHTS = {"name": "flights", "properties": [PLANE], "quality": [{**LATER, "implementation": CARRIER}]}
CONTRACT = read(json.dumps({**HEAD, "schema": [FLIGHTS]}), "air.odcs.yaml")
ROWS = [{"plane": "N1"}]


def test_a_dataset_that_no_rule_looks_into_is_refused() -> None:
    """Whoever misspells the name is told so, and which names rules have: silence would be taken for a rule that was judged."""
    for call in (
        lambda: dq.validate(ROWS, CONTRACT, references={"plains": [{"tailnum": "N1"}]}),
        lambda: dq.split(ROWS, CONTRACT, references={"plains": [{"tailnum": "N1"}]}),
    ):
        with pytest.raises(dq.UsageError, match="no rule looks into another dataset 'plains'") as raised:
            call()
        assert raised.value.mend == "did you mean 'planes'? rules name: planes, carriers"


def test_a_dataset_of_another_stage_or_rule_may_be_given() -> None:
    """One call gives all stages what any of them looks into."""
    known = {"planes": [{"tailnum": "N1"}], "carriers": [{"id": "x"}]}
    assert dq.validate(ROWS, CONTRACT, stage="raw", references=known).ok
    assert dq.validate(ROWS, CONTRACT, rules=["plane.foreign_key"], references=known).ok
    assert dq.validate(ROWS, CONTRACT, metadata_only=True, references=known).ok


def test_names_in_queries_and_nested_values_are_known() -> None:
    """A relationship of a nested value, which nobody checks, still names its dataset; so does a rule in SQL."""
    contract = read(json.dumps({**HEAD, "schema": [{"name": "flights", "properties": [NESTED], "quality": [QUERY]}]}), "a.yaml")
    rows = [{"place": {"city": "Rome"}}]
    given = {"cities": [{"name": "Rome"}], "airports": [{"id": 1}]}
    assert dq.validate(rows, contract, references=given).status in ("fail", "warn")
    with pytest.raises(dq.UsageError, match="'zz'"):
        dq.validate(rows, contract, references={**given, "zz": []})


def test_a_file_that_is_not_there_yet_may_come() -> None:
    """Of a dataset that a rule looks into, a file that is missing is a failure of the world."""
    with pytest.raises(dq.WorldError) as raised:
        dq.validate(ROWS, CONTRACT, references={"planes": "nothing.csv"})
    assert raised.value.exit_code == 3
