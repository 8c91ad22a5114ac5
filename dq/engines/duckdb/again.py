"""One look at dead letters: judged among what their key has published, of which nothing is ever diverted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.engines.duckdb.append import TYPE, name, scan, types_of
from dq.engines.duckdb.letters import LETTERS, PUBLISHED, WAS, Letters, unlike, with_fixes, with_published
from dq.engines.duckdb.view import _BAD as BAD
from dq.engines.duckdb.view import _BASE as BASE
from dq.engines.duckdb.view import _DIVERTED as DIVERTED
from dq.engines.duckdb.view import RAW, DuckView
from dq.engines.model import Findings
from dq.errors import EngineError
from dq.plan import Passes, Predicate
from dq.source import DeadLetters, Format, Standing
from dq.sql import ROW_NO, SOURCE, InSet, Tree, all_of, column, compare, literal, render

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Cell:
    """A value that a correction changed, as text."""

    row: int
    column: str
    before: str | None
    after: str | None


class LettersView(DuckView):
    """A view of dead letters; see `DuckView`. Rows that the key has published have numbers below zero, and stay there."""

    def __init__(self, source: DeadLetters, letters: Letters, *said: Any) -> None:
        super().__init__(*said)
        self._source, self._letters = source, letters
        self._fixed: tuple[str, ...] = ()
        self._made()

    # -- before the look ----------------------------------------------------------------------------------------------

    def fix(self, fixes: Mapping[str, Sequence[Tree]]) -> None:
        """Give columns new values: *fixes* are expressions over the columns as they are; the first that fits is taken."""
        if not fixes:
            return
        written = {key: [render(tree, "duckdb") for tree in trees] for key, trees in fixes.items()}
        self._letters = with_fixes(self._connection, self._letters, written)
        self._fixed = tuple(fixes)
        self._made()

    def _made(self) -> None:
        self.columns = self._letters.columns
        target = self._source.target if self._source.among else None
        select = with_published(self._connection, self._letters, target) if target else self._letters.select
        self._run(f"CREATE OR REPLACE TEMP VIEW {BASE} AS {select}")

    def changes(self, limit: int) -> tuple[Mapping[str, int], tuple[Cell, ...]]:
        """How many values corrections changed, by column; and the first *limit* of them."""
        counts: dict[str, int] = {}
        cells: list[Cell] = []
        for key in dict.fromkeys((*self._letters.changed, *self._fixed)):
            beside = self.columns.unread.get(key)
            value = f"coalesce({name(key)}::VARCHAR, {name(beside[0])}::VARCHAR)" if beside else f"{name(key)}::VARCHAR"
            both = (
                f"SELECT l.{ROW_NO} AS n, {self._letters.before[key]} AS before, a.v AS after FROM {LETTERS} l "
                f"JOIN (SELECT {ROW_NO}, {value} AS v FROM ({self._letters.select})) a ON a.{ROW_NO} = l.{ROW_NO}"
            )
            changed = f"SELECT * FROM ({both}) WHERE before IS DISTINCT FROM after"
            counts[key] = int(self._run(f"SELECT count(*) FROM ({changed})")[0][0])
            cells += [Cell(n, key, old, new) for n, old, new in self._run(f"{changed} ORDER BY n LIMIT {limit}")]
        return counts, tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))[:limit])

    # -- the look -----------------------------------------------------------------------------------------------------

    def look(self, passes: Passes) -> Findings:
        """See `View.look`. A check that judges each row alone is not asked about published rows."""
        mine = compare("=", column(PUBLISHED), literal(0))
        rows = tuple(
            replace(item, bad=all_of(mine, item.bad)) if item.alone and item.bad != exp.false() else item for item in passes.rows
        )
        return super().look(replace(passes, rows=rows))

    def _spare(self, keyed: list[Predicate]) -> None:
        """A row whose key is published already never goes on beside it, whatever else would choose it."""
        super()._spare([replace(item, spare=self._unless_published(item)) for item in keyed])

    def _unless_published(self, item: Predicate) -> Tree | None:
        member = item.bad.find(InSet)
        if member is None or item.spare is None:
            return item.spare
        there = exp.Window(this=exp.Max(this=column(PUBLISHED)), partition_by=[key.copy() for key in member.expressions])
        return all_of(item.spare, compare("=", there, literal(0)))

    def divert(self, checks: Collection[int]) -> int:
        """See `View.divert`."""
        self._run(f"DELETE FROM {BAD} WHERE {PUBLISHED} = 1")
        return super().divert(checks)

    # -- after it -----------------------------------------------------------------------------------------------------

    @property
    def rows(self) -> int:
        """How many dead letters there are."""
        return self._letters.rows

    def same(self, reasons: Mapping[int, str]) -> bool:
        """Whether every row would be diverted once more, for the very *reasons* that it has."""
        if self._good_count():
            return False
        listed = self._masks.reasons(reasons)
        changed = f"SELECT count(*) FROM {DIVERTED} WHERE {WAS} IS NOT NULL AND {WAS} IS DISTINCT FROM {listed}"
        return not self._run(changed)[0][0]

    def good_numbers(self) -> np.ndarray[Any, Any]:
        """The numbers of the rows that go on, sorted, as an int64 array."""
        import numpy as np  # noqa: PLC0415

        numbers = self._connection.reader(f"SELECT {ROW_NO} FROM {self._good} ORDER BY 1").read_all().column(0)
        return np.asarray(numbers.combine_chunks(), dtype=np.int64)

    def _good_count(self) -> int:
        return int(self._run(f"SELECT count(*) FROM {self._good}")[0][0])

    @property
    def _good(self) -> str:
        return f"(SELECT * FROM {SOURCE} WHERE {PUBLISHED} = 0 AND {ROW_NO} NOT IN (SELECT {ROW_NO} FROM {DIVERTED}))"

    def landing(self) -> Callable[[Any], None]:
        """
        What hands the good rows to a writer, with the types of the file that they are added to.

        Raises:
            EngineError: its columns are others, or cannot hold a value.
        """
        select = f"SELECT {self._typed}, {ROW_NO} FROM {self._good}"
        types = types_of(self._connection, f"SELECT * EXCLUDE ({ROW_NO}) FROM ({select})")
        wanted = self._target_types(types)
        if misfits := unlike(self._connection, select, types, wanted):
            key, kind, like = misfits[0]
            what = f"column '{key}' is {like} in what the key has published, which cannot hold all of its {kind} values"
            raise EngineError(what, str(self._source), "keep the type in the contract, or enforce the key again")
        listed = ", ".join(f"CAST({name(key)} AS {wanted[key]}) AS {name(key)}" for key in types)
        kinds = {key: wanted[key] for key in types}
        return lambda write: write(self._with_types(f"SELECT {listed} FROM ({select}) ORDER BY {ROW_NO}", kinds))

    def _target_types(self, types: Mapping[str, str]) -> Mapping[str, str]:
        target = self._source.target
        if target is None:
            return types
        if isinstance(target, Standing):
            return {key: kind if key in self._letters.kept else target.types.get(key) or kind for key, kind in types.items()}
        form = target.format or Format.PARQUET
        there = types_of(self._connection, f"SELECT * FROM {scan(target.paths[0], form, types)}")
        if there.keys() != types.keys():
            other = min(there.keys() ^ types.keys())
            raise EngineError(f"column '{other}' is not in both", target.paths[0], "enforce the key again")
        return there if form is Format.PARQUET else types

    def _with_types(self, select: str, kinds: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
        """Batches whose fields remember the types that Arrow has no word for."""
        import pyarrow as pa  # noqa: PLC0415

        reader = self._connection.reader(select)
        fields = [item.with_metadata({TYPE: kinds[item.name].encode()}) for item in reader.schema]
        schema = pa.schema(fields)
        for batch in reader:
            yield pa.RecordBatch.from_arrays(batch.columns, schema=schema)

    @property
    def _typed(self) -> str:
        """The columns as rows are handed on: a moment that was read as UTC has the type that it had."""
        listed = []
        for key, tree in self._passes.columns.items():
            value = render(tree, "duckdb")
            plain = tree == column(key) and key in self._letters.shifted
            if key in self._letters.kept:
                listed.append(f"coalesce({name(key)}::VARCHAR, ({value})::VARCHAR) AS {name(key)}")
                continue
            listed.append(f"({value} AT TIME ZONE 'UTC') AS {name(key)}" if plain else f"{value} AS {name(key)}")
        return ", ".join(listed)

    @property
    def _raw(self) -> str:
        """The bytes of a record that could not be read; of a value that could not, all values as JSON, as they are written."""
        columns = self.columns
        unread = [
            f"({name(beside)} IS NOT NULL AND ({render(self._passes.columns[key], 'duckdb')}) IS NULL)"
            for key, (beside, _) in columns.unread.items()
        ]
        tested = [key for key, tree in self._passes.columns.items() if key not in columns.unread and tree != column(key)]
        unread += [f"({name(key)} IS NOT NULL AND ({render(self._passes.columns[key], 'duckdb')}) IS NULL)" for key in tested]
        if not unread:
            return RAW
        pairs = []
        for key in columns.types:
            beside = columns.unread.get(key)
            value = f"coalesce(to_json({name(key)}), to_json({name(beside[0])}))" if beside else name(key)
            pairs.append(f"{name(key)} := {value}")
        written = f"encode(to_json(struct_pack({', '.join(pairs)}))::VARCHAR)"
        return f"CASE WHEN {RAW} IS NOT NULL THEN {RAW} WHEN {' OR '.join(unread)} THEN {written} END"
