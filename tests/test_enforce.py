"""Laws of `dq.enforce`: each row in exactly one place, the same thing once, and nothing published before it is safe."""

from __future__ import annotations

import errno
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dq
from dq.engines.duckdb.view import DuckView
from dq.store import State, faults
from tests.people import CSV, ROWS, contract, enforce, ids, published, working


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a contract and a file."""
    yield from working(tmp_path, monkeypatch)


# -- what goes where -------------------------------------------------------------------------------------------------


def test_each_row_is_in_exactly_one_place(folder: Path) -> None:
    """Good rows are published, typed as the contract says; bad rows are dead letters with their reasons; counts balance."""
    done = enforce(key="d1")
    assert (done.outcome, done.ok, done.rows_in, done.rows_good, done.rows_quarantined) == ("quarantined", True, 4, 2, 2)
    assert done.good == done.output == str(folder / "out" / "dq_key=d1" / "good.parquet")
    table = pq.read_table(done.good, partitioning=None)
    assert table["id"].to_pylist() == [1, 4]
    assert [str(table.schema.field(name).type) for name in ("id", "age", "since")] == ["int64", "int64", "date32[day]"]
    assert [(row["id"], row["__dq_reasons"]) for row in done.bad.to_pylist()] == [(2, "age.maximum"), (3, "age.minimum")]
    assert {item.check: item.rows for item in done.reasons} == {"age.minimum": 1, "age.maximum": 1}
    assert done.batch.state is State.PUBLISHED


def test_without_bad_rows_all_go_on(folder: Path) -> None:
    """A dataset without bad rows passes; its batch has no payload."""
    (folder / "people.csv").write_text("id,age,since\n1,30,\n", "utf-8")
    done = enforce()
    assert (done.outcome, done.rows_good, done.rows_quarantined, done.batch.parts) == ("passed", 1, 0, ())
    assert done.bad.num_rows == 0


@pytest.mark.parametrize("suffix", ["parquet", "csv", "jsonl"])
def test_the_suffix_chooses_the_format(folder: Path, suffix: str) -> None:
    """One file of one key is Parquet, CSV or JSON lines, as its name ends; again it is left as it is."""
    done = enforce(output=f"good.{suffix}", key="d1")
    assert ids(done.good) == [1, 4]
    before = (folder / f"good.{suffix}").stat().st_mtime_ns
    assert enforce(output=f"good.{suffix}", key="d1").good == done.good
    assert (folder / f"good.{suffix}").stat().st_mtime_ns == before


def test_a_path_may_hold_the_key(folder: Path) -> None:
    """`{key}` in the output names one file a key; what a file name cannot hold is escaped."""
    one, two = (enforce(output="good/{key}.csv", key=key) for key in ("2024-05-01", "a/b"))
    assert one.good == str(folder / "good" / "2024-05-01.csv")
    assert two.good == str(folder / "good" / "a%2Fb.csv")


FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(
        {"id": [1, 2, 3], "age": pd.array([30, 141, 40], dtype="Int16"), "tag": pd.Categorical(["x", "y", "x"])}, index=[7, 8, 9]
    ),
    "polars": lambda: pl.DataFrame(ROWS, schema={"id": pl.Int32, "age": pl.UInt8}),
    "polars lazy": lambda: pl.DataFrame(ROWS, schema={"id": pl.Int32, "age": pl.UInt8}).lazy(),
    "arrow": lambda: pa.Table.from_pylist(ROWS, pa.schema([("id", pa.int8()), ("age", pa.int16())])),
    "rows": lambda: list(ROWS),
}


@pytest.mark.parametrize("output", [None, "good.parquet"])
@pytest.mark.parametrize("library", FRAMES)
def test_frames_come_back_as_they_were(folder: Path, library: str, output: str | None) -> None:
    """Good rows of a frame are of the same library, dtypes, index and order, also when they are written to a file too."""
    given = FRAMES[library]()
    done = enforce(given, "ages", key="d1", output=output)
    whole = given.collect() if library == "polars lazy" else given
    if library == "pandas":
        pd.testing.assert_frame_equal(done.good, whole.drop(index=8))
    elif library.startswith("polars"):
        assert done.good.equals(whole[[0, 2]])
        assert done.good.schema == whole.schema
    elif library == "arrow":
        assert done.good.equals(whole.take(pa.array([0, 2])))
    else:
        assert done.good == [ROWS[0], ROWS[2]]
    assert done.output == ("" if output is None else str(folder / output))
    if output is not None:
        assert ids(done.output) == [1, 3]


def test_batches_stream_through(folder: Path) -> None:
    """An iterator of Arrow batches is read once; its good rows are a table, or the path that was asked for."""
    batches = pa.Table.from_pylist(ROWS).to_batches()
    assert enforce(iter(batches), "ages").good["id"].to_pylist() == [1, 3]
    assert ids(enforce(iter(batches), "ages", output="good.parquet").good) == [1, 3]
    del folder


def test_only_rows_that_pass_the_filter_are_the_dataset(folder: Path) -> None:
    """With *where*, other rows are nowhere: neither good nor bad; another filter is other content."""
    del folder
    done = enforce(where="id < 3")
    assert (done.rows_in, ids(done.good), done.bad["id"].to_pylist()) == (2, [1], [2])
    assert enforce(where="id < 4").batch.slot.key != done.batch.slot.key


def test_an_empty_input_passes(folder: Path) -> None:
    """No rows in, no rows out, and an empty file with the contract's columns."""
    (folder / "people.csv").write_text("id,age,since\n", "utf-8")
    done = enforce()
    assert (done.outcome, done.rows_in) == ("passed", 0)
    assert pq.read_schema(done.good).names == ["id", "age", "since"]


