"""Small frames share one instance of DuckDB: nobody sees the rows of another, and nobody gets out."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dq
from dq.engines.duckdb.shared import is_small, shared
from dq.errors import EngineError, UsageError
from dq.source import source
from tests.people import contract

FEW, MANY = 10_000, 10_001


@contextmanager
def _shared(**said: Any) -> Iterator[Any]:
    connection = shared(memory_limit="1GB", spill="", **said)
    try:
        yield connection
    finally:
        connection.close()


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pa.table, lambda columns: [{"id": number} for number in columns["id"]]]
)
def test_few_rows_are_small(make: Any) -> None:
    """Ten thousand rows are, whatever the library; one more is not, nor what only streams, nor files."""
    few, many = (source(make({"id": list(range(count))})) for count in (FEW, MANY))
    assert is_small([few])
    assert not is_small([many])
    assert not is_small([few, many])
    assert not is_small([few, source("people.csv")])
    reader = pa.table({"id": [1]}).to_reader()
    assert not is_small([source(reader)])


def test_threads_at_once_see_their_own_rows(tmp_path: Path) -> None:
    """Sixteen validations of different frames at once find what each would alone."""
    contract(tmp_path)
    path = tmp_path / "contracts/ages/1.0.0.odcs.yaml"

    def bad(number: int) -> int:
        frame = pd.DataFrame({"id": range(100), "age": [200] * number + [20] * (100 - number)})
        return dq.validate(frame, path).bad_rows

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(bad, range(1, 17))) == list(range(1, 17))


def test_what_one_makes_no_other_sees() -> None:
    """Tables, views and registered frames end with their connection, and are nobody else's before."""
    with _shared() as one, _shared() as other:
        one.raw.register("rows", pa.table({"id": [1]}))
        one.run("CREATE TEMP TABLE kept AS SELECT * FROM rows")
        for name in ("rows", "kept"):
            with pytest.raises(EngineError, match=f"{name} does not exist"):
                other.run(f"SELECT * FROM {name}")
        other.raw.register("rows", pa.table({"id": [2]}))
        assert (one.run("SELECT id FROM rows"), other.run("SELECT id FROM rows")) == ([(1,)], [(2,)])


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('people.csv')",
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'other.db'",
        "SET memory_limit = '4GB'",
        "SET enable_external_access = true",
        "LOAD httpfs",
    ],
)
def test_the_door_is_closed(statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, no network, no other limits, on the first cursor and on later ones."""
    monkeypatch.chdir(tmp_path)
    Path("people.csv").write_text("id\n1\n", "utf-8")
    for _ in range(2):
        with _shared() as connection, pytest.raises(duckdb.Error):
            connection.raw.execute(statement)
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]


def test_every_cursor_is_in_utc() -> None:
    """A time with a zone reads the same for all."""
    for _ in range(2):
        with _shared() as connection:
            assert connection.run("SELECT current_setting('TimeZone')") == [("UTC",)]


def test_who_is_stopped_stops_alone() -> None:
    """An interrupt of one connection leaves another's statement running."""
    with _shared() as one, _shared() as other:
        found: list[Any] = []
        thread = threading.Thread(
            target=lambda: found.append(other.run("SELECT count(*) FROM range(300_000_000) t(i) WHERE i % 7 = 3"))
        )
        thread.start()
        while thread.is_alive():
            one.raw.interrupt()
            thread.join(0.05)
        assert found == [[(42_857_143,)]]


def test_a_wrong_limit_is_told() -> None:
    """A limit that is none is refused, and the next one is tried on its own."""
    for _ in range(2):
        with pytest.raises(UsageError, match="memory limit 'much'"):
            shared(memory_limit="much", spill="")
    with _shared() as connection:
        assert connection.run("SELECT 1") == [(1,)]


def test_a_child_starts_its_own(tmp_path: Path) -> None:
    """A forked process checks small frames, as its parent does afterwards."""
    contract(tmp_path)
    path = tmp_path / "contracts/ages/1.0.0.odcs.yaml"
    frame = pd.DataFrame({"id": [1], "age": [200]})
    assert dq.validate(frame, path).bad_rows == 1
    child = os.fork()
    if not child:
        code = 1
        try:
            code = 0 if dq.validate(frame, path).bad_rows == 1 else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert dq.validate(frame, path).bad_rows == 1


def test_a_fork_that_ends_as_programs_do_ends_well(tmp_path: Path) -> None:
    """With the interpreter taken apart, and nothing of its parent's in it."""
    contract(tmp_path)
    program = (
        "import os, sys, dq\n"
        "dq.validate([{'id': 1, 'age': 20}], 'contracts/ages/1.0.0.odcs.yaml')\n"
        "child = os.fork()\n"
        "sys.exit(0 if not child else os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=False).returncode == 0
