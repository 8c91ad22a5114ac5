"""Python of pandera over every kind of source; indexes, patterns, coercion, warnings; and schemas beside a contract."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

import dq
from dq.checks import Foreign
from tests.suites.pandera.judging import bad_rows, judged, pandera_says

pa: Any = pytest.importorskip("pandera.pandas")
pp: Any = pytest.importorskip("pandera.polars")

FRAME = pd.DataFrame({"a": [1, 2, 3, 4], "b": [2.0, None, 1.0, 9.0], "g": ["x", "x", "y", "y"]})


def _status(result: dq.Result) -> dict[str, tuple[str, str, int]]:
    return {item.check.id: (str(item.status), str(item.check.mode), item.bad_rows) for item in result.checks}


@pytest.fixture(params=["frame", "polars", "arrow", "parquet", "csv"])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """FRAME, as every kind of source."""
    if request.param == "parquet":
        FRAME.to_parquet(tmp_path / "a.parquet")
        return tmp_path / "a.parquet"
    if request.param == "csv":
        FRAME.to_csv(tmp_path / "a.csv", index=False)
        return tmp_path / "a.csv"
    frame = pl.from_pandas(FRAME)
    return {"frame": FRAME, "polars": frame, "arrow": frame.to_arrow()}[request.param]


def test_functions_run_over_every_source(given: object) -> None:
    """Functions of a column, of its elements, of groups and of the whole frame find the same rows wherever those are."""
    columns = {
        "a": pa.Column(
            checks=[
                pa.Check(lambda s: s > 1, name="vector"),
                pa.Check(lambda value: value != 3, element_wise=True, name="element"),
                pa.Check(lambda s: s.mean() > 2, name="mean"),
                pa.Check(lambda groups: groups["y"].min() > groups["x"].max(), groupby="g", name="groups"),
            ],
        ),
        "b": pa.Column(float, pa.Check(lambda s: s < 5, name="small"), nullable=True, coerce=True),
        "g": pa.Column(),
    }
    if isinstance(given, Path) and given.suffix == ".csv":
        columns["a"].dtype = int
        columns["a"].coerce = True
    schema = pa.DataFrameSchema(columns, checks=[pa.Check(lambda frame: frame["a"] + frame["b"].fillna(0) < 10, name="sum")])
    result = judged(given, schema)
    found = _status(result)
    assert {name: found[name] for name in ("a.vector", "a.element", "a.mean", "a.groups", "b.small", "sum")} == {
        "a.vector": ("fail", "quarantine", 1),
        "a.element": ("fail", "quarantine", 1),
        "a.mean": ("pass", "block", 0),
        "a.groups": ("pass", "block", 0),
        "b.small": ("fail", "quarantine", 1),
        "sum": ("fail", "quarantine", 1),
    }
    assert bad_rows(result) == {0, 2, 3}


def test_polars_functions_run() -> None:
    """Functions written for Polars see Polars, and say rows or one verdict."""
    schema = pp.DataFrameSchema(
        {
            "a": pp.Column(
                int,
                [
                    pp.Check(lambda data: data.lazyframe.select(pl.col(data.key) > 1), name="vector"),
                    pp.Check(lambda value: value != 3, element_wise=True, name="element"),
                    pp.Check(lambda data: bool(data.lazyframe.collect()["a"].sum() > 100), name="total"),
                ],
            )
        },
        checks=[pp.Check(lambda data: data.lazyframe.select(pl.col("a") < 4), name="frame")],
    )
    result = judged(pl.from_pandas(FRAME), schema)
    found = _status(result)
    assert found["a.vector"] == ("fail", "quarantine", 1)
    assert found["a.element"] == ("fail", "quarantine", 1)
    assert found["a.total"] == ("fail", "block", 0)
    assert found["frame"] == ("fail", "quarantine", 1)
    assert bad_rows(result) == {0, 2, 3}


def test_a_function_that_raises_errs_alone() -> None:
    """Its check is an error with its words, never a pass; the others are judged."""
    schema = pa.DataFrameSchema({"a": pa.Column(int, [pa.Check(lambda s: s.nothing > 0, name="broken"), pa.Check.gt(1)])})
    result = judged(FRAME, schema)
    by_id = {item.check.id: item for item in result.checks}
    assert (by_id["a.broken"].status, by_id["a.greater_than"].bad_rows) == ("error", 1)
    assert "AttributeError" in by_id["a.broken"].message
    assert "nothing" in by_id["a.broken"].message


def test_what_dq_has_no_equal_of_runs_in_pandera() -> None:
    """A pattern outside the portable subset, and a value of another kind than its column, are judged by pandera itself."""
    frame = pd.DataFrame({"t": ["aa", "ab"], "n": [1, 2]})
    checks = {
        "t": pa.Column(str, [pa.Check.str_matches(r"(a)\1"), pa.Check.isin([1, "aa"])]),
        "n": pa.Column(int, pa.Check.ne("x")),
    }
    result = judged(frame, pa.DataFrameSchema(checks))
    ran = {item.check.id for item in result.checks if isinstance(item.check.subject, Foreign)}
    assert ran == {"t.str_matches", "t.isin", "n.not_equal_to"}
    assert bad_rows(result) == {1}


def test_spans_of_time_reach_pandera() -> None:
    """Of a type that dq has no values of, pandera judges them, as what they are."""
    schema = pa.DataFrameSchema({"v": pa.Column("timedelta64[ns]", pa.Check.gt(pd.Timedelta("2h")), nullable=True)})
    result = judged(pd.DataFrame({"v": pd.to_timedelta(["3h", "3D", None])}), schema)
    assert {item.check.id: str(item.status) for item in result.checks} == {"present": "pass", "v.greater_than": "pass"}
    assert [gap.reason for gap in result.coverage.skipped] == ["dq has no values of type timedelta64[ns]"]


@pytest.mark.parametrize(
    ("values", "dtype", "check"),
    [
        (
            pd.Series(["2020-01-01", "2021-01-01", None]).astype("datetime64[us]").dt.tz_localize("Europe/Berlin"),
            None,
            pa.Check.gt(pd.Timestamp("2020-06-01T00:00Z")),
        ),
        (pd.Series([date(2020, 1, 1), date(2021, 1, 1), None]), pa.Date, pa.Check.gt(date(2020, 6, 1))),
        (pd.Series([Decimal("1.5"), Decimal("2.5"), None]), None, pa.Check.gt(Decimal("2.0"))),
        (pd.Categorical(["a", "b", None]), pa.Category(["a", "b"]), pa.Check.isin(["b"])),
        (pd.array([1, 2, None], dtype="Int64"), "Int64", pa.Check.gt(1)),
        (pd.array([False, True, None], dtype="boolean"), "boolean", pa.Check.eq(value=True)),
    ],
)
def test_values_of_every_type_are_judged(values: Any, dtype: Any, check: Any) -> None:
    """The first value is bad, the second good, and null passes, whatever they are, in dq as in pandera."""
    schema = pa.DataFrameSchema({"v": pa.Column(dtype, check, nullable=True)})
    frame = pd.DataFrame({"v": values})
    result = judged(frame, schema)
    assert [item.check.id for item in result.failures] == [f"v.{check.name}"]
    assert bad_rows(result) == {0} == pandera_says(frame, schema)[1]


def test_an_index_is_judged() -> None:
    """Levels of an index are judged by name or place; the good rows keep theirs."""
    index = pd.MultiIndex.from_tuples([(1, "x"), (2, "y"), (9, None), (4, "z")], names=["i", None])
    frame = FRAME.set_index(index)
    schema = pa.DataFrameSchema(
        {"a": pa.Column(int)}, index=pa.MultiIndex([pa.Index(int, pa.Check.lt(5), name="i"), pa.Index(str, nullable=False)])
    )
    good, bad = dq.split(frame, suites=[schema])
    assert list(good.index) == [(1, "x"), (2, "y"), (4, "z")]
    assert list(bad["__dq_reasons"]) == ["i.less_than; level_1.required"]
    assert list(good.columns) == ["a", "b", "g"]


def test_an_index_that_a_source_has_not_is_no_pass(tmp_path: Path) -> None:
    """Where the source has no index, its checks are skipped, and the dataset is at least a warning."""
    FRAME.to_parquet(tmp_path / "a.parquet")
    result = judged(
        tmp_path / "a.parquet", pa.DataFrameSchema({"a": pa.Column(int)}, index=pa.Index(int, pa.Check.lt(5), name="i"))
    )
    assert {item.check.id for item in result.checks if item.status == "skip"} >= {"i.less_than", "i.required"}
    assert result.status == "warn"


@pytest.mark.parametrize(
    ("schema", "failing"),
    [
        (pa.DataFrameSchema({"a": pa.Column(int)}, strict=True), {"strict"}),
        (pa.DataFrameSchema({"a": pa.Column(int)}, strict="filter"), set()),
        (pa.DataFrameSchema({"b": pa.Column(nullable=True), "a": pa.Column()}, ordered=True), {"ordered"}),
        (pa.DataFrameSchema({"z": pa.Column(int)}), {"present"}),
        (pa.DataFrameSchema({"a": pa.Column(), "z": pa.Column(required=False)}), set()),
        (pa.DataFrameSchema({"z.*": pa.Column(regex=True)}), {"z.*.present"}),
        (pa.DataFrameSchema({"a": pa.Column(float)}), {"a.dtype"}),
        (pa.DataFrameSchema({"a": pa.Column(float, coerce=True)}), set()),
        (pa.DataFrameSchema({"a": pa.Column("int8")}), {"a.dtype"}),
        (pa.DataFrameSchema({"a": pa.Column(), "z": pa.Column(nullable=True)}, add_missing_columns=True), set()),
        (pa.DataFrameSchema({"a": pa.Column(str, pa.Check.str_length(max_value=1), coerce=True)}), set()),
        (pa.DataFrameSchema({"b": pa.Column(float)}), {"b.required"}),
        (pa.DataFrameSchema(dtype="int64"), {"b.dtype", "g.dtype", "g.type"}),
        (pa.DataFrameSchema({"b": pa.Column(float, default=0.0)}), set()),
    ],
)
def test_what_is_said_of_columns(schema: Any, failing: set[str]) -> None:
    """Strictness, order, presence, patterns and types fail by their names, and stop the stage; what dq leaves alone does not."""
    result = judged(FRAME, schema)
    assert {item.check.id for item in result.failures} == failing
    assert all(item.check.mode == "block" for item in result.failures if not item.check.is_row_check)


def test_what_changes_data_is_a_gap() -> None:
    """Parsers change data before pandera checks it: dq says that it does not."""
    schema = pa.DataFrameSchema({"a": pa.Column(int, parsers=pa.Parser(lambda s: s.abs()))})
    result = judged(FRAME, schema)
    assert [gap.reason for gap in result.coverage.skipped] == [
        "1 functions change a before it is checked; dq changes no data and checks it as it came"
    ]
    assert result.status == "warn"


CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: a, logicalType: integer, logicalTypeOptions: {maximum: 3}}
      - {name: b, logicalType: number}
      - {name: g, logicalType: string}
"""


