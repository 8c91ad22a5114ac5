"""Rows into a table: whose they are is kept beside them, in the transaction that puts them there."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.engines.database.server import Column, Session
from dq.engines.database.statements import columns_of
from dq.engines.database.values import rows_of, whole_numbers
from dq.errors import EngineError, Fenced, SourceError, UsageError
from dq.plan import Plan, bind
from dq.source import Table
from dq.sql import PlainText, Tree, literal, render, replace_columns

if TYPE_CHECKING:
    import pyarrow as pa

BATCH, LEDGER = "_dq_batch", "dq_published"
_LONGEST = 100  # characters of an edition
STAMP = {BATCH: f"VARCHAR({_LONGEST})"}
_CONTENT = "content"  # of a ledger that an earlier dq made it is missing until somebody moves rows
_LEDGER = {
    "place": "CHAR(64) NOT NULL PRIMARY KEY",
    "slot": "TEXT NOT NULL",
    "target": "TEXT NOT NULL",
    "batches": "TEXT NOT NULL",
    "rows": "BIGINT NOT NULL",
    "at": "VARCHAR(32) NOT NULL",
    _CONTENT: "CHAR(64)",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What stands in a table of a slot: its *editions*, in the order they came, and how many *rows* the last one has there.

    *content* names what rows that were moved have left behind; "" of rows that were not.
    """

    editions: tuple[str, ...]
    rows: int
    content: str = ""


