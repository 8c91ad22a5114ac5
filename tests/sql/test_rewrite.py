"""Questions to trees, and copies with something replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlglot import exp

from dq.errors import UsageError
from dq.sql import (
    AnyOf,
    InSet,
    ReadAs,
    all_of,
    bind_now,
    column,
    columns_of,
    compare,
    condition,
    literal,
    render,
    replace_columns,
)
from dq.sql.nodes import Base, Kind

NOW = datetime(2024, 3, 31, 10, 0, 0, 5, tzinfo=UTC)


def any_above(array: str, alias: str, other: str) -> exp.Expression:
    """Whether an element of *array* is above column *other*."""
    above = compare(">", column(alias), column(other))
    return AnyOf(this=column(array), alias=exp.to_identifier(alias, quoted=True), expression=above)


def test_columns_are_named_once_in_order() -> None:
    """Names come as they are first used, whatever stands around them."""
    tree = condition("b > a AND lower(c) = b AND d.e = 1 OR x IN (y, 2)", "")
    assert columns_of(tree) == ("b", "a", "c", "d", "x", "y")


def test_an_element_of_an_array_is_no_column() -> None:
    """The name that AnyOf gives its elements is its own, inside it; the same name outside is a column."""
    tree = all_of(any_above("items", "item", "limit"), compare("=", column("item"), literal(1)))
    assert columns_of(tree) == ("items", "limit", "item")
    assert columns_of(any_above("item", "item", "limit")) == ("item", "limit")


def test_columns_of_other_tables_are_not_counted() -> None:
    """A qualified column belongs to the table that it names."""
    assert columns_of(compare("=", column("a"), exp.column("b", table="t", quoted=True))) == ("a",)


def test_replacing_a_column_keeps_the_tree_and_its_meaning() -> None:
    """A replacement gets parentheses when it needs them, also in key sets; the tree that was given stays."""
    tree = compare("=", exp.Mul(this=column("a"), expression=column("b")), literal(6))
    total = exp.Add(this=column("x"), expression=literal(1))
    replaced = replace_columns(tree, {"a": total})
    assert replaced.sql() == '(("x" + 1) * "b") = 6' or render(replaced, "postgres") == '(("x" + 1) * "b") = 6'
    assert tree.sql().count('"a"') == 1
    keys = InSet(this=exp.to_identifier("k", quoted=True), expressions=[column("a"), column("b")])
    assert columns_of(replace_columns(keys, {"a": column("c")})) == ("c", "b")
    read = ReadAs(this=column("a"), to=Kind(Base.DATE))
    assert replace_columns(read, {"a": column("z")}) == ReadAs(this=column("z"), to=Kind(Base.DATE))


def test_the_name_of_an_element_hides_a_column_from_replacement() -> None:
    """Inside AnyOf its element's name is left alone."""
    tree = all_of(any_above("items", "item", "limit"), compare("=", column("item"), literal(1)))
    replaced = replace_columns(tree, {"item": column("other"), "limit": column("most")})
    assert columns_of(replaced) == ("items", "most", "other")


BOUND = [
    ("now()", "TIMESTAMPTZ '2024-03-31 10:00:00.000005+00:00'"),
    ("current_date", "DATE '2024-03-31'"),
    ("now() - INTERVAL '1' MONTH", "TIMESTAMPTZ '2024-02-29 10:00:00.000005+00:00'"),
    ("(now() - INTERVAL '1' YEAR) + INTERVAL '2' WEEK", "TIMESTAMPTZ '2023-04-14 10:00:00.000005+00:00'"),
    ("current_date - INTERVAL '7' DAY", "DATE '2024-03-24'"),
    ("current_date - INTERVAL '90' SECOND", "TIMESTAMPTZ '2024-03-30 23:58:30+00:00'"),
    ("created + INTERVAL '1' DAY", "\"created\" + INTERVAL '1' DAY"),
]


@pytest.mark.parametrize(("text", "written"), BOUND, ids=[text for text, _ in BOUND])
def test_the_current_time_becomes_a_literal(text: str, written: str) -> None:
    """Spans on it are worked out; spans on columns stay."""
    tree = condition(text, "")
    assert render(bind_now(tree, NOW), "postgres") == written
    assert tree == condition(text, "")


def test_today_is_a_day_of_the_zone_of_now() -> None:
    """At one in the morning in Berlin it is still yesterday in UTC; `now` itself is one moment."""
    berlin = datetime(2024, 3, 31, 1, tzinfo=timezone(timedelta(hours=2)))
    assert render(bind_now(condition("current_date", ""), berlin), "duckdb") == "DATE '2024-03-31'"
    assert render(bind_now(condition("now()", ""), berlin), "duckdb") == "TIMESTAMPTZ '2024-03-30 23:00:00+00:00'"


def test_a_span_beyond_the_calendar_is_refused() -> None:
    """Year 1 to 9999, on every engine."""
    with pytest.raises(UsageError) as caught:
        bind_now(condition("now() - INTERVAL '3000' YEAR", ""), NOW)
    assert str(caught.value) == "now and -3000 years is no time\n  years go from 1 to 9999"
