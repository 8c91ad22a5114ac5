"""The protocol as one process sees it; processes that die or race are in tests/faults."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from dq.errors import EngineError, Fenced, SourceChanged, SourceError, WorldError
from dq.quarantine import Budget, budget, care, finish
from dq.result import Outcome
from dq.store import Slot, State, faults
from tests.quarantine.conftest import NOW, SLOT

if TYPE_CHECKING:
    from tests.quarantine.conftest import Shop

Strike = Callable[[str, Callable[[], None]], None]


def test_bad_rows_wait_and_good_rows_go_on(shop: Shop) -> None:
    """Within the budget, the batch is published, its counts balance, its rows read back, and its run is recorded."""
    done = shop.enforce(shop.work())
    assert (done.outcome, done.batch.state, done.again) == (Outcome.QUARANTINED, State.PUBLISHED, False)
    assert (done.batch.rows_in, done.batch.rows_good, done.batch.rows_bad, done.batch.open) == (100, 97, 3, 3)
    assert done.published is not None
    assert (done.published.rows, done.published.where, done.batch.output) == (97, "out", "out")
    assert [row for batch in care.rows(shop.store, shop.vault, done.batch.id) for row in batch.column("id").to_pylist()] == [
        0,
        1,
        2,
    ]
    (run,) = shop.store.runs()
    assert (run.outcome, run.batch, run.id) == (Outcome.QUARANTINED, done.batch.id, done.batch.run)
    assert [reason.rows for reason in shop.store.reasons(done.batch.id)] == [3]


def test_without_bad_rows_all_go_on(shop: Shop) -> None:
    """The outcome is passed, and no payload is written; also when there are no rows at all."""
    for good in (100, 0):
        done = shop.enforce(shop.work(good, 0))
        assert (done.outcome, done.batch.parts, done.batch.state) == (Outcome.PASSED, (), State.PUBLISHED)


def test_a_second_time_changes_nothing(shop: Shop) -> None:
    """The batch is found, its own `now` bound, the same edition published, and one more run recorded."""
    first = shop.enforce(shop.work())
    second = shop.enforce(shop.work(), now=NOW + timedelta(days=1))
    assert second.again
    assert second.batch == first.batch
    assert shop.looks == [NOW, NOW]
    assert [turn.edition for turn in shop.turns] == [f"{first.batch.id}:1"] * 2
    assert len(shop.store.runs()) == 2


def test_another_input_takes_the_place_of_the_first(shop: Shop) -> None:
    """The older batch is superseded, and named as what must give way."""
    first = shop.enforce(shop.work())
    second = shop.enforce(shop.work(90, 2))
    assert shop.store.batch(first.batch.id).state is State.SUPERSEDED
    assert shop.turns[-1].replaces == (first.batch.id,)
    assert second.batch.supersedes == first.batch.id


@pytest.mark.parametrize("said", [{"plan": "other"}, {"policy": "weaker"}])
def test_another_plan_or_policy_is_another_batch(shop: Shop, said: dict[str, str]) -> None:
    """A changed contract judges the same rows anew."""
    first = shop.enforce(shop.work())
    second = shop.enforce(shop.work(), **said)
    assert not second.again
    assert second.batch.supersedes == first.batch.id


def test_another_slot_is_left_alone(shop: Shop) -> None:
    """The same rows under another key, stage or dataset are another batch."""
    first = shop.enforce(shop.work())
    others = (replace(SLOT, key="b"), replace(SLOT, stage="b"), replace(SLOT, dataset="b"))
    batches = {shop.enforce(shop.work(), slot=slot).batch.id for slot in others} | {first.batch.id}
    assert len(batches) == 4
    assert shop.store.batch(first.batch.id).state is State.PUBLISHED


@pytest.mark.parametrize(
    ("rows", "said", "outcome", "why"),
    [
        ((0, 3), {}, Outcome.BLOCKED, "budget: no row is good: all 3 would be diverted"),
        ((50, 50), {}, Outcome.BLOCKED, "budget: 50 of 100 rows would be diverted, the budget is 10% or 10 rows (10 rows)"),
        ((97, 3), {"blocked_by": ("count",)}, Outcome.BLOCKED, "count"),
        ((97, 3), {"erred": ("regex",)}, Outcome.ERROR, "regex"),
    ],
)
def test_a_blocked_batch_publishes_nothing(
    shop: Shop, rows: tuple[int, int], said: dict[str, Any], outcome: Outcome, why: str
) -> None:
    """Beyond the budget, without one good row, or by a rule: evidence is kept, the run recorded, what was there stays."""
    before = shop.enforce(shop.work(5, 1))
    done = shop.enforce(shop.work(*rows, **said))
    assert (done.outcome, done.batch.state, done.published) == (outcome, State.BLOCKED, None)
    assert done.batch.blocked_by == (why,)
    assert len(shop.turns) == 1
    assert shop.store.batch(before.batch.id).state is State.PUBLISHED
    assert sum(batch.num_rows for batch in care.rows(shop.store, shop.vault, done.batch.id)) == rows[1]
    assert {run.outcome for run in shop.store.runs()} == {Outcome.QUARANTINED, outcome}


def test_a_blocked_key_may_be_enforced_again(shop: Shop) -> None:
    """With a wider budget, the same rows go on."""
    blocked = shop.enforce(shop.work(50, 50))
    done = shop.enforce(shop.work(50, 50), budget=Budget())
    assert done.batch.id == blocked.batch.id
    assert done.batch.state is State.PUBLISHED
    assert shop.store.check() == ()


def test_rows_handed_over_must_be_those_counted(shop: Shop) -> None:
    """Fewer or more bad rows than were found: nothing is committed."""
    few = [pa.record_batch({"id": [1]})]
    with pytest.raises(EngineError, match="3 rows are bad, but 1 were handed over\n  nothing was committed"):
        shop.enforce(shop.work(rows=few))
    assert [batch.state for batch in shop.store.batches()] == [State.WRITING]


def test_rows_published_must_be_those_that_are_good(shop: Shop) -> None:
    """Another number: the batch stays committed, and is not said to be published."""
    work = shop.work()
    with pytest.raises(EngineError, match="96 rows were published, but 97 are good"):
        shop.enforce(replace(work, publish=lambda turn: replace(work.publish(turn), rows=96)))
    assert [batch.state for batch in shop.store.batches()] == [State.COMMITTED]


def test_the_same_input_must_give_the_same_bad_rows(shop: Shop) -> None:
    """A try that finds the batch committed, and other rows bad, publishes nothing and says how to go on."""
    first = shop.enforce(shop.work(digest="these")).batch
    with pytest.raises(SourceError) as caught:
        shop.enforce(shop.work(digest="others"))
    assert "but batch" in caught.value.what
    assert caught.value.mend == f"`dq quarantine withdraw {first.id[:12]}`, then enforce the key again"
    assert len(shop.turns) == 1


def test_who_lost_its_claim_finds_what_the_other_committed(shop: Shop, strike: Strike) -> None:
    """Two at once on one batch both end well: the slower one publishes what the faster one committed."""
    strike("after-verify", lambda: void(shop.enforce(shop.work())))
    done = shop.enforce(shop.work())
    assert done.again
    assert (done.batch.state, done.outcome) == (State.PUBLISHED, Outcome.QUARANTINED)
    assert len(shop.store.batches()) == 1


def test_who_lost_its_claim_to_the_dead_goes_on_itself(shop: Shop, strike: Strike) -> None:
    """When the other one dies before it commits, the first waits a little and claims the batch once more."""

    def die() -> None:
        shop.store.claim(SLOT, shop.store.batches()[0].id, plan="plan", policy="", fingerprint="97+3", now=NOW)

    strike("after-verify", die)
    done = shop.enforce(shop.work())
    assert (done.again, done.batch.state, done.batch.token) == (False, State.PUBLISHED, 3)


def test_who_was_superseded_meanwhile_is_told(shop: Shop, strike: Strike) -> None:
    """A later enforcement of the key was committed before this one: it changes nothing, and a retry starts afresh."""
    strike("after-look", lambda: void(shop.enforce(shop.work(5, 1))))
    with pytest.raises(Fenced) as caught:
        shop.enforce(shop.work())
    assert caught.value.mend == "run again, to enforce what the key holds now"
    assert caught.value.exit_code == 3
    assert shop.enforce(shop.work()).batch.state is State.PUBLISHED


def test_who_was_superseded_before_it_published_does_not(shop: Shop, strike: Strike) -> None:
    """A zombie between S5 and S6 never touches the target."""
    strike("after-commit", lambda: void(shop.enforce(shop.work(5, 1))))
    with pytest.raises(Fenced, match="is not published"):
        shop.enforce(shop.work())
    assert [turn.batch.rows_good for turn in shop.turns] == [5]


def test_who_was_taken_over_by_what_is_superseded_by_now_is_told(shop: Shop, strike: Strike) -> None:
    """It does not bring its batch back to life."""

    def meanwhile() -> None:
        shop.enforce(shop.work())
        shop.enforce(shop.work(5, 1))

    strike("after-verify", meanwhile)
    with pytest.raises(Fenced):
        shop.enforce(shop.work())
    assert [turn.batch.rows_good for turn in shop.turns] == [97, 5]


def test_a_batch_is_finished_from_the_same_content_alone(shop: Shop) -> None:
    """Content that changed since is refused, retryable: nothing is published."""
    done = shop.enforce(shop.work())
    with pytest.raises(SourceChanged, match="has changed"):
        finish(shop.store, shop.work(5, 1), done.batch, actor="ann")


def test_every_named_step_is_passed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """In order, whatever the list of points says; a point that nobody passes would never be tested."""
    seen: list[str] = []
    monkeypatch.setattr(faults, "_hook", seen.append)
    shop.enforce(shop.work())
    assert [point for point in seen if point in faults.STEPS] == list(faults.STEPS)
    shop.enforce(shop.work(0, 3))
    assert set(seen) == set(faults.POINTS)


def test_a_child_knows_its_parent(shop: Shop) -> None:
    """A batch made from the dead letters of another is one deeper."""
    parent = shop.enforce(shop.work()).batch
    work = replace(shop.work(2, 1), land=lambda write: write([pa.record_batch({"id": [1, 2]})]))
    child = shop.enforce(work, slot=Slot("shop.orders", "raw", "replay"), parent=parent, budget=budget(None))
    assert (child.batch.parent, child.batch.depth) == (parent.id, 1)


def test_a_store_that_fails_stops_the_stage(shop: Shop, strike: Strike) -> None:
    """Nothing is published; the next try ends well."""

    def fail() -> None:
        raise OSError("gone")

    strike("commit:before COMMIT", fail)
    with pytest.raises(WorldError, match="the store failed: gone"):
        shop.enforce(shop.work())
    assert shop.turns == []
    assert shop.enforce(shop.work()).batch.state is State.PUBLISHED


def void(_: object) -> None:
    """Make a statement of an expression."""
