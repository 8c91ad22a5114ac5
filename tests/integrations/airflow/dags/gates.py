"""DAGs whose gates the tests look at; what they read and write is said when they are triggered."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Asset, task

from dq_airflow import ContractGateOperator, ContractValidateOperator, QuarantineClearedSensor, contract_asset, require_contract

PEOPLE = contract_asset("people")
AGAIN: dict[str, Any] = {"retries": 2, "retry_delay": timedelta(seconds=1)}


def killed(context: dict[str, Any]) -> None:
    """The first try is killed by the system in the middle of its work: its bad rows are safe, nothing is published."""
    from dq.store import faults

    if context["ti"].try_number == 1:
        faults.hook(faults.from_text("after-commit:kill"))


with DAG("plain", schedule=None, params={"source": "", "budget": "10"}):
    gate = ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="raw",
        source="{{ params.source }}",
        output="{{ params.source }}.good/",
        policy={"budget": "{{ params.budget }}"},
        outlets=[PEOPLE],
        **AGAIN,
    )
    gate >> EmptyOperator(task_id="after")

with DAG("killed", schedule=None, params={"source": ""}):
    ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="raw",
        source="{{ params.source }}",
        output="{{ params.source }}.good/",
        pre_execute=killed,
        dataset="killed",
        **AGAIN,
    )

with DAG("mapped", schedule=None, params={"sources": []}):

    @task
    def sources(params: dict[str, Any]) -> list[str]:
        """What the run was told."""
        return list(params["sources"])

    ContractGateOperator.partial(
        task_id="gate", contract="people", stage="mapped", output="{{ params.sources[0] }}.good/", **AGAIN
    ).expand(source=sources())

with DAG("branching", schedule=None, params={"source": ""}):
    branching = ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="branching",
        source="{{ params.source }}",
        output="{{ params.source }}.good/",
        on_blocked="branch",
        blocked_branch="repair",
        outlets=[Asset("branched")],
        **AGAIN,
    )
    branching >> [EmptyOperator(task_id="mart"), EmptyOperator(task_id="repair")]

with DAG("short", schedule=None, params={"source": ""}):
    short = ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="short",
        source="{{ params.source }}",
        output="{{ params.source }}.good/",
        on_blocked="short_circuit",
        outlets=[Asset("shortened")],
    )
    short >> EmptyOperator(task_id="mart") >> EmptyOperator(task_id="report", trigger_rule="all_done")

with DAG("consumer", schedule=[PEOPLE]):
    require_contract(PEOPLE, accept=["passed"]) >> EmptyOperator(task_id="work")

with DAG("taskflow", schedule=None, params={"ages": []}):

    @task
    def made(params: dict[str, Any]) -> list[dict[str, int]]:
        """A person for every age."""
        return [{"id": number, "age": age} for number, age in enumerate(params["ages"])]

    @task.contract_gate(stage="staged", contract="people", inputs={"rows": "people"}, policy={"budget": None}, **AGAIN)
    def older(rows: list[dict[str, int]]) -> list[dict[str, int]]:
        """Thirty years later."""
        return [{**row, "age": row["age"] + 30} for row in rows]

    @task
    def counted(rows: list[dict[str, int]]) -> int:
        """How many are left."""
        return len(rows)

    counted(older(made()))

with DAG("outage", schedule=None):
    ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="raw",
        source="people",
        conn_id="away",
        output="{{ run_id }}/",
        retries=1,
        retry_delay=timedelta(seconds=1),
    )


def started(context: dict[str, Any]) -> None:
    """Note the processor's clock."""
    context["ti"].xcom_push(key="started", value=time.process_time())


def ended(context: dict[str, Any], _: object) -> None:
    """Tell how long the processor worked."""
    context["ti"].xcom_push(key="ended", value=time.process_time())


with DAG("overhead", schedule=None, params={"output": ""}):  # of tests/benchmarks/airflow_overhead.py
    hooks: dict[str, Any] = {"pre_execute": started, "post_execute": ended}
    empty = PythonOperator(task_id="empty", python_callable=print, **hooks)
    empty >> ContractGateOperator(
        task_id="gate",
        contract="people",
        stage="raw",
        source="people",
        conn_id="shop",
        output="{{ params.output }}",
        **hooks,
    )

with DAG("lineage", schedule=None, params={"source": ""}):  # the only one that OpenLineage hears of
    for name, budget in (("open", "10"), ("shut", "0")):
        ContractGateOperator(
            task_id=name,
            contract="people",
            stage="told",
            source="{{ params.source }}",
            output=f"{{{{ params.source }}}}.{name}/",
            key=name,
            policy={"budget": budget},
        )

with DAG("care", schedule=None, params={"project": ""}):
    QuarantineClearedSensor(
        task_id="cleared", dataset="killed", deferrable=True, poke_interval=8, dq_conn_id="{{ params.project }}"
    )

with DAG("wrong", schedule=None, params={"source": ""}):
    said: dict[str, Any] = {"stage": "raw", "output": "{{ params.source }}.wrong/", **AGAIN}
    ContractGateOperator(task_id="contract", contract="no_such_contract", source="{{ params.source }}", **said)
    ContractGateOperator(task_id="version", contract="people@^9", source="{{ params.source }}", **said)
    ContractGateOperator(task_id="kind", contract="people", source={"no": "rows"}, **said)
    ContractGateOperator(
        task_id="settings", contract="people", source="{{ params.source }}", dq_conn_id="no_such_connection", **said
    )
    ContractGateOperator(
        task_id="late",
        contract="people",
        source="{{ params.source }}.not_there.csv",
        retries=1,
        retry_delay=timedelta(seconds=1),
        stage="raw",
        output=said["output"],
    )
    ContractValidateOperator(task_id="validate", contract="people", source="{{ params.source }}", **AGAIN)
