"""Operators without a server: what they read, what they tell Airflow, how they fail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import dq
from tests.integrations.airflow.tasks import Task

KEY = "2024-05-01T00:00:00Z--2024-05-02T00:00:00Z"
Run = Callable[..., Task]
SAID: dict[str, Any] = {"task_id": "gate", "contract": "people", "stage": "raw"}


def people(path: Path, *ages: int) -> str:
    """A file of people, one for every age."""
    path.write_text("id,age\n" + "".join(f"{number},{age}\n" for number, age in enumerate(ages)), "utf-8")
    return str(path)


def gate(**said: Any) -> Any:
    """A gate in a DAG of its own."""
    from airflow.sdk import DAG

    from dq_airflow import ContractGateOperator

    with DAG("day", schedule=None):
        return ContractGateOperator(**{**SAID, **said})


def test_every_sensible_field_is_templated(task: Run, tmp_path: Path) -> None:
    """Jinja works in every argument that says what, where and when."""
    people(tmp_path / "2024-05-01.csv", 30, 141)
    templated = gate(
        contract="{{ 'people' }}",
        stage="{{ 'raw' }}",
        source="{{ ds }}.csv",
        output="good-{{ ds }}/{key}.csv",
        key="day {{ ds }}",
        where="age > {{ 10 }}",
        dataset="d-{{ ds }}",
        at="{{ ds }}T12:00:00Z",
        policy={"budget": "{{ 1 }}"},
        schema="{{ 'people' }}",
    )
    done = task(templated).run()
    assert (done["dataset"], done["stage"], done["key"]) == ("d-2024-05-01", "raw", "day 2024-05-01")
    assert done["output"] == str(tmp_path / "good-2024-05-01" / "day%202024-05-01.csv")
    assert dq.History().run(done["run_id"]).at == datetime(2024, 5, 1, 12, tzinfo=UTC)


def test_the_summary_is_json_and_is_told(task: Run, tmp_path: Path) -> None:
    """What the gate returns is also in XCom as `dq_summary`; no row is in it."""
    ran = task(gate(source=people(tmp_path / "a.csv", 30, 141), output="good/"))
    done = ran.run()
    assert ran.xcom == {"dq_summary": done, "output": done["output"]}
    assert json.loads(json.dumps(done)) == done
    assert (done["outcome"], done["rows_in"], done["rows_good"], done["rows_quarantined"]) == ("quarantined", 2, 1, 1)


def test_a_blocked_stage_fails_for_good_and_tells_why(task: Run, tmp_path: Path) -> None:
    """It raises what Airflow does not retry; summary and result are on the exception, and the summary is in XCom."""
    from dq_airflow import StageBlocked
    from dq_airflow._compat import AirflowFailException

    ran = task(gate(source=people(tmp_path / "a.csv", 141, 142), output="good/"))
    with pytest.raises(StageBlocked, match="DAG 'day', task 'gate': stage 'raw' is blocked: budget: no row is good") as told:
        ran.run()
    assert isinstance(told.value, AirflowFailException)
    assert told.value.summary == ran.xcom["dq_summary"]
    assert told.value.summary["outcome"] == "blocked"
    assert told.value.result is not None
    assert told.value.result.bad_rows == 2
    assert not Path("good").exists() or not list(Path("good").rglob("*.parquet"))


@pytest.mark.parametrize(("told", "key"), [({}, KEY), ({"key": "mine"}, "mine"), ({"map_index": 3}, f"{KEY} [3]")])
def test_the_key_is_the_data_interval(task: Run, tmp_path: Path, told: dict[str, Any], key: str) -> None:
    """Without a key of the caller's it is the data interval, with the map index; the number of the try is not in it."""
    said = {name: value for name, value in told.items() if name == "key"}
    ran = task(gate(source=people(tmp_path / "a.csv", 30), output="good/", **said), told.get("map_index", -1))
    assert ran.run()["key"] == key


