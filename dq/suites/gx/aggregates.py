"""Expectations about a number, or a set of values, of one column. A column without values does not meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlglot import exp

from dq.checks import Limit, Op, Unit
from dq.errors import UsageError
from dq.sql import SOURCE, Output, Tree, all_of, column, compare, count_if, is_in, literal, not_, ratio, table
from dq.suites.draft import Draft, both, known, measured, there
from dq.suites.gx.expectation import Expectation, OnlyItself, bounds

Translator = Callable[[Expectation], Draft]
NUMBERS: dict[str, Translator] = {}  # expectation type -> its number, held against min_value and max_value
SETS: dict[str, Translator] = {}  # … -> how many values are not as expected, or are: its own limit


def _number(name: str) -> Callable[[Translator], Translator]:
    return lambda function: NUMBERS.setdefault(f"expect_column_{name}_to_be_between", function)


def _set(name: str) -> Callable[[Translator], Translator]:
    return lambda function: SETS.setdefault(f"expect_column_{name}", function)


def aggregate_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of an expectation about a column as a whole. Raises KeyError for any other."""
    if said.word == "expect_column_quantile_values_to_be_between":
        yield from _quantiles(said)
    elif said.word in SETS:
        yield replace(SETS[said.word](said), where=said.filter)
    else:
        yield replace(NUMBERS[said.word](said), limits=bounds(said), where=said.filter)


def _plain(name: str, **arguments: Any) -> Translator:
    return lambda said: known(name, [said.column], **arguments)


NUMBERS |= {
    f"expect_column_{word}_to_be_between": _plain(name)
    for word, name in (
        ("min", "minimum"),
        ("max", "maximum"),
        ("mean", "mean"),
        ("sum", "sum"),
        ("stdev", "stddev"),
        ("unique_value_count", "distinct_count"),
    )
}
NUMBERS["expect_column_median_to_be_between"] = _plain("quantile", quantile=0.5)


@_number("proportion_of_unique_values")
def _unique_share(said: Expectation) -> Draft:
    value = column(said.column)
    share = ratio(exp.Count(this=exp.Distinct(expressions=[value])), exp.Count(this=value.copy()))
    return measured("unique_share", share, f"the share of different values among those of {said.column}", [said.column])


@_number("proportion_of_non_null_values")
def _value_share(said: Expectation) -> Draft:
    share = ratio(count_if(there(said.column)), exp.Count(this=exp.Star()))
    return measured("value_share", share, f"the share of rows where {said.column} has a value", [said.column])


# -- sets of values ------------------------------------------------------------------------------------------------------


def _limited(draft: Draft, op: Op, value: int) -> Draft:
    return replace(draft, limits=(Limit(op, value, Unit.VALUE),))


def _outside(said: Expectation, values: Sequence[Any]) -> Tree:
    """How many rows hold another value."""
    value = column(said.column)
    return count_if(not_(is_in(value, [literal(item) for item in values])) if values else there(said.column))


def _absent(said: Expectation, values: Sequence[Any]) -> Tree:
    """How many of *values* no row holds."""
    different = list(dict.fromkeys(values))
    if not different:
        return literal(0)
    value = column(said.column)
    inside = exp.Case(ifs=[exp.If(this=is_in(value, [literal(item) for item in different]), true=value.copy())])
    return exp.Sub(this=literal(len(different)), expression=exp.Count(this=exp.Distinct(expressions=[inside])))


@_set("distinct_values_to_be_in_set")
def _all_known(said: Expectation) -> Draft:
    values = said.values("value_set")
    number = literal(0) if values is None else _outside(said, values)
    says = f"the number of rows whose {said.column} is none of {_listed(values)}"
    return _limited(measured("values_in_set", number, says, [said.column], value_set=values), Op.EQ, 0)


@_set("distinct_values_to_contain_set")
def _all_there(said: Expectation) -> Draft:
    values = said.need("value_set", (list, tuple, set))
    says = f"how many of {_listed(values)} no row has in {said.column}"
    return _limited(
        measured("values_contain_set", _absent(said, _present(values)), says, [said.column], value_set=values), Op.EQ, 0
    )


@_set("distinct_values_to_equal_set")
def _exactly(said: Expectation) -> Draft:
    values = _present(said.need("value_set", (list, tuple, set)))
    number = exp.Add(this=_outside(said, values), expression=exp.Paren(this=_absent(said, values)))
    says = f"how many values of {said.column} differ from {_listed(values)}"
    return _limited(measured("values_equal_set", number, says, [said.column], value_set=values), Op.EQ, 0)


