"""Random tables with hostile cells, and random rules over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from tests.conformance.inputs import Rows

DECIMAL = pa.decimal128(20, 4)
_STORED = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "decimal": DECIMAL,
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_LOGICAL = {"decimal": "number"}

_WORDS = (
    *("", " ", "a", "A", "a ", " a", "ab", "é", "e\u0301", "ß", "ss", "😀", "👍🏽", "漢字", "\u202e", "\x1b[31m", "x" * 300),
    *("NaN", "null", "NULL", "NA", "true", "0", "1", "1e3", "2024-01-01", "=1+1", "<b>", "%", "_", "\\", "$x", "{column}"),
    *("'", '"', "a,b", 'say "x"', "a\nb", "a\r\nb", "\t", "'; DROP TABLE t; --"),
)
_INTEGERS = (0, 1, -1, 2, 7, 2**31, 2**53 - 1, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63), 10**18)
_FLOATS = (
    *(0.0, -0.0, 1.0, -1.5, 0.1, 0.2, 0.3, 0.1 + 0.2, 1.005, 2.5, 1e15, 1e16, 1e22, 1e-7, 2.0**53, 2.0**63),
    *(5e-324, 1.7976931348623157e308, math.inf, -math.inf, math.nan),
)
_DECIMALS = ("0", "0.1", "0.3", "-1.5", "2.5000", "9999999999999999.9999", "-0.0001", "1234.5678")
_DAYS = ("0001-01-01", "1582-10-15", "1900-02-28", "1970-01-01", "2024-02-29", "2024-12-31", "9999-12-31")
_MOMENTS = (
    "0001-01-01T00:00:00",
    "1970-01-01T00:00:00",
    "2024-03-31T02:30:00",
    "2024-02-29T23:59:59.999999",
    "9999-12-31T23:59:59",
)

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
CELLS: Mapping[str, st.SearchStrategy[Any]] = {
    "string": st.sampled_from(_WORDS) | _TEXT,
    "integer": st.sampled_from(_INTEGERS) | st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
    "number": st.sampled_from(_FLOATS) | st.floats(width=64) | st.integers(-30, 30).map(lambda n: n / 10),
    "decimal": st.sampled_from(_DECIMALS).map(Decimal) | st.decimals(-(10**9), 10**9, places=4),
    "boolean": st.booleans(),
    "date": st.sampled_from(_DAYS).map(date.fromisoformat) | st.dates(),
    "timestamp": st.sampled_from(_MOMENTS).map(datetime.fromisoformat) | st.datetimes(),
}
_PATTERNS = (
    "a",
    "^a",
    "a$",
    "^$",
    "^[a-z]+$",
    r"\d",
    r"^\w+$",
    "^.$",
    "[^a]",
    "^a b$|^ab$",
    "é|😀",
    r"^(?:NaN|null)$",
    r"^\S{1,3}$",
    r"^[^\n]*$",
)


HOLDS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A check on columns, with its arguments as a contract writes them."""

    check: str
    columns: tuple[str, ...]
    arguments: Mapping[str, Any]

    @property
    def is_measure(self) -> bool:
        """Whether it measures, and marks no rows."""
        return self.check in ("row_count", "null_rate", "minimum", "maximum", "distinct_count")


@dataclass(frozen=True, slots=True)
class Case:
    """A table and rules over it. *kinds* are the columns' kinds, *cells* the rows as Python values."""

    kinds: Mapping[str, str]
    cells: Sequence[tuple[Any, ...]]
    rules: Sequence[Rule]

    def rows(self, folder: Path) -> Rows:
        """The table, to be handed in as any kind of input."""
        types = {name: _STORED[kind] for name, kind in self.kinds.items()}
        return Rows(types, [tuple(written(cell) for cell in row) for row in self.cells], folder)

    def logical(self, name: str) -> str:
        """The logical type of a column."""
        return _LOGICAL.get(self.kinds[name], self.kinds[name])

    @property
    def document(self) -> dict[str, Any]:
        """The contract that says the rules, with ids `r0`, `r1` and so on."""
        properties = [{"name": name, "logicalType": self.logical(name)} for name in self.kinds]
        quality = [
            {"id": f"r{number}", "type": "custom", "engine": "dq", "implementation": _implementation(rule)}
            for number, rule in enumerate(self.rules)
        ]
        schema = {"name": "t", "properties": properties, "quality": quality}
        head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "random", "version": "1.0.0", "status": "active"}
        return {**head, "schema": [schema]}


def _implementation(rule: Rule) -> dict[str, Any]:
    said = {"check": rule.check, **{name: plain(value) for name, value in rule.arguments.items()}}
    if rule.check not in ("row_count", "condition"):
        said["columns"] = list(rule.columns)
    return said | ({"mustNotBe": -12345.5} if rule.is_measure else {})


def written(cell: Any) -> Any:
    """A value as a fact writes it: days and moments as text."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return cell


def plain(value: Any) -> Any:
    """A value as a contract writes it."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else written(value)


