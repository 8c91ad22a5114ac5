"""Laws of bad rows that are moved within their database: each row that came in is in exactly one of two tables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.cli import main
from dq.contract import dump
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
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
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


# -- what stands where -------------------------------------------------------------------------------------------------


def test_each_row_is_in_exactly_one_table_with_every_reason(place: Place) -> None:
    """Good and moved rows are what came in; the moved ones are those, with those reasons, that objects would have."""
    loaded(place)
    beside = dq.enforce(place.table(), ORDERS, stage="other", key="d1", output=place.table("mart"), policy=WHOLE)
    done = move(place)
    assert both(place) == whole(ROWS)
    assert rows(place, "t") == rows(place, "mart")
    assert (done.rows_in, done.rows_good, done.rows_quarantined) == (len(ROWS), len(rows(place, "t")), len(aside(place, done)))

    def told(batch: dq.Enforcement) -> list[str]:
        return sorted(repr((row["id"], row["state"], row["amount"], row["__dq_reasons"])) for row in batch.bad.to_pylist())

    assert told(done) == told(beside)
    assert done.bad.schema.names == beside.bad.schema.names
    assert (done.output, done.batch.parts, done.batch.state) == (str(place.table()), (), "published")
    assert all_is_well()


def test_again_changes_nothing(place: Place) -> None:
    """Enforcing the key again finds what it moved, and that it came from there: the same batch, the same rows."""
    loaded(place)
    first = move(place)
    before = [ask(place, f"SELECT * FROM {name}") for name in ("t", "t__quarantine", "dq_published")]
    again = move(place)
    assert (again.batch.id, again.batch.edition, again.rows_in) == (first.batch.id, first.batch.edition, len(ROWS))
    assert [ask(place, f"SELECT * FROM {name}") for name in ("t", "t__quarantine", "dq_published")] == before


def test_under_another_contract_rows_go_back(place: Place) -> None:
    """What is good under the newer contract returns to the source, what is bad stays out, under the newer batch."""
    loaded(place)
    first, second = move(place), move(place, LENIENT)
    assert second.batch.supersedes == first.batch.id
    assert second.rows_in == len(ROWS)
    assert second.rows_quarantined < first.rows_quarantined
    assert both(place) == whole(ROWS)
    assert aside(place, second) == rows(place, "t__quarantine")
    third = move(place)
    assert (third.batch.id, third.batch.edition) == (first.batch.id, 3)
    assert both(place) == whole(ROWS)
    assert all_is_well()


def test_a_table_that_is_loaded_anew_is_judged_alone(place: Place) -> None:
    """The new rows are judged; what the older load left beside it stays there, under its own edition."""
    loaded(place)
    first = move(place)
    old = aside(place, first)
    fresh = [(20, "open", 1.0), (21, "gone", 1.0)]
    reload(place, fresh)
    second = move(place)
    assert (second.rows_in, rows(place, "t"), aside(place, second)) == (2, fresh[:1], fresh[1:])
    assert aside(place, first) == old
    assert dq.History().batch(first.batch.id).state == "superseded"
    assert all_is_well()


def test_the_same_load_again_moves_its_bad_rows_again(place: Place) -> None:
    """Rows that came in once more leave once more; beside it they stand once, also when another load was between."""
    if place.kind == "mariadb":
        pytest.skip("a new load counts on: its rows have other keys")
    loaded(place)
    first = move(place)
    reload(place, ROWS)
    again = move(place)
    assert again.batch.id == first.batch.id
    assert both(place) == whole(ROWS)
    other = [(1, "gone", 1.0), (2, "open", 1.0)]
    reload(place, other)
    move(place)
    reload(place, ROWS)
    last = move(place)
    assert (last.batch.id, last.batch.edition) == (first.batch.id, 3)
    assert both(place) == whole([*ROWS, other[0]])
    assert all_is_well()


def test_partitions_are_keys_of_their_own(place: Place) -> None:
    """Only rows of the partition are judged and moved; enforcing one again does not touch another."""
    given = [*ROWS, (9, "open", 9.0)]
    loaded(place, given)
    small, large = place.table(where="id < 5"), place.table(where="id >= 5")
    first = move(place, source=small, key="small")
    second = move(place, source=large, key="large")
    assert both(place) == whole(given)
    assert all(row[0] < 5 for row in aside(place, first))
    assert all(row[0] >= 5 for row in aside(place, second))
    assert move(place, source=small, key="small").batch.edition == first.batch.edition
    assert move(place, LENIENT, source=large, key="large").batch.supersedes == second.batch.id
    assert both(place) == whole(given)
    assert (None, "open", 5.0) in rows(place, "t")
    assert all_is_well()


def test_stages_may_follow_each_other_over_one_table(place: Place) -> None:
    """What a later stage moves out of what an earlier one left does not make the earlier one's rows strangers."""
    loaded(place)
    first = move(place, LENIENT, stage="raw")
    move(place, ORDERS, stage="staged")
    assert both(place) == whole(ROWS)
    stricter = contract([{"name": "id", "logicalType": "integer", "required": True}], version="3.0.0")
    back = move(place, stricter, stage="raw")
    assert back.batch.supersedes == first.batch.id
    assert back.rows_quarantined == 1
    assert both(place) == whole(ROWS)
    assert all_is_well()


