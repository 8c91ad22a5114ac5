"""Laws of profiles, over real sources."""

from __future__ import annotations

import decimal
import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dq
from dq import report
from dq.engines.duckdb import profile as engine
from dq.errors import UsageError
from dq.result import ColumnProfile

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nname: people\nversion: 1.0.0\nstatus: active\n"
HEAD += "schema:\n- name: people\n  properties:\n"


def _profile(source: object, **said: Any) -> dict[str, ColumnProfile]:
    return {item.name: item for item in dq.profile(source, **said)}


def _one(values: list[Any], kind: Any = None) -> ColumnProfile:
    return _profile(pa.table({"a": pa.array(values, kind)}))["a"]


def test_numbers() -> None:
    """Nulls, extremes, mean, deviation, quantiles and bars of numbers; NaN is null, infinities are values of no mean."""
    found = _one([1.0, 2.0, 3.0, 4.0, None, float("nan"), float("inf")])
    assert (found.rows, found.nulls, found.low, found.high) == (7, 2, "1.0", "inf")
    assert (found.mean, found.stddev) == (2.5, 1.29099445)
    assert found.quantiles == (1.0, 1.0, 2.0, 3.0, 4.0)
    assert sum(part.rows for part in found.histogram) == 4
    assert (found.histogram[0].low, found.histogram[-1].high) == (1.0, 4.0)
    assert found.patterns == ()


def test_text() -> None:
    """Lengths count code points; frequent values and shapes come with their rows, most frequent first."""
    found = _one(["AB-12", "CD-34", "CD-34", "é", "", None])
    assert found.lengths == (0, 3.2, 5)
    assert found.top == (("CD-34", 2), ("", 1), ("AB-12", 1), ("é", 1))
    assert found.patterns == (("AA-99", 3), ("", 1), ("a", 1))
    assert (found.low, found.high, found.mean, found.histogram) == ("", "é", None, ())


def test_values_that_occur_once_are_no_frequent_values() -> None:
    """Among many values those that occur once are not told."""
    assert _one([*range(100), 7]).top == (("7", 2),)
    assert _one(list(range(100))).top == ()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.none() | st.integers(-50, 50), max_size=60))
def test_parts_add_up(values: list[int | None]) -> None:
    """Bars hold every value once, quantiles are values in order, and counts are those of the values."""
    found = _one(values, pa.int64())
    kept = sorted(value for value in values if value is not None)
    assert (found.rows, found.nulls) == (len(values), len(values) - len(kept))
    assert sum(part.rows for part in found.histogram) == len(kept)
    end = found.histogram[-1].high if kept else 0
    for part in found.histogram:
        assert part.rows == sum(part.low <= value < part.high or value == part.high == end for value in kept)
    assert list(found.quantiles) == sorted(found.quantiles)
    assert set(found.quantiles) <= set(kept)
    assert all(rows == kept.count(int(value or 0)) for value, rows in found.top)


@pytest.mark.parametrize(
    ("values", "kind", "low", "high"),
    [
        ([True, False, None], None, "false", "true"),
        ([date(2024, 1, 1), date(2024, 2, 1)], None, "2024-01-01", "2024-02-01"),
        ([datetime(2024, 1, 1, tzinfo=UTC)], None, "2024-01-01 00:00:00+00", "2024-01-01 00:00:00+00"),
        ([time(1, 2)], None, "01:02:00", "01:02:00"),
        ([decimal.Decimal("1.50"), decimal.Decimal("2.25")], None, "1.50", "2.25"),
        ([2**64 - 1, 1], pa.uint64(), "1", "18446744073709551615"),
        ([1e308, -1e308], None, "-1e+308", "1e+308"),
        ([float("inf")], None, "inf", "inf"),
        ([{"x": 1}, None], None, None, None),
        ([[1], [2, 3]], None, None, None),
        ([[("a", 1)]], pa.map_(pa.string(), pa.int64()), None, None),
        ([b"\xff", None], None, None, None),
        ([timedelta(1)], None, None, None),
        ([None, None], pa.null(), None, None),
        ([None, None], pa.string(), None, None),
        ([], pa.float64(), None, None),
    ],
)
def test_every_kind_of_value_has_a_profile(values: list[Any], kind: Any, low: str | None, high: str | None) -> None:
    """Any type: rows, nulls, an estimate of its values, and extremes where values have an order; in JSON and on a page too."""
    found = _one(values, kind)
    assert (found.rows, found.nulls, found.low, found.high) == (len(values), values.count(None), low, high)
    assert (found.distinct > 0) == any(value is not None for value in values)
    assert json.loads(report.profile_json([found], "x"))["profile"][0]["name"] == "a"
    assert report.profile([found])


@pytest.mark.parametrize("kind", ["arrow", "pandas", "polars", "rows", "parquet", "csv", "jsonl"])
def test_every_kind_of_source_says_the_same(kind: str, tmp_path: Path) -> None:
    """Frames and files hold the same numbers, also text files without a contract, where text is read as what all of it can be."""
    table = pa.table({"n": [1, 2, 2, 9], "x": [0.5, 1.5, 2.5, 2.5], "t": ["a", "b", "b", "c d"], "ok": [True, False, True, True]})
    path = tmp_path / f"table.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "csv":
        path.write_text("n,x,t,ok\n1,0.5,a,true\n2,1.5,b,false\n2,2.5,b,true\n9,2.5,c d,true\n", "utf-8")
    elif kind == "jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), "utf-8")
    frames = {"arrow": lambda: table, "pandas": table.to_pandas, "polars": lambda: __import__("polars").from_arrow(table)}
    source = frames[kind]() if kind in frames else table.to_pylist() if kind == "rows" else str(path)
    assert dq.profile(source) == dq.profile(table)


