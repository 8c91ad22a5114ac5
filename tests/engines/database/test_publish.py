"""Laws of tables as output: good rows stand there once, with whose they are; what fails changes nothing there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

import dq
from dq.cli import main
from dq.diversion import places
from dq.errors import Fenced, SourceChanged
from dq.store import faults
from tests.engines.database.conftest import ORDERS, ROWS, Place, contract, orders

WHOLE = dq.Policy(budget="none")
RULES = contract(
    [{"name": "id", "logicalType": "integer"}, {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}}]
)


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The store is in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    yield
    faults.hook(None)


def ask(place: Place, sql: str) -> list[tuple[Any, ...]]:
    """What the database says."""
    raw = place.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]
    finally:
        raw.close()


def enforce(place: Place, rules: dq.Contract = ORDERS, output: str | dq.Table = "mart", **said: Any) -> dq.Enforcement:
    """Enforce on table t, into another one of the same database."""
    words = {"key": "d1", "output": place.table(output) if isinstance(output, str) else output, **said}
    return dq.enforce(place.table(), rules, stage="raw", policy=WHOLE, **words)


def amounts(place: Place, table: str = "mart") -> list[float]:
    """What stands there."""
    return sorted(float(amount) for (amount,) in ask(place, f"SELECT amount FROM {table}"))


# -- what stands there -------------------------------------------------------------------------------------------------


def test_rows_in_are_rows_published_and_dead_letters(place: Place) -> None:
    """Each row of the source is in the target or among the dead letters, and the ledger says whose those of the target are."""
    orders(place)
    done = enforce(place)
    bad = [(row["id"], row["state"], row["amount"]) for row in done.bad.to_pylist()]
    good = ask(place, "SELECT id, state, amount FROM mart")
    assert sorted([*good, *bad], key=repr) == sorted(ROWS, key=repr)
    assert (len(good), len(bad)) == (done.rows_good, done.rows_quarantined)
    assert bad
    edition = f"{done.batch.id}:{done.batch.edition}"
    assert ask(place, "SELECT DISTINCT _dq_batch FROM mart") == [(edition,)]
    assert [row[:1] for row in ask(place, "SELECT batches FROM dq_published")] == [(edition,)]
    assert done.output == str(place.table("mart")) == done.good


def test_columns_keep_their_types(pg: Place) -> None:
    """A table that is made for the rows has the columns of the source as the source has them."""
    pg.run(
        "CREATE TABLE t (id bigint, amount numeric(7, 3), day date, at timestamptz, tags text[], doc jsonb, kind char(4))",
        "INSERT INTO t VALUES (1, 1.5, '2024-05-01', now(), '{a,b}', '{\"a\": 1}', 'x'), (2, -1, NULL, NULL, NULL, NULL, NULL)",
    )
    enforce(pg, RULES)
    names = "SELECT column_name, udt_name, numeric_scale, character_maximum_length FROM information_schema.columns"
    where = "AND column_name <> '_dq_batch' ORDER BY 1"
    first, second = (ask(pg, f"{names} WHERE table_name = '{name}' {where}") for name in ("t", "mart"))
    assert first == second
    assert ask(pg, "SELECT id, amount, day, at, tags, doc, kind FROM mart") == ask(pg, "SELECT * FROM t WHERE id = 1")


def test_again_changes_nothing(place: Place) -> None:
    """The same content of a key a second time leaves target and ledger as they are."""
    orders(place)
    enforce(place)
    before = ask(place, "SELECT * FROM mart"), ask(place, "SELECT * FROM dq_published")
    enforce(place)
    assert (ask(place, "SELECT * FROM mart"), ask(place, "SELECT * FROM dq_published")) == before


def test_a_key_replaces_its_own_rows_and_no_others(place: Place) -> None:
    """Other content of a key takes the place of what it published; rows of another key, and of others, stay."""
    orders(place, [(1, "open", 1.0), (2, "open", -1.0)])
    enforce(place, key="d1")
    enforce(place, key="d2")
    place.run("INSERT INTO mart (id, amount) VALUES (9, 99)")
    place.run("UPDATE t SET amount = 5 WHERE id = 2", "DELETE FROM t WHERE id = 1")
    enforce(place, key="d1")
    assert amounts(place) == [1, 5, 99]


@pytest.mark.parametrize("how", ["by column", "by partition"])
def test_a_withdrawn_batch_takes_its_rows_with_it(place: Place, how: str) -> None:
    """On request the rows that a batch published are deleted, and no others; enforced again, they are there."""
    orders(place, [(1, "open", 1.0), (1, "open", -1.0)])
    place.run("CREATE TABLE mart (id bigint, state varchar(10), amount double precision, _dq_batch varchar(100))")
    place.run("INSERT INTO mart (id, amount) VALUES (2, 99)")
    output = place.table("mart", where="id = 1") if how == "by partition" else place.table("mart")
    done = enforce(place, RULES, output=output)
    assert amounts(place) == [1, 99]
    assert dq.withdraw(done.batch, unpublish=True).output == ""
    assert amounts(place) == [99]
    assert [item.event for item in dq.History().audit(done.batch.id)][-2:] == ["withdrawn", "unpublished"]
    assert enforce(place, RULES, output=output).batch.state == "published"
    assert amounts(place) == [1, 99]


def test_a_withdrawn_batch_leaves_what_others_put_into_its_partition(place: Place) -> None:
    """Rows that came into the partition meanwhile are not its own: all stay, and it says where."""
    orders(place, [(1, "open", 1.0)])
    place.run("CREATE TABLE mart (id bigint, state varchar(10), amount double precision)")
    done = enforce(place, RULES, output=place.table("mart", where="id = 1"))
    place.run("INSERT INTO mart (id, amount) VALUES (1, 99)")
    assert dq.withdraw(done.batch, unpublish=True).output == done.output
    assert amounts(place) == [1, 99]


def test_a_partition_is_replaced_where_no_column_tells(place: Place) -> None:
    """With a `where` on the output its rows give way; rows that are outside it are refused, and nothing is changed."""
    orders(place, [(1, "open", 1.0), (1, "open", -1.0)])
    place.run("CREATE TABLE mart (id bigint, state varchar(10), amount double precision)")
    place.run("INSERT INTO mart VALUES (1, 'x', 7), (2, 'x', 8)")
    enforce(place, RULES, output=place.table("mart", where="id = 1"))
    assert amounts(place) == [1, 8]
    with pytest.raises(dq.SourceError, match="outside the partition"):
        enforce(place, RULES, key="d2", output=place.table("mart", where="id = 2"))
    assert amounts(place) == [1, 8]


@pytest.mark.parametrize("name", ["ma rt", 'ma"rt', "ma`rt", "ma%rt", "select", "ма́рт", "m;DROP TABLE t"])
def test_names_of_any_spelling_survive(place: Place, name: str) -> None:
    """Targets and columns may be called as they like, from a table and from a frame."""
    orders(place, [(1, "open", 1.0), (2, "open", -1.0)])
    place.run(f"ALTER TABLE t ADD COLUMN {place.quoted(name)} varchar(9)")
    frame = pd.DataFrame({"id": [1, 2], "amount": [1.0, -1.0], name: ["%s", "\\"]})
    for given, target in ((place.table(), name), (frame, name + "2")):
        output = place.table('"' + target.replace('"', '""') + '"')
        dq.enforce(given, RULES, stage="raw", key=target, output=output, policy=WHOLE)
        select = f"SELECT {place.quoted(name)} FROM {place.quoted(target)}"
        assert len(ask(place, select)) == 1
    assert len(ask(place, "SELECT * FROM t")) == 2


def test_a_frame_goes_into_a_table(place: Place) -> None:
    """Rows from elsewhere are put there, typed, by the same rules; a frame still comes back."""
    moment = pd.Series(["2024-05-01T10:00:00.5", None, "2024-05-03T00:00:00.0"]).astype("datetime64[us]")
    frame = pd.DataFrame({"id": [1, 2, 3], "amount": [1.5, float("nan"), -1], "at": moment, "text": ["a\tb\\\n", None, "c"]})
    for _ in range(2):
        done = dq.enforce(frame, RULES, stage="raw", key="d1", output=place.table("mart"), policy=WHOLE)
        assert list(done.good["id"]) == [1, 2]
        assert ask(place, "SELECT id, amount, text FROM mart ORDER BY 1") == [(1, 1.5, "a\tb\\\n"), (2, None, None)]
        assert [str(at)[:21] for (at,) in ask(place, "SELECT at FROM mart ORDER BY id")] == ["2024-05-01 10:00:00.5", "None"]


def test_a_connection_may_be_source_and_target() -> None:
    """A database in memory is seen by one connection alone: it reads and writes by it, and hands it back as it was."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (id INTEGER, amount REAL)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1, 1), (2, -1)")
        connection.commit()
        out = dq.Table(connection, "mart")
        dq.enforce(dq.Table(connection, "t"), RULES, stage="raw", key="k", output=out, policy=WHOLE)
        assert connection.exec_driver_sql("SELECT id FROM mart").all() == [(1,)]
        with pytest.raises(dq.UsageError, match="in a transaction already"):
            dq.enforce(pd.DataFrame({"id": [1], "amount": [1]}), RULES, stage="raw", output=out)


