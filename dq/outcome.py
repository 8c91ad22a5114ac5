"""What an engine found becomes a result: verdicts, who is diverted, samples, coverage. How data is read is not known here."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Flag, auto
from functools import partial

from sqlglot import exp

from dq.bad import BadRows
from dq.checks import Check, Foreign, Header, Keys, Rows, Status
from dq.engines import Engine, Seen, View
from dq.job import Job
from dq.judge import Numbers, Verdict, extra_columns, judge, overall, undivided
from dq.mask import mask
from dq.plan import READABLE, RECORD, Field, Passes, Plan, Unable, as_declared, bind, for_columns, guesses
from dq.result import (
    NO_ROW_READ,
    NOT_LOOKED_INTO,
    CheckResult,
    ColumnProfile,
    Coverage,
    Estimate,
    NotRun,
    Result,
    Sample,
    Standout,
)
from dq.sql import base
from dq.why import Ground, standouts
from dq.wording import misread_sql, reveals, sql_of

Whom = Callable[[str | None], str]  # a mark of the person of that name; of None, that it may be anybody


class Also(Flag):
    """What a result holds beside its verdicts: each costs something."""

    NOTHING = 0
    BAD = auto()  # every bad row, on disk
    WHY = auto()  # where the bad rows of a check concentrate: about a tenth of the time
    PROFILE = auto()  # what every column holds


def conclude(
    job: Job,
    engine: Engine,
    view: View,
    *,
    now: datetime,
    also: Also = Also.BAD | Also.WHY,
    whom: Whom | None = None,
) -> Result:
    """
    Look at *view* once and judge it; afterwards the view knows which rows are diverted: those marked by a failing check.

    *now* is what `now()` means in every rule; *also* is what the result is to hold beside the verdicts. *whom* marks whom
    samples are about, when they are recorded.
    """
    started = time.monotonic()
    plan = _of_view(job.plan, view)
    how = partial(bind, plan, dialect=engine.dialect, now=now, references=view.references, where=job.where)
    passes = shown = how(view.columns)
    if view.records:  # nobody wants to read how text is read
        shown = how(as_declared(plan, view.columns))
    look = _Look(job, plan, passes, view, engine.dialect, shown, keep_bad=Also.BAD in also, whom=whom)
    numbers, verdicts, bad_rows, bad = look.at_metadata() if job.select.metadata_only else look.at_rows()
    grounds = look.grounds(verdicts) if Also.WHY in also and not job.select.metadata_only else {}
    unsaid = (NO_ROW_READ,) if job.select.metadata_only else () if grounds is not None else (NOT_LOOKED_INTO,)
    checks = tuple(
        look.check_result(number, undivided(number, item, numbers.answers), verdicts[number], (grounds or {}).get(number))
        for number, item in enumerate(plan.checks)
    )
    profiles = profiled(view, plan) if Also.PROFILE in also and not job.select.metadata_only else ()
    return Result(
        contract=plan.contract,
        object=plan.object,
        dataset=plan.dataset,
        source=str(job.source),
        engine=engine.name,
        stage=job.select.stage or "",
        status=overall(((item.check, item.status) for item in checks), plan, [item.check for item in checks if item.is_unable]),
        rows=numbers.rows,
        bad_rows=bad_rows,
        checks=checks,
        coverage=Coverage.over(checks, plan.gaps),
        now=now,
        seconds=time.monotonic() - started,
        columns=view.shown,
        notes=(*_notes(plan, view, checks), *unsaid),
        owners=plan.owners,
        plan=plan.sha256,
        profile=profiles,
        bad=bad,
    )


def _of_view(plan: Plan, view: View) -> Plan:
    """*plan* with the checks that make sense for these columns: one for each of a name, records only where they are text."""
    plan = for_columns(plan, view.columns.types)
    return replace(plan, checks=tuple(item for item in plan.checks if _makes_sense(item, view)))


def _makes_sense(item: Check, view: View) -> bool:
    if isinstance(item.subject, Header) and view.records:
        return item.subject.of_texts
    if item.name == READABLE:
        return view.columns.is_written(item.columns[0])
    return view.records or item.id != RECORD


def profiled(view: View, plan: Plan) -> tuple[ColumnProfile, ...]:
    """
    What the columns of a *view* that was looked at hold; values of sensitive columns are masked, their numbers left out.

    Text that *plan* does not declare is read as what all of it can be: numbers, truth values, dates, times.
    """
    declared = {name: field for field in (*plan.suited, *plan.fields) for name in (field.source, field.name)}
    found = view.profile(guesses(view.columns, declared.keys()))
    return tuple(_masked(item) if item.name in declared and declared[item.name].hides else item for item in found)


def _masked(item: ColumnProfile) -> ColumnProfile:
    top = tuple((mask(value), rows) for value, rows in item.top)
    patterns = tuple((mask(shape) or "", rows) for shape, rows in item.patterns)
    return ColumnProfile(
        item.name, item.type, item.rows, item.nulls, item.distinct, mask(item.low), mask(item.high), top=top, patterns=patterns
    )


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at one view."""

    job: Job
    plan: Plan
    passes: Passes
    view: View
    dialect: str
    shown: Passes  # whose SQL people see
    keep_bad: bool
    whom: Whom | None

    def at_rows(self) -> tuple[Numbers, list[Verdict], int, BadRows | None]:
        """Run the passes, judge, settle the bad rows and keep them."""
        found = self.view.look(self.passes)
        unable = {**self.passes.unable, **{check: Unable(Status.ERROR, why) for check, why in found.errors.items()}}
        revealing = frozenset(number for number, query in self.passes.answers.items() if reveals(query, self.plan))
        numbers = Numbers(found.rows, found.bad, found.measures, found.answers, unable, self._columns(), revealing)
        verdicts = self._judge(numbers)
        checks = list(enumerate(self.plan.checks))
        bad_rows = self.view.divert(
            [number for number, item in checks if item.is_row_check and verdicts[number].status is Status.FAIL]
        )
        if self.passes.good:
            numbers = replace(numbers, measures={**numbers.measures, **self.view.measure_good(self.passes)})
            verdicts = self._judge(numbers)
        bad = BadRows(self.job.settings.spill_directory) if self.keep_bad else None
        if bad is not None and bad_rows:
            self.view.drain(bad.fill, {number: item.id for number, item in checks})
        return numbers, verdicts, bad_rows, bad

    def at_metadata(self) -> tuple[Numbers, list[Verdict], int, None]:
        """What can be known without reading rows: types that fit whatever the rows hold, and about how many there are."""
        certain = {item.check for item in self.passes.rows if item.bad == exp.false()}
        unable = dict(self.passes.unable)
        for number, item in enumerate(self.plan.checks):
            if number not in unable and number not in certain and isinstance(item.subject, Rows | Keys | Foreign):
                unable[number] = Unable(Status.SKIP, "only the rows can tell")
        counts = [number for number, item in enumerate(self.plan.checks) if item.counts_rows and number not in unable]
        about = self.view.estimate() if counts else None
        unable |= {number: Unable(Status.SKIP, why) for number in counts if (why := self._uncounted(number, about))}
        known = about if isinstance(about, Estimate) else None
        numbers = Numbers(0, dict.fromkeys(certain, 0), {}, {}, unable, self._columns(), about=known)
        return numbers, self._judge(numbers), 0, None

    def _uncounted(self, number: int, about: Estimate | NotRun | None) -> str:
        """Why the number of rows that a check is about is not known without reading them; "" when it is."""
        if isinstance(about, NotRun):
            return about.reason
        check = self.plan.checks[number]
        if check.where is not None or self.passes.where is not None:
            return "statistics know nothing of a filter: only the rows can tell"
        return "which rows go on only the rows can tell" if check.on == "good" else ""

    def _columns(self) -> dict[str, tuple[str, ...]]:
        """Of every column, what its type is called: by its owner, and by the engine."""
        types = self.view.columns.types.items()
        return {name: (self.view.shown.get(name, ""), kind.sql(base(self.dialect))) for name, kind in types}

    def _judge(self, numbers: Numbers) -> list[Verdict]:
        checks = (undivided(number, item, numbers.answers) for number, item in enumerate(self.plan.checks))
        return [judge(number, item, numbers, self.plan) for number, item in enumerate(checks)]

    def grounds(self, verdicts: Sequence[Verdict]) -> Mapping[int, Ground] | None:
        """What the bad rows of failing checks have in common; nothing is read when none fails. None: not looked into."""
        checks = enumerate(self.plan.checks)
        asked = {number: self._own(item) for number, item in checks if item.is_row_check and _is_told(item, verdicts[number])}
        return self.view.grounds(asked) if asked else {}

    def check_result(self, number: int, item: Check, verdict: Verdict, ground: Ground | None) -> CheckResult:
        """The verdict with its SQL and, where rows are bad, some of them and where they concentrate."""
        told = _is_told(item, verdict)
        samples = self._samples(number, item) if told else ()
        sql = sql_of(number, item, self.plan, self.shown, self.dialect)
        if not sql and item.name == "type" and self.view.records:
            sql = misread_sql(item, self.plan, self.dialect)
        why = self._why(item, ground) if ground else ()
        return CheckResult(item, verdict.status, verdict.found, verdict.message, sql, samples, why)

    def _own(self, item: Check) -> Collection[str]:
        """The columns of the data that a check is about."""
        named = [field.source for field in self.plan.fields if field.name in item.columns]
        return self.view.columns.types.keys() & {*item.columns, *named}

    def _why(self, item: Check, ground: Ground) -> tuple[Standout, ...]:
        """Where the bad rows concentrate; values of sensitive columns are masked."""
        hidden = {name for field in self.plan.fields if field.hides for name in (field.source, field.name)}
        found = standouts(ground, self._own(item))
        return tuple(replace(said, value=mask(said.value)) if said.column in hidden else said for said in found)

    def _samples(self, number: int, item: Check) -> tuple[Sample, ...]:
        """Some bad rows: the check's columns and the key's, sensitive ones masked."""
        fields = [field for field in self.plan.fields if field.name in item.columns or field.key]
        names = {name: field for field in fields for name in (field.source, field.name)}
        wanted = [name for name in self.view.columns.types if name in names or name in item.columns]
        hidden = {name for name in wanted if self.plan.hides(name)}
        if any(field.hides for field in self.plan.fields):
            hidden.add("(record)")  # a record that cannot be read shows any column
        people = [item for item in self.plan.fields if item.names_people] if self.whom is not None else []
        more = [name for name in self.view.columns.types if name not in wanted and _names(people, name)]
        return tuple(
            Sample(
                seen.row,
                {name: mask(text) if name in hidden else text for name, text in seen.values.items() if name not in more},
                seen.source,
                seen.line,
                self._subjects(seen, people) if people else (),
            )
            for seen in self.view.sample(number, [*wanted, *more], self.job.settings.samples)
        )

    def _subjects(self, seen: Seen, people: Sequence[Field]) -> tuple[str, ...]:
        """Whom a row is about: hashes; of what is not plain text, the mark that it may be anybody."""
        assert self.whom is not None  # noqa: S101  asked only then
        named = [(item, text) for item in people for name, text in seen.values.items() if _names([item], name)]
        texts = {text for item, text in named if text is not None and item.subject}
        texts |= {text.rstrip("0").rstrip(".") for text in texts if _NUMBER.fullmatch(text)}
        unread = any(not item.subject for item, _ in named) or not named
        return tuple(map(self.whom, (*sorted(texts), *([None] if unread else []))))


_NUMBER = re.compile(r"-?\d+\.\d+")


def _names(fields: Sequence[Field], name: str) -> bool:
    return any(name in (item.source, item.name) for item in fields)


def _is_told(item: Check, verdict: Verdict) -> bool:
    """Whether its bad rows are shown."""
    return isinstance(item.subject, Rows | Keys | Foreign) and verdict.status in (Status.FAIL, Status.WARN)


def _elsewhere(checks: tuple[CheckResult, ...]) -> list[str]:
    """Which checks another tool ran."""
    found: dict[str, list[str]] = {}
    for item in checks:
        if isinstance(item.check.subject, Foreign):
            found.setdefault(item.check.subject.tool, []).append(item.check.id)
    return [f"{len(names)} of {len(checks)} checks ran in {tool} itself: {', '.join(names)}" for tool, names in found.items()]


def _notes(plan: Plan, view: View, checks: tuple[CheckResult, ...]) -> tuple[str, ...]:
    notes = list(view.notes)
    if extra := extra_columns(plan, view.columns.types):
        notes.append(f"columns that the contract does not declare: {', '.join(extra)}")
    notes += _elsewhere(checks)
    return (*notes, *(f"{item.check.id}: {item.check.warning}" for item in checks if item.check.warning))
