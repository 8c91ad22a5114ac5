"""Dead letters at rest: every type as it was, every byte as it was, or a clear refusal."""

from __future__ import annotations

import datetime as dt
import os
import stat
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dq.errors import EngineError, MissingExtra, UsageError, WorldError
from dq.quarantine import Vault, objects
from dq.quarantine.vault import encodings
from dq.store import Part


def _column(kind: pa.DataType, *values: object) -> pa.Array:
    return pa.array([*values, None], kind)


def _extremes(kind: pa.DataType) -> pa.Array:
    signed = pa.types.is_signed_integer(kind)
    most = 2 ** (kind.bit_width - signed) - 1
    return pa.array([-most - 1 if signed else 0, most, None], kind)


def _from_int(kind: pa.DataType, *values: int) -> pa.Array:
    width = pa.int32() if kind.bit_width == 32 else pa.int64()
    return pa.array([*values, None], width).cast(kind)


UNITS = ("s", "ms", "us", "ns")
ARROW: dict[str, Callable[[], pa.Array]] = {
    **{str(kind): partial(_extremes, kind) for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64())},
    **{str(kind): partial(_extremes, kind) for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())},
    "float16": lambda: pa.array([1.5, -0.0, float("inf"), None], pa.float32()).cast(pa.float16()),
    "float32": lambda: _column(pa.float32(), 0.1, float("-inf"), -0.0),
    "float64": lambda: _column(pa.float64(), 0.1, 5e-324, 1.7976931348623157e308),
    "bool": lambda: pa.array([1, 0, None], pa.int8()).cast(pa.bool_()),
    "null": lambda: pa.nulls(3),
    "decimal32": lambda: _column(pa.decimal32(5, 2), Decimal("-999.99")),
    "decimal64": lambda: _column(pa.decimal64(15, 2), Decimal("1.25")),
    "decimal128": lambda: _column(pa.decimal128(38, 10), Decimal("1.0000000001")),
    "decimal256": lambda: _column(pa.decimal256(70, 10), Decimal("9" * 60)),
    "decimal128 of thousands": lambda: _column(pa.decimal128(5, -3), Decimal(12000)),
    "string": lambda: _column(pa.string(), "", "é\U0001f600\x00"),
    "large_string": lambda: _column(pa.large_string(), "x"),
    "string_view": lambda: _column(pa.string_view(), "short", "longer than twelve bytes"),
    "binary": lambda: _column(pa.binary(), b"", b"\xff\x00"),
    "large_binary": lambda: _column(pa.large_binary(), b"x"),
    "binary_view": lambda: _column(pa.binary_view(), b"longer than twelve bytes"),
    "fixed_size_binary": lambda: _column(pa.binary(3), b"abc"),
    "date32": lambda: _from_int(pa.date32(), -719162, 0),
    "date64": lambda: pa.array([0, 86_400_000, None], pa.int64()).cast(pa.date64()),
    **{f"time32[{unit}]": partial(_from_int, pa.time32(unit), 1) for unit in ("s", "ms")},
    **{f"time64[{unit}]": partial(_from_int, pa.time64(unit), 1) for unit in ("us", "ns")},
    **{f"timestamp[{unit}]": partial(_from_int, pa.timestamp(unit), -(2**50), 2**50) for unit in UNITS},
    **{f"timestamp[{unit}, zone]": partial(_from_int, pa.timestamp(unit, "Europe/Zurich"), 1)
       for unit in ("s", "ms", "us", "ns")},
    "timestamp[us, offset]": lambda: _from_int(pa.timestamp("us", "+02:00"), 1),
    **{f"duration[{unit}]": partial(_from_int, pa.duration(unit), -(2**62)) for unit in ("s", "ms", "us", "ns")},
    "month_day_nano_interval": lambda: _column(pa.month_day_nano_interval(), pa.MonthDayNano([1, -2, 3])),
    "list": lambda: _column(pa.list_(pa.int32()), [1, None], []),
    "large_list": lambda: _column(pa.large_list(pa.string()), ["a"]),
    "fixed_size_list": lambda: _column(pa.list_(pa.int32(), 2), [1, 2]),
    "list_view": lambda: _column(pa.list_view(pa.int32()), [1]),
    "list of times": lambda: pa.array([[1], None], pa.list_(pa.int64())).cast(pa.list_(pa.timestamp("s"))),
    "struct": lambda: _column(pa.struct([pa.field("a", pa.int8(), nullable=False), ("b", pa.string())]), {"a": 1, "b": None}),
    "struct of nothing": lambda: _column(pa.struct([]), {}),
    "map": lambda: _column(pa.map_(pa.string(), pa.int8()), [("a", 1), ("b", None)]),
    "map, sorted": lambda: _column(pa.map_(pa.string(), pa.int8(), keys_sorted=True), [("a", 1)]),
    "dictionary": lambda: _column(pa.dictionary(pa.int8(), pa.string()), "a", "b", "a"),
    "dictionary, ordered": lambda: pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int16()), ["b", "a"], ordered=True),
    "dictionary of numbers": lambda: _column(pa.dictionary(pa.int64(), pa.int64()), 5),
    "run_end_encoded": lambda: pa.RunEndEncodedArray.from_arrays(pa.array([2, 3], pa.int32()), pa.array(["a", None])),
    "dense_union": lambda: pa.UnionArray.from_dense(
        pa.array([0, 1], pa.int8()), pa.array([0, 0], pa.int32()), [pa.array([1]), pa.array(["a"])]
    ),
    "uuid": lambda: pa.array([b"0" * 16, None], pa.uuid()),
    "json": lambda: pa.array(["{}", None], pa.json_()),
    "bool8": lambda: pa.ExtensionArray.from_storage(pa.bool8(), pa.array([1, 0, None], pa.int8())),
    "opaque": lambda: pa.ExtensionArray.from_storage(pa.opaque(pa.int32(), "kind", "vendor"), pa.array([1], pa.int32())),
    "fixed_shape_tensor": lambda: pa.ExtensionArray.from_storage(
        pa.fixed_shape_tensor(pa.int32(), [2]), pa.array([[1, 2]], pa.list_(pa.int32(), 2))
    ),
}  # fmt: skip


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """On a local folder."""
    return Vault(str(tmp_path / "dead letters"))


