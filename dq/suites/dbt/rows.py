"""dbt tests that tell bad rows: conditions, keys, order. A row is bad where its condition is FALSE, not where it is unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from sqlglot import exp

from dq.checks import Keys
from dq.errors import UsageError
from dq.sql import (
    ROW_NO,
    SOURCE,
    AsText,
    Output,
    Tree,
    all_of,
    any_of,
    column,
    columns_of,
    compare,
    condition,
    is_in,
    is_null,
    literal,
    not_,
    table,
)
from dq.suites.draft import Draft, both, known, rows, there
from dq.suites.gx.columns import like_test, pattern_test
from dq.suites.gx.expectation import Expectation, NoForm

Translator = Callable[[Expectation], Draft]
ROWS: dict[str, Translator] = {}


def _test(*names: str) -> Callable[[Translator], Translator]:
    def register(function: Translator) -> Translator:
        ROWS.update(dict.fromkeys(names, function))
        return function

    return register


def row_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of a test that tells bad rows. Raises KeyError for any other."""
    draft = ROWS[said.word](said)
    yield replace(draft, where=both(draft.where, said.filter))


def value(said: Expectation, text: object) -> Tree:
    """A column, or an expression of columns, as a tree."""
    return condition(str(text), said.word)


def _fails(name: str, holds: Tree, says: str) -> Draft:
    return rows(name, not_(holds), says, columns_of(holds))


def names(said: Expectation, word: str) -> tuple[str, ...]:
    """The argument *word*, one name or several."""
    found = said.need(word, (list, tuple, str))
    listed = (found,) if isinstance(found, str) else tuple(found)
    if not listed or not all(isinstance(name, str) and name for name in listed):
        raise UsageError(f"'{word}' of {said.word} is {found!r}", "", "list the names of columns")
    return listed


# -- dbt's own -------------------------------------------------------------------------------------------------------------


@_test("unique")
def _unique(said: Expectation) -> Draft:
    return known("unique", [said.column])


@_test("not_null", "dbt_utils.not_null")
def _not_null(said: Expectation) -> Draft:
    return known("not_null", [said.column])


@_test("accepted_values")
def _accepted(said: Expectation) -> Draft:
    return known("in_set", [said.column], values=said.values("values") or said.need("values", list))


@_test("relationships", "dbt_utils.relationships_where")
def _relationship(said: Expectation) -> Draft:
    if said.may("to_condition", str):
        raise NoForm("a condition on the other model is not judged: give it filtered")
    draft = known("foreign_key", [said.column], to=model(said.need("to", str)), to_columns=[said.need("field", str)])
    said_where = said.may("from_condition", str)
    return replace(draft, where=condition(said_where, said.word) if said_where else None)


def model(text: str) -> str:
    """The name of the model in `ref('orders')` or `source('shop', 'orders')`; a bare name is one too."""
    inner = text.strip().removeprefix("{{").removesuffix("}}").strip()
    if inner.startswith(("ref(", "source(")) and inner.endswith(")"):
        parts = [part.strip().strip("'\"") for part in inner[inner.index("(") + 1 : -1].split(",")]
        return next(part for part in reversed(parts) if part and "=" not in part)
    return inner


# -- conditions --------------------------------------------------------------------------------------------------------------


@_test("dbt_utils.expression_is_true", "dbt_expectations.expression_is_true")
def _expression(said: Expectation) -> Draft:
    """On a column the expression goes on behind its name."""
    text = f"{said.may('column', str, '')} {said.need('expression', str)}".strip()
    return replace(_fails("condition", condition(text, said.word), text), arguments={"sql": text})


@_test("dbt_utils.accepted_range")
def _range(said: Expectation) -> Draft:
    inclusive = said.flag("inclusive", default=True)
    low, high = said.may("min_value"), said.may("max_value")
    if low is None and high is None:
        raise UsageError(f"{said.word} has no bound", "", "add min_value, max_value or both")
    holds = [
        compare(op if inclusive else op[0], column(said.column), value(said, bound) if isinstance(bound, str) else literal(bound))
        for op, bound in ((">=", low), ("<=", high))
        if bound is not None
    ]
    says = " and ".join(f"{word} {bound}" for word, bound in (("at least", low), ("at most", high)) if bound is not None)
    return _fails("between", all_of(*holds), f"{said.column} is {says}")


@_test("dbt_utils.not_accepted_values")
def _not_accepted(said: Expectation) -> Draft:
    return known("not_in_set", [said.column], values=said.need("values", list))


