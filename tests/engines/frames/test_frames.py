"""Frames of every library mean in DuckDB what they mean to their owner, and are not changed."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from types import ModuleType
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.engines.frames import FrameRows, open_frame
from dq.errors import SourceError, UsageError
from dq.source import Frame, source

Needs = Callable[[str], ModuleType]
BERLIN = dt.timezone(dt.timedelta(hours=1))
ZONED = "TIMESTAMP WITH TIME ZONE"
DAY = dt.datetime(2024, 1, 2)  # noqa: DTZ001  times without a zone are a kind of their own


def column(found: FrameRows, name: str = "x") -> tuple[str, list[str | None]]:
    """The type that DuckDB sees and the text of each value, in order; NaN is null."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("frame", found.relation)
        kind = str(con.execute(f'DESCRIBE SELECT "{name}" FROM frame').fetchall()[0][1])
        rows = con.execute(f'SELECT "{name}"::VARCHAR, __dq_row_no FROM frame ORDER BY __dq_row_no').fetchall()
    assert [number for _, number in rows] == list(range(len(rows)))
    return kind, [None if value == "nan" else value for value, _ in rows]


def opened(given: object, wanted: Sequence[str] = ()) -> FrameRows:
    """`open_frame` of what a caller hands in."""
    found = source(given)
    assert isinstance(found, Frame)
    return open_frame(found, wanted)


def rows_column(*values: object) -> FrameRows:
    """A list of dicts with these values."""
    return opened([{"x": value} for value in values])


# -- Python objects: rows and pandas' object columns -------------------------------------------------------------------

ONE_KIND: list[tuple[tuple[object, ...], str, list[str | None]]] = [
    (("a", None, "é😀"), "VARCHAR", ["a", None, "é😀"]),
    (("a", float("nan")), "VARCHAR", ["a", None]),
    ((1, None, 2**62), "BIGINT", ["1", None, str(2**62)]),
    ((np.int64(1), 2), "BIGINT", ["1", "2"]),
    ((2**63, 1), "UBIGINT", [str(2**63), "1"]),
    ((1, 2.5, None), "DOUBLE", ["1.0", "2.5", None]),
    ((np.float32(1.5), float("nan"), float("inf")), "DOUBLE", ["1.5", None, "inf"]),
    ((True, None, np.bool_(0)), "BOOLEAN", ["true", None, "false"]),
    ((Decimal("1.50"), Decimal("NaN"), 2), "DECIMAL(3,2)", ["1.50", None, "2.00"]),
    ((b"a\xff", bytearray(b"b"), None), "BLOB", ["a\\xFF", "b", None]),
    ((dt.date(2024, 1, 2), None), "DATE", ["2024-01-02", None]),
    ((DAY.replace(hour=3), DAY.replace(year=9999)), "TIMESTAMP", ["2024-01-02 03:00:00", "9999-01-02 00:00:00"]),
    (
        (DAY.replace(tzinfo=BERLIN), DAY.replace(tzinfo=dt.UTC)),
        ZONED,
        ["2024-01-01 23:00:00+00", "2024-01-02 00:00:00+00"],
    ),
    ((dt.time(1, 2), None), "TIME", ["01:02:00", None]),
    ((dt.timedelta(hours=25),), "INTERVAL", ["25:00:00"]),
    ((uuid.UUID(int=1), None), "VARCHAR", ["00000000-0000-0000-0000-000000000001", None]),
    (([1, 2], (3,), None), "BIGINT[]", ["[1, 2]", "[3]", None]),
    ((np.array([1, 2]),), "BIGINT[]", ["[1, 2]"]),
    (({"a": 1}, {"b": "x"}), "STRUCT(a BIGINT, b VARCHAR)", ["{'a': 1, 'b': NULL}", "{'a': NULL, 'b': x}"]),
    ((None, None), '"NULL"', [None, None]),
]

