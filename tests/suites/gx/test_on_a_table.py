"""A suite on a table of a database: the same facts as on a frame, and what needs more than SQL is refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
import yaml

import dq
from tests.postgres import postgres
from tests.suites.gx.test_expectations import FACTS, suite_of

__all__ = ["postgres"]

REFUSED = yaml.safe_load((Path(__file__).parent / "on_a_table.yaml").read_text("utf-8"))
REFUSALS = {f"{said['expectation']}-{number}": said for number, said in enumerate(REFUSED)}
# Tables have no order, and types of their own: below.
OF_FRAMES = {
    "expect_column_values_to_be_increasing",
    "expect_column_values_to_be_decreasing",
    "expect_column_values_to_be_of_type",
    "expect_column_values_to_be_in_type_list",
    "expect_column_type_to_be",
}


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """A fresh database."""
    if request.param == "sqlite":
        return sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('d') / 'd.db'}")
    return sa.create_engine(request.getfixturevalue("postgres")(), poolclass=sa.NullPool)


def table_of(database: sa.Engine, rows: dict[str, list[Any]]) -> dq.Table:
    """*rows* as a table."""
    pd.DataFrame(rows).to_sql("t", database, index=False, if_exists="replace")
    return dq.Table(database, "t")


@pytest.mark.parametrize("fact", [name for name, (expectation, _) in FACTS.items() if expectation not in OF_FRAMES])
def test_the_facts_of_frames_hold_on_tables(database: sa.Engine, fact: str) -> None:
    """The same bad rows and the same verdict as on a frame; no check errs."""
    name, said = FACTS[fact]
    result = dq.validate(table_of(database, said["rows"]), suite_of(name, said["kwargs"]), why=False)
    assert not [item.message for item in result.checks if item.status == "error"]
    assert result.ok is said.get("ok", not said.get("bad"))
    if "bad" in said:
        places = range(len(next(iter(said["rows"].values()))))
        strict = {key: value for key, value in said["kwargs"].items() if key != "mostly"}
        numbered = table_of(database, {**said["rows"], "number": list(places)})
        found = dq.validate(numbered, suite_of(name, strict), why=False).bad or ()
        assert sorted(row["number"] for row in found) == said["bad"]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_what_a_table_cannot_have_judged_is_an_error_by_name(database: sa.Engine, refusal: str) -> None:
    """Never a pass, whatever share of rows may be bad; the other expectations of the suite are judged."""
    said = REFUSALS[refusal]
    beside = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "n"}}
    both = [{"type": said["expectation"], "kwargs": said["kwargs"]}, beside]
    table = table_of(database, {"n": [1, 2, 3], "t": ["x", "x", "y"]})
    result = dq.validate(table, dq.load_suite({"name": "s", "expectations": both}))
    assert [item.status for item in result.checks] == ["error", "pass"]
    assert said["says"] in result.checks[0].message
    assert result.status == "error"
    assert not result.ok


def test_the_last_time_is_compared_as_a_time(database: sa.Engine) -> None:
    """Also where a database keeps times as text; bounds are written in either form of ISO 8601."""
    table = table_of(database, {"a": [pd.Timestamp("2001-01-01 12:00:01"), pd.Timestamp("1999-01-01")]})
    for bound in ("2001-01-01 12:00:01", "2001-01-01T12:00:01"):
        suite = suite_of("expect_column_max_to_be_between", {"column": "a", "min_value": bound, "max_value": bound})
        assert dq.validate(table, suite, why=False).ok
    late = suite_of("expect_column_min_to_be_between", {"column": "a", "min_value": "1999-01-01T00:00:01"})
    assert dq.validate(table, late, why=False).status == "fail"


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("DOUBLE PRECISION", "DOUBLE_PRECISION"),
        ("VARCHAR(10)", "VARCHAR"),
        ("TIMESTAMP", "TIMESTAMP"),
        ("BIGINT", "BIGINT"),
        ("NUMERIC(10, 2)", "NUMERIC"),
        ("BOOLEAN", "BOOLEAN"),
    ],
)
def test_types_of_a_database_go_by_the_names_of_sqlalchemy(database: sa.Engine, written: str, named: str) -> None:
    """As suites over databases say them; a column of another type fails."""
    with database.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS t"))
        connection.execute(sa.text(f"CREATE TABLE t (a {written})"))
    suite = suite_of("expect_column_values_to_be_in_type_list", {"column": "a", "type_list": [named]})
    assert dq.validate(dq.Table(database, "t"), suite, why=False).ok
    other = suite_of("expect_column_values_to_be_of_type", {"column": "a", "type_": "DATE"})
    assert dq.validate(dq.Table(database, "t"), other, why=False).status == "fail"
