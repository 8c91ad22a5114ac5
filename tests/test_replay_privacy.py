"""What a replay keeps is kept as what it came from: found, held, purged, encrypted and verified with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import dq
from dq.errors import UsageError, WorldError
from dq.quarantine import Keys, Vault, new_key
from dq.quarantine.landing import good_rows
from dq.store import Batch, RowState, State, faults

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}
status: active
customProperties: [{{property: dq, value: {{budget: 90%, retention: P30D}}}}]
schema:
  - name: people
    properties:
      - {{name: id, logicalType: string, customProperties: [{{property: dq, value: {{subject: true}}}}]}}
      - {{name: email, logicalType: string, classification: confidential}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: {oldest}}}}}
"""
ROWS = "".join(f"P-{number},mail-{number}@example.org,{number * 20}\n" for number in range(12))  # P-7 and later are too old


@dataclass
class Place:
    """A project of its own, and what is done there."""

    root: Path
    settings: dq.Settings

    @property
    def history(self) -> dq.History:
        """Opened anew."""
        return dq.History(self.settings)

    @property
    def output(self) -> Path:
        """Where good rows go."""
        return self.root / "good" / "day.parquet"

    def enforce(self, rows: str = ROWS) -> Batch:
        """Version 1, up to 120 years."""
        source = self.root / "people.csv"
        text = f"id,email,age\n{rows}"
        if not source.exists() or source.read_text("utf-8") != text:  # the same file is the same content
            source.write_text(text, "utf-8")
        output = str(self.root / "good" / "{key}.parquet")
        return dq.enforce(source, "people@1.0.0", stage="raw", key="day", output=output, settings=self.settings).batch

    def replay(self, batch: Batch, version: int = 2, **said: Any) -> Batch:
        """Version 2 allows 180 years: P-7 to P-9 land, P-10 and P-11 stay; version 3 allows all."""
        done = dq.replay(batch.id, contract=f"people@{version}.0.0", settings=self.settings, **said)
        child = done.batches[0].child
        assert child is not None
        return child

    def crash(self, batch: Batch, point: str, **said: Any) -> Batch:
        """A replay that ends at *point*; what it committed."""

        def strike(name: str) -> None:
            if name == point:
                raise OSError(point)

        faults.hook(strike)
        with suppress(OSError, WorldError):
            self.replay(batch, **said)
        faults.hook(None)
        return next(item for item in self.history.batches() if item.parent == batch.id)

    def published(self) -> list[str]:
        """Who is in the target, in order."""
        return list(pq.read_table(self.output, use_threads=False)["id"].to_pylist())

    def owned(self) -> Iterator[str]:
        """Everything that dq owns, as text; objects of the vault decrypted and unpacked."""
        vault = Vault(str(self.root / "vault"), keys=Keys(self.settings.quarantine_key))
        for batch in self.history.batches(limit=1000):
            for part in batch.payload.objects:
                if not part.purged_at:
                    yield from (str(piece.to_pylist()) for piece in vault.read(part))
        for path in self.root.rglob("*"):
            if path.is_file() and {"store", "vault"} & set(path.parts[len(self.root.parts) :]):
                yield path.read_bytes().decode("latin-1")

    def objects(self) -> set[str]:
        """The objects in the vault, whoever they belong to."""
        return {str(path.relative_to(self.root / "vault")) for path in (self.root / "vault").rglob("*") if path.is_file()}

    def sound(self) -> None:
        """Store, audit and payload agree, and nothing lies about."""
        history = self.history
        assert (history.check(), history.verify()) == ((), ())
        batches = history.batches(limit=1000)
        assert self.objects() == {item.path for batch in batches for item in batch.payload.objects if not item.purged_at}


@pytest.fixture(params=["plain", "encrypted"])
def key(request: pytest.FixtureRequest) -> str:
    """Payloads with a key, and without one."""
    return new_key() if request.param == "encrypted" else ""


@pytest.fixture
def place(tmp_path: Path, key: str) -> Iterator[Place]:
    """A fresh one, three versions of its contract."""
    for version, oldest in enumerate((120, 180, 999), 1):
        path = tmp_path / "contracts" / "people" / f"{version}.0.0.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONTRACT.format(version=f"{version}.0.0", oldest=oldest), "utf-8")
    where = f"sqlite:///{tmp_path / 'store' / 'store.db'}"
    settings = dq.Settings(
        str(tmp_path / "contracts"), store_url=where, quarantine_url=str(tmp_path / "vault"), quarantine_key=key, threads=1
    )
    yield Place(tmp_path, settings)
    faults.hook(None)


