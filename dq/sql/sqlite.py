"""The functions that a SQLite connection must have: it has no regular expressions, no decimals, no remainder of fractions."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _regexp(pattern: str, text: object) -> int | None:
    """`text REGEXP pattern`, a search; null for anything but text."""
    return int(_compiled(pattern).search(text) is not None) if isinstance(text, str) else None


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


# Name, number of arguments and function, as sqlite3.Connection.create_function takes them.
SQLITE_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "REGEXP": (2, _regexp),
    "DQ_MOD": (2, _mod),
    "DQ_MULTIPLE_OF": (2, _multiple_of),
}


def equip_sqlite(connection: sqlite3.Connection) -> None:
    """Give *connection* the functions that rendered SQL calls."""
    for name, (arguments, function) in SQLITE_FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)