def test_a_record_that_cannot_be_read_keeps_its_bytes(folder: Path) -> None:
    """Malformed rows of text files, and values that are not of their type, are dead letters with their raw bytes."""
    (folder / "people.csv").write_bytes(CSV.encode() + b"5,\xff\xfe,,,\n6,old,2024-05-01\n")
    contract(folder, budget="90%")
    done = enforce()
    raw = {row["__dq_reasons"]: row["__dq_raw"] for row in done.bad.to_pylist()}
    assert (raw["age.maximum"], raw["record"]) == (None, b"5,\xff\xfe,,,")
    assert json.loads(raw["age.type"])["age"] == "old"
    assert (done.rows_in, done.rows_good, done.rows_quarantined) == (6, 2, 4)


def test_more_checks_than_a_word_has_bits(folder: Path) -> None:
    """Of 80 checks, each dead letter names exactly those that it breaks."""
    rules = "".join(
        f"      - {{id: r{n}, type: custom, engine: dq, implementation: {{check: condition, sql: 'age <> {n}'}}}}\n"
        for n in range(80)
    )
    contract(folder, more="    quality:\n" + rules, budget="90%")
    rows = [{"id": n, "age": age} for n, age in enumerate((0, 31, 62, 63, 79, 100))]
    done = enforce(rows, "ages")
    assert done.bad["__dq_reasons"].to_pylist() == ["r0", "r31", "r62", "r63", "r79"]
    assert [row["age"] for row in done.good] == [100]


_ages = st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(-3, 125)), max_size=30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ages)
def test_good_and_bad_are_the_input(folder: Path, rows: list[tuple[int, int | None]]) -> None:
    """Good and quarantined rows together are the input, each row once, in order."""
    del folder
    frame = pa.table({"id": pa.array([r[0] for r in rows], pa.int64()), "age": pa.array([r[1] for r in rows], pa.int64())})
    done = enforce(frame, "ages", policy=dq.Policy(budget=None))
    bad = [(row["id"], row["age"]) for row in done.bad.to_pylist()]
    assert bad == [row for row in rows if row[1] is not None and not 0 <= row[1] <= 120]
    assert done.rows_in == len(rows) == done.rows_good + done.rows_quarantined
    if done.ok:
        good = [(row["id"], row["age"]) for row in done.good.to_pylist()]
        assert good == [row for row in rows if row not in bad]


# -- again -----------------------------------------------------------------------------------------------------------


def test_the_same_again_changes_nothing(folder: Path) -> None:
    """The same content under the same key is the same batch: no new payload, the file untouched, a run more."""
    one = enforce(key="d1")
    before = Path(one.good).stat().st_mtime_ns
    payload = sorted((folder / ".dq" / "quarantine").rglob("*.parquet"))
    two = enforce(key="d1")
    assert (two.batch.id, two.outcome, two.good) == (one.batch.id, one.outcome, one.good)
    assert Path(one.good).stat().st_mtime_ns == before
    assert sorted((folder / ".dq" / "quarantine").rglob("*.parquet")) == payload
    assert len(dq.History().batches()) == 1
    assert len(dq.History().runs()) == 2


def test_without_a_key_content_is_the_key(folder: Path) -> None:
    """Unkeyed, the same content is the same batch, other content is another, and neither supersedes."""
    one = enforce()
    assert enforce().batch.id == one.batch.id
    (folder / "people.csv").write_text(CSV + "9,9,2024-05-09\n", "utf-8")
    enforce()
    assert [item.state for item in dq.History().batches()] == [State.PUBLISHED] * 2


def test_a_corrected_source_replaces(folder: Path) -> None:
    """A key again, with other input: the older batch is superseded, none of its rows is open, and the file is replaced."""
    one = enforce(key="d1")
    (folder / "people.csv").write_text("id,age,since\n7,20,2024-06-01\n8,200,2024-06-01\n", "utf-8")
    two = enforce(key="d1")
    assert ids(two.good) == [7]
    assert two.batch.supersedes == one.batch.id
    older = dq.History().batch(one.batch.id)
    assert (older.state, older.superseded_by, older.open) == (State.SUPERSEDED, two.batch.id, 0)
    assert len(published(folder)) == 1


def test_another_version_of_the_contract_replaces(folder: Path) -> None:
    """A key again, under another contract: another batch takes the place of the older one."""
    one = enforce(key="d1")
    contract(folder, version="1.1.0", oldest=150)
    two = enforce(key="d1")
    assert (ids(two.good), two.batch.supersedes) == ([1, 2, 4], one.batch.id)


def test_keys_and_stages_do_not_touch_each_other(folder: Path) -> None:
    """Another key, or another stage, is another slot with its own file."""
    enforce(key="d1")
    enforce(key="d2")
    enforce(key="d1", stage="staged", output="staged/")
    assert [item.state for item in dq.History().batches()] == [State.PUBLISHED] * 3
    assert len(published(folder)) == 2


# -- what stops a stage ----------------------------------------------------------------------------------------------


def _blocked(done: dq.Enforcement, folder: Path, by: str) -> None:
    assert (done.outcome, done.ok, done.good, done.output) == ("blocked", False, None, "")
    assert any(by in item for item in done.blocked_by), done.blocked_by
    assert done.batch.state is State.BLOCKED
    assert published(folder) == []
    with pytest.raises(dq.ViolationError):
        done.raise_for_block()


@pytest.mark.parametrize(("said", "stops"), [("50%", False), ("49%", True), (2, False), (1, True), (0, True), (None, False)])
def test_a_budget_bounds_what_is_diverted(folder: Path, said: str | int | None, stops: bool) -> None:  # noqa: FBT001
    """Two bad rows of four pass within the budget; beyond it the stage is blocked, with its bad rows as evidence."""
    done = enforce(policy=dq.Policy(budget=said))
    assert done.ok is not stops
    if stops:
        _blocked(done, folder, "budget: 2 of 4 rows would be diverted")
        assert done.bad["id"].to_pylist() == [2, 3]


def test_the_stricter_budget_holds(folder: Path) -> None:
    """A call cannot give more than the contract gives; without either it is 10 %, or 10 rows."""
    contract(folder, budget="1%")
    _blocked(enforce(policy=dq.Policy(budget="100%")), folder, "the budget is 1%")


def test_not_one_good_row_blocks(folder: Path) -> None:
    """Whatever the budget, a batch without a good row is blocked."""
    (folder / "people.csv").write_text("id,age,since\n2,141,\n", "utf-8")
    _blocked(enforce(policy=dq.Policy(budget=None)), folder, "no row is good")


RULE = "    quality:\n      - {{id: even, type: sql, query: 'select {query} from {{object}}', mustBe: 0, severity: {severity}}}\n"


@pytest.mark.parametrize(("severity", "outcome"), [("error", "blocked"), ("warning", "quarantined"), ("info", "quarantined")])
def test_the_mode_of_a_dataset_rule_decides(folder: Path, severity: str, outcome: str) -> None:
    """A failing rule about the whole dataset blocks, or only warns, as its severity says."""
    contract(folder, more=RULE.format(query="count(*)", severity=severity))
    done = enforce()
    assert done.outcome == outcome
    if outcome == "blocked":
        _blocked(done, folder, "even")


