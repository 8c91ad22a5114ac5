"""The store: one small method per step of the protocol and per question, each one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from dq.errors import Fenced
from dq.result import Outcome
from dq.store import audit, batches, check, parts, reading, replays, rows, runs, schema, upgrade
from dq.store.connect import Database, address
from dq.store.holding import PATIENCE, SOON, held
from dq.store.keeping import Keeping
from dq.store.model import (
    AuditEntry,
    Batch,
    Claim,
    ContractFacts,
    Problem,
    Reason,
    RowAction,
    RowRange,
    Run,
    RunFacts,
    Settlement,
    Slot,
    State,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """
    The right to publish *batch*: its slot is held, and it is the slot's current batch.

    *replaces* are batches whose rows may still stand in the target and must give way. `confirm` raises Fenced or
    WorldError when the right was lost; call it last before the target is changed for good. *beside* are the editions that
    others of the slot have published, and where.
    """

    batch: Batch
    replaces: tuple[str, ...]
    confirm: Callable[[], None]
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> str:
        """What to sign the published rows with: a batch that comes back after it was superseded has another one."""
        return f"{self.batch.id}:{self.batch.edition}"


class Store(Keeping):
    """What is remembered of runs and dead letters. Open one with `open_store`. No connection outlives a call, but in `kept`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.name = database.name  # the address, without its secrets
        self.id = database.read(lambda c: str(c.scalar(sa.select(schema.about.c.value).where(schema.about.c.name == "id"))))

    def kept(self) -> AbstractContextManager[None]:
        """Inside, what this thread asks and writes goes through one connection; it is closed at the end."""
        return self._database.kept()

    # -- the protocol --------------------------------------------------------------------------------------------------

    def claim(
        self,
        slot: Slot,
        batch_id: str,
        *,
        plan: str,
        policy: str,
        fingerprint: str,
        now: datetime,
        parent: str = "",
        depth: int = 0,
        first: int = 0,
    ) -> Claim:
        """
        S1: claim the batch, or find it committed. A claim is taken from whoever had it.

        *first* is the token that this attempt began with, when it claims once more.

        Raises:
            Fenced: the slot's current batch was claimed after *first*.
            WorldError: the store failed.
        """
        said = {"plan": plan, "policy": policy, "fingerprint": fingerprint, "now": now, "parent": parent, "depth": depth}
        return self._database.write("claim", lambda c: batches.claim(c, slot, batch_id, first, **said))

    def commit(self, claim: Claim, settlement: Settlement, *, actor: str) -> Batch:
        """
        S5: commit the batch with its run, parts, reasons, metrics and audit, and supersede the slot's older batch.

        Raises:
            TakenOver: the batch was claimed again. Fenced: a later claim of the slot was committed.
            WorldError: the store failed; the batch may be committed all the same, so claim again.
        """
        return self._database.write("commit", lambda c: batches.commit(c, claim, settlement, actor=actor))

    def block(self, claim: Claim, settlement: Settlement, *, actor: str) -> Batch:
        """
        S5 for a batch that may not go on: kept as evidence, not replayable; it supersedes nothing.

        Raises:
            TakenOver: the batch was claimed again. WorldError: the store failed.
        """
        return self._database.write("block", lambda c: batches.block(c, claim, settlement, actor=actor))

    @contextmanager
    def publishing(self, batch: Batch, *, patience: float = PATIENCE) -> Iterator[Turn]:
        """
        S6: hold the slot of a committed batch, alone, while its good rows are put into place.

        Raises:
            Fenced: it is not the slot's current batch. WorldError: somebody else has held the slot for too long.
        """

        def current() -> tuple[str, ...]:
            return self._database.read(lambda c: batches.publishable(c, batch.id, batch.edition))

        with held(self._database, batch.slot, patience) as lost:

            def confirm() -> None:
                lost()
                current()

            replaces = current()
            beside = self._database.read(lambda c: replays.beside(c, reading.row(c, batch.id)))
            yield Turn(self.batch(batch.id), replaces, confirm, beside)  # as it is now: rows may have been erased

    @contextmanager
    def replaying(self, slot: Slot, *, patience: float = SOON) -> Iterator[None]:
        """
        Replay rows of *slot*, alone, inside the `with`.

        Raises:
            WorldError: somebody else does, for longer than *patience* seconds.
        """
        with held(self._database, slot, patience, "replaying rows of"):
            yield

    def mark_published(
        self,
        batch: Batch,
        *,
        output: str = "",
        run: RunFacts | None = None,
        holds: Collection[str] | None = None,
        actor: str,
    ) -> Batch:
        """
        S7: the good rows of the batch are where they belong; *run* is recorded with it.

        *holds* are the editions that the target holds now; what came of replays and is lost will be published again.

        Raises:
            Fenced: the batch was superseded meanwhile. WorldError: the store failed.
        """
        found = self._database.write(
            "mark", lambda c: batches.mark(c, batch.id, batch.edition, output=output, facts=run, holds=holds, actor=actor)
        )
        if found.state is not State.PUBLISHED or found.edition != batch.edition:
            raise Fenced(f"batch {batch.id[:12]} became {found.state} while it was published", str(batch.slot), "run again")
        return found

    def withdraw(self, batch_id: str, *, actor: str, note: str = "") -> Batch:
        """
        A pipeline rolled back what the batch published: it is active no longer.

        Raises:
            UsageError: it is unknown, or not active.
        """
        return self._database.write("withdraw", lambda c: batches.withdraw(c, self._id(c, batch_id), actor=actor, note=note))

    def decide(self, batch_id: str, ranges: Collection[RowRange], *, actor: str, note: str = "") -> Batch:
        """
        Say what becomes of open rows of a published batch.

        Raises:
            UsageError: it is unknown, or its rows cannot be decided about. Fenced: one of them is not open any more.
        """
        return self._database.write("decide", lambda c: batches.decide(c, self._id(c, batch_id), ranges, actor=actor, note=note))

    def abandon(self, batch_id: str, *, older_than: timedelta) -> bool:
        """Void a claim that nobody settled for so long; whether there was one."""
        before = datetime.now(UTC) - older_than
        return self._database.write("abandon", lambda c: batches.abandon(c, batch_id, before))

    def record_run(self, run: RunFacts, *, outcome: Outcome | None = None, batch: str | None = None) -> str:
        """Record a run with all its facts; its id. Its metrics take the place of those its key had; twice is once."""
        return self._database.write("record", lambda c: runs.record(c, run, outcome=outcome, batch=batch))

    # -- questions -----------------------------------------------------------------------------------------------------

    def batches(
        self,
        *,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        states: Collection[State] = (),
        limit: int = 100,
    ) -> tuple[Batch, ...]:
        """Batches, newest first; None and empty filter nothing."""
        return self._database.read(lambda c: reading.find(c, dataset=dataset, stage=stage, key=key, states=states, limit=limit))

    def batch(self, batch_id: str) -> Batch:
        """
        The batch of that id, or of the only id that starts so.

        Raises:
            UsageError: there is none, or several.
        """
        return self._database.read(lambda c: reading.get(c, batch_id, self.name))

    def standing(self, batch_id: str) -> tuple[Batch | None, bool]:
        """The batch of exactly that id, if there is one, and whether a claim on it waits to be settled."""

        def look(connection: sa.Connection) -> tuple[Batch | None, bool]:
            row = reading.find_batch(connection, batch_id)
            return (None, False) if row is None else (reading.batch_of(connection, row), row.token != row.settled)

        return self._database.read(look)

    def reasons(self, batch_id: str) -> tuple[Reason, ...]:
        """Why the rows of a batch are bad, with counts."""
        return self._database.read(lambda c: reading.reasons(c, self._id(c, batch_id)))

    def row_states(self, batch_id: str) -> tuple[RowRange, ...]:
        """What became of the rows of a batch: ranges that cover each row once."""

        def look(connection: sa.Connection) -> tuple[RowRange, ...]:
            batch = reading.get(connection, batch_id, self.name)
            return rows.states(connection, batch.id, batch.rows_bad)

        return self._database.read(look)

    def row_actions(self, batch_id: str) -> tuple[RowAction, ...]:
        """What was done about the rows of a batch, oldest first."""
        return self._database.read(lambda c: rows.actions(c, self._id(c, batch_id)))

    def audit(self, batch_id: str) -> tuple[AuditEntry, ...]:
        """The history of a batch, oldest first."""
        return self._database.read(lambda c: audit.entries(c, self._id(c, batch_id)))

    def verify_audit(self, batch_id: str) -> str:
        """What is wrong with the history of a batch, or between it and what the store says; "" when nothing is."""

        def look(connection: sa.Connection) -> str:
            found = self._id(connection, batch_id)
            return audit.broken(connection, found) or audit.contradicted(connection, found, parts.payload(connection, found))

        return self._database.read(look)

    def runs(
        self,
        *,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        status: str | None = None,
        limit: int = 100,
    ) -> tuple[Run, ...]:
        """Runs, newest first, without their checks; None filters nothing."""
        return self._database.read(lambda c: runs.find(c, dataset=dataset, stage=stage, key=key, status=status, limit=limit))

    def run(self, run_id: str) -> Run:
        """
        The run of that id, or of the only id that starts so, with its checks, samples and columns.

        Raises:
            UsageError: there is none, or several.
        """
        return self._database.read(lambda c: runs.get(c, run_id, self.name))

    def contract(self, run_id: str) -> ContractFacts | None:
        """The contract that the run of that very id enforced, as it was then."""
        return self._database.read(lambda c: runs.contract(c, run_id))

    def claimed(self) -> dict[str, datetime]:
        """Batches with a claim that is not settled, and since when."""
        b = schema.batch
        query = sa.select(b.c.id, b.c.claimed_at).where(b.c.token != b.c.settled)
        return self._database.read(lambda c: {str(row.id): row.claimed_at for row in c.execute(query)})

    def needs(self, batch_id: str, token: int, path: str) -> bool:
        """
        Whether a payload object, written under *token*, is part of a batch or may yet become part of one.

        Once false, it stays so: tokens are never used twice.
        """
        return self._database.read(lambda c: parts.is_needed(c, batch_id, token, path))

    # -- care ----------------------------------------------------------------------------------------------------------

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with the store: integrity, orphans, audit chains; empty when nothing is."""
        return self._database.read(check.problems)

    def vacuum(self) -> None:
        """Give back the space of what was deleted."""
        with self._database.outside() as connection:
            if self._database.is_sqlite:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            else:
                for table in schema.metadata.sorted_tables:
                    connection.execute(sa.text(f"VACUUM ANALYZE {table.name}"))

    def _id(self, connection: sa.Connection, batch_id: str) -> str:
        return runs.the_one(connection, schema.batch.c.id, batch_id, "batch", self.name)


def open_store(url: str = "", *, folder: str | Path = ".") -> Store:
    """
    The store at *url*; "" is SQLite, `.dq/store.db` in *folder*. A fresh one is made.

    Raises:
        UsageError: the address is none, or the store has another version than this dq.
        MissingExtra: it is PostgreSQL, and the driver is not installed.
        WorldError: it cannot be reached or made.
    """
    database = Database(address(url, folder))
    with database.kept():
        upgrade.ensure(database)
        return Store(database)


def upgrade_store(url: str = "", *, folder: str | Path = ".") -> tuple[str | None, str]:
    """
    Bring the store at *url* to this version; the versions before and after.

    Raises:
        UsageError: it is newer than this dq.
        WorldError: it cannot be reached.
    """
    return upgrade.upgrade(Database(address(url, folder)))
