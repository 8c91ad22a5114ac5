"""dbt tests that look at another model beside this one: each is a question in SQL, which has one number as its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from dq.checks import Answer, ColumnList, Limit, Op, Unit
from dq.errors import UsageError
from dq.sql import column, table
from dq.suites.dbt.rows import model, names
from dq.suites.draft import Draft
from dq.suites.gx.expectation import Expectation, NoForm

Translator = Callable[[Expectation], Draft]
MODELS: dict[str, Translator] = {}
_E = "dbt_expectations.expect_"
_HERE = "{object}"


def _test(*words: str) -> Callable[[Translator], Translator]:
    def register(function: Translator) -> Translator:
        MODELS.update(dict.fromkeys(words, function))
        return function

    return register


def model_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of a test beside another model. Raises KeyError for any other."""
    if said.filter is not None:
        raise NoForm("a filter of a test beside another model is not judged")
    yield MODELS[said.word](said)


def _name(name: str) -> str:
    return str(column(name).sql(dialect="duckdb"))


def _table(said: Expectation) -> tuple[str, str]:
    """The other model's name, and how SQL says it."""
    name = model(said.need("to" if "to" in said.said else "compare_model", str))
    return name, str(table(name).sql(dialect="duckdb"))


def _asked(said: Expectation, query: str, other: str, says: str) -> Draft:
    """A query whose answer must be 0: how many groups, or rows, are not as expected."""
    subject = Answer(query, "duckdb", references=(other,))
    return Draft(said.word.rpartition(".")[2], subject, says, (), (Limit(Op.EQ, 0, Unit.VALUE),), dimension="consistency")


def _compared(said: Expectation, bad: str, here: str = "count(*)", there: str = "count(*)", groups: Sequence[str] = ()) -> Draft:
    """How many groups break *bad*, which compares `a.v` of this model with `b.v` of the other; without groups, all is one."""
    name, other = _table(said)
    keys = [f"{text} AS g{number}" for number, text in enumerate(groups)]
    listed = ", ".join([*keys, ""])
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    joined = " AND ".join(f"a.g{number} IS NOT DISTINCT FROM b.g{number}" for number in range(len(groups))) or "TRUE"
    query = (
        f"SELECT count(*) FROM (SELECT {listed}{here} AS v FROM {_HERE}{_where(said, 'row_condition')}{grouped}) AS a "
        f"FULL JOIN (SELECT {listed}{there} AS v FROM {other}{_where(said, 'compare_row_condition')}{grouped}) AS b "
        f"ON {joined} WHERE {bad}"
    )
    per = f" per {', '.join(groups)}" if groups else ""
    return _asked(said, query, name, f"{said.word.rpartition('.')[2].replace('_', ' ')}: {name}{per}")


def _where(said: Expectation, word: str) -> str:
    text = said.may(word, str)
    return f" WHERE {text}" if text else ""


def _by(said: Expectation, word: str = "group_by_columns") -> list[str]:
    return [_name(name) for name in names(said, word)] if said.may(word) else []


_COUNTS = "coalesce(a.v, 0)", "coalesce(b.v, 0)"


@_test("dbt_utils.equal_rowcount", f"{_E}table_row_count_to_equal_other_table")
def _as_many(said: Expectation) -> Draft:
    groups = [*_by(said), *_by(said, "group_by")]
    return _compared(said, f"{_COUNTS[0]} <> {_COUNTS[1]}", groups=groups)


@_test(f"{_E}table_row_count_to_equal_other_table_times_factor")
def _times(said: Expectation) -> Draft:
    factor = said.number("factor")
    return _compared(said, f"{_COUNTS[0]} <> {_COUNTS[1]} * {factor}", groups=_by(said, "group_by"))


@_test("dbt_utils.fewer_rows_than")
def _fewer(said: Expectation) -> Draft:
    return _compared(said, f"{_COUNTS[0]} >= {_COUNTS[1]}", groups=_by(said))


@_test(
    "dbt_expectations.equal_expression",
    f"{_E}table_aggregation_to_equal_other_table",
    f"{_E}column_distinct_count_to_equal_other_table",
)
def _aggregates(said: Expectation) -> Draft:
    """Equal, or within a tolerance, absolute or a share of this model's."""
    if said.word.endswith("distinct_count_to_equal_other_table"):
        field = said.may("compare_column_name", str, said.column)
        return _compared(
            said, "a.v IS DISTINCT FROM b.v", f"count(DISTINCT {_name(said.column)})", f"count(DISTINCT {_name(field)})"
        )
    here = said.need("expression", str)
    absolute, share = said.may("tolerance", (int, float)), said.may("tolerance_percent", (int, float))
    bad = "a.v IS DISTINCT FROM b.v"
    if absolute is not None or share is not None:
        reach = f"abs(a.v) * {share}" if share is not None else str(absolute)
        bad = f"a.v IS NULL OR b.v IS NULL OR abs(a.v - b.v) > {reach}"
    groups = [str(item) for item in said.may("group_by", (list, tuple), ())]
    if said.may("compare_group_by", (list, tuple), groups) != groups:
        raise NoForm("compare_group_by other than group_by is not judged")
    return _compared(said, bad, here, said.may("compare_expression", str, here), groups)


@_test("dbt_utils.cardinality_equality")
def _cardinality(said: Expectation) -> Draft:
    """Each value occurs as often here as there."""
    name, other = _table(said)
    here, field = _name(said.column), _name(said.need("field", str))
    query = (
        f"SELECT count(*) FROM (SELECT {here} AS g0, count(*) AS v FROM {_HERE} GROUP BY {here}) AS a "
        f"FULL JOIN (SELECT {field} AS g0, count(*) AS v FROM {other} GROUP BY {field}) AS b "
        f"ON a.g0 IS NOT DISTINCT FROM b.g0 WHERE a.v IS DISTINCT FROM b.v"
    )
    return _asked(said, query, name, f"{said.column} has each value as often as {said.said['field']} of {name}")


@_test("dbt_utils.equality")
def _equality(said: Expectation) -> Draft:
    """The same rows here as there, each once, by the columns compared; numbers to *precision* digits after the point."""
    name, other = _table(said)
    compared, excluded = said.may("compare_columns", list), said.may("exclude_columns", list, [])
    if compared and excluded:
        raise UsageError("compare_columns and exclude_columns exclude each other", "", "say one of them")
    sides = f"SELECT {{columns}} FROM {_HERE}", f"SELECT {{columns}} FROM {other}"
    query = (
        f"SELECT (SELECT count(*) FROM ({sides[0]} EXCEPT {sides[1]}) AS a) + "
        f"(SELECT count(*) FROM ({sides[1]} EXCEPT {sides[0]}) AS b)"
    )
    draft = _asked(said, query, name, f"the rows are those of {name}")
    columns = ColumnList(tuple(compared or ()), tuple(excluded), said.may("precision", int))
    return replace(draft, subject=Answer(query, "duckdb", (name,), columns))
