"""What the store remembers, for people and programs: runs, batches, dead letters; and the care that they need."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dq import settings as settings_module
from dq.contract import Contract, read
from dq.destination import place_of
from dq.diversion import actor, complete, places
from dq.errors import ContractError, DqError
from dq.mask import mask
from dq.placing import writes_into
from dq.quarantine import Erasure, Kept, Recovered, erase, present, purge, rotate, rows, settle, verify
from dq.quarantine import collect as collect_garbage
from dq.quarantine.care import GRACE
from dq.recall import recalled
from dq.result import Result
from dq.run import appender, opened
from dq.settings import Settings
from dq.store import AuditEntry, Batch, Problem, Reason, RowAction, Run, State, Stats, upgrade_store

if TYPE_CHECKING:
    import pyarrow as pa

SOON = timedelta(days=7)
_ALL = 1_000_000
_RAW = "__dq_raw"


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

    def audit(self, batch_id: str) -> tuple[AuditEntry, ...]:
        """What was done to a batch, when and by whom, oldest first; nothing is ever taken out."""
        return self._store.audit(batch_id)

    def expiring(self, *, within: timedelta = SOON) -> tuple[Batch, ...]:
        """Batches with unresolved rows that retention will purge *within* that time, the next first."""
        return self._store.expiring(datetime.now(UTC) + within)

    def stats(self, *, dataset: str | None = None, since: datetime | None = None) -> Stats:
        """Dead letters in numbers: reasons by dataset and day, the oldest open, the share resolved, the time it took."""
        return self._store.stats(dataset=dataset, since=since)

    def rows(self, batch_id: str, *, limit: int | None = None, unmask: str = "") -> Iterator[pa.RecordBatch]:
        """
        The dead letters of a batch, typed, in order, with `__dq_reasons` and the like; at most *limit*, and no more objects.

        Columns that the contract calls sensitive are masked, as text, and so is the record as it was written. *unmask* is the
        reason to see them as they are; the audit keeps it, with who asked.

        Raises:
            UsageError: there is no such batch, its rows were purged, or their key is not given.
            WorldError: a payload object is missing or altered.
        """
        batch = present(self.batch(batch_id))
        hidden = self.sensitive(batch)
        if unmask and hidden:
            detail = {"reason": unmask, "limit": limit, "columns": sorted(hidden)}
            self._store.note(batch.id, "unmasked", actor=actor(), detail=detail)
        left = limit
        for found in rows(self._store, self._vault, batch.id) if left != 0 else ():
            piece = found if left is None else found.slice(0, left)
            yield piece if unmask or not hidden else _masked(piece, hidden | {_RAW})
            if left is not None and (left := left - piece.num_rows) <= 0:
                return

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
                place, append = place_of(self._store, batch, self._settings), appender(self._settings)
                return Recovered(settle(self._store, self._vault, batch, place, append, actor=actor()))
            job, order = recalled(self._store.run(batch.run).origin, self._settings)
            with opened(job, writable=writes_into(job, order.output)) as (engine, view):
                return Recovered(batch, complete(job, order, batch, engine, view))
        except DqError as error:
            return Recovered(batch, error=error)

    def collect(self, *, grace: timedelta = GRACE) -> tuple[int, int]:
        """Void claims that nobody settled for *grace*, and remove objects that no batch needs; how many of each."""
        return collect_garbage(self._store, self._vault, grace=grace)

    def verify(self, batch_id: str | None = None) -> tuple[Problem, ...]:
        """
        What is wrong with the payload and the audit of a batch, or of all, byte by byte; empty when nothing is.

        Raises:
            UsageError: there is no such batch.
        """
        settled = tuple(state for state in State if state is not State.WRITING)
        chosen = self._store.batches(states=settled, limit=_ALL) if batch_id is None else (self.batch(batch_id),)
        return tuple(problem for batch in chosen for problem in verify(self._store, self._vault, batch.id))

    def hold(self, batch_id: str, *, reason: str = "") -> Batch:
        """Put a legal hold on a batch: its rows are neither purged nor erased until it is released. Twice is once."""
        return self._store.set_hold(self.batch(batch_id).id, held=True, actor=actor(), note=reason)

    def release(self, batch_id: str, *, reason: str = "") -> Batch:
        """Take the legal hold from a batch."""
        return self._store.set_hold(self.batch(batch_id).id, held=False, actor=actor(), note=reason)

    def purge(self, *batches: str, note: str = "") -> tuple[Kept, ...]:
        """
        Remove the rows of *batches*, by default of those that were kept long enough, and give their space back.

        Counts, reasons and audit stay, open rows become `purged`. One on legal hold or in use is left, and says why.
        """
        chosen = [self.batch(item).id for item in batches] if batches else None
        return purge(self._store, self._vault, chosen, now=datetime.now(UTC), actor=actor(), note=note)

    def erase(self, subject: str, *, dataset: str | None = None, note: str = "", dry_run: bool = False) -> Erasure:
        """
        Forget a person: empty the dead letters about *subject*, remove the samples, and name what lies outside.

        *subject* is the value of a property that a contract marks `subject: true`. Doing it again changes nothing. *note* is
        kept in the audit, which otherwise has a keyed hash alone; *dry_run* only counts.
        """
        return erase(self._store, self._vault, subject, actor=actor(), note=note, dataset=dataset, dry_run=dry_run)

    def rotate(self) -> tuple[Kept, ...]:
        """
        Encrypt with the newest key whatever is not; which batches were changed, or why not.

        Raises:
            UsageError: no key is given.
        """
        return rotate(self._store, self._vault, actor=actor())

    def check(self) -> tuple[Problem, ...]:
        """Everything wrong with the store: integrity, orphans, audit chains; empty when nothing is."""
        return self._store.check()

    def vacuum(self) -> None:
        """Give back the space of what was deleted."""
        self._store.vacuum()


def _is_older(batch: Batch, age: timedelta) -> bool:
    return batch.settled_at is not None and batch.settled_at <= datetime.now(UTC) - age


def _masked(piece: pa.RecordBatch, hidden: Collection[str]) -> pa.RecordBatch:
    """The rows with masks, as text, in the *hidden* columns."""
    import pyarrow as pa  # noqa: PLC0415  heavy

    for place, name in enumerate(piece.schema.names):
        if name in hidden:
            shown = [mask(_text(value)) for value in piece.column(place).to_pylist()]
            piece = piece.set_column(place, pa.field(name, pa.string()), pa.array(shown, pa.string()))
    return piece


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
