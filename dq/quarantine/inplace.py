"""
Bad rows stay in their database: they are moved from their table to the one beside it, when it is their turn.

Until then they are where they came from, which is safe enough: a batch that is committed and not published has its rows in
the source. The move is one transaction:

    1. a source that is as the slot's standing edition left it gets that edition's rows back: so they came in
    2. it must be what the batch was made from, row by row
    3. bad rows are copied to the table beside it, under the edition, then deleted
    4. what was there must be what is left and what was moved, by count and by the sum of hashes
    5. the ledger gets the edition, and a name of what is left

So each row that came in is in exactly one of the two tables, whatever dies. A source that was loaded anew is judged alone;
rows that an older load left beside it stay there under their old edition. Nothing is deleted that is not put elsewhere by the
same transaction, but copies of rows that came in once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.errors import EngineError, SourceChanged
from dq.quarantine.output import Placed
from dq.quarantine.tables import TableTarget
from dq.source import Table
from dq.store import Turn, faults

if TYPE_CHECKING:
    from dq.engines.database.aside import Moving


@dataclass(frozen=True, slots=True)
class InPlace(TableTarget):
    """The *table* beside a *source* that bad rows of one slot are moved to, among those of others."""

    source: Table | None = None

    def __str__(self) -> str:
        return str(self.source)

    def move(self, turn: Turn, moving: Moving, reasons: Mapping[int, str], fingerprint: Callable[[], str]) -> Placed:
        """
        Move the bad rows of the turn's batch out of the source; nothing when that is done.

        *fingerprint* says what is looked at now, *reasons* are the ids of checks.

        Raises:
            SourceChanged: the source is not what was judged. Fenced: a later batch stands there, or the turn was lost.
            WorldError: the database failed; nothing was changed. SourceError, EngineError: it refused, likewise.
        """
        with self._writing() as into:
            moving = moving.begin(into.session)
            found, whole = moving.into.entry(), moving.content
            before = moving.name_of(whole)
            as_left = found is not None and found.content == before
            if as_left and found is not None and turn.edition in found.editions:
                return Placed(turn.batch.rows_good, found.editions)
            self._is_not_late(turn, found.editions if found else ())
            if as_left and found is not None:
                moving.back(found.editions)
                faults.at("after-return")
                whole = moving.content
            moving.drop(turn.batch.id)
            if fingerprint() != turn.batch.fingerprint:
                raise SourceChanged("the rows are not those that were judged", str(self), "run again")
            left = self._moved(moving, turn, whole, reasons)
            moving.into.follow(before, moving.name_of(left))
            moving.into.sign((turn.edition,), turn.batch.rows_bad, new=found is None, content=moving.name_of(left))
            self._commit(moving.into, turn)
            return Placed(left[0], (turn.edition,))

    def _moved(self, moving: Moving, turn: Turn, whole: tuple[int, str], reasons: Mapping[int, str]) -> tuple[int, str]:
        """What is left of the *whole*."""
        from dq.engines.database.aside import add_up  # noqa: PLC0415  heavy

        due = turn.batch.rows_bad
        put = moving.aside(turn.edition, reasons)
        faults.at("after-insert")
        gone = moving.remove(turn.edition)
        faults.at("after-delete")
        if (put, gone) != (due, due):
            what = f"{due:,} rows are bad, {put:,} were copied and {gone:,} deleted; nothing was changed"
            raise SourceChanged(what, str(self), "see what else writes to the table, or keeps rows from being deleted")
        left = moving.content
        if not add_up(whole, [left, moving.held(turn.edition)]):
            mend = "see that no trigger changes rows, and that the quarantine table has the types of its source"
            raise EngineError("the moved rows are not as they were; nothing was changed", str(self), mend)
        return left
