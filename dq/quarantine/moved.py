"""Bad rows that were moved within their database: found again by what the store keeps, read and verified where they stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.errors import DqError, SourceError, UsageError, WorldError
from dq.source import Table
from dq.store import Batch, Problem, RowRange, State

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.engines.database.kept import Kept


def _nowhere(place: str) -> Table:
    raise UsageError("nobody says how databases are reached", place, "open the dead letters with their settings")


@dataclass(frozen=True, slots=True)
class Tables:
    """How the table of a place that a batch keeps is *found* again; a statement may take *timeout* seconds, 0: any time."""

    found: Callable[[str], Table] = _nowhere
    timeout: float = 0

    def rows(self, batch: Batch, first: int = 0, erased: Iterable[RowRange] = ()) -> Iterator[pa.RecordBatch]:
        """
        The bad rows of *batch* but those *erased*, from the one in place *first* on.

        Raises:
            UsageError: they were never moved, or went back; or their database is found no more.
            WorldError: the table has not as many as it should; or it cannot be reached.
        """
        given = 0
        for piece in self.standing(batch):
            if given + piece.num_rows > first:
                yield piece.slice(max(first - given, 0))
            given += piece.num_rows
        due = batch.rows_bad - _count(erased)
        if given == due:
            return
        if given == 0 and batch.state is not State.PUBLISHED:
            mend = "they are in the table that they came from" if batch.state is State.BLOCKED else "enforce the key again"
            what = f"the rows of batch {batch.id[:12]}, which is {batch.state}, are not in quarantine"
            raise UsageError(what, str(batch.slot), mend)
        what = f"batch {batch.id[:12]} has {due:,} bad rows, but its table has {given:,} of them"
        raise WorldError(what, str(self.found(batch.place)), "see who changes the table; enforcing the key again puts it right")

    def standing(self, batch: Batch) -> Iterator[pa.RecordBatch]:
        """
        What stands of *batch* in its table; nothing of one that is not published and has no table.

        Raises:
            SourceError, WorldError: the table is not there, or cannot be reached.
        """
        kept = self._kept(batch)
        try:
            yield from kept.rows()
        except SourceError:
            if batch.state is State.PUBLISHED or kept.is_there():
                raise

    def problems(self, batch: Batch, erased: Collection[RowRange] = ()) -> Iterator[Problem]:
        """What is wrong with the rows of *batch* where they stand; those of one that is not published need not be there."""
        if batch.state is State.BLOCKED:
            return
        try:
            said = self._kept(batch).digest()
        except DqError as error:
            if batch.state is State.PUBLISHED or error.retryable:
                yield Problem(error.what, error.where)
            return
        rows, due = int(said.partition(" ")[0]), 0 if batch.purged_at else batch.rows_bad - _count(erased)
        if rows == 0 and (batch.state is not State.PUBLISHED or due == 0):
            return
        if rows != due:
            mend = "; `dq quarantine collect` removes them" if batch.purged_at else ""
            yield Problem(f"{due:,} bad rows are kept, but its table has {rows:,}{mend}", f"batch {batch.id[:12]}")
        elif not erased and hashlib.sha256(said.encode()).hexdigest() != batch.digest:
            yield Problem("rows in its table are not those that were moved there", f"batch {batch.id[:12]}")

    def delete(self, said: str) -> None:
        """
        Delete the rows that *said* names, as `dq.store.parts.moved` wrote it; where there is no such table, there are none.

        Raises:
            UsageError: their database is found no more. SourceError, WorldError: they cannot be deleted, or not now.
        """
        from dq.engines.database.kept import delete  # noqa: PLC0415  heavy

        what = json.loads(said)
        delete(self.found(what["place"]), what["batch"], what["edition"], what["rows"], self.timeout)

    def _kept(self, batch: Batch) -> Kept:
        from dq.engines.database.kept import Kept  # noqa: PLC0415  heavy

        said = json.loads(batch.schema)
        kinds = {name: said.get("kinds", {}).get(name) for name in said["columns"]}
        return Kept(self.found(batch.place), f"{batch.id}:{batch.edition}", kinds, self.timeout)


def _count(ranges: Iterable[RowRange]) -> int:
    """How many rows are named, each once."""
    return len({row for item in ranges for row in range(item.first, item.last + 1)})
