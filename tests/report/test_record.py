"""Laws of the JSON report."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dq import report
from dq.checks.model import Limit, Op, Status, Unit
from dq.report import record
from dq.result import Counted, Measured, NotRun, Result, Sample

TOP = {"schema_version", "contract", "dataset", "status", "rows", "bad_rows", "coverage", "checks"}
EACH = {"id", "name", "column", "status", "rows", "bad_rows", "limits", "message"}


def _read(result: Result) -> dict[str, Any]:
    """The rendered result, judged by the schema."""
    document: dict[str, Any] = json.loads(report.json(result))
    Draft202012Validator(record.schema(), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(document)
    return document


def test_the_schema_is_a_schema() -> None:
    """The shipped schema is valid, and describes each of its keys."""
    schema = record.schema()
    Draft202012Validator.check_schema(schema)
    for part in (schema, schema["properties"]["coverage"], *(item for item in schema["$defs"].values() if "properties" in item)):
        assert set(part["required"]) == set(part["properties"])
        assert all("description" in said or "$ref" in said for said in part["properties"].values())


def test_every_key_is_in_the_schema(full: Result) -> None:
    """The document holds exactly the keys that the schema describes, in its order."""
    schema, document = record.schema(), _read(full)
    assert list(document) == list(schema["properties"])
    assert list(document["coverage"]) == list(schema["properties"]["coverage"]["properties"])
    for kind, items in {
        "check": document["checks"],
        "gap": document["coverage"]["skipped"],
        "limit": [limit for item in document["checks"] for limit in item["limits"]],
        "sample": document["checks"][0]["samples"],
        "place": [document["checks"][0]["place"]],
    }.items():
        assert items
        assert all(list(item) == list(schema["$defs"][kind]["properties"]) for item in items)


def test_the_promised_keys_are_there(full: Result) -> None:
    """The keys that readers rely on are present on top and in every check."""
    document = _read(full)
    assert set(document) >= TOP
    assert all(set(item) >= EACH for item in document["checks"])


def test_facts_are_kept(full: Result) -> None:
    """Counts, limits, tolerated rows, samples and places arrive as they are."""
    document = _read(full)
    checks = {item["id"]: item for item in document["checks"]}
    assert (document["status"], document["rows"], document["bad_rows"]) == ("fail", 336_776, 29)
    assert checks["dep_delay.required"]["tolerated_rows"] == 8255
    assert checks["dep_delay.required"]["limits"] == [{"op": "<=", "value": 5, "unit": "percent", "text": "at most 5 %"}]
    assert checks["arr_delay.mean"]["where"] == "carrier = 'UA'"
    assert checks["arr_delay.mean"]["value"] == pytest.approx(6.895376757319512)
    assert checks["arr_delay.mean"]["percent"] is None
    assert checks["sql"]["reason"] == "the query took longer than 60 s"
    assert checks["sql"]["column"] is None
    assert checks["dep_time.maximum"]["samples"][0]["values"]["tailnum"] is None
    assert checks["dep_time.maximum"]["place"]["line"] == 31
    assert document["coverage"]["skipped"][1]["waived"] is True
    assert document["now"] == "2026-03-01T12:30:00+00:00"


def test_the_same_result_renders_the_same(full: Result) -> None:
    """Rendering is a function: equal results, equal text."""
    assert report.json(full) == report.json(full)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.5"), 1.5),
        (Decimal("0.1"), 0.1),
        (Decimal("12345678901234567890.1"), "12345678901234567890.1"),
        (Decimal("NaN"), "NaN"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (2**70, 2**70),
        (None, None),
        (time(9, 30), "09:30:00"),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), "2024-02-29T12:00:00+00:00"),
        (True, True),
    ],
)
def test_numbers_lose_nothing(make: Any, found: Any, value: Any, expected: Any) -> None:
    """A value that JSON cannot hold exactly is text."""
    item = found("a.mean", Status.PASS, Measured(value), limits=(Limit(Op.NE, value, Unit.VALUE),))
    document = _read(make(item))
    assert document["checks"][0]["value"] == expected
    assert document["checks"][0]["limits"][0]["value"] == expected


def test_empty_and_erred_results_are_valid(make: Any, found: Any) -> None:
    """No checks, no rows, nothing run: still a valid document."""
    assert _read(make(rows=0))["status"] == "error"
    empty = found("a.required", Status.PASS, Counted(0, 0))
    assert _read(make(empty, rows=0))["checks"][0]["percent"] == 0
    assert _read(make(found("a.b", Status.SKIP, NotRun("no values"))))["checks"][0]["reason"] == "no values"


def test_hostile_values_survive_and_are_safe(make: Any, found: Any) -> None:
    """Values come back as they were; the text holds no control or hidden character."""
    evil = 'x\x1b[2J\u202e\ud800"\x00\x9b</script>'
    item = found("a.b", Status.FAIL, Counted(1, 1), samples=(Sample(0, {evil: evil}),), message=evil)
    text = report.json(make(item))
    text.encode()
    assert not set(text) & {"\x1b", "\u202e", "\x00", "\x9b"}
    assert json.loads(text)["checks"][0]["samples"][0]["values"] == {evil: evil}
