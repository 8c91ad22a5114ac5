"""A check's arguments as a contract says them, held against the parameters of its function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dq.checks.model import Definition
from dq.errors import UsageError
from dq.sql import pattern_problem


def check_arguments(definition: Definition, arguments: Mapping[str, Any]) -> None:
    """
    See that *arguments* can be those of the check *definition*.

    Raises:
        UsageError: one is unknown, missing, of the wrong type, or a pattern outside the portable subset.
    """
    known = definition.parameters
    takes = f"it takes: {', '.join(known) or 'nothing'}"
    if unknown := sorted(set(arguments) - set(known)):
        raise UsageError(f"check '{definition.name}' takes no '{unknown[0]}'", "", takes)
    if missing := [name for name, item in known.items() if item.default is item.empty and name not in arguments]:
        raise UsageError(f"check '{definition.name}' needs '{missing[0]}'", "", takes)
    for name, value in arguments.items():
        words, fits = _TYPES[str(known[name].annotation)]
        if not fits(value):
            raise UsageError(f"'{name}' of check '{definition.name}' is {words}, not {value!r}", "", f"write {words}")
    if problem := pattern_problem(arguments["pattern"]) if "pattern" in arguments else None:
        what, _, mend = problem.partition("; ")
        raise UsageError(what, "", mend)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 and value == int(value)


def _is_scalar(value: object) -> bool:
    return value is not None and not isinstance(value, list | tuple | dict)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and not any(isinstance(item, list | dict) for item in value)


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value) and bool(value)


def _are_shares(value: object) -> bool:
    return isinstance(value, dict) and bool(value) and all(_is_number(share) and 0 <= share <= 1 for share in value.values())


# The annotation of a parameter -> what it is called, and whether a value of a document is one.
_TYPES: Mapping[str, tuple[str, Callable[[object], bool]]] = {
    "int": ("a whole number from 0", _is_count),
    "float": ("a number", _is_number),
    "str": ("text", lambda value: isinstance(value, str)),
    "Scalar": ("one value", _is_scalar),
    "Sequence[Scalar]": ("a list of values", _is_list),
    "Sequence[str]": ("a list of names", _are_names),
    "Mapping[Scalar, float]": ("a share from 0 to 1 for each value", _are_shares),
}
