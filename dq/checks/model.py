"""A check: what it looks at, which numbers it allows, what its failing does. And the registry: a function is a check."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from sqlglot import exp

from dq.errors import Place, UsageError
from dq.sql import Tree

if TYPE_CHECKING:
    import pyarrow as pa


class Mode(StrEnum):
    """What a failing rule does, weakest first."""

    OBSERVE = "observe"  # recorded; not counted in the dataset's status
    WARN = "warn"
    QUARANTINE = "quarantine"  # its bad rows are diverted; good rows go on
    BLOCK = "block"  # nothing goes on

    @property
    def strength(self) -> int:
        """0 for observe, 3 for block."""
        return list(Mode).index(self)


class Status(StrEnum):
    """The verdict on a check, worst first. `error` could not run: never a pass, never a fail."""

    FAIL = "fail"
    ERROR = "error"
    WARN = "warn"
    SKIP = "skip"
    PASS = "pass"  # noqa: S105  a verdict

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Status).index(self)


class Dimension(StrEnum):
    """The quality dimensions of ODCS."""

    ACCURACY = "accuracy"
    COMPLETENESS = "completeness"
    CONFORMITY = "conformity"
    CONSISTENCY = "consistency"
    COVERAGE = "coverage"
    TIMELINESS = "timeliness"
    UNIQUENESS = "uniqueness"


class Unit(StrEnum):
    """What a limit counts."""

    ROWS = "rows"
    PERCENT = "percent"  # 5 means 5 %
    VALUE = "value"  # the measured value itself


class Op(StrEnum):
    """How a limit compares."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    BETWEEN = "between"  # bounds included
    NOT_BETWEEN = "not between"


