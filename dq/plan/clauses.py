"""What a contract's words promise: each clause of a property or rule becomes one promise, or a gap that says why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dq.checks import Clause, Gap, GapKind, Limit, Op, Unit
from dq.checks.conformity import FORMATS
from dq.checks.model import NONE_BAD
from dq.contract.model import Property, Rule
from dq.errors import UsageError
from dq.plan.kinds import kind_of, physical
from dq.sql import Base

OPERATORS = {
    "mustBe": Op.EQ,
    "mustNotBe": Op.NE,
    "mustBeGreaterThan": Op.GT,
    "mustBeGreaterOrEqualTo": Op.GE,
    "mustBeLessThan": Op.LT,
    "mustBeLessOrEqualTo": Op.LE,
    "mustBeBetween": Op.BETWEEN,
    "mustNotBeBetween": Op.NOT_BETWEEN,
}
_OLD_METRICS = {
    "duplicateCount": "duplicateValues",
    "nullCheck": "nullValues",
    "nullCount": "nullValues",
    "rowCount": "rowCount",
    "validValues": "invalidValues",
}


@dataclass(frozen=True, slots=True)
class Promise:
    """A check by name, its arguments, and the numbers it allows. Argument `columns` names columns other than the property's."""

    check: str
    clause: Clause
    arguments: Mapping[str, Any] = field(default_factory=dict)
    limits: tuple[Limit, ...] = NONE_BAD
    name: str = ""
    says: str = ""
    warning: str = ""


# -- properties ------------------------------------------------------------------------------------------------------

_BOUNDS = {"minimum": "at_least", "maximum": "at_most", "exclusiveMinimum": "more_than", "exclusiveMaximum": "less_than"}
_SIZES = {
    "minLength": ("min_length", "length"),
    "maxLength": ("max_length", "length"),
    "minItems": ("min_items", "items"),
    "maxItems": ("max_items", "items"),
}
_NUMBER_FORMATS = {f"{sign}{bits}": (sign, bits) for sign in "iu" for bits in (8, 16, 32, 64, 128)}


def options(item: Property) -> Iterator[Promise | Gap]:
    """The promises of a property's own words: type, required, enum, options, in that order; keys are the object's."""
    kind = kind_of(item)
    if kind and kind.base not in (Base.UNKNOWN, Base.JSON):
        key = "logicalType" if item.logical_type else "physicalType"
        yield Promise(
            "fits_type",
            Clause(item.at(key), f"{key}: {item.logical_type or item.physical_type}"),
            {"kind": str(kind)},
            name="type",
        )
    elif item.physical_type and not item.logical_type and not kind:
        yield Gap(
            Clause(item.at("physicalType"), f"physicalType: {item.physical_type}"),
            f"unknown physical type '{item.physical_type}'",
            GapKind.NOT_JUDGED,
        )
    if item.required or item.primary_key:
        key = "required" if item.required else "primaryKey"
        yield Promise("not_null", Clause(item.at(key), f"{key}: true"), name="required")
    if item.enum:
        yield Promise("in_set", Clause(item.at("enum"), "enum"), {"values": item.enum}, name="enum")
    base, length, _ = physical(item.physical_type)
    if base is Base.TEXT and length and "maxLength" not in item.options and (kind is None or kind.base is Base.TEXT):
        yield Promise(
            "max_length",
            Clause(item.at("physicalType"), f"physicalType: {item.physical_type}"),
            {"length": length},
            name="length",
        )
    for key, value in item.options.items():
        yield from _option(item, key, value, Clause(item.at(f"logicalTypeOptions.{key}"), f"{key}: {value}"))


def _option(item: Property, key: str, value: Any, clause: Clause) -> Iterator[Promise | Gap]:
    if key in _BOUNDS:
        yield Promise(_BOUNDS[key], clause, {"value": value}, name=key)
    elif key in _SIZES:
        check, argument = _SIZES[key]
        yield Promise(check, clause, {argument: value}, name=key)
    elif key == "pattern":
        yield Promise("matches", clause, {"pattern": value}, name=key)
    elif key == "multipleOf":
        yield Promise("multiple_of", clause, {"value": value}, name=key)
    elif key == "uniqueItems":
        if value:
            yield Promise("unique_items", clause, name=key)
    elif key == "format":
        yield from _format(item, value, clause)
    elif key not in ("timezone", "defaultTimezone", "required"):  # how values are read; `required` is that of the parts
        yield Gap(clause, f"option '{key}' is not enforced", column=item.name)


