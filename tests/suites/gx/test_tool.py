"""Beside Great Expectations itself: what is delegated to it, and that it agrees with what is native."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dq
from dq.authoring.export import to_great_expectations
from dq.suites.gx.foreign import _context, _library

pytest.importorskip("great_expectations", reason="needs great_expectations")

NUMBERS = st.lists(st.one_of(st.none(), st.integers(-3, 3)), min_size=1, max_size=8)
TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(["", "a", "ab", "b", "1", "a\nb", "é"])), min_size=1, max_size=8)
MOSTLY = st.sampled_from([None, 0.5, 0.75, 1.0])
COLUMN = [
    ("n", "expect_column_values_to_be_between", {"min_value": -1, "max_value": 2}),
    ("n", "expect_column_values_to_be_between", {"min_value": 0, "strict_min": True}),
    ("n", "expect_column_values_to_be_in_set", {"value_set": [1, 2]}),
    ("n", "expect_column_values_to_not_be_in_set", {"value_set": [0]}),
    ("n", "expect_column_values_to_be_unique", {}),
    ("n", "expect_column_values_to_be_increasing", {}),
    ("n", "expect_column_values_to_be_decreasing", {"strictly": True}),
    ("n", "expect_column_values_to_not_be_null", {}),
    ("n", "expect_column_values_to_be_null", {}),
    ("t", "expect_column_values_to_match_regex", {"regex": "^a"}),
    ("t", "expect_column_values_to_not_match_regex", {"regex": "b"}),
    ("t", "expect_column_value_lengths_to_be_between", {"min_value": 1, "max_value": 1}),
    ("t", "expect_column_values_to_be_in_set", {"value_set": ["a", ""]}),
]


def _told(frame: pd.DataFrame, type_: str, kwargs: dict[str, Any]) -> tuple[bool, list[int]]:
    """What Great Expectations says: its verdict, and the rows that are not as expected."""
    asset = _context(_library()).data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": frame})
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    expectation = ExpectationConfiguration(type=type_, kwargs=kwargs).to_domain_obj()
    said = batch.validate(expectation, result_format="COMPLETE").to_json_dict()
    return said["success"], sorted(said["result"].get("unexpected_index_list") or [])


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(numbers=NUMBERS, texts=TEXTS, what=st.sampled_from(COLUMN), mostly=MOSTLY)
def test_native_checks_agree_with_the_tool(
    numbers: list[int | None], texts: list[str | None], what: tuple[str, str, dict[str, Any]], mostly: float | None
) -> None:
    """On random frames verdict and rows are those of Great Expectations over pandas."""
    column, type_, more = what
    values = numbers if column == "n" else texts
    frame = pd.DataFrame({column: pd.Series(values, dtype="float64" if column == "n" else "str"), "row": range(len(values))})
    kwargs = {"column": column, **more, **({} if mostly is None else {"mostly": mostly})}
    success, rows = _told(frame, type_, kwargs)
    said = {"name": "s", "expectations": [{"type": type_, "kwargs": kwargs}]}
    result = dq.validate(frame, dq.load_suite(said), why=False)
    assert result.ok is success
    if not success:
        assert sorted(row["__dq_row_no"] for row in result.bad or ()) == rows


@pytest.mark.filterwarnings("ignore")
def test_what_has_no_native_form_runs_in_the_tool() -> None:
    """Its bad rows are diverted like any other; where it gives none, its verdict counts; the report says which it ran."""
    frame = pd.DataFrame({"j": ['{"a": 1}', '{"a": "x"}', None], "d": ["2024-01-01", "soon", None]})
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    condition = {"column": "d", "value_set": ["soon"], "row_condition": "d.str.len() > 4", "condition_parser": "pandas"}
    said = {
        "name": "s",
        "expectations": [
            {"type": "expect_column_values_to_match_json_schema", "kwargs": {"column": "j", "json_schema": schema}},
            {"type": "expect_column_values_to_be_dateutil_parseable", "kwargs": {"column": "d", "mostly": 0.5}},
            {"type": "expect_column_values_to_be_in_set", "kwargs": condition},
        ],
    }
    suite = dq.load_suite(said)
    assert (len(suite.native), len(suite.delegated)) == (0, 3)
    result = dq.validate(frame, suite)
    assert [item.status for item in result.checks] == ["fail", "pass", "fail"]
    assert [row["__dq_row_no"] for row in result.bad or ()] == [1]
    assert [note for note in result.notes if note.startswith("3 of 3 checks ran in Great Expectations itself")]


@pytest.mark.filterwarnings("ignore")
def test_an_expectation_suite_is_read_and_made() -> None:
    """An object of the tool is a suite; a suite written out is an object of the tool, with the same expectations."""
    import great_expectations as gx

    theirs = gx.ExpectationSuite(
        name="orders", expectations=[gx.expectations.ExpectColumnValuesToBeInSet(column="a", value_set=[1], mostly=0.5)]
    )
    suite = dq.load_suite(theirs)
    assert (suite.name, suite.checks[0].function) == ("orders", "in_set")
    made = to_great_expectations(suite)
    assert json.loads(made.text)["expectations"][0]["kwargs"] == {"column": "a", "value_set": [1], "mostly": 0.5}
    assert made.build().expectations[0].mostly == 0.5


@pytest.mark.filterwarnings("ignore")
def test_what_the_tool_cannot_judge_errs_alone() -> None:
    """An expectation that raises there is an error, never a pass; the others are judged."""
    expectations = [
        {"type": "expect_column_values_to_be_dateutil_parseable", "kwargs": {"column": "n"}},
        {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "n"}},
    ]
    result = dq.validate(pd.DataFrame({"n": [1]}), dq.load_suite({"name": "s", "expectations": expectations}))
    assert [item.status for item in result.checks] == ["error", "pass"]
