"""The good rows of a replay, put beside what its key has published: S6 and S7, by who finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from dq.errors import EngineError, UsageError
from dq.quarantine.output import FileTarget
from dq.quarantine.protocol import Published
from dq.quarantine.tables import TableTarget
from dq.quarantine.vault import Vault
from dq.source import Format
from dq.store import Batch, State, Store, Turn, faults

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Callable[[], "Iterator[pa.RecordBatch]"]
Append = Callable[[Rows, str, Format, Mapping[str, str], str], int]  # rows, then as `WriteMore`


def good_rows(store: Store, vault: Vault, batch_id: str) -> Iterator[pa.RecordBatch]:
    """
    The good rows of a replay, as they land; not those that were erased.

    Raises:
        WorldError: a payload object is missing or altered. UsageError: its key is not given.
    """
    for part in store.batch(batch_id).landing:
        yield from vault.read(part)


def land(store: Store, vault: Vault, turn: Turn, place: FileTarget | TableTarget, append: Append) -> Published:
    """
    Add the good rows of the turn's batch to *place*; nothing when they are there already, or there are none.

    Raises:
        WorldError: as `FileTarget.extend`. Fenced: the turn was lost. UsageError: they were purged; or their key is not given.
        EngineError: a table refuses them.
    """
    batch = turn.batch
    if not batch.rows_due:
        return Published(0)
    if batch.purged_at:
        mend = f"`dq quarantine withdraw {batch.id[:12]}` says that they are gone"
        raise UsageError(f"the good rows of batch {batch.id[:12]} were purged, and the target lost them", str(place), mend)

    def rows() -> Iterator[pa.RecordBatch]:
        return good_rows(store, vault, batch.id)

    if isinstance(place, FileTarget):
        put = place.extend(turn, lambda path, form, facts, before: append(rows, path, form, facts, before))
        return Published(put.rows, str(place), holds=put.editions)
    try:
        place.make(turn, next(rows()).schema)
        put = place.extend(turn, rows())
    except EngineError as error:
        mend = f"mend the table, then `dq quarantine recover`; `dq quarantine withdraw {batch.id[:12]}` gives the rows back"
        raise EngineError(f"the table refuses the good rows of batch {batch.id[:12]}: {error.what}", str(place), mend) from None
    return Published(put.rows, str(place), holds=put.editions)


def waiting(store: Store, root: Batch) -> tuple[Batch, ...]:
    """What replays of the slot of *root* committed and did not publish, oldest first."""
    slot = root.slot
    found = store.batches(dataset=slot.dataset, stage=slot.stage, key=slot.key, states=(State.COMMITTED,), limit=1_000_000)
    return tuple(sorted((batch for batch in found if batch.parent), key=lambda batch: batch.edition))


def settle(store: Store, vault: Vault, batch: Batch, place: FileTarget | TableTarget, append: Append, *, actor: str) -> Batch:
    """
    Publish at *place* what a replay committed and did not publish.

    Raises:
        Fenced: it is superseded. WorldError: the target lacks what the key has published, or cannot be written.
    """
    with store.publishing(batch) as turn:
        faults.at("before-publish")
        published = land(store, vault, turn, place, append)
        faults.at("after-publish")
        marked = store.mark_published(batch, output=published.where, actor=actor)
    faults.at("after-mark")
    return marked
