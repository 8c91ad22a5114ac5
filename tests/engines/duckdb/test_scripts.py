"""Checks that run somebody's Python over the rows: what it is given, what becomes of what it returns and raises."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from dq.checks import Check, Clause, Dimension, Foreign, Mode, Status
from dq.contract import Contract
from dq.engines.duckdb import DuckDB
from dq.errors import Place
from dq.job import Job
from dq.outcome import Also, conclude
from dq.plan import EVERYTHING, Field, Plan, bind
from dq.policy import Policy
from dq.result import Result
from dq.settings import Settings
from dq.source import Reading, source
from dq.sql import Base, Kind, condition

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _check(name: str, run: Callable[[pa.RecordBatchReader], pa.Table], **said: Any) -> Check:
    where = said.pop("where", None)
    subject = Foreign(run, "a tool", **{"per_row": True, **said})
    clause = Clause(Place("suite.py", 1, name), name)
    return Check(name, name, Dimension.ACCURACY, name, subject.columns, subject, clause, where=where)


def _result(given: object, *checks: Check, fields: tuple[Field, ...] = ()) -> Result:
    plan = Plan("shop.orders", "", "orders", fields, checks, (), "0")
    contract = Contract(Place("", 0, ""), "", "", "", "", "", {}, "")
    job = Job(source(given), contract, plan, EVERYTHING, Reading(), {}, Settings())
    engine = DuckDB()
    with engine.open(job.source, fields=fields, reading=job.reading, references={}) as view:
        return conclude(job, engine, view, now=NOW, also=Also.BAD)


def _above(limit: int) -> Callable[[pa.RecordBatchReader], pa.Table]:
    def run(reader: pa.RecordBatchReader) -> pa.Table:
        values = reader.read_all().column("a").to_pylist()
        return pa.table({"row": pa.array([place for place, value in enumerate(values) if value > limit], pa.int64())})

    return run


def _raises(_: pa.RecordBatchReader) -> pa.Table:
    raise ZeroDivisionError("nothing divides")


def _value(value: object) -> Callable[[pa.RecordBatchReader], pa.Table]:
    return lambda _: pa.table({"value": [value]})


@pytest.fixture(params=["frame", "parquet", "jsonl"])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """200,000 rows, as a frame and as files."""
    frame = pd.DataFrame({"a": range(200_000), "b": "x"})
    if request.param == "parquet":
        frame.to_parquet(tmp_path / "a.parquet")
        return tmp_path / "a.parquet"
    if request.param == "jsonl":
        frame.to_json(tmp_path / "a.jsonl", orient="records", lines=True)
        return tmp_path / "a.jsonl"
    return frame


@pytest.mark.parametrize("in_batches", [True, False])
def test_the_rows_that_a_script_names_are_bad_rows(given: object, in_batches: bool) -> None:  # noqa: FBT001
    """Row numbers that a script returns are labelled, counted and kept like those of any other check."""
    check = _check("high", _above(199_997), columns=("a",), in_batches=in_batches)
    result = _result(given, check, fields=(Field("a", "a", Kind(Base.INTEGER)),))
    assert [(item.status, item.bad_rows, item.rows) for item in result.checks] == [(Status.FAIL, 2, 200_000)]
    assert result.bad is not None
    assert [(row["a"], row["__dq_row_no"], row["__dq_reasons"]) for row in result.bad] == [
        (199_998, 199_998, "high"),
        (199_999, 199_999, "high"),
    ]


def test_scripts_share_reads() -> None:
    """A script in batches sees all rows once, in order, in several calls; one of the whole sees them in one."""
    seen: dict[str, list[list[int]]] = {"batches": [], "whole": []}

    def look(name: str) -> Callable[[pa.RecordBatchReader], pa.Table]:
        def run(reader: pa.RecordBatchReader) -> pa.Table:
            rows = reader.read_all()
            assert rows.column_names == ["a"]
            seen[name].append(rows.column("a").to_pylist())
            return pa.table({"row": pa.array([], pa.int64())})

        return run

    frame = pd.DataFrame({"a": range(150_000), "b": 1})
    checks = [_check(name, look(name), columns=("a",), in_batches=name == "batches") for name in seen]
    assert _result(frame, *checks).status is Status.PASS
    assert len(seen["batches"]) > 1
    assert [number for rows in seen["batches"] for number in rows] == list(range(150_000))
    assert seen["whole"] == [list(range(150_000))]


def test_no_rows_are_rows_too() -> None:
    """A script is run over an empty source, too."""
    result = _result(pd.DataFrame({"a": pd.Series([], dtype="int64")}), _check("empty", _value(False)), _check("high", _above(1)))  # noqa: FBT003
    assert [item.status for item in result.checks] == [Status.FAIL, Status.PASS]


def _leaves(_: pa.RecordBatchReader) -> pa.Table:
    raise SystemExit("nothing divides")


@pytest.mark.parametrize("script", [_raises, _leaves])
def test_what_a_script_raises_is_its_own_error(script: Callable[[pa.RecordBatchReader], pa.Table]) -> None:
    """A script that raises, or would end the process, makes its check an error, with its words; the others are judged."""
    frame = pd.DataFrame({"a": [1, 2, 3]})
    result = _result(frame, _check("broken", script), _check("high", _above(2), columns=("a",)))
    assert [(item.status, item.message) for item in result.checks] == [
        (Status.ERROR, f"{'SystemExit' if script is _leaves else 'ZeroDivisionError'}: nothing divides"),
        (Status.FAIL, "1 of 3 rows (33.3 %)"),
    ]
    assert result.status is Status.FAIL


@pytest.mark.parametrize(
    ("returned", "says"),
    [
        (pa.table({"row": [7]}), "out of bounds"),
        (pa.table({"row": [-1]}), "out of bounds"),
        (pa.table({"value": [1, 2]}), "one value"),
        (pa.table({"rows": [1]}), "one column"),
        (pa.table({"a": [1], "b": [2]}), "one column"),
        ([1, 2], "one column"),
        (pa.table({"row": ["x"]}), "ArrowInvalid"),
    ],
)
def test_what_makes_no_sense_is_an_error(returned: object, says: str) -> None:
    """A script that returns rows that are not there, or no answer at all, is an error: never a pass."""
    (item,) = _result(pd.DataFrame({"a": [1, 2]}), _check("odd", lambda _: returned)).checks
    assert item.status is Status.ERROR
    assert says in item.message


def test_one_verdict_on_all_rows_blocks() -> None:
    """A script that could name rows but says only that something is wrong diverts none: it blocks."""
    result = _result(pd.DataFrame({"a": [1, 2]}), _check("mean", _value(False)))  # noqa: FBT003
    (item,) = result.checks
    assert (item.status, item.check.mode, item.check.is_row_check, result.bad_rows) == (Status.FAIL, Mode.BLOCK, False, 0)


@pytest.mark.parametrize(("most", "status", "mode"), [("quarantine", Status.WARN, Mode.WARN), ("block", Status.FAIL, Mode.BLOCK)])
def test_a_policy_is_not_strengthened(most: str, status: Status, mode: Mode) -> None:
    """A policy that lets nothing block holds for a script of which only the run can tell that it diverts nothing."""
    check = Policy(max_mode=most).weaken(_check("mean", _value(False)))  # noqa: FBT003
    (item,) = _result(pd.DataFrame({"a": [1, 2]}), check).checks
    assert (item.status, item.check.mode) == (status, mode)


def test_a_filter_holds_for_a_script() -> None:
    """Only rows that pass the check's filter are counted, among themselves."""
    check = _check("high", _above(1), columns=("a",), where=condition("b = 'x'", ""))
    (item,) = _result(pd.DataFrame({"a": [1, 2, 3, 4], "b": ["x", "x", "y", "x"]}), check).checks
    assert (item.bad_rows, item.rows) == (2, 3)


