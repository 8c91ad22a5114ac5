"""Laws of `dq.History`: what the store remembers of runs and dead letters, and what is done for them afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import dq
from dq.store import State, faults
from tests.people import CSV, ROWS, contract, enforce, ids, published, working


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a contract and a file."""
    yield from working(tmp_path, monkeypatch)


def test_the_store_remembers_runs_and_rows(folder: Path) -> None:
    """Runs with their checks, batches with their reasons and rows are read back, by the beginning of an id too."""
    del folder
    at = datetime(2024, 5, 2, tzinfo=UTC)
    done = enforce(key="d1", at=at, origin={"task": "load"})
    history = dq.History()
    run = history.run(done.batch.run[:8])
    assert (run.at, run.outcome, run.contract, run.origin["task"]) == (at, "quarantined", "people@1.0.0", "load")
    assert {item.id: item.bad for item in run.checks if item.bad} == {"age.minimum": 1, "age.maximum": 1}
    rows = [row for item in history.rows(done.batch.id[:8], limit=1) for row in item.to_pylist()]
    assert [(row["id"], row["since"]) for row in rows] == [(2, date(2024, 5, 2))]
    assert history.batches(key="d1", states=["published"])[0].id == done.batch.id
    assert history.batches(key="d2") == ()
    assert history.check() == ()


def test_a_validation_is_recorded_when_a_store_is_configured(folder: Path) -> None:
    """`dq.validate` leaves no trace by default, records with a store, and obeys `record`."""
    dq.validate("people.csv", "people")
    assert not (folder / ".dq").exists()
    where = dq.Settings(store_url=f"sqlite:///{folder / 'runs.db'}")
    dq.validate("people.csv", "people", settings=where)
    dq.validate("people.csv", "people", settings=where, record=False)
    dq.validate("people.csv", "people", settings=where, metadata_only=True)
    runs = dq.History(where).runs()
    assert [(item.slot.dataset, item.status, item.rows, item.bad_rows, item.outcome) for item in runs] == [
        ("people.people", "fail", 4, 2, None)
    ]
    dq.validate("people.csv", "people", record=True)
    assert len(dq.History().runs()) == 1


def _interrupted(point: str = "before-publish") -> None:
    def stop(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    faults.hook(stop)
    with pytest.raises(KeyboardInterrupt):
        enforce(key="d1")
    faults.hook(None)


def test_recover_finishes_what_a_crash_left(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch that was committed and not published is finished from its files, from another folder too; then there is none."""
    _interrupted()
    assert published(folder) == []
    other = folder / "elsewhere"
    other.mkdir()
    monkeypatch.chdir(other)
    where = dq.Settings(store_url=f"sqlite:///{folder / '.dq' / 'store.db'}", quarantine_url=str(folder / ".dq" / "quarantine"))
    (done,) = dq.History(where).recover()
    assert done.error is None
    assert ids(folder / "out" / "dq_key=d1" / "good.parquet") == [1, 4]
    assert dq.History(where).recover() == ()
    assert dq.History(where).batches()[0].state is State.PUBLISHED


def test_recover_does_not_publish_other_rows(folder: Path) -> None:
    """When the source or the contract changed since, recovering says so and publishes nothing."""
    _interrupted()
    (folder / "people.csv").write_text(CSV + "9,9,2024-05-09\n", "utf-8")
    (done,) = dq.History().recover()
    assert "has changed" in str(done.error)
    contract(folder, oldest=150)
    (done,) = dq.History().recover()
    assert "the contract of batch" in str(done.error)
    assert published(folder) == []
    assert enforce(key="d1").outcome == "quarantined"


def test_recover_leaves_frames_to_their_owner(folder: Path) -> None:
    """The data of a frame is gone with its process: its batch is told, not guessed."""
    del folder
    faults.hook(lambda name: (_ for _ in ()).throw(KeyboardInterrupt) if name == "before-publish" else None)
    with pytest.raises(KeyboardInterrupt):
        enforce(ROWS, "ages", key="d1")
    faults.hook(None)
    (done,) = dq.History().recover()
    assert "it came from a frame" in str(done.error)


def test_collect_removes_what_nobody_needs(folder: Path) -> None:
    """Payload of an attempt that died before its commit is removed once it is old; that of a batch stays."""
    _interrupted("after-drain")
    kept = enforce(key="d2")
    assert dq.History().collect(grace=timedelta(0)) == (1, 1)
    assert kept.bad.num_rows == 2
    del folder
