"""One locked-down DuckDB connection: limits first, then the door is closed; a query runs in a thread so that Ctrl-C stops it."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dq.engines.model import Progress
from dq.errors import DqError, EngineError, SourceError, UsageError, WorldError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_FIRST_REPORT = 0.5  # seconds before progress is told


class Connection:
    """
    A connection that reads only what it was opened for.

    *memory_limit* as DuckDB writes it ("400MB"), *threads* 0 for all cores, *spill* the folder for what does not fit.
    """

    def __init__(self, *, memory_limit: str, threads: int, spill: Path, progress: Progress | None = None) -> None:
        self.spill = spill
        self.raw = duckdb.connect(config={"autoload_known_extensions": False, "autoinstall_known_extensions": False})
        self._progress = progress
        try:
            self.raw.execute(f"SET memory_limit = {_quote(memory_limit)}")
        except duckdb.Error as error:
            raise UsageError(
                f"memory limit {memory_limit!r}: {_first_line(error)}", "settings", "say memory_limit = '1GB'"
            ) from None
        if threads:
            self.raw.execute(f"SET threads = {int(threads)}")
        self.raw.execute(f"SET temp_directory = {_quote(str(spill))}")
        self.raw.execute("SET TimeZone = 'UTC'")
        self.raw.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0")

    def lock(self, files: Sequence[str], folders: Sequence[str]) -> None:
        """Allow *files*, *folders* and the spill folder, then nothing else, for good."""
        inside = ", ".join(_quote(name) for name in (str(self.spill), *folders))
        listed = ", ".join(_quote(name) for name in files)
        self.raw.execute(f"SET allowed_paths = [{listed}]")
        self.raw.execute(f"SET allowed_directories = [{inside}]")
        self.raw.execute(
            "SET enable_external_access = false; SET python_enable_replacements = false; SET lock_configuration = true"
        )

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch all of its rows. Ctrl-C stops it at once."""
        rows: list[tuple[Any, ...]] = self._in_thread(lambda: self.raw.execute(sql).fetchall())
        return rows

    def reader(self, sql: str, rows: int = 65_536) -> Any:
        """The rows of one statement as a `RecordBatchReader`."""
        return self._in_thread(lambda: self.raw.sql(sql).to_arrow_reader(rows))

    def close(self) -> None:
        """Close the connection and free what it spilled."""
        self.raw.close()

    def _in_thread(self, work: Any) -> Any:
        done = threading.Event()
        box: dict[str, Any] = {}

        def target() -> None:
            try:
                box["value"] = work()
            except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
                box["error"] = error
            finally:
                done.set()

        thread = threading.Thread(target=target, daemon=True)
        thread.start()
        try:
            self._wait(done)
        except BaseException:
            self.raw.interrupt()
            thread.join()
            raise
        if "error" in box:
            raise translated(box["error"]) from box["error"]
        return box["value"]

    def _wait(self, done: threading.Event) -> None:
        if done.wait(_FIRST_REPORT):
            return
        while not done.wait(0.1):
            if self._progress:
                share = self.raw.query_progress()
                if share >= 0:
                    self._progress(share / 100)


def integers(batch: pa.RecordBatch) -> np.ndarray[Any, Any]:
    """The first column of *batch*, BIGINT without nulls, not copied: Arrow's own way would import pandas."""
    import numpy as np  # noqa: PLC0415

    column = batch.column(0)
    whole: np.ndarray[Any, Any] = np.frombuffer(column.buffers()[1], dtype=np.int64)
    return whole[column.offset : column.offset + len(column)]


def translated(error: BaseException) -> BaseException:
    """A DuckDB error as one of ours: out of memory and I/O are the world's, the rest is the engine's."""
    if isinstance(error, DqError) or not isinstance(error, duckdb.Error):
        return error
    text = _first_line(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return WorldError(text, "DuckDB", "raise memory_limit, or give spill_directory more room")
    if isinstance(error, duckdb.IOException | duckdb.HTTPException):
        return WorldError(text, "DuckDB")
    if isinstance(error, duckdb.InvalidInputException | duckdb.SerializationException) and "arquet" in text:
        return SourceError(text, "DuckDB")
    return EngineError(text, "DuckDB")


def _first_line(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    return re.sub(r"^[A-Z][A-Za-z ]* Error: ", "", text).removesuffix(" You might need to add explicit type casts.")


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