def test_a_blocked_key_may_be_enforced_again(folder: Path) -> None:
    """A blocked batch leaves what was published, and the key goes on with a better source."""
    good = enforce(key="d1").good
    (folder / "people.csv").write_text("id,age,since\n2,141,\n", "utf-8")
    assert enforce(key="d1").outcome == "blocked"
    assert ids(good) == [1, 4]
    (folder / "people.csv").write_text("id,age,since\n5,20,\n", "utf-8")
    assert enforce(key="d1").outcome == "passed"
    assert ids(good) == [5]


@pytest.mark.parametrize(
    ("most", "good", "outcome"), [("quarantine", 2, "quarantined"), ("warn", 4, "passed"), ("observe", 4, "passed")]
)
def test_a_policy_weakens(folder: Path, most: str, good: int, outcome: str) -> None:
    """Under a weaker mode rows go on that would not; the run still says what it found."""
    del folder
    done = enforce(policy=dq.Policy(max_mode=most))
    assert (done.outcome, done.rows_good) == (outcome, good)
    assert {item.check.id for item in done.result.checks if item.bad_rows} == {"age.minimum", "age.maximum"}


def test_another_policy_is_another_batch(folder: Path) -> None:
    """The same key and content under another policy replaces."""
    del folder
    one = enforce(key="d1", policy=dq.Policy(max_mode="warn"))
    assert enforce(key="d1").batch.supersedes == one.batch.id


def test_a_missing_column_blocks(folder: Path) -> None:
    """Without a column of the contract nothing goes on, and no row is called bad for it."""
    (folder / "people.csv").write_text("id,since\n1,2024-05-01\n", "utf-8")
    done = enforce()
    assert (done.outcome, published(folder)) == ("blocked", [])


def test_a_rule_that_errs_stops_the_stage(folder: Path) -> None:
    """A rule that cannot run is no pass: the outcome is error, nothing is published, and the rule is named."""
    contract(folder, more=RULE.format(query="no_such_column", severity="error"))
    done = enforce()
    assert (done.outcome, done.ok, published(folder)) == ("error", False, [])
    assert "even" in done.blocked_by


def test_a_tolerated_row_goes_on(folder: Path) -> None:
    """Within its tolerance a rule diverts nothing; beyond it all of its bad rows."""
    rule = "    quality:\n      - {{id: mostly, metric: missingValues, arguments: {{missingValues: [141]}}, {bound}}}\n"
    where = "logicalTypeOptions: {minimum: 0, maximum: 200}"
    for bound, good in (("mustBeLessThan: 2", [1, 2, 4]), ("mustBe: 0", [1, 4])):
        contract(folder, oldest=200)
        path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
        text = path.read_text("utf-8")
        block = (
            "- name: age\n        logicalType: integer\n        "
            + where
            + "\n    "
            + rule.format(bound=bound).replace("\n ", "\n     ")
        )
        path.write_text(text.replace("- {name: age, logicalType: integer, " + where + "}\n", block), "utf-8")
        assert ids(enforce(key="d1").good) == good


# -- the world ---------------------------------------------------------------------------------------------------------