_OP_WORDS = {
    Op.EQ: "",
    Op.NE: "not ",
    Op.LT: "less than ",
    Op.LE: "at most ",
    Op.GT: "more than ",
    Op.GE: "at least ",
    Op.BETWEEN: "between ",
    Op.NOT_BETWEEN: "not between ",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a number must be. *value* is a pair for the between operators."""

    op: Op
    value: Any
    unit: Unit = Unit.ROWS

    @property
    def is_tolerance(self) -> bool:
        """Whether it bounds bad rows from above: then the rows beyond it can be told, and diverted."""
        return self.op in (Op.LT, Op.LE) or (self.op is Op.EQ and self.value == 0)

    def __str__(self) -> str:
        value = f"{self.value[0]} and {self.value[1]}" if isinstance(self.value, tuple) else f"{self.value}"
        return f"{_OP_WORDS[self.op]}{value}{' %' if self.unit is Unit.PERCENT else ''}"


NONE_BAD = (Limit(Op.EQ, 0),)


# -- what a check looks at: exactly one of these ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rows:
    """*bad* is TRUE on a bad row; null is not TRUE."""

    bad: Tree


class Keep(StrEnum):
    """Who of the rows that share a key goes on."""

    NONE = "none"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Survivor:
    """
    Which row of a key goes on although the key occurs more than once: the first or last *by* a column ("" by position).

    Rows equal in every column are always one: a copy of them goes on when nothing else has the key. Ties are all diverted.
    """

    keep: Keep = Keep.NONE
    by: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """
    Rows whose *columns* are among the rows of *bad*, a SELECT over `dq.sql.SOURCE`.

    For a foreign key it also reads the dataset named *reference*. *survivor*: who of the marked rows goes on all the
    same; such rows count, but are not diverted. *of* is what is looked up when it is not the columns themselves, as the
    row's number is; then *bad* holds the check's filter itself.
    """

    columns: tuple[str, ...]
    bad: exp.Select
    survivor: Survivor | None = None
    reference: str = ""
    of: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """*of* is one aggregate over the rows. Without values nothing is judged; where *needs_values*, that fails."""

    of: Tree
    needs_values: bool = False


@dataclass(frozen=True, slots=True)
class ColumnList:
    """What `{columns}` stands for in a query: *named* columns, else all but *excluded*; numbers rounded to *digits*."""

    named: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """
    A SELECT of one value, a statement of its own; *dialect* "" means: that of the engine.

    Without one of *references*, the datasets it names beside its own, it is not asked.
    """

    query: str
    dialect: str = ""
    references: tuple[str, ...] = ()
    columns: ColumnList | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """Judged from metadata alone. *column* "" means: the set and order of all columns."""

    column: str = ""
    extra: Mode = Mode.OBSERVE
    order: Mode | None = None  # None: order is free


class Ask(StrEnum):
    """What may be asked of the columns."""

    COUNT = "count"  # how many there are, held against the limits
    ORDER = "order"  # they are these, in this order
    EXACT = "exact"  # they are these, in any order
    THERE = "there"  # these are among them
    ABSENT = "absent"  # these are not among them
    PLACE = "place"  # the one is at a place, counted from 0
    ONLY = "only"  # there are none but those that these, patterns of names, match from the start
    FOLLOW = "follow"  # those that these patterns match stand in the patterns' order
    MATCH = "match"  # these patterns each match one at least
    TYPE = "type"  # the one has one of the types named, as its owner or the engine calls it


@dataclass(frozen=True, slots=True)
class Header:
    """
    Names and types of the columns, judged from metadata alone: *ask* says what of *names*, *place* and *types*.

    Types are in lower case, without numbers and units; times with a zone are `timestamptz`.
    """

    ask: Ask
    names: tuple[str, ...] = ()
    place: int = 0
    types: tuple[str, ...] = ()
    of_texts: bool = True  # False: not asked of text files, whose values are judged instead


Script = Callable[["pa.RecordBatchReader"], "pa.Table"]


def _gone(_: pa.RecordBatchReader) -> pa.Table:
    raise UsageError("a check that was stored or sent away no longer has its Python", "", "run the suite again")


@dataclass(frozen=True, slots=True)
class Foreign:
    """
    Another tool does the work: *run* is handed the rows of *columns* (none: all), in source order, as Arrow batches.

    It gives one column `row`, the places (from 0) of the bad ones among the rows it was handed; or one column `value` with
    one row: whether all is well, or what the limits judge. *per_row* says that it may do the first. Where only a run can
    tell that it does not, the check has mode *undivided* instead of quarantine. *in_batches*: each batch can be judged
    without the others. What it raises errs this check alone. Pickled, it is without its script, for nobody runs a result.
    """

    run: Script = field(repr=False, compare=False)
    tool: str  # as people know it: `Great Expectations`, `pandera`
    per_row: bool
    columns: tuple[str, ...] = ()
    in_batches: bool = False
    undivided: Mode = Mode.BLOCK

    def __reduce__(self) -> tuple[Any, ...]:
        return Foreign, (_gone, self.tool, self.per_row, self.columns, self.in_batches, self.undivided)

    @classmethod
    def told(cls, tool: str, *, per_row: bool) -> Foreign:
        """That of a stored result."""
        return cls(_gone, tool, per_row)


Subject = Rows | Keys | Measure | Answer | Shape | Header | Foreign


@dataclass(frozen=True, slots=True)
class Clause:
    """Where the promise is written, and its text."""

    place: Place
    text: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, compiled."""

    id: str  # unique in its plan: `status.in_set`
    name: str  # the check function: `in_set`
    dimension: Dimension
    says: str  # one sentence in the contract's words, never a value from data
    columns: tuple[str, ...]
    subject: Subject
    clause: Clause
    limits: tuple[Limit, ...] = NONE_BAD
    mode: Mode = Mode.QUARANTINE
    where: Tree | None = None  # only rows that pass it are judged and counted
    rule: str = ""  # `id`, else `name`, of the contract's rule
    tags: tuple[str, ...] = ()
    on: Literal["arrived", "good"] = "arrived"
    warning: str = ""  # said once in the report: two operators on one rule, …
    waived: bool = False  # where it cannot be enforced, somebody said that this is all right
    function: str = ""  # the check function that made it, "" when none did
    arguments: Mapping[str, Any] = field(default_factory=dict)  # of that function, by name
    each: str = ""  # made once for every column whose name this pattern matches from the start; `columns` begins with its name

    @property
    def is_row_check(self) -> bool:
        """Whether its bad rows can be told apart and diverted."""
        if isinstance(self.subject, Foreign) and not self.subject.per_row:
            return False
        return isinstance(self.subject, Rows | Keys | Foreign) and all(limit.is_tolerance for limit in self.limits)

    @property
    def counts_rows(self) -> bool:
        """Whether it is about the number of rows, which may be known without reading them."""
        return isinstance(self.subject, Measure) and self.subject.of == exp.Count(this=exp.Star())


class GapKind(StrEnum):
    """Why a clause is not enforced."""

    SKIPPED = "skipped"  # dq cannot enforce it: the dataset is at least `warn`, unless waived
    NOT_JUDGED = "not judged"  # text, or a service level without a store or a time: changes nothing


@dataclass(frozen=True, slots=True)
class Gap:
    """A clause that nobody enforces, and why."""

    clause: Clause
    reason: str
    kind: GapKind = GapKind.SKIPPED
    waived: bool = False
    rule: str = ""
    column: str = ""


# -- the registry ----------------------------------------------------------------------------------------------------


class Looks(IntEnum):
    """What a check function describes."""

    ROWS = 1
    KEYS = 2
    MEASURE = 3


@dataclass(frozen=True, slots=True)
class Definition:
    """A check function and what its decorator says."""

    name: str
    dimension: Dimension
    says: str
    function: Callable[..., Any]
    looks: Looks
    takes: Literal["column", "columns", "table"]  # the first argument: one column, several, none
    parameters: Mapping[str, inspect.Parameter] = field(default_factory=dict)

    def sentence(self, shown: str, arguments: Mapping[str, Any]) -> str:
        """What the check says of the column or columns *shown*."""
        return self.says.format(column=shown, columns=shown, **{key: _words(value) for key, value in arguments.items()})


def _words(value: object) -> str:
    if isinstance(value, list | tuple):
        shown = ", ".join(str(item) for item in value[:12])
        return f"{shown}, … ({len(value)} in all)" if len(value) > 12 else shown
    return str(value)


F = TypeVar("F", bound=Callable[..., Any])
DEFINITIONS: dict[str, Definition] = {}


def check(
    *, dimension: str, says: str, looks: Looks = Looks.ROWS, takes: Literal["column", "columns", "table"] = "column"
) -> Callable[[F], F]:
    """
    Register a function as the check of its name.

    It takes a column (or columns, or nothing) and keyword arguments, and returns the tree that *looks* names.
    *says* is a format over `column` and the arguments.
    """

    def register(function: F) -> F:
        name = function.__name__.rstrip("_")
        if name in DEFINITIONS:
            msg = f"two checks are named '{name}'"
            raise ValueError(msg)
        keywords = {
            key: parameter
            for key, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }
        DEFINITIONS[name] = Definition(name, Dimension(dimension), says, function, looks, takes, keywords)
        return function

    return register
