"""Rows taken from a frame by position are of the same kind as the frame."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pyarrow as pa
import pytest

from dq.engines.frames import drop, settled, take
from dq.errors import UsageError
from dq.source import Frame, source

Needs = Callable[[str], ModuleType]


def frame_of(given: object) -> Frame:
    """The source that *given* is."""
    found = source(given)
    assert isinstance(found, Frame)
    return found


@pytest.mark.parametrize("rows", [[], [0], [1, 3], [0, 1, 2, 3, 4]])
def test_pandas_frames_keep_dtypes_index_and_attributes(needs: Needs, rows: list[int]) -> None:
    """What is taken and what is left add up to the frame, also with names and index entries that occur twice."""
    pd = needs("pandas")
    columns = {
        "i": np.arange(5, dtype=np.int8),
        "c": pd.Categorical(list("abcab")),
        "a": pd.array([1, None, 3, 4, 5], pd.ArrowDtype(pa.int64())),
        "o": pd.Series([1, "x", None, {}, []], dtype=object),
        "sp": pd.arrays.SparseArray([0, 0, 1, 0, 2]),
    }
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([7, 7, 5, 1, 0], name="k")
    frame.columns = pd.Index(["i", "c", "a", "o", "o"])
    frame.attrs["owner"] = "me"
    before = frame.copy(deep=True)
    taken, left = take(frame_of(frame), np.array(rows, np.int64)), drop(frame_of(frame), np.array(rows, np.int64))
    keep = [row for row in range(5) if row not in rows]
    pd.testing.assert_frame_equal(taken, frame.iloc[rows])
    pd.testing.assert_frame_equal(left, frame.iloc[keep])
    assert taken.attrs == left.attrs == {"owner": "me"}
    left["new"] = 1
    pd.testing.assert_frame_equal(frame, before)


def test_polars_frames_stay_polars_frames(needs: Needs) -> None:
    """With their dtypes; a lazy one is collected once and used as such."""
    pl = needs("polars")
    frame = pl.DataFrame({"c": pl.Series(["a", "b", "a"], dtype=pl.Categorical), "l": [[1], None, [2]]})
    lazy = settled(frame_of(frame.lazy()))
    for given in (frame_of(frame), lazy):
        assert take(given, np.array([0, 2])).equals(frame[[0, 2]])
        assert drop(given, np.array([0, 2])).equals(frame[[1]])
        assert drop(given, np.array([], np.int64)).schema == frame.schema
    assert settled(lazy) is lazy


@pytest.mark.parametrize("batch", [False, True])
def test_arrow_tables_keep_schema_and_metadata(*, batch: bool) -> None:
    """A batch stays a batch."""
    schema = pa.schema([pa.field("x", pa.dictionary(pa.int8(), pa.string()), metadata={"k": "v"})], metadata={"m": "n"})
    table = pa.table({"x": pa.array(["a", "b", None, "a"]).dictionary_encode().cast(schema.field(0).type)}, schema=schema)
    given = table.to_batches()[0] if batch else table
    left = drop(frame_of(given), np.array([1]))
    assert type(left) is type(given)
    assert left.schema.equals(schema, check_metadata=True)
    assert left.column(0).to_pylist() == ["a", None, "a"]
    assert take(frame_of(given), np.array([3, 1])).column(0).to_pylist() == ["a", "b"]


def test_rows_are_the_very_same_dicts() -> None:
    """A list of dicts gives lists of its dicts."""
    rows = [{"a": 1}, {"a": 2}, {"a": 3}]
    left = drop(frame_of(rows), np.array([1]))
    assert left == [rows[0], rows[2]]
    assert left[0] is rows[0]
    assert take(frame_of(rows), np.array([1])) == [rows[1]]
    assert drop(frame_of(rows), np.array([], np.int64)) is not rows


def test_batches_cannot_be_read_again() -> None:
    """The message says what to give instead."""
    given = frame_of(iter([pa.record_batch({"a": [1]})]))
    for act in (take, drop):
        with pytest.raises(UsageError, match="can be read only once") as caught:
            act(given, np.array([0]))
        assert "read_all()" in caught.value.mend
