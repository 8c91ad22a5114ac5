"""A fact asked of dq: the contract that says it, the run, and what came out. Facts of one column share a run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dq
from dq.contract import read
from dq.result import Counted, Measured
from tests.conformance.databases import places
from tests.conformance.fact import Fact
from tests.conformance.inputs import INPUTS, Rows, stored_as

_WIDEST = 40  # facts in one table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What dq says of the check that a fact is about. *diverted* and *copies* are rows handed back as bad because of it."""

    status: str
    mode: str
    bad: int
    rows: int
    tolerated: int
    value: Any
    message: str
    diverted: frozenset[int]
    copies: frozenset[int]
    dataset: str
    notes: tuple[str, ...]
    missing: tuple[str, ...]  # ids of the checks there are, when the one meant is not among them


@dataclass(frozen=True, slots=True)
class Part:
    """A fact's place in a run: its columns' names there, and the id of its check."""

    fact: Fact
    names: Mapping[str, str]
    id: str


def parts(facts: Sequence[Fact]) -> tuple[Part, ...]:
    """The facts side by side: a lone one as it is, several with their columns and their rule numbered."""
    if len(facts) == 1:
        return (Part(facts[0], {name: name for name in facts[0].data}, facts[0].id),)
    return tuple(_numbered(fact, number) for number, fact in enumerate(facts))


def _numbered(fact: Fact, number: int) -> Part:
    names = {name: f"{name}{number}" for name in fact.data}
    head = re.split(r"[.\[#]", fact.id)[0]  # "a, b.unique": columns, then what is asked of them
    columns = ", ".join(names.get(name, f"{name}{number}") for name in head.split(", "))
    return Part(fact, names, columns + fact.id.removeprefix(head))


_SQL = frozenset({"sql", "where", "by", "of", "keep", "column", "columns", "properties", "query"})


def _renamed(said: Any, names: Mapping[str, str], *, is_name: bool = False) -> Any:
    """What a rule says, with its columns' names changed where it names columns."""
    if isinstance(said, dict):
        return {key: _renamed(value, names, is_name=key in _SQL) for key, value in said.items()}
    if isinstance(said, list):
        return [_renamed(item, names, is_name=is_name) for item in said]
    if not isinstance(said, str) or not is_name:
        return said
    return re.sub(r"(?<![\w'\"{])[A-Za-z_]\w*(?![\w'\"}(])", lambda word: names.get(word[0], word[0]), said)


def document(run: Sequence[Part]) -> dict[str, Any]:
    """The contract that says the facts of *run*."""
    properties, rules = [], []
    lone = run[0].fact.said if len(run) == 1 else {}
    for part in run:
        fact = part.fact
        asked = [_rule(part)] if fact.check else []
        one = "columns" not in fact.said
        for name, declared in fact.columns.declared.items():
            item = {"name": part.names.get(name, name), **declared}
            quality = [*_written(declared.get("quality", ()), part), *(asked if one else [])]
            properties.append(item | ({"quality": quality} if quality else {}))
        rules += [*([] if one else asked), *_written(fact.said.get("quality", ()), part)]
    schema = {"name": "facts", "properties": properties, **({"quality": rules} if rules else {}), **lone.get("object", {})}
    if "dq" in lone and not run[0].fact.check:
        schema["customProperties"] = [{"property": "dq", "value": lone["dq"]}]
    others = [_reference(name, said) for name, said in lone.get("references", {}).items()]
    head = {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": "facts",
        "name": "facts",
        "version": "1.0.0",
        "status": "active",
    }
    return {**head, "schema": [schema, *others], **lone.get("contract", {})}


def _written(rules: Sequence[Mapping[str, Any]], part: Part) -> list[dict[str, Any]]:
    """Rules as a fact writes them, for its place in the run."""
    found = [_renamed(dict(rule), part.names) for rule in rules]
    return [rule | ({"id": part.id} if rule.get("id") == part.fact.id else {}) for rule in found]


