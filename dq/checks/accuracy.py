"""Accuracy: numbers, dates and aggregates within bounds."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dq.checks.model import Looks, check
from dq.errors import UsageError
from dq.sql import MultipleOf, Scalar, Tree, compare, count_if, is_in, literal, not_, ratio, total


@check(dimension="accuracy", says="{column} is at least {value}")
def at_least(column: Tree, *, value: Scalar) -> Tree:
    """Rows where *column* is below *value*. Null passes."""
    return compare("<", column, literal(value))


@check(dimension="accuracy", says="{column} is more than {value}")
def more_than(column: Tree, *, value: Scalar) -> Tree:
    """Rows where *column* is *value* or below. Null passes."""
    return compare("<=", column, literal(value))


@check(dimension="accuracy", says="{column} is at most {value}")
def at_most(column: Tree, *, value: Scalar) -> Tree:
    """Rows where *column* is above *value*. Null passes; infinity does not."""
    return compare(">", column, literal(value))


@check(dimension="accuracy", says="{column} is less than {value}")
def less_than(column: Tree, *, value: Scalar) -> Tree:
    """Rows where *column* is *value* or above. Null passes; infinity does not."""
    return compare(">=", column, literal(value))


@check(dimension="accuracy", says="{column} is a multiple of {value}")
def multiple_of(column: Tree, *, value: float) -> Tree:
    """
    Rows where *column* is no whole multiple of *value*, judged on a float's shortest decimal text. Null passes.

    Raises:
        UsageError: *value* is not above 0.
    """
    if value <= 0:
        raise UsageError(f"a multiple of {value}", "", "give a number above 0")
    return not_(MultipleOf(this=column.copy(), expression=literal(value)))


# -- aggregates: null when there are no values, and then nothing is judged --------------------------------------------


@check(dimension="accuracy", says="the smallest {column}", looks=Looks.MEASURE)
def minimum(column: Tree) -> Tree:
    """The smallest value; nulls are ignored."""
    return exp.Min(this=column.copy())


@check(dimension="accuracy", says="the largest {column}", looks=Looks.MEASURE)
def maximum(column: Tree) -> Tree:
    """The largest value; nulls are ignored."""
    return exp.Max(this=column.copy())


@check(dimension="accuracy", says="the mean of {column}", looks=Looks.MEASURE)
def mean(column: Tree) -> Tree:
    """The arithmetic mean; nulls are ignored."""
    return exp.Avg(this=column.copy())


@check(dimension="accuracy", says="the sum of {column}", looks=Looks.MEASURE)
def sum_(column: Tree) -> Tree:
    """The sum; nulls are ignored."""
    return exp.Sum(this=column.copy())


@check(dimension="accuracy", says="the standard deviation of {column}", looks=Looks.MEASURE)
def stddev(column: Tree) -> Tree:
    """The sample standard deviation (divisor n - 1); nulls are ignored, null for fewer than two values."""
    return exp.StddevSamp(this=column.copy())


@check(dimension="accuracy", says="the {quantile} quantile of {column}", looks=Looks.MEASURE)
def quantile(column: Tree, *, quantile: float) -> Tree:
    """
    The *quantile* (0 to 1) with linear interpolation (type 7 of Hyndman and Fan, 1996); nulls are ignored.

    Raises:
        UsageError: *quantile* is not from 0 to 1.
    """
    if not 0 <= quantile <= 1:
        raise UsageError(f"the quantile {quantile}", "", "give a number from 0 to 1: the median is 0.5")
    return exp.PercentileCont(this=literal(quantile), expression=column.copy())


@check(dimension="uniqueness", says="the number of distinct values of {column}", looks=Looks.MEASURE)
def distinct_count(column: Tree) -> Tree:
    """The number of different values; nulls are ignored, 0 when there are no values."""
    return exp.Count(this=exp.Distinct(expressions=[column.copy()]))


@check(dimension="accuracy", says="the distance of {column} from its expected distribution", looks=Looks.MEASURE)
def distribution(column: Tree, *, shares: Mapping[Scalar, float]) -> Tree:
    """
    The total variation distance, 0 to 1, between the shares of values seen and *shares*: half the sum of the differences.

    Nulls are ignored; a value that *shares* does not list counts with its whole share. Null when there are no values.
    """
    values = exp.Count(this=column.copy())
    expected = {literal(value): share for value, share in shares.items()}
    parts: list[Tree] = [  # in rows, so that decimal shares leave no rounding
        exp.Abs(
            this=exp.Sub(
                this=count_if(compare("=", column, value)),
                expression=exp.Paren(this=exp.Mul(this=literal(share), expression=values.copy())),
            )
        )
        for value, share in expected.items()
    ]
    parts.append(count_if(not_(is_in(column, list(expected)))))
    return ratio(total(parts), exp.Mul(this=literal(2), expression=values))
