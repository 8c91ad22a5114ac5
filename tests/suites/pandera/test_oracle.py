"""dq and pandera agree: on whether random frames keep random schemas, and on the rows that do not."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.suites.pandera.judging import bad_rows, judged, pandera_says

pytest.importorskip("pandera")

SIZES = st.integers(0, 12)
INTEGERS = st.integers(-3, 6)
FLOATS = st.sampled_from([-1.5, 0.0, 0.5, 1.0, 2.0, 3.25])
TEXTS = st.text("ab.A 1", max_size=3)
TYPES = {"integer": ("int64", INTEGERS), "float": ("float64", FLOATS), "text": ("str", TEXTS), "bool": ("bool", st.booleans())}
PATTERNS = ["a", "^a", "a$", "a|b", "[ab]+", r"\.", "^[a-b]{1,2}$", r"\d"]


@st.composite
def checks(draw: st.DrawFn, kind: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Names, arguments and options of some checks of pandera on values of *kind*."""
    values = TYPES[kind][1]
    one = st.sampled_from(["equal_to", "not_equal_to", "isin", "notin", "unique_values_eq"])
    numeric = st.sampled_from(["greater_than", "greater_than_or_equal_to", "less_than", "less_than_or_equal_to", "in_range"])
    texts = st.sampled_from(["str_matches", "str_contains", "str_startswith", "str_endswith", "str_length"])
    names = one if kind == "bool" else one | numeric | texts if kind == "text" else one | numeric
    out = []
    for name in draw(st.lists(names, max_size=3)):
        if name in ("isin", "notin", "unique_values_eq"):
            key = {"isin": "allowed_values", "notin": "forbidden_values"}.get(name, "values")
            said: dict[str, Any] = {key: draw(st.lists(values, min_size=1, max_size=4))}
        elif name == "in_range":
            low, high = sorted(draw(st.tuples(values, values)))  # type: ignore[type-var]
            said = {"min_value": low, "max_value": high, "include_min": draw(st.booleans()), "include_max": draw(st.booleans())}
            if name == "in_range" and low == high:
                said |= {"include_min": True, "include_max": True}
        elif name in ("str_matches", "str_contains"):
            said = {"pattern": draw(st.sampled_from(PATTERNS))}
        elif name in ("str_startswith", "str_endswith"):
            said = {"string": draw(TEXTS)}
        elif name == "str_length":
            low = draw(st.integers(0, 2))
            said = {"min_value": low, "max_value": low + draw(st.integers(0, 2))}
        else:
            key = (
                "value"
                if name.endswith("equal_to") and name in ("equal_to", "not_equal_to")
                else "min_value"
                if "greater" in name
                else "max_value"
            )
            said = {key: draw(values)}
        options = {"ignore_na": draw(st.booleans()), "raise_warning": draw(st.sampled_from([False, False, True]))}
        out.append((name, said, options))
    return out


