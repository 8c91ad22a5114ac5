"""Where good rows go when that is a table: in one transaction with the record of whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.errors import EngineError, Fenced, SourceChanged, SourceError, WorldError
from dq.quarantine.output import Owner, Placed
from dq.source import Table
from dq.store import Turn, faults

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.engines.database.into import Into

Insert = Callable[["Into", str], int]  # puts rows there under an edition -> how many


@dataclass(frozen=True, slots=True)
class TableTarget:
    """
    The *table* that holds the good rows of one slot, among those of others. A statement may take *timeout* seconds, 0: any.

    What is there is known by `dq_published`, a ledger beside the table: it is read and written in the transaction that
    changes the rows, so that a try that was overtaken changes nothing.
    """

    table: Table
    slot: str
    timeout: float = 0

    def __str__(self) -> str:
        return str(self.table)

    def owner(self) -> Owner | None:
        """Of the slot's rows, which stand there; None when there are none yet, or no such table."""
        from dq.engines.database.connect import connected, is_there  # noqa: PLC0415  heavy
        from dq.engines.database.into import Into  # noqa: PLC0415

        if not is_there(self.table):
            return None
        with connected(self.table, self.timeout) as session:
            into = Into.of(session, self.table, self.slot)
            found = into.editions() if into.columns() else None
        return None if found is None else Owner(self.slot, found)

    def publish(self, turn: Turn, insert: Insert) -> Placed:
        """
        Put the rows of the turn's batch in the place of what the table holds of its slot; nothing when they are there.

        Raises:
            Fenced: a later batch stands there, or the turn was lost. SourceChanged: the rows are not as many as were good.
            WorldError: the database failed; nothing was changed. EngineError: it refused a row, likewise.
        """
        with self._writing() as into:
            there = into.editions()
            if there is not None and turn.edition in there:
                return Placed(turn.batch.rows_due, there)
            self._is_not_late(turn, there or ())
            into.clear({*(there or ()), *turn.beside, turn.edition})  # its own, when somebody lost the ledger
            faults.at("after-delete")
            rows = self._insert(into, turn, insert)
            into.outside(rows, before=0)
            return self._sign(into, turn, (turn.edition,), rows, new=there is None)

    def extend(self, turn: Turn, batches: Iterable[pa.RecordBatch]) -> Placed:
        """
        Put *batches*, the good rows of the turn's, beside what the table holds of its slot; nothing when they are there.

        Raises:
            WorldError: the table lacks what the key has published. As `publish` otherwise.
        """
        with self._writing() as into:
            there = into.editions()
            if there is not None and turn.edition in there:
                return Placed(turn.batch.rows_due, there)
            self.must_hold(turn.beside, there or ())
            before = into.held()
            rows = self._insert(into, turn, lambda into, edition: into.put_all(batches, edition))
            into.outside(rows, before=before)
            return self._sign(into, turn, (*(there or ()), turn.edition), rows, new=there is None)

    def remove(self, slot: str, edition: str) -> bool:
        """
        Delete what the table holds of *slot* when it is this *edition* and nothing else; whether it did.

        Raises:
            WorldError: the database failed; nothing was changed.
        """
        if self.owner() != Owner(slot, (edition,)):
            return False
        with self._writing() as into:
            entry = into.entry()
            if entry is None or entry.editions != (edition,) or (self.table.where and into.held() != entry.rows):
                return False
            into.clear(entry.editions)
            into.sign((), 0, new=False)
            into.session.commit()
            return True

    def make(self, turn: Turn, schema: pa.Schema) -> None:
        """
        See that the table and its ledger are there, to be extended: a new one gets columns for rows of *schema*.

        Raises:
            SourceError: it cannot take such rows. EngineError, WorldError: it cannot be made; or it is gone with what the key
                has published.
        """
        from dq.engines.database.values import ddl_types  # noqa: PLC0415  heavy

        owner = self.owner()
        self.must_hold(turn.beside, owner.editions if owner else ())
        with self._writing() as into:
            into.must_take(schema.names)
            into.create(ddl_types(schema, into.session.dialect))

    def rehearse(self, batches: Iterable[pa.RecordBatch]) -> None:
        """
        Put *batches* there and take them back: what the table refuses is known before anything is settled.

        A table that is not there yet will be made for them.

        Raises:
            EngineError: it refuses a row. SourceError: a row is outside the partition. WorldError: the database failed.
        """
        from dq.engines.database.connect import is_there  # noqa: PLC0415  heavy

        if not is_there(self.table):
            return
        with self._writing() as into:
            if not into.columns():
                return
            before = into.held()
            try:
                rows = into.put_all(batches, "")
            except EngineError as error:
                mend = "fix the rows (fix=, set=), or discard them; nothing was changed"
                raise EngineError(f"the table refuses a row: {error.what}", str(self), mend) from None
            into.outside(rows, before=before)

    def may_write(self, slot: str) -> Owner | None:
        """The owner; a table may hold rows of other slots, too."""
        del slot
        return self.owner()

    def must_hold(self, published: Mapping[str, str], editions: Iterable[str]) -> None:
        """
        Refuse to add to a table that lacks, among its *editions*, one of those *published* there.

        Raises:
            WorldError: it does.
        """
        if missing := sorted({edition for edition, where in published.items() if where == str(self)} - set(editions)):
            batch = missing[0].partition(":")[0][:12]
            mend = "publish it again: enforce the key again, then `dq quarantine recover`"
            raise WorldError(f"the table does not hold what batch {batch} published there", str(self), mend)

    # -- inside the transaction ------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Into]:
        from dq.engines.database.connect import writing  # noqa: PLC0415  heavy
        from dq.engines.database.into import Into  # noqa: PLC0415

        with writing(self.table, self.timeout) as session:
            yield Into.of(session, self.table, self.slot)

    def _is_not_late(self, turn: Turn, there: Iterable[str]) -> None:
        later = [edition for edition in there if int(edition.rpartition(":")[2]) > turn.batch.edition]
        if later:
            what = f"batch {later[0][:12]} stands there, which is later than batch {turn.batch.id[:12]}"
            mend = "run again, to enforce what the key holds now; when the store is a new one, delete what the old one left there"
            raise Fenced(what, str(self), f"{mend}: the rows, and the key's line of dq_published")

    def _insert(self, into: Into, turn: Turn, insert: Insert) -> int:
        rows = insert(into, turn.edition)
        faults.at("after-insert")
        if rows != turn.batch.rows_due:
            what = f"{rows:,} rows were inserted, but {turn.batch.rows_due:,} are good; nothing was changed"
            raise SourceChanged(what, str(self), "see that nothing else writes to the source, nor drops rows of the target")
        if (held := into.standing_of(turn.edition)) not in (None, rows):
            what = f"{rows:,} rows were inserted, but {held:,} stand there; nothing was changed"
            raise SourceError(what, str(self), "see which constraint or trigger of the target replaces or drops rows")
        return rows

    def _sign(self, into: Into, turn: Turn, editions: tuple[str, ...], rows: int, *, new: bool) -> Placed:
        into.sign(editions, rows, new=new)
        self._commit(into, turn)
        return Placed(rows, editions)

    def _commit(self, into: Into, turn: Turn) -> None:
        faults.at("publish:before COMMIT")
        turn.confirm()
        into.session.commit()
        faults.at("publish:after COMMIT")
