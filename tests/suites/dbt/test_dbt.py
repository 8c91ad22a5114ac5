"""dbt's tests mean here what they mean there; and what dq writes for dbt, dq reads again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import dq
from dq.authoring.export import to_dbt
from dq.suites.dbt.translate import KNOWN

FACTS = yaml.safe_load((Path(__file__).parent / "tests.yaml").read_text("utf-8"))


def _suite(test: str, args: dict[str, Any], column: str = "") -> dq.Suite:
    said = {test: args}
    model = {"columns": [{"name": column, "data_tests": [said]}]} if column else {"data_tests": [said]}
    return dq.load_suite({"models": [{"name": "model", **model}]})


@pytest.mark.parametrize("number", range(len(FACTS)))
def test_the_facts_hold(number: int) -> None:
    """The same rows fail, or the same verdict comes out."""
    fact = FACTS[number]
    suite = _suite(fact["test"], fact.get("args") or {}, fact.get("column", ""))
    assert not suite.gaps
    frame = pd.DataFrame(fact["rows"])
    others = {"other": pd.DataFrame(fact["other"])} if "other" in fact else {}
    result = dq.validate(frame, suite, references=others, why=False)
    assert not [item.message for item in result.checks if item.status == "error"]
    assert result.ok is fact.get("ok", not fact.get("bad"))
    if "bad" in fact:
        numbered = dq.validate(frame.assign(number=range(len(frame))), suite, references=others, why=False)
        assert sorted(row["__dq_row_no"] for row in numbered.bad or ()) == fact["bad"]


def test_what_nobody_knows_is_a_gap_and_no_pass() -> None:
    """A test of another package, or one written in Jinja: a gap that says so; the dataset is at least a warning."""
    for test, args in (("shop.is_open", {}), ("dbt_utils.accepted_range", {"max_value": "{{ var('limit') }}"})):
        suite = _suite(test, args, "a")
        assert len(suite.gaps) == 1
        assert dq.validate(pd.DataFrame({"a": [1]}), suite).status != "pass"


def test_faults_are_named_and_placed() -> None:
    """A missing argument is an error at its place."""
    with pytest.raises(dq.ContractError, match=r"model.a.data_tests\[0\]: dbt_utils.accepted_range has no bound"):
        _suite("dbt_utils.accepted_range", {}, "a")


def test_a_model_of_a_file_is_named(tmp_path: Path) -> None:
    """`schema.yml#orders`; without a name, the only one."""
    path = tmp_path / "schema.yml"
    path.write_text("version: 2\nmodels:\n  - {name: a, columns: [{name: id, tests: [unique]}]}\n  - {name: b}\n", "utf-8")
    assert [check.function for check in dq.load_suite(f"{path}#a").checks] == ["unique"]
    with pytest.raises(dq.UsageError, match=r"several models\n.*one of: a, b"):
        dq.load_suite(path)


CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    quality:
      - {metric: rowCount, mustBeBetween: [1, 100]}
      - {type: custom, engine: dq, implementation: {check: condition, sql: paid <= total}}
    properties:
      - {name: id, required: true, unique: true}
      - {name: state, quality: [{metric: invalidValues, arguments: {validValues: [open, shut]}, mustBe: 0, severity: warning}]}
      - {name: total, logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 1000}}
      - {name: paid, quality: [{type: custom, engine: dq, implementation: {check: mean, mustBeGreaterThan: 5}}]}
      - {name: code, logicalType: string, logicalTypeOptions: {pattern: "^[A-Z]{3}$", maxLength: 3}}
      - {name: buyer, relationships: [{to: people.id}]}
      - {name: note, quality: [{metric: nullValues, mustBeLessThan: 5, unit: percent}]}
"""


def test_a_round_trip_keeps_what_both_can_say(tmp_path: Path) -> None:
    """Check by check: the same function, arguments, columns and limits; a share of rows is listed as unsaid."""
    path = tmp_path / "orders.odcs.yaml"
    path.write_text(CONTRACT, "utf-8")
    written = to_dbt(path)
    assert [gap.reason for gap in written.left_out] == [
        "total.type: no test says 'fits_type'",
        "code.type: no test says 'fits_type'",
        "note.nullValues: a tolerance is a number of rows there, not 'less than 5 %'",
    ]
    suite = dq.load_suite(yaml.safe_load(written.text))
    functions = sorted(check.function for check in suite.checks if check.function)
    assert functions == ["condition", "foreign_key", "in_set", "matches", "max_length", "not_null", "unique"]
    assert len(suite.checks) == written.text.count("dbt_") + functions.count("unique") + 3
    assert yaml.safe_load(to_dbt(suite).text) == yaml.safe_load(written.text)


def test_every_test_that_is_written_is_known(tmp_path: Path) -> None:
    """What dq writes for dbt, dq reads."""
    path = tmp_path / "orders.odcs.yaml"
    path.write_text(CONTRACT, "utf-8")
    model = yaml.safe_load(to_dbt(path).text)["models"][0]
    tests = [*model["data_tests"], *(test for column in model["columns"] for test in column.get("data_tests", ()))]
    assert {test if isinstance(test, str) else next(iter(test)) for test in tests} <= KNOWN
