"""How many rows may be diverted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import UsageError
from dq.quarantine import DEFAULT, Budget, budget, strictest


@pytest.mark.parametrize(
    ("said", "rows", "most"),
    [
        ("2%", 100, 2),
        ("2%", 149, 2),
        ("2 %", 150, 3),
        ("12.5%", 8, 1),
        ("0%", 1000, 0),
        ("100%", 10, 9),
        (500, 1000, 500),
        ("500", 1000, 500),
        ("1_000", 5000, 1000),
        (0, 10, 0),
        (None, 10, 9),
        ("none", 10, 9),
        ("None", 10, 9),
    ],
)
def test_a_budget_allows_so_many_rows(said: str | int | None, rows: int, most: int) -> None:
    """Shares are exact; whatever the budget, one row must be good."""
    given = budget(said)
    assert given.blocks(rows, most) == ""
    assert given.blocks(rows, most + 1) != ""


@pytest.mark.parametrize(("rows", "most"), [(11, 10), (50, 10), (100, 10), (109, 10), (110, 11), (1000, 100)])
def test_the_default_is_a_tenth_or_ten_rows(rows: int, most: int) -> None:
    """10 % of the rows, or 10 rows if that is more."""
    assert DEFAULT.blocks(rows, most) == ""
    assert DEFAULT.blocks(rows, most + 1) != ""


@given(st.integers(0, 10**9))
def test_no_bad_row_never_blocks_and_no_good_row_always_does(rows: int) -> None:
    """Whatever the budget; an empty input diverts nothing, so it passes."""
    for given_budget in (DEFAULT, Budget(), budget(0)):
        assert given_budget.blocks(rows, 0) == ""
        assert (given_budget.blocks(rows, rows) == "") == (rows == 0)


def test_the_stricter_holds() -> None:
    """Of what contract and call say, both hold; only when neither says anything, the default."""
    assert strictest(None, None) == DEFAULT
    both = strictest(budget("50%"), budget(20))
    assert (both.blocks(100, 20), both.blocks(30, 15)) == ("", "")
    assert both.blocks(100, 21) == "21 of 100 rows would be diverted, the budget is 20 rows (20 rows)"
    assert both.blocks(30, 16) == "16 of 30 rows would be diverted, the budget is 50% (15 rows)"
    assert strictest(budget("2%"), budget(None)).blocks(100, 3)
    assert strictest(None, budget(None)).blocks(100, 99) == ""
    assert strictest(budget("30%")).blocks(100, 30) == ""
    assert str(both) == "50% and 20 rows"


def test_a_share_is_exact() -> None:
    """33.3 % of 1000 is 333, not 332.99."""
    assert budget("33.3%").allowances[0].share == Fraction(333, 1000)
    assert budget("33.3%").blocks(1000, 333) == ""


@pytest.mark.parametrize(
    "said", ["", "two", "%", "-1", "101%", "2%%", "0x10", "1e3", "٢%", " %", -1, 2.5, 0.02, True, [], "1,5%"]
)
def test_a_malformed_budget_is_refused(said: object) -> None:
    """The message repeats it, names the place, and shows what would do."""
    with pytest.raises(UsageError) as caught:
        budget(said, "enforce(budget=…)")  # type: ignore[arg-type]
    assert caught.value.what == f"{said!r} is no budget"
    assert caught.value.where == "enforce(budget=…)"
    assert "'2%'" in caught.value.mend
