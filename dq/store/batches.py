"""
The steps of the dead-letter protocol that happen in the store.

Each function runs inside one transaction, and takes the slot first: what it reads and writes about a slot is one moment.

Tokens are counted per slot and never used twice. A claim is void as soon as its batch was claimed again, and a claim
older than the slot's current batch can never take that batch's place.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from dq.errors import Fenced, UsageError
from dq.store import audit, parts, replays, rows, runs, schema, subjects
from dq.store.connect import insert_missing
from dq.store.model import Batch, Claim, RowRange, RowState, RunFacts, Settlement, Slot, State, TakenOver
from dq.store.reading import batch_of, find_batch


def claim(connection: sa.Connection, slot: Slot, batch_id: str, first: int, **said: Any) -> Claim:
    """
    S1: the right to settle the batch, taken from whoever had it; or the batch itself, when it is committed.

    Raises:
        Fenced: *first*, the token that this attempt began with, is older than the slot's current batch.
    """
    place = _hold(connection, slot)
    row = find_batch(connection, batch_id)
    if row is not None and row.slot != place.id:
        raise UsageError(f"batch {batch_id[:12]} belongs to another slot", str(slot), "name a batch after its slot")
    if row is not None and State(row.state).active:
        return Claim(batch_id, slot, row.edition, row.now, batch_of(connection, row))
    if first:
        _fence_slot(place, first, slot)
    token = place.token + 1
    connection.execute(sa.update(schema.slot).where(schema.slot.c.id == place.id).values(token=token))
    if row is None:
        connection.execute(
            sa.insert(schema.batch), {**_EMPTY, **said, "id": batch_id, "slot": place.id, "token": token, "claimed_at": _now()}
        )
    else:
        _set(connection, batch_id, token=token, claimed_at=_now(), **({"now": said["now"]} if row.state == State.WRITING else {}))
    return Claim(batch_id, slot, token, said["now"])


_EMPTY: dict[str, Any] = {
    "state": State.WRITING,
    "settled": 0,
    "edition": 0,
    "blocked_by": [],
    "legal_hold": False,
    "audit_seq": 0,
    **dict.fromkeys(("digest", "schema", "output", "run", "supersedes", "superseded_by", "audit_sha"), ""),
}


def commit(connection: sa.Connection, claimed: Claim, said: Settlement, *, actor: str) -> Batch:
    """
    S5: the batch is committed, with everything about it, and takes the place of the slot's older one.

    What a replay makes takes rows from its parent instead, and stands beside it.

    Raises:
        TakenOver: the batch was claimed again. Fenced: a later claim of the slot was committed.
    """
    place = _hold(connection, claimed.slot)
    row = _fence_batch(connection, claimed)
    if State(row.state).active:  # our own, its acknowledgement was lost
        return batch_of(connection, row)
    _fence_slot(place, claimed.token, claimed.slot)
    at = _now()
    older = place.current_batch if place.current_batch != claimed.batch_id else None
    anew = {"edition": claimed.token, "superseded_by": "", "published_at": None, "output": ""}
    if said.replay is not None:
        replays.take(connection, claimed.batch_id, said.replay, actor=actor, at=at)
        _settle(connection, row, claimed, said, State.COMMITTED, actor=actor, at=at)
        _set(connection, claimed.batch_id, **{**anew, "output": said.replay.output})
        return _get(connection, claimed.batch_id)
    for item in replays.family(connection, place.id, but=claimed.batch_id):
        supersede(connection, item, claimed.batch_id, actor=actor, at=at)
    _settle(connection, row, claimed, said, State.COMMITTED, actor=actor, at=at)
    _set(connection, claimed.batch_id, supersedes=older or "", **anew)
    connection.execute(
        sa.update(schema.slot)
        .where(schema.slot.c.id == place.id)
        .values(current_batch=claimed.batch_id, current_token=claimed.token)
    )
    return _get(connection, claimed.batch_id)


def block(connection: sa.Connection, claimed: Claim, said: Settlement, *, actor: str) -> Batch:
    """
    S5 for a batch that may not go on: its bad rows are kept as evidence; the slot's current batch stays as it is.

    Raises:
        TakenOver: the batch was claimed again.
    """
    _hold(connection, claimed.slot)
    row = _fence_batch(connection, claimed)
    if row.settled != claimed.token:
        _settle(connection, row, claimed, said, State.BLOCKED, actor=actor, at=_now())
    return _get(connection, claimed.batch_id)


def supersede(connection: sa.Connection, batch_id: str, by: str, *, actor: str, at: datetime) -> None:
    """The batch is active no longer, and its open rows can never be replayed."""
    row = find_batch(connection, batch_id)
    if row is None:
        return
    _set(connection, batch_id, state=State.SUPERSEDED, superseded_by=by)
    _close(connection, row, actor=actor, at=at, note=f"superseded by {by}")
    replays.ended(connection, batch_id, State.SUPERSEDED)
    audit.append(connection, batch_id, "superseded", actor=actor, at=at, detail={"by": by})


def publishable(connection: sa.Connection, batch_id: str, edition: int) -> tuple[str, ...]:
    """
    The batches whose rows may still stand in the target and must give way, newest first.

    They are those committed since the slot was last published in whole, and that one; what a replay made replaces nothing.

    Raises:
        Fenced: the batch is not the slot's current one, or not in this edition.
    """
    row = find_batch(connection, batch_id)
    if row is None or not State(row.state).active or row.edition != edition:
        by = f" by batch {row.superseded_by[:12]}" if row is not None and row.superseded_by else ""
        raise Fenced(
            f"batch {batch_id[:12]} was superseded{by} and is not published",
            "publish",
            "run again, to enforce what the key holds now",
        )
    if row.parent:
        return ()
    b = schema.batch
    others = sa.select(b.c.id, b.c.published_at, b.c.parent).where(b.c.slot == row.slot, b.c.edition > 0, b.c.id != batch_id)
    found = []
    for other in connection.execute(others.order_by(b.c.edition.desc())):
        found.append(str(other.id))
        if other.published_at is not None and not other.parent:
            break
    return tuple(found)


def mark(
    connection: sa.Connection,
    batch_id: str,
    edition: int,
    *,
    output: str,
    facts: RunFacts | None,
    holds: Collection[str] | None,
    actor: str,
) -> Batch:
    """
    S7: the good rows are where they belong; *facts*, when given, are of the run that found them committed.

    *holds* are the editions that the target holds now: what came of replays and is not among them will be published again.

    When another batch of the slot was committed meanwhile, this one stays superseded; and should the other say that it is
    published already, it will be published once more, for ours may have overwritten it.
    """
    slot = find_slot(connection, batch_id)
    _hold(connection, slot)
    row = find_batch(connection, batch_id)
    if row is None or not State(row.state).active or row.edition != edition:
        _doubt(connection, slot, actor=actor)
        return _get(connection, batch_id)
    if facts is not None:
        runs.record(connection, facts, outcome=row.outcome, batch=batch_id)
    if row.state == State.COMMITTED:
        at = _now()
        _set(connection, batch_id, state=State.PUBLISHED, published_at=at, output=output)
        detail = {"rows": _get(connection, batch_id).rows_due, "output": output}
        audit.append(connection, batch_id, "published", actor=actor, at=at, detail=detail)
        replays.ended(connection, batch_id, State.PUBLISHED)
    if holds is not None and not row.parent:
        for other, where in replays.beside(connection, row).items():
            if where == output and other not in holds:
                _unpublished(connection, other.partition(":")[0], actor=actor)
    return _get(connection, batch_id)


def _doubt(connection: sa.Connection, slot: Slot, *, actor: str) -> None:
    """The slot's current batch may have been overwritten by an older one: it counts as not published."""
    place = _hold(connection, slot)
    row = find_batch(connection, place.current_batch or "")
    if row is not None and row.state == State.PUBLISHED:
        _unpublished(connection, row.id, actor=actor)


