"""Laws against a real Prefect server: runs of other processes leave one active batch each, and it acts on what they tell."""

from __future__ import annotations

import http.server
import importlib.util
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect")

from tests.integrations.prefect.pipelines import active, batches, wait_for

REPOSITORY = Path(__file__).parents[3]
SCRIPT = Path(__file__).with_name("script.py")
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of processes that talk to a server of their own."""
    spec = importlib.util.spec_from_file_location("prefect_server", REPOSITORY / "docs" / "demo" / "prefect_server.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with module.server(tmp_path_factory.mktemp("server")) as known:
        paths = (str(REPOSITORY), str(REPOSITORY / "integrations"))
        yield {**known, "PYTHONPATH": ":".join(paths)}


@contextmanager
def hook() -> Iterator[tuple[str, list[Any]]]:
    """A webhook on loopback: its address, and what it was told."""
    told: list[Any] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def program(environment: dict[str, str], *words: str) -> str:
    """What script.py prints."""
    command = [sys.executable, str(SCRIPT), *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(environment: dict[str, str], path: str, question: dict[str, Any]) -> Any:
    """What Prefect's API answers."""
    url = f"{environment['PREFECT_API_URL']}/{path}/filter"
    request = urllib.request.Request(url, json.dumps(question).encode(), {"Content-Type": "application/json"})  # noqa: S310  ours
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310  ours
        return json.loads(answer.read())


def test_whatever_happens_to_a_run_leaves_one_batch_and_is_told(environment: dict[str, str]) -> None:
    """Two processes at once with mapped, retried, cached and rolled back tasks: one active batch for each part, all told."""
    with hook() as (url, told):
        program(environment, "automate", url)
        with ThreadPoolExecutor(2) as pool:
            done = [json.loads(text) for text in pool.map(lambda _: program(environment, "run"), range(2))]
        runs = [item["flow_run"] for item in done]
        assert sum(item["tries"].count("retried") for item in done) == 4
        assert sorted(active(stage="mapped")) == ["d1", "d2"]
        assert active(stage="cached") == ["d1"]
        assert sorted(key.split(":")[0] for key in active(stage="retried")) == sorted(runs)
        assert [state for _, state in batches(stage="rolled back")] == ["withdrawn", "withdrawn"]
        _see_artifacts(environment, runs)
        _see_events(environment, runs)
        call = wait_for(lambda: told)[0]
        assert (call["event"], call["dataset"]) == ("dq.contract.violated", "people.people")
        assert call["summary"]["rows_quarantined"] == 1


def _see_artifacts(environment: dict[str, str], runs: list[str]) -> None:
    for flow_run in runs:
        found = asked(environment, "artifacts", {"artifacts": {"flow_run_id": {"any_": [flow_run]}}})
        assert {f"dq-people-people-{stage}" for stage in ("mapped", "retried", "rolled-back")} <= {item["key"] for item in found}


def _see_events(environment: dict[str, str], runs: list[str]) -> None:
    question = {"filter": {"event": {"name": ["dq.contract.quarantined"]}}, "limit": 50}

    def all_told() -> bool:
        events = asked(environment, "events", question)["events"]
        return all(sum(flow_run in json.dumps(event) for event in events) >= 4 for flow_run in runs)

    wait_for(all_told)
