"""Users' conditions: what is in the vocabulary is rebuilt from it, and everything else is refused by name, place and mend."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.errors import UsageError
from dq.sql import Tree, aggregate, bind_now, condition, render, vocabulary
from dq.sql.read import Reader
from dq.sql.refusal import FUNCTIONS
from tests.sql.databases import database

CASES: dict[str, list[list[Any]]] = yaml.safe_load(Path(__file__).with_name("conditions.yaml").read_text("utf-8"))
NOW = datetime(2024, 3, 31, 10, tzinfo=UTC)
PLACE = "orders.odcs.yaml:7 schema.orders"


def text_of(case: list[Any]) -> str:
    """The name of a case."""
    return str(case[0])


@pytest.mark.parametrize("case", CASES["accepted"], ids=text_of)
def test_a_condition_is_rebuilt_from_the_vocabulary(case: list[Any]) -> None:
    """What a user writes has one neutral meaning, and DuckDB's text says it."""
    assert render(bind_now(condition(str(case[0]), PLACE), NOW), "duckdb") == case[1]


@pytest.mark.parametrize("case", CASES["aggregates"], ids=text_of)
def test_an_aggregate_is_rebuilt_from_the_vocabulary(case: list[Any]) -> None:
    """The same for aggregates."""
    assert render(bind_now(aggregate(str(case[0]), PLACE), NOW), "duckdb") == case[1]


def refused(read: Any, case: list[Any]) -> None:
    """A case is refused with its two texts; `*` at the end of one stands for any rest."""
    with pytest.raises(UsageError) as caught:
        read(str(case[0]), PLACE)
    error = caught.value
    assert error.where == PLACE
    for said, wanted in ((error.what, case[1]), (error.mend, case[2])):
        assert said == wanted or (wanted.endswith("*") and said.startswith(wanted[:-1]) and said), (said, wanted)


@pytest.mark.parametrize("case", CASES["refused"], ids=text_of)
def test_what_is_outside_the_vocabulary_is_refused_by_name(case: list[Any]) -> None:
    """Sub-selects, unknown functions, parameters, comments and second statements have no way in."""
    refused(condition, case)


@pytest.mark.parametrize("case", CASES["refused_aggregates"], ids=text_of)
def test_an_aggregate_stands_alone(case: list[Any]) -> None:
    """Columns stand inside aggregates, and aggregates not inside each other."""
    refused(aggregate, case)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a" * 10_001, "a condition of 10001 characters"),
        ("a = '\0'", "a NUL character in a condition"),
        ("(" * 4000 + "a" + ")" * 4000, "more than 100 operators inside each other"),
        ("NOT " * 2000 + "a", "more than 100 operators inside each other"),
        (" + ".join(["a"] * 400), "more than 100 operators inside each other"),
    ],
    ids=["length", "nul", "parentheses", "not", "sum"],
)
def test_what_is_too_long_or_too_deep_is_refused(text: str, what: str) -> None:
    """Limits hold before any engine sees the text."""
    with pytest.raises(UsageError) as caught:
        condition(text, PLACE)
    assert caught.value.what == what


def test_a_long_chain_of_and_is_fine() -> None:
    """Five hundred conditions joined by AND are one balanced tree."""
    tree = condition(" AND ".join(f"a <> {number}" for number in range(500)), PLACE)
    with database("duckdb", {"a": "integer"}, [(1000,), (3,)]) as made:
        assert made.where(tree) == [0]


_WORDS = """
    a b c 'x' 1 2.5 ( ) , + - * / % = <> < >= AND OR NOT IN IS NULL LIKE BETWEEN CASE WHEN THEN ELSE END CAST AS DATE now()
    length( SELECT FROM read_csv( ; -- /* */ :: [ ] { } " ' ` $ ? @ . || ~ -> INTERVAL DAY coalesce( matches( count(*) OVER DROP
"""


