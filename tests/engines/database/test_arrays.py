"""Arrow arrays of Python's values are those of pyarrow, and pandas is not imported for them."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.engines.database.arrays import array

NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.integers(-3, 300))
CELLS = st.one_of(
    *(
        st.lists(st.one_of(st.none(), cell), max_size=20)
        for cell in (NUMBERS, st.floats(), st.booleans(), st.text(), st.binary(), st.one_of(NUMBERS, st.text(), st.floats()))
    )
)
KINDS = (
    *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
    *(pa.float32(), pa.float64(), pa.bool_(), pa.string(), pa.large_string(), pa.binary(), pa.decimal128(9, 2)),
)


def _made(make: Any, cells: Any, kind: pa.DataType) -> Any:
    """The array as its type and the text of its values (NaN is not itself); None when *make* refuses."""
    try:
        made = make(cells, kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return None
    made.validate(full=True)
    return made.type, [repr(value) for value in made.to_pylist()], made.null_count


@settings(deadline=None)
@given(cells=CELLS, kind=st.sampled_from(KINDS), is_tuple=st.booleans())
def test_an_array_is_that_of_pyarrow(cells: list[Any], kind: pa.DataType, is_tuple: bool) -> None:  # noqa: FBT001
    """Values, nulls and type are the same for every kind; what pyarrow refuses is refused."""
    given_cells = tuple(cells) if is_tuple else cells
    assert _made(array, given_cells, kind) == _made(pa.array, given_cells, kind)


def test_pandas_stays_out(needs: Any) -> None:
    """Reading the rows of a driver does not import it."""
    needs("pandas")
    code = (
        "import sys, pyarrow as pa\n"
        "from dq.engines.database.arrow import batches_of\n"
        "kinds = {'n': pa.int64(), 'x': pa.float64(), 't': pa.string(), 'b': pa.bool_(), 'd': pa.date32(),\n"
        "         'm': pa.timestamp('us'), 'p': pa.decimal128(9, 2), 'r': pa.binary()}\n"
        "rows = [(1, 0.5, 'a', 1, '2024-05-01', '2024-05-01 10:00:00', '1.25', b'a'), (None,) * 8]\n"
        "made = list(batches_of([rows], pa.schema([*kinds.items(), ('raw', pa.binary())]), 'raw'))\n"
        "assert made[0].num_rows == 2\n"
        "assert 'pandas' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("cells", [(), (None,), (None, None)])
def test_nothing_and_null_have_the_kind_that_is_asked_for(cells: tuple[None, ...]) -> None:
    """Of every kind there are empty arrays, and arrays of null alone."""
    for kind in KINDS:
        assert _made(array, cells, kind) == _made(pa.array, cells, kind) == (kind, ["None"] * len(cells), len(cells))
