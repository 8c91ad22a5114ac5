"""Which columns of a table can take which values: the same kind, or a wider one, so that nothing is lost that nobody sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from dq.engines.database.server import Column
from dq.plan import Columns, Field, base_of
from dq.sql import Base

# What each kind may go into beside its own; every kind may be written as text.
_WIDER: Mapping[Base, frozenset[Base]] = {
    Base.INTEGER: frozenset({Base.NUMBER, Base.DECIMAL}),
    Base.DECIMAL: frozenset({Base.NUMBER}),
    Base.NUMBER: frozenset({Base.DECIMAL}),
    Base.DATE: frozenset({Base.TIMESTAMP, Base.TIMESTAMP_TZ}),
    Base.TIMESTAMP: frozenset({Base.TIMESTAMP_TZ}),
    Base.TIMESTAMP_TZ: frozenset({Base.TIMESTAMP}),  # sessions are in UTC
    Base.UUID: frozenset(),
    Base.BOOLEAN: frozenset(),
    Base.TIME: frozenset(),
}
_OF_MARIADB: Mapping[Base, frozenset[Base]] = {  # where truth is a number
    **_WIDER,
    Base.BOOLEAN: frozenset({Base.INTEGER, Base.NUMBER, Base.DECIMAL}),
    Base.INTEGER: frozenset({Base.NUMBER, Base.DECIMAL, Base.BOOLEAN}),
}
_ANY = (Base.UNKNOWN, Base.JSON, Base.OBJECT, Base.ARRAY, Base.MAP)  # the database says whether it takes them


def misfits(columns: Columns, fields: Sequence[Field], there: Sequence[Column], dialect: str) -> list[tuple[str, Base, Base]]:
    """
    The *columns* that the table with the columns *there* cannot take: name, kind, and the kind that they would go into.

    Text of a file is what its field declares. A column of SQLite takes values of any kind, and so nothing is refused.
    """
    if dialect == "sqlite":
        return []
    kinds = {item.name: base_of(item.type) for item in there}
    declared = {name: item.kind.base for item in fields if item.kind for name in (item.name, item.source)}
    found = []
    for name, actual in columns.types.items():
        given = _handed(columns, name, actual, declared)
        into = kinds.get(name, Base.UNKNOWN)
        if not _takes(into, given, dialect):
            found.append((name, given, into))
    return found


def _handed(columns: Columns, name: str, actual: exp.DataType, declared: Mapping[str, Base]) -> Base:
    """What the values of a column are when they are handed on; numbers that are declared whole are whole, if they are good."""
    if columns.loose:
        return Base.UNKNOWN
    if not columns.as_it_came(name):
        return declared.get(name, Base.UNKNOWN)
    base, scale = base_of(actual), actual.expressions[1:]
    if base is Base.DECIMAL and scale and scale[0].name == "0":
        return Base.INTEGER
    return Base.INTEGER if base in (Base.NUMBER, Base.DECIMAL) and declared.get(name) is Base.INTEGER else base


def _takes(into: Base, given: Base, dialect: str) -> bool:
    if given is into or given in _ANY or into in (*_ANY, Base.UUID):
        return True
    if into is Base.TEXT:
        return given is not Base.BINARY
    wider = _OF_MARIADB if dialect in ("mariadb", "mysql") else _WIDER
    return into in wider.get(given, frozenset())