def test_a_schema_beside_a_contract_is_one_plan(tmp_path: Path) -> None:
    """Rows broken by either are diverted once, each with all its reasons; columns that only the schema names are its business."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT, "utf-8")
    schema = pa.DataFrameSchema(
        {
            "a": pa.Column(int, pa.Check(lambda s: s % 2 == 1, name="odd")),
            "late": pa.Column(int, required=False),
        }
    )
    store = dq.Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "dead"))
    done = dq.enforce(
        FRAME,
        tmp_path / "shop.odcs.yaml",
        stage="raw",
        suites=[schema],
        settings=store,
        policy=dq.Policy(budget=None),
    )
    assert (done.outcome, list(done.good["a"])) == ("quarantined", [1, 3])
    assert done.bad.column("__dq_reasons").to_pylist() == ["a.odd", "a.maximum; a.odd"]
    assert "columns" in {item.check.id for item in done.result.checks if item.status == "pass"}


def test_one_verdict_blocks_a_stage(tmp_path: Path) -> None:
    """A function that says only that something is wrong lets nothing go on."""
    schema = pa.DataFrameSchema({"a": pa.Column(int, pa.Check(lambda s: s.mean() > 100, name="mean"))})
    store = dq.Settings(store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "dead"))
    done = dq.enforce(FRAME, stage="raw", suites=[schema], settings=store)
    assert (done.outcome, done.blocked_by) == ("blocked", ("a.mean",))
