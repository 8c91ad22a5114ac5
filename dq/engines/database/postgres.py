"""PostgreSQL by psycopg: REPEATABLE READ, READ ONLY; settings live as long as the transaction."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
from sqlglot import exp

from dq.engines.database.server import ROWS_AT_ONCE, Column, Session
from dq.errors import DqError, EngineError, SourceError, UsageError, WorldError
from dq.result import Estimate, NotRun
from dq.sql import literal, render

_TEXT = ("text", "varchar", "bpchar", "name", "citext", "char")
# typname -> the type for rules, Arrow's, and SQL of the value as it is handed on
_TYPES: dict[str, tuple[str, pa.DataType, str]] = {
    "int2": ("smallint", pa.int16(), "{x}"),
    "int4": ("int", pa.int32(), "{x}"),
    "int8": ("bigint", pa.int64(), "{x}"),
    "float4": ("float", pa.float32(), "{x}"),
    "float8": ("double", pa.float64(), "{x}"),
    "bool": ("boolean", pa.bool_(), "{x}"),
    "date": ("date", pa.date32(), "({x})::text"),
    "time": ("time", pa.time64("us"), "({x})::text"),
    "timestamp": ("timestamp", pa.timestamp("us"), "({x})::text"),
    "timestamptz": ("timestamptz", pa.timestamp("us", "UTC"), "({x} AT TIME ZONE 'UTC')::text"),
    "uuid": ("uuid", pa.string(), "({x})::text"),
    "json": ("jsonb", pa.string(), "({x})::text"),
    "jsonb": ("jsonb", pa.string(), "({x})::text"),
    "bytea": ("binary", pa.binary(), "{x}"),
}
_WORLD = ("08", "40", "53", "55", "57", "58", "25P03", "XX")  # classes of SQLSTATE
_BARRED = ("42501", "28")
_STATEMENT = re.compile(r"\nLINE \d+: .*\n *\^")
_GATHERS = 160_000  # the version of the server from which on gathering the places of rows takes all of its processes
_CHUNKS = 170_000  # that of the library from which on results come by the thousand
_SAYS_UNKNOWN = 140_000  # that from which on it tells "no rows" from "nobody knows"
_LARGE = 4 * 2**30  # bytes of a table: the places of its rows take a tenth of that at most


class Postgres(Session):
    """One transaction of a psycopg connection."""

    dialect = "postgres"
    product = "PostgreSQL"
    materialized = "NOT MATERIALIZED "
    fence = "OFFSET '0'"  # a plain 0 would keep other processes from helping
    _autocommit: bool | None = None
    _cursors = 0

    def begin(self) -> None:
        """See `Session.begin`."""
        if self.inside:
            level = self.run("SHOW transaction_isolation")[0][0]
            if level == "read committed":
                raise UsageError(
                    "the connection's transaction is READ COMMITTED: rows may change between two looks",
                    self.name,
                    "give an engine, or begin with execution_options(isolation_level='REPEATABLE READ')",
                )
        else:
            self._autocommit, self.raw.autocommit = self.raw.autocommit, True
            self.run(f"BEGIN ISOLATION LEVEL REPEATABLE READ, READ {'WRITE' if self.writes else 'ONLY'}")
        for setting in (
            "TimeZone = 'UTC'",
            "standard_conforming_strings = on",
            "DateStyle = 'ISO, YMD'",
            "IntervalStyle = 'iso_8601'",
            "bytea_output = 'hex'",
            "client_encoding = 'UTF8'",
            "extra_float_digits = 1",
            f"statement_timeout = {round(self.timeout * 1000)}",
        ):
            self.run(f"SET LOCAL {setting}")

    def restore(self) -> None:
        """See `Session.restore`."""
        if self._autocommit is not None:
            self.raw.autocommit = self._autocommit

    def row_id(self, relation: str) -> str:
        """The place of a row in a table of its own; parts of a partitioned one, and foreign tables, have no such places."""
        if relation.startswith("(") or self.raw.info.server_version < _GATHERS:
            return ""
        found = self.run(
            "SELECT relkind IN ('r', 'm') AND NOT relhassubclass AND pg_catalog.pg_relation_size(oid) < "
            f"{_LARGE} FROM pg_catalog.pg_class WHERE oid = {self._oid(relation)}"
        )
        return "ctid" if found and found[0][0] else ""

    def gathered(self, row_id: str, test: str, most: int) -> str:
        """See `Session.gathered`."""
        names = f"COALESCE(string_agg(tidsend({row_id}), ''::bytea) FILTER (WHERE {test}), ''::bytea)"
        return f"CASE WHEN COUNT(*) FILTER (WHERE {test}) <= {most} THEN {names} END"

    def ids(self, gathered: Any) -> list[str]:
        """See `Session.ids`."""
        return [f"({page},{place})" for page, place in struct.iter_unpack(">IH", gathered or b"")]

    def among(self, row_id: str, ids: Sequence[str]) -> str:
        """See `Session.among`."""
        listed = ",".join(f'"{item}"' for item in ids)
        return f"{row_id} = ANY('{{{listed}}}'::tid[])"

    def stream(self, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Not by a cursor, whose query no second process of the server would work on; the connection's buffer bounds memory."""
        import psycopg  # noqa: PLC0415  an optional package

        if psycopg.pq.version() < _CHUNKS:
            yield from super().stream(sql)
            return
        with self.telling(), self.raw.cursor() as cursor:
            yield from batched(cursor.stream(sql, size=ROWS_AT_ONCE), ROWS_AT_ONCE)

    def insert(self, into: str, names: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]]) -> int:
        """See `Session.insert`; by COPY."""
        listed = ", ".join(map(self.quoted, names))
        with self.telling(), self.raw.cursor() as cursor:
            with cursor.copy(f"COPY {into} ({listed}) FROM STDIN") as copy:
                for rows in chunks:
                    for row in rows:
                        copy.write_row(row)
            return int(cursor.rowcount)

    def streaming(self) -> Any:
        """See `Session.streaming`."""
        self._cursors += 1
        return self.raw.cursor(name=f"dq_{self._cursors}", scrollable=False)

    def kind_of(self, error: Exception) -> type[DqError] | None:
        """See `Session.kind_of`."""
        import psycopg  # noqa: PLC0415  an optional package

        if not isinstance(error, psycopg.Error):
            return None
        state = error.sqlstate or ""
        if state.startswith(_BARRED):
            return SourceError
        if state.startswith(_WORLD) or (not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)):
            return WorldError
        return EngineError

    def said(self, error: Exception) -> str:
        """See `Session.said`: no line of the statement, which is dq's, and no detail, which may be a row."""
        diagnosis = getattr(error, "diag", None)
        if diagnosis is not None and diagnosis.message_primary:
            return "\n".join(text for text in (diagnosis.message_primary, diagnosis.message_hint) if text)
        return _STATEMENT.sub("", str(error))

    def is_overdue(self, error: Exception) -> bool:
        """See `Session.is_overdue`."""
        return getattr(error, "sqlstate", None) in ("57014", "55P03")

    def columns(self, relation: str) -> tuple[Column, ...]:
        """See `Session.columns`."""
        named = self._planned(relation) if relation.startswith("(") else self._known(relation)
        if not named:
            return ()
        kinds = {
            oid: (name, kind, element)
            for oid, name, kind, element in self.run(
                "SELECT t.oid::bigint, t.typname, t.typtype, e.typname FROM pg_catalog.pg_type t "
                "LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typcategory = 'A' "
                f"WHERE t.oid IN ({', '.join(str(oid) for _, oid, _ in named)})"
            )
        }
        listed = ", ".join(f"pg_catalog.format_type({oid}, {modifier})" for _, oid, modifier in named)
        shown = self.run(f"SELECT {listed}")[0]
        return tuple(
            _column(name, called, kinds[oid], modifier) for (name, oid, modifier), called in zip(named, shown, strict=True)
        )

    def _planned(self, query: str) -> list[tuple[str, int, int]]:
        """The columns of a query with the numbers of their types, as the server plans it."""
        with self.telling():
            cursor = self.raw.cursor()
            try:
                cursor.execute(f"SELECT * FROM {query} AS q LIMIT 0")
                names = [item.name for item in cursor.description or ()]
                return [(name, cursor.pgresult.ftype(place), cursor.pgresult.fmod(place)) for place, name in enumerate(names)]
            finally:
                cursor.close()

    def _known(self, relation: str) -> list[tuple[str, int, int]]:
        """The same of a table, by the catalogue, which says it also to who may not read rows; a domain is what it is over."""
        return [
            (name, oid, modifier)
            for name, oid, modifier in self.run(
                "WITH RECURSIVE known (num, name, type, modifier) AS ("
                "SELECT attnum, attname, atttypid, atttypmod FROM pg_catalog.pg_attribute "
                f"WHERE attrelid = {self._oid(relation)} AND attnum > 0 AND NOT attisdropped UNION ALL "
                "SELECT k.num, k.name, t.typbasetype, CASE WHEN k.modifier < 0 THEN t.typtypmod ELSE k.modifier END "
                "FROM known k JOIN pg_catalog.pg_type t ON t.oid = k.type AND t.typtype = 'd') "
                "SELECT k.name, k.type::bigint, k.modifier FROM known k "
                "JOIN pg_catalog.pg_type t ON t.oid = k.type AND t.typtype <> 'd' ORDER BY k.num"
            )
        ]

    def whole(self, parts: Sequence[str]) -> tuple[str, ...]:
        """See `Session.whole`; by the search path."""
        return self._schema(parts) or tuple(parts)

    def elsewhere(self, parts: Sequence[str]) -> str:
        """See `Session.elsewhere`."""
        found = self._schema(parts) if len(parts) == 1 else ()
        return found[0] if found and found[0] != self.run("SELECT current_schema()")[0][0] else ""

    def _schema(self, parts: Sequence[str]) -> tuple[str, ...]:
        """Schema and name of a relation that is there."""
        place = render(literal(self.relation(parts)), self.dialect)
        found = self.run(
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE c.oid = pg_catalog.to_regclass({place})"
        )
        return tuple(map(str, found[0])) if found else ()

    def hash_of(self, values: Sequence[str]) -> str:
        """See `Session.hash_of`."""
        return f"hashtextextended(ROW({', '.join(values)})::text, 0)"

    def hash_sum(self, values: Sequence[str]) -> str:
        """See `Session.hash_sum`."""
        return f"COALESCE(SUM({self.hash_of(values)}), 0)::text"

    def tables(self, schema: str) -> list[str]:
        """See `Session.tables`."""
        place = render(literal(schema), self.dialect) if schema else "current_schema()"
        found = self.run(
            "SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
            f"WHERE n.nspname = {place} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition ORDER BY 1"
        )
        return [name for (name,) in found]

    def estimate(self, parts: Sequence[str]) -> Estimate | NotRun:
        """See `Session.estimate`; of the table and its parts, with what changed since they were looked at."""
        found = self.run(
            f"WITH RECURSIVE parts (oid) AS (SELECT {self._oid(self.relation(parts))} UNION "
            "SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN parts ON i.inhparent = parts.oid) "
            "SELECT c.relkind, c.reltuples::bigint, c.relpages, pg_catalog.pg_stat_get_mod_since_analyze(c.oid) "
            "FROM parts JOIN pg_catalog.pg_class c ON c.oid = parts.oid WHERE c.relkind <> 'p'"
        )
        if any(kind == "v" for kind, *_ in found):
            return NotRun("a view has no statistics: only the rows can tell")
        silent = self.raw.info.server_version < _SAYS_UNKNOWN
        if not found or any(rows < 0 or (silent and not pages) for _, rows, pages, _ in found):
            return NotRun("PostgreSQL has no statistics of it yet: run ANALYZE, or let the rows be read")
        return self.about(sum(rows for _, rows, *_ in found), sum(changed or 0 for *_, changed in found))

    def _oid(self, relation: str) -> str:
        """SQL of the number of a table by its name; an error of the database when it is not there."""
        return f"{render(literal(relation), self.dialect)}::regclass::oid"


