"""Random tables of whatever a database has: every engine gives the whole verdict that plain Python gives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, note

import dq
from dq.contract import read
from dq.result import Counted, Measured, NotRun
from tests.conformance.databases import places
from tests.conformance.fact import DATABASES
from tests.conformance.inputs import INPUTS
from tests.properties.profile import bounded
from tests.properties.whole import Told, Whole, same, wholes

ONCE = "unique"  # of rows that are equal in every column one goes on: which of them, nobody can tell


@pytest.mark.parametrize("kind", [*DATABASES, "arrow", "parquet"])
def test_every_engine_gives_the_whole_verdict(kind: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    """Status, counts, who is diverted, and why: with filters, tolerances, keys that keep a row, groups and measures."""

    @bounded(1.5)
    @given(wholes(without=("decimal",) if kind == "sqlite" else ()))
    def property_(whole: Whole) -> None:
        contract = read(json.dumps(whole.document), "random.odcs.yaml")
        given_ = INPUTS[kind](replace(whole.rows(kind, tmp_path), database=database))
        note(json.dumps(whole.document["schema"], ensure_ascii=False))
        result = dq.validate(given_, contract, settings=dq.Settings(threads=1, samples=0), why=False)
        bad = list(result.bad or ())
        numbers = places(given_, bad, kind) if isinstance(given_, dq.Table) else [row["__dq_row_no"] for row in bad]
        told = {f"r{number}": whole.told(asked, kind) for number, asked in enumerate(whole.asked)}
        _same_verdicts(result, told)
        _same_rows(whole, kind, told, [(number, row["__dq_reasons"]) for number, row in zip(numbers, bad, strict=True)])

    property_()


def _same_verdicts(result: dq.Result, told: dict[str, Told]) -> None:
    found = {item.check.id: item for item in result.checks}
    for name, said in told.items():
        item = found[name]
        shown = (name, item.message, said)
        assert str(item.status) == said.status, shown
        if isinstance(item.found, Counted):
            assert (item.bad_rows, item.rows) == (len(said.bad), said.judged), shown
        elif isinstance(item.found, Measured):
            assert same(item.found.value, said.value), shown
        else:
            assert isinstance(item.found, NotRun), shown
            assert said.value is None, shown


def _same_rows(whole: Whole, kind: str, told: dict[str, Told], found: list[tuple[int, str]]) -> None:
    """The diverted rows, and of each rule those of them that carry it: as rows, for equal ones are as good as each other."""
    cells = [repr(row) for row in whole.held(kind)]
    diverted = {number for said in told.values() for number in said.diverted}
    assert _bag(cells, (number for number, _ in found)) == _bag(cells, diverted)  # type: ignore[arg-type]
    for place, (name, said) in enumerate(told.items()):
        if not whole.asked[place].marks_rows or whole.asked[place].rule.check == ONCE:
            continue
        carrying = [number for number, reasons in found if name in reasons.split("; ")]
        assert _bag(cells, carrying) == _bag(cells, diverted & said.bad), (name, said)


def _bag(cells: list[str], numbers: Collection[int]) -> Counter[Any]:
    return Counter(cells[number] for number in numbers)
