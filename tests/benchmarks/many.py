"""Contracts of twenty and of two hundred checks over the orders: the same mix, other constants, a tenth of them patterns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

MIX = 20


def contract(checks: int) -> str:
    """A contract with *checks* rules, as JSON, which is YAML."""
    rules = [rule for turn in range(checks // MIX) for rule in _mix(turn)]
    return json.dumps(
        {
            "apiVersion": "v3.1.0",
            "kind": "DataContract",
            "id": f"benchmark-orders-{checks}",
            "version": "1.0.0",
            "status": "active",
            "schema": [{"name": "orders", "quality": rules}],
        }
    )


def write(checks: int, folder: Path) -> Path:
    """Write the contract to *folder*; its path."""
    path = folder / f"orders-{checks}.odcs.yaml"
    path.write_text(contract(checks), "utf-8")
    return path


def _mix(turn: int) -> Iterator[dict[str, object]]:
    """Twenty conditions; *turn* moves their constants."""
    conditions = (
        f"matches(email, '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{{2,{8 + turn}}}$')",
        f"matches(sku, '^[{chr(ord('A') + turn)}-S]KU-[0-9]{{6}}$')",
        f"order_id > {-turn}",
        f"customer_id BETWEEN {-turn} AND {3000000 + turn}",
        f"status IN ('new', 'paid', 'packed', 'shipped', 'delivered', 'returned', 'state {turn}')",
        f"status <> 'lost {turn}'",
        f"qty >= {1 - turn}",
        f"qty <= {100 + turn}",
        f"price > {-turn}",
        f"price < {10000 + turn}",
        f"discount BETWEEN 0 AND {0.9 + turn / 1000}",
        f"total >= {-turn}",
        f"total <= {1000000 + turn}",
        f"total <= price * qty + {turn + 0.01}",
        f"created_at >= TIMESTAMP '2024-01-01 00:00:00' OR qty > {turn}",
        f"created_at < TIMESTAMP '2025-01-{turn + 1:02} 00:00:00'",
        f"shipped_at >= created_at OR qty > {100 + turn}",
        f"length(email) BETWEEN 5 AND {60 + turn}",
        f"length(sku) <= {10 + turn}",
        f"email IS NOT NULL OR customer_id < {turn}",
    )
    for number, condition in enumerate(conditions):
        yield {
            "id": f"rule-{turn}-{number}",
            "type": "custom",
            "engine": "dq",
            "implementation": {"check": "condition", "sql": condition},
        }
