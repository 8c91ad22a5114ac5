"""Rows are told by their numbers, in the order of the scan, whatever slices their numbers fall into."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.engines.duckdb import bitmaps
from dq.sql import ROW_NO

_SLICE, _ROWS = 8, 100


@settings(deadline=None)
@given(numbers=st.lists(st.integers(0, _ROWS - 1)), base=st.sampled_from([0, 3, 2**31 - 50, 2**40]))
def test_the_rows_that_are_left_are_all_others_in_order(numbers: list[int], base: int) -> None:
    """None, some or all rows of a slice; numbers that come twice; numbers beyond 32 bits."""
    with pytest.MonkeyPatch.context() as patch, duckdb.connect() as connection:
        patch.setattr(bitmaps, "SLICE", _SLICE)
        connection.execute(f"CREATE TEMP TABLE t AS SELECT unnest(?::BIGINT[]) AS {ROW_NO}", [[base + n for n in numbers]])
        test = bitmaps.not_in(lambda sql: connection.execute(sql).fetchall(), "t")
        rows = f"SELECT {ROW_NO} FROM (SELECT {base} + range AS {ROW_NO} FROM range({_ROWS})) WHERE {test}"
        found = [number for (number,) in connection.execute(rows).fetchall()]
    assert found == [base + n for n in range(_ROWS) if n not in numbers]