def _unpublished(connection: sa.Connection, batch_id: str, *, actor: str) -> None:
    _set(connection, batch_id, state=State.COMMITTED, published_at=None)
    audit.append(connection, batch_id, "published in doubt", actor=actor, at=_now(), detail={})


def withdraw(connection: sa.Connection, batch_id: str, *, actor: str, note: str) -> Batch:
    """
    The pipeline rolled the batch back: it is active no longer, nor what came of its replays; the slot has no current batch.

    What a replay made can be withdrawn until it is published: its rows are open again where they came from.

    Raises:
        UsageError: the batch is not active; or it came of a replay, and its rows are published.
    """
    slot = find_slot(connection, batch_id)
    place = _hold(connection, slot)
    row = find_batch(connection, batch_id)
    if row is None or not State(row.state).active:
        state = row.state if row is not None else "gone"
        raise UsageError(f"batch {batch_id[:12]} is {state}: only a committed or published one can be withdrawn", str(slot))
    at = _now()
    if row.parent:
        if row.state == State.PUBLISHED and row.rows_good:
            mend = f"withdraw batch {place.current_batch[:12]}, which the key holds, or enforce the key again"
            raise UsageError(f"batch {batch_id[:12]} came of a replay, and its good rows are published", str(slot), mend)
        replays.reopen(connection, row, actor=actor, at=at, note=note or "withdrawn")
        _withdraw(connection, row, actor=actor, at=at, note=note)
        return _get(connection, batch_id)
    for item in replays.family(connection, place.id):
        _withdraw(connection, find_batch(connection, item), actor=actor, at=at, note=note)
    connection.execute(
        sa.update(schema.slot)
        .where(schema.slot.c.id == place.id)
        .values(current_batch=None)  # its token stays: claims older than it are void
    )
    return _get(connection, batch_id)


