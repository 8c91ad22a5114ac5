"""What databases do in ways of their own, and words that only some have: the answer is the same on each."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.sql import (
    AnyOf,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    JsonValues,
    Matches,
    Tree,
    aggregate,
    column,
    compare,
    condition,
    literal,
    not_,
)
from tests.sql.databases import Lab
from tests.sql.test_words import JSON, TYPES

X = column("x")
_JSON = {"duckdb": "JSON", "postgres": "JSONB", "mariadb": "JSON", "sqlite": "TEXT"}
MOMENT = {"duckdb": "TIMESTAMP", "postgres": "TIMESTAMP", "mariadb": "DATETIME(6)", "sqlite": "TEXT"}
_DAY = {"duckdb": "DATE", "postgres": "DATE", "mariadb": "DATE", "sqlite": "TEXT"}
_DECIMAL = {"duckdb": "DECIMAL(10, 2)", "postgres": "NUMERIC(10, 2)", "mariadb": "DECIMAL(10, 2)", "sqlite": "REAL"}


def of_type(lab: Lab, types: dict[str, str], rows: list[Any]) -> Any:
    """A table whose column x has the type that a database has for it."""
    with lab({"n": "integer"}) as made:
        dialect = made.dialect
    return lab({"x": types[dialect]}, [(row,) for row in rows])


def plain(value: Any) -> Any:
    """A value as text, as SQLite has times."""
    return (
        value.isoformat(" ", "microseconds") if isinstance(value, datetime) else str(value) if isinstance(value, date) else value
    )


# -- text ------------------------------------------------------------------------------------------------------------

_LETTERS = st.text(st.sampled_from([*"aAzZ ßÉéİ\u0131\u017f\u212a\u0301😀\u00a0\t\n%_!\\'"]), max_size=4)


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(_LETTERS, _LETTERS), min_size=10, max_size=30))
def test_columns_of_text_compare_by_code_point(lab: Lab, pairs: list[tuple[str, str]]) -> None:
    """Case, accents, trailing blanks and the order of planes: whatever collation the database gave its columns."""
    by_code_point: list[tuple[str, Callable[[str, str], bool]]] = [
        ("=", lambda a, b: a == b), ("<", lambda a, b: a < b), (">=", lambda a, b: a >= b)
    ]  # fmt: skip
    with lab({"x": "text", "y": "text"}, pairs) as made:
        for op, meaning in by_code_point:
            expected = [number for number, pair in enumerate(pairs) if meaning(*pair)]
            assert made.where(compare(op, X, column("y"))) == expected, (made.dialect, op)
        assert made.aggregate(aggregate("count(distinct x)", "")) == len({pair[0] for pair in pairs})
        assert made.aggregate(aggregate("min(x)", "")) == min(pair[0] for pair in pairs)
        for word in ("starts_with", "ends_with", "contains"):
            found = made.where(condition(f"{word}(x, y)", ""))
            whole = {"starts_with": str.startswith, "ends_with": str.endswith, "contains": str.__contains__}[word]
            assert found == [number for number, pair in enumerate(pairs) if whole(*pair)], (made.dialect, word)


def test_padding_is_no_part_of_a_text(lab: Lab) -> None:
    """A CHAR column holds what was put into it, without the blanks that fill it up."""
    with of_type(lab, dict.fromkeys(_JSON, "CHAR(5)"), ["ab", "", "é"]) as made:
        assert made.values(exp.Length(this=X)) == [2, 0, 1]
        assert made.where(compare("=", X, literal("ab"))) == [0]
        assert made.where(Matches(this=X, expression=literal("^ab$"))) == [0]


@pytest.mark.parametrize(("pattern", "found"), [("^(?:a|aa)+$", [0]), ("^(?:(?:a+b?)+c?)+$", [0]), ("^a*a*a*a*a*b$", [])])
def test_a_search_that_gives_up_is_no_verdict(lab: Lab, pattern: str, found: list[int]) -> None:
    """A text that is too hard for a backtracking engine is told right, or ends the statement; no rule passes or fails for it."""
    tree = Matches(this=X, expression=literal(pattern))
    with lab({"x": "text"}, [("a" * 30,), ("a" * 300 + "!",), (None,)]) as made:
        for asked, rows in ((tree, found), (not_(tree), [row for row in (0, 1) if row not in found])):
            if made.dialect == "mariadb":
                with pytest.raises(Exception, match="more than 1 row"):
                    made.where(asked)
            else:
                assert made.where(asked) == rows, made.dialect


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_whole_numbers_do_not_overflow_where_a_decimal_has_room(lab: Lab) -> None:
    """Beyond 2^63 the sum is right, or unknown; PostgreSQL, where types are not known when it is written, says that it cannot."""
    with lab({"x": "integer"}, [(2**63 - 1,)]) as made:
        for text in ("x + x > 0", "x * x > 0", "-(-x - 2) > 0", "x * 2 - 1 > 0"):
            tree = condition(text, "")
            if made.dialect == "postgres":
                with pytest.raises(Exception, match="out of range"):
                    made.values(tree)
            else:
                assert made.values(tree) in ([True], [None]), text


def test_unsigned_numbers_go_below_zero(lab: Lab) -> None:
    """MariaDB ends a query in which an unsigned number would be negative."""
    with of_type(lab, {**dict.fromkeys(_JSON, "BIGINT"), "mariadb": "BIGINT UNSIGNED"}, [1]) as made:
        assert made.where(condition("x - 2 < 0 AND -x < 0", "")) == [0]


def test_a_remainder_of_nothing_is_zero(lab: Lab) -> None:
    """Also for negative decimals, whose remainder is -0 in MariaDB, which is not 0 there."""
    with of_type(lab, _DECIMAL, [-0.5, 0.5, -0.75]) as made:
        assert made.where(condition("x % 0.5 = 0", "")) == [0, 1]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=20))
def test_aggregates_are_those_of_plain_python(lab: Lab, values: list[int | None]) -> None:
    """Mean, deviation and quantiles; null where there is nothing to tell."""
    import numpy as np

    there = [value for value in values if value is not None]
    with lab({"x": "integer"}, [(value,) for value in values]) as made:
        expected = {
            "avg(x)": float(np.mean(there)) if there else None,
            "stddev(x)": float(np.std(there, ddof=1)) if len(there) > 1 else None,
            "sum(x)": sum(there) if there else None,
        }
        if made.dialect != "mariadb":
            expected["quantile_cont(x, 0.9)"] = float(np.quantile(there, 0.9)) if there else None
        for text, value in expected.items():
            got = made.aggregate(aggregate(text, ""))
            assert (got is None) == (value is None), (made.dialect, text)
            assert value is None or float(got) == pytest.approx(value, rel=1e-12, abs=1e-9), (made.dialect, text)


def test_the_largest_and_the_smallest_ignore_nulls(lab: Lab) -> None:
    """Null only when all are."""
    with lab({"x": "integer", "y": "integer"}, [(1, 2), (1, None), (None, None)]) as made:
        assert made.values(condition("greatest(x, y)", "")) == [2, 1, None]
        assert made.values(condition("least(x, y)", "")) == [1, 1, None]


# -- times -----------------------------------------------------------------------------------------------------------

MOMENTS = ["2024-01-31 23:59:59.123456", "2024-02-29 00:00:00.000000", "0999-12-31 12:30:00.000000"]


@pytest.mark.parametrize(
    ("unit", "starts"),
    [
        ("year", ["2024-01-01 00:00:00", "2024-01-01 00:00:00", "0999-01-01 00:00:00"]),
        ("quarter", ["2024-01-01 00:00:00", "2024-01-01 00:00:00", "0999-10-01 00:00:00"]),
        ("month", ["2024-01-01 00:00:00", "2024-02-01 00:00:00", "0999-12-01 00:00:00"]),
        ("week", ["2024-01-29 00:00:00", "2024-02-26 00:00:00", "0999-12-30 00:00:00"]),
        ("day", ["2024-01-31 00:00:00", "2024-02-29 00:00:00", "0999-12-31 00:00:00"]),
        ("hour", ["2024-01-31 23:00:00", "2024-02-29 00:00:00", "0999-12-31 12:00:00"]),
        ("minute", ["2024-01-31 23:59:00", "2024-02-29 00:00:00", "0999-12-31 12:30:00"]),
        ("second", ["2024-01-31 23:59:59", "2024-02-29 00:00:00", "0999-12-31 12:30:00"]),
    ],
)
def test_times_are_cut_off_at_their_unit(lab: Lab, unit: str, starts: list[str]) -> None:
    """Weeks begin on Monday."""
    with of_type(lab, MOMENT, MOMENTS) as made:
        got = [plain(value) for value in made.values(condition(f"date_trunc('{unit}', x)", ""))]
        assert got == [f"{start}.000000" for start in starts], made.dialect


def test_a_span_is_added_with_the_end_of_the_month(lab: Lab) -> None:
    """A month after the 31st of January is the last of February."""
    with of_type(lab, MOMENT, MOMENTS[:1]) as made:
        for text in (
            "x + INTERVAL '1' MONTH = TIMESTAMP '2024-02-29 23:59:59.123456'",
            "x - INTERVAL '2' DAY = TIMESTAMP '2024-01-29 23:59:59.123456'",
            "x + INTERVAL '1' SECOND = TIMESTAMP '2024-02-01 00:00:00.123456'",
            "extract(second from x) = 59 AND year(x) = 2024 AND isodow(x) = 3 AND hour(x) = 23",
        ):
            assert made.where(condition(text, "")) == [0], (made.dialect, text)


def test_the_difference_of_times_is_compared_with_a_span(lab: Lab) -> None:
    """To the microsecond, and either way round; null stays unknown."""
    moment = {"postgres": "TIMESTAMP", "mariadb": "DATETIME(6)", "sqlite": "TEXT"}
    with lab({"n": "integer"}) as made:
        kind = moment.get(made.dialect, "TIMESTAMP")
    rows = [
        ("2024-01-04 00:00:00.000000", "2024-01-01 00:00:00.000001"),
        ("2024-01-04 00:00:00.000000", "2024-01-01 00:00:00.000000"),
    ]
    with lab({"x": kind, "y": kind}, [*rows, (None, "2024-01-01 00:00:00.000000")]) as made:
        assert made.where(condition("x - y < INTERVAL '3' DAY", "")) == [0]
        assert made.where(condition("INTERVAL '72' HOUR <= x - y", "")) == [1]
        assert made.where(condition("NOT x - y = INTERVAL '3' DAY", "")) == [0]


def test_a_users_cast_reads_text_strictly_and_anything_else_where_it_fits(lab: Lab) -> None:
    """`1e3` is no integer as text; 5.00 is one as a decimal, a time has a day."""
    with lab({"x": "text"}, [("5",), ("5.0",), ("1e3",), (" 7 ",), ("x",), (None,)]) as made:
        assert made.values(condition("CAST(x AS INTEGER)", "")) == [5, None, None, 7, None, None], made.dialect
    with of_type(lab, _DECIMAL, [5, 5.5, -3]) as made:
        assert made.values(condition("CAST(x AS INTEGER)", "")) == [5, None, -3], made.dialect
    with of_type(lab, MOMENT, MOMENTS) as made:
        days = [plain(value) for value in made.values(condition("CAST(x AS DATE)", ""))]
        assert days == [text[:10] for text in MOMENTS], made.dialect
    with of_type(lab, _DAY, ["2024-01-31"]) as made:
        assert made.where(condition("CAST(x AS TIMESTAMP) = TIMESTAMP '2024-01-31 00:00:00'", "")) == [0], made.dialect


# -- JSON ------------------------------------------------------------------------------------------------------------


def test_a_json_value_carries_its_type(lab: Lab) -> None:
    """A whole number is an integer however it is written, and a text of digits is none."""
    with of_type(lab, _JSON, [*JSON, None]) as made:
        assert made.values(JsonType(this=X)) == [*TYPES, None], made.dialect


_DOCUMENT = json.dumps(
    {"a.b": "xé\n", 'q"k': [1, "t", None], "b\\s": 3, "n": None, "o": {"p": 1, "r": "t"}, "e": {}, "d": [1, 1, 2]}
)


def _part(key: str) -> Tree:
    return JsonPart(this=X, expression=literal(key))


def test_parts_of_json(lab: Lab) -> None:
    """Keys are found whatever they hold; texts lose quotes and escapes; only arrays have items, only objects values."""
    name = exp.to_identifier("i", quoted=True)
    with of_type(lab, _JSON, [_DOCUMENT]) as made:
        for key, text in (("a.b", "xé\n"), ("b\\s", "3"), ("missing", None), ("n", None)):
            assert made.values(JsonText(this=_part(key))) == [text], (made.dialect, key)
        for key, size in (('q"k', 3), ("a.b", None), ("o", None), ("missing", None)):
            assert made.values(exp.ArraySize(this=JsonItems(this=_part(key)))) == [size], (made.dialect, key)
        for key, size in (("o", 2), ("e", 0), ("d", None)):
            assert made.values(exp.ArraySize(this=JsonValues(this=_part(key)))) == [size], (made.dialect, key)
        for key, kind, found in (('q"k', "string", True), ('q"k', "boolean", False), ("a.b", "string", None)):
            same = compare("=", JsonType(this=column("i")), literal(kind))
            typed = AnyOf(this=JsonItems(this=_part(key)), alias=name.copy(), expression=same)
            assert made.values(typed) == [found], (made.dialect, key, kind)
        same = compare("=", JsonText(this=column("i")), literal("t"))
        assert made.where(AnyOf(this=JsonValues(this=_part("o")), alias=name.copy(), expression=same)) == [0]
        items = JsonItems(this=_part("d"))
        assert made.values(exp.ArraySize(this=exp.ArrayCompact(this=items))) == [3]
        assert made.values(exp.ArraySize(this=exp.ArrayDistinct(this=exp.ArrayCompact(this=items)))) == [2]
