"""What can go wrong with a database: one clear error that names the thing and the mend, without a secret, and its exit code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.engines.database import database_of
from dq.engines.database.connect import connected
from dq.engines.database.server import Session
from dq.plan import bind, compile
from tests.engines.database.conftest import ORDERS, Place, contract, custom, made, orders
from tests.engines.database.test_table import NOW

SECRET = "hush-hush"  # noqa: S105  made up


def _refused(error: type[dq.DqError], code: int, match: str, table: dq.Table, rules: dq.Contract = ORDERS) -> dq.DqError:
    with pytest.raises(dq.DqError, match=match) as raised:
        dq.validate(table, rules)
    assert type(raised.value) is error
    assert raised.value.exit_code == code
    assert raised.value.mend
    assert SECRET not in str(raised.value)
    return raised.value


# -- addresses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["nothing", "http://host/db", "oracle://host/db", 5, "postgresql://host:port/db"])
def test_an_address_that_is_none_is_refused(url: Any) -> None:
    """What is no address of a database that dq reads is told, with those that are."""
    error = _refused(dq.UsageError, 2, "database URL|cannot read a table of", dq.Table(url, "t"))
    assert "postgresql://" in error.mend


def test_a_server_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    """Nothing listens, or there is no file: exit code 3."""
    _refused(dq.WorldError, 3, "(?s).", dq.Table(f"postgresql://u:{SECRET}@127.0.0.1:1/d", "t"))
    _refused(dq.WorldError, 3, "(?s).", dq.Table(f"mysql://u:{SECRET}@127.0.0.1:1/d", "t"))
    _refused(dq.WorldError, 3, "no such database file", dq.Table(f"sqlite:///{tmp_path / 'none.db'}", "t"))
    assert not (tmp_path / "none.db").exists()


def test_a_secret_is_nowhere() -> None:
    """Neither a table's text nor its representation has a password in it."""
    table = dq.Table(f"postgresql://u:{SECRET}@h/d?sslpassword={SECRET}", "t")
    assert SECRET not in f"{table} {table!r}"


def test_a_wrong_password_is_no_matter_of_time(place: Place) -> None:
    """Who is not let in is told so, with exit code 2."""
    if place.kind == "sqlite":
        (path := Path(str(sa.make_url(place.url).database))).write_bytes(b"this is no database at all, but a text" * 50)
        _refused(dq.SourceError, 2, "not a database", place.table())
        assert path.exists()
        return
    url = sa.make_url(place.url).set(username="nobody_here", password=SECRET)
    _refused(dq.SourceError, 2, "nobody_here", dq.Table(url, "t"))
    url = sa.make_url(place.url).set(database="nowhere_at_all")
    _refused(dq.SourceError, 2, "nowhere_at_all", dq.Table(url, "t"))


# -- tables ------------------------------------------------------------------------------------------------------------


def test_a_table_that_is_not_there_is_told_with_its_namesakes(place: Place) -> None:
    """The error lists tables that are there, and those that are spelt alike."""
    orders(place, name="orders")
    error = _refused(dq.SourceError, 2, "(?s).", place.table("ordres"))
    assert "did you mean 'orders'" in error.mend
    _refused(dq.SourceError, 2, "(?s).", place.table("no_schema.orders"))


def test_a_name_that_is_none_is_refused(place: Place) -> None:
    """Empty parts and open quotes make no name."""
    for name in ("a..b", '"a', "a.", ".a"):
        _refused(dq.UsageError, 2, "no name of a table", place.table(name))
    with pytest.raises(dq.UsageError, match="either a name or a query"):
        dq.Table(place.url)


def test_a_role_that_may_not_read_is_told_what_it_lacks(server: Place) -> None:
    """Permission denied names the table and says GRANT, without a line of dq's own statements."""
    orders(server)
    error = _refused(dq.SourceError, 2, "denied.* (table|for table)", dq.Table(server.stranger(), "t"))
    assert "grant the role of this connection SELECT" in error.mend
    assert "SELECT *" not in str(error)


def test_a_schema_or_a_catalogue_that_is_closed_is_told(pg: Place) -> None:
    """Who may not use a schema, or not read the catalogue, is told which."""
    pg.run("CREATE SCHEMA hidden", "CREATE TABLE hidden.t (id int)")
    stranger = pg.stranger()
    error = _refused(dq.SourceError, 2, "permission denied for schema hidden", dq.Table(stranger, "hidden.t"))
    assert "the use of the schema" in error.mend
    pg.run("REVOKE SELECT ON pg_catalog.pg_class, pg_catalog.pg_attribute FROM public")
    _refused(dq.SourceError, 2, "permission denied for table pg_", dq.Table(stranger, "t"))
    with pytest.raises(dq.SourceError, match="permission denied for table pg_class"):
        dq.validate_tables(stranger, ORDERS)


