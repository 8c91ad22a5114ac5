"""A whole Airflow on loopback: scheduler, API server, DAG processor and triggerer, in a home of its own, ended by its pid."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any

import psutil

from tests.postgres import using

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "integrations" / "dq_airflow" / "example_dags"
PATIENCE = 400.0  # seconds; a machine that does ten other things is that slow
ANSWER = 200.0  # more than the 60 s that Airflow waits for its SQLite
START = 400.0  # it takes 15 s; a machine that does other things takes longer
_PASSWORD = secrets.token_hex(8)
_PAUSES = (0.3, 1.0, 3.0)  # seconds
_STARTED: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Server:
    """A running Airflow: where it is, and its REST API."""

    port: int
    home: Path
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def token(self) -> str:
        """Of the administrator."""
        return str(self.ask("POST", "/auth/token", {"username": "admin", "password": self.password}, token="")["access_token"])

    def raw(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of one answer; *token* "" sends none."""
        said = self.token if token is None else token
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {said}"} if said else {})}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310  loopback
        for pause in (*_PAUSES, None):
            status, told, answer = _answer(request)
            if pause is None or status < HTTPStatus.INTERNAL_SERVER_ERROR:
                break
            time.sleep(pause)
        return status, told, answer

    def ask(self, method: str, path: str, body: object = None, *, token: str | None = None) -> Any:
        """The JSON of an answer that is no error."""
        status, _, said = self.raw(method, path, body, token=token)
        assert status < 400, f"{method} {path}: {status} {said.decode()[:600]}"
        return json.loads(said) if said else None

    def run(
        self,
        dag_id: str,
        conf: Mapping[str, Any] | None = None,
        *,
        at: str | None = None,
        over: tuple[str, str] | None = None,
        name: str | None = None,
    ) -> Run:
        """
        Trigger a DAG; *at* is the logical date (None: none), *over* the data interval.

        With a *name* it is triggered once, whichever worker comes first.
        """
        name = name or f"run-{secrets.token_hex(4)}"  # asked again after a lost answer, it is not run twice
        interval = {} if over is None else {"data_interval_start": over[0], "data_interval_end": over[1]}
        body = {"logical_date": at, "conf": dict(conf or {}), **interval, "dag_run_id": name}
        status, _, said = self.raw("POST", f"/api/v2/dags/{dag_id}/dagRuns", body)
        assert status in (HTTPStatus.OK, HTTPStatus.CONFLICT), said.decode()[:600]
        return Run(self, dag_id, name)


def _answer(request: urllib.request.Request) -> tuple[int, Mapping[str, str], bytes]:
    try:
        with urllib.request.urlopen(request, timeout=ANSWER) as answer:  # noqa: S310  loopback
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


@dataclass(frozen=True)
class Run:
    """One run of a DAG."""

    server: Server
    dag_id: str
    run_id: str

    @property
    def path(self) -> str:
        """Of the run in the API."""
        return f"/api/v2/dags/{self.dag_id}/dagRuns/{urllib.parse.quote(self.run_id)}"

    def ended(self) -> dict[str, str]:
        """Wait until the run ends; the state of every task that is not mapped."""
        wait_for(lambda: self.server.ask("GET", self.path)["state"] in ("success", "failed"), f"{self.dag_id} {self.run_id}")
        return {item["task_id"]: item["state"] for item in self.tasks()}

    def tasks(self) -> list[dict[str, Any]]:
        """Its task instances."""
        return list(self.server.ask("GET", f"{self.path}/taskInstances")["task_instances"])

    def task(self, task_id: str, map_index: int = -1) -> dict[str, Any]:
        """One task instance."""
        return next(item for item in self.tasks() if (item["task_id"], item["map_index"]) == (task_id, map_index))

    def xcom(self, task_id: str, key: str = "dq_summary", map_index: int = -1) -> Any:
        """What a task pushed."""
        path = f"{self.path}/taskInstances/{task_id}/xcomEntries/{key}?map_index={map_index}&deserialize=false&stringify=false"
        return self.server.ask("GET", path)["value"]

    def links(self, task_id: str, map_index: int = -1) -> dict[str, str]:
        """The extra links of a task."""
        return dict(self.server.ask("GET", f"{self.path}/taskInstances/{task_id}/links?map_index={map_index}")["extra_links"])

    def log(self, task_id: str, tried: int = 1, map_index: int = -1) -> str:
        """What a try of a task said."""
        return json.dumps(
            self.server.ask("GET", f"{self.path}/taskInstances/{task_id}/logs/{tried}?map_index={map_index}&full_content=true")
        )

    def clear(self, *task_ids: str) -> None:
        """Run tasks again, as somebody does in the UI."""
        body = {
            "dry_run": False,
            "task_ids": list(task_ids),
            "dag_run_id": self.run_id,
            "only_failed": False,
            "reset_dag_runs": True,
        }
        self.server.ask("POST", f"/api/v2/dags/{self.dag_id}/clearTaskInstances", body)


