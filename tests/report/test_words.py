"""Laws of the words that reports share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.checks.model import Limit, Op, Unit
from dq.report import words


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_some_is_never_none_and_never_all(bad: int, rows: int) -> None:
    """A share between 0 and 1 is never printed as 0 % or 100 %."""
    share = Fraction(min(bad, rows), rows)
    text = words.percent(share)
    assert (text == "0 %") == (share == 0)
    assert (text == "100 %") == (share == 1)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (Fraction(1, 3), "33.3 %"),
        (Fraction(1, 2), "50 %"),
        (Fraction(29, 336_776), "0.0086 %"),
        (Fraction(1, 10**11), "0.000000001 %"),
        (Fraction(299_999, 300_000), "99.99967 %"),
    ],
)
def test_a_share_has_the_digits_that_say_something(share: Fraction, expected: str) -> None:
    """Percentages have one digit after the point, or two that differ from nothing and from everything."""
    assert words.percent(share) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (Limit(Op.EQ, 0), "none"),
        (Limit(Op.EQ, 3), "exactly 3"),
        (Limit(Op.LT, 1000), "fewer than 1,000"),
        (Limit(Op.LE, 5, Unit.PERCENT), "at most 5 %"),
        (Limit(Op.NOT_BETWEEN, (1, 4)), "not 1 to 4"),
        (Limit(Op.BETWEEN, (Decimal("1.50"), 4), Unit.VALUE), "between 1.50 and 4"),
        (Limit(Op.EQ, 0, Unit.VALUE), "exactly 0"),
        (Limit(Op.NE, "a\x1b", Unit.VALUE), "not a\\x1b"),
        (Limit(Op.EQ, value=True, unit=Unit.VALUE), "exactly true"),
        (Limit(Op.EQ, None, Unit.VALUE), "exactly null"),
        (Limit(Op.GE, 0.1, Unit.VALUE), "at least 0.1"),
        (Limit(Op.GT, date(2024, 2, 29), Unit.VALUE), "more than 2024-02-29"),
        (Limit(Op.GE, time(9, 30), Unit.VALUE), "at least 09:30:00"),
        (Limit(Op.LT, datetime(2024, 2, 29, 12, tzinfo=UTC), Unit.VALUE), "less than 2024-02-29 12:00:00+00:00"),
    ],
)
def test_limits_read_as_words(limit: Limit, expected: str) -> None:
    """A limit reads as what the number must be."""
    assert words.limit(limit) == expected


@pytest.mark.parametrize(("number", "expected"), [(0, "0 rows"), (1, "1 row"), (1204, "1,204 rows")])
def test_counts_agree_with_their_noun(number: int, expected: str) -> None:
    """One row, many rows."""
    assert words.count(number) == expected


def test_operators_are_all_known() -> None:
    """Every operator and unit has words."""
    for op in Op:
        value: Any = (1, 2) if op in (Op.BETWEEN, Op.NOT_BETWEEN) else 1
        for unit in Unit:
            assert words.limit(Limit(op, value, unit))
