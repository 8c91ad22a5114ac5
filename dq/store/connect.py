"""One database: how it is reached, what a transaction is, and how its failures are told."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from dq.address import shown, without_secrets
from dq.errors import DqError, MissingExtra, UsageError, WorldError
from dq.store import faults

T = TypeVar("T")
BUSY = 30.0  # seconds that a SQLite transaction waits for another
_AGAIN = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock
_TRIES = 5


class Database:
    """
    A SQLite file or a PostgreSQL database.

    No connection outlives its transaction, so a process may fork at any time between two of them; inside `kept` it may not
    use the store afterwards in the same thread, but then makes a connection of its own.
    """

    def __init__(self, url: sa.URL) -> None:
        self.url = url
        self.name = shown(url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.engine = _engine(url)

    def read(self, work: Callable[[sa.Connection], T]) -> T:
        """What *work* returns, given one consistent look."""
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.telling(), self.engine.connect().execution_options(**options) as connection, connection.begin():
            return work(connection)

    def write(self, name: str, work: Callable[[sa.Connection], T]) -> T:
        """
        What *work* returns, done in one transaction called *name*: all of it, or nothing.

        Raises:
            WorldError: the database cannot be reached, or failed; whether COMMIT was done is then unknown, so ask again.
        """
        for tries in range(_TRIES):
            try:
                return self._once(name, work)
            except _AgainError:
                time.sleep(random.uniform(0, 0.05 * 2**tries))  # noqa: S311  two that collide should not meet again
        return self._once(name, work)

    def _once(self, name: str, work: Callable[[sa.Connection], T]) -> T:
        with self.telling(), self.engine.connect().execution_options(dq_write=True) as connection:
            with connection.begin():
                done = work(connection)
                faults.at(f"{name}:before COMMIT")
            faults.at(f"{name}:after COMMIT")
            return done

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Inside, transactions of this thread use one connection: to open another costs more than they do."""
        pool = self.engine.pool
        assert isinstance(pool, _OnePool)  # noqa: S101  made below
        with pool.kept():
            yield

    @contextmanager
    def outside(self) -> Iterator[sa.Connection]:
        """A connection without a transaction, for VACUUM."""
        with self.telling(), self.engine.connect().execution_options(dq_outside=True) as connection:
            yield connection if self.is_sqlite else connection.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Failures of the driver and the system leave as errors of ours, without a secret in them."""
        try:
            yield
        except DqError:
            raise
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) in _AGAIN:
                raise _AgainError(*self._said(error.orig)) from None
            raise WorldError(*self._said(error.orig)) from None
        except (SQLAlchemyError, OSError) as error:
            raise WorldError(*self._said(error)) from None

    def _said(self, error: object) -> tuple[str, str, str]:
        text = without_secrets(str(error), self.url)
        mend = (
            "see that the folder can be written and the disk has room"
            if self.is_sqlite
            else "see that the server runs and lets dq in"
        )
        return f"the store failed: {text}", self.name, f"{mend}; then try again, nothing is half done"


@lru_cache(maxsize=64)
def _engine(url: sa.URL) -> sa.Engine:
    """One for each address: it keeps no connection, but every statement that was compiled, which costs more than running it."""
    local = url.get_backend_name() == "sqlite"
    options: dict[str, Any] = {"timeout": BUSY} if local else _KEEP_ALIVE
    engine = sa.create_engine(url, poolclass=_OnePool, pool_pre_ping=not local, hide_parameters=True, connect_args=options)
    if local:
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
    return engine


class _OnePool(sa.NullPool):
    """Keeps nothing, but for a thread that says so: then one connection, until it says so no longer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._mine = _Mine()

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep a connection of this thread inside."""
        self._mine.depth += 1
        try:
            yield
        finally:
            self._mine.depth -= 1
            if not self._mine.depth and (idle := self._mine.taken()) is not None:
                idle.close()

    def _do_get(self) -> Any:
        return self._mine.taken() or super()._do_get()

    def _do_return_conn(self, record: Any) -> None:
        if self._mine.depth and self._mine.idle is None:
            self._mine.idle, self._mine.process = record, os.getpid()
        else:
            super()._do_return_conn(record)


class _Mine(threading.local):
    """What a pool keeps for one thread."""

    depth = 0
    idle: Any = None
    process = 0

    def taken(self) -> Any:
        """The connection that waits, if any. One that was open before a fork is the parent's: it is left alone, not closed."""
        idle, self.idle = self.idle, None
        if idle is not None and self.process != os.getpid():
            _inherited.append(idle)
            return None
        return idle


_inherited: list[Any] = []


class _AgainError(WorldError):
    """The database asks to do the transaction again."""


_KEEP_ALIVE = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "application_name": "dq",
}


def address(url: str, folder: str | Path) -> sa.URL:
    """
    The database that *url* names; "" is `.dq/store.db` in *folder*.

    Raises:
        UsageError: it is no address, or not of SQLite or PostgreSQL, or in memory only.
        MissingExtra: it is PostgreSQL, and the driver is not installed.
    """
    if not url:
        return sa.URL.create("sqlite", database=str(Path(folder).resolve() / ".dq" / "store.db"))
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("the store's address is not a database URL", "store_url", _MEND) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.query:
            raise UsageError("a store needs a file that stays", "store_url", _MEND)
        return sa.URL.create("sqlite", database=str(Path(folder).resolve() / Path(parsed.database).expanduser()))
    if backend in ("postgresql", "postgres"):
        _need_psycopg()
        return parsed.set(drivername="postgresql+psycopg")
    raise UsageError(f"a store is SQLite or PostgreSQL, not {backend}", "store_url", _MEND)


_MEND = "say sqlite:///path/to/store.db, or postgresql://user:password@host/database"


def _need_psycopg() -> None:
    try:
        import psycopg  # noqa: F401, PLC0415
    except ImportError:
        raise MissingExtra("psycopg", "postgres") from None


def insert_missing(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Insert *rows* that are not there yet, in an order that two transactions cannot cross."""
    if not rows:
        return
    ordered = sorted(rows, key=lambda row: [str(value) for value in row.values()])
    connection.execute(_insert_missing(table, connection.dialect.name), ordered)


@lru_cache
def _insert_missing(table: sa.Table, dialect: str) -> sa.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def _prepare(connection: Any, record: object) -> None:
    """Transactions are ours to begin; what is committed is on disk, what is deleted is not; tables keep their promises."""
    del record
    connection.isolation_level = None
    for pragma in ("foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    """A writer takes its place at once: two that read first and write later could not both go on."""
    options = connection.get_execution_options()
    if not options.get("dq_outside"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("dq_write") else "BEGIN")
