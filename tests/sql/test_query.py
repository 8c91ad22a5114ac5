"""Users' own queries: one SELECT over known tables by known functions, and nothing that reads, writes or waits elsewhere."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml
from sqlglot import exp

from dq.errors import UsageError
from dq.sql import placeholders, query, render_query
from dq.sql.allowed import FUNCTIONS, STRUCTURE

CASES: dict[str, list[list[str]]] = yaml.safe_load(Path(__file__).with_name("queries.yaml").read_text("utf-8"))
PLACE = "orders.odcs.yaml:9"
TABLES = {"orders": "rows 1", "ref.planes": "planes", "c": "other"}


def parsed(text: str) -> exp.Query:
    """The query *text* over the tables of the cases."""
    return query(text, place=PLACE, dialect="duckdb", tables=TABLES)


@pytest.mark.parametrize("case", CASES["accepted"], ids=lambda case: case[0][:50])
def test_a_query_reads_the_known_tables(case: list[str]) -> None:
    """Tables are found in any case of letters and replaced; their old names stay as aliases."""
    written = render_query(parsed(case[0]), "duckdb")
    assert written == case[1] or case[1] == "*"


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case[0][:50])
def test_what_is_no_harmless_query_is_refused(case: list[str]) -> None:
    """Statements, table functions, files, other tables and functions with effects are refused by name, with the place."""
    with pytest.raises(UsageError) as caught:
        parsed(case[0])
    assert caught.value.where == PLACE
    assert caught.value.mend
    assert caught.value.what == case[1] or (case[1].endswith("*") and caught.value.what.startswith(case[1][:-1]))


def test_an_accepted_query_runs() -> None:
    """What is rendered is what DuckDB understands, over the replaced tables."""
    text = "WITH x AS (SELECT a FROM orders WHERE orders.a > 1) SELECT count(*), (SELECT max(id) FROM c) FROM x"
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE "rows 1" AS SELECT unnest([1, 2, 3]) AS a; CREATE TABLE other AS SELECT 7 AS id')
        assert connection.execute(render_query(parsed(text), "duckdb")).fetchall() == [(2, 7)]


@pytest.mark.parametrize("text", ["/etc/passwd", "x'y", 'a"b', "{object}"])
def test_a_placeholder_is_a_quoted_name(text: str) -> None:
    """A name that is hostile becomes an unknown table, and no SQL."""
    written = placeholders("SELECT * FROM {object}", {"object": text})
    with pytest.raises(UsageError, match="unknown table"):
        parsed(written)
    assert written == f'SELECT * FROM "{text.replace(chr(34), chr(34) * 2)}"'


@pytest.mark.parametrize("case", CASES["placeholders"], ids=lambda case: case[0][:50])
def test_placeholders_are_replaced_outside_text_and_comments(case: list[str]) -> None:
    """Both forms, with and without quotes of their own; text literals, comments and other braces stay."""
    assert placeholders(case[0], {"object": "rows", "table": "rows", "property": 'a"b'}) == case[1]


def test_a_placeholder_is_quoted_as_its_dialect_quotes() -> None:
    """MySQL and Spark take backticks."""
    assert placeholders("SELECT {column}", {"column": "a`b"}, dialect="mysql") == "SELECT `a``b`"


def test_a_placeholder_without_a_value_is_refused() -> None:
    """`{property}` means nothing on a table."""
    with pytest.raises(UsageError) as caught:
        placeholders("SELECT {property} FROM {object}", {"object": "t"})
    assert str(caught.value) == "placeholder {property} names nothing here\n  placeholders here: object"


def test_an_unknown_dialect_is_refused() -> None:
    """The message names dialects that there are."""
    with pytest.raises(UsageError) as caught:
        query("SELECT 1", place=PLACE, dialect="klingon", tables={})
    assert str(caught.value).startswith("unknown SQL dialect 'klingon'\n  name it as duckdb, postgres")


def test_a_query_of_another_dialect_is_parsed_as_such() -> None:
    """Quotes and functions are those of the dialect it was written in."""
    tree = query("SELECT `a`, IFNULL(b, 0) FROM `Orders`", place=PLACE, dialect="mysql", tables=TABLES)
    assert render_query(tree, "mysql") == "SELECT `a`, COALESCE(b, 0) FROM `rows 1` AS `Orders`"


def test_a_long_or_deep_query_is_refused() -> None:
    """Limits hold before the parser is asked."""
    for text, what in (
        ("SELECT " + "1" * 100_000, "a query of 100007 characters"),
        ("SELECT '\0'", "a NUL character in a query"),
    ):
        with pytest.raises(UsageError) as caught:
            parsed(text)
        assert caught.value.what == what
    with pytest.raises(UsageError):
        parsed("SELECT " + "(" * 3000 + "1" + ")" * 3000)


def test_nothing_allowed_has_effects() -> None:
    """The lists hold no node that reads, writes, names a user or rolls dice."""
    names = {kind.__name__ for kind in FUNCTIONS | STRUCTURE}
    effects = {
        "ReadCSV",
        "ReadParquet",
        "Rand",
        "Randn",
        "Uuid",
        "CurrentUser",
        "SessionUser",
        "Insert",
        "Update",
        "Delete",
        "Command",
    }
    effects |= {
        "Into",
        "Lock",
        "Create",
        "Drop",
        "Parameter",
        "Placeholder",
        "Anonymous",
        "NextValueFor",
        "Columns",
        "TableSample",
    }
    assert names & effects == set()
    assert all(hasattr(exp, name) for name in effects)
