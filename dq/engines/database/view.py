"""One look at a table: counts by one statement, bad rows by another, all in one transaction that changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlglot import exp

from dq.engines.database import profile
from dq.engines.database.arrow import batches_of
from dq.engines.database.culprits import culprits
from dq.engines.database.marked import RAW, MarkedRows
from dq.engines.database.marks import Marks
from dq.engines.database.rows import bad_rows, counted_rows, diverting, good_rows, marked_rows, numbers, over_good
from dq.engines.database.server import Session
from dq.engines.database.statements import Statements, columns_of
from dq.engines.model import Findings, Seen, Write
from dq.errors import DqError, EngineError
from dq.plan import Columns, Passes, Predicate
from dq.result import ColumnProfile, Estimate, NotRun
from dq.source import Format
from dq.sql import Base, InSet, ReadAs, Scalar, Tree, render_query
from dq.why import Ground

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_RARE = 1_000  # marked rows that are fetched for samples though they are not diverted
_SHOWN = 1_000  # characters of a value in a sample
_FEW = 10_000  # rows of a key set that are kept, instead of found again
_NO_TREE = exp.Null()


class TableView:
    """See `dq.engines.View`; *statements* write SQL over the table, *folder* is for the rows that come out of it."""

    def __init__(self, statements: Statements, folder: Path) -> None:
        self._statements, self._session, self._folder = statements, statements.session, folder
        loose = self._session.dialect == "sqlite"
        self.columns: Columns = columns_of(statements.rows.columns, loose=loose)
        self.references: Mapping[str, Columns] = {
            name: columns_of(item.columns, loose=loose) for name, item in statements.others.items()
        }
        self.notes: tuple[str, ...] = ()
        self.records = False
        self.stays = False  # whether bad rows are counted where they are, and only some of them fetched, as samples
        self.shown: Mapping[str, str] = {item.name: item.shown for item in statements.rows.columns}
        self._all = statements
        self._live: dict[int, Predicate] = {}
        self._wanted: frozenset[int] = frozenset()
        self._found = Findings(0, {}, {})
        self._fetched: frozenset[int] | set[int] = frozenset()
        self._marked: MarkedRows | None = None
        self._ids: bytes | None = None

    # -- the passes ------------------------------------------------------------------------------------------------------

    def estimate(self) -> Estimate | NotRun:
        """See `View.estimate`."""
        if not self._all.rows.parts:
            return NotRun("a database keeps no statistics of a query: only the rows can tell")
        return self._session.estimate(self._all.rows.parts)

    def look(self, passes: Passes) -> Findings:
        """Run the passes; see `View.look`. A check that cannot run errs alone."""
        errors: dict[int, str] = {}
        try:
            found = self._look(passes)
        except EngineError:
            errors = culprits(passes, self._statements, self._session.tried)
            if not errors:
                raise
            found = self._look(passes.without(errors))
        self._found = replace(found, errors=errors, answers=self._answers(passes))
        return self._found

    def _look(self, passes: Passes) -> Findings:
        self._statements = self._all.only(passes.where, passes.keys)
        empty = self._read_keys()
        counted = {item.check: item for item in passes.rows if item.bad != exp.false() and not _in_empty(item.bad, empty)}
        measures = {name: exp.Literal.number(0) if _in_empty(tree, empty) else tree for name, tree in passes.measures.items()}
        values = self._numbers(counted, measures)
        bad = {item.check: _count(values.pop(f"bad:{item.check}", 0)) for item in passes.rows}
        self._live = {check: item for check, item in counted.items() if bad[check]}
        return Findings(_count(values.pop("rows")), bad, values)

    def _read_keys(self) -> frozenset[str]:
        """Look for keys, and keep what was found where it is little; the key sets without a row."""
        known: dict[str, list[tuple[Tree, ...]]] = {}
        empty = set()
        for name in self._statements.keys:
            rows = self._session.tried(self._statements.keys_of(name, _FEW + 1))
            if not rows:
                empty.add(name)
            elif len(rows) <= _FEW and (written := self._session.written(rows)) is not None:
                known[name] = written
        self._statements = replace(self._statements, known=known)
        return frozenset(empty)

    def _numbers(self, counted: Mapping[int, Predicate], measures: Mapping[str, Tree]) -> dict[str, Scalar]:
        """All numbers by one statement; by several, where a server takes only so many columns."""
        values: dict[str, Scalar] = {}
        gathered: list[bytes | None] = []
        for checks, named in _chunks(list(counted), list(measures), self._session.widest):
            trees = {name: measures[name] for name in named}
            names, sql = numbers(self._statements, {check: counted[check] for check in checks}, trees)
            found = dict(zip(names, self._session.tried(sql)[0], strict=True))
            if "ids" in found:
                gathered.append(found.pop("ids"))
            values |= {name: _plain(value, trees.get(name, _NO_TREE)) for name, value in found.items()}
        known = [part for part in gathered if part is not None]
        self._ids = b"".join(known) if known and len(known) == len(gathered) else None
        return values

    def _answers(self, passes: Passes) -> dict[int, Scalar | Exception]:
        """Users' own queries, each a statement of its own; one that errs errs alone."""
        answers: dict[int, Scalar | Exception] = {}
        for check, select in passes.answers.items():
            try:
                rows = self._session.tried(self._statements.answer(render_query(select, self._session.dialect)))
                answers[check] = _the_value(rows)
            except DqError as error:
                if error.retryable:
                    raise
                answers[check] = error
        return answers

    # -- who is diverted -------------------------------------------------------------------------------------------------

    def divert(self, checks: Collection[int]) -> int:
        """Settle the bad rows and fetch them, by one statement; see `View.divert`."""
        self._wanted = frozenset(checks) & self._live.keys()
        rare = {check for check in self._live if self._found.bad[check] <= _RARE}
        self._fetched = rare if self.stays else self._wanted | rare
        marks = Marks.of(self._live.keys())
        types = {item.name: item.arrow for item in self._statements.rows.columns}
        self._marked = MarkedRows(self._folder, marks, self._wanted, types)
        ids = None if self._ids is None else list(dict.fromkeys(self._session.ids(self._ids)))
        if self._fetched:
            rows = self._session.stream(marked_rows(self._statements, self._live, marks, self._fetched, ids))
            self._marked.fill(batches_of(rows, self._marked.schema, RAW))
        if self.stays and self._wanted:
            sql = counted_rows(self._statements, self._live, marks, self._wanted, ids)
            count, total, *each = self._session.run(sql)[0]
            self._marked.told(int(count), int(total), dict(zip(self._live, map(int, each), strict=True)))
        return self._marked.diverted

    @property
    def _bad(self) -> MarkedRows:
        assert self._marked is not None  # noqa: S101  who asks has settled who is diverted
        return self._marked

    def diverted_by(self) -> Mapping[int, int]:
        """See `View.diverted_by`."""
        return self._bad.by_check

    def measure_good(self, passes: Passes) -> Mapping[str, Scalar]:
        """See `View.measure_good`."""
        diverted = diverting(self._live, self._wanted)
        listed = [self._statements.sql(over_good(tree) if diverted else tree) for tree in passes.good.values()]
        row = self._session.run(good_rows(self._statements, diverted, listed))[0]
        return {name: _plain(value, tree) for (name, tree), value in zip(passes.good.items(), row, strict=True)}

    def bad_numbers(self) -> np.ndarray[Any, Any]:
        """See `View.bad_numbers`: rows of a table have no place, so the diverted ones are just counted."""
        import numpy as np  # noqa: PLC0415

        return np.arange(self._bad.diverted)

    def grounds(self, own: Mapping[int, Collection[str]]) -> Mapping[int, Ground] | None:
        """See `View.grounds`: a database is not asked, for that would read the table again and again."""
        del own
        return None

    def profile(self, guesses: Mapping[str, Sequence[Tree]]) -> tuple[ColumnProfile, ...]:
        """See `View.profile`; by aggregates alone, so without quantiles, frequent values and shapes."""
        del guesses  # of text files
        return profile.profiles(self._statements, self._found.rows)

    # -- rows out --------------------------------------------------------------------------------------------------------

    def sample(self, check: int, columns: Collection[str], limit: int) -> tuple[Seen, ...]:
        """See `View.sample`: of the rows that were fetched, else by a statement that stops when it has found enough."""
        if check not in self._live or not limit:
            return ()
        names = [name for name in columns if name in self.columns.types]
        if check in self._fetched:
            rows = self._bad.sample(check, names, limit)
        else:
            handed = dict(zip(self.columns.types, self._statements.handed(), strict=True))
            bad = self._live[check].bad
            tail = f"WHERE {self._statements.sql(bad)} LIMIT {int(limit)}"
            rows = [
                list(row)
                for row in self._session.run(self._statements.select([handed[name] for name in names] or ["1"], [bad], tail))
            ]
        return tuple(Seen(None, dict(zip(names, map(_text, row), strict=False))) for row in rows)

    def drain(self, write: Write, reasons: Mapping[int, str]) -> None:
        """See `View.drain`."""
        write(self._bad.rows(reasons))

    def good(self) -> pa.RecordBatchReader:
        """See `View.good`; in the order in which the database gives them."""
        import pyarrow as pa  # noqa: PLC0415

        schema = pa.schema([(item.name, item.arrow) for item in self._statements.rows.columns])
        rows = self._session.stream(good_rows(self._statements, diverting(self._live, self._wanted), self._statements.handed()))
        return pa.RecordBatchReader.from_batches(schema, batches_of(rows, schema))

    def write_good(self, path: str, file_format: Format, facts: Mapping[str, str]) -> int:
        """See `View.write_good`."""
        from dq.engines.database.files import write  # noqa: PLC0415  needs pyarrow

        return write(self.good(), Path(path), file_format, facts)

    @property
    def relation(self) -> str:
        """What is looked at, as SQL: a name, or a query in parentheses."""
        return self._all.rows.sql

    @property
    def session(self) -> Session:
        """What it looks through."""
        return self._session

    def move_to(self, session: Session, relation: str = "", row_id: str = "") -> None:
        """
        From here on look through *session*, which sees what is there now: compare the fingerprint.

        *relation* (SQL) has the rows instead, "": as before; *row_id* is SQL of what names one of them.
        """
        self._session = session
        self._all, self._statements = (
            replace(item, session=session, row_id=row_id, rows=replace(item.rows, sql=relation or item.rows.sql))
            for item in (self._all, self._statements)
        )

    def insert_good(self, into: str, names: Sequence[str], more: Mapping[str, str]) -> int:
        """
        Put the rows that are not diverted, as they are, into columns *names* of *into* (SQL), by one statement; their number.

        *more* is SQL of what else each row gets, by column.
        """
        statements = replace(self._statements, kept=True)
        listed = ", ".join(map(self._session.quoted, [*names, *more]))
        selected = good_rows(statements, diverting(self._live, self._wanted), [*statements.as_kept(), *more.values()])
        return self._session.changed(f"INSERT INTO {into} ({listed}) {selected}")

    def insert_bad(self, into: str, names: Sequence[str], reasons: Mapping[int, str], more: Sequence[str]) -> int:
        """
        Put the diverted rows, as they are, into columns *names* of *into* (SQL), by one statement; how many.

        After their columns come their number, the *reasons* of all checks that mark them, and *more* (SQL).
        """
        statements = replace(self._statements, kept=True)
        wanted = self._wanted & self._live.keys()
        selected = bad_rows(statements, self._live, wanted, reasons, more)
        return self._session.changed(f"INSERT INTO {into} ({', '.join(map(self._session.quoted, names))}) {selected}")

    def digest(self) -> str:
        """See `View.digest`."""
        return self._bad.digest

    def fingerprint(self, where: Tree | None = None) -> str:
        """See `View.fingerprint`."""
        found = [[self.content(where)]]
        found += [self._session.run(self._all.content(item)) for item in self._all.others.values()]
        return str(found)

    def content(self, where: Tree | None = None) -> tuple[int, str]:
        """How many rows pass *where*, and the sum of their hashes: it tells their content, whatever their order."""
        rows, total = self._session.run(self._all.content(self._all.rows, where))[0]
        return int(rows), str(total)

    def content_of(self, relation: str, test: str) -> tuple[int, str]:
        """As `content`, of the rows of another *relation* (SQL) with the same columns where *test* (SQL) is TRUE."""
        those = replace(self._all.rows, sql=f"(SELECT * FROM {relation} WHERE {test})")
        rows, total = self._session.run(self._all.content(those))[0]
        return int(rows), str(total)


