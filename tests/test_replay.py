"""Laws of `dq.replay`, `accept`, `discard`, `withdraw`: a way out for dead letters, once, and with a trace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dq
from dq.errors import DqError, Fenced, SourceError, UsageError, WorldError
from dq.store import State, faults
from tests.people import contract, enforce, ids, working

UNIQUE = (
    "required: true, quality: [{metric: duplicateValues, mustBe: 0, customProperties: [{property: dq, value: {keep: KEEP}}]}]}"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a contract that allows ages up to 120, and a newer one that allows 150."""
    for path in working(tmp_path, monkeypatch):
        contract(tmp_path, version="1.1.0", oldest=150)
        yield path


def _enforce(**said: Any) -> dq.Enforcement:
    return enforce(**{"ref": "people@1.0.0", "key": "d1", **said})


def _unique(folder: Path, version: str, keep: str, name: str = "people") -> None:
    """A version in which ids are unique."""
    contract(folder, version=version)
    path = folder / "contracts" / name / f"{version}.odcs.yaml"
    path.write_text(path.read_text("utf-8").replace("required: true}", UNIQUE.replace("KEEP", keep)), "utf-8")


def _rows(batch: str) -> list[dict[str, Any]]:
    return [row for item in dq.History().rows(batch) for row in item.to_pylist()]


def _table(path: str) -> pa.Table:
    with duckdb.connect() as connection:
        found = connection.sql(f"FROM '{path}'")
        assert found is not None
        return found.to_arrow_table()


