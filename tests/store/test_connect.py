"""How a store is reached: a connection for each transaction, one for all inside `kept`, and never a parent's."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dq.store.connect import Database, address

Count = Callable[[], tuple[int, int]]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of each kind."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    (tmp_path / ".dq").mkdir()
    return Database(address(url, tmp_path))


@pytest.fixture
def server(postgres: Callable[[], str]) -> Database:
    """An empty database of PostgreSQL."""
    return Database(address(postgres(), "."))


@pytest.fixture
def counted(database: Database) -> Iterator[Count]:
    """How many connections were opened, and how many closed."""
    said = {"connect": 0, "close": 0}

    def opened(*_: Any) -> None:
        said["connect"] += 1

    def closed(*_: Any) -> None:
        said["close"] += 1

    sa.event.listen(database.engine, "connect", opened)
    sa.event.listen(database.engine, "close", closed)
    yield lambda: (said["connect"], said["close"])
    sa.event.remove(database.engine, "connect", opened)
    sa.event.remove(database.engine, "close", closed)


def _ask(connection: sa.Connection) -> Any:
    return connection.scalar(sa.text("SELECT 1"))


def test_no_connection_outlives_its_transaction(database: Database, counted: Count) -> None:
    """Each transaction opens one, and closes it."""
    before = counted()
    for _ in range(3):
        assert database.read(_ask) == 1
    assert counted() == (before[0] + 3, before[1] + 3)


def test_what_is_kept_is_one_connection(database: Database, counted: Count) -> None:
    """Inside, readers and writers take turns on one connection; it is closed at the end, whatever happened."""
    before = counted()
    with pytest.raises(RuntimeError, match="stop"), database.kept():  # noqa: PT012  what was before must hold after
        database.read(_ask)
        with database.kept():
            database.write("test", lambda c: c.execute(sa.text("CREATE TABLE things (id INTEGER)")))
        database.write("test", lambda c: c.execute(sa.text("INSERT INTO things VALUES (7)")))
        assert database.read(lambda c: c.scalar(sa.text("SELECT id FROM things"))) == 7
        assert counted() == (before[0] + 1, before[1])
        raise RuntimeError("stop")
    assert counted() == (before[0] + 1, before[1] + 1)


def test_a_reader_stays_a_reader_on_a_kept_connection(server: Database) -> None:
    """A transaction has the nature of its own, not that of the one before."""
    with server.kept():
        server.write("test", lambda c: c.execute(sa.text("CREATE TABLE things (id INTEGER)")))
        assert server.read(lambda c: c.scalar(sa.text("SHOW transaction_read_only"))) == "on"
        assert server.write("test", lambda c: c.scalar(sa.text("SHOW transaction_isolation"))) == "read committed"
        assert server.read(lambda c: c.scalar(sa.text("SHOW transaction_isolation"))) == "repeatable read"


def test_threads_do_not_share_what_is_kept(database: Database, counted: Count) -> None:
    """Another thread, which keeps nothing, has connections of its own."""
    before = counted()
    with database.kept():
        database.read(_ask)
        other = threading.Thread(target=lambda: database.read(_ask))
        other.start()
        other.join()
        assert counted() == (before[0] + 2, before[1] + 1)


def test_a_kept_connection_that_breaks_is_made_anew(server: Database) -> None:
    """The server ended it while it waited: the next transaction does not notice."""
    with server.kept():
        number = server.read(lambda c: c.scalar(sa.text("SELECT pg_backend_pid()")))
        other = threading.Thread(
            target=lambda: server.write("end", lambda c: c.execute(sa.text(f"SELECT pg_terminate_backend({number})")))
        )
        other.start()
        other.join()
        assert server.read(_ask) == 1


def test_a_child_leaves_the_connection_of_its_parent_alone(database: Database) -> None:
    """Forked inside `kept`, a process opens its own; the parent's goes on as it was."""
    with database.kept():
        database.write("test", lambda c: c.execute(sa.text("CREATE TABLE things (id INTEGER)")))
        child = os.fork()
        if not child:
            code = 1
            try:
                database.write("test", lambda c: c.execute(sa.text("INSERT INTO things VALUES (7)")))
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert database.read(lambda c: c.scalar(sa.text("SELECT id FROM things"))) == 7
        database.write("test", lambda c: c.execute(sa.text("INSERT INTO things VALUES (8)")))
    assert database.read(lambda c: c.scalar(sa.text("SELECT count(*) FROM things"))) == 2
