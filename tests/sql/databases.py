"""Two embedded databases with the same rows: trees are rendered and run on both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import duckdb

from dq.sql import SQLITE_FUNCTIONS, Tree, column, render

DIALECTS = ("duckdb", "sqlite")
_TYPES = {
    "duckdb": {"text": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"},
    "sqlite": {"text": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"},
}


class Database:
    """One table `t` in one database; `rows` numbers its rows from 0."""

    def __init__(self, dialect: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
        self.dialect = dialect
        self.connection = _connect(dialect)
        names = ", ".join(f"{column(name).sql('duckdb')} {_TYPES[dialect].get(kind, kind)}" for name, kind in columns.items())
        self.connection.execute(f"CREATE TABLE t (__row INTEGER, {names})")
        marks = ", ".join("?" * (len(columns) + 1))
        if rows:
            self.connection.executemany(f"INSERT INTO t VALUES ({marks})", [(number, *row) for number, row in enumerate(rows)])

    def where(self, tree: Tree) -> list[int]:
        """The rows on which *tree* is TRUE."""
        found = self.connection.execute(f"SELECT __row FROM t WHERE {render(tree, self.dialect)} ORDER BY __row").fetchall()
        return [row[0] for row in found]

    def values(self, tree: Tree) -> list[Any]:
        """The value of *tree* on every row."""
        found = self.connection.execute(f"SELECT {render(tree, self.dialect)} FROM t ORDER BY __row").fetchall()
        return [row[0] for row in found]


def _connect(dialect: str) -> Any:
    if dialect == "duckdb":
        connection = duckdb.connect()
        connection.execute("SET threads = 1; SET TimeZone = 'UTC'")
        return connection
    lite = sqlite3.connect(":memory:")
    for name, (arguments, function) in SQLITE_FUNCTIONS.items():
        lite.create_function(name, arguments, function, deterministic=True)
    return lite


@contextmanager
def database(dialect: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> Iterator[Database]:
    """A database that is closed at the end."""
    made = Database(dialect, columns, rows)
    try:
        yield made
    finally:
        made.connection.close()


@contextmanager
def both(columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> Iterator[list[Database]]:
    """The same rows in both databases."""
    made = [Database(dialect, columns, rows) for dialect in DIALECTS]
    try:
        yield made
    finally:
        for item in made:
            item.connection.close()
