"""Laws of the forms for other systems: OpenLineage and OORS."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from dq import report
from dq.checks.model import Status
from dq.result import Bin, ColumnProfile, Counted, Result
from tests.report.hostile import hostile

COLUMN = ColumnProfile(
    "dep_time", "INTEGER", 100, 4, 7, "1", "9.5", 4.5, 1.5, (1.0, 2.0, 3.0, 4.0, 5.0), None, (), (), (Bin(1.0, 9.5, 96),)
)


def _lineage(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(report.openlineage(result))
    return said


def _message(result: Result) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(report.oors(result))
    return said


def test_a_dataset_has_three_facets(full: Result) -> None:
    """Schema, assertions and metrics are there, each with its producer and the address of its schema."""
    said = _lineage(replace(full, profile=(COLUMN,)))
    facets = said["facets"] | said["inputFacets"]
    assert set(facets) == {"schema", "dataQualityAssertions", "dataQualityMetrics"}
    for name, facet in facets.items():
        assert facet["_producer"].startswith("urn:dq-suite:")
        assert facet["_schemaURL"].startswith("https://openlineage.io/spec/facets/"), name
    assert facets["schema"]["fields"][0] == {"name": "dep_time", "type": "integer", "ordinal_position": 1}
    metrics = facets["dataQualityMetrics"]
    assert metrics["rowCount"] == 336_776
    assert metrics["columnMetrics"]["dep_time"] == {
        "nullCount": 4,
        "distinctCount": 7,
        "count": 96,
        "min": 1.0,
        "max": 9.5,
        "quantiles": {"0.05": 1.0, "0.25": 2.0, "0.5": 3.0, "0.75": 4.0, "0.95": 5.0},
    }


def test_an_assertion_says_what_was_expected(full: Result) -> None:
    """An assertion has name, column, severity, what was expected and found; checks without a verdict are none."""
    items = {item["name"]: item for item in _lineage(full)["inputFacets"]["dataQualityAssertions"]["assertions"]}
    assert {"sql", "dest.foreign_key"} & set(items) == set()
    assert items["dep_time.maximum"] == {
        "assertion": "maximum",
        "success": False,
        "column": "dep_time",
        "severity": "error",
        "name": "dep_time.maximum",
        "description": "dep_time is at most 2400",
        "expected": "none",
        "actual": "29 bad rows",
        "content": full.checks[0].sql,
        "contentType": "sql",
    }
    assert items["tailnum.foreign_key"]["severity"] == "warn"
    assert items["arr_delay.mean"]["actual"] == "6.89537675732"


def test_facets_are_those_of_the_client(full: Result, needs: Callable[[str], ModuleType]) -> None:
    """The client of OpenLineage builds its facets from ours, and names the same schemas."""
    needs("openlineage.client")
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as assertions
    from openlineage.client.facet_v2 import data_quality_metrics_input_dataset as metrics
    from openlineage.client.facet_v2 import schema_dataset

    said = _lineage(replace(full, profile=(COLUMN,)))
    facets = said["facets"] | said["inputFacets"]

    def bare(facet: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in facet.items() if not name.startswith("_")}

    told = bare(facets["dataQualityMetrics"])
    columns = {name: metrics.ColumnMetrics(**item) for name, item in told["columnMetrics"].items()}
    built = {
        "schema": schema_dataset.SchemaDatasetFacet(
            fields=[schema_dataset.SchemaDatasetFacetFields(**item) for item in facets["schema"]["fields"]]
        ),
        "dataQualityAssertions": assertions.DataQualityAssertionsDatasetFacet(
            assertions=[assertions.Assertion(**item) for item in facets["dataQualityAssertions"]["assertions"]]
        ),
        "dataQualityMetrics": metrics.DataQualityMetricsInputDatasetFacet(**(told | {"columnMetrics": columns})),
    }
    assert {name: item._schemaURL for name, item in built.items()} == {name: item["_schemaURL"] for name, item in facets.items()}


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("data/flights.csv", ("file", "data/flights.csv")),
        ("s3://bucket/a/b.parquet", ("s3://bucket", "a/b.parquet")),
        ("pandas frame", ("dq", "nyc.flights")),
        ("http://[x", ("file", "http://[x")),
        ("postgresql://me:***@db.example/shop orders", ("postgres://db.example:5432", "shop.public.orders")),
        ("postgresql+psycopg://db.example:6000/shop staging.orders", ("postgres://db.example:6000", "shop.staging.orders")),
        ("postgresql://me@/shop?host=/run/pg orders", ("postgres:///run/pg:5432", "shop.public.orders")),
        ("mysql://me:***@db.example/shop orders", ("mysql://db.example:3306", "shop.orders")),
        ("mariadb://db.example/shop other.orders", ("mysql://db.example:3306", "other.orders")),
        ('mysql://db.example/my%20shop "odd orders"', ("mysql://db.example:3306", "my shop.odd orders")),
        ("postgresql://db.example/shop query", ("dq", "nyc.flights")),
        ("sqlite:////data/shop.db orders", ("file", "sqlite:////data/shop.db orders")),
    ],
)
def test_datasets_are_named_by_where_they_are(full: Result, source: str, named: tuple[str, str]) -> None:
    """Files, objects and tables have the names that OpenLineage gives them, and nobody's login in them."""
    said = _lineage(replace(full, source=source))
    assert (said["namespace"], said["name"]) == named


