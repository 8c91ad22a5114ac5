"""Whatever dies, and whenever: no row is lost, none is doubled, none goes on before its bad siblings are safe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.campaign import POINTS, run


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_on_sqlite() -> None:
    """Over 150 attempts, killed at every named point at least once, every law holds at every rest."""
    report = run(150, seed=1)
    assert not report.wrong, str(report)
    assert set(POINTS) <= set(report.killed)


@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_on_postgresql(postgres: Callable[[], str]) -> None:
    """Over 60 attempts, database connections cut among them, every law holds at every rest."""
    report = run(60, 2, postgres)
    assert not report.wrong, str(report)
    assert report.ends["killed"] > 5
