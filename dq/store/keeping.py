"""What the store does for rows that were diverted long ago: how long they are kept, who looked, what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from dq.store import audit, parts, retention, stats, subjects
from dq.store.connect import Database
from dq.store.holding import PATIENCE, held
from dq.store.model import Batch, Hashes, Payload, RowRange


class Keeping:
    """A part of `Store`. Batches are named by their whole ids here."""

    _database: Database

    @contextmanager
    def holding(self, batch: Batch, *, patience: float = PATIENCE) -> Iterator[None]:
        """
        Hold the batch's slot, alone: nobody publishes, replays or changes its objects meanwhile.

        Raises:
            WorldError: somebody else has held it for too long.
        """
        with held(self._database, batch.slot, patience):
            yield

    def set_hold(self, batch_id: str, *, held: bool, actor: str, note: str = "") -> Batch:
        """
        Put a legal hold on a batch and what came of its replays, or release it: held rows are neither purged nor erased.

        Raises:
            UsageError: there is no such batch, or it is still being written.
        """
        return self._database.write("hold", lambda c: retention.hold(c, batch_id, held=held, actor=actor, note=note))

    def note(self, batch_id: str, event: str, *, actor: str, detail: Mapping[str, Any]) -> None:
        """Add a line to the audit of a batch that changes nothing else."""
        self._database.write("note", lambda c: retention.note(c, batch_id, event, actor=actor, detail=detail))

    def expired(self, now: datetime) -> tuple[str, ...]:
        """Batches that are kept no longer, those on hold left out."""
        return self._database.read(lambda c: retention.expired(c, now))

    def expiring(self, before: datetime) -> tuple[Batch, ...]:
        """Batches with unresolved rows that are kept no longer than until *before*, the next first."""
        return self._database.read(lambda c: retention.expiring(c, before))

    def purge(self, batch_id: str, *, actor: str, note: str = "") -> Batch:
        """
        Forget the rows of a batch; its objects are doomed, its counts stay.

        Raises:
            UsageError: a legal hold is on it, or it has good rows that are not published yet. WorldError: the store failed.
        """
        return self._database.write("purge", lambda c: retention.purge(c, batch_id, actor=actor, note=note))

    def begin_rewrite(self, batch_id: str) -> int:
        """A token to write other objects of a batch under."""
        return self._database.write("begin", lambda c: retention.begin_rewrite(c, batch_id))

    def swap(
        self,
        batch_id: str,
        token: int,
        *,
        before: Payload,
        after: Payload,
        event: str,
        detail: Mapping[str, Any],
        actor: str,
        hashes: Collection[Hashes] | None = None,
        erased: Sequence[RowRange] = (),
        even_held: bool = False,
    ) -> Batch:
        """
        Let other objects take the place of those of a batch, in one transaction; see `dq.store.retention.swap`.

        Raises:
            WorldError: they changed meanwhile, or the store failed. UsageError: a legal hold is on the batch.
        """
        said: dict[str, Any] = {"before": before, "after": after, "event": event, "detail": detail, "actor": actor}
        said |= {"hashes": hashes, "erased": erased, "even_held": even_held}
        return self._database.write("swap", partial(retention.swap, batch_id=batch_id, token=token, **said))

    def erase_moved(self, batch_id: str, erased: Collection[RowRange], *, detail: Mapping[str, Any], actor: str) -> Batch:
        """
        Forget some rows of a batch that were moved within their database; they are doomed, their counts stay.

        Raises:
            UsageError: a legal hold is on the batch. WorldError: the store failed.
        """
        said: dict[str, Any] = {"detail": detail, "actor": actor}
        return self._database.write("erase", lambda c: retention.erase_moved(c, batch_id, erased, **said))

    def erased(self, batch_id: str) -> tuple[RowRange, ...]:
        """The rows of a batch that were erased since it was settled; one may be named twice."""
        return self._database.read(lambda c: tuple(audit.erased(c, batch_id)[0]))

    def abandon_rewrites(self, before: datetime) -> int:
        """Void what was begun and not swapped before *before*; how many."""
        return self._database.write("abandon", lambda c: retention.abandon_rewrites(c, before))

    def doomed(self) -> tuple[str, ...]:
        """Objects that no batch has any more, and that are to go."""
        return self._database.read(parts.doomed)

    def buried(self, paths: Collection[str]) -> None:
        """These are gone."""
        self._database.write("bury", lambda c: parts.buried(c, paths))

    # -- people ----------------------------------------------------------------------------------------------------------

    def subject_secret(self) -> bytes:
        """The store's own key, which hashes subjects where no other is given."""
        known = self._database.read(subjects.known_secret)
        return self._database.write("secret", subjects.secret) if known is None else known

    def about(self, hashes: Mapping[str, bytes]) -> frozenset[str]:
        """Batches that may hold rows about the person whose hash under each key is said."""
        return self._database.read(lambda c: subjects.about(c, hashes))

    def subject_columns(self) -> dict[str, tuple[frozenset[tuple[str, ...]], dict[str, bool]]]:
        """By dataset: columns that name a person; batches that still have rows, and whether those have hashes."""
        return self._database.read(subjects.columns)

    def erase_samples(self, marks: Mapping[str, Collection[str]], *, spared: Collection[str] = ()) -> int:
        """Remove the samples that have one of the *marks*, said by the key that made them, or that of another key; how many."""
        return self._database.write("samples", lambda c: subjects.erase_samples(c, marks, spared))

    def outputs(self, datasets: Collection[str]) -> tuple[str, ...]:
        """Where good rows of *datasets* were published."""
        return self._database.read(lambda c: subjects.outputs(c, datasets))

    def forget(self) -> bool:
        """
        Write over what was deleted, in the file and its log; whether that could be done at once.

        False: a reader is at work, or the server keeps a log of its own.
        """
        with self._database.outside() as connection:
            if not self._database.is_sqlite:
                return False
            return not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]

    # -- numbers ---------------------------------------------------------------------------------------------------------

    def stats(self, **chosen: Any) -> stats.Stats:
        """Dead letters in numbers; see `dq.store.stats.gather`."""
        return self._database.read(lambda c: stats.gather(c, **chosen))
