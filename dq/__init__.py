"""
dq: data quality for pipelines that already exist.

A contract (Open Data Contract Standard) says what data must be; `validate` says which rows are not, and why;
`enforce` puts those safely away, and lets the others go on.

    >>> import dq
    >>> result = dq.validate("orders.parquet", "orders@^2")  # doctest: +SKIP
    >>> result.ok  # doctest: +SKIP
    True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq import report
    from dq.bad import BadRows
    from dq.catalogue import validate_tables
    from dq.contract import Contract
    from dq.diversion import Enforcement
    from dq.errors import ContractError, DqError, EngineError, SourceError, UsageError, ViolationError, WorldError
    from dq.gates import gate
    from dq.history import History
    from dq.policy import Policy
    from dq.replaying import Replay, accept, discard, replay, withdraw
    from dq.result import Catalogue, Result
    from dq.run import enforce, load_contract, load_suite, profile, split, validate
    from dq.settings import Settings
    from dq.source import Files, Reading, Table
    from dq.suites import Suite

__version__ = "0.1.0"

__all__ = [
    "BadRows",
    "Catalogue",
    "Contract",
    "ContractError",
    "DqError",
    "Enforcement",
    "EngineError",
    "Files",
    "History",
    "Policy",
    "Reading",
    "Replay",
    "Result",
    "Settings",
    "SourceError",
    "Suite",
    "Table",
    "UsageError",
    "ViolationError",
    "WorldError",
    "accept",
    "discard",
    "enforce",
    "gate",
    "load_contract",
    "load_suite",
    "profile",
    "replay",
    "report",
    "split",
    "validate",
    "validate_tables",
    "withdraw",
]

_HOMES = {
    "dq.bad": ("BadRows",),
    "dq.catalogue": ("validate_tables",),
    "dq.contract": ("Contract",),
    "dq.diversion": ("Enforcement",),
    "dq.policy": ("Policy",),
    "dq.errors": ("ContractError", "DqError", "EngineError", "SourceError", "UsageError", "ViolationError", "WorldError"),
    "dq.gates": ("gate",),
    "dq.history": ("History",),
    "dq.replaying": ("Replay", "accept", "discard", "replay", "withdraw"),
    "dq.result": ("Catalogue", "Result"),
    "dq.run": ("enforce", "load_contract", "load_suite", "profile", "split", "validate"),
    "dq.settings": ("Settings",),
    "dq.source": ("Files", "Reading", "Table"),
    "dq.suites": ("Suite",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "report":
        return importlib.import_module("dq.report")
    if name not in _HOME_OF:
        msg = f"module 'dq' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
