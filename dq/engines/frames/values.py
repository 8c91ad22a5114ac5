"""Python values, typed over the whole column: one kind becomes an Arrow array, a mixture JSON text, each value with its type."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from json.encoder import encode_basestring
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any
from uuid import UUID

from dq.engines.frames.model import Column
from dq.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


class _Is(StrEnum):
    """What a value is, in words for people."""

    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "float"
    DECIMAL = "decimal"
    TEXT = "text"
    BYTES = "bytes"
    DATE = "date"
    TIMESTAMP = "timestamp"
    ZONED = "timestamp with zone"
    TIME = "time"
    DURATION = "duration"
    UUID = "UUID"
    LIST = "list"
    OBJECT = "dict"
    OTHER = "other"


_BY_CLASS: tuple[tuple[type | tuple[type, ...], _Is], ...] = (  # the first that fits
    (bool, _Is.BOOLEAN),
    (str, _Is.TEXT),
    (Decimal, _Is.DECIMAL),
    (Integral, _Is.INTEGER),
    (float, _Is.NUMBER),
    ((bytes, bytearray, memoryview), _Is.BYTES),
    (datetime, _Is.TIMESTAMP),
    (date, _Is.DATE),
    (time, _Is.TIME),
    (timedelta, _Is.DURATION),
    (UUID, _Is.UUID),
    (Mapping, _Is.OBJECT),
    ((list, tuple, AbstractSet), _Is.LIST),
)
_BY_NAME = {
    "NoneType": _Is.NULL,
    "NAType": _Is.NULL,
    "NaTType": _Is.NULL,
    "bool_": _Is.BOOLEAN,
    "bool": _Is.BOOLEAN,
    "datetime64": _Is.TIMESTAMP,
    "timedelta64": _Is.DURATION,
    "ndarray": _Is.LIST,
}


def typed(values: Collection[Any], place: str) -> Column:
    """
    *values* as one column; None, NaN, NaT and NA are null.

    Whole numbers and floats together are floats, where no digit is lost; whole numbers and decimals are decimals.

    Raises:
        SourceError: text that is no text (half of a surrogate pair), with its row.
    """
    import pyarrow as pa  # noqa: PLC0415

    kinds = _kinds(values)
    with suppress(OverflowError, ValueError, TypeError, NotImplementedError):  # what Arrow raises for values of no one type
        if column := _array(values, kinds):
            return column
    texts = [json_text(value) for value in values]
    listed = ", ".join(sorted(kinds))
    mixed, single = (
        f"values of several types ({listed}); each keeps its own",
        f"{listed} values that no one type holds; read as JSON",
    )
    try:
        return Column(pa.array(texts, pa.string()), json=True, note=mixed if len(kinds) > 1 else single)
    except UnicodeEncodeError:
        problem = f"row {_broken(texts)} holds half of a surrogate pair, which is no text"
        raise SourceError(problem, place, "write the whole character, or leave it out") from None


def json_text(value: Any) -> str | None:
    """*value* as JSON text; None for null. Numbers keep their digits; dates and times are ISO 8601 text, bytes hexadecimal."""
    kind = _kind_of(value)
    if kind is _Is.NULL or value != value:  # noqa: PLR0124  NaN is not itself
        return None
    if kind is _Is.BOOLEAN:
        return "true" if value else "false"
    if kind is _Is.INTEGER:
        return str(int(value))
    if kind is _Is.NUMBER:
        return json.dumps(float(value))
    if kind is _Is.DECIMAL:
        return str(value) if value.is_finite() else json.dumps(float(value))
    if kind is _Is.LIST:
        return f"[{','.join(json_text(item) or 'null' for item in value)}]"
    if kind is _Is.OBJECT:
        members = (f"{json.dumps(str(key))}:{json_text(item) or 'null'}" for key, item in value.items())
        return f"{{{','.join(members)}}}"
    return encode_basestring(_plain(value, kind))


def _plain(value: Any, kind: _Is) -> str:
    if kind is _Is.BYTES:
        return bytes(value).hex()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _array(values: Collection[Any], kinds: frozenset[_Is]) -> Column | None:
    """*values* of one kind; None when they are of several."""
    import pyarrow as pa  # noqa: PLC0415

    if not kinds:
        return Column(pa.nulls(len(values)))
    if kinds == {_Is.INTEGER, _Is.NUMBER}:
        return Column(pa.array(values, pa.float64(), from_pandas=True))
    if kinds == {_Is.INTEGER, _Is.DECIMAL}:
        return _found([Decimal(int(v)) if _kind_of(v) is _Is.INTEGER else v for v in values])
    if len(kinds) > 1:
        return None
    (kind,) = kinds
    simple = {
        _Is.BOOLEAN: pa.bool_(),
        _Is.TEXT: pa.string(),
        _Is.NUMBER: pa.float64(),
        _Is.DATE: pa.date32(),
        _Is.TIME: pa.time64("us"),
    }
    if kind in simple:
        return Column(pa.array(values, simple[kind], from_pandas=True))
    return _built(values, kind)


def _built(values: Collection[Any], kind: _Is) -> Column | None:
    """*values* of a kind that Arrow does not take as it is."""
    import pyarrow as pa  # noqa: PLC0415

    if kind in (_Is.TIMESTAMP, _Is.ZONED):
        return Column(_timestamps(values, zoned=kind is _Is.ZONED))
    if kind is _Is.INTEGER:
        return Column(_integers(values))
    if kind is _Is.BYTES:
        return Column(pa.array([None if _is_null(v) else bytes(v) for v in values], pa.binary()))
    if kind in (_Is.UUID, _Is.OTHER):
        some = next(v for v in values if not _is_null(v))
        note = "" if kind is _Is.UUID else f"values of class {type(some).__qualname__}; rules see their text"
        return Column(pa.array([None if _is_null(v) else str(v) for v in values], pa.string()), note=note)
    if kind in (_Is.LIST, _Is.OBJECT):
        return _found([_inner(v) for v in values]) if _alike(values) else None
    return _found(values)


def _found(values: Collection[Any]) -> Column | None:
    """*values* in the type that Arrow finds for them; None when DuckDB does not know it."""
    import pyarrow as pa  # noqa: PLC0415

    found = pa.array(values, from_pandas=True)
    return None if pa.types.is_decimal256(found.type) else Column(found)


def _integers(values: Collection[Any]) -> pa.Array:
    import pyarrow as pa  # noqa: PLC0415

    try:
        return pa.array(values, pa.int64(), from_pandas=True)
    except (OverflowError, pa.ArrowInvalid):
        return pa.array(values, pa.uint64(), from_pandas=True)


def _timestamps(values: Collection[Any], *, zoned: bool) -> pa.Array:
    """In nanoseconds where a value has them, else in microseconds, which reach further."""
    import pyarrow as pa  # noqa: PLC0415

    fine = any(type(v).__name__ == "datetime64" or (getattr(v, "nanosecond", 0) and not _is_null(v)) for v in values)
    if zoned:
        values = [v if _is_null(v) else _in_utc(v) for v in values]
    return pa.array(values, pa.timestamp("ns" if fine else "us", "UTC" if zoned else None), from_pandas=True)


def _in_utc(value: Any) -> Any:
    """A time with a zone in UTC: the import of pandera makes Arrow forget zones (PYARROW_IGNORE_TIMEZONE), whoever does it."""
    return value.astimezone(UTC) if getattr(value, "tzinfo", None) is not None and hasattr(value, "astimezone") else value


def _kinds(values: Collection[Any]) -> frozenset[_Is]:
    """Kinds of the values that are not null. A float that is only ever NaN beside other values is null."""
    found = {_kind(cls) for cls in set(map(type, values))} - {_Is.NULL}
    if _Is.NUMBER in found and len(found) > 1 and all(v != v for v in values if isinstance(v, float)):  # noqa: PLR0124
        found -= {_Is.NUMBER}
    if _Is.TIMESTAMP in found:
        zoned = {getattr(v, "tzinfo", None) is not None for v in values if _kind_of(v) is _Is.TIMESTAMP}
        found = found - {_Is.TIMESTAMP} | {_Is.ZONED if item else _Is.TIMESTAMP for item in zoned}
    return frozenset(found)


def _kind_of(value: Any) -> _Is:
    cls: type = type(value)
    return _kind(cls)


@lru_cache(256)
def _kind(cls: type) -> _Is:
    if cls.__name__ in _BY_NAME:
        return _BY_NAME[cls.__name__]
    found = next((kind for known, kind in _BY_CLASS if issubclass(cls, known)), _Is.OTHER)
    return _Is.NUMBER if found is _Is.OTHER and issubclass(cls, Real) and cls.__module__ == "numpy" else found


def _is_null(value: Any) -> bool:
    return _kind_of(value) is _Is.NULL or (isinstance(value, float) and value != value)  # noqa: PLR0124


def _alike(values: Collection[Any]) -> bool:
    """Whether lists and dicts have one kind of value at each place inside, so that nothing is coerced."""
    inner: dict[str, list[Any]] = {}
    for value in values:
        if _is_null(value):
            continue
        if isinstance(value, Mapping):
            for key, item in value.items():
                if not isinstance(key, str) or not key:
                    return False
                inner.setdefault(key, []).append(item)
        else:
            inner.setdefault("", []).extend(value)
    if len({key.lower() for key in inner}) < len(inner):
        return False
    for items in inner.values():
        kinds = _kinds(items)
        if len(kinds) > 1 and kinds != {_Is.INTEGER, _Is.NUMBER}:
            return False
        if kinds & {_Is.OTHER, _Is.UUID} or (kinds & {_Is.LIST, _Is.OBJECT} and not _alike(items)):
            return False
    return True


def _inner(value: Any) -> Any:
    """Lists and dicts as Arrow takes them."""
    kind = _kind_of(value)
    if kind is _Is.OBJECT:
        return {key: _inner(item) for key, item in value.items()}
    return [_inner(item) for item in value] if kind is _Is.LIST else _in_utc(value)


def _broken(texts: list[str | None]) -> int:
    """The first row whose text has no UTF-8 form."""
    return next(row for row, text in enumerate(texts) if any("\ud800" <= character <= "\udfff" for character in text or ""))
