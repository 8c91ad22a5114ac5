"""dq's own words mean in DuckDB what their docstrings say."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.errors import EngineError
from dq.sql import (
    AnyOf,
    InSet,
    IsFinite,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    MapValues,
    Matches,
    MultipleOf,
    Part,
    Tree,
    all_of,
    column,
    compare,
    condition,
    gaps,
    is_null,
    literal,
    not_,
    render,
    table,
)
from tests.sql.databases import Lab, database

X = column("x")


def duck(kind: str, values: list[Any], tree: Tree) -> list[Any]:
    """The value of *tree* for each of *values*, SQL texts of type *kind*."""
    with database("duckdb", {"x": kind}, []) as made:
        for number, value in enumerate(values):
            made.execute(f"INSERT INTO t SELECT {number}, CAST({value} AS {kind})")
        return made.values(tree)


# -- numbers ---------------------------------------------------------------------------------------------------------

STEPS = [1, 2, 3, 10, 0.1, 0.01, 0.25, 0.5, 0.3, 2.5, 0.001, 100]


def is_multiple(value: float, step: float) -> bool:
    """Judged on the shortest decimal texts."""
    return math.isfinite(value) and (Fraction(repr(value)) / Fraction(repr(step))).denominator == 1


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(STEPS),
    st.lists(
        st.one_of(
            st.floats(-1e12, 1e12),
            st.floats(-1e30, 1e30),
            st.integers(-(10**17), 10**17).map(lambda number: number / 1000),
            st.integers(-(10**9), 10**9).map(lambda number: number / 100),
            st.integers(-(10**6), 10**6).map(lambda number: number * 0.1),
            st.integers(-(10**6), 10**6).map(float),
        ),
        min_size=30,
    ),
)
def test_a_float_is_a_multiple_by_its_shortest_text(lab: Lab, step: float, values: list[float]) -> None:
    """0.3 is a multiple of 0.1; 0.1 + 0.2 is none; in DuckDB and SQLite alike."""
    values = [*values, 0.3, 0.1 + 0.2, -0.7, 0.0, 1e-9, 123456789012345.6, 1e22, 3e22, 1e16, -2.5e17]
    tree = MultipleOf(this=X, expression=literal(step))
    with lab({"x": "number"}, [(value,) for value in values]) as made:
        assert made.where(tree) == [number for number, value in enumerate(values) if is_multiple(value, step)], made.dialect


def test_integers_and_decimals_are_multiples_exactly() -> None:
    """No digit is lost in 18 or 38 of them."""
    assert duck("BIGINT", ["9007199254740993", "9007199254740992", "NULL", "-4"], MultipleOf(this=X, expression=literal(2))) == [
        False,
        True,
        None,
        True,
    ]
    cents = MultipleOf(this=X, expression=literal(Decimal("0.05")))
    assert duck("DECIMAL(38,2)", ["'123456789012345678901234567890.15'", "'123456789012345678901234567890.16'"], cents) == [
        True,
        False,
    ]
    assert duck("FLOAT", ["0.3", "0.25"], MultipleOf(this=X, expression=literal(0.1))) == [True, False]


def test_no_number_is_a_multiple_of_nothing_and_infinity_of_none() -> None:
    """A step of 0 is a gap; NaN and infinities are no multiples."""
    assert gaps(MultipleOf(this=X, expression=literal(0)), "duckdb") == ("MultipleOf of 0",)
    assert duck("DOUBLE", ["'nan'", "'inf'", "'-inf'"], MultipleOf(this=X, expression=literal(1))) == [False, False, False]


def test_finite_is_neither_nan_nor_infinite() -> None:
    """Null stays null."""
    assert duck("DOUBLE", ["'nan'", "'inf'", "1", "NULL"], IsFinite(this=X)) == [False, False, True, None]
    assert duck("DOUBLE", ["'nan'", "'inf'", "1", "NULL"], exp.IsNan(this=X)) == [True, False, False, None]


def test_arithmetic_that_overflows_is_null() -> None:
    """A row whose numbers are too large for the engine makes the condition unknown, and does not end the run."""
    top = str(2**63 - 1)
    for text in ("x + x > 0", "x * x > 0", "-(-x - 2) > 0", "abs(x) * 2 - 1 > 0", "x * 2 % 3 = 0"):
        assert duck("BIGINT", [top, "1"], condition(text, ""))[0] is None, text
    assert duck("BIGINT", ["7", "-7", "0"], condition("x % 0 = 1 OR x / 0 = 1", "")) == [None, None, None]
    assert duck("BIGINT", ["7", "-7"], condition("x % 3", "")) == [1, -1]


def test_division_is_in_floating_point(lab: Lab) -> None:
    """7 / 2 is 3.5, on both."""
    with lab({"x": "integer"}, [(7,), (None,)]) as made:
        assert made.values(condition("x / 2", "")) == [3.5, None]
        assert made.values(condition("x / 0", "")) == [None, None]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(allow_nan=False, width=64)), min_size=1))
def test_floor_and_ceiling_agree_with_python(lab: Lab, values: list[float | None]) -> None:
    """Also beyond the range of integers; infinities stay."""
    for word, plain in ((exp.Floor, math.floor), (exp.Ceil, math.ceil)):
        with lab({"x": "number"}) as made:
            kept = [value for value in values if value is None or made.dialect != "mariadb" or math.isfinite(value)]
            made.fill([(value,) for value in kept])
            expected = [value if value is None or math.isinf(value) else float(plain(value)) for value in kept]
            assert made.values(word(this=X)) == expected, made.dialect


# -- text ------------------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6), min_size=1))
def test_text_functions_agree_with_python(lab: Lab, values: list[str]) -> None:
    """Length counts code points, case is that of ASCII letters, trim takes spaces alone."""
    ascii_case = {"lower": str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")}
    ascii_case["upper"] = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    with lab({"x": "text"}, [(value,) for value in values]) as made:
        assert made.values(condition("length(x)", "")) == [len(value) for value in values]
        assert made.values(condition("trim(x)", "")) == [value.strip(" ") for value in values]
        assert made.values(condition("substring(x, 2, 2)", "")) == [value[1:3] for value in values]
        assert made.values(condition("right(x, 2)", "")) == [value[-2:] for value in values]
        assert made.values(condition("replace(x, 'a', 'bb')", "")) == [value.replace("a", "bb") for value in values]
        for name, table in ascii_case.items():
            assert made.values(condition(f"{name}(x)", "")) == [value.translate(table) for value in values]


# -- key sets ---------------------------------------------------------------------------------------------------------


def test_a_tuple_is_looked_up_in_a_key_set(lab: Lab) -> None:
    """A tuple with a null is in none."""
    with lab({"a": "integer", "b": "text"}, [(1, "x"), (1, None), (2, "x"), (None, None)]) as made:
        key = render(table("key set"), made.dialect)
        made.execute(f"CREATE TEMPORARY TABLE {key} (k0 INTEGER, k1 VARCHAR(9))")
        made.execute(f"INSERT INTO {key} VALUES (1, 'x'), (2, 'y')")
        name = exp.to_identifier("key set", quoted=True)
        assert made.where(InSet(this=name, expressions=[column("a"), column("b")])) == [0]
        assert made.where(InSet(this=name.copy(), expressions=[column("a")])) == [0, 1, 2]
        made.execute(f"DROP TABLE {key}")


# -- nested values -----------------------------------------------------------------------------------------------------


def test_an_element_makes_it_true() -> None:
    """Null elements and empty arrays do not; the outer columns can be used; arrays may be nested."""
    name = exp.to_identifier("item", quoted=True)
    above = AnyOf(this=X, alias=name, expression=compare(">", column("item"), literal(2)))
    assert duck("BIGINT[]", ["[1, 3]", "[1, NULL]", "[]", "NULL"], above) == [True, False, False, None]
    counted = AnyOf(this=X, alias=name.copy(), expression=compare("=", exp.ArraySize(this=X), column("item")))
    assert duck("BIGINT[]", ["[2, 9]", "[1, NULL]", "[]"], counted) == [True, False, False]
    inner = AnyOf(this=column("item"), alias=exp.to_identifier("part", quoted=True), expression=is_null(column("part")))
    assert duck("BIGINT[][]", ["[[1], [NULL]]", "[[1]]"], AnyOf(this=X, alias=name.copy(), expression=inner)) == [True, False]


def test_values_of_a_map_and_parts_of_an_object() -> None:
    """Fields are found by name, whatever the name holds."""
    total = AnyOf(
        this=MapValues(this=X), alias=exp.to_identifier("v", quoted=True), expression=compare("<", column("v"), literal(0))
    )
    assert duck("MAP(VARCHAR, BIGINT)", ["MAP {'a': -1}", "MAP {'a': 1}"], total) == [True, False]
    assert duck('STRUCT("a.b" BIGINT)', ["{'a.b': 5}", "NULL"], Part(this=X, expression=literal("a.b"))) == [5, None]


def test_sizes_of_arrays_count_nulls_and_distinct_ones_do_not() -> None:
    """`ArrayCompact` leaves nulls out, `ArrayDistinct` takes each value once."""
    rows = ["[1, 1, NULL]", "[]", "NULL"]
    assert duck("BIGINT[]", rows, exp.ArraySize(this=X)) == [3, 0, None]
    assert duck("BIGINT[]", rows, exp.ArraySize(this=exp.ArrayCompact(this=X))) == [2, 0, None]
    assert duck("BIGINT[]", rows, exp.ArraySize(this=exp.ArrayDistinct(this=exp.ArrayCompact(this=X)))) == [1, 0, None]


JSON = [
    "null",
    "1",
    "5.0",
    "-1.5",
    "1e3",
    "18446744073709551616",
    "true",
    '"a"',
    '"5"',
    "[1]",
    '{"a": 1}',
    "99999999999999999999999999999",
]
TYPES = [
    "null",
    "integer",
    "integer",
    "number",
    "integer",
    "integer",
    "boolean",
    "string",
    "string",
    "array",
    "object",
    "integer",
]


def test_a_json_value_carries_its_type() -> None:
    """A whole number is an integer however it is written, and a text of digits is none."""
    assert duck("JSON", [f"'{item}'" for item in JSON] + ["NULL"], JsonType(this=X)) == [*TYPES, None]


def test_parts_of_json() -> None:
    """Keys are found whatever they hold; texts lose quotes and escapes; only arrays have items."""
    document = """'{"a.b": "x\\u00e9\\n", "q\\"k": [1, "t", null], "": 2, "b\\\\s": 3}'"""
    for key, text in (("a.b", "xé\n"), ("", "2"), ("b\\s", "3"), ("missing", None)):
        assert duck("JSON", [document], JsonText(this=JsonPart(this=X, expression=literal(key)))) == [text], key
    items = JsonItems(this=JsonPart(this=X, expression=literal('q"k')))
    assert duck("JSON", [document], exp.ArraySize(this=items)) == [3]
    typed = AnyOf(
        this=items,
        alias=exp.to_identifier("i", quoted=True),
        expression=compare("=", JsonType(this=column("i")), literal("string")),
    )
    assert duck("JSON", [document, "'{}'"], typed) == [True, None]


# -- others -----------------------------------------------------------------------------------------------------------


def test_a_pattern_and_a_list_work_on_categories() -> None:
    """Columns of a pandas category are ENUM in DuckDB."""
    kind = "ENUM('open', 'shut', 'SKU-1')"
    rows = ["'open'", "'SKU-1'", "NULL"]
    assert duck(kind, rows, Matches(this=X, expression=literal("^SKU-[0-9]$"))) == [False, True, None]
    assert duck(kind, rows, Matches(this=X, expression=literal("p+"))) == [True, False, None]
    assert duck(kind, rows, condition("x LIKE 'o%'", "")) == [True, False, None]


def test_a_gap_is_named_once_and_refused() -> None:
    """What a dialect cannot express is refused before anything runs, all at once."""
    tree = all_of(
        compare("<", MapValues(this=X), literal(1)),
        not_(compare("=", Part(this=X, expression=literal("a")), column("y"))),
        is_null(MapValues(this=X)),
    )
    assert gaps(tree, "duckdb") == ()
    assert gaps(tree, "sqlite") == ("MapValues", "Part")
    with pytest.raises(EngineError) as caught:
        render(tree, "sqlite")
    assert str(caught.value) == (
        "sqlite cannot express MapValues, Part\n  write the rule another way, or run it on another engine"
    )
