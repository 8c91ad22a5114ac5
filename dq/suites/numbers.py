"""Which columns a suite takes for numbers: text files do not say, so that such columns are read so, and judged for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from dq.checks import Check, Keys, Measure, Rows
from dq.sql import Tree

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Avg, exp.Sum, exp.StddevSamp, exp.PercentileCont)


def numbers(checks: Iterable[Check], *, judged: bool = False) -> tuple[str, ...]:
    """The columns that *checks* compare with numbers, or reckon with, in order; *judged*: not those of filters alone."""
    return tuple(dict.fromkeys(name for check in checks for tree in _trees(check, judged=judged) for name in _of(tree)))


def _trees(check: Check, *, judged: bool) -> Iterator[Tree]:
    if isinstance(check.subject, Rows | Keys):
        yield check.subject.bad
    if isinstance(check.subject, Measure):
        yield check.subject.of
        bounds = [item for limit in check.limits for item in (limit.value if isinstance(limit.value, tuple) else (limit.value,))]
        if isinstance(check.subject.of, exp.Min | exp.Max) and any(_is_number(item) for item in bounds):
            yield exp.Sum(this=check.subject.of.this.copy())
    if check.where is not None and not judged:
        yield check.where


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of(tree: Tree) -> Iterator[str]:
    for node in tree.find_all(*_COMPARISONS, *_ARITHMETIC):
        parts = [part.unnest() for part in node.iter_expressions()]
        columns = [part.name for part in parts if isinstance(part, exp.Column) and not part.table]
        if isinstance(node, _ARITHMETIC) or any(_is_literal(part) for part in parts):
            yield from columns


def _is_literal(tree: Tree) -> bool:
    inner = tree.this if isinstance(tree, exp.Neg) else tree
    return isinstance(inner, exp.Literal) and not inner.is_string
