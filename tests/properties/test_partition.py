"""Splitting loses no row, doubles none, and changes none."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import dq
from dq.contract import read
from tests.conformance.fact import DATABASES
from tests.conformance.inputs import INPUTS
from tests.properties.profile import bounded
from tests.properties.tables import Case, cases

TEXT = ("csv", "jsonl")
_OURS = ("__dq_row_no", "__dq_reasons", "__dq_source", "__dq_raw")


@pytest.mark.parametrize("kind", [kind for kind in INPUTS if kind not in DATABASES])
def test_good_and_bad_rows_are_the_input(kind: str, tmp_path: Path) -> None:
    """As a multiset of rows, good ⊎ bad = input, whatever the rules and the kind of input."""
    is_text = kind in TEXT

    @bounded(0.7)
    @given(cases(finite=is_text, without=("decimal",) if is_text else ()))
    def property_(case: Case) -> None:
        contract = read(json.dumps(case.document), "random.odcs.yaml")
        rows = case.rows(tmp_path)
        good, bad = dq.split(INPUTS[kind](rows), contract, settings=dq.Settings(threads=1, samples=0))
        assert _bag(good, case) + _bag(bad, case) == _bag(INPUTS["rows"](rows), case)

    property_()


@pytest.mark.parametrize("kind", ["pandas_numpy", "polars", "rows", "parquet", "csv"])
def test_good_and_bad_rows_behind_a_filter_are_those_that_pass_it(kind: str, tmp_path: Path) -> None:
    """With `where`, good ⊎ bad = the rows that pass it."""
    is_text = kind in TEXT

    @bounded(0.5)
    @given(cases(finite=is_text, without=("decimal",) if is_text else ()))
    def property_(case: Case) -> None:
        contract = read(json.dumps(case.document), "random.odcs.yaml")
        rows = case.rows(tmp_path)
        passing = [row for row in INPUTS["rows"](rows) if _canonical(row["c0"]) is not None]  # type: ignore[attr-defined]
        good, bad = dq.split(INPUTS[kind](rows), contract, where="c0 IS NOT NULL", settings=dq.Settings(threads=1, samples=0))
        assert _bag(good, case) + _bag(bad, case) == _bag(passing, case)

    property_()


def _bag(frame: Any, case: Case) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(_canonical(row.get(name)) for name in case.kinds) for row in _rows(frame))


def _rows(frame: Any) -> Iterable[dict[str, Any]]:
    """A frame of any library as dicts."""
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas":
        return [dict(zip(frame.columns, row, strict=True)) for row in frame.astype(object).itertuples(index=False, name=None)]
    if library == "polars":
        return list(frame.to_dicts())
    if library == "pyarrow":
        return list(frame.to_pylist())
    return list(frame)


def _canonical(cell: Any) -> Any:
    """A cell so that equal values of different libraries are equal: numbers as floats, moments as text, every null as None."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType") or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, bool) or type(cell).__name__ in ("bool", "bool_"):
        return bool(cell)
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None).isoformat()[:26]
    if isinstance(cell, date | str):
        return str(cell)
    return float(cell) if not isinstance(cell, Decimal) else str(cell.normalize())
