"""Every expectation of Great Expectations' core means here what it means there; the facts are in YAML."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import dq
from dq.suites.gx.vocabulary import ARGUMENTS

FOLDER = Path(__file__).parent
FACTS = {
    f"{name}-{number}": (name, fact)
    for name, facts in yaml.safe_load((FOLDER / "expectations.yaml").read_text("utf-8")).items()
    for number, fact in enumerate(facts)
}
CONDITIONS = yaml.safe_load((FOLDER / "conditions.yaml").read_text("utf-8"))
TABLE = {"n": [1, 2, None, 4], "t": ["x", "y z", None, "x"], "b": [True, False, None, True], "my name": [1, 1, 2, 2]}
# Without a native form, or judged beside another table: tested with the tool itself, or below.
ELSEWHERE = {
    "expect_column_kl_divergence_to_be_less_than",
    "expect_column_values_to_be_dateutil_parseable",
    "expect_column_values_to_match_json_schema",
    "expect_table_row_count_to_equal_other_table",
    "expect_query_results_to_match_comparison",
}


def suite_of(name: str, kwargs: Mapping[str, Any], **more: Any) -> dq.Suite:
    """A suite of one expectation."""
    return dq.load_suite({"name": "one", "expectations": [{"type": name, "kwargs": dict(kwargs), **more}]})


def bad_rows(frame: pd.DataFrame, name: str, kwargs: Mapping[str, Any]) -> list[int]:
    """
    The rows that are not as expected, whatever share of them may be so.

    Each row has a number of its own: of rows that are equal in every column, one is not diverted.
    """
    strict = {key: value for key, value in kwargs.items() if key != "mostly"}
    result = dq.validate(frame.assign(number=range(len(frame))), suite_of(name, strict), why=False)
    assert not [item.message for item in result.checks if item.status == "error"]
    return sorted(row["__dq_row_no"] for row in result.bad or ())


def test_every_core_expectation_has_a_fact() -> None:
    """No expectation of the core is without a fact, or a test of its own."""
    assert set(ARGUMENTS) - {name for name, _ in FACTS.values()} == ELSEWHERE


@pytest.mark.parametrize("fact", FACTS)
def test_the_facts_hold(fact: str) -> None:
    """The same bad rows, and the same verdict: natively."""
    name, said = FACTS[fact]
    frame = pd.DataFrame(said["rows"])
    suite = suite_of(name, said["kwargs"])
    assert not suite.delegated
    result = dq.validate(frame, suite, why=False)
    assert not [item.message for item in result.checks if item.status == "error"]
    assert result.ok is said.get("ok", not said.get("bad"))
    if "bad" in said:
        assert bad_rows(frame, name, said["kwargs"]) == said["bad"]


@pytest.mark.parametrize("number", range(len(CONDITIONS)))
def test_row_conditions_choose_the_rows_they_say(number: int) -> None:
    """Rows that pass the condition are judged, as the language of the condition means it; the others are not."""
    said = CONDITIONS[number]
    kwargs = {"column": "id", "value_set": [-1], "row_condition": said["said"]}
    if isinstance(said["said"], str):
        kwargs["condition_parser"] = said.get("parser", "pandas")
    frame = pd.DataFrame({"id": range(4), **TABLE})
    assert bad_rows(frame, "expect_column_values_to_be_in_set", kwargs) == said["kept"]


@pytest.mark.parametrize("condition", ["__import__('os').system('x')", "n.sum() > 1", "n[0] == 1", "n ** 2 > 1", "lambda: n"])
def test_code_in_a_row_condition_is_never_run(condition: str) -> None:
    """What is more than a comparison goes to the tool that knows the language, or is refused; dq runs none of it."""
    kwargs = {"column": "n", "value_set": [1], "row_condition": condition, "condition_parser": "pandas"}
    suite = suite_of("expect_column_values_to_be_in_set", kwargs)
    assert len(suite.delegated) == 1
    assert suite.delegated[0].where is None


def test_the_other_table_is_a_reference() -> None:
    """As many rows as another table; without that table the check is skipped, which never passes."""
    suite = suite_of("expect_table_row_count_to_equal_other_table", {"other_table_name": "others"})
    rows = pd.DataFrame({"a": [1, 2]})
    assert dq.validate(rows, suite, references={"others": rows}).ok
    assert not dq.validate(rows, suite, references={"others": rows.head(1)}).ok
    assert dq.validate(rows, suite).checks[-1].status == "skip"


def test_a_comparison_with_another_data_source_is_a_gap() -> None:
    """What nobody can judge here is a gap, so that the dataset is not simply a pass."""
    kwargs = {"base_query": "SELECT 1", "comparison_data_source_name": "there", "comparison_query": "SELECT 1"}
    suite = suite_of("expect_query_results_to_match_comparison", kwargs)
    assert (suite.checks, len(suite.gaps)) == ((), 1)
    assert "there" in suite.gaps[0].reason


@pytest.mark.parametrize(
    ("severity", "mode"), [("critical", "quarantine"), ("warning", "warn"), ("info", "observe"), (None, "quarantine")]
)
def test_severities_are_modes(severity: str | None, mode: str) -> None:
    """Critical rows are diverted, a warning warns, an info is only recorded."""
    check = suite_of("expect_column_values_to_not_be_null", {"column": "a"}, severity=severity).checks[0]
    assert check.mode == mode


def test_parameters_are_given_or_worked_out() -> None:
    """A parameter is a value given at loading, or arithmetic of such values and the time; a missing one is named."""
    kwargs = {"column": "a", "max_value": {"$PARAMETER": "limit * 2"}, "min_value": {"$PARAMETER": "least"}}
    said = {"name": "s", "expectations": [{"type": "expect_column_values_to_be_between", "kwargs": kwargs}]}
    suite = dq.load_suite(said, parameters={"limit": 5, "least": 1})
    assert dq.validate(pd.DataFrame({"a": [1, 10]}), suite).ok
    assert not dq.validate(pd.DataFrame({"a": [11]}), suite).ok
    with pytest.raises(dq.ContractError, match=r"parameter 'limit' is not given"):
        dq.load_suite(said, parameters={"least": 1})


@pytest.mark.parametrize("text", ["'a' * 9999999999", "open('x')", "now().year", "a if b else c", "[1] * 9", "2 ** 99"])
def test_a_parameter_is_arithmetic_and_no_more(text: str) -> None:
    """Nothing that a parameter says is run, or fills the memory."""
    kwargs = {"column": "a", "max_value": {"$PARAMETER": text}}
    with pytest.raises(dq.ContractError, match="parameter"):
        suite_of("expect_column_values_to_be_between", kwargs)


def test_hostile_names_are_names() -> None:
    """A column's name is quoted wherever it goes, into queries of their own too."""
    name = 'a"b; DROP TABLE x --'
    frame = pd.DataFrame({name: [1, 1, 2]})
    for type_, kwargs in (
        ("expect_column_most_common_value_to_be_in_set", {"column": name, "value_set": [1]}),
        ("expect_column_values_to_be_increasing", {"column": name}),
        ("expect_column_value_z_scores_to_be_less_than", {"column": name, "threshold": 9, "double_sided": True}),
    ):
        assert dq.validate(frame, suite_of(type_, kwargs)).ok


