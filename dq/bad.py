"""The bad rows of a result, on disk: read in batches, or handed out whole to who asks."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.errors import UsageError, WorldError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

_ROWS = "rows.parquet"


class BadRows:
    """
    Every bad row of a result, with all its reasons.

    The columns of the source, typed, then `__dq_row_no` (from 0), `__dq_reasons` (ids of the checks it breaks, `; `
    between), `__dq_source` (its file) and `__dq_raw` (bytes that could not be read). They are on disk, in a folder that
    goes when this object goes; memory stays bounded.
    """

    def __init__(self, spill: str = "") -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="dq-bad-", dir=spill or None))
        self._length = 0
        self._finalizer = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def fill(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Write *batches*; the callback that `View.drain` wants."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        writer = None
        try:
            for batch in batches:
                if writer is None:
                    writer = pq.ParquetWriter(self._folder / _ROWS, batch.schema, compression="lz4")
                writer.write_batch(batch)
                self._length += batch.num_rows
        except OSError as error:
            raise WorldError(f"bad rows cannot be kept: {error}", str(self._folder), "give spill_directory more room") from error
        finally:
            if writer is not None:
                writer.close()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Rows as dicts."""
        for batch in self.batches():
            yield from batch.to_pylist()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows as Arrow record batches, in source order."""
        import pyarrow.parquet as pq  # noqa: PLC0415

        if self._length:
            with pq.ParquetFile(self._folder / _ROWS) as file:
                yield from file.iter_batches(65_536)

    def to_arrow(self) -> pa.Table:
        """All rows as an Arrow table; a table without columns when there are none."""
        import pyarrow as pa  # noqa: PLC0415

        batches = list(self.batches())
        return pa.Table.from_batches(batches) if batches else pa.table({})

    def to_pandas(self) -> pd.DataFrame:
        """All rows as a pandas frame."""
        frame: pd.DataFrame = self.to_arrow().to_pandas()
        return frame

    def write(self, path: str | Path) -> None:
        """
        Write all rows to *path*, as its suffix says: .parquet, .csv or .jsonl.

        Raises:
            UsageError: another suffix.
            WorldError: the file cannot be written.
        """
        suffix = Path(path).suffix.lower()
        writers = {".parquet": self._parquet, ".csv": self._csv, ".jsonl": self._jsonl, ".ndjson": self._jsonl}
        if suffix not in writers:
            raise UsageError(f"cannot write bad rows as '{suffix}'", str(path), f"end the name in {', '.join(writers)}")
        try:
            writers[suffix](Path(path))
        except OSError as error:
            raise WorldError(f"bad rows cannot be written: {error}", str(path)) from error

    def _parquet(self, path: Path) -> None:
        if self._length:
            shutil.copyfile(self._folder / _ROWS, path)
        else:
            import pyarrow as pa  # noqa: PLC0415
            import pyarrow.parquet as pq  # noqa: PLC0415

            pq.write_table(pa.table({}), path)

    def _csv(self, path: Path) -> None:
        import csv  # noqa: PLC0415

        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for number, batch in enumerate(self.batches()):
                if not number:
                    writer.writerow(batch.schema.names)
                for row in batch.to_pylist():
                    writer.writerow([_plain(value) for value in row.values()])

    def _jsonl(self, path: Path) -> None:
        import json  # noqa: PLC0415

        with path.open("w", encoding="utf-8") as file:
            for row in self:
                file.write(json.dumps({name: _jsonable(value) for name, value in row.items()}, ensure_ascii=False) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value


def _jsonable(value: object) -> object:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)  # noqa: PLR0124  NaN
    if isinstance(value, dict):
        return {str(name): _jsonable(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return _plain(value) if isinstance(value, bytes) else str(value)
