"""What was kept long enough is purged; what is kept is encrypted anew when its key is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from dq.errors import DqError, UsageError
from dq.quarantine.rewriting import Swap, bury, rewrite
from dq.quarantine.subjects import Whom, hasher, paths_of
from dq.quarantine.vault import Vault
from dq.store import Batch, Part, State, Store

if TYPE_CHECKING:
    import pyarrow as pa

PATIENCE = 10.0  # seconds to wait for who publishes or replays the key
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch that something was done to, or the reason why it was not."""

    batch: Batch
    error: DqError | None = None


def purge(
    store: Store, vault: Vault, batches: Sequence[str] | None = None, *, now: datetime, actor: str, note: str = ""
) -> tuple[Kept, ...]:
    """
    Remove the rows of *batches*, None: of all that are kept no longer; what is known about them stays.

    Open rows become `purged`, samples of the batches' runs go, too. The index says so first, then the objects go: killed
    between, the next purge, erasure or collection removes them. One that is on legal hold or in use keeps no other from it.
    """
    chosen = store.expired(now) if batches is None else batches
    done = tuple(_each(store, chosen, lambda batch: store.purge(batch.id, actor=actor, note=note)))
    bury(store, vault)
    for item in done:
        if item.error is None:  # what a rewriting that was killed left of its rows
            vault.garbage(store.id, batch=item.batch.id, needed=store.needs, grace=timedelta(0))
    return done


def rotate(store: Store, vault: Vault, *, actor: str) -> tuple[Kept, ...]:
    """
    Encrypt with the newest key what is not, and hash anew whom its rows are about; those that were changed, or why not.

    Killed in between, doing it again goes on where it stopped.

    Raises:
        UsageError: no key is given.
    """
    newest = vault.keys.newest
    if newest is None:
        mend = "set DQ_QUARANTINE_KEY, the newest first, or quarantine_key_command; `dq quarantine new-key` makes one"
        raise UsageError("no key is given to encrypt with", "rotate", mend)
    states = [state for state in State if state is not State.WRITING]
    old = [item.id for item in store.batches(states=states, limit=_ALL) if _is_old(item, newest.id)]
    done = tuple(_each(store, old, partial(_rotated, store, vault, newest.id, actor)))
    bury(store, vault)
    return done


def _is_old(batch: Batch, key_id: str) -> bool:
    return not batch.purged_at and any(part.key_id != key_id for part in batch.payload.objects)


def _rotated(store: Store, vault: Vault, key_id: str, actor: str, batch: Batch) -> Batch:
    if not _is_old(batch, key_id):  # somebody else did it
        return batch
    whom = Whom(paths_of(batch), hasher(store, vault.keys))

    def anew(part: Part) -> Iterator[pa.RecordBatch]:
        return map(whom.note, vault.read(part))

    def said() -> Swap:
        before = sorted({part.key_id for part in batch.payload.objects})
        return Swap("rotated", {"key": key_id, "before": before}, whom.hashes(), even_held=True)

    return rewrite(store, vault, batch, {part.path: partial(anew, part) for part in batch.payload.objects}, said, actor=actor)


def _each(store: Store, batches: Sequence[str], act: Callable[[Batch], Batch]) -> Iterator[Kept]:
    """*act* on every batch, while its slot is held."""
    for name in batches:
        batch = store.batch(name)
        try:
            with store.holding(batch, patience=PATIENCE):
                yield Kept(act(store.batch(name)))
        except DqError as error:
            yield Kept(batch, error)
