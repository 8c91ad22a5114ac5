"""The orders rules as a pointblank validation over Polars, as `interrogate` does it unasked: extracts of up to 500 rows."""

from __future__ import annotations

from datetime import datetime

import pointblank as pb
import polars as pl

from tests.benchmarks.orders import EMAIL, SKU, STATUSES
from tests.benchmarks.outcome import Counts, tell

RULES = (
    "order_id.required",
    "customer_id.required",
    "email.required",
    "email_pattern",
    "sku.required",
    "sku_pattern",
    "status_enum",
    "qty_range",
    "price_range",
    "discount_range",
    "total_range",
    "created_at_range",
    "shipped_at_order",
    "order_id.unique",
)


def work(path: str) -> tuple[Counts, None]:
    """Read, then interrogate; pointblank counts per step, not the rows that failed any."""
    first, last = datetime(2024, 1, 1), datetime(2025, 1, 1)  # noqa: DTZ001  no zone in the data
    validation = (
        pb.Validate(pl.read_parquet(path))
        .col_vals_not_null("order_id")
        .col_vals_not_null("customer_id")
        .col_vals_not_null("email")
        .col_vals_regex("email", EMAIL, na_pass=True)
        .col_vals_not_null("sku")
        .col_vals_regex("sku", SKU, na_pass=True)
        .col_vals_in_set("status", STATUSES)
        .col_vals_between("qty", 1, 100, na_pass=True)
        .col_vals_between("price", 0.01, 10000, na_pass=True)
        .col_vals_between("discount", 0, 0.9, na_pass=True)
        .col_vals_between("total", 0, 1000000, na_pass=True)
        .col_vals_between("created_at", first, last, na_pass=True)
        .col_vals_ge("shipped_at", pb.col("created_at"), na_pass=True)
        .rows_distinct("order_id")
        .interrogate()
    )
    return {rule: validation.n_failed(i=step, scalar=True) for step, rule in enumerate(RULES, 1)}, None


if __name__ == "__main__":
    tell(work)
