"""A fresh database of each kind, and what is done to it from outside."""

from __future__ import annotations

import itertools
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

_NUMBERS = itertools.count()


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

    def stranger(self, *rights: str) -> str:
        """The address for a new user, who has *rights*: `SELECT ON t`."""
        url, name = sa.make_url(self.url), f"stranger_{next(_NUMBERS)}"
        if self.kind == "postgres":
            self.run(f"CREATE ROLE {name} LOGIN", *(f"GRANT {right} TO {name}" for right in rights))
            return url.set(username=name).render_as_string(hide_password=False)
        who = f"{name}@'127.0.0.1'"
        self.run(f"CREATE USER {who} IDENTIFIED BY 'pw'", f"GRANT INSERT ON {url.database}.t TO {who}")  # to be let in at all
        self.run(*(f"GRANT {right.replace(' ON ', f' ON {url.database}.')} TO {who}" for right in rights))
        return url.set(username=name, password="pw").render_as_string(hide_password=False)  # noqa: S106  made up

    def lose(self) -> None:
        """End all other connections to it."""
        if self.kind == "postgres":
            own = "pid <> pg_backend_pid() AND datname = current_database()"
            self.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {own}")
            return
        with self.engine.connect() as connection:
            others = "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()"
            for (number,) in connection.exec_driver_sql(others).fetchall():
                connection.exec_driver_sql(f"KILL {int(number)}")

    def quoted(self, name: str) -> str:
        """A name as this database quotes it."""
        mark = "`" if self.kind == "mariadb" else '"'
        return mark + name.replace(mark, mark * 2) + mark


@pytest.fixture(params=["sqlite", "postgres", "mariadb"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of each kind."""
    return made(request.param, request, tmp_path)


@pytest.fixture(params=["postgres", "mariadb"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of each kind that has users, and connections to lose."""
    return made(request.param, request, tmp_path)


@pytest.fixture
def pg(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of PostgreSQL."""
    return made("postgres", request, tmp_path)


@pytest.fixture
def lite(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A fresh database of SQLite."""
    return made("sqlite", request, tmp_path)


def made(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    """A fresh database of *kind*."""
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
