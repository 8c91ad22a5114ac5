"""A table that rows are moved out of, and what stands where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

import dq
from dq.store import faults
from tests.engines.database.conftest import ORDERS, ROWS, Place, contract, custom, orders
from tests.engines.database.test_publish import ask

WHOLE = dq.Policy(budget="none")
COLUMNS = "id, state, amount"
LENIENT = contract(
    [
        {"name": "id", "logicalType": "integer", "required": True},
        {"name": "state", "logicalType": "string", "quality": [custom("known", "in_set", values=["open", "shut", "SHUT"])]},
    ],
    version="2.0.0",
)
POINTS = ("after-insert", "after-delete", "publish:before COMMIT")


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store is in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    yield
    faults.hook(None)


def loaded(place: Place, rows: Sequence[tuple[Any, ...]] = ROWS, name: str = "t") -> Place:
    """*rows* as a table whose rows have a name: MariaDB knows them by a primary key alone."""
    orders(place, rows, name)
    if place.kind == "mariadb":
        place.run(f"ALTER TABLE {name} ADD COLUMN n bigint AUTO_INCREMENT PRIMARY KEY")
    return place


def reload(place: Place, rows: Sequence[tuple[Any, ...]]) -> None:
    """What a load does: the table is emptied, then filled."""
    values = ", ".join("(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")" for row in rows)
    place.run("DELETE FROM t", f"INSERT INTO t ({COLUMNS}) VALUES {values}")


def move(place: Place, rules: dq.Contract = ORDERS, **said: Any) -> dq.Enforcement:
    """Enforce on table t, in place."""
    words = {"key": "d1", "stage": "raw", "policy": WHOLE, "output": "in_place", **said}
    source = words.pop("source", place.table())
    return dq.enforce(source, rules, **words)


def rows(place: Place, table: str, where: str = "") -> list[tuple[Any, ...]]:
    """What stands there, whatever the order."""
    return sorted(ask(place, f"SELECT {COLUMNS} FROM {table} {where}"), key=repr)


def aside(place: Place, done: dq.Enforcement) -> list[tuple[Any, ...]]:
    """What stands beside it of one edition."""
    return rows(place, "t__quarantine", f"WHERE __dq_batch = '{done.batch.id}:{done.batch.edition}'")


def both(place: Place) -> list[tuple[Any, ...]]:
    """All rows, wherever they are."""
    return sorted([*rows(place, "t"), *rows(place, "t__quarantine")], key=repr)


def whole(wanted: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """As `rows`."""
    return sorted(wanted, key=repr)


def all_is_well() -> bool:
    """Store and rows agree."""
    history = dq.History()
    return (history.check(), history.verify()) == ((), ())
