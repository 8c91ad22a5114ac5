"""The marked rows of one look, fetched once and kept on disk: counted, sampled, and handed out with their reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.engines.database.arrays import array, numbers
from dq.engines.database.marks import COPIED, MARKED, SPARED, Marks
from dq.errors import WorldError
from dq.sql import ROW_NO

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

HASH, RAW, REASONS, ORIGIN = "__dq_hash", "__dq_raw", "__dq_reasons", "__dq_source"


class MarkedRows:
    """
    The rows that a check marks, in a file of *folder*; those that one of *checks* marks and does not spare are diverted.

    Diverted rows are numbered from 0, as they came: a row of a table has no place of its own.
    """

    def __init__(self, folder: Path, marks: Marks, checks: Collection[int], columns: Mapping[str, pa.DataType]) -> None:
        self._path = folder / "marked.arrows"
        self._marks, self._checks, self._columns = marks, frozenset(checks), dict(columns)
        self.diverted = 0
        self.by_check = dict.fromkeys(marks.bits, 0)
        self._digest = 0
        self._stored = False

    @property
    def schema(self) -> pa.Schema:
        """What is kept of a row: its columns, its hash, its marks, and what its columns' types could not hold."""
        import pyarrow as pa  # noqa: PLC0415

        words = [(name, pa.int64()) for name in (HASH, *self._marks.names(MARKED + SPARED + COPIED))]
        return pa.schema([*self._columns.items(), *words, (RAW, pa.binary())])

    def fill(self, batches: Iterator[pa.RecordBatch]) -> None:
        """Keep *batches*, and count."""
        import pyarrow as pa  # noqa: PLC0415

        options = pa.ipc.IpcWriteOptions(compression="lz4")
        try:
            with pa.OSFile(str(self._path), "wb") as file, pa.ipc.new_stream(file, self.schema, options=options) as writer:
                for batch in batches:
                    writer.write_batch(batch)
                    self._count(batch)
                    self._stored = True
        except OSError as error:
            raise WorldError(f"bad rows cannot be kept: {error}", str(self._path), "give spill_directory more room") from error

    def _count(self, batch: pa.RecordBatch) -> None:
        words = self._words(batch)
        diverted = self._marks.diverted(words, self._checks)
        self.diverted += int(diverted.sum())
        for check in self._marks.bits:
            marked = self._marks.has(words, check) & ~self._marks.has(words, check, SPARED) & diverted
            self.by_check[check] += int(marked.sum())
        hashes = numbers(batch.column(HASH)).astype("uint64")[diverted]
        self._digest = (self._digest + int(hashes.sum(dtype="uint64"))) % 2**64

    def told(self, rows: int, hashes: int, by_check: Mapping[int, int]) -> None:
        """What the database says of the diverted rows, where they are not fetched: how many, the sum of their hashes."""
        self.diverted, self._digest = rows, hashes % 2**64
        self.by_check = {**self.by_check, **by_check}

    @property
    def digest(self) -> str:
        """A name of the diverted rows, whatever their order."""
        return f"{self.diverted} {self._digest}"

    def rows(self, reasons: Mapping[int, str]) -> Iterator[pa.RecordBatch]:
        """The diverted rows, with their number, their reasons, and what their columns' types could not hold."""
        import pyarrow as pa  # noqa: PLC0415

        told: dict[tuple[int, ...], str] = {}
        number = 0
        for batch in self._batches():
            words = self._words(batch)
            chosen = batch.filter(array(self._marks.diverted(words, self._checks).tolist(), pa.bool_()))
            keys = list(
                zip(*(chosen.column(name).to_pylist() for name in self._marks.names(MARKED + SPARED + COPIED)), strict=True)
            )
            for key in set(keys) - told.keys():
                told[key] = self._marks.reasons(key, reasons)
            arrays = [chosen.column(name) for name in self._columns]
            arrays += [
                array(range(number, number + len(keys)), pa.int64()),
                array([told[key] for key in keys], pa.string()),
                pa.nulls(len(keys), pa.string()),
                chosen.column(RAW),
            ]
            number += len(keys)
            yield pa.RecordBatch.from_arrays(arrays, [*self._columns, ROW_NO, REASONS, ORIGIN, RAW])

    def sample(self, check: int, columns: Collection[str], limit: int) -> list[list[Any]]:
        """The values of *columns* of the first *limit* rows that *check* marks."""
        import numpy as np  # noqa: PLC0415
        import pyarrow as pa  # noqa: PLC0415

        found: list[list[Any]] = []
        for batch in self._batches():
            places = np.flatnonzero(self._marks.has(self._words(batch), check))[: limit - len(found)]
            rows = batch.select(list(columns)).take(array(places.tolist(), pa.int64()))
            found += [[column[row].as_py() for column in rows.columns] for row in range(rows.num_rows)]
            if len(found) >= limit:
                break
        return found

    def _words(self, batch: pa.RecordBatch) -> dict[str, np.ndarray[Any, Any]]:
        return {name: numbers(batch.column(name)) for name in self._marks.names(MARKED + SPARED + COPIED)}

    def _batches(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415

        if self._stored:
            with pa.OSFile(str(self._path), "rb") as file, pa.ipc.open_stream(file) as reader:
                yield from reader
