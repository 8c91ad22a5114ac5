"""Arrow batches are kept on disk as they are."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dq.engines.frames import spill_batches
from dq.errors import SourceError, UsageError


def batches(*numbers: int) -> Iterator[pa.RecordBatch]:
    """One batch for each number, with as many rows."""
    for count in numbers:
        yield pa.record_batch({"n": pa.array(range(count), pa.int64()), "h": pa.array(np.arange(count, dtype=np.float16))})


def test_all_batches_are_in_one_file_in_order(tmp_path: Path) -> None:
    """Batches and tables, empty ones too; each call writes a file of its own."""
    first = spill_batches(iter([*batches(2, 0), pa.Table.from_batches(batches(3))]), tmp_path)
    second = spill_batches(batches(1), tmp_path)
    assert pq.read_table(first).to_pydict() == {"n": [0, 1, 0, 1, 2], "h": [0.0, 1.0, 0.0, 1.0, 2.0]}
    assert (pq.read_table(second).num_rows, first.suffix) == (1, ".parquet")


def test_a_reader_without_batches_has_its_columns(tmp_path: Path) -> None:
    """A schema is enough."""
    schema = pa.schema({"n": pa.int64(), "d": pa.decimal256(50, 1)})
    path = spill_batches(pa.RecordBatchReader.from_batches(schema, []), tmp_path)
    assert pq.read_schema(path).names == ["n", "d"]


def test_types_that_no_engine_reads_become_their_neighbours(tmp_path: Path) -> None:
    """Half floats and wide decimals."""
    batch = pa.record_batch({"d": pa.array([Decimal("1.5")], pa.decimal256(50, 1))})
    assert pq.read_schema(spill_batches(iter([batch]), tmp_path)).field("d").type == pa.decimal128(38, 1)


def test_a_stream_that_is_no_table_is_refused(tmp_path: Path) -> None:
    """Nothing at all, other columns, clashing names, and things that are no batches."""
    with pytest.raises(SourceError, match="there is no batch, so there are no columns"):
        spill_batches(iter([]), tmp_path)
    with pytest.raises(SourceError, match="batch 1 has other columns or types than the first"):
        spill_batches(iter([*batches(1), pa.record_batch({"n": [1]})]), tmp_path)
    with pytest.raises(SourceError, match="two columns are called 'a'"):
        spill_batches(iter([pa.record_batch([pa.array([1]), pa.array([2])], names=["a", "a"])]), tmp_path)
    with pytest.raises(UsageError, match="item 0 is a dict, no Arrow batch"):
        spill_batches(iter([{"a": 1}]), tmp_path)