# -- what fails --------------------------------------------------------------------------------------------------------


def test_what_cannot_take_the_rows_is_refused_before_they_are_read(place: Place) -> None:
    """A target that lacks columns, or tells nobody's rows apart, is refused with what helps; so is the source itself."""
    orders(place)
    place.run("CREATE TABLE few (id bigint)", "CREATE TABLE nobodys (id bigint, state varchar(10), amount double precision)")
    for output, match in (("few", "lacks columns: state, amount"), ("nobodys", "no column _dq_batch"), ("t", "also read")):
        with pytest.raises(dq.DqError, match=match) as raised:
            enforce(place, output=output)
        assert raised.value.exit_code == 2
        assert raised.value.mend
    assert not ask(place, "SELECT * FROM few")
    assert not places(dq.Settings())[0].batches()


def test_a_row_that_the_target_refuses_changes_nothing(place: Place) -> None:
    """What the target's own rules refuse is an error of its database; what the key had published stands."""
    orders(place, [(1, "open", 1.0)])
    enforce(place)
    place.run("CREATE UNIQUE INDEX one_each ON mart (id)", "INSERT INTO t VALUES (2, 'open', 2), (2, 'shut', 2)")
    with pytest.raises(dq.DqError) as raised:
        enforce(place, RULES)
    assert raised.value.exit_code == 2
    assert amounts(place) == [1]


