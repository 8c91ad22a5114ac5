"""A MariaDB server for tests: Debian's, on a free loopback port, in a folder of its own, gone with the tests."""

from __future__ import annotations

import getpass
import itertools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

_NUMBERS = itertools.count()
_PATIENCE = 60  # seconds until the server answers
# Processes die in these tests, the machine does not: nothing needs to reach the disk.
_HURRIED = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=16M",
    "--innodb-buffer-pool-size=64M",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--performance-schema=OFF",
)


class NoServerError(Exception):
    """There is no MariaDB on this machine."""


@contextmanager
def server() -> Iterator[Callable[[], str]]:
    """
    A running server; what it gives back makes a fresh database and says its address.

    Raises:
        NoServerError: `mariadbd` or its driver is not installed.
    """
    program, install = _program("mariadbd"), _program("mariadb-install-db")
    try:
        import pymysql  # noqa: F401  SQLAlchemy needs it
    except ImportError as error:
        raise NoServerError(str(error)) from None
    with tempfile.TemporaryDirectory(prefix="dq-maria-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        common = [f"--user={getpass.getuser()}", f"--datadir={folder / 'data'}", "--innodb-log-file-size=16M"]
        command = [install, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", *common]
        subprocess.run(command, check=True, capture_output=True)
        port = _free_port()
        with (folder / "log").open("wb") as log:
            running = subprocess.Popen(
                [
                    program,
                    "--no-defaults",
                    *common,
                    f"--port={port}",
                    "--bind-address=127.0.0.1",
                    f"--socket={folder / 'socket'}",
                    f"--pid-file={folder / 'pid'}",
                    *_HURRIED,
                ],
                stdout=log,
                stderr=log,
            )
        try:
            address = sa.URL.create("mysql+pymysql", "root", host="127.0.0.1", port=port, query={"charset": "utf8mb4"})
            _await(address, running, folder / "log")
            yield lambda: _database(address)
        finally:
            running.terminate()
            running.wait(_PATIENCE)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/local/bin:/usr/bin")
    if found is None:
        raise NoServerError(f"no program {name}")
    return found


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _connected(address: sa.URL) -> sa.Connection:
    return sa.create_engine(address, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool).connect()


def _await(address: sa.URL, running: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            _connected(address).close()
        except sa.exc.OperationalError as error:
            if running.poll() is not None or time.monotonic() > until:
                msg = f"mariadbd does not answer: {error}\n{log.read_text('utf-8', 'replace')[-2000:]}"
                raise RuntimeError(msg) from None
            time.sleep(0.1)
        else:
            return


def _database(address: sa.URL) -> str:
    name = f"dq_{os.getpid()}_{next(_NUMBERS)}"
    with _connected(address) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Callable[[], str]]:
    """Makes fresh MariaDB databases; without the server the test is skipped."""
    try:
        with server() as fresh:
            yield fresh
    except NoServerError as error:
        pytest.skip(f"needs mariadb: {error}")
