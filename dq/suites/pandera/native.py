"""pandera's built-in checks as dq's own, where their meaning can be kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from dq.errors import UsageError
from dq.sql import Base, Kind, Tree, count_if, is_in, literal, not_, pattern_problem
from dq.suites.pandera.model import Api, Rule


@dataclass(frozen=True, slots=True)
class Native:
    """A check of dq by name, or `values_equal_set`, which counts what differs."""

    check: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


Given = Mapping[str, Any]
_NUMBERS = (Base.INTEGER, Base.NUMBER, Base.DECIMAL)
_MOMENTS = (Base.DATE, Base.TIMESTAMP, Base.TIMESTAMP_TZ)


def natively(rule: Rule, api: Api, kind: Kind | None) -> tuple[Native, ...] | None:
    """
    What *rule*, a built-in check, is among dq's checks; None when it means something that dq has no equal of.

    *kind* is that of the column's values, None when it is not said.

    Raises:
        UsageError: there is no such check, or its arguments are wrong.
    """
    if rule.name not in _BUILT_IN:
        raise UsageError(f"pandera has no built-in check '{rule.name}'", "", f"known checks: {', '.join(_BUILT_IN)}")
    taken, make = _BUILT_IN[rule.name]
    said = _arguments(rule, taken)
    compared = [value for key, value in said.items() if key not in _OPTIONAL]
    values = [item for value in compared for item in (value if isinstance(value, list | tuple) else [value])]
    if make is None or (rule.name not in _OF_TEXT and not all(_fits(value, kind) for value in values if value is not None)):
        return None
    return make(said, api)


def _arguments(rule: Rule, taken: tuple[str, ...]) -> dict[str, Any]:
    """The arguments by name; one that stands alone is the first."""
    said = dict(rule.arguments)
    if "value" in said and "value" not in taken:
        said[taken[0]] = said.pop("value")
    if unknown := [key for key in said if key not in taken]:
        raise UsageError(f"check '{rule.name}' takes no '{unknown[0]}'", "", f"it takes {', '.join(taken)}")
    needed = [key for key in taken if key not in _OPTIONAL]
    if rule.name == "str_length" and not any(said.get(key) is not None for key in taken):
        raise UsageError("check 'str_length' needs a bound", "", f"give one of {', '.join(taken)}")
    if missing := [key for key in needed if said.get(key) is None and rule.name != "str_length"]:
        raise UsageError(f"check '{rule.name}' needs '{missing[0]}'", "", f"it takes {', '.join(taken)}")
    return said


def _fits(value: object, kind: Kind | None) -> bool:
    """Whether *value* among values of *kind* means what it means to pandera: dq reads a literal as the column's kind."""
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return False
    if kind is None:
        return isinstance(value, str | int | float | Decimal | date)
    if kind.base is Base.TEXT:
        return isinstance(value, str)
    if kind.base is Base.BOOLEAN:
        return isinstance(value, bool)
    if kind.base in _NUMBERS:
        return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return kind.base in _MOMENTS and isinstance(value, str | date | datetime)


# -- one function per check: arguments by name -> checks ------------------------------------------------------------------


def _one(check: str, argument: str, key: str) -> Callable[[Given, Api], tuple[Native, ...]]:
    return lambda said, _: (Native(check, {argument: said[key]}),)


def _equal(check: str) -> Callable[[Given, Api], tuple[Native, ...]]:
    return lambda said, _: (Native(check, {"values": (said["value"],)}),)


def _among(check: str, key: str) -> Callable[[Given, Api], tuple[Native, ...]]:
    return lambda said, _: (Native(check, {"values": tuple(_listed(said[key]))}),)


def _listed(value: Any) -> list[Any]:
    """The values; of a text its characters, as pandera takes it."""
    items = list(dict.fromkeys(value)) if isinstance(value, str) else value
    if not isinstance(items, list | tuple):
        raise UsageError(f"not a list of values: {value!r}", "", "say [a, b]")
    return [item for item in items if item is not None]


