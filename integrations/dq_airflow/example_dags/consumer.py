"""A DAG that runs when another published, and only on what passed its contract."""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, task

from dq_airflow import contract_asset, require_contract

PUNCTUALITY = contract_asset("punctuality")

with DAG("dq_consumer", schedule=[PUNCTUALITY], doc_md=__doc__):
    required = require_contract(PUNCTUALITY, accept=["passed"], on_blocked="short_circuit")

    @task
    def tell(found: dict[str, Any]) -> str:
        """What the gate found came with the event."""
        return f"{found['rows_good']} carriers, published to {found['output']}"

    tell(required.output)
