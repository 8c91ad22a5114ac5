"""
The quarantine workload: a file of twenty columns in which every row but one is bad, and its contract.

    python -m tests.benchmarks.wide ROWS FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

COLUMNS = {
    "n": "i",
    "bad": "i > 0",
    **{f"text{n}": f"md5((i * {n + 3})::VARCHAR)[:12]" for n in range(4)},
    **{f"word{n}": f"['new', 'paid', 'packed', 'shipped'][1 + (i * {2 * n + 3}) % 4]" for n in range(4)},
    **{f"count{n}": f"(i * {7919 + n}) % 100003" for n in range(5)},
    **{f"price{n}": f"((i * {104729 + n}) % 50000 / 100.0)::DOUBLE" for n in range(3)},
    "made_at": "TIMESTAMP '2024-01-01' + to_seconds((i * 104729) % 31536000)",
    "day": "DATE '2024-01-01' + ((i * 31) % 365)::INTEGER",
}
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: wide
name: wide
version: 1.0.0
status: active
schema:
  - name: wide
    properties:
      - {name: n, logicalType: integer, logicalTypeOptions: {maximum: 0}}
"""


def write(rows: int, path: Path) -> Path:
    """Write *rows* rows to *path* as plain zstd Parquet, and the contract beside it; nothing when they are there."""
    import duckdb

    contract = path.with_name("wide.odcs.yaml")
    contract.parent.mkdir(parents=True, exist_ok=True)
    contract.write_text(CONTRACT, "utf-8")
    if not path.exists():
        listed = ", ".join(f"{tree} AS {name}" for name, tree in COLUMNS.items())
        unfinished = path.with_suffix(".part")
        with duckdb.connect() as connection:
            table = connection.sql(f"SELECT {listed} FROM (SELECT range AS i FROM range({rows}))").to_arrow_table()
        import pyarrow.parquet as pq

        pq.write_table(table, unfinished, compression="zstd", version="2.6")
        unfinished.rename(path)
    return contract


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
