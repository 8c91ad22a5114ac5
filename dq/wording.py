"""The SQL that finds the bad rows of a check, as a person would write it."""

from __future__ import annotations

from sqlglot import exp

from dq.checks import Answer, Check, Keys, Measure, Rows
from dq.plan import RECORD, TYPED, Passes, Plan
from dq.plan.values import type_of
from dq.sql import SOURCE, InSet, Matches, Tree, all_of, column, compare, is_null, not_, render, render_query, table


def sql_of(number: int, check: Check, plan: Plan, passes: Passes, dialect: str) -> str:
    """
    A query over the dataset's name that returns the bad rows, or the number, of a check; "" where there is none.

    Literals are left out when a column of the check is sensitive. Of text, *passes* are those over its declared types.
    """
    if number in passes.unable or check.id == RECORD:
        return ""
    tree = _query(number, check, plan, passes)
    if tree is None:
        return ""
    if any(plan.hides(name) for name in check.columns):
        tree = tree.transform(_hidden)
    if isinstance(tree, exp.Query) and isinstance(check.subject, Answer):
        return render_query(_as_asked(tree, plan.object), dialect)
    return render(
        tree.transform(lambda node: table(plan.object) if isinstance(node, exp.Table) and node.name == SOURCE else node), dialect
    )


def _hidden(node: exp.Expression) -> exp.Expression:
    """The node without a text that may be a value; a pattern must stay one."""
    if not (isinstance(node, exp.Literal) and node.is_string):
        return node
    return exp.Literal.string("hidden" if isinstance(node.parent, Matches) else "***")


def _as_asked(tree: exp.Query, name: str) -> exp.Query:
    """A user's own query with the dataset called *name* again."""
    tree = tree.copy()
    for node in list(tree.find_all(exp.Identifier)):
        if node.name == TYPED:
            node.replace(exp.to_identifier(name, quoted=True))
    for source in tree.find_all(exp.Table):
        if source.alias == source.name:
            source.set("alias", None)
    return tree


def _query(number: int, check: Check, plan: Plan, passes: Passes) -> Tree | None:
    name = table(plan.object)
    if isinstance(check.subject, Answer):
        return passes.answers[number]
    if isinstance(check.subject, Measure):
        of = {**passes.measures, **passes.good}.get(f"check:{number}")
        return exp.select(of).from_(name) if of is not None else None
    if not isinstance(check.subject, Rows | Keys):
        return None
    bad = next((item.bad for item in passes.rows if item.check == number), None)
    if bad == exp.false():
        return None
    if bad is None:  # counted, not diverted
        of = passes.measures.get(f"check:{number}")
        return exp.select(_spelled(of, passes)).from_(name) if of is not None else None
    return exp.select(exp.Star()).from_(name).where(_spelled(bad, passes), copy=False)


def misread_sql(check: Check, plan: Plan, dialect: str) -> str:
    """Values of a column of text that are there but cannot be read: the idea, not the guarded form that runs."""
    item = plan.field(check.columns[0])
    if item is None or item.kind is None or check.id != f"{item.name}.type":
        return ""
    value = column(item.source)
    unread = is_null(exp.TryCast(this=value.copy(), to=type_of(item.kind), safe=True))
    return exp.select(exp.Star()).from_(table(plan.object)).where(all_of(not_(is_null(value)), unread)).sql(dialect)


def _spelled(tree: Tree, passes: Passes) -> Tree:
    """*tree* with its key sets written out as sub-queries."""
    selects = {item.name: item.select for item in passes.keys}

    def spell(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, InSet):
            return node
        keys = node.expressions
        found = selects[node.this.name]
        if len(keys) == 1:
            return exp.In(this=keys[0].copy(), query=exp.Subquery(this=found.copy()))
        same = [compare("=", exp.column(f"k{place}", table="k", quoted=True), key) for place, key in enumerate(keys)]
        return exp.Exists(this=exp.select(exp.Literal.number(1)).from_(found.subquery("k")).where(all_of(*same)))

    return tree.copy().transform(spell)


def reveals(query: exp.Query, plan: Plan) -> bool:
    """
    Whether the answer of a user's own *query* may hold a value of a sensitive column, or its error may.

    It may when it names one, or whole rows; unless it only counts and compares, and casts nothing, for a cast that fails says
    what it could not read.
    """
    tables = {node.alias_or_name for node in query.find_all(exp.Table)} | {plan.object}
    names = {node.name for node in query.find_all(exp.Column)}
    whole = bool(names & tables) or any(not isinstance(node.parent, exp.Count) for node in query.find_all(exp.Star))
    if not any(map(plan.hides, names)) and not (whole and any(item.hides for item in plan.fields)):
        return False
    told = [node for part in query.selects for node in part.find_all(exp.Column, exp.Star)]
    return query.find(exp.Cast) is not None or any(node.find_ancestor(exp.Count, exp.Predicate) is None for node in told)
