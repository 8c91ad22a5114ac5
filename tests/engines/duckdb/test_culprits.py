"""A rule that the engine cannot run errs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dq
from dq.checks import Status

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: t
name: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - {name: a, logicalType: string, logicalTypeOptions: {maxLength: 2}}
      - {name: b, logicalType: integer}
    quality:
"""
RULES = {
    "condition": "{check: condition, sql: length(b) > 3}",
    "mean": "{check: mean, column: a, mustBeGreaterThan: 1}",
    "group": "{check: group_sum, by: b, of: a, value: 1}",
}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A contract with one good rule and three that DuckDB refuses, each in another pass."""
    path = tmp_path / "t.odcs.yaml"
    rules = "".join(f"      - {{id: {name}, type: custom, engine: dq, implementation: {text}}}\n" for name, text in RULES.items())
    path.write_text(CONTRACT + rules, "utf-8")
    return path


def test_rules_that_cannot_run_err_alone(contract: Path) -> None:
    """Each says why, and the other rules are judged on every row."""
    rows: list[dict[str, Any]] = [{"a": "x", "b": 1}, {"a": "long", "b": 2}]
    result = dq.validate(rows, contract)
    by_id = {item.check.id: item for item in result.checks}
    assert {name: by_id[name].status for name in RULES} == dict.fromkeys(RULES, Status.ERROR)
    assert "length(BIGINT)" in by_id["condition"].message
    assert "avg(VARCHAR)" in by_id["mean"].message
    assert "sum(VARCHAR)" in by_id["group"].message
    assert by_id["a.maxLength"].bad_rows == 1
    assert (result.status, result.rows, result.bad_rows) == (Status.FAIL, 2, 1)
