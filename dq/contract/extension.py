"""dq's own words in a contract: the custom property named `dq`. Read leniently into a view; judged strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from dq.contract.document import Document
from dq.contract.model import Extension
from dq.contract.nodes import Path
from dq.contract.spelling import did_you_mean
from dq.errors import Fault
from dq.settings import age

_MODES = ("observe", "warn", "quarantine", "block")
_WORDS = {"mode": _MODES, "order": _MODES, "extra": _MODES, "on": ("arrived", "good"), "against": ("target",)}
_LISTS = ("stages", "waive")
_READ = {
    "delimiter": "one character",
    "quote": "one character",
    "header": "true or false",
    "encoding": "text",
    "decimal": "one character",
    "nullTokens": "a list of texts",
    "timestampFormats": "a list of texts",
}
_KEEP = re.compile(r"none|(?:first|last)(?: by \S.*)?")
_BUDGET = re.compile(r"\d+(?:\.\d+)?\s*%|\d+")
_KNOWN = tuple(item.name for item in fields(Extension))


def extension(holder: object) -> Extension:
    """What the custom property `dq` of *holder* says; what cannot be understood is left out, `problems` tells it."""
    said = next((item.get("value") for _, item in _entries(holder)), None)
    if not isinstance(said, dict):
        return Extension()
    values: dict[str, Any] = {name: value for name, value in said.items() if name in _KNOWN and not _problem(name, value)}
    for name in _LISTS:
        if name in values:
            values[name] = (values[name],) if isinstance(values[name], str) else tuple(values[name])
    return Extension(**values)


def extension_problems(document: Document, path: Path, holder: object) -> Iterator[Fault]:
    """What is wrong with the custom property `dq` of *holder*, which is at *path*."""
    entries = list(_entries(holder))
    for index, item in entries:
        here = (*path, "customProperties", index)
        said = item.get("value")
        if index != entries[0][0]:
            yield document.fault(here, "'dq' is said twice here", "put everything into one value")
        if not isinstance(said, dict):
            yield document.fault(here, "the value of 'dq' must be a mapping", "write value: {mode: warn}")
            continue
        for name, value in said.items():
            if name not in _KNOWN:
                hint = did_you_mean(name, _KNOWN)
                yield document.fault(
                    (*here, "value", name), f"dq does not know '{name}'", f"{hint} known: {', '.join(_KNOWN)}".strip()
                )
            elif problem := _problem(name, value):
                yield document.fault((*here, "value", name), problem)
            elif name == "read":
                yield from _read_problems(document, (*here, "value", name), value)


def _entries(holder: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The custom properties named `dq`, with their positions."""
    listed = holder.get("customProperties") if isinstance(holder, Mapping) else None
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict) and item.get("property") == "dq":
            yield index, item


def _problem(name: str, value: object) -> str:
    """Why *value* cannot be what *name* says; empty when it can."""
    if name in _WORDS:
        return "" if value in _WORDS[name] else f"{name} must be {' or '.join(_WORDS[name])}, not '{value}'"
    if name in _LISTS:
        fits = isinstance(value, str) or (isinstance(value, list) and all(isinstance(part, str) for part in value))
        return "" if fits else f"{name} must be a list of names"
    if name == "where":
        return "" if isinstance(value, str) and value.strip() else "where must be a condition in SQL"
    if name == "keep":
        fits = isinstance(value, str) and _KEEP.fullmatch(value) is not None
        return "" if fits else f"keep must be none, 'first by COLUMN' or 'last by COLUMN', not '{value}'"
    if name == "budget":
        fits = (isinstance(value, int) and not isinstance(value, bool) and value >= 0) or (
            isinstance(value, str) and bool(_BUDGET.fullmatch(value))
        )
        return "" if fits else f"budget must be rows or a share such as '2%', not '{value}'"
    if name == "retention":
        fits = isinstance(value, str) and age(value) is not None
        return "" if fits else f"retention must be days or weeks as in ISO 8601, such as P90D, not '{value}'"
    if name == "subject":
        return "" if isinstance(value, bool) else f"subject must be true or false, not '{value}'"
    return "" if isinstance(value, dict) else "read must be a mapping such as {nullTokens: [NA]}"


def _read_problems(document: Document, path: Path, said: Mapping[str, Any]) -> Iterator[Fault]:
    for name, value in said.items():
        wanted = _READ.get(name)
        if wanted is None:
            hint = did_you_mean(name, _READ)
            yield document.fault((*path, name), f"read does not know '{name}'", f"{hint} known: {', '.join(_READ)}".strip())
        elif not _reads(wanted, value):
            yield document.fault((*path, name), f"{name} must be {wanted}, not '{value}'")


def _reads(wanted: str, value: object) -> bool:
    if wanted == "true or false":
        return isinstance(value, bool)
    if wanted == "a list of texts":
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    return isinstance(value, str) and (wanted == "text" or len(value) == 1)
