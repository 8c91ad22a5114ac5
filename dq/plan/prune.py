"""Less work for a scan: predicates that statistics can prove dead, and those that others imply left out."""

from __future__ import annotations

from collections.abc import Iterable

from sqlglot import exp

from dq.plan.values import NAN
from dq.sql import Matches, Tree, all_of, any_of, not_, strictest

_BELOW = (exp.LT, exp.LTE)
_ABOVE = (exp.GT, exp.GTE)


def plain(bad: Tree) -> Tree:
    """
    *bad* with `NULLIF(x, NaN) < 5` as `x < 5`, and `> 5` as `x > 5 AND NOT isnan(x)`: statistics say nothing about NULLIF.

    NaN sorts above every number, so the first is never TRUE for it. The two differ only in FALSE for unknown; so only
    where AND and OR lead from the root, never below NOT.
    """
    if isinstance(bad, exp.Paren):
        return plain(bad.this)
    if isinstance(bad, exp.And | exp.Or):
        parts = (plain(bad.left), plain(bad.right))
        return all_of(*parts) if isinstance(bad, exp.And) else any_of(*parts)
    if isinstance(bad, _BELOW + _ABOVE) and _is_bare(bad.expression) and (number := _nanless(bad.this)) is not None:
        test = type(bad)(this=number, expression=bad.expression.copy())
        return test if isinstance(bad, _BELOW) else all_of(test, not_(exp.IsNan(this=number.copy())))
    return bad


def needed(predicates: Iterable[Tree]) -> list[Tree]:
    """
    Those of *predicates* that a scan must test to find every row that one of them marks.

    `NOT matches(x, p)` is left out when another pattern of x implies p: a row that breaks p breaks that one too.
    """
    others: list[Tree] = []
    patterns: dict[str, dict[str, Tree]] = {}
    for predicate in predicates:
        test = predicate.this.unnest() if isinstance(predicate, exp.Not) else None
        if isinstance(test, Matches) and isinstance(test.expression, exp.Literal):
            patterns.setdefault(repr(test.this), {})[test.expression.name] = predicate
        else:
            others.append(predicate)
    return others + [found[pattern] for found in patterns.values() for pattern in strictest(found)]


def _nanless(tree: Tree) -> Tree | None:
    """The column in `NULLIF(column, NaN)`."""
    tree = tree.unnest()
    return (
        tree.this.copy()
        if isinstance(tree, exp.Nullif) and tree.expression == NAN and isinstance(tree.this, exp.Column)
        else None
    )


def _is_bare(tree: Tree) -> bool:
    return isinstance(tree.unnest(), exp.Literal | exp.Neg)
