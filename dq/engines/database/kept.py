"""Rows that were moved aside, as they stand in their table: handed out as dead letters, counted and named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.engines.database.arrow import batches_of
from dq.engines.database.aside import BATCH, REASONS
from dq.engines.database.connect import connected, writing
from dq.engines.database.into import Into
from dq.engines.database.marked import ORIGIN, RAW
from dq.engines.database.server import Column, Session
from dq.engines.database.statements import Relation, Statements
from dq.errors import EngineError, SourceError
from dq.source import Table
from dq.sql import ROW_NO, Base, literal, render

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows under one *edition*; *kinds* are their columns, and what the contract called those where types leave it open."""

    table: Table
    edition: str
    kinds: Mapping[str, str | None]
    timeout: float = 0

    def rows(self) -> Iterator[pa.RecordBatch]:
        """
        The rows in order, as they are handed on, with their number, their reasons, and what could not be held.

        Raises:
            SourceError, WorldError: the table is not there, or cannot be reached.
        """
        import pyarrow as pa  # noqa: PLC0415

        with self._statements() as statements:
            q = statements.session.quoted
            sql = statements.select(statements.handed(), tail=f"ORDER BY {q(ROW_NO)}")
            fields = [(item.name, item.arrow) for item in statements.rows.columns]
            for found in batches_of(statements.session.stream(sql), pa.schema([*fields, (RAW, pa.binary())]), RAW):
                yield found.add_column(found.num_columns - 1, ORIGIN, pa.nulls(found.num_rows, pa.string()))

    def is_there(self) -> bool:
        """
        Whether there is such a table, whatever columns it has.

        Raises:
            SourceError, WorldError: its database lets nobody in, or cannot be reached.
        """
        with connected(self.table, self.timeout) as session:
            return bool(Into(session, self.table, "").columns())

    def digest(self) -> str:
        """
        Their number and the sum of their hashes, as `View.digest` says them.

        Raises:
            SourceError, WorldError: the table is not there, or cannot be reached.
        """
        with self._statements() as statements:
            rows = statements.rows
            bare = Relation(rows.sql, tuple(item for item in rows.columns if item.name in self.kinds))
            count, total = statements.session.run(statements.content(bare))[0]
            return f"{int(count)} {int(total) % 2**64}"

    @contextmanager
    def _statements(self) -> Iterator[Statements]:
        with connected(self.table, self.timeout) as session:
            yield Statements(session, self._relation(session))

    def _relation(self, session: Session) -> Relation:
        name = session.relation(self.table.parts)
        try:
            with session.trying():
                found = session.columns(name)
        except EngineError as error:
            mend = "the rows were moved there: see who renamed or dropped it"
            raise SourceError(error.what, str(self.table), mend) from None
        there = {item.name: item for item in found}
        wanted = [*self.kinds, ROW_NO, REASONS]
        if missing := [item for item in (*wanted, BATCH) if item not in there]:
            raise SourceError(f"the quarantine table lacks columns: {', '.join(missing)}", str(self.table), "put them back")
        columns = tuple(self._declared(there[item]) for item in wanted)
        test = f"{session.quoted(BATCH)} = {render(literal(self.edition), session.dialect)}"
        return Relation(f"(SELECT * FROM {name} WHERE {test})", columns)

    def _declared(self, item: Column) -> Column:
        kind = self.kinds.get(item.name)
        return item.instead.get(Base(kind), item) if kind else item


_AT_ONCE = 200  # ranges of numbers in one statement


def delete(table: Table, batch_id: str, edition: int, numbers: Sequence[Sequence[int]], timeout: float) -> None:
    """
    Delete the rows of a batch, up to an *edition*, with *numbers* (from, to); none: all. Where there is no table, there are none.

    Raises:
        SourceError, WorldError: they cannot be deleted, or not now.
    """
    with writing(table, timeout) as session:
        name, q = session.relation(table.parts), session.quoted
        if not _is_there(session, name):
            return
        whose = render(literal(f"{batch_id}:%"), session.dialect)
        number = f"CAST(SUBSTR({q(BATCH)}, {len(batch_id) + 2}) AS {session.whole_number})"
        test = f"{q(BATCH)} LIKE {whose} AND {number} <= {int(edition)}"
        for start in range(0, len(numbers), _AT_ONCE) or [0]:
            ranges = [f"{q(ROW_NO)} BETWEEN {int(first)} AND {int(last)}" for first, last in numbers[start : start + _AT_ONCE]]
            session.changed(f"DELETE FROM {name} WHERE {test}" + (f" AND ({' OR '.join(ranges)})" if ranges else ""))
        session.commit()


def _is_there(session: Session, name: str) -> bool:
    with suppress(EngineError), session.trying():
        return bool(session.columns(name))
    return False
