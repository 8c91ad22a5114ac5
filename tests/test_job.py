"""What was understood once is shared: the same text is the same contract, and its plan, which no run changes."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import dq
from dq.job import prepare
from tests.people import CONTRACT

CONTRACTS = sorted((Path(__file__).parents[1] / "contracts").glob("*/*.odcs.yaml"))
STATE = "      - {name: state, logicalType: string, logicalTypeOptions: {pattern: '${STATE}'}}\n"


def _write(path: Path, oldest: int = 120, more: str = "") -> Path:
    path.write_text(CONTRACT.format(version="1.0.0", oldest=oldest, budget='"50%"', more=more), "utf-8")
    return path


def _rows(path: Path) -> pd.DataFrame:
    """Two rows of nothing, with every column of the contract in *path*."""
    (item,) = dq.load_contract(path).objects
    return pd.DataFrame({part.name: [None, None] for part in item.properties}, dtype="object")


@pytest.mark.parametrize("path", CONTRACTS, ids=lambda path: path.parent.name)
def test_no_run_changes_a_plan(path: Path, tmp_path: Path) -> None:
    """Over a frame, a file and a table, with and without a store, the plan is the same object, and says the same."""
    frame = _rows(path)
    settings = dq.Settings(store_url=f"sqlite:///{tmp_path}/store.db", quarantine_url=str(tmp_path / "vault"))
    plan = prepare(frame, path).plan
    before = repr(plan)
    first = dq.validate(frame, path)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    with closing(sqlite3.connect(tmp_path / "rows.db")) as connection:
        frame.to_sql("rows", connection, index=False)
    dq.validate(tmp_path / "rows.csv", path)
    dq.validate(dq.Table(f"sqlite:///{tmp_path}/rows.db", "rows"), path)
    dq.enforce(frame, path, stage="raw", settings=settings)
    again = dq.validate(frame, path)
    assert prepare(frame, path).plan is plan
    assert repr(plan) == before
    assert [(item.status, item.message, item.sql) for item in first.checks] == [
        (item.status, item.message, item.sql) for item in again.checks
    ]


def test_threads_share_a_plan() -> None:
    """Runs at once, over one plan, find what each would alone."""
    (path,) = (item for item in CONTRACTS if item.parent.name == "departures")
    frame = _rows(path)

    def found(_: int) -> list[Any]:
        return [(item.status, item.message, item.sql) for item in dq.validate(frame, path).checks]

    alone = found(0)
    with ThreadPoolExecutor(8) as pool:
        assert all(item == alone for item in pool.map(found, range(24)))


def test_another_text_is_another_contract(tmp_path: Path) -> None:
    """What is written holds, whenever it was written; two files that say the same are told apart in errors."""
    path = _write(tmp_path / "a.odcs.yaml")
    first = dq.load_contract(path)
    assert dq.load_contract(path) is first
    assert dq.load_contract(_write(tmp_path / "b.odcs.yaml")).place.document.endswith("b.odcs.yaml")
    frame = pd.DataFrame({"id": [1], "age": [130], "since": [None]})
    assert dq.validate(frame, path).bad_rows == 1
    _write(path, oldest=150)
    assert dq.validate(frame, path).bad_rows == 0
    _write(path)
    assert dq.validate(frame, path).bad_rows == 1


def test_another_environment_is_another_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable in a rule means what it is when the rule is run."""
    path = _write(tmp_path / "a.odcs.yaml", more=STATE)
    frame = pd.DataFrame({"id": [1], "age": [30], "since": [None], "state": ["open"]})
    for state, bad in (("open", 0), ("shut", 1), ("open", 0)):
        monkeypatch.setenv("STATE", state)
        assert dq.validate(frame, path).bad_rows == bad


def test_what_is_wrong_is_told_every_time(tmp_path: Path) -> None:
    """A contract that cannot be used is refused again, and used when it was mended."""
    path = tmp_path / "a.odcs.yaml"
    wrong = _write(path).read_text("utf-8").replace("maximum: 120", "maximum: old")
    path.write_text(wrong, "utf-8")
    for _ in range(2):
        with pytest.raises(dq.ContractError):
            dq.validate([{"id": 1, "age": 3}], path)
    assert dq.validate([{"id": 1, "age": 3, "since": None}], _write(path)).rows == 1
