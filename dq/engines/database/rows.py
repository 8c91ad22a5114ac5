"""The statements over rows and their marks: their numbers, the marked rows themselves, and those that go on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlglot import exp

from dq.engines.database.marked import HASH
from dq.engines.database.marks import COPIED, MARKED, SPARED, Marks
from dq.engines.database.statements import MARKED_ROWS, ROW_ID, Statements
from dq.plan import Predicate
from dq.sql import Tree, any_of, column, count_if, literal, render

Live = Mapping[int, Predicate]
GOOD = "__dq_good"  # the rows that go on
_TOGETHER = 50  # texts
MOST_NAMED = 300_000  # marked rows that are looked up by their names; more are found by their marks again


def diverting(live: Live, checks: Collection[int]) -> dict[int, Predicate]:
    """Those of *live* that divert rows."""
    return {check: item for check, item in live.items() if check in checks}


def numbers(statements: Statements, live: Live, measures: Mapping[str, Tree]) -> tuple[list[str], str]:
    """
    The names of the numbers, and the statement that gives them: `rows`, `bad:3` of check 3, then the *measures*.

    Where a row has a name of its own, `ids` gathers those of the marked rows. A row's marks are worked out once, then counted.
    """
    session, marks = statements.session, Marks.of(live.keys())
    bad = {check: statements.sql(item.bad) for check, item in live.items()}
    trees = [*(item.bad for item in live.values()), *measures.values()]
    measured = {name: statements.sql(tree) for name, tree in measures.items()}
    counts = {"rows": "COUNT(*)"}
    if not session.fence:
        counts |= {f"bad:{check}": statements.sql(count_if(item.bad)) for check, item in live.items()} | measured
        return list(counts), statements.select(_aliased(counts), trees)
    counts |= {f"bad:{check}": f"COUNT(*) FILTER (WHERE {marks.any_of([check])})" for check in live} | measured
    if statements.row_id and live:
        counts["ids"] = session.gathered(ROW_ID, marks.any_of(live.keys()), MOST_NAMED)
    inner = statements.plain_select(["*", *marks.columns(MARKED, bad, session.whole_number)], trees, session.fence)
    return list(counts), f"{statements.head(trees)} SELECT {', '.join(_aliased(counts))} FROM ({inner}) AS {MARKED_ROWS}"


def _aliased(listed: Mapping[Any, str]) -> list[str]:
    return [f"{sql} AS a{place}" for place, sql in enumerate(listed.values())]


def marked_rows(
    statements: Statements, live: Live, marks: Marks, fetched: Collection[int], ids: Sequence[str] | None = None
) -> str:
    """
    The rows that a check of *fetched* marks: as they are handed on, then a hash, then their *marks* of all *live* checks.

    *ids* name them, with others that are marked: then no other row is looked at. Who is spared among rows that share a key is
    told over all rows with such a key; so those are looked at, too.
    """
    values = statements.handed()
    words = marks.names(MARKED + SPARED + COPIED)
    hashed = f"{statements.session.hash_of(values or ['1'])} AS {HASH}"
    inner = _labelled(statements, live, marks, {*fetched, *_keyed(live)}, ids)
    outer = f"SELECT {', '.join([*values, hashed, *words])} FROM {MARKED_ROWS} WHERE {marks.any_of(fetched)}"
    return f"{inner} {outer}"


def good_rows(statements: Statements, diverting: Live, listed: Sequence[str]) -> str:
    """*listed* (SQL) of the rows, then named GOOD, that no check of *diverting* marks, or that are spared by all that do."""
    whole = ", ".join(statements.whole())
    if not diverting:
        return statements.select(listed)
    bad = any_of(*(item.bad for item in diverting.values()))
    passing = statements.plain_select(statements.whole(), [bad], f"WHERE ({statements.sql(bad)}) IS NOT TRUE")
    keyed = _keyed(diverting)
    if not keyed:
        return f"{statements.head([bad])}, {GOOD} AS ({passing}) SELECT {', '.join(listed)} FROM {GOOD}"
    marks = Marks.of(diverting.keys())
    spared = f"SELECT {whole} FROM {MARKED_ROWS} WHERE NOT ({marks.unspared(diverting.keys())})"
    head = _labelled(statements, diverting, marks, diverting.keys())
    return f"{head}, {GOOD} AS ({passing} UNION ALL {spared}) SELECT {', '.join(listed)} FROM {GOOD}"


def over_good(tree: Tree) -> Tree:
    """A copy of *tree* whose quantiles, which may be a sub-select, are those of the rows that go on."""

    def named(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.PercentileCont):
            node.args["rows"] = GOOD
        return node

    return tree.copy().transform(named, copy=False)


def counted_rows(statements: Statements, live: Live, marks: Marks, checks: Collection[int], ids: Sequence[str] | None) -> str:
    """
    Of the rows that one of *checks* marks and does not spare: how many, the sum of their hashes, and how many each check marks.

    *ids* as in `marked_rows`.
    """
    each = (f"COUNT(CASE WHEN {marks.has_sql(check)} THEN 1 END)" for check in live)
    listed = _aliased(dict(enumerate(["COUNT(*)", statements.session.hash_sum(statements.handed() or ["1"]), *each])))
    head = _labelled(statements, live, marks, {*checks, *_keyed(live)}, ids)
    return f"{head} SELECT {', '.join(listed)} FROM {MARKED_ROWS} WHERE {marks.unspared(checks)}"


def bad_rows(statements: Statements, live: Live, checks: Collection[int], names: Mapping[int, str], more: Sequence[str]) -> str:
    """
    The rows that one of *checks* marks and does not spare, as their owner has them; then their number, their reasons and *more*.

    They are those that `marked_rows` finds, by the same marks of all *live* checks. *names* are texts, by check, *more* is SQL.
    """
    marks = Marks.of(live.keys())
    dialect = statements.session.dialect
    texts = {check: render(literal(names[check]), dialect) for check in live}
    told = marks.told(texts, lambda parts: _joined(parts, dialect)) if live else "''"
    head = _labelled(statements, live, marks, {*checks, *_keyed(live)})
    listed = ", ".join([*statements.as_kept(), "ROW_NUMBER() OVER () - 1", told, *more])
    return f"{head} SELECT {listed} FROM {MARKED_ROWS} WHERE {marks.unspared(checks)}"


def _joined(parts: Sequence[str], dialect: str) -> str:
    """Texts (SQL) one after the other; in groups, for SQLite counts how deep an expression is."""
    if len(parts) > _TOGETHER:
        groups = [parts[start : start + _TOGETHER] for start in range(0, len(parts), _TOGETHER)]
        return _joined([_joined(group, dialect) for group in groups], dialect)
    return f"CONCAT({', '.join(parts)})" if dialect in ("mariadb", "mysql") else f"({' || '.join(parts)})"


def _keyed(live: Live) -> dict[int, Predicate]:
    """Those that spare some of the rows they mark."""
    return {check: item for check, item in live.items() if item.spare is not None}


def _labelled(
    statements: Statements, live: Live, marks: Marks, looked_at: Collection[int], ids: Sequence[str] | None = None
) -> str:
    """The WITH that ends in the rows that a check of *looked_at* marks, with the marks of all *live* checks."""
    keyed = _keyed(live)
    bad = {check: statements.sql(item.bad) for check, item in live.items()}
    flags = [f"CASE WHEN {bad[check]} THEN 1 ELSE 0 END AS {_flag(check)}" for check in keyed]
    whole_number = statements.session.whole_number
    wanted = any_of(*(live[check].bad for check in looked_at))
    test = statements.sql(wanted) if ids is None else statements.session.among(ROW_ID, ids)
    first = statements.plain_select(
        [*statements.whole(), *marks.columns(MARKED, bad, whole_number), *flags],
        [item.bad for item in live.values()],
        f"WHERE {test}",
    )
    spares = {check: _among(statements, item.spare, check) for check, item in keyed.items() if item.spare is not None}
    copies = {check: _among(statements, item.copy, check) for check, item in keyed.items() if item.copy is not None}
    words = [*marks.columns(SPARED, spares, whole_number), *marks.columns(COPIED, copies, whole_number)]
    second = f"SELECT {', '.join([*statements.whole(), *marks.names(MARKED), *words])} FROM __dq_first"
    head = statements.head([item.bad for item in live.values()])
    return f"{head}, __dq_first AS ({first}), {MARKED_ROWS} AS ({second})"


def _among(statements: Statements, tree: Tree, check: int) -> str:
    """The test *tree* over the rows that *check* marks, each of its windows over those alone."""

    def narrowed(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Window):
            node.set("partition_by", [column(_flag(check)), *node.args.get("partition_by", [])])
        return node

    test = tree.copy().transform(narrowed, copy=False)
    return f"{_flag(check)} = 1 AND ({statements.sql(test)})"


def _flag(check: int) -> str:
    return f"__dq_f{check}"
