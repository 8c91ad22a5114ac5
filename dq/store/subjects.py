"""Whom rows are about, as keyed hashes: how the rows of a person are found without knowing anybody."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from dq.store import parts, schema
from dq.store.connect import insert_missing
from dq.store.model import Hashes, State

WIDTH = 8  # bytes of a hash that are kept: enough to find rows, which are then looked at
UNREAD = bytes(WIDTH)  # a row of which nobody could read whom it is about
_SECRET = "subject_key"  # noqa: S105  its name


def put(connection: sa.Connection, batch_id: str, hashes: Sequence[Hashes]) -> None:
    """Let *hashes* say whom the rows of a batch are about, and no others."""
    connection.execute(sa.delete(schema.subject).where(schema.subject.c.batch == batch_id))
    rows = [{"batch": batch_id, "ordinal": n, "key_id": item.key_id, "hashes": item.data} for n, item in enumerate(hashes)]
    for row in rows:  # each may be large
        connection.execute(sa.insert(schema.subject), row)


def about(connection: sa.Connection, hashes: Mapping[str, bytes]) -> frozenset[str]:
    """
    The batches that may hold rows about a person, whose hash under each key *hashes* says.

    One that was hashed under another key may hold anybody's.
    """
    s = schema.subject
    return frozenset(
        row.batch
        for row in connection.execution_options(yield_per=16).execute(sa.select(s))
        if row.key_id not in hashes or row.hashes.startswith(UNREAD) or _holds(row.hashes, hashes[row.key_id][:WIDTH])
    )


def _holds(data: bytes, wanted: bytes) -> bool:
    """Whether *wanted* is one of the sorted hashes in *data*."""
    low, high = 0, len(data) // WIDTH
    while low < high:
        middle = (low + high) // 2
        here = data[middle * WIDTH : (middle + 1) * WIDTH]
        if here == wanted:
            return True
        low, high = (middle + 1, high) if here < wanted else (low, middle)
    return False


def columns(connection: sa.Connection) -> dict[str, tuple[frozenset[tuple[str, ...]], dict[str, bool]]]:
    """By dataset: columns that a batch said name a person; and batches that still have rows, with whether each has hashes."""
    b, s, d, h = schema.batch, schema.slot, schema.dataset, schema.subject
    query = (
        sa.select(d.c.name, b.c.id, b.c.schema, sa.exists().where(h.c.batch == b.c.id).label("hashed"))
        .join_from(b, s, b.c.slot == s.c.id)
        .join(d, s.c.dataset == d.c.id)
        .where(b.c.state != State.WRITING)
    )
    found: dict[str, tuple[set[tuple[str, ...]], dict[str, bool]]] = {}
    for row in connection.execute(query.add_columns(parts.kept().label("whole"))):
        paths, known = found.setdefault(row.name, (set(), {}))
        paths |= {tuple(path) for path in json.loads(row.schema or "{}").get("subjects", ())}
        if row.whole:
            known[row.id] = row.hashed
    return {name: (frozenset(paths), known) for name, (paths, known) in found.items()}


def erase_samples(connection: sa.Connection, marks: Mapping[str, Collection[str]], spared: Collection[str]) -> int:
    """
    Remove samples about a person, whose marks are said by key; those of the *spared* batches are left. How many they were.

    A sample that was marked under another key may be about anybody: it goes, too.
    """
    s = schema.sample
    theirs = [s.c.subjects.contains(item, autoescape=True) for items in marks.values() for item in items]
    strange = sa.not_(sa.or_(*(s.c.subjects.startswith(f"{key_id}:", autoescape=True) for key_id in marks)))
    query = sa.delete(s).where(s.c.subjects.is_not(None), sa.or_(strange, *theirs))
    if spared:
        query = query.where(s.c.run.not_in(sa.select(schema.run.c.id).where(schema.run.c.batch.in_(list(spared)))))
    return connection.execute(query).rowcount


def outputs(connection: sa.Connection, datasets: Collection[str]) -> tuple[str, ...]:
    """Where good rows of *datasets* were published."""
    b, s, d = schema.batch, schema.slot, schema.dataset
    query = sa.select(b.c.output).join_from(b, s, b.c.slot == s.c.id).join(d, s.c.dataset == d.c.id)
    chosen = query.where(d.c.name.in_(list(datasets)), b.c.output != "").distinct().order_by(b.c.output)
    return tuple(connection.scalars(chosen))


def known_secret(connection: sa.Connection) -> bytes | None:
    """The store's own key, which hashes where no other is given; None: nobody has asked for it yet."""
    said = connection.scalar(sa.select(schema.about.c.value).where(schema.about.c.name == _SECRET))
    return bytes.fromhex(said) if said else None


def secret(connection: sa.Connection) -> bytes:
    """The store's own key, made when it is not there."""
    insert_missing(connection, schema.about, [{"name": _SECRET, "value": secrets.token_hex(32)}])
    return known_secret(connection) or b""
