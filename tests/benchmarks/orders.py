"""
The orders workload: rows, and what is wrong with them.

Twelve columns. About 1.5 % of the rows break one of thirteen row checks, or share an order_id; two checks (discount,
created_at) never fail, as in life. Every value follows from the row's number: a file of a size is always the same file.

    python -m tests.benchmarks.orders ROWS FILE
"""

from __future__ import annotations

import sys
from pathlib import Path

# A row's fate: `fate` 0 to 14 of 1,009 plants an error, every other one none. 1,009 and 7,919 are primes.
ORDERS = """
SELECT
    CASE fate WHEN 0 THEN NULL WHEN 10 THEN i - 1 ELSE i END AS order_id,
    CASE fate WHEN 1 THEN NULL ELSE (i * 48271) % 2000003 + 1 END AS customer_id,
    CASE fate WHEN 2 THEN NULL WHEN 3 THEN 'user' || i || '.example.com' WHEN 11 THEN 'user ' || i || '@example.com'
        ELSE 'user' || (i * 69621) % 3000017 || '@' || ['example.com', 'mail.example.org', 'post.example.net'][1 + i % 3]
        END AS email,
    CASE fate WHEN 4 THEN 'SKU_' || i % 1000000 WHEN 5 THEN NULL
        ELSE 'SKU-' || lpad(((i * 16807) % 1000000)::VARCHAR, 6, '0') END AS sku,
    CASE fate WHEN 6 THEN 'lost' WHEN 11 THEN '' WHEN 12 THEN 'PAID'
        ELSE ['new', 'paid', 'packed', 'shipped', 'delivered', 'returned'][1 + (i * 31) % 6] END AS status,
    CASE fate WHEN 7 THEN 0 WHEN 12 THEN -1 ELSE 1 + (i * 37) % 20 END::INTEGER AS qty,
    CASE fate WHEN 8 THEN -1.0 WHEN 12 THEN 0.0 ELSE (1 + (i * 9973) % 49999) / 100.0 END::DOUBLE AS price,
    ((i * 7) % 5 / 10.0)::DOUBLE AS discount,
    CASE fate WHEN 9 THEN -5.0 WHEN 13 THEN 1e9 ELSE (1 + (i * 9973) % 49999) / 100.0 * (1 + (i * 37) % 20) END::DOUBLE AS total,
    TIMESTAMP '2024-01-01' + to_seconds((i * 104729) % 31536000) AS created_at,
    CASE WHEN fate IN (13, 14) THEN TIMESTAMP '2023-12-01' WHEN i % 4 = 0 THEN NULL
        ELSE TIMESTAMP '2024-01-01' + to_seconds((i * 104729) % 31536000 + 3600 + (i * 53) % 864000) END AS shipped_at,
    ['no note', 'leave at the door', 'gift', 'call first'][1 + (i * 13) % 4] AS note
FROM (SELECT range AS i, (range * 7919) % 1009 AS fate FROM range(1, {rows} + 1))
"""

EMAIL = r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$"
SKU = "^SKU-[0-9]{6}$"
STATUSES = ("new", "paid", "packed", "shipped", "delivered", "returned")
CHECKED = ("order_id", "customer_id", "email", "sku", "status", "qty", "price", "discount", "total", "created_at", "shipped_at")

# What each rule calls bad, in plain SQL: the referee. Null passes all but the `required` ones.
RULES = {
    "order_id.required": "order_id IS NULL",
    "customer_id.required": "customer_id IS NULL",
    "email.required": "email IS NULL",
    "email_pattern": f"NOT regexp_matches(email, '{EMAIL}')",
    "sku.required": "sku IS NULL",
    "sku_pattern": f"NOT regexp_matches(sku, '{SKU}')",
    "status_enum": f"status NOT IN {STATUSES}",
    "qty_range": "qty NOT BETWEEN 1 AND 100",
    "price_range": "price NOT BETWEEN 0.01 AND 10000",
    "discount_range": "discount NOT BETWEEN 0 AND 0.9",
    "total_range": "total NOT BETWEEN 0 AND 1000000",
    "created_at_range": "created_at NOT BETWEEN TIMESTAMP '2024-01-01' AND TIMESTAMP '2025-01-01'",
    "shipped_at_order": "shipped_at < created_at",
    "order_id.unique": "order_id IN (SELECT order_id FROM orders WHERE order_id IS NOT NULL GROUP BY ALL HAVING count(*) > 1)",
}


def write(rows: int, path: Path) -> None:
    """Write the first *rows* orders to *path* as Parquet; nothing when the file is there."""
    import duckdb

    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"COPY ({ORDERS.format(rows=rows)}) TO '{unfinished}' (FORMAT parquet)")
    unfinished.rename(path)


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
