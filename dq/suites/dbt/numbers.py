"""dbt tests about a number: of a column, a group, a table. A group whose number is out of bounds gives all its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from dq.checks import Ask, Header, Keys, Limit, Op, Unit
from dq.errors import UsageError
from dq.sql import (
    SOURCE,
    Tree,
    all_of,
    column,
    columns_of,
    compare,
    condition,
    count_if,
    literal,
    not_,
    ratio,
    table,
)
from dq.suites.dbt.rows import names, value
from dq.suites.draft import Draft, measured, there
from dq.suites.gx.aggregates import most_common
from dq.suites.gx.expectation import Expectation, NoForm

Number = Callable[[Expectation, Tree], Tree]
_E = "dbt_expectations.expect_"


def _count(_: Expectation, value: Tree) -> Tree:
    return exp.Count(this=exp.Distinct(expressions=[value]))


def _quantile(said: Expectation, value: Tree) -> Tree:
    share = said.number("quantile")
    if not 0 <= share <= 1:
        raise UsageError(f"the quantile {share}", "", "give a number from 0 to 1: the median is 0.5")
    return exp.PercentileCont(this=literal(share), expression=value)


# The number that a test holds between min_value and max_value, with or without groups.
BETWEEN: dict[str, Number] = {
    f"{_E}column_{word}_to_be_between": number
    for word, number in {
        "max": lambda _, value: exp.Max(this=value),
        "min": lambda _, value: exp.Min(this=value),
        "mean": lambda _, value: exp.Avg(this=value),
        "median": lambda _, value: exp.PercentileCont(this=literal(0.5), expression=value),
        "sum": lambda _, value: exp.Sum(this=value),
        "stdev": lambda _, value: exp.StddevSamp(this=value),
        "quantile_values": _quantile,
        "unique_value_count": _count,
        "proportion_of_unique_values": lambda _, value: ratio(
            exp.Count(this=exp.Distinct(expressions=[value])), exp.Count(this=value.copy())
        ),
    }.items()
}
BETWEEN[f"{_E}table_row_count_to_be_between"] = lambda _, __: exp.Count(this=exp.Star())
OTHERS: dict[str, Callable[[Expectation], Draft]] = {}


def _other(*words: str) -> Callable[[Callable[[Expectation], Draft]], Callable[[Expectation], Draft]]:
    def register(function: Callable[[Expectation], Draft]) -> Callable[[Expectation], Draft]:
        OTHERS.update(dict.fromkeys(words, function))
        return function

    return register


def number_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of a test about a number. Raises KeyError for any other."""
    if said.word in OTHERS:
        draft = OTHERS[said.word](said)
        yield draft if isinstance(draft.subject, Keys | Header) else replace(draft, where=said.filter)
        return
    number = BETWEEN[said.word]
    of = column(said.said["column"]) if said.may("column", str) else literal(1)
    strict = said.flag("strictly")
    limits = tuple(
        Limit(op, said.said[name], Unit.VALUE)
        for name, op in (("min_value", Op.GT if strict else Op.GE), ("max_value", Op.LT if strict else Op.LE))
        if said.may(name) is not None
    )
    if not limits:
        raise UsageError(f"{said.word} has no bound", "", "add min_value, max_value or both")
    yield _held(said, number(said, of), limits)


def _held(said: Expectation, number: Tree, limits: Sequence[Limit], groups: Sequence[str] = ()) -> Draft:
    """A number within *limits*: of all rows, or of each group."""
    groups = groups or tuple(said.may("group_by", (list, tuple), ()))
    says = f"{said.word.rpartition('.')[2].removeprefix('expect_').replace('_', ' ')} of {said.may('column', str, 'the table')}"
    own = [said.said["column"]] if said.may("column", str) else []
    if not groups:
        draft = measured(said.word.rpartition(".")[2], number, says, own)
        return replace(draft, limits=tuple(limits), where=said.filter)
    holds = [compare(str(limit.op), number, literal(limit.value)) for limit in limits]
    return _per_group(said, not_(all_of(*holds)), says, own, groups)


def _per_group(said: Expectation, bad: Tree, says: str, own: Sequence[str], groups: Sequence[str]) -> Draft:
    """All rows of the groups for which *bad*, a condition of aggregates, is TRUE."""
    keys = [value(said, item) for item in groups]
    select = exp.select(*keys).from_(table(SOURCE)).group_by(*keys).having(bad)
    if said.filter is not None:
        select = select.where(said.filter)
    columns = tuple(dict.fromkeys((*(name for key in keys for name in columns_of(key)), *own)))
    return Draft(said.word.rpartition(".")[2], Keys(columns, select, of=tuple(keys)), f"{says} per {', '.join(groups)}", columns)


