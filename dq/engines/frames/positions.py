"""Good rows by position, from the object that came in: same library, types, index and order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dq.errors import UsageError
from dq.source import Frame, Library

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def settled(frame: Frame) -> Frame:
    """*frame*, a lazy one collected: each collection could give other rows."""
    if frame.library is Library.POLARS and hasattr(frame.data, "collect"):
        return Frame(frame.data.collect(), frame.library)
    return frame


def take(frame: Frame, rows: NDArray[np.int64]) -> Any:
    """
    The rows at the positions *rows*, in that order.

    Raises:
        UsageError: the frame is an iterator of batches, which has been read.
    """
    import numpy as np  # noqa: PLC0415

    data, positions = settled(frame).data, np.asarray(rows, np.int64)
    if frame.library is Library.PANDAS:
        return data.take(positions)
    if frame.library is Library.POLARS:
        return data[positions]
    if frame.library is Library.ARROW:
        import pyarrow as pa  # noqa: PLC0415

        rising = not positions.size or bool((np.diff(positions) > 0).all())
        if not rising:
            return data.take(pa.array(positions))
        mask = np.zeros(data.num_rows, np.bool_)
        mask[positions] = True
        return data.filter(pa.array(mask))  # `take` overflows on much text in many chunks
    if frame.library is Library.ROWS:
        return [data[position] for position in positions.tolist()]
    raise UsageError("Arrow batches can be read only once", str(frame), "give a Table: reader.read_all()")


def drop(frame: Frame, rows: NDArray[np.int64]) -> Any:
    """
    All rows but those at the positions *rows*, in order. Without *rows*, a frame that shares the data of the one that came in.

    Raises:
        UsageError: the frame is an iterator of batches, which has been read.
    """
    import numpy as np  # noqa: PLC0415

    frame = settled(frame)
    if frame.library is Library.BATCHES:
        return take(frame, rows)
    if len(rows):
        keep = np.ones(len(frame.data), np.bool_)
        keep[rows] = False
        return take(frame, np.flatnonzero(keep))
    if frame.library is Library.PANDAS:
        return frame.data.copy(deep=False)
    return list(frame.data) if frame.library is Library.ROWS else frame.data
