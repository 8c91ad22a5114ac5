"""What dead letters are judged beside: what stands in a table of their key, and other tables; by a cursor of the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.engines.database.arrow import batches_of
from dq.engines.database.connect import connected
from dq.engines.database.engine import relation
from dq.engines.database.into import Into
from dq.engines.database.server import Column, Session
from dq.source import Standing, Table

if TYPE_CHECKING:
    import pyarrow as pa

# Types that another column may be read as without a loss that nobody sees; a number of any digits, and text, are taken as given.
_WORDS = ("SMALLINT", "INT", "BIGINT", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIME", "DOUBLE", "TEXT")


def standing(table: Table, slot: str, timeout: float) -> Standing | None:
    """
    The *table* as a place for rows of *slot*, and those that stand there; None when there is no such table yet.

    Raises:
        SourceError, WorldError, EngineError: it cannot be looked at.
    """
    with connected(table, timeout) as session:
        found, dialect = Into.of(session, table, slot).columns(), session.dialect
    if not found:
        return None
    types = {item.name: "" if dialect == "sqlite" else _holds(item, dialect) for item in found}

    def rows(names: Sequence[str]) -> pa.RecordBatchReader:
        return _reader(table, slot, timeout, [item for item in found if item.name in names])

    return Standing(str(table), types, rows)


def _holds(item: Column, dialect: str) -> str:
    kind = item.type
    if kind.this is exp.DType.DECIMAL:
        return kind.sql("duckdb") if kind.expressions else ""
    if kind.this is exp.DType.BOOLEAN and dialect == "postgres":
        return "BOOLEAN"
    return kind.sql("duckdb") if kind.this.name in _WORDS else ""


def _reader(table: Table, slot: str, timeout: float, columns: Sequence[Column]) -> pa.RecordBatchReader:
    return _read(table, timeout, columns, lambda session: Into.of(session, table, slot).standing(columns))


def partners(table: Table, names: Sequence[str], timeout: float) -> pa.RecordBatchReader:
    """
    What columns *names* of another dataset hold, each row once, as Arrow record batches.

    Raises:
        SourceError: there is no such table. WorldError, EngineError: it cannot be read.
    """
    with connected(table, timeout) as session:
        there = relation(session, table)
    columns = [item for item in there.columns if item.name in names]

    def select(session: Session) -> str:
        listed = ", ".join(item.out.format(x=session.quoted(item.name)) for item in columns) or "1"
        return f"SELECT DISTINCT {listed} FROM {there.sql} AS {session.quoted('__dq_t')}"

    return _read(table, timeout, columns, select)


def _read(table: Table, timeout: float, columns: Sequence[Column], select: Callable[[Session], str]) -> pa.RecordBatchReader:
    import pyarrow as pa  # noqa: PLC0415  heavy

    schema = pa.schema([(item.name, item.arrow) for item in columns])

    def batches() -> Iterator[pa.RecordBatch]:
        with connected(table, timeout) as session:
            yield from batches_of(session.stream(select(session)), schema)

    return pa.RecordBatchReader.from_batches(schema, batches())
