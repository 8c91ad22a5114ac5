"""
Who publishes into a slot holds it, alone: the order in which batches were committed is the order in which they publish.

SQLite: a lock of the operating system on a file beside the store. PostgreSQL: an advisory lock of a transaction kept open
meanwhile. Both end with the process that holds them, however it ends.
"""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from dq.errors import WorldError
from dq.store.connect import Database
from dq.store.model import Slot

PATIENCE = 600.0  # seconds to wait for another's publishing
SOON = 1.0  # seconds to wait for another's replay: it may take long, and then the rows are decided about
_FILES = 64  # lock files in all; two slots may share one and wait for each other


@contextmanager
def held(database: Database, slot: Slot, patience: float = PATIENCE, what: str = "publishing") -> Iterator[Callable[[], None]]:
    """
    Hold *slot* for *what* inside the `with`; what it gives back raises when the hold was lost.

    Raises:
        WorldError: somebody else holds it for longer than *patience* seconds.
    """
    place = _file_held if database.is_sqlite else _lock_held
    with place(database, slot, patience, what) as confirm:
        yield confirm


@contextmanager
def _file_held(database: Database, slot: Slot, patience: float, what: str) -> Iterator[Callable[[], None]]:
    import fcntl  # noqa: PLC0415  not on every system

    with ExitStack() as stack:
        with database.telling():
            folder = Path(f"{database.url.database}.locks")
            folder.mkdir(exist_ok=True)
            name = f"{what[0]}{_number(slot, what) % _FILES:02d}"
            file = stack.enter_context((folder / name).open("ab"))  # closing it frees the lock

            def taken() -> bool:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                return True

            _wait(taken, slot, patience, what)
            stack.callback(fcntl.flock, file, fcntl.LOCK_UN)  # a child forked meanwhile would keep it
        yield _sure


@contextmanager
def _lock_held(database: Database, slot: Slot, patience: float, what: str) -> Iterator[Callable[[], None]]:
    key = _number(slot, what) - 2**63
    with ExitStack() as stack:
        with database.telling():
            connection = database.engine.connect()
            stack.callback(_leave, connection)
            connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            _wait(lambda: bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(key)))), slot, patience, what)

        def confirm() -> None:
            with database.telling():
                connection.execute(sa.select(1))

        yield confirm


def _leave(connection: sa.Connection) -> None:
    """Give the lock back; should the connection be gone, the lock is too."""
    with suppress(SQLAlchemyError):
        connection.close()


def _sure() -> None:
    """A lock of the operating system is not lost while its file is open."""


def _wait(taken: Callable[[], bool], slot: Slot, patience: float, what: str) -> None:
    deadline, pause = time.monotonic() + patience, 0.01
    while not taken():
        if time.monotonic() > deadline:
            mend = "try again when it has ended; when it hangs, end it"
            raise WorldError(f"another process has been {what} this key for {patience:g} seconds", str(slot), mend)
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  so that two do not meet again and again
        pause = min(pause * 1.5, 1.0)


def _number(slot: Slot, what: str) -> int:
    said = slot.text if what == "publishing" else f"{what} {slot.text}"
    return int.from_bytes(hashlib.sha256(said.encode()).digest()[:8], "big")
