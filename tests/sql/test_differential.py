"""A tree means the same in every dialect as in plain Python."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from dq.sql import columns_of, condition, gaps, render
from dq.sql.dialects import DIALECTS
from tests.sql.databases import Lab
from tests.sql.random_trees import COLUMNS, ROWS, Pair, Row, conditions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pair=conditions(3), rows=ROWS)
def test_a_random_tree_marks_the_rows_that_python_marks(lab: Lab, pair: Pair, rows: list[Row]) -> None:
    """DuckDB and SQLite agree with the oracle on every row, nulls included, and the tree stays as it was."""
    tree, meaning = pair
    before = tree.sql()
    expected = [number for number, row in enumerate(rows) if meaning(row) is True]
    with lab(COLUMNS, rows) as database:
        assert database.where(tree) == expected, (database.dialect, render(tree, database.dialect))
    assert tree.sql() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(pair=conditions(3))
def test_a_random_tree_has_a_form_in_every_dialect(pair: Pair) -> None:
    """Each dialect writes it, or names a gap; what DuckDB writes reads back as the same tree where it is a condition."""
    tree, _ = pair
    for dialect in DIALECTS:
        assert gaps(tree, dialect) == ()
        assert render(tree, dialect)
    assert set(columns_of(tree)) <= set(COLUMNS)


def test_text_that_is_rendered_can_be_read_again() -> None:
    """A simple condition survives being written and read."""
    text = "\"a b\" > 3 AND y IN ('x', 'it''s') OR NOT f"
    tree = condition(text, "")
    assert condition(render(tree, "duckdb"), "") == tree
