"""The history of a batch: lines are only ever added, and each one seals those before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dq.store.model import AuditEntry, Part, Payload, RowRange, RowState
from dq.store.schema import audit, batch

_COLUMNS = ("event", "actor", "at", "detail", "prev_sha", "sha")


def append(connection: sa.Connection, batch_id: str, event: str, *, actor: str, at: datetime, detail: Mapping[str, Any]) -> None:
    """Add a line; the caller holds the batch's slot, so that two lines never get one number."""
    end = connection.execute(sa.select(batch.c.audit_seq, batch.c.audit_sha).where(batch.c.id == batch_id)).one()
    plain = json.loads(json.dumps(detail, default=str))
    entry = AuditEntry(batch_id, end.audit_seq + 1, event, actor, at, plain, end.audit_sha, "")
    sealed = seal(entry)
    connection.execute(
        sa.insert(audit),
        {"batch": batch_id, "seq": entry.seq, "sha": sealed, **{name: getattr(entry, name) for name in _COLUMNS[:-1]}},
    )
    connection.execute(sa.update(batch).where(batch.c.id == batch_id).values(audit_seq=entry.seq, audit_sha=sealed))


def seal(entry: AuditEntry) -> str:
    """The SHA-256 of an entry, `sha` left out, as canonical JSON."""
    said = [entry.batch, entry.seq, entry.event, entry.actor, entry.at.isoformat(), entry.detail, entry.prev_sha]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def entries(connection: sa.Connection, batch_id: str) -> tuple[AuditEntry, ...]:
    """The lines about a batch, oldest first."""
    query = sa.select(audit).where(audit.c.batch == batch_id).order_by(audit.c.seq)
    return tuple(AuditEntry(row.batch, row.seq, *(getattr(row, name) for name in _COLUMNS)) for row in connection.execute(query))


def broken(connection: sa.Connection, batch_id: str) -> str:
    """What is wrong with the chain of a batch; "" when nothing is."""
    previous = ""
    lines = entries(connection, batch_id)
    for number, entry in enumerate(lines, 1):
        if entry.seq != number:
            return f"audit line {number} is missing"
        if entry.prev_sha != previous or entry.sha != seal(entry):
            return f"audit line {number} ({entry.event}) was altered"
        previous = entry.sha
    end = connection.execute(sa.select(batch.c.audit_seq, batch.c.audit_sha).where(batch.c.id == batch_id)).one_or_none()
    if end is not None and (end.audit_seq, end.audit_sha) != (len(lines), previous):
        return f"audit lines after {len(lines)} are missing"
    return ""


def contradicted(connection: sa.Connection, batch_id: str, payload: Payload) -> str:
    """Where the tables say otherwise than the chain, which is whole; "" when they agree."""
    said: tuple[list[Any], list[Any]] | None = None
    purged = False
    for entry in entries(connection, batch_id):
        if entry.event in _WITH_OBJECTS:
            said, purged = (entry.detail["parts"], entry.detail.get("landing", [])), False
        purged = purged or entry.event == "purged"
    if said is not None and (_told(payload.parts), _told(payload.landing)) != said:
        return "its payload objects are not those that the audit names"
    if purged != any(item.purged_at for item in payload.objects) and payload.objects:
        return "the audit and the store disagree on whether it was purged"
    return ""


def _told(parts: tuple[Part, ...]) -> list[list[Any]]:
    return [[item.path, item.rows, item.size, item.sha256] for item in parts]


def erased(connection: sa.Connection, batch_id: str) -> tuple[list[RowRange], int]:
    """The rows of a batch that were erased since it was settled; and how many of the good ones, of a replay."""
    places: list[RowRange] = []
    dropped = 0
    for entry in entries(connection, batch_id):
        if entry.event in _SETTLED:
            places, dropped = [], 0
        if entry.event == "erased":
            places += [RowRange(first, last, RowState.PURGED) for first, last in entry.detail.get("places", ())]
            dropped += entry.detail.get("dropped", 0)
    return places, dropped


_SETTLED = ("committed", "blocked")
_WITH_OBJECTS = (*_SETTLED, "erased", "rotated")
