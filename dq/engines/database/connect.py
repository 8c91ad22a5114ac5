"""A table's database is reached: by its address, or through the engine or connection that was handed in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dq.address import in_file, shown, without_secrets
from dq.engines.database.server import Session
from dq.errors import DqError, MissingExtra, SourceError, UsageError, WorldError
from dq.source import Table

_DRIVERS = {"postgresql": "psycopg", "mysql": "pymysql", "mariadb": "pymysql", "sqlite": "pysqlite"}
_EXTRAS = {"psycopg": "postgres", "pymysql": "mysql"}
_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "mariadb": "mariadb", "sqlite": "sqlite"}
_SECONDS = 10  # to reach a server
_MEND = "say postgresql://user@host/database, mysql://…, mariadb://… or sqlite:///path"
# What a server says to those it does not let in: trying again will not help.
_BARRED = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "access denied",
    "unknown database",
    "no pg_hba.conf entry",
)


def dialect_of(table: Table) -> str:
    """
    The SQL that the database of *table* speaks.

    Raises:
        UsageError: it is none of those that dq reads.
    """
    backend = "postgresql" if (said := table.url.get_backend_name()) == "postgres" else said
    if backend not in _DIALECTS:
        raise UsageError(f"dq cannot read a table of {backend}", shown(table.url), _MEND)
    return _DIALECTS[backend]


@contextmanager
def connected(table: Table, timeout: float) -> Iterator[Session]:
    """
    A session in the database of *table*, in which every statement sees the same rows; *timeout* in seconds, 0 for none.

    Raises:
        MissingExtra: the driver is not installed. SourceError: the database lets nobody in. WorldError: it cannot be reached.
    """
    make, url = _session_class(dialect_of(table)), table.url
    with _raw(table, url) as (raw, inside):
        session = make(raw, url=url, name=shown(url), timeout=timeout, inside=inside)
        try:
            session.open()
            yield session
        finally:
            session.close()


@contextmanager
def writing(table: Table, timeout: float) -> Iterator[Session]:
    """
    A session that may change the database of *table*; what is not committed when it ends is undone.

    Raises:
        UsageError: the connection is in a transaction of its owner. As `connected` otherwise.
    """
    make, url = _session_class(dialect_of(table)), table.url
    with _raw(table, url, writes=True) as (raw, inside):
        if inside:
            what = "the connection of the output is in a transaction already: what goes on must be committed with its record"
            raise UsageError(what, shown(url), "commit it first, or give an engine or a URL")
        session = make(raw, url=url, name=shown(url), timeout=timeout, inside=False, writes=True)
        try:
            session.open()
            yield session
        finally:
            session.close()


def is_there(table: Table) -> bool:
    """Whether the database may be there: a file of SQLite that nobody has made yet is not."""
    return not in_file(table.url) or Path(str(table.url.database)).expanduser().is_file()


def same_place(one: Table, other: Table) -> bool:
    """Whether two tables lie in one database, whoever reads them."""
    if one.database is other.database or same_database(one, other):
        return True
    keys = [(url.get_backend_name(), url.host, url.port, url.database) for url in (one.url, other.url)]
    return keys[0] == keys[1] and one.url.get_backend_name() != "sqlite"


def same_database(one: Table, other: Table) -> bool:
    """Whether two tables lie in one database, so that one statement reaches both."""
    if one.database is other.database:
        return True
    urls = [item.url for item in (one, other)]
    if any(url.get_backend_name() != "sqlite" for url in urls):
        return bool(urls[0] == urls[1])
    if not all(map(in_file, urls)):
        return False
    files = [Path(str(url.database)).expanduser().resolve() for url in urls]
    return files[0] == files[1]


def _session_class(dialect: str) -> Callable[..., Session]:
    if dialect == "postgres":
        from dq.engines.database.postgres import Postgres  # noqa: PLC0415  one of three

        return Postgres
    if dialect in ("mysql", "mariadb"):
        from dq.engines.database.mysql import MySql  # noqa: PLC0415  one of three

        return MySql
    from dq.engines.database.sqlite import Sqlite  # noqa: PLC0415  one of three

    return Sqlite


@contextmanager
def _raw(table: Table, url: sa.URL, *, writes: bool = False) -> Iterator[tuple[Any, bool]]:
    """The driver's connection, and whether somebody's transaction is under way on it."""
    given = table.database
    if isinstance(given, sa.Connection):
        _check_driver(given.engine)
        inside = given.in_transaction()
        yield given.connection.driver_connection, inside
        if not inside and given.in_transaction():  # begun by itself, for us
            given.rollback()
        return
    engine = given if isinstance(given, sa.Engine) else _engine(url, writes=writes)
    _check_driver(engine)
    try:
        pooled = engine.raw_connection()
    except DqError:
        raise
    except DBAPIError as error:
        raise _refused(error.orig, url, table) from None
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        raise _refused(error, url, table) from None
    except Exception as error:
        if type(error).__module__.partition(".")[0] in ("psycopg", "pymysql"):
            raise _refused(error, url, table) from None
        raise
    try:
        yield pooled.driver_connection, False
    finally:
        pooled.close()


def _refused(error: object, url: sa.URL, table: Table) -> DqError:
    told: tuple[object, ...] = getattr(error, "args", ())
    said = without_secrets(f"{told[1]} ({told[0]})" if len(told) > 1 else str(error), url)  # a message behind its number
    if any(word in said.lower() for word in _BARRED):
        if table.recalled:
            mend = "the store keeps no passwords: put the address with its own into the setting databases (DQ_DATABASES)"
            return SourceError(said, shown(url), mend)
        return SourceError(said, shown(url), "see that user, password and database are right, and that the user may come in")
    return WorldError(said, shown(url), "see that the database is there and lets dq in; then try again")


def _check_driver(engine: sa.Engine) -> None:
    backend, wanted = engine.url.get_backend_name(), _DRIVERS.get(engine.url.get_backend_name(), "")
    if engine.driver != wanted:
        raise UsageError(f"dq reads {backend} by {wanted}, not by {engine.driver}", shown(engine.url), "give the URL instead")


def _engine(url: sa.URL, *, writes: bool) -> sa.Engine:
    """An engine of ours: its connection is opened for one look, and closed after it."""
    backend = "postgresql" if url.get_backend_name() == "postgres" else url.get_backend_name()
    driver = _DRIVERS[backend]
    if backend == "sqlite":
        return sa.create_engine("sqlite://", creator=_opener(url, writes=writes), poolclass=sa.NullPool)
    options: dict[str, Any] = {"connect_timeout": _SECONDS}
    options |= {"application_name": "dq"} if driver == "psycopg" else {"charset": "utf8mb4"}
    try:
        return sa.create_engine(
            url.set(drivername=f"{backend}+{driver}"), poolclass=sa.NullPool, hide_parameters=True, connect_args=options
        )
    except ModuleNotFoundError:
        raise MissingExtra(driver, _EXTRAS[driver]) from None
    except (SQLAlchemyError, ValueError, TypeError) as error:
        raise UsageError(without_secrets(str(error), url), shown(url), _MEND) from None


def _opener(url: sa.URL, *, writes: bool) -> Callable[[], sqlite3.Connection]:
    """Opens a file of SQLite: for reading alone one that is there; for writing it may be a new one in a folder that is there."""
    if not url.database or url.database == ":memory:":
        raise UsageError("a database in memory is seen by its own connection alone", shown(url), "give the connection")
    path = Path(url.database).expanduser()
    if not (path.parent.is_dir() if writes else path.is_file()):
        raise WorldError("no such database file", str(path), "see that it is there")
    mode = "rwc" if writes else "ro"
    return lambda: sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=_SECONDS, check_same_thread=False)
