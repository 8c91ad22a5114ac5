"""How text that nobody declares might be meant: as numbers, truth values, dates, times."""

from __future__ import annotations

from collections.abc import Collection

from dq.plan.model import Field
from dq.plan.names import Columns
from dq.plan.values import Value, base_of
from dq.sql import Base, Kind, Tree, column

_KINDS = (Base.INTEGER, Base.NUMBER, Base.BOOLEAN, Base.DATE, Base.TIMESTAMP, Base.TIMESTAMP_TZ)


def guesses(columns: Columns, declared: Collection[str]) -> dict[str, tuple[Tree, ...]]:
    """Readings of every column of text that is not *declared*, narrowest first; a reading is null where it does not fit."""
    found = {}
    for name, actual in columns.types.items():
        is_json = base_of(actual) is Base.JSON
        if name not in declared and (is_json or columns.reading is not None):
            kinds = (*_KINDS, Base.TEXT) if is_json else _KINDS
            values = [Value(column(name), actual, Field(name, name, Kind(kind)), columns.reading, "UTC") for kind in kinds]
            found[name] = tuple(value.typed for value in values)
    return found
