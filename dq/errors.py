"""
What can go wrong, kept apart by what helps.

    DqError                     everything that dq raises
    ├── UsageError              the call is wrong                              exit 2
    │   └── MissingExtra        an optional package is not installed          exit 2
    ├── ContractError           the contract or suite is wrong; all faults     exit 2
    ├── SourceError             the input is not what it is said to be         exit 2
    ├── EngineError             the engine cannot do what the rule asks        exit 2
    ├── WorldError              the world failed; a retry may help             exit 3
    │   ├── SourceChanged       the input changed while it was read            exit 3
    │   └── Fenced              another attempt took over; this one did nothing exit 3
    └── ViolationError          the data broke the contract (only when asked)  exit 1

Bad data is a result, never an exception, until somebody calls `raise_for_violations`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from dq.result import Result


class DqError(Exception):
    """An error names the thing (*what*), the place (*where*) and the way out (*mend*)."""

    exit_code: ClassVar[int] = 2
    retryable: ClassVar[bool] = False

    def __init__(self, what: str, where: str = "", mend: str = "") -> None:
        super().__init__(what, where, mend)  # positional, so that errors survive pickling
        self.what = what
        self.where = where
        self.mend = mend

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.mend}" if self.mend else head


class UsageError(DqError):
    """The call is wrong: an unknown option, two things that exclude each other."""


class MissingExtra(UsageError):
    """An optional package is needed; the message names the extra that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed", "", f"pip install 'dq-suite[{extra}]'")
        self.args = (package, extra)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document something is written: `contracts/orders/2.1.0.odcs.yaml:31 schema.orders.status`."""

    document: str
    line: int
    path: str

    def __str__(self) -> str:
        line = f":{self.line}" if self.line else ""
        return f"{self.document}{line} {self.path}".rstrip()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a document."""

    place: Place
    problem: str
    mend: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.problem}"
        return f"{text}\n  {self.mend}" if self.mend else text


class ContractError(DqError):
    """A contract or suite is wrong; `faults` holds every fault of the document, in document order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
        self.args = (self.faults,)


class SourceError(DqError):
    """The input is not what it is said to be: a Parquet file that is none, two columns of one name."""


class EngineError(DqError):
    """The engine cannot do what a rule asks; found before any data is read."""


class WorldError(DqError):
    """Disk, network, database or store failed, or an input is not there yet. A retry may help."""

    exit_code = 3
    retryable = True


class SourceChanged(WorldError):
    """The input changed between the first and the last look at it; nothing was concluded."""


class Fenced(WorldError):
    """Another attempt at the same key took over: this one may neither commit nor publish."""


class ViolationError(DqError):
    """Raised by `Result.raise_for_violations`; `result` says which rules failed."""

    exit_code = 1

    def __init__(self, result: Result) -> None:
        super().__init__(result.headline)
        self.result = result
        self.args = (result,)
