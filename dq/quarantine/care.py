"""What is done for batches afterwards: finishing what was committed, removing what nobody needs, seeing that all is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from dq.errors import DqError, UsageError, WorldError
from dq.quarantine.protocol import Enforced, Work, finish
from dq.quarantine.rewriting import bury
from dq.quarantine.vault import Vault
from dq.store import Batch, Problem, State, Store

if TYPE_CHECKING:
    import pyarrow as pa

GRACE = timedelta(days=1)  # younger claims and objects may belong to somebody at work
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """A batch that was committed and not published: finished now, or why not."""

    batch: Batch
    enforced: Enforced | None = None
    error: DqError | None = None


def recover(
    store: Store, work_of: Callable[[Batch], Work | None], *, actor: str, older_than: timedelta = timedelta(0)
) -> tuple[Recovered, ...]:
    """
    Publish the good rows of batches that were committed and then left alone for *older_than*.

    *work_of* finds their data again; None: it cannot. One that fails keeps no other from being finished.
    """
    before = datetime.now(UTC) - older_than
    waiting = store.batches(states=(State.COMMITTED,), limit=_ALL)
    old = [batch for batch in waiting if batch.settled_at is not None and batch.settled_at <= before]
    return tuple(_recover(store, work_of, batch, actor) for batch in old)


def _recover(store: Store, work_of: Callable[[Batch], Work | None], batch: Batch, actor: str) -> Recovered:
    try:
        work = work_of(batch)
        if work is None:
            raise UsageError(f"the data of batch {batch.id[:12]} cannot be found again", str(batch.slot), "enforce the key again")
        return Recovered(batch, finish(store, work, batch, actor=actor))
    except DqError as error:
        return Recovered(batch, error=error)


def collect(store: Store, vault: Vault, *, grace: timedelta = GRACE) -> tuple[int, int]:
    """
    Void claims that nobody settled for *grace*, and remove objects that no batch needs; how many of each.

    Safe beside running enforcements, whatever *grace* is: a claim is void before its objects go, and cannot be settled
    then. A short one only makes them start over.
    """
    before = datetime.now(UTC) - grace
    store.abandon_rewrites(before)
    buried = bury(store, vault)
    stale = [batch_id for batch_id, claimed_at in store.claimed().items() if claimed_at < before]
    voided = sum(store.abandon(batch_id, older_than=grace) for batch_id in stale)
    return voided, buried + vault.garbage(store.id, needed=store.needs, grace=grace)


def rows(store: Store, vault: Vault, batch_id: str) -> Iterator[pa.RecordBatch]:
    """
    The bad rows of a batch, typed, in order, with `__dq_reasons` and the like.

    Objects may be replaced meanwhile, when somebody is erased or a key is rotated: rows keep their places, so it goes on in the
    new ones.

    Raises:
        UsageError: there is no such batch, its rows were purged, or their key is not given.
        WorldError: a payload object is missing or altered.
    """
    given = 0
    while True:
        batch = present(store.batch(batch_id))
        try:
            for piece in _after(store, vault, batch, given):
                yield piece
                given += piece.num_rows
        except WorldError:
            if store.batch(batch.id).parts == batch.parts:
                raise
        else:
            return


def present(batch: Batch) -> Batch:
    """
    The batch, when its rows are there.

    Raises:
        UsageError: they were purged.
    """
    if batch.purged_at:
        when = batch.purged_at.isoformat(timespec="seconds")
        mend = "its counts, reasons and audit stay: `dq quarantine show`"
        raise UsageError(f"the rows of batch {batch.id[:12]} were purged at {when}", str(batch.slot), mend)
    return batch


def _after(store: Store, vault: Vault, batch: Batch, given: int) -> Iterator[pa.RecordBatch]:
    """The rows from number *given* on."""
    if batch.place:
        yield from vault.tables.rows(batch, given, store.erased(batch.id))
        return
    for part in batch.parts:
        if given >= part.rows:
            given -= part.rows
            continue
        for piece in vault.read(part):
            if given < piece.num_rows:
                yield piece.slice(given)
            given = max(given - piece.num_rows, 0)


def verify(store: Store, vault: Vault, batch_id: str) -> tuple[Problem, ...]:
    """
    What is wrong with a batch: its payload, byte by byte, its audit, and whether they agree; empty when nothing is.

    No key is needed: bytes are compared as they lie there.
    """
    while True:
        batch = store.batch(batch_id)
        found = tuple(_problems(store, vault, batch))
        if not found or store.batch(batch.id).payload == batch.payload:
            return found


def _problems(store: Store, vault: Vault, batch: Batch) -> Iterator[Problem]:
    if broken := store.verify_audit(batch.id):
        yield Problem(broken, f"batch {batch.id[:12]}")
    if batch.place:
        yield from vault.tables.problems(batch, store.erased(batch.id))
    for part in batch.payload.objects:
        if part.purged_at:
            continue
        try:
            vault.verify(part)
        except DqError as error:
            yield Problem(error.what, error.where)
