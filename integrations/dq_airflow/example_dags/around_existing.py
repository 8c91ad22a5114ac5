"""
A gate put into a DAG that exists: two lines are new, and the task that loads reads what the gate published.

    extract >> load                                   before
    extract >> gate >> load                           after
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from airflow.sdk import DAG, Param, task

from dq_airflow import ContractGateOperator

FOLDER = os.environ.get("DQ_FLIGHTS", "flights")

with DAG("dq_around_existing", schedule=None, params={"day": Param("2013-02-11", type="string")}, doc_md=__doc__):

    @task
    def extract(params: dict[str, Any]) -> str:
        """The file of a day, as it came."""
        return f"{FOLDER}/inbox/{params['day']}.csv"

    @task
    def load(path: str) -> int:
        """What was there before: it gets another path, and does not know."""
        return Path(path).stat().st_size

    gate = ContractGateOperator(
        task_id="gate",
        contract="departures@^1",
        stage="loaded",
        source=extract(),
        key="{{ params.day }}",
        output=f"{FOLDER}/loaded/",
    )
    load(gate.output["output"])