def _table(vault: Vault, parts: tuple[Part, ...]) -> pa.Table:
    return pa.Table.from_batches([batch for part in parts for batch in vault.read(part)])


@pytest.mark.parametrize("name", ARROW)
def test_a_type_survives_exactly(vault: Vault, name: str) -> None:
    """Schema and every value come back as they went in, from Parquet, or else from an Arrow stream."""
    array = ARROW[name]()
    schema = pa.schema([pa.field("value", array.type, metadata={"unit": "m"})], metadata={"made": "by a test"})
    batch = pa.record_batch([array], schema=schema)
    parts = vault.write("batch", [batch, batch])
    found = _table(vault, parts)
    assert found.schema.equals(schema, check_metadata=True)
    found.validate(full=True)
    plain = pa.chunked_array([array, array])
    if pa.types.is_dictionary(array.type):  # how the values are numbered is not part of them
        plain, found = plain.cast(array.type.value_type), found.cast(pa.schema([("value", array.type.value_type)]))
    assert found.column("value").combine_chunks().equals(plain.combine_chunks())


def test_forty_types_are_tried() -> None:
    """The list above stays long, and most of it fits Parquet, which others can read."""
    exact = [name for name, make in ARROW.items() if encodings(pa.schema([("value", make().type)])) is not None]
    assert len(ARROW) >= 60
    assert len(exact) >= 40


def test_nan_keeps_its_bits(vault: Vault) -> None:
    """NaN is a value here, and stays one."""
    parts = vault.write("batch", [pa.record_batch({"x": pa.array([float("nan"), None])})])
    (nan, null) = _table(vault, parts).column("x").to_pylist()
    assert nan != nan  # noqa: PLR0124  NaN
    assert null is None


def test_names_and_order_survive(vault: Vault) -> None:
    """Columns of one name, without a name, with any character; rows in order, across batches of any size."""
    names = ["a", "a", "", '"; drop table x; --', "\U0001f600"]
    schema = pa.schema([pa.field(name, pa.int64()) for name in names])
    batches = [pa.record_batch([pa.array([n, n + 1])] * 5, schema=schema) for n in range(0, 100, 2)]
    parts = vault.write("batch", [*batches, pa.record_batch([pa.array([], pa.int64())] * 5, schema=schema)])
    found = _table(vault, parts)
    assert found.schema.names == names
    assert found.column(0).to_pylist() == list(range(100))


