"""What OpenLineage is told: assertions and metrics about the data that a task judged, when it ends well and when it fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dq


class Lineage:
    """The methods that Airflow's OpenLineage provider looks for on an operator."""

    result: dq.Result | None = None

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:  # noqa: ARG002  the provider's signature
        """The judged dataset with its facets; nothing before anything was judged, or without the provider."""
        return _told(self.result)

    def get_openlineage_facets_on_failure(self, task_instance: Any) -> Any:  # noqa: ARG002
        """The same: a blocked stage is the news."""
        return _told(self.result)


def _told(result: dq.Result | None) -> Any:
    """What `dq.report.openlineage` says, in the classes of the OpenLineage client."""
    if result is None:
        return None
    try:
        from airflow.providers.openlineage.extractors import OperatorLineage  # noqa: PLC0415  optional
        from openlineage.client import facet_v2 as facets  # noqa: PLC0415
        from openlineage.client.event_v2 import InputDataset  # noqa: PLC0415
    except ImportError:
        return None
    said = json.loads(dq.report.openlineage(result))
    assertions = said["inputFacets"]["dataQualityAssertions"]["assertions"]
    metrics = said["inputFacets"]["dataQualityMetrics"]
    quality, numbers, schema = (
        facets.data_quality_assertions_dataset,
        facets.data_quality_metrics_input_dataset,
        facets.schema_dataset,
    )
    columns = {name: _made(numbers.ColumnMetrics, item) for name, item in metrics["columnMetrics"].items()}
    judged = {
        "dataQualityAssertions": quality.DataQualityAssertionsDatasetFacet(
            [_made(quality.Assertion, item) for item in assertions]
        ),
        "dataQualityMetrics": numbers.DataQualityMetricsInputDatasetFacet(columnMetrics=columns, rowCount=metrics["rowCount"]),
    }
    fields = [_made(schema.SchemaDatasetFacetFields, item) for item in said["facets"].get("schema", {}).get("fields", ())]
    known: dict[str, Any] = {"schema": schema.SchemaDatasetFacet(fields=fields)} if fields else {}
    return OperatorLineage(inputs=[InputDataset(said["namespace"], said["name"], facets=known, inputFacets=judged)])


def _made(kind: Any, said: Mapping[str, Any]) -> Any:
    """One value of the client; an older one has fewer fields."""
    return kind(**{item.name: said[item.name] for item in kind.__attrs_attrs__ if item.name in said})