def test_a_blocked_batch_moves_nothing(place: Place) -> None:
    """Beyond the budget all rows stay where they are; what the key moved before stays beside them."""
    loaded(place, [(1, "open", 1.0), (2, "open", -1.0)])
    blocked = move(place, policy=dq.Policy(budget="10%"))
    assert (blocked.outcome, len(rows(place, "t"))) == ("blocked", 2)
    with pytest.raises(dq.UsageError, match="not in quarantine"):
        assert blocked.bad
    done = move(place)
    none = contract([{"name": "state", "logicalType": "string", "quality": [custom("known", "in_set", values=["no"])]}])
    assert move(place, none, policy=dq.Policy(budget="10%")).outcome == "blocked"
    assert (rows(place, "t"), aside(place, done)) == ([(1, "open", 1.0)], [(2, "open", -1.0)])
    assert all_is_well()


@pytest.mark.parametrize("name", ["ma rt", 'ma"rt', "ma`rt", "ma%rt", "select", "ма́рт", "m;DROP TABLE t"])
def test_names_of_any_spelling_survive(place: Place, name: str) -> None:
    """Tables and columns may be called as they like."""
    called = place.quoted(name)
    key = "n bigint PRIMARY KEY"
    place.run(f"CREATE TABLE {called} ({key}, id bigint, state varchar(10), amount double precision, {called} varchar(9))")
    place.run(f"INSERT INTO {called} VALUES (1, 1, 'open', 1, 'x'), (2, 2, 'gone', 1, 'y')")
    table = place.table('"' + name.replace('"', '""') + '"')
    done = move(place, source=table)
    assert ask(place, f"SELECT {called} FROM {called}") == [("x",)]
    assert ask(place, f"SELECT {called} FROM {place.quoted(name + '__quarantine')}") == [("y",)]
    assert done.bad[name].to_pylist() == ["y"]
    assert move(place, LENIENT, source=table).rows_quarantined == 1


def test_columns_keep_their_types_and_values(place: Place) -> None:
    """The table beside it has the types of the source; what goes back is what left, keys and computed columns included."""
    made = {
        "sqlite": "id INTEGER PRIMARY KEY, state TEXT, amount, twice AS (id * 2) STORED, raw BLOB",
        "postgres": "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state char(6), amount numeric(7, 3), "
        "twice bigint GENERATED ALWAYS AS (amount * 2) STORED, tags text[], at timestamptz DEFAULT '2024-05-01 10:00+02'",
        "mariadb": "id int unsigned AUTO_INCREMENT PRIMARY KEY, state enum('open', 'gone') CHARACTER SET latin1, "
        "amount decimal(7, 3), twice int AS (amount * 2) STORED, at timestamp NULL, bits bit(3), flag boolean",
    }[place.kind]
    place.run(f"CREATE TABLE t ({made})", "INSERT INTO t (state, amount) VALUES ('gone', 1.5), ('open', 2.5), ('gone', NULL)")
    if place.kind == "mariadb":
        place.run("UPDATE t SET id = 0, bits = b'101', flag = 1 WHERE id = 1")
    before = sorted(ask(place, "SELECT * FROM t"), key=repr)
    assert move(place).rows_quarantined == 2
    assert move(place, LENIENT, policy=dq.Policy("warn")).rows_quarantined == 0
    assert sorted(ask(place, "SELECT * FROM t"), key=repr) == before
    assert all_is_well()


