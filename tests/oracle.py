"""
What each check means, in a few lines of plain Python that know nothing of dq: rows are tuples of Python values.

A row check is a function of one value that is there and of its type; it says whether the value is bad. Checks of keys and
groups return the numbers of the bad rows, measures a number, or None when there are no values.
"""

from __future__ import annotations

import base64
import ipaddress
import math
import re
import sqlite3
import statistics
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import urlsplit

Row = Sequence[Any]
Numbers = frozenset[int]


# -- values ----------------------------------------------------------------------------------------------------------


def missing(value: Any) -> bool:
    """Null, or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def fits(value: Any, kind: str) -> bool:
    """Whether a value is one of logical type *kind*; whole floats are integers, true is no number."""
    if kind == "integer":
        return not isinstance(value, bool) and (
            isinstance(value, int) or (isinstance(value, float | Decimal) and math.isfinite(value) and value == int(value))
        )
    if kind == "number":
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if kind == "date":
        return isinstance(value, date) and (not isinstance(value, datetime) or value.time() == time())
    types = {"string": str, "boolean": bool, "timestamp": date, "time": time, "array": list, "object": dict, "map": dict}
    return isinstance(value, types[kind])


UNREAD = object()  # text that does not read as its column's type: a value, but of no type

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_CLOCK = "[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?"
WRITTEN = {
    "integer": "[+-]?[0-9]+",
    "number": "[+-]?([0-9]+([.][0-9]+)?|[.][0-9]+)([eE][+-]?[0-9]+)?",
    "boolean": "(?i:true|false)",
    "date": _DAY,
    "time": _CLOCK,
    "timestamp": f"{_DAY}[ T]{_CLOCK}(Z|[+-][0-9]{{2}}:[0-9]{{2}})?",
}
TIMES = ("date", "time", "timestamp")  # JSON has none, so there they are text


def read(text: str, kind: str) -> Any:
    """What a field of a text file is in a column of logical type *kind*: blanks around it are allowed, empty text is null."""
    if kind not in WRITTEN:
        return text
    if not text:
        return None
    bare = text.strip(" \t")
    try:
        value = _READ[kind](bare) if re.fullmatch(WRITTEN[kind], bare) else UNREAD
    except ValueError:
        return UNREAD
    return UNREAD if _is_outside(value, kind) else value


def _is_outside(value: Any, kind: str) -> bool:
    """Whether a number is one that 64 bits do not hold."""
    if value is UNREAD:
        return False
    return (kind == "integer" and not -(2**63) <= value < 2**63) or (kind == "number" and not math.isfinite(value))


_READ: Mapping[str, Callable[[str], Any]] = {
    "integer": int,
    "number": float,
    "boolean": lambda text: text.lower() == "true",
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def literal(said: Any, kind: str) -> Any:
    """A value of a contract, as one of the column's type."""
    if kind == "string":
        return ("true" if said else "false") if isinstance(said, bool) else str(said)
    if kind in ("integer", "number"):
        return Decimal(str(said))
    if kind == "boolean":
        return said if isinstance(said, bool) else {"true": True, "false": False}[said.lower()]
    return _READ[kind](said)