def _withdraw(connection: sa.Connection, row: sa.Row[Any] | None, *, actor: str, at: datetime, note: str) -> None:
    assert row is not None  # noqa: S101  its slot is held
    _set(connection, row.id, state=State.WITHDRAWN)
    _close(connection, row, actor=actor, at=at, note=note or "withdrawn")
    replays.ended(connection, row.id, State.WITHDRAWN)
    audit.append(connection, row.id, "withdrawn", actor=actor, at=at, detail={"note": note})


def decide(connection: sa.Connection, batch_id: str, ranges: Collection[RowRange], *, actor: str, note: str) -> Batch:
    """
    Say what becomes of open rows of a batch.

    Raises:
        UsageError: its rows cannot be decided about. Fenced: one of them is not open any more.
    """
    _hold(connection, find_slot(connection, batch_id))
    row = find_batch(connection, batch_id)
    assert row is not None  # noqa: S101  it has a slot
    replays.decide(connection, row, ranges, actor=actor, at=_now(), note=note)
    return _get(connection, batch_id)


def abandon(connection: sa.Connection, batch_id: str, before: datetime) -> bool:
    """Void a claim made before *before* that nobody settled; whether there was one."""
    place = _hold(connection, find_slot(connection, batch_id))
    row = find_batch(connection, batch_id)
    if row is None or row.token == row.settled or row.claimed_at >= before or State(row.state).active:
        return False
    connection.execute(sa.update(schema.slot).where(schema.slot.c.id == place.id).values(token=place.token + 1))
    if row.state == State.WRITING:
        connection.execute(sa.delete(schema.batch).where(schema.batch.c.id == batch_id))
    else:
        _set(connection, batch_id, token=row.settled)
    return True


def hold_batch(connection: sa.Connection, batch_id: str) -> sa.Row[Any]:
    """
    The row of a settled batch, its slot nobody else's until this transaction ends.

    Raises:
        UsageError: there is none, or it was never settled.
    """
    _hold(connection, find_slot(connection, batch_id))
    row = find_batch(connection, batch_id)
    if row is None or row.state == State.WRITING:
        raise UsageError(f"batch {batch_id[:12]} is still being written", "store", "try again when its enforcement has ended")
    return row


def next_token(connection: sa.Connection, row: sa.Row[Any]) -> int:
    """A token of the batch's slot that nobody had; the slot is held."""
    of_slot = schema.slot.c.id == row.slot
    connection.execute(sa.update(schema.slot).where(of_slot).values(token=schema.slot.c.token + 1))
    return int(connection.execute(sa.select(schema.slot.c.token).where(of_slot)).scalar_one())


def find_slot(connection: sa.Connection, batch_id: str) -> Slot:
    """The slot of a batch; one that names nothing when the batch is gone."""
    s, d, b = schema.slot, schema.dataset, schema.batch
    query = sa.select(d.c.name, s.c.stage, s.c.key).join_from(b, s, b.c.slot == s.c.id).join(d, s.c.dataset == d.c.id)
    row = connection.execute(query.where(b.c.id == batch_id)).one_or_none()
    if row is None:
        raise UsageError(f"no batch '{batch_id}'", "store", "`dq quarantine list` shows those there are")
    return Slot(row.name, row.stage, row.key)


# -- parts of a step -------------------------------------------------------------------------------------------------


def _hold(connection: sa.Connection, slot: Slot) -> sa.Row[Any]:
    """The slot, made when it is new, and nobody else's until this transaction ends."""
    wanted = {"in_dataset": slot.dataset, "of_stage": slot.stage, "of_key": slot.key}
    found = connection.execute(_SLOT, wanted).one_or_none()
    if found is None:
        dataset = runs.dataset_id(connection, slot.dataset)
        insert_missing(
            connection, schema.slot, [{"dataset": dataset, "stage": slot.stage, "key": slot.key, "token": 0, "current_token": 0}]
        )
        found = connection.execute(_SLOT, wanted).one()
    return found


_SLOT = (
    sa.select(schema.slot)
    .join(schema.dataset, schema.slot.c.dataset == schema.dataset.c.id)
    .where(
        schema.dataset.c.name == sa.bindparam("in_dataset"),
        schema.slot.c.stage == sa.bindparam("of_stage"),
        schema.slot.c.key == sa.bindparam("of_key"),
    )
    .with_for_update(of=schema.slot)
)


