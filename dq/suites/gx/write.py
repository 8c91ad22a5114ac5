"""Checks of dq as a suite of Great Expectations 1.x. What it has no word for is listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from sqlglot import exp

from dq.checks import NONE_BAD, Check, Gap, Limit, Mode, Op, Rows, Shape, Unit
from dq.checks.conformity import FORMATS
from dq.sql import Missing, Tree
from dq.suites.draft import there
from dq.suites.gx.foreign import suite_object
from dq.suites.model import Suite, Written

Said = tuple[str, dict[str, Any]]


class Unsaid(Exception):
    """Great Expectations has no word for a check: the message says why."""


def written(name: str, checks: Iterable[Check], gaps: Sequence[Gap] = (), *, sources: Mapping[str, str] | None = None) -> Written:
    """The suite *name* of *checks*; *gaps* are clauses that nobody enforces anyhow, *sources* names of columns in the data."""
    entries, unsaid = [], list(gaps)
    for check in checks:
        if check.id == "record":  # of text files alone
            continue
        named = replace(check, columns=tuple((sources or {}).get(item, item) for item in check.columns))
        try:
            entries += list(_entries(named))
        except Unsaid as reason:
            unsaid.append(Gap(check.clause, f"{check.id}: {reason}", rule=check.rule, column=", ".join(check.columns)))
    document = {"name": name, "expectations": entries, "meta": {}}
    text = json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"
    return Written(text, tuple(unsaid), partial(suite_object, text))


def as_read(suite: Suite) -> Written:
    """A suite that was read from Great Expectations, as it was."""
    text = json.dumps({**suite.document, "meta": {}}, indent=2, ensure_ascii=False, default=str) + "\n"
    return Written(text, (), partial(suite_object, text))


def _entries(check: Check) -> Iterable[dict[str, Any]]:
    if isinstance(check.subject, Shape):
        yield _entry(check, _columns(check, check.subject))
        return
    if check.function not in _WORDS:
        raise Unsaid(f"no expectation says '{check.function or check.name}'")
    word, kwargs = _WORDS[check.function](check)
    filters = _filters(check.where, check.columns)
    if check.is_row_check:
        kwargs |= _mostly(check, counts_values="not_be_null" in word or check.where is not None)
    if filters is not None:
        kwargs |= {"row_condition": filters}
    yield _entry(check, (word, kwargs))


def _entry(check: Check, said: Said) -> dict[str, Any]:
    severity = {Mode.WARN: "warning", Mode.OBSERVE: "info"}.get(check.mode, "critical")
    usual = Mode.QUARANTINE if check.is_row_check else Mode.BLOCK
    own: dict[str, Any] = {"rule": check.rule} if check.rule else {}
    if severity == "critical" and check.mode is not usual:
        own["mode"] = str(check.mode)
    entry = {"type": said[0], "kwargs": said[1], "severity": severity, "description": check.says}
    return entry | ({"meta": {"dq": own}} if own else {})


# -- what each check is called -------------------------------------------------------------------------------------------


def _values(word: str, **names: str) -> Callable[[Check], Said]:
    """An expectation about values: each argument by its name there."""

    def said(check: Check) -> Said:
        return f"expect_column_{word}", {"column": _one(check), **{there: check.arguments[here] for here, there in names.items()}}

    return said


def _bounded(word: str, argument: str, name: str, *, strict: bool = False) -> Callable[[Check], Said]:
    def said(check: Check) -> Said:
        kwargs = {"column": _one(check), name: check.arguments[argument]}
        return f"expect_column_{word}", kwargs | ({f"strict_{name[:3]}": True} if strict else {})

    return said


def _format(check: Check) -> Said:
    return "expect_column_values_to_match_regex", {"column": _one(check), "regex": FORMATS[check.arguments["format"]]}


def _unique(check: Check) -> Said:
    if len(check.columns) == 1:
        return "expect_column_values_to_be_unique", {"column": check.columns[0]}
    return "expect_compound_columns_to_be_unique", {
        "column_list": list(check.columns),
        "ignore_row_if": "any_value_is_missing",
    }


def _measure(word: str) -> Callable[[Check], Said]:
    def said(check: Check) -> Said:
        return f"expect_{word}_to_be_between", {**({"column": _one(check)} if check.columns else {}), **_bounds(check.limits)}

    return said


def _quantile(check: Check) -> Said:
    found = _bounds(check.limits)
    if "strict_min" in found or "strict_max" in found:
        raise Unsaid("the bounds of a quantile are never strict there")
    ranges = {"quantiles": [check.arguments["quantile"]], "value_ranges": [[found.get("min_value"), found.get("max_value")]]}
    return "expect_column_quantile_values_to_be_between", {
        "column": _one(check),
        "quantile_ranges": ranges,
        "allow_relative_error": "linear",
    }


def _null_rate(check: Check) -> Said:
    """A share of nulls is what is left of the share of values."""
    found = _bounds([_as_share(limit) for limit in check.limits])
    turned: dict[str, Any] = {}
    for here, there_ in (("min", "max"), ("max", "min")):
        if f"{here}_value" in found:
            turned[f"{there_}_value"] = round(1 - found[f"{here}_value"], 12)
        if f"strict_{here}" in found:
            turned[f"strict_{there_}"] = True
    return "expect_column_proportion_of_non_null_values_to_be_between", {"column": _one(check), **turned}


def _as_share(limit: Limit) -> Limit:
    if limit.unit is not Unit.PERCENT:
        return limit
    value = tuple(item / 100 for item in limit.value) if isinstance(limit.value, tuple) else limit.value / 100
    return replace(limit, value=value, unit=Unit.VALUE)


def _condition_said(check: Check) -> Said:
    """A condition of one column and literals, or of two columns; the others have no expectation."""
    assert isinstance(check.subject, Rows)  # noqa: S101  so is every condition
    tree = check.subject.bad.this.unnest() if isinstance(check.subject.bad, exp.Not) else exp.null()
    if isinstance(tree, exp.Between) and isinstance(tree.this, exp.Column):
        bounds = {"min_value": _value(tree.args["low"]), "max_value": _value(tree.args["high"])}
        return "expect_column_values_to_be_between", {"column": tree.this.name, **bounds}
    if isinstance(tree, exp.In) and isinstance(tree.this, exp.Column) and tree.expressions:
        return "expect_column_values_to_be_in_set", {"column": tree.this.name, "value_set": [_value(v) for v in tree.expressions]}
    if type(tree) in _OPERATORS and isinstance(tree.this, exp.Column):
        return _pair(tree) if isinstance(tree.expression, exp.Column) else _one_bound(tree)
    raise Unsaid("no expectation says this condition")


def _pair(tree: Tree) -> Said:
    first, second, operator = tree.this.name, tree.expression.name, _OPERATORS[type(tree)]
    if operator in ("<", "<="):
        first, second = second, first
    kwargs = {"column_A": first, "column_B": second, "ignore_row_if": "either_value_is_missing"}
    if operator == "==":
        return "expect_column_pair_values_to_be_equal", kwargs
    return "expect_column_pair_values_a_to_be_greater_than_b", {**kwargs, "or_equal": "=" in operator}


def _one_bound(tree: Tree) -> Said:
    name, value, operator = tree.this.name, _value(tree.expression), _OPERATORS[type(tree)]
    if operator == "==":
        return "expect_column_values_to_be_in_set", {"column": name, "value_set": [value]}
    side = "min" if operator.startswith(">") else "max"
    strict = {} if "=" in operator else {f"strict_{side}": True}
    return "expect_column_values_to_be_between", {"column": name, f"{side}_value": value, **strict}


_WORDS: Mapping[str, Callable[[Check], Said]] = {
    "condition": _condition_said,
    "not_null": _values("values_to_not_be_null"),
    "in_set": _values("values_to_be_in_set", values="value_set"),
    "not_in_set": _values("values_to_not_be_in_set", values="value_set"),
    "matches": _values("values_to_match_regex", pattern="regex"),
    "not_matches": _values("values_to_not_match_regex", pattern="regex"),
    "has_format": _format,
    "at_least": _bounded("values_to_be_between", "value", "min_value"),
    "more_than": _bounded("values_to_be_between", "value", "min_value", strict=True),
    "at_most": _bounded("values_to_be_between", "value", "max_value"),
    "less_than": _bounded("values_to_be_between", "value", "max_value", strict=True),
    "min_length": _bounded("value_lengths_to_be_between", "length", "min_value"),
    "max_length": _bounded("value_lengths_to_be_between", "length", "max_value"),
    "unique": _unique,
    "minimum": _measure("column_min"),
    "maximum": _measure("column_max"),
    "mean": _measure("column_mean"),
    "sum": _measure("column_sum"),
    "stddev": _measure("column_stdev"),
    "distinct_count": _measure("column_unique_value_count"),
    "row_count": _measure("table_row_count"),
    "quantile": _quantile,
    "null_rate": _null_rate,
}


def _columns(check: Check, subject: Shape) -> Said:
    """The columns that are declared; in their order where that is asked."""
    if subject.order in (Mode.QUARANTINE, Mode.BLOCK) and subject.extra in (Mode.QUARANTINE, Mode.BLOCK):
        return "expect_table_columns_to_match_ordered_list", {"column_list": list(check.columns)}
    exact = subject.extra in (Mode.QUARANTINE, Mode.BLOCK)
    return "expect_table_columns_to_match_set", {"column_set": list(check.columns), "exact_match": exact}


def _one(check: Check) -> str:
    if len(check.columns) != 1 or "[]" in check.id.partition(".")[0] or check.id.count(".") > 1 + check.columns[0].count("."):
        raise Unsaid("it looks into a value")
    return check.columns[0]


# -- numbers -------------------------------------------------------------------------------------------------------------


def _bounds(limits: Iterable[Limit]) -> dict[str, Any]:
    """Limits as two bounds, each of which may be left out, or be strict."""
    found: dict[str, Any] = {}
    for limit in limits:
        if limit.unit is Unit.PERCENT:
            raise Unsaid("it is bounded in percent")
        if limit.op is Op.BETWEEN:
            found |= {"min_value": limit.value[0], "max_value": limit.value[1]}
        elif limit.op is Op.EQ:
            found |= {"min_value": limit.value, "max_value": limit.value}
        elif limit.op in (Op.GE, Op.GT):
            found |= {"min_value": limit.value} | ({"strict_min": True} if limit.op is Op.GT else {})
        elif limit.op in (Op.LE, Op.LT):
            found |= {"max_value": limit.value} | ({"strict_max": True} if limit.op is Op.LT else {})
        else:
            raise Unsaid(f"no expectation says 'must be {limit}'")
    return found


def _mostly(check: Check, *, counts_values: bool) -> dict[str, Any]:
    """A tolerance as `mostly`, which is a share of the values there are."""
    if check.limits == NONE_BAD:
        return {}
    limit = check.limits[0]
    if len(check.limits) > 1 or limit.unit is not Unit.PERCENT or limit.op is not Op.LE:
        raise Unsaid(f"a tolerance is a share of rows there, not '{' and '.join(map(str, check.limits))}'")
    if not counts_values:
        raise Unsaid("its tolerance is a share of all rows, and there of those with a value")
    return {"mostly": round(1 - limit.value / 100, 12)}


# -- filters -------------------------------------------------------------------------------------------------------------

_OPERATORS: Mapping[type[exp.Expr], str] = {
    exp.EQ: "==",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}


def _filters(where: Tree | None, columns: Sequence[str]) -> dict[str, Any] | None:
    """A filter as a condition of 1.x, without that a value must be there, which is always so there."""
    if where is None:
        return None
    implied = [there(name) for name in columns] + [there(*columns)] if columns else []
    parts = [part for part in _conjuncts(where) if part not in implied]
    said = [_condition(part) for part in parts]
    return None if not said else said[0] if len(said) == 1 else {"type": "and", "conditions": said}


def _conjuncts(tree: Tree) -> list[Tree]:
    tree = tree.unnest()
    return [*_conjuncts(tree.left), *_conjuncts(tree.right)] if isinstance(tree, exp.And) else [tree]


def _condition(tree: Tree) -> dict[str, Any]:
    tree = tree.unnest()
    if isinstance(tree, exp.Not):
        inner = tree.this.unnest()
        if isinstance(inner, exp.Is | Missing):
            return {**_condition(inner), "is_null": False}
    if isinstance(tree, exp.Is | Missing) and isinstance(tree.this, exp.Column):
        return {"type": "nullity", "column": {"name": tree.this.name}, "is_null": True}
    if isinstance(tree, exp.Or):
        return {"type": "or", "conditions": [_condition(tree.left), _condition(tree.right)]}
    if type(tree) in _OPERATORS and isinstance(tree.this, exp.Column):
        return _comparison(tree.this.name, _OPERATORS[type(tree)], _value(tree.expression))
    if isinstance(tree, exp.In) and isinstance(tree.this, exp.Column) and tree.expressions:
        return _comparison(tree.this.name, "IN", [_value(item) for item in tree.expressions])
    raise Unsaid(f"no row condition says {tree.sql()}")


def _comparison(name: str, operator: str, parameter: Any) -> dict[str, Any]:
    return {"type": "comparison", "column": {"name": name}, "operator": operator, "parameter": parameter}


def _value(tree: Tree) -> Any:
    tree = tree.unnest()
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal):
        return -_value(tree.this)
    if isinstance(tree, exp.Boolean):
        return bool(tree.this)
    if isinstance(tree, exp.Cast) and isinstance(tree.this, exp.Literal):  # a time
        return tree.this.this
    if isinstance(tree, exp.Literal):
        return tree.this if tree.is_string else tree.to_py()
    raise Unsaid(f"no row condition says {tree.sql()}")
