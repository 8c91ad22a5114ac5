"""What happens to the rows of settled batches: held by law, purged, their objects replaced. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dq.errors import UsageError, WorldError
from dq.store import audit, batches, parts, rows, schema, subjects
from dq.store.model import Batch, Hashes, Part, RowRange, RowState, State
from dq.store.reading import batch_of, find_batch

_AGAIN = "nothing was changed; try again"


def hold(connection: sa.Connection, batch_id: str, *, held: bool, actor: str, note: str) -> Batch:
    """Set or release a legal hold; what it is already is no change."""
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold != held:
        _set(connection, batch_id, legal_hold=held)
        event = "legal hold set" if held else "legal hold released"
        audit.append(connection, batch_id, event, actor=actor, at=_now(), detail={"note": note})
    return _batch(connection, batch_id)


def note(connection: sa.Connection, batch_id: str, event: str, *, actor: str, detail: Mapping[str, Any]) -> None:
    """A line in the audit that changes nothing."""
    batches.hold_batch(connection, batch_id)
    audit.append(connection, batch_id, event, actor=actor, at=_now(), detail=detail)


def expired(connection: sa.Connection, now: datetime) -> tuple[str, ...]:
    """Settled batches that are kept no longer, no hold on them, the oldest first."""
    b = schema.batch
    query = sa.select(b.c.id).where(_kept(), b.c.expires_at <= now, ~b.c.legal_hold)
    return tuple(connection.scalars(query.order_by(b.c.expires_at, b.c.id)))


def expiring(connection: sa.Connection, before: datetime) -> tuple[Batch, ...]:
    """Active batches with open rows that will be purged before *before*, the next first; those on hold will not."""
    b = schema.batch
    active = b.c.state.in_([State.COMMITTED, State.PUBLISHED, State.BLOCKED])
    query = sa.select(b).where(_kept(), active, b.c.expires_at < before, ~b.c.legal_hold)
    found = [batch_of(connection, row) for row in connection.execute(query.order_by(b.c.expires_at, b.c.id)).all()]
    return tuple(item for item in found if item.open or item.state is State.BLOCKED)


def _kept() -> sa.ColumnElement[bool]:
    """Batches that still have objects, settled."""
    b, tables = schema.batch, (schema.part, schema.landing)
    held = [sa.exists().where(t.c.batch == b.c.id, t.c.purged_at.is_(None)) for t in tables]
    return sa.and_(b.c.state != State.WRITING, sa.or_(*held))


def purge(connection: sa.Connection, batch_id: str, *, actor: str, note: str) -> Batch:
    """
    The rows of a batch are gone: its open ones are `purged`, its objects doomed; counts, reasons and audit stay.

    A batch without objects, or purged already, is left as it is.

    Raises:
        UsageError: a legal hold is on it, or it came of a replay whose good rows are not published yet.
    """
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold:
        mend = f"`dq quarantine release {batch_id[:12]}` when the law allows it"
        raise UsageError(f"batch {batch_id[:12]} is on legal hold", "purge", mend)
    at = _now()
    _landed(connection, row, "purge")
    here = (*parts.purge(connection, batch_id, at), *parts.purge(connection, batch_id, at, schema.landing))
    if not here:
        return _batch(connection, batch_id)
    waiting = [item for item in rows.states(connection, batch_id, row.rows_bad or 0) if item.state is RowState.OPEN]
    gone = [RowRange(item.first, item.last, RowState.PURGED) for item in waiting]
    rows.act(connection, batch_id, gone, actor=actor, at=at, note=note or "purged")
    subjects.put(connection, batch_id, ())
    runs = sa.select(schema.run.c.id).where(schema.run.c.batch == batch_id)
    connection.execute(sa.delete(schema.sample).where(schema.sample.c.run.in_(runs)))
    connection.execute(sa.delete(schema.rewrite).where(schema.rewrite.c.batch == batch_id))
    _forget_fixes(connection, batch_id, at)
    detail = {
        "rows": sum(item.rows for item in here),
        "open": sum(item.rows for item in gone),
        "objects": len(here),
        "bytes": sum(item.size for item in here),
        "note": note,
    }
    audit.append(connection, batch_id, "purged", actor=actor, at=at, detail=detail)
    return _batch(connection, batch_id)


# -- other objects for the same rows -----------------------------------------------------------------------------------


def begin_rewrite(connection: sa.Connection, batch_id: str) -> int:
    """
    A token to write objects under; garbage collection leaves them alone until `swap`, or until it is abandoned.

    Who begins holds the slot, so what others began for the batch is dead.
    """
    row = batches.hold_batch(connection, batch_id)
    connection.execute(sa.delete(schema.rewrite).where(schema.rewrite.c.batch == batch_id))
    token = batches.next_token(connection, row)
    connection.execute(sa.insert(schema.rewrite), {"batch": batch_id, "token": token, "at": _now()})
    return token


def swap(
    connection: sa.Connection,
    batch_id: str,
    token: int,
    *,
    before: Sequence[Part],
    after: Sequence[Part],
    event: str,
    detail: Mapping[str, Any],
    actor: str,
    hashes: Collection[Hashes] | None = None,
    erased: Iterable[RowRange] = (),
    landing: Sequence[Part] | None = None,
    even_held: bool = False,
) -> Batch:
    """
    Let *after* take the place of *before*, which must be what the batch has; what it has no longer is doomed.

    *landing*, when given, takes the place of the objects with the good rows of a replay; empty: they are purged.

    *erased* rows that were open are `purged`; *hashes*, when given, are all that say whom the rows are about.

    Raises:
        WorldError: the objects are others by now, or the rewrite was abandoned. UsageError: a legal hold is on the batch.
    """
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold and not even_held:
        raise UsageError(f"batch {batch_id[:12]} is on legal hold", event, "nothing was changed")
    r = schema.rewrite
    mine = sa.delete(r).where(r.c.batch == batch_id, r.c.token == token)
    if connection.execute(mine).rowcount != 1 or parts.of(connection, batch_id) != tuple(before):
        raise WorldError(f"the objects of batch {batch_id[:12]} changed meanwhile", event, _AGAIN)
    at = _now()
    if landing is not None:
        _land(connection, row, landing, event, at)
    kept = {item.path for item in after}
    parts.put(connection, batch_id, after)
    parts.doom(connection, [item.path for item in before if item.path not in kept], at)
    if hashes is not None:
        subjects.put(connection, batch_id, tuple(hashes))
    gone = list(_gone(rows.states(connection, batch_id, row.rows_bad or 0), erased))
    rows.act(connection, batch_id, gone, actor=actor, at=at, note=event)
    if gone:
        _forget_fixes(connection, batch_id, at)
    replaced = [[item.path, item.sha256] for item in before if item.path not in kept]
    said = {**detail, "replaced": replaced, "parts": parts.told(after)}
    audit.append(connection, batch_id, event, actor=actor, at=at, detail=said)
    return _batch(connection, batch_id)


def abandon_rewrites(connection: sa.Connection, before: datetime) -> int:
    """Void rewrites begun before *before*; how many. Who still works on one finds out when it ends."""
    return connection.execute(sa.delete(schema.rewrite).where(schema.rewrite.c.at < before)).rowcount


def _land(connection: sa.Connection, row: sa.Row[Any], landing: Sequence[Part], event: str, at: datetime) -> None:
    """Let *landing* be what lands of a replay, or landed; nothing: it is gone, which needs it to have landed."""
    if not landing:
        _landed(connection, row, event)
        parts.purge(connection, row.id, at, schema.landing)
        return
    kept = {item.path for item in landing}
    parts.doom(connection, [item.path for item in parts.of(connection, row.id, schema.landing) if item.path not in kept], at)
    parts.put(connection, row.id, landing, schema.landing)


def _landed(connection: sa.Connection, row: sa.Row[Any], event: str) -> None:
    """Refuse to lose good rows of a replay that are nowhere else."""
    if row.state == State.COMMITTED and parts.of(connection, row.id, schema.landing):
        mend = "run `dq quarantine recover`, then try again"
        raise UsageError(f"batch {row.id[:12]} came of a replay, and its good rows are not published yet", event, mend)


def _gone(states: Sequence[RowRange], wanted: Iterable[RowRange]) -> Iterator[RowRange]:
    """Of *wanted* rows the open ones, as purged; and those of a replay, so that they cannot be given back. Both in order."""
    place = 0
    for item in wanted:
        while place < len(states) and states[place].last < item.first:
            place += 1
        here = place
        while here < len(states) and states[here].first <= item.last:
            if (state := states[here].state) in (RowState.OPEN, RowState.REPLAYED):
                left = RowState.PURGED if state is RowState.OPEN else state
                yield RowRange(max(item.first, states[here].first), min(item.last, states[here].last), left)
            here += 1


def _forget_fixes(connection: sa.Connection, batch_id: str, at: datetime) -> None:
    """What was said to fix rows may hold their values."""
    mine = sa.and_(schema.replay.c.batch == batch_id, schema.replay.c.fix.is_not(None))
    connection.execute(sa.update(schema.replay).where(mine).values(fix={"removed": at.isoformat()}))


def _set(connection: sa.Connection, batch_id: str, **values: Any) -> None:
    connection.execute(sa.update(schema.batch).where(schema.batch.c.id == batch_id).values(**values))


def _batch(connection: sa.Connection, batch_id: str) -> Batch:
    row = find_batch(connection, batch_id)
    if row is None:
        raise LookupError(batch_id)
    return batch_of(connection, row)


def _now() -> datetime:
    return datetime.now(UTC)
