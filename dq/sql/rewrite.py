"""Questions to trees, and copies of trees with something replaced. No tree is changed in place."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from sqlglot import exp

from dq.errors import UsageError
from dq.sql.build import Tree, is_null, literal, operand
from dq.sql.nodes import AnyOf, Missing


def columns_of(tree: Tree) -> tuple[str, ...]:
    """The names of the columns that *tree* uses, each once, in order; not those of other tables, nor what an AnyOf names."""
    return tuple(
        dict.fromkeys(node.name for node, bound in _columns(tree, frozenset()) if not node.table and node.name not in bound)
    )


def replace_columns(tree: Tree, mapping: Mapping[str, Tree]) -> Tree:
    """A copy of *tree* in which each column named in *mapping* is what it maps to; the name of an AnyOf's elements hides it."""
    return _replace(tree, lambda node: mapping.get(node.name) if not node.table else None, frozenset())


def spoken(tree: Tree) -> str:
    """A condition as a person writes it: what has no value IS NULL."""

    def said(node: exp.Expr) -> exp.Expr:
        return is_null(node.this) if isinstance(node, Missing) and not node.expressions else node

    return str(tree.copy().transform(said, copy=False).sql())


def bind_now(tree: Tree, now: datetime) -> Tree:
    """
    A copy of *tree* with the current time as literals: *now* (without a zone: UTC), and the day of *now* in its own zone.

    A span added to or taken from it is worked out here, because engines differ at the ends of months and in how days change.

    Raises:
        UsageError: the span leads out of the years 1 to 9999.
    """
    moment = now if now.tzinfo else now.replace(tzinfo=UTC)

    def bound(node: exp.Expr) -> exp.Expr:
        value = _moment(node, moment)
        return node if value is None else literal(value)

    return tree.copy().transform(bound, copy=False)


def _moment(tree: exp.Expr, now: datetime) -> date | datetime | None:
    """The time that *tree* stands for when it is made of nothing but the current time and spans."""
    if isinstance(tree, exp.CurrentTimestamp):
        return now
    if isinstance(tree, exp.CurrentDate):
        return now.date()
    if isinstance(tree, exp.Paren):
        return _moment(tree.this, now)
    if isinstance(tree, exp.Add | exp.Sub) and isinstance(span := tree.expression.unnest(), exp.Interval):
        start = _moment(tree.this, now)
        if start is not None:
            count = int(span.this.name)
            return _shifted(start, -count if isinstance(tree, exp.Sub) else count, span.args["unit"].name, now)
    return None


def _shifted(start: date | datetime, count: int, unit: str, now: datetime) -> date | datetime:
    """*start* and *count* units; a day that the month does not have becomes its last."""
    try:
        if unit in ("YEAR", "MONTH"):
            months = start.year * 12 + start.month - 1 + count * (12 if unit == "YEAR" else 1)
            year, month = divmod(months, 12)
            return start.replace(year=year, month=month + 1, day=min(start.day, monthrange(year, month + 1)[1]))
        if unit in ("HOUR", "MINUTE", "SECOND") and not isinstance(start, datetime):
            start = datetime.combine(start, time(), now.tzinfo)
        return start + timedelta(**{f"{unit.lower()}s": count})
    except (ValueError, OverflowError):
        raise UsageError(f"now and {count} {unit.lower()}s is no time", "", "years go from 1 to 9999") from None


def _columns(tree: exp.Expr, bound: frozenset[str]) -> Iterator[tuple[exp.Column, frozenset[str]]]:
    if isinstance(tree, exp.Column):
        yield tree, bound
        return
    for key, child in _children(tree):
        inner = bound | {tree.args["alias"].name} if isinstance(tree, AnyOf) and key == "expression" else bound
        yield from _columns(child, inner)


def _children(tree: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    for key, value in tree.args.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, exp.Expr):
                yield key, item


def _replace(tree: Tree, change: Callable[[exp.Column], Tree | None], bound: frozenset[str]) -> Tree:
    if isinstance(tree, exp.Column):
        new = change(tree) if tree.name not in bound else None
        return tree.copy() if new is None else operand(new)
    copy = type(tree)()
    for key, value in tree.args.items():
        inner = bound | {tree.args["alias"].name} if isinstance(tree, AnyOf) and key == "expression" else bound
        if isinstance(value, list):
            copy.set(key, [_replace(item, change, inner) if isinstance(item, exp.Expression) else item for item in value])
        else:
            copy.set(key, _replace(value, change, inner) if isinstance(value, exp.Expression) else value)
    return copy