def test_what_was_moved_is_read_as_ever(place: Place) -> None:
    """Rows are listed, masked and counted as those in objects; a row that was changed beside the table is found out."""
    loaded(place)
    done = move(place)
    history = dq.History()
    assert sum(item.num_rows for item in history.rows(done.batch.id)) == done.rows_quarantined
    assert next(iter(history.rows(done.batch.id, limit=2))).num_rows == 2
    assert history.reasons(done.batch.id) == done.reasons
    place.run("UPDATE t__quarantine SET amount = 77 WHERE id = 2")
    assert [problem.what for problem in history.verify()] == ["rows in its table are not those that were moved there"]
    place.run("DELETE FROM t__quarantine WHERE id = 2")
    assert "but its table has" in history.verify()[0].what
    with pytest.raises(dq.WorldError, match="but its table has"):
        assert done.bad


def test_a_connection_may_be_the_way_in(tmp_path: Path) -> None:
    """A database in memory is seen by one connection alone: it is read and changed by it; nobody else finds its rows."""
    with sa.create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER, state TEXT, amount REAL)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1, 'open', 1), (2, 'open', -1)")
        connection.commit()
        done = dq.enforce(dq.Table(connection, "t"), ORDERS, stage="raw", key="k", output="in_place", policy=WHOLE)
        assert connection.exec_driver_sql("SELECT id FROM t").all() == [(1,)]
        with pytest.raises(dq.UsageError, match="in memory"):
            assert done.bad
        with pytest.raises(dq.UsageError, match="in a transaction already"):
            dq.enforce(dq.Table(connection, "t"), ORDERS, stage="raw", key="k", output="in_place", policy=WHOLE)
    del tmp_path


# -- what fails --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", [*POINTS, "after-return"])
def test_a_crash_within_changes_nothing_and_a_retry_goes_on(place: Place, point: str) -> None:
    """Whatever stops it before its COMMIT leaves both tables as they were; trying again moves the rows."""
    loaded(place)
    if point == "after-return":
        move(place, LENIENT)
    before = [rows(place, "t"), both(place) if point == "after-return" else None]
    faults.hook(faults.from_text(f"{point}:raise"))
    with pytest.raises(OSError, match="fault at"):
        move(place)
    faults.hook(None)
    assert [rows(place, "t"), both(place) if point == "after-return" else None] == before
    assert all_is_well()
    done = move(place)
    assert both(place) == whole(ROWS)
    assert aside(place, done) == rows(place, "t__quarantine")
    assert all_is_well()


def test_a_crash_after_the_move_is_found_out(place: Place) -> None:
    """Killed between COMMIT and the mark in the store, the rows are where they belong; trying again only says so."""
    loaded(place)
    faults.hook(faults.from_text("publish:after COMMIT:raise"))
    with pytest.raises(OSError, match="fault at"):
        move(place)
    faults.hook(None)
    before = ask(place, "SELECT * FROM t__quarantine")
    done = move(place)
    assert (done.batch.state, done.batch.edition, done.rows_in) == ("published", 1, len(ROWS))
    assert ask(place, "SELECT * FROM t__quarantine") == before


def test_rows_that_change_meanwhile_stop_it(place: Place) -> None:
    """A source that changes between the look and the move is an error that a retry heals; nothing is moved."""
    loaded(place)

    def strike(point: str) -> None:
        if point == "before-publish":
            place.run("UPDATE t SET amount = 9 WHERE id = 1")

    faults.hook(strike)
    with pytest.raises(dq.WorldError, match="not those that were judged"):
        move(place)
    faults.hook(None)
    assert not rows(place, "t__quarantine")
    assert move(place).rows_in == len(ROWS)


def test_what_cannot_be_moved_is_refused_before_it_is_read(place: Place) -> None:
    """Views, queries, frames, no key: refused by name, with what helps; nothing is made."""
    loaded(place)
    place.run("CREATE VIEW v AS SELECT * FROM t")
    refused = [
        (place.table("v"), {}, "view"),
        (dq.Table(place.url, query="SELECT * FROM t"), {}, "a query"),
        ([{"id": 1}], {}, "only rows of a table"),
        (place.table(), {"key": None}, "need a key"),
    ]
    for source, said, match in refused:
        with pytest.raises(dq.DqError, match=match) as raised:
            move(place, source=source, **said)
        assert (raised.value.exit_code, bool(raised.value.mend)) == (2, True)
    assert not dq.History().batches()


