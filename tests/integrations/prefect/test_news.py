"""Laws of what Prefect is told: events, artifacts and assets, read back through its API; and of telling that fails."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect")

from prefect.assets import materialize
from prefect.runtime import flow_run

import dq
from dq_prefect import DQStore, gate, news, surroundings
from dq_prefect.runs import Run
from tests.integrations.prefect.conftest import CONTRACT
from tests.integrations.prefect.pipelines import BAD, GOOD, ROWS, SOCKETS, artifacts, batches, events, flow, run, task, wait_for

pytestmark = [pytest.mark.usefixtures("harness"), pytest.mark.filterwarnings(SOCKETS), pytest.mark.timeout(300)]


def test_artifacts_tell_the_summary_first() -> None:
    """A run has a table with the summary first and the checks behind, worst first, and a link to its report."""

    @gate("people", stage="Raw Stage!", key="d1")
    @flow
    def work() -> list[Any]:
        ids.append(str(flow_run.id))
        return ROWS

    ids: list[str] = []
    work()
    found = artifacts(flow_run=ids[0])
    assert set(found) == {"dq-people-people-raw-stage", "dq-people-people-raw-stage-report"}
    rows = json.loads(found["dq-people-people-raw-stage"].data)
    assert (rows[0]["check"], rows[0]["status"], rows[0]["bad rows"], rows[0]["of"]) == ("ALL", "quarantined", 1, 3)
    assert (rows[1]["check"], rows[1]["status"]) == ("age.maximum", "fail")
    assert {row["status"] for row in rows[2:]} == {"pass"}
    report = found["dq-people-people-raw-stage-report"]
    assert report.description == "`people.people | Raw Stage! | d1` `fail: 1 of 3 rows are bad: age.maximum`"
    link = re.fullmatch(r"\[report\]\(file://(.*)\)\n\non the machine of the run: `(.*)`", report.data)
    assert link is not None
    assert "age is at most 120" in Path(link[2]).read_text("utf-8")
    assert link[1] == link[2]


def test_async_runs_have_artifacts_too() -> None:
    """What is told does not depend on the loop that a run lives in."""

    @gate("people", stage="raw", key="d1")
    @flow
    async def work() -> list[Any]:
        ids.append(str(flow_run.id))
        return ROWS

    ids: list[str] = []
    run(work())
    assert set(artifacts(flow_run=ids[0])) == {"dq-people-people-raw", "dq-people-people-raw-report"}


def test_many_checks_make_a_short_table(folder: Path) -> None:
    """A table has at most fifty checks, and says how many more there are."""
    columns = "\n".join(f"      - {{name: c{number}, logicalType: integer}}" for number in range(80))
    text = CONTRACT.format(name="wide", version="1.0.0", oldest=1).split("    properties:")[0]
    (folder / "wide.odcs.yaml").write_text(f"{text}    properties:\n{columns}\n", "utf-8")

    @gate("wide.odcs.yaml", stage="raw")
    @flow
    def work() -> list[Any]:
        ids.append(str(flow_run.id))
        return [{f"c{number}": 1 for number in range(80)}]

    ids: list[str] = []
    work()
    rows = json.loads(artifacts(flow_run=ids[0])["dq-wide-wide-raw"].data)
    assert len(rows) == 52
    assert rows[-1]["check"] == "… 31 more"


def test_events_name_what_came_of_it() -> None:
    """Each outcome has its events, about the dataset and the stage, with the summary; the same resource in every run."""

    def nothing(done: dq.Enforcement) -> list[Any]:
        return [] if not done.ok else ROWS

    @task
    @gate("people", stage="raw", key="{name}", on_block=nothing)
    def load(name: str, rows: list[Any]) -> list[Any]:
        return rows if name else []

    @flow
    def work() -> None:
        ids.append(str(flow_run.id))
        for name, rows in (("good", GOOD), ("mixed", ROWS), ("bad", BAD)):
            load(name, rows)

    ids: list[str] = []
    work()
    told = {name: _told(name, ids[0]) for name in ("passed", "violated", "quarantined", "blocked")}
    keys = {name: sorted(event.payload["key"] for event in found) for name, found in told.items()}
    assert keys == {"passed": ["good"], "violated": ["bad", "mixed"], "quarantined": ["mixed"], "blocked": ["bad"]}
    assert {event.resource.id for found in told.values() for event in found} == {"dq.dataset/people.people/raw"}
    event = told["quarantined"][0]
    assert event.payload["rows_quarantined"] == 1
    assert event.resource_in_role["contract"]["dq.contract.version"] == "1.0.0"


def _told(name: str, flow_run_id: str) -> list[Any]:
    """The events of that name, when there are as many as are wanted."""
    wanted = 2 if name == "violated" else 1

    def ask() -> list[Any]:
        found = events(f"dq.contract.{name}", flow_run=flow_run_id)
        return found if len(found) >= wanted else []

    return wait_for(ask)


def test_assets_carry_the_summary() -> None:
    """The materialization of an asset says what its gate found."""

    @gate("people", stage="raw", key="d1")
    @materialize("s3://lake/people")
    def load() -> list[Any]:
        return ROWS

    @flow
    def work() -> Any:
        ids.append(str(flow_run.id))
        loaded: Any = load()
        return loaded

    ids: list[str] = []
    assert work() == GOOD
    found = wait_for(lambda: events("prefect.asset.materialization.succeeded", flow_run=ids[0]))
    assert (found[0].resource.id, found[0].payload["dq"]["rows_quarantined"]) == ("s3://lake/people", 1)


def test_reports_go_where_the_store_says(folder: Path) -> None:
    """A DQStore names the folder of reports, and the address under which they are served."""
    place = DQStore(reports=str(folder / "pages"), reports_url="https://reports.example/dq/")

    @gate("people", stage="raw", key="d1", store=place)
    @flow
    def work() -> list[Any]:
        ids.append(str(flow_run.id))
        return ROWS

    ids: list[str] = []
    work()
    (page,) = (folder / "pages").iterdir()
    assert artifacts(flow_run=ids[0])["dq-people-people-raw-report"].data == f"[report](https://reports.example/dq/{page.name})"


def test_artifacts_can_be_left_out() -> None:
    """A gate without artifacts enforces all the same."""

    @gate("people", stage="raw", key="d1", artifacts=False)
    @flow
    def work() -> list[Any]:
        ids.append(str(flow_run.id))
        return ROWS

    ids: list[str] = []
    assert work() == GOOD
    assert artifacts(flow_run=ids[0]) == {}


def test_a_long_scan_shows_its_progress() -> None:
    """A scan that tells of itself has one progress artifact, which ends at 100."""

    @flow
    def work() -> str:
        here = surroundings.Surroundings().now(Run.current())
        for words in ({"dataset": "people.people", "stage": "raw"}, {"stage": "staged"}):
            with news.progress(here, "people@^1", words) as told:
                assert told is not None
                told(0.25)
                told(0.5)
        return str(flow_run.id)

    found = artifacts(flow_run=work())
    assert {name: item.data for name, item in found.items()} == {
        "dq-people-people-raw-progress": 100,
        "dq-people-1-staged-progress": 100,
    }


def test_telling_that_fails_fails_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """When Prefect cannot be told, rows go on, and the log says so."""

    def broken(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(news, "get_client", broken)
    monkeypatch.setattr(news, "emit_event", broken)

    @gate("people", stage="raw", key="d1")
    @flow
    def work() -> list[Any]:
        return ROWS

    assert work() == GOOD
    assert batches() == [("d1", "published")]


@pytest.mark.parametrize(("dataset", "stage"), [("Orders.Ünits", "räw/2"), ("x" * 300, "raw"), ("a--b", "-")])
def test_artifact_keys_are_valid(dataset: str, stage: str) -> None:
    """Whatever datasets and stages are called, the key is one that Prefect takes."""
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", news.artifact_key(dataset, stage, "report"))
    assert news.artifact_key(dataset, stage, "report") != news.artifact_key(dataset, stage)
