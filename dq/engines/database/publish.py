"""The good rows of a view go into a table: by one statement where both are in one database, else by way of Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from typing import TypeGuard

from dq.engines.database.connect import same_database, same_place, writing
from dq.engines.database.into import Into
from dq.engines.database.server import Session
from dq.engines.database.values import ddl_types
from dq.engines.database.view import TableView
from dq.engines.database.widening import misfits
from dq.engines.model import View
from dq.errors import SourceError, UsageError
from dq.plan import Field
from dq.source import Source, Table


def refuse(source: Source, table: Table) -> None:
    """
    Refuse what cannot be an output.

    Raises:
        UsageError: it is a query, or the table that is read.
    """
    if table.query:
        raise UsageError(
            "good rows go into a table, not into a query", str(table), "name the table: dq.Table(url, 'mart.orders')"
        )
    if isinstance(source, Table) and source.name and same_database(source, table) and source.parts == table.parts:
        raise UsageError("the output is also read", str(table), "publish into another table")


def must_take(view: View, source: Source, table: Table, timeout: float, fields: Sequence[Field] = ()) -> None:
    """
    Refuse a table that cannot take the rows of *view*, before they are read; one that is not there will be made.

    *fields* say what text of files will be.

    Raises:
        SourceError, UsageError: as `Into.must_take`, and as `writing`; it is the table that is read.
    """
    with nullcontext(view.session) if _near(view, source, table) else writing(table, timeout) as session:
        if isinstance(source, Table) and source.name and same_place(source, table):
            _is_not_read(session, source, table)
        into = Into.of(session, table, "")
        into.must_take(view.shown)
        found = misfits(view.columns, fields, into.columns(), session.dialect)
    if found:
        listed = "; ".join(f"'{name}' is {given}, and {there} there" for name, given, there in found)
        mend = "cast it in a query or a view that is read, or change the column of the table"
        raise SourceError(f"the table cannot take columns as they are: {listed}", str(table), mend)


def _is_not_read(session: Session, source: Table, table: Table) -> None:
    if session.whole(source.parts) == session.whole(table.parts):
        raise UsageError("the output is also read", str(table), "publish into another table")


def made(view: View, source: Source, table: Table, slot: str, timeout: float) -> None:
    """
    See that *table* and its ledger are there, with columns for the rows of *view*, which looks at *source*.

    Raises:
        SourceError, EngineError, WorldError: it cannot be made.
    """
    with writing(table, timeout) as session:
        into = Into.of(session, table, slot)
        if not _near(view, source, table):
            into.create(ddl_types(view.good().schema, session.dialect))
        elif session.dialect == "sqlite":
            into.create({name: "" if kind.lower() == "any" else kind for name, kind in view.shown.items()})
        else:
            into.create(dict(view.shown), like=view.relation)


def rest(view: View, source: Source, table: Table) -> None:
    """End the look of a view of the same database: a reader would keep SQLite from writing."""
    if _near(view, source, table):
        view.session.close()


def look_again(view: View, source: Source, into: Into) -> None:
    """Let a view of the same database look through the session of *into*: at what is there now."""
    if _near(view, source, into.table):
        view.move_to(into.session)


def insert(view: View, source: Source, into: Into, edition: str) -> int:
    """Put the good rows of *view*, which looks at *source*, there; their number."""
    if _near(view, source, into.table):
        return view.insert_good(into.sql, list(view.shown), into.stamp(edition))
    rows = view.good()
    return into.put(rows, rows.schema.names, edition)


def _near(view: View, source: Source, table: Table) -> TypeGuard[TableView]:
    return isinstance(view, TableView) and isinstance(source, Table) and same_database(source, table)
