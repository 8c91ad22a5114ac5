"""Malformed records on their way to the result: kept with their exact bytes, on disk, so that a million cost no memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 4096
_BYTES = 4 << 20


class Malformed:
    """
    Collects malformed records in an Arrow file at *path*; no file before the first.

    Use: `add` each, then `table` once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pa.RecordBatchFileWriter | None = None
        self._waiting: list[tuple[str, int, bytes, str]] = []
        self._bytes = 0
        self.count = 0

    def add(self, source: str, line: int, raw: bytes, problem: str) -> None:
        """One record of file *source* that starts at physical *line* (from 1)."""
        self._waiting.append((source, line, raw, problem))
        self._bytes += len(raw)
        self.count += 1
        if len(self._waiting) >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def table(self, first: int) -> pa.Table | None:
        """All records, memory-mapped, numbered from *first*; None when there are none."""
        if not self.count:
            return None
        import pyarrow as pa  # noqa: PLC0415  only files with malformed records need it

        self._flush()
        assert self._writer is not None  # noqa: S101  a record was flushed
        self._writer.close()
        with pa.memory_map(str(self._path)) as file:
            records = pa.ipc.open_file(file).read_all()
        numbers = pa.array(range(first, first + self.count), pa.int64())
        return records.add_column(0, "__dq_row_no", numbers)

    def _flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415  only files with malformed records need it

        schema = pa.schema(
            {"__dq_source": pa.string(), "line": pa.int64(), "__dq_raw": pa.large_binary(), "problem": pa.string()},
        )
        if self._writer is None:
            self._writer = pa.ipc.new_file(str(self._path), schema)
        if self._waiting:
            columns = zip(*self._waiting, strict=True)
            arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            self._writer.write_batch(pa.record_batch(arrays, schema=schema))
        self._waiting = []
        self._bytes = 0
