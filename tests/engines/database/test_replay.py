"""Laws of dead letters that go on into a table: once, beside what their key has there, typed as the table is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

import dq
from dq.cli import main
from dq.errors import EngineError, SourceError, UsageError, WorldError
from dq.store import State, faults
from tests.engines.database.conftest import Place

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}.0.0
status: active
schema:
  - name: people
    properties:
      - name: id
        logicalType: integer
        required: true
        quality: [{{metric: duplicateValues, mustBe: 0, customProperties: [{{property: dq, value: {{keep: {keep}}}}}]}}]
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: {oldest}}}}}
      - {{name: town, logicalType: string{more}}}
"""
PEOPLE = [(1, 30, "a"), (2, 141, "b"), (3, -1, "c"), (4, 50, None)]
CSV = "id,age,town\n" + "".join(f"{number},{age},{town or ''}\n" for number, age, town in PEOPLE)
ALL = dq.Policy(budget="none")


def rules(version: int, oldest: int, keep: str = "first by age", more: str = "") -> None:
    """A version of the contract."""
    path = Path("contracts/people") / f"{version}.0.0.odcs.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONTRACT.format(version=version, oldest=oldest, keep=keep, more=more), "utf-8")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two versions of a contract, and four people."""
    monkeypatch.chdir(tmp_path)
    rules(1, 120)
    rules(2, 150)
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    yield tmp_path
    faults.hook(None)


def people(place: Place, rows: list[tuple[Any, ...]] | None = None) -> dq.Table:
    """*rows* as a table."""
    values = ", ".join(
        "(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")"
        for row in (PEOPLE if rows is None else rows)
    )
    place.run("DROP TABLE IF EXISTS people", "CREATE TABLE people (id integer, age integer, town varchar(9))")
    place.run(f"INSERT INTO people VALUES {values}")
    return place.table("people")


def enforce(given: object, output: dq.Table | None, key: str = "d1", ref: str = "people@1.0.0", **said: Any) -> dq.Enforcement:
    """What a pipeline does."""
    return dq.enforce(given, ref, stage="raw", key=key, output=output, policy=ALL, **said)


