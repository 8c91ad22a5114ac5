"""Laws of stored results: what JSON carries, every renderer can say again."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from dq import report
from dq.checks.model import Check, Keys, Limit, Op, Rows, Status, Unit
from dq.errors import UsageError
from dq.result import Bin, ColumnProfile, Counted, Measured, Result, Standout
from tests.report.hostile import hostile

RENDERERS = ("terminal", "html", "markdown", "json", "junit", "github", "openlineage", "oors")


@pytest.fixture
def rich(full: Result) -> Result:
    """A result with reasons and a profile."""
    why = (Standout("carrier", None, 28, 28 / 29, 26_397, 0.08, 12.3), Standout("(position)", "1 to 9", 29, 1.0, 9, 0.1, 9.0))
    column = ColumnProfile(
        name="dep_time",
        type="INTEGER",
        rows=9,
        nulls=1,
        distinct=8,
        low="1",
        high="9",
        mean=4.5,
        stddev=1.5,
        quantiles=(1.0, 2.0, 3.0, 4.0, 5.0),
        lengths=(1, 1.5, 2),
        top=(("1", 2), (None, 1)),
        patterns=(("9", 9),),
        histogram=(Bin(1.0, 9.0, 8),),
    )
    return replace(full, checks=(replace(full.checks[0], why=why), *full.checks[1:]), profile=(column,))


@pytest.mark.parametrize("name", RENDERERS)
def test_a_stored_result_renders_the_same(rich: Result, name: str) -> None:
    """Every renderer gives the same text for a result and for what its JSON holds."""
    render = getattr(report, name)
    for result in (rich, hostile(), hostile("\ud800\x00")):
        assert render(report.from_json(report.json(result))) == render(result)


def test_other_datasets_are_kept(make: Any, found: Any) -> None:
    """The command to run again names the datasets that checks look into, from a stored result as well."""
    from sqlglot import exp

    item = found("a.foreign_key", Status.FAIL, Counted(3, 1), subject=Keys(("a",), exp.select(), reference="planes"))
    assert "--with planes=FILE" in report.markdown(report.from_json(report.json(make(item))))


def test_only_what_json_cannot_hold_changes(make: Any, found: Any) -> None:
    """A decimal that is no float comes back as its text; everything else is equal but for trees and digests."""
    item = found("a.mean", Status.PASS, Measured(Decimal("12345678901234567890.1"), 3), limits=(Limit(Op.NE, 1, Unit.VALUE),))
    result = make(item)
    back = report.from_json(report.json(result))
    assert back.checks[0].found == Measured("12345678901234567890.1", 3)
    assert replace(back, checks=()) == replace(result, checks=())
    assert _bare(back.checks[0].check) == _bare(item.check)


def _bare(check: Check) -> Check:
    from sqlglot import exp

    return replace(check, subject=Rows(exp.true()), clause=replace(check.clause, sha256=""))


@pytest.mark.parametrize(
    ("version", "mend"),
    [
        ("0.9", "run the checks again with this version of dq"),
        ("2.0", "upgrade dq-suite, or run the checks again"),
        ("soon", "run the checks again with this version of dq"),
    ],
)
def test_another_major_version_is_refused(full: Result, version: str, mend: str) -> None:
    """A result of an older or a newer major version of the schema ends in a message that says what to do."""
    said = json.loads(report.json(full)) | {"schema_version": version}
    with pytest.raises(UsageError) as caught:
        report.from_json(json.dumps(said), "old.json")
    assert str(caught.value) == f"old.json: a result of schema version {version} cannot be read; this is 1.1\n  {mend}"


def test_an_older_and_a_newer_minor_version_are_read(full: Result) -> None:
    """Keys that were not there yet are empty, keys that are not known are left out."""
    said = json.loads(report.json(full))
    old = {**said, "schema_version": "1.0"}
    del old["profile"]
    old["checks"] = [
        {name: item[name] for name in item if name not in ("why", "looks", "reference", "tool")} for item in said["checks"]
    ]
    new = {**said, "schema_version": "1.99", "mood": "good"}
    for document in (old, new):
        assert report.html(report.from_json(json.dumps(document))) == report.html(full)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "this is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[" * 100_000, "this is not JSON"),
        ("[1]", "this is not a result of dq"),
        ('{"rows": 3}', "this is not a result of dq"),
        ('{"schema_version": "1.1"}', "this result lacks 'contract'"),
        (
            '{"schema_version": "1.1", "contract": 1, "dataset": 1, "status": "fine"}',
            "this result holds what does not fit: 'fine'",
        ),
    ],
)
def test_what_is_no_result_is_refused(text: str, message: str) -> None:
    """Text that is no JSON, no result or half a result is refused by name, with a way out."""
    with pytest.raises(UsageError) as caught:
        report.from_json(text, "x.json")
    assert str(caught.value).startswith(f"x.json: {message}")
    assert "--format json" in str(caught.value)
