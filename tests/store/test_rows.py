"""Ranges of rows and their states."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dq.store import RowRange, RowState
from dq.store.rows import fold

_ranges = st.builds(
    lambda first, length, state: RowRange(first, first + length, state),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sampled_from(RowState),
)


@given(st.integers(0, 25), st.lists(_ranges, max_size=12))
def test_the_latest_action_about_a_row_holds(rows: int, actions: list[RowRange]) -> None:
    """Folded ranges say of each row what the latest action about it said, open when none did; they cover each row once."""
    plain = [RowState.OPEN] * rows
    for item in actions:
        for row in range(item.first, min(item.last + 1, rows)):
            plain[row] = item.state
    folded = fold(rows, actions)
    assert [state for item in folded for state in [item.state] * item.rows] == plain
    assert [item.first for item in folded] == [0, *(item.last + 1 for item in folded)][: len(folded)]
    assert all(left.state is not right.state for left, right in pairwise(folded))


def test_one_line_is_enough_for_ten_million_rows() -> None:
    """The cost is that of the actions, not of the rows."""
    found = fold(10_000_000, [RowRange(0, 9_999_999, RowState.DISCARDED), RowRange(5, 5, RowState.OPEN)])
    assert [(item.rows, item.state) for item in found] == [
        (5, RowState.DISCARDED),
        (1, RowState.OPEN),
        (9_999_994, RowState.DISCARDED),
    ]
