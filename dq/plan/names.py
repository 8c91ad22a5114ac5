"""What names stand for in one source, and trees with their names replaced by that. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from dq.checks import (
    Status,
)
from dq.plan.literals import at_scale, coerce
from dq.plan.model import Field, Plan, Unable
from dq.plan.values import Value, base_of
from dq.source import Reading
from dq.sql import (
    ROW_NO,
    AnyOf,
    AsText,
    Base,
    IsJson,
    Kind,
    MapValues,
    Matches,
    Misfit,
    Missing,
    Part,
    ReadAs,
    Tree,
    all_of,
    any_of,
    column,
    is_null,
    not_,
    reference,
)

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_EQUALITIES = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In)
_LENGTHS = (exp.Length, exp.ArraySize)


class CannotBind(Exception):
    """A check cannot run on these columns."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.unable = Unable(status, reason)


@dataclass(frozen=True, slots=True)
class Columns:
    """
    What a source has: its columns in order, and how its text is read (None: its values have types of their own).

    Of dead letters only the columns *written* are such text (None: all are), and some columns have another beside them, in
    *unread*: its name and type. It holds, as it was written, what could not be read before, where the column is null.
    *loose*: values are of any type, whatever their column's is, as in SQLite. *ordered*: rows have places; those of a table
    have none.
    """

    types: Mapping[str, exp.DataType]
    reading: Reading | None = None
    written: frozenset[str] | None = None
    unread: Mapping[str, tuple[str, exp.DataType]] = field(default_factory=dict)
    loose: bool = False
    ordered: bool = True

    def reading_of(self, name: str) -> Reading | None:
        """How the text of column *name* is read; None when its values have types of their own."""
        return self.reading if self.written is None or name in self.written else None

    def value(self, name: str, declared: Field | None, zone: str) -> Value:
        """What column *name*, declared as *declared*, stands for."""
        unread = None
        if name in self.unread:
            beside, actual = self.unread[name]
            reading = None if base_of(actual) is Base.JSON else self.reading or Reading()
            unread = Value(column(beside), actual, declared, reading, zone)
        return Value(column(name), self.types[name], declared, self.reading_of(name), zone, unread, loose=self.loose)

    def as_it_came(self, name: str) -> bool:
        """Whether the values of column *name* are handed on as they are: they need no reading."""
        return self.reading_of(name) is None and name not in self.unread and base_of(self.types[name]) is not Base.JSON

    def is_written(self, name: str) -> bool:
        """Whether the values of column *name* are kept as they were written, in text or JSON; not for a column not there."""
        return name in self.types and (self.reading_of(name) is not None or base_of(self.types[name]) is Base.JSON)


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for: the values of the source, those of references, and elements of arrays."""

    values: Mapping[str, Value]
    missing: Mapping[str, str]  # declared name -> the column that is not there
    references: Mapping[str, Columns] = field(default_factory=dict)
    elements: Mapping[str, Value] = field(default_factory=dict)
    partners: Mapping[str, Field | None] = field(default_factory=dict)  # column of a reference -> declared as
    zone: str = "UTC"
    ordered: bool = True

    def find(self, name: str) -> Value:
        """The value named *name*; CannotBind says why there is none."""
        if name in self.elements:
            return self.elements[name]
        if name in self.values:
            return self.values[name]
        if name in self.missing:
            raise CannotBind(Status.SKIP, f"column '{self.missing[name]}' is not in the data")
        near = difflib.get_close_matches(name, self.values, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise CannotBind(Status.ERROR, f"no column '{name}' in the data{hint}")


def names_of(plan: Plan, columns: Columns, references: Mapping[str, Columns]) -> Names:
    """Every name a rule may say: contract names, names in the data, in that order."""
    values: dict[str, Value] = {}
    missing: dict[str, str] = {}
    guessed = {item.name: item for item in plan.guessed}
    for item in (*plan.fields, *plan.suited):
        found = next((name for name in (item.source, item.name) if name in columns.types), None)
        if found is None:
            missing[item.name] = missing[item.source] = item.source
        else:
            kind = guessed.get(found) if item.kind is None and columns.is_written(found) else None
            value = columns.value(found, kind or item, plan.zone)
            values[item.name] = value
            values.setdefault(found, value)
    for name in columns.types:
        kind = guessed.get(name) if columns.is_written(name) else None
        values.setdefault(name, columns.value(name, kind, plan.zone))
    return Names(values, missing, references, zone=plan.zone, ordered=columns.ordered)


def with_children(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """A copy of *tree* with each of its children changed."""
    arguments: dict[str, object] = {}
    for key, value in tree.args.items():
        if isinstance(value, exp.Expr):
            arguments[key] = change(value)
        elif isinstance(value, list):
            arguments[key] = [change(item) if isinstance(item, exp.Expr) else item for item in value]
        else:
            arguments[key] = value
    return type(tree)(**arguments)


def resolve(tree: Tree, names: Names) -> Tree:
    """*tree* with its names replaced by what they are in the data, and FALSE folded away."""
    if isinstance(tree, exp.Column):
        return _named(tree, names)
    if isinstance(tree, Misfit):
        return _value(tree.this, names).misfit
    if isinstance(tree, Missing):
        return _missing(tree, names)
    if isinstance(tree, Part | MapValues):
        value = _value(tree.this, names) if isinstance(tree, MapValues) else _value(tree, names)
        return value.elements if isinstance(tree, MapValues) else value.typed
    if isinstance(tree, AnyOf):
        return _any_of(tree, names)
    if isinstance(tree, exp.Paren):
        inner = resolve(tree.this, names)
        return inner if isinstance(inner, exp.Boolean) else exp.Paren(this=inner)
    if isinstance(tree, exp.Not | exp.And | exp.Or):
        return _logic(tree, names)
    if isinstance(tree, (*_COMPARISONS, exp.In, exp.Between)):
        tree = _coerced(tree, names)
    if isinstance(tree, AsText | IsJson | Matches | ReadAs):
        return _text(tree, names)
    return with_children(tree, lambda child: resolve(child, names))


def _logic(tree: Tree, names: Names) -> Tree:
    if isinstance(tree, exp.Not):
        inner = resolve(tree.this, names)
        constant = inner.unnest()
        return exp.Boolean(this=not constant.this) if isinstance(constant, exp.Boolean) else not_(inner)
    left, right = (resolve(tree.args[side], names) for side in ("this", "expression"))
    dominant = isinstance(tree, exp.Or)
    for one, other in ((left, right), (right, left)):
        constant = one.unnest()
        if isinstance(constant, exp.Boolean):
            return constant if bool(constant.this) is dominant else other
    return any_of(left, right) if dominant else all_of(left, right)


def _any_of(tree: AnyOf, names: Names) -> Tree:
    of_map = isinstance(tree.this, MapValues)
    value = _value(tree.this.this if of_map else tree.this, names)
    alias = tree.args["alias"].name
    if of_map and value.entries:
        return any_of(*(resolve(tree.expression, _with_element(names, alias, entry)) for entry in value.entries))
    if not value.has_elements:
        return exp.false()
    bad = resolve(tree.expression, _with_element(names, alias, value.element(alias, of_map=of_map)))
    if bad == exp.false():
        return bad
    return AnyOf(this=value.elements if of_map else value.typed, alias=exp.to_identifier(alias, quoted=True), expression=bad)


def _with_element(names: Names, alias: str, element: Value) -> Names:
    return replace(names, elements={**names.elements, alias: element})


def _missing(tree: Missing, names: Names) -> Tree:
    """No value at all, or one of the forms; a part of an object that is not there itself is not missing."""
    value = _value(tree.this, names)
    missing = any_of(value.missing, value.written_as(tree.expressions)) if tree.expressions else value.missing
    inner = tree.this.unnest()
    return all_of(not_(is_null(_value(inner.this, names).typed)), missing) if isinstance(inner, Part) else missing


def _named(tree: exp.Column, names: Names) -> Tree:
    """What a column's name stands for: a value, the row's number, or a column of another dataset."""
    if tree.name == ROW_NO:
        if not names.ordered:
            raise CannotBind(Status.ERROR, "the rows of this source have no order")
        return tree.copy()
    return _partner(tree, names) if tree.table else names.find(tree.name).typed


def _text(tree: AsText | IsJson | Matches | ReadAs, names: Names) -> Tree:
    """What needs text, or makes it."""
    kind = _kind(tree.this, names)
    if isinstance(tree, AsText):
        value = resolve(tree.this, names)
        return value if kind and kind.base is Base.TEXT else exp.cast(value, exp.DataType.build("text"))
    if kind and kind.base not in (Base.TEXT, Base.UNKNOWN, Base.JSON):
        if isinstance(tree, IsJson):
            return exp.false()
        raise CannotBind(Status.ERROR, f"a {'pattern' if isinstance(tree, Matches) else 'format'} needs text, not {kind}")
    return with_children(tree, lambda child: resolve(child, names))


def _value(tree: Tree, names: Names) -> Value:
    """What a name or a path stands for."""
    tree = tree.unnest()
    if isinstance(tree, exp.Column):
        return names.find(tree.name)
    if isinstance(tree, Part):
        found = _value(tree.this, names).part(tree.expression.name)
        if found is None:
            raise CannotBind(Status.ERROR, f"no field '{tree.expression.name}' in {tree.this.sql()}")
        return found
    raise CannotBind(Status.ERROR, f"{tree.sql()} is no column")


def _partner(tree: exp.Column, names: Names) -> Tree:
    """A column of a reference, read as the column it is compared with is declared."""
    for name, columns in names.references.items():
        if reference(name).name != tree.table:
            continue
        if tree.name not in columns.types:
            raise CannotBind(Status.ERROR, f"no column '{tree.name}' in '{name}'")
        declared = names.partners.get(tree.name)
        return Value(tree.copy(), columns.types[tree.name], declared, columns.reading, names.zone, loose=columns.loose).typed
    raise CannotBind(Status.ERROR, f"unknown table '{tree.table}'")


def _kind(tree: Tree, names: Names) -> Kind | None:
    """The kind of a side of a comparison that literals opposite take; None when it has none of its own."""
    tree = tree.unnest()
    if isinstance(tree, _LENGTHS):
        return Kind(Base.INTEGER)
    if isinstance(tree, exp.Column | Part) and not (isinstance(tree, exp.Column) and tree.table):
        kind = _value(tree, names).kind
        return None if kind.base is Base.UNKNOWN else kind
    return None


def _coerced(tree: Tree, names: Names) -> Tree:
    """*tree* with each literal in the kind of what it is compared with."""
    sides = [value for key in ("this", "expression", "low", "high") if isinstance(value := tree.args.get(key), exp.Expr)]
    sides += tree.args.get("expressions") or []
    kind = next((found for side in sides if (found := _kind(side, names))), None)
    if kind is None:
        return tree
    if kind.base is Base.JSON and isinstance(tree, _EQUALITIES):  # a value that nobody declares is compared as it is written
        kind = Kind(Base.TEXT)
    coerced = with_children(tree, lambda child: coerce(child, kind, names.zone))
    digits = next((width for side in sides if (width := _digits(side, names))), None)
    return at_scale(coerced, *digits) if digits else coerced


def _digits(tree: Tree, names: Names) -> tuple[int, int] | None:
    """The digits in all, and after the point, of a decimal column; None for any other tree."""
    if not isinstance(tree, exp.Column | Part) or (isinstance(tree, exp.Column) and tree.table):
        return None
    return _value(tree, names).digits
