"""The functions that a SQLite connection must have: it has no regular expressions, no decimals, no calendar, no statistics."""

from __future__ import annotations

import json
import math
import re
import sqlite3
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from dq.sql.automaton import Automaton
from dq.sql.pattern import parse_pattern
from dq.sql.zones import in_utc


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regexp(pattern: str, text: object) -> int | None:
    """`text REGEXP pattern`, a search; null for anything but text."""
    return int(_compiled(pattern).search(text) is not None) if isinstance(text, str) else None


def _replace(text: object, pattern: str, by: str) -> str | None:
    """*text* with every match of *pattern* replaced; null for anything but text."""
    return _compiled(pattern).sub(by, text) if isinstance(text, str) else None


@lru_cache(maxsize=256)
def _automaton(pattern: str) -> Automaton:
    return Automaton(parse_pattern(pattern))


def _search(pattern: str, text: object) -> int | None:
    """Like `_regexp`, for a portable pattern in which that might go back without end."""
    return int(_automaton(pattern).finds(text)) if isinstance(text, str) else None


# -- numbers ---------------------------------------------------------------------------------------------------------


def _mod(number: object, divisor: object) -> float | None:
    """The remainder with the sign of *number*; null when *divisor* is 0 or one of them is no number."""
    if isinstance(number, int) and isinstance(divisor, int) and divisor:
        remainder = abs(number) % abs(divisor)
        return -remainder if number < 0 else remainder
    if isinstance(number, int | float) and isinstance(divisor, int | float) and divisor and math.isfinite(number):
        return math.fmod(number, divisor)
    return None


def _multiple_of(number: object, step: object) -> int | None:
    """Whether the shortest decimal text of *number* is a multiple of that of *step*; null for anything but numbers."""
    if not isinstance(number, int | float) or not isinstance(step, int | float) or not step:
        return None
    return int(math.isfinite(number) and (Fraction(repr(number)) / Fraction(repr(step))).denominator == 1)


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    """The largest or smallest; nulls are ignored, and any number is below any text."""
    return lambda *given: choose((item for item in given if item is not None), key=_rank, default=None)


def _rank(value: Any) -> tuple[bool, Any]:
    return isinstance(value, str), value


# -- times, as text of fixed width -------------------------------------------------------------------------------------


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _told(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")


def _shift(text: object, count: int, unit: str) -> str | None:
    """The time *text* and *count* units; a day that the month does not have becomes its last. A day stays a day by days."""
    moment = _moment(text)
    if moment is None:
        return None
    try:
        if unit in ("YEAR", "MONTH"):
            year, month = divmod(moment.year * 12 + moment.month - 1 + count * (12 if unit == "YEAR" else 1), 12)
            moment = moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
        else:
            moment += timedelta(**{f"{unit.lower()}s": count})
    except (ValueError, OverflowError):
        return None
    a_day = len(str(text)) == 10 and unit in ("YEAR", "MONTH", "WEEK", "DAY")
    return moment.date().isoformat() if a_day else _told(moment)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError):
        return None


def _from_zone(text: object, name: str) -> str | None:
    """The time *text* of a zone in UTC."""
    moment, zone = _moment(text), _zone(name)
    return None if moment is None or zone is None else _told(in_utc(moment, zone))


def _microseconds(text: object, other: object) -> int | None:
    """The time from *other* to *text*."""
    moment, earlier = _moment(text), _moment(other)
    return None if moment is None or earlier is None else (moment - earlier) // timedelta(microseconds=1)


