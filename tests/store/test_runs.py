"""Runs, their facts and their metrics."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dq.errors import UsageError
from dq.result import Outcome
from dq.store import CheckFacts, ContractFacts, Metric, Slot, Store, schema

if TYPE_CHECKING:
    from tests.store.conftest import Facts

CHECK = CheckFacts(
    fingerprint="f1", id="amount.min", says="amount is at least 0", dimension="conformity", column="amount",
    mode="quarantine", clause="orders.yaml:12", status="fail", rows=10, bad=3, message="3 rows", value=None,
    samples=({"row": 4, "values": {"amount": "-1"}}, {"row": 7, "values": {"amount": "-2"}}),
)  # fmt: skip


def _points(store: Store) -> list[tuple[str, str, datetime, float | None]]:
    """What is believed now: the newest value of each metric, key and time."""
    s, p = schema.series, schema.point
    query = sa.select(s.c.metric, p.c.key, p.c.at, p.c.value).join_from(p, s).order_by(p.c.recorded_at)
    rows = store._database.read(lambda connection: connection.execute(query).all())
    newest = {(row.metric, row.key, row.at): row.value for row in rows}
    return sorted((*name, value) for name, value in newest.items() if value is not None)


def test_a_run_comes_back_as_it_was_recorded(store: Store, facts: Facts) -> None:
    """Checks in plan order, samples, columns, contract, origin: all of one run, by the start of its id."""
    given = facts.run(
        id="0123456789",
        contract=ContractFacts("sha", "orders", "2.1.0", "body"),
        checks=(CHECK,),
        columns=(("id", "BIGINT"), ("amount", "DOUBLE")),
        origin={"task": "load", "try": 2},
        error={"what": "none"},
    )
    assert store.record_run(given, outcome=Outcome.QUARANTINED) == given.id
    run = store.run("01234")
    assert (run.id, run.slot, run.contract, run.outcome) == (given.id, facts.slot, "orders@2.1.0", Outcome.QUARANTINED)
    assert run.checks == (CHECK,)
    assert run.columns == given.columns
    assert (run.origin, run.error) == ({"task": "load", "try": 2}, {"what": "none"})
    assert (run.at, run.now, run.started) == (given.at, given.now, given.started)


def test_recording_a_run_twice_is_recording_it_once(store: Store, facts: Facts) -> None:
    """A retry after a lost acknowledgement adds nothing."""
    run = facts.run(checks=(CHECK,))
    assert store.record_run(run) == store.record_run(run)
    assert len(store.runs()) == 1


def test_runs_are_found_newest_first(store: Store, facts: Facts) -> None:
    """By dataset, stage, key and status; without a filter, all of them."""
    for day in range(3):
        slot = Slot("shop.orders", "raw", f"day {day}")
        store.record_run(facts.run(slot=slot, started=facts.now + timedelta(days=day), status="pass" if day else "fail"))
    store.record_run(facts.run(slot=Slot("shop.items", "mart", "")))
    assert [run.slot.key for run in store.runs(dataset="shop.orders")] == ["day 2", "day 1", "day 0"]
    assert [run.slot.key for run in store.runs(dataset="shop.orders", status="pass", limit=1)] == ["day 2"]
    assert len(store.runs()) == 4
    assert store.runs(stage="none") == ()


def test_a_new_run_waits_for_its_alert(store: Store, facts: Facts) -> None:
    """A run not yet alerted is the queue: `alerted_at` is null."""
    store.record_run(facts.run())
    assert [run.alerted_at for run in store.runs()] == [None]


def test_a_key_enforced_again_replaces_its_points(store: Store, facts: Facts) -> None:
    """At the same logical time the newer value holds; under another time, the older points of the key are withdrawn."""
    later = facts.now + timedelta(hours=1)
    other = Slot("shop.orders", "raw", "other key")
    store.record_run(facts.run(metrics=(Metric("rows", 10.0), Metric("null_rate", 0.1, "amount"))))
    store.record_run(facts.run(slot=other, metrics=(Metric("rows", 5.0),)))
    store.record_run(facts.run(metrics=(Metric("rows", 12.0), Metric("null_rate", 0.2, "amount"))))
    assert [(metric, key, value) for metric, key, _, value in _points(store)] == [
        ("null_rate", facts.slot.key, 0.2),
        ("rows", facts.slot.key, 12.0),
        ("rows", "other key", 5.0),
    ]
    store.record_run(facts.run(at=later, metrics=(Metric("rows", 13.0),)))
    assert [(key, at, value) for metric, key, at, value in _points(store) if metric == "rows"] == [
        (facts.slot.key, later, 13.0),
        ("other key", facts.now, 5.0),
    ]


def test_points_without_a_key_stand_beside_each_other(store: Store, facts: Facts) -> None:
    """A plain validation at another time adds a point."""
    slot = Slot("shop.orders", "", "")
    for hour in range(2):
        store.record_run(facts.run(slot=slot, at=facts.now + timedelta(hours=hour), metrics=(Metric("rows", float(hour)),)))
    assert [value for *_, value in _points(store)] == [0.0, 1.0]


def test_text_that_no_database_takes_is_escaped(store: Store, facts: Facts) -> None:
    """NUL and lone surrogates in messages and samples are kept as escapes."""
    check = CheckFacts(
        "f", "c", "says", "d", "col\x00umn", "m", "x", "fail", message="a\x00b\ud800", samples=({"v": "\x00\ud800"},)
    )
    store.record_run(facts.run(checks=(check,), columns=(("\x00", "TEXT"),)))
    (run,) = store.runs()
    (found,) = store.run(run.id).checks
    assert (found.column, found.message) == ("col\\x00umn", "a\\x00b\\ud800")
    assert found.samples == ({"v": "\x00\ud800"},)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("zz", "no run 'zz'\n  `dq runs list` shows those there are"),
        ("ab", "several run ids start with 'ab'\n  say more of it: ab1, ab2"),
        ("", "no run ''"),
        ("a%", "no run 'a%'"),
    ],
)
def test_a_run_must_be_named_well(store: Store, facts: Facts, wanted: str, said: str) -> None:
    """An id that is unknown or means several is refused, with the way to a better one."""
    for name in ("ab1", "ab2"):
        store.record_run(facts.run(id=name))
    with pytest.raises(UsageError) as caught:
        store.run(wanted)
    assert said in str(caught.value)


def test_a_moment_needs_a_zone(store: Store, facts: Facts) -> None:
    """A time without a zone is refused rather than guessed."""
    with pytest.raises(Exception, match="a moment needs a zone"):
        store.record_run(facts.run(at=datetime(2024, 5, 1)))  # noqa: DTZ001  that is the point