def test_no_rows_are_no_object(vault: Vault, tmp_path: Path) -> None:
    """Nothing is written for nothing."""
    assert vault.write("batch", []) == ()
    assert vault.write("batch", [pa.record_batch({"x": pa.array([], pa.int8())})]) == ()
    assert not (tmp_path / "dead letters").exists()


def test_many_rows_are_several_objects(tmp_path: Path) -> None:
    """Each of a bounded number of rows; counts and numbering go on where the last call stopped."""
    vault = Vault(str(tmp_path), rows_per_part=600_000)
    batch = pa.record_batch({"x": pa.nulls(100_000, pa.int8())})
    parts = vault.write("batch", [batch] * 15)
    more = vault.write("batch", [batch], first=len(parts))
    assert [part.rows for part in (*parts, *more)] == [600_000, 600_000, 300_000, 100_000]
    assert [Path(part.path).name for part in (*parts, *more)] == [f"part-{number:05d}.parquet" for number in range(4)]


def test_memory_stays_bounded(vault: Vault) -> None:
    """Two hundred batches of 4 MB pass without ever being held together."""

    def batches() -> Iterator[pa.RecordBatch]:
        for number in range(200):
            yield pa.record_batch({"x": pa.array([os.urandom(64) + bytes([number])] * 8192), "n": pa.nulls(8192, pa.int64())})

    before = pa.total_allocated_bytes()
    seen = 0

    def watched() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for batch in batches():
            seen = max(seen, pa.total_allocated_bytes() - before)
            yield batch

    tracemalloc.start()
    parts = vault.write("batch", watched())
    python = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(part.rows for part in parts) == 200 * 8192
    assert seen < 200 << 20
    assert python < 64 << 20


def test_batches_of_another_schema_are_refused(vault: Vault) -> None:
    """A batch is of one schema."""
    with pytest.raises(EngineError, match="bad rows change their columns on the way"):
        vault.write("batch", [pa.record_batch({"x": [1]}), pa.record_batch({"x": ["a"]})])


def test_an_object_is_created_once(vault: Vault) -> None:
    """A name that is taken is refused, and what is there stays."""
    (part,) = vault.write("batch", [pa.record_batch({"x": [1]})])
    with pytest.raises(WorldError, match="it exists already\n  nothing was overwritten"):
        vault.write("batch", [pa.record_batch({"x": [2]})])
    vault.verify(part)


