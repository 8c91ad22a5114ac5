"""
dq in Airflow: gates around the stages of a DAG. Nothing here imports Airflow until it is used.

    from dq_airflow import ContractGateOperator

    ContractGateOperator(task_id="gate", contract="flights@^1", source="raw/{{ ds }}.csv", stage="raw", output="good/")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq_airflow.assets import contract_asset, require_contract
    from dq_airflow.decorators import contract_gate
    from dq_airflow.errors import ContractViolated, GateError, StageBlocked
    from dq_airflow.operators import ContractGateOperator, ContractValidateOperator
    from dq_airflow.replay import QuarantineReplayOperator
    from dq_airflow.sensors import QuarantineClearedSensor

__all__ = [
    "ContractGateOperator",
    "ContractValidateOperator",
    "ContractViolated",
    "GateError",
    "QuarantineClearedSensor",
    "QuarantineReplayOperator",
    "StageBlocked",
    "contract_asset",
    "contract_gate",
    "require_contract",
]

_HOMES = {
    "assets": ("contract_asset", "require_contract"),
    "decorators": ("contract_gate",),
    "errors": ("ContractViolated", "GateError", "StageBlocked"),
    "operators": ("ContractGateOperator", "ContractValidateOperator"),
    "replay": ("QuarantineReplayOperator",),
    "sensors": ("QuarantineClearedSensor",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        msg = f"module 'dq_airflow' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(importlib.import_module(f"dq_airflow.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
