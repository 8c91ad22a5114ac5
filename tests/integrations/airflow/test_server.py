"""Gates in a whole Airflow: what happens to tasks, batches, XComs, links, assets and the tab."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import dq
from tests.integrations.airflow.server import Run, Server, wait_for

pytestmark = pytest.mark.timeout(600)
DAY = ("2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z")
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


@pytest.fixture(scope="module")
def quarantined(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, str]:
    """A run whose gate diverts one row of three."""
    source = people(tmp_path_factory.mktemp("quarantined") / "a.csv", 30, 141, 40)
    run = server.run("plain", {"source": source, "budget": "10%"}, at=DAY[1], over=DAY)
    assert run.ended() == {"gate": "success", "after": "success"}
    return run, source


@pytest.fixture(scope="module")
def blocked(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run whose gate blocks."""
    source = people(tmp_path_factory.mktemp("blocked") / "a.csv", 30, 141, 142)
    return server.run("plain", {"source": source, "budget": "0"})


def test_good_rows_go_on(server: Server, history: dq.History, quarantined: tuple[Run, str]) -> None:
    """A passing and a quarantining gate let the next task run; the data interval is the key, its end the time."""
    run, source = quarantined
    done = run.xcom("gate")
    assert (done["outcome"], done["key"], done["rows_in"]) == ("quarantined", KEY, 3)
    assert published(source) == [30, 40]
    kept = history.run(done["run_id"])
    assert kept.origin["airflow"] == {"dag_id": "plain", "run_id": run.run_id, "task_id": "gate", "map_index": -1}
    assert kept.at.isoformat() == "2024-05-02T00:00:00+00:00"
    passing = server.run("plain", {"source": people(Path(source).with_name("b.csv"), 30, 40)})
    assert passing.ended() == {"gate": "success", "after": "success"}
    assert passing.xcom("gate")["outcome"] == "passed"


def test_the_newest_of_an_interval_is_the_one(server: Server, history: dq.History, quarantined: tuple[Run, str]) -> None:
    """A cleared task leaves one active batch and its rows once; a second run over the same interval takes their place."""
    run, source = quarantined
    first = run.xcom("gate")
    run.clear("gate")
    assert run.ended()["gate"] == "success"
    assert run.task("gate")["try_number"] == 2
    assert run.xcom("gate")["batch_id"] == first["batch_id"]
    assert active(history, "people.people", "raw", KEY) == [first["batch_id"]]
    assert published(source) == [30, 40]
    people(Path(source), 50, 60)
    other = server.run("plain", {"source": source}, at="2024-05-02T01:00:00Z", over=DAY)
    assert other.ended()["gate"] == "success"
    assert active(history, "people.people", "raw", KEY) == [other.xcom("gate")["batch_id"]]
    assert published(source) == [50, 60]


def test_a_blocked_stage_is_not_retried(blocked: Run) -> None:
    """It fails at its first try, though two more are allowed; what follows does not run; the summary is there."""
    assert blocked.ended() == {"gate": "failed", "after": "upstream_failed"}
    assert blocked.task("gate")["try_number"] == 1
    assert blocked.xcom("gate")["outcome"] == "blocked"
    assert "is blocked: budget" in blocked.log("gate")


def test_the_link_and_the_tab_show_the_page_of_the_run(server: Server, blocked: Run) -> None:
    """Also of a failed task; the tab is a view on task instances, and both need who asks to be known."""
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
    shown = tab["href"].replace("{DAG_ID}", "plain").replace("{TASK_ID}", "gate").replace("{RUN_ID}", path.split("run_id=")[1].split("&")[0])
    assert server.raw("GET", shown)[0] == 200  # of a task that is not mapped the UI leaves {MAP_INDEX} as it is, or says -1


@pytest.mark.parametrize("path", ["/dq_airflow/report?dag_id=plain&run_id=r&task_id=gate", "/dq_airflow/report"])
def test_nobody_reads_without_a_token(server: Server, path: str) -> None:
    """Plugin routes are public by default; ours are not, and tell nothing about themselves."""
    assert server.raw("GET", path, token="")[0] == 401
    assert server.raw("GET", path, token="no.such.token")[0] in (401, 403)
    assert server.raw("GET", "/dq_airflow/openapi.json", token="")[0] == 404


def test_a_page_that_is_not_there_says_so(server: Server) -> None:
    """Hostile and unknown names give a sentence, never a stack."""
    for task_id in ("gate", "<script>alert(1)</script>", "../..", "'; drop table xcom"):
        query = f"dag_id=plain&run_id=none&task_id={json.dumps(task_id).encode().hex()}"
        status, _, said = server.raw("GET", f"/dq_airflow/report?{query}")
        assert status == 404
        assert b"No contract was judged" in said


def test_an_asset_event_says_what_the_gate_found(server: Server, quarantined: tuple[Run, str], blocked: Run) -> None:
    """Passing and quarantining runs put the summary on it; a blocked run makes none."""
    run, _ = quarantined
    blocked.ended()
    asset = next(item for item in server.ask("GET", "/api/v2/assets?limit=100")["assets"] if item["name"] == "people")
    events = server.ask("GET", f"/api/v2/assets/events?asset_id={asset['id']}&limit=100&order_by=timestamp")["asset_events"]
    found = {item["source_run_id"]: item["extra"] for item in events}
    assert found[run.run_id]["dq"]["outcome"] == "quarantined"
    assert found[run.run_id]["dq"]["dataset"] == "people.people"
    assert blocked.run_id not in found