@pytest.mark.parametrize(("index", "key"), [(-1, "day asset__1 gate"), (2, "day asset__1 gate [2]")])
def test_without_an_interval_the_run_is_the_key(task: Run, tmp_path: Path, index: int, key: str) -> None:
    """Runs that assets trigger have no logical date: the run and its task name what they enforce."""
    ran = task(gate(source=people(tmp_path / "a.csv", 30), output="good/"), index, "asset__1", interval=False)
    done = ran.run()
    assert done["key"] == key


def test_long_names_make_a_key_of_their_own(airflow: object) -> None:
    """A key that would be too long is cut, and ends in a hash; two that differ at the end stay two."""
    assert airflow
    from dq_airflow.attempt import Attempt

    first, second = Attempt("d" * 250, "r" * 250, "t1"), Attempt("d" * 250, "r" * 250, "t2")
    assert len(first.key()) == 500
    assert first.key() != second.key()


def test_a_retry_is_the_same_batch_and_a_second_run_of_the_interval_takes_its_place(task: Run, tmp_path: Path) -> None:
    """Whatever runs over an interval, one batch of it is active, and the output holds its rows alone."""
    source = people(tmp_path / "a.csv", 30, 141)
    first = task(gate(source=source, output="good/")).run()
    again = task(gate(source=source, output="good/")).run()
    assert first["batch_id"] == again["batch_id"]
    people(tmp_path / "a.csv", 30, 40, 142)
    other = task(gate(source=source, output="good/"), run_id="manual__2").run()
    assert [(batch.id, batch.state) for batch in dq.History().batches(states=["committed", "published"])] == [
        (other["batch_id"], "published")
    ]
    assert dq.validate(other["output"], "people").rows == 2


def test_rows_of_a_task_need_an_output_and_are_not_shown(task: Run) -> None:
    """Rows out of XCom are no rendered field; without an output the good ones would be lost, so that is refused."""
    from dq_airflow import GateError

    ran = task(gate(source=[{"id": 1, "age": 30}, {"id": 2, "age": 141}], output="good/"))
    assert ran.run()["rows_good"] == 1
    assert str(ran.ran.source) == "<2 rows, builtins list>"
    with pytest.raises(GateError, match=r"task 'gate': output: the good rows have nowhere to go\n  say output=…"):
        task(gate(source=[{"id": 1, "age": 30}])).run()


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames_are_sources(task: Run, needs: Callable[[str], Any], library: str) -> None:
    """A frame out of XCom is enforced as it is."""
    made = needs(library)
    rows = {"id": [1, 2], "age": [30, 141]}
    frame = made.table(rows) if library == "pyarrow" else made.DataFrame(rows)
    assert task(gate(source=frame, output="good/")).run()["rows_good"] == 1


def test_object_storage_is_a_source(task: Run, tmp_path: Path) -> None:
    """An ObjectStoragePath is read through its own file system; of a local one it is the path."""
    from airflow.sdk import ObjectStoragePath
    from airflow.sdk.io import attach
    from fsspec.implementations.memory import MemoryFileSystem

    source = people(tmp_path / "a.csv", 30, 141)
    assert (
        task(gate(source=ObjectStoragePath(f"file://{source}"), output=ObjectStoragePath(f"file://{tmp_path}/good/"))).run()[
            "rows_good"
        ]
        == 1
    )
    attach("memory", fs=MemoryFileSystem())
    remote = ObjectStoragePath("memory://bucket/a.csv")
    remote.write_text("id,age\n1,30\n2,141\n")
    assert task(gate(source=[remote], output="far/", key="far")).run()["rows_good"] == 1


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The connection of a database with a table of people, one of them too old."""
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE people (id integer, age integer)")
        database.executemany("INSERT INTO people VALUES (?, ?)", [(1, 30), (2, 141), (3, 40)])
        database.commit()
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps({"conn_type": "sqlite", "host": str(tmp_path / "shop.db")}))
    return "shop"


QUERIES = ("SELECT * FROM people WHERE id < 4", "with p as (select * from people)\nselect * from p")


@pytest.mark.parametrize("source", ["people", *QUERIES])
def test_a_table_or_a_query_behind_a_connection_is_a_source(task: Run, shop: str, source: str) -> None:
    """Text is a table's name, or a SELECT, when a connection is said; `where` picks the rows that are meant."""
    assert task(gate(source=source, conn_id=shop, output="good/")).run()["rows_good"] == 2
    assert task(gate(source=source, conn_id=shop, output="some/", key="some", where="id < 3")).run()["rows_in"] == 2


