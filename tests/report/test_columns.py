"""Laws of profiles and of what stands out, as people and programs read them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dq import report
from dq.checks.model import Status
from dq.report import record, words
from dq.result import Bin, ColumnProfile, Counted, Standout

FARE = ColumnProfile(
    "fare",
    "DOUBLE",
    1_000,
    12,
    88,
    "-1.5",
    "99.0",
    mean=12.25,
    stddev=3.5,
    quantiles=(1.0, 2.0, 3.0, 4.0, 5.0),
    top=(("7.0", 400), (None, 12)),
    histogram=(Bin(-1.5, 50.0, 900), Bin(50.0, 99.0, 88)),
)
CODE = ColumnProfile("code", "VARCHAR", 1_000, 0, 900, "A-1", "Z-99", lengths=(3, 3.5, 4), patterns=(("A-99", 700), ("A-9", 300)))
MQ = Standout("carrier", "MQ", 98, 0.98, 800, 0.08, 12.25)


def test_a_page_says_what_a_column_holds() -> None:
    """Two lines a column: nulls, values, range, mean, quantiles, lengths; bars and frequent values, or shapes."""
    page = report.profile([FARE, CODE], "trips.csv", width=120)
    assert page.splitlines() == [
        "trips.csv · 1,000 rows · 2 columns",
        "",
        "fare  DOUBLE",
        "    1.2 % null · about 88 values · -1.5 … 99.0 · mean 12.25 ± 3.5 · 5 25 50 75 95 %: 1 2 3 4 5",
        "    █▂ · 7.0 40 % · null 1.2 %",
        "code  VARCHAR",
        "    no nulls · about 900 values · A-1 … Z-99 · 3 to 4 characters, mean 3.5",
        "    A-99 70 % · A-9 30 %",
    ]


def test_nothing_has_a_page_too() -> None:
    """No columns, no rows: a page all the same."""
    assert report.profile([]).split() == ["0", "rows", "·", "0", "columns"]
    assert "no nulls" in report.profile([ColumnProfile("a", "INTEGER", 0, 0, 0)])


def test_a_narrow_page_stays_narrow() -> None:
    """No line runs over the width."""
    assert max(map(len, report.profile([FARE, CODE], width=40).splitlines())) <= 40


def test_hostile_text_is_safe_to_print() -> None:
    """Names, types, values and shapes hold no control character on a page."""
    evil = "x\x1b[2J\n\u202e"
    page = report.profile([replace(CODE, name=evil, type=evil, low=evil, top=((evil, 3),))], evil)
    assert not set(page) & {"\x1b", "\u202e"}
    assert not set(report.profile_json([replace(CODE, name=evil)])) & {"\x1b", "\u202e"}


def test_a_result_carries_profile_and_why(make: Any, found: Any) -> None:
    """JSON holds every fact of both, as the schema says; the terminal page a line for each standout, and the columns."""
    item = replace(
        found("tailnum.required", Status.FAIL, Counted(1_000, 100)), why=(MQ, Standout("x", None, 30, 0.3, 90, 0.09, 3.3))
    )
    result = make(item, profile=(FARE, CODE))
    document = json.loads(report.json(result))
    schema = record.schema()
    Draft202012Validator(schema).validate(document)
    assert [list(said) for said in document["checks"][0]["why"]] == [list(schema["$defs"]["standout"]["properties"])] * 2
    assert [list(said) for said in document["profile"]] == [list(schema["$defs"]["profile"]["properties"])] * 2
    assert [list(said) for said in document["profile"][0]["histogram"]] == [list(schema["$defs"]["bin"]["properties"])] * 2
    assert document["checks"][0]["why"][0] == {
        "column": "carrier",
        "value": "MQ",
        "bad": 98,
        "bad_share": 0.98,
        "rows": 800,
        "row_share": 0.08,
        "lift": 12.25,
    }
    page = report.terminal(result).splitlines()
    assert "    98 % have carrier = MQ (8 % of all rows)" in page
    assert "    30 % have x = null (9 % of all rows)" in page
    assert "fare  DOUBLE" in page


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (MQ, "98 % have carrier = MQ (8 % of all rows)"),
        (replace(MQ, value=""), "98 % have carrier = (empty) (8 % of all rows)"),
        (replace(MQ, value=None), "98 % have carrier = null (8 % of all rows)"),
        (replace(MQ, column="(file)", value="data/part-0007.parquet"), "98 % are in part-0007.parquet (8 % of all rows)"),
        (replace(MQ, column="(position)", value="70,000 to 79,999"), "98 % are in rows 70,000 to 79,999 (8 % of all rows)"),
        (replace(MQ, bad_share=1.0, row_share=0.0004), "100 % have carrier = MQ (0.040 % of all rows)"),
        (replace(MQ, bad_share=0.9999), "99.99 % have carrier = MQ (8 % of all rows)"),
    ],
)
def test_the_line_of_a_standout(said: Standout, line: str, found: Any) -> None:
    """A share of the bad rows, what they have, and the share of all rows; never 100 % for not all."""
    assert words.standout(found("a.b", Status.FAIL, Counted(1_000, 100)), said) == line
