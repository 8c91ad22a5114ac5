"""A plan meets the columns of one source: names become values, literals take their column's kind, and passes come out. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlglot import exp

from dq.checks import NONE_BAD, Answer, Check, Keep, Keys, Measure, Rows, Shape, Status, Survivor
from dq.errors import UsageError
from dq.plan.compile import RECORD
from dq.plan.literals import at_scale, coerce
from dq.plan.model import Field, KeySet, Passes, Plan, Predicate, Unable
from dq.plan.prune import plain
from dq.plan.values import Value, base_of, type_of
from dq.source import Reading
from dq.sql import (
    ROW_NO,
    SOURCE,
    AnyOf,
    Base,
    InSet,
    Kind,
    MapValues,
    Matches,
    Misfit,
    Missing,
    Part,
    Tree,
    all_of,
    any_of,
    bind_now,
    column,
    compare,
    condition,
    count_if,
    is_null,
    literal,
    not_,
    placeholders,
    query,
    reference,
)

TYPED = "__dq_typed_rows"  # the table that users' own queries read: the typed projection of the source

_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ)
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
    """

    types: Mapping[str, exp.DataType]
    reading: Reading | None = None
    written: frozenset[str] | None = None
    unread: Mapping[str, tuple[str, exp.DataType]] = field(default_factory=dict)

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
        return Value(column(name), self.types[name], declared, self.reading_of(name), zone, unread)

    def as_it_came(self, name: str) -> bool:
        """Whether the values of column *name* are handed on as they are: they need no reading."""
        return self.reading_of(name) is None and name not in self.unread and base_of(self.types[name]) is not Base.JSON


@dataclass(frozen=True, slots=True)
class Names:
    """What names stand for: the values of the source, those of references, and elements of arrays."""

    values: Mapping[str, Value]
    missing: Mapping[str, str]  # declared name -> the column that is not there
    references: Mapping[str, Columns] = field(default_factory=dict)
    elements: Mapping[str, Value] = field(default_factory=dict)
    partners: Mapping[str, Field | None] = field(default_factory=dict)  # column of a reference -> declared as
    zone: str = "UTC"

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
    for item in plan.fields:
        found = next((name for name in (item.source, item.name) if name in columns.types), None)
        if found is None:
            missing[item.name] = missing[item.source] = item.source
        else:
            value = columns.value(found, item, plan.zone)
            values[item.name] = value
            values.setdefault(found, value)
    for name in columns.types:
        values.setdefault(name, columns.value(name, None, plan.zone))
    return Names(values, missing, references, zone=plan.zone)


def as_declared(plan: Plan, columns: Columns) -> Columns:
    """*columns* of text as if each had its declared type: what a person means by their names. No text is read as NaN."""
    exact = Kind(Base.DECIMAL, 38, 10)
    declared = {
        name: exact if item.kind.base is Base.NUMBER else item.kind
        for item in plan.fields
        for name in (item.name, item.source)
        if item.kind
    }
    types = {name: type_of(declared[name]) if name in declared else actual for name, actual in columns.types.items()}
    return Columns(types)


def bind(
    plan: Plan,
    columns: Columns,
    *,
    dialect: str,
    now: datetime,
    references: Mapping[str, Columns] | None = None,
    where: str | None = None,
) -> Passes:
    """
    The passes of *plan* over *columns*. A check that cannot run on them is in `unable`, with the reason; nothing is dropped.

    Raises:
        UsageError: *where* is no condition, or names a column that is not there.
    """
    names = names_of(plan, columns, references or {})
    binder = _Binder(plan, names, columns, dialect, now)
    for number, item in enumerate(plan.checks):
        try:
            binder.check(number, item)
        except CannotBind as error:
            binder.unable[number] = error.unable
        except UsageError as error:
            binder.unable[number] = Unable(Status.ERROR, error.what)
    return Passes(
        columns=_typed_columns(names, columns),
        keys=tuple(binder.keys),
        rows=tuple(binder.rows),
        measures=binder.measures,
        good=binder.good,
        answers=binder.answers,
        untyped=_untyped(names, columns) if binder.answers else {},
        where=binder.filter(where) if where else None,
        unable=binder.unable,
    )


def _typed_columns(names: Names, columns: Columns) -> dict[str, Tree]:
    """What good rows are handed on as: text and JSON read as declared, everything else as it came."""
    return {name: column(name) if columns.as_it_came(name) else names.values[name].typed for name in columns.types}


def _untyped(names: Names, columns: Columns) -> dict[str, Tree]:
    if columns.reading is None or columns.written is not None:
        return {}
    number = Kind(Base.NUMBER)
    undeclared = {name: names.values[name] for name in columns.types if names.values[name].field is None}
    return {name: replace(value, field=Field(name, name, number)).typed for name, value in undeclared.items()}


