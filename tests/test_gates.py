"""Laws of `dq.gate`: only good rows pass, as what they were, and a function stays the function that it was."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dq

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {name}
name: {name}
version: 1.0.0
status: active
customProperties: [{{property: dq, value: {{budget: 50%}}}}]
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: integer}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: {oldest}}}}}
"""
ROWS = [{"id": 1, "age": 30}, {"id": 2, "age": 141}, {"id": 3, "age": 80}]
GOOD = [ROWS[0], ROWS[2]]
BAD = [{"id": 1, "age": 141}]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with contracts: people up to 120 years old, workers up to 70."""
    for name, oldest in (("people", 120), ("workers", 70)):
        path = tmp_path / "contracts" / name / "1.0.0.odcs.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(CONTRACT.format(name=name, oldest=oldest), "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DQ_")]:
        monkeypatch.delenv(name)
    return tmp_path


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run *work* in a loop of a thread of its own: browser tests keep one running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def slots() -> list[tuple[str, str, str]]:
    """Dataset, stage and key of every batch, oldest first."""
    return [(item.slot.dataset, item.slot.stage, item.slot.key) for item in reversed(dq.History().batches())]


def test_only_good_rows_come_out() -> None:
    """What a function returns is enforced under the key that its arguments make, defaults included."""

    @dq.gate("people@^1", stage="raw", key="{day}-{region}")
    def load(day: date, *, region: str = "eu") -> list[dict[str, Any]]:
        assert (day, region) == (date(2024, 5, 1), "eu")
        return ROWS

    assert load(date(2024, 5, 1)) == GOOD
    assert slots() == [("people.people", "raw", "2024-05-01-eu")]


def test_only_good_rows_go_in() -> None:
    """Named arguments are enforced before the call, each under a key of its own, and the function gets good rows only."""

    @dq.gate("workers", stage="raw", key="{day}", inputs={"left": "people", "right": {"contract": "people"}})
    def join(left: list[Any], right: list[Any], day: str) -> list[Any]:
        assert (left, right, day) == (GOOD, [ROWS[0]], "d1")
        return [*left, *right]

    assert join(ROWS, right=ROWS[:2], day="d1") == [ROWS[0], ROWS[0]]
    assert slots() == [
        ("people.people", "raw", "d1 [left]"),
        ("people.people", "raw", "d1 [right]"),
        ("workers.workers", "raw", "d1"),
    ]


def test_a_gate_of_inputs_alone_lets_anything_out() -> None:
    """Without a contract of its own a gate leaves alone what the function returns."""

    @dq.gate(stage="raw", inputs={"rows": "people"})
    def count(rows: list[Any]) -> int:
        return len(rows)

    assert count(ROWS) == 2


KINDS: dict[str, Callable[[], Any]] = {
    "rows": lambda: list(ROWS),
    "pandas": lambda: pd.DataFrame(ROWS, index=[5, 6, 7]),
    "polars": lambda: pl.DataFrame(ROWS),
    "lazy": lambda: pl.DataFrame(ROWS).lazy(),
    "arrow": lambda: pa.Table.from_pylist(ROWS),
    "reader": lambda: pa.Table.from_pylist(ROWS).to_reader(),
    "iterator": lambda: iter(pa.Table.from_pylist(ROWS).to_batches()),
}


def _ids(made: Any) -> list[int]:
    if isinstance(made, list):
        return [row["id"] for row in made]
    if isinstance(made, pa.RecordBatchReader):
        made = made.read_all()
    if isinstance(made, Iterator):
        made = pa.Table.from_batches(made)
    made = made.collect() if isinstance(made, pl.LazyFrame) else made
    return list(made["id"].to_pylist() if isinstance(made, pa.Table) else made["id"])


@pytest.mark.parametrize("output", [None, "good/{key}.parquet"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_comes_back_is_what_was_returned(folder: Path, kind: str, output: str | None) -> None:
    """Frames, rows and batches come back as what they were, with or without a file that holds the good rows too."""

    @dq.gate("people", stage="raw", key="d1", output=output)
    def load() -> Any:
        return KINDS[kind]()

    made, plain = load(), KINDS[kind]()
    assert isinstance(made, Iterator) if kind == "iterator" else type(made) is type(plain)
    assert _ids(made) == [1, 3]
    if output:
        assert pq.read_table(folder / "good" / "d1.parquet")["id"].to_pylist() == [1, 3]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_comes_back_as_the_path_that_was_written(folder: Path, kind: type) -> None:
    """A function that returns a path hands on the path of the good rows; as an argument it may be a path too."""
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "raw.parquet")

    @dq.gate("people", stage="raw", key="d1", output="good/{key}.csv")
    def load() -> Any:
        return kind("raw.parquet")

    @dq.gate(stage="staged", inputs={"file": {"contract": "people", "output": "clean/"}})
    def name(file: Any) -> Any:
        return file

    assert load() == kind(folder / "good" / "d1.csv")
    assert pq.read_table(name(kind("raw.parquet")), partitioning=None)["id"].to_pylist() == [1, 3]
    with pytest.raises(dq.UsageError, match="files need an output"):
        dq.gate("people", stage="raw")(lambda: "raw.parquet")()


def test_async_functions_stay_async() -> None:
    """A coroutine function is awaited, its result enforced in a thread; its loop goes on meanwhile."""

    @dq.gate("people", stage="raw", inputs={"rows": "people"}, key="{day}")
    async def load(rows: list[Any], day: str) -> list[Any]:
        await asyncio.sleep(0)
        assert (rows, day) == (GOOD, "d1")
        return [*rows, *rows]

    assert inspect.iscoroutinefunction(load)
    assert _run(load(ROWS, "d1")) == GOOD + GOOD


def test_a_method_has_a_gate_too() -> None:
    """A gate stands around a method; `self` is an argument like others."""

    class Loader:
        rows = ROWS

        @dq.gate("people", stage="raw", key="{day}")
        def load(self, day: str) -> list[Any]:
            """Load."""
            return self.rows if day else []

        @staticmethod
        @dq.gate("people", stage="raw")
        def fixed() -> list[Any]:
            return ROWS

    assert Loader().load("d1") == GOOD
    assert Loader.fixed() == GOOD
    assert Loader.load.__doc__ == "Load."
    assert list(inspect.signature(Loader.load).parameters) == ["self", "day"]


def test_gates_stand_around_gates() -> None:
    """Two stages are two gates, one around the other: each diverts its own rows."""

    @dq.gate("workers", stage="staged", key="{day}")
    @dq.gate("people", stage="raw", key="{day}")
    def load(day: str) -> list[Any]:
        return ROWS if day else []

    assert load("d1") == [ROWS[0]]
    assert slots() == [("people.people", "raw", "d1"), ("workers.workers", "staged", "d1")]


def test_a_blocked_stage_raises() -> None:
    """Blocked rows raise, and the error carries the result; a blocked input stops the function from being called."""

    @dq.gate("people", stage="raw")
    def load() -> list[Any]:
        return BAD

    @dq.gate(stage="raw", inputs={"rows": "people"})
    def never(rows: list[Any]) -> None:
        raise AssertionError(rows)

    with pytest.raises(dq.ViolationError) as told:
        load()
    assert told.value.result.bad_rows == 1
    with pytest.raises(dq.ViolationError):
        never(BAD)


def test_a_blocked_stage_may_be_answered() -> None:
    """A function given as `on_block` gets the enforcement, and its answer is returned."""
    seen: list[str] = []

    def note(done: dq.Enforcement) -> list[Any]:
        seen.append(str(done.outcome))
        return []

    @dq.gate("people", stage="raw", on_block=note)
    def load() -> list[Any]:
        return BAD

    @dq.gate("people", stage="raw", on_block=note)
    async def later() -> list[Any]:
        return BAD

    assert load() == _run(later()) == []
    assert seen == ["blocked", "blocked"]


def test_surroundings_stand_in_for_enforce() -> None:
    """Who stands in for `dq.enforce` is called for inputs first, with its arguments, told what the rows are, and heard."""
    told: list[tuple[Any, ...]] = []

    def enforcing(given: object, contract: Any, *, origin: Any, **words: Any) -> dq.Enforcement:
        told.append((contract, words["stage"], words["key"], origin))
        return dq.enforce(given, contract, origin={**origin, "host": "here"}, **words)

    @dq.gate("workers", stage="raw", key="{day}", inputs={"rows": "people"}, enforcing=enforcing)
    def work(rows: list[Any], day: str) -> list[Any]:
        return rows if day else []

    name = work.__qualname__
    assert work(ROWS, "d1") == [ROWS[0]]
    assert told == [
        ("people", "raw", "d1 [rows]", {"gate": name, "argument": "rows"}),
        ("workers", "raw", "d1", {"gate": name}),
    ]
    assert {dq.History().run(batch.run).origin["host"] for batch in dq.History().batches()} == {"here"}


def test_a_policy_reaches_the_gate() -> None:
    """What a stage weakens holds for what comes out."""

    @dq.gate("people", stage="raw", policy=dq.Policy(max_mode="warn"))
    def load() -> list[Any]:
        return ROWS

    assert load() == ROWS


def _rows() -> Iterator[dict[str, Any]]:
    yield from ROWS


async def _rows_later() -> AsyncIterator[dict[str, Any]]:
    yield ROWS[0]


def _plain(day: str = "") -> list[Any]:
    return ROWS if day != "never" else []


@pytest.mark.parametrize(
    ("function", "said", "told"),
    [
        (_rows, {}, "a generator has not made its rows when it returns"),
        (_rows_later, {}, "a generator has not made its rows when it returns"),
        (_plain, {"inputs": {"night": "people"}}, r"gate of _plain: no argument 'night'\n  arguments: day"),
        (_plain, {"inputs": {"day": {"output": "x"}}}, "no contract"),
        (_plain, {"inputs": {"day": {"contract": "people", "colour": 1}}}, "unknown word 'colour'"),
        (_plain, {"stage": ""}, "no stage is given"),
        (_plain, {"contract": None}, "the gate has no contract"),
        (staticmethod(_plain), {}, r"put it below @staticmethod"),
        (dq.gate("people", stage="raw")(_plain), {}, "it has a gate for 'people' at stage 'raw' already"),
    ],
)
def test_a_wrong_gate_is_refused_before_any_call(function: Any, said: dict[str, Any], told: str) -> None:
    """A gate that cannot work is told where it is written."""
    with pytest.raises(dq.UsageError, match=told):
        dq.gate(**{"contract": "people", "stage": "raw", **said})(function)


@pytest.mark.parametrize(
    ("function", "key", "told"),
    [
        (_plain, "{night}", "the key needs 'night'"),
        (_plain, "{day.year}", "a key takes plain names"),
        (_plain, "{", "the key is malformed"),
        (lambda day: None if day else ROWS, "{day}", "what it returned is None"),
        (lambda day: 7 if day else ROWS, "{day}", "cannot read the type int"),
    ],
)
def test_a_wrong_call_is_told(function: Any, key: str, told: str) -> None:
    """A key that arguments cannot make, and a result that is no data, are wrong usage."""
    with pytest.raises(dq.UsageError, match=told):
        dq.gate("people", stage="raw", key=key)(function)("d1")


def test_further_named_arguments_make_keys() -> None:
    """What `**kwargs` holds can be named by a key."""

    @dq.gate("people", stage="raw", key="{day}")
    def load(**options: str) -> list[Any]:
        return ROWS if options else []

    assert load(day="d7") == GOOD
    assert slots() == [("people.people", "raw", "d7")]


def test_the_logical_time_is_named_by_arguments() -> None:
    """Metrics of a gate are recorded under the time that a template over the arguments names."""

    @dq.gate("people", stage="raw", key="{day}", at="{day}T06:00:00Z")
    def load(day: date) -> list[Any]:
        return ROWS if day.year else []

    load(date(2024, 5, 1))
    assert [run.at for run in dq.History().runs()] == [datetime(2024, 5, 1, 6, tzinfo=UTC)]


def test_what_is_no_time_is_told() -> None:
    """A text that is no time names the template that made it."""
    with pytest.raises(dq.UsageError, match="'d1' is no time"):
        dq.gate("people", stage="raw", at="{day}")(_plain)("d1")


def test_types_stay() -> None:
    """A decorated function has the name, the annotations and the signature that it had."""

    def load(day: date, limit: int = 3) -> list[dict[str, Any]]:
        """Load a day."""
        return ROWS[:limit] if day.year else []

    gated = dq.gate("people", stage="raw")(load)
    assert inspect.signature(gated) == inspect.signature(load)
    assert (gated.__name__, gated.__doc__, gated.__annotations__) == (load.__name__, load.__doc__, load.__annotations__)