def _published(path: str, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return sorted(connection.execute(f"SELECT {columns} FROM '{path}'").fetchall())


# -- what lands ---------------------------------------------------------------------------------------------------------


def test_six_hundred_of_a_thousand_land_once(folder: Path) -> None:
    """What a newer version allows lands once; the others stay, with new reasons; every transition says who, when, by what."""
    lines = [f"{n},{130 if n < 600 else 200},2024-05-01" for n in range(1000)] + [f"{n},30,2024-05-01" for n in range(1000, 2000)]
    (folder / "people.csv").write_text("id,age,since\n" + "\n".join(lines) + "\n", "utf-8")
    done = _enforce(policy=dq.Policy(budget=None))
    assert (done.rows_good, done.rows_quarantined) == (1000, 1000)
    told = dq.replay(done.batch, contract="people")
    assert (told.rows, told.landed, told.stayed) == (1000, 600, 400)
    assert Counter(ids(done.output)) == Counter([*range(600), *range(1000, 2000)])
    child = told.batches[0].child
    assert child is not None
    assert (child.state, child.depth, child.open, child.parent) == (State.PUBLISHED, 1, 400, done.batch.id)
    assert {(row["id"] >= 600, row["__dq_reasons"]) for row in _rows(child.id)} == {(True, "age.maximum")}
    (line,) = dq.History().actions(done.batch.id)
    assert (line.rows.rows, line.rows.state, line.contract) == (1000, "replayed", "people@1.1.0")
    assert line.actor
    assert datetime.now(UTC) - line.at < timedelta(minutes=2)
    assert dq.History().batch(done.batch.id).open == 0
    assert dq.History().check() == ()


def test_the_reference_of_the_stage_chooses_the_version(folder: Path) -> None:
    """The newest version that satisfies what the stage asked for judges, unless another one is named."""
    pinned, open_ended = _enforce(), _enforce(ref="people@~1.0", key="d2")
    assert dq.replay(pinned.batch, dry_run=True).batches[0].contract == "people@1.0.0"
    contract(folder, version="1.0.3", oldest=145)
    told = dq.replay(open_ended.batch, dry_run=True)
    assert (told.batches[0].contract, told.landed) == ("people@1.0.3", 1)
    assert dq.replay(pinned.batch, contract="people@^1", dry_run=True).batches[0].contract == "people@1.1.0"


def test_a_second_replay_changes_nothing(folder: Path) -> None:
    """The same rows with the same contract and fix are a no-op: no batch, no run, no byte."""
    done = _enforce()
    dq.replay(done.batch, contract="people")
    before = (dq.History().batches(), dq.History().runs(), Path(done.output).read_bytes())
    assert dq.replay(done.batch, contract="people").rows == 0
    child = before[0][0]
    told = dq.replay(child, contract="people")
    assert (told.rows, told.landed, told.batches[0].child) == (1, 0, None)
    assert (dq.History().batches(), dq.History().runs(), Path(done.output).read_bytes()) == before
    del folder


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_what_was_there_stays_as_it_was(folder: Path, suffix: str) -> None:
    """The file holds what it held, in its order, and then the rows that land; its columns and types are the same."""
    done = _enforce(output=f"good.{suffix}")
    before = _table(done.output)
    dq.replay(done.batch, contract="people")
    after = _table(done.output)
    assert after.schema == before.schema
    assert after.slice(0, 2) == before
    assert after["id"].to_pylist() == [1, 4, 2]
    del folder


def test_enforcing_the_key_again_replaces_all_of_it(folder: Path) -> None:
    """New content supersedes the batch and what its replays made; the old content again finds what the file holds."""
    done = _enforce()
    child = dq.replay(done.batch, contract="people").batches[0].child
    assert child is not None
    assert _enforce().output == done.output
    assert ids(done.output) == [1, 2, 4]
    (folder / "people.csv").write_text("id,age,since\n9,30,\n", "utf-8")
    _enforce()
    assert ids(done.output) == [9]
    states = {item.id: item.state for item in dq.History().batches(key="d1")}
    assert [states[item] for item in (done.batch.id, child.id)] == [State.SUPERSEDED, State.SUPERSEDED]
    assert dq.History().check() == ()


def test_metrics_of_the_key_are_its_own(folder: Path) -> None:
    """A replay is a run, and leaves the metrics of its key alone."""
    done = _enforce()
    store = done.store
    assert store is not None
    points = "SELECT count(*), count(value) FROM dq_point"
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS nothing")
    import sqlite3

    with sqlite3.connect(folder / ".dq" / "store.db") as database:
        before = database.execute(points).fetchone()
        dq.replay(done.batch, contract="people")
        assert database.execute(points).fetchone() == before
    assert [run.rows for run in dq.History().runs()] == [2, 4]


# -- keys ---------------------------------------------------------------------------------------------------------------


def test_a_duplicate_never_lands_beside_its_survivor(folder: Path) -> None:
    """A row that `keep` diverted stays, whatever a newer version chooses, for its key is published."""
    for version, keep in (("2.0.0", "first"), ("2.1.0", "last"), ("2.2.0", "last by age")):
        _unique(folder, version, keep)
    (folder / "people.csv").write_text("id,age,since\n1,30,\n1,40,\n2,50,\n3,141,\n3,60,\n4,1,\n", "utf-8")
    done = _enforce(ref="people@2.0.0")
    assert ids(done.output) == [1, 2, 4]
    for version in ("2.0.0", "2.2.0", "2.1.0"):
        dq.replay(dataset="people.people", contract=f"people@{version}")
        assert len(ids(done.output)) == len(set(ids(done.output)))
    assert _published(done.output, "id, age") == [(1, 30), (2, 50), (3, 60), (4, 1)]
    assert dq.replay(dataset="people.people", set={"age": "120"}).landed == 0


def test_a_row_may_take_a_key_that_is_free(folder: Path) -> None:
    """The first of two was bad, so both waited; corrected, one of them lands, and only one."""
    _unique(folder, "2.0.0", "none")
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,31,\n7,40,\n7,50,\n", "utf-8")
    done = _enforce(ref="people@2.0.0", output="good.csv")
    assert ids(done.output) == [1, 2]
    assert dq.replay(done.batch, rows=[2]).landed == 1
    assert dq.replay(done.batch, rows=[3]).landed == 0
    assert ids(done.output) == [1, 2, 7]


def test_a_foreign_key_is_looked_up_as_it_is_now(folder: Path) -> None:
    """A row whose partner arrived meanwhile lands; without the other dataset the rule cannot be judged, and nothing does."""
    more = "    relationships: [{type: foreignKey, from: people.id, to: towns.id}]\n"
    contract(folder, version="2.0.0", more=more)
    (folder / "towns.csv").write_text("id\n1\n", "utf-8")
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,40,\n", "utf-8")
    done = _enforce(ref="people@2.0.0", references={"towns": "towns.csv"})
    assert (done.outcome, ids(done.output)) == ("quarantined", [1])
    (folder / "towns.csv").write_text("id\n1\n2\n", "utf-8")
    assert dq.replay(done.batch).landed == 1
    assert ids(done.output) == [1, 2]


def test_a_rule_that_cannot_be_judged_lets_nothing_land(folder: Path) -> None:
    """A relationship into a frame that nobody kept is asked for, by name."""
    more = "    relationships: [{type: foreignKey, from: people.id, to: towns.id}]\n"
    contract(folder, version="2.0.0", more=more)
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,40,\n", "utf-8")
    done = _enforce(ref="people@2.0.0", references={"towns": pd.DataFrame({"id": [1]})})
    with pytest.raises(UsageError, match="cannot be judged"):
        dq.replay(done.batch)
    assert dq.replay(done.batch, references={"towns": pd.DataFrame({"id": [1, 2]})}).landed == 1


# -- text ---------------------------------------------------------------------------------------------------------------


def test_text_is_judged_as_it_was_written(folder: Path) -> None:
    """A value that could not be read is read again by a contract that can; a record that cannot be read stays one."""
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,30,2024-05\n3,30\n4,30,2024-05-01\n", "utf-8")
    done = _enforce(policy=dq.Policy(budget=None), output="good.csv")
    assert [row["__dq_reasons"] for row in done.bad.to_pylist()] == ["since.type", "record"]
    path = folder / "contracts" / "people" / "1.1.0.odcs.yaml"
    path.write_text(path.read_text("utf-8").replace("since, logicalType: date", "since, logicalType: string"), "utf-8")
    told = dq.replay(done.batch, contract="people")
    assert [(item.check, item.rows) for item in told.batches[0].reasons] == [("record", 1)]
    assert Path(done.output).read_text("utf-8").splitlines()[1:] == ["1,30,", "4,30,2024-05-01", "2,30,2024-05"]


def test_json_keeps_its_types(folder: Path) -> None:
    """Text in JSON is no integer, not even the second time."""
    (folder / "people.jsonl").write_text(
        '{"id": 1, "age": 30}\n{"id": 2, "age": "31"}\n{"id": 3, "age": 200}\n{"id": 4, "age": 1}\n{"id": 5, "age": 1}\n', "utf-8"
    )
    done = enforce("people.jsonl", "ages@1.0.0", key="d1")
    assert done.rows_quarantined == 2
    assert dq.replay(done.batch).batches[0].child is None
    told = dq.replay(done.batch, set={"age": "CASE WHEN age = 200 THEN 32 ELSE age END"})
    assert (told.landed, [(item.check, item.rows) for item in told.batches[0].reasons]) == (1, [("age.type", 1)])
    assert dq.replay(dataset="ages.ages", set={"age": "replace(age, '31', '33')"}).landed == 1
    assert _published(done.output, "id, age")[1:3] == [(2, 33), (3, 32)]


# -- fixes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_an_edited_file_is_a_fix(folder: Path, suffix: str) -> None:
    """Rows are matched by number, not by place; what somebody changed is told, before and after, and recorded."""
    done = _enforce()
    table = done.bad
    ages = [150 if row["id"] == 2 else 20 for row in table.to_pylist()]
    edited = table.set_column(1, "age", pa.array(ages)).take([1, 0])
    if suffix == "csv":
        edited.to_pandas().drop(columns=["__dq_raw"]).to_csv("edited.csv", index=False)
    else:
        pq.write_table(edited, "edited.parquet")
    told = dq.replay(done.batch, fix=f"edited.{suffix}", contract="people", note="ticket 7")
    item = told.batches[0]
    assert (told.landed, item.changed["age"]) == (2, 2)
    assert [(cell.row, cell.column, cell.before, cell.after) for cell in item.cells] == [
        (1, "age", "141", "150"),
        (2, "age", "-1", "20"),
    ]
    assert _published(done.output, "id, age") == [(1, 30), (2, 150), (3, 20), (4, 50)]
    assert done.store is not None
    line = next(item for item in done.store.audit(done.batch.id) if item.event == "replayed")
    assert line.detail["fix"]["file"] == f"edited.{suffix}"
    assert line.detail["note"] == "ticket 7"
    del folder


def test_an_edited_cell_is_read_as_text_is_read(folder: Path) -> None:
    """What somebody types must be of its type; a record that could not be read becomes a row."""
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,old,\n3,30\n4,31,\n5,32,\n", "utf-8")
    done = _enforce(output="good.csv")
    frame = done.bad.to_pandas().astype(object).drop(columns=["__dq_raw"])
    frame.loc[frame["__dq_row_no"] == 1, "age"] = "44"
    frame.loc[frame["__dq_reasons"] == "record", ["id", "age"]] = ["3", "thirty"]
    frame.to_csv("edited.csv", index=False)
    told = dq.replay(done.batch, fix="edited.csv")
    assert (told.landed, [(item.check, item.rows) for item in told.batches[0].reasons]) == (1, [("age.type", 1)])
    assert "2,44," in Path(done.output).read_text("utf-8").splitlines()
    child = told.batches[0].child
    assert child is not None
    assert [row["id"] for row in _rows(child.id)] == [3]
    assert dq.replay(child, set={"age": "CASE WHEN age = 'thirty' THEN '30' END"}).landed == 1
    assert "3,30," in Path(done.output).read_text("utf-8").splitlines()


def test_sensitive_values_are_masked_in_a_preview(folder: Path) -> None:
    """What a fix changes is shown, but not a sensitive value; nor does the store hold it."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text("utf-8").replace("name: age,", "name: age, classification: restricted,"), "utf-8")
    done = _enforce()
    told = dq.replay(done.batch, set={"age": "CASE WHEN age > 100 THEN 98765 ELSE 43210 END"})
    assert told.batches[0].changed == {"age": 2}
    assert not any("141" in str(cell) or "98765" in str(cell) for cell in told.batches[0].cells)
    found = b"".join(item.read_bytes() for item in (folder / ".dq").glob("store.db*") if item.is_file())
    assert b"98765" not in found


# -- accept, discard, withdraw --------------------------------------------------------------------------------------------


def test_what_is_accepted_goes_on_unchanged(folder: Path) -> None:
    """Rows against a named rule are published as they are; those that break another stay where rows wait."""
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,141,\n3,-1,\n4,50,\n,142,\n7,1,\n8,1,\n", "utf-8")
    done = _enforce()
    told = dq.accept(done.batch, ["age.maximum"], note="they are that old")
    assert (told.rows, told.landed) == (2, 1)
    assert (2, 141) in _published(done.output, "id, age")
    lines = dq.History().actions(done.batch.id)
    assert {(item.rows.state, item.note) for item in lines} == {
        ("accepted", "accepted: age.maximum; they are that old"),
        ("replayed", "accepted: age.maximum; they are that old"),
    }
    assert dq.History().batch(done.batch.id).open == 1
    del folder


def test_what_cannot_be_read_is_not_accepted(folder: Path) -> None:
    """A value of no type goes nowhere, neither by name nor beside a rule that is waived."""
    (folder / "people.csv").write_text("id,age,since\n1,30,\n2,141,never\n3,1,\n4,1,\n5,1\n", "utf-8")
    done = _enforce()
    for rule in ("since.type", "record"):
        with pytest.raises(UsageError, match="cannot be accepted"):
            dq.accept(done.batch, [rule])
    assert dq.accept(done.batch, ["age.maximum"]).landed == 0
    with pytest.raises(UsageError, match="no rule 'nope'"):
        dq.accept(done.batch, ["nope"])
    del folder


def test_what_is_discarded_is_never_published(folder: Path) -> None:
    """Discarded rows are closed, with a line that says by whom and why; the others can still be replayed."""
    done = _enforce()
    assert dq.discard(done.batch, rule="age.minimum", dry_run=True).rows == 1
    assert dq.discard(done.batch, rule="age.minimum", note="no such age").rows == 1
    assert dq.replay(done.batch, contract="people").rows == 1
    assert ids(done.output) == [1, 2, 4]
    assert next((item.rows.state, item.note) for item in dq.History().actions(done.batch.id)) == ("discarded", "no such age")
    assert dq.discard(done.batch).rows == 0
    del folder


@pytest.mark.parametrize("output", ["good/", "good/{key}.csv", "good.parquet"])
def test_a_withdrawn_batch_takes_its_file_with_it(folder: Path, output: str) -> None:
    """On request the file that a batch published goes, with the note beside it; enforced again, it is there."""
    done = _enforce(output=output)
    assert dq.withdraw(done.batch, unpublish=True).state is State.WITHDRAWN
    assert [path for path in folder.rglob("*good*") if path.is_file()] == []
    assert _enforce(output=output).batch.state is State.PUBLISHED
    assert ids(done.output) == [1, 4]


@pytest.mark.parametrize("how", ["replayed", "another's", "gone", "a frame's"])
def test_a_withdrawn_batch_takes_nothing_else_with_it(folder: Path, how: str) -> None:
    """A file that holds replayed rows too, or is not dq's, stays; one that is gone, or never was, is not missed."""
    done = _enforce(
        **({"source": pd.DataFrame({"id": [1], "age": [3]}), "ref": "ages", "output": None} if how == "a frame's" else {})
    )
    place = Path(done.output)
    if how == "replayed":
        dq.replay(done.batch, contract="people")
    elif how == "another's":
        place.write_bytes(b"mine")
    elif how == "gone":
        place.unlink()
    before = place.read_bytes() if place.is_file() else None
    assert dq.withdraw(done.batch, unpublish=True).state is State.WITHDRAWN
    assert (place.read_bytes() if place.is_file() else None) == before
    assert (how in ("replayed", "another's")) == (before is not None)
    del folder


def test_a_batch_is_withdrawn_with_what_came_of_it(folder: Path) -> None:
    """Withdrawing a batch withdraws what its replays made; what a replay published cannot be withdrawn alone."""
    done = _enforce()
    child = dq.replay(done.batch, contract="people").batches[0].child
    assert child is not None
    with pytest.raises(UsageError, match="came of a replay"):
        dq.withdraw(child)
    assert dq.withdraw(done.batch, note="rolled back").state is State.WITHDRAWN
    assert {item.state for item in dq.History().batches(key="d1")} == {State.WITHDRAWN}
    with pytest.raises(UsageError, match="is withdrawn"):
        dq.replay(child)
    assert dq.History().check() == ()
    del folder


# -- which rows -----------------------------------------------------------------------------------------------------------


def test_rows_are_chosen_by_rule_number_and_time(folder: Path) -> None:
    """A rule, a row, a dataset or a time range means exactly those rows."""
    one, two = _enforce(), _enforce(key="d2")
    assert dq.replay(one.batch, rule="age.maximum", dry_run=True).rows == 1
    assert dq.replay(one.batch, rows=[2], dry_run=True).rows == 1
    assert dq.replay(dataset="people.people", dry_run=True).rows == 4
    assert dq.replay(dataset="people.people", key="d2", dry_run=True).rows == 2
    assert dq.replay(rule="age.minimum", dry_run=True).rows == 2
    at = two.batch.settled_at
    assert at is not None
    assert [item.batch.id for item in dq.replay(since=at, dry_run=True).batches] == [two.batch.id]
    assert [item.batch.id for item in dq.replay(until=at, dry_run=True).batches] == [one.batch.id]
    assert len(dq.replay(dataset="people.people", most=1, dry_run=True).batches) == 1
    del folder


def test_rows_that_failed_three_times_wait_for_their_name(folder: Path) -> None:
    """The fourth time is not done by the dozen, and the call says so."""
    batch: Any = _enforce().batch
    for oldest in (125, 126, 127):
        contract(folder, version=f"1.{oldest}.0", oldest=oldest)
        batch = dq.replay(batch, contract=f"people@1.{oldest}.0", set={"age": "age + 1"}).batches[0].child
    assert (batch.depth, batch.open) == (3, 1)
    told = dq.replay(dataset="people.people")
    assert (told.rows, [item.id for item in told.left_out]) == (0, [batch.id])
    assert dq.replay(batch, contract="people@1.1.0").landed == 1


def test_a_rate_is_kept(folder: Path) -> None:
    """So many rows per second over all batches, and no more."""
    for key in ("d1", "d2", "d3"):
        _enforce(key=key)
    started = datetime.now(UTC)
    dq.replay(dataset="people.people", contract="people", rate=4)
    assert datetime.now(UTC) - started > timedelta(seconds=1)
    del folder


# -- frames -----------------------------------------------------------------------------------------------------------------


def test_rows_of_a_frame_need_a_place(folder: Path) -> None:
    """A frame's batch has no target: `to` names one; a row that repeats a key of the frame is kept, for nobody can look."""
    _unique(folder, "2.0.0", "first", name="ages")
    rows = [{"id": 1, "age": 30}, {"id": 1, "age": 31}, {"id": 3, "age": 141}, {"id": 4, "age": 1}]
    done = enforce(rows, "ages@2.0.0", key="d1")
    with pytest.raises(UsageError, match="came from a frame"):
        dq.replay(done.batch)
    told = dq.replay(done.batch, set={"age": "100"}, to="more/")
    assert (told.landed, told.batches[0].kept) == (1, 1)
    assert ids(told.batches[0].output) == [3]
    child = told.batches[0].child
    assert child is not None
    assert dq.History().batch(done.batch.id).open == 1


# -- bad input ----------------------------------------------------------------------------------------------------------------


def test_what_makes_no_sense_is_refused(folder: Path) -> None:
    """Each refusal names the thing, the place and the mend."""
    done = _enforce()
    table = done.bad
    pq.write_table(table.slice(0, 1), "fewer.parquet")
    pq.write_table(pa.concat_tables([table, table.slice(0, 1)]), "more.parquet")
    pq.write_table(table.append_column("colour", pa.array(["red", "blue"])), "other.parquet")
    pq.write_table(table.drop_columns(["__dq_row_no"]), "numberless.parquet")
    said: list[tuple[type[DqError], str, dict[str, Any]]] = [
        (UsageError, "no column 'colour'", {"set": {"colour": "'red'"}}),
        (UsageError, "no column 'colour' in the data", {"set": {"age": "colour"}}),
        (UsageError, "a sub-select", {"set": {"age": "(SELECT 1)"}}),
        (UsageError, "no such file", {"fix": "nowhere.csv"}),
        (SourceError, "number of rows changed: 1 of 2 rows are missing", {"fix": "fewer.parquet"}),
        (SourceError, "number of rows changed: 1 rows are there twice", {"fix": "more.parquet"}),
        (SourceError, "no column 'colour' in the dead letters", {"fix": "other.parquet"}),
        (SourceError, "no column __dq_row_no", {"fix": "numberless.parquet"}),
        (UsageError, "no row 77", {"rows": [77]}),
        (UsageError, "no open row .* breaks nope", {"rule": "nope"}),
        (UsageError, "go to", {"to": "elsewhere/"}),
        (UsageError, "is no rate", {"rate": 0}),
    ]
    for kind, words, arguments in said:
        with pytest.raises(kind, match=words) as found:
            dq.replay(done.batch, **arguments)
        assert found.value.where, words
        assert found.value.mend, words
    with pytest.raises(UsageError, match="nothing is chosen"):
        dq.replay()
    assert ids(done.output) == [1, 4]
    del folder


@pytest.mark.parametrize("how", ["superseded", "blocked", "withdrawn", "committed"])
def test_only_published_batches_are_replayed(folder: Path, how: str) -> None:
    """A batch that is superseded, blocked, withdrawn or not published yet is refused, and the way out is said."""
    if how == "committed":
        faults.hook(lambda name: (_ for _ in ()).throw(KeyboardInterrupt) if name == "before-publish" else None)
        with pytest.raises(KeyboardInterrupt):
            _enforce()
        faults.hook(None)
    else:
        done = _enforce(policy=dq.Policy(budget=0) if how == "blocked" else dq.Policy())
        if how == "withdrawn":
            dq.withdraw(done.batch)
        if how == "superseded":
            (folder / "people.csv").write_text("id,age,since\n9,30,\n", "utf-8")
            _enforce()
    batch = next(item for item in dq.History().batches() if item.state == how)
    for call in (dq.replay, dq.discard, lambda item: dq.accept(item, ["age.maximum"])):
        with pytest.raises(UsageError, match=how if how != "committed" else "not published yet") as found:
            call(batch)
        assert found.value.mend


def test_a_target_that_lost_rows_is_not_added_to(folder: Path) -> None:
    """When the file is gone or another's, nothing is replayed into it."""
    done = _enforce(output="good.csv")
    Path(done.output).unlink()
    with pytest.raises(WorldError, match="does not hold what batch"):
        dq.replay(done.batch, contract="people")
    Path(done.output).write_text("id,age,since\n", "utf-8")
    with pytest.raises(UsageError, match="dq did not write"):
        dq.replay(done.batch, contract="people")
    del folder


def test_two_at_once_are_told_apart(folder: Path) -> None:
    """Who comes while another replays the key is refused; who decided about the rows first, wins."""
    done = _enforce()
    assert done.store is not None
    with done.store.replaying(done.batch.slot), pytest.raises(WorldError, match="replaying rows of this key"):
        dq.replay(done.batch, contract="people")

    def discard_meanwhile(name: str) -> None:
        if name == "after-land":
            faults.hook(None)
            assert done.store is not None
            ranges = done.store.row_states(done.batch.id)
            from dq.store import RowRange, RowState

            done.store.decide(done.batch.id, [RowRange(ranges[0].first, 0, RowState.DISCARDED)], actor="eve")

    faults.hook(discard_meanwhile)
    with pytest.raises(Fenced, match="somebody else decided"):
        dq.replay(done.batch, contract="people")
    assert ids(done.output) == [1, 4]
    del folder


# -- after a crash --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("point", ["after-commit", "before-publish", *faults.FILES, "after-publish"])
@pytest.mark.parametrize("way", ["recover", "replay"])
def test_what_a_crash_left_is_finished(folder: Path, point: str, way: str) -> None:
    """Rows that were committed land once, by `recover` or by the next replay of the key, even when the fix is gone."""
    done = _enforce(output="good.csv")
    pq.write_table(done.bad.set_column(1, "age", pa.array([33, 200])), "edited.parquet")

    def stop(name: str) -> None:
        if name == point:
            faults.hook(None)
            raise KeyboardInterrupt

    faults.hook(stop)
    with pytest.raises(KeyboardInterrupt):
        dq.replay(done.batch, fix="edited.parquet")
    faults.hook(None)
    (folder / "edited.parquet").unlink()
    if way == "recover":
        assert [item.error for item in dq.History().recover()] == [None]
    else:
        assert dq.replay(done.batch).rows == 0
    assert ids(done.output) == [1, 2, 4]
    assert dq.History().check() == ()
    assert dq.History().collect(grace=timedelta(0)) == (0, 0)


def test_a_replay_that_cannot_end_gives_its_rows_back(folder: Path) -> None:
    """Withdrawn before it is published, a replay leaves the rows open where they were; they can be replayed again."""
    done = _enforce(output="good.csv")

    def stop(name: str) -> None:
        if name == "after-commit":
            faults.hook(None)
            raise KeyboardInterrupt

    faults.hook(stop)
    with pytest.raises(KeyboardInterrupt):
        dq.replay(done.batch, contract="people")
    child = dq.History().batches(states=["committed"])[0]
    dq.withdraw(child)
    assert dq.History().batch(done.batch.id).open == 2
    assert dq.replay(done.batch, contract="people").landed == 1
    assert ids(done.output) == [1, 2, 4]
    assert dq.History().check() == ()
    del folder


def test_what_a_lost_file_held_comes_back(folder: Path) -> None:
    """When the file of a key is lost and made anew, what replays had added follows."""
    done = _enforce(output="good.csv")
    dq.replay(done.batch, contract="people")
    Path(done.output).unlink()
    _enforce(output="good.csv")
    assert ids(done.output) == [1, 4]
    assert len(dq.History().recover()) == 1
    assert ids(done.output) == [1, 2, 4]
    del folder