def _rule(part: Part) -> dict[str, Any]:
    fact = part.fact
    said = fact.said.get("arguments", {})
    rule: dict[str, Any] = {
        "id": part.id,
        "type": "custom",
        "engine": "dq",
        "implementation": {"check": fact.check, **_renamed(said, part.names), **fact.said.get("limits", {})},
    }
    if "dq" in fact.said:
        rule["customProperties"] = [{"property": "dq", "value": _renamed(fact.said["dq"], part.names)}]
    return rule


def _reference(name: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "properties": [{"name": column, "logicalType": kind} for column, kind in said["columns"].items()]}


def ask(facts: Sequence[Fact], kind: str, folder: Path, database: Callable[[str], str]) -> tuple[Outcome, ...]:
    """Run *facts*, which have as many rows as each other, in one validation of an input of *kind*; *database* gives addresses."""
    run = parts(facts)
    contract = read(json.dumps(document(run)), "facts.odcs.yaml")
    lone = run[0].fact.said if len(run) == 1 else {}
    references = {
        name: _other(said, kind, folder / name, database) for name, said in lone.get("references", {}).items() if "rows" in said
    }
    given = INPUTS[kind](_rows(run, folder, database))
    result = dq.validate(
        given, contract, schema="facts", references=references, settings=_settings(folder), **lone.get("validate", {})
    )
    bad = list(result.bad or ())
    numbers = places(given, bad, kind) if isinstance(given, dq.Table) else [row["__dq_row_no"] for row in bad]
    told = [(number, row["__dq_reasons"]) for number, row in zip(numbers, bad, strict=True)]
    return tuple(_outcome(result, part.id, told) for part in run)


def _settings(folder: Path) -> dq.Settings:
    return dq.Settings(threads=1, samples=1, spill_directory=str(folder))


def _rows(run: Sequence[Part], folder: Path, database: Callable[[str], str]) -> Rows:
    types: dict[str, Any] = {}
    for part in run:
        for name in part.fact.data:
            columns = part.fact.columns
            types[part.names.get(name, name)] = stored_as(columns.declared.get(name, {}), columns.stored.get(name, ""))
    written = [
        tuple(cell for row in together for cell in row) for together in zip(*(part.fact.rows for part in run), strict=True)
    ]
    return Rows(types, written, folder, database)


def _other(said: Mapping[str, Any], kind: str, folder: Path, database: Callable[[str], str]) -> object:
    folder.mkdir(exist_ok=True)
    types = {name: stored_as({"logicalType": logical}) for name, logical in said["columns"].items()}
    return INPUTS[kind](Rows(types, [tuple(row) for row in said["rows"]], folder, database))


def _outcome(result: dq.Result, check: str, told: Sequence[tuple[int, str]]) -> Outcome:
    found = next((item for item in result.checks if item.check.id == check), None)
    if found is None:
        known = tuple(item.check.id for item in result.checks)
        return Outcome("", "", 0, 0, 0, None, "", frozenset(), frozenset(), str(result.status), result.notes, known)
    copies = _rows_because_of(f"{check}:duplicate_row", told)
    return Outcome(
        status=str(found.status),
        mode=str(found.check.mode),
        bad=found.found.bad if isinstance(found.found, Counted) else 0,
        rows=found.rows,
        tolerated=found.tolerated_rows,
        value=found.found.value if isinstance(found.found, Measured) else None,
        message=found.message,
        diverted=_rows_because_of(check, told) | copies,
        copies=copies,
        dataset=str(result.status),
        notes=result.notes,
        missing=(),
    )


def _rows_because_of(reason: str, told: Sequence[tuple[int, str]]) -> frozenset[int]:
    """Bad rows that carry *reason*; the name of a column, and so a reason, may hold the sign between reasons."""
    return frozenset(number for number, reasons in told if f"; {reason}; " in f"; {reasons}; ")


def runs(facts: Sequence[Fact], kind: str) -> list[list[Fact]]:
    """*facts* that hold for *kind*, grouped so that those of a group can share a table: as many rows, not too many columns."""
    shared: dict[int, list[Fact]] = {}
    alone = []
    for fact in facts:
        if kind in fact.kinds and kind not in fact.excepted:
            if fact.packs:
                shared.setdefault(len(fact.rows), []).append(fact)
            else:
                alone.append([fact])
    return alone + [group[start : start + _WIDEST] for group in shared.values() for start in range(0, len(group), _WIDEST)]
