"""Names and values, however hostile, are names and values: `make fuzz` tries a hundred thousand, this a few."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.campaign import run
from tests.fuzz.hostile import kept, name, storable
from tests.fuzz.tables import lite
from tests.sql.databases import DIALECTS, Connect, connect, table


def test_two_thousand_names_and_values_change_no_verdict_and_touch_nothing(
    postgres: Callable[[], str], mariadb: Callable[[], str], tmp_path: Path
) -> None:
    """DuckDB, PostgreSQL, MariaDB and SQLite say what plain Python says, or dq refuses; the canaries live."""
    addresses = {"duckdb": "", "sqlite": "", "postgres": postgres(), "mariadb": mariadb()}
    connections = {dialect: connect(dialect, address) for dialect, address in addresses.items()}
    servers = {dialect: (connections[dialect], addresses[dialect]) for dialect in ("postgres", "mariadb")}
    on_disk: tuple[Any, str] = lite(tmp_path)
    tally = run(2000, 7, connections, {**servers, "sqlite": on_disk}, tmp_path)
    for connection in (*connections.values(), on_disk[0]):
        connection.close()
    assert not tally.wrong
    assert tally.checked > 2000


@pytest.mark.parametrize("dialect", DIALECTS)
def test_only_what_a_database_cannot_have_is_left_out(dialect: str, servers: Connect) -> None:
    """Names that the campaign keeps from a database are refused or changed by it."""
    chance = random.Random(3)  # noqa: S311  the same every time
    drawn = (name(chance) for _ in range(400))
    for given in (given for given in drawn if given and storable(given) and not kept(dialect, given)):
        assert _changed(dialect, servers, given), given


def _changed(dialect: str, servers: Connect, given: str) -> bool:
    """Whether a database refuses a column of this name, or gives it another."""
    try:
        with table(dialect, servers(dialect), {given: "integer"}, []) as made:
            cursor = made.connection.cursor()
            cursor.execute("SELECT * FROM t")
            return bool(cursor.description[1][0] != given)
    except Exception as error:  # noqa: BLE001  each driver has its own
        return not isinstance(error, AssertionError)
