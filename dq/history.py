"""What the store remembers, for people and programs: runs, batches, dead letters; and the care that they need."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dq import settings as settings_module
from dq.contract import Contract, read
from dq.diversion import actor, complete, places, writes_into
from dq.errors import ContractError, DqError
from dq.quarantine import Recovered, settle
from dq.quarantine import collect as collect_garbage
from dq.quarantine.care import GRACE
from dq.recall import recalled
from dq.result import Result
from dq.run import appender, opened
from dq.settings import Settings
from dq.store import Batch, Problem, Reason, RowAction, Run, State, upgrade_store

if TYPE_CHECKING:
    import pyarrow as pa

_ALL = 1_000_000


class History:
    """
    The store that *settings* name, by default those of the folder and the environment: `.dq/` when nothing is said.

    An id may be said by its beginning.

    Raises:
        UsageError: the store has another version. WorldError: it cannot be reached or made.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or settings_module.load()
        self._store, self._vault = places(self._settings)

    @staticmethod
    def upgrade(settings: Settings | None = None) -> tuple[str | None, str]:
        """
        Bring the store to the version of this dq; its versions before (None: it is new) and after.

        Raises:
            UsageError: it is newer. WorldError: it cannot be reached.
        """
        return upgrade_store((settings or settings_module.load()).store_url)

    @property
    def place(self) -> str:
        """Where the store is, without passwords."""
        return self._store.name

    # -- questions -------------------------------------------------------------------------------------------------------

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
        return self._store.runs(dataset=dataset, stage=stage, key=key, status=status, limit=limit)

    def run(self, run_id: str) -> Run:
        """
        One run, with its checks, samples and columns.

        Raises:
            UsageError: there is none, or several begin so.
        """
        return self._store.run(run_id)

    def result(self, run_id: str) -> Result:
        """
        The result of one run, for reports: verdicts, samples, columns and coverage; a note says what the store does not keep.

        Raises:
            UsageError: there is none, or several begin so.
        """
        from dq.report.recorded import from_run  # noqa: PLC0415  only reports need it

        run = self._store.run(run_id)
        return from_run(run, self._contract(run))

    def _contract(self, run: Run) -> Contract | None:
        """What the run enforced; None when this dq cannot read it."""
        kept = self._store.contract(run.id)
        try:
            return read(kept.body, f"{kept.name}@{kept.version}") if kept else None
        except ContractError:
            return None

    def batches(
        self,
        *,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        states: Collection[str] = (),
        limit: int = 100,
    ) -> tuple[Batch, ...]:
        """Batches of dead letters, newest first; None and empty filter nothing."""
        known = tuple(map(State, states))
        return self._store.batches(dataset=dataset, stage=stage, key=key, states=known, limit=limit)

    def batch(self, batch_id: str) -> Batch:
        """
        One batch.

        Raises:
            UsageError: there is none, or several begin so.
        """
        return self._store.batch(batch_id)

    def reasons(self, batch_id: str) -> tuple[Reason, ...]:
        """Which checks the rows of a batch break, with counts."""
        return self._store.reasons(batch_id)

    def actions(self, batch_id: str) -> tuple[RowAction, ...]:
        """What was done about the dead letters of a batch, oldest first: which rows, their state, by whom, when, why."""
        return self._store.row_actions(batch_id)

    def rows(self, batch_id: str, *, limit: int | None = None) -> Iterator[pa.RecordBatch]:
        """
        The dead letters of a batch, typed, in order, with `__dq_reasons` and the like; at most *limit*, and no more objects.

        Raises:
            UsageError: there is no such batch. WorldError: a payload object is missing or altered.
        """
        left = limit
        for part in self.batch(batch_id).parts:
            if left is not None and left <= 0:
                return
            for found in self._vault.read(part):
                yield found if left is None else found.slice(0, left)
                left = None if left is None else left - found.num_rows
                if left is not None and left <= 0:
                    break

    @staticmethod
    def sensitive(batch: Batch) -> frozenset[str]:
        """The columns of a batch that its contract hides from eyes; empty before it was settled."""
        return frozenset(json.loads(batch.schema).get("sensitive", ())) if batch.schema else frozenset()

    # -- care ------------------------------------------------------------------------------------------------------------

    def recover(self, *, older_than: timedelta = timedelta(0)) -> tuple[Recovered, ...]:
        """
        Publish the good rows of batches that were committed and then left alone for *older_than*, say by a crash.

        What was enforced from files is found again by what was said then; one that fails keeps no other from being finished.
        """
        done = [self._finished(batch) for batch in self._waiting(older_than) if not batch.parent]
        done += [self._finished(batch) for batch in self._waiting(older_than) if batch.parent]
        return tuple(done)

    def _waiting(self, older_than: timedelta) -> list[Batch]:
        """What was committed and not published, in that order: a replay adds to what its parent published."""
        found = self._store.batches(states=(State.COMMITTED,), limit=_ALL)
        return sorted((batch for batch in found if _is_older(batch, older_than)), key=lambda batch: batch.edition)

    def _finished(self, batch: Batch) -> Recovered:
        try:
            if batch.parent:
                append = appender(self._settings)
                return Recovered(settle(self._store, self._vault, batch, append, actor=actor()))
            job, order = recalled(self._store.run(batch.run).origin, self._settings)
            with opened(job, writable=writes_into(job, order.output)) as (engine, view):
                return Recovered(batch, complete(job, order, batch, engine, view))
        except DqError as error:
            return Recovered(batch, error=error)

    def collect(self, *, grace: timedelta = GRACE) -> tuple[int, int]:
        """Void claims that nobody settled for *grace*, and remove objects that no batch needs; how many of each."""
        return collect_garbage(self._store, self._vault, grace=grace)

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with the store: integrity, orphans, audit chains; empty when nothing is."""
        return self._store.check()

    def vacuum(self) -> None:
        """Give back the space of what was deleted."""
        self._store.vacuum()


def _is_older(batch: Batch, age: timedelta) -> bool:
    return batch.settled_at is not None and batch.settled_at <= datetime.now(UTC) - age
