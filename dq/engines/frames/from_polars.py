"""Polars frames: Arrow already, but for two types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dq.engines.frames.from_arrow import fitting
from dq.engines.frames.model import Column, FrameRows, named, table
from dq.engines.frames.values import json_text, typed

if TYPE_CHECKING:
    import polars as pl


def open_polars(frame: pl.DataFrame, place: str) -> FrameRows:
    """
    A DataFrame.

    Raises:
        SourceError: names clash, or a column cannot be read; it names the column.
    """
    names, notes = named(frame.columns, place)
    columns = [_column(series, f"{place}, column '{name}'") for name, series in zip(names, frame, strict=True)]
    return table(names, columns, (str(dtype) for dtype in frame.dtypes), frame.height, notes)


def _column(series: pl.Series, place: str) -> Column:
    import polars as pl  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    if series.dtype == pl.Object:
        return typed(series.to_list(), place)
    if series.dtype in (pl.Int128, pl.UInt128):
        try:
            return Column(series.cast(pl.Decimal(38, 0)).to_arrow())
        except pl.exceptions.InvalidOperationError:
            note = "whole numbers of more than 38 digits"
            return Column(pa.array([json_text(value) for value in series.to_list()], pa.string()), json=True, note=note)
    try:
        return fitting(series.to_arrow(), place)
    except pa.ArrowInvalid:  # Int128 within lists and structs
        return typed(series.to_list(), place)
