"""What came out, frozen. Plain values that pickle, compare and render; nothing here runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from dq.checks.model import Check, Gap, GapKind, Mode, Status
from dq.errors import ViolationError
from dq.plan import RECORD
from dq.sql import Scalar

if TYPE_CHECKING:
    from dq.bad import BadRows

SCHEMA_VERSION = "1.1"
SUMMARY_VERSION = "1.0"

NO_ROW_READ = "no row was read: judged is what metadata tells"  # a note: no rows are not none that are bad
NOT_LOOKED_INTO = "where bad rows concentrate is not looked into on a database"  # a note: silence would say that nothing does


class Outcome(StrEnum):
    """What an enforcement decided."""

    PASSED = "passed"  # all rows go on
    QUARANTINED = "quarantined"  # good rows go on
    BLOCKED = "blocked"  # nothing goes on
    ERROR = "error"  # a rule that could not run: nothing goes on


@dataclass(frozen=True, slots=True)
class Counted:
    """*bad* of *rows* rows broke the rule; *rows* are those that pass the rule's `where`."""

    rows: int
    bad: int

    @property
    def share(self) -> Fraction:
        """Exact; an empty dataset has no bad share."""
        return Fraction(self.bad, self.rows) if self.rows else Fraction(0)


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value; None: it had no values to work on."""

    value: Scalar
    rows: int = 0


@dataclass(frozen=True, slots=True)
class NotRun:
    """Why a check gave no verdict."""

    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """About how many rows a table has, by the statistics of the database *by*: *rows*, taken to be from *low* to *high*."""

    rows: int
    low: int
    high: int
    by: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A bad row to look at: its number in the source, if that has an order, and text of some columns, sensitive ones masked."""

    row: int | None
    values: Mapping[str, str | None]
    source: str = ""  # file, for files
    line: int | None = None  # line in a text file, where known
    subjects: tuple[str, ...] = field(default=(), repr=False, compare=False)  # keyed hashes of whom it is about, when recorded


@dataclass(frozen=True, slots=True)
class Standout:
    """
    Where the bad rows of a check concentrate: *bad* of its bad rows have *value* in *column*, as do *rows* of all rows.

    *column* is a column, or `(file)`, or `(position)` with a range of row numbers as *value*; sensitive values are masked.
    """

    column: str
    value: str | None
    bad: int
    bad_share: float  # of the check's bad rows, 0 to 1
    rows: int
    row_share: float  # of all rows, 0 to 1
    lift: float  # bad_share / row_share