def _format(item: Property, value: Any, clause: Clause) -> Iterator[Promise | Gap]:
    if item.logical_type in ("date", "timestamp", "time"):
        return  # says how text is read, see dq.plan.kinds
    if value in FORMATS:
        yield Promise("has_format", clause, {"format": value}, name="format")
    elif value in _NUMBER_FORMATS:
        sign, bits = _NUMBER_FORMATS[value]
        low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if sign == "i" else (0, 2**bits - 1)
        yield Promise("at_least", clause, {"value": low}, name="format")
        yield Promise("at_most", clause, {"value": high}, name="format")
    elif value in ("f32", "f64", "password", "binary"):
        yield Gap(clause, f"format '{value}' says nothing about a value", GapKind.NOT_JUDGED, column=item.name)
    else:
        yield Gap(clause, f"unknown format '{value}'", column=item.name)


# -- rules -----------------------------------------------------------------------------------------------------------


def rule_promise(rule: Rule, clause: Clause, path: str) -> Promise | Gap:
    """
    What a quality rule promises.

    Raises:
        UsageError: it cannot mean anything: a wrong argument, no operator, an unknown unit.
    """
    name = rule.id or rule.name
    if rule.type == "text":
        return Gap(clause, "text for people", GapKind.NOT_JUDGED, rule=name)
    if rule.type == "custom":
        return _custom(rule, clause)
    limits, warning = limits_of(rule.operators, rule.unit)
    if rule.type == "sql" or (rule.query and not rule.metric):
        if not limits:
            raise UsageError("a sql rule needs an operator", "", "add mustBe, mustBeGreaterThan, …")
        values = tuple(Limit(limit.op, limit.value, Unit.VALUE) for limit in limits)
        return Promise("sql", clause, {"query": rule.query}, values, says=rule.description, warning=warning)
    metric = _OLD_METRICS.get(rule.metric, rule.metric)
    if metric not in _METRICS:
        return Gap(clause, f"unknown metric '{rule.metric}'" if rule.metric else "no metric", rule=name)
    check, arguments = _METRICS[metric](rule.arguments)
    if metric == "rowCount":
        if not limits:
            raise UsageError("rowCount needs an operator", "", "add mustBeGreaterThan: 0, or another bound")
        limits = _measured(limits, check)
    elif not path and "columns" not in arguments:
        raise UsageError(
            f"{metric} needs a column",
            "",
            "write the rule on a property" + (", or say arguments: {properties: […]}" if metric == "duplicateValues" else ""),
        )
    return Promise(check, clause, arguments, limits or NONE_BAD, name=rule.metric, warning=warning)


