"""Random rules over random rows: every kind of input agrees with plain Python."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note

import dq
from dq.contract import read
from dq.result import Counted, Measured, NotRun
from tests import oracle
from tests.conformance.databases import places
from tests.conformance.fact import DATABASES
from tests.conformance.inputs import INPUTS
from tests.properties.profile import bounded
from tests.properties.tables import HOLDS, Case, Rule, cases, written

TEXT = ("csv", "jsonl")


@pytest.mark.parametrize("kind", [kind for kind in INPUTS if kind not in DATABASES])
def test_every_kind_of_input_agrees_with_the_oracle(kind: str, tmp_path: Path) -> None:
    """Each check marks the rows, or measures the value, that a few lines of plain Python say."""
    is_text = kind in TEXT

    @bounded()
    @given(cases(finite=is_text, without=("decimal",) if is_text else ()))
    def property_(case: Case) -> None:
        contract = read(json.dumps(case.document), "random.odcs.yaml")
        result = dq.validate(INPUTS[kind](case.rows(tmp_path)), contract, settings=dq.Settings(threads=1, samples=0))
        note(json.dumps(case.document["schema"][0]["quality"], ensure_ascii=False))
        _agrees(case, result, kind, [row["__dq_row_no"] for row in result.bad or ()])

    property_()


@pytest.mark.parametrize("kind", DATABASES)
def test_every_database_agrees_with_the_oracle(kind: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    """Each check marks the rows of a table, or measures the value, that a few lines of plain Python say."""

    @bounded(0.3)
    @given(cases(finite=kind != "postgres", without=("decimal",) if kind == "sqlite" else ()))
    def property_(case: Case) -> None:
        contract = read(json.dumps(case.document), "random.odcs.yaml")
        table = INPUTS[kind](replace(case.rows(tmp_path), database=database))
        assert isinstance(table, dq.Table)
        result = dq.validate(table, contract, settings=dq.Settings(samples=0), why=False)
        note(json.dumps(case.document["schema"][0]["quality"], ensure_ascii=False))
        _agrees(case, result, kind, places(table, list(result.bad or ()), kind))

    property_()


def _agrees(case: Case, result: dq.Result, kind: str, numbers: Sequence[int]) -> None:
    rows = _held(case, kind)
    assert result.rows == len(rows)
    told_of = [row["__dq_reasons"].split("; ") for row in result.bad or ()]
    diverted = list(zip(numbers, told_of, strict=True))
    for number, rule in enumerate(case.rules):
        found = next(item for item in result.checks if item.check.id == f"r{number}")
        said = _in_plain_python(case, rule, rows)
        told = (rule, found.message, said)
        if rule.is_measure:
            _same_measure(found.found, said, told)
            continue
        assert isinstance(found.found, Counted), told
        assert found.bad_rows == len(said), told
        reasoned = {row for row, reasons in diverted if {f"r{number}", f"r{number}:duplicate_row"} & set(reasons)}
        assert reasoned <= said, told
        if rule.check != "unique":
            assert reasoned == said, told


def _same_measure(found: object, said: Any, told: object) -> None:
    if said is None:
        assert isinstance(found, NotRun), told
    else:
        assert isinstance(found, Measured), told
        assert found.value == said or math.isclose(float(found.value), float(said), rel_tol=1e-12), told  # type: ignore[arg-type]


def _held(case: Case, kind: str) -> Sequence[tuple[Any, ...]]:
    """The rows as the input holds them: numpy keeps integers beside nulls as floats."""
    if kind != "pandas_numpy":
        return case.cells
    lossy = [
        case.kinds[name] == "integer" and any(row[place] is None for row in case.cells) for place, name in enumerate(case.kinds)
    ]
    return [
        tuple(float(cell) if loses and cell is not None else cell for cell, loses in zip(row, lossy, strict=True))
        for row in case.cells
    ]


def _in_plain_python(case: Case, rule: Rule, rows: Sequence[tuple[Any, ...]]) -> Any:
    places = [list(case.kinds).index(name) for name in rule.columns]
    if rule.check == "unique":
        return oracle.unique([dict(zip(case.kinds, row, strict=True)) for row in rows], rule.columns)
    if rule.check == "condition":
        return _compared(rule, [(row[places[0]], row[places[1]]) for row in rows])
    column = [row[places[0]] for row in rows]
    arguments = {name: _as_written(value) for name, value in rule.arguments.items() if name != "kind"}
    logical = case.logical(rule.columns[0])
    if rule.is_measure:
        return oracle.measure(rule.check, column, logical, arguments)
    return oracle.bad_values(rule.check, column, logical, arguments)


def _as_written(value: Any) -> Any:
    return [written(item) for item in value] if isinstance(value, list) else written(value)


def _compared(rule: Rule, pairs: Sequence[tuple[Any, Any]]) -> frozenset[int]:
    op = rule.arguments["sql"].split(" ")[1]
    holds = HOLDS[op]
    bad = set()
    for number, (left, right) in enumerate(pairs):
        if not oracle.missing(left) and not oracle.missing(right):
            one, other = oracle.compared(left, right)
            if not holds((one > other) - (one < other)):
                bad.add(number)
    return frozenset(bad)