def compared(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values as what they are compared as: doubles when one is, else exactly; times without a zone in UTC."""
    if isinstance(left, float) or isinstance(right, float):
        return float(left), float(right)
    if isinstance(left, datetime) and isinstance(right, datetime):
        return left if left.tzinfo else left.replace(tzinfo=UTC), right if right.tzinfo else right.replace(tzinfo=UTC)
    return left, right


def same(left: Any, right: Any) -> bool:
    """Whether two values of one type are equal."""
    one, other = compared(left, right)
    return bool(one == other)


# -- one value: True on a bad one ------------------------------------------------------------------------------------


def in_set(value: Any, values: Sequence[Any]) -> bool:
    """It is none of *values*."""
    return not any(same(value, item) for item in values)


def not_in_set(value: Any, values: Sequence[Any]) -> bool:
    """It is one of *values*."""
    return any(same(value, item) for item in values)


def matches(value: str, pattern: str) -> bool:
    """Nothing in it matches; `$` is the end of the text, not the line break before it."""
    ends = re.sub(r"(\\.|\[\^?\]?(?:\\.|[^\]])*\])|\$", lambda found: found[1] or r"\Z", pattern, flags=re.DOTALL)
    return re.search(ends, value, re.ASCII) is None


def not_matches(value: str, pattern: str) -> bool:
    """Something in it matches."""
    return not matches(value, pattern)


def valid(value: Any, values: Sequence[Any], pattern: str) -> bool:
    """It is none of *values*, or does not match."""
    return in_set(value, values) or matches(value, pattern)


def has_format(value: str, format: str) -> bool:  # noqa: A002  the contract's word
    """It is not written so, as the standard library reads it."""
    try:
        return not _FORMATS[format](value)
    except ValueError:
        return True


def _is_hostname(value: str) -> bool:
    return all(re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?", label) for label in value.split("."))


def _is_email(value: str) -> bool:
    name, at, host = value.rpartition("@")
    return bool(at and re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+", name) and "." in host and _is_hostname(host))


_FORMATS: Mapping[str, Callable[[str], bool]] = {
    "email": _is_email,
    "uuid": lambda value: str(uuid.UUID(value)) == value.lower(),
    "uri": lambda value: bool(re.match("[A-Za-z]", value) and urlsplit(value).scheme and not re.search(r"\s", value)),
    "hostname": _is_hostname,
    "ipv4": lambda value: ipaddress.ip_address(value).version == 4,
    "ipv6": lambda value: ipaddress.ip_address(value).version == 6,
    "byte": lambda value: base64.b64decode(value, validate=True) is not None,
}

ROWS: Mapping[str, Callable[..., bool]] = {
    "in_set": in_set,
    "not_in_set": not_in_set,
    "matches": matches,
    "not_matches": not_matches,
    "valid": valid,
    "has_format": has_format,
    "min_length": lambda value, length: len(value) < length,
    "max_length": lambda value, length: len(value) > length,
    "min_items": lambda value, items: len(value) < items,
    "max_items": lambda value, items: len(value) > items,
    "unique_items": lambda value: len({*value} - {None}) < sum(item is not None for item in value),
    "at_least": lambda value, value_: _ordered(value, value_) < 0,
    "more_than": lambda value, value_: _ordered(value, value_) <= 0,
    "at_most": lambda value, value_: _ordered(value, value_) > 0,
    "less_than": lambda value, value_: _ordered(value, value_) >= 0,
    "multiple_of": lambda value, value_: not _is_multiple(value, value_),
}


def _ordered(left: Any, right: Any) -> int:
    one, other = compared(left, right)
    return int(one > other) - int(one < other)


def _is_multiple(value: Any, of: Any) -> bool:
    if not math.isfinite(value):
        return False
    return Fraction(repr(value) if isinstance(value, float) else value) % Fraction(str(of)) == 0


# -- keys and groups: numbers of the bad rows ------------------------------------------------------------------------


def _keyed(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    """Key -> the rows that have it; a key with a null is none."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for number, row in enumerate(rows):
        key = tuple(row[name] for name in columns)
        if not any(missing(part) for part in key):
            found.setdefault(key, []).append(number)
    return found


def _members(groups: Iterable[list[int]]) -> Numbers:
    return frozenset(number for group in groups for number in group)


def unique(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Numbers:
    """Every member of a key that occurs more than once."""
    return _members(group for group in _keyed(rows, columns).values() if len(group) > 1)


def diverted(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], keep: str) -> Numbers:
    """Members of a repeated key that do not go on: *keep* is none, first or last, or one of these by a column."""
    word, _, by = keep.partition(" by ")
    bad = set()
    for group in _keyed(rows, columns).values():
        if len(group) > 1:
            bad |= set(group) - _going_on(rows, group if word != "last" else group[::-1], word, by)
    return frozenset(bad)


def _going_on(rows: Sequence[Mapping[str, Any]], group: Sequence[int], word: str, by: str) -> set[int]:
    """The one row of a group that goes on, if there is one; of rows equal in every column the first stands for all."""
    if by:
        places = [rows[number][by] for number in group if not missing(rows[number][by])]
        edge = (min if word == "first" else max)(places) if places else None
        group = [number for number in group if (None if missing(rows[number][by]) else rows[number][by]) == edge]
    elif word != "none":
        return {group[0]}
    alike = {tuple(None if missing(cell) else cell for cell in rows[number].values()) for number in group}
    return {min(group)} if len(alike) == 1 else set()


def foreign_key(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], known: Iterable[tuple[Any, ...]]) -> Numbers:
    """Every row whose key is none of the *known* ones."""
    found = set(known)
    return _members(group for key, group in _keyed(rows, columns).items() if key not in found)


def one_per_group(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], sql: str) -> Numbers:
    """All rows of a group in which not exactly one row makes *sql* true."""
    true = frozenset(number for number, verdict in enumerate(_verdicts(rows, sql)) if verdict)
    return _members(group for group in _keyed(rows, columns).values() if len(true & set(group)) != 1)


