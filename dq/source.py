"""What is handed in: frames, files, rows, tables, dead letters. Recognised by name: no library is imported to be refused."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from dq.address import shown
from dq.errors import UsageError


class Library(StrEnum):
    """Who made a frame; what comes back is made by the same."""

    PANDAS = "pandas"
    POLARS = "polars"
    ARROW = "arrow"
    ROWS = "rows"  # a list of dicts
    BATCHES = "batches"  # an iterator of Arrow record batches, or a RecordBatchReader: read once


class Format(StrEnum):
    """How files are written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSON = "json"  # one object a line
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class Reading:
    """
    The declared dialect of text files; nothing is guessed.

    *null_tokens* are null for every rule (an empty unquoted field always is). *timestamp_formats* are
    `strptime` formats tried after ISO 8601. *decimal* is the decimal mark.
    """

    delimiter: str = ","
    quote: str = '"'
    header: bool = True
    encoding: str = "utf-8"
    decimal: str = "."
    null_tokens: tuple[str, ...] = ()
    timestamp_formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Rows in memory: *data* belongs to *library*."""

    data: Any
    library: Library

    def __str__(self) -> str:
        return {Library.ROWS: "list of dicts", Library.BATCHES: "Arrow batches"}.get(self.library, f"{self.library} frame")


@dataclass(frozen=True, slots=True)
class Files:
    """
    Files of one format: paths, globs, hive-partitioned folders or URLs, in order.

    *format* None means: by suffix. *reading* None means: what the contract's server says, else the default dialect.
    *storage* goes to fsspec for URLs.
    """

    paths: tuple[str, ...]
    format: Format | None = None
    reading: Reading | None = None
    storage: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        more = f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else ""
        return f"{self.paths[0]}{more}"


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """
    A table that good rows go into, and what stands there of their key.

    *types* are its columns, each with the type of DuckDB that holds no value which the column does not ("" where there is
    none). *rows* hands out some columns of what stands there, as a reader of Arrow record batches.
    """

    name: str
    types: Mapping[str, str]
    rows: Callable[[Sequence[str]], Any]


@dataclass(frozen=True, slots=True, eq=False)
class DeadLetters:
    """
    Rows that were diverted once, to be judged again.

    *batches* hands them out as Arrow record batches, with `__dq_row_no`, `__dq_reasons`, `__dq_source` and `__dq_raw`, as
    often as it is called. *shown* are the types that their source had; *reading* is how its text was read, None when it
    was no delimited text. *table*: it was a table, whose text may be what Arrow has no type for. *target* is the file or the
    table that good ones are added to, None when there is none yet; *among*: what it holds matters to the verdicts, as keys are
    unique among both, and of a table these columns. *edited* is a file of the same rows, corrected by somebody; "" for none.
    """

    name: str
    batches: Callable[[], Iterator[Any]]
    shown: Mapping[str, str] = field(default_factory=dict)
    reading: Reading | None = None
    table: bool = False
    target: Files | Standing | None = None
    among: tuple[str, ...] = ()
    edited: str = ""

    def __str__(self) -> str:
        return f"dead letters of {self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """
    A table or view of a database, or a query over it; only its bad rows leave the database.

    *database* is a SQLAlchemy URL, engine or connection: PostgreSQL, MariaDB, MySQL or SQLite. *name* is as in SQL, each part
    as it is spelt (`orders`, `staging.orders`, `staging."odd.name"`). *query*, one SELECT, stands instead of a name. *where* is
    a condition: only rows that pass it are meant, as a partition. *recalled*: the address is one that the store kept, which
    keeps no passwords.
    """

    database: Any = field(repr=False)  # it may hold a password
    name: str = ""
    query: str = ""
    where: str | None = None
    recalled: bool = field(default=False, repr=False)

    def __post_init__(self) -> None:
        if bool(self.name) == bool(self.query):
            raise UsageError("a table has either a name or a query", "Table", "say Table(url, 'staging.orders')")

    @property
    def parts(self) -> tuple[str, ...]:
        """
        The parts of the name, without the quotes around them.

        Raises:
            UsageError: it is no name.
        """
        if not _NAME.fullmatch(self.name):
            raise UsageError(f"'{self.name}' is no name of a table", "Table", 'say staging.orders, or staging."odd.name"')
        return tuple(
            double.replace('""', '"') or back.replace("``", "`") or plain for double, back, plain in _PART.findall(self.name)
        )

    @property
    def url(self) -> Any:
        """The address as SQLAlchemy has it. Raises UsageError when there is none."""
        import sqlalchemy as sa  # noqa: PLC0415  heavy

        given = self.database
        if isinstance(given, sa.Engine | sa.Connection):
            return given.engine.url
        try:
            return sa.make_url(given)
        except (sa.exc.ArgumentError, ValueError, TypeError):
            mend = "say postgresql://user@host/database, mysql://…, sqlite:///path, or give an engine or a connection"
            raise UsageError("the address of the table is no database URL", "Table", mend) from None

    def __str__(self) -> str:
        return f"{shown(self.url)} {self.name or 'query'}"


Source = Frame | Files | Table | DeadLetters

_PART = re.compile(r'"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^".`]+)')
_NAME = re.compile(rf"(?:{_PART.pattern})(?:\.(?:{_PART.pattern}))*")
_DATABASES = re.compile(r"(postgres(ql)?|mysql|mariadb|sqlite)(\+\w+)?:")


@dataclass(frozen=True, slots=True)
class Other:
    """Another dataset that rules look into, and the *columns* of it that they name: those it has even without a row."""

    source: Source
    columns: tuple[str, ...] = ()


def source(given: object) -> Source:
    """
    Recognise what a caller handed in.

    Raises:
        UsageError: it is nothing that dq can read; the message lists what is.
    """
    if isinstance(given, Frame | Files | Table | DeadLetters):
        return given
    first = given[0] if isinstance(given, list) and len(given) == 1 else given
    if isinstance(first, str) and _DATABASES.match(first):
        raise UsageError("an address of a database says no table", "source", "say dq.Table(url, 'staging.orders'), or --table")
    if isinstance(given, str | os.PathLike):
        return Files((os.fspath(given),))
    if library := _library(given):
        return Frame(given, library)
    if isinstance(given, Sequence) and given and all(isinstance(item, str | Path) for item in given):
        return Files(tuple(os.fspath(item) for item in given))
    if isinstance(given, Sequence) and all(isinstance(item, Mapping) for item in given):
        return Frame(given, Library.ROWS)
    if isinstance(given, Iterator):
        return Frame(given, Library.BATCHES)
    of = (
        next((f" of {_kind(item)}" for item in given if not isinstance(item, Mapping)), "")
        if isinstance(given, list | tuple)
        else ""
    )
    msg = f"cannot read the type {_kind(given)}{of}"
    raise UsageError(
        msg, "source", "give a path, paths, a pandas, Polars or Arrow frame, a list of dicts, Arrow batches, or dq.Table"
    )


def _library(given: object) -> Library | None:
    """The dataframe library of *given* by the name of its class."""
    for cls in type(given).__mro__:
        known = {
            ("pandas", "DataFrame"): Library.PANDAS,
            ("polars", "DataFrame"): Library.POLARS,
            ("polars", "LazyFrame"): Library.POLARS,
            ("pyarrow", "Table"): Library.ARROW,
            ("pyarrow", "RecordBatch"): Library.ARROW,
            ("pyarrow", "RecordBatchReader"): Library.BATCHES,
        }.get((cls.__module__.partition(".")[0], cls.__name__))
        if known:
            return known
    return None


def _kind(item: object) -> str:
    kind = type(item)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
