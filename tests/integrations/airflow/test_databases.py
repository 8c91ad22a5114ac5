"""Gates over tables of PostgreSQL, reached as DAGs reach them: by the fields of an Airflow connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa

import dq
from tests.integrations.airflow.tasks import Task
from tests.postgres import postgres

__all__ = ["postgres"]

Run = Callable[..., Task]
USER, PASSWORD = "me@home", "p@ss:w/o%rd ö#1?&"  # every character that an address could trip over


@pytest.fixture(scope="module")
def somebody(postgres: Callable[[], str]) -> None:
    """Who is no owner of the server, and has to say a password."""
    engine = sa.create_engine(postgres(), poolclass=sa.NullPool)
    with engine.begin() as connection:
        hba = Path(str(connection.scalar(sa.text("SHOW hba_file"))))
        hba.write_text(f'local all "{USER}" scram-sha-256\n' + hba.read_text("utf-8"), "utf-8")
        connection.execute(sa.text("SELECT pg_reload_conf()"))
        connection.execute(sa.text(f"CREATE ROLE \"{USER}\" LOGIN PASSWORD '{PASSWORD}'".replace(":", r"\:")))


@pytest.fixture
def warehouse(postgres: Callable[[], str], somebody: None) -> sa.Engine:  # noqa: ARG001
    """A database with people of two days in a schema of its own."""
    engine = sa.create_engine(postgres(), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(f'CREATE SCHEMA shop AUTHORIZATION "{USER}"'))
        connection.execute(sa.text("CREATE TABLE shop.people (id integer, age integer, day text)"))
        connection.execute(sa.text(f'ALTER TABLE shop.people OWNER TO "{USER}"'))
        rows = "(1, 30, '2024-05-01'), (2, 141, '2024-05-01'), (3, 40, '2024-05-01'), (4, 50, '2024-05-02')"
        connection.execute(sa.text(f"INSERT INTO shop.people VALUES {rows}"))
    return engine


@pytest.fixture(params=["fields", "address"])
def shop(request: pytest.FixtureRequest, warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> str:
    """A connection to it, said as JSON or as an address; its options say where a bare name is looked for."""
    host, database = str(warehouse.url.query["host"]), str(warehouse.url.database)
    extra = {"options": "-c search_path=shop", "application_name": "airflow", "cursor": "dictcursor"}
    said = {"conn_type": "postgres", "login": USER, "password": PASSWORD, "host": host, "schema": database, "extra": extra}
    if request.param == "fields":
        monkeypatch.setenv("AIRFLOW_CONN_SHOP", json.dumps(said))
    else:
        login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@{quote(host, safe='')}"
        monkeypatch.setenv("AIRFLOW_CONN_SHOP", f"postgres://{login}/{database}?options={quote(extra['options'])}")
    return "shop"


def gate(**said: Any) -> Any:
    """A gate from table to table in a DAG of its own."""
    from airflow.sdk import DAG

    from dq_airflow import ContractGateOperator

    told = {"task_id": "gate", "contract": "people", "stage": "mart", "source": "people", "output": "good"}
    with DAG("day", schedule=None):
        return ContractGateOperator(**{**told, **said})


def _good(warehouse: sa.Engine) -> list[tuple[int, int]]:
    with warehouse.connect() as connection:
        return [(row.id, row.age) for row in connection.execute(sa.text("SELECT id, age FROM shop.good ORDER BY id"))]


@pytest.mark.parametrize("source", ["people", "shop.people"])
def test_a_gate_goes_from_table_to_table(task: Run, shop: str, warehouse: sa.Engine, source: str) -> None:
    """`where` is the day of the run; the interval that runs again replaces its rows, another day's stay."""
    said = {"source": source, "conn_id": shop, "output_conn_id": shop, "where": "day = '{{ ds }}'"}
    done = task(gate(**said)).run()
    assert (done["outcome"], done["rows_in"], done["rows_good"]) == ("quarantined", 3, 2)
    assert _good(warehouse) == [(1, 30), (3, 40)]
    assert PASSWORD not in json.dumps(done)
    task(gate(**{**said, "where": "day = '2024-05-02'", "key": "the next day"})).run()
    with warehouse.begin() as connection:
        connection.execute(sa.text("UPDATE shop.people SET age = 41 WHERE id = 2"))
    assert task(gate(**said), run_id="again").run()["outcome"] == "passed"
    assert _good(warehouse) == [(1, 30), (2, 41), (3, 40), (4, 50)]


def test_the_store_may_be_in_it_too(
    task: Run, shop: str, warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A connection of type dq says so; its address, too, has a password that is quoted."""
    url = warehouse.url.set(username=USER, password=PASSWORD).render_as_string(hide_password=False)
    with warehouse.begin() as connection:
        connection.execute(sa.text(f'GRANT CREATE ON SCHEMA public TO "{USER}"'))
    extra = {"store_url": url, "quarantine_url": str(tmp_path / "letters")}
    monkeypatch.setenv("AIRFLOW_CONN_PROJECT", json.dumps({"conn_type": "dq", "extra": extra}))
    done = task(gate(conn_id=shop, output_conn_id=shop, dq_conn_id="project")).run()
    history = dq.History(dq.Settings(store_url=url, quarantine_url=extra["quarantine_url"]))
    assert history.run(done["run_id"]).origin["airflow"]["task_id"] == "gate"
    assert not (tmp_path / "store.db").exists()


def test_who_is_not_let_in_is_not_tried_again(task: Run, warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password stays wrong; it is not in the message, which says whom the server turned away."""
    from dq_airflow import GateError

    said = {"conn_type": "postgres", "login": USER, "password": "Tr0ub4dor&3", "host": warehouse.url.query["host"]}
    monkeypatch.setenv("AIRFLOW_CONN_WRONG", json.dumps({**said, "schema": warehouse.url.database}))
    with pytest.raises(GateError, match=r"DAG 'day', task 'gate': .*password authentication failed") as told:
        task(gate(conn_id="wrong", output="good/")).run()
    assert "Tr0ub4dor" not in str(told.value)
    assert "\n  " in str(told.value)
