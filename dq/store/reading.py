"""Batches as the store has them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from dq.result import Outcome
from dq.store import parts, rows, runs, schema
from dq.store.model import Batch, Reason, RowState, Slot, State

_PLAIN = (
    "id", "token", "edition", "plan", "policy", "fingerprint", "now", "digest", "schema", "output", "run", "supersedes",
    "superseded_by", "parent", "depth", "claimed_at", "settled_at", "published_at", "expires_at", "legal_hold", "cleared_at",
)  # fmt: skip

_BATCH = sa.select(schema.batch).where(schema.batch.c.id == sa.bindparam("wanted"))
_PLACE = (
    sa.select(schema.dataset.c.name, schema.slot.c.stage, schema.slot.c.key)
    .join_from(schema.slot, schema.dataset, schema.slot.c.dataset == schema.dataset.c.id)
    .where(schema.slot.c.id == sa.bindparam("wanted"))
)


def find_batch(connection: sa.Connection, batch_id: str) -> sa.Row[Any] | None:
    """The row of a batch."""
    return connection.execute(_BATCH, {"wanted": batch_id}).one_or_none()


def row(connection: sa.Connection, batch_id: str) -> sa.Row[Any]:
    """The row of a batch that is there."""
    return connection.execute(_BATCH, {"wanted": batch_id}).one()


def batch_of(connection: sa.Connection, row: sa.Row[Any]) -> Batch:
    """The whole batch, given its row."""
    place = connection.execute(_PLACE, {"wanted": row.slot}).one()
    state = State(row.state)
    waiting = rows.states(connection, row.id, row.rows_bad or 0) if state.active and row.rows_bad else ()
    return Batch(
        slot=Slot(place.name, place.stage, place.key),
        state=state,
        rows_in=row.rows_in or 0,
        rows_good=row.rows_good or 0,
        rows_bad=row.rows_bad or 0,
        open=sum(item.rows for item in waiting if item.state is RowState.OPEN),
        parts=parts.of(connection, row.id),
        landing=parts.of(connection, row.id, schema.landing) if row.parent else (),
        blocked_by=tuple(row.blocked_by),
        outcome=Outcome(row.outcome) if row.outcome else None,
        place=row.place or "",
        **{name: getattr(row, name) for name in _PLAIN},
    )


def reasons(connection: sa.Connection, batch_id: str) -> tuple[Reason, ...]:
    """Why the rows of a batch are bad, as recorded."""
    r = schema.reason
    found = connection.execute(sa.select(r).where(r.c.batch == batch_id).order_by(r.c.ordinal))
    return tuple(Reason(item.check, item.rows, item.code, item.column) for item in found)


def get(connection: sa.Connection, wanted: str, where: str) -> Batch:
    """
    The batch of that id, or of the only id that starts so.

    Raises:
        UsageError: there is none, or several.
    """
    found = find_batch(connection, runs.the_one(connection, schema.batch.c.id, wanted, "batch", where))
    if found is None:
        raise LookupError(wanted)
    return batch_of(connection, found)


def find(
    connection: sa.Connection,
    *,
    dataset: str | None,
    stage: str | None,
    key: str | None,
    states: Collection[State],
    limit: int,
) -> tuple[Batch, ...]:
    """Batches, newest first; None and empty filter nothing."""
    b, s, d = schema.batch, schema.slot, schema.dataset
    query = sa.select(b).join_from(b, s, b.c.slot == s.c.id).join(d, s.c.dataset == d.c.id)
    given = {d.c.name: dataset, s.c.stage: stage, s.c.key: key}
    query = query.where(*(column == value for column, value in given.items() if value is not None))
    if states:
        query = query.where(b.c.state.in_(list(states)))
    found = connection.execute(query.order_by(b.c.claimed_at.desc(), b.c.id).limit(limit)).all()
    return tuple(batch_of(connection, item) for item in found)
