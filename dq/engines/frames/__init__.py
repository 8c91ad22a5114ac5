"""Frames of every library as Arrow tables for DuckDB, and back by position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dq.engines.frames.batches import spill_batches
from dq.engines.frames.model import FrameRows, named, table
from dq.engines.frames.positions import drop, settled, take
from dq.errors import UsageError
from dq.source import Frame, Library

__all__ = ["FrameRows", "drop", "open_frame", "settled", "spill_batches", "take"]


def open_frame(frame: Frame, wanted: Sequence[str] = ()) -> FrameRows:
    """
    *frame* as a table that DuckDB reads exactly. A lazy frame is collected: `settled` first, if its rows are wanted back.

    Dicts without any key have the columns that are *wanted*, all null. Levels of an index are columns where they are wanted.

    Raises:
        SourceError: there are no columns, two have one name, or one cannot be read; it names the column and the way out.
        UsageError: the frame is an iterator of batches; see `spill_batches`.
    """
    place = str(frame)
    if frame.library is Library.PANDAS:
        from dq.engines.frames.from_pandas import open_pandas  # noqa: PLC0415  imports pandas

        return open_pandas(frame.data, place, wanted)
    if frame.library is Library.POLARS:
        from dq.engines.frames.from_polars import open_polars  # noqa: PLC0415  imports polars

        return open_polars(settled(frame).data, place)
    if frame.library is Library.ARROW:
        from dq.engines.frames.from_arrow import open_arrow  # noqa: PLC0415

        return open_arrow(frame.data, place)
    if frame.library is Library.ROWS:
        return _open_rows(frame.data, place, wanted)
    raise UsageError("Arrow batches must be kept on disk to be read more than once", place, "spill_batches(reader, folder)")


def _open_rows(data: Sequence[Mapping[Any, object]], place: str, wanted: Sequence[str]) -> FrameRows:
    """A list of dicts: the union of their keys, in the order they appear; an absent key is null."""
    from dq.engines.frames.values import typed  # noqa: PLC0415

    keys = list(dict.fromkeys(key for row in data for key in row)) or list(wanted)
    names, notes = named(keys, place)
    columns = [typed([row.get(key) for row in data], f"{place}, column '{name}'") for key, name in zip(keys, names, strict=True)]
    return table(names, columns, ("mixed" if column.json else str(column.values.type) for column in columns), len(data), notes)
