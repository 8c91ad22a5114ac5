"""Payload objects as the store knows them: those of a batch, those being written in their place, those that are to go."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from dq.store import schema
from dq.store.connect import insert_missing
from dq.store.model import Part, Payload, RowRange


def of(connection: sa.Connection, batch_id: str, table: sa.Table = schema.part) -> tuple[Part, ...]:
    """The payload objects of a batch, in order: those of its bad rows, or in table `landing` of the good rows of a replay."""
    found = connection.execute(sa.select(table).where(table.c.batch == batch_id).order_by(table.c.ordinal))
    return tuple(Part(item.path, item.rows, item.size, item.sha256, item.key_id or "", item.purged_at) for item in found)


def put(connection: sa.Connection, batch_id: str, parts: Sequence[Part], table: sa.Table = schema.part) -> None:
    """Let the batch consist of *parts*, and of no others; *table* as in `of`."""
    connection.execute(sa.delete(table).where(table.c.batch == batch_id))
    rows = [
        {
            "batch": batch_id,
            "ordinal": number,
            "path": item.path,
            "rows": item.rows,
            "size": item.size,
            "sha256": item.sha256,
            "key_id": item.key_id or None,
        }
        for number, item in enumerate(parts)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def payload(connection: sa.Connection, batch_id: str) -> Payload:
    """All objects of a batch."""
    return Payload(of(connection, batch_id), of(connection, batch_id, schema.landing))


def kept() -> sa.ColumnElement[bool]:
    """Of a batch in a query: that it still has objects, or rows that were moved."""
    tables, b = (schema.part, schema.landing), schema.batch
    moved = sa.and_(b.c.place.is_not(None), b.c.cleared_at.is_(None), b.c.rows_bad > 0)
    return sa.or_(moved, *(sa.exists().where(t.c.batch == b.c.id, t.c.purged_at.is_(None)) for t in tables))


def moved(row: sa.Row[Any], places: Iterable[RowRange] = ()) -> str:
    """What is to go of a batch whose rows were moved, for `doom`: those at *places*; none: all that it ever had there."""
    said = {"place": row.place, "batch": row.id, "edition": row.edition, "rows": [[item.first, item.last] for item in places]}
    return json.dumps(said)


def told(parts: Collection[Part]) -> list[list[object]]:
    """What the audit says of objects."""
    return [[item.path, item.rows, item.size, item.sha256] for item in parts]


def doom(connection: sa.Connection, paths: Collection[str], at: datetime) -> None:
    """No batch has these objects any more; who removes them says so with `buried`."""
    insert_missing(connection, schema.doomed, [{"path": path, "at": at} for path in paths])


def doomed(connection: sa.Connection) -> tuple[str, ...]:
    """The objects that are to go."""
    return tuple(connection.scalars(sa.select(schema.doomed.c.path).order_by(schema.doomed.c.path)))


def buried(connection: sa.Connection, paths: Collection[str]) -> None:
    """These are gone."""
    for path in paths:
        connection.execute(sa.delete(schema.doomed).where(schema.doomed.c.path == path))


def is_needed(connection: sa.Connection, batch_id: str, token: int, path: str) -> bool:
    """
    Whether an object, written under *token*, is part of a batch or may yet become part of one.

    Once false, it stays so: tokens are never used twice.
    """
    b, r = schema.batch, schema.rewrite
    tables = (schema.part, schema.landing)
    held = [sa.exists().where(t.c.batch == b.c.id, t.c.path == path, t.c.purged_at.is_(None)) for t in tables]
    claim = sa.and_(b.c.token == token, b.c.settled != token)
    written = sa.exists().where(r.c.batch == b.c.id, r.c.token == token)
    return connection.scalar(sa.select(b.c.id).where(b.c.id == batch_id, sa.or_(*held, claim, written))) is not None