def _expire(place: Place) -> None:
    with closing(sqlite3.connect(place.root / "store" / "store.db")) as connection:
        connection.execute("UPDATE dq_batch SET expires_at = '2024-01-01 00:00:00' WHERE expires_at IS NOT NULL")
        connection.commit()


def _states(place: Place, batch: Batch) -> list[tuple[int, int, RowState]]:
    return [(item.first, item.last, item.state) for item in place.history._store.row_states(batch.id)]


# -- what a replay inherits ------------------------------------------------------------------------------------------------


def test_a_replay_keeps_no_longer_than_its_parent(place: Place) -> None:
    """Rows that land, and rows that fail again, are purged when those they came from are."""
    parent = place.enforce()
    child = place.replay(parent)
    landed = place.replay(child, 3)
    assert (landed.rows_bad, len(landed.landing), len(landed.parts)) == (0, 1, 0)
    assert {parent.expires_at, child.expires_at, landed.expires_at} == {parent.settled_at + timedelta(days=30)}  # type: ignore[operator]
    _expire(place)
    assert [item.error for item in place.history.purge()] == [None] * 3
    assert place.objects() == set()
    assert all(item.purged_at for item in place.history.batches())
    assert _states(place, parent) == [(0, 4, RowState.REPLAYED)]
    assert place.published()[-5:] == [f"P-{number}" for number in (7, 8, 9, 10, 11)]
    place.sound()


def test_a_replay_is_encrypted_as_its_parent(place: Place, key: str) -> None:
    """Rows that land are objects under the newest key; rotation takes them along, and then the older key is needed no more."""
    child = place.replay(place.enforce())
    keys = {part.key_id for part in child.payload.objects}
    if not key:
        assert keys == {""}
        return
    assert len(keys) == 1
    assert "" not in keys
    other = new_key()
    place.settings = replace(place.settings, quarantine_key=f"{other},{key}")
    place.history.rotate()
    place.settings = replace(place.settings, quarantine_key=other)
    assert {part.key_id for part in place.history.batch(child.id).payload.objects}.isdisjoint(keys)
    assert place.replay(place.history.batch(child.id), 3).rows_good == 2
    assert any("P-9" in text for text in place.owned())
    place.sound()


def test_what_landed_is_encrypted_anew(place: Place, key: str) -> None:
    """Whether it was encrypted before or not: the newest key alone reads all, the copy of what landed included."""
    child = place.replay(place.enforce())
    fresh = new_key()
    place.settings = replace(place.settings, quarantine_key=f"{fresh},{key}".rstrip(","))
    assert len(place.history.rotate()) == 2
    place.settings = replace(place.settings, quarantine_key=fresh)
    alone = place.history
    landed = [row["id"] for piece in good_rows(alone._store, alone._vault, child.id) for row in piece.to_pylist()]
    assert landed == ["P-7", "P-8", "P-9"]
    assert alone.rotate() == ()
    place.sound()


def test_without_its_key_nothing_is_replayed(place: Place, key: str) -> None:
    """Neither is a replay begun nor one that a crash left finished; the error names the key, and nothing is lost."""
    if not key:
        return
    parent = place.enforce()
    child = place.crash(parent, "before-publish")
    known = place.settings
    for other in ("", new_key()):
        place.settings = replace(known, quarantine_key=other)
        (left,) = place.history.recover()
        assert isinstance(left.error, UsageError)
        assert child.landing[0].key_id in str(left.error)
        with pytest.raises(UsageError, match="key"):
            place.replay(parent)
    place.settings = known
    assert [item.error for item in place.history.recover()] == [None]
    assert place.published()[-3:] == ["P-7", "P-8", "P-9"]


def test_a_hold_reaches_what_came_of_a_batch(place: Place) -> None:
    """What was replayed before it, and after; releasing the parent releases them. Each is audited."""
    parent = place.enforce()
    child = place.replay(parent)
    place.history.hold(parent.id, reason="case 7")
    landed = place.replay(child, 3)
    assert all(item.legal_hold for item in place.history.batches())
    assert [line.event for line in place.history.audit(child.id)].count("legal hold set") == 1
    done = place.history.erase("P-8")
    assert (done.complete, done.rows, sum(item.held for item in done.batches)) == (False, 0, 2)
    _expire(place)
    assert place.history.purge() == ()
    assert isinstance(place.history.purge(landed.id)[0].error, UsageError)
    place.history.release(parent.id, reason="settled")
    assert not any(item.legal_hold for item in place.history.batches())
    assert len(place.history.purge()) == 3
    place.sound()


