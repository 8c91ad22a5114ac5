"""Random trees, each with what it means in plain Python: a function of a row that returns a value, None for unknown."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from sqlglot import exp

from dq.sql import Tree, all_of, any_of, column, compare, is_in, is_null, literal, not_

Row = tuple[Any, ...]
Meaning = Callable[[Row], Any]
Pair = tuple[Tree, Meaning]

COLUMNS = {"a b": "integer", "b": "integer", 'x"y': "text", "y": "text", "f": "boolean"}
_PLACES = {name: place for place, name in enumerate(COLUMNS)}
NUMBERS = [None, 0, 1, 2, -3, 7, 100]
TEXTS = [None, "", "a", "A", "ab", "a b", "it's", "é", "😀", "%", "_", "!", "a%", "back\\slash", "\n", "aé", "[", "*"]
_VALUES: dict[str, list[Any]] = {"integer": NUMBERS, "text": TEXTS, "boolean": [None, True, False]}
ROWS = st.lists(
    st.tuples(*(st.sampled_from(_VALUES[kind]) for kind in COLUMNS.values())),
    min_size=8,
    max_size=30,
)

_COMPARISONS: dict[str, tuple[type[exp.Binary], Callable[[Any, Any], bool]]] = {
    "=": (exp.EQ, operator.eq),
    "!=": (exp.NEQ, operator.ne),
    "<": (exp.LT, operator.lt),
    "<=": (exp.LTE, operator.le),
    ">": (exp.GT, operator.gt),
    ">=": (exp.GTE, operator.ge),
}
_ARITHMETIC: list[tuple[type[exp.Binary], Callable[[int, int], int | None]]] = [
    (exp.Add, operator.add),
    (exp.Sub, operator.sub),
    (exp.Mul, operator.mul),
    (exp.Mod, lambda number, divisor: int(math.fmod(number, divisor)) if divisor else None),
]
_SEARCHES: list[tuple[type[exp.Expression], Callable[..., bool]]] = [
    (exp.StartsWith, str.startswith),
    (exp.EndsWith, str.endswith),
    (exp.Contains, operator.contains),
]


def strict(function: Callable[..., Any], *of: Meaning) -> Meaning:
    """Unknown as soon as one of its arguments is."""

    def value(row: Row) -> Any:
        given = [item(row) for item in of]
        return None if any(item is None for item in given) else function(*given)

    return value


def _both(left: Any, right: Any) -> Any:
    return False if left is False or right is False else None if left is None or right is None else True


def _either(left: Any, right: Any) -> Any:
    return True if left is True or right is True else None if left is None or right is None else False


def _named(kind: str) -> st.SearchStrategy[Pair]:
    names = [name for name, of in COLUMNS.items() if of == kind]
    return st.sampled_from(names).map(lambda name: (column(name), lambda row: row[_PLACES[name]]))


def _constant(values: list[Any]) -> st.SearchStrategy[Pair]:
    return st.sampled_from([value for value in values if value is not None]).map(lambda value: (literal(value), lambda _: value))


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> Pair:
    """A number."""
    word = draw(
        st.sampled_from(["name", "literal", "sum", "sum", "negative", "length", "case"] if depth else ["name", "literal"])
    )
    if word == "name":
        return draw(_named("integer"))
    if word == "literal":
        return draw(_constant(NUMBERS))
    if word == "length":
        text, meaning = draw(texts(depth - 1))
        return exp.Length(this=text), strict(len, meaning)
    one, first = draw(numbers(depth - 1))
    if word == "negative":
        return exp.Neg(this=one), strict(operator.neg, first)
    two, second = draw(numbers(depth - 1))
    if word == "case":
        when, choice = draw(conditions(depth - 1))
        case = exp.Case(ifs=[exp.If(this=when, true=one)], default=two)
        return case, lambda row: first(row) if choice(row) is True else second(row)
    kind, function = draw(st.sampled_from(_ARITHMETIC))
    return kind(this=one, expression=two), strict(function, first, second)


@st.composite
def texts(draw: st.DrawFn, depth: int) -> Pair:
    """A text."""
    word = draw(st.sampled_from(["name", "literal", "join", "coalesce", "nullif"] if depth else ["name", "literal"]))
    if word == "name":
        return draw(_named("text"))
    if word == "literal":
        return draw(_constant(TEXTS))
    (one, first), (two, second) = draw(texts(depth - 1)), draw(texts(depth - 1))
    if word == "join":
        return exp.DPipe(this=one, expression=two), strict(operator.add, first, second)
    if word == "coalesce":
        return exp.Coalesce(this=one, expressions=[two]), lambda row: second(row) if first(row) is None else first(row)
    return exp.Nullif(this=one, expression=two), lambda row: None if first(row) == second(row) else first(row)


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Pair:
    """A condition: built by builders, or of bare nodes that render must put in parentheses."""
    if not depth:
        tree, meaning = draw(st.one_of(_named("boolean"), _named("text")))
        return (tree, meaning) if tree.name == "f" else (is_null(tree), lambda row: meaning(row) is None)
    word = draw(st.sampled_from(["compare", "compare", "and", "or", "not", "in", "like", "between", "same", "search"]))
    pair: Pair = draw(_WORDS[word](depth - 1))
    return pair


@st.composite
def _compare(draw: st.DrawFn, depth: int) -> Pair:
    side = draw(st.sampled_from([numbers, texts]))
    (one, first), (two, second) = draw(side(depth)), draw(side(depth))
    op = draw(st.sampled_from(list(_COMPARISONS)))
    kind, function = _COMPARISONS[op]
    tree = compare(op, one, two) if draw(st.booleans()) else kind(this=one, expression=two)
    return tree, strict(function, first, second)


@st.composite
def _and(draw: st.DrawFn, depth: int) -> Pair:
    (one, first), (two, second) = draw(conditions(depth)), draw(conditions(depth))
    tree = all_of(one, two) if draw(st.booleans()) else exp.And(this=one, expression=two)
    return tree, lambda row: _both(first(row), second(row))


@st.composite
def _or(draw: st.DrawFn, depth: int) -> Pair:
    (one, first), (two, second) = draw(conditions(depth)), draw(conditions(depth))
    tree = any_of(one, two) if draw(st.booleans()) else exp.Or(this=one, expression=two)
    return tree, lambda row: _either(first(row), second(row))


@st.composite
def _not(draw: st.DrawFn, depth: int) -> Pair:
    one, first = draw(conditions(depth))
    return not_(one) if draw(st.booleans()) else exp.Not(this=one), strict(operator.not_, first)


@st.composite
def _in(draw: st.DrawFn, depth: int) -> Pair:
    one, first = draw(texts(depth))
    values = draw(st.lists(st.sampled_from([text for text in TEXTS if text is not None]), max_size=4))
    tree = is_in(one, [literal(value) for value in values])
    return tree, strict(lambda text: text in values, first) if values else lambda _: False


@st.composite
def _like(draw: st.DrawFn, depth: int) -> Pair:
    one, first = draw(texts(depth))
    form = draw(st.text("a%_A!é[*", max_size=4))
    pattern = "".join({"%": ".*", "_": "."}.get(character, re.escape(character)) for character in form)
    tree = exp.Like(this=one, expression=literal(form.replace("!", "!!")))
    return tree, strict(lambda text: re.fullmatch(pattern, text, re.DOTALL) is not None, first)


@st.composite
def _between(draw: st.DrawFn, depth: int) -> Pair:
    (one, value), (low, least), (high, most) = (draw(numbers(depth)) for _ in range(3))
    tree = exp.Between(this=one, low=low, high=high)
    return tree, lambda row: _both(strict(operator.ge, value, least)(row), strict(operator.le, value, most)(row))


@st.composite
def _same(draw: st.DrawFn, depth: int) -> Pair:
    side = draw(st.sampled_from([numbers, texts]))
    (one, first), (two, second) = draw(side(depth)), draw(side(depth))
    if draw(st.booleans()):
        return exp.NullSafeEQ(this=one, expression=two), lambda row: first(row) == second(row)
    return exp.NullSafeNEQ(this=one, expression=two), lambda row: first(row) != second(row)


@st.composite
def _search(draw: st.DrawFn, depth: int) -> Pair:
    (one, first), (two, second) = draw(texts(depth)), draw(texts(depth))
    kind, function = draw(st.sampled_from(_SEARCHES))
    return kind(this=one, expression=two), strict(function, first, second)


_WORDS: dict[str, Callable[[int], st.SearchStrategy[Pair]]] = {
    "compare": _compare,
    "and": _and,
    "or": _or,
    "not": _not,
    "in": _in,
    "like": _like,
    "between": _between,
    "same": _same,
    "search": _search,
}
