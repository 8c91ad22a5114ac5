"""Rows that repeat others, as pandera counts them: null equals null, and who is told depends on the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlglot import exp

from dq.checks import Keys
from dq.checks.uniqueness import unique
from dq.sql import ROW_NO, SOURCE, Output, Tree, column, compare, literal, table


def repeats(columns: Sequence[str], report: str, *, has_nulls: bool) -> Keys:
    """
    The rows whose *columns* occur more than once: all of them, or but for the first or the last (`exclude_first`, …).

    Null is a value here, as it is to pandera; without *has_nulls*, where null is bad anyway, it is left out, which is faster.
    """
    if report == "all" and not has_nulls:
        return replace(unique(*columns), survivor=None)
    inner, outer = exp.to_identifier("n", quoted=True), exp.to_identifier(ROW_NO, quoted=True)
    if report == "all":
        number, least = _over(exp.Count(this=exp.Star()), columns), 1
    else:
        order = exp.Ordered(this=column(ROW_NO), desc=report == "exclude_last")
        number, least = _over(exp.RowNumber(), columns, order), 1
    counted = exp.select(column(ROW_NO), exp.alias_(number, inner)).from_(table(SOURCE)).subquery("counted")
    bad = exp.select(Output(this=outer)).from_(counted).where(compare(">", Output(this=inner.copy()), literal(least)))
    return Keys(tuple(columns), bad, of=(column(ROW_NO),))


def _over(function: Tree, columns: Sequence[str], order: exp.Ordered | None = None) -> Tree:
    return exp.Window(
        this=function,
        partition_by=[column(name) for name in columns],
        order=exp.Order(expressions=[order]) if order is not None else None,
    )
