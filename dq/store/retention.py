"""What happens to the rows of settled batches: held by law, purged, their objects replaced. Each function is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dq.errors import UsageError, WorldError
from dq.store import audit, batches, parts, replays, rows, schema, subjects
from dq.store.model import Batch, Hashes, Payload, RowRange, RowState, State
from dq.store.reading import batch_of, find_batch

_AGAIN = "nothing was changed; try again"
ERASED = "erased"  # the event


def hold(connection: sa.Connection, batch_id: str, *, held: bool, actor: str, note: str) -> Batch:
    """Set or release a legal hold, on what came of the batch's replays, too; what it is already is no change."""
    row = batches.hold_batch(connection, batch_id)
    event = "legal hold set" if held else "legal hold released"
    for item in (row, *replays.descendants(connection, row)):
        if item.legal_hold != held:
            _set(connection, item.id, legal_hold=held)
            detail = {"note": note} if item.id == batch_id else {"note": note, "with": batch_id}
            audit.append(connection, item.id, event, actor=actor, at=_now(), detail=detail)
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
    return sa.and_(schema.batch.c.state != State.WRITING, parts.kept())


def purge(connection: sa.Connection, batch_id: str, *, actor: str, note: str) -> Batch:
    """
    The rows of a batch are gone: its open ones are `purged`, its objects doomed; counts, reasons and audit stay.

    A batch without rows, or purged already, is left as it is.

    Raises:
        UsageError: a legal hold is on it; or its objects have good rows of a replay that are published nowhere yet; or its
            rows are to be moved, and are not yet.
    """
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold:
        mend = f"`dq quarantine release {batch_id[:12]}` when the law allows it"
        raise UsageError(f"batch {batch_id[:12]} is on legal hold", "purge", mend)
    here = [item for item in parts.payload(connection, batch_id).objects if item.purged_at is None]
    moved = bool(row.place and row.cleared_at is None and row.rows_bad)
    if not here and not moved:
        return _batch(connection, batch_id)
    if moved and row.state == State.COMMITTED:
        raise UsageError(f"the rows of batch {batch_id[:12]} are not moved yet", "purge", "enforce the key again first")
    if row.parent and row.state == State.COMMITTED:
        mend = f"`dq quarantine recover` publishes them, `dq quarantine withdraw {batch_id[:12]}` gives them back"
        raise UsageError(f"good rows of replay {batch_id[:12]} are not published yet", "purge", mend)
    at = _now()
    waiting = [item for item in rows.states(connection, batch_id, row.rows_bad or 0) if item.state is RowState.OPEN]
    gone = [RowRange(item.first, item.last, RowState.PURGED) for item in waiting]
    rows.act(connection, batch_id, gone, actor=actor, at=at, note=note or "purged")
    for table in (schema.part, schema.landing):
        connection.execute(sa.update(table).where(table.c.batch == batch_id, table.c.purged_at.is_(None)).values(purged_at=at))
    parts.doom(connection, [*(item.path for item in here), *([parts.moved(row)] if moved else [])], at)
    if moved:
        _set(connection, batch_id, cleared_at=at)
    subjects.put(connection, batch_id, ())
    runs = sa.select(schema.run.c.id).where(schema.run.c.batch == batch_id)
    connection.execute(sa.delete(schema.sample).where(schema.sample.c.run.in_(runs)))
    connection.execute(sa.delete(schema.rewrite).where(schema.rewrite.c.batch == batch_id))
    _forget_fixes(connection, batch_id, at)
    detail = {
        "rows": row.rows_bad,
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
    before: Payload,
    after: Payload,
    event: str,
    detail: Mapping[str, Any],
    actor: str,
    hashes: Collection[Hashes] | None = None,
    erased: Iterable[RowRange] = (),
    even_held: bool = False,
) -> Batch:
    """
    Let *after* take the place of *before*, which must be what the batch has; what it has no longer is doomed.

    *erased* rows that were open are `purged`, what was said to fix them is forgotten; *hashes*, when given, are all
    that say whom the rows are about.

    Raises:
        WorldError: the objects are others by now, or the rewrite was abandoned. UsageError: a legal hold is on the batch.
    """
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold and not even_held:
        raise UsageError(f"batch {batch_id[:12]} is on legal hold", event, "nothing was changed")
    r = schema.rewrite
    mine = sa.delete(r).where(r.c.batch == batch_id, r.c.token == token)
    if connection.execute(mine).rowcount != 1 or parts.payload(connection, batch_id) != before:
        raise WorldError(f"the objects of batch {batch_id[:12]} changed meanwhile", event, _AGAIN)
    at = _now()
    replaced = [item for item in before.objects if item not in after.objects]
    parts.put(connection, batch_id, after.parts)
    parts.put(connection, batch_id, after.landing, schema.landing)
    parts.doom(connection, [item.path for item in replaced], at)
    if hashes is not None:
        subjects.put(connection, batch_id, tuple(hashes))
    gone = rows.open_among(rows.states(connection, batch_id, row.rows_bad or 0), erased)
    rows.act(connection, batch_id, list(gone), actor=actor, at=at, note=event)
    if event == ERASED:
        _forget_fixes(connection, batch_id, at)
    said = {**detail, "replaced": [[item.path, item.sha256] for item in replaced], "parts": parts.told(after.parts)}
    if after.landing or before.landing:
        said |= {"landing": parts.told(after.landing)}
    audit.append(connection, batch_id, event, actor=actor, at=at, detail=said)
    return _batch(connection, batch_id)


def erase_moved(
    connection: sa.Connection, batch_id: str, erased: Collection[RowRange], *, detail: Mapping[str, Any], actor: str
) -> Batch:
    """
    Some rows of a batch that were moved are gone: those of them that were open are `purged`; what was said to fix them, too.

    Raises:
        UsageError: a legal hold is on the batch.
    """
    row = batches.hold_batch(connection, batch_id)
    if row.legal_hold:
        raise UsageError(f"batch {batch_id[:12]} is on legal hold", ERASED, "nothing was changed")
    at = _now()
    gone = rows.open_among(rows.states(connection, batch_id, row.rows_bad or 0), erased)
    rows.act(connection, batch_id, list(gone), actor=actor, at=at, note=ERASED)
    _forget_fixes(connection, batch_id, at)
    parts.doom(connection, [parts.moved(row, erased)], at)
    audit.append(connection, batch_id, ERASED, actor=actor, at=at, detail={**detail, "parts": []})
    return _batch(connection, batch_id)


def abandon_rewrites(connection: sa.Connection, before: datetime) -> int:
    """Void rewrites begun before *before*; how many. Who still works on one finds out when it ends."""
    return connection.execute(sa.delete(schema.rewrite).where(schema.rewrite.c.at < before)).rowcount


def _forget_fixes(connection: sa.Connection, batch_id: str, at: datetime) -> None:
    """What was said to fix rows may hold their values."""
    r = schema.replay
    mine = sa.and_(sa.or_(r.c.batch == batch_id, r.c.child_batch == batch_id), r.c.fix.is_not(None))
    connection.execute(sa.update(r).where(mine).values(fix={"removed": at.isoformat()}))


def _set(connection: sa.Connection, batch_id: str, **values: Any) -> None:
    connection.execute(sa.update(schema.batch).where(schema.batch.c.id == batch_id).values(**values))


def _batch(connection: sa.Connection, batch_id: str) -> Batch:
    row = find_batch(connection, batch_id)
    if row is None:
        raise LookupError(batch_id)
    return batch_of(connection, row)


def _now() -> datetime:
    return datetime.now(UTC)
