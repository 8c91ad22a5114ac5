"""The orders rules as a contract. Arguments: FILE [CONTRACT [MEMORY_LIMIT]]."""

from __future__ import annotations

import sys
from pathlib import Path

import dq
from tests.benchmarks.outcome import Counts, tell

CONTRACT = Path(__file__).parents[1] / "orders.odcs.yaml"


def work(path: str) -> tuple[Counts, int]:
    """Validate; the result holds every bad row with all its reasons, and the last of them is looked at."""
    contract = sys.argv[2] if len(sys.argv) > 2 and sys.argv[2] else CONTRACT
    settings = dq.Settings(memory_limit=sys.argv[3], threads=2) if len(sys.argv) > 3 else dq.Settings(threads=2)
    result = dq.validate(path, contract, settings=settings, why=False)
    if errors := [item.message for item in result.checks if item.status == "error"]:
        sys.exit(f"checks could not run: {errors[:3]}")
    if result.bad is None or len(result.bad) != result.bad_rows:
        sys.exit("the result does not hold its bad rows")
    for batch in result.bad.batches():
        if batch.column("__dq_reasons").null_count:
            sys.exit("a bad row has no reason")
    return {item.check.id: item.bad_rows for item in result.checks if item.check.is_row_check}, result.bad_rows


if __name__ == "__main__":
    tell(work)
