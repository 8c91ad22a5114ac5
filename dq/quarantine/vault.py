"""
Dead letters at rest: immutable objects of typed rows, Parquet where it holds every type exactly, else an Arrow stream.

An object is created once, known by its SHA-256, and read only when it still has it.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from dq.errors import EngineError, WorldError
from dq.quarantine.cipher import SUFFIX, Opened, Sealed, can_encrypt
from dq.quarantine.keys import Keys
from dq.quarantine.moved import Tables
from dq.quarantine.objects import Objects, Sink, objects, telling
from dq.store import Part, faults

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_PART = 1_000_000
BAD, GOOD = "part", "good"  # names of objects: dead letters, and the rows of a replay that land
_GROUP_ROWS = 131_072
_GROUP_BYTES = 32 << 20  # rows wait in memory up to here
_DICTIONARY = 64 << 10  # bytes of it; values that fill more are better written as they are
_CHUNK = 4 << 20
_BATCH_ROWS = 65_536
_CAST = "cast the column to another type first"


class Vault:
    """
    Payload objects below *root*: a folder, or any URL that fsspec knows. *storage* goes to fsspec, *keys* encrypt them.

    *tables* find the rows that are no objects, for they were moved within their database.

    Raises:
        UsageError, MissingExtra: nothing here reads such a URL.
    """

    def __init__(
        self,
        root: str,
        *,
        storage: Mapping[str, Any] | None = None,
        rows_per_part: int = ROWS_PER_PART,
        keys: Keys | None = None,
        tables: Tables | None = None,
    ) -> None:
        self._objects: Objects = objects(root, storage)
        self._rows_per_part = rows_per_part
        self.keys = keys or Keys()
        self.tables = tables or Tables()
        self.name = self._objects.name

    def write(self, folder: str, batches: Iterable[pa.RecordBatch], *, first: int = 0, name: str = BAD) -> tuple[Part, ...]:
        """
        Write *batches* as objects *name* below *folder*, numbered from *first*; no rows, no object. Memory stays bounded.

        Raises:
            EngineError: a type can be held by neither format; batches differ in schema.
            WorldError: an object cannot be written, or is there already. UsageError: what should encrypt is no key.
        """
        if self.keys.newest is not None:
            can_encrypt()
        groups = _groups(batches)
        parts: list[Part] = []
        for group in groups:
            number = first + len(parts)
            parts.append(self._one(f"{folder}/{name}-{number:05d}", group, groups))
            faults.at("in-drain")
        return tuple(parts)

    def _one(self, stem: str, group: pa.Table, more: Iterator[pa.Table]) -> Part:
        """One object: *group*, and groups from *more* until it is full."""
        import pyarrow as pa  # noqa: PLC0415

        encoded = encodings(group.schema)
        key = self.keys.newest
        path = f"{stem}{'.arrows' if encoded is None else '.parquet'}{SUFFIX if key else ''}"
        rows = 0

        def fill(sink: Sink) -> None:
            nonlocal rows
            hashed = _Hashed(sink, digest)
            sealed = Sealed(hashed, key) if key else None
            with _writer(sealed or hashed, group.schema, encoded) as writer, ThreadPoolExecutor(1) as beside:
                table: pa.Table | None = group
                while table is not None:
                    writing = beside.submit(writer.write_table, table)  # encoding takes as long as reading: both at once
                    rows += table.num_rows
                    table = next(more, None) if rows < self._rows_per_part else None
                    writing.result()
            if sealed is not None:
                sealed.finish()

        digest = _Digest()
        try:
            self._objects.create(path, fill)
        except pa.ArrowException as error:
            raise EngineError(f"bad rows cannot be kept: {error}", stem, _CAST) from None
        return Part(path, rows, digest.size, digest.sha256, key.id if key else "")

    def verify(self, part: Part) -> None:
        """
        Read the object back, and see that it is what was written.

        Raises:
            WorldError: it is missing, altered or cut short; the message says which.
        """
        with closing(self._opened(part)) as file:
            self._check(part, file)

    def read(self, part: Part) -> Iterator[pa.RecordBatch]:
        """
        The rows of an object, in order; its bytes are checked before the first one.

        Raises:
            WorldError: it is missing, altered or cut short. UsageError: its key is not given.
        """
        import pyarrow as pa  # noqa: PLC0415

        with closing(self._opened(part)) as file:
            self._check(part, file)
            file.seek(0)
            plain = Opened(file, self.keys, f"{self.name}/{part.path}") if part.path.endswith(SUFFIX) else file
            if part.path.removesuffix(SUFFIX).endswith(".parquet"):
                import pyarrow.parquet as pq  # noqa: PLC0415

                with pq.ParquetFile(plain) as parquet:
                    yield from parquet.iter_batches(_BATCH_ROWS)
            else:
                with pa.ipc.open_stream(plain) as stream:
                    yield from stream

    def delete(self, path: str) -> None:
        """Remove the object, or the rows of a table that *path* says as JSON; that they are gone already is no error."""
        if path.startswith("{"):
            self.tables.delete(path)
        else:
            self._objects.delete(path)

    def garbage(self, store_id: str, *, needed: Callable[[str, int, str], bool], grace: timedelta, batch: str = "") -> int:
        """
        Remove the store's objects, or those of one *batch*, that nobody needs and that are older than *grace*; how many.

        *needed* is asked with the batch, the token and the path of each object. Other stores' objects are left alone.
        """
        before = datetime.now(UTC) - grace
        removed = 0
        for found in list(self._objects.walk(f"{store_id}/{batch}" if batch else store_id)):
            names = PurePosixPath(found.path).parts
            token = names[2].partition("-")[0] if len(names) == 4 else ""  # store, batch, token, object
            if not token.isdecimal() or found.changed > before or needed(names[1], int(token), found.path):
                continue
            self._objects.delete(found.path)
            removed += 1
        return removed

    def _opened(self, part: Part) -> IO[bytes]:
        try:
            return self._objects.open(part.path)
        except FileNotFoundError:
            mend = "is quarantine_url what it was when the rows were diverted? restore the object from a backup"
            raise WorldError("a payload object is missing", f"{self.name}/{part.path}", mend) from None

    def _check(self, part: Part, file: IO[bytes]) -> None:
        digest = _Digest()
        with telling(
            "a payload object cannot be read", f"{self.name}/{part.path}", "try again; else restore the object from a backup"
        ):
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        if (digest.size, digest.sha256) != (part.size, part.sha256):
            how = (
                f"has {digest.size:,} bytes, not {part.size:,}"
                if digest.size != part.size
                else "was altered: its SHA-256 is another"
            )
            raise WorldError(f"a payload object {how}", f"{self.name}/{part.path}", "restore the object from a backup")


def folder_of(store_id: str, batch_id: str, token: int) -> str:
    """A folder that no other claim writes to, not even after the store was made anew."""
    return f"{store_id}/{batch_id}/{token}-{secrets.token_hex(4)}"


def encodings(schema: pa.Schema) -> dict[str, Any] | None:
    """
    How Parquet writes columns of *schema* best; None when it does not give back this very schema: an Arrow stream does then.

    Found out by writing no rows: whole numbers, days and times as differences, all else by a dictionary while it is small.

    Raises:
        EngineError: neither Parquet nor an Arrow stream can hold a type; it is named.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    buffer = io.BytesIO()
    try:
        with _writer(buffer, schema, {}):
            pass
        buffer.seek(0)
        empty = pq.ParquetFile(buffer)
        if empty.schema_arrow.equals(schema, check_metadata=True):
            return _encodings([empty.schema.column(place) for place in range(len(empty.schema.names))])
    except (pa.ArrowException, OSError, NotImplementedError, ValueError):  # a buffer has no other reason to fail
        pass
    try:
        with _writer(io.BytesIO(), schema, None):
            pass
    except (pa.ArrowException, OSError, NotImplementedError, ValueError) as error:
        raise EngineError(f"bad rows cannot be kept: {error}", "quarantine", _CAST) from None
    return None


