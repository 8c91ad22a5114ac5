"""The good rows of a view go into a table: by one statement where both are in one database, else by way of Arrow."""

from __future__ import annotations

from typing import TypeGuard

from dq.engines.database.connect import same_database, writing
from dq.engines.database.into import Into
from dq.engines.database.values import ddl_types
from dq.engines.database.view import TableView
from dq.engines.model import View
from dq.errors import UsageError
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


def must_take(view: View, source: Source, table: Table, timeout: float) -> None:
    """
    Refuse a table that cannot take the rows of *view*, before they are read; one that is not there will be made.

    Raises:
        SourceError, UsageError: as `Into.must_take`, and as `writing`.
    """
    if _near(view, source, table):
        return Into(view.session, table, "").must_take(view.shown)
    with writing(table, timeout) as session:
        return Into(session, table, "").must_take(view.shown)


def made(view: View, source: Source, table: Table, slot: str, timeout: float) -> None:
    """
    See that *table* and its ledger are there, with columns for the rows of *view*, which looks at *source*.

    Raises:
        SourceError, EngineError, WorldError: it cannot be made.
    """
    with writing(table, timeout) as session:
        into = Into(session, table, slot)
        if not _near(view, source, table):
            into.create(ddl_types(view.good().schema, session.dialect))
        elif session.dialect == "sqlite":
            into.create({name: "" if kind == "any" else kind for name, kind in view.shown.items()})
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
