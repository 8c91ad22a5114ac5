"""
dq in Prefect: gates around flows and tasks. Nothing here imports Prefect until it is used.

    from dq_prefect import gate

    @gate("orders@^1", stage="raw", key="{day}")
    @task(retries=3)
    def load(day: date) -> pd.DataFrame: ...

Prefect owns when and how a function runs; dq owns its rows: which go on, which are put away, and what is remembered.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import dq

if TYPE_CHECKING:
    from dq_prefect.automations import create_automation
    from dq_prefect.blocks import ContractRegistry, DQStore
    from dq_prefect.caching import ContractVersion
    from dq_prefect.errors import BlockedError
    from dq_prefect.gates import gate
    from dq_prefect.retries import may_help
    from dq_prefect.tasks import enforce_contract, replay_quarantine, validate_contract

__all__ = [
    "BlockedError",
    "ContractRegistry",
    "ContractVersion",
    "DQStore",
    "create_automation",
    "enforce_contract",
    "gate",
    "may_help",
    "replay_quarantine",
    "validate_contract",
]

_HOME_OF = {
    "BlockedError": "errors",
    "ContractRegistry": "blocks",
    "ContractVersion": "caching",
    "DQStore": "blocks",
    "create_automation": "automations",
    "enforce_contract": "tasks",
    "gate": "gates",
    "may_help": "retries",
    "replay_quarantine": "tasks",
    "validate_contract": "tasks",
}


def __getattr__(name: str) -> object:
    """The public names, each imported when it is asked for."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'dq_prefect' has no attribute '{name}'")
    try:
        return getattr(importlib.import_module(f"dq_prefect.{_HOME_OF[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "prefect":
            raise
        raise dq.UsageError("prefect is not installed", f"dq_prefect.{name}", "pip install 'dq-suite[prefect]'") from None


def __dir__() -> list[str]:
    return sorted(__all__)