def _encodings(columns: Iterable[Any]) -> dict[str, Any]:
    kinds: dict[str, set[str]] = {}  # of a path; the names of two columns may be one
    for column in columns:
        kinds.setdefault(column.path, set()).add(column.physical_type)
    whole = [path for path, found in kinds.items() if found <= {"INT32", "INT64"}]
    return {
        "use_dictionary": [path for path in kinds if path not in whole],
        "column_encoding": dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        "dictionary_pagesize_limit": _DICTIONARY,
    }


def _writer(sink: Any, schema: pa.Schema, encoded: Mapping[str, Any] | None) -> Any:
    """A writer of Parquet, *encoded* so; of an Arrow stream if None."""
    if encoded is not None:
        import pyarrow.parquet as pq  # noqa: PLC0415

        return pq.ParquetWriter(sink, schema, compression="zstd", version="2.6", use_compliant_nested_type=False, **encoded)
    import pyarrow as pa  # noqa: PLC0415

    return pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd"))


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The rows of *batches* in tables of a good size for a row group."""
    import pyarrow as pa  # noqa: PLC0415

    waiting: list[pa.RecordBatch] = []
    schema: pa.Schema | None = None
    rows = size = 0
    for batch in batches:
        if not batch.num_rows:
            continue
        schema = schema or batch.schema
        if batch.schema != schema:
            raise EngineError("bad rows change their columns on the way", "quarantine", "hand in batches of one schema")
        waiting.append(batch)
        rows, size = rows + batch.num_rows, size + batch.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.Table.from_batches(waiting)
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.Table.from_batches(waiting)


class _Digest:
    """Size and SHA-256 of bytes that pass."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def update(self, data: Any) -> None:
        """Count and hash."""
        view = memoryview(data).cast("B")
        self._hash.update(view)
        self.size += len(view)

    @property
    def sha256(self) -> str:
        """Of all that passed."""
        return self._hash.hexdigest()


class _Hashed(io.RawIOBase):
    """A file to write to that hashes what passes."""

    def __init__(self, sink: Sink, digest: _Digest) -> None:
        self._sink = sink
        self._digest = digest

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Hash, and pass on."""
        self._digest.update(data)
        self._sink.write(data)
        return memoryview(data).nbytes
