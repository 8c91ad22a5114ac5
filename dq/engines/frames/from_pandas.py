"""pandas frames of every dtype backend as Arrow columns that mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from dq.engines.frames.from_arrow import fitting
from dq.engines.frames.model import Column, FrameRows, named, table
from dq.engines.frames.values import typed
from dq.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd


def open_pandas(frame: pd.DataFrame, place: str, wanted: Sequence[str] = ()) -> FrameRows:
    """
    A DataFrame. Its index is no column, but for levels that are *wanted* by their name, or by what `reset_index` calls them.

    Raises:
        SourceError: names clash, or a column cannot be read; it names the column.
    """
    names, notes = named(frame.columns, place)
    series = [frame.iloc[:, position] for position in range(frame.shape[1])]
    columns = [_column(item, f"{place}, column '{name}'") for name, item in zip(names, series, strict=True)]
    levels = {name: level for name, level in _levels(frame).items() if name in wanted and name not in names}
    columns += [_column(level, f"{place}, index '{name}'") for name, level in levels.items()]
    names, series = (*names, *levels), [*series, *levels.values()]
    if index := [str(name) for name in frame.index.names if name is not None and str(name) not in names]:
        notes = (*notes, f"the index ({', '.join(index)}) is not a column; reset_index() makes it one")
    return table(names, columns, (str(item.dtype) for item in series), len(frame), notes)


def _levels(frame: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    """The levels of the index, by the names that they would have as columns."""
    alone = frame.index.nlevels == 1
    names = [
        ("index" if alone else f"level_{place}") if name is None else str(name) for place, name in enumerate(frame.index.names)
    ]
    return {name: frame.index.get_level_values(place).to_series().reset_index(drop=True) for place, name in enumerate(names)}


def _column(series: pd.Series[Any], place: str) -> Column:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    dtype = series.dtype
    if dtype.kind == "O" and isinstance(dtype, np.dtype):
        return typed(series.tolist(), place)
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype) or dtype.kind == "c":
        texts = [None if missing else str(value) for value, missing in zip(series, series.isna(), strict=True)]
        return Column(pa.array(texts, pa.string()), note=f"{dtype} values; rules see their text")
    if isinstance(dtype, pd.SparseDtype):
        return _column(series.astype(dtype.subtype), place)
    if isinstance(dtype, pd.CategoricalDtype) and dtype.categories.dtype == object:
        return typed(series.astype(object).tolist(), place)
    if dtype.kind == "f" and getattr(dtype, "itemsize", 8) > 8:
        return Column(pa.array(series.to_numpy().astype("float64"), from_pandas=True), note=f"{dtype} values, read as float64")
    try:
        values = pa.array(series.to_numpy() if isinstance(dtype, np.dtype) else series.array, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, TypeError, ValueError):
        return typed(series.astype(object).tolist(), place)
    except UnicodeEncodeError as error:
        raise SourceError(f"text that is no text: {error.reason}", place, "write the whole character, or leave it out") from None
    return fitting(values, place)
