"""What every report says in the same words: counts, shares, limits; which checks there is something to say about."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from dq.checks.model import Gap, Limit, Mode, Op, Status, Unit
from dq.report.hostile import shown
from dq.result import CheckResult, Result
from dq.sql import Scalar

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


def unchecked(result: Result) -> tuple[Gap, ...]:
    """The clauses that nobody enforced and that are no check of the result."""
    told = {item.check.clause for item in result.checks}
    return tuple(gap for gap in result.coverage.skipped if gap.clause not in told)
