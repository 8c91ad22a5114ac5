"""A pandera schema as people have it: its YAML or JSON, `module:Name`, a mapping, or the object itself; or a contract's rule."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dq.contract import Rule
from dq.contract.document import Document, parse
from dq.errors import ContractError, Fault, Place, UsageError
from dq.suites.code import load_code, names_code
from dq.suites.model import Suite
from dq.suites.pandera import document, objects
from dq.suites.pandera.checks import suite_of
from dq.suites.pandera.model import Api, Component, Schema
from dq.suites.pandera.scripts import library

_TEXTS = (".yaml", ".yml", ".json")
_MEND = "say implementation: module:Name, or {isin: [a, b]} on a property, or {columns: {…}}"


def is_suite(given: object) -> bool:
    """Whether *given* is a pandera schema, or names one: by its class, by its keys, by how it is written."""
    if isinstance(given, str | os.PathLike):
        return names_code(given) or _is_file(Path(given))
    return document.is_schema(given) or objects.is_schema(given)


def _is_file(path: Path) -> bool:
    if path.suffix.lower() not in _TEXTS or not path.is_file():
        return False
    try:
        return document.is_schema(parse(path.read_text("utf-8-sig"), str(path)).value)
    except (OSError, UnicodeDecodeError, ContractError):
        return False


def read(given: object, *, allow_code: Sequence[str] = ()) -> Suite:
    """
    The suite that *given* is, or names: a path, `module:Name`, a mapping, a `DataFrameSchema` or a `DataFrameModel`.

    Raises:
        ContractError: something in it is wrong, or its Python may not run; the error holds every fault. UsageError: there
            is no such file, or it is no schema.
    """
    if isinstance(given, str) and names_code(given):
        return suite_of(_of_code(given, Place(given, 0, ""), allow_code), document={"schema": given})
    if isinstance(given, str | os.PathLike):
        return suite_of(document.schema_of(_document(Path(given))), source=os.fspath(given))
    if isinstance(given, Mapping):
        return suite_of(document.schema_of(Document("schema", dict(given))))
    if not objects.is_schema(given):
        raise UsageError(
            f"a {type(given).__qualname__} is no pandera schema", "suites", "give a DataFrameSchema or a DataFrameModel"
        )
    name = _name(given)
    return suite_of(objects.schema_of(given, Place(name, 0, "")), document={"schema": name})


def _document(path: Path) -> Document:
    try:
        return parse(path.read_text("utf-8-sig"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the schema cannot be read: {error}", str(path), "give a file that pandera's to_yaml wrote") from None


def _name(given: Any) -> str:
    return given.__name__ if isinstance(given, type) else str(getattr(given, "name", None) or "schema")


def _of_code(reference: str, place: Place, allow_code: Sequence[str]) -> Schema:
    found = _code(reference, place, allow_code)
    if not objects.is_schema(found):
        kind = f"{type(found).__module__}.{type(found).__qualname__}"
        raise ContractError([Fault(place, f"'{reference}' is a {kind}", "name a DataFrameSchema or a DataFrameModel")])
    return objects.schema_of(found, place)


def _code(reference: str, place: Place, allow_code: Sequence[str]) -> Any:
    try:
        return load_code(reference, allow_code)
    except UsageError as error:
        raise ContractError([Fault(place, error.what, error.mend)]) from error


# -- rules of a contract ---------------------------------------------------------------------------------------------------


def of_rule(rule: Rule, column: str, *, allow_code: Sequence[str] = ()) -> Suite:
    """
    What `type: custom, engine: pandera` asks: a schema, or checks of *column* when it is written on a property.

    Its implementation is `module:Name` (a schema, a model, a Check or a function), a mapping as in pandera's YAML (a schema,
    or on a property the keys of a column), or the text of one.

    Raises:
        ContractError: it cannot mean anything; every fault with the rule's place.
    """
    try:
        schema = _schema_of_rule(rule, column, allow_code)
        suite = suite_of(schema)
    except ContractError as error:
        raise ContractError([replace(fault, place=_inside(rule.place, fault.place)) for fault in error.faults]) from error
    name = rule.id or rule.name
    checks = tuple(replace(item, clause=replace(item.clause, place=rule.place), rule=name or item.rule) for item in suite.checks)
    gaps = tuple(replace(item, clause=replace(item.clause, place=rule.place), rule=name or item.rule) for item in suite.gaps)
    return replace(suite, checks=checks, gaps=gaps)


def _inside(rule: Place, part: Place) -> Place:
    return Place(rule.document, rule.line, f"{rule.path}.implementation{'.' if part.path else ''}{part.path}")


def _schema_of_rule(rule: Rule, column: str, allow_code: Sequence[str]) -> Schema:
    said: Any = rule.implementation
    if isinstance(said, Mapping) and set(said) == {"schema"}:
        said = said["schema"]
    if isinstance(said, str) and names_code(said.strip()):
        return _of_named(_code(said.strip(), rule.place, allow_code), said.strip(), rule, column)
    if isinstance(said, str):
        said = parse(said, "implementation").value
    if document.is_schema(said):
        return document.schema_of(Document("implementation", said))
    if not isinstance(said, Mapping) or not column:
        raise ContractError([Fault(rule.place, "implementation says no schema", _MEND)])
    if not said:
        raise ContractError([Fault(rule.place, "implementation says no check", _MEND)])
    if "check" in said:
        said = {str(said["check"]): {key: value for key, value in said.items() if key != "check"} or None}
    return _without_presence(document.schema_of(Document("implementation", {"columns": {column: {"nullable": True, **said}}})))


def _of_named(found: Any, reference: str, rule: Rule, column: str) -> Schema:
    """A schema, a model, a Check or a function that is somebody's Python."""
    if objects.is_schema(found):
        return objects.schema_of(found, rule.place)
    if not callable(found):
        raise ContractError([Fault(rule.place, f"'{reference}' is a {type(found).__qualname__}", _MEND)])
    pandas = library(Api.PANDAS)
    check = found if isinstance(found, pandas.Check) else pandas.Check(found)
    rules = tuple(objects.rules(rule.place, [check]))
    if column:
        only = Component(rule.place, column, nullable=True, rules=rules)
        return _without_presence(Schema(rule.place, "", Api.PANDAS, (only,)))
    return Schema(rule.place, "", Api.PANDAS, rules=rules)


def _without_presence(schema: Schema) -> Schema:
    """A rule on a property says nothing about whether the column is there: the contract does."""
    return replace(schema, presence=False)
