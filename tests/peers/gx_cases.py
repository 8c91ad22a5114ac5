"""Great Expectations' own test cases: the same verdict, the same unexpected values, and how many without its help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

import dq
from dq.suites.gx.vocabulary import ARGUMENTS
from tests.peers.gx_sources import SOURCES, Case, Place
from tests.peers.score import Miss, PeerSet, Score, lines

_POSITIONS = ("column", "value_set", "column_list")


def _kwargs(case: Case) -> dict[str, Any]:
    """The arguments by name; an old case has them by position."""
    said = case["in"]
    if isinstance(said, dict):
        return dict(said)
    takes = [name for name in _POSITIONS if name in ARGUMENTS[case["expectation"]]]
    return dict(zip(takes, said, strict=False))


def _suite(case: Case, **changed: Any) -> dict[str, Any]:
    kwargs = {name: value for name, value in {**_kwargs(case), **changed}.items() if value is not ...}
    return {"name": "case", "expectations": [{"type": case["expectation"], "kwargs": kwargs}]}


def _value(value: Any) -> Any:
    """A value as JSON has it; 1 is 1.0, nothing is None."""
    if isinstance(value, Mapping):
        return tuple(sorted((name, _value(item)) for name, item in value.items() if name != "pk_index"))
    if isinstance(value, list | tuple):
        return tuple(_value(item) for item in value)
    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124  NaN
        return None
    if isinstance(value, datetime | date):
        return value.isoformat().removesuffix("+00:00").removesuffix("T00:00:00")
    if isinstance(value, str):
        return value.replace(" ", "T", 1).removesuffix("+00:00").removesuffix("T00:00:00") if value[:2].isdigit() else value
    return value


def _unexpected(place: Place, case: Case) -> Counter[Any]:
    """
    The values of the rows that are not as expected, whatever share of them may be so.

    Each row has a number of its own: of rows that are equal in every column, one is not diverted.
    """
    suite = dq.load_suite(_suite(case, mostly=...))
    rows = len(next(iter(case["data"].values()), ()))
    with place(case, {"pk_index": range(rows)}) as source:
        bad = list(dq.validate(source, suite).bad or ())
    kwargs = _kwargs(case)
    if "column" in kwargs:
        return Counter(_value(row[kwargs["column"]]) for row in bad)
    if "column_A" in kwargs:
        return Counter((_value(row[kwargs["column_A"]]), _value(row[kwargs["column_B"]])) for row in bad)
    return Counter(_value({name: row[name] for name in kwargs["column_list"]}) for row in bad)


def _listed(case: Case) -> list[Any] | None:
    out = case["out"]
    found = out.get("unexpected_list", (out.get("result") or {}).get("unexpected_list"))
    return found if isinstance(found, list) else None


def _verdict(place: Place, case: Case) -> tuple[bool, str]:
    """Whether the case passes, and what the checks say that do not."""
    with place(case, {}) as source:
        result = dq.validate(source, dq.load_suite(_suite(case)), why=False)
    return result.ok, "; ".join(item.message for item in result.checks if item.status != "pass")


def score(folder: Path, engine: str) -> Iterator[Score]:
    """Of tier A: equal verdicts; equal unexpected values, where the verdict is; and how many have a native form."""
    cases = [case for path in sorted(folder.glob("*/cases.jsonl")) for case in lines(path) if case["tier"] == "A"]
    if engine not in ("pandas", "duckdb"):
        cases = [case for case in cases if engine in case["applies_to"]]
    verdicts, values, foreign, listed = [], [], [], 0
    with SOURCES[engine]() as place:
        for case in cases:
            wanted = bool(case["out"].get("success"))
            try:
                if dq.load_suite(_suite(case)).delegated:
                    foreign.append(Miss(case["id"], "native", "delegated", case["expectation"]))
                got, why = _verdict(place, case)
                if got is not wanted:
                    verdicts.append(Miss(case["id"], str(wanted), str(got), f"{case['expectation']} {why}"))
                elif (expected := _listed(case)) is not None:
                    listed += 1
                    if (found := _unexpected(place, case)) != Counter(_value(item) for item in expected):
                        values.append(Miss(case["id"], str(expected), str(list(found.elements())), case["expectation"]))
            except Exception as error:  # noqa: BLE001  one case must not stop the others
                verdicts.append(Miss(case["id"], str(wanted), "error", f"{case['expectation']} {error}"))
    yield Score("gx_cases", f"{engine}", len(cases), len(cases), tuple(verdicts))
    yield Score("gx_cases", f"{engine}-unexpected", listed, listed, tuple(values))
    yield Score("gx_cases", f"{engine}-native", len(cases), len(cases), tuple(foreign))


SET = PeerSet("gx_cases", tuple(SOURCES), score)
