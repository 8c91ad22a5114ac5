"""What columns hold, in DuckDB: one scan for every number, a repeatable sample for shapes, one scan for frequent values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.plan.values import base_of
from dq.result import Bin, ColumnProfile
from dq.sql import ROW_NO, SOURCE, Base, Tree, column, render

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_SAMPLE = "__dq_profile"
_CELLS, _FEWEST, _MOST = 2_000_000, 2_000, 100_000  # values in the sample; rows of it
_LOOKED = 20_000  # rows in which frequent values of columns with many are looked for
_TOGETHER = 200  # columns of one statement
_FEW = 1_000  # different values that are all counted
_HISTOGRAMS = 40  # columns whose values one statement counts
_FREQUENT = 0.01  # share of the rows from which a value among many is counted
_TOP, _SHAPES, _BARS = 10, 5, 20
_SHOWN = 200  # characters of a value
_DRAWN = 40  # characters of a shape
_EXACT = 1 << 52  # up to it doubles hold every whole number
_HUGE = "1e150"  # beyond it squares have no double
_AT = (0.05, 0.25, 0.5, 0.75, 0.95)
_NUMBERS = (Base.INTEGER, Base.NUMBER, Base.DECIMAL)
_ORDERED = (*_NUMBERS, Base.TEXT, Base.BOOLEAN, Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ, Base.UUID)
_DIGITS = 9  # sums of doubles differ in the last ones from run to run


@dataclass(frozen=True, slots=True)
class Read:
    """A column as it is read: *sql* gives values of *kind*, NaN as null; *name* is its own, *key* that in the sample."""

    name: str
    key: str
    sql: str
    kind: str

    @property
    def base(self) -> Base:
        """What its values are."""
        return _base(self.kind)

    @property
    def number(self) -> str:
        """SQL of its value in the sample as a finite double."""
        return _finite(self.key)

    @property
    def cut(self) -> str:
        """SQL of its value, text cut to what is shown."""
        return f"left({self.sql}, {_SHOWN})" if self.base is Base.TEXT else self.sql


@dataclass(frozen=True, slots=True)
class Profiler:
    """Profiles the rows of a look; *guesses* are readings of text, the first that fits every value is taken."""

    run: Callable[[str], list[tuple[Any, ...]]]
    table: Callable[[str], pa.Table]
    columns: Mapping[str, Tree]
    rows: int
    guesses: Mapping[str, Sequence[Tree]] = field(default_factory=dict)

    def profiles(self) -> tuple[ColumnProfile, ...]:
        """One profile for each column, in order."""
        reads = self._reads({**self.columns, **self._fitting()})
        found = [item for group in _groups(reads) for item in self._numbers(group)]
        if not self.rows:
            return tuple(found)
        self._sample(reads)
        found = list(self._shapes(reads, found))
        return tuple(item for group in _groups(list(zip(reads, found, strict=True))) for item in self._tops(group))

    @property
    def _size(self) -> int:
        """About how many rows the sample holds."""
        return min(max(_CELLS // max(len(self.columns), 1), _FEWEST), _MOST)

    @property
    def _is_whole(self) -> bool:
        """Whether the sample holds all rows."""
        return self.rows <= self._size

    # -- how columns are read --------------------------------------------------------------------------------------------

    def _fitting(self) -> dict[str, Tree]:
        """Of each guessed column the first reading that no value contradicts; told by some rows, then checked on all."""
        listed = [(name, tree) for name, trees in self.guesses.items() for tree in trees]
        for table in (f"(SELECT * FROM {SOURCE} LIMIT {_FEWEST})", SOURCE):
            listed = [pair for pair, fit in zip(listed, self._fit(listed, table), strict=True) if fit]
        return dict(reversed(listed))

    def _fit(self, readings: Sequence[tuple[str, Tree]], table: str) -> Iterator[bool]:
        for group in _groups(readings):
            listed = ", ".join(
                f"count({_name(name)}) > 0 AND count_if(({render(tree, 'duckdb')}) IS NULL "
                f"AND coalesce({_name(name)}::VARCHAR, '') NOT IN ('', 'null')) = 0"
                for name, tree in group
            )
            yield from self.run(f"SELECT {listed} FROM {table}")[0]

    def _reads(self, columns: Mapping[str, Tree]) -> list[Read]:
        reads: list[Read] = []
        for group in _groups(list(columns.items())):
            listed = ", ".join(f"({render(tree, 'duckdb')}) AS c{place}" for place, (_, tree) in enumerate(group))
            for (name, tree), (_, kind, *_) in zip(group, self.run(f"DESCRIBE SELECT {listed} FROM {SOURCE}"), strict=True):
                sql = f"({render(tree, 'duckdb')})"
                if kind in ("FLOAT", "DOUBLE"):
                    sql = f"nullif({sql}, 'NaN'::{kind})"
                if _base(kind) is Base.TEXT and kind != "VARCHAR":
                    sql = f"{sql}::VARCHAR"
                reads.append(Read(name, f"c{len(reads)}", sql, kind))
        return reads

    # -- one scan for every number ---------------------------------------------------------------------------------------

    def _numbers(self, reads: Sequence[Read]) -> Iterator[ColumnProfile]:
        parts = [(read, _aggregates(read)) for read in reads]
        found = iter(self.run(f"SELECT {', '.join(sql for _, listed in parts for sql in listed.values())} FROM {SOURCE}")[0])
        for read, listed in parts:
            said = {name: next(found) for name in listed}
            lengths = (said["shortest"], _round(said["length"]), said["longest"]) if said.get("shortest") is not None else None
            low, high = (None if said.get(end) is None else said[end][:_SHOWN] for end in ("low", "high"))
            yield ColumnProfile(
                name=read.name,
                type=read.kind,
                rows=self.rows,
                nulls=self.rows - said["count"],
                distinct=min(said["distinct"], said["count"]),
                low=low,
                high=high,
                mean=_round(said.get("mean")),
                stddev=_round(said.get("stddev")),
                lengths=lengths,
                histogram=(Bin(said["from"], said["to"], said["finite"]),) if said.get("finite") else (),
            )

    # -- a sample for shapes ---------------------------------------------------------------------------------------------

    def _sample(self, reads: Sequence[Read]) -> None:
        """Rows chosen by a hash of their number: the same in every run."""
        kept = [read for read in reads if read.base in _ORDERED]
        listed = "".join(f", {read.cut} AS {read.key}" for read in kept)
        chosen = "" if self._is_whole else f" WHERE hash({ROW_NO}) % {self.rows // self._size + 1} = 0"
        self.run(f"CREATE OR REPLACE TEMP TABLE {_SAMPLE} AS SELECT {ROW_NO}{listed} FROM {SOURCE}{chosen}")

    def _shapes(self, reads: Sequence[Read], found: Sequence[ColumnProfile]) -> Iterator[ColumnProfile]:
        """Quantiles, bars and patterns of the sample."""
        numeric = [read for read, item in zip(reads, found, strict=True) if item.histogram]
        listed = ", ".join(f"{read.number} AS {read.key}" for read in numeric)
        numbers = self.table(f"SELECT {listed} FROM {_SAMPLE}") if numeric else None
        drawn = self._patterns([read for read in reads if read.base is Base.TEXT])
        for read, item in zip(reads, found, strict=True):
            if item.histogram and numbers is not None:
                yield _measured(read, item, _doubles(numbers.column(read.key)))
            else:
                counts = drawn.get(read.key, {})
                shares = _scaled(list(counts.values()), item.rows - item.nulls)
                yield replace(item, patterns=tuple(zip(counts, shares, strict=True))[:_SHAPES])

    def _patterns(self, reads: Sequence[Read]) -> dict[str, dict[str, int]]:
        """By column the shapes of its text in the sample, most frequent first: `A9-99`."""
        if not reads:
            return {}
        keys = ", ".join(f"'{read.key}'" for read in reads)
        shapes = ", ".join(_shape(read.key) for read in reads)
        cells = f"SELECT unnest([{keys}]) AS c, unnest([{shapes}]) AS s FROM {_SAMPLE}"
        found: dict[str, dict[str, int]] = {}
        counted = f"SELECT c, s, count(*) AS n FROM ({cells}) WHERE s IS NOT NULL GROUP BY ALL"
        for key, shape, rows in self.run(f"SELECT c, s, n FROM ({counted}) ORDER BY c, n DESC, s"):
            found.setdefault(key, {})[shape] = rows
        return found

    # -- one scan for frequent values --------------------------------------------------------------------------------------

    def _tops(self, group: Sequence[tuple[Read, ColumnProfile]]) -> Iterator[ColumnProfile]:
        few = {read.key for read, item in group if read.base in _ORDERED and item.distinct <= _FEW}
        many = [read for read, item in group if read.base in _ORDERED and read.key not in few]
        frequent = self._frequent(many)
        counted = {read.key: read.key if self._is_whole else read.cut for read, _ in group if read.key in few}
        for read in many:
            if values := frequent.get(read.key):
                sql = read.key if self._is_whole else read.cut
                listed = ", ".join(f"CAST({_text(value)} AS {_plain(read)})" for value in values)
                counted[read.key] = f"CASE WHEN {sql} IN ({listed}) THEN {sql} END"
        tops = self._counted_together(counted) if self._is_whole else self._counted(counted)
        for read, item in group:
            ranked = sorted(tops.get(read.key, ()), key=lambda pair: (-pair[1], pair[0]))
            told = [(value, count) for value, count in ranked if count > 1 or len(ranked) <= _TOP]
            yield replace(item, top=tuple(told[:_TOP]))

    def _counted(self, values: Mapping[str, str]) -> dict[str, list[tuple[str, int]]]:
        """By key, the *values* with their rows: a histogram is quick, but takes megabytes."""
        found: dict[str, list[tuple[str, int]]] = {}
        for keys in _groups(list(values), _HISTOGRAMS):
            maps = ", ".join(f"histogram({values[key]}) AS {key}" for key in keys)
            shown = ", ".join(f"map_keys({key})::VARCHAR[], map_values({key})" for key in keys)
            row = self.run(f"SELECT {shown} FROM (SELECT {maps} FROM {SOURCE})")[0]
            found |= {
                key: list(zip(row[2 * place] or (), row[2 * place + 1] or (), strict=True)) for place, key in enumerate(keys)
            }
        return found

    def _counted_together(self, values: Mapping[str, str]) -> dict[str, list[tuple[str, int]]]:
        """The same over a sample that holds all rows."""
        found: dict[str, list[tuple[str, int]]] = {}
        if values:
            keys = ", ".join(f"'{key}'" for key in values)
            cells = ", ".join(f"({sql})::VARCHAR" for sql in values.values())
            pairs = f"SELECT unnest([{keys}]) AS c, unnest([{cells}]) AS v FROM {_SAMPLE}"
            counted = f"SELECT c, v, count(*) AS n FROM ({pairs}) GROUP BY ALL"
            for key, value, rows in self.run(f"SELECT c, v, n FROM ({counted}) WHERE v IS NOT NULL"):
                found.setdefault(key, []).append((value, rows))
        return found

    def _frequent(self, reads: Sequence[Read]) -> dict[str, list[str]]:
        """By column the values that many rows of the sample have."""
        if not reads:
            return {}
        keys = ", ".join(f"'{read.key}'" for read in reads)
        cells = ", ".join(f"{read.key}::VARCHAR" for read in reads)
        rows = f"(SELECT * FROM {_SAMPLE} ORDER BY hash({ROW_NO}, 1) LIMIT {_LOOKED})"
        counted = (
            f"SELECT c, v, count(*) AS n FROM (SELECT unnest([{keys}]) AS c, unnest([{cells}]) AS v FROM {rows}) GROUP BY ALL"
        )
        least = f"greatest(2, {_FREQUENT} * (SELECT count(*) FROM {rows}))"
        found: dict[str, list[str]] = {}
        listed = f"SELECT c, v FROM ({counted}) WHERE v IS NOT NULL AND n >= {least} ORDER BY c, n DESC, v"
        for key, value in self.run(listed):
            if "\0" not in value and len(found.setdefault(key, [])) < _TOP:
                found[key].append(value)
        return found


# -- SQL of one column ---------------------------------------------------------------------------------------------------


def _aggregates(read: Read) -> dict[str, str]:
    """What is computed over all rows, by name."""
    sql, base = read.sql, read.base
    said = {"count": f"count({sql})", "distinct": f"approx_count_distinct({sql if base in _ORDERED else f'hash({sql})'})"}
    if base not in _ORDERED:
        said["distinct"] = f"approx_count_distinct(CASE WHEN {sql} IS NOT NULL THEN hash({sql}) END)"
        return said
    said |= {"low": f"min({sql})::VARCHAR", "high": f"max({sql})::VARCHAR"}
    if base is Base.TEXT:
        said |= {"shortest": f"min(length({sql}))", "longest": f"max(length({sql}))", "length": f"avg(length({sql}))"}
    if base in _NUMBERS:
        number = _finite(sql)
        said |= {"mean": f"avg({number})", "stddev": f"stddev_samp({number})"}
        said |= {"from": f"min({number})", "to": f"max({number})", "finite": f"count({number})"}
    return said


def _finite(sql: str) -> str:
    return f"CASE WHEN abs({sql}::DOUBLE) < {_HUGE} THEN {sql}::DOUBLE END"


def _width(read: Read, whole: Bin) -> tuple[float, int]:
    """The width of a bar and their number; bars of whole numbers are whole."""
    span = whole.high - whole.low
    if read.base is Base.INTEGER and span < _EXACT:
        width = ceil((span + 1) / _BARS)
        return float(width), ceil((span + 1) / width)
    return (span / _BARS, _BARS) if whole.low + span / _BARS > whole.low else (1.0, 1)


def _measured(read: Read, item: ColumnProfile, values: np.ndarray[Any, Any]) -> ColumnProfile:
    """The quantiles of sorted *values*, and the bars of a histogram; those of a sample stand for all rows."""
    whole = item.histogram[0]
    if not len(values):
        return replace(item, histogram=())
    width, bars = _width(read, whole)
    edges = [whole.low + place * width for place in range(bars)]
    edges.append(max(whole.high, whole.low + bars * width if read.base is Base.INTEGER else whole.high))
    starts = [0, *values.searchsorted(edges[1:-1]).tolist(), len(values)]
    rows = _scaled([end - start for start, end in pairwise(starts)], whole.rows)
    at = tuple(float(values[max(ceil(share * len(values)) - 1, 0)]) for share in _AT)
    return replace(item, quantiles=at, histogram=tuple(map(Bin, edges, edges[1:], rows)))


def _doubles(column_: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """The values of a column of doubles, sorted, without nulls; pyarrow's own way would import pandas."""
    import numpy as np  # noqa: PLC0415  heavy

    chunks = [chunk.drop_null() for chunk in column_.chunks]
    parts = [
        np.frombuffer(chunk.buffers()[1], np.float64)[chunk.offset : chunk.offset + len(chunk)] for chunk in chunks if len(chunk)
    ]
    return np.sort(np.concatenate(parts)) if parts else np.empty(0)


