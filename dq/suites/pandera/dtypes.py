"""pandera's names of types: which kind of values each declares, and what a column of that type is called elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dq.sql import Base, Kind

_SIZES = {f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
_ENGINE = {  # as DuckDB calls them, and databases that call them the same
    "int8": ("tinyint",),
    "int16": ("smallint",),
    "int32": ("int", "integer"),
    "int64": ("bigint",),
    "uint8": ("utinyint",),
    "uint16": ("usmallint",),
    "uint32": ("uinteger", "uint"),
    "uint64": ("ubigint",),
    "float32": ("real", "float"),
    "float64": ("double", "double precision"),
    "bool": ("boolean",),
}
_ARROW = {"float32": ("float",), "float64": ("double",), "bool": ("bool", "boolean")}
_TEXT = ("str", "string", "object", "large_string", "text", "varchar", "char", "mixed", "json")
_DECIMAL = re.compile(r"decimal(?:128|256)?\(\s*(?:precision=)?(\d+)\s*,\s*(?:scale=)?(\d+)\s*\)")
_TIME = re.compile(r"(?:datetime64\[(?P<unit>\w+)(?:,\s*(?P<zone>[^\]]+))?\]|datetime\((?P<words>[^)]*)\)|datetime|timestamp)")


@dataclass(frozen=True, slots=True)
class DType:
    """
    What a type says: the *kind* of values, None when dq has none such, or the type says nothing about them.

    *names* are what a column of it may be called, by the owner of the data or by the engine; none when any will do.
    """

    kind: Kind | None
    names: tuple[str, ...] = ()


ANY = DType(None)


def dtype(text: str) -> DType:
    """
    What pandera's *text* for a type says; `ANY` where it says nothing.

    An unsized type of a database (`decimal`) fits every size; pandera knows the sizes of frames only.
    """
    name = text.strip().casefold()
    if name in _SIZES:
        return DType(Kind(Base.INTEGER), (name, *_ENGINE[name]))
    if name in ("float32", "float64"):
        return DType(Kind(Base.NUMBER), (name, *_ENGINE[name], *_ARROW[name]))
    if name in ("bool", "boolean"):
        return DType(Kind(Base.BOOLEAN), ("bool", "boolean"))
    if name in ("str", "string") or name.startswith("string["):
        return DType(Kind(Base.TEXT), _TEXT)
    if found := _DECIMAL.fullmatch(name):
        return DType(Kind(Base.DECIMAL, int(found[1]), int(found[2])))
    if name in ("date", "date32", "date64"):
        return DType(Kind(Base.DATE))
    if name == "time":
        return DType(Kind(Base.TIME))
    if found := _TIME.fullmatch(name):
        return _moment(found)
    if name == "category" or name.startswith(("categorical", "enum")):
        return DType(None, ("category", "categorical", "enum", "dictionary"))
    return ANY


def is_nothing(text: str) -> bool:
    """Whether the type says nothing about values: there is none, or it is pandas' `object`."""
    return not text or text.strip().casefold() == "object"


def _moment(found: re.Match[str]) -> DType:
    """Moments of every unit are one type: to pandas' checks, and to what engines call them."""
    words = found["words"] or ""
    zone = found["zone"] or ("" if "time_zone=none" in words else words.partition("time_zone=")[2].strip("'\""))
    if zone:
        return DType(Kind(Base.TIMESTAMP_TZ), ("timestamptz",))
    return DType(Kind(Base.TIMESTAMP), ("datetime64", "datetime", "timestamp", "timestamp_ns", "timestamp_ms", "timestamp_s"))
