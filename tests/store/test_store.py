"""Opening a store: fresh, old, newer, gone; by one process or by several."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from dq.address import shown
from dq.errors import MissingExtra, UsageError, WorldError
from dq.store import Slot, Store, open_store, schema, upgrade_store
from dq.store.connect import address
from dq.store.upgrade import HEAD, REVISIONS

if TYPE_CHECKING:
    from tests.store.conftest import Facts


def _sql(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / ".dq" / "store.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_fresh_store_is_made(tmp_path: Path) -> None:
    """Without an address it is `.dq/store.db` in the folder, in WAL mode, and opening it again finds the same one."""
    store = open_store(folder=tmp_path)
    assert (tmp_path / ".dq" / "store.db").exists()
    assert open_store(folder=tmp_path).id == store.id
    assert store.check() == ()
    with store._database.outside() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_the_migrations_make_the_tables_that_the_code_knows(store: Store) -> None:
    """No table, column or index differs between a migrated store and the schema; the versions are those of the migrations."""
    with store._database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "dq_version", "compare_type": False})
        assert compare_metadata(context, schema.metadata) == []
    from alembic.script import ScriptDirectory

    import dq.store.migrations

    script = ScriptDirectory(str(Path(str(dq.store.migrations.__file__)).parent))
    assert tuple(item.revision for item in reversed(list(script.walk_revisions()))) == REVISIONS


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_several_may_make_a_store_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Opening a fresh store in several threads at once makes one store for all."""
    url = request.getfixturevalue("postgres")() if kind == "postgres" else ""
    found: list[object] = []

    def work() -> None:
        try:
            found.append(open_store(url, folder=tmp_path).id)
        except Exception as error:  # noqa: BLE001  it is looked at below
            found.append(error)

    threads = [Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert len(set(found)) == 1


def test_several_processes_may_make_a_store_at_once(tmp_path: Path, repository: Path) -> None:
    """So do processes."""
    code = "import sys; from dq.store import open_store; print(open_store(folder=sys.argv[1]).id)"
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=repository, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    found = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(found) == 1


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    """A store that a newer dq made is neither read nor upgraded; the mend is a newer dq."""
    open_store(folder=tmp_path)
    _sql(tmp_path, "UPDATE dq_version SET version_num = '9999'")
    for opening in (open_store, upgrade_store):
        with pytest.raises(UsageError) as caught:
            opening(folder=tmp_path)
        assert caught.value.what == f"the store has version 9999, newer than this dq, which knows {HEAD}"
        assert caught.value.where.endswith(".dq/store.db")
        assert caught.value.mend == "upgrade dq-suite"
        assert caught.value.exit_code == 2


def test_an_older_store_asks_to_be_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of an older version is not changed unasked; the message names the command."""
    from dq.store import upgrade

    open_store(folder=tmp_path)
    monkeypatch.setattr(upgrade, "REVISIONS", (*REVISIONS, "later"))
    monkeypatch.setattr(upgrade, "HEAD", "later")
    with pytest.raises(UsageError) as caught:
        open_store(folder=tmp_path)
    assert caught.value.what == f"the store has version {HEAD}, this dq needs later"
    assert caught.value.mend == "run `dq store upgrade`"


def test_an_upgrade_says_what_it_did(tmp_path: Path) -> None:
    """From nothing to this version, and then from this version to itself."""
    assert upgrade_store(folder=tmp_path) == (None, HEAD)
    assert upgrade_store(folder=tmp_path) == (HEAD, HEAD)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://host/db", "a store is SQLite or PostgreSQL, not mysql"),
        ("no address", "the store's address is not a database URL"),
        ("sqlite://", "a store needs a file that stays"),
        ("sqlite:///:memory:", "a store needs a file that stays"),
    ],
)
def test_an_address_must_name_a_store(url: str, said: str, tmp_path: Path) -> None:
    """What is no address, or of no database that dq keeps a store in, is refused with one that would do."""
    with pytest.raises(UsageError) as caught:
        open_store(url, folder=tmp_path)
    assert caught.value.what == said
    assert "sqlite:///path/to/store.db" in caught.value.mend


def test_a_missing_driver_names_its_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """PostgreSQL without psycopg says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match=r"dq-suite\[postgres\]"):
        open_store("postgresql://host/db", folder=tmp_path)


