"""What is handed in: frames, files, rows, dead letters. Recognised by name: no dataframe library is imported to be refused."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

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
class DeadLetters:
    """
    Rows that were diverted once, to be judged again.

    *batches* hands them out as Arrow record batches, with `__dq_row_no`, `__dq_reasons`, `__dq_source` and `__dq_raw`, as
    often as it is called. *shown* are the types that their source had; *reading* is how its text was read, None when it
    was no delimited text. *target* is the file that good ones are added to, None when there is none yet; *among*: what it
    holds matters to the verdicts, as keys are unique among both. *edited* is a file of the same rows, corrected by somebody;
    "" for none.
    """

    name: str
    batches: Callable[[], Iterator[Any]]
    shown: Mapping[str, str] = field(default_factory=dict)
    reading: Reading | None = None
    target: Files | None = None
    among: bool = False
    edited: str = ""

    def __str__(self) -> str:
        return f"dead letters of {self.name}"


Source = Frame | Files | DeadLetters


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
    if isinstance(given, Frame | Files | DeadLetters):
        return given
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
    msg = f"cannot read a {type(given).__module__}.{type(given).__qualname__}"
    raise UsageError(msg, "source", "give a path, paths, a pandas, Polars or Arrow frame, a list of dicts or Arrow batches")


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