def test_a_quarantine_table_with_other_columns_is_refused(place: Place) -> None:
    """
    It is named, with the DDL that helps; more columns are no matter.

    A source that was given a column since its rows were moved counts as loaded anew.
    """
    loaded(place)
    move(place)
    place.run("ALTER TABLE t__quarantine ADD COLUMN seen_by varchar(20)")
    assert move(place, LENIENT).ok
    place.run("ALTER TABLE t ADD COLUMN region varchar(20)")
    with pytest.raises(dq.SourceError, match="not the columns of its source: region") as raised:
        move(place)
    place.run(raised.value.mend)
    left = len(rows(place, "t"))
    assert move(place).rows_in == left
    place.run("DROP TABLE t__quarantine", "CREATE TABLE t__quarantine (id varchar(9))")
    with pytest.raises(dq.SourceError, match="RENAME TO"):
        move(place)


def test_rows_that_others_hang_on_are_refused(place: Place) -> None:
    """A reference that deletes or changes rows of other tables with a row that goes is refused by name."""
    if place.kind == "sqlite":
        pytest.skip("SQLite follows references for who says so")
    place.run("CREATE TABLE t (id bigint PRIMARY KEY, state varchar(10), amount double precision)")
    place.run("CREATE TABLE details (id bigint, FOREIGN KEY (id) REFERENCES t (id) ON DELETE CASCADE)")
    with pytest.raises(dq.SourceError, match="ON DELETE: details"):
        move(place)


def test_a_name_that_would_be_too_long_is_refused(place: Place) -> None:
    """A server cuts long names, or refuses them late; dq says so first."""
    if place.kind == "sqlite":
        pytest.skip("SQLite takes names of any length")
    name = "t" * 55
    place.run(f"CREATE TABLE {name} (id bigint PRIMARY KEY, state varchar(10), amount double precision)")
    with pytest.raises(dq.SourceError, match="too long"):
        move(place, source=place.table(name))


def test_rows_without_a_name_are_refused(place: Place) -> None:
    """MariaDB names rows by a primary key alone, SQLite by `rowid` unless columns take its names; PostgreSQL always can."""
    if place.kind == "postgres":
        assert move(orders(place)).ok
        return
    odd = ", rowid int, oid int, _rowid_ int" if place.kind == "sqlite" else ""
    place.run(f"CREATE TABLE t (id bigint, state varchar(10), amount double precision{odd})")
    with pytest.raises(dq.SourceError, match="no primary key"):
        move(place)


def test_tables_of_sqlite_without_rowid_go_by_their_key(lite: Place) -> None:
    """The primary key names a row, whatever its columns hold."""
    lite.run("CREATE TABLE t (id bigint, state text, amount real, PRIMARY KEY (state, amount)) WITHOUT ROWID")
    lite.run("INSERT INTO t VALUES (1, 'open', 1), (1, 'open', 2), (2, 'gone', 1), (3, 'open', -1)")
    assert move(lite).rows_quarantined == 4
    assert move(lite, LENIENT).rows_quarantined == 1
    assert len(both(lite)) == 4


def test_partitioned_tables_of_postgresql_go_by_their_key(pg: Place) -> None:
    """Rows move out of their partitions, and back into them."""
    pg.run("CREATE TABLE t (id bigint PRIMARY KEY, state varchar(10), amount double precision) PARTITION BY RANGE (id)")
    pg.run("CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (10)", "CREATE TABLE t2 PARTITION OF t DEFAULT")
    pg.run("INSERT INTO t VALUES (1, 'open', 1), (2, 'SHUT', 1), (11, 'open', -1), (12, 'open', 1)")
    assert move(pg).rows_quarantined == 2
    assert rows(pg, "t1") == [(1, "open", 1.0)]
    assert move(pg, LENIENT).rows_quarantined == 0
    assert len(rows(pg, "t1")) == 2


def test_tables_without_transactions_are_refused(request: pytest.FixtureRequest) -> None:
    """MariaDB keeps some tables without transactions, and hides columns: both are refused by name."""
    place = Place("mariadb", request.getfixturevalue("mariadb")())
    place.run("CREATE TABLE t (id bigint PRIMARY KEY, state varchar(10), amount double) ENGINE=MyISAM")
    with pytest.raises(dq.SourceError, match="MyISAM, has no transactions") as raised:
        move(place)
    place.run(raised.value.mend, "ALTER TABLE t ADD COLUMN secret int INVISIBLE")
    with pytest.raises(dq.SourceError, match="invisible columns: secret"):
        move(place)