def test_conditions_nested_without_end_are_refused() -> None:
    """A condition of ten thousand negations is a fault of the suite."""
    kwargs = {"column": "a", "value_set": [1], "row_condition": "not " * 10_000 + "a", "condition_parser": "pandas"}
    with pytest.raises(dq.ContractError, match="row condition"):
        suite_of("expect_column_values_to_be_in_set", kwargs)


def test_without_the_tool_what_is_delegated_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its message names the extra, for rows and for verdicts alike; the native expectations are judged."""
    monkeypatch.setitem(sys.modules, "great_expectations", None)
    kwargs = {"column": "t", "row_condition": "t.str.len() > 0", "condition_parser": "pandas"}
    expectations = [
        {"type": "expect_column_values_to_be_dateutil_parseable", "kwargs": {"column": "t"}},
        {"type": "expect_column_most_common_value_to_be_in_set", "kwargs": {**kwargs, "value_set": ["x"]}},
        {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": "t", "value_set": ["x"]}},
    ]
    result = dq.validate(pd.DataFrame({"t": ["x"]}), dq.load_suite({"name": "s", "expectations": expectations}))
    assert [item.status for item in result.checks] == ["error", "error", "pass"]
    needed = "great_expectations is not installed: pip install 'dq-suite[gx]'"
    assert [item.message for item in result.checks[:2]] == [needed, needed]
