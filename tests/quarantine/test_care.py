"""Afterwards: what was left undone is finished, what nobody needs is removed, what is wrong is found."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dq.errors import SourceChanged, UsageError
from dq.quarantine import collect, recover, rows, verify
from dq.store import Batch, State, open_store, schema

if TYPE_CHECKING:
    from tests.quarantine.conftest import Shop

Strike = Callable[[str, Callable[[], None]], None]


class _DiedError(Exception):
    """The process ended here."""


def _die() -> None:
    raise _DiedError


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "quarantine").rglob("*") if path.is_file())


def _left(shop: Shop, strike: Strike, point: str) -> Batch:
    """A batch whose process died at *point*."""
    strike(point, _die)
    with pytest.raises(_DiedError):
        shop.enforce(shop.work())
    return shop.store.batches()[0]


def test_a_batch_left_committed_is_published(shop: Shop, strike: Strike) -> None:
    """Who died between S5 and S6 is finished by recovery, by the batch's own `now`."""
    batch = _left(shop, strike, "after-commit")
    (found,) = recover(shop.store, lambda _: shop.work(), actor="dq")
    assert found.enforced is not None
    assert found.enforced.again
    assert shop.looks[-1] == batch.now
    assert shop.store.batch(batch.id).state is State.PUBLISHED
    assert recover(shop.store, lambda _: shop.work(), actor="dq") == ()


def test_a_batch_that_cannot_be_finished_keeps_none_from_being(shop: Shop, strike: Strike) -> None:
    """Data that changed, or cannot be found: the reason is told, and the batch stays."""
    batch = _left(shop, strike, "after-commit")
    (lost,) = recover(shop.store, lambda _: None, actor="dq")
    assert isinstance(lost.error, UsageError)
    assert lost.error.mend == "enforce the key again"
    (changed,) = recover(shop.store, lambda _: shop.work(5, 1), actor="dq")
    assert isinstance(changed.error, SourceChanged)
    assert shop.store.batch(batch.id).state is State.COMMITTED
    assert recover(shop.store, lambda _: shop.work(), actor="dq", older_than=timedelta(hours=1)) == ()


@pytest.mark.parametrize("point", ["after-drain", "after-verify", "commit:before COMMIT"])
def test_what_the_dead_left_is_removed(shop: Shop, strike: Strike, tmp_path: Path, point: str) -> None:
    """Objects of a claim that nobody settled go after the grace period, and so does the claim; not before."""
    kept = shop.enforce(shop.work(5, 1)).batch
    _left(shop, strike, point)
    assert len(_files(tmp_path)) == 2
    assert collect(shop.store, shop.vault) == (0, 0)
    time.sleep(0.01)
    assert collect(shop.store, shop.vault, grace=timedelta(0)) == (1, 1)
    assert [batch.id for batch in shop.store.batches()] == [kept.id]
    assert verify(shop.store, shop.vault, kept.id) == ()
    assert len(_files(tmp_path)) == 1


def test_objects_of_an_earlier_life_are_removed(shop: Shop, tmp_path: Path) -> None:
    """A batch that came back has new objects; its old ones go."""
    for work in (shop.work(), shop.work(5, 1), shop.work()):
        shop.enforce(work)
    assert len(_files(tmp_path)) == 3
    time.sleep(0.01)
    assert collect(shop.store, shop.vault, grace=timedelta(0)) == (0, 1)
    assert all(verify(shop.store, shop.vault, batch.id) == () for batch in shop.store.batches())


def test_what_is_not_of_this_store_is_left_alone(shop: Shop, tmp_path: Path) -> None:
    """Objects of another store in the same place, and files that dq did not write, stay."""
    shop.enforce(shop.work())
    other = tmp_path / "quarantine" / "another-store" / "batch" / "1-abcd" / "part-00000.parquet"
    stray = tmp_path / "quarantine" / shop.store.id / "notes.txt"
    for path in (other, stray):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine", "utf-8")
    time.sleep(0.01)
    assert collect(shop.store, shop.vault, grace=timedelta(0)) == (0, 0)
    assert other.exists()
    assert stray.exists()


def test_a_store_made_anew_writes_beside_the_old_one(shop: Shop, tmp_path: Path) -> None:
    """When the store was lost and its payload was not, enforcing the key again works."""
    shop.enforce(shop.work())
    for path in (tmp_path / ".dq").glob("store.db*"):
        if path.is_file():
            path.unlink()
    shop.store = open_store(folder=tmp_path)
    assert shop.enforce(shop.work()).batch.state is State.PUBLISHED


def test_an_altered_batch_is_found(shop: Shop, tmp_path: Path) -> None:
    """One byte of the payload, or one word of the audit: `verify` names it."""
    batch = shop.enforce(shop.work()).batch
    (path,) = _files(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    os.chmod(path, 0o600)  # noqa: PTH101  as somebody would
    path.write_bytes(data)
    shop.store._database.write("test", lambda c: c.execute(schema.audit.update().values(actor="mallory")))
    assert [problem.what for problem in verify(shop.store, shop.vault, batch.id)] == [
        "audit line 1 (committed) was altered",
        "a payload object was altered: its SHA-256 is another",
    ]


def test_rows_of_an_unknown_batch_are_refused(shop: Shop) -> None:
    """Before anything is read."""
    with pytest.raises(UsageError, match="no batch 'nothing'"):
        next(rows(shop.store, shop.vault, "nothing"))
