"""The rules in plain SQL, one query each: what is true. Not timed."""

from __future__ import annotations

import duckdb

from tests.benchmarks.orders import RULES
from tests.benchmarks.outcome import Counts, tell


def work(path: str) -> tuple[Counts, int]:
    """Count what each rule calls bad, and the rows that any does."""
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2GB'")
        connection.execute(f"CREATE VIEW orders AS FROM read_parquet('{path}')")
        counts = {rule: _count(connection, bad) for rule, bad in RULES.items()}
        return counts, _count(connection, " OR ".join(f"({bad})" for bad in RULES.values()))


def _count(connection: duckdb.DuckDBPyConnection, bad: str) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM orders WHERE {bad}").fetchall()[0]
    return int(count)


if __name__ == "__main__":
    tell(work)
