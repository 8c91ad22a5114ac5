"""A result as OpenLineage reads it: the dataset with its facets, to be put among the inputs of a run event."""

from __future__ import annotations

import math
from contextlib import suppress
from json import dumps
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dq import __version__
from dq.checks.model import Mode, Status
from dq.report import words
from dq.report.brief import in_memory
from dq.report.hostile import json_safe
from dq.result import CheckResult, ColumnProfile, Measured, Result
from dq.source import Table

_SPEC = "https://openlineage.io/spec/facets"
_QUANTILES = ("0.05", "0.25", "0.5", "0.75", "0.95")


class _Server(NamedTuple):
    """How OpenLineage names a kind of database; without *schema* a name has only a database in front of it."""

    scheme: str
    port: int
    schema: str = ""


_MYSQL = _Server("mysql", 3306)
_SERVERS = {"postgresql": _Server("postgres", 5432, "public"), "mysql": _MYSQL, "mariadb": _MYSQL}


def openlineage(result: Result) -> str:
    """
    The result as the JSON of an OpenLineage InputDataset: facets schema, dataQualityAssertions and dataQualityMetrics.

    A check that gave no verdict is not an assertion. Files keep their path, objects their bucket, tables their server; what was
    in memory, or a query, is named by the dataset. Metrics of columns need a profile. Facets as of OpenLineage 1.54:
    assertions 1-1-0, metrics 1-0-3, schema 1-2-0.
    """
    return json_safe(dumps(dataset(result), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def dataset(result: Result) -> dict[str, Any]:
    """The InputDataset as plain dicts, lists, texts and numbers."""
    namespace, name = _named(result)
    judged = [item for item in result.checks if item.status is not Status.SKIP and item.status is not Status.ERROR]
    facets = {"schema": _facet("1-2-0", "SchemaDatasetFacet", fields=_fields(result))} if result.columns else {}
    return {
        "namespace": namespace,
        "name": name,
        "facets": facets,
        "inputFacets": {
            "dataQualityAssertions": _facet(
                "1-1-0", "DataQualityAssertionsDatasetFacet", assertions=[_assertion(item) for item in judged]
            ),
            "dataQualityMetrics": _facet(
                "1-0-3",
                "DataQualityMetricsInputDatasetFacet",
                rowCount=result.rows,
                columnMetrics={item.name: _metrics(item) for item in result.profile},
            ),
        },
    }


def _named(result: Result) -> tuple[str, str]:
    """Namespace and name, as the naming rules of OpenLineage have them; of a query, which has none, those of the dataset."""
    if in_memory(result):
        return "dq", result.dataset
    with suppress(ValueError):
        address, _, table = result.source.partition(" ")
        parts = urlsplit(address)
        if (server := _SERVERS.get(parts.scheme.partition("+")[0])) and table:
            return ("dq", result.dataset) if table == "query" else _table(server, parts, table)
        parts = urlsplit(result.source)
        if parts.netloc:
            return f"{parts.scheme}://{parts.netloc}", parts.path.lstrip("/")
    return "file", result.source


def _table(server: _Server, parts: SplitResult, name: str) -> tuple[str, str]:
    """A table: `postgres://host:5432` and `shop.public.orders`; the schema is the usual one when nobody said another."""
    database = unquote(parts.path).lstrip("/")
    said = Table("", name).parts
    schema = (server.schema,) if server.schema and len(said) == 1 else ()
    inside = said if len(said) > 1 and not server.schema else (database, *schema, *said)
    host = parts.hostname or dict(parse_qsl(parts.query)).get("host") or "localhost"
    return f"{server.scheme}://{host}:{parts.port or server.port}", ".".join(inside)


def _facet(version: str, name: str, **said: Any) -> dict[str, Any]:
    return {"_producer": f"urn:dq-suite:{__version__}", "_schemaURL": f"{_SPEC}/{version}/{name}.json#/$defs/{name}", **said}


def _fields(result: Result) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": type_, "ordinal_position": place} for place, (name, type_) in enumerate(result.columns.items(), 1)
    ]


def _assertion(item: CheckResult) -> dict[str, Any]:
    check, found = item.check, item.found
    said: dict[str, Any] = {"assertion": check.name, "success": item.status is Status.PASS}
    if len(check.columns) == 1:
        said["column"] = check.columns[0]
    actual = words.value(found.value) if isinstance(found, Measured) else words.count(item.bad_rows, "bad row")
    said |= {
        "severity": "error" if check.mode in (Mode.QUARANTINE, Mode.BLOCK) else "warn",
        "name": check.id,
        "description": check.says,
        "expected": " and ".join(words.limit(limit) for limit in check.limits),
        "actual": actual,
    }
    return said | ({"content": item.sql, "contentType": "sql"} if item.sql else {})


def _metrics(item: ColumnProfile) -> dict[str, Any]:
    said: dict[str, Any] = {"nullCount": item.nulls, "distinctCount": item.distinct, "count": item.rows - item.nulls}
    if item.mean is not None:
        with suppress(TypeError, ValueError):
            ends = {"min": float(item.low or "nan"), "max": float(item.high or "nan")}
            said |= {name: value for name, value in ends.items() if math.isfinite(value)}
    if len(item.quantiles) == len(_QUANTILES):
        said["quantiles"] = {name: value for name, value in zip(_QUANTILES, item.quantiles, strict=True) if math.isfinite(value)}
    return said