@st.composite
def columns(draw: st.DrawFn, name: str, rows: int) -> dict[str, Any]:
    """One column: its values, its own type, and what a schema says of it."""
    kind = draw(st.sampled_from(list(TYPES)))
    may_be_null = draw(st.booleans()) and kind in ("float", "text")
    cells = TYPES[kind][1] | st.none() if may_be_null else TYPES[kind][1]
    declared = draw(st.sampled_from([TYPES[kind][0]] * 6 + ["int64", "float64", "str"]))
    return {
        "name": name,
        "kind": kind,
        "values": draw(st.lists(cells, min_size=rows, max_size=rows)),
        "dtype": draw(st.sampled_from([declared, declared, None])),
        "nullable": draw(st.booleans()),
        "unique": draw(st.sampled_from([False, False, True])),
        "report_duplicates": draw(st.sampled_from(["all", "exclude_first", "exclude_last"])),
        "required": draw(st.sampled_from([True, True, False])),
        "present": draw(st.sampled_from([True] * 7 + [False])),
        "declared": draw(st.sampled_from([True] * 5 + [False])),
        "checks": draw(checks(kind)),
    }


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A frame and a schema."""
    rows = draw(SIZES)
    made = [draw(columns(name, rows)) for name in "abc"[: draw(st.integers(1, 3))]]
    names = [item["name"] for item in made if item["declared"] and item["present"] and item["required"]]
    return {
        "rows": rows,
        "columns": made,
        "order": draw(st.permutations([item["name"] for item in made])),
        "strict": draw(st.sampled_from([False, False, True, "filter"])),
        "ordered": draw(st.sampled_from([False, False, True])),
        "unique": draw(st.sampled_from([None, None, names[:2] or None])),
        "report_duplicates": draw(st.sampled_from(["all", "exclude_first", "exclude_last"])),
    }


def schema_of(
    case: dict[str, Any], library: Any, dtypes: dict[str, Any], *, tells_who: bool, without: tuple[str, ...] = ()
) -> Any:
    """*tells_who*: of repeated rows it can leave out the first or last. *without*: checks that it stumbles over."""
    assume(any(item["declared"] for item in case["columns"]))
    made = {}
    for name in case["order"]:
        item = next(item for item in case["columns"] if item["name"] == name)
        if item["declared"]:
            made[name] = library.Column(
                dtypes.get(item["dtype"]),
                [
                    getattr(library.Check, check)(**said, **options)
                    for check, said, options in item["checks"]
                    if check not in without
                ],
                nullable=item["nullable"],
                unique=item["unique"],
                report_duplicates=item["report_duplicates"] if tells_who else "all",
                required=item["required"],
            )
    return library.DataFrameSchema(
        made,
        strict=case["strict"],
        ordered=case["ordered"],
        unique=case["unique"],
        report_duplicates=case["report_duplicates"] if tells_who else "all",
    )


def _agree(frame: Any, schema: Any, nulls: set[int]) -> None:
    """Rows with *nulls* that repeat others break uniqueness in pandera, which then does not list them."""
    passed, rows = pandera_says(frame, schema)
    result = judged(frame, schema)
    shown = [(item.check.id, str(item.status), item.message) for item in result.checks]
    assume(result.checks)  # a schema that demands nothing is an error to dq
    assert passed or result.failures
    assert result.ok == passed, shown
    if any(item.status == "fail" and not item.check.is_row_check for item in result.checks):
        assert bad_rows(result) >= rows - nulls, shown
    else:
        assert bad_rows(result) - nulls == rows - nulls, shown


def _nulls(case: dict[str, Any]) -> set[int]:
    return {row for item in case["columns"] for row, value in enumerate(item["values"]) if value is None}


def _pandas(case: dict[str, Any]) -> pd.DataFrame:
    types = {"integer": "int64", "float": "float64", "text": "str", "bool": "bool"}
    present = [item for item in case["columns"] if item["present"]]
    return pd.DataFrame(
        {item["name"]: pd.Series(item["values"], dtype=types[item["kind"]]) for item in present}, index=range(case["rows"])
    )


def _polars(case: dict[str, Any]) -> pl.DataFrame:
    types = {"integer": pl.Int64, "float": pl.Float64, "text": pl.String, "bool": pl.Boolean}
    present = [item for item in case["columns"] if item["present"]]
    return pl.DataFrame({item["name"]: pl.Series(item["values"], dtype=types[item["kind"]]) for item in present})


QUIET = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@QUIET
@given(case=cases())
def test_polars_frames_are_judged_alike(case: dict[str, Any]) -> None:
    """A Polars frame passes dq exactly when it passes pandera; without a fault of the whole, the same rows are bad."""
    import pandera.polars as library

    frame = _polars(case)
    assume(frame.columns)
    dtypes = {"int64": int, "float64": float, "str": str, "bool": bool}
    _agree(frame, schema_of(case, library, dtypes, tells_who=False, without=("unique_values_eq",)), _nulls(case))


@QUIET
@given(case=cases())
def test_pandas_frames_are_judged_alike(case: dict[str, Any]) -> None:
    """A pandas frame passes dq exactly when it passes pandera; without a fault of the whole, the same rows are bad."""
    import pandera.pandas as library

    frame = _pandas(case)
    assume(not frame.columns.empty)
    dtypes = {"int64": "int64", "float64": "float64", "str": str, "bool": "bool"}
    _agree(frame, schema_of(case, library, dtypes, tells_who=True), _nulls(case))