# -- forgetting ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["P-8", "P-11"])
def test_a_person_is_forgotten_in_replays(person: str, place: Place) -> None:
    """Wherever the row went: rows, landing objects, samples, what was said to fix it. The target is named, not touched."""
    parent = place.enforce()
    fix = f"CASE WHEN id = '{person}' THEN age ELSE age END"
    child = place.replay(parent, set={"age": fix, "email": f"CASE WHEN id = '{person}' THEN 'post' ELSE email END"})
    place.replay(child, 3) if person == "P-11" else None
    before = place.published()
    done = place.history.erase(person)
    assert (done.complete, done.rows, str(place.output) in done.outside) == (True, 2 if person == "P-8" else 3, True)
    mail = person.replace("P-", "mail-") + "@"
    assert not [text for text in place.owned() if person in text or mail in text]
    assert place.published() == before
    assert place.history.erase(person).rows == 0
    place.sound()


def test_samples_of_a_replay_are_removed(place: Place) -> None:
    """Those of the run that judged again, too."""
    child = place.replay(place.enforce())
    assert any(item.samples for item in place.history.run(child.run).checks)
    place.history.erase("P-10")
    place.history.erase("P-11")
    assert not any(item.samples for item in place.history.run(child.run).checks)


def test_who_was_erased_is_not_published_later(place: Place) -> None:
    """A replay that a crash left unpublished lands without the person; when nobody is left, nothing lands."""
    parent = place.enforce()
    child = place.crash(parent, "before-publish")
    assert place.history.erase("P-8").complete
    assert place.history.batch(child.id).rows_due == 2
    place.sound()
    assert [item.error for item in place.history.recover()] == [None]
    assert place.published() == [*(f"P-{number}" for number in range(7)), "P-7", "P-9"]
    last = place.history.audit(child.id)[-1]
    assert (last.event, last.detail["rows"]) == ("published", 2)
    place.sound()


def test_nothing_lands_when_nobody_is_left(place: Place) -> None:
    """The batch is published all the same: nothing waits."""
    child = place.crash(place.enforce(), "before-publish")
    assert all(place.history.erase(person).complete for person in ("P-7", "P-8", "P-9"))
    assert [item.error for item in place.history.recover()] == [None]
    assert (place.history.batch(child.id).state, place.published()) == (State.PUBLISHED, [f"P-{n}" for n in range(7)])
    place.sound()


def test_a_lost_file_comes_back_without_the_person(place: Place) -> None:
    """What a replay had added is added again, but who was erased meanwhile is not."""
    place.replay(place.enforce())
    place.history.erase("P-8")
    place.output.unlink()
    place.enforce()
    assert [item.error for item in place.history.recover()] == [None]
    assert place.published() == [*(f"P-{number}" for number in range(7)), "P-7", "P-9"]
    place.sound()


def test_who_was_erased_does_not_come_back_open(place: Place) -> None:
    """Rows that a withdrawn replay gives back are open again, but not those that were emptied meanwhile."""
    parent = place.enforce()
    child = place.crash(parent, "before-publish")
    place.history.erase("P-11")
    place.history.erase("P-8")
    dq.withdraw(child.id, settings=place.settings)
    assert _states(place, parent) == [
        (0, 0, RowState.OPEN),
        (1, 1, RowState.PURGED),
        (2, 3, RowState.OPEN),
        (4, 4, RowState.PURGED),
    ]
    assert place.replay(parent).rows_good == 2
    assert "P-8" not in place.published()
    place.sound()


def test_purged_rows_do_not_come_back_open(place: Place) -> None:
    """What a withdrawn replay gives back to a batch without rows is purged."""
    parent = place.enforce()
    child = place.crash(parent, "before-publish")
    place.history.purge(parent.id)
    dq.withdraw(child.id, settings=place.settings)
    assert _states(place, parent) == [(0, 4, RowState.PURGED)]
    assert [item.error for item in place.history.purge(child.id)] == [None]
    place.sound()


def test_a_replay_during_an_erasure_is_found(place: Place) -> None:
    """A replay that took rows of a batch before the turn of the batch came is erased, too."""
    parent = place.enforce()

    store = place.history._store
    listed = store.subject_columns

    def late() -> dict[str, tuple[frozenset[tuple[str, ...]], dict[str, bool]]]:
        found = listed()
        if not any(batch.parent for batch in place.history.batches()):
            place.replay(parent)
        return found

    from dq.diversion import places
    from dq.quarantine import erase

    store.subject_columns = late  # type: ignore[method-assign]
    done = erase(store, places(place.settings)[1], "P-8", actor="ann")
    assert len(done.batches) == 2
    assert not [text for text in place.owned() if "P-8" in text]


