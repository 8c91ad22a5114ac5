"""MariaDB and MySQL by PyMySQL: a consistent snapshot, read only; text is compared by code point whatever its collation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pyarrow as pa
from sqlglot import exp

from dq.engines.database.server import NESTED, NUMBERS, Column, Session
from dq.errors import DqError, EngineError, SourceError, WorldError
from dq.result import Estimate, NotRun
from dq.sql import literal, render

_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
_AS_TEXT = "CAST({x} AS CHAR)"
# The codes of the protocol -> the type for rules, Arrow's, and SQL of the value as it is handed on.
_TYPES: dict[int, tuple[str, pa.DataType, str]] = {
    1: ("tinyint", pa.int16(), "{x}"),
    2: ("smallint", pa.int32(), "{x}"),
    3: ("int", pa.int64(), "{x}"),
    4: ("float", pa.float32(), "{x}"),
    5: ("double", pa.float64(), "{x}"),
    7: ("timestamptz", pa.timestamp("us", "UTC"), _AS_TEXT),
    8: ("bigint", pa.int64(), "{x}"),
    9: ("int", pa.int32(), "{x}"),
    10: ("date", pa.date32(), _AS_TEXT),
    11: ("time", pa.time64("us"), _AS_TEXT),
    12: ("timestamp", pa.timestamp("us"), _AS_TEXT),
    13: ("smallint", pa.int16(), "{x}"),
}
_DECIMAL, _BIT, _TEXTS, _JSON, _BINARY, _UNSIGNED = (0, 246), 16, (15, 249, 250, 251, 252, 253, 254), 245, 63, 32
_NAMES = {
    0: "decimal",
    1: "tinyint",
    2: "smallint",
    3: "int",
    4: "float",
    5: "double",
    7: "timestamp",
    8: "bigint",
    9: "mediumint",
    10: "date",
    11: "time",
    12: "datetime",
    13: "year",
    16: "bit",
    245: "json",
    246: "decimal",
    255: "geometry",
}
_WORLD = {1020, 1040, 1053, 1152, 1158, 1159, 1160, 1161, 1184, 1205, 1206, 1213, 1290, 1317, 1969, 2003, 2006, 2013, 3024}
_OVERDUE = {1205, 1969, 3024}
_QUOTING = {1062, 1292, 1366}  # what they say begins with a value, or has it in front of all other names
_VALUE = re.compile(r"'(?:[^']|'')*'")
_BARRED = {1044, 1045, 1142, 1143, 1227, 1370}


class MySql(Session):
    """One transaction of a PyMySQL connection."""

    dialect = "mariadb"
    product = "MariaDB"
    margin = 50  # of a sample of pages, say the manuals
    whole_number = "SIGNED"
    _before: tuple[Any, ...] = ()

    def begin(self) -> None:
        """See `Session.begin`."""
        self._settings = ["time_zone", "sql_mode", "group_concat_max_len"]
        self.product = "MariaDB" if "MariaDB" in str(self.run("SELECT VERSION()")[0][0]) else "MySQL"
        self.dialect = self.product.lower()
        timeout = "max_statement_time" if self.product == "MariaDB" else "max_execution_time"
        known = {
            name for name, _ in self.run(f"SHOW VARIABLES WHERE Variable_name IN ('innodb_snapshot_isolation', '{timeout}')")
        }
        self._settings += sorted(known)
        self._before = self.run(f"SELECT {', '.join(f'@@SESSION.{name}' for name in self._settings)}")[0]
        wanted: dict[str, Any] = {
            "time_zone": "+00:00",
            "sql_mode": _MODE,
            "innodb_snapshot_isolation": 1,
            "max_statement_time": self.timeout,
            "max_execution_time": round(self.timeout * 1000),
        }
        self._set({name: wanted[name] for name in self._settings if name in wanted})
        self.run("SET NAMES utf8mb4")
        if not self.inside:
            self.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            self.run(f"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ {'WRITE' if self.writes else 'ONLY'}")

    def restore(self) -> None:
        """See `Session.restore`."""
        if self._before:
            self._set(dict(zip(self._settings, self._before, strict=True)))

    def _set(self, values: dict[str, Any]) -> None:
        listed = ", ".join(
            f"SESSION {name} = {render(literal(value), 'duckdb') if isinstance(value, str) else value}"
            for name, value in values.items()
        )
        self.run(f"SET {listed}")

    def insert(self, into: str, names: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]]) -> int:
        """See `Session.insert`."""
        return self.by_many(into, names, chunks, "%s")

    def streaming(self) -> Any:
        """See `Session.streaming`."""
        from pymysql.cursors import SSCursor  # noqa: PLC0415  an optional package

        return self.raw.cursor(SSCursor)

    def drop(self, cursor: Any) -> None:
        """See `Session.drop`: of a connection that is gone there are no more rows to wait for."""
        if cursor._result is not None and not self.raw.open:  # noqa: SLF001  else it complains when it is forgotten
            cursor._result.unbuffered_active = False  # noqa: SLF001
        cursor.close()

    def kind_of(self, error: Exception) -> type[DqError] | None:
        """See `Session.kind_of`."""
        import pymysql  # noqa: PLC0415  an optional package

        if not isinstance(error, pymysql.Error):
            return None
        code = error.args[0] if error.args else 0
        if code in _WORLD or isinstance(error, pymysql.err.InterfaceError):
            return WorldError
        return SourceError if code in _BARRED else EngineError

    def said(self, error: Exception) -> str:
        """See `Session.said`: the message, and its number behind it; no value of a row."""
        if len(error.args) < 2:
            return str(error)
        text = str(error.args[1])
        return f"{_VALUE.sub(chr(39) + '…' + chr(39), text, count=1) if error.args[0] in _QUOTING else text} ({error.args[0]})"

    def is_overdue(self, error: Exception) -> bool:
        """See `Session.is_overdue`."""
        return bool(error.args) and error.args[0] in _OVERDUE

    def columns(self, relation: str) -> tuple[Column, ...]:
        """See `Session.columns`."""
        with self.telling():
            cursor = self.raw.cursor()
            try:
                cursor.execute(f"SELECT * FROM {relation} AS q LIMIT 0")
                fields = cursor._result.fields or () if cursor._result else ()  # noqa: SLF001  the flags are nowhere else
            finally:
                cursor.close()
        return tuple(_column(field) for field in fields)

    def without_undo(self, parts: Sequence[str]) -> str:
        """See `Session.without_undo`; MyISAM and Aria have no transactions."""
        place = render(literal(parts[-2]), self.dialect) if len(parts) > 1 else "DATABASE()"
        found = self.run(
            "SELECT t.engine FROM information_schema.tables t JOIN information_schema.engines e ON e.engine = t.engine "
            f"WHERE t.table_schema = {place} AND t.table_name = {render(literal(parts[-1]), self.dialect)} "
            "AND e.transactions <> 'YES'"
        )
        return str(found[0][0]) if found else ""

    def whole(self, parts: Sequence[str]) -> tuple[str, ...]:
        """See `Session.whole`; by the current database, and where names of tables are of one case in that."""
        named = tuple(parts) if len(parts) > 1 else (str(self.run("SELECT DATABASE()")[0][0]), *parts)
        return tuple(map(str.lower, named)) if int(self.run("SELECT @@lower_case_table_names")[0][0]) else named

    def hash_of(self, values: Sequence[str]) -> str:
        """See `Session.hash_of`."""
        listed = ", ".join(f"QUOTE({value})" for value in values)
        return f"CAST(CAST(CONV(LEFT(MD5(CONCAT_WS(',', {listed})), 16), 16, 10) AS UNSIGNED) AS SIGNED)"

    def hash_sum(self, values: Sequence[str]) -> str:
        """See `Session.hash_sum`."""
        return f"CAST(COALESCE(SUM({self.hash_of(values)}), 0) AS CHAR)"

    def tables(self, schema: str) -> list[str]:
        """See `Session.tables`."""
        found = self.run(
            "SELECT table_name FROM information_schema.tables "
            f"WHERE table_schema = {self._schema(schema)} AND table_type IN ('BASE TABLE', 'VIEW') ORDER BY 1"
        )
        return [name for (name,) in found]

    def estimate(self, parts: Sequence[str]) -> Estimate | NotRun:
        """See `Session.estimate`."""
        found = self.run(
            "SELECT table_type, table_rows FROM information_schema.tables "
            f"WHERE table_schema = {self._schema(*parts[:-1])} AND table_name = {render(literal(parts[-1]), 'duckdb')}"
        )
        if any(kind == "VIEW" for kind, _ in found):
            return NotRun("a view has no statistics: only the rows can tell")
        if not found or found[0][1] is None:
            return NotRun(f"{self.product} has no statistics of it: run ANALYZE TABLE, or let the rows be read")
        return self.about(int(found[0][1]))

    def _schema(self, name: str = "") -> str:
        return render(literal(name), "duckdb") if name else "DATABASE()"


def _column(field: Any) -> Column:
    code, name = field.type_code, field.name
    if code in _DECIMAL:
        scale = field.scale
        precision = field.length - (1 if scale else 0) - (0 if field.flags & _UNSIGNED else 1)
        arrow = pa.decimal128(precision, scale) if precision <= 38 else pa.string()
        return Column(
            name, exp.DataType.build(f"decimal({precision}, {scale})"), f"decimal({precision},{scale})", arrow, "{x}", _AS_TEXT
        )
    if code == 1 and field.length == 1:  # BOOLEAN is a name for TINYINT(1)
        number = Column(name, exp.DataType.build("tinyint"), "tinyint(1)", pa.int16())
        return Column(name, exp.DataType.build("boolean"), "tinyint(1)", pa.bool_(), instead=dict.fromkeys(NUMBERS, number))
    if code in _TYPES:
        written, arrow, out = _TYPES[code]
        if code == 8 and field.flags & _UNSIGNED:
            arrow = pa.uint64()
        return Column(name, exp.DataType.build(written), _NAMES.get(code, written), arrow, "{x}", out)
    if code == _BIT:
        return Column(name, exp.DataType.build("bigint"), "bit", pa.uint64(), "({x} + 0)", "({x} + 0)")
    nested = Column(name, exp.DataType.build("json"), "json", pa.string())
    if code in _TEXTS and field.charsetnr != _BINARY:  # JSON is a name for LONGTEXT
        return Column(name, exp.DataType.build("text"), "text", pa.string(), plain=True, instead=dict.fromkeys(NESTED, nested))
    if code in _TEXTS:
        return Column(name, exp.DataType.build("binary"), "binary", pa.binary())
    if code == _JSON:
        return nested
    unknown = exp.DataType(this=exp.DType.USERDEFINED, kind=_NAMES.get(code, str(code)))
    return Column(name, unknown, _NAMES.get(code, str(code)), pa.string(), "{x}", "HEX({x})")
