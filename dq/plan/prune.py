"""Predicates in a form that engines prove dead from statistics, so that they do not read the column."""

from __future__ import annotations

from sqlglot import exp

from dq.plan.values import NAN
from dq.sql import Tree, all_of, any_of, compare

_BELOW = (exp.LT, exp.LTE)
_ABOVE = (exp.GT, exp.GTE)


def plain(bad: Tree) -> Tree:
    """
    *bad* with `NULLIF(x, NaN) < 5` as `x < 5`, and `> 5` as `x > 5 AND x <> NaN`: statistics say nothing about NULLIF.

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
        return test if isinstance(bad, _BELOW) else all_of(test, compare("!=", number, NAN))
    return bad


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