def wait_for(ready: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Poll until *ready* is true."""
    deadline = time.monotonic() + patience
    while not ready():
        assert time.monotonic() < deadline, f"waited {patience:.0f} s for {what}"
        time.sleep(0.3)


# -- a server that the workers of a test run share ---------------------------------------------------------------------


@contextmanager
def shared(folder: Path, environment: Mapping[str, str], contracts: Sequence[Path]) -> Iterator[Server]:
    """The server of *folder*: the first who comes starts it, the last who goes ends it."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "server.json"
    with alone(folder):
        said = json.loads(place.read_text("utf-8")) if place.exists() else None
        if said is None:
            for source in contracts:
                shutil.copytree(source, folder / "contracts", dirs_exist_ok=True)
            data = Path(tempfile.mkdtemp(prefix="dq-airflow-"))  # who runs PostgreSQL for root may not look into *folder*
            data.chmod(0o755)
            said = {"users": 0, "data": str(data / "data")}
        with ExitStack() as started:
            database = started.enter_context(using(Path(said["data"])))
            if "pid" not in said:
                said |= _started(folder / "home", database, environment)
            place.write_text(json.dumps({**said, "users": said["users"] + 1}), "utf-8")
            ended = started.pop_all()
    try:
        yield Server(said["port"], folder / "home", said["password"])
    finally:
        with alone(folder):
            is_last = _leave(place)
            ended.close()
            if is_last:  # not sooner: PostgreSQL needs its files to be ended
                shutil.rmtree(Path(said["data"]).parent, ignore_errors=True)


def _leave(place: Path) -> bool:
    """Go; who goes last ends the server, and is told so."""
    said = json.loads(place.read_text("utf-8"))
    place.write_text(json.dumps({**said, "users": said["users"] - 1}), "utf-8")
    if said["users"] == 1:
        place.unlink()
        _end(said["pid"])
    return bool(said["users"] == 1)


@contextmanager
def alone(folder: Path) -> Iterator[IO[str]]:
    """While no other worker is inside."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _started(home: Path, database: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Start `airflow standalone`; returns when every part of it is healthy and the DAGs are parsed."""
    shutil.rmtree(home, ignore_errors=True)  # of a server that ended when nobody needed it yet
    home.mkdir()
    dags = home / "dags"
    for folder in (HERE / "dags", EXAMPLES):
        shutil.copytree(folder, dags, ignore=shutil.ignore_patterns("__pycache__", "__init__.py"), dirs_exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "passwords.json").write_text(json.dumps({"admin": _PASSWORD}), "utf-8")
    log = (home / "standalone.log").open("w")
    beside = str(Path(sys.executable).parent)  # it starts its parts by the name `airflow`
    # Without byte code every task would compile all that it imports: six seconds instead of one.
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        [f"{beside}/airflow", "standalone"],
        env={**inherited, "PATH": f"{beside}:{os.environ['PATH']}", **_variables(home, port, database), **environment},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    log.close()
    _STARTED.append(process)
    server = Server(port, home, _PASSWORD)
    try:
        wait_for(lambda: _healthy(server, process, home), "a healthy Airflow", START)
    except BaseException:
        _end(process.pid)
        raise
    return {"port": port, "pid": process.pid, "password": _PASSWORD}


def _variables(home: Path, port: int, database: str) -> dict[str, str]:
    settings = {
        "CORE__DAGS_FOLDER": home / "dags",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__PARALLELISM": 4,
        "CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": home / "passwords.json",
        "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": False,
        "API__HOST": "127.0.0.1",
        "API__PORT": port,
        "API__BASE_URL": f"http://127.0.0.1:{port}",
        "API__WORKERS": 1,
        "API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "API__SECRET_KEY": secrets.token_hex(32),
        "DATABASE__SQL_ALCHEMY_CONN": database,
        "DATABASE__SQL_ALCHEMY_CONN_ASYNC": database,  # the same driver: Airflow 3.3 would ask for another
        "DAG_PROCESSOR__REFRESH_INTERVAL": 5,
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 600,
        "LOGGING__LOGGING_LEVEL": "INFO",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.3,
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": 5,
        "TRIGGERER__CAPACITY": 10,
        "USAGE_DATA_COLLECTION__ENABLED": False,
    }
    return {"AIRFLOW_HOME": str(home), **{f"AIRFLOW__{name}": str(value) for name, value in settings.items()}}


def _healthy(server: Server, process: subprocess.Popen[bytes], home: Path) -> bool:
    said = (home / "standalone.log").read_text("utf-8", errors="replace")
    assert process.poll() is None, said[-3000:]
    try:
        health = server.ask("GET", "/api/v2/monitor/health", token="")
    except (OSError, AssertionError):
        return False  # it does not listen yet
    if any((health.get(name) or {}).get("status") != "healthy" for name in ("scheduler", "dag_processor", "triggerer")):
        return False
    errors = server.ask("GET", "/api/v2/importErrors")["import_errors"]
    assert not errors, "\n".join(item["stack_trace"] for item in errors)
    files = {str(path) for path in (home / "dags").glob("*.py")}
    return files <= {item["fileloc"] for item in server.ask("GET", "/api/v2/dags?limit=100")["dags"]}


def _end(pid: int) -> None:
    """End the server and what it started, by the session that it leads."""
    for number, patience in ((signal.SIGINT, 15.0), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, number)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for process in _STARTED:
                process.poll()
            if not _lives(pid):
                return
            time.sleep(0.2)


def _lives(group: int) -> bool:
    """Whether a process of the group runs; one that another worker started stays a zombie until that worker ends."""
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(ProcessLookupError):
            if process.info["status"] != psutil.STATUS_ZOMBIE and os.getpgid(process.pid) == group:
                return True
    return False
