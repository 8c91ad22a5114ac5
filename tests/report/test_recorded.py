"""Laws of recorded runs: what a store keeps of a run is told as what it was, and nothing is made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dq import report
from dq.checks.model import Status
from dq.contract import Contract, load
from dq.errors import Place
from dq.report.recorded import LEFT_OUT, from_run
from dq.result import Counted, Measured, NotRun, Outcome
from dq.store import CheckFacts, Run, Slot
from tests.report.hostile import PAYLOADS

NOW = datetime(2024, 5, 1, 6, tzinfo=UTC)


def facts(id_: str = "a.maximum", status: str = "fail", **said: Any) -> CheckFacts:
    """What the store has of one check."""
    words = {
        "says": "a is at most 9",
        "dimension": "accuracy",
        "column": "a",
        "mode": "quarantine",
        "clause": "c.yaml:7 schema.t.a",
    }
    return CheckFacts(fingerprint="0" * 64, id=id_, status=status, **{**words, **said})


def run(*checks: CheckFacts, **said: Any) -> Run:
    """A run with *checks*."""
    words: dict[str, Any] = {
        "id": "ab" * 16,
        "slot": Slot("t.t", "raw", "d1"),
        "at": NOW,
        "now": NOW,
        "started": NOW,
        "finished": NOW + timedelta(seconds=2),
        "status": "fail",
        "outcome": Outcome.QUARANTINED,
        "rows": 9,
        "bad_rows": 2,
        "plan": "",
        "contract": "t@1.0.0",
        "engine": "duckdb",
        "batch": "cd" * 32,
        "origin": {},
        "error": None,
        "alerted_at": None,
        "checks": checks,
        "columns": (("b", "INTEGER"), ("a", "INTEGER")),
    }
    return Run(**{**words, **said})


@pytest.fixture
def contract(tmp_path: Any) -> Contract:
    """A contract with one rule about `a`, which allows a share of bad rows."""
    path = tmp_path / "t.odcs.yaml"
    path.write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: t\nname: t\nversion: 1.0.0\nstatus: active\nschema:\n  - name: t\n"
        "    properties:\n      - {name: a, logicalType: integer, logicalTypeOptions: {maximum: 9}}\n",
        "utf-8",
    )
    return load(path)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"status": "fail", "rows": 9, "bad": 2}, Counted(9, 2)),
        ({"status": "pass", "rows": 9, "bad": 0}, Counted(9, 0)),
        ({"status": "fail", "rows": 9, "value": "12"}, Measured(12, 9)),
        ({"status": "fail", "rows": 9, "value": "1.5"}, Measured(1.5, 9)),
        ({"status": "fail", "rows": 9, "value": "2024-05-01"}, Measured("2024-05-01", 9)),
        ({"status": "skip", "message": "no values"}, NotRun("no values")),
        ({"status": "error", "message": "cannot be compared"}, NotRun("cannot be compared")),
    ],
)
def test_what_was_found_is_what_was_found(said: dict[str, Any], found: object) -> None:
    """Counts, measured values and reasons for no verdict are told apart by what was recorded."""
    (item,) = from_run(run(facts(**said))).checks
    assert (item.found, item.status) == (found, Status(said["status"]))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("c.yaml:7 schema.t.a", Place("c.yaml", 7, "schema.t.a")),
        ("my contracts/c d.yaml:7 schema.t.a", Place("my contracts/c d.yaml", 7, "schema.t.a")),
        ("c.yaml:7", Place("c.yaml", 7, "")),
        ("c.yaml schema.t.a", Place("c.yaml schema.t.a", 0, "")),
        ("", Place("", 0, "")),
    ],
)
def test_a_place_is_read_as_it_was_printed(text: str, place: Place) -> None:
    """The clause of a check is at the document and line that were recorded, whatever is in the name of the file."""
    (item,) = from_run(run(facts(clause=text))).checks
    assert item.check.clause.place == place
    assert str(place) == text


def test_a_contract_tells_more_of_a_check_that_it_knows(contract: Contract) -> None:
    """Clause and name are the contract's; mode and place those of the run, which may have been weakened, or elsewhere."""
    (item,) = from_run(run(facts(mode="warn", status="warn")), contract).checks
    assert (item.check.name, item.check.clause.text) == ("maximum", "maximum: 9")
    assert (str(item.check.mode), item.check.clause.place.line) == ("warn", 7)


def test_a_rule_that_says_something_else_by_now_is_not_taken_for_it(contract: Contract) -> None:
    """A check of the same id but another sentence is told by what was recorded."""
    (item,) = from_run(run(facts(says="a is at most 5")), contract).checks
    assert (item.check.says, item.check.clause.text) == ("a is at most 5", "")


def test_samples_have_the_order_of_the_data() -> None:
    """The store does not keep the order of a sample's columns; it comes back from the columns of the run."""
    sample = {"row": 3, "values": {"a": "10", "b": None, "z": "1"}, "source": "x.csv", "line": 4}
    (item,) = from_run(run(facts(samples=(sample,)))).checks
    assert list(item.samples[0].values.items()) == [("b", None), ("a", "10"), ("z", "1")]
    assert (item.samples[0].row, item.samples[0].line) == (3, 4)


def test_a_note_says_what_is_left_out() -> None:
    """And where the bad rows are, when there are any."""
    assert from_run(run()).notes == (LEFT_OUT, f"the bad rows: dq quarantine rows {'cd' * 8}")
    assert from_run(run(batch="")).notes == from_run(run(bad_rows=0)).notes == (LEFT_OUT,)


@pytest.mark.parametrize("text", PAYLOADS, ids=range(len(PAYLOADS)))
def test_hostile_words_of_a_store_are_harmless(text: str) -> None:
    """A store that somebody wrote into gives a report all the same, in every form."""
    sample = {"row": 0, "values": {text: text}, "source": text, "line": None}
    item = facts(text, says=text, column=text, clause=text, message=text, samples=(sample,))
    told = from_run(
        replace(run(item), contract=text, slot=Slot(text, text, text), origin={"call": {"sources": {"": {"paths": [text]}}}})
    )
    for name in ("terminal", "html", "markdown", "json", "junit", "github", "openlineage", "oors"):
        assert getattr(report, name)(told)