def test_what_has_landed_is_not_given_back(place: Place) -> None:
    """A replay killed when its rows were in the target, before it said so, is finished, not withdrawn."""
    child = place.crash(place.enforce(), "after-rename")
    with pytest.raises(UsageError, match=r"are in .*day.parquet already"):
        dq.withdraw(child.id, settings=place.settings)
    assert [item.error for item in place.history.recover()] == [None]
    assert place.published()[-3:] == ["P-7", "P-8", "P-9"]
    place.sound()


# -- purging ---------------------------------------------------------------------------------------------------------------


def test_good_rows_that_are_published_nowhere_are_not_purged(place: Place) -> None:
    """A replay that a crash left is finished, or withdrawn, first."""
    parent = place.enforce()
    child = place.crash(parent, "before-publish")
    _expire(place)
    done = {item.batch.id: item.error for item in place.history.purge()}
    assert done[parent.id] is None
    assert "not published yet" in str(done[child.id])
    assert "dq quarantine recover" in str(done[child.id])
    assert [item.error for item in place.history.recover()] == [None]
    assert [item.error for item in place.history.purge()] == [None]
    assert place.published()[-3:] == ["P-7", "P-8", "P-9"]
    assert place.objects() == set()
    place.sound()


def test_a_purge_removes_what_a_killed_rewriting_left(place: Place) -> None:
    """Objects that were written in the place of others, and never swapped in, hold the same rows."""
    child = place.replay(place.enforce())

    def strike(name: str) -> None:
        if name == "after-rewrite":
            raise OSError(name)

    faults.hook(strike)
    with suppress(OSError):
        place.history.erase("P-8")
    faults.hook(None)
    assert len(place.objects()) > 3
    place.history.purge(child.id, child.parent)
    assert place.objects() == set()


def test_what_was_purged_cannot_come_back(place: Place) -> None:
    """A file that is lost after its rows were purged comes back without them: the replay says so, and is withdrawn."""
    parent = place.enforce()
    child = place.replay(parent)
    place.history.purge(parent.id, child.id)
    place.output.unlink()
    place.enforce()
    (left,) = place.history.recover()
    assert "were purged" in str(left.error)
    dq.withdraw(child.id, settings=place.settings)
    assert place.history.recover() == ()
    assert _states(place, parent) == [(0, 4, RowState.PURGED)]
    assert [item.error for item in place.history.purge(child.id)] == [None]
    place.sound()


# -- verifying -------------------------------------------------------------------------------------------------------------


def test_one_flipped_byte_of_what_landed_is_found(place: Place) -> None:
    """Also when the batch has no bad row."""
    child = place.replay(place.enforce(), 3)
    assert (child.parts, len(child.landing)) == ((), 1)
    path = place.root / "vault" / child.landing[0].path
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    (found,) = place.history.verify(child.id)
    assert "was altered" in found.what
    place.output.unlink()
    place.enforce()
    (left,) = place.history.recover()
    assert isinstance(left.error, WorldError)
    assert "was altered" in str(left.error)


@pytest.mark.parametrize("change", ["rows = rows - 1", "sha256 = 'other'", "purged_at = '2024-01-01 00:00:00'"])
def test_a_changed_index_of_what_landed_is_found(change: str, place: Place) -> None:
    """The audit names the objects."""
    child = place.replay(place.enforce())
    with closing(sqlite3.connect(place.root / "store" / "store.db")) as connection:
        connection.execute(f"UPDATE dq_landing SET {change}")
        connection.commit()
    assert [item for item in place.history.verify(child.id) if "audit" in item.what]


# -- the audit -------------------------------------------------------------------------------------------------------------


def test_the_audit_keeps_no_value_that_a_fix_compares_with(place: Place) -> None:
    """An expression over a sensitive column is masked in audit and index: what is written there stays."""
    parent = place.enforce()
    place.replay(parent, set={"age": "CASE WHEN email = 'mail-11@example.org' THEN 3 ELSE age END"})
    (line,) = [line for line in place.history.audit(parent.id) if line.event == "replayed"]
    assert "mail-11" not in json.dumps(line.detail)
    plain = place.replay(place.enforce(ROWS.replace("P-11,", "P-12,")), set={"age": "abs(age)"})
    (line,) = [line for line in place.history.audit(plain.parent) if line.event == "replayed"]
    assert line.detail["fix"]["set"] == {"age": "abs(age)"}