def _bound(op: Op) -> Callable[[Expectation], Draft]:
    return lambda said: _held(said, _count(said, column(said.column)), [Limit(op, said.number("value"), Unit.VALUE)])


OTHERS[f"{_E}column_distinct_count_to_equal"] = _bound(Op.EQ)
OTHERS[f"{_E}column_distinct_count_to_be_less_than"] = _bound(Op.LT)
OTHERS[f"{_E}column_distinct_count_to_be_greater_than"] = _bound(Op.GT)


@_other(f"{_E}table_row_count_to_equal")
def _rows(said: Expectation) -> Draft:
    return _held(said, exp.Count(this=exp.Star()), [Limit(Op.EQ, said.number("value"), Unit.VALUE)])


@_other("dbt_utils.at_least_one")
def _at_least_one(said: Expectation) -> Draft:
    number = exp.Count(this=column(said.column))
    return _held(said, number, [Limit(Op.GE, 1, Unit.VALUE)], _groups(said))


@_other("dbt_utils.not_constant")
def _not_constant(said: Expectation) -> Draft:
    return _held(said, _count(said, column(said.column)), [Limit(Op.GT, 1, Unit.VALUE)], _groups(said))


@_other("dbt_utils.not_null_proportion")
def _proportion(said: Expectation) -> Draft:
    number = ratio(count_if(there(said.column)), exp.Count(this=exp.Star()))
    limits = [Limit(Op.GE, said.number("at_least"), Unit.VALUE), Limit(Op.LE, said.may("at_most", (int, float), 1), Unit.VALUE)]
    return _held(said, number, limits, _groups(said))


def _groups(said: Expectation) -> tuple[str, ...]:
    return names(said, "group_by_columns") if said.may("group_by_columns") else ()


@_other(f"{_E}multicolumn_sum_to_equal")
def _sums(said: Expectation) -> Draft:
    """The sums of several columns together, of all rows or of each group; what they are is a number or an expression."""
    listed = names(said, "column_list")
    added: Tree = exp.Sum(this=column(listed[0]))
    for name in listed[1:]:
        added = exp.Add(this=added, expression=exp.Sum(this=column(name)))
    total = said.need("sum_total", (int, float, str))
    groups = tuple(said.may("group_by", (list, tuple), ()))
    says = f"{' + '.join(listed)} sum to {total}"
    if isinstance(total, str):
        other: Tree = value(said, total)
        if groups and isinstance(other, exp.Column):
            other = exp.Max(this=other)  # dbt groups by it: it is one value in each group
        off = exp.Sub(this=exp.Paren(this=added), expression=exp.Paren(this=other))
    else:
        off = exp.Sub(this=exp.Paren(this=added), expression=literal(total))
    if groups:
        return _per_group(said, compare("!=", exp.Paren(this=off), literal(0)), says, listed, groups)
    if isinstance(total, str):
        raise NoForm("sum_total is an expression, but there is no group_by")
    return replace(measured("sums", added, says, listed), limits=(Limit(Op.EQ, total, Unit.VALUE),))


@_other(f"{_E}column_most_common_value_to_be_in_set")
def _common(said: Expectation) -> Draft:
    if said.may("top_n", int, 1) != 1:
        raise NoForm("top_n beyond 1 is not judged")
    return most_common(replace(said, said={**said.said, "ties_okay": said.flag("ties_okay")}))


# -- columns -----------------------------------------------------------------------------------------------------------------


@_other(f"{_E}table_columns_to_not_contain_set")
def _absent(said: Expectation) -> Draft:
    listed = names(said, "column_list")
    return Draft("columns", Header(Ask.ABSENT, listed), f"there is no column {', '.join(listed)}", listed)


# -- time --------------------------------------------------------------------------------------------------------------------


def _recent(said: Expectation, field: str) -> Tree:
    """Where the time in column *field* is not longer ago than *interval* times *datepart*."""
    part, count = said.need("datepart", str), said.need("interval", int)
    return condition(f"{column(field).sql()} >= now() - interval '{count}' {part}", said.word)


@_other("dbt_utils.recency", f"{_E}row_values_to_have_recent_data", f"{_E}grouped_row_values_to_have_recent_data")
def _recency(said: Expectation) -> Draft:
    field = said.may("field", str) or said.may("timestamp_column", str) or said.column
    groups = (*_groups(said), *said.may("group_by", (list, tuple), ()))
    number = count_if(_recent(said, field))
    says = f"some {field} is not older than {said.said['interval']} {said.said['datepart']}"
    if groups:
        return _per_group(said, compare("=", number, literal(0)), says, [field], groups)
    return replace(measured("recency", number, says, [field]), limits=(Limit(Op.GE, 1, Unit.VALUE),))
