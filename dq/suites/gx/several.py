"""Expectations about several columns of a row: pairs and lists. A comparison with nothing is not as expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from sqlglot import exp

from dq.checks import Keys, Rows
from dq.errors import UsageError
from dq.sql import SOURCE, AsText, Tree, all_of, any_of, column, compare, is_null, literal, not_, table
from dq.suites.draft import Draft, both, known, rows, there
from dq.suites.gx.expectation import Expectation

Translator = Callable[[Expectation], Draft]
SEVERAL: dict[str, Translator] = {}

# What `ignore_row_if` says: whether rows are left out where all columns have no value, or any.
_ALL, _ANY = ("both_values_are_missing", "all_values_are_missing"), ("either_value_is_missing", "any_value_is_missing")
_NONE = ("neither", "never")


def _several(name: str) -> Callable[[Translator], Translator]:
    return lambda function: SEVERAL.setdefault(f"expect_{name}", function)


def several_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of an expectation about several columns of a row. Raises KeyError for any other."""
    draft, judged = SEVERAL[said.word](said), _judged(said)
    if said.mostly == 1 and judged is not None:  # nobody asks how many rows are judged
        if isinstance(draft.subject, Rows):
            draft = replace(draft, subject=Rows(all_of(judged, draft.subject.bad)))
        judged = None
    if not draft.function:
        draft = replace(draft, arguments=dict(said.said))
    yield replace(draft, limits=said.tolerance, where=both(judged, said.filter))


def _names(said: Expectation) -> tuple[str, ...]:
    """The columns it is about."""
    if "_pair_" in said.word:
        return said.need("column_A", str), said.need("column_B", str)
    names = tuple(said.need("column_list", (list, tuple)))
    if not names or not all(isinstance(name, str) for name in names):
        raise UsageError(f"'column_list' of {said.word} is {names!r}", "", "list the names of columns")
    if len(set(names)) != len(names):
        raise UsageError(f"'column_list' of {said.word} names a column twice: {', '.join(names)}", "", "name each column once")
    return names


def _judged(said: Expectation) -> Tree | None:
    """The rows that are not ignored."""
    names = _names(said)
    word = said.may("ignore_row_if", str, _ALL["_pair_" not in said.word])
    if word in _NONE:
        return None
    if word in _ANY:
        return there(*names)
    if word in _ALL:
        return any_of(*(there(name) for name in names))
    raise UsageError(f"ignore_row_if is '{word}'", "", f"say one of {', '.join((*_ALL, *_ANY, *_NONE))}")


def _surely(test: Tree) -> Tree:
    """*test*, FALSE where it is unknown."""
    return exp.Coalesce(this=test, expressions=[exp.false()])


def _same(left: Tree, right: Tree) -> Tree:
    return exp.NullSafeEQ(this=left, expression=right)


@_several("column_pair_values_to_be_equal")
def _equal(said: Expectation) -> Draft:
    first, second = _names(said)
    return rows("equal", not_(_surely(compare("=", column(first), column(second)))), f"{first} is {second}", (first, second))


@_several("column_pair_values_a_to_be_greater_than_b")
def _greater(said: Expectation) -> Draft:
    first, second = _names(said)
    or_equal = said.flag("or_equal")
    test = compare(">=" if or_equal else ">", column(first), column(second))
    says = f"{first} is {'at least' if or_equal else 'more than'} {second}"
    return rows("greater", not_(_surely(test)), says, (first, second))


@_several("column_pair_values_to_be_in_set")
def _pairs(said: Expectation) -> Draft:
    first, second = _names(said)
    listed = said.may("value_pairs_set", (list, tuple, set))
    if listed is None:
        return rows("anything", exp.false(), f"{first}, {second} are anything: no set is given", (first, second))
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in listed):
        raise UsageError(f"'value_pairs_set' of {said.word} holds no pairs", "", "write it as [[1, 2], [3, 4]]")
    known = [all_of(_same(column(first), literal(one)), _same(column(second), literal(other))) for one, other in listed]
    return rows("pair_in_set", not_(any_of(*known)), f"{first}, {second} are one of {len(listed)} pairs", (first, second))


@_several("multicolumn_sum_to_equal")
def _sum(said: Expectation) -> Draft:
    names, total = _names(said), said.number("sum_total")
    added: Tree = column(names[0])
    for name in names[1:]:  # from left to right: floats add up otherwise to another sum
        added = exp.Add(this=added, expression=column(name))
    test = compare("=", exp.Paren(this=added), literal(total))
    return rows("row_sum", not_(_surely(test)), f"{' + '.join(names)} is {total}", names)


@_several("multicolumn_values_to_be_equal")
def _all_equal(said: Expectation) -> Draft:
    names = _names(said)
    same = [_same(column(names[0]), column(name)) for name in names[1:]]
    return rows("all_equal", not_(all_of(*same)), f"{', '.join(names)} are equal", names)


@_several("select_column_values_to_be_unique_within_record")
def _differ(said: Expectation) -> Draft:
    names = _names(said)
    same = [_same(column(one), column(other)) for one, other in combinations(names, 2)]
    return rows("differ", any_of(*same), f"{', '.join(names)} differ from each other", names)


SEVERAL["expect_multicolumn_values_to_be_unique"] = _differ


@_several("compound_columns_to_be_unique")
def _compound(said: Expectation) -> Draft:
    """As `unique`, but that nothing is equal to nothing, so that a key may have parts without a value."""
    names = _names(said)
    if _judged(said) == there(*names):
        return known("unique", names)
    parts: Sequence[Tree] = [part for name in names for part in (is_null(column(name)), _text(name))]
    return _compound_of(said, names, parts)


def _compound_of(said: Expectation, names: tuple[str, ...], parts: Sequence[Tree]) -> Draft:
    select = exp.select(*parts).from_(table(SOURCE)).group_by(*parts).having(compare(">", exp.Count(this=exp.Star()), literal(1)))
    if (judged := both(_judged(said), said.filter)) is not None:
        select = select.where(judged)
    subject = Keys(names, select, of=tuple(parts))
    return Draft("unique", subject, f"{', '.join(names)} is unique", names, dimension="uniqueness")


def _text(name: str) -> Tree:
    return exp.Coalesce(this=AsText(this=column(name)), expressions=[literal("")])