def test_a_schema_that_is_not_there_is_told(place: Place) -> None:
    """The mend says that the schema is wrong, and lists no tables of another."""
    orders(place)
    assert "schema 'elsewhere' is not there" in _refused(dq.SourceError, 2, "elsewhere", place.table("elsewhere.t")).mend


@pytest.mark.parametrize("kind", ["mariadb", "sqlite"])  # PostgreSQL drops no table that a view needs
def test_a_view_over_what_is_gone_is_told(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A view that nobody can read is there all the same, and is not offered as another name for itself."""
    place = made(kind, request, tmp_path)
    place.run("CREATE TABLE gone (id int)", "CREATE VIEW v AS SELECT * FROM gone", "DROP TABLE gone")
    assert "mend the view" in _refused(dq.SourceError, 2, "gone|references", place.table("v")).mend


def test_columns_that_cannot_be_told_apart_are_refused(place: Place) -> None:
    """A query with two columns of one name, or one of dq's own, says so."""
    if place.kind == "postgres":
        _refused(dq.SourceError, 2, "there twice", dq.Table(place.url, query="SELECT 1 AS a, 2 AS a"))
    _refused(dq.SourceError, 2, "dq's own", dq.Table(place.url, query="SELECT 1 AS __dq_row_no"))


# -- types and values ----------------------------------------------------------------------------------------------------


def test_a_type_without_a_meaning_is_refused_by_name_and_the_rest_runs(pg: Place) -> None:
    """Checks that need what a type does not say err alone; nulls of it are counted, and its text can be searched."""
    pg.run("CREATE TABLE t (a inet, b point, c int)", "INSERT INTO t VALUES ('10.0.0.1', '(1,2)', 1), (NULL, NULL, -1)")
    rules = contract(
        [
            {"name": "a", "logicalType": "string", "required": True, "quality": [custom("ten", "matches", pattern="^11[.]")]},
            {"name": "b", "logicalType": "number", "quality": [custom("low", "at_most", value=1)]},
            {"name": "c", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}},
        ]
    )
    result = dq.validate(pg.table(), rules)
    told = {item.check.id: (str(item.status), item.message) for item in result.checks}
    assert told["low"] == ("error", "dq has no meaning for type point as number")
    assert told["b.type"][0] == "error"
    assert {name: told[name][0] for name in ("a.required", "ten", "c.minimum")} == dict.fromkeys(
        ("a.required", "ten", "c.minimum"), "fail"
    )
    assert result.bad is not None
    assert {row["a"] for row in result.bad} == {"10.0.0.1/32", None}