def test_text_that_is_not_all_numbers_stays_text(tmp_path: Path) -> None:
    """One value that is no number, however late, and the column is text; empty columns are text."""
    path = tmp_path / "table.csv"
    lines = "".join(f"{row},,2024-01-0{row % 9 + 1},{row}\n" for row in range(3_000))
    path.write_text(f"a,b,d,x\n{lines}x,,2024-02-01,0.5\n", "utf-8")
    found = _profile(str(path))
    assert [item.type for item in found.values()] == ["VARCHAR", "VARCHAR", "DATE", "DOUBLE"]
    assert (found["a"].nulls, found["b"].nulls) == (0, 3_001)


def test_large_sources_are_sampled_the_same_way_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many rows shapes are those of a repeatable sample, scaled to all rows; counts of values stay exact."""
    monkeypatch.setattr(engine, "_MOST", 2_000)
    table = pa.table({"a": list(range(50_000)), "b": [f"x{row % 3}" for row in range(50_000)]})
    first, second = dq.profile(table), dq.profile(table)
    assert first == second
    assert sum(part.rows for part in first[0].histogram) == 50_000
    assert first[0].quantiles[2] == pytest.approx(25_000, abs=2_500)
    assert first[1].top == (("x0", 16_667), ("x1", 16_667), ("x2", 16_666))
    assert first[1].patterns == (("a9", 50_000),)


def test_a_value_frequent_among_many_is_counted() -> None:
    """Where a column has thousands of values, those with a hundredth of the rows are counted exactly."""
    values = [row if row % 10 else -1 for row in range(30_000)]
    assert _one(values).top == (("-1", 3_000),)


def test_hostile_names_and_values_are_only_text() -> None:
    """Quotes, NUL and escapes in names and values break nothing."""
    names = ['"; drop table x; --', "a'b", "A", "c0", "c1", "é\n"]
    found = _profile(pa.table([["o'x", "o'x", "a\0b"]] * len(names), names))
    assert list(found) == names
    assert all(item.top == (("o'x", 2), ("a\0b", 1)) for item in found.values())
    assert "\x1b" not in report.profile([*found.values()])


def test_cells_of_a_megabyte_are_cut() -> None:
    """A column of 1 MB cells has lengths, and values cut to what is shown."""
    found = _one(["x" * 1_000_000] * 15 + ["y" * 999_999])
    assert found.lengths == (999_999, 999_999.938, 1_000_000)
    assert found.low == "x" * 200
    assert [(len(value or ""), rows) for value, rows in found.top] == [(200, 15), (200, 1)]
    assert [len(shape) for shape, _ in found.patterns] == [41]


def test_many_columns_are_profiled() -> None:
    """A table of several hundred columns has a profile for each."""
    found = dq.profile(pa.table({f"c{place}": [1, 2, 2] for place in range(450)}))
    assert [item.name for item in found] == [f"c{place}" for place in range(450)]
    assert {item.top for item in found} == {(("2", 2), ("1", 1))}


def test_sensitive_columns_are_masked(tmp_path: Path) -> None:
    """Of a sensitive column only counts and masks are told, with `validate(profile=True)` as with `profile`."""
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(
        f"{HEAD}  - {{name: name, logicalType: string, classification: restricted}}\n"
        "  - {name: pay, logicalType: integer, classification: restricted}\n  - {name: town, logicalType: string}\n",
        "utf-8",
    )
    table = pa.table({"name": ["Ann", "Ann", "Bo"], "pay": [100, 200, 200], "town": ["Ulm", "Ulm", "Rom"]})
    found = _profile(table, contract=contract)
    assert dq.validate(table, contract, profile=True).profile == tuple(found.values())
    assert dq.validate(table, contract).profile == ()
    text = report.profile_json(found.values())
    assert not {"Ann", '"100"', '"200"'} & set(text.replace(",", " ").split())
    assert [(value or "")[:4] for value, _ in found["name"].top] == ["Xxx#", "Xx#" + (found["name"].top[1][0] or "")[3]]
    assert (found["pay"].mean, found["pay"].quantiles, found["pay"].histogram, found["pay"].lengths) == (None, (), (), None)
    assert found["town"].top == (("Ulm", 2), ("Rom", 1))


def test_declared_text_is_read_as_declared(tmp_path: Path) -> None:
    """With a contract, values of a text file that cannot be read are null; without one they are text."""
    contract, path = tmp_path / "people.odcs.yaml", tmp_path / "people.csv"
    contract.write_text(f"{HEAD}  - {{name: age, logicalType: integer}}\n", "utf-8")
    path.write_text("age\n1\nx\n3\n", "utf-8")
    assert (_profile(str(path), contract=contract)["age"].nulls, _profile(str(path))["age"].nulls) == (1, 0)


def test_a_filter_chooses_the_rows() -> None:
    """With a filter only rows that pass it are profiled; a wrong one says which columns there are."""
    table = pa.table({"a": [1, 2, 3]})
    assert _profile(table, where="a > 1")["a"].low == "2"
    with pytest.raises(UsageError, match="columns: a"):
        dq.profile(table, where="b > 1")
