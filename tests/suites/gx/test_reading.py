"""Suites are read as people have them; what is wrong with one is named, placed, and never passes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import dq

ROWS = pd.DataFrame({"id": [1, 2, 2], "state": ["open", "shut", "odd"]})
IN_SET = {"column": "state", "value_set": ["open", "shut"]}
ENTRY = {"type": "expect_column_values_to_be_in_set", "kwargs": IN_SET}
OLD = {
    "expectation_suite_name": "orders",
    "ge_cloud_id": None,
    "data_asset_type": None,
    "meta": {"great_expectations_version": "0.18.22"},
    "expectations": [{"expectation_type": "expect_column_values_to_be_in_set", "kwargs": IN_SET, "meta": {}}],
}
NEW = {
    "name": "orders",
    "id": "5f0d2a1e-6b1c-4f0e-9d54-0d1f3c1d7c11",
    "expectations": [{"id": "in-set", "type": "expect_column_values_to_be_in_set", "kwargs": IN_SET, "severity": "critical"}],
}


def _saved(folder: Path, said: Any, name: str = "orders.json") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(said, indent=2), "utf-8")
    return path


@pytest.mark.parametrize("said", [OLD, NEW], ids=["0.18", "1.x"])
def test_suites_of_both_ages_mean_the_same(said: dict[str, Any], tmp_path: Path) -> None:
    """The JSON of 0.18 and of 1.x is one suite, with its name and the lines of its expectations."""
    suite = dq.load_suite(_saved(tmp_path, said))
    assert suite.name == "orders"
    line = json.dumps(said, indent=2).split('"expectations"')[0].count("\n") + 2
    assert suite.checks[0].clause.place.line == line
    result = dq.validate(ROWS, suite)
    assert (result.contract, result.dataset, result.status, result.bad_rows) == ("orders", "orders", "fail", 1)


def test_the_folder_of_a_data_context_has_suites_by_name(tmp_path: Path) -> None:
    """A folder with one suite is that suite; of several one is named."""
    _saved(tmp_path, OLD, "gx/expectations/orders.json")
    assert dq.load_suite(tmp_path).name == "orders"
    _saved(tmp_path, {**OLD, "expectation_suite_name": "people"}, "gx/expectations/people.json")
    assert dq.load_suite(f"{tmp_path}#people").name == "people"
    with pytest.raises(dq.UsageError, match=r"several suites\n.*one of: orders, people"):
        dq.load_suite(tmp_path)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (
            {"type": "expect_column_values_to_be_in_sett", "kwargs": IN_SET},
            r"unknown expectation '.*sett'\n.*did you mean '.*in_set'",
        ),
        ({"type": "expect_column_values_to_be_between", "kwargs": {"column": "id"}}, r"has no bound\n.*add min_value"),
        ({"type": "expect_column_values_to_match_regex", "kwargs": {"column": "id"}}, r"needs 'regex'\n"),
        ({"type": "expect_column_values_to_be_unique", "kwargs": {}}, r"needs 'column'\n"),
        (
            {"type": "expect_column_values_to_be_in_set", "kwargs": {**IN_SET, "valueset": []}},
            r"takes no 'valueset'\n.*'value_set'",
        ),
        ({"type": "expect_column_values_to_be_in_set", "kwargs": {**IN_SET, "mostly": 95}}, r"mostly is 95\n"),
        ({"type": "expect_column_values_to_be_in_set", "kwargs": {**IN_SET, "row_condition": "id >"}}, r"not a row cond"),
        ({"type": "expect_column_values_to_be_in_set", "kwargs": IN_SET, "severity": "fatal"}, r"unknown severity 'fatal'"),
        ({"type": "expect_shop_to_be_open", "kwargs": {}}, r"unknown expectation .*\n.*allow_code"),
        ({"kwargs": {}}, r"without a type"),
        ("unique", r"an expectation is a mapping"),
    ],
)
def test_what_is_wrong_is_named_placed_and_mended(entry: Any, problem: str, tmp_path: Path) -> None:
    """A suite with a fault is refused as a whole; each fault has its line, and says what to do."""
    path = _saved(tmp_path, {"name": "s", "expectations": [ENTRY, entry]})
    with pytest.raises(dq.ContractError, match=problem) as caught:
        dq.load_suite(path)
    assert caught.value.faults[0].place.path == "expectations[1]"
    assert caught.value.faults[0].place.line > 4


def test_all_faults_come_at_once() -> None:
    """The error holds every fault of the suite."""
    wrong = {"type": "expect_column_values_to_match_regex", "kwargs": {"column": "id"}}
    with pytest.raises(dq.ContractError) as caught:
        dq.load_suite({"name": "s", "expectations": [wrong, wrong, {"type": "nonsense", "kwargs": {}}]})
    assert len(caught.value.faults) == 3


def test_a_module_that_may_run_but_cannot_be_imported_is_named() -> None:
    """An expectation of somebody's own, whose module raises."""
    said = {"name": "s", "expectations": [{"type": "expect_shop_to_be_open", "kwargs": {}}]}
    with pytest.raises(dq.ContractError, match=r"module 'no_such_shop' cannot be imported"):
        dq.load_suite(said, settings=dq.Settings(allow_code=("no_such_shop",)))


