"""The orders rules as saved by Great Expectations, run by dq. Argument: FILE."""

from __future__ import annotations

import sys
from pathlib import Path

import dq
from tests.benchmarks.outcome import Counts, tell

SUITE = Path(__file__).parents[1] / "orders.gx.json"


def work(path: str) -> tuple[Counts, int]:
    """Validate; counts by the place of each expectation."""
    result = dq.validate(path, dq.load_suite(SUITE), settings=dq.Settings(threads=2), why=False)
    if errors := [item.message for item in result.checks if item.status == "error"]:
        sys.exit(f"checks could not run: {errors[:3]}")
    return {item.check.clause.place.path: item.bad_rows for item in result.checks if item.check.is_row_check}, result.bad_rows


if __name__ == "__main__":
    tell(work)
