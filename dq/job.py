"""What a run was told, recognised: the contract and its plan, the source and how it is read, the other datasets."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlglot import exp

from dq import settings as settings_module
from dq.checks import Keys
from dq.contract import Contract, SchemaObject, Server, load, resolve, resolved
from dq.errors import UsageError
from dq.plan import EVERYTHING, Plan, Selection, compile
from dq.settings import Settings
from dq.source import Files, Format, Frame, Other, Reading, Source
from dq.source import source as recognise

Ref = str | os.PathLike[str] | Contract


@dataclass(frozen=True, slots=True)
class Job:
    """Everything a run needs to know before it opens its source."""

    source: Source
    contract: Contract
    plan: Plan
    select: Selection
    reading: Reading
    references: Mapping[str, Other]
    settings: Settings
    where: str | None = None  # only rows that pass it are the dataset
    ref: str = ""  # how the contract was asked for: a reference, or the path of a file


def prepare(
    given: object,
    ref: Ref,
    *,
    schema: str | None = None,
    dataset: str | None = None,
    references: Mapping[str, object] | None = None,
    select: Selection = EVERYTHING,
    server: str | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    where: str | None = None,
) -> Job:
    """
    Recognise what a run was told. *given* None means: what the contract's server says.

    Raises:
        UsageError: no contract is given, or names that are not there; it lists those that are.
        ContractError: the contract is not there, or not valid.
    """
    settings = settings or settings_module.load()
    if not ref:
        raise UsageError("no contract is given", "validate", "name one: contract='flights@^1', or a path")
    contract = load(ref, contracts=settings.contracts)
    place = _server(contract, server)
    source = _settled(recognise(_from_server(contract, place) if given is None else given))
    if where is not None and schema is None and len(contract.objects) > 1:
        listed = ", ".join(item.name for item in contract.objects)
        raise UsageError("a filter needs to know its schema object", contract.ref, f"say schema=NAME, one of: {listed}")
    item = _object(contract, schema, source)
    plan = compile(contract, resolved(item, os.environ), dataset=dataset, select=select)
    others = {name: _reference(contract, plan, name, recognise(other), place) for name, other in (references or {}).items()}
    said = _reading(contract, item, place)
    read = replace(said, **reading) if isinstance(reading, Mapping) else reading or said
    said_as = contract.place.document if isinstance(ref, Contract) else os.fspath(ref)
    return Job(source, contract, plan, select, read, others, settings, where, said_as)


def _object(contract: Contract, schema: str | None, given: Source) -> SchemaObject:
    """The schema object that is meant: by name, the only one, or the one that the file is named after."""
    if schema is not None:
        for item in contract.objects:
            if schema in (item.name, item.physical_name):
                return item
    elif len(contract.objects) == 1:
        return contract.objects[0]
    elif isinstance(given, Files):
        stems = {Path(path).name.partition(".")[0] for path in given.paths}
        named = [item for item in contract.objects if stems <= {item.name, item.physical_name}]
        if len(named) == 1:
            return named[0]
    listed = ", ".join(item.name for item in contract.objects) or "none"
    what = (
        f"no schema object '{schema}'"
        if schema
        else "the contract has several schema objects"
        if contract.objects
        else "the contract has no schema"
    )
    raise UsageError(what, contract.ref, f"say schema=NAME, one of: {listed}")


def _settled(given: Source) -> Source:
    """A lazy frame is collected once: twice, it might have other rows."""
    return replace(given, data=given.data.collect()) if isinstance(given, Frame) and hasattr(given.data, "collect") else given


def _server(contract: Contract, name: str | None) -> Server | None:
    if name is None:
        return contract.servers[0] if contract.servers else None
    for item in contract.servers:
        if item.name == name:
            return item
    raise UsageError(
        f"no server '{name}'", contract.ref, f"servers: {', '.join(item.name for item in contract.servers) or 'none'}"
    )


def _from_server(contract: Contract, place: Server | None) -> Files:
    if place is None:
        raise UsageError("no source is given, and the contract names no server", contract.ref, "give a source")
    said = resolve(place.said, os.environ)
    path = said.get("path") or said.get("location")
    if not path:
        raise UsageError(f"server '{place.name}' ({place.type}) has no path to read", contract.ref, "give a source")
    base = Path(place.place.document).parent
    local = "://" not in str(path) and not Path(path).is_absolute() and not Path(path).exists()
    return Files((str(base / path) if local and (base / path).exists() else str(path),), _format(said))


def _format(said: Mapping[str, Any]) -> Format | None:
    word = str(said.get("format", "")).strip().lower()
    return {"parquet": Format.PARQUET, "csv": Format.CSV, "json": Format.JSON, "jsonl": Format.JSON, "delta": Format.DELTA}.get(
        word
    )


def _reading(contract: Contract, item: SchemaObject, place: Server | None, told: Mapping[str, Any] | None = None) -> Reading:
    """The dialect of text files: what the caller *told* over `dq.read` of the object or contract over the server's words."""
    said = resolve(place.said, os.environ) if place else {}
    words: dict[str, Any] = {}
    if (delimiter := said.get("delimiter")) and _format(said) is not Format.JSON:
        words["delimiter"] = {"comma": ",", "tab": "\t", "\\t": "\t", "semicolon": ";", "pipe": "|"}.get(
            str(delimiter), str(delimiter)
        )
    if encoding := said.get("encoding"):
        words["encoding"] = str(encoding)
    read = {**(contract.extension.read or {}), **(item.extension.read or {})}
    names = {"nullTokens": "null_tokens", "timestampFormats": "timestamp_formats"}
    for key, value in read.items():
        words[names.get(key, key)] = tuple(value) if isinstance(value, list) else value
    return Reading(**{**words, **(told or {})})


def _reference(contract: Contract, plan: Plan, name: str, other: Source, place: Server | None) -> Other:
    """Another dataset, read as the contract says when it describes it too."""
    subjects = [check.subject for check in plan.checks if isinstance(check.subject, Keys) and check.subject.reference == name]
    columns = dict.fromkeys(node.name for subject in subjects for node in subject.bad.find_all(exp.Column) if node.table)
    if isinstance(other, Files) and other.reading is None:
        item = next((item for item in contract.objects if name in (item.name, item.physical_name)), None)
        other = replace(other, reading=_reading(contract, item or SchemaObject(contract.place, name), place))
    return Other(other, tuple(columns))
