"""What every report says in the same words: counts, shares, limits; which checks there is something to say about."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath

from dq.checks.model import Gap, Limit, Mode, Op, Status, Unit
from dq.report.hostile import shown
from dq.result import CheckResult, Result, Sample, Standout
from dq.sql import Scalar

MARKS = {Status.FAIL: "✗", Status.ERROR: "⚠", Status.WARN: "!", Status.SKIP: "-", Status.PASS: "✓"}
VERBS = {Status.FAIL: "failed", Status.ERROR: "erred", Status.WARN: "warned", Status.SKIP: "skipped", Status.PASS: "passed"}

_WHOLE = {
    Op.EQ: "exactly {}",
    Op.NE: "any number but {}",
    Op.LT: "fewer than {}",
    Op.LE: "at most {}",
    Op.GT: "more than {}",
    Op.GE: "at least {}",
    Op.BETWEEN: "{} to {}",
    Op.NOT_BETWEEN: "not {} to {}",
}
_VALUE = _WHOLE | {
    Op.NE: "not {}",
    Op.LT: "less than {}",
    Op.BETWEEN: "between {} and {}",
    Op.NOT_BETWEEN: "not between {} and {}",
}


def count(number: int, noun: str = "row") -> str:
    """
    A number of things.

    Example:
        >>> count(1), count(1204, "check")
        ('1 row', '1,204 checks')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent(share: Fraction) -> str:
    """
    *share* in percent: two digits that say something, never 0 % for some or 100 % for not all.

    Example:
        >>> [percent(Fraction(*pair)) for pair in ((1, 3), (1, 300_000), (299_999, 300_000), (1, 1))]
        ['33.3 %', '0.00033 %', '99.99967 %', '100 %']
    """
    if share in (0, 1):
        return f"{share.numerator * 100} %"
    if not 0 < share < 1:
        return f"{float(share * 100):,.1f} %"
    near = min(share, 1 - share) * 100
    digits = 1
    while digits < 12 and near * 10**digits < 10:
        digits += 1
    return f"{float(share * 100):.{digits}f}".rstrip("0").rstrip(".") + " %"


def value(found: Scalar) -> str:
    """A measured value as people read it; null is `null`."""
    if found is None:
        return "null"
    if isinstance(found, bool):
        return str(found).lower()
    if isinstance(found, int):
        return f"{found:,}"
    if isinstance(found, float):
        return f"{found:.12g}"
    if isinstance(found, Decimal):
        return f"{found:f}"
    if isinstance(found, datetime):
        return found.isoformat(" ")
    return shown(found, 80) if isinstance(found, str) else found.isoformat()


def limit(said: Limit) -> str:
    """
    What a number must be.

    Example:
        >>> limit(Limit(Op.LE, 5, Unit.PERCENT)), limit(Limit(Op.BETWEEN, (1, 4), Unit.VALUE))
        ('at most 5 %', 'between 1 and 4')
    """
    if said.unit is Unit.ROWS and said.op is Op.EQ and said.value == 0:
        return "none"
    words = _VALUE if said.unit is Unit.VALUE else _WHOLE
    parts = said.value if isinstance(said.value, tuple | list) else (said.value,)
    return words[said.op].format(*(value(part) for part in parts)) + (" %" if said.unit is Unit.PERCENT else "")


def is_observed(item: CheckResult) -> bool:
    """Whether something is wrong that is recorded only: it does not count in the dataset's status."""
    return item.check.mode is Mode.OBSERVE and item.status not in (Status.PASS, Status.SKIP)


def finding(item: CheckResult) -> str:
    """The check's sentence with its numbers, on one line."""
    return f"{shown(item.check.says, 300)}: {shown(item.message, 1000)}"


def standout(item: CheckResult, said: Standout) -> str:
    """Where bad rows of *item* concentrate, with the share of all rows: `98 % have carrier = MQ (8 % of all rows)`."""
    bad, rows = (_rounded(share) for share in (said.bad_share, said.row_share))
    if said.column == "(position)":
        what = f"are in rows {said.value}"
    elif said.column == "(file)":
        what = f"are in {shown((said.value or '').rpartition('/')[2], 80)}"
    else:
        what = f"have {shown(said.column, 80)} = {'null' if said.value is None else shown(said.value, 80) or '(empty)'}"
    judged = "all rows" if item.check.where is None else "the rows it judges"
    return f"{bad} {what} ({rows} of {judged})"


def _rounded(share: float) -> str:
    """A share in percent, two digits; never 0 % for some or 100 % for not all."""
    value = share * 100
    digits = 0 if 1 <= value <= 99 or share in (0, 1) else 1
    while digits and digits < 6 and (round(value, digits) in (0, 100) or value < 10 ** (1 - digits)):
        digits += 1
    return f"{value:.{digits}f} %"


def unchecked(result: Result) -> tuple[Gap, ...]:
    """The clauses that nobody enforced and that are no check of the result."""
    told = {item.check.clause for item in result.checks}
    return tuple(gap for gap in result.coverage.skipped if gap.clause not in told)


def troubled(result: Result) -> list[CheckResult]:
    """The checks to talk about, worst first; rules that are only observed come after those that count."""
    missed = {gap.clause for gap in result.coverage.skipped}  # told there
    items = [item for item in result.checks if item.status is not Status.PASS]
    items = [item for item in items if item.status is not Status.SKIP or item.check.clause not in missed]
    return sorted(items, key=lambda item: (is_observed(item), item.status.rank))


def sample_columns(item: CheckResult) -> list[str]:
    """The columns that its sample rows show, those of the check first."""
    names: dict[str, None] = dict.fromkeys(name for name in item.check.columns if any(name in row.values for row in item.samples))
    for row in item.samples:
        names |= dict.fromkeys(row.values)
    return list(names)


def sample_place(sample: Sample, result: Result, limit: int = 40) -> str:
    """Where a sample row is: its file, when there are several, and its line or row."""
    name = PurePosixPath(sample.source).name
    file = "" if name in ("", PurePosixPath(result.source).name) else f"{shown(name, limit)} "
    if sample.line is None and sample.row is None:
        return f"{file}a row"
    return f"{file}line {sample.line}" if sample.line is not None else f"{file}row {sample.row}"


def duration(seconds: float) -> str:
    """
    A time span as people say it.

    Example:
        >>> duration(0.82), duration(185)
        ('0.82 s', '3 min 5 s')
    """
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"
