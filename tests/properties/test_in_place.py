"""Rows that are moved within their database: none is lost, doubled or changed, whatever they hold and whatever the rules are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

import dq
from dq.contract import read
from tests.conformance.databases import table
from tests.conformance.fact import DATABASES
from tests.properties.profile import bounded
from tests.properties.tables import Case, cases


@pytest.mark.parametrize("kind", DATABASES)
def test_both_tables_have_together_what_came_in(kind: str, tmp_path: Path, database: Callable[[str], str]) -> None:
    """
    Rows left and rows moved are the rows that came in, as they were, after every enforcement, and under every contract.

    What is moved is what objects would have got, for the same reasons; and a contract without a rule brings all of it back.
    """

    @bounded(0.6)
    @given(cases(), st.sampled_from((0, 2)))
    def property_(case: Case, twice: int) -> None:
        case = replace(case, cells=(*case.cells, *case.cells[:twice]))
        source = table(replace(case.rows(tmp_path), database=database), kind)
        if kind == "mariadb":
            _ask(source, f"ALTER TABLE {source.name} ADD COLUMN `n` bigint AUTO_INCREMENT PRIMARY KEY")
        came = _bag(source, source.name)
        strict = read(json.dumps(case.document), "random.odcs.yaml")
        settings = dq.Settings(samples=0, store_url=f"sqlite:///{tmp_path / 'store.db'}", quarantine_url=str(tmp_path / "vault"))
        words: dict[str, Any] = {"key": source.name, "policy": dq.Policy("quarantine", "none"), "settings": settings}
        beside = dq.enforce(
            source, strict, stage="beside", output=dq.Table(source.database, _with(source.name, "_good")), **words
        )
        done = dq.enforce(source, strict, stage="raw", output="in_place", **words)
        if not done.ok:
            assert _bag(source, source.name) == came
            return
        moved = _with(source.name, "__quarantine")
        assert _bag(source, source.name) + _bag(source, moved, source.name) == came
        assert _told(done) == _told(beside)
        assert dq.History(settings).verify(done.batch.id) == ()
        again = dq.enforce(source, strict, stage="raw", output="in_place", **words)
        assert (again.batch.id, again.batch.edition) == (done.batch.id, done.batch.edition)
        nothing = {**case.document, "version": "9.0.0", "schema": [{"name": "t"}]}
        back = dq.enforce(source, read(json.dumps(nothing), "random.odcs.yaml"), stage="raw", output="in_place", **words)
        assert (back.rows_quarantined, _bag(source, source.name)) == (0, came)

    property_()


def _told(done: dq.Enforcement) -> Counter[str]:
    """The rows that were diverted, with their reasons."""
    return Counter(repr([value for name, value in row.items() if name != "__dq_row_no"]) for row in done.bad.to_pylist())


def _bag(source: dq.Table, name: str, like: str = "") -> Counter[str]:
    """What stands in a table; of the columns of another."""
    columns = [name for name, *_ in _described(source, like or name)]
    mark = "`" if "`" in name else '"'
    listed = ", ".join(mark + column.replace(mark, mark * 2) + mark for column in columns)
    return Counter(map(repr, _ask(source, f"SELECT {listed} FROM {name}")))


def _described(source: dq.Table, name: str) -> Any:
    raw = sa.create_engine(source.url, poolclass=sa.NullPool).raw_connection()
    try:
        cursor = raw.driver_connection.cursor()  # type: ignore[union-attr]
        cursor.execute(f"SELECT * FROM {name} LIMIT 0")
        return cursor.description
    finally:
        raw.close()


def _ask(source: dq.Table, sql: str) -> list[tuple[Any, ...]]:
    raw = sa.create_engine(source.url, poolclass=sa.NullPool).raw_connection()
    try:
        cursor = raw.driver_connection.cursor()  # type: ignore[union-attr]
        cursor.execute(sql)
        found = cursor.fetchall() if cursor.description else []
        raw.commit()
        return [tuple(row) for row in found]
    finally:
        raw.close()


def _with(name: str, suffix: str) -> str:
    """A quoted name, longer."""
    return name[:-1] + suffix + name[-1]
