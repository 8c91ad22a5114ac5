"""
Dead letters are sent through again when somebody says so.

A dry run tells what would happen, a person approves it in the UI, the rows that pass now join what their key published.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import DAG, Param

from dq_airflow import QuarantineReplayOperator

WHAT: dict[str, Any] = {
    "dataset": "{{ params.dataset }}",
    "stage": "{{ params.stage }}",
    "contract": "{{ params.contract }}",
}

with DAG(
    "dq_replay_after_approval",
    schedule=None,
    params={"dataset": Param("departures.departures"), "stage": Param("raw"), "contract": Param("", type="string")},
    doc_md=__doc__,
):
    what_would_happen = QuarantineReplayOperator(task_id="what_would_happen", dry_run=True, **WHAT)
    approve = ApprovalOperator(
        task_id="approve",
        subject="Replay the dead letters of {{ params.dataset }} at {{ params.stage }}?",
        body="{{ ti.xcom_pull(task_ids='what_would_happen') | tojson }}",
    )
    what_would_happen >> approve >> QuarantineReplayOperator(task_id="replay", note="approved", **WHAT)
