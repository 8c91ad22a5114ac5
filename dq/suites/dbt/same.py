"""Tests of dbt-expectations that ask what an expectation of Great Expectations asks: the same checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from dq.suites.draft import Draft, both, there
from dq.suites.gx.aggregates import SETS
from dq.suites.gx.columns import ALL_ROWS, VALUES
from dq.suites.gx.expectation import Expectation
from dq.suites.gx.several import several_drafts
from dq.suites.gx.tables import TABLES

Said = Mapping[str, Any]

# What dbt-expectations adds to say how its SQL is written; it changes nothing here.
_HOW = (
    "is_raw",
    "quote_values",
    "quote_columns",
    "flags",
    "transform",
    "data_type",
    "step",
    "row_condition",
    "group_by",
    "strictly",
)
_KEPT = (
    "column_distinct_values_to_be_in_set",
    "column_distinct_values_to_contain_set",
    "column_distinct_values_to_equal_set",
    "column_values_to_be_in_set",
    "column_values_to_not_be_in_set",
    "column_values_to_be_null",
    "column_values_to_not_be_null",
    "column_values_to_be_unique",
    "column_value_lengths_to_be_between",
    "column_value_lengths_to_equal",
    "column_values_to_match_regex",
    "column_values_to_not_match_regex",
    "column_values_to_match_regex_list",
    "column_values_to_match_like_pattern",
    "column_values_to_not_match_like_pattern",
    "column_values_to_match_like_pattern_list",
    "compound_columns_to_be_unique",
    "select_column_values_to_be_unique_within_record",
    "table_column_count_to_equal",
    "table_column_count_to_be_between",
    "table_columns_to_match_ordered_list",
)
_FLAGGED = {"i": "(?i)", "": "", "c": ""}


def same_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of a test that Great Expectations has too. Raises KeyError for any other."""
    word, changed = SAME[said.word](said.said)
    kept = {name: value for name, value in changed.items() if name not in _HOW}
    like = replace(said, word=f"expect_{word}", said=kept)
    if like.word in ALL_ROWS:
        yield replace(ALL_ROWS[like.word](like), where=said.filter)
    elif like.word in VALUES:
        yield replace(VALUES[like.word](like), where=both(there(like.column), said.filter))
    elif like.word in SETS:
        yield replace(SETS[like.word](like), where=said.filter)
    elif like.word in TABLES:
        yield TABLES[like.word](like)
    else:
        yield from several_drafts(like)


Change = Callable[[Said], tuple[str, dict[str, Any]]]


def _as(word: str, **renamed: str) -> Change:
    return lambda said: (word, _patterned({renamed.get(name, name): value for name, value in said.items()}))


def _patterned(said: dict[str, Any]) -> dict[str, Any]:
    """Patterns with their flags written into them; strict bounds as Great Expectations says them."""
    flags = _FLAGGED.get(str(said.get("flags", "")), f"(?{said.get('flags')})")
    if "regex" in said:
        said["regex"] = flags + str(said["regex"])
    if "regex_list" in said:
        said["regex_list"] = [flags + str(item) for item in said["regex_list"]]
    if said.get("strictly"):
        said |= {"strict_min": True, "strict_max": True}
    return said


SAME: dict[str, Change] = {f"dbt_expectations.expect_{word}": _as(word) for word in _KEPT}
SAME["dbt_expectations.expect_table_columns_to_match_set"] = _as("table_columns_to_match_set", column_list="column_set")
SAME["dbt_expectations.expect_column_values_to_be_of_type"] = _as("column_values_to_be_of_type", column_type="type_")
SAME["dbt_expectations.expect_column_values_to_be_in_type_list"] = _as(
    "column_values_to_be_in_type_list", column_type_list="type_list"
)


def _contains(said: Said) -> tuple[str, dict[str, Any]]:
    return "table_columns_to_match_set", {"column_set": said.get("column_list"), "exact_match": False}


def _exists(said: Said) -> tuple[str, dict[str, Any]]:
    """Its places count from 1."""
    place = said.get("column_index")
    return "column_to_exist", {"column": said.get("column"), **({} if place is None else {"column_index": place - 1})}


def _between(said: Said) -> tuple[str, dict[str, Any]]:
    return "column_values_to_be_between", _patterned(dict(said))


SAME["dbt_expectations.expect_table_columns_to_contain_set"] = _contains
SAME["dbt_expectations.expect_column_to_exist"] = _exists
SAME["dbt_expectations.expect_column_values_to_be_between"] = _between
