"""Dead letters have an end: retention, holds, purge, erasure, rotation, audit, numbers. Replays: test_replay_privacy.py."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import dq
from dq.errors import UsageError
from dq.quarantine import new_key
from dq.store import Batch, RowState
from tests.postgres import postgres

__all__ = ["postgres"]

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}
status: active
customProperties: [{{property: dq, value: {{budget: 90%{retention}}}}}]
schema:
  - name: people
    properties:
      - {{name: id, logicalType: string{subject}}}
      - {{name: email, logicalType: string, classification: confidential}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: 120}}}}
"""
SUBJECT = ", customProperties: [{property: dq, value: {subject: true}}]"
ROWS = "".join(f"P-{number},mail-{number}@example.org,{number * 20}\n" for number in range(12))  # P-7 and later are too old
WRONG = "P-1,mail-1,unread\n"  # an age that is no number
CUT = 'P-2,"mail-2\n'  # a record that cannot be read
Enforce = Callable[..., Batch]


@pytest.fixture(params=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> str:
    """Payloads with a key, and without one."""
    return new_key() if request.param == "encrypted" else ""


@pytest.fixture
def settings(tmp_path: Path, key: str) -> dq.Settings:
    """Everything below a folder."""
    where = f"sqlite:///{tmp_path / 'store' / 'store.db'}"
    return dq.Settings(
        str(tmp_path / "contracts"), store_url=where, quarantine_url=str(tmp_path / "vault"), quarantine_key=key, threads=1
    )


@pytest.fixture
def enforce(tmp_path: Path, settings: dq.Settings) -> Enforce:
    """Enforce rows under a key."""

    def run(rows: str = ROWS, key: str = "day", subject: str = SUBJECT, retention: str = "", **said: str) -> Batch:
        version = f"1.{len(list(tmp_path.glob('contracts/people/*')))}.0"
        path = tmp_path / "contracts" / "people" / f"{version}.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONTRACT.format(version=version, subject=subject, retention=retention and f", retention: {retention}"))
        source = tmp_path / f"{key}.csv"
        source.write_text(f"id,email,age\n{rows}", "utf-8")
        output = str(tmp_path / "good" / "{key}.parquet")
        return dq.enforce(source, path, stage="raw", key=key, output=output, settings=settings, **said).batch  # type: ignore[arg-type]

    return run


@pytest.fixture
def history(settings: dq.Settings, enforce: Enforce) -> dq.History:
    """The store, with a batch of five bad rows: P-7 to P-11."""
    enforce()
    return dq.History(settings)


def _batch(history: dq.History) -> Batch:
    return history.batches()[0]


def _ids(history: dq.History, batch: Batch) -> list[str | None]:
    return [row["id"] for piece in history.rows(batch.id, unmask="test") for row in piece.to_pylist()]


def _words(folder: Path) -> Iterator[str]:
    """Everything that dq owns, as text; objects of the vault decrypted and unpacked."""
    for path in folder.rglob("*"):
        if path.is_file() and path.parts[len(folder.parts)] == "store":
            yield path.read_bytes().decode("latin-1")
        elif path.suffix == ".parquet" and "vault" in path.parts:
            yield str(pq.read_table(path, use_threads=False).to_pylist())


# -- retention -------------------------------------------------------------------------------------------------------


def test_retention_counts_from_quarantine(enforce: Enforce, settings: dq.Settings) -> None:
    """The contract's holds, else the settings'; a batch without bad rows never expires; without any, nothing does."""
    batch = enforce(retention="P30D")
    assert batch.settled_at is not None
    assert batch.expires_at == batch.settled_at + timedelta(days=30)
    assert enforce("P-1,a,1\n", "clean", retention="P30D").expires_at is None
    assert enforce(key="ever").expires_at is None
    assert settings.retention == ""


def test_unresolved_rows_are_announced(enforce: Enforce, settings: dq.Settings) -> None:
    """Those that will be purged soon, the next first; not what is held, superseded, or kept longer."""
    found = [enforce(key=f"day {days}", retention=f"P{days}D") for days in (5, 3, 90)]
    history = dq.History(settings)
    assert [item.id for item in history.expiring()] == [found[1].id, found[0].id]
    assert [item.id for item in history.expiring(within=timedelta(days=4))] == [found[1].id]
    history.hold(found[1].id)
    enforce("P-1,a,1\n", "day 5", retention="P5D")
    assert history.expiring() == ()


def test_expired_rows_are_purged(history: dq.History, tmp_path: Path) -> None:
    """Objects and samples go, counts and reasons stay, open rows are purged, the space is back; twice is once."""
    batch = _batch(history)
    assert history.purge() == ()
    with sqlite3.connect(tmp_path / "store" / "store.db") as connection:
        connection.execute("UPDATE dq_batch SET expires_at = ?", [str(datetime(2024, 1, 1))])  # noqa: DTZ001  as SQLite has it
    connection.close()
    (done,) = history.purge(note="old")
    assert (done.error, done.batch.id, done.batch.rows_bad, done.batch.open) == (None, batch.id, 5, 0)
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    assert [(item.first, item.last, item.state) for item in history._store.row_states(batch.id)] == [(0, 4, RowState.PURGED)]
    assert [(item.check, item.rows) for item in history.reasons(batch.id)] == [("age.maximum", 5)]
    assert not any(item.samples for item in history.run(batch.run).checks)
    assert (history.purge(), history.purge(batch.id)[0].error, history.check(), history.verify()) == ((), None, (), ())
    assert [line.event for line in history.audit(batch.id)] == ["committed", "published", "purged"]
    assert history.audit(batch.id)[-1].detail["note"] == "old"
    with pytest.raises(UsageError, match="were purged at"):
        next(history.rows(batch.id))


def test_a_legal_hold_wins(history: dq.History) -> None:
    """Held rows are neither purged nor erased, and both say so; released they are. Twice is once; each change is audited."""
    batch = _batch(history)
    history.hold(batch.id, reason="court")
    history.hold(batch.id[:8], reason="court")
    (refused,) = history.purge(batch.id)
    assert isinstance(refused.error, UsageError)
    assert "legal hold" in refused.error.what
    samples = [item.samples for item in history.run(batch.run).checks]
    left = history.erase("P-8")
    assert (left.complete, left.rows, [(item.rows, item.held) for item in left.batches]) == (False, 0, [(1, True)])
    assert [item.samples for item in history.run(batch.run).checks] == samples
    assert len(_ids(history, batch)) == 5
    history.release(batch.id)
    assert history.erase("P-8").complete
    assert history.purge(batch.id)[0].error is None
    events = [line.event for line in history.audit(batch.id)]
    assert events == ["committed", "published", "legal hold set", "unmasked", "legal hold released", "erased", "purged"]


def test_a_purged_key_can_be_enforced_again(enforce: Enforce, settings: dq.Settings) -> None:
    """The same content changes nothing; other content takes its place."""
    batch = enforce()
    history = dq.History(settings)
    history.purge(batch.id)
    assert history.batch(batch.id).purged_at
    assert enforce("P-1,a,500\nP-2,a,1\n").rows_bad == 1
    assert history.check() == ()


def test_who_holds_the_slot_is_waited_for(history: dq.History, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is being published or replayed is neither purged nor erased; the others are."""
    from dq.quarantine import retention

    batch = _batch(history)
    monkeypatch.setattr(retention, "PATIENCE", 0.1)
    with history._store.holding(batch):
        (done,) = history.purge(batch.id)
    assert done.error is not None
    assert done.error.retryable
    assert len(_ids(history, batch)) == 5
    assert history.purge(batch.id)[0].error is None


# -- erasure ---------------------------------------------------------------------------------------------------------


def test_a_person_is_forgotten(enforce: Enforce, settings: dq.Settings, tmp_path: Path) -> None:
    """Nothing that dq owns names them afterwards; the rows keep place, number and reasons; the audit has a hash."""
    batch = enforce()
    history = dq.History(settings)
    before = _ids(history, batch)
    done = history.erase("P-8", note="article 17")
    assert (done.complete, done.rows, done.samples, done.settled) == (True, 1, 1, True)
    assert done.datasets == ("people.people",)
    assert done.outside == (str(tmp_path / "good" / "day.parquet"),)
    assert _ids(history, batch) == [None if name == "P-8" else name for name in before]
    rows = [row for piece in history.rows(batch.id, unmask="x") for row in piece.to_pylist()]
    assert [row["__dq_row_no"] for row in rows] == [7, 8, 9, 10, 11]
    assert rows[1] == {
        **dict.fromkeys(rows[1]),
        "__dq_row_no": 8,
        "__dq_reasons": "age.maximum",
        "__dq_source": rows[0]["__dq_source"],
    }
    assert history.batch(batch.id).open == 4
    said = history.audit(batch.id)[-2 if history.audit(batch.id)[-1].event == "unmasked" else -1]
    assert said.event == "unmasked" or said.detail["subject"] == done.subject
    texts = list(_words(tmp_path))
    assert texts
    assert not [text for text in texts if "P-8" in text or "mail-8" in text]
    assert (history.check(), history.verify()) == ((), ())


def test_erasing_again_changes_nothing(history: dq.History) -> None:
    """No row, no sample, no line in the audit; a stranger is not found either."""
    history.erase("P-8")
    before = history.audit(_batch(history).id)
    again = history.erase("P-8")
    assert (again.complete, again.rows, again.samples, again.batches) == (True, 0, 0, ())
    assert history.erase("P-800").batches == ()
    assert history.audit(_batch(history).id) == before


def test_a_dry_run_only_counts(history: dq.History) -> None:
    """It says what there is, and leaves it."""
    before = _batch(history)
    done = history.erase("P-8", dry_run=True)
    assert (done.rows, done.samples) == (1, 0)
    assert history.batch(before.id) == before


@pytest.mark.parametrize("name", ["P-1", "P-2"])
def test_records_that_could_not_be_read_are_forgotten(name: str, enforce: Enforce, settings: dq.Settings, tmp_path: Path) -> None:
    """A value that is no number, and a record without an end, are searched as they were written."""
    batch = enforce(ROWS + WRONG + CUT)
    history = dq.History(settings)
    assert batch.rows_bad == 7
    assert history.erase(name).rows == 1
    assert not [text for text in _words(tmp_path) if f"mail-{name[2:]}" in text.replace("mail-10", "").replace("mail-11", "")]
    assert history.check() == ()


def test_batches_before_the_mark_are_read(enforce: Enforce, settings: dq.Settings) -> None:
    """Once a contract marks who a row is about, older batches of the dataset are searched, too."""
    old = enforce(key="old", subject="")
    enforce(key="new")
    history = dq.History(settings)
    assert history.erase("P-9").rows == 2
    assert None in _ids(history, old)


def test_without_a_mark_nobody_is_found(enforce: Enforce, settings: dq.Settings) -> None:
    """And that is said."""
    enforce(subject="")
    assert dq.History(settings).erase("P-9").datasets == ()


@pytest.mark.parametrize("nobody", ["", "  "])
def test_nobody_is_no_person(nobody: str, history: dq.History) -> None:
    """An empty name is refused."""
    with pytest.raises(UsageError, match="nobody is named"):
        history.erase(nobody)


def test_a_reader_sees_every_row_once(enforce: Enforce, settings: dq.Settings) -> None:
    """Objects may be replaced and collected under a reader: each row comes once, as it was or emptied."""
    batch = enforce("".join(f"P-{number},mail,500\n" for number in range(300)) + "ok,mail,5\n" * 300)
    history, broken = dq.History(settings), []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                found = _ids(dq.History(settings), batch)
                wanted = [f"P-{number}" for number in range(300)]
                assert len(found) == 300
                assert all(name in (None, want) for name, want in zip(found, wanted, strict=True))
            except BaseException as error:  # noqa: BLE001  it is looked at below
                broken.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(6):
        history.erase(f"P-{number * 7}")
        history.collect(grace=timedelta(0))
    done.set()
    for reader in readers:
        reader.join()
    assert broken == []
    assert _ids(history, batch).count(None) == 6


def test_erasure_works_on_postgresql(
    tmp_path: Path, postgres: Callable[[], str], enforce: Enforce, settings: dq.Settings
) -> None:
    """The same with the store on a server; it cannot promise that its own log forgets."""
    from dataclasses import replace

    del settings, enforce
    where = dq.Settings(store_url=postgres(), quarantine_url=str(tmp_path / "vault"), quarantine_key=new_key(), threads=1)
    contract = tmp_path / "people.odcs.yaml"
    contract.write_text(CONTRACT.format(version="1.0.0", subject=SUBJECT, retention=", retention: P5D"), "utf-8")
    source = tmp_path / "day.csv"
    source.write_text(f"id,email,age\n{ROWS}", "utf-8")
    batch = dq.enforce(source, contract, stage="raw", key="day", output=str(tmp_path / "good/"), settings=where).batch
    history = dq.History(where)
    done = history.erase("P-8")
    assert (done.rows, done.samples, done.complete, done.settled) == (1, 1, True, False)
    ring = f"{new_key()},{where.quarantine_key}"
    history = dq.History(replace(where, quarantine_key=ring))
    assert [item.error for item in history.rotate()] == [None]
    assert history.erase("P-9").rows == 1
    assert [item.id for item in history.expiring()] == [batch.id]
    assert history.stats().datasets[0].purged == 2
    assert [item.error for item in history.purge(batch.id)] == [None]
    assert (history.check(), history.verify()) == ((), ())


# -- keys ------------------------------------------------------------------------------------------------------------


def test_keys_are_rotated(enforce: Enforce, settings: dq.Settings, key: str) -> None:
    """Afterwards the newest key alone reads all, and finds people by it; doing it again changes nothing."""
    from dataclasses import replace

    batch = enforce()
    fresh = new_key()
    both = dq.History(replace(settings, quarantine_key=f"{fresh},{key}".rstrip(",")))
    assert [item.error for item in both.rotate()] == [None]
    assert both.rotate() == ()
    alone = dq.History(replace(settings, quarantine_key=fresh))
    assert len(_ids(alone, batch)) == 5
    assert alone.erase("P-8").rows == 1
    assert (alone.check(), alone.verify()) == ((), ())
    assert "rotated" in [line.event for line in alone.audit(batch.id)]


def test_rotation_needs_a_key(history: dq.History, settings: dq.Settings) -> None:
    """Without one it is refused, and says how to make one."""
    from dataclasses import replace

    if not settings.quarantine_key:
        with pytest.raises(UsageError, match="no key is given"):
            history.rotate()
    lost = dq.History(replace(settings, quarantine_key=new_key()))
    (done,) = lost.rotate()
    if settings.quarantine_key:
        assert isinstance(done.error, UsageError)
        assert "encrypted with key" in done.error.what
        assert lost.erase("P-8").complete is False
        assert lost.purge(_batch(lost).id)[0].error is None
    else:
        assert done.error is None


# -- the truth -------------------------------------------------------------------------------------------------------


def test_one_flipped_byte_of_a_payload_is_found(history: dq.History, tmp_path: Path) -> None:
    """Wherever it is; so is an object that is gone."""
    (path,) = (tmp_path / "vault").rglob("part-*")
    data = path.read_bytes()
    assert history.verify() == ()
    for place in (0, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert ["altered" in item.what for item in history.verify(_batch(history).id)] == [True]
    path.unlink()
    assert ["missing" in item.what for item in history.verify()] == [True]


TAMPERED = {
    "an actor": "UPDATE dq_audit SET actor = actor || ' ' WHERE seq = 1",
    "a time": "UPDATE dq_audit SET at = replace(at, '20', '21') WHERE seq = 2",
    "a detail": "UPDATE dq_audit SET detail = replace(detail, '12', '13') WHERE seq = 1",
    "a line": "DELETE FROM dq_audit WHERE seq = 1",
    "the last line": "DELETE FROM dq_audit WHERE seq = 2",
    "all lines": "DELETE FROM dq_audit",
    "the end": "UPDATE dq_batch SET audit_seq = 1",
    "an object's hash": "UPDATE dq_part SET sha256 = substr(sha256, 2) || 'x'",
    "an object's rows": "UPDATE dq_part SET rows = rows + 1",
    "an object": "DELETE FROM dq_part",
    "a purge": "UPDATE dq_part SET purged_at = '2024-01-01 00:00:00.000000'",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_changed_store_is_found(what: str, history: dq.History, tmp_path: Path) -> None:
    """A changed line, a chain that was cut, and objects that are not those of the audit."""
    with sqlite3.connect(tmp_path / "store" / "store.db") as connection:
        connection.execute(TAMPERED[what])
    connection.close()
    assert history.verify()


# -- numbers ---------------------------------------------------------------------------------------------------------


def test_dead_letters_in_numbers(enforce: Enforce, settings: dq.Settings) -> None:
    """By reason and day; by dataset what became of them, with the oldest open; blocked batches are evidence."""
    first = enforce(key="first")
    enforce(key="second")
    enforce(rows="P-1,a,1\n", key="second")
    blocked = enforce(rows="P-1,a,500\n", key="third")
    history = dq.History(settings)
    history.erase("P-8", dataset="people.people")
    found = history.stats()
    assert [(item.check, item.rows) for item in found.reasons] == [("age.maximum", 11)]
    (said,) = found.datasets
    assert (said.batches, said.rows, said.open, said.superseded, said.purged, said.evidence) == (3, 10, 4, 5, 1, 1)
    assert (said.oldest_batch, said.share, said.seconds) == (first.id, 0.0, None)
    assert blocked.rows_bad == 1
    later = datetime.now(UTC) + timedelta(days=1)
    assert (history.stats(since=later).datasets, history.stats(dataset="other").reasons) == ((), ())


def test_time_to_resolve_is_the_median(history: dq.History) -> None:
    """Of rows, not of batches: half of those that were resolved took less."""
    from dq.store import RowRange, rows

    batch = _batch(history)
    assert batch.settled_at is not None
    at = batch.settled_at
    for first, last, hours in ((0, 0, 1), (1, 3, 5)):
        with history._store._database.engine.begin() as connection:
            ranges = [RowRange(first, last, RowState.DISCARDED)]
            rows.act(connection, batch.id, ranges, actor="ann", at=at + timedelta(hours=hours))
    (said,) = history.stats().datasets
    assert (said.discarded, said.open, said.share, said.seconds) == (4, 1, 0.8, 5 * 3600)
