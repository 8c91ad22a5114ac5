"""A result as JSON: all its facts, in the shape of `result.schema.json`. Enough to make every other report from."""

from __future__ import annotations

import math
from datetime import date, time
from decimal import Decimal
from json import dumps, loads
from pathlib import Path
from typing import Any

from dq.checks.model import Foreign, Gap, Keys, Limit
from dq.errors import Place
from dq.report import words
from dq.report.hostile import json_safe
from dq.result import SCHEMA_VERSION, CheckResult, ColumnProfile, Counted, Measured, NotRun, Result, Sample, Standout
from dq.sql import Scalar, Tree, spoken


def json(result: Result) -> str:
    """
    The result as an indented JSON document, keys in a fixed order; hidden and control characters are escaped.

    Numbers that JSON cannot hold exactly (decimals, NaN, infinity), dates and times are text.
    """
    return json_safe(dumps(document(result), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def schema() -> dict[str, Any]:
    """The JSON schema that every rendered result is valid under."""
    said: dict[str, Any] = loads(Path(__file__).with_name("result.schema.json").read_text("utf-8"))
    return said


def document(result: Result) -> dict[str, Any]:
    """The result as plain dicts, lists, texts and numbers."""
    return {
        "schema_version": SCHEMA_VERSION,
        "contract": result.contract,
        "object": result.object,
        "dataset": result.dataset,
        "source": result.source,
        "engine": result.engine,
        "stage": result.stage,
        "status": str(result.status),
        "message": result.headline,
        "rows": result.rows,
        "bad_rows": result.bad_rows,
        "now": result.now.isoformat(),
        "seconds": round(result.seconds, 6),
        "coverage": {
            "enforced": result.coverage.enforced,
            "share": float(result.coverage.share),
            "skipped": [_gap(item) for item in result.coverage.skipped],
            "not_judged": [_gap(item) for item in result.coverage.not_judged],
        },
        "checks": [_check(item) for item in result.checks],
        "columns": dict(result.columns),
        "notes": list(result.notes),
        "owners": list(result.owners),
        "plan": result.plan,
        "profile": [column(item) for item in result.profile],
    }


def _check(item: CheckResult) -> dict[str, Any]:
    check, found = item.check, item.found
    return {
        "id": check.id,
        "name": check.name,
        "rule": check.rule,
        "column": check.columns[0] if len(check.columns) == 1 else None,
        "columns": list(check.columns),
        "dimension": str(check.dimension),
        "says": check.says,
        "mode": str(check.mode),
        "status": str(item.status),
        "rows": item.rows,
        "bad_rows": item.bad_rows,
        "tolerated_rows": item.tolerated_rows,
        "percent": float(found.share * 100) if isinstance(found, Counted) else None,
        "value": plain(found.value) if isinstance(found, Measured) else None,
        "reason": found.reason if isinstance(found, NotRun) else None,
        "limits": [_limit(said) for said in check.limits],
        "message": item.message,
        "looks": type(check.subject).__name__.lower(),
        "reference": check.subject.reference if isinstance(check.subject, Keys) else "",
        "tool": check.subject.tool if isinstance(check.subject, Foreign) else "",
        "row_check": check.is_row_check,
        "on": check.on,
        "where": _sql(check.where),
        "tags": list(check.tags),
        "clause": check.clause.text,
        "place": _place(check.clause.place),
        "sql": item.sql,
        "samples": [_sample(row) for row in item.samples],
        "why": [_standout(said) for said in item.why],
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "clause": gap.clause.text,
        "reason": gap.reason,
        "waived": gap.waived,
        "rule": gap.rule,
        "column": gap.column or None,
        "place": _place(gap.clause.place),
    }


def _limit(said: Limit) -> dict[str, Any]:
    bounds = [plain(part) for part in said.value] if isinstance(said.value, tuple | list) else plain(said.value)
    return {"op": str(said.op), "value": bounds, "unit": str(said.unit), "text": words.limit(said)}


def _place(place: Place) -> dict[str, Any]:
    return {"document": place.document, "line": place.line or None, "path": place.path}


def _sample(row: Sample) -> dict[str, Any]:
    return {"row": row.row, "source": row.source, "line": row.line, "values": dict(row.values)}


def _standout(said: Standout) -> dict[str, Any]:
    return {
        "column": said.column,
        "value": said.value,
        "bad": said.bad,
        "bad_share": said.bad_share,
        "rows": said.rows,
        "row_share": said.row_share,
        "lift": said.lift,
    }


def column(item: ColumnProfile) -> dict[str, Any]:
    """What a column holds as plain values."""
    return {
        "name": item.name,
        "type": item.type,
        "rows": item.rows,
        "nulls": item.nulls,
        "distinct": item.distinct,
        "low": item.low,
        "high": item.high,
        "mean": item.mean,
        "stddev": item.stddev,
        "quantiles": list(item.quantiles),
        "lengths": None if item.lengths is None else list(item.lengths),
        "top": [[value, rows] for value, rows in item.top],
        "patterns": [[shape, rows] for shape, rows in item.patterns],
        "histogram": [{"low": part.low, "high": part.high, "rows": part.rows} for part in item.histogram],
    }


def _sql(tree: Tree | None) -> str | None:
    return None if tree is None else spoken(tree)


def plain(value: Scalar) -> str | int | float | bool | None:
    """A value that JSON holds: a decimal is a number only when no digit is lost."""
    if isinstance(value, Decimal):
        near = float(value)
        return near if math.isfinite(near) and Decimal(repr(near)) == value else str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, date | time):
        return value.isoformat()
    return value
