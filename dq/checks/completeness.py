"""Completeness: values and rows that must be there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.checks.model import Looks, check
from dq.sql import Missing, Scalar, Tree, count_if, literal, ratio


@check(dimension="completeness", says="{column} has a value")
def not_null(column: Tree) -> Tree:
    """
    Rows where *column* has no value: null, or NaN. Empty text is a value, and so is one that cannot be read as its type.

    Example:
        >>> not_null(column("state")).sql()
        'MISSING("state")'
    """
    return Missing(this=column.copy())


@check(dimension="completeness", says="{column} is not missing, and none of {values}")
def not_missing(column: Tree, *, values: Sequence[Scalar]) -> Tree:
    """Rows where *column* is null, NaN, or written as one of *values* (ODCS `missingValues`); a null in *values* is no news."""
    return Missing(this=column.copy(), expressions=[literal(value) for value in values if value is not None])


@check(dimension="completeness", says="the number of rows", looks=Looks.MEASURE, takes="table")
def row_count() -> Tree:
    """The number of rows; 0 for an empty dataset."""
    return exp.Count(this=exp.Star())


@check(dimension="completeness", says="the share of rows where {column} has no value", looks=Looks.MEASURE)
def null_rate(column: Tree) -> Tree:
    """The share of rows, from 0 to 1, where *column* is null or NaN; null for an empty dataset."""
    return ratio(count_if(Missing(this=column.copy())), exp.Count(this=exp.Star()))
