"""Builders: names and values are quoted whatever they hold, operands are parenthesised, and nothing given is changed."""

from __future__ import annotations

import json
import math
import pickle
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dq.errors import UsageError
from dq.sql import (
    Scalar,
    Tree,
    all_of,
    any_of,
    column,
    compare,
    count_if,
    is_in,
    is_null,
    literal,
    not_,
    ratio,
    reference,
    render,
    table,
    total,
    wrap,
)
from dq.sql.dialects import DIALECTS
from tests.sql.databases import Lab, database

A, B, C = column("a"), column("b"), column("c")

HOSTILE: list[str] = json.loads(Path(__file__).with_name("hostile_names.json").read_text("utf-8"))


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_a_name_is_a_name_whatever_it_holds(name: str) -> None:
    """A hostile name selects the column of that name, and nothing else."""
    with database("duckdb", {"other": "integer", name: "integer"}, [(1, 2)]) as made:
        assert made.values(column(name)) == [2]
    assert table(name).this.args["quoted"] is True


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_a_text_whatever_it_holds(lab: Lab, text: str) -> None:
    """A hostile text comes back as it went in."""
    with lab({"a": "integer"}, [(1,)]) as made:
        assert made.values(literal(text)) == [text]


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8))
def test_any_text_survives_every_dialect(text: str) -> None:
    """What sqlglot reads back of a literal is the text that was written; DuckDB and SQLite read the same."""
    for name in DIALECTS:
        written = render(exp.EQ(this=column("a"), expression=literal(text)), name)
        parsed = sqlglot.parse_one(written, dialect=DIALECTS[name].base).expression
        assert parsed.find(exp.Literal, exp.National).this == text, (name, written)


NUMBERS: list[float | Decimal] = [0, 1, -1, 2**63 - 1, -(2**63), 2**70, 0.1, -0.5, 1e-7, 1e22, 1.5e300, 5e-324, 839267.30852495]
NUMBERS += [Decimal("0.10"), Decimal("1E+5")]


@pytest.mark.parametrize("value", NUMBERS, ids=str)
def test_a_number_is_that_number(lab: Lab, value: Any) -> None:
    """Numbers keep every digit; floats are the same float."""
    with lab({"a": "integer"}, [(1,)]) as made:
        if isinstance(value, int) and abs(value) > 2**63 and made.dialect == "sqlite":
            return
        got = made.values(literal(value))[0]
        assert float(got) == float(value), made.dialect
        assert not isinstance(value, Decimal) or made.dialect == "sqlite" or Decimal(got) == value


BERLIN = timezone(timedelta(hours=1))
WRITTEN: list[tuple[Scalar, str]] = [
    (None, "NULL"),
    (True, "TRUE"),
    (False, "FALSE"),
    (date(2024, 2, 3), "DATE '2024-02-03'"),
    (date(1, 1, 1), "DATE '0001-01-01'"),
    (time(10, 30), "TIME '10:30:00'"),
    (datetime(2024, 2, 3, 10), "TIMESTAMP '2024-02-03 10:00:00'"),  # noqa: DTZ001  without a zone
    (datetime(2024, 2, 3, 10, microsecond=5, tzinfo=BERLIN), "TIMESTAMPTZ '2024-02-03 09:00:00.000005+00:00'"),
    (-5, "-5"),
    (Decimal("1E-3"), "0.001"),
    (1e22, "1e22"),
]


@pytest.mark.parametrize(("value", "text"), WRITTEN, ids=[text for _, text in WRITTEN])
def test_a_literal_carries_its_type(value: Scalar, text: str) -> None:
    """Times say what they are, and those with a zone are in UTC."""
    assert render(literal(value), "duckdb") == text


_KINDS = "give text, a number, true or false, a date, a time or null"
REFUSED: list[tuple[Any, str, str]] = [
    (math.nan, "no literal for nan", "a bound is a finite number"),
    (math.inf, "no literal for inf", "a bound is a finite number"),
    (Decimal("NaN"), "no literal for NaN", "a bound is a finite number"),
    ("a\0", r"a NUL character in the text 'a\x00'", "leave it out: databases cannot keep it"),
    ("\ud800", r"half of a surrogate pair in the text '\ud800'", "write the whole character"),
    (b"x", "no literal for b'x'", _KINDS),
    ([1], "no literal for [1]", _KINDS),
    (time(10, tzinfo=UTC), "no literal for datetime.time(10, 0, tzinfo=datetime.timezone.utc)", _KINDS),
    (Decimal("1E+2000"), "a number of more than a thousand digits", "write a smaller number"),
    (10**1001, "a number of more than a thousand digits", "write a smaller number"),
]


