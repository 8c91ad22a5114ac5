"""Which integers of a nearly ordered column occur more than once: only those out of line can, which is faster than grouping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dq.engines.duckdb.connection import Connection, integers
from dq.sql import SOURCE

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_OUT = "__dq_out_of_line"
_UNORDERED, _FEW = 0.05, 1_000  # share of values out of line, beyond a few: with more of them, grouping is faster
_MOST = 5_000_000  # of them in all: 40 MB
_FIT = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")  # every value is a BIGINT


def repeated(connection: Connection, key: str) -> pa.Table | None:
    """
    The values of integer expression *key* that occur more than once, as column k0; nulls are ignored.

    Of values that rise none occurs twice: of those that occur again, one at least is out of line. One scan finds the values
    out of line, whatever the order in which rows come; only those are counted. None when they are too many, or not every
    value of *key* is a BIGINT.
    """
    import pyarrow as pa  # noqa: PLC0415

    if connection.run(f"SELECT column_type FROM (DESCRIBE SELECT {key} FROM {SOURCE})")[0][0] not in _FIT:
        return None
    out = _out_of_line(connection, key)
    if out is None:
        return None
    values = pa.table({"v": pa.Array.from_buffers(pa.int64(), len(out), [None, pa.py_buffer(out)])})
    if not len(out):
        return values.rename_columns(["k0"])
    connection.raw.register(_OUT, values)
    among = f"SELECT ({key})::BIGINT AS k0 FROM {SOURCE} WHERE ({key}) IN (SELECT v FROM {_OUT})"
    found = connection.reader(f"SELECT k0 FROM ({among}) GROUP BY k0 HAVING count(*) > 1").read_all()
    connection.raw.unregister(_OUT)
    return found


def _out_of_line(connection: Connection, key: str) -> np.ndarray[Any, Any] | None:
    """The values beside some that rise all the way, each once; None when they are too many."""
    import numpy as np  # noqa: PLC0415

    lowest = np.iinfo(np.int64).min
    highest, found = lowest, [np.zeros(0, dtype=np.int64)]
    rows = many = 0
    for batch in connection.reader(f"SELECT ({key})::BIGINT FROM {SOURCE} WHERE ({key}) IS NOT NULL"):
        values = integers(batch)
        sound = np.zeros(len(values), dtype=bool)  # a value above the next two would put all that follow out of line
        sound[:-2] = (values[:-2] < values[1:-1]) & (values[:-2] < values[2:])
        before = np.maximum.accumulate(np.concatenate(([highest], np.where(sound, values, lowest))))
        out = values[~sound | (values <= before[:-1])]
        rows, many = rows + len(values), many + len(out)
        if many > min(_UNORDERED * rows + _FEW, _MOST):
            return None
        highest = before[-1]
        found.append(out)
    return np.unique(np.concatenate(found))
