"""One expectation, read: its arguments held against what it takes, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dq.checks import NONE_BAD, Limit, Mode, Op, Unit
from dq.errors import Place, UsageError
from dq.sql import Tree


class OnlyItself(Exception):
    """What an expectation asks has no native form: Great Expectations itself can answer it."""


class NoForm(Exception):
    """What an expectation asks cannot be answered here, not even by Great Expectations: the message says why."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """
    One entry of a suite, its parameters resolved.

    *said* are its arguments, without those that are None. *mostly* is the share of rows that must be as expected, *filter*
    its row condition.
    """

    word: str  # its type: `expect_column_to_exist`
    said: Mapping[str, Any]
    place: Place
    severity: str = ""
    id: str = ""
    mostly: float = 1
    filter: Tree | None = None
    notes: str = ""
    mode: Mode | None = None  # said for dq alone

    def need(self, name: str, kind: type | tuple[type, ...] = object) -> Any:
        """
        The argument *name*.

        Raises:
            UsageError: it is missing, or not of *kind*.
        """
        if name not in self.said:
            raise UsageError(f"{self.word} needs '{name}'", "", f'add "{name}" to its kwargs')
        return self.may(name, kind)

    def may(self, name: str, kind: type | tuple[type, ...] = object, default: Any = None) -> Any:
        """The argument *name*, else *default*. Raises UsageError: it is not of *kind*."""
        value = self.said.get(name, default)
        fits = isinstance(value, kind) and not (isinstance(value, bool) and kind in (_NUMBER, int))
        if value is not None and not fits:
            kinds = kind if isinstance(kind, tuple) else (kind,)
            words = " or ".join(dict.fromkeys(_WORDS.get(item, item.__name__) for item in kinds))
            raise UsageError(f"'{name}' of {self.word} is {value!r}, not {words}", "", f"write {words}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """The argument *name*, true or false."""
        return bool(self.may(name, bool, default))

    def number(self, name: str) -> float:
        """The argument *name*, a number."""
        return self.need(name, _NUMBER)  # type: ignore[no-any-return]  # just looked at

    def values(self, name: str) -> Sequence[Any] | None:
        """The argument *name*, a list of values without nulls; None when it is left out, and then anything goes."""
        found = self.may(name, (list, tuple, set))
        return None if found is None else [value for value in found if value is not None]

    @property
    def column(self) -> str:
        """The column it is about."""
        return self.need("column", str)  # type: ignore[no-any-return]  # just looked at

    @property
    def tolerance(self) -> tuple[Limit, ...]:
        """How many bad rows `mostly` allows."""
        return NONE_BAD if self.mostly == 1 else (Limit(Op.LE, round((1 - self.mostly) * 100, 10), Unit.PERCENT),)


_NUMBER = (int, float)
_WORDS = {
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a list",
    set: "a list",
    dict: "a mapping",
    bool: "true or false",
}


def bounds(said: Expectation, *, low: str = "min_value", high: str = "max_value") -> tuple[Limit, ...]:
    """The limits that two bounds say, each of which may be left out, or be strict."""
    least, most = said.may(low), said.may(high)
    strict_low, strict_high = said.flag("strict_min"), said.flag("strict_max")
    if isinstance(least, int | float) and isinstance(most, int | float) and not (strict_low or strict_high):
        both = Limit(Op.EQ, least, Unit.VALUE) if least == most else Limit(Op.BETWEEN, (least, most), Unit.VALUE)
        return (both,)
    found = []
    if least is not None:
        found.append(Limit(Op.GT if strict_low else Op.GE, least, Unit.VALUE))
    if most is not None:
        found.append(Limit(Op.LT if strict_high else Op.LE, most, Unit.VALUE))
    return tuple(found)