def test_a_consumer_takes_only_what_it_accepts(server: Server, tmp_path: Path) -> None:
    """A DAG that an asset triggers goes on when the gate passed, and stops when it quarantined."""
    for name, ages, outcome in (("a.csv", (30,), "success"), ("b.csv", (30, 141), "failed")):
        producer = server.run("plain", {"source": people(tmp_path / name, *ages)})
        producer.ended()

        def triggered(by: str = producer.run_id) -> list[Run]:
            runs = server.ask("GET", "/api/v2/dags/consumer/dagRuns?limit=100&order_by=-run_after")["dag_runs"]
            made = [Run(server, "consumer", item["dag_run_id"]) for item in runs]
            return [run for run in made if by in json.dumps(server.ask("GET", f"{run.path}/upstreamAssetEvents"))]

        wait_for(triggered, f"the consumer of {name}")
        run = triggered()[0]
        assert run.ended()["require_people"] == outcome, run.log("require_people")


def test_a_killed_task_loses_nothing_and_doubles_nothing(server: Server, history: dq.History, tmp_path: Path) -> None:
    """SIGKILL between the commit of the bad rows and the publishing of the good ones; the retry goes on from there."""
    source = people(tmp_path / "a.csv", 30, 141, 40)
    run = server.run("killed", {"source": source}, at=DAY[1], over=DAY)
    assert run.ended() == {"gate": "success"}
    assert run.task("gate")["try_number"] == 2
    done = run.xcom("gate")
    assert active(history, "killed", "raw") == [done["batch_id"]]
    assert (done["rows_in"], done["rows_good"], done["rows_quarantined"]) == (3, 2, 1)
    assert published(source) == [30, 40]
    assert sum(batch.num_rows for batch in history.rows(done["batch_id"])) == 1


def test_a_mapped_gate_leaves_one_batch_per_index(server: Server, history: dq.History, tmp_path: Path) -> None:
    """Each index has its key; without a key of its own it warns that the order may change."""
    sources = [people(tmp_path / f"{number}.csv", 30 + number, 141) for number in range(2)]
    run = server.run("mapped", {"sources": sources}, at=DAY[1], over=DAY)
    assert set(run.ended().values()) == {"success"}
    keys = [run.xcom("gate", map_index=index)["key"] for index in range(2)]
    assert keys == [f"{KEY} [0]", f"{KEY} [1]"]
    assert len(active(history, "people.people", "mapped")) == 2
    assert published(sources[0]) == [30, 31]
    assert "is mapped, and the order" in run.log("gate", map_index=1)
    assert "map_index=1" in run.links("gate", map_index=1)["Violation report"]


@pytest.mark.parametrize(
    ("dag_id", "ages", "expected"),
    [
        ("branching", (30, 40), {"gate": "success", "mart": "success", "repair": "skipped"}),
        ("branching", (141, 142), {"gate": "success", "mart": "skipped", "repair": "success"}),
        ("short", (141, 142), {"gate": "success", "mart": "skipped", "report": "skipped"}),
    ],
)
def test_a_blocked_stage_is_gone_around(
    server: Server, tmp_path: Path, dag_id: str, ages: tuple[int, ...], expected: dict[str, str]
) -> None:
    """A branch goes to the repair and nowhere else; a short circuit skips all that follows; no asset hears of it."""
    run = server.run(dag_id, {"source": people(tmp_path / "a.csv", *ages)})
    assert run.ended() == expected
    events = server.ask("GET", f"/api/v2/assets/events?source_dag_id={dag_id}&source_run_id={run.run_id}")["asset_events"]
    assert len(events) == (ages == (30, 40))


def test_a_taskflow_task_gets_and_gives_good_rows_only(server: Server) -> None:
    """Its input and its result are enforced, each under a key of its own; the next task gets what is left."""
    run = server.run("taskflow", {"ages": [30, 141, 100, 50]}, at=DAY[1], over=DAY)
    assert run.ended() == {"made": "success", "older": "success", "counted": "success"}
    done = run.xcom("older")
    assert (done["key"], done["rows_in"], done["rows_good"]) == (KEY, 3, 2)
    assert (done["inputs"][0]["key"], done["inputs"][0]["rows_quarantined"]) == (f"{KEY} [rows]", 1)
    assert run.xcom("counted", "return_value") == 2
    assert "Violation report" in run.links("older")


def test_only_what_the_world_does_is_retried(server: Server, tmp_path: Path) -> None:
    """A wrong contract, version, source or connection fails at once; a file that is late is tried again."""
    run = server.run("wrong", {"source": people(tmp_path / "a.csv", 30, 141)})
    assert set(run.ended().values()) == {"failed"}
    tries = {item["task_id"]: item["try_number"] for item in run.tasks()}
    assert tries == {"contract": 1, "version": 1, "kind": 1, "settings": 1, "validate": 1, "late": 2}
    assert "DAG 'wrong', task 'settings'" in run.log("settings")
    assert run.xcom("validate")["failed"] == ["age.maximum"]
