"""What no JSON schema sees: names that lead nowhere, bounds the wrong way round, two of one name, dq's words misused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dq.contract.document import Document
from dq.contract.extension import extension_problems
from dq.contract.model import Contract
from dq.contract.nodes import Path
from dq.contract.spelling import did_you_mean
from dq.contract.views import children, columns_of, parts, time_zones
from dq.errors import Fault

_PAIRS = (
    ("minimum", "maximum"),
    ("minimum", "exclusiveMaximum"),
    ("exclusiveMinimum", "maximum"),
    ("exclusiveMinimum", "exclusiveMaximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")
_BETWEEN = ("mustBeBetween", "mustNotBeBetween")


def problems(contract: Contract) -> tuple[Fault, ...]:
    """
    What is wrong with *contract* beyond the official JSON schema, in document order.

    Empty for a contract that can be compiled as far as its own words go; conditions and queries are parsed later.
    """
    document = contract.written or Document(contract.place.document, contract.document)
    return tuple(sorted(_problems(document), key=lambda fault: fault.place.line))


def _problems(document: Document) -> Iterator[Fault]:
    said: Mapping[str, Any] = document.value if isinstance(document.value, dict) else {}
    yield from extension_problems(document, (), said)
    yield from _zones(document, said)
    objects = list(children(said, (), "schema"))
    yield from _twice(document, objects, "name", "objects")
    known = {item["name"]: item for _, item in objects if isinstance(item.get("name"), str)}
    for path, item in objects:
        nested = list(parts(item, path))
        rules = [rule for where, holder in ((path, item), *nested) for rule in children(holder, where, "quality")]
        yield from extension_problems(document, path, item)
        yield from _twice(document, rules, "id", "rules")
        yield from _key_positions(document, path, item)
        yield from _siblings(document, path, item)
        for where, part in nested:
            yield from extension_problems(document, where, part)
            yield from _siblings(document, where, part)
            yield from _options(document, where, part)
            yield from _enum(document, where, part)
        for where, rule in rules:
            yield from extension_problems(document, where, rule)
            yield from _rule(document, where, rule, item)
        for where, holder in ((path, item), *nested):
            for there, join in children(holder, where, "relationships"):
                yield from extension_problems(document, there, join)
                yield from _relationship(document, there, join, item, known)


def _leads(item: Mapping[str, Any], column: str) -> bool:
    """Whether an object has the column of that name or id; parts of a nested one are joined by dots."""
    for _, part in children(item, (), "properties"):
        for own in (part.get("name"), part.get("id")):
            if column == own or (isinstance(own, str) and column.startswith(f"{own}.") and _leads(part, column[len(own) + 1 :])):
                return True
    return False


def _names(item: Mapping[str, Any]) -> list[str]:
    return [part["name"] for _, part in children(item, (), "properties") if isinstance(part.get("name"), str)]


def _twice(document: Document, items: Iterable[tuple[Path, Mapping[str, Any]]], key: str, what: str) -> Iterator[Fault]:
    """Items that say the same under *key*."""
    seen: dict[str, Path] = {}
    for path, item in items:
        name = item.get(key)
        if isinstance(name, str) and name and seen.setdefault(name, path) != path:
            first = document.line((*seen[name], key))
            yield document.fault(
                (*path, key),
                f"two {what} have the {key} '{name}'{f', first on line {first}' if first else ''}",
                "rename one of them",
            )


def _siblings(document: Document, path: Path, holder: Mapping[str, Any]) -> Iterator[Fault]:
    """Properties of one name, and a list of required ones that names others."""
    inside = list(children(holder, path, "properties"))
    yield from _twice(document, inside, "name", "properties")
    options = holder.get("logicalTypeOptions")
    required = options.get("required") if isinstance(options, dict) else None
    known = _names(holder)
    for index, name in enumerate(required if isinstance(required, list) and inside else ()):
        if isinstance(name, str) and name not in known:
            yield document.fault((*path, "logicalTypeOptions", "required", index), f"no property '{name}'", _mend(name, known))


def _key_positions(document: Document, path: Path, item: Mapping[str, Any]) -> Iterator[Fault]:
    keys = [(where, part) for where, part in children(item, path, "properties") if part.get("primaryKey") is True]
    seen: dict[int, str] = {}
    for where, part in keys if len(keys) > 1 else ():
        position = part.get("primaryKeyPosition")
        if isinstance(position, int) and position > 0 and seen.setdefault(position, part.get("name", "")) != part.get("name", ""):
            problem = f"primaryKeyPosition {position} is taken by '{seen[position]}'"
            yield document.fault((*where, "primaryKeyPosition"), problem, "number the columns of the key 1, 2, 3, …")


def _options(document: Document, path: Path, part: Mapping[str, Any]) -> Iterator[Fault]:
    options = part.get("logicalTypeOptions")
    said: dict[str, Any] = options if isinstance(options, dict) else {}
    for low, high in _PAIRS:
        if _above(said.get(low), said.get(high)):
            problem = f"{low} {said[low]} is above {high} {said[high]}"
            yield document.fault((*path, "logicalTypeOptions", low), problem, "no value can satisfy both: swap or mend them")


def _above(low: object, high: object) -> bool:
    """Whether *low* is more than *high*: numbers, or ISO dates and times of one form."""
    if isinstance(low, str) and isinstance(high, str):
        return len(low) == len(high) and low > high and _ISO.match(low) is not None and _ISO.match(high) is not None
    return isinstance(low, int | float) and isinstance(high, int | float) and low > high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _enum(document: Document, path: Path, part: Mapping[str, Any]) -> Iterator[Fault]:
    for where, entry in children(part, path, "enum"):
        if "value" in entry and entry["value"] is None:
            yield document.fault(
                (*where, "value"), "null is no allowed value", "take it out: null always passes, `required: true` forbids it"
            )


def _rule(document: Document, path: Path, rule: Mapping[str, Any], item: Mapping[str, Any]) -> Iterator[Fault]:
    arguments = rule.get("arguments")
    for where, holder in ((path, rule), ((*path, "arguments"), arguments if isinstance(arguments, dict) else {})):
        if "validValues" in holder:
            yield from _valid_values(document, (*where, "validValues"), holder["validValues"])
    named = arguments.get("properties") if isinstance(arguments, dict) else None
    for index, name in enumerate(named if isinstance(named, list) else ()):
        if isinstance(name, str) and not _leads(item, name):
            yield document.fault((*path, "arguments", "properties", index), f"no property '{name}'", _mend(name, _names(item)))
    for operator in _BETWEEN:
        if operator in rule:
            yield from _between(document, (*path, operator), rule[operator])
    if rule.get("type") == "custom" and str(rule.get("engine", "")).strip().lower() == "dq":
        said = rule.get("implementation")
        if not isinstance(said, dict):
            yield document.fault(
                (*path, "implementation"), "implementation must be a mapping", 'write {check: condition, sql: "a <= b"}'
            )
        elif "check" not in said and "distribution" not in said:
            yield document.fault(
                (*path, "implementation"), "'check' is missing", 'write {check: condition, sql: "a <= b"}, or another check'
            )


def _valid_values(document: Document, path: Path, values: object) -> Iterator[Fault]:
    if not isinstance(values, list):
        yield document.fault(path, "validValues must be a list", "write validValues: [a, b]")
    elif not values:
        yield document.fault(path, "validValues is empty: every value would be invalid", "list the values that are allowed")
    for index, value in enumerate(values if isinstance(values, list) else ()):
        if value is None:
            yield document.fault(
                (*path, index), "null is no valid value", "take it out: null always passes, `required: true` forbids it"
            )


def _between(document: Document, path: Path, bounds: object) -> Iterator[Fault]:
    if not isinstance(bounds, list) or len(bounds) != 2 or not all(map(_is_number, bounds)):
        yield document.fault(path, f"{path[-1]} needs two numbers", f"write {path[-1]}: [1, 5]")
    elif bounds[0] > bounds[1]:
        yield document.fault(
            path, f"{path[-1]} has its bounds the wrong way round", f"write {path[-1]}: [{bounds[1]}, {bounds[0]}]"
        )


def _relationship(
    document: Document, path: Path, join: Mapping[str, Any], item: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> Iterator[Fault]:
    ends = {key: list(_references(join, path, key)) for key in ("from", "to")}
    for where, reference in ends["from"]:
        table, column = columns_of(reference)
        if table and table not in (item.get("name"), item.get("id")):
            problem = f"'{table}' is not this object"
            yield document.fault(where, problem, f"a relationship starts at a column of '{item.get('name')}'")
        elif not _leads(item, column):
            yield document.fault(where, f"'{item.get('name')}' has no property '{column}'", _mend(column, _names(item)))
    for where, reference in ends["to"]:
        table, column = columns_of(reference)
        if table in known and "#" not in reference and not _leads(known[table], column):
            yield document.fault(where, f"'{table}' has no property '{column}'", _mend(column, _names(known[table])))
    if ends["from"] and ends["to"] and len(ends["from"]) != len(ends["to"]):
        yield document.fault(path, "'from' and 'to' name different numbers of columns", "join column by column")


def _references(join: Mapping[str, Any], path: Path, key: str) -> Iterator[tuple[Path, str]]:
    """The references under *key*, one or a list of them, with their paths."""
    said = join.get(key)
    if isinstance(said, str):
        yield (*path, key), said
    for index, reference in enumerate(said if isinstance(said, list) else ()):
        if isinstance(reference, str):
            yield (*path, key, index), reference


def _zones(document: Document, said: Mapping[str, Any]) -> Iterator[Fault]:
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    found = time_zones(said)
    for zone, path in found.items():
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            yield document.fault(path, f"no time zone '{zone}'", "write a name of the tz database, such as Europe/Berlin, or UTC")
    for zone, path in list(found.items())[1:]:
        yield document.fault(
            path, f"two default time zones: {next(iter(found))} and {zone}", "dq reads one per contract: split it, or store UTC"
        )


def _mend(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return did_you_mean(name, names) or (f"known: {', '.join(names)}" if names else "")
