"""
Other objects for the same rows: written beside the old ones, swapped in one transaction, the old ones removed.

    begin    a token; garbage collection leaves alone what is written under it
    write    the new objects, flushed and read back
    swap     one transaction: the batch has the new objects, its audit names both, the old ones are doomed
    bury     the old objects go

Killed before the swap, nothing has changed; after it, the next `bury` removes what is doomed. The batch's slot is held meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dq.quarantine.vault import BAD, GOOD, Vault, folder_of
from dq.store import Batch, Hashes, Part, Payload, RowRange, Store, faults

if TYPE_CHECKING:
    import pyarrow as pa

Anew = Callable[[], "Iterable[pa.RecordBatch]"]  # the rows of an object, as they are to be


@dataclass(frozen=True, slots=True)
class Swap:
    """What a swap says beside its objects; see `dq.store.retention.swap`."""

    event: str
    detail: Mapping[str, Any]
    hashes: Sequence[Hashes] | None = None
    erased: Sequence[RowRange] = ()
    even_held: bool = False


def rewrite(store: Store, vault: Vault, batch: Batch, anew: Mapping[str, Anew], said: Callable[[], Swap], *, actor: str) -> Batch:
    """
    Replace the objects of *batch* whose paths *anew* names; the caller holds the batch's slot. *said* is asked last.

    Raises:
        WorldError: store, disk or network failed; nothing is half done. UsageError: a legal hold is on the batch, or a key is
        not given.
    """
    token = store.begin_rewrite(batch.id)
    folder = folder_of(store.id, batch.id, token)
    parts = _written(vault, folder, batch.parts, anew, BAD)
    landing = _written(vault, folder, batch.landing, anew, GOOD)
    faults.at("after-rewrite")
    swap = said()
    return store.swap(
        batch.id,
        token,
        before=batch.payload,
        after=Payload(parts, landing),
        event=swap.event,
        detail=swap.detail,
        actor=actor,
        hashes=swap.hashes,
        erased=swap.erased,
        even_held=swap.even_held,
    )


def _written(vault: Vault, folder: str, parts: Sequence[Part], anew: Mapping[str, Anew], name: str) -> tuple[Part, ...]:
    """*parts*, with others in the place of those that *anew* names."""
    after: list[Part] = []
    written = 0
    for part in parts:
        if part.path not in anew:
            after.append(part)
            continue
        found = vault.write(folder, anew[part.path](), first=written, name=name)
        written += len(found)
        for item in found:
            vault.verify(item)
        faults.at("in-rewrite")
        after += found
    return tuple(after)


def bury(store: Store, vault: Vault) -> int:
    """Remove the objects that are to go; how many they were. Safe at any time, by several at once."""
    paths = store.doomed()
    for path in paths:
        vault.delete(path)
        faults.at("in-burial")
    if paths:
        store.buried(paths)
    return len(paths)