def _in_range(said: Given, _: Api) -> tuple[Native, ...]:
    low = "at_least" if said.get("include_min", True) else "more_than"
    high = "at_most" if said.get("include_max", True) else "less_than"
    return (Native(low, {"value": said["min_value"]}), Native(high, {"value": said["max_value"]}))


def _pattern(pattern: str) -> tuple[Native, ...] | None:
    return None if pattern_problem(pattern) else (Native("matches", {"pattern": pattern}),)


def _matches(said: Given, api: Api) -> tuple[Native, ...] | None:
    pattern = str(said["pattern"])
    if api is Api.POLARS:  # which puts ^ in front of it as text
        return _pattern(pattern if pattern.startswith("^") else f"^{pattern}")
    return _pattern(f"^(?:{pattern})")


def _contains(said: Given, _: Api) -> tuple[Native, ...] | None:
    return _pattern(str(said["pattern"]))


def _starts(said: Given, _: Api) -> tuple[Native, ...] | None:
    return _pattern(f"^{_literally(str(said['string']))}")


def _ends(said: Given, _: Api) -> tuple[Native, ...] | None:
    return _pattern(f"{_literally(str(said['string']))}$")


def _literally(text: str) -> str:
    return "".join(char if char.isalnum() or char in " _" or ord(char) > 127 else f"\\{char}" for char in text)


def _length(said: Given, _: Api) -> tuple[Native, ...]:
    exact = said.get("exact_value")
    low, high = (exact, exact) if exact is not None else (said.get("min_value"), said.get("max_value"))
    bounds = (("min_length", low), ("max_length", high))
    return tuple(Native(check, {"length": bound}) for check, bound in bounds if bound is not None)


def _the_values(said: Given, _: Api) -> tuple[Native, ...]:
    return (Native("values_equal_set", {"value_set": tuple(dict.fromkeys(_listed(said["values"])))}),)


def differing(column: Tree, values: Sequence[Any]) -> Tree:
    """How many rows hold none of *values*, and how many of *values* no row holds."""
    if not values:
        return exp.Count(this=column.copy())
    inside = is_in(column, [literal(item) for item in values])
    there = exp.Count(this=exp.Distinct(expressions=[exp.Case(ifs=[exp.If(this=inside, true=column.copy())])]))
    absent = exp.Paren(this=exp.Sub(this=literal(len(values)), expression=there))
    return exp.Add(this=count_if(not_(inside.copy())), expression=absent)


_OPTIONAL = ("include_min", "include_max")
_OF_TEXT = ("str_matches", "str_contains", "str_startswith", "str_endswith", "str_length")
_BUILT_IN: Mapping[str, tuple[tuple[str, ...], Callable[[Given, Api], tuple[Native, ...] | None] | None]] = {
    "equal_to": (("value",), _equal("in_set")),
    "not_equal_to": (("value",), _equal("not_in_set")),
    "greater_than": (("min_value",), _one("more_than", "value", "min_value")),
    "greater_than_or_equal_to": (("min_value",), _one("at_least", "value", "min_value")),
    "less_than": (("max_value",), _one("less_than", "value", "max_value")),
    "less_than_or_equal_to": (("max_value",), _one("at_most", "value", "max_value")),
    "in_range": (("min_value", "max_value", "include_min", "include_max"), _in_range),
    "isin": (("allowed_values",), _among("in_set", "allowed_values")),
    "notin": (("forbidden_values",), _among("not_in_set", "forbidden_values")),
    "str_matches": (("pattern",), _matches),
    "str_contains": (("pattern",), _contains),
    "str_startswith": (("string",), _starts),
    "str_endswith": (("string",), _ends),
    "str_length": (("min_value", "max_value", "exact_value"), _length),
    "unique_values_eq": (("values",), _the_values),
}