class _Binder:
    """Collects the passes, check by check."""

    def __init__(self, plan: Plan, names: Names, columns: Columns, dialect: str, now: datetime) -> None:
        self.plan, self.names, self.columns, self.dialect, self.now = plan, names, columns, dialect, now
        self.keys: list[KeySet] = []
        self.rows: list[Predicate] = []
        self.measures: dict[str, Tree] = {}
        self.good: dict[str, Tree] = {}
        self.answers: dict[int, exp.Query] = {}
        self.unable: dict[int, Unable] = {}

    def filter(self, text: str) -> Tree:
        """The caller's own filter."""
        try:
            return self._resolve(condition(text, "where"))
        except CannotBind as error:
            raise UsageError(error.unable.reason, "where", f"columns: {', '.join(self.columns.types)}") from None

    def check(self, number: int, item: Check) -> None:
        """Bind one check."""
        if isinstance(item.subject, Shape):
            return
        if isinstance(item.subject, Answer):
            self._answer(number, item, item.subject)
            return
        where = self._resolve(item.where) if item.where else None
        if isinstance(item.subject, Measure):
            self._among_which(item)[f"check:{number}"] = _among(self._resolve(item.subject.of), where)
            return
        if item.name == RECORD:
            self.rows.append(Predicate(number, exp.false()))
            return
        predicate = (
            self._rows(number, item, where) if isinstance(item.subject, Rows) else self._keyed(number, item, item.subject, where)
        )
        if item.is_row_check:
            self.rows.append(predicate)
            into = self.measures
        else:
            into = self._among_which(item)
            into[f"check:{number}"] = count_if(predicate.bad)
        if where is not None or into is self.good:
            into[f"where:{number}"] = count_if(where if where is not None else exp.true())

    def _among_which(self, item: Check) -> dict[str, Tree]:
        """The measures of the rows that a dataset check judges: all, or the good ones."""
        if item.on == "good" and isinstance(item.subject, Keys):
            raise CannotBind(Status.ERROR, "keys are not counted among good rows: leave out `on: good`")
        return self.good if item.on == "good" else self.measures

    # -- subjects -----------------------------------------------------------------------------------------------------

    def _rows(self, number: int, item: Check, where: Tree | None) -> Predicate:
        assert isinstance(item.subject, Rows)  # noqa: S101  the caller looked
        bad = plain(self._resolve(item.subject.bad))
        guards = self._guards(item.subject.bad) if item.name == "condition" else []
        tree = all_of(*([where] if where is not None else []), *guards, bad) if guards or where is not None else bad
        return Predicate(number, tree, alone=item.limits == NONE_BAD)

    def _guards(self, tree: Tree) -> list[Tree]:
        """A condition on a value that cannot be read is unknown, whatever it does with nulls."""
        used = dict.fromkeys(node.name for node in tree.find_all(exp.Column) if not node.table)
        found = [self.names.find(name).misfit for name in used if name in self.names.values]
        return [not_(misfit) for misfit in found if misfit != exp.false()]

    def _keyed(self, number: int, item: Check, subject: Keys, where: Tree | None) -> Predicate:
        name = f"__dq_keys_{number}"
        keys = [self.names.find(key) for key in subject.columns]
        names, bad = self.names, subject.bad
        if subject.reference:
            if subject.reference == self.plan.object and subject.reference not in names.references:
                names, bad = replace(names, references={**names.references, subject.reference: self.columns}), _to_itself(bad)
            if subject.reference not in names.references:
                raise CannotBind(
                    Status.SKIP, f"the other dataset '{subject.reference}' is not given: --with {subject.reference}=FILE"
                )
            names = replace(names, partners=dict(zip(_partner_columns(bad), (key.field for key in keys), strict=False)))
        select = self._resolve(bad, names)
        assert isinstance(select, exp.Select)  # noqa: S101  a SELECT resolves to a SELECT
        select = _of_the_source(select)
        if where is not None:
            select = select.where(where, copy=True)
        outputs = [exp.alias_(tree, f"k{place}", quoted=True) for place, tree in enumerate(select.expressions)]
        select = select.select(*outputs, append=False, copy=True)
        typed = [key.typed for key in keys]
        is_plain = subject.survivor is not None and where is None and len(keys) == 1 and keys[0].is_native_integer
        self.keys.append(KeySet(number, name, select, typed[0] if is_plain else None))
        member: Tree = InSet(this=exp.to_identifier(name, quoted=True), expressions=typed)
        marked = all_of(where, member) if where is not None else member
        spare, copy = self._survivor(subject.survivor, typed) if subject.survivor and item.is_row_check else (None, None)
        return Predicate(number, marked, spare, copy)

    def _survivor(self, survivor: Survivor, keys: list[Tree]) -> tuple[Tree, Tree]:
        """Over the marked rows: who goes on, and who stays only because an equal row goes on."""
        whole = [column(name) for name in self.columns.types]
        count = exp.Count(this=exp.Star())
        first_copy = compare("=", _over(exp.RowNumber(), whole, ROW_NO), literal(1))
        if survivor.keep is not Keep.NONE and not survivor.by:
            order = exp.Ordered(this=column(ROW_NO), desc=survivor.keep is Keep.LAST)
            return compare("=", _over(exp.RowNumber(), keys, order), literal(1)), exp.false()
        if survivor.keep is Keep.NONE:
            alone = compare("=", _over(count, keys), _over(count.copy(), whole))
        else:
            by = self.names.find(survivor.by).typed
            edge = (exp.Min if survivor.keep is Keep.FIRST else exp.Max)(this=by.copy())
            chosen = exp.NullSafeEQ(this=by.copy(), expression=_over(edge, keys))
            alone = all_of(chosen, compare("=", _over(count, [*keys, by.copy()]), _over(count.copy(), whole)))
        return all_of(alone, first_copy), all_of(alone.copy(), not_(first_copy.copy()))

    def _answer(self, number: int, item: Check, subject: Answer) -> None:
        tables = {self.plan.object: TYPED, **{name: reference(name).name for name in self.names.references}}
        shown = self.names.find(item.columns[0]).raw.name if item.columns else ""
        words = dict.fromkeys(("object", "table", "model", "schema"), TYPED) | {
            name: shown for name in ("property", "column") if shown
        }
        text = placeholders(subject.query, words)
        self.answers[number] = query(
            text, place=item.clause.place.path, dialect=subject.dialect or self.dialect, tables={**tables, TYPED: TYPED}
        )

    # -- names become values -------------------------------------------------------------------------------------------

    def _resolve(self, tree: Tree, names: Names | None = None) -> Tree:
        return resolve(bind_now(tree, self.now), names or self.names)


