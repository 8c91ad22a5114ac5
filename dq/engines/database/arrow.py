"""Rows of a driver become Arrow; what its column's type cannot hold becomes null, and is kept beside as text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dq.engines.database.arrays import array

if TYPE_CHECKING:
    import pyarrow as pa

Cells = Sequence[Any]


def array_of(cells: Cells, kind: pa.DataType) -> tuple[pa.Array, list[int]]:
    """
    *cells* as an array of *kind*, and the places of those that *kind* cannot hold.

    Text is read as *kind*: dates, times and decimals come as text, which Arrow reads faster than Python does.
    """
    import pyarrow as pa  # noqa: PLC0415

    try:
        return _read(cells, kind), []
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        pass
    found: list[Any] = []
    lost = []
    for place, cell in enumerate(cells):
        try:
            found.append(_read([cell], kind)[0].as_py())
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            found.append(None)
            lost.append(place)
    return array(found, kind), lost


def _read(cells: Cells, kind: pa.DataType) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    if pa.types.is_boolean(kind):
        return array([None if cell is None else _truth(cell) for cell in cells], kind)
    if not (pa.types.is_temporal(kind) or pa.types.is_decimal(kind)):
        return array(cells, kind)
    text = array(cells, pa.string())
    if pa.types.is_time(kind):  # which Arrow reads as part of a moment alone
        return pc.binary_join_element_wise("1970-01-01", text, " ").cast(pa.timestamp(kind.unit)).cast(kind)
    if pa.types.is_timestamp(kind) and kind.tz:
        return text.cast(pa.timestamp(kind.unit)).cast(kind)
    return text.cast(kind)


def _truth(cell: object) -> bool:
    if cell in (0, 1):
        return bool(cell)
    raise ValueError


def raw_of(rows: Sequence[Cells], names: Sequence[str], lost: Iterable[int]) -> dict[int, bytes]:
    """The rows at the places *lost*, as their JSON text."""
    return {
        place: json.dumps(dict(zip(names, map(_plain, rows[place]), strict=False)), ensure_ascii=False).encode() for place in lost
    }


def _plain(cell: object) -> object:
    if cell is None or isinstance(cell, bool | int | str):
        return cell
    return cell.hex() if isinstance(cell, bytes | bytearray | memoryview) else str(cell)


def batches_of(chunks: Iterable[Sequence[Cells]], schema: pa.Schema, raw: str = "") -> Iterator[pa.RecordBatch]:
    """
    *chunks* of rows as record batches of *schema*; with *raw*, the last column is so named and holds what was lost.

    Columns beyond those of the data (whole numbers that dq asked for) come last in a row.
    """
    import pyarrow as pa  # noqa: PLC0415

    fields = [field for field in schema if field.name != raw]
    for rows in chunks:
        columns = list(zip(*rows, strict=True)) if fields else []
        arrays, lost = [], set()
        for field, cells in zip(fields, columns, strict=True):
            found, places = array_of(cells, field.type)
            arrays.append(found)
            lost.update(places)
        if raw:
            kept = raw_of(rows, [field.name for field in fields if not field.name.startswith("__dq_")], sorted(lost))
            arrays.append(array([kept.get(place) for place in range(len(rows))], pa.binary()))
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
