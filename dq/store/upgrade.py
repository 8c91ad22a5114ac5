"""The version of a store: made when it is fresh, refused when it is newer, upgraded when somebody says so."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from dq.errors import UsageError, WorldError
from dq.store.connect import BUSY, Database, insert_missing
from dq.store.model import new_id
from dq.store.schema import about

REVISIONS = ("0001", "0002", "0003", "0004")  # of the migrations, oldest first
HEAD = REVISIONS[-1]
VERSION_TABLE = "dq_version"
_LOCK = 0x6471_0001  # PostgreSQL advisory lock: one upgrade at a time
_MIGRATIONS = Path(__file__).parent / "migrations"


def ensure(database: Database) -> None:
    """
    Make a fresh store, and see that an existing one has this version.

    Raises:
        UsageError: it is newer, or older; the message says what to do.
        WorldError: it cannot be reached or made.
    """
    found = database.read(revision) if _exists(database) else None
    if found == HEAD:
        return
    if found is None:
        upgrade(database)
        return
    _refuse_newer(found, database.name)
    raise UsageError(f"the store has version {found}, this dq needs {HEAD}", database.name, "run `dq store upgrade`")


def upgrade(database: Database) -> tuple[str | None, str]:
    """
    Bring the store to this version; the versions before and after. Several processes may do it at once.

    Raises:
        UsageError: it is newer than this dq.
    """
    if database.is_sqlite:
        _make_file(database)
    return database.write("upgrade", partial(_upgrade, name=database.name))


def revision(connection: sa.Connection) -> str | None:
    """The version that the store says it has; None: there is no store yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}"))
    return found


def _upgrade(connection: sa.Connection, name: str) -> tuple[str | None, str]:
    from alembic.config import Config  # noqa: PLC0415  only an upgrade needs it
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    before = revision(connection)
    if before is not None:
        _refuse_newer(before, name)
    if before != HEAD:
        script = ScriptDirectory(str(_MIGRATIONS))
        with EnvironmentContext(Config(), script, fn=lambda rev, _: script._upgrade_revs("head", rev)) as context:  # noqa: SLF001
            context.configure(connection=connection, version_table=VERSION_TABLE, transactional_ddl=True)
            context.run_migrations()
    insert_missing(connection, about, [{"name": "id", "value": new_id()}])
    return before, HEAD


def _refuse_newer(found: str, name: str) -> None:
    if found not in REVISIONS:
        raise UsageError(f"the store has version {found}, newer than this dq, which knows {HEAD}", name, "upgrade dq-suite")


def _exists(database: Database) -> bool:
    """Whether there may be a store; asking must not make a file."""
    return not database.is_sqlite or Path(database.url.database or "").exists()


def _make_file(database: Database) -> None:
    """The folder and the file, in WAL mode: readers and one writer do not wait for each other."""
    path = Path(database.url.database or "")
    mend = "see that the folder can be written, or give another store_url"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + BUSY
        with closing(sqlite3.connect(path, timeout=BUSY)) as connection:
            while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                try:
                    connection.execute("PRAGMA journal_mode = WAL")
                except sqlite3.OperationalError as error:  # another process is doing the same
                    if "locked" not in str(error) or time.monotonic() > deadline:
                        raise
                    time.sleep(0.01)
    except (OSError, sqlite3.Error) as error:
        raise WorldError(f"the store cannot be made: {error}", str(path), mend) from None
