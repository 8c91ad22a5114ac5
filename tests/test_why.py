"""Laws of why: what stands out is told, and nothing else."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.why import BUCKETS, FILE, POSITION, Bucket, Grain, Ground, Spot, standouts, tail


def _told(ground: Ground, *own: str) -> list[tuple[str, str | None]]:
    return [(said.column, said.value) for said in standouts(ground, own)]


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(1, 40))
def test_the_tail_is_that_of_the_hypergeometric_distribution(hits: int, drawn: int, marked: int, rows: int) -> None:
    """Beyond what is expected, the tail equals the sum over exact binomial coefficients; elsewhere it is 1."""
    drawn, marked = min(drawn, rows), min(marked, rows)
    exact = sum(
        math.comb(marked, count) * math.comb(rows - marked, drawn - count)
        for count in range(max(hits, drawn + marked - rows), min(drawn, marked) + 1)
    ) / math.comb(rows, drawn)
    is_more = hits * rows > drawn * marked
    assert tail(hits, drawn, marked, rows) == pytest.approx(exact if is_more else 1.0, abs=1e-12)


@given(st.integers(50, 100_000), st.integers(1, 1000), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_shares_add_up(bad: int, times: int, bad_share: float, row_share: float) -> None:
    """What is told has 1.5 times its share of all rows, and its shares are its counts divided."""
    rows = bad * times
    spot = Spot("carrier", "MQ", round(bad * bad_share), max(round(rows * row_share), round(bad * bad_share)))
    for said in standouts(Ground(bad, rows, 10, (spot,))):
        assert (said.bad_share, said.row_share) == (said.bad / bad, said.rows / rows)
        assert said.lift == pytest.approx(said.bad_share / said.row_share)
        assert said.lift >= 1.5 - 1e-9
        assert 0.2 <= said.bad_share <= 1


def test_a_planted_concentration_is_told() -> None:
    """98 % of the bad rows among 8 % of all rows is told, with its shares."""
    (said,) = standouts(Ground(100, 10_000, 40, (Spot("carrier", "MQ", 98, 800), Spot("origin", "JFK", 35, 3_300))))
    assert (said.column, said.value, said.bad, said.rows) == ("carrier", "MQ", 98, 800)
    assert (said.bad_share, said.row_share) == (0.98, 0.08)


@pytest.mark.parametrize(
    ("ground", "why"),
    [
        (Ground(4, 1_000, 1, (Spot("a", "x", 4, 4),)), "four rows are too few"),
        (Ground(5, 1_000, 1_000, (Spot("a", "x", 5, 150),)), "one of a thousand values tried may do that by chance"),
        (Ground(1_000, 10_000, 10, (Spot("a", "x", 150, 200),)), "not a fifth of the bad rows"),
        (Ground(1_000, 10_000, 10, (Spot("a", "x", 900, 7_000),)), "not 1.5 times its share of all rows"),
        (Ground(100, 100, 10, (Spot("a", "x", 60, 60),)), "all rows are bad"),
        (Ground(0, 0, 0), "no rows"),
    ],
)
def test_what_does_not_stand_out_is_not_told(ground: Ground, why: str) -> None:
    """Too few rows, chance, a small share, a small lift: nothing is claimed."""
    assert standouts(ground) == (), why


@settings(max_examples=50, derandomize=True)
@given(st.lists(st.integers(0, 4), min_size=20, max_size=40), st.integers())
def test_bad_rows_spread_at_random_claim_nothing(values: list[int], seed: int) -> None:
    """Bad rows chosen without looking at the values stand out nowhere, in values as in positions."""
    rows = 4_000
    of_all = [values[row % len(values)] for row in range(rows)]
    chosen = sorted(Random(seed).sample(range(rows), 100))  # noqa: S311  a repeatable choice
    spots = tuple(
        Spot("a", str(value), sum(of_all[row] == value for row in chosen), of_all.count(value)) for value in sorted(set(values))
    )
    assert standouts(Ground(100, rows, len(spots), spots, _buckets(chosen, rows))) == ()


def _buckets(chosen: list[int], rows: int) -> tuple[Bucket, ...]:
    parts: dict[int, list[int]] = {}
    for row in chosen:
        parts.setdefault(row * BUCKETS // rows, []).append(row)
    return tuple(Bucket(place, len(inside), min(inside), max(inside)) for place, inside in sorted(parts.items()))


@given(st.integers(0, 9_000), st.integers(20, 400))
def test_a_stretch_of_rows_is_told_with_its_first_and_last_row(first: int, bad: int) -> None:
    """Bad rows that follow each other are told as one range, whose ends are bad rows."""
    (said,) = standouts(Ground(bad, 10_000, 0, (), _buckets(list(range(first, first + bad)), 10_000)))
    assert (said.column, said.value, said.bad, said.rows) == (POSITION, f"{first:,} to {first + bad - 1:,}", bad, bad)


def test_a_file_that_says_as_much_hides_the_positions() -> None:
    """When all bad rows are in one file, their positions say nothing new."""
    spots = (Spot(FILE, "part-0007", 200, 1_000),)
    buckets = _buckets(list(range(7_000, 7_200)), 10_000)
    assert _told(Ground(200, 10_000, 10, spots, buckets)) == [(FILE, "part-0007")]


def test_the_finest_time_that_covers_the_bad_rows_is_told() -> None:
    """Of month, day and hour, the finest with nine tenths of the bad rows is told, alone."""
    times = (
        Spot("at", "2024-05", 1_000, 8_000, Grain.MONTH),
        Spot("at", "2024-05-31", 950, 400 + 950, Grain.DAY),
        Spot("at", "2024-05-31 07", 300, 300, Grain.HOUR),
    )
    assert _told(Ground(1_000, 100_000, 100, times)) == [("at", "2024-05-31")]


def test_a_checks_own_column_says_which_values_and_comes_last() -> None:
    """Values of the check's own columns come after causes; null in them is never told; a time in one of two is a cause."""
    lost, empty = Spot("status", "lost", 990, 990), Spot("status", None, 1_000, 1_000)
    cause = Spot("carrier", "MQ", 900, 8_000)
    day = Spot("shipped", "2024-05-31", 700, 900, Grain.DAY)
    assert _told(Ground(1_000, 100_000, 10, (lost, empty, cause)), "status") == [("carrier", "MQ"), ("status", "lost")]
    assert _told(Ground(1_000, 100_000, 10, (day, cause)), "shipped", "ordered")[0] == ("shipped", "2024-05-31")
    assert _told(Ground(1_000, 100_000, 10, (day, cause)), "shipped") == [("carrier", "MQ"), ("shipped", "2024-05-31")]


def test_few_statements_are_told() -> None:
    """At most three causes and two values of the own columns are told, two about one column."""
    spots = tuple(Spot(f"c{place}", "x", 500 + place, 600) for place in range(9))
    same = tuple(Spot("own", str(place), 300, 300) for place in range(3))
    said = _told(Ground(1_000, 100_000, 10, (*spots, *same)), "own")
    assert said == [("c8", "x"), ("c7", "x"), ("c6", "x"), ("own", "0"), ("own", "1")]
