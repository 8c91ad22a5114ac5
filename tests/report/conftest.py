"""Results made by hand: every status, every kind of finding, hostile values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlglot import exp, parse_one

from dq.checks.model import Check, Clause, Dimension, Gap, GapKind, Limit, Measure, Mode, Op, Rows, Status, Unit
from dq.errors import Place
from dq.result import CheckResult, Counted, Coverage, Measured, NotRun, Result, Sample

Make = Callable[..., Any]


def _check(name: str, **said: Any) -> Check:
    column, _, kind = name.rpartition(".")
    made: dict[str, Any] = {
        "id": name,
        "name": kind,
        "dimension": Dimension.CONFORMITY,
        "says": f"{column or 'the table'} is as {kind} says",
        "columns": (column,) if column else (),
        "subject": Rows(exp.true()),
        "clause": Clause(Place("contracts/flights/1.0.0.odcs.yaml", 31, f"schema.flights.{name}"), f"{kind}: 0"),
    }
    return Check(**(made | said))


def _found(
    name: str, status: Status, found: Counted | Measured | NotRun, *, sql: str = "", samples: tuple[Sample, ...] = (), **said: Any
) -> CheckResult:
    if isinstance(found, Counted):
        message = f"{found.bad:,} of {found.rows:,} rows"
    else:
        message = found.reason if isinstance(found, NotRun) else f"{found.value}, must be {said['limits'][0]}"
    message = said.pop("message", message)
    return CheckResult(_check(name, **said), status, found, message, sql, samples)


def _result(*checks: CheckResult, **said: Any) -> Result:
    status = min((item.status for item in checks), key=lambda item: item.rank, default=Status.ERROR)
    made: dict[str, Any] = {
        "contract": "nyc@1.0.0",
        "object": "flights",
        "dataset": "nyc.flights",
        "source": "data/flights.csv",
        "engine": "duckdb",
        "stage": "raw",
        "status": status,
        "rows": 336_776,
        "bad_rows": 0,
        "checks": checks,
        "coverage": Coverage(len(checks), (), ()),
        "now": datetime(2026, 3, 1, 12, 30, tzinfo=UTC),
        "seconds": 0.8214,
    }
    return Result(**(made | said))


@pytest.fixture
def found() -> Make:
    """A verdict on a check: id, status, what was found."""
    return _found


@pytest.fixture
def make() -> Make:
    """A result of verdicts."""
    return _result


@pytest.fixture
def full() -> Result:
    """A result with every status, limit, gap and note."""
    rows = 336_776
    bad = (
        Sample(
            1203,
            {"dep_time": "2534", "carrier": "UA", "tailnum": None, "dest": " IAH "},
            "data/flights.csv",
            1205,
        ),
        Sample(77001, {"dep_time": "-4", "carrier": "", "tailnum": "N14228", "dest": "null"}, "data/flights.csv", 77003),
    )
    maximum = _found(
        "dep_time.maximum",
        Status.FAIL,
        Counted(rows, 29),
        says="dep_time is at most 2400",
        dimension=Dimension.ACCURACY,
        samples=bad,
        sql="SELECT * FROM read_csv('data/flights.csv') WHERE \"dep_time\" > 2400 OR \"carrier\" = 'a b  c'",
    )
    keys = _found(
        "tailnum.foreign_key",
        Status.WARN,
        Counted(rows, 52_606),
        mode=Mode.WARN,
        says="tailnum is in planes.tailnum",
        samples=bad[:1],
    )
    mean = _found(
        "arr_delay.mean",
        Status.FAIL,
        Measured(6.895376757319512, rows),
        says="the mean of arr_delay",
        subject=Measure(exp.Avg(this=exp.column("arr_delay"))),
        limits=(Limit(Op.BETWEEN, (-5, 5), Unit.VALUE),),
        mode=Mode.BLOCK,
        where=parse_one("carrier = 'UA'"),
    )
    erred = _found("sql", Status.ERROR, NotRun("the query took longer than 60 s"), says="late flights are few", mode=Mode.BLOCK)
    observed = _found("distance.minimum", Status.FAIL, Counted(rows, 1), says="distance is at least 18", mode=Mode.OBSERVE)
    skipped = _found(
        "dest.foreign_key",
        Status.SKIP,
        NotRun("no data for 'airports'; give --with airports=FILE"),
        says="dest is in airports.faa",
    )
    tolerated = _found(
        "dep_delay.required",
        Status.PASS,
        Counted(rows, 8255),
        says="dep_delay has a value",
        dimension=Dimension.COMPLETENESS,
        limits=(Limit(Op.LE, 5, Unit.PERCENT),),
    )
    passed = tuple(_found(f"{name}.type", Status.PASS, Counted(rows, 0)) for name in ("year", "month", "day"))
    place = Place("contracts/flights/1.0.0.odcs.yaml", 88, "schema.flights.quality[2]")
    gaps = (
        Gap(Clause(place, "soda"), "rules of 'soda' are not run", rule="soda_rule"),
        Gap(Clause(place, "freshness"), "rules of 'monte' are not run", waived=True, column="dest"),
        Gap(Clause(place, "text"), "text for people", GapKind.NOT_JUDGED),
        Gap(Clause(place, "text"), "text for people", GapKind.NOT_JUDGED),
    )
    checks = (maximum, keys, mean, erred, observed, skipped, tolerated, *passed)
    return _result(
        *checks,
        bad_rows=29,
        coverage=Coverage.of(len(checks), gaps),
        notes=("timestamps without a zone are in UTC", "extra columns: year_text"),
        owners=("flights-team",),
        columns={"dep_time": "integer", "carrier": "text"},
        plan="ab" * 32,
    )
