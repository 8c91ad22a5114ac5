"""Variables in a contract: `${VAR}` and `${VAR:-default}`, resolved when a value is used, never in the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from dq.contract.model import Property, Rule, SchemaObject
from dq.errors import ContractError, Fault, Place

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_SQL = ("query", "sql")  # `${table}` and its like are placeholders there
_NOWHERE = Place("", 0, "")

T = TypeVar("T")


def resolve(value: T, environ: Mapping[str, str], place: Place = _NOWHERE) -> T:
    """
    *value* with every variable replaced from *environ*: text, or lists and mappings of it; anything else comes back as it is.

    The default holds when the variable is unset or empty. Nothing inside `query` or `sql` is a variable. *place* is where
    the value is written.

    Raises:
        ContractError: a variable is not set and has no default; all of them at once.
    """
    missing: list[Fault] = []
    out: T = _resolved(value, environ, place, missing)
    if missing:
        raise ContractError(missing)
    return out


def resolved(item: SchemaObject, environ: Mapping[str, str]) -> SchemaObject:
    """
    *item* with the variables in its rules and options replaced from *environ*, as `resolve` does.

    Raises:
        ContractError: variables are not set and have no default; all of them at once.
    """
    missing: list[Fault] = []
    out = replace(
        item,
        properties=tuple(_property(part, environ, missing) for part in item.properties),
        rules=tuple(_rule(rule, environ, missing) for rule in item.rules),
    )
    if missing:
        raise ContractError(missing)
    return out


def _property(item: Property, environ: Mapping[str, str], missing: list[Fault]) -> Property:
    return replace(
        item,
        options=_resolved(item.options, environ, item.at("logicalTypeOptions"), missing),
        enum=tuple(_resolved(list(item.enum), environ, item.at("enum"), missing)),
        rules=tuple(_rule(rule, environ, missing) for rule in item.rules),
        properties=tuple(_property(part, environ, missing) for part in item.properties),
        items=_property(item.items, environ, missing) if item.items else None,
    )


def _rule(rule: Rule, environ: Mapping[str, str], missing: list[Fault]) -> Rule:
    return replace(
        rule,
        arguments=_resolved(rule.arguments, environ, rule.at("arguments"), missing),
        implementation=_resolved(rule.implementation, environ, rule.at("implementation"), missing),
        operators=tuple((name, _resolved(value, environ, rule.at(name), missing)) for name, value in rule.operators),
    )


def _resolved(value: Any, environ: Mapping[str, str], place: Place, missing: list[Fault]) -> Any:
    def replacement(found: re.Match[str]) -> str:
        text = environ.get(found["name"], "")
        if text or (found["name"] in environ and found["default"] is None):
            return text
        if found["default"] is not None:
            return found["default"]
        name = found["name"]
        missing.append(Fault(place, f"the variable {name} is not set", f"set it, or write a default: ${{{name}:-…}}"))
        return ""

    if isinstance(value, str):
        return _VARIABLE.sub(replacement, value)
    if isinstance(value, list):
        return [_resolved(item, environ, _inside(place, f"[{index}]"), missing) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return {
            key: part if key in _SQL else _resolved(part, environ, _inside(place, f".{key}"), missing)
            for key, part in value.items()
        }
    return value


def _inside(place: Place, step: str) -> Place:
    return Place(place.document, place.line, f"{place.path}{step}".lstrip("."))