def test_a_type_of_mariadb_without_a_meaning_is_refused_by_name(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """What is neither text nor number there errs where a rule needs it to be one; the other rules are judged."""
    maria = made("mariadb", request, tmp_path)
    maria.run("CREATE TABLE t (id point, state inet6, amount double)", "INSERT INTO t VALUES (point(1, 2), '::1', -1)")
    told = {item.check.id: (str(item.status), item.message) for item in dq.validate(maria.table(), ORDERS).checks}
    assert told["id.unique"] == ("error", "dq has no meaning for type geometry as integer")
    assert (told["amount.minimum"][0], told["known"][0]) == ("fail", "fail")


def test_values_beyond_arrow_are_kept_as_text(pg: Place) -> None:
    """Infinite times, years before Christ and decimals that are no number are null in their column and whole beside it."""
    pg.run(
        "CREATE TABLE t (id int, d date, s timestamptz, n numeric(5, 2))",
        "INSERT INTO t VALUES (-1, 'infinity', '-infinity', 'NaN'), (-2, '0044-03-15 BC', '2024-01-01 10:00+05', 1.5)",
    )
    result = dq.validate(pg.table(), contract([{"name": "id", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}]))
    assert result.bad is not None
    first, second = sorted(result.bad, key=lambda row: -row["id"])
    assert (first["d"], first["s"], first["n"]) == (None, None, None)
    assert first["__dq_raw"] == b'{"id": -1, "d": "infinity", "s": "-infinity", "n": "NaN"}'
    assert (second["d"], str(second["s"]), str(second["n"])) == (None, "2024-01-01 05:00:00+00:00", "1.50")
    assert b"0044-03-15 BC" in second["__dq_raw"]


def test_a_rule_that_the_server_cannot_run_errs_alone(place: Place) -> None:
    """A user's own query with a mistake is an error of its own; so is a rule that the server refuses; the others are judged."""
    query = {"id": "own", "type": "sql", "query": "SELECT count(nosuch) FROM {object}", "mustBe": 0}
    fine = {"id": "fine", "type": "sql", "query": "SELECT count(*) FROM {object}", "mustBe": 9}
    rules = contract([{"name": "id", "logicalType": "integer", "required": True}], query, fine)
    result = dq.validate(orders(place).table(), rules)
    told = {item.check.id: str(item.status) for item in result.checks}
    assert (told["own"], told["fine"], told["id.required"]) == ("error", "pass", "fail")


def test_a_check_that_fails_on_the_rows_is_found(pg: Place) -> None:
    """A number that overflows in the server stops its own check, not the others."""
    pg.run("CREATE TABLE t (a bigint)", "INSERT INTO t VALUES (9223372036854775807), (-1)")
    rules = contract(
        [{"name": "a", "logicalType": "integer", "logicalTypeOptions": {"minimum": 0}}], custom("c", "condition", sql="a + a > 0")
    )
    told = {item.check.id: (str(item.status), item.bad_rows) for item in dq.validate(pg.table(), rules).checks}
    assert told["c"] == ("error", 0)
    assert told["a.minimum"] == ("fail", 1)


# -- time and the line ----------------------------------------------------------------------------------------------------


def test_a_statement_may_take_only_so_long(place: Place) -> None:
    """Beyond the setting a statement is stopped: exit code 3, for later it may be fast enough."""
    sleeping = {"postgres": "SELECT pg_sleep(5)", "mariadb": "SELECT SLEEP(5)"}
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 'x' AS state, 1.0 AS amount FROM n"
    orders(place)
    with pytest.raises(dq.WorldError) as raised, connected(place.table(), 0.5) as session:
        session.run(sleeping.get(place.kind, f"SELECT count(*) FROM ({endless})"))
    assert raised.value.exit_code == 3


def test_a_connection_lost_between_two_statements_is_told_once(server: Place) -> None:
    """When the server ends the connection the look ends: exit code 3, nothing is concluded."""
    orders(server)
    plan = compile(ORDERS, ORDERS.objects[0])
    engine = database_of(server.table())
    with engine.open(server.table(), fields=(), reading=None, references={}) as view:
        passes = bind(plan, view.columns, dialect=engine.dialect, now=NOW)
        view.look(passes)
        server.lose()
        with pytest.raises(dq.WorldError) as raised:
            view.divert([item.check for item in passes.rows])
    assert raised.value.exit_code == 3


def test_a_connection_lost_while_bad_rows_come_is_the_world(server: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the middle of the rows there is no half of a result, but exit code 3; the next try has all of them."""
    many = "generate_series(1, 60000) AS s (n)" if server.kind == "postgres" else "(SELECT seq AS n FROM seq_1_to_60000) AS s"
    server.run("CREATE TABLE t (id bigint, state varchar(300))", f"INSERT INTO t SELECT n, repeat('x', 300) FROM {many}")
    rules = contract([{"name": "id", "logicalType": "integer", "logicalTypeOptions": {"maximum": 0}}])
    with connected(server.table(), 0) as session:
        kind = type(session)
    stream = kind.stream

    def losing(self: Session, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        for number, rows in enumerate(stream(self, sql)):
            if number == 1:
                server.lose()
            yield rows

    with monkeypatch.context() as patched:
        patched.setattr(kind, "stream", losing)
        _refused(dq.WorldError, 3, "(?s).", server.table(), rules)
    assert dq.validate(server.table(), rules, why=False).bad_rows == 60_000


def test_a_lock_is_waited_for_only_so_long(place: Place) -> None:
    """A table that somebody holds is an error of the world once the statement's time is over; the mend names the setting."""
    orders(place)
    how = {"postgres": "LOCK TABLE t IN ACCESS EXCLUSIVE MODE", "mariadb": "LOCK TABLES t WRITE", "sqlite": "BEGIN EXCLUSIVE"}
    if place.kind == "sqlite":
        place.run("PRAGMA journal_mode = DELETE")
    with place.engine.connect() as holder:
        holder.exec_driver_sql(how[place.kind])
        with pytest.raises(dq.WorldError, match=r"timeout|interrupted|locked") as raised:
            dq.validate(place.table(), ORDERS, settings=dq.Settings(statement_timeout=1))
    assert "statement_timeout" in raised.value.mend


def test_a_broken_text_is_read_all_the_same(lite: Place) -> None:
    """SQLite keeps bytes that are no UTF-8 as text; they are shown, not a crash."""
    path = sa.make_url(lite.url).database
    with sqlite3.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (id integer, state text, amount real)")
        connection.execute("INSERT INTO t VALUES (1, CAST(x'ff41' AS TEXT), 1.0)")
    connection.close()
    result = dq.validate(lite.table(), ORDERS)
    assert result.bad is not None
    assert [row["state"] for row in result.bad] == ["\\xffA"]


@pytest.fixture(autouse=True)
def _no_lasting_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own passwords help."""
    for name in ("PGPASSWORD", "PGUSER", "PGSERVICE"):
        monkeypatch.delenv(name, raising=False)
