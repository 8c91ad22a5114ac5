"""One instance of DuckDB for the small frames of a process: to start another costs more than to check a thousand rows."""

from __future__ import annotations

import atexit
import math
import os
import secrets
import tempfile
import threading
from collections.abc import Iterable, Sized
from pathlib import Path

import duckdb

from dq.engines.duckdb.connection import Connection, lock, start
from dq.engines.model import Progress
from dq.source import Frame, Library, Source

_MOST_ROWS = 10_000  # no more than one thread of DuckDB would look at


def is_small(sources: Iterable[Source]) -> bool:
    """Whether all *sources* are frames in memory, of few rows."""
    return all(
        isinstance(item, Frame) and item.library is not Library.BATCHES and _rows(item.data) <= _MOST_ROWS for item in sources
    )


def _rows(data: object) -> float:
    return len(data) if isinstance(data, Sized) else math.inf


class _Instances:
    """Those of this process, by memory limit and folder to spill to; each reads nothing but what is registered with a cursor."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], duckdb.DuckDBPyConnection] = {}
        self._lock = threading.Lock()

    def cursor(self, memory_limit: str, spill: str) -> duckdb.DuckDBPyConnection:
        """A connection of its own: tables, views and interrupts of others are not its business."""
        with self._lock:
            found = self._known.get((memory_limit, spill))
            if found is None:
                folder = Path(spill or tempfile.gettempdir()) / f"dq-{os.getpid()}-{secrets.token_hex(4)}"
                found = start(memory_limit, 1, folder)  # DuckDB makes the folder when it needs it, and removes it
                lock(found, [], [str(folder)])
                self._known[memory_limit, spill] = found
            return found.cursor()

    def before_fork(self) -> None:
        """A child must find none: their threads are not its, and to end one would end the child."""
        self._lock.acquire()
        self.close()

    def after_fork(self) -> None:
        """The parent goes on, with new ones."""
        self._lock.release()

    def forked(self) -> None:
        """The child has a lock of its own: nobody would give back its parent's."""
        self._lock = threading.Lock()

    def close(self) -> None:
        """End them before the interpreter takes apart what they stand on."""
        while self._known:
            self._known.popitem()[1].close()


_instances = _Instances()
atexit.register(_instances.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_instances.before_fork, after_in_parent=_instances.after_fork, after_in_child=_instances.forked)


def shared(*, memory_limit: str, spill: str, progress: Progress | None = None) -> Connection:
    """A connection to the instance that small frames share; it is locked already."""
    return Connection(_instances.cursor(memory_limit, spill), progress=progress)
