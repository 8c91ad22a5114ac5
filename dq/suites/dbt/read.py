"""The data tests of a dbt project's YAML: of one model, which is the dataset."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from dq.checks import Check, Gap
from dq.errors import ContractError, Fault, Place, UsageError
from dq.suites.dbt.translate import TOOL, translate
from dq.suites.model import Suite

_MEND = "a dbt file has models: [{name: orders, columns: [{name: id, data_tests: [unique]}]}]"
_LISTS = ("models", "sources", "seeds", "snapshots")


def is_suite(given: object) -> bool:
    """Whether *given* is a mapping, or names a YAML file, of dbt's."""
    if isinstance(given, Mapping):
        return any(isinstance(given.get(name), list) for name in _LISTS)
    path = str(given).partition("#")[0]
    if not path.lower().endswith((".yml", ".yaml")) or not Path(path).is_file():
        return False
    text = Path(path).read_text("utf-8", "replace")
    return any(f"\n{name}:" in f"\n{text}" for name in _LISTS)


def read(given: object) -> Suite:
    """
    The suite of one model: of a mapping, or of `schema.yml#orders`; the name may be left out where there is one only.

    Raises:
        ContractError: something in it is wrong; the error holds every fault. UsageError: there is no such model.
    """
    if isinstance(given, Mapping):
        return _suite(given, "models", "", "")
    path, _, name = str(given).partition("#")
    try:
        said = yaml.safe_load(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file cannot be read: {error}", path, _MEND) from None
    except yaml.YAMLError as error:
        raise ContractError([Fault(Place(path, 0, ""), f"not YAML: {str(error).splitlines()[0]}", _MEND)]) from None
    if not isinstance(said, Mapping):
        raise ContractError([Fault(Place(path, 0, ""), "no dbt file", _MEND)])
    return _suite(said, path, name, str(given))


def _models(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in _LISTS:
        for item in said.get(kind) or ():
            if isinstance(item, Mapping):
                yield from (item.get("tables") or ()) if kind == "sources" else (item,)


def _suite(said: Mapping[str, Any], document: str, name: str, source: str) -> Suite:
    models = [item for item in _models(said) if name in ("", str(item.get("name")))]
    if len(models) != 1:
        known = ", ".join(str(item.get("name")) for item in _models(said))
        what = f"no model '{name}'" if name else "there are several models" if models else "there is no model"
        raise UsageError(what, document, f"say {document}#NAME, one of: {known or 'none'}")
    model = models[0]
    place = Place(document, 0, str(model.get("name")))
    made: list[Check | Gap] = []
    faults: list[Fault] = []
    for at, column, test in _tests(model, place):
        try:
            made += translate(*_named(test), at, column)
        except UsageError as error:
            faults.append(Fault(at, error.what, error.mend))
    if faults:
        raise ContractError(faults)
    stored = {"models": [dict(model)]}
    digest = hashlib.sha256(json.dumps(stored, sort_keys=True, default=str).encode()).hexdigest()
    checks = tuple(item for item in made if isinstance(item, Check))
    gaps = tuple(item for item in made if isinstance(item, Gap))
    return Suite(place, str(model.get("name")), TOOL, checks, gaps, digest, stored, source)


def _tests(item: Mapping[str, Any], place: Place) -> Iterator[tuple[Place, str, object]]:
    """Every test of a model with its place and column: those of the model, then those of its columns."""
    for word in ("data_tests", "tests"):
        for number, test in enumerate(item.get(word) or ()):
            yield Place(place.document, 0, f"{place.path}.{word}[{number}]"), "", test
    for column in item.get("columns") or ():
        for word in ("data_tests", "tests"):
            for number, test in enumerate(column.get(word) or ()):
                at = Place(place.document, 0, f"{place.path}.{column.get('name')}.{word}[{number}]")
                yield at, str(column.get("name")), test


def _named(test: object) -> tuple[str, Mapping[str, Any]]:
    """The name of a test, and what is said of it: `unique`, `{unique: {…}}` or `{test_name: unique, …}`."""
    if isinstance(test, str):
        return test, {}
    if isinstance(test, Mapping) and "test_name" in test:
        return str(test["test_name"]), test
    if isinstance(test, Mapping) and len(test) >= 1:
        name, said = next(iter(test.items()))
        rest = {key: value for key, value in test.items() if key != name}
        if said is None or isinstance(said, Mapping):
            return str(name), {**(said or {}), **rest}
    raise UsageError(f"no test: {test!r}", "", _MEND)
