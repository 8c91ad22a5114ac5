"""Which integers of a nearly ordered column occur more than once: counted, which is faster than grouping them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dq.engines.duckdb.connection import Connection
from dq.sql import SOURCE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

FEW = 500_000  # rows; below, grouping is as fast
_SPARSE = 3  # times as many integers as rows lie between the smallest and the largest: grouping is as fast
_UNORDERED = 0.05  # share of steps down: beyond it, grouping is faster
_AT_ONCE = 12_500_000  # integers counted in one go: 100 MB of counts


def repeated(connection: Connection, key: str) -> pa.Table | None:
    """
    The values of integer expression *key* that occur more than once, as column k0; nulls are ignored.

    None when it is not worth telling here: few rows, integers that lie far apart or in no order.
    """
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    rows = connection.run(f"SELECT count(*) FROM {SOURCE}")[0][0]
    if rows < FEW:
        return None
    low, high = connection.run(f"SELECT min({key}), max({key}) FROM {SOURCE}")[0]
    if low is None or high - low > _SPARSE * rows or low < -(2**63) or high >= 2**63:
        return None
    slices = range(low, high + 1, _AT_ONCE)
    found = []
    for begin in slices:
        if (values := _repeated_from(connection, key, begin, min(begin + _AT_ONCE, high + 1))) is None:
            return None
        found.append(values)
    values = np.concatenate(found)
    return pa.table({"k0": pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])})


def _repeated_from(connection: Connection, key: str, begin: int, end: int) -> np.ndarray[Any, Any] | None:
    """Those from *begin* to *end*, the last not included; None when they are in no order."""
    import numpy as np  # noqa: PLC0415

    counts = np.zeros(end - begin, dtype=np.uint8)
    many = np.zeros(0, dtype=np.int64)
    for batch in connection.reader(f"SELECT ({key} - ({begin}))::BIGINT FROM {SOURCE} WHERE {key} >= {begin} AND {key} < {end}"):
        column = batch.column(0)
        places = np.frombuffer(column.buffers()[1], dtype=np.int64)[column.offset : column.offset + len(column)]
        falling = np.diff(places) <= 0
        if falling.sum() > _UNORDERED * len(places):
            return None
        again = counts[places]
        counts[places] = 1  # also where a place comes twice in one batch, which is told next
        many = np.concatenate([many, places[again > 0], *([_twice(places)] if falling.any() else [])])
    found: np.ndarray[Any, Any] = np.unique(many) + begin
    return found


def _twice(places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Places that occur more than once within one batch."""
    import numpy as np  # noqa: PLC0415

    ordered: np.ndarray[Any, Any] = np.sort(places)
    again: np.ndarray[Any, Any] = ordered[1:][ordered[1:] == ordered[:-1]]
    return again
