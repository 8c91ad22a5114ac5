"""Laws of tables: counts, bad rows and good rows are those of one moment, by few statements, and nothing is changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dq
from dq import report
from dq.engines.database import database_of
from dq.engines.database.server import Session
from dq.plan import bind, compile
from dq.result import NOT_LOOKED_INTO
from tests.engines.database.conftest import ORDERS, ROWS, Place, contract, custom, orders

NOW = datetime(2024, 5, 1, tzinfo=UTC)
BAD = {"id.required": 1, "id.unique": 6, "known": 3, "amount.minimum": 1}


def _told(result: dq.Result) -> dict[str, int]:
    return {item.check.id: item.bad_rows for item in result.checks if item.bad_rows}


def _multiset(table: pa.Table | dq.BadRows) -> Counter[tuple[Any, ...]]:
    rows = table.to_pylist() if isinstance(table, pa.Table) else list(table)
    return Counter(tuple(value for name, value in row.items() if not name.startswith("__dq_")) for row in rows)


def test_every_database_gives_the_same_verdict(place: Place) -> None:
    """Counts, bad rows and reasons are the same, whatever the server."""
    result = dq.validate(orders(place).table(), ORDERS)
    assert (_told(result), result.rows, result.bad_rows) == (BAD, 9, 6)
    assert result.bad is not None
    reasons = sorted((row["id"] or 0, row["state"], row["__dq_reasons"]) for row in result.bad)
    assert reasons == [
        (0, "open", "id.required"),
        (2, "SHUT", "id.unique; known; amount.minimum"),
        (2, "shut", "id.unique"),
        (7, "x", "id.unique:duplicate_row; known"),
        (7, "x", "known"),
        (8, "open", "id.unique:duplicate_row"),
    ]
    assert [row["__dq_row_no"] for row in result.bad] == list(range(6))


def test_good_and_bad_rows_are_all_rows(place: Place) -> None:
    """Each row is in exactly one half, equal rows counted."""
    good, bad = dq.split(orders(place).table(), ORDERS)
    assert _multiset(good) == Counter([(1, "open", 1.5), (3, None, 4.0), (8, "open", 2.0)])
    assert _multiset(good) + _multiset(bad) == Counter(ROWS)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(0, 4),
            st.none() | st.sampled_from(["open", "shut", "", "x"]),
            st.sampled_from([-1.0, 0.0, 1.0]),
        ),
        max_size=12,
    )
)
def test_any_rows_are_split_as_the_embedded_engine_splits_them(lite: Place, rows: list[tuple[Any, ...]]) -> None:
    """Counts, good rows, bad rows and reasons of a table are those of the same rows as a frame."""
    lite.run("DROP TABLE IF EXISTS t", "CREATE TABLE t (id integer, state text, amount real)")
    if rows:
        orders_of = ", ".join("(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")" for row in rows)
        lite.run(f"INSERT INTO t VALUES {orders_of}")
    frame = pa.table({name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(_TYPES.items())})
    here, there = dq.validate(lite.table(), ORDERS, why=False), dq.validate(frame, ORDERS, why=False)
    assert [(item.check.id, item.status, item.message) for item in here.checks] == [
        (item.check.id, item.status, item.message) for item in there.checks
    ]
    assert Counter(map(_row, here.bad or ())) == Counter(map(_row, there.bad or ()))
    if here.rows:
        good, bad = dq.split(lite.table(), ORDERS)
        assert _multiset(good) + _multiset(bad) == Counter(rows)
        assert _multiset(good) == _multiset(dq.split(frame, ORDERS)[0])


_TYPES = {"id": pa.int64(), "state": pa.string(), "amount": pa.float64()}


def _row(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["id"], row["state"], row["amount"], row["__dq_reasons"]


# -- one moment, few statements ---------------------------------------------------------------------------------------


def test_what_others_write_meanwhile_is_not_seen(place: Place) -> None:
    """Rows that come, go and change between two statements change neither counts nor rows."""
    orders(place)
    job_plan = compile(ORDERS, ORDERS.objects[0])
    engine = database_of(place.table())
    with engine.open(place.table(), fields=job_plan.fields, reading=None, references={}) as view:
        passes = bind(job_plan, view.columns, dialect=engine.dialect, now=NOW)
        found = view.look(passes)
        place.run("INSERT INTO t VALUES (NULL, 'new', -5)", "UPDATE t SET amount = -9 WHERE id = 1", "DELETE FROM t WHERE id = 3")
        bad = view.divert([item.check for item in passes.rows])
        good = view.good().read_all()
        assert view.look(passes) == found
    assert (found.rows, bad) == (9, 6)
    assert sorted(good["id"].to_pylist()) == [1, 3, 8]


def test_few_statements_read_the_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """One statement counts, one gives the bad rows, one more looks for keys: whatever the number of checks."""
    many = [custom(f"not_{number}", "not_in_set", column="id", values=[number]) for number in range(40)]
    rules = contract([{"name": "id", "logicalType": "integer", "unique": True}], *many)
    orders(place)
    statements: list[str] = []
    run, stream = Session.run, type(_session(place)).stream

    def noting(self: Session, sql: str) -> list[tuple[Any, ...]]:
        statements.append(sql)
        return run(self, sql)

    def noting_too(self: Session, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        statements.append(sql)
        return stream(self, sql)

    monkeypatch.setattr(Session, "run", noting)
    monkeypatch.setattr(type(_session(place)), "stream", noting_too)
    result = dq.validate(place.table(), rules)
    assert result.bad_rows == 8  # all but the one without an id
    assert len([sql for sql in statements if sql.startswith("WITH") and "pg_catalog" not in sql]) == 3


def _session(place: Place) -> Session:
    from dq.engines.database.connect import connected

    with connected(place.table(), 0) as session:
        return session


def test_nothing_can_be_changed(place: Place) -> None:
    """The session refuses to write, whatever the role may do."""
    from dq.engines.database.connect import connected

    orders(place)
    with connected(place.table(), 0) as session, pytest.raises(dq.DqError, match=r"(?i)read.?only"):
        session.run("INSERT INTO t VALUES (1, 'open', 1)")


def test_a_role_that_may_only_read_suffices(pg: Place) -> None:
    """SELECT on the table is all that is needed: no temporary table, no function."""
    orders(pg).run(
        "CREATE ROLE reader LOGIN",
        "GRANT SELECT ON t TO reader",
        "DO $$ BEGIN EXECUTE 'REVOKE TEMPORARY, CREATE ON DATABASE ' || current_database() || ' FROM PUBLIC'; END $$",
    )
    url = sa.make_url(pg.url).set(username="reader", password=None)
    result = dq.validate(dq.Table(url, "t"), ORDERS)
    assert _told(result) == BAD


def test_there_may_be_more_checks_than_bits(place: Place) -> None:
    """With 150 checks every row has its own reason."""
    rules = [custom(f"not_{number}", "not_in_set", column="id", values=[number, 150]) for number in range(150)]
    orders(place, [(number, "open", 1.0) for number in range(152)])
    result = dq.validate(place.table(), contract([{"name": "id", "logicalType": "integer"}], *rules))
    assert result.bad is not None
    told = {row["id"]: row["__dq_reasons"].split("; ") for row in result.bad}
    assert told == {**{number: [f"not_{number}"] for number in range(150)}, 150: [f"not_{number}" for number in range(150)]}


def test_many_bad_rows_stream_with_all_their_reasons(place: Place) -> None:
    """More rows than are fetched at once, each once and with its reason."""
    place.run("CREATE TABLE t (id bigint, state varchar(10), amount double precision)")
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000) SELECT i, 'x', i - 6000 FROM n"
    limit = ["SET SESSION max_recursive_iterations = 100000"] if place.kind == "mariadb" else []
    place.run(*limit, f"INSERT INTO t {rows}")
    result = dq.validate(place.table(), ORDERS)
    assert (result.rows, result.bad_rows) == (12_000, 12_000)
    bad = result.bad.to_arrow() if result.bad else pa.table({})
    assert sorted(bad["id"].to_pylist()) == list(range(1, 12_001))
    both = {row["id"] for row in bad.to_pylist() if row["__dq_reasons"] == "known; amount.minimum"}
    assert both == set(range(1, 6_000))


# -- what is a table ---------------------------------------------------------------------------------------------------


def test_a_view_and_a_query_are_tables_too(place: Place) -> None:
    """A view by its name, and one SELECT; a query may not change anything."""
    orders(place).run("CREATE VIEW v AS SELECT id, state, amount FROM t WHERE id = 2")
    assert dq.validate(place.table("v"), ORDERS).rows == 2
    query = "SELECT id, state, amount FROM t WHERE id > 2 -- and no more"
    result = dq.validate(dq.Table(place.url, query=query), ORDERS)
    assert (result.rows, result.bad_rows) == (5, 3)
    with pytest.raises(dq.UsageError, match="DELETE where a query is expected"):
        dq.validate(dq.Table(place.url, query="DELETE FROM t"), ORDERS)


def test_a_filter_makes_a_part_the_dataset(place: Place) -> None:
    """Only rows that pass the table's own filter, and the caller's, are counted, judged and handed back."""
    orders(place)
    assert dq.validate(place.table(where="id > 2"), ORDERS).rows == 5
    result = dq.validate(place.table(where="id > 2"), ORDERS, where="state = 'x'")
    assert (result.rows, _told(result)) == (2, {"id.unique": 2, "known": 2})
    good, bad = dq.split(place.table(where="id > 2"), ORDERS)
    assert (good.num_rows, bad.num_rows) == (2, 3)


def test_names_survive_in_any_spelling(place: Place) -> None:
    """Tables and columns are found by their names as they are spelt, whatever stands in them."""
    names = [
        "Select",
        "a b",
        "ä%s:x{y}",
        "x.y",
        "it's",
        "back`tick",
        'double"quote',
        "--c",
        "🎉"[: place.kind != "mariadb"] or "é",
    ]
    columns = ", ".join(f"{place.quoted(name)} integer" for name in names)
    table = place.quoted("Odd.Table %s")
    place.run(f"CREATE TABLE {table} ({columns})")
    values = ", ".join("1" for _ in names)
    raw = place.engine.raw_connection()
    raw.driver_connection.cursor().execute(f"INSERT INTO {table} VALUES ({values})")  # type: ignore[union-attr]
    raw.commit()
    raw.close()
    rules = [custom(f"r{number}", "at_most", column=name, value=0) for number, name in enumerate(names)]
    result = dq.validate(place.table(table), contract([{"name": name, "logicalType": "integer"} for name in names], *rules))
    assert {item.check.id: item.bad_rows for item in result.checks if item.check.id.startswith("r")} == {
        f"r{number}": 1 for number in range(len(names))
    }
    assert result.bad is not None
    assert [row[name] for row in result.bad for name in names] == [1] * len(names)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("orders", ("orders",)),
        ("staging.orders", ("staging", "orders")),
        ('staging."odd.name"', ("staging", "odd.name")),
        ('"say ""hi"""', ('say "hi"',)),
        ("`a``b`.c", ("a`b", "c")),
        ("Übung.ß x", ("Übung", "ß x")),
    ],
)
def test_a_name_has_parts(name: str, parts: tuple[str, ...]) -> None:
    """Dots stand between parts but for those in quotes."""
    assert dq.Table("sqlite://", name).parts == parts