def _shape(key: str) -> str:
    text = f"left({key}, {_DRAWN})"
    for pattern, letter in ((r"\p{Lu}", "A"), (r"\p{Ll}", "a"), (r"\p{Nd}", "9")):
        text = f"regexp_replace({text}, '{pattern}', '{letter}', 'g')"
    return f"CASE WHEN length({key}) > {_DRAWN} THEN {text} || '…' ELSE {text} END"


def _scaled(counts: Sequence[int], rows: int) -> list[int]:
    """*counts* of a sample as numbers of all *rows*; they add up (largest remainders)."""
    total = sum(counts)
    if not total or total == rows:
        return list(counts)
    scaled = [count * rows // total for count in counts]
    order = sorted(range(len(counts)), key=lambda place: (-(counts[place] * rows % total), place))
    for place in order[: rows - sum(scaled)]:
        scaled[place] += 1
    return scaled


def _plain(read: Read) -> str:
    return "VARCHAR" if read.base is Base.TEXT else read.kind


def _round(value: float | None) -> Any:
    """A number without the digits that the order of a sum decides."""
    return None if value is None else float(f"{value:.{_DIGITS}g}")


def _base(kind: str) -> Base:
    try:
        return base_of(exp.DataType.build(kind, dialect="duckdb"))
    except Exception:  # noqa: BLE001  a type that sqlglot has no word for
        return Base.UNKNOWN


def _groups(items: Sequence[Any], size: int = _TOGETHER) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _name(name: str) -> str:
    return str(column(name).sql("duckdb"))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
