"""Integers that occur more than once are told exactly, however they are told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dq.engines.duckdb import repeats
from dq.sql import SOURCE


class Plain:
    """A connection that is not locked down."""

    def __init__(self, values: np.ndarray[Any, Any]) -> None:
        import duckdb
        import pyarrow as pa

        self.raw = duckdb.connect()
        self.raw.register("given", pa.table({"k": values}))
        self.raw.execute(f"CREATE TEMP VIEW {SOURCE} AS SELECT nullif(k, -1) AS k FROM given")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows."""
        return self.raw.execute(sql).fetchall()

    def reader(self, sql: str, rows: int = 1_000) -> Any:
        """Rows in batches."""
        return self.raw.sql(sql).to_arrow_reader(rows)


@pytest.mark.parametrize("seed", range(4))
def test_repeated_integers_are_those_that_grouping_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly ordered integers with repeats near and far, nulls among them, in one slice or many."""
    monkeypatch.setattr(repeats, "FEW", 10)
    monkeypatch.setattr(repeats, "_AT_ONCE", 700 if seed % 2 else 10_000_000)
    rng = np.random.default_rng(seed)
    values = np.arange(5_000, dtype=np.int64) - 1_000 * seed
    places = rng.integers(0, len(values), 40)
    values[places] = values[rng.integers(0, len(values), 40)]
    values[values == -1] = 0
    connection = Plain(values)
    found = repeats.repeated(connection, "k")  # type: ignore[arg-type]
    grouped = connection.run(f"SELECT k FROM {SOURCE} WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1 ORDER BY k")
    assert found is not None
    assert sorted(found.column("k0").to_pylist()) == [row[0] for row in grouped]


def test_integers_in_no_order_are_left_to_grouping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where counting would be slower, nothing is told."""
    monkeypatch.setattr(repeats, "FEW", 10)
    connection = Plain(np.random.default_rng(1).permutation(np.arange(5_000, dtype=np.int64)))
    assert repeats.repeated(connection, "k") is None  # type: ignore[arg-type]
