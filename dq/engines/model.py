"""What an engine promises: it opens a source as a view, and the view computes passes. It never sees a check."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from dq.plan import Columns, Field, Passes
from dq.result import ColumnProfile, Estimate, NotRun
from dq.source import Format, Other, Reading, Source
from dq.sql import Scalar, Tree
from dq.why import Ground

if TYPE_CHECKING:
    import pyarrow as pa

Write = Callable[["Iterable[pa.RecordBatch]"], None]  # takes bad rows where they are
Progress = Callable[[float], None]  # share done, 0 to 1


@dataclass(frozen=True, slots=True)
class Findings:
    """
    What the passes found: *rows* in all, *bad* rows per check number, *measures* and *good* by name, *answers* by check.

    An answer is a value, or the Exception that its query ended with.
    """

    rows: int
    bad: Mapping[int, int]
    measures: Mapping[str, Scalar]
    answers: Mapping[int, Scalar | Exception] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)  # why a check could not run


@dataclass(frozen=True, slots=True)
class Seen:
    """A bad row as text, to look at: its number (None: its source has no order), file, line, and some of its columns."""

    row: int | None
    values: Mapping[str, str | None]
    source: str = ""
    line: int | None = None


class View(Protocol):
    """One consistent look at one source, alive inside a `with`."""

    columns: Columns
    references: Mapping[str, Columns]
    notes: tuple[str, ...]
    shown: Mapping[str, str]  # column -> type, as the owner of the data knows it
    records: bool  # whether there are records that may be unreadable: a text file

    def estimate(self) -> Estimate | NotRun:
        """About how many rows there are, by what their owner keeps of them; else why nobody knows. Reads no rows."""
        ...

    def look(self, passes: Passes) -> Findings:
        """Run the passes: keys, rows, aggregates, answers."""
        ...

    def divert(self, checks: Collection[int]) -> int:
        """Settle that the rows marked by *checks* are the bad ones; their number."""
        ...

    def diverted_by(self) -> Mapping[int, int]:
        """How many of the diverted rows each check marks, by check number."""
        ...

    def measure_good(self, passes: Passes) -> Mapping[str, Scalar]:
        """The aggregates of `passes.good` over the rows that are not diverted."""
        ...

    def sample(self, check: int, columns: Collection[str], limit: int) -> tuple[Seen, ...]:
        """The first *limit* rows marked by *check*, by row number."""
        ...

    def grounds(self, own: Mapping[int, Collection[str]]) -> Mapping[int, Ground] | None:
        """
        Of each check of *own* with enough bad rows, what many of them have in common, counted among all rows too.

        None: this engine does not look into it.

        Values of columns, months, days and hours, the file, and positions; at most a fixed number of checks and columns.
        *own* are the columns that a check is about: null in them is not looked up.
        """
        ...

    def profile(self, guesses: Mapping[str, Sequence[Tree]]) -> tuple[ColumnProfile, ...]:
        """
        What each column holds, of the rows of the last look.

        *guesses* are readings of columns of text, narrowest first: the first that every value fits is taken.
        """
        ...

    def drain(self, write: Write, reasons: Mapping[int, str]) -> None:
        """Hand every diverted row, with the *reasons* of all checks that mark it, to *write* as record batches."""
        ...

    def bad_numbers(self) -> Any:
        """The row numbers of the diverted rows, sorted, as an int64 array."""
        ...

    def write_good(self, path: str, file_format: Format, facts: Mapping[str, str]) -> int:
        """Write the rows that are not diverted, typed, in source order, to a new file, *facts* in its footer; their number."""
        ...

    def digest(self) -> str:
        """A name of the diverted rows, whatever their order."""
        ...

    def fingerprint(self, where: Tree | None = None) -> str:
        """A name of the content, at least of the rows that pass *where*: other content has another."""
        ...

    def good(self) -> pa.RecordBatchReader:
        """The rows that are not diverted, typed, in source order."""
        ...


class Engine(Protocol):
    """Opens one kind of source."""

    @property
    def name(self) -> str:
        """What reports call it."""
        ...

    @property
    def dialect(self) -> str:
        """The SQL it speaks, as sqlglot names it."""
        ...

    def open(
        self,
        source: Source,
        *,
        fields: tuple[Field, ...],
        reading: Reading | None,
        references: Mapping[str, Other],
        progress: Progress | None = None,
        writable: tuple[str, ...] = (),
    ) -> AbstractContextManager[View]:
        """
        A view of *source*; *references* become tables that rules may join, *writable* folders may be written to.

        Raises:
            SourceError: it is not what it is said to be.
            WorldError: it cannot be reached, or is not there.
        """
        ...
