"""Laws of whose a row is: nothing that stands in a table, is called otherwise, or is replaced there makes two of one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import dq
from dq.errors import EngineError, SourceError, UsageError
from tests.engines.database.conftest import ORDERS, Place, contract, orders
from tests.engines.database.test_publish import WHOLE, amounts, ask, enforce

ID = contract([{"name": "id", "logicalType": "integer"}])


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def test_rows_that_say_whose_they_are_already_are_refused_before_they_are_read(place: Place) -> None:
    """What dq published is read on without its own column; frames likewise."""
    enforce(orders(place))
    mart = place.table("mart")
    with pytest.raises(UsageError, match="column '_dq_batch'") as raised:
        dq.enforce(mart, ORDERS, stage="next", key="d1", output=place.table("after"), policy=WHOLE)
    assert "query=" in raised.value.mend
    with pytest.raises(UsageError, match="column '_DQ_BATCH'"):
        dq.enforce(
            pd.DataFrame({"id": [1], "_DQ_BATCH": ["x"]}), ID, stage="next", key="d1", output=place.table("after"), policy=WHOLE
        )
    listed = ", ".join(place.quoted(name) for name in ("id", "amount"))
    plain = dq.Table(place.url, query=f"SELECT {listed} FROM mart")
    rules = contract([{"name": "id", "logicalType": "integer"}, {"name": "amount", "logicalType": "number"}])
    for _ in range(2):
        dq.enforce(plain, rules, stage="next", key="d1", output=place.table("after"), policy=WHOLE)
    assert amounts(place, "after") == amounts(place)


def test_one_table_is_one_in_letters_of_either_case(lite: Place) -> None:
    """A key that is published into `mart`, then `MART`, is there once."""
    orders(lite)
    enforce(lite, output="mart")
    lite.run("UPDATE t SET amount = amount + 1 WHERE amount >= 0")
    enforce(lite, output="MART")
    lite.run("UPDATE t SET amount = amount + 1 WHERE amount >= 0")
    done = enforce(lite, output="mart")
    assert len(amounts(lite)) == done.rows_good


def test_a_target_that_replaces_rows_is_found_out(lite: Place) -> None:
    """Rows that a constraint drops on the way in are no rows that stand there."""
    lite.run(
        "CREATE TABLE t (id integer, amount numeric)",
        "INSERT INTO t VALUES (1, 2), (1, 3)",
        "CREATE TABLE mart (id integer UNIQUE ON CONFLICT REPLACE, amount numeric, _dq_batch varchar(100))",
    )
    rules = contract([{"name": "id", "logicalType": "integer"}, {"name": "amount", "logicalType": "number"}])
    with pytest.raises(SourceError, match="2 rows were inserted, but 1 stand there"):
        enforce(lite, rules)
    assert ask(lite, "SELECT * FROM mart") == []


def test_what_a_database_refuses_shows_no_row(place: Place) -> None:
    """A broken constraint is named, not the values that break it."""
    if place.kind == "sqlite":
        pytest.skip("SQLite never quotes values")
    place.run("CREATE TABLE t (id integer, who varchar(40))", "INSERT INTO t VALUES (1, 'bob@x.org'), (2, 'bob@x.org')")
    place.run("CREATE TABLE mart (id integer, who varchar(40) UNIQUE, _dq_batch varchar(100))")
    rules = contract([{"name": "id", "logicalType": "integer"}, {"name": "who", "logicalType": "string"}])
    with pytest.raises(EngineError) as raised:
        enforce(place, rules)
    assert "bob" not in str(raised.value)
