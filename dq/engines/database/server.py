"""What the servers have in common: a column as it is read, and a session that runs statements in one transaction."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.address import without_secrets
from dq.errors import DqError, SourceError, WorldError
from dq.result import Estimate, NotRun
from dq.sql import Base, Tree, column, literal, render

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

ROWS_AT_ONCE = 2_000
NUMBERS = (Base.INTEGER, Base.NUMBER, Base.DECIMAL)
NESTED = (Base.OBJECT, Base.ARRAY, Base.MAP, Base.JSON)
_WRITTEN = (int, str, bool, date, datetime)
_SAVEPOINT = "dq_look"
_TO_WRITE = "SELECT, INSERT, UPDATE and DELETE, and CREATE unless table and ledger are there"


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column of a relation: its *type* for rules, its type as its owner calls it (*shown*), and how it is read.

    *read* is SQL of the value as rules see it, *out* of the value as it is handed on, both over `{x}`; *plain*: rules see it
    as text that compares by code point. What is handed on becomes *arrow*, a type that the driver's values, or their text,
    can be read as. *instead* is the column for who declares another kind, which its type alone does not tell from this one.
    """

    name: str
    type: exp.DataType
    shown: str
    arrow: pa.DataType
    read: str = "{x}"
    out: str = "{x}"
    plain: bool = False
    instead: Mapping[Base, Column] = field(default_factory=dict)


