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
ORDER = ("expect_column_values_to_be_increasing", "expect_column_values_to_be_decreasing")


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


@pytest.mark.parametrize("fact", [name for name, (expectation, _) in FACTS.items() if expectation not in ORDER])
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
