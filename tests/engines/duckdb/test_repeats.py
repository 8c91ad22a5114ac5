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
def test_repeated_integers_are_those_that_grouping_finds(seed: int) -> None:
    """Nearly ordered integers with repeats near and far, nulls among them."""
    rng = np.random.default_rng(seed)
    values = np.arange(50_000, dtype=np.int64) - 1_000 * seed
    places = rng.integers(0, len(values), 200)
    values[places] = values[rng.integers(0, len(values), 200)]
    values[values == -1] = 0
    _agrees(values)


def _agrees(values: np.ndarray[Any, Any]) -> None:
    connection = Plain(values)
    found = repeats.repeated(connection, "k")  # type: ignore[arg-type]
    grouped = connection.run(f"SELECT k FROM {SOURCE} WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1 ORDER BY k")
    assert found is not None
    assert sorted(found.column("k0").to_pylist()) == [row[0] for row in grouped]


@pytest.mark.parametrize(
    "values",
    [
        [],
        [7],
        [7, 7],
        [9, 8, 7, 9],
        [-(2**63), -(2**63), 2**63 - 1],
        [2**63 - 1, 2**63 - 1, -(2**63), 0],
        [-1, -1],
        [*range(3_000), *range(2_500, 2_600)],  # a block that comes twice, in two batches
    ],
    ids=["none", "one", "two", "falling", "smallest", "largest", "nulls", "blocks"],
)
def test_few_and_extreme_integers_are_told_too(values: list[int]) -> None:
    """Nothing is special about the ends of the range, empty columns, nulls and repeats that lie in two batches."""
    _agrees(np.array(values, dtype=np.int64))


def test_integers_in_no_order_are_left_to_grouping() -> None:
    """Where nearly every value is out of line, nothing is told."""
    connection = Plain(np.random.default_rng(1).permutation(np.arange(5_000, dtype=np.int64)))
    assert repeats.repeated(connection, "k") is None  # type: ignore[arg-type]


def test_what_is_no_bigint_is_left_to_grouping() -> None:
    """Integers beyond a BIGINT would not fit into an array."""
    connection = Plain(np.arange(5))
    assert repeats.repeated(connection, "(k::HUGEINT << 80)") is None  # type: ignore[arg-type]
