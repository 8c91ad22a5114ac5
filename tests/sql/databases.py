"""Databases with a table `t` of the same rows: trees are rendered and run on each."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa

from dq.sql import PlainText, Tree, column, equip_sqlite, render, replace_columns
from tests.mariadb import mariadb
from tests.postgres import postgres

__all__ = ["Database", "Lab", "database", "lab", "mariadb", "postgres", "servers"]

DIALECTS = ("duckdb", "sqlite", "postgres", "mariadb")
_TYPES = {
    "duckdb": {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"},
    "sqlite": {"text": "TEXT COLLATE NOCASE", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"},
    "postgres": {"text": "TEXT", "integer": "BIGINT", "number": "DOUBLE PRECISION", "boolean": "BOOLEAN"},
    "mariadb": {"text": "LONGTEXT", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"},  # of a collation that folds
}
_PINNED = {
    "duckdb": "SET threads = 1; SET TimeZone = 'UTC'",
    "postgres": "SET TIME ZONE 'UTC'; SET standard_conforming_strings = on; SET DateStyle = 'ISO, YMD'",
    "mariadb": (
        "SET time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',"
        " group_concat_max_len = 1000000"
    ),
}


class Database:
    """One table `t` in one database; `__row` numbers its rows from 0."""

    def __init__(self, dialect: str, connection: Any, columns: Mapping[str, str]) -> None:
        self.dialect = dialect
        self.connection = connection
        kinds = ("text", "CHAR(5)")
        self._texts = {name: PlainText(this=column(name)) for name, kind in columns.items() if kind in kinds}

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run one statement; its rows, if it has any."""
        cursor = self.connection if self.dialect == "duckdb" else self.connection.cursor()  # its cursors have no temporary tables
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []

    def fill(self, rows: Sequence[Sequence[Any]]) -> None:
        """Put *rows* into the table."""
        if rows:
            mark = "%s" if self.dialect in ("postgres", "mariadb") else "?"
            marks = ", ".join([mark] * (len(rows[0]) + 1))
            given = [(number, *row) for number, row in enumerate(rows)]
            cursor = self.connection if self.dialect == "duckdb" else self.connection.cursor()
            cursor.executemany(f"INSERT INTO t VALUES ({marks})", given)

    def text(self, tree: Tree) -> str:
        """*tree* as an engine asks it: columns of text by code point."""
        return render(replace_columns(tree, self._texts), self.dialect)

    def where(self, tree: Tree) -> list[int]:
        """The rows on which *tree* is TRUE."""
        return [row[0] for row in self.execute(f"SELECT __row FROM t WHERE {self.text(tree)} ORDER BY __row")]

    def values(self, tree: Tree) -> list[Any]:
        """The value of *tree* on every row."""
        return [row[0] for row in self.execute(f"SELECT {self.text(tree)} FROM t ORDER BY __row")]

    def aggregate(self, tree: Tree) -> Any:
        """The value of *tree* over all rows."""
        return self.execute(f"SELECT {self.text(tree)} FROM t")[0][0]


def connect(dialect: str, address: str = "") -> Any:
    """A connection of its own, with the settings that meanings rely on."""
    if dialect == "duckdb":
        connection: Any = duckdb.connect()
    elif dialect == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
        equip_sqlite(connection)
        return connection
    elif dialect == "postgres":
        import psycopg

        connection = psycopg.connect(sa.make_url(address).set(drivername="postgresql").render_as_string(hide_password=False))
        connection.autocommit, connection.prepare_threshold = True, None
    else:
        import pymysql

        url = sa.make_url(address)
        connection = pymysql.connect(
            host=url.host, port=url.port, user=url.username, database=url.database, charset="utf8mb4", autocommit=True
        )
    (connection if dialect == "duckdb" else connection.cursor()).execute(_PINNED[dialect])
    return connection


@contextmanager
def table(dialect: str, connection: Any, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> Iterator[Database]:
    """A table `t` of *rows*, gone at the end."""
    made = Database(dialect, connection, columns)
    quoted = [f"{render(column(name), dialect)} {_TYPES[dialect].get(kind, kind)}" for name, kind in columns.items()]
    made.execute(f"CREATE TEMPORARY TABLE t (__row INTEGER, {', '.join(quoted)})")
    try:
        made.fill(rows)
        yield made
    finally:
        made.execute("DROP TABLE t")


Connect = Callable[[str], Any]
Lab = Callable[..., Any]


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """The connection to each database, made when it is first asked for."""
    opened: dict[str, Any] = {}

    def find(dialect: str) -> Any:
        if dialect not in opened:
            address = request.getfixturevalue(dialect)() if dialect in ("postgres", "mariadb") else ""
            opened[dialect] = connect(dialect, address)
        return opened[dialect]

    yield find
    for connection in opened.values():
        connection.close()


@pytest.fixture(scope="session", params=DIALECTS)
def lab(request: pytest.FixtureRequest, servers: Connect) -> Lab:
    """Makes a table in each database in turn, to be used in a `with`."""
    dialect: str = request.param

    def make(columns: Mapping[str, str], rows: Sequence[Sequence[Any]] = ()) -> Any:
        return table(dialect, servers(dialect), columns, rows)

    return make


@contextmanager
def database(dialect: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> Iterator[Database]:
    """A table in an embedded database of its own."""
    connection = connect(dialect)
    try:
        with table(dialect, connection, columns, rows) as made:
            yield made
    finally:
        connection.close()
