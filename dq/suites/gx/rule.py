"""A rule of a contract that is written for Great Expectations: `type: custom, engine: greatExpectations`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from dq.contract import Rule
from dq.errors import Place, UsageError
from dq.suites.gx.vocabulary import ARGUMENTS, type_name

_MEND = "say implementation: {type: expect_column_values_to_be_in_set, kwargs: {value_set: [a, b]}}"


def entries(rule: Rule, column: str) -> Iterator[tuple[Mapping[str, Any], Place]]:
    """
    The entries of a suite that *rule* holds: one expectation, a list of them, or a suite; also as text of YAML or JSON.

    On a property the column need not be said again.

    Raises:
        UsageError: its implementation is none of these.
    """
    said: Any = rule.implementation
    if isinstance(said, str):
        try:
            said = yaml.safe_load(said)
        except yaml.YAMLError as error:
            raise UsageError(f"implementation is not YAML: {str(error).splitlines()[0]}", "", _MEND) from None
    if isinstance(said, Mapping) and isinstance(said.get("expectations"), list):
        said = said["expectations"]
    listed = said if isinstance(said, list) else [said]
    for number, entry in enumerate(listed):
        if not isinstance(entry, Mapping):
            raise UsageError(f"implementation is no expectation: {entry!r}", "", _MEND)
        place = rule.place
        if len(listed) > 1:
            place = Place(place.document, place.line, f"{place.path}.implementation[{number}]")
        yield _entry(entry, column), place


def _entry(entry: Mapping[str, Any], column: str) -> dict[str, Any]:
    type_ = type_name(str(entry.get("type") or entry.get("expectation_type") or entry.get("expectation") or ""))
    kwargs = dict(entry.get("kwargs") or {})
    if column and "column" in ARGUMENTS.get(type_, ()):
        kwargs.setdefault("column", column)
    return {**entry, "type": type_, "kwargs": kwargs, "severity": entry.get("severity") or ""}