def test_a_message_is_an_envelope_of_results(full: Result) -> None:
    """The envelope says when, by what, about which contract; the status is the first of error, fail, warn, pass, skip."""
    said = _message(full)
    assert (said["apiVersion"], said["kind"], said["status"]) == ("v0.8.1", "ObservabilityResults", "error")
    assert said["observedAt"] == "2026-03-01T12:30:00+00:00"
    assert said["contract"] == {"contractId": "nyc", "standard": "ODCS"}
    assert len(said["results"]) == len(full.checks)
    assert said["results"][0]["measure"] == {
        "metric": "maximum",
        "value": 29,
        "threshold": {"mustBe": 0},
        "unit": "rows",
        "rowCount": 336_776,
        "failedRowCount": 29,
    }
    assert said["results"][0]["target"] == {"resourceType": "column", "resourceIdentifier": "flights.dep_time"}
    assert said["results"][2]["type"] == "metric"
    assert said["results"][2]["target"]["filter"] == "carrier = 'UA'"
    assert said["results"][2]["measure"]["threshold"] == {"mustBeBetween": [-5, 5]}


def test_what_is_required_is_always_there(full: Result, make: Any) -> None:
    """Every result has id, type, name and status; the envelope its version, kind, id, time, process and results."""
    for result in (full, hostile(), make()):
        said = _message(result)
        assert all(said[name] for name in ("apiVersion", "kind", "id", "observedAt", "source"))
        assert said["source"]["process"]
        assert all(set(item) >= {"id", "type", "name", "status"} for item in said["results"])
        assert {item["status"] for item in said["results"]} <= {"pass", "fail", "warn", "error", "skip"}


def test_equal_results_have_equal_ids(full: Result) -> None:
    """The id is that of the result: the same again for the same, another for another."""
    assert _message(full)["id"] == _message(full)["id"] != _message(replace(full, stage="other"))["id"]


def test_percent_is_told_in_percent(make: Any, found: Any) -> None:
    """A limit in percent is measured in percent."""
    from dq.checks.model import Limit, Op, Unit

    item = found("a.required", Status.PASS, Counted(200, 5), limits=(Limit(Op.LE, 5, Unit.PERCENT),))
    assert _message(make(item))["results"][0]["measure"] == {
        "metric": "required",
        "value": 2.5,
        "threshold": {"mustBeLessOrEqualTo": 5},
        "unit": "percent",
        "rowCount": 200,
        "failedRowCount": 5,
    }