def _chunks(checks: Sequence[int], measures: Sequence[str], most: int) -> Iterator[tuple[Sequence[int], Sequence[str]]]:
    """*checks* and *measures* in parts of at most *most* together; one part when there are none."""
    yield checks[:most], measures[: max(most - len(checks), 0)]
    rest = [*checks[most:], *measures[max(most - len(checks), 0) :]]
    for start in range(0, len(rest), most):
        part = rest[start : start + most]
        yield [item for item in part if isinstance(item, int)], [item for item in part if isinstance(item, str)]


def _in_empty(tree: Tree, empty: frozenset[str]) -> bool:
    """Whether *tree* cannot be TRUE because it looks into an empty key set."""
    return any(node.this.name in empty for node in tree.find_all(InSet))


def _count(value: Scalar) -> int:
    return int(value) if isinstance(value, int | Decimal) else 0


def _plain(value: Any, tree: Tree) -> Scalar:
    """A value of a driver as every engine gives it: means are floats, sums of whole numbers are whole, times no text."""
    if isinstance(value, str):
        return _moment(value, tree)
    if isinstance(value, Decimal):
        if isinstance(tree.unnest(), exp.Avg | exp.StddevSamp | exp.PercentileCont | exp.Div):
            return float(value)
        return int(value) if value.is_finite() and value.as_tuple().exponent == 0 else value
    return cast("Scalar", value)


def _moment(text: str, tree: Tree) -> Scalar:
    """The first or last day or time of SQLite, which keeps them as text; of other text the text."""
    if not isinstance(tree, exp.Min | exp.Max):
        return text
    inner = tree.this.unnest()
    while isinstance(inner, exp.Coalesce | exp.AtTimeZone):
        inner = inner.this.unnest()
    base = inner.args["to"].base if isinstance(inner, ReadAs) else None
    if base is Base.DATE:
        return date.fromisoformat(text)
    return datetime.fromisoformat(text) if base in (Base.TIMESTAMP, Base.TIMESTAMP_TZ) else text


def _the_value(rows: list[tuple[Any, ...]]) -> Scalar:
    """The one value of an answer; None of one without rows."""
    if len(rows) > 1 or any(len(row) > 1 for row in rows):
        raise EngineError("the query gives more than one value", "", "select one: a count, a sum, a share")
    return _plain(rows[0][0], exp.Null()) if rows else None


def _text(value: object) -> str | None:
    if value is None:
        return None
    return (str(value).lower() if isinstance(value, bool) else str(value))[:_SHOWN]
