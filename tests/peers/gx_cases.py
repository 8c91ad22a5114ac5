"""Great Expectations' own test cases: the same verdict, the same unexpected values, and how many without its help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

import dq
from dq.suites.gx.vocabulary import ARGUMENTS
from tests.peers.gx_sources import DATABASES, SOURCES, Case, Place
from tests.peers.score import Miss, PeerSet, Score, lines

# What Great Expectations 1.24 has no SQL for and dq refuses on a database: tables have no order, and rows do not leave them.
_NOT_IN_SQL = frozenset(
    {
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_be_decreasing",
        "expect_column_values_to_be_increasing",
        "expect_column_values_to_match_json_schema",
    }
)
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


@dataclass(frozen=True, slots=True)
class _Judged:
    """One case: its verdict is *wrong*, or its list of unexpected values, if it has one, is *other*; *ran*: it has a verdict."""

    ran: bool
    wrong: Miss | None = None
    listed: bool = False
    other: Miss | None = None


def _judged(place: Place, case: Case) -> _Judged:
    """An expectation that could not be run has no right verdict, also where the case is to fail."""
    wanted = bool(case["out"].get("success"))
    try:
        with place(case, {}) as source:
            result = dq.validate(source, dq.load_suite(_suite(case)), why=False)
        ran = result.status not in ("error", "skip")
        if not ran or result.ok is not wanted:
            why = "; ".join(item.message for item in result.checks if item.status != "pass")
            return _Judged(ran, Miss(case["id"], str(wanted), result.status, f"{case['expectation']} {why}"))
        expected = _listed(case)
        if expected is None:
            return _Judged(ran)
        found = _unexpected(place, case)
    except Exception as error:  # noqa: BLE001  one case must not stop the others
        return _Judged(ran=False, wrong=Miss(case["id"], str(wanted), "error", f"{case['expectation']} {error}"))
    right = found == Counter(_value(item) for item in expected)
    other = None if right else Miss(case["id"], str(expected), str(list(found.elements())), case["expectation"])
    return _Judged(ran, None, listed=True, other=other)


def _delegated(case: Case) -> bool:
    try:
        return bool(dq.load_suite(_suite(case)).delegated)
    except dq.DqError:
        return True


def score(folder: Path, engine: str) -> Iterator[Score]:
    """
    Of tier A: equal verdicts; equal unexpected values, where the verdict is; and how many have a native form.

    On a database the first two again, without what Great Expectations itself cannot run there.
    """
    cases = [case for path in sorted(folder.glob("*/cases.jsonl")) for case in lines(path) if case["tier"] == "A"]
    if engine in DATABASES:
        cases = [case for case in cases if engine in case["applies_to"]]
    with SOURCES[engine]() as place:
        judged = [(case, _judged(place, case)) for case in cases]
    yield from _scores(engine, [found for _, found in judged])
    if engine in DATABASES:
        yield from _scores(f"{engine}-as-gx", [found for case, found in judged if case["expectation"] not in _NOT_IN_SQL])
    foreign = tuple(Miss(case["id"], "native", "delegated", case["expectation"]) for case in cases if _delegated(case))
    yield Score("gx_cases", f"{engine}-native", len(cases), len(cases), foreign)


def _scores(name: str, judged: Sequence[_Judged]) -> Iterator[Score]:
    ran, listed = sum(item.ran for item in judged), sum(item.listed for item in judged)
    yield Score("gx_cases", name, len(judged), ran, tuple(item.wrong for item in judged if item.wrong))
    yield Score("gx_cases", f"{name}-unexpected", listed, listed, tuple(item.other for item in judged if item.other))


SET = PeerSet("gx_cases", tuple(SOURCES), score)
