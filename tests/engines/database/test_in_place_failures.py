"""What cannot be moved, and what goes wrong while rows are moved: one clear error, and each row where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.contract import dump
from dq.store import faults
from tests.engines.database.conftest import ORDERS, ROWS, Place, orders
from tests.engines.database.moving import (
    LENIENT,
    POINTS,
    WHOLE,
    all_is_well,
    aside,
    at_home,
    both,
    loaded,
    move,
    rows,
    whole,
)
from tests.engines.database.test_publish import ask

__all__ = ["at_home"]


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


@pytest.mark.parametrize("point", ["before-publish", "publish:after COMMIT"])
def test_recover_ends_what_a_crash_left(place: Place, point: str) -> None:
    """Without the pipeline, by what the store keeps: what is not moved is moved, what is moved is marked."""
    loaded(place)
    Path("c.odcs.yaml").write_text(dump(ORDERS), "utf-8")
    faults.hook(faults.from_text(f"{point}:raise"))
    with pytest.raises(OSError, match="fault at"):
        dq.enforce(place.table(), "c.odcs.yaml", stage="raw", key="d1", policy=WHOLE, output="in_place")
    faults.hook(None)
    (found,) = dq.History(dq.Settings(databases=(place.url,))).recover()
    assert (found.error, dq.History().batches()[0].state) == (None, "published")
    assert both(place) == whole(ROWS)
    assert all_is_well()


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
    refused: list[tuple[object, dict[str, Any], str]] = [
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
