"""A small world for the protocol: rows that are good or bad by a known rule, and two kinds of target."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dq.quarantine import DEFAULT, Enforced, Looked, Published, Vault, Work, perform
from dq.quarantine.protocol import Write
from dq.store import Batch, Reason, RunFacts, Slot, Store, Turn, faults, open_store

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
ROWS = 40
STRICT = ("plan 3", "plan 5")


@dataclass(frozen=True, slots=True)
class Input:
    """What one enforcement is given: a version of the source, and a version of the contract."""

    key: str
    content: int
    plan: int

    @property
    def fingerprint(self) -> str:
        """Of the rows, whatever the plan."""
        return f"content {self.content} of {self.key}"

    @property
    def blocks(self) -> bool:
        """Whether it goes beyond the budget: then the key keeps what it had."""
        return f"plan {self.plan}" in STRICT

    @property
    def rows(self) -> tuple[str, ...]:
        """Two versions of a source share some rows."""
        own = [f"{self.key}/{number}/v{self.content}" for number in range(ROWS // 2)]
        return (*(f"{self.key}/{number}/all" for number in range(ROWS // 2)), *own)


def is_bad(row: str, plan: str, now: datetime) -> bool:
    """The contract: its verdict hangs on the row, on the plan and on `now`, like that of a real one."""
    drawn = hashlib.sha256(f"{row} {plan} {now.isoformat()}".encode()).digest()[0]
    return drawn < (20 if plan not in STRICT else 150)  # 8 % of the rows, or far too many


@dataclass(frozen=True, slots=True)
class World:
    """Where everything of one history lies. *table*: the target is a table, else a file per key."""

    root: Path
    store_url: str
    dataset: str
    table: bool

    @property
    def store(self) -> Store:
        """Opened anew each time, as a process does."""
        return open_store(self.store_url, folder=self.root)

    @property
    def vault(self) -> Vault:
        """Objects of a few rows, so that a batch has several."""
        return Vault(str(self.root / "vault"), rows_per_part=1)

    def slot(self, key: str) -> Slot:
        """The slot of a key."""
        return Slot(self.dataset, "raw", key)

    def enforce(self, given: Input, attempt: int) -> Enforced:
        """One try, by a clock of its own."""
        now = EPOCH + timedelta(seconds=attempt)
        slot = self.slot(given.key)
        return perform(
            self.store, self.vault, slot, self.work(given), plan=f"plan {given.plan}", now=now, actor="campaign", budget=DEFAULT
        )

    def work(self, given: Input) -> Work:
        """What the owner of the rows can do."""
        slot, plan = self.slot(given.key), f"plan {given.plan}"
        labelled: list[tuple[str, bool]] = []

        def look(now: datetime) -> Looked:
            labelled[:] = [(row, is_bad(row, plan, now)) for row in given.rows]
            bad = [row for row, wrong in labelled if wrong]
            rows = len(labelled)
            run = RunFacts(slot, now, now, EPOCH, EPOCH, "fail" if bad else "pass", rows, len(bad), plan, "campaign")
            return Looked(rows, len(bad), run, (Reason("row.rule", len(bad)),), digest=_digest(bad))

        def drain(write: Write) -> None:
            import pyarrow as pa

            bad = [row for row, wrong in labelled if wrong]
            write(pa.record_batch({"row": [row], "__dq_reasons": ["row.rule"]}) for row in bad)

        def publish(turn: Turn) -> Published:
            good = [row for row, wrong in labelled if not wrong]
            (self._insert if self.table else self._swap)(turn, good)
            return Published(len(good), str(self.root))

        return Work(given.fingerprint, look, drain, publish)

    # -- targets -------------------------------------------------------------------------------------------------------

    def _swap(self, turn: Turn, good: list[str]) -> None:
        """One file a key, replaced whole."""
        place = self.root / "target" / f"{turn.batch.slot.key}.json"
        if place.exists() and json.loads(place.read_text("utf-8"))["edition"] == turn.edition:
            return
        place.parent.mkdir(exist_ok=True)
        staged = place.with_name(f".{turn.batch.id[:8]}.{os.getpid()}")
        staged.write_text(json.dumps({"edition": turn.edition, "rows": good}), "utf-8")
        faults.at("in-publish")
        turn.confirm()
        staged.replace(place)

    def _insert(self, turn: Turn, good: list[str]) -> None:
        """One table for all keys; rows of a batch are known by its edition."""
        faults.at("in-publish")
        with closing(self._connected()) as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            held = connection.execute("SELECT count(*) FROM good WHERE edition = ?", [turn.edition]).fetchone()[0]
            if held == len(good):
                return
            for batch in (turn.batch.id, *turn.replaces):
                connection.execute("DELETE FROM good WHERE edition LIKE ?", [f"{batch}:%"])
            rows = [(turn.batch.slot.key, turn.edition, row) for row in good]
            connection.executemany("INSERT INTO good VALUES (?, ?, ?)", rows)
            turn.confirm()

    def _connected(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.root / "target.db", timeout=30, isolation_level=None)
        connection.execute("PRAGMA synchronous = OFF")  # only the process dies here, not the machine
        connection.execute("CREATE TABLE IF NOT EXISTS good (key TEXT, edition TEXT, row TEXT)")
        return connection

    def published(self, key: str) -> dict[str, list[str]]:
        """What the target holds of a key: its rows by edition."""
        if not self.table:
            place = self.root / "target" / f"{key}.json"
            if not place.exists():
                return {}
            said = json.loads(place.read_text("utf-8"))
            return {said["edition"]: said["rows"]}
        found: dict[str, list[str]] = {}
        with closing(self._connected()) as connection:
            for edition, row in connection.execute("SELECT edition, row FROM good WHERE key = ?", [key]):
                found.setdefault(edition, []).append(row)
        return found

    def diverted(self, batch: Batch) -> list[str]:
        """The dead letters of a batch, as its payload has them."""
        return list(self._payload(batch))

    def _payload(self, batch: Batch) -> Iterator[str]:
        for part in batch.parts:
            for rows in self.vault.read(part):
                yield from rows.column("row").to_pylist()


def _digest(rows: list[str]) -> str:
    return hashlib.sha256("\n".join(sorted(rows)).encode()).hexdigest()
