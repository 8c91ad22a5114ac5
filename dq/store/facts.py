"""A result, as the facts that the store keeps of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dq.result import CheckResult, Measured, Result
from dq.store.model import CheckFacts, ContractFacts, Metric, RunFacts, Slot


def facts_of(
    result: Result,
    *,
    key: str = "",
    at: datetime | None = None,
    contract: ContractFacts | None = None,
    origin: Mapping[str, Any] | None = None,
    error: Mapping[str, Any] | None = None,
) -> RunFacts:
    """
    The facts of a run that ends now; *at* is the logical time of its metrics, else the run's `now`.

    Metrics: `rows`, `bad_rows`, and the value of every check that measures a number, under the check's id.
    """
    finished = datetime.now(UTC)
    return RunFacts(
        slot=Slot(result.dataset, result.stage, key),
        at=at or result.now,
        now=result.now,
        started=finished - timedelta(seconds=result.seconds),
        finished=finished,
        status=str(result.status),
        rows=result.rows,
        bad_rows=result.bad_rows,
        plan=result.plan,
        engine=result.engine,
        contract=contract,
        owner=", ".join(result.owners),
        checks=tuple(_check(result, item) for item in result.checks),
        columns=tuple(result.columns.items()),
        metrics=tuple(_metrics(result)),
        origin=origin or {},
        error=error,
    )


def _check(result: Result, item: CheckResult) -> CheckFacts:
    check = item.check
    column = ", ".join(check.columns)
    said = [result.dataset, check.id, check.says, str(check.dimension), column, str(check.mode), check.clause.text]
    return CheckFacts(
        fingerprint=hashlib.sha256(json.dumps(said).encode()).hexdigest(),
        id=check.id,
        says=check.says,
        dimension=str(check.dimension),
        column=column,
        mode=str(check.mode),
        clause=f"{check.clause.place}",
        status=str(item.status),
        rows=item.rows,
        bad=item.bad_rows,
        value=None if not isinstance(item.found, Measured) or item.found.value is None else str(item.found.value),
        message=item.message,
        samples=tuple({"row": s.row, "values": dict(s.values), "source": s.source, "line": s.line} for s in item.samples),
        subjects=tuple(" ".join(s.subjects) for s in item.samples),
    )


def _metrics(result: Result) -> Iterator[Metric]:
    yield Metric("rows", float(result.rows))
    yield Metric("bad_rows", float(result.bad_rows))
    for item in result.checks:
        value = item.found.value if isinstance(item.found, Measured) else None
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            yield Metric(item.check.id, float(value), ", ".join(item.check.columns))
