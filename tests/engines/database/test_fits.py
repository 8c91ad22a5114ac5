"""Laws of targets that are there: what they cannot take is refused up front, and they are known by whatever name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

import dq
from dq.diversion import places
from tests.engines.database.conftest import Place, contract

RULES = contract([{"name": "id", "logicalType": "integer"}], name="t")
MANY = contract(
    [
        {"name": "id", "logicalType": "integer"},
        {"name": "ratio", "logicalType": "number"},
        {"name": "day", "logicalType": "date"},
        {"name": "note", "logicalType": "string"},
        {"name": "sure", "logicalType": "boolean"},
    ],
    name="t",
)
SOURCE = "(id integer, ratio decimal(9, 2), day date, note varchar(9), sure boolean)"
ROW = "(1, 1.5, '2024-05-01', 'a', TRUE)"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def enforce(given: object, output: dq.Table, rules: dq.Contract = RULES, key: str = "k") -> dq.Enforcement:
    """What a pipeline does."""
    return dq.enforce(given, rules, stage="raw", key=key, output=output, policy=dq.Policy(budget="none"))


def ids(place: Place, table: str) -> list[Any]:
    """What stands there."""
    with place.engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY 1")]


NARROW = ["note integer|varchar(9)", "day integer|date", "ratio integer|decimal(9, 2)", "sure date|boolean"]


@pytest.mark.parametrize("said", NARROW)
@pytest.mark.parametrize("way", ["table", "frame"])
def test_a_column_of_another_kind_is_refused_before_rows_are_read(place: Place, said: str, way: str) -> None:
    """Text does not go into numbers, nor fractions into whole ones: said by name, and nothing is stored. SQLite takes all."""
    column, _, before = said.partition("|")
    place.run(f"CREATE TABLE t {SOURCE}", f"INSERT INTO t VALUES {ROW}")
    name = column.split(maxsplit=1)[0]
    place.run(
        f"CREATE TABLE mart {SOURCE.replace(f'{name} {before}', column)}", "ALTER TABLE mart ADD COLUMN _dq_batch varchar(100)"
    )
    day = pd.Series(["2024-05-01"]).astype("datetime64[s]").dt.date
    frame = pd.DataFrame({"id": [1], "ratio": [1.5], "day": day, "note": ["a"], "sure": [True]})
    given = place.table() if way == "table" else frame
    if place.kind == "sqlite":
        assert enforce(given, place.table("mart"), MANY).rows_good == 1
        return
    with pytest.raises(dq.SourceError, match=f"cannot take columns as they are: '{name}'") as raised:
        enforce(given, place.table("mart"), MANY)
    assert raised.value.mend
    assert not places(dq.Settings())[0].batches()


def test_a_wider_column_takes_them(place: Place) -> None:
    """Whole numbers go into larger ones and into decimals, days into moments, all of it into text."""
    place.run(f"CREATE TABLE t {SOURCE}", f"INSERT INTO t VALUES {ROW}")
    moment = "timestamp" if place.kind == "postgres" else "datetime"
    columns = f"(id numeric(20, 2), ratio varchar(9), day {moment}, note text, sure varchar(9), _dq_batch varchar(100))"
    place.run(f"CREATE TABLE mart {columns}")
    enforce(place.table(), place.table("mart"), MANY)
    assert [int(item) for item in ids(place, "mart")] == [1]


def test_truth_is_a_number_for_mariadb_alone(place: Place) -> None:
    """There BOOLEAN is a name for TINYINT; PostgreSQL would refuse it row by row."""
    place.run(f"CREATE TABLE t {SOURCE}", f"INSERT INTO t VALUES {ROW}")
    place.run(f"CREATE TABLE mart {SOURCE.replace('sure boolean', 'sure integer')}", "ALTER TABLE mart ADD COLUMN _dq_batch text")
    if place.kind == "postgres":
        with pytest.raises(dq.SourceError, match="'sure' is boolean, and integer there"):
            enforce(place.table(), place.table("mart"), MANY)
    else:
        assert enforce(place.table(), place.table("mart"), MANY).rows_good == 1


def test_whole_numbers_of_a_float_column_go_into_integers(place: Place) -> None:
    """A pandas column with a gap is of floats; declared as integers it lands as integers."""
    place.run("CREATE TABLE mart (id integer, _dq_batch varchar(100))")
    done = enforce(pd.DataFrame({"id": [1.0, None, 3.0, 4.5]}), place.table("mart"))
    assert (done.rows_good, done.rows_quarantined) == (3, 1)
    assert sorted(item for item in ids(place, "mart") if item is not None) == [1, 3]


# -- names --------------------------------------------------------------------------------------------------------------


def test_the_source_is_known_by_its_whole_name(place: Place) -> None:
    """`t` and `public.t` are one table: it is refused as its own output, by whatever user or driver."""
    place.run("CREATE TABLE t (id integer, _dq_batch varchar(100))")
    url = sa.make_url(place.url)
    schema = {"postgres": "public", "mariadb": str(url.database), "sqlite": "main"}[place.kind]
    for source, output in ((place.table("t"), place.table(f"{schema}.t")), (place.table(f"{schema}.t"), place.table("t"))):
        with pytest.raises(dq.UsageError, match="also read"):
            enforce(source, output)
    if place.kind == "sqlite":
        with pytest.raises(dq.UsageError, match="also read"):
            enforce(place.table("t"), place.table("T"))
    if place.kind == "postgres":
        place.run("DROP ROLE IF EXISTS other_one", "CREATE ROLE other_one LOGIN SUPERUSER")
        other = url.set(username="other_one").render_as_string(hide_password=False)
        with pytest.raises(dq.UsageError, match="also read"):
            enforce(place.table("t"), dq.Table(other, "public.t"))
        place.run("DROP ROLE other_one")


def test_tables_of_two_schemas_are_two(pg: Place) -> None:
    """The same key in `a.mart` and in `b.mart`: what one holds says nothing of the other."""
    pg.run("CREATE SCHEMA a", "CREATE SCHEMA b", "CREATE TABLE t (id integer)", "INSERT INTO t VALUES (1), (2)")
    for schema in ("a", "b", "a"):
        enforce(pg.table("t"), pg.table(f"{schema}.mart"))
    assert ids(pg, "a.mart") == ids(pg, "b.mart") == [1, 2]


def test_the_ledger_lies_beside_the_table_that_is_found(pg: Place) -> None:
    """A name without a schema, found by the search path, is the same table as with it: a key does not land twice."""
    pg.run("CREATE SCHEMA a", "CREATE SCHEMA b", "CREATE TABLE t (id integer)", "INSERT INTO t VALUES (1), (2)")
    pg.run("CREATE TABLE b.mart (id integer, _dq_batch varchar(100))")
    address = sa.make_url(pg.url).update_query_dict({"options": "-c search_path=a,b,public"})
    url = address.render_as_string(hide_password=False)
    enforce(pg.table("t"), dq.Table(url, "mart"))
    enforce(pg.table("t"), pg.table("b.mart"))
    pg.run("INSERT INTO t VALUES (3)")
    enforce(pg.table("t"), dq.Table(url, "mart"))
    assert ids(pg, "b.mart") == [1, 2, 3]


def test_an_older_ledger_is_kept_where_it_is(pg: Place) -> None:
    """One that was made in the schema of new tables, for a table of another one, goes on to say what stands there."""
    pg.run("CREATE SCHEMA a", "CREATE SCHEMA b", "CREATE TABLE t (id integer)", "INSERT INTO t VALUES (1)")
    pg.run("CREATE TABLE b.mart (id integer, _dq_batch varchar(100))")
    address = sa.make_url(pg.url).update_query_dict({"options": "-c search_path=a,b,public"})
    url = address.render_as_string(hide_password=False)
    enforce(pg.table("t"), dq.Table(url, "mart"))
    pg.run("ALTER TABLE b.dq_published SET SCHEMA a")
    enforce(pg.table("t"), dq.Table(url, "mart"))
    pg.run("INSERT INTO t VALUES (2)")
    enforce(pg.table("t"), dq.Table(url, "mart"))
    assert ids(pg, "b.mart") == [1, 2]


def test_a_table_without_transactions_is_refused(place: Place) -> None:
    """What cannot be taken back is not begun: MyISAM is no target, nor a source that rows are moved within."""
    if place.kind != "mariadb":
        pytest.skip("every table of it has transactions")
    place.run("CREATE TABLE t (id integer PRIMARY KEY) ENGINE=MyISAM", "INSERT INTO t VALUES (1)")
    place.run(
        "CREATE TABLE mart (id integer, _dq_batch varchar(100)) ENGINE=MyISAM", "SET GLOBAL default_storage_engine = MyISAM"
    )
    try:
        for output in (place.table("mart"), "in_place"):
            with pytest.raises(dq.SourceError, match="MyISAM, has no transactions") as raised:
                dq.enforce(place.table("t"), RULES, stage="raw", key="k", output=output, policy=dq.Policy(budget="none"))
            assert "ENGINE=InnoDB" in raised.value.mend
        assert enforce(pd.DataFrame({"id": [1]}), place.table("made")).rows_good == 1
    finally:
        place.run("SET GLOBAL default_storage_engine = InnoDB")
    with place.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT engine FROM information_schema.tables WHERE table_name IN ('made', 'dq_published')"
        )
        assert {row[0] for row in found} == {"InnoDB"}
