"""A store of the first version goes on as one of this version: nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from dq.store import open_store, upgrade, upgrade_store
from dq.store.upgrade import HEAD


def test_a_store_of_the_first_version_is_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its samples stay, and are about nobody that is known."""
    from alembic.script import ScriptDirectory

    whole = ScriptDirectory._upgrade_revs
    with monkeypatch.context() as early:
        early.setattr(ScriptDirectory, "_upgrade_revs", lambda self, _, rev: whole(self, "0001", rev))
        early.setattr(upgrade, "HEAD", "0001")
        old = open_store(folder=tmp_path)
        with old._database.engine.begin() as connection:
            tables = sa.inspect(connection).get_table_names()
            connection.execute(sa.text("INSERT INTO dq_dataset (id, name, owner) VALUES (1, 'd', '')"))
            run = dict.fromkeys(("stage", "key", "plan", "engine"), "") | {
                "id": "r",
                "dataset": 1,
                "status": "pass",
                "origin": "{}",
            }
            run |= {"rows": 1, "bad_rows": 0, **dict.fromkeys(("at", "now", "started", "finished"), "2024-01-01")}
            names = ", ".join(run)
            connection.execute(sa.text(f"INSERT INTO dq_run ({names}) VALUES ({', '.join(f':{name}' for name in run)})"), run)
            connection.execute(sa.text("INSERT INTO dq_sample VALUES ('r', 0, 0, '{}')"))
        assert "dq_subject" not in tables
    assert upgrade_store(folder=tmp_path) == ("0001", HEAD)
    store = open_store(folder=tmp_path)
    assert store.id == old.id
    assert store.check() == ()
    assert store.erase_samples({"": ["anybody"]}) == 0
    with store._database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM dq_sample")).scalar_one() == 1
