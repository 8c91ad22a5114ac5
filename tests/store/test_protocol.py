"""The steps that happen in the store: who may settle a batch, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from dq.errors import Fenced, UsageError, WorldError
from dq.result import Outcome
from dq.store import RowRange, RowState, Slot, State, Store, TakenOver

if TYPE_CHECKING:
    from tests.store.conftest import Facts


@pytest.fixture(autouse=True)
def _whole(store: Store) -> Iterator[None]:
    """Whatever a test did, the store keeps its promises."""
    yield
    assert store.check() == ()


def test_a_claim_gives_a_token_that_nobody_had(store: Store, facts: Facts) -> None:
    """Tokens grow with every claim of a slot, whatever the batch."""
    tokens = [facts.claim(store, name).token for name in ("a", "a", "b", "a")]
    assert tokens == [1, 2, 3, 4]


def test_a_committed_batch_is_found_with_its_now(store: Store, facts: Facts) -> None:
    """Claiming a committed batch hands it back, with the `now` that it was labelled by, its counts and parts."""
    committed = facts.commit(store, "a")
    found = facts.claim(store, "a", now=facts.now + timedelta(days=1))
    assert found.found == committed
    assert found.now == facts.now
    assert (committed.rows_in, committed.rows_good, committed.rows_bad, committed.open) == (10, 7, 3, 3)
    assert [part.path for part in committed.parts] == ["payload-3"]


def test_a_claim_taken_over_settles_nothing(store: Store, facts: Facts) -> None:
    """Who lost its claim to another can neither commit nor block; who has it can."""
    zombie = facts.claim(store, "a")
    owner = facts.claim(store, "a")
    with pytest.raises(TakenOver, match="was claimed again"):
        store.commit(zombie, facts.settlement(), actor="zombie")
    with pytest.raises(TakenOver):
        store.block(zombie, facts.settlement(), actor="zombie")
    assert store.commit(owner, facts.settlement(), actor="ann").state is State.COMMITTED


def test_an_older_claim_never_replaces_a_newer_batch(store: Store, facts: Facts) -> None:
    """A batch claimed before the slot's current one is fenced, and may not claim anew either."""
    zombie = facts.claim(store, "old")
    facts.commit(store, "new")
    with pytest.raises(Fenced, match="batch new, claimed later, was committed meanwhile; nothing was changed") as caught:
        store.commit(zombie, facts.settlement(), actor="zombie")
    assert not isinstance(caught.value, TakenOver)
    assert caught.value.retryable
    with pytest.raises(Fenced):
        facts.claim(store, "old", first=zombie.token)
    assert store.batch("new").state is State.COMMITTED


def test_a_commit_acknowledged_late_is_done_once(store: Store, facts: Facts) -> None:
    """Committing the same claim again, as after a lost acknowledgement, changes nothing."""
    claim = facts.claim(store, "a")
    settlement = facts.settlement()
    first = store.commit(claim, settlement, actor="ann")
    assert store.commit(claim, settlement, actor="ann") == first
    assert len(store.audit("a")) == 1
    assert len(store.runs()) == 1


def test_a_commit_supersedes_the_older_batch_of_its_slot_alone(store: Store, facts: Facts) -> None:
    """The older batch and its open rows become superseded; another slot's batch stays."""
    facts.publish(store, "a")
    other = Slot("shop.orders", "raw", "2024-05-02")
    store.commit(facts.claim(store, "elsewhere", other), facts.settlement(run=facts.run(slot=other)), actor="ann")
    newer = facts.commit(store, "b")
    older = store.batch("a")
    assert (older.state, older.superseded_by, older.open) == (State.SUPERSEDED, "b", 0)
    assert store.row_states("a") == (RowRange(0, 2, RowState.SUPERSEDED),)
    assert (newer.supersedes, newer.open) == ("a", 3)
    assert store.batch("elsewhere").state is State.COMMITTED