def test_a_store_that_cannot_be_reached_is_retryable_and_keeps_its_secrets(tmp_path: Path) -> None:
    """The message names the place, and neither the password of the address nor one in its options."""
    url = "postgresql://ann:s3cret-word@127.0.0.1:1/db?sslpassword=0ther-word"
    with pytest.raises(WorldError) as caught:
        open_store(url, folder=tmp_path)
    text = f"{caught.value}{caught.value.__cause__}{caught.value.args}"
    assert "s3cret-word" not in text
    assert "0ther-word" not in text
    assert "ann@127.0.0.1:1/db" in caught.value.where
    assert caught.value.exit_code == 3
    assert "see that the server runs" in caught.value.mend


def test_a_relative_address_is_below_the_folder(tmp_path: Path) -> None:
    """`sqlite:///state/dq.db` is a path from the project's folder."""
    assert address("sqlite:///state/dq.db", tmp_path).database == str(tmp_path / "state" / "dq.db")
    assert shown(sa.make_url("postgresql://h/d?password=x&sslmode=require")) == "postgresql://h/d?sslmode=require"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A file where the folder should be: retryable, with the place and the mend."""
    (tmp_path / ".dq").write_text("not a folder", "utf-8")
    with pytest.raises(WorldError, match="the store cannot be made") as caught:
        open_store(folder=tmp_path)
    assert "give another store_url" in caught.value.mend


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """It is left as it is."""
    (tmp_path / ".dq").mkdir()
    (tmp_path / ".dq" / "store.db").write_bytes(b"something else " * 100)
    with pytest.raises(WorldError, match="file is not a database"):
        open_store(folder=tmp_path)
    assert (tmp_path / ".dq" / "store.db").read_bytes() == b"something else " * 100


def test_values_never_show_in_errors(store: Store, facts: Facts) -> None:
    """When the database refuses a statement, the message holds no value that it was given."""
    facts.commit(store, "a")
    with pytest.raises(WorldError) as caught:
        store._database.write("test", lambda c: c.execute(sa.insert(schema.about), [{"name": "x", "value": "canary"}] * 2))
    assert "canary" not in str(caught.value)


def test_batches_are_found_newest_first_by_what_they_are(store: Store, facts: Facts) -> None:
    """By dataset, stage, key and state; by the start of an id; reasons with counts."""
    from dq.store import State

    facts.commit(store, "aa1")
    facts.commit(store, "aa2")
    other = Slot("shop.items", "mart", "x")
    facts.claim(store, "bb", other)
    assert [batch.id for batch in store.batches()] == ["bb", "aa2", "aa1"]
    assert [batch.id for batch in store.batches(dataset="shop.orders", states=(State.SUPERSEDED,))] == ["aa1"]
    assert [batch.id for batch in store.batches(stage="mart", key="x")] == ["bb"]
    assert store.batch("b").slot == other
    assert [(reason.check, reason.rows) for reason in store.reasons("aa2")] == [("amount.min", 3)]
    for wanted, said in (("aa", "several batch ids start with 'aa'"), ("zz", "no batch 'zz'")):
        with pytest.raises(UsageError, match=said):
            store.batch(wanted)


def test_vacuum_gives_space_back(tmp_path: Path, facts: Facts) -> None:
    """After many rows went, the file is smaller, and the store still whole."""
    store = open_store(folder=tmp_path)
    for _ in range(60):
        store.record_run(facts.run(origin={"note": "x" * 20_000}))
    path = tmp_path / ".dq" / "store.db"
    store._database.write("test", lambda c: (c.execute(sa.delete(schema.point)), c.execute(sa.delete(schema.run))))
    before = path.stat().st_size
    store.vacuum()
    assert path.stat().st_size < before / 4
    assert store.check() == ()


def test_vacuum_works_on_postgresql(postgres: Callable[[], str]) -> None:
    """It touches the store's own tables."""
    store = open_store(postgres())
    store.vacuum()
    assert store.check() == ()


def test_orphans_are_found(tmp_path: Path, facts: Facts) -> None:
    """A current batch that is not there, a run of a batch that is not there: `check` names them."""
    store = open_store(folder=tmp_path)
    facts.commit(store, "a")
    _sql(tmp_path, "UPDATE dq_slot SET current_batch = 'gone'")
    _sql(tmp_path, "UPDATE dq_run SET batch = 'lost-batch-of-a-run'")
    run = store.runs()[0].id[:12]
    assert [str(problem) for problem in store.check()] == [
        "slot 1: current batch is gone, but a is active",
        f"run {run}: its batch lost-batch-o is not there",
    ]