def _column(name: str, shown: str, known: tuple[str, str, str | None], modifier: int) -> Column:
    kind, how, element = known  # its name, whether it is an enumeration, and the type of its elements
    if kind in _TEXT or how == "e":
        return Column(name, exp.DataType.build("text"), shown, pa.string(), out="({x})::text", plain=True)
    if kind == "numeric":
        return _numeric(name, shown, modifier)
    if kind in _TYPES:
        written, arrow, out = _TYPES[kind]
        return Column(name, exp.DataType.build(written), shown, arrow, "({x})::jsonb" if kind == "json" else "{x}", out)
    if element in _TYPES or element in _TEXT:
        return _array(name, shown, element)
    unknown = exp.DataType(this=exp.DType.USERDEFINED, kind=shown)
    return Column(name, unknown, shown, pa.string(), out="({x})::text", plain=True)


def _numeric(name: str, shown: str, modifier: int) -> Column:
    """NaN is null in a rule; a numeric without digits, or with more than Arrow has, is handed on as its text."""
    out, read = "({x})::text", "NULLIF({x}, 'NaN')"
    if modifier < 4:
        return Column(name, exp.DataType.build("decimal"), shown, pa.string(), read, out)
    precision, scale = (modifier - 4) >> 16, ((modifier - 4) & 0x7FF ^ 1024) - 1024
    kind = exp.DataType.build(f"decimal({precision}, {scale})" if scale >= 0 else "decimal")
    arrow = pa.decimal128(precision, scale) if precision <= 38 and 0 <= scale <= precision else pa.string()
    return Column(name, kind, shown, arrow, read, out)


def _array(name: str, shown: str, element: str) -> Column:
    written, arrow, out = _TYPES.get(element, ("text", pa.string(), "{x}"))
    kind = exp.DataType(this=exp.DType.ARRAY, expressions=[exp.DataType.build(written)], nested=True)
    if out == "{x}":
        return Column(name, kind, shown, pa.list_(arrow))
    return Column(name, kind, shown, pa.list_(pa.string()), "{x}", "({x})::text[]")


def batched(rows: Iterable[tuple[Any, ...]], size: int) -> Iterator[Sequence[tuple[Any, ...]]]:
    """*rows*, some at a time."""
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield chunk