@pytest.mark.parametrize(("value", "what", "mend"), REFUSED, ids=[str(number) for number in range(len(REFUSED))])
def test_what_no_database_keeps_is_no_literal(value: Any, what: str, mend: str) -> None:
    """NaN, infinities, NUL and broken characters are refused with a mend."""
    with pytest.raises(UsageError) as caught:
        literal(value)
    assert str(caught.value) == f"{what}\n  {mend}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "a name is empty\n  name the column or table"),
        ("a\0b", "a NUL character in the name 'a\\x00b'\n  leave it out: databases cannot keep it"),
    ],
)
def test_what_no_database_keeps_is_no_name(name: str, text: str) -> None:
    """Empty names and NUL are refused."""
    for build in (column, table):
        with pytest.raises(UsageError) as caught:
            build(name)
        assert str(caught.value) == text


def test_a_comparison_has_one_of_six_words() -> None:
    """Another word is refused, with those that there are."""
    with pytest.raises(UsageError) as caught:
        compare("~", A, B)
    assert str(caught.value) == "unknown comparison '~'\n  say one of = != <> < <= > >="


def test_nothing_joined_is_the_neutral_value() -> None:
    """All of nothing is TRUE, any of nothing FALSE, no list holds a value, no sum is 0."""
    assert (all_of(), any_of(), is_in(A, []), total([])) == (exp.true(), exp.false(), exp.false(), literal(0))


def test_operands_are_parenthesised_when_they_need_it() -> None:
    """Trees from builders are right as they are; trees of bare nodes are, once they are wrapped."""
    either = any_of(is_null(A), not_(B))
    assert all_of(either, C).sql() == '("a" IS NULL OR NOT "b") AND "c"'
    assert not_(either).sql() == 'NOT ("a" IS NULL OR NOT "b")'
    bare = exp.Sub(this=A.copy(), expression=exp.Sub(this=B.copy(), expression=exp.Neg(this=exp.Neg(this=C.copy()))))
    assert wrap(bare).sql() == '"a" - ("b" - (-(-"c")))'
    assert (
        render(exp.And(this=exp.Or(this=A.copy(), expression=B.copy()), expression=C.copy()), "duckdb") == '("a" OR "b") AND "c"'
    )


def test_five_thousand_operands_render_and_run(lab: Lab) -> None:
    """Joined conditions are balanced trees, so that no engine and no parser runs out of depth."""
    compared = [compare("=", A, literal(number)) for number in range(5000)]
    with lab({"a": "integer"}, [(4999,), (-1,)]) as made:
        assert made.where(any_of(*compared)) == [0]
    assert sqlglot.parse_one(render(all_of(*compared), "postgres"), dialect="postgres") is not None


def test_no_builder_changes_what_it_is_given() -> None:
    """Every builder copies: its operands stand nowhere afterwards, and wrap leaves its tree alone."""
    given = (A, B)
    trees: list[Tree] = [all_of(*given), any_of(*given), not_(A), compare("<", *given), is_null(A)]
    trees += [is_in(A, [B]), count_if(A), ratio(*given), total(given)]
    assert A.parent is None
    assert B.parent is None
    for tree in trees:
        before = tree.sql()
        wrap(tree)
        assert tree.sql() == before
        assert pickle.loads(pickle.dumps(tree)).sql() == before  # noqa: S301  our own


def test_a_ratio_is_exact_enough_and_null_over_nothing(lab: Lab) -> None:
    """Whole numbers are divided in floating point; 0 below is null."""
    with lab({"a": "integer", "b": "integer"}, [(1, 3), (1, 0), (None, 2)]) as made:
        assert made.values(ratio(A, B)) == [1 / 3, None, None]


def test_counting_is_zero_over_nothing(lab: Lab) -> None:
    """`count_if` over no rows, and over unknowns alone, is 0."""
    for rows, expected in (([], 0), ([(None,)], 0), ([(1,), (None,), (2,)], 1)):
        with lab({"a": "integer"}, rows) as made:
            counted = render(count_if(compare("=", A, literal(2))), made.dialect)
            assert made.execute(f"SELECT {counted} FROM t") == [(expected,)]


def test_a_reference_has_a_table_of_its_own() -> None:
    """Datasets that rules refer to cannot be mistaken for tables of the source."""
    assert reference("planes").name == "__dq_reference_planes"
