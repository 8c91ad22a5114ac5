"""Questions to trees, and copies of trees with something replaced. No tree is changed in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from sqlglot import exp

from dq.sql.build import Tree, literal, operand
from dq.sql.nodes import AnyOf


def columns_of(tree: Tree) -> tuple[str, ...]:
    """The names of the columns that *tree* uses, each once, in order; not those that an AnyOf gives its elements."""
    return tuple(dict.fromkeys(node.name for node, bound in _columns(tree, frozenset()) if node.name not in bound))


def replace_columns(tree: Tree, mapping: Mapping[str, Tree]) -> Tree:
    """A copy of *tree* in which each column named in *mapping* is what it maps to; the name of an AnyOf's elements hides it."""
    return _replace(tree, lambda node: mapping.get(node.name) if not node.table else None, frozenset())


def bind_now(tree: Tree, now: datetime) -> Tree:
    """
    A copy of *tree* with the current time as literals: *now* in UTC, and the day of *now* in its own zone.

    A span added to or taken from it is worked out here, because engines differ at ends of months and changes of clocks.
    """
    moment = now if now.tzinfo else now.replace(tzinfo=UTC)
    today = moment.date()

    def bound(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.CurrentTimestamp):
            return literal(moment)
        if isinstance(node, exp.CurrentDate):
            return literal(today)
        return node

    return tree.copy().transform(bound, copy=False)


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