def test_good_rows_go_to_a_table(task: Run, shop: str, tmp_path: Path) -> None:
    """With a connection for it the output is a table; an interval that runs again replaces its rows there."""
    said = {"source": "people", "conn_id": shop, "output": "good", "output_conn_id": shop}
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE good (id integer, age integer, _dq_batch text)")
        assert task(gate(**said)).run()["rows_good"] == 2
        database.execute("INSERT INTO people VALUES (4, 50)")
        database.commit()
        task(gate(**said), run_id="again").run()
        assert database.execute("SELECT id, age FROM good ORDER BY id").fetchall() == [(1, 30), (3, 40), (4, 50)]


def test_a_database_that_is_away_is_retried(task: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """An outage is the world's; the password is not in what is said."""
    from dq_airflow._compat import AirflowFailException

    monkeypatch.setenv("AIRFLOW_CONN_AWAY", "postgres://me:secret-word@127.0.0.1:1/shop")
    with pytest.raises(dq.WorldError, match=r"DAG 'day', task 'gate': ") as told:
        task(gate(source="people", conn_id="away", output="good/")).run()
    assert not isinstance(told.value, AirflowFailException)
    assert "secret-word" not in str(told.value)


@pytest.mark.parametrize(
    ("uri", "message"), [("http://example.org", "is of type 'http'"), ("sqlite://%2Fno%2Fsuch.db", "no such database file")]
)
def test_a_connection_of_another_kind_is_told(task: Run, monkeypatch: pytest.MonkeyPatch, uri: str, message: str) -> None:
    """A database that dq cannot read is no matter for a retry; a missing file may come."""
    from dq_airflow import GateError

    monkeypatch.setenv("AIRFLOW_CONN_OTHER", uri)
    with pytest.raises(GateError if uri.startswith("http") else dq.WorldError, match=message):
        task(gate(source="people", conn_id="other", output="good/")).run()


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("sqlite:////data/shop.db", "sqlite:////data/shop.db"),
        ("sqlite://%2Fdata%2Fshop.db", "sqlite:////data/shop.db"),
        ("postgres://me:a%40b@db/shop?sslmode=require&cursor=x", "postgresql://me:a%40b@db/shop?sslmode=require"),
        (
            'mysql://me@db:3307/shop?__extra__={"ssl": {"ca": "/ca.pem"}, "charset": "utf8mb4"}',
            "mysql://me@db:3307/shop?charset=utf8mb4&ssl_ca=%2Fca.pem",
        ),
        ("mysql://me@db/shop?ssl=%7B%22ca%22%3A+%22%2Fca.pem%22%7D", "mysql://me@db/shop?ssl_ca=%2Fca.pem"),
    ],
)
def test_a_connection_is_an_address(airflow: object, monkeypatch: pytest.MonkeyPatch, said: str, address: str) -> None:
    """However the connection is written; what belongs to Airflow's own hooks is left out."""
    assert airflow
    from dq_airflow import handed

    monkeypatch.setenv("AIRFLOW_CONN_SHOP", said)
    assert handed.address("shop").render_as_string(hide_password=False) == address