def attempt(text: str) -> Tree | UsageError:
    """The tree of *text*, or why there is none."""
    try:
        return bind_now(condition(text, PLACE), NOW)
    except UsageError as error:
        return error


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_WORDS.split()), max_size=9).map(" ".join))
def test_any_text_becomes_a_tree_of_the_vocabulary_or_an_error(text: str) -> None:
    """There is no third way: no other exception, and no node that DuckDB's table does not list."""
    tree = attempt(text)
    if isinstance(tree, UsageError):
        assert tree.what
        assert tree.mend
        return
    assert {type(node) for node in tree.walk()} <= vocabulary("duckdb")
    assert "read_csv" not in render(tree, "duckdb").lower()


def test_names_keep_their_case_and_are_always_quoted() -> None:
    """`Order` and `order` are two names."""
    assert render(condition('Order = "order" AND ORDERS = x', PLACE), "duckdb") == '"Order" = "order" AND "ORDERS" = "x"'


_ARGUMENTS = {
    **dict.fromkeys(("nullif", "coalesce", "greatest", "least"), "a, b"),
    **dict.fromkeys(("contains", "ends_with", "starts_with", "matches", "regexp_like", "regexp_matches"), "t, 'x'"),
    **dict.fromkeys(("left", "right"), "t, 1"),
    **dict.fromkeys(("day", "month", "year", "isodow"), "d"),
    **dict.fromkeys(("hour", "minute", "second"), "s"),
    **dict.fromkeys(("length", "lower", "upper", "trim"), "t"),
    "mod": "a, 3",
    "substring": "t, 1, 2",
    "replace": "t, 'x', 'y'",
    "date_trunc": "'day', d",
    "quantile_cont": "a, 0.5",
    "if": "a > 1, a, b",
    "extract": "year from d",
    "now": "",
    "round": "a, 1",
    "count": "*",
    "count_if": "a > 1",
}
_AGGREGATES = {"sum", "avg", "min", "max", "stddev", "count", "count_if", "median", "quantile_cont", "percentile_cont"}


def test_every_listed_function_can_be_called() -> None:
    """The list in error messages is the list of what works."""
    for name in FUNCTIONS:
        text = name if name.startswith("current_") else f"{name}({_ARGUMENTS.get(name, 'a')})"
        text = "percentile_cont(0.5) WITHIN GROUP (ORDER BY a)" if name == "percentile_cont" else text
        tree = bind_now((aggregate if name in _AGGREGATES else condition)(text, PLACE), NOW)
        with database("duckdb", {"a": "integer", "b": "integer", "t": "text", "d": "DATE", "s": "TIMESTAMP"}, []) as made:
            made.connection.execute(f"SELECT {render(tree, 'duckdb')} FROM t").fetchall()


def test_every_word_that_the_reader_knows_is_a_node_of_sqlglot() -> None:
    """A method for a node that sqlglot no longer has would never be called."""
    from sqlglot import exp

    words = {name.removeprefix("_word_") for name in dir(Reader) if name.startswith("_word_")}
    assert words <= set(exp.EXPR_CLASSES)


def test_casts_of_users_are_strict_on_text_and_lose_nothing() -> None:
    """Text is read strictly; a number with a fraction is no integer; what does not fit is null, and never an error."""
    rows = [("1", 1.0, "2024-02-03"), ("1.5", 2.5, "2024-02-30"), (" 7 ", 1e300, "x"), (None, None, None)]
    with database("duckdb", {"t": "text", "f": "number", "d": "text"}, rows) as made:
        assert made.values(condition("CAST(t AS INTEGER)", "")) == [1, None, 7, None]
        assert made.values(condition("TRY_CAST(f AS BIGINT)", "")) == [1, None, None, None]
        assert [str(value) for value in made.values(condition("d::date", ""))] == ["2024-02-03", "None", "None", "None"]
        assert made.values(condition("CAST(f AS TEXT)", "")) == ["1.0", "2.5", "1e+300", None]


def test_mends_name_an_existing_page() -> None:
    """The page that mends point to is there, and lists every function."""
    page = Path(__file__).parents[2] / "docs" / "conditions.md"
    text = page.read_text("utf-8")
    assert [name for name in FUNCTIONS if f"`{name}" not in text] == []