def test_a_blocked_batch_is_evidence_and_replaces_nothing(store: Store, facts: Facts) -> None:
    """What the slot held stays current; the blocked rows are kept, and none of them is open."""
    facts.publish(store, "a")
    claim = facts.claim(store, "b")
    blocked = store.block(claim, facts.settlement(9, outcome=Outcome.BLOCKED, blocked_by=("budget: too many",)), actor="ann")
    assert (blocked.state, blocked.outcome, blocked.open, blocked.rows_bad) == (State.BLOCKED, Outcome.BLOCKED, 0, 9)
    assert blocked.blocked_by == ("budget: too many",)
    assert store.batch("a").state is State.PUBLISHED


def test_a_blocked_batch_may_be_enforced_again(store: Store, facts: Facts) -> None:
    """It is not found as done: the same rows may be judged again, and committed."""
    store.block(facts.claim(store, "a"), facts.settlement(9), actor="ann")
    again = facts.claim(store, "a")
    assert again.found is None
    committed = store.commit(again, facts.settlement(2), actor="ann")
    assert (committed.rows_bad, committed.open) == (2, 2)
    assert [part.path for part in committed.parts] == ["payload-2"]


def test_content_that_comes_back_lives_again(store: Store, facts: Facts) -> None:
    """Enforcing what was superseded revives its batch in a new edition, with all its rows open."""
    first = facts.publish(store, "a")
    facts.publish(store, "b")
    revived = facts.commit(store, "a", bad=4)
    assert (revived.state, revived.open, revived.superseded_by, revived.supersedes) == (State.COMMITTED, 4, "", "b")
    assert revived.edition > first.edition
    assert revived.published_at is None
    assert store.batch("b").state is State.SUPERSEDED


def test_who_publishes_learns_what_must_give_way(store: Store, facts: Facts) -> None:
    """These are the batches since the last one published in whole, and that one: any may have rows in the target."""
    facts.publish(store, "a")
    facts.publish(store, "b")
    facts.commit(store, "c")
    facts.commit(store, "d")
    batch = facts.commit(store, "e")
    with store.publishing(batch) as turn:
        assert turn.replaces == ("d", "c", "b")
        assert turn.edition == f"e:{batch.edition}"
        turn.confirm()


def test_a_superseded_batch_gets_no_turn(store: Store, facts: Facts) -> None:
    """A zombie that wakes after S5 finds itself superseded before it touches the target, or when it asks again."""
    older = facts.commit(store, "a")
    with store.publishing(older) as turn:
        facts.commit(store, "b")
        with pytest.raises(Fenced, match="batch a was superseded by batch b and is not published"):
            turn.confirm()
    with pytest.raises(Fenced), store.publishing(older):
        pytest.fail("it had no turn")
    with pytest.raises(Fenced, match="became superseded"):
        store.mark_published(older, actor="zombie")


def test_an_older_edition_gets_no_turn(store: Store, facts: Facts) -> None:
    """A batch that came back is another edition; who committed the first one may not publish it."""
    older = facts.commit(store, "a")
    facts.commit(store, "b")
    facts.commit(store, "a")
    with pytest.raises(Fenced), store.publishing(older):
        pytest.fail("it had no turn")
    with pytest.raises(Fenced):
        store.mark_published(older, actor="zombie")


def test_publishers_of_a_slot_take_turns(store: Store, facts: Facts) -> None:
    """While one publishes, another of the same slot waits, and gives up retryable; it goes on when the first ends."""
    batch = facts.commit(store, "a")
    too_long = r"publishing this key for 0\.1 seconds"
    with store.publishing(batch), pytest.raises(WorldError, match=too_long), store.publishing(batch, patience=0.1):
        pytest.fail("two at once")
    with store.publishing(batch, patience=0.1):
        pass


def test_a_failed_publisher_gives_its_turn_back(store: Store, facts: Facts) -> None:
    """An exception inside the turn leaves as it is, and ends the turn."""
    batch = facts.commit(store, "a")
    with pytest.raises(ZeroDivisionError), store.publishing(batch):
        raise ZeroDivisionError
    with store.publishing(batch, patience=0.1):
        pass


def test_marking_is_idempotent_and_records_who_found_it(store: Store, facts: Facts) -> None:
    """Marked twice, it is published once; the run of a later try is recorded each time."""
    batch = facts.commit(store, "a")
    first = store.mark_published(batch, output="out", actor="ann")
    second = store.mark_published(batch, output="elsewhere", run=facts.run(), actor="bob")
    assert (first.state, first.output) == (State.PUBLISHED, "out")
    assert second == first
    assert [run.batch for run in store.runs()] == ["a", "a"]
    assert [entry.event for entry in store.audit("a")] == ["committed", "published"]