def test_a_trigger_that_changes_rows_is_found_out(place: Place) -> None:
    """What was there must be what is left and what was moved; else nothing is changed."""
    loaded(place)
    move(place)
    bodies = {
        "sqlite": "CREATE TRIGGER b AFTER INSERT ON t__quarantine BEGIN UPDATE t__quarantine SET amount = 0 "
        "WHERE rowid = NEW.rowid; END",
        "mariadb": "CREATE TRIGGER b BEFORE INSERT ON t__quarantine FOR EACH ROW SET NEW.amount = 0",
        "postgres": "CREATE FUNCTION b() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.amount = 0; RETURN NEW; END'",
    }
    place.run(bodies[place.kind])
    if place.kind == "postgres":
        place.run("CREATE TRIGGER b BEFORE INSERT ON t__quarantine FOR EACH ROW EXECUTE FUNCTION b()")
    before = rows(place, "t"), rows(place, "t__quarantine")
    with pytest.raises(dq.EngineError, match="not as they were"):
        move(place, LENIENT)
    assert (rows(place, "t"), rows(place, "t__quarantine")) == before
    assert all_is_well()


def test_without_the_right_to_delete_nothing_is_moved(pg: Place) -> None:
    """Who may not delete is told what to grant; the copy that was made is undone; once granted, it goes on."""
    loaded(pg)
    pg.run("CREATE ROLE clerk LOGIN", "GRANT SELECT ON t TO clerk", "GRANT ALL ON SCHEMA public TO clerk")
    as_clerk = dq.Table(sa.make_url(pg.url).set(username="clerk"), "t")
    with pytest.raises(dq.SourceError, match="permission denied") as raised:
        move(pg, source=as_clerk)
    assert "DELETE" in raised.value.mend
    assert (rows(pg, "t"), rows(pg, "t__quarantine")) == (whole(ROWS), [])
    pg.run("GRANT DELETE ON t TO clerk")
    assert move(pg, source=as_clerk).batch.edition == 1
    assert both(pg) == whole(ROWS)
    pg.run("DROP OWNED BY clerk")


def test_a_lock_or_a_lost_connection_in_the_middle_changes_nothing(place: Place) -> None:
    """Somebody holds a row, or ends our connection, while rows are moved: exit code 3, and a retry goes on."""
    if place.kind == "sqlite":
        pytest.skip("SQLite locks whole files: see the campaign")
    loaded(place)
    settings = dq.Settings(statement_timeout=1)
    holder = place.engine.connect()
    holder.exec_driver_sql("SELECT * FROM t WHERE id = 7 FOR UPDATE")
    with pytest.raises(dq.WorldError):
        move(place, settings=settings)
    holder.close()
    assert rows(place, "t") == whole(ROWS)

    def strike(point: str) -> None:
        if point == "after-insert":
            others = {
                "postgres": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                "AND datname = current_database()",
                "mariadb": "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db = DATABASE()",
            }
            found = ask(place, others[place.kind])
            if place.kind == "mariadb":
                place.run(*(f"KILL {number}" for (number,) in found))

    faults.hook(strike)
    with pytest.raises(dq.WorldError):
        move(place)
    faults.hook(None)
    assert (rows(place, "t"), rows(place, "t__quarantine")) == (whole(ROWS), [])
    assert move(place).batch.state == "published"
    assert both(place) == whole(ROWS)


# -- what is done afterwards -------------------------------------------------------------------------------------------


def test_a_row_that_is_put_right_beside_the_table_goes_back(place: Place) -> None:
    """Mended there by hand, it returns when its key is enforced again: what would be a replay of objects."""
    loaded(place)
    first = move(place)
    with pytest.raises(dq.UsageError, match="moved in place") as raised:
        dq.replay(first.batch.id)
    assert "enforce the key again" in raised.value.mend
    place.run("UPDATE t__quarantine SET state = 'open', amount = 1 WHERE amount = -1", "DELETE FROM t__quarantine WHERE id = 7")
    place.run("UPDATE t__quarantine SET id = 4 WHERE amount = 3")
    second = move(place)
    assert second.batch.supersedes == first.batch.id
    assert {(2, "open", 1.0), (4, "shut", 3.0)} <= set(rows(place, "t"))
    assert (second.rows_in, len(both(place))) == (len(ROWS) - 2, len(ROWS) - 2)
    assert all_is_well()