def _of_the_source(select: exp.Select) -> exp.Select:
    """*select* with the source's columns called so: in a sub-query, a bare name is that of the other dataset's column."""
    select = select.copy()
    for node in select.find_all(exp.Column):
        if not node.table and node.find_ancestor(exp.Exists):
            node.set("table", exp.to_identifier(SOURCE, quoted=True))
    return select


def _to_itself(select: exp.Select) -> exp.Select:
    """A foreign key's query whose other dataset is the one under check: a boss is one of the people."""

    def itself(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Table) or node.name == SOURCE:
            return node
        name = exp.to_identifier(node.name, quoted=True)
        return exp.Table(this=exp.to_identifier(SOURCE, quoted=True), alias=exp.TableAlias(this=name))

    found: Tree = select.copy().transform(itself)
    assert isinstance(found, exp.Select)  # noqa: S101  its root stays
    return found


def _partner_columns(select: exp.Select) -> list[str]:
    return [node.name for node in select.find_all(exp.Column) if node.table]


def _over(function: Tree, keys: Sequence[Tree], order: str | exp.Ordered | None = None) -> Tree:
    ordered = exp.Ordered(this=column(order)) if isinstance(order, str) else order
    return exp.Window(
        this=function, partition_by=[key.copy() for key in keys], order=exp.Order(expressions=[ordered]) if ordered else None
    )


def _among(aggregate: Tree, where: Tree | None) -> Tree:
    """The aggregate over the rows that pass *where* only."""
    if where is None:
        return aggregate

    def narrow(node: Tree) -> Tree:
        if isinstance(node, exp.CountIf):
            return count_if(all_of(where, node.this))
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            return count_if(where)
        if isinstance(node, exp.Distinct):
            return exp.Distinct(expressions=[_case(where, item) for item in node.expressions])
        if isinstance(node, exp.PercentileCont):
            return exp.PercentileCont(this=node.this, expression=_case(where, node.expression))
        if isinstance(node, exp.AggFunc) and not isinstance(node.this, exp.Distinct):
            return type(node)(this=_case(where, node.this))
        return node

    return _rebuild(aggregate, narrow)


def _case(where: Tree, value: Tree) -> Tree:
    return exp.Case(ifs=[exp.If(this=where.copy(), true=value.copy())])


def _rebuild(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """A copy in which the outermost nodes that *change* alters are altered."""
    changed = change(tree)
    if changed is not tree:
        return changed
    return _with_children(tree, lambda child: _rebuild(child, change))


def _with_children(tree: Tree, change: Callable[[Tree], Tree]) -> Tree:
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
        return _partner(tree, names) if tree.table else names.find(tree.name).typed
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
    if isinstance(tree, Matches) and (kind := _kind(tree.this, names)) and kind.base not in (Base.TEXT, Base.UNKNOWN, Base.JSON):
        raise CannotBind(Status.ERROR, f"a pattern needs text, not {kind}")
    return _with_children(tree, lambda child: resolve(child, names))


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
        return Value(tree.copy(), columns.types[tree.name], declared, columns.reading, names.zone).typed
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
    coerced = _with_children(tree, lambda child: coerce(child, kind, names.zone))
    digits = next((width for side in sides if (width := _digits(side, names))), None)
    return at_scale(coerced, *digits) if digits else coerced


def _digits(tree: Tree, names: Names) -> tuple[int, int] | None:
    """The digits in all, and after the point, of a decimal column; None for any other tree."""
    if not isinstance(tree, exp.Column | Part) or (isinstance(tree, exp.Column) and tree.table):
        return None
    return _value(tree, names).digits