@pytest.mark.parametrize("point", ["after-delete", "after-insert", "publish:before COMMIT"])
def test_a_crash_within_changes_nothing_and_a_retry_goes_on(place: Place, point: str) -> None:
    """Whatever stops it before its COMMIT leaves what stood there; trying again puts the new rows in its place."""
    orders(place, [(1, "open", 1.0)])
    enforce(place)
    place.run("UPDATE t SET amount = 2")
    faults.hook(faults.from_text(f"{point}:raise"))
    with pytest.raises(OSError, match="fault at"):
        enforce(place)
    faults.hook(None)
    assert amounts(place) == [1]
    enforce(place)
    assert amounts(place) == [2]


def test_a_later_batch_is_never_overwritten(place: Place) -> None:
    """Who finds a later edition in the ledger changes nothing, whatever its store believes."""
    orders(place, [(1, "open", 1.0)])
    enforce(place)
    place.run("UPDATE dq_published SET batches = 'another:99'", "UPDATE t SET amount = 2")
    with pytest.raises(Fenced, match="later than"):
        enforce(place)
    assert amounts(place) == [1]


def test_a_source_that_changes_meanwhile_is_told(place: Place) -> None:
    """Rows that came, or were altered, after they were judged are not published unjudged."""
    orders(place, [(1, "open", 1.0)])
    faults.hook(lambda point: place.run("UPDATE t SET amount = -5") if point == "before-publish" else None)
    with pytest.raises(SourceChanged, match="not those that were judged") as raised:
        enforce(place)
    faults.hook(None)
    assert raised.value.exit_code == 3
    assert not amounts(place)