@dataclass(frozen=True, slots=True)
class Bin:
    """A bar of a histogram: *rows* values from *low* (included) to *high* (excluded, but for the last bar)."""

    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """
    What one column holds. Text of sensitive columns is masked, numbers of them left out. None: no values, or not of that kind.

    *distinct* is an estimate (HyperLogLog). *quantiles* are those at 5, 25, 50, 75 and 95 %. *top* are the most frequent
    values with their rows, *patterns* the most frequent shapes (`A9-99`). Lengths are in code points. Of more than 100,000
    rows (fewer for many columns) quantiles, patterns and histogram are those of a sample, the same in every run; counts of
    patterns and bars are scaled to all rows.
    """

    name: str
    type: str
    rows: int
    nulls: int
    distinct: int
    low: str | None = None
    high: str | None = None
    mean: float | None = None
    stddev: float | None = None
    quantiles: tuple[float, ...] = ()
    lengths: tuple[int, float, int] | None = None  # shortest, mean, longest
    top: tuple[tuple[str | None, int], ...] = ()
    patterns: tuple[tuple[str, int], ...] = ()
    histogram: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    The verdict on one check.

    *tolerated* are bad rows within the limit: they go on. *sql* finds the bad rows, in the engine's dialect.
    """

    check: Check
    status: Status
    found: Counted | Measured | NotRun
    message: str
    sql: str = ""
    samples: tuple[Sample, ...] = ()
    why: tuple[Standout, ...] = ()  # most telling first; empty when nothing stands out, or nobody looked: a note says so

    @property
    def rows(self) -> int:
        """Rows that the rule was judged on."""
        return 0 if isinstance(self.found, NotRun) else self.found.rows

    @property
    def bad_rows(self) -> int:
        """Rows that its predicate marks."""
        return self.found.bad if isinstance(self.found, Counted) else 0

    @property
    def is_unable(self) -> bool:
        """Whether nobody enforced it here: it could not be judged on this data."""
        return isinstance(self.found, NotRun) and self.status is Status.SKIP and self.message != "no values"

    @property
    def tolerated_rows(self) -> int:
        """Bad rows that go on because the rule's limit allows them."""
        return self.bad_rows if self.status is Status.PASS and self.check.is_row_check else 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every clause of the contract once."""

    enforced: int
    skipped: tuple[Gap, ...]
    not_judged: tuple[Gap, ...]

    @property
    def share(self) -> Fraction:
        """Enforced clauses among those that could be judged here; 1 when there are none."""
        total = self.enforced + len(self.skipped)
        return Fraction(self.enforced, total) if total else Fraction(1)

    @classmethod
    def over(cls, checks: tuple[CheckResult, ...], gaps: tuple[Gap, ...]) -> Coverage:
        """Of the clauses behind *checks*: enforced when one of its checks ran; skipped when none could. *gaps* are the others."""
        ran = {_clause(item) for item in checks if item.check.id != RECORD and not item.is_unable}
        unable = {
            _clause(item): Gap(item.check.clause, item.message, rule=item.check.rule, column=", ".join(item.check.columns))
            for item in checks
            if item.is_unable and _clause(item) not in ran
        }
        return cls.of(len(ran), (*gaps, *unable.values()))

    @classmethod
    def of(cls, enforced: int, gaps: tuple[Gap, ...]) -> Coverage:
        """Sort *gaps* by kind."""
        return cls(
            enforced,
            tuple(gap for gap in gaps if gap.kind is GapKind.SKIPPED),
            tuple(gap for gap in gaps if gap.kind is GapKind.NOT_JUDGED),
        )


def _clause(item: CheckResult) -> tuple[str, str]:
    return str(item.check.clause.place), item.check.clause.text


@dataclass(frozen=True, slots=True)
class Result:
    """
    What a validation found.

    *status* is the worst of the checks whose mode is not observe. *bad_rows* are the rows marked by a check of status
    fail: those that `split` hands back as bad and `enforce` diverts. *bad* reads them, each with all its reasons.
    """

    contract: str  # `name@version`
    object: str
    dataset: str
    source: str
    engine: str
    stage: str
    status: Status
    rows: int
    bad_rows: int
    checks: tuple[CheckResult, ...]
    coverage: Coverage
    now: datetime
    seconds: float
    columns: Mapping[str, str] = field(default_factory=dict)  # name -> type, as found in the source
    notes: tuple[str, ...] = ()  # said once: extra columns, the zone assumed, two operators on one rule
    owners: tuple[str, ...] = ()
    plan: str = ""  # sha256 of the plan
    profile: tuple[ColumnProfile, ...] = ()
    bad: BadRows | None = field(default=None, compare=False)
    run: str = field(default="", compare=False)  # its id in the store, when the store keeps it

    @property
    def ok(self) -> bool:
        """Whether nothing failed and nothing erred; warnings and skips are ok."""
        return self.status not in (Status.FAIL, Status.ERROR)

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """Checks that failed or erred, in plan order, without those only observed."""
        return tuple(
            item for item in self.checks if item.status in (Status.FAIL, Status.ERROR) and item.check.mode is not Mode.OBSERVE
        )

    @property
    def headline(self) -> str:
        """One line: dataset, verdict, counts."""
        failed = ", ".join(item.check.id for item in self.failures[:3])
        more = f" and {len(self.failures) - 3} more" if len(self.failures) > 3 else ""
        tail = f": {failed}{more}" if failed else ""
        return f"{self.dataset} {self.status}: {self.bad_rows:,} of {self.rows:,} rows are bad{tail}"

    def summary(self) -> dict[str, Any]:
        """What was found as values that JSON has, for orchestrators to hand on. No row is in it."""
        return {
            "schema_version": SUMMARY_VERSION,
            "status": str(self.status),
            "dataset": self.dataset,
            "stage": self.stage,
            "contract": self.contract,
            "rows": self.rows,
            "bad_rows": self.bad_rows,
            "failed": [item.check.id for item in self.failures],
            "run_id": self.run or None,
        }

    def raise_for_violations(self) -> Result:
        """Return the result itself when `ok`, else raise ViolationError."""
        if not self.ok:
            raise ViolationError(self)
        return self


@dataclass(frozen=True, slots=True)
class Absent:
    """A schema object whose *table* is not in the database; tables that are spelt alike are *near*."""

    object: str
    table: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """
    What the catalogue of a database says of the tables of a contract, one result for each that is there.

    *absent* are schema objects without a table, which fails; *extra* are tables that no schema object is about, which is
    observed.
    """

    contract: str  # `name@version`
    source: str
    results: tuple[Result, ...]
    absent: tuple[Absent, ...] = ()
    extra: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """The worst of the tables; fail when one is not there."""
        worst = min((item.status for item in self.results), key=lambda status: status.rank, default=Status.FAIL)
        return Status.FAIL if self.absent else worst

    @property
    def ok(self) -> bool:
        """Whether every table is there, nothing failed and nothing erred."""
        return self.status not in (Status.FAIL, Status.ERROR)
