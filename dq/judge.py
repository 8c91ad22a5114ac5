"""Numbers become verdicts: what an engine found, held against what the checks allow. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dq.checks import NONE_BAD, Answer, Ask, Check, Foreign, Header, Keys, Limit, Measure, Mode, Op, Rows, Shape, Status, Unit
from dq.plan import COLUMNS, RECORD, Plan, Unable
from dq.result import Counted, Estimate, Measured, NotRun
from dq.sql import Scalar

_EXTREMES = ("minimum", "maximum", "quantile")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check came to."""

    status: Status
    found: Counted | Measured | NotRun
    message: str


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the engine found for the checks of one plan."""

    rows: int
    bad: Mapping[int, int]
    measures: Mapping[str, Scalar]
    answers: Mapping[int, Scalar | Exception]
    unable: Mapping[int, Unable]
    columns: Mapping[str, Sequence[str]]  # name -> what its type is called, by its owner and by the engine
    revealing: Collection[int] = ()  # checks whose answers may hold a value that nobody may see
    about: Estimate | None = None  # instead of *rows*, where no row is read


def judge(number: int, check: Check, numbers: Numbers, plan: Plan) -> Verdict:
    """The verdict on check *number* of *plan*."""
    if unable := numbers.unable.get(number):
        return Verdict(unable.status, NotRun(unable.reason), unable.reason)
    if isinstance(check.subject, Shape):
        return _shape(check, check.subject, numbers, plan)
    if isinstance(check.subject, Header):
        return _header(check, check.subject, numbers)
    if isinstance(check.subject, Answer):
        answer, hidden = numbers.answers.get(number), number in numbers.revealing
        if isinstance(answer, Exception):
            why = "it reads a sensitive column, so its error is hidden" if hidden else str(answer)
            return Verdict(Status.ERROR, NotRun(why), f"the query cannot run: {why}")
        return _measured(check, answer, numbers, hidden=hidden)
    if isinstance(check.subject, Foreign) and number in numbers.answers:
        return _answered(check, numbers.answers[number], numbers, hidden=_is_sensitive(check, plan))
    if isinstance(check.subject, Rows | Keys | Foreign):
        bad = numbers.bad.get(number) if check.is_row_check else numbers.measures.get(f"check:{number}")
        rows = numbers.measures.get(f"where:{number}", numbers.rows)
        return _counted(check, Counted(_count(rows), _count(bad)))
    if check.counts_rows and numbers.about:
        return _estimated(check, numbers.about)
    hidden = check.name in _EXTREMES and _is_sensitive(check, plan)
    return _measured(check, numbers.measures.get(f"check:{number}"), numbers, hidden=hidden)


def undivided(number: int, check: Check, answers: Mapping[int, Scalar | Exception]) -> Check:
    """*check* as what its script made of it: with one verdict on all rows there are none to divert."""
    if not isinstance(check.subject, Foreign) or not check.is_row_check or number not in answers:
        return check
    mode = check.subject.undivided if check.mode is Mode.QUARANTINE else check.mode
    return replace(check, subject=replace(check.subject, per_row=False), mode=mode)


def _answered(check: Check, answer: Scalar | Exception, numbers: Numbers, *, hidden: bool) -> Verdict:
    """The verdict of a script that gave one value: whether all is well, or a number within limits."""
    if isinstance(answer, Exception):
        return Verdict(Status.ERROR, NotRun(str(answer)), str(answer))
    if isinstance(answer, bool) and check.limits == NONE_BAD:
        return Verdict(
            Status.PASS if answer else _beyond(check.mode), Measured(answer, numbers.rows), f"it says {_shown(answer)}"
        )
    return _measured(check, answer, numbers, hidden=hidden)


def _is_sensitive(check: Check, plan: Plan) -> bool:
    return any(map(plan.hides, check.columns))


def overall(verdicts: Iterable[tuple[Check, Status]], plan: Plan, unenforced: Iterable[Check] = ()) -> Status:
    """
    The status of a dataset: the worst of its checks, those only observed left out; zero checks run is an error.

    A clause that nobody enforces, and checks that could not be (*unenforced*), make it at least `warn`, unless waived.
    """
    listed = list(verdicts)
    if all(status is Status.SKIP or (check.id == RECORD and status is Status.PASS) for check, status in listed):
        return Status.ERROR  # records that can be read keep no promise
    counted = [status for check, status in listed if check.mode is not Mode.OBSERVE]
    if any(gap.kind == "skipped" and not gap.waived for gap in plan.gaps) or any(not check.waived for check in unenforced):
        counted.append(Status.WARN)
    return min(counted, key=lambda status: status.rank, default=Status.PASS)


def _count(value: Scalar) -> int:
    return int(value) if isinstance(value, int) else 0


def _beyond(mode: Mode) -> Status:
    return Status.WARN if mode in (Mode.OBSERVE, Mode.WARN) else Status.FAIL


def _counted(check: Check, found: Counted) -> Verdict:
    holds = all(_holds(limit, Fraction(found.bad) if limit.unit is Unit.ROWS else found.share * 100) for limit in check.limits)
    share = f" ({_percent(found.share)})" if found.rows else ""
    allowed = " and ".join(str(limit) for limit in check.limits)
    message = f"{found.bad:,} of {found.rows:,} rows{share}"
    if (not holds or found.bad or not check.is_row_check) and check.limits != NONE_BAD:
        message += f", {'allowed' if check.is_row_check else 'must be'} {allowed}"
    return Verdict(Status.PASS if holds else _beyond(check.mode), found, message)


def _measured(check: Check, value: Scalar, numbers: Numbers, *, hidden: bool) -> Verdict:
    if value is None:
        if isinstance(check.subject, Measure) and check.subject.needs_values:
            return Verdict(_beyond(check.mode), Measured(None, numbers.rows), "no values, where some are needed")
        return Verdict(Status.SKIP, NotRun("no values"), "no values")
    bounds = " and ".join(str(limit) for limit in check.limits)
    shares = [limit for limit in check.limits if limit.unit is Unit.PERCENT]
    share = _share(check, value, numbers) if shares else value
    shown = "hidden" if hidden else _percent(Fraction(str(share))) if shares else _shown(value)
    try:
        holds = all(_holds(_of_one(limit), share) for limit in check.limits)
    except (TypeError, ValueError, ArithmeticError):
        reason = f"{shown} cannot be compared with {bounds}"
        return Verdict(Status.ERROR, NotRun(reason), reason)
    found = Measured(None if hidden else value, numbers.rows)
    message = f"{shown}, must be {bounds}" if bounds else shown
    return Verdict(Status.PASS if holds else _beyond(check.mode), found, message)


def _estimated(check: Check, about: Estimate) -> Verdict:
    """The verdict on a number of rows that is known roughly: given where it is the same for every number that it may be."""
    told = f"about {about.rows:,} rows ({about.low:,} to {about.high:,}) by the statistics of {about.by}"
    bounds = " and ".join(str(limit) for limit in check.limits)
    try:
        verdicts = {all(_holds(limit, number) for limit in check.limits) for number in _turns(check.limits, about)}
    except (TypeError, ValueError, ArithmeticError):
        reason = f"{told} cannot be compared with {bounds}"
        return Verdict(Status.ERROR, NotRun(reason), reason)
    if len(verdicts) > 1 or any(limit.unit is Unit.PERCENT for limit in check.limits):
        reason = f"{told}: too rough to tell whether it is {bounds}; only the rows can tell"
        return Verdict(Status.SKIP, NotRun(reason), reason)
    return Verdict(Status.PASS if verdicts == {True} else _beyond(check.mode), Measured(about.rows), f"{told}, must be {bounds}")


def _turns(limits: Iterable[Limit], about: Estimate) -> set[int]:
    """Numbers of rows among which there is one of each verdict that *about* leaves open: its ends, and those beside a bound."""
    bounds = [bound for limit in limits for bound in (limit.value if isinstance(limit.value, tuple) else (limit.value,))]
    beside = {math.floor(_number(bound, 0)) + step for bound in bounds for step in (-1, 0, 1)}
    return {about.low, about.high, *(number for number in beside if about.low <= number <= about.high)}


def _share(check: Check, value: Scalar, numbers: Numbers) -> Any:
    """A measured share, from 0 to 1: of rows, among all rows of the dataset."""
    if check.name == "row_count" or not isinstance(value, float):
        return Fraction(_count(value), numbers.rows) if numbers.rows else Fraction(0)
    return value


def _of_one(limit: Limit) -> Limit:
    """A limit in percent as one of a share from 0 to 1."""
    if limit.unit is not Unit.PERCENT:
        return limit
    bounds = limit.value if isinstance(limit.value, tuple) else (limit.value,)
    parts = tuple(Fraction(str(bound)) / 100 for bound in bounds)
    return Limit(limit.op, parts if isinstance(limit.value, tuple) else parts[0], Unit.VALUE)


def _shape(check: Check, subject: Shape, numbers: Numbers, plan: Plan) -> Verdict:
    here = list(numbers.columns)
    wanted = [field for field in plan.fields if field.name in check.columns]
    missing = [field.source for field in wanted if field.source not in here and field.name not in here]
    known = {name for field in plan.fields for name in (field.source, field.name)}
    extra = [name for name in here if name not in known]
    declared = [name for field in plan.fields for name in (field.source, field.name) if name in here]
    in_order = list(dict.fromkeys(declared)) == [name for name in here if name in known]
    problems = []
    status = Status.PASS
    if missing:
        problems.append(f"missing: {', '.join(missing)}")
        status = Status.FAIL
    if extra and subject.extra is not Mode.OBSERVE:
        problems.append(f"not declared: {', '.join(extra)}")
        status = min(status, _beyond(subject.extra), key=lambda item: item.rank)
    if not in_order and subject.order is not None:
        problems.append("the columns are in another order")
        status = min(status, _beyond(subject.order), key=lambda item: item.rank)
    return Verdict(status, Measured(len(missing), numbers.rows), "; ".join(problems) or f"{len(wanted)} columns are there")


def _header(check: Check, subject: Header, numbers: Numbers) -> Verdict:
    here = list(numbers.columns)
    if subject.ask is Ask.COUNT:
        return _measured(check, len(here), numbers, hidden=False)
    missing = [name for name in subject.names if name not in here]
    if subject.ask in (Ask.ONLY, Ask.FOLLOW, Ask.MATCH):
        problem = _unmatched(subject, here)
    elif subject.ask in (Ask.PLACE, Ask.TYPE):
        problem = f"missing: {missing[0]}" if missing else _misplaced(subject, numbers)
    elif subject.ask is Ask.ABSENT:
        problem = f"not expected: {', '.join(found)}" if (found := [name for name in subject.names if name in here]) else ""
    elif subject.ask is Ask.ORDER:
        problem = "" if here == list(subject.names) else f"the columns are: {', '.join(here)}"
    else:
        extra = [name for name in here if name not in subject.names] if subject.ask is Ask.EXACT else []
        said = (f"missing: {', '.join(missing)}" if missing else "", f"not expected: {', '.join(extra)}" if extra else "")
        problem = "; ".join(part for part in said if part)
    status = _beyond(check.mode) if problem else Status.PASS
    return Verdict(status, Measured(len(here), numbers.rows), problem or f"{len(here)} columns")


def _unmatched(subject: Header, here: Sequence[str]) -> str:
    """What is wrong with the columns that patterns of names match."""
    matched = {pattern: [name for name in here if re.match(pattern, name)] for pattern in subject.names}
    if subject.ask is Ask.MATCH:
        none = [pattern for pattern, names in matched.items() if not names]
        return f"no column matches {', '.join(none)}" if none else ""
    wanted = list(dict.fromkeys(name for names in matched.values() for name in names))
    if subject.ask is Ask.ONLY:
        extra = [name for name in here if name not in wanted]
        return f"not expected: {', '.join(extra)}" if extra else ""
    found = [name for name in here if name in wanted]
    return "" if found == wanted else f"the columns are: {', '.join(found)}"


def _misplaced(subject: Header, numbers: Numbers) -> str:
    name = subject.names[0]
    if subject.ask is Ask.PLACE:
        place = list(numbers.columns).index(name)
        return "" if place == subject.place else f"it is at place {place}"
    found = [kind for kind in numbers.columns[name] if kind]
    return "" if {_plain_type(kind) for kind in found} & set(subject.types) else f"the type is {found[0]}"


def _plain_type(name: str) -> str:
    """A type's name in lower case without its numbers and units; times with a zone are `timestamptz`."""
    text = name.casefold()
    plain = text.partition("[")[0].partition("(")[0].strip()
    zoned = (plain in ("datetime64", "datetime", "timestamp") and "," in text) or "with time zone" in text
    return "timestamptz" if zoned else plain


