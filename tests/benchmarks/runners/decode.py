"""What DuckDB needs to decode the eleven columns that the rules look at: one comparison that is never true over each."""

from __future__ import annotations

import duckdb

from tests.benchmarks.orders import CHECKED
from tests.benchmarks.outcome import Counts, tell

TEXT, MOMENTS = ("email", "sku", "status"), ("created_at", "shipped_at")


def work(path: str) -> tuple[Counts, None]:
    """Scan once."""
    with duckdb.connect() as connection:
        counts = ", ".join(f"count_if({name} < {_impossible(name)})" for name in CHECKED)
        found = connection.execute(f"SELECT {counts} FROM read_parquet('{path}')").fetchall()[0]
    return dict(zip(CHECKED, found, strict=True)), None


def _impossible(name: str) -> str:
    return "''" if name in TEXT else "TIMESTAMP '1900-01-01'" if name in MOMENTS else "-1000"


if __name__ == "__main__":
    tell(work)