def test_several_suites_and_a_contract_are_one_plan(tmp_path: Path) -> None:
    """As many scans as the contract alone; ids are kept apart; each suite is part of the plan's name."""
    contract = tmp_path / "c.odcs.yaml"
    contract.write_text(
        "apiVersion: v3.1.0\nkind: DataContract\nid: orders\nname: orders\nversion: 1.0.0\nstatus: active\n"
        "schema: [{name: orders, properties: [{name: id, required: true}]}]\n",
        "utf-8",
    )
    alone = dq.validate(ROWS, contract)
    both = dq.validate(ROWS, contract, suites=[OLD, {**NEW, "name": "again"}])
    assert len(both.checks) == len(alone.checks) + 2
    assert len({item.check.id for item in both.checks}) == len(both.checks)
    assert len({alone.plan, both.plan, dq.validate(ROWS, contract, suites=[OLD]).plan}) == 3
    assert next(iter(both.bad or ()))["__dq_reasons"].count("column_values_to_be_in_set") == 2


def test_a_rule_of_a_contract_may_be_an_expectation(tmp_path: Path) -> None:
    """`type: custom, engine: greatExpectations`: on a property the column is understood; mode and filter are the rule's."""
    contract = tmp_path / "c.odcs.yaml"
    contract.write_text(
        """
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - name: state
        quality:
          - id: known_state
            type: custom
            engine: greatExpectations
            implementation: {type: expect_column_values_to_be_in_set, kwargs: {value_set: [open, shut]}}
            customProperties: [{property: dq, value: {mode: warn, where: id > 1}}]
    quality:
      - type: custom
        engine: great-expectations
        implementation: '{"expectation_type": "expect_table_row_count_to_equal", "kwargs": {"value": 3}}'
""",
        "utf-8",
    )
    result = dq.validate(ROWS, contract)
    found = {item.check.rule: item for item in result.checks}
    assert (found["known_state"].status, found["known_state"].found.rows) == ("warn", 2)  # type: ignore[union-attr]  # counted
    assert found["expect_table_row_count_to_equal"].status == "pass"


def test_a_suite_splits_and_enforces(tmp_path: Path) -> None:
    """A suite stands where a contract does: good rows go on, bad ones are kept with their reasons."""
    good, bad = dq.split(ROWS, dq.load_suite(OLD))
    assert (len(good), list(bad["state"])) == (2, ["odd"])
    settings = dq.Settings(store_url=f"sqlite:///{tmp_path}/s.db", quarantine_url=str(tmp_path / "q"))
    done = dq.enforce(ROWS, suites=[OLD], stage="raw", key="d", settings=settings)
    assert (done.outcome, done.rows_good, done.rows_quarantined) == ("quarantined", 2, 1)
    again = dq.enforce(ROWS, suites=[OLD], stage="raw", key="d", settings=settings)
    assert again.batch == done.batch


def test_text_files_are_read_as_the_numbers_a_suite_means(tmp_path: Path) -> None:
    """A column of CSV compared with numbers is read as one; what is no number is a bad row, not a pass."""
    path = tmp_path / "t.csv"
    path.write_text("amount,state\n5,open\n10,shut\n9x,open\n", "utf-8")
    between = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "amount", "min_value": 0, "max_value": 9}}
    result = dq.validate(path, dq.load_suite({"name": "s", "expectations": [between]}))
    assert {item.check.id: item.bad_rows for item in result.checks if item.check.id.startswith("amount")} == {
        "amount.column_values_to_be_between": 1,
        "amount.type": 1,
    }


def test_a_missing_column_is_no_pass() -> None:
    """An expectation about a column that is not there errs, and names one that is near."""
    suite = dq.load_suite({"name": "s", "expectations": [{**ENTRY, "kwargs": {**IN_SET, "column": "sate"}}]})
    result = dq.validate(ROWS, suite)
    assert result.status == "error"
    assert "did you mean 'state'" in result.checks[0].message


def test_nobody_pays_for_the_tool_who_does_not_need_it() -> None:
    """Reading a suite and running what is native imports no Great Expectations."""
    code = (
        "import sys, dq; r = dq.validate([{'state': 'x'}], dq.load_suite({'name': 's', 'expectations': "
        "[{'type': 'expect_column_values_to_not_be_null', 'kwargs': {'column': 'state'}}]})); "
        "print(r.status, 'great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "pass False"
