"""Lint: every fault of a contract file, and advice on what is valid but will surprise somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dq.contract import standard, views
from dq.contract.document import Document, dotted, parse
from dq.contract.model import Contract
from dq.contract.nodes import Node
from dq.contract.nodes import Path as Steps
from dq.contract.reading import in_order, read_text
from dq.contract.registry import SUFFIX
from dq.contract.soundness import problems
from dq.contract.validity import Finding, findings, lenient
from dq.contract.versions import Version
from dq.errors import ContractError, Fault, Place


class Severity(StrEnum):
    """How bad a lint is."""

    ERROR = "error"  # the contract is not valid, or dq cannot use it
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing to mend in a contract."""

    fault: Fault
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity}: {self.fault}"


def lint(path: str | Path, *, schema: str | Path | None = None) -> tuple[Lint, ...]:
    """
    Everything to mend in the contract file *path*, in document order; empty when there is nothing.

    Errors are what the official JSON schema of its `apiVersion` (or the file *schema*) finds and what dq cannot make sense
    of; warnings are what is valid but will surprise.

    Raises:
        UsageError: *schema* is none.
        WorldError: the file is there but cannot be read.
    """
    own = standard.custom(schema) if schema else None
    try:
        text = read_text(Path(path))
        document = parse(text, str(path))
    except ContractError as error:
        return tuple(map(Lint, error.faults))
    contract = views.contract(document, text)
    version, found = ("", findings(document, own)) if own else lenient(document)
    errors = in_order(document.faults, (finding.fault for finding in found), problems(contract), _patterns(document))
    warnings = (*_outgrown(document, version, found), *_advice(contract, document, Path(path)))
    told = {fault.place for fault in errors}
    lints = (*map(Lint, errors), *(Lint(fault, Severity.WARNING) for fault in warnings if fault.place not in told))
    return tuple(sorted(lints, key=lambda item: item.fault.place.line))


def _patterns(document: Document) -> Iterator[Fault]:
    """Patterns that do not mean the same on every engine."""
    from dq.sql import pattern_problem  # noqa: PLC0415  only when there is a contract to lint

    for path, holder in _mappings(document.value):
        pattern = holder.get("pattern")
        if (
            path
            and path[-1] in ("logicalTypeOptions", "arguments")
            and isinstance(pattern, str)
            and (problem := pattern_problem(pattern))
        ):
            yield document.fault((*path, "pattern"), problem)


def _outgrown(document: Document, version: str, found: tuple[Finding, ...]) -> Iterator[Fault]:
    """A document that uses words of a later version than it says."""
    said = document.value.get("apiVersion") if isinstance(document.value, dict) else None
    if version and said in standard.VERSIONS and said != version:
        first = next(item.fault for item in findings(document) if item not in found).place
        problem = f"apiVersion is {said}, but {first.path} on line {first.line} is written for {version}"
        yield document.fault(("apiVersion",), problem, f"write apiVersion: {version}")


def _advice(contract: Contract, document: Document, path: Path) -> Iterator[Fault]:
    yield from _version(contract, document, path)
    for where, holder in _mappings(document.value):
        for operator in ("mustBeBetween", "mustNotBeBetween"):
            if operator in holder and "quality" in where:
                problem = f"the text of ODCS leaves the bounds of {operator} out, dq and every SQL engine count them in"
                yield document.fault((*where, operator), problem, "move the bounds if they are meant to be left out")
    if document.root:
        yield from _ambiguous(document, document.root, ())


def _version(contract: Contract, document: Document, path: Path) -> Iterator[Fault]:
    try:
        Version.parse(contract.version)
    except ValueError as error:
        if contract.version:
            yield document.fault(("version",), str(error), "references such as name@^1 need a semantic version")
    named = path.name.removesuffix(SUFFIX)
    if path.name.endswith(SUFFIX) and re.fullmatch(r"\d+\.\d+\.\d+\S*", named) and named != contract.version:
        yield document.fault(("version",), f"the file is named {named}, but its version is {contract.version}", "make them equal")


_AMBIGUOUS = re.compile(
    r"(?:yes|no|on|off)|[-+]?0[0-9]+|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?|[-+]?[0-9][0-9_]*_[0-9_]*|[0-9]+[eE][-+]?[0-9]+",
    re.IGNORECASE,
)


def _ambiguous(document: Document, node: Node, path: Steps) -> Iterator[Fault]:
    """Values without quotes that the two versions of YAML read differently."""
    if node.plain and _AMBIGUOUS.fullmatch(node.text):
        read = "text" if isinstance(node.value, str) else f"the number {node.value}"
        place = Place(document.name, node.line, dotted(document.value, path))
        yield Fault(
            place, f"{node.text} is {read} here, and something else to other YAML readers", f"put it in quotes: '{node.text}'"
        )
    for key, part in (node.entries or {}).items():
        yield from _ambiguous(document, part, (*path, key))
    for index, part in enumerate(node.items or ()):
        yield from _ambiguous(document, part, (*path, index))


def _mappings(value: Any, path: Steps = ()) -> Iterator[tuple[Steps, dict[str, Any]]]:
    """Every mapping inside, with its path."""
    if isinstance(value, dict):
        yield path, value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _mappings(part, (*path, key))