@_test("dbt_utils.not_empty_string")
def _not_empty(said: Expectation) -> Draft:
    text: Tree = column(said.column)
    if said.flag("trim_whitespace", default=True):
        text = exp.Trim(this=text)
    return rows("not_empty", compare("=", text, literal("")), f"{said.column} is not empty", [said.column])


@_test("dbt_expectations.expect_column_values_to_have_consistent_casing")
def _casing(said: Expectation) -> Draft:
    """All rows whose value is also written otherwise."""
    text = column(said.column)
    lower = exp.Lower(this=text)
    inner = exp.select(exp.alias_(lower, "low", quoted=True), exp.alias_(text.copy(), "v", quoted=True)).distinct()
    inner = inner.from_(table(SOURCE)).where(there(said.column))
    low = Output(this=exp.to_identifier("low", quoted=True))
    bad = exp.select(low).from_(inner.subquery("t")).group_by(low.copy())
    bad = bad.having(compare(">", exp.Count(this=exp.Star()), literal(1)))
    keys = Keys((said.column,), bad, of=(lower.copy(),))
    return Draft("consistent_casing", keys, f"{said.column} is written in one way of upper and lower case", (said.column,))


@_test("dbt_expectations.expect_column_pair_values_A_to_be_greater_than_B")
def _greater(said: Expectation) -> Draft:
    first, second = said.need("column_A", str), said.need("column_B", str)
    op = ">=" if said.flag("or_equal") else ">"
    return _fails("greater", compare(op, value(said, first), value(said, second)), f"{first} {op} {second}")


@_test("dbt_expectations.expect_column_pair_values_to_be_equal")
def _equal(said: Expectation) -> Draft:
    first, second = said.need("column_A", str), said.need("column_B", str)
    return _fails("equal", compare("=", value(said, first), value(said, second)), f"{first} = {second}")


@_test("dbt_expectations.expect_column_pair_values_to_be_in_set")
def _pairs(said: Expectation) -> Draft:
    first, second = value(said, said.need("column_A", str)), value(said, said.need("column_B", str))
    listed = said.need("value_pairs_set", list)
    holds = any_of(*(all_of(compare("=", first, literal(a)), compare("=", second, literal(b))) for a, b in listed))
    return _fails("pair_in_set", holds, f"{said.said['column_A']}, {said.said['column_B']} are one of {len(listed)} pairs")


@_test("dbt_expectations.expect_column_values_to_not_match_regex_list")
def _no_patterns(said: Expectation) -> Draft:
    """With `any`, a row is bad where all patterns match; with `all`, where one does."""
    flags = str(said.may("flags", str, ""))
    listed = [f"(?{flags})" * (flags not in ("", "c")) + str(item) for item in said.need("regex_list", list)]
    join = any_of if said.may("match_on", str, "any") == "all" else all_of
    bad = join(*(pattern_test(said, item) for item in listed))
    return replace(
        rows("matches_none", bad, f"{said.column} does not match {', '.join(listed)}", [said.column]), where=there(said.column)
    )


@_test("dbt_expectations.expect_column_values_to_not_match_like_pattern_list")
def _no_forms(said: Expectation) -> Draft:
    listed = said.need("like_pattern_list", list)
    join = any_of if said.may("match_on", str, "any") == "all" else all_of
    bad = join(*(like_test(said, item) for item in listed))
    return replace(
        rows("like_none", bad, f"{said.column} is not like {', '.join(listed)}", [said.column]), where=there(said.column)
    )


@_test("dbt_expectations.expect_column_values_to_be_within_n_stdevs")
def _stdevs(said: Expectation) -> Draft:
    from dq.suites.gx.columns import VALUES  # noqa: PLC0415  the same check

    wanted = replace(said, said={"column": said.column, "threshold": said.may("sigma_threshold", (int, float), 3)})
    return replace(VALUES["expect_column_value_z_scores_to_be_less_than"](wanted), where=there(said.column))


# -- keys and order ----------------------------------------------------------------------------------------------------------


@_test("dbt_utils.unique_combination_of_columns")
def _combination(said: Expectation) -> Draft:
    """A group by those columns, in which nothing is equal to nothing."""
    listed = names(said, "combination_of_columns")
    parts = [part for name in listed for part in _parts(name)]
    select = exp.select(*parts).from_(table(SOURCE)).group_by(*parts).having(compare(">", exp.Count(this=exp.Star()), literal(1)))
    if said.filter is not None:
        select = select.where(said.filter)
    return Draft(
        "unique", Keys(listed, select, of=tuple(parts)), f"{', '.join(listed)} is unique", listed, dimension="uniqueness"
    )


