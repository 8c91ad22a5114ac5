"""A suite as people have it: JSON of 0.18 and 1.x, an ExpectationSuite, a mapping, or a File Data Context's folder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dq.errors import ContractError, Fault, Place, UsageError
from dq.suites.gx.translate import TOOL, translate
from dq.suites.model import Suite

_MEND = 'a suite is {"name": …, "expectations": [{"type": …, "kwargs": {…}}]}'


def is_suite(given: object) -> bool:
    """Whether *given* is a Great Expectations suite: an object of its own, or a mapping that holds expectations."""
    if isinstance(given, Mapping):
        return isinstance(given.get("expectations"), list)
    return type(given).__name__ == "ExpectationSuite" and type(given).__module__.startswith("great_expectations")


def read(given: object, *, parameters: Mapping[str, Any] | None = None, allow_code: Sequence[str] = ()) -> Suite:
    """
    The suite that *given* is, or names: a path, a folder, `folder#name`, a mapping, or an ExpectationSuite.

    Raises:
        ContractError: something in it is wrong; the error holds every fault. UsageError: there is no suite.
    """
    if isinstance(given, str | os.PathLike):
        return _of_path(os.fspath(given), parameters or {}, allow_code)
    said = given if isinstance(given, Mapping) else given.to_json_dict()  # type: ignore[attr-defined]  # an ExpectationSuite
    return _suite(said, "suite", parameters or {}, allow_code, {})


def _of_path(path: str, parameters: Mapping[str, Any], allow_code: Sequence[str]) -> Suite:
    folder, _, name = path.partition("#")
    file = _in_folder(Path(folder), name) if Path(folder).is_dir() else Path(path)
    try:
        text = file.read_text("utf-8-sig")
        said = json.loads(text)
    except FileNotFoundError:
        raise UsageError(
            "there is no such suite", str(path), "give the path of its JSON, or of a data context's folder"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the suite cannot be read: {error}", str(file), _MEND) from None
    except (ValueError, RecursionError) as error:
        raise ContractError([Fault(Place(str(file), getattr(error, "lineno", 0), ""), f"not JSON: {error}", _MEND)]) from None
    found = _suite(said, str(file), parameters, allow_code, dict(enumerate(_lines(text))))
    return found if parameters else replace(found, source=str(file))


def _in_folder(folder: Path, name: str) -> Path:
    """The file of a suite in a File Data Context: the one that is named, or the only one."""
    store = next((folder / part for part in ("expectations", "gx/expectations", ".") if (folder / part).is_dir()), folder)
    found = {path.relative_to(store).with_suffix("").as_posix().replace("/", "."): path for path in sorted(store.rglob("*.json"))}
    if name in found:
        return found[name]
    if not name and len(found) == 1:
        return next(iter(found.values()))
    what = f"no suite '{name}'" if name else "the folder holds several suites" if found else "the folder holds no suite"
    raise UsageError(what, str(folder), f"say {folder}#NAME, one of: {', '.join(found) or 'none'}")


def _lines(text: str) -> Iterator[int]:
    """The line where each entry of `expectations` begins."""
    start = text.find('"expectations"')
    at = text.find("[", start) + 1
    decoder = json.JSONDecoder()
    while start >= 0 and at > 0:
        while text[at : at + 1] in (" ", "\n", "\r", "\t", ","):
            at += 1
        try:
            _, end = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield text.count("\n", 0, at) + 1
        at = end


def _suite(
    said: object, document: str, parameters: Mapping[str, Any], allow_code: Sequence[str], lines: Mapping[int, int]
) -> Suite:
    place = Place(document, 0, "")
    if not isinstance(said, Mapping) or not isinstance(said.get("expectations"), list):
        raise ContractError([Fault(place, "no suite of Great Expectations: it has no list of expectations", _MEND)])
    name = str(said.get("name") or said.get("expectation_suite_name") or Path(document).stem)
    faults, entries = [], []
    for number, entry in enumerate(said["expectations"]):
        at = Place(document, lines.get(number, 0), f"expectations[{number}]")
        if isinstance(entry, Mapping):
            entries.append((entry, at))
        else:
            faults.append(Fault(at, f"an expectation is a mapping, not {entry!r}", _MEND))
    given = {**(said.get("suite_parameters") or said.get("evaluation_parameters") or {}), **parameters}
    found = translate(entries, parameters=given, allow_code=allow_code)
    if faults or found.faults:
        raise ContractError([*faults, *found.faults])
    stored = {"name": name, "expectations": [_stored(entry) for entry, _ in entries]}
    digest = hashlib.sha256(json.dumps([stored, given], sort_keys=True, default=str).encode()).hexdigest()
    return Suite(place, name, TOOL, tuple(found.checks), tuple(found.gaps), digest, stored)


def _stored(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry in the words of 1.x."""
    kept = {name: entry[name] for name in ("kwargs", "severity", "id", "notes", "description", "meta") if entry.get(name)}
    return {"type": entry.get("type") or entry.get("expectation_type"), **kept}
