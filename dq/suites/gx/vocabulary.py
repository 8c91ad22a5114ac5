"""The expectations of Great Expectations' core, and the arguments that each takes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from dq.errors import UsageError

# What every expectation takes; some of these say how a result is shown, which is dq's business.
EVERYWHERE = frozenset(
    {
        "batch_id",
        "catch_exceptions",
        "condition_parser",
        "description",
        "id",
        "include_config",
        "meta",
        "notes",
        "rendered_content",
        "result_format",
        "row_condition",
        "severity",
        "unexpected_rows_query_limit",
        "windows",
    }
)
_RANGE = "min_value max_value strict_min strict_max"
_CORE = f"""
expect_column_distinct_values_to_be_in_set: column value_set
expect_column_distinct_values_to_contain_set: column value_set
expect_column_distinct_values_to_equal_set: column value_set
expect_column_kl_divergence_to_be_less_than: column partition_object threshold internal_weight_holdout tail_weight_holdout \
bucketize_data min_value max_value
expect_column_max_to_be_between: column {_RANGE}
expect_column_mean_to_be_between: column {_RANGE}
expect_column_median_to_be_between: column {_RANGE}
expect_column_min_to_be_between: column {_RANGE}
expect_column_most_common_value_to_be_in_set: column value_set ties_okay
expect_column_pair_values_a_to_be_greater_than_b: column_A column_B or_equal ignore_row_if mostly
expect_column_pair_values_to_be_equal: column_A column_B ignore_row_if mostly
expect_column_pair_values_to_be_in_set: column_A column_B value_pairs_set ignore_row_if mostly
expect_column_proportion_of_non_null_values_to_be_between: column {_RANGE}
expect_column_proportion_of_unique_values_to_be_between: column {_RANGE}
expect_column_quantile_values_to_be_between: column quantile_ranges allow_relative_error
expect_column_stdev_to_be_between: column {_RANGE}
expect_column_sum_to_be_between: column {_RANGE}
expect_column_to_exist: column column_index
expect_column_type_to_be: column type_
expect_column_unique_value_count_to_be_between: column {_RANGE}
expect_column_value_lengths_to_be_between: column mostly {_RANGE}
expect_column_value_lengths_to_equal: column mostly value
expect_column_value_z_scores_to_be_less_than: column mostly threshold double_sided
expect_column_values_to_be_between: column mostly {_RANGE}
expect_column_values_to_be_dateutil_parseable: column mostly
expect_column_values_to_be_decreasing: column mostly strictly
expect_column_values_to_be_in_set: column mostly value_set
expect_column_values_to_be_in_type_list: column mostly type_list
expect_column_values_to_be_increasing: column mostly strictly
expect_column_values_to_be_json_parseable: column mostly
expect_column_values_to_be_null: column mostly
expect_column_values_to_be_of_type: column mostly type_
expect_column_values_to_be_unique: column mostly
expect_column_values_to_match_json_schema: column mostly json_schema
expect_column_values_to_match_like_pattern: column mostly like_pattern escape
expect_column_values_to_match_like_pattern_list: column mostly like_pattern_list match_on escape
expect_column_values_to_match_regex: column mostly regex
expect_column_values_to_match_regex_list: column mostly regex_list match_on
expect_column_values_to_match_strftime_format: column mostly strftime_format
expect_column_values_to_not_be_in_set: column mostly value_set
expect_column_values_to_not_be_null: column mostly
expect_column_values_to_not_be_outliers: column mostly method multiplier
expect_column_values_to_not_match_like_pattern: column mostly like_pattern escape
expect_column_values_to_not_match_like_pattern_list: column mostly like_pattern_list escape
expect_column_values_to_not_match_regex: column mostly regex
expect_column_values_to_not_match_regex_list: column mostly regex_list
expect_compound_columns_to_be_unique: column_list ignore_row_if mostly
expect_multicolumn_sum_to_equal: column_list sum_total ignore_row_if mostly
expect_multicolumn_values_to_be_equal: column_list ignore_row_if mostly
expect_multicolumn_values_to_be_unique: column_list ignore_row_if mostly
expect_query_results_to_match_comparison: base_query comparison_data_source_name comparison_query mostly
expect_select_column_values_to_be_unique_within_record: column_list ignore_row_if mostly
expect_table_column_count_to_be_between: {_RANGE}
expect_table_column_count_to_equal: value
expect_table_columns_to_match_ordered_list: column_list
expect_table_columns_to_match_set: column_set exact_match
expect_table_row_count_to_be_between: {_RANGE}
expect_table_row_count_to_equal: value
expect_table_row_count_to_equal_other_table: other_table_name
unexpected_rows_expectation: unexpected_rows_query
"""
ARGUMENTS: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split()) for line in _CORE.strip().splitlines() for name, _, words in [line.partition(":")]
}


def type_name(name: str) -> str:
    """The type of an expectation, also when its class is named: `ExpectColumnToExist`."""
    if name[:1].isupper():
        return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    return name


def check_arguments(type_: str, names: frozenset[str]) -> None:
    """
    See that a core expectation takes *names*.

    Raises:
        UsageError: it does not take one of them.
    """
    takes = ARGUMENTS[type_]
    if unknown := sorted(names - takes - EVERYWHERE):
        near = difflib.get_close_matches(unknown[0], takes, n=1)
        hint = f"did you mean '{near[0]}'? " if near else ""
        raise UsageError(f"{type_} takes no '{unknown[0]}'", "", f"{hint}it takes: {', '.join(sorted(takes))}")


def did_you_mean(type_: str) -> str:
    """What to do about an expectation that nobody knows."""
    near = difflib.get_close_matches(type_, ARGUMENTS, n=1)
    hint = f"did you mean '{near[0]}'? " if near else ""
    return f"{hint}one of your own runs when the setting allow_code lists the module that defines it"
