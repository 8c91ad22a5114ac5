"""A plan is all checks of one schema object; passes are what an engine must compute for it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from dq.checks.model import Check, Clause, Gap, Status
from dq.sql import Kind, Tree


@dataclass(frozen=True, slots=True)
class Field:
    """A declared column, or a part of one: its name in the contract, its name in the data, its declared kind."""

    name: str
    source: str
    kind: Kind | None = None
    fields: tuple[Field, ...] = ()
    items: Field | None = None
    formats: tuple[str, ...] = ()  # `strptime` formats for dates and times kept as text
    text: bool = False  # physicalType says that values are kept as text
    sensitive: bool = False
    key: bool = False  # part of the primary key: shown beside samples
    clause: Clause | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """
    All checks of one schema object, independent of data and engine.

    *sha256* names its meaning: contract, suites and the version of dq's rules.
    """

    dataset: str
    contract: str  # `name@version`, "" without a contract
    object: str
    fields: tuple[Field, ...]
    checks: tuple[Check, ...]
    gaps: tuple[Gap, ...]
    sha256: str
    zone: str = "UTC"
    owners: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """The declared column of that name."""
        return next((item for item in self.fields if item.name == name), None)


@dataclass(frozen=True, slots=True)
class KeySet:
    """
    The rows of *select* (columns k0, k1, …), which an engine keeps as table *name* for `dq.sql.InSet` to look into.

    *repeated*: the set is that of the values of this one integer tree that occur more than once; an engine may know a
    quicker way to see that there are none.
    """

    check: int  # its place among the plan's checks
    name: str
    select: exp.Select
    repeated: Tree | None = None


@dataclass(frozen=True, slots=True)
class Predicate:
    """
    One row check, bound: *bad* is TRUE on bad rows.

    *spare*, over the marked rows, is TRUE on those that go on all the same; *copy* on those that are diverted only
    because an equal row goes on. *alone*: the verdict on a row does not depend on any other.
    """

    check: int  # its place among the plan's checks
    bad: Tree
    spare: Tree | None = None
    copy: Tree | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Unable:
    """Why a check cannot run on these columns, and what that makes of it: skip, or error."""

    status: Status
    reason: str


@dataclass(frozen=True, slots=True)
class Passes:
    """
    A plan bound to the columns of one source: what each pass computes, over the source's own columns.

    *columns* is the typed projection that good rows are handed on with, by the source's names. *measures* and *good* hold
    aggregates by name: over all rows, over the rows that go on. Names: `check:3` is what check 3 measures, `where:3` how
    many rows pass its filter. *untyped* are the columns of a text file that nobody declares, read as numbers: users' own
    queries see those that hold nothing else as numbers.
    """

    columns: Mapping[str, Tree]
    keys: tuple[KeySet, ...] = ()
    rows: tuple[Predicate, ...] = ()
    measures: Mapping[str, Tree] = field(default_factory=dict)
    good: Mapping[str, Tree] = field(default_factory=dict)
    answers: Mapping[int, exp.Query] = field(default_factory=dict)
    untyped: Mapping[str, Tree] = field(default_factory=dict)
    where: Tree | None = None
    unable: Mapping[int, Unable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
