"""A blocked stage does not fail the run: it branches to a path that repairs, and the way on is skipped."""

from __future__ import annotations

import os
from typing import Any

from airflow.sdk import DAG, Param, task

from dq_airflow import ContractGateOperator

FOLDER = os.environ.get("DQ_FLIGHTS", "flights")

with DAG("dq_branch_to_repair", schedule=None, params={"day": Param("2013-02-13", type="string")}, doc_md=__doc__):
    gate = ContractGateOperator(
        task_id="gate",
        contract="departures@^1",
        stage="checked",
        source=f"{FOLDER}/inbox/{{{{ params.day }}}}.csv",
        key="{{ params.day }}",
        output=f"{FOLDER}/checked/",
        policy={"budget": "0"},  # not one bad row may be diverted here
        on_blocked="branch",
        blocked_branch="ask_the_carrier",
    )

    @task
    def go_on() -> str:
        """The way of every day."""
        return "all rows are good"

    @task
    def ask_the_carrier(ti: Any) -> str:
        """What was wrong is in the summary, also of a blocked stage."""
        found = ti.xcom_pull(task_ids="gate", key="dq_summary")
        return f"please send again: {found['reasons']}"

    gate >> [go_on(), ask_the_carrier()]
