"""Bad rows that were moved within their database: found again by what the store keeps, read and verified where they stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.errors import DqError, SourceError, UsageError, WorldError
from dq.source import Table
from dq.store import Batch, Problem, State

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

    def rows(self, batch: Batch, first: int = 0) -> Iterator[pa.RecordBatch]:
        """
        The bad rows of *batch*, from number *first* on.

        Raises:
            UsageError: they were never moved, or went back; or their database is found no more.
            WorldError: the table has not as many as it should; or it cannot be reached.
        """
        given = first
        try:
            for piece in self._kept(batch).rows(first):
                yield piece
                given += piece.num_rows
        except SourceError:
            if batch.state is State.PUBLISHED:
                raise
        if given == batch.rows_bad:
            return
        if given == 0 and batch.state is not State.PUBLISHED:
            mend = "they are in the table that they came from" if batch.state is State.BLOCKED else "enforce the key again"
            what = f"the rows of batch {batch.id[:12]}, which is {batch.state}, are not in quarantine"
            raise UsageError(what, str(batch.slot), mend)
        what = f"batch {batch.id[:12]} has {batch.rows_bad:,} bad rows, but its table has {given:,} of them"
        raise WorldError(what, str(self.found(batch.place)), "see who changes the table; enforcing the key again puts it right")

    def problems(self, batch: Batch) -> Iterator[Problem]:
        """What is wrong with the rows of *batch* where they stand; those of one that is not published need not be there."""
        if batch.state is State.BLOCKED:
            return
        try:
            said = self._kept(batch).digest()
        except DqError as error:
            if batch.state is State.PUBLISHED or error.retryable:
                yield Problem(error.what, error.where)
            return
        rows = int(said.partition(" ")[0])
        if rows == 0 and (batch.state is not State.PUBLISHED or batch.rows_bad == 0):
            return
        if rows != batch.rows_bad:
            yield Problem(f"{batch.rows_bad:,} bad rows, but its table has {rows:,}", f"batch {batch.id[:12]}")
        elif hashlib.sha256(said.encode()).hexdigest() != batch.digest:
            yield Problem("rows in its table are not those that were moved there", f"batch {batch.id[:12]}")

    def _kept(self, batch: Batch) -> Kept:
        from dq.engines.database.kept import Kept  # noqa: PLC0415  heavy

        said = json.loads(batch.schema)
        kinds = {name: said.get("kinds", {}).get(name) for name in said["columns"]}
        return Kept(self.found(batch.place), f"{batch.id}:{batch.edition}", kinds, self.timeout)