def test_a_schema_may_be_named(pg: Place) -> None:
    """A table is found in its schema, and none of its namesakes."""
    pg.run("CREATE SCHEMA staging", "CREATE TABLE staging.t (id bigint, state text, amount float8)", "CREATE TABLE t (x int)")
    assert dq.validate(pg.table("staging.t"), ORDERS).columns == {"id": "bigint", "state": "text", "amount": "double precision"}


def test_another_table_of_the_database_is_looked_into(place: Place) -> None:
    """A relationship is judged where both tables are; elsewhere the other one is refused with the mend."""
    rules = contract(
        [{"name": "id", "logicalType": "integer"}, {"name": "state", "logicalType": "string"}],
        custom("known_id", "foreign_key", columns=["id"], to="ids", to_columns=["n"]),
    )
    orders(place).run("CREATE TABLE ids (n bigint)", "INSERT INTO ids VALUES (1), (2), (8)")
    for other in ("ids", place.table("ids")):
        result = dq.validate(place.table(), rules, references={"ids": other})
        assert _told(result) == {"known_id": 3}
    with pytest.raises(dq.UsageError, match="is not in the database of the table"):
        dq.validate(place.table(), rules, references={"ids": pa.table({"n": [1]})})
    with pytest.raises(dq.UsageError, match="is in a database, and the rows under check are not"):
        dq.validate(pa.table({"id": [1], "state": ["a"]}), rules, references={"ids": place.table("ids")})


