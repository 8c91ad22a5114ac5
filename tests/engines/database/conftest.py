"""A fresh database of each kind, and what is done to it from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.contract import read
from tests.mariadb import mariadb
from tests.postgres import postgres

__all__ = ["mariadb", "postgres"]


@dataclass(frozen=True)
class Place:
    """A database: its kind and address."""

    kind: str
    url: str

    @property
    def engine(self) -> sa.Engine:
        """A way in."""
        return sa.create_engine(self.url, poolclass=sa.NullPool)

    def run(self, *statements: str) -> None:
        """Run *statements*, each as it is written, and keep what they did."""
        raw = self.engine.raw_connection()
        try:
            cursor = raw.driver_connection.cursor()  # type: ignore[union-attr]
            for sql in statements:
                cursor.execute(sql)
            raw.commit()
        finally:
            raw.close()

    def table(self, name: str = "t", **said: Any) -> dq.Table:
        """A table of it."""
        return dq.Table(self.url, name, **said)

    def quoted(self, name: str) -> str:
        """A name as this database quotes it."""
        mark = "`" if self.kind == "mariadb" else '"'
        return mark + name.replace(mark, mark * 2) + mark


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of each kind."""
    return _place(request.param, request, tmp_path)


@pytest.fixture
def pg(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of PostgreSQL."""
    return _place("postgres", request, tmp_path)


@pytest.fixture
def lite(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of SQLite."""
    return _place("sqlite", request, tmp_path)


def _place(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    if kind == "sqlite":
        place = Place(kind, f"sqlite:///{folder / 'd.db'}")
        place.run("PRAGMA journal_mode = WAL")
        return place
    fresh: Callable[[], str] = request.getfixturevalue(kind)
    return Place(kind, fresh())


def contract(properties: Sequence[dict[str, Any]], *quality: dict[str, Any], name: str = "t", **more: Any) -> dq.Contract:
    """A contract of one object."""
    schema = {"name": name, "properties": list(properties), **({"quality": list(quality)} if quality else {})}
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "c", "name": "c", "version": "1.0.0", "status": "active"}
    return read(json.dumps({**head, "schema": [schema], **more}), "c.odcs.yaml")


def custom(rule: str, check: str, **said: Any) -> dict[str, Any]:
    """A rule of dq's own."""
    return {"id": rule, "type": "custom", "engine": "dq", "implementation": {"check": check, **said}}


ORDERS = contract(
    [
        {"name": "id", "logicalType": "integer", "required": True, "unique": True},
        {"name": "state", "logicalType": "string", "quality": [custom("known", "in_set", values=["open", "shut"])]},
        {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
    ]
)
ROWS = [
    (1, "open", 1.5),
    (2, "SHUT", -1.0),
    (2, "shut", 3.0),
    (3, None, 4.0),
    (None, "open", 5.0),
    (7, "x", 1.0),
    (7, "x", 1.0),
    (8, "open", 2.0),
    (8, "open", 2.0),
]


def orders(place: Place, rows: Sequence[tuple[Any, ...]] = ROWS, name: str = "t") -> Place:
    """*rows* as a table of orders."""
    place.run(f"CREATE TABLE {name} (id bigint, state varchar(10), amount double precision)")
    values = ", ".join("(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")" for row in rows)
    place.run(f"INSERT INTO {name} VALUES {values}")
    return place
