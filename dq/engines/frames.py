"""Frames as something that DuckDB reads exactly, and rows taken from them by position as the same kind of frame."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from dq.errors import SourceError, UsageError
from dq.source import Frame, Library
from dq.sql import ROW_NO

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class FrameRows:
    """
    A frame to register: *relation* has unique names and the row number as a column.

    *columns* are the dtypes as the owner knows them; values of the columns in *json* were mixed, and are JSON text now,
    each with a type of its own.
    """

    relation: Any
    columns: Mapping[str, str]
    json: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def open_frame(frame: Frame, wanted: Sequence[str] = ()) -> FrameRows:
    """
    *frame* for DuckDB; nothing is copied that need not be, nothing in it is changed.

    An empty list of dicts names no columns: it has those that are *wanted*.

    Raises:
        SourceError: it has no columns, two columns of one name, or values that no engine can hold; it names them.
    """
    if frame.library is Library.ROWS and not any(frame.data):
        return _rows(frame.data, wanted)
    openers: dict[Library, Callable[[Any], FrameRows]] = {
        Library.PANDAS: _pandas,
        Library.POLARS: _polars,
        Library.ARROW: _arrow,
        Library.ROWS: _rows,
    }
    return openers[frame.library](frame.data)


def _names(given: Iterable[object], what: str) -> list[str]:
    """Names as text; refused when DuckDB, which ignores case, could not tell two apart."""
    names = ["" if name is None else str(name) for name in given]
    if not names:
        raise SourceError("there are no columns", what, "give a frame with at least one column")
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.get(name.lower())) is not None:
            problem = (
                f"two columns are named '{name}'" if other == name else f"columns '{other}' and '{name}' differ only in case"
            )
            raise SourceError(problem, what, "rename one")
        seen[name.lower()] = name
    if "" in names:
        raise SourceError("a column has no name", what, "name it")
    return names


# -- pandas ----------------------------------------------------------------------------------------------------------


def _pandas(data: pd.DataFrame) -> FrameRows:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    names = _names(data.columns, "pandas frame")
    columns: dict[str, Any] = {}
    mixed = set()
    for place, name in enumerate(names):
        series = data.iloc[:, place]
        column = _series(series, name)
        if isinstance(column, _Mixed):
            mixed.add(name)
            columns[name] = column.text
        else:
            columns[name] = column
    shown = {name: str(dtype) for name, dtype in zip(names, data.dtypes, strict=True)}
    index = pd.RangeIndex(len(data))
    kept = {name: column if not hasattr(column, "set_axis") else column.set_axis(index) for name, column in columns.items()}
    relation = pd.DataFrame(kept, index=index, copy=False)
    relation[ROW_NO] = np.arange(len(data), dtype=np.int64)
    return FrameRows(relation, shown, frozenset(mixed))


def _series(series: pd.Series[Any], name: str) -> Any:
    """A column that DuckDB reads as it is; `_Mixed` when its values have several types."""
    import pandas as pd  # noqa: PLC0415

    dtype = series.dtype
    if isinstance(dtype, pd.PeriodDtype | pd.IntervalDtype):
        return series.astype(str).where(series.notna(), None).astype("str")
    if isinstance(dtype, pd.SparseDtype):
        return series.sparse.to_dense()
    if dtype.kind == "c":
        raise SourceError(
            f"column '{name}' holds complex numbers", "pandas frame", "split it into a real and an imaginary column"
        )
    if isinstance(dtype, pd.CategoricalDtype):
        return _series(series.astype(dtype.categories.dtype), name)
    if dtype == object:
        return _objects(series, name)
    if isinstance(dtype, pd.ArrowDtype):
        return (
            pd.Series(pd.array(_plain_arrow(series.array._pa_array, name), dtype=None), copy=False)
            if _odd(dtype.pyarrow_dtype)
            else series
        )  # noqa: SLF001
    return series


@dataclass(frozen=True, slots=True)
class _Mixed:
    """Values of several types, each as JSON text."""

    text: Any


def _objects(series: pd.Series[Any], name: str) -> Any:
    """A column of Python objects: one Arrow type when all values share it, else JSON."""
    import pandas as pd  # noqa: PLC0415

    kind = pd.api.types.infer_dtype(series, skipna=True)
    if kind == "empty":
        return pd.Series([None] * len(series), dtype="str")
    values = [None if _is_null(value) else value for value in series]
    made = _typed_array(values, name, homogeneous=kind not in ("mixed", "mixed-integer", "unknown-array"))
    if isinstance(made, _Mixed):
        return _Mixed(pd.Series(made.text, dtype="str"))
    return pd.Series(pd.arrays.ArrowExtensionArray(made), copy=False)


def _is_null(value: object) -> bool:
    import pandas as pd  # noqa: PLC0415

    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value)  # noqa: PLR0124


# -- rows of Python values -------------------------------------------------------------------------------------------

_ALIKE: tuple[tuple[type, ...], ...] = (
    (bool,),
    (int,),
    (float,),
    (str,),
    (bytes,),
    (Decimal,),
    (datetime,),
    (date,),
    (time,),
    (timedelta,),
    (UUID,),
    (dict,),
    (list,),
)


def _typed_array(values: list[Any], name: str, *, homogeneous: bool = True) -> Any:
    """An Arrow array when all values are of one type, else `_Mixed`."""
    import pyarrow as pa  # noqa: PLC0415

    types = {type(value) for value in values if value is not None}
    if not types:
        return pa.nulls(len(values), pa.string())
    if len(types) > 1 and types <= {int, float} and homogeneous:
        types = {float}
        if all(value is None or not isinstance(value, int) or abs(value) <= 2**53 for value in values):
            return pa.array([None if value is None else float(value) for value in values], pa.float64())
        return _mixed(values, name)
    if len(types) > 1 and not any(all(issubclass(kind, alike) for kind in types) for alike in _ALIKE if alike != (int,)):
        return _mixed(values, name)
    if types == {UUID}:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if types & {int} and any(isinstance(value, int) and abs(value) >= 2**63 for value in values):
        return _mixed(values, name)
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return _mixed(values, name)
    except UnicodeEncodeError as error:
        raise SourceError(f"column '{name}' holds half of a surrogate pair", "", f"mend the text: {error.reason}") from None


def _mixed(values: list[Any], name: str) -> _Mixed:
    try:
        return _Mixed([None if value is None else json.dumps(_jsonable(value), ensure_ascii=False) for value in values])
    except (TypeError, ValueError) as error:
        raise SourceError(
            f"column '{name}' holds a value that has no form: {error}", "", "convert it to text or numbers"
        ) from None


def _jsonable(value: Any) -> Any:
    """A value for JSON: times as ISO text, decimals as numbers, anything else by its name refused."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)  # noqa: PLR0124
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:  # a numpy scalar
        return _jsonable(value.item())
    if hasattr(value, "tolist"):
        return _jsonable(value.tolist())
    return str(value)


