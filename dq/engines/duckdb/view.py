"""The passes over one opened source, in DuckDB: keys, rows with their masks, aggregates, answers; then who is diverted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from sqlglot import exp

from dq.engines.duckdb import bitmaps, repeats
from dq.engines.duckdb.connection import Connection, integers
from dq.engines.duckdb.culprits import culprits
from dq.engines.duckdb.masks import Masks, word_name
from dq.engines.duckdb.profile import Profiler
from dq.engines.duckdb.scripts import run_scripts
from dq.engines.duckdb.why import Evidence
from dq.engines.model import Findings, Seen, Write
from dq.errors import DqError, EngineError, SourceChanged
from dq.plan import TYPED, Columns, Passes, Predicate, needed
from dq.result import ColumnProfile, Estimate, NotRun
from dq.source import Format
from dq.sql import ROW_NO, SOURCE, InSet, Scalar, Tree, any_of, column, reference, render, render_query
from dq.why import Ground

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from dq.engines.duckdb.engine import Opened

ORIGIN, RAW, REASONS = "__dq_source", "__dq_raw", "__dq_reasons"
_BASE, _BAD, _SPARED, _DIVERTED, _MALFORMED = "__dq_base", "__dq_bad", "__dq_spared", "__dq_diverted", "__dq_malformed"
_SHOWN = 1_000  # characters of a value in a sample
_DICTIONARIES = "DICTIONARY_SIZE_LIMIT 4096"  # different values of a row group; larger ones take time and save no space


class DuckView:
    """One look at one source. *stamps* names the state of its files: another is other data; *unwatched* references have none."""

    def __init__(
        self,
        connection: Connection,
        opened: Opened,
        references: Mapping[str, Columns],
        stamps: Callable[[], object],
        unwatched: tuple[str, ...],
    ) -> None:
        self._connection, self._opened, self._stamps = connection, opened, stamps
        self._unwatched = unwatched
        self._before = stamps()
        self.columns = opened.columns
        self.references = references
        self.notes = opened.notes
        self.records = opened.records
        self.shown = opened.shown or {name: actual.sql("duckdb") for name, actual in opened.columns.types.items()}
        self._passes = Passes({})
        self._masks = Masks({})
        self._found = Findings(0, {}, {})
        self._malformed = 0
        if opened.malformed is not None:
            connection.raw.register(_MALFORMED, opened.malformed)
            self._malformed = int(opened.malformed.num_rows)

    # -- the passes ---------------------------------------------------------------------------------------------------

    def estimate(self) -> Estimate | NotRun:
        """See `View.estimate`: of frames and files nobody keeps statistics."""
        return NotRun("only the rows can tell")

    def look(self, passes: Passes) -> Findings:
        """Run the passes; see `View.look`. A check that cannot run errs alone."""
        where = f" WHERE {_sql(passes.where)}" if passes.where is not None else ""
        self._run(f"CREATE OR REPLACE TEMP VIEW {SOURCE} AS SELECT * FROM {_BASE}{where}")
        told = run_scripts(self._connection, passes.visits)
        broken: dict[int, str] = {}
        try:
            found = self._look(passes, told.silent)
        except EngineError:
            broken = culprits(passes, self._run)
            if not broken:
                raise
            found = self._look(passes.without(broken), told.silent)
        errors = {**told.errors, **broken}
        self._found = replace(found, answers={**found.answers, **told.values}, errors=errors)
        return self._found

    def _look(self, passes: Passes, silent: frozenset[str]) -> Findings:
        self._passes = passes
        empty = silent | {keys.name for keys in passes.keys if not self._key_set(keys.name, keys.select, keys.repeated)}
        bad = self._rows(passes.rows, empty)
        measures = self._measures({**passes.measures, "rows": exp.Count(this=exp.Star())}, SOURCE, empty)
        counted = measures.pop("rows")
        if self._opened.readable not in (None, counted) and passes.where is None:
            self._unchanged()
            problem = f"{self._opened.readable:,} records were told apart, but {counted:,} were read"
            raise EngineError(problem, self._opened.name, "write it as plain RFC 4180 text, or as Parquet")
        answers = self._answers(passes)
        self._unchanged()
        return Findings((counted if isinstance(counted, int) else 0) + self._malformed, bad, measures, answers)

    def grounds(self, own: Mapping[int, Collection[str]]) -> Mapping[int, Ground]:
        """See `View.grounds`."""
        lost = frozenset(item.check for item in self._passes.rows if item.bad == exp.false())
        evidence = Evidence(
            run=self._run,
            bad=_BAD,
            origin=ORIGIN,
            masks=self._masks,
            passes=self._passes,
            types=self.columns.types,
            found=self._found,
            lost=lost & self._masks.bits.keys(),
            is_text=self.records,
            files=len(self._opened.files),
        )
        grounds = evidence.grounds(own)
        self._unchanged()
        return grounds

    def profile(self, guesses: Mapping[str, Sequence[Tree]]) -> tuple[ColumnProfile, ...]:
        """See `View.profile`."""
        rows = self._found.rows - self._malformed
        profiler = Profiler(self._run, self._table, self._passes.columns, rows, guesses)
        profiles = profiler.profiles()
        self._unchanged()
        return profiles

    def _table(self, sql: str) -> pa.Table:
        return self._connection.reader(sql).read_all()

    def _unchanged(self) -> None:
        if self._stamps() != self._before:
            raise SourceChanged("the file changed while it was read", str(self._opened.name), "run again when its writer is done")

    def _run(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.run(sql)

    def _key_set(self, name: str, select: exp.Select, repeated: Tree | None) -> bool:
        """Make a key set; whether it holds anything."""
        if repeated is not None and (found := repeats.repeated(self._connection, _sql(repeated))) is not None:
            self._connection.raw.register(name, found)
            return bool(found.num_rows)
        self._run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {_sql(select)}')
        return bool(self._run(f'SELECT count(*) FROM "{name}"')[0][0])

    def _rows(self, predicates: tuple[Predicate, ...], empty: frozenset[str]) -> dict[int, int]:
        """One scan: bad rows with a mask of the checks they break; then the counts, from the bad rows."""
        live = {item.check: item.bad for item in predicates if item.bad != exp.false() and not _in_empty(item.bad, empty)}
        records = [item.check for item in predicates if item.bad == exp.false()][:1] if self._malformed else []
        masks = self._masks = Masks({check: place for place, check in enumerate([*live, *records])})
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {_BAD} AS SELECT *, {masks.of(live)}, NULL::BLOB AS {RAW} "
            f"FROM {SOURCE} WHERE {_sql(any_of(*needed(live.values())))}"
        )
        for check in records:
            self._run(f"INSERT INTO {_BAD} BY NAME SELECT {ROW_NO}, {ORIGIN}, {masks.only(check, 'm')}, {RAW} FROM {_MALFORMED}")
        self._spare([item for item in predicates if item.spare is not None and item.check in live])
        counts = dict.fromkeys((item.check for item in predicates), 0)
        if masks.bits:
            listed = ", ".join(f"coalesce(count_if({masks.has(check)}), 0)" for check in masks.bits)
            counts.update(zip(masks.bits, self._run(f"SELECT {listed} FROM {_BAD}")[0], strict=True))
        return counts

    def _spare(self, keyed: list[Predicate]) -> None:
        """Of the rows that share a key, those that go on; and those that stay only because an equal row goes on."""
        selects = [f"SELECT {ROW_NO}, {self._masks.of({})}, {self._masks.of({})} FROM {_BAD} LIMIT 0"]
        for item in keyed:
            marked = (
                f"SELECT {ROW_NO}, {_sql(item.spare)} AS spare, {_sql(item.copy)} AS copy FROM {_BAD} "
                f"WHERE {self._masks.has(item.check)}"
            )
            spare, copy = (self._masks.only(item.check, letter, test) for letter, test in (("s", "spare"), ("c", "copy")))
            selects.append(f"SELECT {ROW_NO}, {spare}, {copy} FROM ({marked}) WHERE spare OR copy")
        names = ", ".join([ROW_NO, *(word_name(letter, word) for letter in "sc" for word in self._masks.words)])
        union = " UNION ALL ".join(f"({select})" for select in selects)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {_SPARED} AS SELECT {ROW_NO}, {self._masks.merged('sc')} "
            f"FROM ({union}) AS t({names}) GROUP BY {ROW_NO}"
        )

    def _measures(self, measures: Mapping[str, Tree], table: str, empty: frozenset[str]) -> dict[str, Scalar]:
        """All aggregates in one scan."""
        if not measures:
            return {}
        trees = [exp.Literal.number(0) if _in_empty(tree, empty) else tree for tree in measures.values()]
        listed = ", ".join(f"{_sql(tree)} AS a{place}" for place, tree in enumerate(trees))
        return dict(zip(measures, self._run(f"SELECT {listed} FROM {table}")[0], strict=True))

    def _answers(self, passes: Passes) -> dict[int, Scalar | Exception]:
        """Users' own queries, each a statement of its own; one that errs errs alone."""
        if not passes.answers:
            return {}
        columns = {**passes.columns, **self._numbers(passes.untyped)}
        typed = ", ".join(f"{_sql(tree)} AS {_name(name)}" for name, tree in columns.items())
        self._run(f"CREATE OR REPLACE TEMP VIEW {TYPED} AS SELECT {typed} FROM {SOURCE}")
        answers: dict[int, Scalar | Exception] = {}
        for check, select in passes.answers.items():
            try:
                answers[check] = _the_value(self._run(f"SELECT * FROM ({render_query(select, 'duckdb')}) LIMIT 2"))
            except DqError as error:
                if error.retryable:
                    raise
                answers[check] = error
        return answers

    def _numbers(self, untyped: Mapping[str, Tree]) -> dict[str, Tree]:
        """Of columns of text that nobody declares, those in which every value is a number."""
        if not untyped:
            return {}
        listed = ", ".join(
            f"count_if(({_sql(tree)}) IS NULL AND nullif({_name(name)}, '') IS NOT NULL) = 0" for name, tree in untyped.items()
        )
        fits = self._run(f"SELECT {listed} FROM {SOURCE}")[0]
        return {name: tree for (name, tree), fit in zip(untyped.items(), fits, strict=True) if fit}

    # -- who is diverted ----------------------------------------------------------------------------------------------

    def divert(self, checks: Collection[int]) -> int:
        """Settle the bad rows; see `View.divert`."""
        test = self._masks.diverted(checks)
        if self._run(f"SELECT count(*) FROM {_SPARED}")[0][0]:
            rows = f"b.*, s.* EXCLUDE ({ROW_NO}) FROM {_BAD} b LEFT JOIN {_SPARED} s ON b.{ROW_NO} = s.{ROW_NO}"
        else:  # the usual case; a join of many wide rows is dear
            none = ", ".join(f"0::BIGINT AS {word_name(letter, word)}" for letter in "sc" for word in self._masks.words)
            rows = f"*, {none} FROM {_BAD}"
        self._run(f"CREATE OR REPLACE TEMP VIEW {_DIVERTED} AS SELECT {rows} WHERE {test}")
        return int(self._run(f"SELECT count(*) FROM {_DIVERTED}")[0][0])

    def diverted_by(self) -> Mapping[int, int]:
        """See `View.diverted_by`."""
        if not self._masks.bits:
            return {}
        listed = ", ".join(
            f"count_if({self._masks.has(check)} AND NOT {self._masks.has(check, 's')})" for check in self._masks.bits
        )
        return dict(zip(self._masks.bits, self._run(f"SELECT {listed} FROM {_DIVERTED}")[0], strict=True))

    def measure_good(self, passes: Passes) -> Mapping[str, Scalar]:
        """See `View.measure_good`."""
        good = f"(SELECT * FROM {SOURCE} WHERE {ROW_NO} NOT IN (SELECT {ROW_NO} FROM {_DIVERTED}))"
        return self._measures(passes.good, good, frozenset())

    def bad_numbers(self) -> np.ndarray[Any, Any]:
        """See `View.bad_numbers`."""
        import numpy as np  # noqa: PLC0415

        batches = self._connection.reader(f"SELECT {ROW_NO} FROM {_DIVERTED} ORDER BY 1")
        return np.concatenate([np.zeros(0, dtype=np.int64), *map(integers, batches)])

    # -- rows out -----------------------------------------------------------------------------------------------------

    def sample(self, check: int, columns: Collection[str], limit: int) -> tuple[Seen, ...]:
        """See `View.sample`."""
        if check not in self._masks.bits or not limit:
            return ()
        names = [name for name in columns if name in self.columns.types]
        shown = "".join(f", left({_name(name)}::VARCHAR, {_SHOWN})" for name in names)
        line = f"(SELECT line FROM {_MALFORMED} f WHERE f.{ROW_NO} = b.{ROW_NO})" if self._malformed else "NULL"
        rows = self._run(
            f"SELECT {ROW_NO}, {ORIGIN}, {line}, {RAW}[1:{_SHOWN}]{shown} FROM {_BAD} b "
            f"WHERE {self._masks.has(check)} ORDER BY {ROW_NO} LIMIT {limit}"
        )
        return tuple(
            Seen(row, {"(record)": _readable(raw)} if raw else dict(zip(names, values, strict=True)), origin or "", number)
            for row, origin, number, raw, *values in rows
        )

    def drain(self, write: Write, reasons: Mapping[int, str]) -> None:
        """See `View.drain`."""
        write(self._bad_batches(reasons))

    def _bad_batches(self, reasons: Mapping[int, str]) -> Iterator[pa.RecordBatch]:
        typed = f"{self._typed}, " if self.columns.types else ""
        order = "" if self._in_order(f"SELECT {ROW_NO} FROM {_DIVERTED}") else f" ORDER BY {ROW_NO}"
        yield from self._connection.reader(
            f"SELECT {typed}{ROW_NO}, {self._masks.reasons(reasons)} AS {REASONS}, {ORIGIN}, {self._raw} AS {RAW} "
            f"FROM {_DIVERTED}{order}"
        )

    def _in_order(self, numbers: str) -> bool:
        """Whether rows come by number as they are; no look into a key set has shuffled them, and sorting wide rows is dear."""
        last = -1
        for batch in self._connection.reader(numbers):
            found = integers(batch)
            if found[0] <= last or (found[1:] <= found[:-1]).any():
                return False
            last = found[-1]
        return True

    @property
    def _typed(self) -> str:
        """The columns as rows are handed on."""
        return ", ".join(f"{_sql(tree)} AS {_name(name)}" for name, tree in self._passes.columns.items())

    @property
    def _raw(self) -> str:
        """The bytes of a record that could not be read; for text files also the values as written, as JSON."""
        unread = [
            f"({_name(name)} IS NOT NULL AND ({_sql(tree)}) IS NULL)"
            for name, tree in self._passes.columns.items()
            if tree != column(name)
        ]
        if not unread:
            return RAW
        pairs = ", ".join(f"{_name(name)} := {_name(name)}" for name in self.columns.types)
        written = f"encode(to_json(struct_pack({pairs}))::VARCHAR)"
        return f"CASE WHEN {RAW} IS NOT NULL THEN {RAW} WHEN {' OR '.join(unread)} THEN {written} END"

    def good(self) -> pa.RecordBatchReader:
        """See `View.good`."""
        return self._connection.reader(self._good_select())

    def write_good(self, path: str, file_format: Format, facts: Mapping[str, str]) -> int:
        """See `View.write_good`."""
        pairs = ", ".join(f"{_name(name)}: {_text(value)}" for name, value in facts.items())
        options = {
            Format.PARQUET: f"FORMAT parquet, PARQUET_VERSION v2, {_DICTIONARIES}, KV_METADATA {{{pairs}}}",
            Format.CSV: "FORMAT csv, HEADER",
            Format.JSON: "FORMAT json",
        }[file_format]
        rows = int(self._run(f"COPY ({self._good_select()}) TO {_text(path)} ({options})")[0][0])
        self._unchanged()
        return rows

    def _good_select(self) -> str:
        """The rows that go on, in source order."""
        return f"SELECT {self._typed} FROM {SOURCE} WHERE {bitmaps.not_in(self._run, _DIVERTED)}"

    def fingerprint(self, where: Tree | None = None) -> str:
        """See `View.fingerprint`."""
        del where  # a file is read whole, and named whole
        tables = {} if self._opened.watched else {_BASE: self.columns}
        tables |= {reference(name).name: self.references[name] for name in self._unwatched}
        return f"{self._stamps()} {[(name, self._content(name, columns)) for name, columns in tables.items()]}"

    def digest(self) -> str:
        """See `View.digest`."""
        return str(self._content(_DIVERTED, self.columns, RAW))

    def _content(self, table: str, columns: Columns, *more: str) -> tuple[Any, ...]:
        """The number of rows of *table*, and a sum of their hashes, whatever their order."""
        listed = ", ".join([*(_name(name) for name in columns.types), *more]) or "1"
        return self._run(f"SELECT count(*), sum(hash({listed})) FROM {_name(table)}")[0]


def _sql(tree: Tree | None) -> str:
    return render(tree, "duckdb") if tree is not None else ""


def _the_value(rows: list[tuple[Any, ...]]) -> Scalar:
    """The one value of an answer; None of one without rows."""
    if len(rows) > 1 or any(len(row) > 1 for row in rows):
        raise EngineError("the query gives more than one value", "", "select one: a count, a sum, a share")
    return cast("Scalar", rows[0][0]) if rows else None


def _readable(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _in_empty(tree: Tree, empty: frozenset[str]) -> bool:
    """Whether *tree* cannot be TRUE because it looks into an empty key set."""
    return bool(empty) and any(node.this.name in empty for node in tree.find_all(InSet))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