# -- connections of others ---------------------------------------------------------------------------------------------


def test_a_connection_sees_what_it_has_not_committed(pg: Place) -> None:
    """Within somebody's transaction their rows are seen, and their settings and transaction are left as they were."""
    orders(pg)
    with pg.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.exec_driver_sql("SET TIME ZONE 'Asia/Tokyo'")
        connection.exec_driver_sql("INSERT INTO t VALUES (9, 'mine', 1)")
        result = dq.validate(dq.Table(connection, "t"), ORDERS)
        assert (result.rows, _told(result)["known"]) == (10, 4)
        assert connection.exec_driver_sql("SHOW TIME ZONE").scalar() == "Asia/Tokyo"
        connection.exec_driver_sql("INSERT INTO t VALUES (10, 'open', 1)")
        connection.rollback()
    assert dq.validate(pg.table(), ORDERS).rows == 9


def test_a_transaction_that_is_no_snapshot_is_refused(pg: Place) -> None:
    """In READ COMMITTED two looks may see different rows."""
    orders(pg)
    with pg.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        with pytest.raises(dq.UsageError, match="READ COMMITTED"):
            dq.validate(dq.Table(connection, "t"), ORDERS)


@pytest.mark.parametrize("kind", ["engine", "connection"])
def test_an_engine_and_a_connection_serve_as_well(place: Place, kind: str) -> None:
    """What somebody has opened is used, and left open and usable."""
    orders(place)
    if kind == "engine":
        engine = sa.create_engine(place.url, pool_size=1, max_overflow=0)
        for _ in range(2):
            assert _told(dq.validate(dq.Table(engine, "t"), ORDERS)) == BAD
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (10, 'open', 1)")
        engine.dispose()
        return
    with place.engine.connect() as connection:
        assert _told(dq.validate(dq.Table(connection, "t"), ORDERS)) == BAD
        connection.exec_driver_sql("INSERT INTO t VALUES (10, 'open', 1)")
        connection.commit()
    assert dq.validate(place.table(), ORDERS).rows == 10


