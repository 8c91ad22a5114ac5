"""Great Expectations' own test cases: the same verdict, the same unexpected values, and how many without its help."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

import dq
from dq.suites.gx.vocabulary import ARGUMENTS
from tests.peers.score import Miss, PeerSet, Score, lines

Case = Mapping[str, Any]
# The names of types in the cases that pandas knows by others.
_POSITIONS = ("column", "value_set", "column_list")


def _frame(case: Case) -> pd.DataFrame:
    """The data of a case, typed as Great Expectations types it for pandas."""
    frame = pd.DataFrame(case["data"])
    said = case["schemas"].get("pandas") if isinstance(case["schemas"], dict) else None
    for name, kind in (said or {}).items():
        if name in frame:
            frame[name] = _typed(frame[name], str(kind))
    return frame


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    word = kind.lower()
    if word in ("timestamp", "datetime64[ns, tz]"):
        return pd.to_datetime(column, utc=True)
    if word in ("datetime", "datetime64", "datetime64[ns]"):
        return pd.to_datetime(column)
    if word == "date":
        return pd.to_datetime(column).dt.date
    dtype: Any = getattr(pd, kind)() if hasattr(pd, kind) else kind
    return column.astype(dtype)


@contextmanager
def _as_it_is(frame: pd.DataFrame) -> Iterator[object]:
    yield frame


def _of_one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    """A file keeps no column of several types: then it is text."""
    kinds = {type(value) for value in column.dropna()}
    return column.map(lambda value: None if value is None else str(value)) if len(kinds) > 1 else column


@contextmanager
def _parquet(frame: pd.DataFrame) -> Iterator[object]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.parquet"
        frame.apply(_of_one_type).to_parquet(path)
        yield path


_SOURCES: Mapping[str, Callable[[pd.DataFrame], Any]] = {"pandas": _as_it_is, "duckdb": _parquet}


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


def _unexpected(engine: str, case: Case) -> Counter[Any]:
    """
    The values of the rows that are not as expected, whatever share of them may be so.

    Each row has a number of its own: of rows that are equal in every column, one is not diverted.
    """
    suite = dq.load_suite(_suite(case, mostly=...))
    frame = _frame(case)
    with _SOURCES[engine](frame.assign(pk_index=range(len(frame)))) as source:
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


def score(folder: Path, engine: str) -> Iterator[Score]:
    """Of tier A: equal verdicts; equal unexpected values, where the verdict is; and how many have a native form."""
    cases = [case for path in sorted(folder.glob("*/cases.jsonl")) for case in lines(path) if case["tier"] == "A"]
    if engine not in ("pandas", "duckdb"):
        cases = [case for case in cases if engine in case["applies_to"]]
    verdicts, values, foreign, listed = [], [], [], 0
    for case in cases:
        wanted = bool(case["out"].get("success"))
        try:
            suite = dq.load_suite(_suite(case))
            if suite.delegated:
                foreign.append(Miss(case["id"], "native", "delegated", case["expectation"]))
            with _SOURCES[engine](_frame(case)) as source:
                result = dq.validate(source, suite, why=False)
                got, why = result.ok, "; ".join(item.message for item in result.checks if item.status != "pass")
                if got is not wanted:
                    verdicts.append(Miss(case["id"], str(wanted), str(got), f"{case['expectation']} {why}"))
                elif (expected := _listed(case)) is not None:
                    listed += 1
                    if (found := _unexpected(engine, case)) != Counter(_value(item) for item in expected):
                        values.append(Miss(case["id"], str(expected), str(list(found.elements())), case["expectation"]))
        except Exception as error:  # noqa: BLE001  one case must not stop the others
            got = False
            verdicts.append(Miss(case["id"], str(wanted), "error", f"{case['expectation']} {error}"))
    yield Score("gx_cases", f"{engine}", len(cases), len(cases), tuple(verdicts))
    yield Score("gx_cases", f"{engine}-unexpected", listed, listed, tuple(values))
    yield Score("gx_cases", f"{engine}-native", len(cases), len(cases), tuple(foreign))


SET = PeerSet("gx_cases", tuple(_SOURCES), score)
