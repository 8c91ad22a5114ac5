"""Expectations about a table as a whole: its columns, its rows, and questions in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from dq.checks import Answer, Ask, Header, Limit, Op, Unit
from dq.errors import UsageError
from dq.sql import table
from dq.suites.draft import Draft, known
from dq.suites.gx.expectation import Expectation, NoForm, bounds
from dq.suites.gx.types import accepted

Translator = Callable[[Expectation], Draft]
TABLES: dict[str, Translator] = {}


def _table(name: str) -> Callable[[Translator], Translator]:
    return lambda function: TABLES.setdefault(name, function)


def table_drafts(said: Expectation) -> Iterator[Draft]:
    """The checks of an expectation about a table. Raises KeyError for any other."""
    yield TABLES[said.word](said)


# -- columns, from metadata ----------------------------------------------------------------------------------------------


def _header(said: Expectation, header: Header, says: str) -> Draft:
    return Draft("columns", header, says, header.names, dimension="conformity", arguments=dict(said.said))


@_table("expect_column_to_exist")
def _exists(said: Expectation) -> Draft:
    place = said.may("column_index", int)
    if place is None:
        return _header(said, Header(Ask.THERE, (said.column,)), f"there is a column {said.column}")
    return _header(said, Header(Ask.PLACE, (said.column,), place), f"column {said.column} is at place {place}, from 0")


@_table("expect_table_column_count_to_equal")
def _columns(said: Expectation) -> Draft:
    limits = (Limit(Op.EQ, said.need("value", int), Unit.VALUE),)
    return replace(_header(said, Header(Ask.COUNT), "the number of columns"), limits=limits)


@_table("expect_table_column_count_to_be_between")
def _columns_between(said: Expectation) -> Draft:
    return replace(_header(said, Header(Ask.COUNT), "the number of columns"), limits=bounds(said))


@_table("expect_table_columns_to_match_ordered_list")
def _in_order(said: Expectation) -> Draft:
    names = tuple(said.need("column_list", (list, tuple)))
    return _header(said, Header(Ask.ORDER, names), f"the columns are {', '.join(names)}, in this order")


@_table("expect_table_columns_to_match_set")
def _these(said: Expectation) -> Draft:
    names = tuple(said.may("column_set", (list, tuple, set)) or ())
    exact = said.flag("exact_match", default=True)
    says = f"the columns {'are' if exact else 'include'} {', '.join(names) or 'none'}"
    return _header(said, Header(Ask.EXACT if exact else Ask.THERE, names), says)


@_table("expect_column_values_to_be_of_type")
@_table("expect_column_type_to_be")
def _of_type(said: Expectation) -> Draft:
    return _typed(said, (said.need("type_", str),))


@_table("expect_column_values_to_be_in_type_list")
def _of_types(said: Expectation) -> Draft:
    listed = said.may("type_list", (list, tuple))
    if listed is None:
        return _header(said, Header(Ask.THERE, (said.column,)), f"there is a column {said.column}")
    return _typed(said, tuple(map(str, listed)))


def _typed(said: Expectation, names: tuple[str, ...]) -> Draft:
    if not all(names):
        raise UsageError(f"a type of {said.word} is no name: {names!r}", "", "write the type's name, such as int64 or INTEGER")
    types = tuple(dict.fromkeys(form for name in names for form in accepted(name)))
    return _header(said, Header(Ask.TYPE, (said.column,), types=types), f"{said.column} is of type {' or '.join(names)}")


# -- rows ----------------------------------------------------------------------------------------------------------------


@_table("expect_table_row_count_to_equal")
def _rows(said: Expectation) -> Draft:
    return replace(known("row_count", []), limits=(Limit(Op.EQ, said.need("value", int), Unit.VALUE),), where=said.filter)


@_table("expect_table_row_count_to_be_between")
def _rows_between(said: Expectation) -> Draft:
    return replace(known("row_count", []), limits=bounds(said), where=said.filter)


@_table("expect_table_row_count_to_equal_other_table")
def _as_many(said: Expectation) -> Draft:
    if said.filter is not None:
        raise NoForm("a row condition beside another table is not judged")
    other = said.need("other_table_name", str)
    here = "SELECT count(*) FROM {object}"
    query = f"SELECT ({here}) - (SELECT count(*) FROM {table(other).sql(dialect='duckdb')})"
    draft = Draft(
        "row_counts",
        Answer(query, "duckdb", (other,)),
        f"the number of rows beyond those of {other}",
        (),
        dimension="consistency",
    )
    return replace(draft, limits=(Limit(Op.EQ, 0, Unit.VALUE),), arguments=dict(said.said))


@_table("unexpected_rows_expectation")
def _no_rows(said: Expectation) -> Draft:
    """The rows of a query are those that should not be; `{batch}` is the data under check."""
    asked = said.need("unexpected_rows_query", str).strip().rstrip(";")
    if "{batch}" not in asked:
        raise UsageError("'unexpected_rows_query' does not say {batch}", "", "select from {batch}, the data under check")
    query = f"SELECT count(*) FROM ({asked.replace('{batch}', '{object}')}) AS unexpected"
    says = said.notes or "the number of rows that a query finds"
    draft = Draft("unexpected_rows", Answer(query), says, (), dimension="accuracy", arguments=dict(said.said))
    return replace(draft, limits=(Limit(Op.EQ, 0, Unit.VALUE),))


@_table("expect_query_results_to_match_comparison")
def _compared(said: Expectation) -> Draft:
    raise NoForm(
        f"it compares with a data source of Great Expectations, {said.need('comparison_data_source_name')}: use `dq compare`"
    )
