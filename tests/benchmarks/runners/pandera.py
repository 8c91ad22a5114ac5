"""The orders rules as a pandera schema over Polars; `lazy` collects every failure."""

from __future__ import annotations

from datetime import datetime

import pandera.polars as pa
import polars as pl

from tests.benchmarks.orders import EMAIL, SKU, STATUSES
from tests.benchmarks.outcome import Counts, tell


def shipped_after_created(data: pa.PolarsData) -> pl.LazyFrame:
    """An order is not shipped before it is made; true where it is not shipped."""
    frame: pl.LazyFrame = data.lazyframe
    return frame.select((pl.col("shipped_at") >= pl.col("created_at")).fill_null(value=True))


CREATED = pa.Check.in_range(datetime(2024, 1, 1), datetime(2025, 1, 1))  # noqa: DTZ001  no zone in the data
ORDERS = pa.DataFrameSchema(
    {
        "order_id": pa.Column(pl.Int64, unique=True),
        "customer_id": pa.Column(pl.Int64),
        "email": pa.Column(pl.String, pa.Check.str_matches(EMAIL)),
        "sku": pa.Column(pl.String, pa.Check.str_matches(SKU)),
        "status": pa.Column(pl.String, pa.Check.isin(STATUSES), nullable=True),
        "qty": pa.Column(pl.Int32, pa.Check.in_range(1, 100), nullable=True),
        "price": pa.Column(pl.Float64, pa.Check.in_range(0.01, 10000), nullable=True),
        "discount": pa.Column(pl.Float64, pa.Check.in_range(0, 0.9), nullable=True),
        "total": pa.Column(pl.Float64, pa.Check.in_range(0, 1000000), nullable=True),
        "created_at": pa.Column(pl.Datetime("us"), CREATED, nullable=True),
        "shipped_at": pa.Column(pl.Datetime("us"), nullable=True),
        "note": pa.Column(pl.String, nullable=True),
    },
    checks=pa.Check(shipped_after_created),
)
KINDS = {"not_nullable": "required", "field_uniqueness": "unique", "str_matches": "pattern", "isin": "enum", "in_range": "range"}


def work(path: str) -> tuple[Counts, None]:
    """Read, then validate; pandera counts failures, not the rows that they are in."""
    bad: dict[str, int] = {}
    try:
        ORDERS.validate(pl.read_parquet(path), lazy=True)
    except pa.errors.SchemaErrors as errors:
        for (column, check), failures in errors.failure_cases.group_by("column", "check"):
            kind = next((name for word, name in KINDS.items() if str(check).startswith(word)), "order")
            joined = "." if kind in ("required", "unique") else "_"
            name = "shipped_at_order" if kind == "order" else f"{column}{joined}{kind}"
            bad[name] = bad.get(name, 0) + failures.height
    return bad, None


if __name__ == "__main__":
    tell(work)