def _parts(name: str) -> tuple[Tree, Tree]:
    return is_null(column(name)), exp.Coalesce(this=AsText(this=column(name)), expressions=[literal("")])


def _before(this: Tree, groups: Sequence[Tree], order: Tree) -> exp.Window:
    return exp.Window(
        this=exp.Lag(this=this),
        partition_by=[group.copy() for group in groups],
        order=exp.Order(expressions=[exp.Ordered(this=order), exp.Ordered(this=column(ROW_NO))]),
    )


def _beside_before(said: Expectation, name: str, bad: Tree, says: str, columns: Sequence[str]) -> Draft:
    """The rows where *bad*, which looks at the row before, is TRUE."""
    test = exp.Case(ifs=[exp.If(this=bad, true=literal(1))], default=literal(0))
    inner = exp.select(exp.alias_(column(ROW_NO), "r", quoted=True), exp.alias_(test, "bad", quoted=True)).from_(table(SOURCE))
    if said.filter is not None:
        inner = inner.where(said.filter)
    row, is_bad = (Output(this=exp.to_identifier(item, quoted=True)) for item in ("r", "bad"))
    select = exp.select(row).from_(inner.subquery("t")).where(compare("=", is_bad, literal(1)))
    return Draft(name, Keys(tuple(columns), select, of=(column(ROW_NO),)), says, tuple(columns), dimension="consistency")


@_test("dbt_expectations.expect_column_values_to_be_increasing", "dbt_expectations.expect_column_values_to_be_decreasing")
def _ordered(said: Expectation) -> Draft:
    up = said.word.endswith("increasing")
    groups = [value(said, item) for item in said.may("group_by", (list, tuple), ())]
    order = value(said, said.may("sort_column", str, said.column))
    worse = ("<" if up else ">") + ("=" if said.flag("strictly", default=True) else "")
    bad = compare(worse, column(said.column), _before(column(said.column), groups, order))
    return _beside_before(
        said, "increasing" if up else "decreasing", bad, f"{said.column} {'in' if up else 'de'}creases", [said.column]
    )


@_test("dbt_utils.sequential_values")
def _sequential(said: Expectation) -> Draft:
    interval, part = said.may("interval", int, 1), said.may("datepart", str)
    this = column(said.column)
    groups = [column(name) for name in _listed(said, "group_by_columns")]
    before: Tree = _before(this.copy(), groups, this.copy())
    if part:
        step: Tree = exp.Add(this=before, expression=exp.Interval(this=literal(str(interval)), unit=exp.var(part.upper())))
    else:
        step = exp.Add(this=before, expression=literal(interval))
    says = f"{said.column} goes up by {interval} {part or ''}".strip()
    return _beside_before(said, "sequential", compare("!=", this, exp.Paren(this=step)), says, [said.column])


@_test("dbt_utils.mutually_exclusive_ranges")
def _ranges(said: Expectation) -> Draft:
    """Each range begins where the one before ended, or after it, as *gaps* says."""
    low, high = value(said, said.need("lower_bound_column", str)), value(said, said.need("upper_bound_column", str))
    groups = [value(said, item) for item in _listed(said, "partition_by")]
    before = _before(high.copy(), groups, low.copy())
    gaps = said.may("gaps", str, "allowed")
    ops = {"not_allowed": "=", "allowed": "<=", "required": "<"}
    if gaps not in ops:
        raise UsageError(f"gaps is '{gaps}'", "", f"say one of {', '.join(ops)}")
    own = "<=" if said.flag("zero_length_range_allowed") else "<"
    holds = all_of(compare(own, low, high), compare(ops[gaps], before, low))
    bad = any_of(is_null(low), is_null(high), not_(holds))
    says = f"the ranges {said.said['lower_bound_column']} to {said.said['upper_bound_column']} do not overlap, gaps {gaps}"
    return _beside_before(
        said, "exclusive_ranges", bad, says, columns_of(all_of(is_in(low, [literal(1)]), is_in(high, [literal(1)])))
    )


def _listed(said: Expectation, word: str) -> tuple[str, ...]:
    return names(said, word) if said.may(word) else ()