def limits_of(operators: tuple[tuple[str, Any], ...], unit: str) -> tuple[tuple[Limit, ...], str]:
    """The limits that operators say, and a warning when there is more than one: they are AND-ed."""
    if unit.strip().lower() not in ("", "rows", "row", "percent", "%"):
        raise UsageError(f"unknown unit '{unit}'", "", "say rows or percent")
    measured = Unit.PERCENT if unit.strip().lower() in ("percent", "%") else Unit.ROWS
    limits = []
    for name, value in operators:
        op = OPERATORS[name]
        if op in (Op.BETWEEN, Op.NOT_BETWEEN):
            if not isinstance(value, list) or len(value) != 2 or not all(_is_number(item) for item in value):
                raise UsageError(f"{name} needs two numbers, not {value!r}", "", f"say {name}: [1, 5]")
            limits.append(Limit(op, tuple(value), measured))
        elif op not in (Op.EQ, Op.NE) and not _is_number(value):
            raise UsageError(f"{name} needs a number, not {value!r}", "", f"say {name}: 5")
        else:
            limits.append(Limit(op, value, measured))
    return tuple(limits), "two operators on one rule: both must hold" if len(limits) > 1 else ""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _null_values(_: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "not_null", {}


def _missing_values(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "not_missing", {"values": tuple(_listed(arguments, "missingValues", may_be_empty=True))}


def _invalid_values(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    pattern = arguments.get("pattern")
    if "validValues" in arguments and pattern is not None:
        return "valid", {"values": _listed(arguments, "validValues"), "pattern": pattern}
    if pattern is not None:
        return "matches", {"pattern": pattern}
    if "validValues" in arguments:
        return "in_set", {"values": _listed(arguments, "validValues")}
    raise UsageError("invalidValues needs arguments", "", "say arguments: {validValues: […]} or {pattern: '…'}")


def _duplicate_values(arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "unique", {"columns": tuple(arguments["properties"])} if arguments.get("properties") else {}


def _row_count(_: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "row_count", {}


_METRICS = {
    "nullValues": _null_values,
    "missingValues": _missing_values,
    "invalidValues": _invalid_values,
    "duplicateValues": _duplicate_values,
    "rowCount": _row_count,
}


def _listed(arguments: Mapping[str, Any], name: str, *, may_be_empty: bool = False) -> list[Any]:
    values = arguments.get(name, [])
    if not isinstance(values, list) or not (values or may_be_empty):
        raise UsageError(f"{name} needs a list of values, not {values!r}", "", f"say {name}: [a, b]")
    if name == "validValues" and None in values:
        raise UsageError(
            "validValues holds a null, which says nothing", "", "take it out; null always passes, `required` forbids it"
        )
    return values


# -- custom rules: `engine: dq` ---------------------------------------------------------------------------------------

_MEASURES = {
    "row_count",
    "null_rate",
    "minimum",
    "maximum",
    "mean",
    "sum",
    "stddev",
    "quantile",
    "distinct_count",
    "distribution",
}
_SHARES = {"row_count", "null_rate", "distribution"}  # rows: of all rows of the dataset
_SHORT = {"min": "minimum", "max": "maximum", "avg": "mean", "average": "mean", "one_per_group": "one_per_group"}


def _custom(rule: Rule, clause: Clause) -> Promise | Gap:
    name = rule.id or rule.name
    if rule.engine.strip().lower() != "dq":
        return Gap(clause, f"rules of '{rule.engine}' are not run", rule=name)
    said = rule.implementation
    if not isinstance(said, dict):
        raise UsageError("implementation is not a mapping", "", 'say implementation: {check: condition, sql: "a <= b"}')
    said = dict(said)
    if "distribution" in said and "check" not in said:  # the short form: {distribution: {a: 0.1, …}, max_distance: 0.05}
        said |= {"check": "distribution", "shares": said.pop("distribution")}
    check = str(said.pop("check", ""))
    check = _SHORT.get(check, check)
    operators = tuple((key, said.pop(key)) for key in list(said) if key in OPERATORS)
    limits, warning = limits_of(operators, str(said.pop("unit", rule.unit)))
    if check == "distribution" and "max_distance" in said:
        limits = (Limit(Op.LE, said.pop("max_distance")),)
    spellings = ("column", "by", "columns") if check in ("one_per_group", "group_sum") else ("column", "columns")
    if key := next((key for key in spellings if key in said), None):
        said["columns"] = _names(key, said.pop(key))
    if check in _MEASURES:
        if not limits:
            raise UsageError(f"check '{check}' needs a bound", "", "add mustBeBetween: [1, 5], or another operator")
        limits = _measured(limits, check)
    return Promise(check, clause, said, limits or NONE_BAD, warning=warning)


def _names(key: str, value: object) -> tuple[str, ...]:
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not names or not all(isinstance(name, str) and name for name in names):
        raise UsageError(f"'{key}' names no columns: {value!r}", "", f"say {key}: NAME, or {key}: [NAME, NAME]")
    return tuple(names)


def _measured(limits: tuple[Limit, ...], check: str) -> tuple[Limit, ...]:
    """The limits as those of a measured value; one that is a share may be bounded in percent."""
    if check not in _SHARES and any(limit.unit is Unit.PERCENT for limit in limits):
        raise UsageError(f"'{check}' is no share: it has no percent", "", "leave out unit: percent")
    return tuple(Limit(item.op, item.value, item.unit if item.unit is Unit.PERCENT else Unit.VALUE) for item in limits)