@pytest.mark.parametrize("uri", ["mysql://db/shop?ssl_mode=REQUIRED", "mysql://db/shop?ssl=yes", "postgres://db/shop?ssl=true"])
def test_safety_that_is_asked_for_is_not_left_out(task: Run, monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    """A word about TLS that dq does not know stops the gate, rather than to go on without it."""
    from dq_airflow import GateError

    monkeypatch.setenv("AIRFLOW_CONN_OTHER", uri)
    with pytest.raises(GateError, match="connection 'other' says ssl"):
        task(gate(source="people", conn_id="other", output="good/")).run()


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "contract": ({"contract": "nobody"}, "nobody"),
    "version": ({"contract": "people@^9"}, "people"),
    "source": ({"source": {"no": "rows"}}, "cannot read the type dict\n  give a path"),
    "nothing": ({"source": None}, "there is no source\n  say source=…"),
    "suffix": ({"source": "a.data"}, "the format cannot be told"),
    "time": ({"at": "noon"}, "at='noon' is no time"),
    "mode": ({"policy": {"max_mode": "sometimes"}}, "unknown mode 'sometimes'"),
    "word": ({"policy": {"budgett": "2%"}}, "its words are: max_mode"),
    "column": ({"where": "nothing > 1"}, "nothing"),
    "schema": ({"schema": "animals"}, "no schema object 'animals'"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_a_retry_cannot_help_is_not_retried(task: Run, tmp_path: Path, what: str) -> None:
    """The message names the DAG, the task and the mend."""
    from dq_airflow import GateError

    (tmp_path / "a.data").write_text("id,age\n1,2\n", "utf-8")
    said, message = WRONG[what]
    with pytest.raises(GateError) as told:
        task(gate(**{"source": people(tmp_path / "a.csv", 30), "output": "good/", **said})).run()
    assert str(told.value).startswith("DAG 'day', task 'gate': ")
    assert message in str(told.value)
    assert "\n  " in str(told.value)


def test_what_the_world_does_is_retried(task: Run) -> None:
    """A file that is not there yet is no AirflowFailException; the message names the DAG and the task, too."""
    from dq_airflow._compat import AirflowFailException

    with pytest.raises(dq.WorldError, match=r"DAG 'day', task 'gate': late\.csv: no such file") as told:
        task(gate(source="late.csv", output="good/")).run()
    assert not isinstance(told.value, AirflowFailException)


@pytest.mark.parametrize("said", [{"on_blocked": "stop"}, {"on_blocked": "branch"}, {"blocked_branch": "repair"}])
def test_a_typing_mistake_is_found_when_the_dag_is_parsed(airflow: object, said: dict[str, Any]) -> None:
    """What can be known without data is said at once."""
    assert airflow
    with pytest.raises(ValueError, match=r"gate: (on_blocked='stop' is none of|say on_blocked='branch' and)"):
        gate(source="a.csv", **said)


def test_a_skipped_task_that_is_cleared_stays_skipped(airflow: object) -> None:
    """The serialized DAG says that gates skip what follows, mapped ones too: the scheduler asks before it runs a cleared task."""
    assert airflow
    from airflow.sdk import DAG
    from airflow.serialization.serialized_objects import DagSerialization

    from dq_airflow import ContractGateOperator

    with DAG("day", schedule=None) as dag:
        ContractGateOperator(**SAID, source="a.csv", output="good/")
        ContractGateOperator.partial(**{**SAID, "task_id": "mapped"}, output="good/").expand(source=["a.csv"])
    tasks = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).task_dict
    assert {name: item.inherits_from_skipmixin for name, item in tasks.items()} == {"gate": True, "mapped": True}


def test_parsing_does_nothing(airflow: object, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Making an operator reads no contract, no data and no settings, and makes no file."""
    assert airflow
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "open", lambda *_, **__: pytest.fail("a file was opened"))
    gate(contract="no/such/contract.yaml", source="no.csv", output="good/", conn_id="none", dq_conn_id="none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("executor", "refused"),
    [("LocalExecutor", ""), ("CeleryExecutor", "CeleryExecutor"), ("my.pkg.FarExecutor,LocalExecutor", "FarExecutor")],
)
def test_the_local_store_is_refused_where_workers_are_elsewhere(
    task: Run, monkeypatch: pytest.MonkeyPatch, worker_home: Path, executor: str, refused: str
) -> None:
    """Each worker would have a store of its own; the message names the two settings."""
    from dq_airflow import GateError

    for name in ("DQ_STORE_URL", "DQ_QUARANTINE_URL"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", executor)
    ran = task(gate(source=people(Path("a.csv"), 30), output="good/"))
    if refused:
        with pytest.raises(GateError, match=f"store_url and quarantine_url not set: under {refused} each"):
            ran.run()
    else:
        ran.run()
        assert (worker_home / "dq" / "store.db").exists()


def test_a_connection_of_type_dq_says_where_everything_is(task: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes before [dq_airflow], which goes before the variables of dq; the report base URL makes the link."""
    extra = {"store_url": f"sqlite:///{tmp_path}/other.db", "report_url": "https://reports.example/dq/"}
    monkeypatch.setenv("AIRFLOW_CONN_PROJECT", json.dumps({"conn_type": "dq", "extra": extra}))
    monkeypatch.setenv("AIRFLOW__DQ_AIRFLOW__QUARANTINE_URL", str(tmp_path / "letters"))
    ran = task(gate(source=people(tmp_path / "a.csv", 30, 141), output="good/", dq_conn_id="project"))
    done = ran.run()
    assert (tmp_path / "other.db").exists()
    assert list((tmp_path / "letters").rglob("*.parquet"))
    assert not (tmp_path / "store.db").exists()
    key = type("Key", (), {"dag_id": "day", "run_id": "r", "task_id": "gate", "map_index": -1})
    assert ran.ran.operator_extra_links[0].get_link(ran.ran, ti_key=key) == f"https://reports.example/dq/runs/{done['run_id']}"


def test_a_missing_connection_is_not_retried(task: Run, tmp_path: Path) -> None:
    """The message names it, and how it is made."""
    from dq_airflow import GateError

    with pytest.raises(GateError, match=r"(?s)DAG 'day', task 'gate': .*nowhere.*airflow connections add"):
        task(gate(source=people(tmp_path / "a.csv", 30), output="good/", dq_conn_id="nowhere")).run()


def test_validate_reads_only(task: Run, tmp_path: Path) -> None:
    """It records its run, writes nothing else, and fails for good when a rule does, unless it is to go on."""
    from airflow.sdk import DAG

    from dq_airflow import ContractValidateOperator, ContractViolated

    source = people(tmp_path / "a.csv", 30, 141)
    before = sorted(tmp_path.iterdir())
    with DAG("day", schedule=None):
        strict = ContractValidateOperator(task_id="strict", contract="people", source=source)
        loose = ContractValidateOperator(task_id="loose", contract="people", source=source, on_failed="continue")
    ran = task(strict)
    with pytest.raises(ContractViolated, match="1 of 2 rows are bad"):
        ran.run()
    done = task(loose).run()
    assert (ran.xcom["dq_summary"]["status"], done["failed"]) == ("fail", ["age.maximum"])
    kept = dq.History().run(done["run_id"])
    assert kept.origin["airflow"]["task_id"] == "loose"
    assert kept.at == datetime(2024, 5, 2, tzinfo=UTC)
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "store.db"])


def test_assets_carry_what_the_gate_found(task: Run, tmp_path: Path) -> None:
    """Every asset that the gate updates gets the summary on its event."""
    from airflow.sdk import Asset

    from dq_airflow import contract_asset

    asset, other = contract_asset("people@^1"), Asset("other")
    ran = task(gate(source=people(tmp_path / "a.csv", 30, 141), output="good/", outlets=[asset, other]))
    done = ran.run()
    assert (asset.name, asset.uri) == ("people", "dq://people/")
    assert ran.events[asset].extra == ran.events[other].extra == {"dq": done}
    with pytest.raises(ValueError, match="a path does not say what the asset is called"):
        contract_asset("contracts/people/1.0.0.odcs.yaml")
