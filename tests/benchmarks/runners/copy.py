"""DuckDB copies the file to Parquet, in order, on two threads. Arguments: FILE OUT [OPTIONS]."""

from __future__ import annotations

import sys

import duckdb

from tests.benchmarks.outcome import Counts, tell


def work(path: str) -> tuple[Counts, int]:
    """Copy once, as DuckDB does it unless told otherwise by the options."""
    options = "".join(f", {said}" for said in sys.argv[3:])
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET preserve_insertion_order = true")
        copy = f"COPY (FROM '{path}') TO '{sys.argv[2]}' (FORMAT parquet{options})"
        rows = connection.execute(copy).fetchall()[0][0]
    return {}, int(rows)


if __name__ == "__main__":
    tell(work)
