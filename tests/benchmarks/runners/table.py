"""A table against a contract. Arguments: URL CONTRACT."""

from __future__ import annotations

import sys

import dq
from tests.benchmarks.outcome import Counts, tell


def work(url: str) -> tuple[Counts, int]:
    """Validate; the result holds every bad row with all its reasons."""
    result = dq.validate(dq.Table(url, "orders"), sys.argv[2], why=False)
    if errors := [item.message for item in result.checks if item.status == "error"]:
        sys.exit(f"checks could not run: {errors[:3]}")
    if result.bad is None or len(result.bad) != result.bad_rows:
        sys.exit("the result does not hold its bad rows")
    return {item.check.id: item.bad_rows for item in result.checks if item.check.is_row_check}, result.bad_rows


if __name__ == "__main__":
    tell(work)
