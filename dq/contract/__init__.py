"""Contracts in: ODCS documents, read, judged, found by reference. Nothing here runs a check."""

from dq.contract.advice import Lint, Severity, lint
from dq.contract.document import dump
from dq.contract.model import Contract, Extension, Property, Relationship, Rule, SchemaObject, Server, Sla
from dq.contract.reading import load, read
from dq.contract.soundness import problems
from dq.contract.validity import faults
from dq.contract.variables import resolve, resolved
from dq.contract.versions import Range, Version

__all__ = [
    "Contract",
    "Extension",
    "Lint",
    "Property",
    "Range",
    "Relationship",
    "Rule",
    "SchemaObject",
    "Server",
    "Severity",
    "Sla",
    "Version",
    "dump",
    "faults",
    "lint",
    "load",
    "problems",
    "read",
    "resolve",
    "resolved",
]
