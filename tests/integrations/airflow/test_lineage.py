"""What OpenLineage is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integrations.airflow.tasks import Task


def test_assertions_and_metrics_are_told_when_it_ends_and_when_it_fails(
    task: Callable[..., Task], needs: Callable[[str], Any]
) -> None:
    """The judged dataset carries the facets of `dq.report.openlineage`, in the classes of the client."""
    needs("openlineage.client")
    from airflow.sdk import DAG
    from openlineage.client.serde import Serde

    from dq_airflow import ContractGateOperator, StageBlocked

    with DAG("day", schedule=None):
        gate = ContractGateOperator(
            task_id="gate", contract="people", stage="raw", source=[{"id": 1, "age": 141}], output="good/"
        )
    ran = task(gate)
    with pytest.raises(StageBlocked):
        ran.run()
    told = ran.ran.get_openlineage_facets_on_failure(None)
    assert told == ran.ran.get_openlineage_facets_on_complete(None)
    said = Serde.to_dict(told.inputs[0])
    assert (said["namespace"], said["name"]) == ("dq", "people.people")
    assert said["inputFacets"]["dataQualityMetrics"]["rowCount"] == 1
    failed = [item for item in said["inputFacets"]["dataQualityAssertions"]["assertions"] if not item["success"]]
    assert [(item["name"], item["column"], item["actual"]) for item in failed] == [("age.maximum", "age", "1 bad row")]


def test_nothing_is_told_before_anything_was_judged(airflow: object) -> None:
    """A task that failed earlier has no lineage of ours."""
    assert airflow
    from airflow.sdk import DAG

    from dq_airflow import ContractValidateOperator

    with DAG("day", schedule=None):
        operator = ContractValidateOperator(task_id="look", contract="people", source="a.csv")
    assert operator.get_openlineage_facets_on_failure(None) is None