_STARTS: Mapping[str, Callable[[datetime], datetime]] = {
    "year": lambda moment: moment.replace(month=1, day=1),
    "quarter": lambda moment: moment.replace(month=(moment.month - 1) // 3 * 3 + 1, day=1),
    "month": lambda moment: moment.replace(day=1),
    "week": lambda moment: moment - timedelta(days=moment.weekday()),
}
_FINE = ("hour", "minute", "second")


def _trunc(text: object, unit: str) -> str | None:
    """The start of the year, month, … that the time *text* is in."""
    moment = _moment(text)
    if moment is None:
        return None
    if unit not in _FINE:
        moment = moment.replace(hour=0)
    if unit not in ("minute", "second"):
        moment = moment.replace(minute=0)
    if unit != "second":
        moment = moment.replace(second=0)
    start = _STARTS[unit](moment) if unit in _STARTS else moment
    return _told(start.replace(microsecond=0))


# -- JSON, as text -----------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def _parsed(text: object) -> Any:
    """What a JSON text says; None for what is none. A float keeps how it is written."""
    try:
        return json.loads(text, parse_float=_Written) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


class _Written(float):
    """A number that is written as it was read."""

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        made.text = text  # type: ignore[attr-defined]
        return made

    def __repr__(self) -> str:
        return str(self.text)  # type: ignore[attr-defined]


_KINDS: Mapping[type, str] = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", type(None): "null"}


def _json_type(text: object) -> str | None:
    if text is None:
        return None
    value = _parsed(text)
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    return _KINDS[type(value)]


def _json_text(text: object) -> str | None:
    value = _parsed(text)
    return value if isinstance(value, str) else None if value is None else _dumped(value)


def _json_part(text: object, key: str) -> str | None:
    value = _parsed(text)
    return _dumped(value[key]) if isinstance(value, dict) and key in value else None


def _json_items(text: object) -> str | None:
    return str(text) if isinstance(_parsed(text), list) else None


def _json_values(text: object) -> str | None:
    value = _parsed(text)
    return _dumped(list(value.values())) if isinstance(value, dict) else None


def _json_item(text: object, place: int) -> str:
    return _dumped(_parsed(text)[place])


def _json_different(text: object) -> int | None:
    """How many different elements there are, without nulls."""
    value = _parsed(text)
    return len({_dumped(item) for item in value if item is not None}) if isinstance(value, list) else None


def _json_there(text: object) -> int | None:
    """How many elements are no nulls."""
    value = _parsed(text)
    return sum(item is not None for item in value) if isinstance(value, list) else None


def _dumped(value: Any) -> str:
    if isinstance(value, _Written):
        return repr(value)
    if isinstance(value, list):
        return f"[{','.join(map(_dumped, value))}]"
    if isinstance(value, dict):
        return f"{{{','.join(f'{json.dumps(key)}:{_dumped(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


# -- aggregates --------------------------------------------------------------------------------------------------------


class _Sum:
    """The sum: of whole numbers exactly, as a float where it has more than 63 bits; null over nothing."""

    def __init__(self) -> None:
        self.total: int | float = 0  # both, for a whole number is exact
        self.any = False

    def step(self, value: object) -> None:
        """Take in one value."""
        if isinstance(value, int | float):
            self.total += value
            self.any = True

    def finalize(self) -> float | None:
        """The answer."""
        if not self.any:
            return None
        fits = abs(self.total) < 2**63
        return self.total if fits else float(self.total)


class _Deviation:
    """
    The deviation of a sample; null for fewer than two numbers.

    Welford's way (1962), as DuckDB has it: one pass, and the same last digit.
    """

    def __init__(self) -> None:
        self.count = 0
        self.mean = self.squares = 0.0

    def step(self, value: object) -> None:
        """Take in one value."""
        if isinstance(value, int | float):
            self.count += 1
            away = value - self.mean
            self.mean += away / self.count
            self.squares += away * (value - self.mean)

    def finalize(self) -> float | None:
        """The answer."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else None


class _Quantile:
    """A quantile with linear interpolation; null over nothing."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self.share = 0.0

    def step(self, value: object, share: float) -> None:
        """Take in one value."""
        self.share = share
        if isinstance(value, int | float):
            self.values.append(value)

    def finalize(self) -> float | None:
        """The answer."""
        if not self.values:
            return None
        self.values.sort()
        place = self.share * (len(self.values) - 1)
        low = math.floor(place)
        below, above = self.values[low], self.values[min(low + 1, len(self.values) - 1)]
        return below + (above - below) * (place - low)


# Name, number of arguments (-1: any) and function, as sqlite3.Connection.create_function takes them.
SQLITE_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "REGEXP": (2, _regexp),
    "DQ_FROM_ZONE": (2, _from_zone),
    "DQ_GREATEST": (-1, _extreme(max)),
    "DQ_JSON_DIFFERENT": (1, _json_different),
    "DQ_JSON_ITEM": (2, _json_item),
    "DQ_JSON_ITEMS": (1, _json_items),
    "DQ_JSON_PART": (2, _json_part),
    "DQ_JSON_TEXT": (1, _json_text),
    "DQ_JSON_THERE": (1, _json_there),
    "DQ_JSON_TYPE": (1, _json_type),
    "DQ_JSON_VALUES": (1, _json_values),
    "DQ_LEAST": (-1, _extreme(min)),
    "DQ_MICROSECONDS": (2, _microseconds),
    "DQ_MOD": (2, _mod),
    "DQ_MULTIPLE_OF": (2, _multiple_of),
    "DQ_REPLACE": (3, _replace),
    "DQ_SEARCH": (2, _search),
    "DQ_SHIFT": (3, _shift),
    "DQ_TRUNC": (2, _trunc),
}
SQLITE_AGGREGATES: Mapping[str, tuple[int, type]] = {
    "DQ_DEVIATION": (1, _Deviation),
    "DQ_QUANTILE": (2, _Quantile),
    "DQ_SUM": (1, _Sum),
}


def equip_sqlite(connection: sqlite3.Connection) -> None:
    """Give *connection* the functions that rendered SQL calls."""
    for name, (arguments, function) in SQLITE_FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)
    for name, (arguments, aggregate) in SQLITE_AGGREGATES.items():
        connection.create_aggregate(name, arguments, aggregate)