def group_sum(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], of: str, value: Any, tolerance: Any = 0) -> Numbers:
    """All rows of a group whose *of* adds up to something else; a group of nulls has no sum."""
    bad = []
    for group in _keyed(rows, columns).values():
        amounts = [rows[number][of] for number in group if not missing(rows[number][of])]
        if amounts and abs(Decimal(str(sum(amounts))) - Decimal(str(value))) > Decimal(str(tolerance)):
            bad.append(group)
    return _members(bad)


def condition(rows: Sequence[Mapping[str, Any]], sql: str) -> Numbers:
    """Every row where *sql* is false, as SQLite judges; unknown passes, also where a value cannot be read."""
    readable = [UNREAD not in row.values() for row in rows]
    verdicts = _verdicts(rows, sql)
    return frozenset(
        number for number, verdict in enumerate(verdicts) if readable[number] and verdict is not None and not verdict
    )


def _verdicts(rows: Sequence[Mapping[str, Any]], sql: str) -> list[Any]:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("PRAGMA case_sensitive_like = ON")
        return [connection.execute(f"SELECT {sql} FROM (SELECT {_row(row)})", _cells(row)).fetchone()[0] for row in rows]


def _row(row: Mapping[str, Any]) -> str:
    return ", ".join('? AS "{}"'.format(name.replace('"', '""')) for name in row)


def _cells(row: Mapping[str, Any]) -> list[Any]:
    return [None if cell is UNREAD else str(cell) if isinstance(cell, date | datetime) else cell for cell in row.values()]


GROUPS: Mapping[str, Callable[..., Numbers]] = {
    "unique": unique,
    "foreign_key": foreign_key,
    "one_per_group": one_per_group,
    "group_sum": group_sum,
    "condition": condition,
}


# -- measures --------------------------------------------------------------------------------------------------------


def quantile(values: Sequence[Any], quantile: float) -> Any:
    """Linear interpolation between the two nearest values."""
    ordered = sorted(values)
    place = (len(ordered) - 1) * quantile
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def distribution(values: Sequence[Any], shares: Mapping[Any, float]) -> float:
    """Half the sum of the differences between the shares seen and the shares expected."""
    seen = Counter(values)
    known = set(shares) | set(seen)
    return sum(abs(seen[value] / len(values) - shares.get(value, 0)) for value in known) / 2


MEASURES: Mapping[str, Callable[..., Any]] = {
    "minimum": min,
    "maximum": max,
    "mean": lambda values: float(sum(values)) / len(values),
    "sum": sum,
    "stddev": lambda values: statistics.stdev(values) if len(values) > 1 else None,
    "quantile": quantile,
    "distribution": distribution,
}

# -- the whole -------------------------------------------------------------------------------------------------------

_OF_ALL = {"not_null", "not_missing", "fits_type", "row_count", "null_rate", "distinct_count"}
CHECKS = frozenset({*ROWS, *GROUPS, *MEASURES, *_OF_ALL})


def bad_values(check: str, cells: Sequence[Any], kind: str, arguments: Mapping[str, Any]) -> Numbers:
    """The rows that a check of one column of logical type *kind* marks."""
    if check == "not_null":
        return frozenset(number for number, cell in enumerate(cells) if missing(cell))
    if check == "not_missing":
        forms = {str(form) for form in arguments["values"] if form is not None}
        return frozenset(number for number, cell in enumerate(cells) if missing(cell) or _written(cell) in forms)
    if check == "fits_type":
        return frozenset(number for number, cell in enumerate(cells) if not missing(cell) and not fits(cell, kind))
    said = _arguments(check, kind, arguments)
    there = [(number, cell) for number, cell in enumerate(cells) if not missing(cell) and fits(cell, kind)]
    return frozenset(number for number, cell in there if ROWS[check](cell, **said))


def measure(check: str, cells: Sequence[Any], kind: str, arguments: Mapping[str, Any]) -> Any:
    """What a measure of one column comes to; None over no values."""
    values = [cell for cell in cells if not missing(cell) and fits(cell, kind)]
    if check == "row_count":
        return len(cells)
    if check == "distinct_count":
        return len(set(values))
    if check == "null_rate":
        return sum(missing(cell) for cell in cells) / len(cells) if cells else None
    return MEASURES[check](values, **arguments) if values else None


def _arguments(check: str, kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as values of the column's type; `value` gets another name, or it would clash with the value itself."""
    said = dict(arguments)
    if "values" in said:
        said["values"] = [literal(value, kind) for value in said["values"] if value is not None]
    if "value" in said:
        value = said.pop("value")
        said["value_"] = value if check == "multiple_of" else literal(value, kind)
    return said


def _written(cell: Any) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