def test_a_missing_column_is_no_pass() -> None:
    """A script whose column is not there cannot run."""
    (item,) = _result(pd.DataFrame({"b": [1]}), _check("high", _above(1), columns=("a",))).checks
    assert item.status is Status.ERROR
    assert "no column 'a'" in item.message


def test_an_engine_without_row_numbers_refuses_by_name() -> None:
    """Where rows are not handed out with their numbers, a script is an error that names it."""
    plan = Plan("shop.orders", "", "orders", (), (_check("high", _above(1)),), (), "0")
    with DuckDB().open(source(pd.DataFrame({"a": [1]})), fields=(), reading=None, references={}) as view:
        passes = bind(plan, replace(view.columns, ordered=False), dialect="postgres", now=NOW)
    assert passes.visits == ()
    assert passes.unable[0].status is Status.ERROR
    assert "high runs Python in a tool" in passes.unable[0].reason


def test_a_result_is_sent_without_its_scripts() -> None:
    """A check of a function that cannot be pickled can be: what comes out is equal, and does not run."""
    check = _check("high", lambda _: pa.table({}), columns=("a",))
    again = pickle.loads(pickle.dumps(check))  # noqa: S301  our own bytes
    assert again == check
    (item,) = _result(pd.DataFrame({"a": [1]}), replace(again)).checks
    assert item.status is Status.ERROR
