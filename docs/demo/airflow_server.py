"""A whole Airflow on loopback, in a home of its own: nothing of the person's own Airflow is read or changed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PATIENCE = 300  # seconds; a busy machine takes ten times as long as an idle one
_PARTS = ("scheduler", "dag_processor", "triggerer")


@dataclass(frozen=True, slots=True)
class Airflow:
    """A running one: its address, and whoever may do everything."""

    url: str
    token: str = ""

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the REST API answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310  loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)

    def run(self, dag_id: str, name: str, at: str | None = None) -> str:
        """Trigger a DAG as run *name*, with the logical date *at*; the state that it ends in."""
        self.ask("POST", f"/api/v2/dags/{dag_id}/dagRuns", {"dag_run_id": name, "logical_date": at})
        path = f"/api/v2/dags/{dag_id}/dagRuns/{name}"
        wait_for(lambda: self.ask("GET", path)["state"] in ("success", "failed"), f"run {name} of {dag_id}")
        return str(self.ask("GET", path)["state"])

    def told(self, dag_id: str, name: str, task_id: str) -> Mapping[str, Any]:
        """The summary that a gate left."""
        path = f"/api/v2/dags/{dag_id}/dagRuns/{name}/taskInstances/{task_id}/xcomEntries/dq_summary?stringify=false"
        found: Mapping[str, Any] = self.ask("GET", path)["value"]
        return found

    def tab(self, dag_id: str, name: str, task_id: str) -> str:
        """The address of the tab of a task that shows the report."""
        return f"{self.url}/dags/{dag_id}/runs/{name}/tasks/{task_id}/plugin/contract_report"


@contextmanager
def server(home: Path, dags: Path, said: Mapping[str, object]) -> Iterator[Airflow]:
    """
    A running Airflow with the DAGs of a folder; its log is `airflow.log` in *home*.

    Raises:
        RuntimeError: it ended, or is not healthy in time; the message holds the end of its log.
    """
    port = _port(8080)
    beside = Path(sys.executable).parent  # it starts its parts by the name `airflow`
    known = {name: value for name, value in os.environ.items() if not name.startswith(("DQ_", "AIRFLOW_"))}
    own = {"PATH": f"{beside}{os.pathsep}{known.get('PATH', '')}", **_variables(home, dags, port), **said}
    with (home / "airflow.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [str(beside / "airflow"), "standalone"],
            env={**known, **{name: str(value) for name, value in own.items()}},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield _ready(process, Airflow(f"http://127.0.0.1:{port}"), home / "airflow.log", len(list(dags.glob("[!_]*.py"))))
    finally:
        _end(process)


def _variables(home: Path, dags: Path, port: int) -> dict[str, object]:
    return {
        "AIRFLOW_HOME": home,
        "AIRFLOW__CORE__DAGS_FOLDER": dags,
        "AIRFLOW__CORE__LOAD_EXAMPLES": False,
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "AIRFLOW__CORE__PARALLELISM": 4,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": True,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": port,
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": False,
    }


def _ready(process: subprocess.Popen[bytes], airflow: Airflow, log: Path, files: int) -> Airflow:
    """The server when every part of it is healthy and every file of DAGs is read."""

    def healthy() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"Airflow ended:\n{log.read_text('utf-8', errors='replace')[-3000:]}")
        with suppress(OSError, urllib.error.URLError, ValueError):
            health = airflow.ask("GET", "/api/v2/monitor/health")
            return all((health.get(part) or {}).get("status") == "healthy" for part in _PARTS)
        return False

    wait_for(healthy, f"a healthy Airflow; see {log}")
    known = Airflow(airflow.url, airflow.ask("GET", "/auth/token")["access_token"])
    wait_for(
        lambda: len({item["fileloc"] for item in known.ask("GET", "/api/v2/dags?limit=100")["dags"]}) >= files, f"DAGs; see {log}"
    )
    return known


def wait_for(ready: Callable[[], object], what: str) -> None:
    """
    Ask until *ready* is true.

    Raises:
        RuntimeError: it took too long.
    """
    until = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > until:
            raise RuntimeError(f"waited {PATIENCE} s for {what}")
        time.sleep(0.5)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started, gently first."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        until = time.monotonic() + 15
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
            while time.monotonic() < until:
                process.poll()
                os.killpg(process.pid, 0)  # until nobody is there
                time.sleep(0.2)


def _port(wanted: int) -> int:
    """*wanted* when it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return int(found.getsockname()[1])
    raise SystemExit("no port is free")
