"""Every metric of ODCS, with every operator and both units, below, at and above what there is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import pytest

import dq
from dq.contract import read
from dq.result import CheckResult

ROWS = [{"a": value, "n": number} for number, value in enumerate(["x", "x", "NA", None, None, None, "y"])]
# metric -> its arguments, and the rows of the seven that it counts
METRICS: Mapping[str, tuple[dict[str, Any], int]] = {
    "nullValues": ({}, 3),
    "missingValues": ({"missingValues": ["NA"]}, 4),
    "invalidValues": ({"validValues": ["x", "y"]}, 1),
    "duplicateValues": ({}, 2),
    "rowCount": ({}, 7),
}
OPERATORS: Mapping[str, Callable[[Fraction, Any], bool]] = {
    "mustBe": lambda found, bound: found == bound,
    "mustNotBe": lambda found, bound: found != bound,
    "mustBeGreaterThan": lambda found, bound: found > bound,
    "mustBeGreaterOrEqualTo": lambda found, bound: found >= bound,
    "mustBeLessThan": lambda found, bound: found < bound,
    "mustBeLessOrEqualTo": lambda found, bound: found <= bound,
    "mustBeBetween": lambda found, bound: bound[0] <= found <= bound[1],
    "mustNotBeBetween": lambda found, bound: not bound[0] <= found <= bound[1],
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule, and the verdict that arithmetic gives."""

    id: str
    metric: str
    said: Mapping[str, Any]
    holds: bool
    tolerates: bool


def _asked() -> Iterator[Asked]:
    for metric, (arguments, count) in METRICS.items():
        for unit, found in (("rows", Fraction(count)), ("percent", Fraction(count, len(ROWS)) * 100)):
            for operator, test in OPERATORS.items():
                for place, bound in enumerate(_bounds(operator, found)):
                    said = {"metric": metric, "arguments": arguments, "unit": unit, operator: bound}
                    bounds_above = operator in ("mustBeLessThan", "mustBeLessOrEqualTo") or (operator == "mustBe" and bound == 0)
                    exact = [Fraction(str(part)) for part in bound] if isinstance(bound, list) else Fraction(str(bound))
                    holds = test(found, exact)
                    yield Asked(f"{metric}-{unit}-{operator}-{place}", metric, said, holds, bounds_above and metric != "rowCount")


def _bounds(operator: str, found: Fraction) -> list[Any]:
    """Bounds beside and, where a decimal can say it, at what was found; and 0."""
    here = int(found) if found.denominator == 1 else round(float(found), 6)
    if operator.endswith("Between"):
        return [[here, here + 1], [here - 1, here], [here + 1, here + 2], [0, here - 0.5]]
    return [here - 1, here, here + 1, 0]


ASKED = tuple(_asked())


@cache
def _results() -> dict[str, CheckResult]:
    """All rules in one run."""
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "operators", "version": "1.0.0", "status": "active"}
    rules: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for asked in ASKED:
        rules[asked.metric == "rowCount"].append({"id": asked.id, **asked.said})
    column = {"name": "a", "logicalType": "string", "quality": rules[False]}
    schema = {"name": "t", "properties": [column, {"name": "n", "logicalType": "integer"}], "quality": rules[True]}
    contract = read(json.dumps({**head, "schema": [schema]}), "operators.odcs.yaml")
    return {item.check.id: item for item in dq.validate(ROWS, contract, settings=dq.Settings(threads=1)).checks}


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked.id)
def test_an_operator_compares_exactly_and_only_bounds_from_above_tolerate(asked: Asked) -> None:
    """A rule holds as exact arithmetic says; it marks rows only where it bounds them from above, else it is of the dataset."""
    found = _results()[asked.id]
    assert found.status == ("pass" if asked.holds else "fail"), found.message
    assert found.check.is_row_check == asked.tolerates
    assert found.check.mode == ("quarantine" if asked.tolerates else "block")
    if asked.metric != "rowCount":
        count = METRICS[asked.metric][1]
        assert (found.rows, found.bad_rows) == (len(ROWS), count)
        assert found.tolerated_rows == (count if asked.tolerates and asked.holds else 0)
