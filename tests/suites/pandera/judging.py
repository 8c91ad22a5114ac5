"""A suite run alone over a source, as `dq.validate` does it; and what pandera says of the same."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import Any

from dq.contract import Contract
from dq.engines.duckdb import DuckDB
from dq.errors import Place
from dq.job import Job
from dq.outcome import Also, conclude
from dq.plan import EVERYTHING, Plan, distinct, fields_of
from dq.result import Result
from dq.settings import Settings
from dq.source import Reading, source
from dq.suites import Suite, load

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def judged(given: object, schema: object) -> Result:
    """What dq finds: the passes, rows and checks of one plan."""
    suite = schema if isinstance(schema, Suite) else load(schema)
    checks = tuple(distinct(suite.checks))
    plan = Plan("s", "", "s", fields_of(suite.columns), checks, suite.gaps, suite.sha256)
    contract = Contract(Place("", 0, ""), "", "", "", "", "", {}, "")
    job = Job(source(given), contract, plan, EVERYTHING, Reading(), {}, Settings())
    with DuckDB().open(job.source, fields=plan.fields, reading=job.reading, references={}) as view:
        return conclude(job, DuckDB(), view, now=NOW, also=Also.BAD)


def bad_rows(result: Result) -> set[int]:
    """The numbers of the rows that dq would divert."""
    assert result.bad is not None
    return {row["__dq_row_no"] for row in result.bad}


def pandera_says(frame: Any, schema: Any) -> tuple[bool, set[int]]:
    """Whether pandera takes *frame*, and the places of the rows that it names."""
    from pandera.errors import SchemaErrors

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as error:
            cases = error.failure_cases
            index = cases["index"].dropna() if hasattr(cases, "dropna") else cases["index"].drop_nulls()
            return False, {int(place) for place in index}
    return True, set()