class Session(ABC):
    """
    One transaction of one connection, in which every statement sees the same rows.

    *inside*: the connection is somebody's who is in a transaction already; what is changed here is undone at the end.
    *writes*: it may change rows, and what it changed stays once it has committed.
    """

    dialect = ""
    product = ""
    widest = 1_500  # columns of one SELECT
    materialized = ""  # what keeps a WITH from being worked out before it is used
    fence = ""  # what keeps the tests of a sub-query from being worked out again for each use of them
    margin = 10  # percent that the number of rows in its statistics may be wrong by
    whole_number = "BIGINT"  # what a sum of bits is cast to
    _open = False

    def __init__(self, raw: Any, *, url: sa.URL | None, name: str, timeout: float, inside: bool, writes: bool = False) -> None:
        self.raw, self.url, self.name, self.timeout, self.inside, self.writes = raw, url, name, timeout, inside, writes

    # -- statements ------------------------------------------------------------------------------------------------------

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """
        All rows of one statement; nothing in it is a parameter.

        Raises:
            EngineError: the database cannot do it. SourceError: it may not. WorldError: it failed, and a retry may help.
        """
        with self.telling(), self.timed():
            cursor = self.raw.cursor()
            try:
                cursor.execute(sql)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []
            finally:
                cursor.close()

    def changed(self, sql: str) -> int:
        """How many rows one statement changed. Raises as `run`."""
        with self.telling(), self.timed():
            cursor = self.raw.cursor()
            try:
                cursor.execute(sql)
                return int(cursor.rowcount)
            finally:
                cursor.close()

    @abstractmethod
    def insert(self, into: str, names: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]]) -> int:
        """Put rows of values into columns *names* of *into* (SQL); their number. Raises as `run`."""

    def by_many(self, into: str, names: Sequence[str], chunks: Iterable[Sequence[Sequence[Any]]], mark: str) -> int:
        """`insert`, for drivers that take the rows of a statement at once, *mark* standing for a value."""
        listed, marks = ", ".join(map(self.quoted, names)), ", ".join([mark] * len(names))
        if mark == "%s":
            into, listed = into.replace("%", "%%"), listed.replace("%", "%%")
        put = 0
        with self.telling(), self.timed():
            cursor = self.raw.cursor()
            try:
                for rows in chunks:
                    cursor.executemany(f"INSERT INTO {into} ({listed}) VALUES ({marks})", rows)
                    put += int(cursor.rowcount)
            finally:
                cursor.close()
        return put

    def tried(self, sql: str) -> list[tuple[Any, ...]]:
        """As `run`; when it fails, the transaction goes on as if it had not been."""
        with self.trying():
            return self.run(sql)

    @contextmanager
    def trying(self) -> Iterator[None]:
        """When the database refuses what is done inside, the transaction goes on as if it had not been."""
        self.run(f"SAVEPOINT {_SAVEPOINT}_try")
        try:
            yield
        except DqError as error:
            if not error.retryable:
                self.run(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}_try")
            raise

    def stream(self, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        """The rows of one statement, some thousand at a time, by a cursor of the server. Raises as `run`."""
        with self.telling(), self.timed():
            cursor = self.streaming()
            try:
                cursor.execute(sql)
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    yield rows
            finally:
                with suppress(Exception):  # of a connection that is gone
                    self.drop(cursor)

    def drop(self, cursor: Any) -> None:
        """Close *cursor*, whose rows nobody wants any more."""
        cursor.close()

    def streaming(self) -> Any:
        """A cursor whose rows stay with the server until they are fetched."""
        return self.raw.cursor()

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Where a server keeps no time itself, its statement is stopped here."""
        yield

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Failures of the driver leave as errors of ours, without a secret in them."""
        try:
            yield
        except DqError:
            raise
        except Exception as error:
            if (found := self.translated(error)) is None:
                raise
            raise found from None

    def translated(self, error: Exception) -> DqError | None:
        """The driver's error as one of ours; None: it is not the driver's."""
        said = without_secrets(self.said(error), self.url)
        kind = self.kind_of(error)
        if kind is WorldError:
            return WorldError(said, self.name, self._retry(error))
        if kind is SourceError:
            needed = _TO_WRITE if self.writes else "SELECT"
            mend = f"grant the role of this connection {needed}, and the use of the schema; or come as another"
            return SourceError(said, self.name, mend)
        return kind(said, self.name) if kind else None

    def said(self, error: Exception) -> str:
        """What an error of the driver says, without what the driver puts around it."""
        return str(error)

    def _retry(self, error: Exception) -> str:
        """What helps before the same is tried again."""
        if self.is_overdue(error):
            said = f"a statement may take {self.timeout:g} seconds, with waiting for locks" if self.timeout else "it was stopped"
            return f"{said}: try again when nobody holds the table, or say a longer statement_timeout"
        return "see that the server runs and has time for dq; then try again"

    def written(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Tree, ...]] | None:
        """*rows* as literals; None when a value has none that means the same."""
        if not all(type(value) in _WRITTEN for row in rows for value in row):
            return None
        try:
            return [tuple(literal(value) for value in row) for row in rows]
        except DqError:  # a text that no literal can hold
            return None

    # -- rows by their place, where a server knows that ------------------------------------------------------------------

    def row_id(self, relation: str) -> str:
        """SQL of what names a row of *relation* as long as the transaction lasts; "" where there is no such thing."""
        del relation
        return ""

    def gathered(self, row_id: str, test: str, most: int) -> str:
        """SQL of the names of the rows that pass *test* (SQL), in one value that `ids` reads; null for more than *most*."""
        raise NotImplementedError

    def ids(self, gathered: Any) -> list[str]:
        """The names of rows that were gathered."""
        raise NotImplementedError

    def among(self, row_id: str, ids: Sequence[str]) -> str:
        """SQL that is TRUE on the rows so named."""
        raise NotImplementedError

    # -- the transaction -------------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Begin: from here every statement sees the same rows, and nothing can be changed unless the session *writes*."""
        self._open = True
        if self.inside:
            self.run(f"SAVEPOINT {_SAVEPOINT}")
        self.begin()

    def commit(self) -> None:
        """What was changed stays. Raises as `run`: then it may have stayed, or not."""
        self.run("COMMIT")

    def close(self) -> None:
        """End the transaction; what was set is as before. Once is enough."""
        if not self._open:
            return
        self._open = False
        with suppress(Exception):  # of a connection that is gone
            for sql in (
                (f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}", f"RELEASE SAVEPOINT {_SAVEPOINT}") if self.inside else ("ROLLBACK",)
            ):
                self.run(sql)
        with suppress(Exception):
            self.restore()

    # -- what differs ----------------------------------------------------------------------------------------------------

    @abstractmethod
    def begin(self) -> None:
        """Take the snapshot and pin the settings that meanings rely on."""

    def restore(self) -> None:
        """Undo what outlives a transaction."""
        return

    @abstractmethod
    def kind_of(self, error: Exception) -> type[DqError] | None:
        """Whose fault an error of the driver is; None: it is none of the driver's."""

    @abstractmethod
    def is_overdue(self, error: Exception) -> bool:
        """Whether an error of the driver says that a statement took, or waited, too long."""

    @abstractmethod
    def columns(self, relation: str) -> tuple[Column, ...]:
        """The columns of *relation*, a name or a query in parentheses; reads no rows."""

    @abstractmethod
    def hash_of(self, values: Sequence[str]) -> str:
        """SQL of a whole number that names *values* (SQL)."""

    @abstractmethod
    def hash_sum(self, values: Sequence[str]) -> str:
        """SQL of the sum of these numbers over all rows."""

    @abstractmethod
    def tables(self, schema: str) -> list[str]:
        """The tables and views of *schema* ("": the default one), by name."""

    @abstractmethod
    def estimate(self, parts: Sequence[str]) -> Estimate | NotRun:
        """About how many rows the table of that name has, by statistics that the database keeps; else why it does not know."""

    def about(self, rows: int, changed: int = 0) -> Estimate:
        """*rows* by statistics, as far as they can be relied on: *changed* rows are known to have come, gone or changed since."""
        low, high = rows * (100 - self.margin) // 100 - changed, -(-rows * (100 + self.margin) // 100) + 1 + changed
        return Estimate(rows, max(low, 0), high, self.product)

    # -- quoting ---------------------------------------------------------------------------------------------------------

    def quoted(self, name: str) -> str:
        """*name* as an identifier."""
        return render(column(name), self.dialect)

    def whole(self, parts: Sequence[str]) -> tuple[str, ...]:
        """What names a table wherever one stands: two names of one table have the same."""
        return tuple(parts)

    def without_undo(self, parts: Sequence[str]) -> str:
        """The storage engine of a table whose changes cannot be taken back; "" of any other."""
        del parts
        return ""

    def elsewhere(self, parts: Sequence[str]) -> str:
        """The schema of a table without one in its name, when that is not the one in which new tables are made; else ""."""
        del parts
        return ""

    def known_as(self, name: str) -> str:
        """What column *name* is called inside a WITH, where a database cannot keep its name there."""
        return name

    def spelt(self, parts: Sequence[str]) -> str:
        """The last part of a table's name as its database spells it, where that is more exact; as given when it is not there."""
        return parts[-1]

    def relation(self, parts: Sequence[str]) -> str:
        """A table by the parts of its name."""
        return ".".join(self.quoted(part) for part in parts)
