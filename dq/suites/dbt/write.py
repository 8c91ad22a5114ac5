"""Checks of dq as data tests of a dbt model, with dbt-utils and dbt-expectations. What they have no word for is listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import yaml

from dq.checks import NONE_BAD, Ask, Check, Gap, Header, Limit, Mode, Op, Shape, Unit
from dq.checks.conformity import FORMATS
from dq.sql import spoken
from dq.suites.model import Suite, Written

Test = tuple[str, dict[str, Any]]
_E = "dbt_expectations.expect_"


class Unsaid(Exception):
    """dbt has no word for a check: the message says why."""


def written(name: str, checks: Iterable[Check], gaps: Sequence[Gap] = (), *, sources: Mapping[str, str] | None = None) -> Written:
    """The model *name* with *checks* as its tests; *gaps* are clauses that nobody enforces anyhow, *sources* names in data."""
    whole: list[Any] = []
    columns: dict[str, list[Any]] = {(sources or {}).get(item, item): [] for check in checks for item in check.columns}
    unsaid = list(gaps)
    for check in checks:
        if check.id == "record":  # of text files alone
            continue
        names = [(sources or {}).get(item, item) for item in check.columns]
        try:
            test, arguments = _test(check, names)
            said = {test: arguments | _config(check)}
        except Unsaid as reason:
            unsaid.append(Gap(check.clause, f"{check.id}: {reason}", rule=check.rule, column=", ".join(check.columns)))
        else:
            (columns[names[0]] if test in _OF_COLUMNS else whole).append(said if said[test] else test)
    model: dict[str, Any] = {"name": name}
    if whole:
        model["data_tests"] = whole
    model["columns"] = [{"name": item, **({"data_tests": tests} if tests else {})} for item, tests in columns.items()]
    document = {"version": 2, "models": [model]}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120)
    return Written(text, tuple(unsaid), partial(yaml.safe_load, text))


def as_read(suite: Suite) -> Written:
    """A suite that was read from dbt's YAML, as it was."""
    text = yaml.safe_dump({"version": 2, **suite.document}, sort_keys=False, allow_unicode=True, width=120)
    return Written(text, (), partial(yaml.safe_load, text))


def _test(check: Check, names: Sequence[str]) -> Test:
    if isinstance(check.subject, Shape | Header):
        return _columns(check.subject, names)
    if check.function not in _WORDS:
        raise Unsaid(f"no test says '{check.function or check.name}'")
    if check.function not in _OF_TABLES and (
        len(names) != 1 or "[]" in check.id or check.id.count(".") > 1 + names[0].count(".")
    ):
        raise Unsaid("it looks into a value")
    return _WORDS[check.function](check)


def _columns(subject: Shape | Header, names: Sequence[str]) -> Test:
    if isinstance(subject, Header):
        word = {Ask.ORDER: "match_ordered_list", Ask.EXACT: "match_set", Ask.THERE: "contain_set", Ask.ABSENT: "not_contain_set"}
        if subject.ask not in word:
            raise Unsaid("no test says it of columns")
        return f"{_E}table_columns_to_{word[subject.ask]}", {"column_list": list(names)}
    exact = subject.extra in (Mode.QUARANTINE, Mode.BLOCK)
    return f"{_E}table_columns_to_{'match' if exact else 'contain'}_set", {"column_list": list(names)}


# -- configuration -------------------------------------------------------------------------------------------------------

_FAILS = {Op.LE: ">", Op.LT: ">=", Op.EQ: "!=", Op.NE: "=", Op.GE: "<", Op.GT: "<="}


def _config(check: Check) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if check.mode in (Mode.WARN, Mode.OBSERVE):
        said["severity"] = "warn"
    if check.where is not None:
        said["where"] = spoken(check.where)
    if check.is_row_check and check.limits != NONE_BAD:
        limit = check.limits[0]
        if len(check.limits) > 1 or limit.unit is not Unit.ROWS or limit.op not in _FAILS:
            raise Unsaid(f"a tolerance is a number of rows there, not '{' and '.join(map(str, check.limits))}'")
        said["warn_if" if "severity" in said else "error_if"] = f"{_FAILS[limit.op]}{limit.value}"
    return {"config": said} if said else {}


# -- what each check is called -------------------------------------------------------------------------------------------


