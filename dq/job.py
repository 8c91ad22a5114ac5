"""What a run was told, recognised: the contract and its plan, the source and how it is read, the other datasets."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlglot import exp

from dq import database
from dq import settings as settings_module
from dq.checks import Answer, Check, Keys
from dq.contract import Contract, Property, SchemaObject, Server, load, resolve, resolved
from dq.errors import ContractError, UsageError
from dq.plan import EVERYTHING, Plan, Selection, compile, target_of
from dq.settings import Settings
from dq.source import Files, Format, Frame, Other, Reading, Source, Table
from dq.source import source as recognise
from dq.suites import Suite, as_contract
from dq.suites import load as load_suite

Ref = str | os.PathLike[str] | Contract | Suite


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
    suites: tuple[Suite, ...] = ()
    alone: bool = False  # there are suites and no contract


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
    suites: Sequence[object] = (),
) -> Job:
    """
    Recognise what a run was told. *given* None means: what the contract's server says.

    Raises:
        UsageError: no contract is given, or names that are not there; it lists those that are.
        ContractError: the contract is not there, or not valid.
    """
    settings = settings or settings_module.load()
    if isinstance(suites, str | os.PathLike | Mapping | Suite):
        suites = (suites,)
    attached = tuple(
        load_suite(item, allow_code=settings.allow_code) for item in ([ref] if isinstance(ref, Suite) else []) + [*suites]
    )
    alone = bool(attached) and (not ref or isinstance(ref, Suite))
    if not ref and not attached:
        raise UsageError("no contract is given", "validate", "name one: contract='flights@^1', or a path")
    contract = as_contract(attached[0]) if alone or isinstance(ref, Suite) else load(ref, contracts=settings.contracts)
    place = _server(contract, server)
    source = _settled(recognise(_from_server(contract, place, schema) if given is None else given))
    if isinstance(source, Table) and source.where is not None:
        where = source.where if where is None else f"({source.where}) AND ({where})"
    if where is not None and schema is None and len(contract.objects) > 1:
        listed = ", ".join(item.name for item in contract.objects)
        raise UsageError("a filter needs to know its schema object", contract.ref, f"say schema=NAME, one of: {listed}")
    item = _object(contract, schema, source)
    named = dataset or (contract.name if alone else None)
    resolved_item = resolved(item, os.environ)
    if attached:
        plan = compile(contract, resolved_item, dataset=named, select=select, suites=attached, allow_code=settings.allow_code)
    else:
        plan = _compiled(_Promises(contract, resolved_item), named, select, tuple(settings.allow_code))
    others = {name: _reference(contract, plan, name, _beside(source, other), place) for name, other in (references or {}).items()}
    said = _reading(contract, item, place)
    read = replace(said, **reading) if isinstance(reading, Mapping) else reading or said
    said_as = contract.place.document if isinstance(ref, Contract | Suite) else os.fspath(ref)
    return Job(source, contract, plan, select, read, others, settings, where, said_as, attached, alone)


def check_references(job: Job) -> None:
    """
    See that rules of the contract name every other dataset that is given, be it at another stage or of another object.

    Raises:
        UsageError: no rule looks into it; the message lists those that rules name.
    """
    if not set(job.references) - set(_others(job.plan.checks, job.references)):
        return
    known: dict[str, None] = {}
    for item in job.contract.objects:
        with suppress(ContractError):  # of an object that is not meant here
            plan = compile(job.contract, resolved(item, os.environ), suites=job.suites, allow_code=job.settings.allow_code)
            known |= dict.fromkeys((*_others(plan.checks, job.references), *_related(item)))
    for name in (item for item in job.references if item not in known):
        close = difflib.get_close_matches(name, known, n=1)
        mend = f"did you mean '{close[0]}'? " if close else ""
        mend += f"rules name: {', '.join(known) or 'none'}"
        raise UsageError(f"no rule looks into another dataset '{name}'", job.contract.ref, mend)


def _others(checks: Iterable[Check], given: Iterable[str]) -> Iterator[str]:
    """The other datasets that *checks* look into; of the *given* ones those that a query has a word for."""
    for check in checks:
        if isinstance(check.subject, Keys) and check.subject.reference:
            yield check.subject.reference
        elif isinstance(check.subject, Answer):
            yield from check.subject.references
            yield from (name for name in given if name in check.subject.query)


def _related(item: SchemaObject | Property) -> Iterator[str]:
    """The same of relationships, also of values that are nested, which nobody checks."""
    yield from (target_of(to)[0] for relation in item.relationships for to in relation.to)
    for part in item.properties:
        yield from _related(part)
    if isinstance(item, Property) and item.items:
        yield from _related(item.items)


@dataclass(frozen=True, slots=True, eq=False)
class _Promises:
    """A contract, and what its schema object says here and now: another variable of the environment may make it another."""

    contract: Contract
    schema: SchemaObject

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Promises) and self.contract is other.contract and self.schema == other.schema

    def __hash__(self) -> int:
        return hash((id(self.contract), self.schema.name))


@lru_cache(maxsize=64)
def _compiled(promises: _Promises, dataset: str | None, select: Selection, allow_code: tuple[str, ...]) -> Plan:
    """The plan, which nothing changes, so that many runs may share it."""
    return compile(promises.contract, promises.schema, dataset=dataset, select=select, allow_code=allow_code)


def _object(contract: Contract, schema: str | None, given: Source) -> SchemaObject:
    """The schema object that is meant: by name, the only one, or the one that the file is named after."""
    if schema is not None:
        for item in contract.objects:
            if schema in (item.name, item.physical_name):
                return item
    elif len(contract.objects) == 1:
        return contract.objects[0]
    elif isinstance(given, Files) or (isinstance(given, Table) and given.name):
        stems = {Path(path).name.partition(".")[0] for path in given.paths} if isinstance(given, Files) else {given.parts[-1]}
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


def _beside(given: Source, other: object) -> Source:
    """Another dataset; beside a table, a name is that of a table of the same database."""
    names = [other] if isinstance(other, str) else list(other) if isinstance(other, list) else []
    if isinstance(given, Table) and len(names) == 1 and isinstance(names[0], str):
        return replace(given, name=names[0], query="", where=None)
    return recognise(other)


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


def _from_server(contract: Contract, place: Server | None, schema: str | None) -> Files | Table:
    if place is None:
        raise UsageError("no source is given, and the contract names no server", contract.ref, "give a source")
    said = resolve(place.said, os.environ)
    if kind := database.kind_of(place.type, said):
        return _table(contract, place, kind, {**said, "path": _local(said.get("path"), place)}, schema)
    path = said.get("path") or said.get("location")
    if not path:
        raise UsageError(f"server '{place.name}' ({place.type}) has no path to read", contract.ref, "give a source")
    return Files((_local(path, place),), _format(said))


def _local(path: object, place: Server) -> str:
    """A path, which is often said from the contract's folder."""
    base = Path(place.place.document).parent
    local = bool(path) and "://" not in str(path) and not Path(str(path)).is_absolute() and not Path(str(path)).exists()
    return str(base / str(path)) if local and (base / str(path)).exists() else str(path or "")


def table_of(contract: Contract, server: str | None, schema: str) -> Table:
    """
    The table that *contract* says for its object *schema*.

    Raises:
        UsageError: its server is not there, or none of a database.
    """
    given = _from_server(contract, _server(contract, server), schema)
    if not isinstance(given, Table):
        raise UsageError(f"{given.paths[0]} is no database", contract.ref, "give one, or name a server that is one")
    return given


def _table(contract: Contract, place: Server, kind: str, said: Mapping[str, Any], schema: str | None) -> Table:
    """The table of the schema object that is meant."""
    name = schema or (contract.objects[0].name if len(contract.objects) == 1 else "")
    item = next((item for item in contract.objects if name and name in (item.name, item.physical_name)), None)
    if item is None:
        listed = ", ".join(item.name for item in contract.objects) or "none"
        raise UsageError("which table of the server is meant is not said", contract.ref, f"say schema=NAME, one of: {listed}")
    return database.table(place.name, kind, said, item.physical_name or item.name, os.environ)


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
        item = next((item for item in contract.objects if name and name in (item.name, item.physical_name)), None)
        other = replace(other, reading=_reading(contract, item or SchemaObject(contract.place, name), place))
    return Other(other, tuple(columns))
