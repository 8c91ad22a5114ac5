"""What bad rows have in common, in DuckDB: a fixed number of statements, whatever the number of checks and columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlglot import exp

from dq.engines.duckdb.masks import Masks
from dq.engines.model import Findings
from dq.plan.model import Passes
from dq.plan.values import base_of
from dq.sql import ROW_NO, SOURCE, Base, column, render
from dq.why import BUCKETS, FILE, MIN_BAD, MIN_SHARE, Bucket, Grain, Ground, Spot

_CHECKS, _FACETS, _PER_CHECK = 100, 500, 12  # checks explained, columns and times looked at, values of a check looked up
_CELLS, _FEWEST, _MOST = 800_000, 100, 3_000  # values compared in all; bad rows of a check that common values are looked for in
_LONGEST = 200  # characters of a value that is told
_LONG = "\x01"
_VALUES = (Base.TEXT, Base.UUID, Base.BOOLEAN, Base.INTEGER, Base.NUMBER, Base.DECIMAL)
_TIMES = {Base.DATE: (Grain.MONTH, Grain.DAY)} | dict.fromkeys(
    (Base.TIMESTAMP, Base.TIMESTAMP_TZ), (Grain.MONTH, Grain.DAY, Grain.HOUR)
)
_WRITTEN = {Grain.MONTH: r"\d{4}-\d\d", Grain.DAY: r"\d{4}-\d\d-\d\d", Grain.HOUR: r"\d{4}-\d\d-\d\d \d\d"}
_LENGTHS = {Grain.MONTH: 7, Grain.DAY: 10, Grain.HOUR: 13}


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to tell rows apart: by the value *sql* of type *kind*, which is *column*'s; times are cut to *grain*."""

    column: str
    sql: str
    kind: str = "VARCHAR"
    grain: Grain = Grain.VALUE

    @property
    def shown(self) -> str:
        """SQL of the value as text."""
        if self.grain is not Grain.VALUE:
            return f"left(({self.sql})::TIMESTAMP::VARCHAR, {_LENGTHS[self.grain]})"
        if self.kind != "VARCHAR":
            return f"({self.sql})::VARCHAR"
        return f"CASE WHEN length({self.sql}) > {_LONGEST} THEN {_text(_LONG)} ELSE {self.sql} END"

    def can_tell(self, value: str | None) -> bool:
        """Whether *value* can be looked up and told: neither too long, nor a time beyond four-digit years."""
        if value is None or self.grain is Grain.VALUE:
            return value is None or (value != _LONG and "\0" not in value)
        return re.fullmatch(_WRITTEN[self.grain], value) is not None

    def equals(self, value: str | None) -> str:
        """SQL that is TRUE where the value, as text, is *value*."""
        if value is None:
            return f"({self.sql}) IS NULL"
        if self.grain is Grain.VALUE:
            return f"({self.sql}) = {_text(value) if self.kind == 'VARCHAR' else f'CAST({_text(value)} AS {self.kind})'}"
        day, _, hour = value.partition(" ")
        begin = f"TIMESTAMP '{day}{'-01' if self.grain is Grain.MONTH else ''} {hour or '00'}:00:00'"
        return f"(({self.sql})::TIMESTAMP >= {begin} AND ({self.sql})::TIMESTAMP < {begin} + INTERVAL 1 {self.grain.name})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marked rows of a look: table *bad* with its *masks*, what was *found*; *lost* checks mark rows that have no values."""

    run: Callable[[str], list[tuple[Any, ...]]]
    bad: str
    origin: str
    masks: Masks
    passes: Passes
    types: Mapping[str, exp.DataType]
    found: Findings
    lost: frozenset[int]

    def grounds(self, checks: Collection[int]) -> dict[int, Ground]:
        """The counts that `dq.why.standouts` judges, for those of *checks* with enough bad rows; see `View.grounds`."""
        counts = {check: self.found.bad[check] for check in checks if check in self.masks.bits}
        asked = [check for check, bad in counts.items() if bad >= MIN_BAD]
        asked = sorted(sorted(asked, key=lambda check: -counts[check])[:_CHECKS])
        if not asked:
            return {}
        facets = self._facets()
        common, tried = self._common(asked, facets, counts)
        spots = self._counted(common, facets)
        buckets = self._buckets(asked)
        return {
            check: Ground(counts[check], self._judged(check), tried.get(check, 0), spots.get(check, ()), buckets.get(check, ()))
            for check in asked
        }

    def _judged(self, check: int) -> int:
        judged = self.passes.measures.get(f"where:{check}")
        rows = self.found.measures[f"where:{check}"] if judged is not None else self.found.rows
        return rows if isinstance(rows, int) else 0

    # -- what rows can be told apart by ----------------------------------------------------------------------------------

    def _facets(self) -> list[Facet]:
        """The file, then every column with values that can be compared."""
        facets = [Facet(FILE, _name(self.origin))]
        typed = ", ".join(f"{render(tree, 'duckdb')} AS c{place}" for place, tree in enumerate(self.passes.columns.values()))
        described = self.run(f"DESCRIBE SELECT {typed} FROM {SOURCE}") if typed else []
        for (name, tree), (_, kind, *_) in zip(self.passes.columns.items(), described, strict=True):
            base = base_of(_type(kind))
            if grains := _TIMES.get(base):
                facets += [Facet(name, render(tree, "duckdb"), kind, grain) for grain in grains]
            elif base in _VALUES:
                facets.append(self._value(name, render(tree, "duckdb"), kind))
        return facets[:_FACETS]

    def _value(self, name: str, typed: str, kind: str) -> Facet:
        """A value as it is written, where that is text already: reading it costs more."""
        written = base_of(self.types[name])
        if written is Base.TEXT:
            is_plain = self.types[name].is_type(exp.DType.VARCHAR, exp.DType.TEXT)
            return Facet(name, _name(name) if is_plain else f"{_name(name)}::VARCHAR")
        return Facet(name, typed, "VARCHAR" if kind.startswith("VARCHAR") else kind)

    # -- the statements ------------------------------------------------------------------------------------------------

    def _common(
        self, checks: Sequence[int], facets: Sequence[Facet], counts: Mapping[int, int]
    ) -> tuple[dict[int, list[tuple[int, str | None]]], dict[int, int]]:
        """By check, the values that many of its bad rows have, and how many values were seen; from a repeatable choice of rows."""
        size = min(max(_CELLS // (len(facets) * len(checks)), _FEWEST), _MOST)
        marks = [
            f"CASE WHEN {self.masks.has(check)} AND {_chosen(size, counts[check])} THEN {check} END" for check in checks
        ]
        values = ", ".join(f"v{place}" for place in range(len(facets)))
        shown = ", ".join(f"{facet.shown} AS v{place}" for place, facet in enumerate(facets))
        lost = f"AND (c = 0 OR k NOT IN ({', '.join(map(str, self.lost))}))" if self.lost else ""
        rows = self.run(
            f"SELECT k, c, v, n, seen FROM (SELECT *, count(*) OVER (PARTITION BY k) AS seen, "
            f"sum(n) FILTER (WHERE c = 0) OVER (PARTITION BY k) AS chosen FROM (SELECT k, c, v, count(*) AS n FROM "
            f"(SELECT k, unnest(range({len(facets)})) AS c, unnest([{values}]) AS v FROM "
            f"(SELECT unnest([{', '.join(marks)}]) AS k, {values} FROM (SELECT *, {shown} FROM {self.bad}))"
            f" WHERE k IS NOT NULL) WHERE TRUE {lost} GROUP BY ALL)) "
            f"WHERE n >= {0.8 * MIN_SHARE} * chosen ORDER BY k, n DESC, c, v"
        )
        common: dict[int, list[tuple[int, str | None]]] = {}
        tried: dict[int, int] = {}
        for check, place, value, _, seen in rows:
            tried[check] = seen
            if facets[place].can_tell(value) and len(common.setdefault(check, [])) < _PER_CHECK:
                common[check].append((place, value))
        return common, tried

    def _counted(
        self, common: Mapping[int, Sequence[tuple[int, str | None]]], facets: Sequence[Facet]
    ) -> dict[int, tuple[Spot, ...]]:
        """The exact numbers of bad rows and of all rows that have the *common* values."""
        asked = [(check, place, value) for check, pairs in common.items() for place, value in pairs]
        if not asked:
            return {}
        tests = [facets[place].equals(value) for _, place, value in asked]
        bad = [f"count_if({self.masks.has(check)} AND {test})" for (check, _, _), test in zip(asked, tests, strict=True)]
        rows = [f"count_if({test}{self._filter(check)})" for (check, _, _), test in zip(asked, tests, strict=True)]
        single = list(dict.fromkeys(rows))
        found_bad = self.run(f"SELECT {', '.join(bad)} FROM {self.bad}")[0]
        found_rows = dict(zip(single, self.run(f"SELECT {', '.join(single)} FROM {SOURCE}")[0], strict=True))
        spots: dict[int, tuple[Spot, ...]] = {}
        for (check, place, value), marked, key in zip(asked, found_bad, rows, strict=True):
            facet = facets[place]
            spot = Spot(facet.column, value, marked, found_rows[key], facet.grain)
            spots[check] = (*spots.get(check, ()), spot)
        return spots

    def _filter(self, check: int) -> str:
        """What the rows that *check* judges pass."""
        judged = self.passes.measures.get(f"where:{check}")
        return f" AND {render(judged.this, 'duckdb')}" if judged is not None else ""

    def _buckets(self, checks: Sequence[int]) -> dict[int, tuple[Bucket, ...]]:
        """Where in the source the bad rows of checks lie that judge every row."""
        checks = [check for check in checks if f"where:{check}" not in self.passes.measures]
        if not checks or self.passes.where is not None:
            return {}
        listed = ", ".join(
            f"{aggregate} FILTER (WHERE {self.masks.has(check)})"
            for check in checks
            for aggregate in ("count(*)", f"min({ROW_NO})", f"max({ROW_NO})")
        )
        part = f"least({ROW_NO} * {BUCKETS} // {max(self.found.rows, 1)}, {BUCKETS - 1})"
        buckets: dict[int, tuple[Bucket, ...]] = {}
        for place, *numbers in self.run(f"SELECT {part} AS part, {listed} FROM {self.bad} GROUP BY part ORDER BY part"):
            for check, number in zip(checks, range(0, len(numbers), 3), strict=True):
                bad, first, last = numbers[number : number + 3]
                if bad:
                    buckets[check] = (*buckets.get(check, ()), Bucket(place, bad, first, last))
        return buckets


def _chosen(size: int, rows: int) -> str:
    """A test that about *size* of *rows* rows pass, the same ones in every run."""
    return "TRUE" if rows <= size else f"hash({ROW_NO}) % {1 << 20} < {ceil(size / rows * (1 << 20))}"


def _type(text: str) -> exp.DataType:
    try:
        return exp.DataType.build(text, dialect="duckdb")
    except Exception:  # noqa: BLE001  a type that sqlglot has no word for
        return exp.DataType.build("unknown")


def _name(name: str) -> str:
    return str(column(name).sql("duckdb"))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
