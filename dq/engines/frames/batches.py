"""Iterators of Arrow batches, which can be read only once, kept on disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.engines.frames.from_arrow import fitting
from dq.engines.frames.model import named
from dq.errors import SourceError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE = "Arrow batches"


def spill_batches(reader: Iterable[Any], spill: Path) -> Path:
    """
    All batches of *reader* as one Parquet file in *spill*, a batch at a time.

    *reader* is a RecordBatchReader, or an iterator of batches or tables.

    Raises:
        SourceError: there is no batch, a batch has other columns than the first, or names clash.
        UsageError: an item is no Arrow batch.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = _free(spill)
    writer: pq.ParquetWriter | None = None
    given = reader.schema if isinstance(reader, pa.RecordBatchReader) else None
    try:
        if given is not None:
            writer = pq.ParquetWriter(path, _fit(given.empty_table(), given).schema)
        for number, item in enumerate(reader):
            if not isinstance(item, pa.RecordBatch | pa.Table):
                raise UsageError(
                    f"item {number} is a {type(item).__qualname__}, no Arrow batch",
                    _PLACE,
                    "yield pyarrow.RecordBatch, or give a list of dicts",
                )
            given = given or item.schema
            if not item.schema.equals(given):
                raise SourceError(
                    f"batch {number} has other columns or types than the first", _PLACE, "cast each batch to one schema"
                )
            fit = _fit(item, given)
            writer = writer or pq.ParquetWriter(path, fit.schema)
            writer.write_table(fit)
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise SourceError("there is no batch, so there are no columns", _PLACE, "give a RecordBatchReader, which has a schema")
    return path


def _fit(item: pa.RecordBatch | pa.Table, given: pa.Schema) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    names, _ = named(given.names, _PLACE)
    columns = [fitting(item.column(position), f"{_PLACE}, column '{name}'").values for position, name in enumerate(names)]
    return pa.table(columns, names=list(names))


def _free(spill: Path) -> Path:
    number = 0
    while (path := spill / f"batches-{number}.parquet").exists():
        number += 1
    return path
