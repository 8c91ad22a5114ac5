"""A run that the store remembers, as a result again: for every report, without reading data."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlglot import exp

from dq.checks.model import Answer, Check, Clause, Dimension, Measure, Mode, Rows, Shape, Status
from dq.contract import Contract, resolved
from dq.errors import DqError, Place
from dq.plan import Plan, Selection, compile
from dq.result import CheckResult, Counted, Coverage, Measured, NotRun, Result, Sample
from dq.sql import Scalar
from dq.store import CheckFacts, Run

_PLACE = re.compile(r"(?P<document>.*?):(?P<line>\d+)(?: (?P<path>.*))?", re.DOTALL)
LEFT_OUT = "from the store, which does not keep SQL, profiles, and where bad rows concentrate"


def from_run(run: Run, contract: Contract | None = None) -> Result:
    """
    The result of *run*, as far as the store keeps it; a note says what is left out.

    *contract* is what the run enforced: it knows limits, clauses and what nobody enforced. Checks that it does not know (any
    more) are told by what was recorded of them.
    """
    plan = _plan(run, contract) if contract else None
    known = {item.id: item for item in plan.checks} if plan else {}
    order = [name for name, _ in run.columns]
    checks = tuple(_check_result(item, known.get(item.id), order) for item in run.checks)
    more = (f"the bad rows: dq quarantine rows {run.batch[:16]}",) if run.batch and run.bad_rows else ()
    return Result(
        contract=run.contract,
        object=plan.object if plan else "",
        dataset=run.slot.dataset,
        source=_source(run),
        engine=run.engine,
        stage=run.slot.stage,
        status=Status(run.status),
        rows=run.rows,
        bad_rows=run.bad_rows,
        checks=checks,
        coverage=Coverage.over(checks, plan.gaps if plan else ()),
        now=run.now,
        seconds=max((run.finished - run.started).total_seconds(), 0.0),
        columns=dict(run.columns),
        notes=(LEFT_OUT, *more),
        owners=contract.owners if contract else (),
        plan=run.plan,
    )


def _plan(run: Run, contract: Contract) -> Plan | None:
    """The plan that the run's checks are of: that of the schema object which has most of them; None when none has any."""
    recorded = {(item.id, item.says) for item in run.checks}
    best, most = None, 0
    for item in contract.objects:
        try:
            plan = compile(contract, resolved(item, os.environ), select=Selection(run.slot.stage or None))
        except DqError:  # a variable that is not set here
            continue
        if (shared := len(recorded & {(check.id, check.says) for check in plan.checks})) > most:
            best, most = plan, shared
    return best


def _source(run: Run) -> str:
    """What was read: files and tables are remembered; of a frame its key is the best name."""
    kept = ((run.origin.get("call") or {}).get("sources") or {}).get("") or {}
    if "database" in kept:
        return f"{kept['database']} {kept['name'] or 'query'}"
    paths = kept.get("paths") or []
    here = Path.cwd()
    near = [str(Path(path).relative_to(here) if Path(path).is_relative_to(here) else path) for path in paths]
    return ", ".join(near) or run.slot.key


# -- checks ----------------------------------------------------------------------------------------------------------


def _check_result(said: CheckFacts, known: Check | None, order: Sequence[str]) -> CheckResult:
    check = _check(said, known if known and known.says == said.says else None)
    samples = tuple(_sample(item, order) for item in said.samples)
    return CheckResult(check, Status(said.status), _found(said, check), said.message, samples=samples)


def _check(said: CheckFacts, known: Check | None) -> Check:
    """The check: as the contract says it, with the mode and the place that were recorded."""
    place, mode = _place(said.clause), Mode(said.mode)
    if known:
        return Check(
            id=known.id,
            name=known.name,
            dimension=known.dimension,
            says=known.says,
            columns=known.columns,
            subject=known.subject,
            clause=Clause(place, known.clause.text),
            limits=known.limits,
            mode=mode,
            where=known.where,
            rule=known.rule,
            tags=known.tags,
            on=known.on,
        )
    columns = tuple(said.column.split(", ")) if said.column else ()
    subject = Shape() if said.id == "columns" else Rows(exp.true()) if said.value is None else Measure(exp.null())
    name = said.id.rpartition(".")[2]
    return Check(said.id, name, Dimension(said.dimension), said.says, columns, subject, Clause(place, ""), mode=mode)


def _found(said: CheckFacts, check: Check) -> Counted | Measured | NotRun:
    if said.status in (Status.SKIP, Status.ERROR):
        return NotRun(said.message)
    if said.value is not None or isinstance(check.subject, Measure | Answer | Shape):
        return Measured(_value(said.value), said.rows)
    return Counted(said.rows, said.bad)


def _value(text: str | None) -> Scalar:
    """A measured value, recorded as text: a number again where it is one."""
    for kind in (int, float):
        try:
            return None if text is None else kind(text)
        except ValueError:
            continue
    return text


def _sample(said: Mapping[str, Any], order: Sequence[str]) -> Sample:
    """A sample, its columns in the *order* of the data again, which the store does not keep."""
    values: Mapping[str, str | None] = said["values"]
    names = [*(name for name in order if name in values), *values]
    return Sample(said["row"], {name: values[name] for name in names}, said["source"], said["line"])


def _place(text: str) -> Place:
    """A place as it was printed: `contracts/orders/2.1.0.odcs.yaml:31 schema.orders.status`; without a line it is kept whole."""
    found = _PLACE.fullmatch(text)
    return Place(found["document"], int(found["line"]), found["path"] or "") if found else Place(text, 0, "")
