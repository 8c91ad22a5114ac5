"""
What a replay does in the store, each function inside one transaction that holds the slot.

A batch that comes of a replay belongs to the slot of its parent, beside it: it never becomes the slot's current batch, and it
ends with that one.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dq.errors import Fenced, UsageError
from dq.store import audit, parts, rows, schema
from dq.store.model import ReplayFacts, RowRange, RowState, State
from dq.store.reading import find_batch

_ACTIVE = (State.COMMITTED, State.PUBLISHED)
_WHY_NOT = {
    State.WRITING: ("is still being written", "wait for its enforcement to end"),
    State.COMMITTED: ("is committed, but its good rows are not published yet", "run `dq quarantine recover` first"),
    State.BLOCKED: ("was blocked: its rows are evidence", "mend the source or the contract, and enforce the key again"),
    State.SUPERSEDED: ("is superseded", "the key was enforced again since: work on the batch that followed"),
    State.WITHDRAWN: ("is withdrawn", "enforce the key again"),
}


def decidable(state: State, batch_id: str, where: str) -> None:
    """
    Refuse a batch whose rows cannot be replayed, accepted or discarded.

    Raises:
        UsageError: with the reason and the way out.
    """
    if state is not State.PUBLISHED:
        why, mend = _WHY_NOT[state]
        raise UsageError(f"batch {batch_id[:12]} {why}", where, mend)


def take(connection: sa.Connection, child_id: str, said: ReplayFacts, *, actor: str, at: datetime) -> None:
    """
    Take the rows of a replay from their batch, when all of them are still open.

    Raises:
        Fenced: the batch, or one of the rows, is not open any more.
    """
    parent = find_batch(connection, said.batch)
    if parent is None or State(parent.state) is not State.PUBLISHED:
        state = parent.state if parent is not None else "gone"
        raise Fenced(f"batch {said.batch[:12]} is {state} by now", "replay", "see `dq quarantine list`")
    if not rows.all_open(rows.states(connection, parent.id, parent.rows_bad), said.ranges):
        raise Fenced(f"somebody else decided about rows of batch {said.batch[:12]} meanwhile", "replay", "replay what is open")
    rows.act(connection, parent.id, said.ranges, actor=actor, at=at, note=said.note, replay_id=said.id)
    connection.execute(
        sa.insert(schema.replay),
        {
            "id": said.id,
            "batch": parent.id,
            "child_batch": child_id,
            "plan": said.plan,
            "contract": said.contract,
            "fix": said.fix,
            "dry_run": said.dry_run,
            "actor": actor,
            "state": State.COMMITTED,
        },
    )
    detail = {
        "replay": said.id,
        "batch": child_id,
        "contract": said.contract,
        "plan": said.plan,
        "fix": said.fix,
        "note": said.note,
        "rows": rows.told(said.ranges),
    }
    audit.append(connection, parent.id, "replayed", actor=actor, at=at, detail=detail)


def decide(
    connection: sa.Connection, row: sa.Row[Any], ranges: Collection[RowRange], *, actor: str, at: datetime, note: str
) -> None:
    """
    Say what becomes of open rows of the batch *row*.

    Raises:
        UsageError: its rows cannot be decided about. Fenced: one of them is not open any more.
    """
    decidable(State(row.state), row.id, "dead letters")
    if not rows.all_open(rows.states(connection, row.id, row.rows_bad), ranges):
        raise Fenced(f"somebody else decided about rows of batch {row.id[:12]} meanwhile", "dead letters", "look at what is open")
    rows.act(connection, row.id, ranges, actor=actor, at=at, note=note)
    detail = {"rows": rows.told(ranges), "note": note}
    audit.append(connection, row.id, "decided", actor=actor, at=at, detail=detail)


def family(connection: sa.Connection, slot_id: int, *, but: str = "") -> tuple[str, ...]:
    """The active batches of a slot, the current one first, then those that came of replays; *but* one."""
    b = schema.batch
    query = sa.select(b.c.id).where(b.c.slot == slot_id, b.c.state.in_(_ACTIVE), b.c.id != but)
    return tuple(row.id for row in connection.execute(query.order_by(b.c.depth, b.c.edition)))


def beside(connection: sa.Connection, row: sa.Row[Any]) -> dict[str, str]:
    """The editions that others of the slot have published, and where."""
    b = schema.batch
    query = sa.select(b.c.id, b.c.edition, b.c.output).where(
        b.c.slot == row.slot, b.c.state == State.PUBLISHED, b.c.id != row.id, b.c.output != ""
    )
    return {f"{item.id}:{item.edition}": item.output for item in connection.execute(query)}


def ended(connection: sa.Connection, child_id: str, state: State) -> None:
    """The replay that made a batch is as far as the batch."""
    table = schema.replay
    open_ones = sa.and_(table.c.child_batch == child_id, table.c.state.in_(_ACTIVE))
    connection.execute(sa.update(table).where(open_ones).values(state=state))


def reopen(connection: sa.Connection, child: sa.Row[Any], *, actor: str, at: datetime, note: str) -> None:
    """Give the rows that the batch *child* took back to its parent: open again, but those purged or erased meanwhile."""
    a, r = schema.row_action, schema.replay
    query = sa.select(a.c.first_row, a.c.last_row).join_from(a, r, a.c.replay == r.c.id)
    taken = connection.execute(query.where(r.c.child_batch == child.id, r.c.state.in_(_ACTIVE)).order_by(a.c.seq)).all()
    back = [RowRange(item.first_row, item.last_row, RowState.OPEN) for item in taken]
    rows.act(connection, child.parent, back, actor=actor, at=at, note=note)
    _gone(connection, child.parent, actor=actor, at=at)
    detail = {"batch": child.id, "rows": rows.told(back), "note": note}
    audit.append(connection, child.parent, "reopened", actor=actor, at=at, detail=detail)


def _gone(connection: sa.Connection, batch_id: str, *, actor: str, at: datetime) -> None:
    """Rows of a batch that are open, but were purged or erased while a replay had them, are `purged`."""
    row = find_batch(connection, batch_id)
    count = row.rows_bad if row is not None else 0
    purged = any(item.purged_at for item in parts.of(connection, batch_id))
    gone = [RowRange(0, count - 1, RowState.PURGED)] if purged else audit.erased(connection, batch_id)[0]
    known = rows.states(connection, batch_id, count)
    found = [item for one in gone for item in rows.open_among(known, [one])]  # of several people, in no order
    rows.act(connection, batch_id, found, actor=actor, at=at, note="purged" if purged else "erased")


def descendants(connection: sa.Connection, row: sa.Row[Any]) -> list[sa.Row[Any]]:
    """The settled batches that came of replays of the batch *row*, and of theirs."""
    b = schema.batch
    query = sa.select(b).where(b.c.slot == row.slot, b.c.parent != "", b.c.state != State.WRITING).order_by(b.c.depth)
    found, known = [], {row.id}
    for item in connection.execute(query).all():
        if item.parent in known:
            known.add(item.id)
            found.append(item)
    return found