@_set("most_common_value_to_be_in_set")
def most_common(said: Expectation) -> Draft:
    """How many of the values that occur most often are in the set; without ties, only of one such value."""
    values = _present(said.need("value_set", (list, tuple, set)))
    value, count = column(said.column), exp.Count(this=exp.Star())
    inside = exp.Case(ifs=[exp.If(this=is_in(value, [literal(item) for item in values]), true=literal(1))], default=literal(0))
    most = exp.Window(this=exp.Max(this=count.copy()))
    inner = (
        exp.select(
            exp.alias_(inside, "hit", quoted=True), exp.alias_(count, "n", quoted=True), exp.alias_(most, "most", quoted=True)
        )
        .from_(table(SOURCE))
        .where(both(there(said.column), said.filter))
        .group_by(value)
    )
    hits: Tree = exp.Sum(this=_output("hit"))
    if not said.flag("ties_okay"):
        alone = compare("=", exp.Count(this=exp.Star()), literal(1))
        hits = exp.Case(ifs=[exp.If(this=alone, true=hits)], default=literal(0))
    top = exp.select(hits).from_(inner.subquery("t")).where(compare("=", _output("n"), _output("most")))
    says = f"how many of the most common values of {said.column} are among {_listed(values)}"
    draft = measured(
        "most_common", exp.Subquery(this=top), says, [said.column], value_set=values, ties_okay=said.flag("ties_okay")
    )
    return _limited(draft, Op.GE, 1)


def _present(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _listed(values: Sequence[Any] | None) -> str:
    return ", ".join(str(value) for value in (values or ())[:12]) or "nothing"


def _output(name: str) -> Tree:
    return Output(this=exp.to_identifier(name, quoted=True))


# -- quantiles -----------------------------------------------------------------------------------------------------------


def _quantiles(said: Expectation) -> Iterator[Draft]:
    ranges = said.need("quantile_ranges", dict)
    shares, limits = ranges.get("quantiles"), ranges.get("value_ranges")
    if not isinstance(shares, list) or not isinstance(limits, list) or len(shares) != len(limits):
        raise UsageError(
            f"'quantile_ranges' of {said.word} has not one range for each quantile",
            "",
            'write {"quantiles": [0.5], "value_ranges": [[1, 2]]}',
        )
    how = said.may("allow_relative_error", (str, bool), default=False) or "nearest"
    for share, limit in zip(shares, limits, strict=True):
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            raise UsageError(f"the quantile {share!r}", "", "give a number from 0 to 1: the median is 0.5")
        if not isinstance(limit, list) or len(limit) != 2 or (None not in limit and limit[0] > limit[1]):
            raise UsageError(
                f"the range {limit!r} of the quantile {share}", "", "write the lower bound first: [1, 2]; null is none"
            )
        found = known("quantile", [said.column], quantile=share) if how == "linear" else _at(said, share, str(how))
        low, high = limit
        yield replace(
            found,
            limits=(
                *((Limit(Op.GE, low, Unit.VALUE),) if low is not None else ()),
                *((Limit(Op.LE, high, Unit.VALUE),) if high is not None else ()),
            ),
            where=said.filter if how == "linear" else None,
            part=str(share),
        )


def _at(said: Expectation, share: float, how: str) -> Draft:
    """The value at a place among the sorted ones: the nearest to share · (n - 1), which is even when two are as near."""
    value = column(said.column)
    number = exp.alias_(
        exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=value)])), "r", quoted=True
    )
    count = exp.alias_(exp.Window(this=exp.Count(this=exp.Star())), "n", quoted=True)
    inner = (
        exp.select(exp.alias_(value.copy(), "v", quoted=True), number, count)
        .from_(table(SOURCE))
        .where(both(there(said.column), said.filter))
    )
    place = exp.Mul(this=exp.Paren(this=exp.Sub(this=_output("n"), expression=literal(1))), expression=literal(share))
    below, above = exp.Floor(this=place), exp.Ceil(this=place.copy())
    if how == "nearest":
        rest = exp.Paren(this=exp.Sub(this=place.copy(), expression=below.copy()))
        odd = compare("=", exp.Mod(this=below.copy(), expression=literal(2)), literal(1))
        up = exp.Or(
            this=compare(">", rest, literal(0.5)), expression=exp.Paren(this=all_of(compare("=", rest.copy(), literal(0.5)), odd))
        )
        chosen: Tree = exp.Case(ifs=[exp.If(this=up, true=above)], default=below)
    elif how in ("lower", "higher"):
        chosen = below if how == "lower" else above
    else:
        raise OnlyItself(f"quantiles by '{how}'")
    at = compare("=", _output("r"), exp.Add(this=exp.Paren(this=chosen), expression=literal(1)))
    found = exp.Subquery(this=exp.select(exp.Max(this=_output("v"))).from_(inner.subquery("t")).where(at))
    return measured("quantile", found, f"the {share} quantile of {said.column}", [said.column], quantile=share)
