"""A test by row number that keeps the order of the scan, which a join would not: bitmaps, each of a slice of the numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dq.sql import ROW_NO

Run = Callable[[str], list[tuple[Any, ...]]]

SLICE = 1 << 19  # rows; DuckDB copies a constant for every vector that looks at it, so that one long bitmap is quadratic
_BITMAPS = "__dq_bitmaps"


def not_in(run: Run, table: str) -> str:
    """A test that is TRUE on rows whose number is not among those of *table*."""
    run(
        f"CREATE OR REPLACE TEMP TABLE {_BITMAPS} AS SELECT {ROW_NO} // {SLICE} AS slice, "
        f"bitstring_agg(({ROW_NO} % {SLICE})::INTEGER, 0, {SLICE - 1}) AS bits FROM {table} GROUP BY slice"
    )
    slices = [number for (number,) in run(f"SELECT slice FROM {_BITMAPS} ORDER BY slice")]
    for number in slices:
        run(f"SET VARIABLE {_BITMAPS}{number} = (SELECT bits FROM {_BITMAPS} WHERE slice = {number})")
    return _search(slices) if slices else "TRUE"


def _search(slices: list[int]) -> str:
    """The test for rows from the first to the last of *slices*, by halves."""
    if len(slices) == 1:
        place = f"{ROW_NO} - {slices[0] * SLICE}"
        bit = f"get_bit(getvariable('{_BITMAPS}{slices[0]}'), ({place})::INTEGER)"
        return f"CASE WHEN {place} BETWEEN 0 AND {SLICE - 1} THEN {bit} = 0 ELSE TRUE END"
    middle = len(slices) // 2
    first, last = _search(slices[:middle]), _search(slices[middle:])
    return f"CASE WHEN {ROW_NO} < {slices[middle] * SLICE} THEN {first} ELSE {last} END"
