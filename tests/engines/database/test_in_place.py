"""Laws of bad rows that are moved within their database: each row that came in is in exactly one of two tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.engines.database import marked, view
from tests.engines.database.conftest import ORDERS, ROWS, Place, contract, custom
from tests.engines.database.moving import (
    LENIENT,
    WHOLE,
    all_is_well,
    aside,
    at_home,
    both,
    loaded,
    move,
    reload,
    rows,
    whole,
)
from tests.engines.database.test_publish import ask

__all__ = ["at_home"]


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


def test_bad_rows_stay_in_their_database(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted and named where they are; those of a check that marks few are looked at, as samples."""
    loaded(place)
    monkeypatch.setattr(view, "_RARE", 1)
    fetched: list[int] = []
    fill = marked.MarkedRows._count

    def count(self: marked.MarkedRows, batch: Any) -> Any:
        fetched.append(batch.num_rows)
        return fill(self, batch)

    monkeypatch.setattr(marked.MarkedRows, "_count", count)
    done = move(place)
    assert sum(fetched) < done.rows_quarantined
    assert {item.check: item.rows for item in done.reasons} == {
        name: sum(name in said.split("; ") or f"{name}:duplicate_row" in said for said in done.bad["__dq_reasons"].to_pylist())
        for name in ("id.required", "id.unique", "known", "amount.minimum")
    }
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
