"""DuckDB copies the file to Parquet, in order, on two threads. Arguments: FILE OUT."""

from __future__ import annotations

import sys

import duckdb

from tests.benchmarks.outcome import Counts, tell


def work(path: str) -> tuple[Counts, int]:
    """Copy once."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET preserve_insertion_order = true")
        copy = f"COPY (FROM '{path}') TO '{sys.argv[2]}' (FORMAT parquet, PARQUET_VERSION v2)"
        rows = connection.execute(copy).fetchall()[0][0]
    return {}, int(rows)


if __name__ == "__main__":
    tell(work)