def extra_columns(plan: Plan, columns: Iterable[str]) -> list[str]:
    """Columns of the data that the contract does not declare; none when it declares no columns at all."""
    known = {name for field in plan.fields for name in (field.source, field.name)}
    return [name for name in columns if name not in known] if any(check.id == COLUMNS for check in plan.checks) else []


def _holds(limit: Limit, value: Any) -> bool:
    left, right = value, limit.value
    if limit.op in (Op.BETWEEN, Op.NOT_BETWEEN):
        low, high = (_number(bound, value) for bound in right)
        inside = low <= _number(value, value) <= high
        return inside if limit.op is Op.BETWEEN else not inside
    if isinstance(left, date):
        left, right = _moment(left), _moment(right)
    elif isinstance(right, str) and isinstance(left, str):
        pass  # by code point
    elif isinstance(right, str) or isinstance(left, str):
        if limit.op not in (Op.EQ, Op.NE):
            raise TypeError
        left, right = str(left), str(right)
    elif not (isinstance(left, bool) and isinstance(right, bool)):
        left, right = _number(left, value), _number(right, value)
    if limit.op is Op.EQ:
        return bool(left == right)
    if limit.op is Op.NE:
        return bool(left != right)
    return bool({Op.LT: left < right, Op.LE: left <= right, Op.GT: left > right, Op.GE: left >= right}[limit.op])


def _moment(value: str | date) -> datetime:
    """A day is its first moment; a moment with a zone is in UTC."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value


def _number(value: Any, beside: Any) -> Any:
    """Exact, unless the measured value is a float: then both are floats."""
    if isinstance(beside, float):
        return float(value)
    if isinstance(value, float):
        return Fraction(str(value))
    if isinstance(value, int | Decimal | Fraction):
        return Fraction(value)
    raise TypeError


def _percent(share: Fraction) -> str:
    value = float(share * 100)
    if value in (0, 100):
        return f"{value:.0f} %"
    return f"{value:.2g} %" if value < 1 else f"{value:.2f} %" if value > 99 else f"{value:.1f} %"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
