"""A literal takes the kind of the column that it is compared with, not the kind YAML gave it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from dq.checks.model import Tree
from dq.errors import UsageError
from dq.sql import Base, Kind, literal

_NONE = object()


def value_of(tree: Tree) -> Any:  # noqa: ANN401  a scalar, or the mark for none
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


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _convert(value: Any, kind: Kind, zone: str) -> Any:  # noqa: ANN401, PLR0911  one line per kind
    base = kind.base
    if base is Base.TEXT:
        return ("true" if value else "false") if isinstance(value, bool) else str(value)
    if base in (Base.INTEGER, Base.NUMBER, Base.DECIMAL):
        if isinstance(value, bool):
            raise ValueError
        number = value if isinstance(value, int) else Decimal(value)
        if isinstance(number, Decimal):
            if not number.is_finite():
                raise ValueError
            return int(number) if number == number.to_integral_value() and abs(number) < 10**18 else number
        return number
    if base is Base.BOOLEAN:
        return _boolean(value)
    if base in (Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ) and not isinstance(value, str):
        raise ValueError
    if base is Base.DATE:
        return date.fromisoformat(value)
    if base is Base.TIME:
        return time.fromisoformat(value)
    if base in (Base.TIMESTAMP, Base.TIMESTAMP_TZ):
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
        return aware.astimezone(UTC).replace(tzinfo=None)
    return value


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"true": True, "false": False}
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError
