"""
Random tables with whatever columns a database has, and rules with all that may be said around them.

What must come out is told by the oracle: status, bad rows, rows judged, and who is diverted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from tests import oracle
from tests.conformance.fact import DATABASES
from tests.conformance.inputs import Rows
from tests.properties import tables
from tests.properties.tables import CELLS, DECIMAL, Rule, written

_STORED = {
    "string": pa.string(),
    "padded": pa.large_string(),  # a CHAR column, where there are some
    "collated": pa.string_view(),  # one whose collation takes A for a
    "small": pa.int64(),
    "price": pa.float64(),
    "decimal": DECIMAL,
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "instant": pa.timestamp("us", "UTC"),
}
_LOGICAL = {
    "padded": "string",
    "collated": "string",
    "small": "integer",
    "price": "number",
    "decimal": "number",
    "instant": "timestamp",
}
_LIKE = {"padded": "string", "collated": "string", "small": "integer", "price": "number", "instant": "timestamp"}
_ZONES = [UTC, timezone(timedelta(hours=2)), timezone(-timedelta(hours=5, minutes=30))]
_ALIKE = ("a", "A", "a ", "á", "ß", "ss", "", " ", "e\u0301", "é", "😀", "😎")
_SHORT = st.sampled_from(_ALIKE) | CELLS["string"].filter(lambda text: len(text) <= 8)
_CELLS: Mapping[str, st.SearchStrategy[Any]] = {
    "string": CELLS["string"],
    "padded": _SHORT,
    "collated": st.sampled_from(_ALIKE) | CELLS["string"],
    "small": st.integers(-5, 5),
    "price": st.integers(-20, 20).map(lambda n: n / 4),  # sums of them are exact
    "decimal": CELLS["decimal"],
    "date": CELLS["date"],
    "timestamp": CELLS["timestamp"],
    "instant": st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.sampled_from(_ZONES)),  # noqa: DTZ001  the zones are beside
}
_FEW: Mapping[str, list[Any]] = {
    "string": ["a", "A"],
    "padded": ["a", "A", "a "],
    "collated": ["a", "A", "a "],
    "small": [1, 2],
    "price": [0.5, 1.0],
    "decimal": [Decimal("0.5000"), Decimal(1)],
    "date": [datetime(2024, 1, 1, tzinfo=UTC).date()],
    "timestamp": [datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)],
    "instant": [datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, 2, tzinfo=_ZONES[1])],
}
_CHANGES = {  # local times at which clocks are changed
    "Europe/Paris": [datetime(2023, 3, 26, 2), datetime(2023, 10, 29, 2), datetime(1976, 3, 28, 1)],  # noqa: DTZ001
    "America/New_York": [datetime(2023, 3, 12, 2), datetime(2023, 11, 5, 1)],  # noqa: DTZ001
}
_MEASURES = (
    "row_count",
    "null_rate",
    "minimum",
    "maximum",
    "distinct_count",
    "mean",
    "sum",
    "stddev",
    "quantile",
    "distribution",
)
_EXACT = ("small", "price")
_KEEP = ("none", "first by {}", "last by {}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, its limits, the rows it is about, and who of those that share a key goes on."""

    rule: Rule
    limits: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    keep: str = ""

    @property
    def is_measure(self) -> bool:
        """Whether it measures, and marks no rows."""
        return self.rule.check in _MEASURES

    @property
    def marks_rows(self) -> bool:
        """Whether its bad rows can be diverted: its limits bound them from above."""
        return not self.is_measure and self.limits.keys() <= {"mustBeLessThan", "mustBeLessOrEqualTo", "unit"}

    def written(self, number: int) -> dict[str, Any]:
        """The rule of a contract."""
        said = {"check": self.rule.check, **{name: tables.plain(value) for name, value in self.rule.arguments.items()}}
        if self.rule.check not in ("row_count", "condition"):
            said["columns"] = list(self.rule.columns)
        if self.keep:
            said["keep"] = self.keep
        rule = {"id": f"r{number}", "type": "custom", "engine": "dq", "implementation": {**said, **self.limits}}
        return rule | ({"customProperties": [{"property": "dq", "value": {"where": self.where}}]} if self.where else {})


@dataclass(frozen=True, slots=True)
class Told:
    """What must come out for one rule; *bad* and *diverted* are numbers of rows."""

    status: str
    judged: int
    bad: frozenset[int] = frozenset()
    diverted: frozenset[int] = frozenset()
    value: Any = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A table and what is asked of it. *kinds* are those of columns, *cells* the rows as Python values, *zone* that of times."""

    kinds: Mapping[str, str]
    cells: Sequence[tuple[Any, ...]]
    asked: Sequence[Asked]
    zone: str = ""

    def rows(self, kind: str, folder: Path) -> Rows:
        """The table, to be handed in as input *kind*."""
        texts = ("padded", "collated") if kind not in DATABASES else ()
        types = {name: pa.string() if item in texts else _STORED[item] for name, item in self.kinds.items()}
        return Rows(types, [tuple(written(cell) for cell in row) for row in self.cells], folder)

    def held(self, kind: str) -> list[tuple[Any, ...]]:
        """The rows as input *kind* holds them: what pads texts with blanks does not tell them from its own."""
        if kind not in ("postgres", "mariadb"):
            return list(self.cells)
        padded = [item == "padded" for item in self.kinds.values()]
        return [
            tuple(cell.rstrip(" ") if pads and cell else cell for cell, pads in zip(row, padded, strict=True))
            for row in self.cells
        ]

    @property
    def document(self) -> dict[str, Any]:
        """The contract that says the rules, with ids `r0`, `r1` and so on."""
        options: dict[str, dict[str, Any]] = {"instant": {"timezone": True}}
        if self.zone:
            options["timestamp"] = {"defaultTimezone": self.zone}
        properties = [
            {"name": name, "logicalType": _LOGICAL.get(kind, kind), "logicalTypeOptions": options.get(kind, {})}
            for name, kind in self.kinds.items()
        ]
        schema = {
            "name": "t",
            "properties": properties,
            "quality": [item.written(number) for number, item in enumerate(self.asked)],
        }
        head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "random", "version": "1.0.0", "status": "active"}
        return {**head, "schema": [schema]}

    def told(self, asked: Asked, kind: str) -> Told:
        """What plain Python says of one rule."""
        rows = [{name: self._meant(cell, name) for name, cell in zip(self.kinds, row, strict=True)} for row in self.held(kind)]
        judged = [number for number, row in enumerate(rows) if not asked.where or _passes(asked.where, row)]
        some = [rows[number] for number in judged]
        if asked.is_measure:
            column = [row[asked.rule.columns[0]] for row in some]
            arguments = {
                name: _literals(value, self.kinds[asked.rule.columns[0]]) for name, value in asked.rule.arguments.items()
            }
            value = oracle.measure(asked.rule.check, column, self._logical(asked), arguments)
            return Told("skip" if value is None else "pass", len(judged), value=value)
        bad = frozenset(judged[place] for place in self._bad(asked, some))
        holds = _holds(asked.limits, len(bad), len(judged))
        diverted = frozenset() if holds or not asked.marks_rows else bad
        if diverted and asked.keep:
            diverted = frozenset(judged[place] for place in oracle.diverted(some, asked.rule.columns, asked.keep))
        return Told("pass" if holds else "fail", len(judged), bad, diverted)

    def _meant(self, value: Any, name: str) -> Any:
        """A time without a zone of column *name* as one of the zone: of an hour that is there twice the second."""
        if isinstance(value, list):
            return [self._meant(item, name) for item in value]
        if not self.zone or self.kinds[name] != "timestamp" or not isinstance(value, datetime):
            return value
        return max(value.replace(tzinfo=ZoneInfo(self.zone), fold=fold).astimezone(UTC) for fold in (0, 1))

    def _logical(self, asked: Asked) -> str:
        kind = self.kinds[asked.rule.columns[0]]
        return _LOGICAL.get(kind, kind)

    def _bad(self, asked: Asked, rows: Sequence[Mapping[str, Any]]) -> frozenset[int]:
        rule = asked.rule
        if rule.check == "unique":
            return oracle.unique(rows, rule.columns)
        if rule.check in ("group_sum", "one_per_group"):
            plain = [{name: _key(cell) for name, cell in row.items()} for row in rows]
            return oracle.GROUPS[rule.check](plain, rule.columns, **rule.arguments)
        if rule.check == "condition":
            return frozenset(number for number, row in enumerate(rows) if _compared(rule.arguments["sql"], row) is False)
        first = rule.columns[0]
        arguments = {name: tables.plain(self._meant(value, first)) for name, value in rule.arguments.items() if name != "kind"}
        return oracle.bad_values(rule.check, [row[rule.columns[0]] for row in rows], self._logical(asked), arguments)


def _key(cell: Any) -> Any:
    """A decimal as text that is the same for equal ones, which is all that a key needs: SQLite takes no decimals."""
    return str(cell.normalize()) if isinstance(cell, Decimal) else cell


def _literals(value: Any, kind: str) -> Any:
    """Shares by values of the column's type."""
    return (
        {oracle.literal(item, _LOGICAL.get(kind, kind)): share for item, share in value.items()}
        if isinstance(value, dict)
        else value
    )


def _passes(where: str, row: Mapping[str, Any]) -> bool:
    name, _, rest = where.partition(" ")
    if rest.startswith("IS"):
        return oracle.missing(row[name]) == (rest == "IS NULL")
    return _compared(where, row) is True


def _compared(sql: str, row: Mapping[str, Any]) -> bool | None:
    name, op, other = sql.split(" ")
    left, right = row[name], row[other]
    if oracle.missing(left) or oracle.missing(right):
        return None
    one, two = oracle.compared(left, right)
    return tables.HOLDS[op]((one > two) - (one < two))


def _holds(limits: Mapping[str, Any], bad: int, rows: int) -> bool:
    if not limits:
        return bad == 0
    [(op, bound)] = [(op, bound) for op, bound in limits.items() if op != "unit"]
    share = Fraction(bad * 100, rows) if rows else Fraction(0)
    value = share if "unit" in limits else Fraction(bad)
    holds = {
        "mustBeLessThan": lambda: value < bound,
        "mustBeLessOrEqualTo": lambda: value <= bound,
        "mustBeGreaterThan": lambda: value > bound,
        "mustNotBe": lambda: value != bound,
        "mustBeBetween": lambda: bound[0] <= value <= bound[1],
    }
    return bool(holds[op]())


# -- what may be asked -----------------------------------------------------------------------------------------------------


@st.composite
def wholes(draw: st.DrawFn, *, without: Sequence[str] = ()) -> Whole:
    """A table of up to five columns and nine rows, and up to four rules; no columns of the kinds *without*."""
    allowed = [kind for kind in _CELLS if kind not in without]
    kinds = {f"c{place}": draw(st.sampled_from(allowed)) for place in range(draw(st.integers(2, 5)))}
    zone = draw(st.sampled_from(["", *_CHANGES])) if "timestamp" in kinds.values() else ""
    columns = [st.none() | _cells(kind, zone) | st.sampled_from(_FEW[kind]) for kind in kinds.values()]
    pool = draw(st.lists(st.tuples(*columns), max_size=6))
    repeated = draw(st.lists(st.sampled_from(pool), max_size=3)) if pool else []
    cells = draw(st.permutations(pool + repeated))
    return Whole(kinds, tuple(cells), tuple(draw(st.lists(_asked(kinds, zone), min_size=1, max_size=4))), zone)


def _cells(kind: str, zone: str) -> st.SearchStrategy[Any]:
    """Values of a column; times of a zone lie around hours that are there twice or not at all, and nowhere near year 1."""
    if kind != "timestamp" or not zone:
        return _CELLS[kind]
    near = st.tuples(st.sampled_from(_CHANGES[zone]), st.integers(-8, 8)).map(
        lambda pair: pair[0] + pair[1] * timedelta(minutes=15)
    )
    return near | st.datetimes(datetime(1972, 1, 1), datetime(2024, 1, 1))  # noqa: DTZ001  local times


@st.composite
def _asked(draw: st.DrawFn, kinds: Mapping[str, str], zone: str) -> Asked:
    name = draw(st.sampled_from(sorted(kinds)))
    rule = draw(_rule(name, kinds, zone))
    where = draw(_wheres(kinds)) if draw(st.integers(0, 2)) == 0 else ""
    if rule.check in _MEASURES:
        return Asked(rule, {"mustNotBe": -12345.5}, where)
    keep = draw(st.sampled_from(_KEEP)).format(draw(st.sampled_from(sorted(kinds)))) if rule.check == "unique" else ""
    return Asked(rule, draw(_LIMITS), where, keep)


_SOME = st.integers(0, 6)
_LIMITS: st.SearchStrategy[Mapping[str, Any]] = st.one_of(
    st.just({}),
    st.sampled_from(["mustBeLessThan", "mustBeLessOrEqualTo", "mustBeGreaterThan", "mustNotBe"]).flatmap(
        lambda op: (
            st.fixed_dictionaries({op: _SOME})
            | st.fixed_dictionaries({op: _SOME.map(lambda n: n * 15), "unit": st.just("percent")})
        )
    ),
    st.fixed_dictionaries({"mustBeBetween": st.tuples(_SOME, _SOME).map(sorted)}),
)


@st.composite
def _wheres(draw: st.DrawFn, kinds: Mapping[str, str]) -> str:
    name = draw(st.sampled_from(sorted(kinds)))
    other = draw(st.sampled_from(sorted(item for item in kinds if kinds[item] == kinds[name])))
    return draw(st.sampled_from([f"{name} IS NULL", f"{name} IS NOT NULL", *(f"{name} {op} {other}" for op in tables.HOLDS)]))


@st.composite
def _rule(draw: st.DrawFn, name: str, kinds: Mapping[str, str], zone: str) -> Rule:
    kind = kinds[name]
    small = sorted(item for item in kinds if kinds[item] == "small")
    groups = ["group_sum", "one_per_group"] if small else []
    measured = ["mean", "sum", "stddev", "quantile", "distribution"] if kind in _EXACT else []
    check = draw(st.sampled_from([*tables.CHECKS[_LIKE.get(kind, kind)], "unique", *groups, *measured]))
    names = tuple(draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=2, unique=True)))
    if check == "unique":
        return Rule(check, names, {})
    if check == "group_sum":
        value, slack = draw(st.integers(-2, 4)), draw(st.integers(0, 2))
        return Rule(check, names, {"of": draw(st.sampled_from(small)), "value": value, "tolerance": slack})
    if check == "one_per_group":
        return Rule(check, names, {"sql": f"{draw(st.sampled_from(small))} > {draw(st.integers(-2, 2))}"})
    if check == "condition":
        other = draw(st.sampled_from(sorted(item for item in kinds if kinds[item] == kind)))
        return Rule(check, (name, other), {"sql": f"{name} {draw(st.sampled_from(sorted(tables.HOLDS)))} {other}"})
    return Rule(check, (name,), draw(_arguments(check, kind, zone)))


def _arguments(check: str, kind: str, zone: str) -> st.SearchStrategy[dict[str, Any]]:
    if check == "quantile":
        return st.fixed_dictionaries({"quantile": st.sampled_from([0, 0.1, 0.25, 0.5, 0.75, 1])})
    if check == "distribution":
        return st.sampled_from([{"shares": {1: 0.5, 2: 0.5}}, {"shares": {0: 0.25, 1: 0.75}}])
    values = _cells(kind, zone) | st.sampled_from(_FEW[kind])
    if check in ("in_set", "not_in_set", "not_missing"):
        return st.fixed_dictionaries({"values": st.lists(values, min_size=1, max_size=5)})
    if check in ("at_least", "more_than", "at_most", "less_than"):
        return st.fixed_dictionaries({"value": values})
    return tables.arguments(check, _LIKE.get(kind, kind))


def same(found: Any, said: Any) -> bool:
    """Whether two measures are the same, but for rounding."""
    return bool(found == said) or math.isclose(float(found), float(said), rel_tol=1e-9, abs_tol=1e-9)