def test_objects_are_for_their_owner(vault: Vault, tmp_path: Path) -> None:
    """Nobody else on the machine may read dead letters."""
    (part,) = vault.write("batch", [pa.record_batch({"x": [1]})])
    path = tmp_path / "dead letters" / part.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda path: path.unlink(), "a payload object is missing"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "bytes, not"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1] + b"x"), "a payload object was altered: its SHA-256 is another"),
        (lambda path: path.write_bytes(b""), "a payload object has 0 bytes, not"),
    ],
)
def test_what_is_not_what_was_written_is_not_read(vault: Vault, tmp_path: Path, harm: Callable[[Path], Any], said: str) -> None:
    """Missing, cut short or altered by one byte: no row of it is handed out; the message names the object and the mend."""
    (part,) = vault.write("batch", [pa.record_batch({"x": [1]})])
    harm(tmp_path / "dead letters" / part.path)
    for look in (vault.verify, lambda part: next(vault.read(part))):
        with pytest.raises(WorldError) as caught:
            look(part)
        assert said in caught.value.what
        assert caught.value.where.endswith(part.path)
        assert "restore the object from a backup" in caught.value.mend


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its path, retryable."""
    (tmp_path / "file").touch()
    with pytest.raises(WorldError, match="a payload object cannot be written"):
        Vault(str(tmp_path / "file")).write("batch", [pa.record_batch({"x": [1]})])


def test_deleting_leaves_no_empty_folder(vault: Vault, tmp_path: Path) -> None:
    """Deleting twice is deleting once."""
    (part,) = vault.write("a/b/c", [pa.record_batch({"x": [1]})])
    vault.delete(part.path)
    vault.delete(part.path)
    assert list((tmp_path / "dead letters").iterdir()) == []


def test_a_place_that_nothing_reads_is_refused() -> None:
    """An unknown kind of URL, or one whose reader is not installed, with what would do."""
    with pytest.raises(UsageError, match="nothing reads nonsense:// URLs"):
        Vault("nonsense://x")
    with pytest.raises(MissingExtra, match="gcs"):
        Vault("gcs://x")
    assert objects.without_secrets("s3://key:secret@bucket/path?token=x") == "s3://bucket/path"


# -- object stores ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def bucket() -> Iterator[dict[str, Any]]:
    """An S3 server on this machine, and how to reach it."""
    try:
        import s3fs
        from moto.server import ThreadedMotoServer
    except ImportError as error:
        pytest.skip(f"needs s3: {error}")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    storage = {"key": "k", "secret": "s", "endpoint_url": f"http://{host}:{port}", "client_kwargs": {"region_name": "eu-west-1"}}
    s3fs.S3FileSystem(**storage).mkdir("dead-letters")
    yield storage
    server.stop()


@pytest.fixture(params=["memory", "s3"])
def remote(request: pytest.FixtureRequest) -> Vault:
    """On an object store."""
    if request.param == "memory":
        return Vault(f"memory://{request.node.name}")
    return Vault(f"s3://dead-letters/{abs(hash(request.node.name))}", storage=request.getfixturevalue("bucket"))


def test_an_object_store_keeps_rows_too(remote: Vault) -> None:
    """Written, verified, read, refused a second time, listed as garbage and deleted, as on a folder."""
    batch = pa.record_batch({"x": [1, 2, 3], "t": pa.array([1, 2, 3], pa.timestamp("s"))})
    (part,) = remote.write("store/batch/1-abcd", [batch])
    assert part.path == "store/batch/1-abcd/part-00000.arrows"
    remote.verify(part)
    assert _table(remote, (part,)).to_batches()[0].equals(batch)
    with pytest.raises(WorldError, match="it exists already"):
        remote.write("store/batch/1-abcd", [batch])
    asked: list[tuple[str, int, str]] = []

    def needed(*said: Any) -> bool:
        asked.append(said)
        return False

    assert remote.garbage("store", needed=needed, grace=dt.timedelta(0)) == 1
    assert asked == [("batch", 1, part.path)]
    remote.delete(part.path)
    with pytest.raises(WorldError, match="a payload object is missing"):
        remote.verify(part)


def test_an_object_store_puts_large_objects_in_pieces(bucket: dict[str, Any]) -> None:
    """Larger than one piece of an upload; another writer of the same name loses."""
    vault = Vault("s3://dead-letters/large", storage=bucket)
    batch = pa.record_batch({"x": pa.array([os.urandom(1 << 20) for _ in range(60)])})
    (part,) = vault.write("store/batch/1-a", [batch])
    assert part.size > 60 << 20
    vault.verify(part)


def test_an_object_half_written_is_not_there(remote: Vault) -> None:
    """When writing fails in between, no object appears."""

    def broken() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"x": pa.array([os.urandom(100) for _ in range(600_000)])})
        raise OSError("the source went away")

    with pytest.raises(WorldError, match="the source went away"):
        remote.write("store/batch/1-a", broken())
    assert remote.garbage("store", needed=lambda *_: False, grace=dt.timedelta(0)) == 0


def test_an_object_store_that_is_down_is_told(bucket: dict[str, Any]) -> None:
    """Retryable, with the place and no secret."""
    vault = Vault("s3://no-such-bucket/x", storage={**bucket, "secret": "canary"})
    with pytest.raises(WorldError) as caught:
        vault.write("store/batch/1-a", [pa.record_batch({"x": [1]})])
    assert "canary" not in str(caught.value)
    assert "s3://no-such-bucket" in caught.value.where


def test_columns_are_encoded_by_what_they_hold(vault: Vault) -> None:
    """Whole numbers as differences, inside other columns too; all else, and a path that is two columns, by dictionaries."""
    inner = pa.struct([("n", pa.int32()), ("t", pa.string())])
    fields = [
        ("n", pa.int64()),
        ("t", pa.string()),
        ("s", inner),
        ("at", pa.date32()),
        ("x", pa.int8()),
        ("x", pa.string()),
    ]
    schema = pa.schema([pa.field(name, kind) for name, kind in fields])
    said = encodings(schema)
    assert said is not None
    assert set(said["column_encoding"]) == {"n", "s.n", "at"}
    assert set(said["use_dictionary"]) == {"t", "s.t", "x"}
    rows = pa.record_batch(
        [[3, None], ["a", None], [{"n": 1, "t": "b"}, None], [dt.date(2024, 1, 1), None], [5, None], ["c", None]],
        schema=schema,
    )
    assert _table(vault, vault.write("batch", [rows])).to_batches()[0].equals(rows)