def test_a_withdrawn_batch_leaves_its_slot_empty(store: Store, facts: Facts) -> None:
    """Its open rows are closed, the slot may be enforced again, and what was published before still must give way."""
    facts.publish(store, "a")
    withdrawn = store.withdraw("a", actor="airflow", note="rolled back")
    assert (withdrawn.state, withdrawn.open) == (State.WITHDRAWN, 0)
    with pytest.raises(UsageError, match="batch a is withdrawn: only a committed or published one"):
        store.withdraw("a", actor="airflow")
    with store.publishing(facts.commit(store, "b")) as turn:
        assert turn.replaces == ("a",)


def test_a_zombie_does_not_outlive_a_withdrawal(store: Store, facts: Facts) -> None:
    """A claim older than the batch that was withdrawn stays void."""
    zombie = facts.claim(store, "old")
    facts.publish(store, "a")
    store.withdraw("a", actor="airflow")
    with pytest.raises(Fenced, match="a later batch was withdrawn"):
        store.commit(zombie, facts.settlement(), actor="zombie")


def test_an_abandoned_claim_is_void(store: Store, facts: Facts) -> None:
    """A claim nobody settled for long enough is taken away; a settled or young one is not."""
    young, old = facts.claim(store, "young", Slot("a.b", "raw", "1")), facts.claim(store, "old")
    facts.commit(store, "settled")
    assert not store.abandon("young", older_than=timedelta(hours=1))
    assert not store.abandon("settled", older_than=timedelta(0))
    assert store.abandon("old", older_than=timedelta(0))
    with pytest.raises(TakenOver):
        store.commit(old, facts.settlement(), actor="zombie")
    assert store.commit(young, facts.settlement(run=facts.run(slot=young.slot)), actor="ann").state is State.COMMITTED


def test_an_object_is_needed_while_somebody_may_commit_it(store: Store, facts: Facts) -> None:
    """It is, while its claim waits or its batch has it; once it is not, it never is again."""
    claim = facts.claim(store, "a")
    assert store.needs("a", claim.token, "payload-3")
    store.commit(claim, facts.settlement(), actor="ann")
    assert store.needs("a", claim.token, "payload-3")
    assert not store.needs("a", claim.token, "left over")
    assert not store.needs("a", claim.token + 1, "payload of another claim")
    assert not store.needs("unknown", 1, "payload")


def test_a_batch_belongs_to_one_slot(store: Store, facts: Facts) -> None:
    """An id that another slot has is refused."""
    facts.claim(store, "a")
    with pytest.raises(UsageError, match="batch a belongs to another slot"):
        facts.claim(store, "a", Slot("shop.orders", "raw", "2024-05-02"))


def test_many_at_once_leave_one_current_batch(store: Store, facts: Facts) -> None:
    """Threads that commit different batches of one slot at once leave one of them current, the others superseded or fenced."""

    def work(name: str) -> None:
        with suppress(Fenced):
            facts.commit(store, name)

    threads = [Thread(target=work, args=(f"batch {number}",)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [batch.state for batch in store.batches()]
    assert states.count(State.COMMITTED) == 1
    assert set(states) <= {State.COMMITTED, State.SUPERSEDED, State.WRITING}


def test_counts_that_do_not_balance_are_refused(store: Store, facts: Facts) -> None:
    """The parts of a batch hold its bad rows, else `check` says so; the database refuses what cannot be."""
    facts.commit(store, "a")
    batch = store.batch("a")
    assert batch.rows_in == batch.rows_good + batch.rows_bad
    claim = facts.claim(store, "b")
    store.commit(claim, replace(facts.settlement(), parts=()), actor="ann")
    assert [str(problem) for problem in store.check()] == ["batch b: 3 bad rows, but its payload holds 0"]
    facts.commit(store, "c", bad=0)
    store.commit(facts.claim(store, "b"), facts.settlement(), actor="ann")
