"""The same rows as a table of a database, and the rows' numbers found again: a table keeps no order."""

from __future__ import annotations

import itertools
import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy as sa

import dq
from tests.conformance.inputs import Rows

_NUMBERS = itertools.count()
_TYPES: Mapping[str, list[tuple[Callable[[pa.DataType], bool], str]]] = {
    "postgres": [
        (pa.types.is_large_string, "char(8)"),
        (pa.types.is_string_view, 'text COLLATE "POSIX"'),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_int8, "smallint"),
        (pa.types.is_int32, "integer"),
        (pa.types.is_uint64, "numeric(20, 0)"),
        (pa.types.is_integer, "bigint"),
        (pa.types.is_float32, "real"),
        (pa.types.is_floating, "double precision"),
        (pa.types.is_date, "date"),
        (pa.types.is_time, "time"),
        (lambda kind: pa.types.is_timestamp(kind) and bool(kind.tz), "timestamptz"),
        (pa.types.is_timestamp, "timestamp"),
        (lambda kind: pa.types.is_list(kind) and not pa.types.is_nested(kind.value_type), "{item}[]"),
        (pa.types.is_nested, "jsonb"),
    ],
    "mariadb": [
        (pa.types.is_large_string, "char(8) COLLATE utf8mb4_general_ci"),
        (pa.types.is_string_view, "varchar(400) COLLATE utf8mb4_unicode_ci"),
        (pa.types.is_boolean, "boolean"),
        (pa.types.is_int8, "tinyint"),
        (pa.types.is_int32, "int"),
        (pa.types.is_uint64, "bigint unsigned"),
        (pa.types.is_integer, "bigint"),
        (pa.types.is_float32, "float"),
        (pa.types.is_floating, "double"),
        (pa.types.is_date, "date"),
        (pa.types.is_time, "time(6)"),
        (lambda kind: pa.types.is_timestamp(kind) and bool(kind.tz), "timestamp(6) null"),
        (pa.types.is_timestamp, "datetime(6)"),
        (pa.types.is_nested, "json"),
    ],
    "sqlite": [
        (pa.types.is_large_string, "CHAR(8)"),
        (pa.types.is_string_view, "TEXT COLLATE NOCASE"),
        (pa.types.is_boolean, "BOOLEAN"),
        (pa.types.is_integer, "INTEGER"),
        (pa.types.is_floating, "REAL"),
        (pa.types.is_decimal, "NUMERIC"),
        (pa.types.is_date, "DATE"),
        (pa.types.is_time, "TIME"),
        (pa.types.is_timestamp, "TIMESTAMP"),
        (pa.types.is_nested, "JSON"),
    ],
}


def table(rows: Rows, kind: str) -> dq.Table:
    """*rows* as a new table of the database that they are to go into."""
    url, name = rows.database(kind), f"facts {next(_NUMBERS)}"
    columns = ", ".join(f"{_quoted(column, kind)} {_type(kind, type_)}" for column, type_ in rows.types.items())
    marks = ", ".join(["?" if kind == "sqlite" else "%s"] * len(rows.types))
    cells = [tuple(_cell(cell, type_, kind) for cell, type_ in zip(row, rows.types.values(), strict=True)) for row in rows.values]
    raw = sa.create_engine(url, poolclass=sa.NullPool).raw_connection()
    try:
        cursor = raw.driver_connection.cursor()  # type: ignore[union-attr]
        if kind == "mariadb":
            cursor.execute("SET time_zone = '+00:00'")
        cursor.execute(f"CREATE TABLE {_quoted(name, kind)} ({columns})")
        if cells:
            cursor.executemany(f"INSERT INTO {_quoted(name, kind)} VALUES ({marks})", cells)
        raw.commit()
    finally:
        raw.close()
    return dq.Table(url, _quoted(name, kind))


def places(given: dq.Table, bad: Sequence[Mapping[str, Any]], kind: str) -> list[int]:
    """
    The number, in the order in which rows were written, of each row of *bad*.

    Rows that are equal are as good as each other: of those the last are taken for copies, else the first.
    """
    from dq.engines.database.arrow import batches_of
    from dq.engines.database.connect import connected
    from dq.engines.database.engine import relation
    from dq.engines.database.statements import Statements

    with connected(given, 0) as session:
        statements = Statements(session, relation(session, given))
        order = {"postgres": "ORDER BY ctid", "sqlite": "ORDER BY rowid"}.get(kind, "")  # else as they were written
        listed = [item.out.format(x=f"q.{session.quoted(item.name)}") for item in statements.rows.columns]
        rows = session.run(f"SELECT {', '.join(listed)} FROM {statements.rows.sql} AS q {order.replace('BY ', 'BY q.')}")
        schema = pa.schema([(item.name, item.arrow) for item in statements.rows.columns])
        whole = [
            row
            for batch in batches_of([rows] if rows else [], schema)
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        ]
    left: dict[str, list[int]] = {}
    for number, row in enumerate(whole):
        left.setdefault(repr(row), []).append(number)
    found = []
    for item in bad:
        values = repr(tuple(item[name] for name in schema.names))
        found.append(left[values].pop(-1 if "duplicate_row" in item["__dq_reasons"] else 0))
    return found


def _type(kind: str, type_: pa.DataType) -> str:
    if kind != "sqlite" and pa.types.is_decimal(type_):
        return f"numeric({type_.precision}, {type_.scale})"
    written = next((name for test, name in _TYPES[kind] if test(type_)), "TEXT")
    return written.format(item=_type(kind, type_.value_type)) if "{item}" in written else written


def _cell(cell: Any, type_: pa.DataType, kind: str) -> Any:
    if (
        pa.types.is_nested(type_)
        and cell is not None
        and not (kind == "postgres" and isinstance(cell, list) and _type(kind, type_) != "jsonb")
    ):
        return json.dumps(cell, default=str)
    if isinstance(cell, datetime) and cell.tzinfo and kind == "mariadb":
        return cell.astimezone(UTC).replace(tzinfo=None)
    if kind == "mariadb" and isinstance(cell, float) and math.isnan(cell):
        return None
    if kind == "sqlite":
        if isinstance(cell, float) and math.isnan(cell):
            return None
        if isinstance(cell, Decimal):
            return int(cell) if cell == cell.to_integral_value() else float(cell)
        if not isinstance(cell, int | float | str | bytes | None):
            return str(cell)
    if pa.types.is_decimal(type_) and isinstance(cell, float) and not math.isfinite(cell):
        return Decimal(str(cell))
    return cell


def _quoted(name: str, kind: str) -> str:
    mark = "`" if kind == "mariadb" else '"'
    return mark + name.replace(mark, mark * 2) + mark


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """The address of the database of a kind, made when it is first asked for."""

    @cache
    def find(kind: str) -> str:
        if kind == "sqlite":
            path = tmp_path_factory.mktemp("database") / "facts.db"
            sqlite3.connect(path).close()
            return f"sqlite:///{path}"
        return str(request.getfixturevalue(kind)())

    return find
