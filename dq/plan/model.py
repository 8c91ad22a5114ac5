"""A plan is all checks of one schema object; passes are what an engine must compute for it. Values only."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from dq.checks.model import Check, Clause, Gap, Script, Status
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
    text: bool = False  # values may be kept as text (says physicalType), or become text (says a suite that coerces)
    sensitive: bool = False
    subject: bool = False  # names the person that a row is about
    key: bool = False  # part of the primary key: shown beside samples
    clause: Clause | None = None

    @property
    def parts(self) -> tuple[Field, ...]:
        """The fields of an object, or the items of a list."""
        return (*self.fields, *((self.items,) if self.items else ()))

    @property
    def hides(self) -> bool:
        """Whether it is sensitive, or a part of it is."""
        return self.sensitive or any(part.hides for part in self.parts)

    @property
    def names_people(self) -> bool:
        """Whether it, or a part of it, names the person that a row is about."""
        return self.subject or any(part.names_people for part in self.parts)

    def subjects(self) -> Iterator[tuple[str, ...]]:
        """Where values stand that name a person: names from this one on, `[]` for the items of a list; without its own name."""
        if self.subject:
            yield ()
        for part in self.fields:
            yield from ((part.source, *path) for path in part.subjects())
        if self.items:
            yield from (("[]", *path) for path in self.items.subjects())


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
    suited: tuple[Field, ...] = ()  # columns that only suites declare; whether they are there is the suites' business
    guessed: tuple[Field, ...] = ()  # columns that nobody declares: where they are text, or JSON, they are read so

    def field(self, name: str) -> Field | None:
        """The declared column of that name."""
        return next((item for item in self.fields if item.name == name), None)

    def hides(self, name: str) -> bool:
        """Whether the column *name*, or the one that `address.zip` or `tags[]` is a part of, may not be seen, or a part of it."""
        root = re.split(r"[.\[]", name, maxsplit=1)[0]
        return any(item.hides and {name, root} & {item.name, item.source} for item in self.fields)


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
class Visit:
    """
    A script and the *columns* that it is given, beside the row number.

    The numbers that it returns are kept as table *name*, column k0, for `dq.sql.InSet` to look into. *in_batches*: batch by
    batch; else all rows at once.
    """

    check: int  # its place among the plan's checks
    name: str
    run: Script
    columns: Mapping[str, Tree]
    in_batches: bool


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
    visits: tuple[Visit, ...] = ()
    rows: tuple[Predicate, ...] = ()
    measures: Mapping[str, Tree] = field(default_factory=dict)
    good: Mapping[str, Tree] = field(default_factory=dict)
    answers: Mapping[int, exp.Query] = field(default_factory=dict)
    untyped: Mapping[str, Tree] = field(default_factory=dict)
    where: Tree | None = None
    unable: Mapping[int, Unable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def without(self, checks: Collection[int]) -> Passes:
        """These passes but for those of *checks*; users' own queries stay."""

        def kept(measures: Mapping[str, Tree]) -> dict[str, Tree]:
            return {name: tree for name, tree in measures.items() if int(name.partition(":")[2]) not in checks}

        return replace(
            self,
            keys=tuple(item for item in self.keys if item.check not in checks),
            rows=tuple(item for item in self.rows if item.check not in checks),
            measures=kept(self.measures),
            good=kept(self.good),
        )