def test_a_source_that_changes_publishes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is rewritten while it is read ends in SourceChanged; nothing is published, and a retry heals."""
    look = DuckView._look

    def rewriting(self: DuckView, *passes: Any) -> Any:
        (folder / "people.csv").write_text(CSV.replace("30", "31"), "utf-8")
        return look(self, *passes)

    with monkeypatch.context() as patch:
        patch.setattr(DuckView, "_look", rewriting)
        with pytest.raises(dq.WorldError, match="the file changed while it was read"):
            enforce(key="d1")
    assert published(folder) == []
    assert enforce(key="d1").outcome == "quarantined"


def test_a_file_of_another_key_is_refused(folder: Path) -> None:
    """One file belongs to one key: another is told so before data is read."""
    enforce(output="good.parquet", key="d1")
    with pytest.raises(dq.UsageError, match="the output belongs to another key") as told:
        enforce(output="good.parquet", key="d2")
    assert "a path with {key} in it" in told.value.mend
    assert ids(folder / "good.parquet") == [1, 4]


@pytest.mark.parametrize("name", ["mine.parquet", "mine.csv"])
def test_a_file_of_somebody_else_is_refused(folder: Path, name: str) -> None:
    """A file that dq did not write is left alone."""
    duckdb.sql(f"COPY (SELECT 1 AS id) TO '{name}'")
    before = (folder / name).read_bytes()
    with pytest.raises(dq.UsageError, match="a file is there that dq did not write"):
        enforce(output=name, key="d1")
    assert (folder / name).read_bytes() == before


def test_the_output_may_not_be_what_is_read(folder: Path) -> None:
    """Good rows are never written over their source."""
    with pytest.raises(dq.UsageError, match="the output is also read"):
        enforce(output="people.csv", key="d1")
    assert (folder / "people.csv").read_text() == CSV


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        ({"output": None}, dq.UsageError, "files need an output"),
        ({"output": "people.csv/out"}, dq.UsageError, "cannot be made: Not a directory"),
        ({"output": "good.xlsx"}, dq.UsageError, "cannot write good rows as '.xlsx'"),
        ({"output": "s3://bucket/good/"}, dq.UsageError, "good rows go to local files or folders"),
        ({"stage": ""}, dq.UsageError, "no stage is given"),
        ({"key": ""}, dq.UsageError, "'' is no key"),
        ({"key": "content:1"}, dq.UsageError, "is no key"),
        ({"policy": dq.Policy(budget="much")}, dq.UsageError, "'much' is no budget"),
        ({"source": "nothing.csv"}, dq.WorldError, "nothing.csv"),
    ],
)
def test_bad_input_is_told(folder: Path, said: dict[str, Any], error: type[dq.DqError], told: str) -> None:
    """Wrong calls are refused with what, where and a way out; nothing is published."""
    with pytest.raises(error, match=told):
        enforce(**said)
    assert published(folder) == []
    with pytest.raises(dq.UsageError, match="unknown mode 'loud'"):
        dq.Policy(max_mode="loud")


def test_a_store_that_cannot_be_reached_fails_the_stage(folder: Path) -> None:
    """Without the store nothing is enforced, and a retry may help."""
    where = dq.Settings(store_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(dq.WorldError) as told:
        enforce(settings=where)
    assert told.value.retryable
    assert published(folder) == []


def test_a_newer_store_is_refused(folder: Path) -> None:
    """A store that a newer dq wrote is left alone."""
    enforce()
    engine = sa.create_engine(f"sqlite:///{folder / '.dq' / 'store.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE dq_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(dq.UsageError, match=r"the store has version 9999, newer than this dq.*\n.*upgrade dq-suite"):
        enforce(key="d2")


def test_a_place_that_cannot_hold_dead_letters_publishes_nothing(folder: Path) -> None:
    """A quarantine that cannot be written, here a file instead of a folder, fails the stage before anything goes on."""
    (folder / "taken").write_text("x", "utf-8")
    with pytest.raises(dq.WorldError):
        enforce(settings=dq.Settings(quarantine_url=str(folder / "taken")))
    assert published(folder) == []


@pytest.mark.parametrize("point", ["in-drain", "before-publish", "after-stage", "before-rename"])
def test_a_full_disk_publishes_nothing_and_a_retry_heals(folder: Path, point: str) -> None:
    """When the system says that the disk is full, nothing half is published; with room again, the same call ends well."""

    def full(name: str) -> None:
        if name == point:
            raise OSError(errno.ENOSPC, "No space left on device")

    faults.hook(full)
    with pytest.raises((dq.WorldError, OSError), match="No space left on device"):
        enforce(key="d1")
    assert published(folder) == []
    faults.hook(None)
    done = enforce(key="d1")
    assert (done.outcome, ids(done.good)) == ("quarantined", [1, 4])
    assert [path.name for path in published(folder)] == ["good.parquet"]


@pytest.mark.parametrize("harm", ["missing", "altered", "short"])
def test_harm_to_the_payload_is_told(folder: Path, harm: str) -> None:
    """Dead letters that are missing, altered or cut short are never handed out as if they were whole."""
    done = enforce(key="d1")
    path = next((folder / ".dq" / "quarantine").rglob("*.parquet"))
    path.chmod(0o644)
    data = path.read_bytes()
    path.unlink()
    if harm == "altered":
        path.write_bytes(data[:50] + bytes([data[50] ^ 1]) + data[51:])
    elif harm == "short":
        path.write_bytes(data[:-1])
    with pytest.raises(dq.WorldError, match="a payload object") as told:
        list(dq.History().rows(done.batch.id))
    assert "backup" in told.value.mend


def test_an_unknown_batch_is_told(folder: Path) -> None:
    """An id that names no batch is wrong usage; the message says how to find one."""
    del folder
    with pytest.raises(dq.UsageError, match=r"no batch 'abc'.*\n.*dq quarantine list"):
        dq.History().batch("abc")
