"""
Arrow arrays of Python's values, and numbers out of Arrow.

`pa.array` and `to_numpy` import pandas, where it is installed, to ask whether a list is one of its series: a third of the time
that a process needs to judge a small table. What drivers give is made and read without it.
"""

from __future__ import annotations

import array as memory
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_CODES = {
    "int8": "b",
    "int16": "h",
    "int32": "i",
    "int64": "q",
    "uint8": "B",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
    "double": "d",
}


def array(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """
    *cells* as an array of *kind*, as `pa.array` has it; None is null.

    Raises:
        pa.ArrowException, ValueError, TypeError, OverflowError: a cell is nothing of that kind.
    """
    import pyarrow as pa  # noqa: PLC0415

    found = set(map(type, cells)) - {type(None)}
    if pa.types.is_string(kind) and found <= {str}:
        return _text(cells)
    if pa.types.is_binary(kind) and found <= {bytes}:
        return _text(cells).cast(kind)
    if pa.types.is_boolean(kind) and found <= {bool}:
        return _numbers(cells, pa.int8(), "b").cast(kind)
    if (code := _CODES.get(str(kind))) and found <= {float if code == "d" else int}:
        return _numbers(cells, kind, code)
    return pa.array(cells, kind)


def numbers(column: pa.Array) -> np.ndarray[Any, Any]:
    """The numbers of *column*, in which is no null; nothing is copied."""
    import numpy as np  # noqa: PLC0415

    return np.from_dlpack(column)


def _text(cells: Sequence[str | bytes | None]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415

    builder = pa.lib.StringBuilder()
    builder.append_values(cells)
    return builder.finish()


def _numbers(cells: Sequence[Any], kind: pa.DataType, code: str) -> pa.Array:
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    null = None
    if None in cells:
        null = pa.py_buffer(np.packbits([cell is not None for cell in cells], bitorder="little"))
        cells = [0 if cell is None else cell for cell in cells]
    return pa.Array.from_buffers(kind, len(cells), [null, pa.py_buffer(memory.array(code, cells))])