def test_rows_may_be_discarded_where_they_stand(place: Place) -> None:
    """That is a word in the index: rows stay; which ones is said by their numbers and their reasons."""
    loaded(place)
    done = move(place)
    before = both(place)
    assert dq.discard(done.batch.id, rule="known").rows == 3
    assert dq.History().batch(done.batch.id).open == done.rows_quarantined - 3
    assert both(place) == before
    assert all_is_well()


def test_what_is_purged_is_deleted_beside_the_table(place: Place) -> None:
    """Counts and reasons stay; rows of other batches stay; what the law holds is left."""
    loaded(place)
    first = move(place)
    reload(place, [(20, "open", 1.0), (21, "gone", 1.0)])
    second = move(place)
    history = dq.History()
    history.hold(first.batch.id)
    assert isinstance(history.purge(first.batch.id)[0].error, dq.UsageError)
    history.release(first.batch.id)
    assert history.purge(first.batch.id)[0].error is None
    assert (aside(place, first), aside(place, second)) == ([], [(21, "gone", 1.0)])
    assert (history.batch(first.batch.id).purged_at is not None, len(history.reasons(first.batch.id))) == (
        True,
        len(first.reasons),
    )
    with pytest.raises(dq.UsageError, match="were purged"):
        assert first.bad
    assert all_is_well()
    assert history.purge(second.batch.id)[0].error is None
    again = move(place)
    assert (again.rows_in, again.rows_quarantined) == (1, 0)
    assert all_is_well()


def test_rows_that_are_not_moved_yet_are_not_purged(place: Place) -> None:
    """Until it is published a batch has its rows in the source, which is not dq's to purge."""
    loaded(place)
    faults.hook(faults.from_text("before-publish:raise"))
    with pytest.raises(OSError, match="fault at"):
        move(place)
    faults.hook(None)
    history = dq.History()
    (batch,) = history.batches()
    assert "not moved yet" in str(history.purge(batch.id)[0].error)
    assert rows(place, "t") == whole(ROWS)


def test_a_purge_that_was_killed_is_ended_later(place: Place) -> None:
    """The index says so first; the rows go with the next purge, erasure or collection."""
    loaded(place)
    done = move(place)
    history = dq.History()

    def strike(point: str) -> None:
        if point == "purge:after COMMIT":
            raise KeyboardInterrupt

    faults.hook(strike)
    with pytest.raises(KeyboardInterrupt):
        history.purge(done.batch.id)
    faults.hook(None)
    assert [problem.what for problem in history.verify()] != []
    history.collect()
    assert aside(place, done) == []
    assert all_is_well()


def test_a_person_is_forgotten_beside_the_table(place: Place) -> None:
    """The rows about one are deleted there, others stay; the source, which is not dq's, is named; again changes nothing."""
    people = contract(
        [
            {"name": "id", "logicalType": "integer", "customProperties": [{"property": "dq", "value": {"subject": True}}]},
            {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
        ]
    )
    loaded(place, [(1, "a", -1.0), (2, "b", -1.0), (1, "c", -3.0), (1, "d", 4.0), (3, "e", -1.0)])
    done = move(place, people)
    history = dq.History()
    assert history.erase("1", dry_run=True).rows == 2
    found = history.erase("1")
    assert (found.rows, found.complete, found.outside) == (2, True, (str(place.table()),))
    assert aside(place, done) == [(2, "b", -1.0), (3, "e", -1.0)]
    assert sorted(done.bad["id"].to_pylist()) == [2, 3]
    assert history.erase("1").rows == 0
    assert all_is_well()
    assert dq.discard(done.batch.id).rows == 2
    again = move(place, people)
    assert (again.rows_in, again.rows_quarantined) == (3, 2)
    assert all_is_well()


def test_the_command_line_says_it(lite: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output in_place`, and the words that look at dead letters."""
    loaded(lite)
    Path("c.odcs.yaml").write_text(dump(ORDERS), "utf-8")
    said = ["enforce", lite.url, "--table", "t", "--contract", "c.odcs.yaml", "--stage", "raw", "--budget", "none"]
    assert main([*said, "--output", "in_place"]) == 2
    assert "--key" in capsys.readouterr().err.replace("key=", "--key ")
    assert main([*said, "--output", "in_place", "--key", "d1", "--format", "json"]) == 0
    batch = json.loads(capsys.readouterr().out)["batch_id"]
    for command in (["show", batch], ["rows", batch], ["verify", batch], ["list"]):
        code = main(["quarantine", *command])
        assert (code, bool(capsys.readouterr().out)) == (0, True)
    del tmp_path