def there(place: Place, columns: str = "id, age", table: str = "mart") -> list[tuple[Any, ...]]:
    """What stands in the table."""
    with place.engine.connect() as connection:
        return sorted(tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM {table}"))


def ledger(place: Place) -> list[list[str]]:
    """The editions that stand there."""
    with place.engine.connect() as connection:
        return [str(row[0]).split() for row in connection.exec_driver_sql("SELECT batches FROM dq_published ORDER BY slot")]


def killed(point: str, work: Any) -> None:
    """Do *work* until *point*."""

    def stop(name: str) -> None:
        if name == point:
            faults.hook(None)
            raise KeyboardInterrupt

    faults.hook(stop)
    with pytest.raises(KeyboardInterrupt):
        work()
    faults.hook(None)


# -- what lands ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["table", "file"])
def test_what_passes_now_lands_once_beside_the_others(place: Place, source: str) -> None:
    """The dry run is the outcome; a second replay changes nothing; ledger and column say whose each row is."""
    done = enforce(people(place) if source == "table" else "people.csv", place.table("mart"))
    assert (there(place), done.rows_quarantined) == ([(1, 30), (4, 50)], 2)
    foretold = dq.replay(done.batch, contract="people@2.0.0", dry_run=True)
    assert there(place) == [(1, 30), (4, 50)]
    real = dq.replay(done.batch, contract="people@2.0.0")
    one, other = foretold.batches[0], real.batches[0]
    assert (one.rows, one.landed, one.stayed, one.reasons) == (other.rows, other.landed, other.stayed, other.reasons)
    child = other.child
    assert child is not None
    assert there(place, "id, age, town") == [(1, 30, "a"), (2, 141, "b"), (4, 50, None)]
    editions = [f"{item.id}:{item.edition}" for item in (done.batch, child)]
    assert there(place, "_dq_batch, id") == sorted([(editions[0], 1), (editions[0], 4), (editions[1], 2)])
    assert ledger(place) == [editions]
    before = there(place, "id, age, _dq_batch")
    assert dq.replay(done.batch, contract="people@2.0.0").rows == 0
    assert dq.replay(child, contract="people@2.0.0").batches[0].child is None
    assert there(place, "id, age, _dq_batch") == before
    assert dq.History().check() == ()


def test_what_is_accepted_or_edited_goes_in(place: Place) -> None:
    """A rule is waived, a value is corrected in a file: the rows join the table as they are then."""
    done = enforce(people(place), place.table("mart"))
    assert dq.accept(done.batch, ["age.maximum"], note="she is that old").landed == 1
    pq.write_table(done.bad.set_column(1, "age", pa.array([33, 34])).slice(1), "edited.parquet")
    assert dq.replay(done.batch, fix="edited.parquet", rows=[done.bad.to_pylist()[1]["__dq_row_no"]]).landed == 1
    assert there(place) == [(1, 30), (2, 141), (3, 34), (4, 50)]


def test_a_duplicate_never_lands_beside_its_survivor(place: Place) -> None:
    """A row whose key stands in the table stays, whatever a newer version would choose; other keys' rows do not count."""
    rules(3, 150, keep="last by age")
    given = people(place, [(1, 30, "a"), (1, 40, "b"), (2, 50, "c"), (3, 141, "d"), (3, 60, "e")])
    done = enforce(given, place.table("mart"))
    other = enforce(people(place, [(1, 31, "x"), (1, 32, "x")]), place.table("mart"), key="d2")
    for version in (3, 2):
        dq.replay(done.batch, contract=f"people@{version}.0.0")
    assert there(place) == [(1, 30), (1, 31), (2, 50), (3, 60)]
    assert dq.replay(dataset="people.people", key="d1", set={"age": "7"}).landed == 0
    assert dq.replay(other.batch, set={"id": "2"}).landed == 1
    assert there(place) == [(1, 30), (1, 31), (2, 32), (2, 50), (3, 60)]


def test_a_share_is_of_the_rows_with_those_published(place: Place) -> None:
    """A tolerance is judged on the replayed rows together with what the key has in the table."""
    share = ", quality: [{metric: nullValues, mustBeLessThan: 30, unit: percent}]"
    rules(1, 120, more=share)
    rules(2, 150, more=share)
    given = people(place, [*((n, 30, "a") for n in range(8)), (10, 141, None), (11, 142, None), (12, 143, None), (13, 144, None)])
    done = enforce(given, place.table("mart"))
    assert done.rows_quarantined == 4
    assert dq.replay(done.batch, contract="people@2.0.0", dry_run=True).landed == 0
    rows = [row["__dq_row_no"] for row in done.bad.to_pylist()]
    assert dq.replay(done.batch, contract="people@2.0.0", rows=rows[:3]).landed == 3
    assert dq.replay(done.batch, contract="people@2.0.0").landed == 0


def test_a_foreign_key_is_looked_up_in_the_table_as_it_is_now(place: Place) -> None:
    """The other dataset is a table that the store found again; a partner that came meanwhile lets the row go on."""
    rules(1, 200, more=", relationships: [{to: towns.name}]")
    place.run("CREATE TABLE towns (name varchar(9))", "INSERT INTO towns VALUES ('a'), ('b')")
    done = enforce(people(place, [(1, 30, "a"), (2, 31, "b"), (3, 32, "c")]), place.table("mart"), references={"towns": "towns"})
    assert there(place) == [(1, 30), (2, 31)]
    assert dq.replay(done.batch).landed == 0
    place.run("INSERT INTO towns VALUES ('c')")
    assert dq.replay(done.batch).landed == 1
    assert there(place) == [(1, 30), (2, 31), (3, 32)]


def test_a_partition_holds_what_lands(place: Place) -> None:
    """Without a column that tells whose a row is, rows land in the partition; those outside it are refused before S5."""
    place.run("CREATE TABLE mart (id integer, age integer, town varchar(9))", "INSERT INTO mart VALUES (9, 9, 'z'), (1, 1, 'a')")
    given = people(place, [(1, 30, "a"), (2, 141, "a"), (1, 141, "a"), (5, 150, "a")])
    done = enforce(given, place.table("mart", where="town = 'a'"))
    assert there(place) == [(1, 30), (9, 9)]
    assert dq.replay(done.batch, contract="people@2.0.0").landed == 2
    assert there(place) == [(1, 30), (2, 141), (5, 150), (9, 9)]
    batch = enforce(people(place, [(1, 30, "a"), (2, 141, "a")]), place.table("mart", where="town = 'a'")).batch
    assert there(place) == [(1, 30), (9, 9)]
    with pytest.raises(SourceError, match="outside the partition"):
        dq.replay(batch, set={"town": "'b'", "age": "1"})
    assert dq.replay(batch, set={"age": "1"}).landed == 1


# -- types ----------------------------------------------------------------------------------------------------------------

TYPES = """
apiVersion: v3.1.0
kind: DataContract
id: things
name: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: n, logicalType: integer, logicalTypeOptions: {maximum: 5}}
      - {name: amount, logicalType: number}
      - {name: day, logicalType: date}
      - {name: at, logicalType: timestamp}
      - {name: doc, logicalType: object}
"""


def test_values_land_as_their_source_had_them(pg: Place) -> None:
    """Numbers of any digits, days, moments, lists and documents stand in the target as in the source."""
    Path("things.odcs.yaml").write_text(TYPES, "utf-8")
    pg.run(
        "CREATE TABLE t (n int, amount numeric, small numeric(6,2), day date, at timestamptz, tags text[], doc jsonb, "
        "code char(4), raw bytea, u uuid)",
        "INSERT INTO t SELECT n, 12345678901234567890.12345, 1.50, '2024-05-01', '2024-05-01 10:00+02', '{a,NULL,\"b c\"}',"
        " '{\"a\": [1, null]}', 'x', '\\x00ff', '6f9619ff-8b86-d011-b42d-00cf4fc964ff' FROM generate_series(1, 9) n",
    )
    done = dq.enforce(pg.table("t"), "things.odcs.yaml", stage="raw", key="k", output=pg.table("mart"), policy=ALL)
    assert done.rows_quarantined == 4
    assert dq.replay(done.batch, set={"n": "n - 5"}).landed == 4
    columns = "amount, small, day, at, tags, doc::text, code, raw, u"
    assert len(set(map(str, there(pg, columns)))) == 1
    assert there(pg, columns, "t")[0] == there(pg, columns)[0]
    assert there(pg, "n") == [(1,), (1,), (2,), (2,), (3,), (3,), (4,), (4,), (5,)]


def test_values_of_mariadb_and_sqlite_land_as_they_were(place: Place) -> None:
    """Days, moments, decimals and documents of any of them."""
    Path("things.odcs.yaml").write_text(TYPES, "utf-8")
    stamp, document = ("timestamp", "jsonb") if place.kind == "postgres" else ("datetime", "json")
    place.run(
        f"CREATE TABLE t (n int, amount decimal(9, 3), day date, at {stamp}, doc {document})",
        *(f"INSERT INTO t VALUES ({n}, 1.125, '2024-05-01', '2024-05-01 10:00:00', '{{\"a\": 1}}')" for n in range(1, 8)),
    )
    done = dq.enforce(place.table("t"), "things.odcs.yaml", stage="raw", key="k", output=place.table("mart"), policy=ALL)
    assert (done.rows_good, done.rows_quarantined) == (5, 2)
    assert dq.replay(done.batch, set={"n": "1"}).landed == 2
    assert len(set(map(str, there(place, "amount, day, at, doc")))) == 1
    assert there(place, "amount, day, at, doc")[0] == there(place, "amount, day, at, doc", "t")[0]


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_letters_of_a_table_go_into_a_file(place: Place, suffix: str) -> None:
    """Fixed by expressions over numbers, days and text, they join the file that has the good rows of their table."""
    Path("things.odcs.yaml").write_text(TYPES, "utf-8")
    stamp, document = ("timestamp", "jsonb") if place.kind == "postgres" else ("datetime", "json")
    place.run(
        f"CREATE TABLE t (n int, amount decimal(9, 3), day date, at {stamp}, doc {document})",
        *(f"INSERT INTO t VALUES ({n}, 1.5, '2024-05-01', '2024-05-01 10:00:00', '{{\"a\": 1}}')" for n in range(1, 8)),
    )
    done = dq.enforce(place.table("t"), "things.odcs.yaml", stage="raw", key="k", output=f"good.{suffix}", policy=ALL)
    fix = {"n": "n - 5", "amount": "amount * 2", "day": "'2024-05-02'"}
    foretold = dq.replay(done.batch, set=fix, dry_run=True)
    assert dq.replay(done.batch, set=fix).landed == foretold.landed == 2
    with duckdb.connect() as connection:
        listed = "n::VARCHAR, amount::DOUBLE, left(day::VARCHAR, 10), left(replace(\"at\"::VARCHAR, 'T', ' '), 19), doc::VARCHAR"
        rows = sorted(connection.execute(f"SELECT {listed} FROM 'good.{suffix}'").fetchall())
    assert [row[:3] for row in rows if row[0] == "2"] == [("2", 1.5, "2024-05-01"), ("2", 3.0, "2024-05-02")]
    assert len({row[3] for row in rows}) == len({row[4].replace(" ", "") for row in rows}) == 1


def test_a_value_that_the_target_cannot_hold_is_refused_before_anything_is_settled(place: Place) -> None:
    """A number that is too large or too fine, a text that is too long, a null that is forbidden: no batch, no row, open still."""
    if place.kind == "sqlite":
        place.run(
            "CREATE TABLE mart (id integer, age integer CHECK (age < 32768), town varchar(9) NOT NULL, _dq_batch varchar(100))"
        )
    else:
        place.run("CREATE TABLE mart (id integer, age smallint, town varchar(9) NOT NULL, _dq_batch varchar(100))")
    done = enforce(people(place, [(1, 30, "a"), (2, 141, "b")]), place.table("mart"))
    rules(9, 99_999)
    for fix in ({"age": "40000"}, {"town": "NULL"}):
        with pytest.raises(EngineError) as raised:
            dq.replay(done.batch, set=fix, contract="people@9.0.0")
        assert raised.value.mend
    if place.kind != "sqlite":
        with pytest.raises(EngineError, match="cannot hold"):
            dq.replay(done.batch, set={"age": "40000"}, contract="people@9.0.0", dry_run=True)
        with pytest.raises(EngineError, match="refuses a row"):
            dq.replay(done.batch, set={"town": "'longer than nine'"}, contract="people@9.0.0")
    assert there(place) == [(1, 30)]
    assert dq.History().batch(done.batch.id).open == 1
    assert not [item for item in dq.History().batches() if item.state is State.COMMITTED]
    assert dq.replay(done.batch, set={"age": "12"}).landed == 1


def test_what_the_table_refuses_later_waits_or_is_given_back(place: Place) -> None:
    """What somebody else puts there between S5 and S6 leaves the batch committed; it is published later, or withdrawn."""
    done = enforce(people(place), place.table("mart"))
    killed("after-commit", lambda: dq.replay(done.batch, contract="people@2.0.0"))
    place.run("CREATE UNIQUE INDEX one_each ON mart (id)", "INSERT INTO mart (id, age) VALUES (2, 0)")
    (told,) = dq.History().recover()
    assert isinstance(told.error, EngineError)
    assert "withdraw" in told.error.mend
    with pytest.raises(EngineError, match="refuses the good rows"):
        dq.replay(done.batch)
    child = dq.withdraw(dq.History().batches(states=["committed"])[0])
    assert (child.state, dq.History().batch(done.batch.id).open) == (State.WITHDRAWN, 2)
    place.run("DELETE FROM mart WHERE id = 2")
    assert dq.replay(done.batch, contract="people@2.0.0").landed == 1
    assert there(place) == [(1, 30), (2, 141), (4, 50)]


# -- afterwards -----------------------------------------------------------------------------------------------------------


def test_enforcing_the_key_again_takes_what_replays_added(place: Place) -> None:
    """Other content of the key takes the place of all of it; the same content again changes nothing; other keys stay."""
    enforce(people(place), place.table("mart"), key="d2")
    done = enforce(people(place), place.table("mart"))
    dq.replay(done.batch, contract="people@2.0.0")
    enforce(place.table("people"), place.table("mart"))
    assert there(place) == [(1, 30), (1, 30), (2, 141), (4, 50), (4, 50)]
    enforce(people(place, [(8, 30, "a")]), place.table("mart"))
    assert there(place) == [(1, 30), (4, 50), (8, 30)]
    assert {item.state for item in dq.History().batches(key="d1")} == {State.SUPERSEDED, State.PUBLISHED}
    with pytest.raises(UsageError, match="superseded"):
        dq.replay(done.batch)
    assert dq.History().check() == ()


def test_what_was_withdrawn_gives_way(place: Place) -> None:
    """Withdrawing a batch leaves the table as it is, and ends its replays; what is enforced next takes the place of all of it."""
    done = enforce(people(place), place.table("mart"))
    dq.replay(done.batch, contract="people@2.0.0")
    dq.withdraw(done.batch, note="rolled back")
    assert there(place) == [(1, 30), (2, 141), (4, 50)]
    with pytest.raises(UsageError, match="withdrawn"):
        dq.replay(done.batch, contract="people@2.0.0")
    enforce(place.table("people"), place.table("mart"))
    assert there(place) == [(1, 30), (4, 50)]
    assert dq.History().check() == ()


@pytest.mark.parametrize("point", ["after-commit", "before-publish", "after-insert", "publish:before COMMIT", "after-publish"])
@pytest.mark.parametrize("way", ["recover", "replay"])
def test_what_a_crash_left_is_finished(lite: Place, point: str, way: str) -> None:
    """Rows that were committed land once, by `recover` or by the next replay of the key, even when the fix is gone."""
    done = enforce(people(lite), lite.table("mart"))
    pq.write_table(done.bad.set_column(1, "age", pa.array([33, 200])), "edited.parquet")
    killed(point, lambda: dq.replay(done.batch, fix="edited.parquet"))
    Path("edited.parquet").unlink()
    if way == "recover":
        assert [item.error for item in dq.History().recover()] == [None]
    else:
        assert dq.replay(done.batch).rows == 0
    assert there(lite) == [(1, 30), (2, 33), (4, 50)]
    assert dq.History().check() == ()
    assert dq.History().collect(grace=timedelta(0)) == (0, 0)


def test_what_landed_cannot_be_given_back(place: Place) -> None:
    """A replay that died after its COMMIT is in the table: it is not withdrawn, its end is told to the store."""
    done = enforce(people(place), place.table("mart"))
    killed("after-publish", lambda: dq.replay(done.batch, contract="people@2.0.0"))
    child = dq.History().batches(states=["committed"])[0]
    with pytest.raises(UsageError, match="already"):
        dq.withdraw(child)
    assert [item.error for item in dq.History().recover()] == [None]
    assert there(place) == [(1, 30), (2, 141), (4, 50)]


def test_a_lost_table_is_not_added_to_and_comes_back_whole(place: Place) -> None:
    """Nothing lands in a table that lost what the key had there; when the key is enforced again, what replays added follows."""
    done = enforce(people(place), place.table("mart"))
    dq.replay(done.batch, contract="people@2.0.0", rule="age.maximum")
    place.run("DROP TABLE mart")
    with pytest.raises(WorldError, match="does not hold what batch"):
        dq.replay(done.batch, contract="people@2.0.0", set={"age": "1"})
    enforce(place.table("people"), place.table("mart"))
    assert there(place) == [(1, 30), (4, 50)]
    assert [item.error for item in dq.History().recover()] == [None]
    assert there(place) == [(1, 30), (2, 141), (4, 50)]


def test_a_lost_ledger_doubles_nothing(place: Place) -> None:
    """Nothing is added where nobody knows what stands; the key enforced again puts all of it in its place, once."""
    done = enforce(people(place), place.table("mart"))
    dq.replay(done.batch, contract="people@2.0.0", rule="age.maximum")
    place.run("DROP TABLE dq_published")
    with pytest.raises(WorldError, match="does not hold what batch"):
        dq.replay(done.batch, contract="people@2.0.0", set={"age": "1"})
    enforce(place.table("people"), place.table("mart"))
    dq.History().recover()
    assert there(place) == [(1, 30), (2, 141), (4, 50)]


def test_rows_that_are_moved_in_place_are_not_replayed(place: Place) -> None:
    """The good rows are in the source itself: that is refused, with what to do."""
    given = people(place)
    if place.kind == "mariadb":  # where nothing else names a row
        place.run("ALTER TABLE people ADD COLUMN n integer AUTO_INCREMENT PRIMARY KEY")
    done = dq.enforce(given, "people@1.0.0", stage="raw", key="k", output="in_place", policy=ALL)
    with pytest.raises(UsageError, match="moved in place") as raised:
        dq.replay(done.batch, contract="people@2.0.0")
    assert "enforce the key again" in raised.value.mend


def test_a_dry_run_needs_no_right_to_write(pg: Place) -> None:
    """Who may only read learns what would happen; the replay itself says what to grant."""
    done = enforce(people(pg), pg.table("mart"))
    pg.run(
        "DROP ROLE IF EXISTS looks_only",
        "CREATE ROLE looks_only LOGIN",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO looks_only",
    )
    try:
        _recorded_as("looks_only", pg)
        assert dq.replay(done.batch, contract="people@2.0.0", dry_run=True).landed == 1
        with pytest.raises(SourceError, match="permission denied") as raised:
            dq.replay(done.batch, contract="people@2.0.0")
        assert "INSERT" in raised.value.mend
    finally:
        pg.run("DROP OWNED BY looks_only", "DROP ROLE looks_only")
    assert there(pg) == [(1, 30), (4, 50)]


def _recorded_as(user: str, place: Place) -> None:
    """The store knows the target by another user."""
    old = sa.make_url(place.url).username
    with closing(sqlite3.connect(".dq/store.db")) as store:
        store.execute("UPDATE dq_run SET origin = replace(origin, ?, ?)", (f"//{old}@", f"//{user}@"))
        store.commit()


# -- a place that is named --------------------------------------------------------------------------------------------------


def test_rows_of_a_frame_go_into_a_table_that_is_named(place: Place) -> None:
    """`to` may be a table that is not there yet; later replays of the batch find it again."""
    frame = pd.DataFrame([{"id": n, "age": age, "town": town} for n, age, town in PEOPLE])
    done = enforce(frame, None)
    with pytest.raises(UsageError, match="or a table"):
        dq.replay(done.batch)
    with pytest.raises(UsageError, match="a table in memory"):
        dq.replay(done.batch, to=dq.Table("sqlite://", "mart"))
    with pytest.raises(UsageError, match="not into a query"):
        dq.replay(done.batch, to=dq.Table(place.url, query="SELECT 1"))
    mart = place.table("mart")
    assert dq.replay(done.batch, to=mart, set={"age": "141"}, rows=[1], contract="people@2.0.0", dry_run=True).landed == 1
    assert dq.replay(done.batch, to=mart, rows=[1], contract="people@2.0.0").landed == 1
    assert there(place) == [(2, 141)]
    assert dq.replay(done.batch, to=mart, set={"age": "5"}, note="x").landed == 1
    assert there(place) == [(2, 141), (3, 5)]


def test_a_table_that_cannot_take_them_is_refused(place: Place) -> None:
    """One that lacks columns, or tells nobody's rows apart, is refused before rows are read, with what helps."""
    place.run("CREATE TABLE few (id integer)", "CREATE TABLE nobodys (id integer, age integer, town varchar(9))")
    done = enforce(pd.DataFrame([{"id": n, "age": age, "town": town} for n, age, town in PEOPLE]), None)
    for name, words in (("few", "lacks columns: age, town"), ("nobodys", "no column _dq_batch")):
        with pytest.raises(SourceError, match=words) as raised:
            dq.replay(done.batch, to=place.table(name), contract="people@2.0.0")
        assert raised.value.mend


def test_the_command_line_names_a_table(lite: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """`--to-table` is a table of the database that `--to` names."""
    done = enforce(pd.DataFrame([{"id": n, "age": age, "town": town} for n, age, town in PEOPLE]), None)
    words = ["quarantine", "replay", done.batch.id, "-c", "people@2.0.0", "--yes", "--format", "json", "--to-table", "mart"]
    assert main(words) == 2
    assert "names no database" in capsys.readouterr().err
    assert main([*words, "--to", lite.url]) == 0
    assert json.loads(capsys.readouterr().out)["batches"][0]["landed"] == 1
    assert there(lite) == [(2, 141)]