@dataclass(frozen=True, slots=True)
class Into:
    """
    The *table* as a place for rows, inside a *session* that may write; *slot* names whose rows are put there.

    The ledger `dq_published`, beside the table, has one row for each slot and table: the editions that stand there. Rows are
    told apart by the column `_dq_batch`, or by the *where* of the table: a partition that is the slot's alone.
    """

    session: Session
    table: Table
    slot: str

    @classmethod
    def of(cls, session: Session, table: Table, slot: str) -> Into:
        """
        *table* where it lies: when the search path leads to another schema than that of new tables, by its whole name.

        A ledger that an earlier dq kept in the schema of new tables is kept there.
        """
        plain = cls(session, table, slot)
        if not (schema := session.elsewhere(table.parts)):
            return plain
        quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, *table.parts))
        own = cls(session, replace(table, name=quoted), slot)
        return plain if own.editions() is None and plain.editions() is not None else own

    # -- names -----------------------------------------------------------------------------------------------------------

    @property
    def sql(self) -> str:
        """The table as SQL."""
        return self.session.relation(self.table.parts)

    @property
    def _ledger(self) -> str:
        return self.session.relation((*self.table.parts[:-1], LEDGER))

    @property
    def _place(self) -> str:
        return hashlib.sha256(f"{self.slot}\n{self._name}".encode()).hexdigest()

    @property
    def _name(self) -> str:
        """The last part of the table's name, as the ledger knows it."""
        return self.session.spelt(self.table.parts)

    def _text(self, value: str) -> str:
        return render(literal(value), self.session.dialect)

    def _found(self, relation: str) -> tuple[Column, ...]:
        """The columns of a relation; none when it is not there."""
        with suppress(EngineError), self.session.trying():
            return self.session.columns(relation)
        return ()

    def columns(self) -> tuple[Column, ...]:
        """The columns of the table; none when there is no such table yet."""
        return self._found(self.sql)

    # -- before anything is read -------------------------------------------------------------------------------------------

    def must_take(self, names: Collection[str]) -> None:
        """
        Refuse a table that is there and has not the columns *names*, or nothing that tells the rows of batches apart.

        Raises:
            SourceError: it is so. UsageError: its `where` is no condition over its columns; or rows have such a column already.
        """
        if self.table.where is None and (own := next((name for name in names if name.lower() == BATCH), None)):
            what = f"the rows have a column '{own}', by which dq tells whose the rows of the output are"
            raise UsageError(what, str(self.table), "leave it out: of a table read a query, dq.Table(url, query='SELECT …')")
        if not (found := self.columns()):
            if self.table.where is not None:
                raise SourceError(
                    "there is no such table yet, and a partition of it is named", str(self.table), "create it first"
                )
            return
        there = [item.name for item in found]
        if missing := [name for name in names if name not in there]:
            mend = f"add them, or publish into another table; it has: {', '.join(there)}"
            raise SourceError(f"the table lacks columns: {', '.join(missing)}", str(self.table), mend)
        if self.table.where is None and BATCH not in there:
            ddl = f"ALTER TABLE {self.sql} ADD COLUMN {self.session.quoted(BATCH)} VARCHAR({_LONGEST})"
            mend = f"{ddl}; or name the partition that is replaced: dq.Table(…, where='day = …')"
            raise SourceError(f"the table has no column {BATCH}, which tells whose a row is", str(self.table), mend)
        if engine := self.session.without_undo(self.table.parts):
            mend = f"ALTER TABLE {self.sql} ENGINE=InnoDB"
            raise SourceError(f"the table's engine, {engine}, has no transactions", str(self.table), mend)
        self._partition()

    # -- the tables themselves -----------------------------------------------------------------------------------------------

    def create(self, columns: Mapping[str, str], like: str = "", stamp: Mapping[str, str] = STAMP) -> None:
        """
        See that ledger and table are there: the table with *columns* (their types as SQL), or as the relation *like* (SQL).

        *stamp* are columns beside those, the first of which says whose a row is. It is a step of its own, for MariaDB ends a
        transaction with it; done by two at once, one of them makes them.
        """
        ledger = ", ".join(f"{self.session.quoted(name)} {kind}" for name, kind in _LEDGER.items())
        engine = " ENGINE=InnoDB" if self.session.dialect in ("mariadb", "mysql") else ""  # the default may have no transactions
        self._make(self._ledger, [f"CREATE TABLE {self._ledger} ({ledger}){engine}"])
        name = self._text(self._name)
        gone = f"DELETE FROM {self._ledger} WHERE {self.session.quoted('target')} = {name}"  # with a table that somebody dropped
        batch = self.session.quoted(next(iter(stamp)))
        more = [f"{self.session.quoted(name)} {kind}" for name, kind in stamp.items()]
        if like:
            made = self._as_like(columns, like, stamp)
        else:
            listed = [f"{self.session.quoted(name)} {kind}" for name, kind in columns.items()]
            made = f"CREATE TABLE {self.sql} ({', '.join([*listed, *more])}){engine}"
        parts = self.table.parts
        index = f"dq_{self._place[:16]}"
        if self.session.dialect == "sqlite":
            called, on = self.session.relation((*parts[:-1], index)), self.session.quoted(parts[-1])
        else:
            called, on = self.session.quoted(index), self.sql
        self._make(self.sql, [gone, made, f"CREATE INDEX {called} ON {on} ({batch})"])
        self.session.commit()

    def _as_like(self, columns: Collection[str], like: str, stamp: Mapping[str, str]) -> str:
        """The table with *columns* as the relation *like* has them, without its constraints, and those of *stamp*."""
        q = self.session.quoted
        names = ", ".join(f"{q('__dq_t')}.{q(name)}" for name in columns)
        if self.session.dialect == "postgres":
            empty = ", ".join(f"CAST(NULL AS {kind}) AS {q(name)}" for name, kind in stamp.items())
            return f"CREATE TABLE {self.sql} AS SELECT {names}, {empty} FROM {like} AS {q('__dq_t')} LIMIT 0"
        listed = ", ".join(f"{q(name)} {kind}" for name, kind in stamp.items())
        return f"CREATE TABLE {self.sql} ({listed}) ENGINE=InnoDB AS SELECT {names} FROM {like} AS {q('__dq_t')} LIMIT 0"

    def keep_content(self) -> None:
        """See that a ledger that an earlier dq made has a place for what rows that are moved leave behind."""
        if not self._lacks_content():
            return
        try:
            self.session.run(f"ALTER TABLE {self._ledger} ADD COLUMN {self.session.quoted(_CONTENT)} {_LEDGER[_CONTENT]}")
        except EngineError:
            self.session.close()
            self.session.open()
            if self._lacks_content():  # else somebody else has made it
                raise

    def _lacks_content(self) -> bool:
        there = [item.name for item in self._found(self._ledger)]
        return bool(there) and _CONTENT not in there

    def _make(self, relation: str, statements: Sequence[str]) -> None:
        if self._found(relation):
            return
        try:
            for sql in statements:
                self.session.run(sql)
        except EngineError:
            self.session.close()
            self.session.open()
            if not self._found(relation):  # else somebody else has made it
                raise

    # -- whose rows are there ----------------------------------------------------------------------------------------------

    def editions(self) -> tuple[str, ...] | None:
        """What stands there of the slot, in the order it came; None: nothing yet. Others who ask wait for our end."""
        found = self.entry()
        return None if found is None else found.editions

    def entry(self) -> Entry | None:
        """As `editions`, with all that the ledger says."""
        ledger = [item.name for item in self._found(self._ledger)]
        if not ledger:
            return None
        lock = "" if self.session.dialect == "sqlite" or not self.session.writes else " FOR UPDATE"
        q = self.session.quoted
        content = q(_CONTENT) if _CONTENT in ledger else "NULL"
        found = self.session.run(
            f"SELECT {q('batches')}, {q('rows')}, {content} FROM {self._ledger} "
            f"WHERE {q('place')} = {self._text(self._place)}{lock}"
        )
        return Entry(tuple(str(found[0][0]).split()), int(found[0][1]), str(found[0][2] or "")) if found else None

    def follow(self, before: str, after: str) -> None:
        """Other slots whose rows were moved out of the same content *before*: what they left behind is *after* by now."""
        q = self.session.quoted
        mine = f"{q('target')} = {self._text(self._name)} AND {q(_CONTENT)} = {self._text(before)}"
        places = self.session.run(
            f"SELECT {q('place')} FROM {self._ledger} WHERE {mine} AND {q('place')} <> {self._text(self._place)}"
        )
        for (place,) in places:
            where = f"{q('place')} = {self._text(str(place))}"
            self.session.run(f"UPDATE {self._ledger} SET {q(_CONTENT)} = {self._text(after)} WHERE {where}")

    def sign(self, editions: Sequence[str], rows: int, *, new: bool, content: str = "") -> None:
        """
        Write down that these *editions* stand there, the last with so many *rows*; *new*: nothing was written down before.

        *content* names what was left behind by rows that were moved.

        Raises:
            Fenced: somebody else did it meanwhile.
        """
        values = {
            "place": self._place,
            "slot": self.slot,
            "target": self._name,
            "batches": " ".join(editions),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        said = {self.session.quoted(name): self._text(value) for name, value in values.items()}
        said[self.session.quoted("rows")] = str(int(rows))
        if content:
            said[self.session.quoted(_CONTENT)] = self._text(content)
        if new:
            try:
                self.session.run(f"INSERT INTO {self._ledger} ({', '.join(said)}) VALUES ({', '.join(said.values())})")
            except EngineError as error:
                raise Fenced(f"somebody else published meanwhile: {error.what}", str(self.table), "run again") from None
            return
        sets = ", ".join(f"{name} = {value}" for name, value in said.items())
        where = f"{self.session.quoted('place')} = {self._text(self._place)}"
        self.session.run(f"UPDATE {self._ledger} SET {sets} WHERE {where}")

    # -- rows --------------------------------------------------------------------------------------------------------------

    def clear(self, editions: Collection[str]) -> int:
        """Delete what stands there of these *editions*, or all rows of the partition; how many rows."""
        if (where := self._partition()) is not None:
            return self.session.changed(f"DELETE FROM {self.sql} WHERE {where}")
        if not editions:
            return 0
        listed = ", ".join(map(self._text, editions))
        return self.session.changed(f"DELETE FROM {self.sql} WHERE {self.session.quoted(BATCH)} IN ({listed})")

    def held(self) -> int:
        """How many rows the partition holds; 0 where none is named."""
        where = self._partition()
        return 0 if where is None else int(self.session.run(f"SELECT COUNT(*) FROM {self.sql} WHERE {where}")[0][0])

    def standing_of(self, edition: str) -> int | None:
        """How many rows of an *edition* stand there; None where rows are not told apart by it."""
        if not self.stamp(edition):
            return None
        where = f"{self.session.quoted(BATCH)} = {self._text(edition)}"
        return int(self.session.run(f"SELECT COUNT(*) FROM {self.sql} WHERE {where}")[0][0])

    def outside(self, rows: int, *, before: int) -> None:
        """
        Refuse rows that the partition does not hold: nobody would find them again.

        Raises:
            SourceError: of *rows* rows that came to the *before* in the partition, some are outside it.
        """
        if self.table.where is None:
            return
        if (out := before + rows - self.held()) > 0:
            what = f"{out:,} of {rows:,} good rows are outside the partition {self.table.where}"
            raise SourceError(what, str(self.table), "name the partition of these rows, or enforce with the same where")

    def standing(self, columns: Sequence[Column]) -> str:
        """The statement that gives *columns*, as they are handed on, of what stands there of the slot; numbers when of none."""
        listed = ", ".join(item.out.format(x=self.session.quoted(item.name)) for item in columns) or "1"
        if (where := self._partition()) is None:
            editions = ", ".join(map(self._text, self.editions() or ())) or "NULL"
            where = f"{self.session.quoted(BATCH)} IN ({editions})"
        return f"SELECT {listed} FROM {self.sql} WHERE {where}"

    def _partition(self) -> str | None:
        """The `where` of the table as SQL over its columns."""
        if self.table.where is None:
            return None
        found = self.columns()
        dialect = self.session.dialect
        columns = columns_of(found, loose=dialect == "sqlite")
        plan = Plan("", "", "", (), (), (), "")
        tree = bind(plan, columns, dialect=dialect, now=datetime.now(UTC), where=self.table.where).where
        assert tree is not None  # noqa: S101  it was said
        plain: dict[str, Tree] = {item.name: PlainText(this=exp.column(item.name, quoted=True)) for item in found if item.plain}
        return render(replace_columns(tree, plain), dialect)

    def stamp(self, edition: str) -> dict[str, str]:
        """SQL of what each row gets beside its own columns."""
        return {BATCH: self._text(edition)} if any(item.name == BATCH for item in self.columns()) else {}

    def put_all(self, batches: Iterable[pa.RecordBatch], edition: str) -> int:
        """`put`, with the names that the batches have."""
        left = iter(batches)
        first = next(left, None)
        return 0 if first is None else self.put(chain((first,), left), first.schema.names, edition)

    def put(self, batches: Iterable[pa.RecordBatch], names: Sequence[str], edition: str) -> int:
        """Put rows from elsewhere there; their number."""
        import pyarrow as pa  # noqa: PLC0415  heavy

        stamped, there = [edition] if self.stamp(edition) else [], self.columns()
        lists = {item.name for item in there if pa.types.is_list(item.arrow)}
        loose = self.session.dialect == "sqlite"
        wholes = {item.name for item in there if pa.types.is_integer(item.arrow) and not loose}
        chunks = rows_of(whole_numbers(batches, wholes), self.session.dialect, stamped, lists)
        return self.session.insert(self.sql, [*names, *([BATCH] if stamped else [])], chunks)