MIXED: list[tuple[tuple[object, ...], list[str | None]]] = [
    ((1, "x", 2.5, None), ["1", '"x"', "2.5", None]),
    ((1, "1", float("nan"), 2.5), ["1", '"1"', None, "2.5"]),
    ((True, 2), ["true", "2"]),
    ((2**70, 1), [str(2**70), "1"]),
    ((-1, 2**63), ["-1", str(2**63)]),
    ((2**60 + 1, 2.5), [str(2**60 + 1), "2.5"]),
    ((Decimal("1.10"), 2.5), ["1.10", "2.5"]),
    ((Decimal("1" * 50),), ["1" * 50]),
    ((dt.date(2024, 1, 2), DAY.replace(hour=3)), ['"2024-01-02"', '"2024-01-02T03:00:00"']),
    ((DAY, DAY.replace(tzinfo=dt.UTC)), ['"2024-01-02T00:00:00"', '"2024-01-02T00:00:00+00:00"']),
    ((b"a", "a"), ['"61"', '"a"']),
    (([1], ["a"]), ["[1]", '["a"]']),
    (([1, True],), ["[1,true]"]),
    (({"a": 1}, {"a": "x"}), ['{"a":1}', '{"a":"x"}']),
    (({"a": 1, "A": 2},), ['{"a":1,"A":2}']),
    (({1: None}, 5), ['{"1":null}', "5"]),
]


@pytest.mark.parametrize(("values", "kind", "texts"), ONE_KIND)
def test_values_of_one_kind_have_its_type(values: tuple[object, ...], kind: str, texts: list[str | None]) -> None:
    """Over the whole column, not a sample; None and NaN are null."""
    found = rows_column(*values)
    assert column(found) == (kind, texts)
    assert not found.json


@pytest.mark.parametrize(("values", "texts"), MIXED)
def test_values_of_several_kinds_keep_their_own(values: tuple[object, ...], texts: list[str | None]) -> None:
    """Each is JSON text: numbers with all digits, dates and times in ISO 8601, and the report says so."""
    found = rows_column(*values)
    assert column(found) == ("VARCHAR", texts)
    assert found.json == {"x"}
    assert found.columns == {"x": "mixed"}
    assert len(found.notes) == 1


@pytest.mark.parametrize("values", [values for values, _, _ in ONE_KIND] + [values for values, _ in MIXED])
def test_an_object_column_of_pandas_is_read_like_rows(needs: Needs, values: tuple[object, ...]) -> None:
    """The same values mean the same in a frame of objects; NA and NaT are null too."""
    pd = needs("pandas")
    series = pd.Series([*values, pd.NA, pd.NaT, None], dtype=object)
    kind, texts = column(rows_column(*values))
    assert column(opened(pd.DataFrame({"x": series}))) == (kind, [*texts, None, None, None])


def test_an_object_of_a_class_of_its_own_is_its_text() -> None:
    """Rules see what `str` says, and the report names the class."""
    found = rows_column(complex(1, 2), None)
    assert column(found) == ("VARCHAR", ["(1+2j)", None])
    assert found.notes == ("column 'x': values of class complex; rules see their text",)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=4)
        | st.decimals(allow_nan=False, allow_infinity=False, places=3)
        | st.lists(st.integers() | st.text(max_size=2), max_size=2),
        min_size=1,
    )
)
def test_no_value_is_coerced(values: list[Any]) -> None:
    """Whatever is mixed, each value reads back as itself."""
    found = rows_column(*values)
    _, texts = column(found)
    for value, text in zip(values, texts, strict=True):
        if value is None:
            assert text is None
        elif "x" in found.json:
            again = json.loads(str(text), parse_float=Decimal)
            assert again == (Decimal(str(value)) if isinstance(value, float | Decimal) else value)
            assert isinstance(again, bool) == isinstance(value, bool)
        elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            assert Decimal(str(text)) == Decimal(str(value))


@pytest.mark.parametrize("values", [["a", "\ud800"], [1, "\ud800"], [{"a": ["\ud800"]}, 1]])
def test_half_a_surrogate_pair_is_refused_with_its_row(values: list[object]) -> None:
    """It is no text in any database."""
    with pytest.raises(SourceError, match="half of a surrogate pair, which is no text") as caught:
        rows_column(*values)
    assert caught.value.where == "list of dicts, column 'x'"
    assert caught.value.what.startswith(f"row {0 if isinstance(values[0], dict) else 1} ")


def test_rows_have_the_union_of_their_keys_in_order() -> None:
    """A key that a row lacks is null there."""
    found = opened([{"b": 1}, {"a": "x", "b": None}, {}])
    assert list(found.columns) == ["b", "a"]
    assert (column(found, "b")[1], column(found, "a")[1]) == (["1", None, None], [None, "x", None])


def test_rows_without_keys_have_the_wanted_columns() -> None:
    """An empty list of dicts is an empty dataset, not one without columns."""
    assert column(opened([], ["x"])) == ('"NULL"', [])
    assert column(opened([{}, {}], ["x"])) == ('"NULL"', [None, None])


# -- pandas ------------------------------------------------------------------------------------------------------------


