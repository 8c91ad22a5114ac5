"""A store of an older version goes on as one of this version: nothing is lost on the way."""

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


@pytest.mark.parametrize("version", upgrade.REVISIONS[:-1])
def test_dead_letters_of_an_older_store_go_on(version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A published batch keeps its objects, its open rows and its audit, and lands nothing; it can be held and purged."""
    from alembic.script import ScriptDirectory

    whole = ScriptDirectory._upgrade_revs
    with monkeypatch.context() as early:
        early.setattr(ScriptDirectory, "_upgrade_revs", lambda self, _, rev: whole(self, version, rev))
        early.setattr(upgrade, "HEAD", version)
        old = open_store(folder=tmp_path)
        with old._database.engine.begin() as connection:
            for table, values in _DATA.items():
                names = ", ".join(f'"{name}"' for name in values)
                connection.execute(
                    sa.text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{n}' for n in values)})"), values
                )
    assert upgrade_store(folder=tmp_path) == (version, HEAD)
    store = open_store(folder=tmp_path)
    batch = store.batch("b")
    assert (batch.state, batch.rows_due, batch.open, batch.landing) == ("published", 2, 3, ())
    assert [(item.path, item.rows) for item in batch.payload.objects] == [("p", 3)]
    assert (store.check(), store.verify_audit("b")) == ((), "")
    assert store.set_hold("b", held=True, actor="ann").legal_hold
    assert not store.set_hold("b", held=False, actor="ann").legal_hold
    assert store.purge("b", actor="ann").purged_at
    assert (store.check(), store.doomed()) == ((), ("p",))


_THEN = "2024-01-01 00:00:00"
_DATA: dict[str, dict[str, object]] = {
    "dq_dataset": {"id": 1, "name": "d", "owner": ""},
    "dq_slot": {"id": 1, "dataset": 1, "stage": "raw", "key": "k", "token": 1, "current_batch": "b", "current_token": 1},
    "dq_batch": {
        **dict.fromkeys(("plan", "policy", "fingerprint", "digest", "schema", "output", "run", "supersedes"), ""),
        **dict.fromkeys(("superseded_by", "parent", "audit_sha"), ""),
        **dict.fromkeys(("now", "claimed_at", "settled_at", "published_at"), _THEN),
        **dict.fromkeys(("token", "settled", "edition"), 1),
        "id": "b",
        "slot": 1,
        "state": "published",
        "rows_in": 5,
        "rows_good": 2,
        "rows_bad": 3,
        "blocked_by": "[]",
        "depth": 0,
        "legal_hold": False,
        "audit_seq": 0,
    },
    "dq_part": {"batch": "b", "ordinal": 0, "path": "p", "rows": 3, "size": 1, "sha256": "s"},
    "dq_replay": {"id": "r", "batch": "b", "plan": "", "fix": "{}", "actor": "ann", "state": "committed"},
}