@st.composite
def cases(draw: st.DrawFn, *, without: Sequence[str] = (), finite: bool = False, rules: int = 3) -> Case:
    """A table of up to four columns and eight rows, and up to *rules* rules; no columns of the kinds *without*."""
    allowed = [kind for kind in CELLS if kind not in without]
    kinds = {f"c{place}": draw(st.sampled_from(allowed)) for place in range(draw(st.integers(2, 4)))}
    columns = [_cells(kind, finite=finite) for kind in kinds.values()]
    pool = draw(st.lists(st.tuples(*columns), max_size=5))
    repeated = draw(st.lists(st.sampled_from(pool), max_size=4)) if pool else []
    cells = draw(st.permutations(pool + repeated))
    return Case(kinds, tuple(cells), tuple(draw(st.lists(_rule(kinds), min_size=1, max_size=rules))))


def _cells(kind: str, *, finite: bool) -> st.SearchStrategy[Any]:
    cells = CELLS[kind]
    if finite and kind == "number":
        cells = cells.filter(math.isfinite)
    return st.none() | cells | st.sampled_from(_few(kind))


def _few(kind: str) -> list[Any]:
    """Two values that come again and again, so that keys meet."""
    few: dict[str, list[Any]] = {
        "string": ["a", "A"],
        "integer": [1, 2],
        "number": [0.5, 1.0],
        "decimal": [Decimal("0.5000"), Decimal(1)],
        "boolean": [True],
        "date": [date(2024, 1, 1)],
        "timestamp": [datetime(2024, 1, 1, tzinfo=UTC).replace(tzinfo=None)],
    }
    return few[kind]


@st.composite
def _rule(draw: st.DrawFn, kinds: Mapping[str, str]) -> Rule:
    name = draw(st.sampled_from(sorted(kinds)))
    kind = kinds[name]
    check = draw(st.sampled_from(CHECKS[kind]))
    if check == "unique":
        names = draw(st.lists(st.sampled_from(sorted(kinds)), min_size=1, max_size=2, unique=True))
        return Rule(check, tuple(names), {})
    if check == "condition":
        other = draw(st.sampled_from(sorted(item for item in kinds if kinds[item] == kind)))
        op = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
        return Rule(check, (name, other), {"sql": f"{name} {op} {other}"})
    return Rule(check, (name,), draw(arguments(check, kind)))


_ANY = ("not_null", "fits_type", "unique", "row_count", "null_rate", "condition")
_LISTED = ("in_set", "not_in_set")
_BOUNDED = ("at_least", "more_than", "at_most", "less_than")
CHECKS: Mapping[str, Sequence[str]] = {
    "string": (
        *_ANY,
        *_LISTED,
        *_BOUNDED,
        "matches",
        "not_matches",
        "valid",
        "min_length",
        "max_length",
        "not_missing",
        "distinct_count",
    ),
    "integer": (*_ANY, *_LISTED, *_BOUNDED, "multiple_of", "minimum", "maximum", "distinct_count"),
    "number": (*_ANY, *_LISTED, *_BOUNDED, "multiple_of", "minimum", "maximum", "distinct_count"),
    "decimal": (*_ANY, *_LISTED, *_BOUNDED, "multiple_of", "minimum", "maximum", "distinct_count"),
    "boolean": (*_ANY, *_LISTED),
    "date": (*_ANY, *_LISTED, *_BOUNDED, "distinct_count"),
    "timestamp": (*_ANY, *_LISTED, *_BOUNDED, "distinct_count"),
}


def arguments(check: str, kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Random arguments of a check on a column of *kind*."""
    values = CELLS[kind].filter(lambda value: not isinstance(value, float) or math.isfinite(value))
    listed = st.lists(values | st.sampled_from(_few(kind)), min_size=1, max_size=7)
    named: dict[str, st.SearchStrategy[dict[str, Any]]] = {
        "fits_type": st.just({"kind": kind}),
        "multiple_of": st.fixed_dictionaries({"value": st.sampled_from([1, 2, 3, 7, 0.1, 0.01, 0.25, 0.5, 1.5])}),
        "matches": st.fixed_dictionaries({"pattern": st.sampled_from(_PATTERNS)}),
        "not_matches": st.fixed_dictionaries({"pattern": st.sampled_from(_PATTERNS)}),
        "valid": st.fixed_dictionaries({"values": listed, "pattern": st.sampled_from(_PATTERNS)}),
        "min_length": st.fixed_dictionaries({"length": st.integers(0, 4)}),
        "max_length": st.fixed_dictionaries({"length": st.integers(0, 4)}),
    }
    if check in (*_LISTED, "not_missing"):
        return st.fixed_dictionaries({"values": listed})
    if check in _BOUNDED:
        return st.fixed_dictionaries({"value": values})
    return named.get(check, st.just({}))
