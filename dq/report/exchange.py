"""A result as a message of the Open Observability Results Standard (OORS) of Bitol, draft v0.8.1."""

from __future__ import annotations

import uuid
from datetime import timedelta
from json import dumps
from typing import Any

from dq.checks.model import Answer, Limit, Measure, Op, Status, Unit
from dq.report.hostile import json_safe
from dq.report.record import plain
from dq.result import CheckResult, Counted, Measured, Result
from dq.sql import spoken

_VERSION = "v0.8.1"
_MUST = {
    Op.EQ: "mustBe",
    Op.NE: "mustNotBe",
    Op.LT: "mustBeLessThan",
    Op.LE: "mustBeLessOrEqualTo",
    Op.GT: "mustBeGreaterThan",
    Op.GE: "mustBeGreaterOrEqualTo",
    Op.BETWEEN: "mustBeBetween",
    Op.NOT_BETWEEN: "mustNotBeBetween",
}
_WORST_FIRST = (Status.ERROR, Status.FAIL, Status.WARN, Status.PASS, Status.SKIP)  # as the standard aggregates
_NAMESPACE = uuid.UUID("7d9a3c3e-6b1f-5b0a-9c55-0d0f5e0b6a11")


def oors(result: Result) -> str:
    """
    The result as JSON of OORS v0.8.1, a draft: its next version may differ.

    Equal results have equal ids. `contractId` is the name of the contract; its version is a custom property. A result without
    checks has no results, which the standard asks for: its status is `error` and a custom property says why.
    """
    return json_safe(dumps(message(result), ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def message(result: Result) -> dict[str, Any]:
    """The message as plain dicts, lists, texts and numbers."""
    name, _, version = result.contract.rpartition("@")
    started = result.now - timedelta(seconds=result.seconds)
    identity = f"{result.dataset}|{result.stage}|{result.source}|{result.plan}|{result.now.isoformat()}|{result.headline}"
    custom = {"contractVersion": version, "dataset": result.dataset, "stage": result.stage, "rows": result.rows}
    custom |= {"badRows": result.bad_rows, "reason": "" if result.checks else "no check ran"}
    said: dict[str, Any] = {
        "apiVersion": _VERSION,
        "kind": "ObservabilityResults",
        "id": str(uuid.uuid5(_NAMESPACE, identity.encode("utf-8", "backslashreplace").decode())),
        "observedAt": result.now.isoformat(),
        "source": {"process": result.stage or "dq validate", "vendor": "dq"},
        "run": {"state": "completed", "startedAt": started.isoformat()},
    }
    if name:
        said["contract"] = {"contractId": name, "standard": "ODCS"}
    return said | {
        "status": _status(result),
        "results": [_result(item, result) for item in result.checks],
        "customProperties": _properties(custom),
    }


def _status(result: Result) -> str:
    seen = {item.status for item in result.checks}
    return str(next((status for status in _WORST_FIRST if status in seen), Status.ERROR))


def _result(item: CheckResult, result: Result) -> dict[str, Any]:
    check = item.check
    measured = isinstance(check.subject, Measure | Answer)
    said: dict[str, Any] = {
        "id": check.id,
        "type": "metric" if measured else "check",
        "name": check.says,
        "status": str(item.status),
        "dimension": str(check.dimension),
        "target": _target(item, result),
        "message": item.message,
    }
    if check.clause.place.path:
        said["relatesTo"] = check.clause.place.path.replace(".", "/")
    if measure := _measure(item):
        said["measure"] = measure
    if check.tags:
        said["tags"] = list(check.tags)
    return said | {"customProperties": _properties({"mode": str(check.mode), "clause": check.clause.text})}


def _target(item: CheckResult, result: Result) -> dict[str, Any]:
    one = len(item.check.columns) == 1
    name = result.object or result.dataset
    said: dict[str, Any] = {"resourceType": "column" if one else "table"}
    said["resourceIdentifier"] = f"{name}.{item.check.columns[0]}" if one else name
    return said | ({"filter": spoken(item.check.where)} if item.check.where is not None else {})


def _measure(item: CheckResult) -> dict[str, Any] | None:
    limits = item.check.limits
    if isinstance(item.found, Counted):
        percent = any(limit.unit is Unit.PERCENT for limit in limits)
        value = float(item.found.share * 100) if percent else item.found.bad
        return {
            "metric": item.check.name,
            "value": value,
            "threshold": _threshold(limits),
            "unit": "percent" if percent else "rows",
            "rowCount": item.found.rows,
            "failedRowCount": item.found.bad,
        }
    if isinstance(item.found, Measured):
        return {"metric": item.check.name, "value": plain(item.found.value), "threshold": _threshold(limits)}
    return None


def _threshold(limits: tuple[Limit, ...]) -> dict[str, Any]:
    return {
        _MUST[limit.op]: [plain(part) for part in limit.value] if isinstance(limit.value, tuple | list) else plain(limit.value)
        for limit in limits
    }


def _properties(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in said.items() if value != ""]
