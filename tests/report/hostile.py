"""A result whose every text is hostile: names, values, files, owners, notes, reasons, SQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from sqlglot import exp

from dq.checks.model import Check, Clause, Dimension, Gap, GapKind, Limit, Mode, Op, Rows, Status, Unit
from dq.errors import Place
from dq.result import Bin, CheckResult, ColumnProfile, Counted, Coverage, NotRun, Result, Sample, Standout

PAYLOADS: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("hostile_payloads.json").read_text("utf-8")))


def hostile(*payloads: str) -> Result:
    """A result with each of *payloads* in every place that text can come from; all of the corpus when none is given."""
    given = payloads or PAYLOADS
    first = given[0]
    gaps = tuple(
        Gap(Clause(Place(text, 7, text), text), text, kind, rule=text, column=text)
        for text in given
        for kind in (GapKind.SKIPPED, GapKind.NOT_JUDGED)
    )
    return Result(
        contract=f"{first}@1.0.0",
        object=first,
        dataset=first,
        source=first,
        engine="duckdb",
        stage=first,
        status=Status.FAIL,
        rows=100,
        bad_rows=5 * len(given),
        checks=tuple(check for text in given for check in _checks(text)),
        coverage=Coverage.of(2 * len(given), gaps),
        now=datetime(2026, 3, 1, tzinfo=UTC),
        seconds=1.0,
        columns=dict.fromkeys(given, first),
        notes=given,
        owners=given,
        plan="ab" * 32,
        profile=tuple(_profile(text) for text in given),
    )


def _checks(text: str) -> tuple[CheckResult, ...]:
    sample = Sample(1, {text: text, "other": text}, text, 3)
    why = (Standout(text, text, 5, 1.0, 5, 0.05, 20.0), Standout("(file)", text, 5, 1.0, 5, 0.05, 20.0))
    return (
        CheckResult(_check(f"{text} one", text), Status.FAIL, Counted(100, 5), text, text, (sample,), why),
        CheckResult(_check(f"{text} two", text), Status.ERROR, NotRun(text), text, text),
        CheckResult(_check(f"{text} three", text), Status.PASS, Counted(100, 0), text, text),
    )


def _check(identity: str, text: str) -> Check:
    return Check(
        id=identity,
        name=text,
        dimension=Dimension.ACCURACY,
        says=text,
        columns=(text,),
        subject=Rows(exp.true()),
        clause=Clause(Place(text, 3, text), text),
        limits=(Limit(Op.NE, text, Unit.VALUE),),
        mode=Mode.QUARANTINE,
        where=exp.var(text),
        rule=text,
        tags=(text,),
    )


def _profile(text: str) -> ColumnProfile:
    return ColumnProfile(
        name=text,
        type=text,
        rows=100,
        nulls=10,
        distinct=9,
        low=text,
        high=text,
        mean=1.0,
        quantiles=(0.0, 1.0, 2.0, 3.0, 4.0),
        lengths=(1, 2.0, 3),
        top=((text, 50), (None, 10)),
        patterns=((text, 50),),
        histogram=(Bin(0, 1, 40), Bin(1, 2, 50)),
    )
