"""Opening: a connection, one snapshot, the columns of the table and of the tables it refers to."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from dq.engines.database.connect import connected, dialect_of
from dq.engines.database.server import Session
from dq.engines.database.statements import Relation, Statements
from dq.engines.database.view import TableView
from dq.engines.model import Progress, View
from dq.errors import EngineError, SourceError, UsageError
from dq.plan import Field
from dq.source import Other, Reading, Source, Table
from dq.sql import query, render_query


@dataclass(slots=True)
class Database:
    """
    The engine for tables of one *dialect*, which the server may say more exactly when it is reached.

    A statement may take *timeout* seconds, 0: any time; *spill* is the folder for bad rows, "": the system's.
    """

    dialect: str
    timeout: float = 0
    spill: str = ""

    @property
    def name(self) -> str:
        """What reports call it."""
        return "postgresql" if self.dialect == "postgres" else self.dialect

    @contextmanager
    def open(
        self,
        source: Source,
        *,
        fields: tuple[Field, ...],
        reading: Reading | None,
        references: Mapping[str, Other],
        progress: Progress | None = None,
        writable: tuple[str, ...] = (),
    ) -> Iterator[View]:
        """A view of a table; see `Engine.open`."""
        del reading, progress, writable  # of text files, and of DuckDB
        assert isinstance(source, Table)  # noqa: S101  the caller chose this engine for it
        others = {name: _beside(source, name, other.source) for name, other in references.items()}
        folder = Path(tempfile.mkdtemp(prefix="dq-", dir=self.spill or None))
        try:
            with connected(source, self.timeout) as session:
                self.dialect = session.dialect
                rows = _declared(relation(session, source), fields)
                beside = {name: relation(session, item) for name, item in others.items()}
                yield TableView(Statements(session, rows, beside, row_id=session.row_id(rows.sql)), folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def database_of(table: Table, *, timeout: float = 0, spill: str = "") -> Database:
    """The engine for *table*. Raises UsageError when its database is none that dq reads."""
    return Database(dialect_of(table), timeout, spill)


def tables_beside(table: Table, schema: str, *, timeout: float = 0) -> list[str]:
    """
    The tables and views of *schema* ("": the one that a connection is in) of the database of *table*, by name.

    Raises:
        EngineError, SourceError, WorldError: the database has no such schema, does not show it, or cannot be reached.
    """
    with connected(table, timeout) as session:
        return session.tables(schema)


def _beside(table: Table, name: str, other: Source) -> Table:
    """The other dataset, which must lie in the same database: rows are joined where they are."""
    mend = f"give it as a table of the same database: references={{'{name}': dq.Table(url, '…')}}"
    if not isinstance(other, Table) or other.url != table.url:
        raise UsageError(f"the other dataset '{name}' is not in the database of the table", str(other), mend)
    if other.where is not None:
        raise UsageError(f"the other dataset '{name}' has a filter", str(other), "give a query with a WHERE of its own")
    return other


def relation(session: Session, table: Table) -> Relation:
    """*table* with its columns. Raises SourceError when it is not there, or a column is dq's own, or there twice."""
    sql = session.relation(table.parts) if table.name else _query(table.query, session.dialect)
    try:
        with session.trying():
            columns = session.columns(sql)
    except EngineError as error:
        raise SourceError(error.what, str(table), _near(session, table)) from None
    names = [item.name for item in columns]
    if not names:
        raise SourceError("there are no columns", str(table), "name a table that has some")
    lowered = [name.lower() for name in names]
    if taken := next((name for name in names if name.lower().startswith("__dq_")), None):
        raise SourceError(f"column '{taken}': names that begin with __dq_ are dq's own", str(table), "rename it")
    if twice := next((name for name in names if lowered.count(name.lower()) > 1), None):
        raise SourceError(f"column '{twice}' is there twice", str(table), "name the columns apart; their case does not")
    return Relation(sql, columns, table.parts if table.name else ())


def _declared(relation: Relation, fields: tuple[Field, ...]) -> Relation:
    """The relation with columns as they are declared where their types leave that open: 0 and 1 may be truth or numbers."""
    kinds = {name: item.kind.base for item in fields if item.kind for name in (item.name, item.source)}
    columns = tuple(item.instead.get(kinds[item.name], item) if item.name in kinds else item for item in relation.columns)
    return replace(relation, columns=columns)


def _query(text: str, dialect: str) -> str:
    return f"({render_query(query(text, place='query', dialect=dialect, tables=None), dialect)})"


def _near(session: Session, table: Table) -> str:
    """What a table that is not there may be called, as a mend."""
    import difflib  # noqa: PLC0415

    if table.query:
        return "the database cannot run the query"
    *schema, name = table.parts
    known: list[str] = []
    with suppress(EngineError), session.trying():  # of a schema that is not there either
        known = session.tables(schema[-1] if schema else "")
    if name in known:
        return "it is there, but the database cannot read it: mend the view"
    if schema and not known:
        return f"schema '{schema[-1]}' is not there, or has no table that the role may see"
    close = difflib.get_close_matches(name, known, n=3) or [item for item in known if item.lower() == name.lower()]
    hint = f"did you mean {' or '.join(repr(item) for item in close)}? " if close else ""
    return f"{hint}names are taken as they are spelt; tables there: {', '.join(known[:20]) or 'none'}"