def test_every_pandas_dtype_is_read(needs: Needs) -> None:
    """NumPy, nullable and Arrow-backed dtypes, categories, times, sparse and odd ones; the report knows them by pandas' names."""
    pd = needs("pandas")
    expected: dict[str, tuple[Any, str, list[str | None]]] = {
        "i": ([1, 2], "BIGINT", ["1", "2"]),
        "f": ([1.5, np.nan], "DOUBLE", ["1.5", None]),
        "f2": (np.array([1.5, 2], np.float16), "FLOAT", ["1.5", "2.0"]),
        "u": (np.array([1, 255], np.uint8), "UTINYINT", ["1", "255"]),
        "b": ([True, False], "BOOLEAN", ["true", "false"]),
        "s": (["a", None], "VARCHAR", ["a", None]),
        "ni": (pd.array([1, None], "Int64"), "BIGINT", ["1", None]),
        "nf": (pd.array([1.5, None], "Float64"), "DOUBLE", ["1.5", None]),
        "nb": (pd.array([True, None], "boolean"), "BOOLEAN", ["true", None]),
        "ns": (pd.array(["a", None], "string"), "VARCHAR", ["a", None]),
        "ai": (pd.array([1, None], pd.ArrowDtype(pa.int32())), "INTEGER", ["1", None]),
        "as": (pd.array(["a", None], pd.ArrowDtype(pa.string())), "VARCHAR", ["a", None]),
        "ad": (pd.array([Decimal("1.5"), None], pd.ArrowDtype(pa.decimal128(5, 2))), "DECIMAL(5,2)", ["1.50", None]),
        "al": (pd.array([[1], None], pd.ArrowDtype(pa.list_(pa.int64()))), "BIGINT[]", ["[1]", None]),
        "an": (pd.array([1.5, np.nan], pd.ArrowDtype(pa.float64())), "DOUBLE", ["1.5", None]),
        "c": (pd.Categorical(["a", None]), "VARCHAR", ["a", None]),
        "ci": (pd.Categorical([1, None]), "BIGINT", ["1", None]),
        "cm": (pd.Categorical([1, "a"]), "VARCHAR", ["1", '"a"']),
        "d": (pd.to_datetime(["2024-01-02", None]), "TIMESTAMP", ["2024-01-02 00:00:00", None]),
        "dn": (pd.to_datetime(["2024-01-02", None]).astype("datetime64[ns]"), "TIMESTAMP_NS", ["2024-01-02 00:00:00", None]),
        "z": (pd.to_datetime(["2024-01-02", None]).tz_localize(BERLIN), ZONED, ["2024-01-01 23:00:00+00", None]),
        "t": (pd.to_timedelta([1, None], "h"), "INTERVAL", ["01:00:00", None]),
        "p": (pd.PeriodIndex(["2024-01", "NaT"], freq="M"), "VARCHAR", ["2024-01", None]),
        "iv": (pd.interval_range(0, 2), "VARCHAR", ["(0, 1]", "(1, 2]"]),
        "sp": (pd.arrays.SparseArray([0, 7]), "BIGINT", ["0", "7"]),
        "cx": (np.array([1j, 2]), "VARCHAR", ["1j", "(2+0j)"]),
        "ld": (np.array([1.5, 2], np.longdouble), "DOUBLE", ["1.5", "2.0"]),
    }  # fmt: skip
    frame = pd.DataFrame({name: values for name, (values, _, _) in expected.items()})
    before = frame.copy(deep=True)
    found = opened(frame)
    assert {name: column(found, name) for name in expected} == {
        name: (kind, texts) for name, (_, kind, texts) in expected.items()
    }
    assert found.columns == {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert found.json == {"cm"}
    assert {note.split("'")[1] for note in found.notes} == {"cm", "p", "iv", "cx", "ld"}
    pd.testing.assert_frame_equal(frame, before)


def test_numbers_are_not_copied(needs: Needs) -> None:
    """A column of numbers is shared with the frame."""
    pd = needs("pandas")
    frame = pd.DataFrame({"x": np.arange(1000)})
    shared = opened(frame).relation.column("x").chunk(0).buffers()[1]
    assert shared.address == frame["x"].to_numpy().__array_interface__["data"][0]


def test_strange_shapes_of_frames_are_read(needs: Needs) -> None:
    """A shuffled index, strides, no rows; the index is not a column, and that is said when it has a name."""
    pd = needs("pandas")
    frame = pd.DataFrame({"x": np.arange(10)[::-2]}, index=pd.Index([3, 1, 4, 1, 5], name="id"))
    found = opened(frame)
    assert column(found) == ("BIGINT", ["9", "7", "5", "3", "1"])
    assert found.notes == ("the index (id) is not a column; reset_index() makes it one",)
    assert column(opened(pd.DataFrame({"x": pd.Series([], dtype="int64")}))) == ("BIGINT", [])


def test_names_become_text_by_a_rule(needs: Needs) -> None:
    """Numbers and None are their text, tuples are joined by dots, a name that is empty is its position; each change is said."""
    pd = needs("pandas")
    found = opened(pd.DataFrame([[1, 2, 3, 4, 5]], columns=pd.Index([0, None, ("a", "x"), "", "b c"], dtype=object)))
    assert list(found.columns) == ["0", "None", "a.x", "column_4", "b c"]
    assert len(found.notes) == 4
    levels = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("b", "")]))
    assert list(opened(levels).columns) == ["a.x", "b"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a", "a"], "two columns are called 'a'"),
        (["a", "b", "A"], "columns 'a' and 'A' are one name"),
        ([1, "1"], "columns 1 and '1' are one name"),
        (["__dq_row_no"], "column '__dq_row_no' has a name that cannot be used"),
        (["a\0"], "column 'a\\x00' has a name that cannot be used"),
        ([], "there are no columns"),
    ],
)
def test_names_that_cannot_be_told_apart_are_refused(needs: Needs, names: list[object], message: str) -> None:
    """The message names them and the way out."""
    pd = needs("pandas")
    with pytest.raises(SourceError) as caught:
        opened(pd.DataFrame([[1] * len(names)], columns=pd.Index(names, dtype=object)))
    assert (caught.value.where, caught.value.what) == ("pandas frame", message)
    assert caught.value.mend


