"""Gates in a whole Airflow: what happens to tasks, batches, XComs, links, assets and the tab."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

import dq
from tests.integrations.airflow.conftest import settings
from tests.integrations.airflow.server import Run, Server, alone, wait_for

pytestmark = pytest.mark.timeout(1200)
DAY = ("2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z")
PARAMS = {
    "plain": ("source",),
    "killed": ("source",),
    "wrong": ("source",),
    "branching": ("source",),
    "short": ("source",),
    "taskflow": ("ages",),
}
NEXT = ("2024-05-03T00:00:00Z", "2024-05-04T00:00:00Z")
KEY = "2024-05-01T00:00:00Z--2024-05-02T00:00:00Z"


def people(path: Path, *ages: int) -> str:
    """A file of people, one for every age."""
    path.write_text("id,age\n" + "".join(f"{number},{age}\n" for number, age in enumerate(ages)), "utf-8")
    return str(path)


def active(history: dq.History, dataset: str, stage: str, key: str | None = None) -> list[str]:
    """The ids of the batches that count."""
    return [item.id for item in history.batches(dataset=dataset, stage=stage, key=key, states=["committed", "published"])]


def published(source: str) -> list[int]:
    """The ages that went on from *source*, in all its keys."""
    import pyarrow.parquet as pq

    found = sorted(Path(f"{source}.good").rglob("*.parquet"))
    return sorted(age for path in found for age in pq.read_table(path)["age"].to_pylist())


@dataclass(frozen=True)
class Started:
    """A run that was triggered, and the file that its gate reads."""

    run: Run
    source: str


@pytest.fixture(scope="module")
def started(server: Server) -> dict[str, Started]:
    """One run of everything that is looked at, triggered at once: they run beside each other while tests wait."""
    folder = server.home.parent / "people"
    with alone(server.home.parent):
        return _triggered(server, folder)


def _triggered(server: Server, folder: Path) -> dict[str, Started]:
    folder.mkdir(exist_ok=True)

    def start(name: str, dag_id: str, *ages: int, over: tuple[str, str] | None = DAY, **conf: object) -> Started:
        path = folder / f"{name}.csv"
        source = str(path) if path.exists() else people(path, *ages)
        said = {"source": source, "ages": ages, **conf}
        known = {param: said[param] for param in PARAMS[dag_id]} | conf
        return Started(server.run(dag_id, known, at=over and over[1], over=over, name=name), source)

    sources = [str(folder / f"mapped{number}.csv") for number in range(2)]
    for number, source in enumerate(sources):
        if not Path(source).exists():
            people(Path(source), 30 + number, 141)
    return {
        "quarantined": start("quarantined", "plain", 30, 141, 40),
        "newest": start("newest", "plain", 30, 141, 40, over=NEXT),
        "blocked": start("blocked", "plain", 30, 141, 142, over=None, budget="0"),
        "killed": start("killed", "killed", 30, 141, 40),
        "wrong": start("wrong", "wrong", 30, 141),
        "mapped": Started(server.run("mapped", {"sources": sources}, at=DAY[1], over=DAY, name="mapped"), sources[0]),
        "taskflow": start("taskflow", "taskflow", 30, 141, 100, 50),
        "good branch": start("good", "branching", 30, 40),
        "bad branch": start("bad", "branching", 141, 142, over=None),
        "short circuit": start("short", "short", 141, 142),
        "outage": Started(server.run("outage", name="outage"), ""),
        "passed": start("passed", "plain", 30, 40, over=None),
    }


def test_good_rows_go_on(history: dq.History, started: dict[str, Started]) -> None:
    """A passing and a quarantining gate let the next task run; the data interval is the key, its end the time."""
    run, source = started["quarantined"].run, started["quarantined"].source
    assert run.ended() == {"gate": "success", "after": "success"}
    done = run.xcom("gate")
    assert (done["outcome"], done["key"], done["rows_in"]) == ("quarantined", KEY, 3)
    assert published(source) == [30, 40]
    kept = history.run(done["run_id"])
    assert kept.origin["airflow"] == {"dag_id": "plain", "run_id": run.run_id, "task_id": "gate", "map_index": -1}
    assert kept.at.isoformat() == "2024-05-02T00:00:00+00:00"
    passing = started["passed"].run
    assert passing.ended() == {"gate": "success", "after": "success"}
    assert passing.xcom("gate")["outcome"] == "passed"
    assert passing.xcom("gate")["key"] == f"plain {passing.run_id} gate"  # a run without a logical date


def test_the_newest_of_an_interval_is_the_one(server: Server, history: dq.History, started: dict[str, Started]) -> None:
    """A cleared task leaves one active batch and its rows once; a second run over the same interval takes their place."""
    run, source = started["newest"].run, started["newest"].source
    assert run.ended()["gate"] == "success"
    first = run.xcom("gate")
    run.clear("gate")
    assert run.ended()["gate"] == "success"
    assert run.task("gate")["try_number"] == 2
    assert run.xcom("gate")["batch_id"] == first["batch_id"]
    assert active(history, "people.people", "raw", first["key"]) == [first["batch_id"]]
    assert published(source) == [30, 40]
    people(Path(source), 50, 60)
    other = server.run("plain", {"source": source}, at="2024-05-04T01:00:00Z", over=NEXT)
    assert other.ended()["gate"] == "success"
    assert active(history, "people.people", "raw", first["key"]) == [other.xcom("gate")["batch_id"]]
    assert published(source) == [50, 60]


def test_a_blocked_stage_is_not_retried(started: dict[str, Started]) -> None:
    """It fails at its first try, though two more are allowed; what follows does not run; the summary is there."""
    blocked = started["blocked"].run
    assert blocked.ended() == {"gate": "failed", "after": "upstream_failed"}
    assert blocked.task("gate")["try_number"] == 1
    assert blocked.xcom("gate")["outcome"] == "blocked"
    assert "is blocked: budget" in blocked.log("gate")


def test_the_link_and_the_tab_show_the_page_of_the_run(server: Server, started: dict[str, Started]) -> None:
    """Also of a failed task; the tab is a view on task instances, and both need who asks to be known."""
    blocked = started["blocked"].run
    blocked.ended()
    link = blocked.links("gate")["Violation report"]
    assert link.startswith(f"{server.url}/dq_airflow/report?dag_id=plain&run_id=")
    path = link.removeprefix(server.url)
    status, headers, page = server.raw("GET", path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert headers["content-security-policy"].startswith("sandbox")
    assert b"people.people" in page
    assert b"age.maximum" in page
    views = [view for plugin in server.ask("GET", "/api/v2/plugins?limit=100")["plugins"] for view in plugin["external_views"]]
    tab = next(view for view in views if view["name"] == "Contract report")
    assert tab["destination"] == "task_instance"
    shown = (
        tab["href"]
        .replace("{DAG_ID}", "plain")
        .replace("{TASK_ID}", "gate")
        .replace("{RUN_ID}", path.split("run_id=")[1].split("&")[0])
    )
    assert server.raw("GET", shown)[0] == 200  # of a task that is not mapped the UI leaves {MAP_INDEX} as it is, or says -1


@pytest.mark.parametrize("path", ["/dq_airflow/report?dag_id=plain&run_id=r&task_id=gate", "/dq_airflow/report"])
def test_nobody_reads_without_a_token(server: Server, path: str) -> None:
    """Plugin routes are public by default; ours are not, and tell nothing about themselves."""
    assert server.raw("GET", path, token="")[0] == 401
    assert server.raw("GET", path, token="no.such.token")[0] in (401, 403)  # noqa: S106
    assert server.raw("GET", "/dq_airflow/openapi.json", token="")[0] == 404


def test_a_page_that_is_not_there_says_so(server: Server) -> None:
    """Hostile and unknown names give a sentence, never a stack."""
    for task_id in ("gate", "<script>alert(1)</script>", "../..", "'; drop table xcom"):
        query = f"dag_id=plain&run_id=none&task_id={json.dumps(task_id).encode().hex()}"
        status, _, said = server.raw("GET", f"/dq_airflow/report?{query}")
        assert status == 404
        assert b"No contract was judged" in said


def test_a_summary_that_somebody_wrote_shows_nothing_of_other_dags(server: Server, started: dict[str, Started]) -> None:
    """Who may write an XCom of one DAG does not read there what the gates of another found."""
    own, other = started["good branch"].run, started["quarantined"].run
    own.ended()
    other.ended()
    said = {"key": "dq_summary", "value": {"run_id": other.xcom("gate")["run_id"]}, "map_index": -1}
    server.ask("POST", f"{own.path}/taskInstances/mart/xcomEntries", said)
    status, _, page = server.raw("GET", f"/dq_airflow/report?dag_id=branching&run_id={own.run_id}&task_id=mart")
    assert (status, b"That run is not of this DAG" in page, b"people" in page) == (404, True, False)


def test_an_asset_event_says_what_the_gate_found(server: Server, started: dict[str, Started]) -> None:
    """Passing and quarantining runs put the summary on it; a blocked run makes none."""
    run, blocked = started["quarantined"].run, started["blocked"].run
    run.ended()
    blocked.ended()
    asset = next(item for item in server.ask("GET", "/api/v2/assets?limit=100")["assets"] if item["name"] == "people")
    events = server.ask("GET", f"/api/v2/assets/events?asset_id={asset['id']}&limit=100&order_by=timestamp")["asset_events"]
    found = {item["source_run_id"]: item["extra"] for item in events}
    assert found[run.run_id]["dq"]["outcome"] == "quarantined"
    assert found[run.run_id]["dq"]["dataset"] == "people.people"
    assert blocked.run_id not in found


@pytest.mark.parametrize(("name", "state"), [("passed", "success"), ("quarantined", "failed")])
def test_a_consumer_takes_only_what_it_accepts(server: Server, started: dict[str, Started], name: str, state: str) -> None:
    """A DAG that an asset triggers goes on when every gate that triggered it passed, and stops when one quarantined."""
    producer = started[name].run
    producer.ended()

    def triggered() -> list[tuple[Run, set[str]]]:
        runs = server.ask("GET", "/api/v2/dags/consumer/dagRuns?limit=100")["dag_runs"]
        made = [Run(server, "consumer", item["dag_run_id"]) for item in runs]
        events = {run: server.ask("GET", f"{run.path}/upstreamAssetEvents")["asset_events"] for run in made}
        found = [(run, {event["extra"]["dq"]["outcome"] for event in said}) for run, said in events.items()]
        return [item for item in found if any(event["source_run_id"] == producer.run_id for event in events[item[0]])]

    wait_for(triggered, f"the consumer of what {name}")
    run, outcomes = triggered()[0]
    assert state == "success" or outcomes != {"passed"}
    assert run.ended()["require_people"] == ("success" if outcomes == {"passed"} else "failed")


def test_a_killed_task_loses_nothing_and_doubles_nothing(history: dq.History, started: dict[str, Started]) -> None:
    """SIGKILL between the commit of the bad rows and the publishing of the good ones; the retry goes on from there."""
    run, source = started["killed"].run, started["killed"].source
    assert run.ended() == {"gate": "success"}
    assert run.task("gate")["try_number"] == 2
    done = run.xcom("gate")
    assert active(history, "killed", "raw") == [done["batch_id"]]
    assert (done["rows_in"], done["rows_good"], done["rows_quarantined"]) == (3, 2, 1)
    assert published(source) == [30, 40]
    assert sum(batch.num_rows for batch in history.rows(done["batch_id"])) == 1


def test_a_mapped_gate_leaves_one_batch_per_index(history: dq.History, started: dict[str, Started]) -> None:
    """Each index has its key; without a key of its own it warns that the order may change."""
    run, source = started["mapped"].run, started["mapped"].source
    assert set(run.ended().values()) == {"success"}
    keys = [run.xcom("gate", map_index=index)["key"] for index in range(2)]
    assert keys == [f"{KEY} [0]", f"{KEY} [1]"]
    assert len(active(history, "people.people", "mapped")) == 2
    assert published(source) == [30, 31]
    assert "is mapped, and the order" in run.log("gate", map_index=1)
    assert "map_index=1" in run.links("gate", map_index=1)["Violation report"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("good branch", {"gate": "success", "mart": "success", "repair": "skipped"}),
        ("bad branch", {"gate": "success", "mart": "skipped", "repair": "success"}),
        ("short circuit", {"gate": "success", "mart": "skipped", "report": "skipped"}),
    ],
)
def test_a_blocked_stage_is_gone_around(server: Server, started: dict[str, Started], name: str, expected: dict[str, str]) -> None:
    """A branch goes to the repair and nowhere else; a short circuit skips all that follows; no asset hears of a blocked stage."""
    run = started[name].run
    assert run.ended() == expected
    query = urlencode({"source_dag_id": run.dag_id, "source_run_id": run.run_id})
    events = server.ask("GET", f"/api/v2/assets/events?{query}")["asset_events"]
    assert len(events) == (name == "good branch")


def test_a_taskflow_task_gets_and_gives_good_rows_only(started: dict[str, Started]) -> None:
    """Its input and its result are enforced, each under a key of its own; the next task gets what is left."""
    run = started["taskflow"].run
    assert run.ended() == {"made": "success", "older": "success", "counted": "success"}
    done = run.xcom("older")
    assert (done["key"], done["rows_in"], done["rows_good"]) == (KEY, 3, 2)
    assert (done["inputs"][0]["key"], done["inputs"][0]["rows_quarantined"]) == (f"{KEY} [rows]", 1)
    assert run.xcom("counted", "return_value") == 2
    assert "Violation report" in run.links("older")


def test_a_database_outage_is_retried(started: dict[str, Started]) -> None:
    """Another try is made; its log names the DAG and the task, and no password."""
    run = started["outage"].run
    assert run.ended() == {"gate": "failed"}
    assert run.task("gate")["try_number"] == 2
    said = run.log("gate", 2)
    assert "DAG 'outage', task 'gate'" in said
    assert "secret" not in said


def test_a_sensor_waits_in_the_triggerer(server: Server, history: dq.History, started: dict[str, Started]) -> None:
    """It defers while a dead letter is open, and ends when somebody decided; the triggerer, too, finds the connection."""
    started["killed"].run.ended()
    known = settings(server)
    extra = {"store_url": known.store_url, "quarantine_url": known.quarantine_url}
    said = {"connection_id": "project", "conn_type": "dq", "extra": json.dumps(extra)}
    server.ask("POST", "/api/v2/connections", said)
    run = server.run("care", {"project": "project"})
    wait_for(lambda: run.task("cleared")["state"] == "deferred", "a deferred sensor")
    dq.discard(dataset="killed", settings=settings(server))
    assert run.ended() == {"cleared": "success"}, run.log("cleared")
    assert sum(batch.open for batch in history.batches(dataset="killed")) == 0


def test_only_what_the_world_does_is_retried(started: dict[str, Started]) -> None:
    """A wrong contract, version, source or connection fails at once; a file that is late is tried again."""
    run = started["wrong"].run
    assert set(run.ended().values()) == {"failed"}
    tries = {item["task_id"]: item["try_number"] for item in run.tasks()}
    assert tries == {"contract": 1, "version": 1, "kind": 1, "settings": 1, "validate": 1, "late": 2}
    assert "DAG 'wrong', task 'settings'" in run.log("settings")
    assert run.xcom("validate")["failed"] == ["age.maximum"]