def _fence_batch(connection: sa.Connection, claimed: Claim) -> sa.Row[Any]:
    row = find_batch(connection, claimed.batch_id)
    if row is None or row.token != claimed.token:
        raise TakenOver(
            f"batch {claimed.batch_id[:12]} was claimed again", str(claimed.slot), "another process does the same work; try again"
        )
    return row


def _fence_slot(place: sa.Row[Any], token: int, slot: Slot) -> None:
    if place.current_token > token:
        by = (
            f"batch {place.current_batch[:12]}, claimed later, was"
            if place.current_batch
            else "a later batch was withdrawn after it was"
        )
        raise Fenced(f"{by} committed meanwhile; nothing was changed", str(slot), "run again, to enforce what the key holds now")


def _settle(
    connection: sa.Connection, row: sa.Row[Any], claimed: Claim, said: Settlement, state: State, *, actor: str, at: datetime
) -> None:
    """What a committed and a blocked batch have in common: counts, parts, reasons, the run, a line in the audit."""
    batch_id = claimed.batch_id
    _set(
        connection,
        batch_id,
        state=state,
        settled=claimed.token,
        now=claimed.now,
        rows_in=said.rows,
        rows_good=said.rows - said.bad,
        rows_bad=said.bad,
        outcome=said.outcome,
        blocked_by=list(said.blocked_by),
        digest=said.digest,
        schema=said.schema,
        run=said.run.id,
        settled_at=at,
        expires_at=_expiry(connection, row, said, at),
        legal_hold=row.legal_hold or _is_held(connection, row.parent),
        place=said.place or None,
        cleared_at=None,
    )
    parts.put(connection, batch_id, said.landing, schema.landing)
    for table in (schema.part, schema.reason):
        connection.execute(sa.delete(table).where(table.c.batch == batch_id))
    parts.put(connection, batch_id, said.parts)
    subjects.put(connection, batch_id, said.subjects)
    reasons = [
        {"batch": batch_id, "ordinal": n, "check": item.check, "code": item.code, "column": item.column, "rows": item.rows}
        for n, item in enumerate(said.reasons)
    ]
    if reasons:
        connection.execute(sa.insert(schema.reason), reasons)
    if row.settled and said.bad:  # it had rows before: these are others
        rows.act(connection, batch_id, [RowRange(0, said.bad - 1, RowState.OPEN)], actor=actor, at=at, note="settled again")
    runs.record(connection, said.run, outcome=said.outcome, batch=batch_id)
    detail = {
        "token": claimed.token,
        "now": claimed.now.isoformat(),
        "rows_in": said.rows,
        "rows_bad": said.bad,
        "blocked_by": list(said.blocked_by),
        "run": said.run.id,
        "plan": row.plan,
        "parts": parts.told(said.parts),
    }
    if said.place:
        detail |= {"place": json.loads(said.place)}
    if said.landing:
        detail |= {"landing": parts.told(said.landing)}
    audit.append(connection, batch_id, str(state), actor=actor, at=at, detail=detail)


def _expiry(connection: sa.Connection, row: sa.Row[Any], said: Settlement, at: datetime) -> datetime | None:
    """Retention counts from when the rows were first diverted: a replay makes none younger, nor those that land."""
    if not said.bad and not said.landing:
        return None
    known = []
    while row.parent and (parent := find_batch(connection, row.parent)) is not None:
        row = parent
        at = row.settled_at or at
        known.append(row.expires_at)
    own = at + said.retention if said.retention else None
    return min((moment for moment in (own, *known) if moment), default=None)


def _is_held(connection: sa.Connection, batch_id: str) -> bool:
    """Whether a legal hold is on a batch; not when there is none."""
    row = find_batch(connection, batch_id)
    return row is not None and bool(row.legal_hold)


def _close(connection: sa.Connection, row: sa.Row[Any], *, actor: str, at: datetime, note: str) -> None:
    """The open rows of a batch become superseded; what somebody decided about a row stays."""
    ranges = rows.states(connection, row.id, row.rows_bad or 0)
    waiting = [RowRange(item.first, item.last, RowState.SUPERSEDED) for item in ranges if item.state is RowState.OPEN]
    rows.act(connection, row.id, waiting, actor=actor, at=at, note=note)


def _get(connection: sa.Connection, batch_id: str) -> Batch:
    row = find_batch(connection, batch_id)
    if row is None:
        raise UsageError(f"no batch '{batch_id}'", "store")
    return batch_of(connection, row)


def _set(connection: sa.Connection, batch_id: str, **values: Any) -> None:
    connection.execute(sa.update(schema.batch).where(schema.batch.c.id == batch_id).values(**values))


def _now() -> datetime:
    return datetime.now(UTC)
