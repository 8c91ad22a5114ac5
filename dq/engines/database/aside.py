"""The table beside a source that its bad rows are moved to, and back: `orders__quarantine` beside `orders`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dq.engines.database.connect import writing
from dq.engines.database.into import Into
from dq.engines.database.movable import NAMED, Movable, longest, movable, removed
from dq.engines.database.server import Column, Session
from dq.engines.database.statements import ROW_ID
from dq.engines.database.view import TableView
from dq.engines.model import View
from dq.errors import EngineError, SourceError, UsageError
from dq.source import Source, Table
from dq.sql import ROW_NO, Tree, literal, render

SUFFIX = "__quarantine"
BATCH, REASONS = "__dq_batch", "__dq_reasons"
_ELSEWHERE = "publish the good rows into another table: output=dq.Table(url, 'mart.orders')"
_UNASKED = Movable()
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def aside_of(source: Table) -> Table:
    """The table beside *source* that has its bad rows."""
    parts = [*source.parts[:-1], source.parts[-1] + SUFFIX]
    name = ".".join(part if _PLAIN.fullmatch(part) else '"' + part.replace('"', '""') + '"' for part in parts)
    return replace(source, name=name, where=None)


def movable_source(source: Source) -> Table:
    """
    The source as a table whose rows can be moved, as far as that is known without asking its database.

    Raises:
        UsageError: it is no table.
    """
    if not isinstance(source, Table):
        raise UsageError("only rows of a table can be moved in place", str(source), "give another output")
    if source.query:
        raise UsageError(
            "rows of a query cannot be moved in place", str(source), "name the table: dq.Table(url, 'staging.orders')"
        )
    aside_of(source)
    return source


def must_move(view: View, source: Table) -> None:
    """
    Refuse a table whose rows cannot be moved, or whose quarantine table cannot take them, before a row is read.

    Raises:
        UsageError: the connection is in a transaction of its owner. SourceError: it is so otherwise; the error says what helps.
    """
    session, aside = _table_view(view).session, aside_of(source)
    if session.inside:
        what = "the connection is in a transaction already: what is moved must be committed with its record"
        raise UsageError(what, str(source), "commit it first, or give an engine or a URL")
    name = aside.parts[-1]
    size = len(name.encode()) if session.dialect == "postgres" else len(name)
    if 0 < longest(session) < size:
        what = f"the name of its quarantine table would be too long for {session.product}: {name}"
        raise SourceError(what, str(source), f"give the table a shorter name, or {_ELSEWHERE}")
    found = _unhindered(movable(session, source.parts), source)
    if not found.names_rows:
        mend = f"give it a primary key, or {_ELSEWHERE}"
        raise SourceError("nothing names a row of the table: it has no primary key", str(source), mend)
    into = Into(session, aside, "")
    if columns := into.columns():
        _must_take(session, view.shown, aside, columns)
        _unhindered(movable(session, aside.parts), aside)


def _unhindered(found: Movable, table: Table) -> Movable:
    if found.obstacle:
        raise SourceError(found.obstacle, str(table), found.mend)
    return found


def _must_take(session: Session, shown: Mapping[str, str], aside: Table, found: Collection[Column]) -> None:
    there = {item.name: item.shown for item in found}
    wanted = {**shown, **dict.fromkeys(_stamp(session))}
    differing = [name for name, kind in wanted.items() if name not in there or kind not in (None, there[name])]
    if not differing:
        return
    table = session.relation(aside.parts)
    added = [f"ADD COLUMN {session.quoted(name)} {_kind(session, shown, name)}" for name in differing if name not in there]
    other = [name for name in differing if name in there]
    mend = (
        f"rename it, and dq makes another: ALTER TABLE {table} RENAME TO …"
        if other
        else "; ".join(f"ALTER TABLE {table} {item}" for item in added)
    )
    what = f"the quarantine table has not the columns of its source: {', '.join(differing)}"
    raise SourceError(what, str(aside), mend)


def _kind(session: Session, shown: Mapping[str, str], name: str) -> str:
    kind = shown.get(name) or _stamp(session)[name]
    return "" if kind.lower() == "any" and session.dialect == "sqlite" else kind


def _stamp(session: Session) -> dict[str, str]:
    """What each row has there beside its own columns: whose it is, its number, its reasons, what it was called."""
    text = "LONGTEXT" if session.dialect in ("mariadb", "mysql") else "TEXT"
    return {BATCH: "VARCHAR(100)", ROW_NO: "BIGINT", REASONS: text, NAMED: "VARCHAR(100)"}


def made(view: View, source: Table, slot: str, timeout: float) -> None:
    """
    See that quarantine table and ledger are there.

    Raises:
        SourceError, EngineError, WorldError: they cannot be made.
    """
    aside = aside_of(source)
    with writing(aside, timeout) as session:
        into = Into(session, aside, slot)
        like = "" if session.dialect == "sqlite" else session.relation(source.parts)
        columns = {name: "" if kind.lower() == "any" else kind for name, kind in view.shown.items()}
        into.keep_content()
        into.create(columns, like=like, stamp=_stamp(session))


@dataclass(frozen=True, slots=True)
class Moving:
    """
    The rows of a *source* that pass *where* (None: all), which *view* looks at, and those of *slot* that were moved out of it.

    *said* is *where* as it was written. *found* is what the catalogue says of the source, inside the transaction that moves.
    """

    view: TableView
    source: Table
    slot: str
    where: Tree | None = None
    said: str | None = None
    found: Movable = _UNASKED

    @classmethod
    def of(cls, view: View, source: Table, slot: str, where: Tree | None, said: str | None) -> Moving:
        """The rows that *view* looks at."""
        return cls(_table_view(view), source, slot, where, said)

    # -- what is there -----------------------------------------------------------------------------------------------------

    @property
    def into(self) -> Into:
        """The table beside it, in the session that is looked through."""
        return Into(self.view.session, aside_of(self.source), self.slot)

    @property
    def content(self) -> tuple[int, str]:
        """How many rows are looked at, and the sum of their hashes."""
        return self.view.content(self.where)

    def name_of(self, content: tuple[int, str]) -> str:
        """A name of rows, of which only those that pass *where* are meant."""
        return hashlib.sha256(json.dumps([*content, self.said]).encode()).hexdigest()

    def rejoin(self) -> None:
        """
        Look at the source together with the slot's rows that were moved out of it, if it is as they left it.

        They came in together. A source that was loaded anew since is looked at alone. Bad rows are looked at where they are.
        """
        self.view.stays = True
        found = self.into.entry()
        if found is None or not found.rows or not self.into.columns() or found.content != self.name_of(self.content):
            return
        session = self.view.session
        columns = ", ".join(map(session.quoted, self.view.shown))
        moved = f"SELECT {columns} FROM {self.into.sql} WHERE {self._of(found.editions)}"
        self.view.move_to(session, f"(SELECT {columns} FROM {session.relation(self.source.parts)} UNION ALL {moved})")

    # -- inside the transaction --------------------------------------------------------------------------------------------

    def begin(self, session: Session) -> Moving:
        """Look through *session*, at the source as it is now, alone."""
        found = _unhindered(movable(session, self.source.parts), self.source)
        self.view.move_to(session, session.relation(self.source.parts), found.row_id)
        return replace(self, found=found)

    def back(self, editions: Collection[str]) -> int:
        """
        Put the rows of *editions* back into the source; how many.

        Raises:
            EngineError: they are not as many as go.
        """
        session, test = self.view.session, self._of(editions)
        columns = ", ".join(session.quoted(name) for name in self.view.shown if name not in self.found.computed)
        always = " OVERRIDING SYSTEM VALUE" if session.dialect == "postgres" else ""
        table = session.relation(self.source.parts)
        put = session.changed(f"INSERT INTO {table} ({columns}){always} SELECT {columns} FROM {self.into.sql} WHERE {test}")
        gone = session.changed(f"DELETE FROM {self.into.sql} WHERE {test}")
        if put != gone:
            raise EngineError(f"{gone:,} rows were to go back, but {put:,} did", str(self.source), "nothing was changed")
        return put

    def drop(self, batch_id: str) -> int:
        """Delete what an earlier edition of the batch has there: the source was loaded anew with the same rows; how many."""
        like = render(literal(f"{batch_id}:%"), self.view.session.dialect)
        return self.view.session.changed(f"DELETE FROM {self.into.sql} WHERE {self.view.session.quoted(BATCH)} LIKE {like}")

    def aside(self, edition: str, reasons: Mapping[int, str]) -> int:
        """Copy the diverted rows into the table beside it, under *edition*, with the *reasons* of the checks; how many."""
        session = self.view.session
        more = [render(literal(edition), session.dialect), f"CAST({ROW_ID} AS TEXT)" if self.found.row_id else "NULL"]
        return self.view.insert_bad(self.into.sql, [*self.view.shown, ROW_NO, REASONS, BATCH, NAMED], reasons, more)

    def remove(self, edition: str) -> int:
        """Delete from the source the rows that were copied under *edition*; how many."""
        session = self.view.session
        table = session.relation(self.source.parts)
        return session.changed(removed(session, table, self.into.sql, self.found, self._of([edition])))

    def held(self, edition: str) -> tuple[int, str]:
        """`content` of the rows that stand beside it under *edition*."""
        return self.view.content_of(self.into.sql, self._of([edition]))

    def _of(self, editions: Collection[str]) -> str:
        session = self.view.session
        listed = ", ".join(render(literal(item), session.dialect) for item in editions)
        return f"{session.quoted(BATCH)} IN ({listed})"


def add_up(whole: tuple[int, str], parts: Collection[tuple[int, str]]) -> bool:
    """Whether *parts* have together the rows of *whole*: counts and hashes are sums, those of SQLite modulo 2^64."""
    rows, total = sum(item[0] for item in parts), sum(int(item[1]) for item in parts)
    return rows == whole[0] and (total - int(whole[1])) % 2**64 == 0


def _table_view(view: View) -> TableView:
    assert isinstance(view, TableView)  # noqa: S101  its source is a table
    return view