def test_a_dropped_connection_is_the_world(server: Place) -> None:
    """A server that ends the connection in the middle leaves what stood there: exit code 3; a retry goes on."""
    orders(server, [(1, "open", 1.0)])
    faults.hook(lambda point: server.lose() if point == "after-delete" else None)
    with pytest.raises(dq.WorldError) as raised:
        enforce(server)
    faults.hook(None)
    assert (raised.value.exit_code, amounts(server)) == (3, [])
    enforce(server)
    assert amounts(server) == [1]


def test_a_lock_is_waited_for_as_long_as_statements_may_take(place: Place) -> None:
    """Somebody else holds the target: after the time for a statement it is an error that a retry may heal."""
    orders(place, [(1, "open", 1.0)])
    enforce(place)
    place.run("UPDATE t SET amount = 2")
    how = {
        "postgres": "LOCK TABLE mart IN ACCESS EXCLUSIVE MODE",
        "mariadb": "LOCK TABLES mart WRITE",
        "sqlite": "BEGIN IMMEDIATE",
    }
    with place.engine.connect() as other:
        other.exec_driver_sql(how[place.kind])
        with pytest.raises(dq.WorldError) as raised:
            enforce(place, settings=dq.Settings(statement_timeout=1))
    assert raised.value.exit_code == 3
    assert amounts(place) == [1]
    enforce(place)
    assert amounts(place) == [2]


def test_a_role_that_may_not_write_is_told(server: Place) -> None:
    """Without the right to change the target: exit code 2, what to grant, and what stood there stands there."""
    orders(server, [(1, "open", 1.0)])
    server.run("CREATE TABLE mart AS SELECT * FROM t", "ALTER TABLE mart ADD COLUMN _dq_batch VARCHAR(200)")
    url = server.stranger("SELECT ON t", "SELECT ON mart")
    with pytest.raises(dq.SourceError, match="denied") as raised:
        dq.enforce(dq.Table(url, "t"), RULES, stage="raw", key="d1", output=dq.Table(url, "mart"))
    assert raised.value.exit_code == 2
    assert "INSERT" in raised.value.mend
    assert amounts(server) == [1]


def test_two_at_once_are_one(place: Place) -> None:
    """Two processes that enforce the same content of a key, or one after another, leave its good rows once."""
    orders(place, [(n, "open", float(n)) for n in range(1, 30)])
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            enforce(place)
        except dq.WorldError:
            pass
        except BaseException as error:  # noqa: BLE001  told below
            wrong.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not wrong
    enforce(place)
    assert amounts(place) == [float(n) for n in range(1, 30)]


# -- the command line --------------------------------------------------------------------------------------------------


def test_the_command_line_names_a_table(lite: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output-table` is a table of the database that is read, or of the one that `--output` names."""
    orders(lite, [(1, "open", 1.0), (2, "open", -1.0)])
    (tmp_path / "t.odcs.yaml").write_text(
        json.dumps(
            {
                "apiVersion": "v3.1.0",
                "kind": "DataContract",
                "id": "t",
                "name": "t",
                "version": "1.0.0",
                "status": "active",
                "schema": [
                    {
                        "name": "t",
                        "properties": [{"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}}],
                    }
                ],
            }
        ),
        "utf-8",
    )
    words = ["enforce", lite.url, "--table", "t", "-c", "t.odcs.yaml", "--stage", "raw", "--key", "k"]
    assert main([*words, "--output-table", "mart", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["output"] == str(lite.table("mart"))
    elsewhere = f"sqlite:///{tmp_path / 'other.db'}"
    assert main([*words[:-1], "k2", "--output", elsewhere, "--output-table", "mart"]) == 0
    assert amounts(lite) == amounts(Place("sqlite", elsewhere)) == [1]
    assert main(words) == 2
