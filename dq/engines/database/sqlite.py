"""SQLite by Python's own module: one read transaction; columns hold values of any type, so that nothing is taken on trust."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from sqlglot import exp

from dq.engines.database.server import NESTED, Column, Session
from dq.errors import DqError, EngineError, SourceError, WorldError
from dq.plan import physical, type_of
from dq.result import Estimate, NotRun
from dq.sql import Base, Kind, equip_sqlite, literal

_ARROW = {
    Base.INTEGER: pa.int64(),
    Base.NUMBER: pa.float64(),
    Base.DECIMAL: pa.float64(),
    Base.BOOLEAN: pa.bool_(),
    Base.BINARY: pa.binary(),
}
_STEPS = 100_000  # of its virtual machine between two looks at the clock
_MOST = 100  # arguments of a function
_WORLD = ("locked", "busy", "interrupted", "disk i/o", "disk is full", "unable to open", "out of memory")


class Sqlite(Session):
    """One transaction of a `sqlite3` connection."""

    dialect = "sqlite"
    product = "SQLite"
    materialized = "NOT MATERIALIZED "
    whole_number = "INTEGER"
    _queries = 0
    _factory: Any = None

    def begin(self) -> None:
        """See `Session.begin`."""
        equip_sqlite(self.raw)
        self.raw.create_function("DQ_HASH", -1, _hash, deterministic=True)
        self.raw.create_aggregate("DQ_HASH_SUM", -1, _HashSum)
        self._factory, self.raw.text_factory = self.raw.text_factory, _text
        if not self.inside:
            self.run("BEGIN IMMEDIATE" if self.writes else "BEGIN")
        self.run("SELECT count(*) FROM sqlite_schema")  # the snapshot is that of the first read

    def restore(self) -> None:
        """See `Session.restore`."""
        self.raw.text_factory = self._factory

    def insert(self, into: str, names: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]]) -> int:
        """See `Session.insert`."""
        return self.by_many(into, names, chunks, "?")

    @contextmanager
    def timed(self) -> Iterator[None]:
        """See `Session.timed`."""
        if not self.timeout:
            yield
            return
        deadline = time.monotonic() + self.timeout
        self.raw.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        try:
            yield
        finally:
            self.raw.set_progress_handler(None, 0)

    def kind_of(self, error: Exception) -> type[DqError] | None:
        """See `Session.kind_of`."""
        if not isinstance(error, sqlite3.Error):
            return None
        text = str(error).lower()
        if any(word in text for word in _WORLD):
            return WorldError
        return SourceError if type(error) is sqlite3.DatabaseError else EngineError

    def is_overdue(self, error: Exception) -> bool:
        """See `Session.is_overdue`."""
        return any(word in str(error).lower() for word in ("interrupted", "locked", "busy"))

    def columns(self, relation: str) -> tuple[Column, ...]:
        """See `Session.columns`."""
        self._queries += 1
        view = f"__dq_columns_{self._queries}"
        self.run(f'CREATE TEMP VIEW "{view}" AS SELECT * FROM {relation}')  # it is this connection's alone, and holds nothing
        try:
            found = self.run(f"SELECT type FROM pragma_table_info({literal(view).sql('sqlite')})")
        finally:
            self.run(f'DROP VIEW temp."{view}"')
        with self.telling(), self.timed():
            described = self.raw.execute(f"SELECT * FROM {relation} LIMIT 0").description  # a view renames a column "true"
        return tuple(_column(item[0], declared) for item, (declared,) in zip(described, found, strict=True))

    def whole(self, parts: Sequence[str]) -> tuple[str, ...]:
        """See `Session.whole`; letters of either case are the same."""
        return tuple(part.lower() for part in (parts if len(parts) > 1 else ("main", *parts)))

    def spelt(self, parts: Sequence[str]) -> str:
        """See `Session.spelt`; "mart" and "MART" are one table."""
        known = self.relation((*parts[:-1], "sqlite_schema"))
        name = literal(parts[-1]).sql("sqlite")
        found = self.run(f"SELECT name FROM {known} WHERE type = 'table' AND name = {name} COLLATE NOCASE")
        return str(found[0][0]) if found else parts[-1]

    def known_as(self, name: str) -> str:
        """See `Session.known_as`. In a WITH, and in a view, SQLite takes "true" for the value."""
        return f"__dq_{name}" if name.lower() in ("true", "false") else name

    def hash_of(self, values: Sequence[str]) -> str:
        """See `Session.hash_of`."""
        written = [f"CAST(QUOTE({value}) AS BLOB)" for value in values]  # text need not be UTF-8
        parts = [f"DQ_HASH({', '.join(written[start : start + _MOST])})" for start in range(0, len(written), _MOST)]
        return parts[0] if len(parts) == 1 else self.hash_of(parts)

    def hash_sum(self, values: Sequence[str]) -> str:
        """See `Session.hash_sum`."""
        return f"COALESCE(DQ_HASH_SUM({self.hash_of(values)}), '0')"

    def tables(self, schema: str) -> list[str]:
        """See `Session.tables`."""
        found = self.run(
            f"SELECT name FROM {self._place(schema)}sqlite_schema "
            "WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"
        )
        return [name for (name,) in found]

    def estimate(self, parts: Sequence[str]) -> Estimate | NotRun:
        """See `Session.estimate`: by what ANALYZE found, "rows average …"."""
        place, name = self._place(*parts[:-1]), literal(parts[-1]).sql("sqlite")
        if self.run(f"SELECT 1 FROM {place}sqlite_schema WHERE type = 'view' AND lower(name) = lower({name})"):
            return NotRun("a view has no statistics: only the rows can tell")
        found: list[tuple[str]] = []
        if self.run(f"SELECT 1 FROM {place}sqlite_schema WHERE name = 'sqlite_stat1'"):
            found = self.run(f"SELECT stat FROM {place}sqlite_stat1 WHERE stat <> '' AND lower(tbl) = lower({name})")
        if not found:
            return NotRun("SQLite has no statistics of it, or it was empty: run ANALYZE, or let the rows be read")
        return self.about(max(int(stat.split()[0]) for (stat,) in found))

    def _place(self, schema: str = "") -> str:
        return f"{self.quoted(schema)}." if schema else ""


def _column(name: str, declared: str) -> Column:
    base = _base(declared)
    nested = Column(name, exp.DataType.build("json"), declared, pa.string())
    if base is Base.JSON:
        return nested
    return Column(
        name,
        type_of(Kind(base)) if base is not Base.UNKNOWN else exp.DataType.build("unknown"),
        declared or "any",
        _ARROW.get(base, pa.string()),
        plain=base not in _ARROW,
        instead=dict.fromkeys(NESTED, nested) if base is Base.TEXT else {},
    )


def _base(declared: str) -> Base:
    """What values a declared type suggests: by its name, else by the rules of SQLite's affinities."""
    said, _, _ = physical(declared)
    if said is not None and said not in (Base.OBJECT, Base.ARRAY, Base.MAP):
        return Base.NUMBER if said is Base.DECIMAL else Base.TEXT if said is Base.UUID else said
    text = declared.upper()
    if "INT" in text:
        return Base.INTEGER
    if any(word in text for word in ("CHAR", "CLOB", "TEXT")):
        return Base.TEXT
    if not text or "BLOB" in text:
        return Base.UNKNOWN
    return Base.NUMBER


def _text(raw: bytes) -> str:
    """Text, also where its bytes are no UTF-8."""
    return raw.decode("utf-8", "backslashreplace")


def _hash(*values: object) -> int:
    digest = hashlib.blake2b(repr(values).encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class _HashSum:
    """The sum of whole numbers, modulo 2^64."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, number: int) -> None:
        """See `Session.step`."""
        self.total = (self.total + number) % 2**64

    def finalize(self) -> str:
        """See `Session.finalize`."""
        return str(self.total)
