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
    The rows at the positions *rows*, in that order. *frame* is `settled`.

    Raises:
        UsageError: the frame is an iterator of batches, which has been read.
    """
    import numpy as np  # noqa: PLC0415

    positions = np.asarray(rows, np.int64)
    if frame.library is Library.PANDAS:
        return frame.data.take(positions)
    if frame.library is Library.POLARS:
        return frame.data[positions]
    if frame.library is Library.ARROW:
        import pyarrow as pa  # noqa: PLC0415

        if positions.size and not (np.diff(positions) > 0).all():
            return frame.data.take(pa.array(positions))
        return frame.data.filter(pa.array(_mask(frame.data.num_rows, positions)))  # `take` fails on much text in many chunks
    if frame.library is Library.ROWS:
        return [frame.data[position] for position in positions.tolist()]
    raise UsageError("Arrow batches can be read only once", str(frame), "give a Table: reader.read_all()")


def drop(frame: Frame, rows: NDArray[np.int64]) -> Any:
    """
    All rows but those at the positions *rows*, in order; the object itself when *rows* is empty. *frame* is `settled`.

    Raises:
        UsageError: the frame is an iterator of batches, which has been read.
    """
    import numpy as np  # noqa: PLC0415

    if frame.library is not Library.BATCHES and not len(rows):
        return frame.data
    size = 0 if frame.library is Library.BATCHES else len(frame.data)
    return take(frame, np.flatnonzero(~_mask(size, np.asarray(rows, np.int64))))


def _mask(size: int, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
    import numpy as np  # noqa: PLC0415

    mask = np.zeros(size, np.bool_)
    mask[positions] = True
    return mask
