"""
Where the store, the dead letters and the contracts are: connection, then [dq_airflow] of airflow.cfg, then dq's own settings.

`dq.toml` and `DQ_*` hold where neither says anything; without any of them the store of a machine alone is in AIRFLOW_HOME.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import dq
from dq_airflow._compat import BaseHook, conf

SECTION = "dq_airflow"
LOCAL_EXECUTORS = {"LocalExecutor", "SequentialExecutor", "InProcessExecutor"}
_MEND = "set store_url and quarantine_url: in a connection of type 'dq', in [dq_airflow], or DQ_STORE_URL and DQ_QUARANTINE_URL"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a project says once: *settings* of dq, and *reports*, the address of pages about runs ("": Airflow's own)."""

    settings: dq.Settings
    reports: str = ""


def surroundings(
    conn_id: str | None = None,
    *,
    executor: str | None = None,
    beside: str | None = None,
    said: Mapping[str, str] | None = None,
) -> Surroundings:
    """
    What holds here.

    Args:
        conn_id: a connection of type `dq`; None: the one that [dq_airflow] names, if any.
        executor: of the task, when it has one of its own.
        beside: the folder of the DAG: a relative folder of contracts may be there.
        said: what the connection says, by who has asked for it already.

    Raises:
        dq.UsageError: the local default store under an executor that is not local; or dq.toml is wrong.
        AirflowNotFoundException: there is no such connection.
    """
    said = {**_from_config(), **(_from_connection(conn_id or _option("conn_id")) if said is None else said)}
    settings = dq.Settings.load()
    settings = replace(
        settings,
        contracts=_beside(said.get("contracts") or settings.contracts, beside),
        store_url=said.get("store_url") or settings.store_url,
        quarantine_url=said.get("quarantine_url") or settings.quarantine_url,
    )
    if not (settings.store_url and settings.quarantine_url):
        settings = _at_home(settings, executor or conf.get("core", "executor", fallback="LocalExecutor"))
    return Surroundings(settings, str(said.get("report_url") or "").rstrip("/"))


def _option(name: str) -> str:
    return str(conf.get(SECTION, name, fallback="") or "")


def _from_config() -> dict[str, str]:
    names = ("contracts", "store_url", "quarantine_url", "report_url")
    return {name: said for name in names if (said := _option(name))}


def _from_connection(conn_id: str) -> Mapping[str, str]:
    return _extras(BaseHook.get_connection(conn_id)) if conn_id else {}


async def said_by_connection(conn_id: str | None) -> Mapping[str, str]:
    """What the connection that holds says, asked for in the loop of a triggerer: in 3.1 no thread beside it may ask."""
    found = conn_id or _option("conn_id")
    return _extras(await BaseHook.aget_connection(found)) if found else {}


def _extras(conn: Any) -> Mapping[str, str]:
    return {name: str(value) for name, value in conn.extra_dejson.items() if value}


def _beside(contracts: str, folder: str | None) -> str:
    """A relative folder of contracts that is not here may be beside the DAG."""
    if folder and not Path(contracts).is_absolute() and not Path(contracts).exists() and (Path(folder) / contracts).exists():
        return str(Path(folder) / contracts)
    return contracts


def _at_home(settings: dq.Settings, executor: str) -> dq.Settings:
    """The store of a machine alone, in AIRFLOW_HOME; tasks of other executors would each find another."""
    name = executor.partition(",")[0].rpartition(":")[2].rpartition(".")[2]
    if name not in LOCAL_EXECUTORS:
        missing = [name for name in ("store_url", "quarantine_url") if not getattr(settings, name)]
        what = " and ".join(missing)
        raise dq.UsageError(f"{what} not set: under {name} each worker would have a store of its own", "", _MEND)
    home = Path(os.environ.get("AIRFLOW_HOME") or "~/airflow").expanduser() / "dq"
    return replace(
        settings,
        store_url=settings.store_url or f"sqlite:///{home / 'store.db'}",
        quarantine_url=settings.quarantine_url or str(home / "quarantine"),
    )
