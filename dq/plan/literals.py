"""A literal takes the kind of the column that it is compared with, not the kind YAML gave it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from dq.errors import UsageError
from dq.sql import Base, Kind, Tree, in_utc, literal

_NONE = object()


def value_of(tree: Tree) -> Any:
    """The Python value of a literal; `_NONE` when *tree* is none."""
    tree = tree.unnest()
    if isinstance(tree, exp.Literal):
        return tree.this if tree.is_string else _number(tree.this)
    if isinstance(tree, exp.Boolean):
        return bool(tree.this)
    if isinstance(tree, exp.Neg):
        inner = value_of(tree.this)
        return -inner if isinstance(inner, int | Decimal) and not isinstance(inner, bool) else _NONE
    if isinstance(tree, exp.Cast) and isinstance(tree.this, exp.Literal) and tree.this.is_string:
        return tree.this.this
    return _NONE


def coerce(tree: Tree, kind: Kind, zone: str) -> Tree:
    """
    *tree* in *kind* when it is a literal; anything else comes back as it is.

    Raises:
        UsageError: the literal has no meaning in that kind, as 'abc' has none among integers.
    """
    value = value_of(tree)
    if value is _NONE:
        return tree
    try:
        return literal(_convert(value, kind, zone))
    except (ValueError, InvalidOperation, ArithmeticError):
        msg = f"{value!r} is no {kind}"
        raise UsageError(msg, "", f"write a value of the column's type, {kind}") from None


_MOST_DIGITS = 38  # of a decimal
_MIRRORED = {exp.LT: exp.GT, exp.GT: exp.LT, exp.LTE: exp.GTE, exp.GTE: exp.LTE, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ}
_ABOVE, _BELOW = (exp.GT, exp.GTE), (exp.LT, exp.LTE)


def at_scale(tree: Tree, precision: int, scale: int) -> Tree:
    """
    Comparison *tree* of a decimal column with a literal that is finer than its *scale*, written with one that is not.

    `x > 1.5` is `x > 1` for whole x. Engines widen the column instead, and overflow where that takes more than 38 digits.
    """
    if type(tree) not in _MIRRORED or not isinstance(tree, exp.Binary):
        return tree
    column, other, kind = tree.this, tree.expression, type(tree)
    if value_of(other) is _NONE:
        column, other, kind = other, column, _MIRRORED[kind]
    number = value_of(other)
    if not isinstance(number, Decimal) or precision - int(number.as_tuple().exponent) - scale <= _MOST_DIGITS:
        return tree
    floor = number.quantize(Decimal(1).scaleb(-scale), ROUND_FLOOR)
    if floor == number:
        return tree
    if kind in _ABOVE or kind in _BELOW:
        return (exp.GT if kind in _ABOVE else exp.LTE)(this=column, expression=literal(floor))
    return (exp.LT if kind is exp.EQ else exp.EQ)(this=column, expression=column.copy())  # never, or always; unknown for null


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _convert(value: Any, kind: Kind, zone: str) -> Any:
    base = kind.base
    if base in (Base.TIMESTAMP, Base.TIMESTAMP_TZ):
        return _moment(value, zone)
    converters: dict[Base, Callable[[Any], Any]] = {
        Base.TEXT: _text,
        Base.INTEGER: _numeric,
        Base.NUMBER: _numeric,
        Base.DECIMAL: _numeric,
        Base.BOOLEAN: _boolean,
        Base.DATE: _date,
        Base.TIME: _time,
    }
    return converters[base](value) if base in converters else value


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _numeric(value: Any) -> int | Decimal:
    number = Decimal(value)
    if isinstance(value, bool) or not number.is_finite():
        raise ValueError
    return int(number) if number == number.to_integral_value() and abs(number) < 10**18 else number


def _written(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004  told as a fault of the literal
    return value


def _date(value: object) -> date:
    return date.fromisoformat(_written(value))


def _time(value: object) -> time:
    return time.fromisoformat(_written(value))


def _moment(value: object, zone: str) -> datetime:
    moment = datetime.fromisoformat(_written(value))
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else in_utc(moment, ZoneInfo(zone))


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError
