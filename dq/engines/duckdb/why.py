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
from dq.why import BUCKETS, FILE, MIN_BAD, MIN_LIFT, MIN_SHARE, Bucket, Grain, Ground, Spot

_CHECKS, _FACETS, _PER_CHECK = 100, 500, 12  # checks explained, columns and times looked at, values of a check looked up
_CELLS, _FEWEST, _MOST = 200_000, 100, 2_000  # values compared in all; bad rows of a check that common values are looked for in
_MANY, _FEW, _SAMPLED = 1_000_000, 40, 100_000  # for more values in many rows, so many rows are sampled first
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
class Common:
    """A value that about *share* of the bad rows of *check* have."""

    check: int
    facet: Facet
    value: str | None
    share: float

    @property
    def test(self) -> str:
        """SQL that is TRUE on rows that have it."""
        return self.facet.equals(self.value)


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    The marked rows of a look: table *bad* with its *masks*, what was *found*; *lost* checks mark rows that have no values.

    *is_text*: reading the rows again costs more than looking at them.
    """

    run: Callable[[str], list[tuple[Any, ...]]]
    bad: str
    origin: str
    masks: Masks
    passes: Passes
    types: Mapping[str, exp.DataType]
    found: Findings
    lost: frozenset[int]
    is_text: bool
    files: int

    def grounds(self, own: Mapping[int, Collection[str]]) -> dict[int, Ground]:
        """The counts that `dq.why.standouts` judges, for those checks of *own* with enough bad rows; see `View.grounds`."""
        counts = {check: self.found.bad[check] for check in own if check in self.masks.bits}
        asked = [check for check, bad in counts.items() if bad >= MIN_BAD]
        asked = sorted(sorted(asked, key=lambda check: -counts[check])[:_CHECKS])
        if not asked:
            return {}
        common, tried = self._common(asked, self._facets(), counts)
        common = [item for item in common if item.value is not None or item.facet.column not in own[item.check]]
        spots = self._counted(self._plausible(common))
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
        """The file, where there are several, then every column with values that can be compared."""
        facets = [Facet(FILE, _name(self.origin))] if self.files > 1 else []
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
    ) -> tuple[list[Common], dict[int, int]]:
        """The values that many bad rows of a check have, and how many values were seen; from a repeatable choice of rows."""
        size = min(max(_CELLS // (len(facets) * len(checks)), _FEWEST), _MOST)
        marks = [f"CASE WHEN {self.masks.has(check)} AND {_chosen(size, counts[check])} THEN {check} END" for check in checks]
        values = ", ".join(f"__dq_v{place}" for place in range(len(facets)))
        shown = ", ".join(f"{facet.shown} AS __dq_v{place}" for place, facet in enumerate(facets))
        lost = f"(c = 0 OR k NOT IN ({', '.join(map(str, sorted(self.lost)))}))" if self.lost else "TRUE"
        marked = f"SELECT unnest([{', '.join(marks)}]) AS k, {values} FROM (SELECT *, {shown} FROM {self.bad})"
        cells = f"SELECT k, unnest(range({len(facets)})) AS c, unnest([{values}]) AS v FROM ({marked}) WHERE k IS NOT NULL"
        groups = f"SELECT k, c, v, count(*) AS n FROM ({cells}) WHERE {lost} GROUP BY ALL"
        chosen = "sum(n) FILTER (WHERE c = 0) OVER (PARTITION BY k)"
        rows = self.run(
            f"SELECT k, c, v, n / chosen, seen FROM (SELECT *, {chosen} AS chosen, count(*) OVER (PARTITION BY k) AS seen "
            f"FROM ({groups})) WHERE n >= {0.8 * MIN_SHARE} * chosen ORDER BY k, n DESC, c, v"
        )
        common = [Common(check, facets[place], value, share) for check, place, value, share, _ in rows]
        common = [item for item in common if item.facet.can_tell(item.value)]
        kept = [item for check in checks for item in [item for item in common if item.check == check][:_PER_CHECK]]
        return kept, {row[0]: row[4] for row in rows}

    def _plausible(self, common: list[Common]) -> list[Common]:
        """Those of the *common* values that a repeatable sample of all rows does not show to be as common there."""
        tests = list(dict.fromkeys(self._among_all(item) for item in common))
        if len(tests) <= _FEW or self.found.rows < _MANY or self.is_text:
            return common
        wheres = list(dict.fromkeys(self._filter(item.check) for item in common))
        listed = ", ".join(f"count_if({test})" for test in (*tests, *wheres))
        part = f"SELECT * FROM {SOURCE} WHERE hash({ROW_NO}) % {self.found.rows // _SAMPLED} = 0"
        seen = dict(zip((*tests, *wheres), self.run(f"SELECT {listed} FROM ({part})")[0], strict=True))
        return [
            item for item in common if item.share * seen[self._filter(item.check)] >= 0.8 * MIN_LIFT * seen[self._among_all(item)]
        ]

    def _counted(self, common: Sequence[Common]) -> dict[int, tuple[Spot, ...]]:
        """The exact numbers of bad rows and of all rows that have the *common* values."""
        if not common:
            return {}
        bad = [f"count_if({self.masks.has(item.check)} AND {item.test})" for item in common]
        rows = list(dict.fromkeys(self._among_all(item) for item in common))
        found_bad = self.run(f"SELECT {', '.join(bad)} FROM {self.bad}")[0]
        counted = ", ".join(f"count_if({test})" for test in rows)
        found_rows = dict(zip(rows, self.run(f"SELECT {counted} FROM {SOURCE}")[0], strict=True))
        spots: dict[int, tuple[Spot, ...]] = {}
        for item, marked in zip(common, found_bad, strict=True):
            spot = Spot(item.facet.column, item.value, marked, found_rows[self._among_all(item)], item.facet.grain)
            spots[item.check] = (*spots.get(item.check, ()), spot)
        return spots

    def _among_all(self, item: Common) -> str:
        return f"{self._filter(item.check)} AND {item.test}"

    def _filter(self, check: int) -> str:
        """What the rows that *check* judges pass."""
        judged = self.passes.measures.get(f"where:{check}")
        return f"({render(judged.this, 'duckdb')})" if judged is not None else "TRUE"

    def _buckets(self, checks: Sequence[int]) -> dict[int, tuple[Bucket, ...]]:
        """Where in the source the bad rows of checks lie that judge every row; records that are lost have no place."""
        checks = [check for check in checks if f"where:{check}" not in self.passes.measures and check not in self.lost]
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