def test_a_hostile_name_is_a_name(needs: Needs) -> None:
    """Quotes and statements in a name stay in it."""
    pd = needs("pandas")
    assert list(opened(pd.DataFrame({'"; drop table x; --': [1]})).columns) == ['"; drop table x; --']


# -- Polars ------------------------------------------------------------------------------------------------------------


def test_every_polars_dtype_is_read(needs: Needs) -> None:
    """Also 128-bit integers and Python objects; the report knows them by Polars' names."""
    pl = needs("polars")
    expected: dict[str, tuple[Any, str, list[str | None]]] = {
        "i": (pl.Series([1, None], dtype=pl.Int8), "TINYINT", ["1", None]),
        "f": (pl.Series([1.5, float("nan")]), "DOUBLE", ["1.5", None]),
        "h": (pl.Series([1.5, None], dtype=pl.Float16), "FLOAT", ["1.5", None]),
        "s": (pl.Series(["a", None]), "VARCHAR", ["a", None]),
        "c": (pl.Series(["a", None], dtype=pl.Categorical), "VARCHAR", ["a", None]),
        "e": (pl.Series(["a", None], dtype=pl.Enum(["a"])), "VARCHAR", ["a", None]),
        "b": (pl.Series([True, None]), "BOOLEAN", ["true", None]),
        "d": (pl.Series([dt.date(2024, 1, 2), None]), "DATE", ["2024-01-02", None]),
        "t": (pl.Series([DAY, None]), "TIMESTAMP", ["2024-01-02 00:00:00", None]),
        "z": (pl.Series([DAY.replace(tzinfo=dt.UTC), None]), ZONED, ["2024-01-02 00:00:00+00", None]),
        "du": (pl.Series([dt.timedelta(hours=1), None]), "INTERVAL", ["01:00:00", None]),
        "de": (pl.Series([Decimal("1.50"), None]), "DECIMAL(38,2)", ["1.50", None]),
        "l": (pl.Series([[1], None]), "BIGINT[]", ["[1]", None]),
        "st": (pl.Series([{"a": 1}, None]), "STRUCT(a BIGINT)", ["{'a': 1}", None]),
        "bi": (pl.Series([b"x", None]), "BLOB", ["x", None]),
        "n": (pl.Series([None, None]), '"NULL"', [None, None]),
        "w": (pl.Series([2**100, None], dtype=pl.Int128), "DECIMAL(38,0)", [str(2**100), None]),
        "ww": (pl.Series([2**127, None], dtype=pl.UInt128), "VARCHAR", [str(2**127), None]),
        "o": (pl.Series([1, "a"], dtype=pl.Object), "VARCHAR", ["1", '"a"']),
    }  # fmt: skip
    frame = pl.DataFrame({name: values for name, (values, _, _) in expected.items()})
    found = opened(frame)
    assert {name: column(found, name) for name in expected} == {
        name: (kind, texts) for name, (_, kind, texts) in expected.items()
    }
    assert found.columns == {name: str(dtype) for name, dtype in zip(frame.columns, frame.dtypes, strict=True)}
    assert found.json == {"ww", "o"}