def _rows(data: Sequence[Mapping[str, Any]], wanted: Sequence[str] = ()) -> FrameRows:
    import pyarrow as pa  # noqa: PLC0415

    keys = list(dict.fromkeys(key for row in data for key in row)) or list(wanted)
    names = _names(keys, "list of dicts")
    arrays: dict[str, Any] = {}
    mixed = set()
    for key, name in zip(keys, names, strict=True):
        made = _typed_array([_value(row.get(key)) for row in data], name)
        if isinstance(made, _Mixed):
            mixed.add(name)
            made = pa.array(made.text, pa.string())
        arrays[name] = made
    shown = {name: "mixed" if name in mixed else str(array.type) for name, array in arrays.items()}
    arrays[ROW_NO] = pa.array(range(len(data)), pa.int64())
    return FrameRows(pa.table(arrays), shown, frozenset(mixed))


def _value(value: Any) -> Any:
    if hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        value = value.item()
    return None if value is None or (isinstance(value, float) and value != value) else value  # noqa: PLR0124


# -- Polars and Arrow ------------------------------------------------------------------------------------------------


def _polars(data: Any) -> FrameRows:
    frame = data.collect() if hasattr(data, "collect") else data
    names = _names(frame.columns, "Polars frame")
    for name, dtype in zip(names, frame.dtypes, strict=True):
        if str(dtype) in ("Object", "Int128", "UInt128"):
            raise SourceError(f"column '{name}' is of type {dtype}", "Polars frame", "cast it to a type that Arrow has")
    shown = {name: str(dtype) for name, dtype in zip(names, frame.dtypes, strict=True)}
    return FrameRows(_numbered(frame.to_arrow()), shown)