def test_a_database_in_memory_is_read_by_its_connection() -> None:
    """A SQLite database in memory is seen by its own connection alone."""
    with sa.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id integer, state text, amount real)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1, 'gone', 1)")
        assert _told(dq.validate(dq.Table(connection, "t"), ORDERS)) == {"known": 1}
    with pytest.raises(dq.UsageError, match="in memory"):
        dq.validate(dq.Table("sqlite://", "t"), ORDERS)


# -- good rows out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_good_rows_of_a_table_go_to_a_file(place: Place, tmp_path: Path, suffix: str) -> None:
    """Enforced: bad rows are dead letters with their types, good rows are published; again it changes nothing."""
    where = dq.Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "dead"))
    policy = dq.Policy(budget=None)
    said: dict[str, Any] = {"stage": "raw", "key": "d1", "output": str(tmp_path / f"good.{suffix}")}
    first = dq.enforce(orders(place).table(), ORDERS, policy=policy, settings=where, **said)
    assert (first.outcome, first.rows_in, first.rows_good, first.rows_quarantined) == ("quarantined", 9, 3, 6)
    assert sorted(duckdb.execute(f"SELECT id FROM '{first.output}'").fetchall()) == [(1,), (3,), (8,)]
    assert Counter(first.bad["__dq_reasons"].to_pylist())["id.unique:duplicate_row"] == 1
    assert dq.enforce(place.table(), ORDERS, policy=policy, settings=where, **said).batch.id == first.batch.id
    place.run("INSERT INTO t VALUES (20, 'open', 1)")
    second = dq.enforce(place.table(), ORDERS, policy=policy, settings=where, **said)
    assert (second.batch.id != first.batch.id, second.rows_good) == (True, 4)


def test_good_rows_of_a_table_are_handed_back_without_an_output(place: Place, tmp_path: Path) -> None:
    """Without an output the good rows come back as an Arrow table."""
    where = dq.Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "dead"))
    done = dq.enforce(orders(place).table(), ORDERS, stage="raw", key="d", policy=dq.Policy(budget=None), settings=where)
    assert _multiset(done.good) == Counter([(1, "open", 1.5), (3, None, 4.0), (8, "open", 2.0)])


def test_a_fingerprint_names_the_rows_that_are_meant(place: Place, tmp_path: Path) -> None:
    """Rows beside the filter do not matter, nor does the order of rows; a changed row does."""
    where = dq.Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "dead"))

    def enforced() -> str:
        part = place.table(where="id <= 3")
        return dq.enforce(part, ORDERS, stage="raw", policy=dq.Policy(budget=None), settings=where).batch.id

    orders(place)
    first = enforced()
    place.run("INSERT INTO t VALUES (30, 'open', 1)", "DELETE FROM t WHERE id = 1", "INSERT INTO t VALUES (1, 'open', 1.5)")
    assert enforced() == first
    place.run("UPDATE t SET state = 'shut' WHERE id = 1")
    assert enforced() != first


def test_nobody_takes_silence_on_where_for_an_answer(place: Place) -> None:
    """Where bad rows concentrate is not looked into on a database, and reports say so where somebody would want to know."""
    table = orders(place).table()
    failing = dq.validate(table, ORDERS)
    assert NOT_LOOKED_INTO in failing.notes
    page = report.html(failing)
    assert NOT_LOOKED_INTO.capitalize() in page
    assert "is known to stand out" not in page
    for quiet in (dq.validate(table, ORDERS, where="1 = 0"), dq.validate(table, ORDERS, why=False)):
        assert NOT_LOOKED_INTO not in quiet.notes


def test_a_profile_says_what_columns_hold(place: Place) -> None:
    """Nulls, distinct values, extremes, mean and lengths are exact."""
    columns = {item.name: item for item in dq.profile(orders(place).table())}
    assert (columns["id"].rows, columns["id"].nulls, columns["id"].distinct, columns["id"].low, columns["id"].high) == (
        9,
        1,
        5,
        "1",
        "8",
    )
    assert columns["amount"].mean == pytest.approx(18.5 / 9)
    assert columns["state"].lengths == (1, 3.25, 4)
