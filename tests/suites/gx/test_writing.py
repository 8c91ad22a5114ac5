"""A contract as a suite of Great Expectations: what both can say comes back, what it cannot say is listed."""

from __future__ import annotations

import json
from pathlib import Path

import dq
from dq.authoring.export import to_great_expectations
from dq.checks import Check
from dq.contract import load
from dq.plan import compile as plan

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    customProperties: [{property: dq, value: {extra: block}}]
    quality:
      - {metric: rowCount, mustBeBetween: [1, 100]}
      - {id: pair, type: custom, engine: dq, implementation: {check: condition, sql: paid <= total}}
      - {id: two, type: custom, engine: dq, implementation: {check: condition, sql: paid + total > 3}}
      - {metric: duplicateValues, arguments: {properties: [id, state]}, mustBe: 0}
    properties:
      - {name: id, physicalName: ID, required: true, unique: true}
      - {name: state, quality: [{metric: invalidValues, arguments: {validValues: [open, shut]}, mustBe: 0, severity: warning}]}
      - {name: total, logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1000}}
      - {name: paid, quality: [{type: custom, engine: dq, implementation: {check: mean, mustBeGreaterThan: 5}}]}
      - {name: code, logicalType: string, logicalTypeOptions: {pattern: "^[A-Z]{3}$", maxLength: 3}}
      - {name: mail, logicalType: string, logicalTypeOptions: {format: email}}
      - {name: note, quality: [{metric: nullValues, mustBeLessOrEqualTo: 5, unit: percent}]}
      - name: late
        quality: [{id: blocked, metric: invalidValues, arguments: {validValues: [1]}, mustBe: 0, severity: critical}]
      - {name: some, quality: [{metric: invalidValues, arguments: {validValues: [1]}, mustBeLessOrEqualTo: 5, unit: percent}]}
      - name: part
        quality: [{type: custom, engine: dq, implementation: {check: quantile, quantile: 0.5, mustBeLessOrEqualTo: 5}}]
      - name: kept
        quality:
          - id: filtered
            metric: invalidValues
            arguments: {validValues: [1]}
            mustBe: 0
            customProperties: [{property: dq, value: {where: state = 'open' AND total > 5}}]
"""


def _meaning(check: Check) -> tuple[object, ...]:
    where = check.where.sql() if check.where is not None else ""
    arguments = {
        name: tuple(value) if isinstance(value, list) else value for name, value in check.arguments.items() if name != "keep"
    }
    return check.function, tuple(sorted(arguments.items())), check.columns, check.limits, str(check.mode), where


def test_a_round_trip_loses_nothing_that_both_can_say(tmp_path: Path) -> None:
    """Each check comes back with its function, arguments, columns, limits, mode and filter; the rest is listed, by name."""
    path = tmp_path / "orders.odcs.yaml"
    path.write_text(CONTRACT, "utf-8")
    written = to_great_expectations(path)
    left_out = {gap.reason.partition(":")[0] for gap in written.left_out}
    assert left_out == {"two", "some.invalidValues", "total.type", "code.type", "mail.type"}
    contract = load(path)
    before = [check for check in plan(contract, contract.objects[0]).checks if check.id != "record"]
    suite = dq.load_suite(json.loads(written.text))
    assert len(suite.checks) == len(before) - len(left_out)
    after = {_meaning(check) for check in suite.checks}
    lost = [check.id for check in before if check.function and _meaning(_named(check)) not in after and check.id not in left_out]
    # said with other words there: a pattern for a format, a pair of columns for a condition
    assert lost == ["mail.format", "pair"]
    again = to_great_expectations(suite)
    assert _types(again.text) == _types(written.text)


def _types(text: str) -> set[str]:
    return {item["type"] for item in json.loads(text)["expectations"]}


def _named(check: Check) -> Check:
    """The contract's `id` is the data's `ID`."""
    from dataclasses import replace

    return replace(check, columns=tuple("ID" if name == "id" else name for name in check.columns))