def _named(test: str, **names: str) -> Callable[[Check], Test]:
    return lambda check: (test, _arguments({there: check.arguments[here] for here, there in names.items()}))


def _arguments(said: dict[str, Any]) -> dict[str, Any]:
    return {"arguments": said} if said else {}


def _range(name: str, *, inclusive: bool) -> Callable[[Check], Test]:
    def said(check: Check) -> Test:
        arguments = {name: check.arguments["value"]}
        return "dbt_utils.accepted_range", _arguments(arguments if inclusive else {**arguments, "inclusive": False})

    return said


def _unique(check: Check) -> Test:
    if len(check.columns) == 1:
        return "unique", {}
    return "dbt_utils.unique_combination_of_columns", _arguments({"combination_of_columns": list(check.columns)})


def _foreign_key(check: Check) -> Test:
    if len(check.columns) != 1:
        raise Unsaid("a relationship has one column there")
    return "relationships", _arguments({"to": f"ref('{check.arguments['to']}')", "field": check.arguments["to_columns"][0]})


def _condition(check: Check) -> Test:
    return "dbt_utils.expression_is_true", _arguments({"expression": check.arguments["sql"]})


def _format(check: Check) -> Test:
    return f"{_E}column_values_to_match_regex", _arguments({"regex": FORMATS[check.arguments["format"]]})


def _measure(word: str) -> Callable[[Check], Test]:
    def said(check: Check) -> Test:
        more = {"quantile": check.arguments["quantile"]} if word == "column_quantile_values" else {}
        return f"{_E}{word}_to_be_between", _arguments({**more, **_bounds(check.limits)})

    return said


def _bounds(limits: Sequence[Limit]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    strict = {limit.op in (Op.GT, Op.LT) for limit in limits}
    for limit in limits:
        if limit.unit is Unit.PERCENT:
            raise Unsaid("it is bounded in percent")
        if limit.op in (Op.EQ, Op.BETWEEN):
            low, high = limit.value if isinstance(limit.value, tuple) else (limit.value, limit.value)
            found |= {"min_value": low, "max_value": high}
        elif limit.op in (Op.GE, Op.GT):
            found["min_value"] = limit.value
        elif limit.op in (Op.LE, Op.LT):
            found["max_value"] = limit.value
        else:
            raise Unsaid(f"no test says 'must be {limit}'")
    if len(strict) > 1:
        raise Unsaid("both bounds are strict there, or none is")
    return found | ({"strictly": True} if strict == {True} else {})


_WORDS: Mapping[str, Callable[[Check], Test]] = {
    "not_null": _named("not_null"),
    "in_set": _named("accepted_values", values="values"),
    "not_in_set": _named("dbt_utils.not_accepted_values", values="values"),
    "unique": _unique,
    "foreign_key": _foreign_key,
    "condition": _condition,
    "at_least": _range("min_value", inclusive=True),
    "more_than": _range("min_value", inclusive=False),
    "at_most": _range("max_value", inclusive=True),
    "less_than": _range("max_value", inclusive=False),
    "matches": _named(f"{_E}column_values_to_match_regex", pattern="regex"),
    "not_matches": _named(f"{_E}column_values_to_not_match_regex", pattern="regex"),
    "has_format": _format,
    "min_length": _named(f"{_E}column_value_lengths_to_be_between", length="min_value"),
    "max_length": _named(f"{_E}column_value_lengths_to_be_between", length="max_value"),
    "minimum": _measure("column_min"),
    "maximum": _measure("column_max"),
    "mean": _measure("column_mean"),
    "sum": _measure("column_sum"),
    "stddev": _measure("column_stdev"),
    "quantile": _measure("column_quantile_values"),
    "distinct_count": _measure("column_unique_value_count"),
    "row_count": _measure("table_row_count"),
}
_OF_TABLES = ("unique", "condition", "row_count", "foreign_key")
_OF_COLUMNS = frozenset(
    {
        *("not_null", "accepted_values", "unique", "relationships", "dbt_utils.not_accepted_values", "dbt_utils.accepted_range"),
        *(
            f"{_E}column_values_to_match_regex",
            f"{_E}column_values_to_not_match_regex",
            f"{_E}column_value_lengths_to_be_between",
        ),
        *(f"{_E}column_{word}_to_be_between" for word in ("min", "max", "mean", "sum", "stdev", "quantile_values")),
        f"{_E}column_unique_value_count_to_be_between",
    }
)
