"""What has another home in another Airflow: 3.1 to 3.3. The only place that knows versions."""

from __future__ import annotations

from airflow.sdk import Asset, BaseHook, BaseOperator, BaseOperatorLink, BaseSensorOperator, Context
from airflow.sdk.bases.decorator import task_decorator_factory

try:
    from airflow.sdk.bases.branch import BranchMixIn
    from airflow.sdk.configuration import conf
    from airflow.sdk.exceptions import (
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferred,
    )
except ImportError:  # 3.1
    from airflow.configuration import conf  # type: ignore[no-redef,attr-defined,unused-ignore]
    from airflow.exceptions import (  # type: ignore[no-redef,attr-defined,unused-ignore]
        AirflowFailException,
        AirflowNotFoundException,
        AirflowSensorTimeout,
        AirflowSkipException,
        TaskDeferred,
    )
    from airflow.providers.standard.operators.branch import BranchMixIn  # type: ignore[assignment,no-redef,unused-ignore]

__all__ = [
    "AirflowFailException",
    "AirflowNotFoundException",
    "AirflowSensorTimeout",
    "AirflowSkipException",
    "Asset",
    "BaseHook",
    "BaseOperator",
    "BaseOperatorLink",
    "BaseSensorOperator",
    "BranchMixIn",
    "Context",
    "TaskDeferred",
    "conf",
    "task_decorator_factory",
]
