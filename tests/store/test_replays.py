"""Laws of replay in the store: what comes of a replay stands beside its parent, and ends with it; rows leave once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from dq.errors import Fenced, UsageError
from dq.result import Outcome
from dq.store import Batch, ReplayFacts, RowRange, RowState, RunFacts, Settlement, Slot, State, Store, open_store, ranges_of
from dq.store.rows import all_open, told

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SLOT = Slot("shop.orders", "raw", "2024-05-01")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A fresh one."""
    return open_store(folder=tmp_path)


def _publish(store: Store, batch_id: str, *, rows: int = 10, replay: ReplayFacts | None = None, committed: bool = False) -> Batch:
    """A batch without payload: nobody reads it here."""
    parent = replay.batch if replay else ""
    depth = 1 if replay else 0
    claim = store.claim(SLOT, batch_id, plan="plan", policy="", fingerprint="f", now=NOW, parent=parent, depth=depth)
    run = RunFacts(SLOT, NOW, NOW, NOW, NOW, "fail", rows, rows, "plan", "test")
    batch = store.commit(claim, Settlement(Outcome.QUARANTINED, rows, rows, run, replay=replay), actor="ann")
    if committed:
        return batch
    with store.publishing(batch):
        return store.mark_published(batch, output="out", actor="ann")


def _facts(*ranges: tuple[int, int]) -> ReplayFacts:
    return ReplayFacts("parent", tuple(RowRange(first, last, RowState.REPLAYED) for first, last in ranges), "plan", "shop@2.0.0")


def test_a_replay_stands_beside_its_parent(store: Store) -> None:
    """The parent stays the slot's batch, its rows are taken; both are published at once."""
    _publish(store, "parent")
    child = _publish(store, "child", rows=4, replay=_facts((0, 3)))
    assert (child.state, child.parent, child.depth) == (State.PUBLISHED, "parent", 1)
    assert (store.batch("parent").state, store.batch("parent").open) == (State.PUBLISHED, 6)
    lines = store.row_actions("parent")
    assert [(item.rows, item.actor, item.contract) for item in lines] == [
        (RowRange(0, 3, RowState.REPLAYED), "ann", "shop@2.0.0")
    ]
    assert store.verify_audit("parent") == store.verify_audit("child") == ""


def test_rows_leave_once(store: Store) -> None:
    """A row that was taken, or decided about, is taken by nobody else; then nothing of it is committed."""
    _publish(store, "parent")
    _publish(store, "child", rows=4, replay=_facts((0, 3)))
    with pytest.raises(Fenced, match="somebody else decided"):
        _publish(store, "other", rows=3, replay=_facts((3, 5)))
    store.decide("parent", [RowRange(4, 5, RowState.DISCARDED)], actor="eve", note="nonsense")
    with pytest.raises(Fenced, match="somebody else decided"):
        store.decide("parent", [RowRange(5, 6, RowState.DISCARDED)], actor="eve")
    assert store.batch("other").state is State.WRITING
    assert store.batch("parent").open == 4


def test_a_family_ends_together(store: Store) -> None:
    """What supersedes the parent supersedes all that came of it, in one transaction, and closes their rows."""
    _publish(store, "parent")
    _publish(store, "child", rows=4, replay=_facts((0, 3)))
    _publish(store, "grandchild", rows=2, replay=replace(_facts((0, 1)), batch="child"))
    _publish(store, "newer")
    found = {item.id: (item.state, item.open) for item in store.batches(dataset=SLOT.dataset)}
    assert found.pop("newer") == (State.PUBLISHED, 10)
    assert set(found.values()) == {(State.SUPERSEDED, 0)}
    with pytest.raises(Fenced, match="is superseded by now"):
        _publish(store, "late", rows=1, replay=_facts((9, 9)))


def test_a_replay_gives_way_with_its_parent(store: Store) -> None:
    """Who replaces a key is told of everything that may stand there: the parent, and what its replays added."""
    _publish(store, "parent")
    _publish(store, "child", rows=4, replay=_facts((0, 3)))
    newer = _publish(store, "newer", committed=True)
    with store.publishing(newer) as turn:
        assert turn.replaces == ("child", "parent")


def test_an_unpublished_replay_is_withdrawn_alone(store: Store) -> None:
    """Its rows are open again; the parent is as it was."""
    _publish(store, "parent")
    child = _publish(store, "child", rows=4, replay=_facts((0, 3)), committed=True)
    assert store.withdraw(child.id, actor="ann").state is State.WITHDRAWN
    assert (store.batch("parent").state, store.batch("parent").open) == (State.PUBLISHED, 10)
    assert _publish(store, "child", rows=4, replay=_facts((0, 3))).state is State.PUBLISHED


@pytest.mark.parametrize("state", [item for item in State if item is not State.PUBLISHED])
def test_only_rows_of_published_batches_are_decided(state: State) -> None:
    """Every other state is refused with a reason and a way out."""
    from dq.store import decidable

    with pytest.raises(UsageError) as found:
        decidable(state, "0123456789abcdef", "shop")
    assert found.value.mend


def test_ranges_are_few(store: Store) -> None:
    """Neighbours are one range; many ranges are one line of the audit; open is what every row must be."""
    ranges = ranges_of(np.array([0, 1, 2, 5, 7, 8]), RowState.REPLAYED)
    assert [(item.first, item.last) for item in ranges] == [(0, 2), (5, 5), (7, 8)]
    assert ranges_of(np.array([], dtype=np.int64), RowState.REPLAYED) == ()
    known = [RowRange(0, 4, RowState.OPEN), RowRange(5, 5, RowState.DISCARDED), RowRange(6, 9, RowState.OPEN)]
    assert all_open(known, [RowRange(0, 2, RowState.OPEN), RowRange(6, 9, RowState.OPEN)])
    assert not all_open(known, [RowRange(4, 6, RowState.OPEN)])
    assert len(told(ranges)) == 3
    many = told(ranges_of(np.arange(0, 1000, 2), RowState.REPLAYED))
    assert [(item["rows"], item["ranges"]) for item in many] == [(500, 500)]
    del store
