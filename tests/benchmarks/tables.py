"""
The orders in a table of PostgreSQL: twenty checks by dq, the same numbers written by hand, and Great Expectations.

    python -m tests.benchmarks.tables FILE URL
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

from tests.benchmarks.orders import EMAIL, RULES, SKU

HERE = Path(__file__).parent
# Beside the orders' own rules, up to twenty: conditions that hold, or nearly.
MORE = {
    "qty_known": "qty IS NOT NULL",
    "price_known": "price IS NOT NULL",
    "total_at_least_price": "total >= price * 0.9",
    "sku_length": "length(sku) = 10",
    "note_known": "note IN ('no note', 'leave at the door', 'gift', 'call first')",
    "shipped_in_time": "shipped_at < TIMESTAMP '2026-01-01'",
}
COLUMNS = (
    "order_id bigint, customer_id bigint, email text, sku text, status text, qty integer, price double precision, "
    "discount double precision, total double precision, created_at timestamp, shipped_at timestamp, note text"
)


def by_hand() -> str:
    """One statement with the same numbers, as somebody writes it who knows the server."""
    spelt = {
        **RULES,
        "email_pattern": f"email !~ '{EMAIL}'",
        "sku_pattern": f"sku !~ '{SKU}'",
        **{name: f"NOT ({condition})" for name, condition in MORE.items()},
    }
    unique = "SELECT count(*) AS n FROM orders WHERE order_id IS NOT NULL GROUP BY order_id HAVING count(*) > 1"
    counts = [f"count(*) FILTER (WHERE {bad}) AS {name.replace('.', '_')}" for name, bad in spelt.items() if "SELECT" not in bad]
    return (
        f"SELECT count(*), {', '.join(counts)}, (SELECT coalesce(sum(n), 0) FROM ({unique}) AS d) AS order_id_unique FROM orders"
    )


def contract(folder: Path) -> Path:
    """The orders' contract with these rules too."""
    said: dict[str, Any] = yaml.safe_load((HERE / "orders.odcs.yaml").read_text("utf-8"))
    said["schema"][0]["quality"] = [
        {"id": name, "type": "custom", "engine": "dq", "implementation": {"check": "condition", "sql": sql}}
        for name, sql in MORE.items()
    ]
    path = folder / "tables.odcs.yaml"
    path.write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")
    return path


def all_bad(folder: Path) -> Path:
    """A contract that every row breaks."""
    said: dict[str, Any] = yaml.safe_load((HERE / "orders.odcs.yaml").read_text("utf-8"))
    rule = {"id": "none", "type": "custom", "engine": "dq", "implementation": {"check": "condition", "sql": "qty > 1000"}}
    said["schema"][0] = {"name": "orders", "properties": [{"name": "qty"}], "quality": [rule]}
    path = folder / "all_bad.odcs.yaml"
    path.write_text(yaml.safe_dump(said, sort_keys=False), "utf-8")
    return path


def load(file: str, url: str) -> None:
    """Put the orders of a Parquet *file* into table `orders`."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq
    import sqlalchemy as sa

    raw = sa.create_engine(url).raw_connection()
    connection: Any = raw.driver_connection
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE orders ({COLUMNS})")
        with cursor.copy("COPY orders FROM STDIN (FORMAT csv)") as copy, pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(100_000):
                sink = pa.BufferOutputStream()
                pyarrow.csv.write_csv(batch, sink, pyarrow.csv.WriteOptions(include_header=False))
                copy.write(sink.getvalue().to_pybytes())
        cursor.execute("VACUUM ANALYZE orders")
    raw.close()


if __name__ == "__main__":
    load(*sys.argv[1:])
