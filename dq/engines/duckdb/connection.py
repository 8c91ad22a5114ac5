"""DuckDB, locked down: limits first, then the door is closed; a query runs in a thread so that Ctrl-C stops it."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from dq.engines.model import Progress
from dq.errors import DqError, EngineError, SourceError, UsageError, WorldError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_FIRST_REPORT = 0.5  # seconds before progress is told


def start(memory_limit: str, threads: int, spill: Path) -> duckdb.DuckDBPyConnection:
    """
    A new instance. *memory_limit* as DuckDB writes it ("400MB"), *threads* 0 for all cores, *spill* for what does not fit.

    Raises:
        UsageError: the limit is none.
    """
    raw = duckdb.connect(config={"autoload_known_extensions": False, "autoinstall_known_extensions": False})
    try:
        raw.execute(f"SET memory_limit = {_quote(memory_limit)}")
    except duckdb.Error as error:
        raise UsageError(f"memory limit {memory_limit!r}: {_first_line(error)}", "settings", "say memory_limit = '1GB'") from None
    if threads:
        raw.execute(f"SET threads = {int(threads)}")
    raw.execute(f"SET temp_directory = {_quote(str(spill))}")
    raw.execute("SET GLOBAL TimeZone = 'UTC'")
    raw.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0")
    return raw


def lock(raw: duckdb.DuckDBPyConnection, files: Sequence[str], folders: Sequence[str]) -> None:
    """Allow *files* and *folders*, then nothing else, for good."""
    inside = ", ".join(map(_quote, folders))
    listed = ", ".join(map(_quote, files))
    raw.execute(f"SET allowed_paths = [{listed}]")
    raw.execute(f"SET allowed_directories = [{inside}]")
    raw.execute("SET enable_external_access = false; SET python_enable_replacements = false; SET lock_configuration = true")


class Connection:
    """A connection that runs statements in a thread, so that Ctrl-C stops them, and tells how far they are."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, *, progress: Progress | None = None) -> None:
        self.raw = raw
        self._progress = progress
        self._hand = _Hand()

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement and fetch all of its rows. Ctrl-C stops it at once."""
        rows: list[tuple[Any, ...]] = self._in_thread(lambda: self.raw.execute(sql).fetchall())
        return rows

    def reader(self, sql: str, rows: int = 65_536) -> Any:
        """The rows of one statement as a `RecordBatchReader`."""
        return self._in_thread(lambda: self.raw.sql(sql).to_arrow_reader(rows))

    def close(self) -> None:
        """Close the connection and free what it spilled."""
        self._hand.give(None)
        self.raw.close()

    def _in_thread(self, work: Any) -> Any:
        task = _Task(work)
        self._hand.give(task)
        try:
            self._wait(task.done)
        except BaseException:
            self.raw.interrupt()
            task.done.wait()
            raise
        if task.error is not None:
            raise translated(task.error) from task.error
        return task.value

    def _wait(self, done: threading.Event) -> None:
        if done.wait(_FIRST_REPORT):
            return
        while not done.wait(0.1):
            if self._progress:
                share = self.raw.query_progress()
                if share >= 0:
                    self._progress(share / 100)


class _Task:
    """One statement, run by another thread."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.done = threading.Event()
        self.value: Any = None
        self.error: BaseException | None = None
        self._work = work

    def run(self) -> None:
        """Do the work; what it raises is kept for who waits."""
        try:
            self.value = self._work()
        except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
            self.error = error
        finally:
            self.done.set()


class _Hand:
    """The thread that runs the statements of one connection, begun by the first one."""

    def __init__(self) -> None:
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._begun = False

    def give(self, task: _Task | None) -> None:
        """Have *task* run; None: there are no more."""
        if not self._begun and task is not None:
            self._begun = True
            threading.Thread(target=self._work, daemon=True).start()
        self._tasks.put(task)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task.run()
            del task  # with what it found


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
