"""Contracts over hostile tables: `dq.validate` gives the same verdict wherever the table is."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

import dq
from dq.sql import column, render
from tests.fuzz.hostile import folded, kept, name, near, storable, text
from tests.fuzz.trees import Tally
from tests.sql.databases import Database

COLUMNS, VALUES, ROWS = 10, 10, 12
Rows = Sequence[tuple[str | None, ...]]


def _drawn(chance: random.Random, tally: Tally) -> tuple[list[str], list[list[str]], Rows]:
    """Names that every database can have, the values that are valid in each column, and rows. `${…}` is a contract's variable."""
    names: dict[str, str] = {folded("__row"): ""}
    while len(names) <= COLUMNS:
        given = name(chance)
        tally.tried += 1
        if all(kept(dialect, given) for dialect in ("postgres", "mariadb")) and given.strip() == given:
            names.setdefault(folded(given), given)
        else:
            tally.unkept += 1
    said = []
    for _ in range(COLUMNS):
        values = [value for value in (text(chance) for _ in range(VALUES)) if storable(value) and "${" not in value] or ["x"]
        tally.tried += VALUES
        said.append(values)
    rows = [
        tuple(None if chance.random() < 0.05 else near(chance, chance.choice(values)) for values in said) for _ in range(ROWS)
    ]
    return list(names.values())[1:], said, rows


def _contract(names: Sequence[str], said: Sequence[Sequence[str]], folder: Path) -> str:
    """Every column holds one of its values, and at most so many characters."""
    properties = [
        {
            "name": given,
            "logicalType": "string",
            "quality": [
                {
                    "id": f"known{place}",
                    "metric": "invalidValues",
                    "arguments": {"validValues": values[: VALUES // 2]},
                    "mustBe": 0,
                },
            ],
            "logicalTypeOptions": {"maxLength": max(len(value) for value in values) - 1 or 1},
        }
        for place, (given, values) in enumerate(zip(names, said, strict=True))
    ]
    document = {
        "apiVersion": "v3.1.0", "kind": "DataContract", "id": "fuzz", "name": "fuzz", "version": "1.0.0", "status": "active",
        "schema": [{"name": "t", "properties": properties}],
    }  # fmt: skip
    path = folder / "fuzz.odcs.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=False, default_style='"'), "utf-8")
    return str(path)


def _expected(said: Sequence[Sequence[str]], rows: Rows) -> list[tuple[int, int]]:
    """Of each column, how many values are none of the valid ones, and how many are too long."""
    found = []
    for place, values in enumerate(said):
        there = [value for row in rows if (value := row[place]) is not None]
        most = max(len(value) for value in values) - 1 or 1
        found.append((sum(value not in values[: VALUES // 2] for value in there), sum(len(value) > most for value in there)))
    return found


@contextmanager
def _stored(dialect: str, connection: Any, called: str, names: Sequence[str], rows: Rows) -> Iterator[None]:
    """A table of its own, gone at the end."""
    made = Database(dialect, connection, {})
    place = render(column(called), dialect)
    kind = {"mariadb": "LONGTEXT"}.get(dialect, "TEXT")
    made.execute(f"CREATE TABLE {place} ({', '.join(f'{render(column(given), dialect)} {kind}' for given in names)})")
    try:
        mark = "?" if dialect == "sqlite" else "%s"
        statement = f"INSERT INTO {place.replace('%', '%%') if mark == '%s' else place} VALUES ({', '.join([mark] * len(names))})"
        connection.cursor().executemany(statement, list(rows))
        yield
    finally:
        made.execute(f"DROP TABLE {place}")


def batch(chance: random.Random, servers: Mapping[str, tuple[Any, str]], folder: Path, tally: Tally) -> None:
    """One hostile table, as a frame and in every database: the same counts, rule by rule."""
    names, said, rows = _drawn(chance, tally)
    called = next(given for given in iter(lambda: name(chance), None) if _may_be_called(given))
    contract = _contract(names, said, folder)
    expected = _expected(said, rows)
    frame = pa.table({given: pa.array([row[place] for row in rows], pa.string()) for place, given in enumerate(names)})
    _judge("frame", frame, contract, expected, tally)
    quoted = '"' + called.replace('"', '""') + '"'
    for dialect, (connection, address) in servers.items():
        with _stored(dialect, connection, called, names, rows):
            _judge(dialect, dq.Table(address, quoted), contract, expected, tally)


def _may_be_called(given: str) -> bool:
    """Whether every database can have a table of this name; MariaDB makes files of names."""
    plain = all(kept(dialect, given) for dialect in ("postgres", "mariadb")) and given.strip() == given
    return plain and not given.lower().startswith("sqlite_") and given != "dq_canary" and len(given) <= 40


def _judge(where: str, source: Any, contract: str, expected: Sequence[tuple[int, int]], tally: Tally) -> None:
    try:
        result = dq.validate(source, contract, record=False)
    except dq.DqError as error:
        tally.wrong.append(f"{where}: {error}")
        return
    known = [check.found for check in result.checks if check.check.id.startswith("known") or ".known" in check.check.id]
    long = [check.found for check in result.checks if check.check.id.endswith("maxLength")]
    got = [(getattr(one, "bad", one), getattr(two, "bad", two)) for one, two in zip(known, long, strict=True)]
    tally.checked += 2 * len(expected)
    if got != list(expected):
        tally.wrong.append(f"{where}: {got} instead of {list(expected)}")


def lite(folder: Path) -> tuple[Any, str]:
    """A SQLite database of a file."""
    return sqlite3.connect(folder / "fuzz.db", isolation_level=None), f"sqlite:///{folder / 'fuzz.db'}"