def _arrow(data: Any) -> FrameRows:
    import pyarrow as pa  # noqa: PLC0415

    table = pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
    names = _names(table.column_names, "Arrow table")
    shown = {name: str(field.type) for name, field in zip(names, table.schema, strict=True)}
    return FrameRows(_numbered(table), shown)


def _numbered(table: pa.Table) -> pa.Table:
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    for place, field in enumerate(table.schema):
        if _odd(field.type):
            column = (
                pa.chunked_array([_plain_arrow(chunk, field.name) for chunk in table.column(place).chunks], None)
                if table.num_rows
                else None
            )
            table = table.set_column(place, field.name, column if column is not None else pa.array([], pa.string()))
    return table.append_column(ROW_NO, pa.array(np.arange(table.num_rows, dtype=np.int64)))


def _odd(kind: pa.DataType) -> bool:
    """Whether DuckDB has no reader for an Arrow type."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.types.is_float16(kind) or pa.types.is_decimal256(kind) or isinstance(kind, pa.BaseExtensionType)


def _plain_arrow(array: Any, name: str) -> Any:
    """The same values in a type that DuckDB reads."""
    import pyarrow as pa  # noqa: PLC0415

    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        return array.storage if hasattr(array, "storage") else array.cast(kind.storage_type)
    if pa.types.is_float16(kind):
        return array.cast(pa.float32())
    try:
        return array.cast(pa.decimal128(38, kind.scale))
    except pa.ArrowInvalid:
        raise SourceError(
            f"column '{name}' has more than 38 digits", "Arrow table", "cast it to text or to fewer digits"
        ) from None


# -- batches ---------------------------------------------------------------------------------------------------------


def spill_batches(batches: Any, folder: Path) -> Path:
    """
    Record batches, which can be read once only, as a new Parquet file in *folder*; memory stays bounded.

    Raises:
        UsageError: an item is no record batch, or there is not one batch.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    path = folder / f"batches-{uuid4().hex}.parquet"
    writer = None
    try:
        for batch in _batches(batches):
            if not isinstance(batch, pa.RecordBatch | pa.Table):
                raise UsageError(
                    f"an item of the iterator is a {type(batch).__name__}", "Arrow batches", "yield pyarrow.RecordBatch"
                )
            if writer is None:
                _names(batch.schema.names, "Arrow batches")
                writer = pq.ParquetWriter(path, batch.schema, compression="lz4")
            writer.write(batch)
        if writer is None and hasattr(batches, "schema"):
            writer = pq.ParquetWriter(path, batches.schema)
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise UsageError(
            "the iterator gave no batch", "Arrow batches", "give a RecordBatchReader, which has a schema without rows"
        )
    return path


def _batches(batches: Any) -> Iterator[Any]:
    yield from batches


# -- rows by position ------------------------------------------------------------------------------------------------


def take(frame: Frame, numbers: np.ndarray[Any, Any]) -> Any:
    """The rows at *numbers* (int64, sorted) of *frame*: same library, dtypes and index."""
    data = frame.data
    if frame.library is Library.PANDAS:
        return data.iloc[numbers]
    if frame.library is Library.POLARS:
        frame_now = data.collect() if hasattr(data, "collect") else data
        return frame_now[numbers]
    if frame.library is Library.ARROW:
        return data.take(numbers)
    return [data[number] for number in numbers]


def drop(frame: Frame, numbers: np.ndarray[Any, Any]) -> Any:
    """The rows of *frame* that are not at *numbers* (int64), in order: same library, dtypes and index."""
    import numpy as np  # noqa: PLC0415

    data = frame.data
    if hasattr(data, "collect"):
        data = data.collect()
    keep = np.ones(data.num_rows if frame.library is Library.ARROW else len(data), dtype=bool)
    keep[numbers] = False
    if frame.library is Library.PANDAS:
        return data[keep] if len(numbers) else data.copy(deep=False)
    return take(Frame(data, frame.library), np.flatnonzero(keep)) if len(numbers) else data
