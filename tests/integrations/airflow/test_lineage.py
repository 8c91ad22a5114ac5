"""What OpenLineage is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integrations.airflow.server import Server
from tests.integrations.airflow.tasks import Task


def test_assertions_and_metrics_are_told_when_it_ends_and_when_it_fails(
    task: Callable[..., Task], needs: Callable[[str], Any]
) -> None:
    """The judged dataset carries the facets of `dq.report.openlineage`, in the classes of the client."""
    needs("airflow.providers.openlineage")
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


@pytest.mark.timeout(1200)
def test_a_catalogue_hears_of_gates_that_end_and_of_gates_that_fail(server: Server, needs: Callable[[str], Any]) -> None:
    """Airflow's own provider sends the events of a run; the judged file is their input, with what was found in it."""
    needs("airflow.providers.openlineage")
    folder = server.home.parent
    source = folder / "told.csv"
    source.write_text("id,age\n1,30\n2,141\n", "utf-8")
    run = server.run("lineage", {"source": str(source)})
    assert run.ended() == {"open": "success", "shut": "failed"}
    events = [json.loads(line) for line in (folder / "lineage").read_text("utf-8").splitlines()]
    told = {(item["job"]["name"], item["eventType"]): item["inputs"] for item in events if item.get("inputs")}
    assert set(told) == {("lineage.open", "COMPLETE"), ("lineage.shut", "FAIL")}
    for inputs in told.values():
        assert [(item["namespace"], item["name"]) for item in inputs] == [("file", str(source))]
        assert inputs[0]["inputFacets"]["dataQualityMetrics"]["rowCount"] == 2
        failed = [item for item in inputs[0]["inputFacets"]["dataQualityAssertions"]["assertions"] if not item["success"]]
        assert [item["name"] for item in failed] == ["age.maximum"]
