"""The passes over one opened source, in DuckDB: keys, rows with a bitmask, aggregates, answers; then who is diverted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.checks.model import Scalar, Tree
from dq.engines.duckdb.connection import Connection
from dq.engines.model import Findings, Seen, Write
from dq.errors import DqError, SourceChanged
from dq.plan import TYPED, Columns, Passes, Predicate
from dq.source import Format
from dq.sql import ROW_NO, SOURCE, InSet, any_of, column, render, render_query

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from dq.engines.duckdb.engine import Opened

WORD = 62  # checks in one mask: a BIGINT without its sign, and room for the shift
ORIGIN, RAW, REASONS = "__dq_source", "__dq_raw", "__dq_reasons"
_BAD, _SPARED = "__dq_bad", "__dq_spared"
_MALFORMED = "__dq_malformed"
_SPAN = 1 << 28  # bits of a bitmap: 32 MB a thread
_SHOWN = 1_000  # characters of a value in a sample


class DuckView:
    """One look at one source. *stamps* names the state of its files: another state is other data."""

    def __init__(self, connection: Connection, opened: Opened, references: Mapping[str, Columns], stamps: Callable[[], object]) -> None:
        self._connection, self._opened, self._stamps = connection, opened, stamps
        self._before = stamps()
        self.columns = opened.columns
        self.references = references
        self.notes = opened.notes
        self.records = opened.records
        self.shown = opened.shown or {name: actual.sql("duckdb") for name, actual in opened.columns.types.items()}
        self._passes = Passes({})
        self._bit: dict[int, int] = {}
        self._divert: str = "FALSE"
        if opened.malformed is not None:
            connection.raw.register(_MALFORMED, opened.malformed)

    # -- the passes ---------------------------------------------------------------------------------------------------

    def look(self, passes: Passes) -> Findings:
        """Run the passes; see `View.look`."""
        self._passes = passes
        run = self._connection.run
        where = f" WHERE {_sql(passes.where)}" if passes.where is not None else ""
        run(f"CREATE TEMP VIEW {SOURCE} AS SELECT * FROM __dq_base{where}")
        empty = self._keys(passes)
        bad = self._rows(passes.rows, empty)
        measures = self._measures({**passes.measures, "rows": exp.Count(this=exp.Star())}, SOURCE, empty)
        rows = int(measures.pop("rows") or 0) + self._malformed  # type: ignore[call-overload]
        answers = self._answers(passes)
        if self._stamps() != self._before:
            raise SourceChanged("the file changed while it was read", self._opened.watched[0], "run again when its writer is done")
        return Findings(rows, bad, measures, answers)

    @property
    def _malformed(self) -> int:
        return len(self._opened.malformed) if self._opened.malformed is not None else 0

    def _keys(self, passes: Passes) -> frozenset[str]:
        """Make the key sets; the names of the empty ones."""
        empty = []
        for keys in passes.keys:
            if keys.repeated is not None and self._all_differ(keys.repeated):
                empty.append(keys.name)
                continue
            self._connection.run(f'CREATE TEMP TABLE "{keys.name}" AS {_sql(keys.select)}')
            if not self._connection.run(f'SELECT count(*) FROM "{keys.name}"')[0][0]:
                empty.append(keys.name)
        return frozenset(empty)

    def _all_differ(self, key: Tree) -> bool:
        """Whether integers *key* all differ, told exactly by a bitmap when they lie close enough together."""
        low, high, count = self._connection.run(f"SELECT min({_sql(key)}), max({_sql(key)}), count({_sql(key)}) FROM {SOURCE}")[0]
        if not isinstance(low, int) or not isinstance(high, int) or high - low >= _SPAN:
            return low is None
        bits = f"bit_count(bitstring_agg(({_sql(key)})::HUGEINT - ({low}), 0, {high - low}))"
        return bool(self._connection.run(f"SELECT {bits} FROM {SOURCE}")[0][0] == count)

    def _rows(self, predicates: tuple[Predicate, ...], empty: frozenset[str]) -> dict[int, int]:
        """One scan: bad rows with a mask of the checks they break; then the counts, from the bad rows."""
        live = [item for item in predicates if item.bad != exp.false() and not _in_empty(item.bad, empty)]
        self._bit = {item.check: place for place, item in enumerate(live)}
        records = next((item.check for item in predicates if item.check not in self._bit and item.bad == exp.false()), None)
        if self._malformed and records is not None:
            self._bit[records] = len(live)
        words = max(self._bit.values(), default=0) // WORD + 1
        masks = ", ".join(
            f"{_mask([(place % WORD, item.bad) for place, item in enumerate(live) if place // WORD == word])} AS m{word}" for word in range(words)
        )
        condition = _sql(any_of(*(item.bad for item in live)))
        self._connection.run(f"CREATE TEMP TABLE {_BAD} AS SELECT *, {masks}, NULL::BLOB AS {RAW} FROM {SOURCE} WHERE {condition}")
        if self._malformed and records is not None:
            self._insert_malformed(self._bit[records], words)
        self._spare([item for item in live if item.spare is not None], words)
        counts = dict.fromkeys((item.check for item in predicates), 0)
        if self._bit:
            listed = ", ".join(f"coalesce(count_if({_has(place)}), 0)" for place in self._bit.values())
            counts.update(zip(self._bit, self._connection.run(f"SELECT {listed} FROM {_BAD}")[0], strict=True))
        return counts

    def _insert_malformed(self, place: int, words: int) -> None:
        masks = ", ".join(f"{1 << place % WORD if place // WORD == word else 0}::BIGINT AS m{word}" for word in range(words))
        self._connection.run(f"INSERT INTO {_BAD} BY NAME SELECT {ROW_NO}, {ORIGIN}, {masks}, {RAW} FROM {_MALFORMED}")

    def _spare(self, keyed: list[Predicate], words: int) -> None:
        """Of the rows that share a key, those that go on; and those that stay only because an equal row goes on."""
        spares = ", ".join(f"0::BIGINT AS s{word}" for word in range(words))
        self._connection.run(f"CREATE TEMP TABLE {_SPARED} AS SELECT {ROW_NO}, {spares}, 0::BIGINT AS copies FROM {_BAD} LIMIT 0")
        for item in keyed:
            place = self._bit[item.check]
            assert item.spare is not None and item.copy is not None  # noqa: S101, PT018  the caller looked
            masks = ", ".join(f"CASE WHEN spare THEN {1 << place % WORD if place // WORD == word else 0} ELSE 0 END AS s{word}" for word in range(words))
            copies = f"CASE WHEN copy THEN {1 << place} ELSE 0 END" if place < WORD else "0"
            self._connection.run(
                f"INSERT INTO {_SPARED} SELECT {ROW_NO}, {masks}, {copies} FROM ("
                f"SELECT {ROW_NO}, {_sql(item.spare)} AS spare, {_sql(item.copy)} AS copy FROM {_BAD} WHERE {_has(place)}) WHERE spare OR copy"
            )

    def _measures(self, measures: Mapping[str, Tree], table: str, empty: frozenset[str]) -> dict[str, Scalar]:
        """All aggregates in one scan."""
        if not measures:
            return {}
        trees = [exp.Literal.number(0) if _in_empty(tree, empty) else tree for tree in measures.values()]
        listed = ", ".join(f"{_sql(tree)} AS a{place}" for place, tree in enumerate(trees))
        return dict(zip(measures, self._connection.run(f"SELECT {listed} FROM {table}")[0], strict=True))

    def _answers(self, passes: Passes) -> dict[int, Scalar | Exception]:
        """Users' own queries, each a statement of its own; one that errs errs alone."""
        if not passes.answers:
            return {}
        listed = ", ".join(f"{_sql(tree)} AS {_name(name)}" for name, tree in passes.columns.items())
        self._connection.run(f"CREATE TEMP VIEW {TYPED} AS SELECT {listed} FROM {SOURCE}")
        answers: dict[int, Scalar | Exception] = {}
        for check, select in passes.answers.items():
            try:
                rows = self._connection.run(render_query(select, "duckdb"))
            except DqError as error:
                if error.retryable:
                    raise
                answers[check] = error
            else:
                answers[check] = rows[0][0] if rows else None
        return answers

    # -- who is diverted ----------------------------------------------------------------------------------------------

    def divert(self, checks: Collection[int]) -> int:
        """Settle the bad rows; see `View.divert`."""
        words: dict[int, int] = {}
        for place in (self._bit[check] for check in checks if check in self._bit):
            words[place // WORD] = words.get(place // WORD, 0) | 1 << place % WORD
        tests = [f"(m{word} & {mask} & ~coalesce(s{word}, 0)) <> 0" for word, mask in words.items()]
        self._divert = " OR ".join(tests) or "FALSE"
        return int(self._connection.run(f"SELECT count(*) FROM {self._marked}")[0][0])

    @property
    def _marked(self) -> str:
        """The diverted rows, as a table to select from."""
        spared = self._spared
        return f"(SELECT b.*, s.* EXCLUDE ({ROW_NO}) FROM {_BAD} b LEFT JOIN {spared} s ON b.{ROW_NO} = s.{ROW_NO} WHERE {self._divert})"

    @property
    def _spared(self) -> str:
        words = max(self._bit.values(), default=0) // WORD + 1
        sums = ", ".join(f"bit_or(s{word}) AS s{word}" for word in range(words))
        return f"(SELECT {ROW_NO}, {sums}, bit_or(copies) AS copies FROM {_SPARED} GROUP BY {ROW_NO})"

    def measure_good(self, passes: Passes) -> Mapping[str, Scalar]:
        """See `View.measure_good`."""
        good = f"(SELECT * FROM {SOURCE} WHERE {ROW_NO} NOT IN (SELECT {ROW_NO} FROM {self._marked}))"
        return self._measures(passes.good, good, frozenset())

    def bad_numbers(self) -> np.ndarray[Any, Any]:
        """See `View.bad_numbers`."""
        import numpy as np  # noqa: PLC0415

        numbers = self._connection.reader(f"SELECT {ROW_NO} FROM {self._marked} ORDER BY 1").read_all().column(0)
        return np.asarray(numbers.combine_chunks(), dtype=np.int64)

    # -- rows out -----------------------------------------------------------------------------------------------------

    def sample(self, check: int, columns: Collection[str], limit: int) -> tuple[Seen, ...]:
        """See `View.sample`."""
        if check not in self._bit or not limit:
            return ()
        names = [name for name in columns if name in self.columns.types]
        shown = "".join(f", left({_name(name)}::VARCHAR, {_SHOWN})" for name in names)
        line = f"(SELECT line FROM {_MALFORMED} f WHERE f.{ROW_NO} = b.{ROW_NO})" if self._malformed else "NULL"
        rows = self._connection.run(
            f"SELECT {ROW_NO}, {ORIGIN}, {line}, left({RAW}::VARCHAR, {_SHOWN}){shown} FROM {_BAD} b "
            f"WHERE {_has(self._bit[check])} ORDER BY {ROW_NO} LIMIT {limit}"
        )
        return tuple(
            Seen(row, {"(record)": raw} if raw is not None else dict(zip(names, values, strict=True)), origin or "", number)
            for row, origin, number, raw, *values in rows
        )

    def drain(self, write: Write, reasons: Mapping[int, str]) -> None:
        """See `View.drain`."""
        write(self._bad_batches(reasons))

    def _bad_batches(self, reasons: Mapping[int, str]) -> Iterator[pa.RecordBatch]:
        typed = ", ".join(f"{_sql(tree)} AS {_name(name)}" for name, tree in self._passes.columns.items())
        yield from self._connection.reader(
            f"SELECT {typed}, {ROW_NO}, {self._reasons(reasons)} AS {REASONS}, {ORIGIN}, {self._raw()} AS {RAW} FROM {self._marked} ORDER BY {ROW_NO}"
        )

    def _reasons(self, reasons: Mapping[int, str]) -> str:
        """The ids of all checks that mark a row, as text; `:duplicate_row` where only an equal row is why."""
        parts = []
        for check, place in self._bit.items():
            name = _text(reasons[check])
            if place < WORD:
                name = f"CASE WHEN coalesce(copies, 0) & {1 << place} <> 0 THEN {_text(reasons[check] + ':duplicate_row')} ELSE {name} END"
            parts.append(f"CASE WHEN {_has(place)} AND coalesce(s{place // WORD}, 0) & {1 << place % WORD} = 0 THEN {name} END")
        return f"concat_ws('; ', {', '.join(parts)})" if parts else "''"

    def _raw(self) -> str:
        """The bytes of a record that could not be read; for text files also the values as written, as JSON."""
        if self.columns.reading is None or not self.columns.types:
            return RAW
        pairs = ", ".join(f"{_name(name)} := {_name(name)}" for name in self.columns.types)
        unread = " OR ".join(
            f"({_name(name)} IS NOT NULL AND ({_sql(tree)}) IS NULL)" for name, tree in self._passes.columns.items() if tree != column(name)
        )
        return f"CASE WHEN {RAW} IS NOT NULL THEN {RAW} WHEN {unread or 'FALSE'} THEN encode(to_json(struct_pack({pairs}))::VARCHAR) END"

    def good(self) -> pa.RecordBatchReader:
        """See `View.good`."""
        return self._connection.reader(self._good_select())  # type: ignore[no-any-return]

    def write_good(self, path: str, file_format: Format, facts: Mapping[str, str]) -> int:
        """See `View.write_good`."""
        pairs = ", ".join(f"{_name(name)}: {_text(value)}" for name, value in facts.items())
        options = {
            Format.PARQUET: f"FORMAT parquet, PARQUET_VERSION v2, KV_METADATA {{{pairs}}}",
            Format.CSV: "FORMAT csv, HEADER",
            Format.JSON: "FORMAT json",
        }[file_format]
        return int(self._connection.run(f"COPY ({self._good_select()}) TO {_text(path)} ({options})")[0][0])

    def _good_select(self) -> str:
        """The rows that go on, in source order: a bitmap keeps the scan's order, a join would not."""
        typed = ", ".join(f"{_sql(tree)} AS {_name(name)}" for name, tree in self._passes.columns.items())
        last = self._connection.run(f"SELECT max({ROW_NO}) FROM {self._marked}")[0][0]
        if last is None:
            return f"SELECT {typed} FROM {SOURCE}"
        if last >= 2**31 - 1:
            kept = f"SELECT {typed}, {ROW_NO} FROM {SOURCE} WHERE {ROW_NO} NOT IN (SELECT {ROW_NO} FROM {self._marked})"
            return f"SELECT * EXCLUDE ({ROW_NO}) FROM ({kept}) ORDER BY {ROW_NO}"
        self._connection.run(f"SET VARIABLE __dq_bits = (SELECT bitstring_agg({ROW_NO}, 0, {last}) FROM {self._marked})")
        bit = f"get_bit(getvariable('__dq_bits'), {ROW_NO}::INTEGER)"
        return f"SELECT {typed} FROM {SOURCE} WHERE CASE WHEN {ROW_NO} > {last} THEN TRUE ELSE {bit} = 0 END"

    def fingerprint(self) -> str:
        """See `View.fingerprint`."""
        if self._opened.watched:
            return f"files:{self._stamps()}"
        listed = ", ".join(_name(name) for name in self.columns.types)
        return f"rows:{self._connection.run(f'SELECT count(*), sum(hash({listed})) FROM __dq_base')[0]}"


def _sql(tree: Tree | None) -> str:
    return render(tree, "duckdb") if tree is not None else ""


def _mask(bits: list[tuple[int, Tree]]) -> str:
    """A BIGINT with bit n set where predicate n is TRUE."""
    return f"({' + '.join(f'CASE WHEN {_sql(bad)} THEN {1 << bit} ELSE 0 END' for bit, bad in bits)})::BIGINT" if bits else "0::BIGINT"


def _has(place: int) -> str:
    return f"m{place // WORD} & {1 << place % WORD} <> 0"


def _in_empty(tree: Tree, empty: frozenset[str]) -> bool:
    """Whether *tree* cannot be TRUE because it looks into an empty key set."""
    return bool(empty) and any(node.this.name in empty for node in tree.find_all(InSet))


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