def test_a_lazy_frame_is_collected(needs: Needs) -> None:
    """Its rows are those of its collection."""
    pl = needs("polars")
    assert column(opened(pl.LazyFrame({"x": [1, 2]}))) == ("BIGINT", ["1", "2"])


# -- Arrow -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "texts"),
    [
        (pa.array(np.array([1.5, 2], np.float16)), "FLOAT", ["1.5", "2.0"]),
        (pa.array([[1.5], None], pa.list_(pa.float16())), "FLOAT[]", ["[1.5]", None]),
        (pa.array([{"a": 1.5}], pa.struct({"a": pa.float16()})), "STRUCT(a FLOAT)", ["{'a': 1.5}"]),
        (pa.array([Decimal("1.5"), None], pa.decimal256(50, 2)), "DECIMAL(38,2)", ["1.50", None]),
        (pa.array([Decimal("1" * 50)], pa.decimal256(60, 0)), "VARCHAR", ["1" * 50]),
        (pa.array(["a", None]).dictionary_encode(), "VARCHAR", ["a", None]),
        (pa.array(["a", None], pa.string_view()), "VARCHAR", ["a", None]),
        (pa.array([[1], None], pa.list_view(pa.int64())), "BIGINT[]", ["[1]", None]),
        (pa.array([b"a" * 16], pa.uuid()), "UUID", ["61616161-6161-6161-6161-616161616161"]),
        (pa.array(['{"a":1}'], pa.json_()), "JSON", ['{"a":1}']),
        (pa.chunked_array([["a"], [], ["b", None]]), "VARCHAR", ["a", "b", None]),
        (pa.nulls(2), '"NULL"', [None, None]),
        (pa.array([1.5, float("nan"), None]), "DOUBLE", ["1.5", None, None]),
    ],
)
def test_every_arrow_type_is_read(values: pa.Array, kind: str, texts: list[str | None]) -> None:
    """Also those that DuckDB has no word for; the report knows them by Arrow's names."""
    found = opened(pa.table({"x": values}))
    assert column(found) == (kind, texts)
    assert found.columns == {"x": str(values.type)}


def test_an_arrow_table_is_shared() -> None:
    """Text is not copied."""
    table = pa.table({"x": ["a", "b"]})
    relation = opened(table).relation
    assert relation.column("x").chunk(0).buffers()[2].address == table.column("x").chunk(0).buffers()[2].address


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_arrow_text_that_is_not_utf8_is_refused(kind: pa.DataType) -> None:
    """It would end the query; the column and rows are named."""
    size = np.int64 if kind == pa.large_string() else np.int32
    broken = pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(np.array([0, 1], size)), pa.py_buffer(b"\xff")])
    with pytest.raises(SourceError) as caught:
        opened(pa.table({"x": pa.chunked_array([pa.array(["a", "b"], kind), broken])}))
    assert caught.value.where == "arrow frame, column 'x'"
    assert caught.value.what.startswith("not valid Arrow data in row 2: Invalid UTF8")


def test_a_record_batch_is_read() -> None:
    """As a table of one batch."""
    assert column(opened(pa.record_batch({"x": [1, None]}))) == ("BIGINT", ["1", None])


def test_batches_are_refused_here() -> None:
    """What can be read once only must be kept first."""
    with pytest.raises(UsageError, match="kept on disk"):
        opened(iter([pa.record_batch({"x": [1]})]))


def test_zones_survive_what_other_libraries_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times of several zones are one moment each, also nested, where the import of pandera makes Arrow forget zones."""
    monkeypatch.setenv("PYARROW_IGNORE_TIMEZONE", "1")
    moments = [dt.datetime(2024, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1))), dt.datetime(2024, 1, 2, tzinfo=dt.UTC)]
    rows = open_frame(source([{"t": moment, "l": [moment]} for moment in moments]))  # type: ignore[arg-type]
    told = [dt.datetime(2024, 1, 1, 23, tzinfo=dt.UTC), dt.datetime(2024, 1, 2, tzinfo=dt.UTC)]
    assert [item.astimezone(dt.UTC) for item in rows.relation.column("t").to_pylist()] == told
    assert [item[0].replace(tzinfo=dt.UTC) for item in rows.relation.column("l").to_pylist()] == told
