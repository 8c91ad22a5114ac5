"""The orders rules as a dataframely schema; `filter` keeps the failures with their reasons."""

from __future__ import annotations

from datetime import datetime

import dataframely as dy
import polars as pl

from tests.benchmarks.orders import EMAIL, SKU, STATUSES
from tests.benchmarks.outcome import Counts, tell

NAMES = {
    "order_id|nullability": "order_id.required",
    "order_id|unique": "order_id.unique",
    "customer_id|nullability": "customer_id.required",
    "email|nullability": "email.required",
    "email|regex": "email_pattern",
    "sku|nullability": "sku.required",
    "sku|regex": "sku_pattern",
    "status|check": "status_enum",
    "shipped_after_created": "shipped_at_order",
}


class Orders(dy.Schema):  # type: ignore[misc]  # dataframely is in an environment of its own
    """Thirteen rules over the rows, one over the keys."""

    order_id = dy.Int64(unique=True)
    customer_id = dy.Int64()
    email = dy.String(regex=EMAIL)
    sku = dy.String(regex=SKU)
    status = dy.String(nullable=True, check=lambda column: column.is_in(STATUSES))
    qty = dy.Int32(nullable=True, min=1, max=100)
    price = dy.Float64(nullable=True, min=0.01, max=10000)
    discount = dy.Float64(nullable=True, min=0, max=0.9)
    total = dy.Float64(nullable=True, min=0, max=1000000)
    created_at = dy.Datetime(nullable=True, min=datetime(2024, 1, 1), max=datetime(2025, 1, 1))  # noqa: DTZ001  no zone in the data
    shipped_at = dy.Datetime(nullable=True)
    note = dy.String(nullable=True)

    @dy.rule()  # type: ignore[untyped-decorator]
    def shipped_after_created(cls) -> pl.Expr:  # noqa: N805  dataframely's way
        """An order is not shipped before it is made; true where it is not shipped."""
        return pl.col("shipped_at") >= pl.col("created_at")


def work(path: str) -> tuple[Counts, int]:
    """Read, then filter."""
    _, failure = Orders.filter(pl.read_parquet(path))
    bad: dict[str, int] = {}
    for rule, count in failure.counts().items():
        column, _, kind = rule.partition("|")
        name = NAMES.get(rule, f"{column}_range" if kind in ("min", "max") else rule)
        bad[name] = bad.get(name, 0) + count
    return bad, failure.invalid().height


if __name__ == "__main__":
    tell(work)
