"""A plan meets the columns of one source: names become values, literals take their column's kind, and passes come out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from dq.checks import (
    NONE_BAD,
    Answer,
    Check,
    ColumnList,
    Foreign,
    Header,
    Keep,
    Keys,
    Measure,
    Rows,
    Shape,
    Status,
    Survivor,
)
from dq.errors import UsageError
from dq.plan.compile import RECORD
from dq.plan.model import Field, KeySet, Passes, Plan, Predicate, Unable, Visit
from dq.plan.names import CannotBind, Columns, Names, names_of, resolve, with_children
from dq.plan.prune import plain
from dq.plan.refuse import refused
from dq.plan.values import type_of
from dq.sql import (
    ROW_NO,
    SOURCE,
    Base,
    InSet,
    Kind,
    Tree,
    all_of,
    bind_now,
    column,
    compare,
    condition,
    count_if,
    literal,
    not_,
    placeholders,
    query,
    reference,
)

TYPED = "__dq_typed_rows"  # the table that users' own queries read: the typed projection of the source

_ELSEWHERE = "run it on files or a frame"


def as_declared(plan: Plan, columns: Columns) -> Columns:
    """*columns* of text as if each had its declared type: what a person means by their names. No text is read as NaN."""
    exact = Kind(Base.DECIMAL, 38, 10)
    declared = {
        name: exact if item.kind.base is Base.NUMBER else item.kind
        for item in (*plan.guessed, *plan.suited, *plan.fields)
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
    passes = Passes(
        columns=_typed_columns(names, columns),
        keys=tuple(binder.keys),
        visits=tuple(binder.visits),
        rows=tuple(binder.rows),
        measures=binder.measures,
        good=binder.good,
        answers=binder.answers,
        untyped=_untyped(names, columns) if binder.answers else {},
        where=binder.filter(where) if where else None,
        unable=binder.unable,
    )
    unspoken = {check: Unable(Status.ERROR, why) for check, why in refused(passes, dialect).items()}
    return replace(passes.without(unspoken), unable={**passes.unable, **unspoken}) if unspoken else passes


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
        self.visits: list[Visit] = []
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
        if isinstance(item.subject, Shape | Header):
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
        if isinstance(item.subject, Foreign):
            predicate = self._visit(number, item, item.subject, where)
            if not item.subject.per_row:
                return
        elif isinstance(item.subject, Rows):
            predicate = self._rows(number, item, where)
        else:
            predicate = self._keyed(number, item, item.subject, where)
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
        if item.on == "good" and isinstance(item.subject, Keys | Foreign):
            raise CannotBind(Status.ERROR, "keys and scripts are not counted among good rows: leave out `on: good`")
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
        keys = [] if subject.of else [self.names.find(key) for key in subject.columns]
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
        if where is not None and not subject.of:
            select = select.where(where, copy=True)
        outputs = [exp.alias_(tree, f"k{place}", quoted=True) for place, tree in enumerate(select.expressions)]
        select = select.select(*outputs, append=False, copy=True)
        typed = [self._resolve(tree) for tree in subject.of] or [key.typed for key in keys]
        spare, copy = self._survivor(subject.survivor, typed) if subject.survivor and item.is_row_check else (None, None)
        is_plain = subject.survivor is not None and where is None and len(keys) == 1 and keys[0].is_native_integer
        self.keys.append(KeySet(number, name, select, typed[0] if is_plain else None))
        member: Tree = InSet(this=exp.to_identifier(name, quoted=True), expressions=typed)
        marked = all_of(where, member) if where is not None else member
        return Predicate(number, marked, spare, copy)

    def _visit(self, number: int, item: Check, subject: Foreign, where: Tree | None) -> Predicate:
        """A script's rows: those whose numbers it returns."""
        if not self.columns.ordered:
            raise CannotBind(
                Status.ERROR, f"{item.id} runs Python in {subject.tool}, which needs rows with numbers: {_ELSEWHERE}"
            )
        handed = _typed_columns(self.names, self.columns)
        given = {name: self.names.find(name) for name in subject.columns or handed}
        columns = {
            name: handed.get(value.raw.name, value.typed) if isinstance(value.raw, exp.Column) else value.typed
            for name, value in given.items()
        }
        name = f"__dq_rows_{number}"
        self.visits.append(Visit(number, name, subject.run, columns, subject.in_batches))
        member: Tree = InSet(this=exp.to_identifier(name, quoted=True), expressions=[column(ROW_NO)])
        return Predicate(number, all_of(where, member) if where is not None else member)

    def _survivor(self, survivor: Survivor, keys: list[Tree]) -> tuple[Tree, Tree]:
        """Over the marked rows: who goes on, and who stays only because an equal row goes on."""
        whole = [column(name) for name in self.columns.types]
        count = exp.Count(this=exp.Star())
        first_copy = compare("=", _over(exp.RowNumber(), whole, ROW_NO), literal(1))
        if survivor.keep is not Keep.NONE and not survivor.by:
            if not self.columns.ordered:
                word = f"{survivor.keep} by COLUMN"
                raise CannotBind(
                    Status.ERROR, f"rows of a table have no order to keep the {survivor.keep} by: say `keep: {word}`"
                )
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
        others = (name for name in subject.references if name not in (self.plan.object, *self.names.references))
        if missing := next(others, None):
            raise CannotBind(Status.SKIP, f"the other dataset '{missing}' is not given: --with {missing}=FILE")
        tables = {self.plan.object: TYPED, **{name: reference(name).name for name in self.names.references}}
        shown = self.names.find(item.columns[0]).raw.name if item.columns else ""
        words = dict.fromkeys(("object", "table", "model", "schema"), TYPED) | {
            name: shown for name in ("property", "column") if shown
        }
        dialect = subject.dialect or self.dialect
        asked = subject.query.replace("{columns}", self._listed(subject.columns)) if subject.columns else subject.query
        text = placeholders(asked, words, dialect=dialect)
        self.answers[number] = query(text, place=item.clause.place.path, dialect=dialect, tables={**tables, TYPED: TYPED})

    def _listed(self, said: ColumnList) -> str:
        """Columns by name, as text of DuckDB's."""
        names = said.named or [name for name in self.columns.types if name not in said.excluded]
        listed = []
        for name in names:
            value = self.names.find(name)
            text = str(column(name).sql(dialect="duckdb"))
            is_rounded = said.digits is not None and value.kind.base in (Base.NUMBER, Base.DECIMAL)
            listed.append(f"round({text}, {said.digits}) AS {text}" if is_rounded else text)
        return ", ".join(listed)

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
    return with_children(tree, lambda child: _rebuild(child, change))
