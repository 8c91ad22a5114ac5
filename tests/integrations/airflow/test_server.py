"""Gates in a whole Airflow: what happens to tasks, batches, XComs, links, assets and the tab."""

from __future__ import annotations

from pathlib import Path

import pytest

import dq
from tests.integrations.airflow.server import Server

pytestmark = pytest.mark.timeout(400)
DAY = ("2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z")
NEXT = ("2024-05-02T00:00:00Z", "2024-05-03T00:00:00Z")


def people(path: Path, *ages: int) -> str:
    """A file of people, one for every age."""
    path.write_text("id,age\n" + "".join(f"{number},{age}\n" for number, age in enumerate(ages)), "utf-8")
    return str(path)


def test_a_gate_passes(server: Server, tmp_path: Path) -> None:
    """All rows go on, once."""
    run = server.run("plain", {"source": people(tmp_path / "a.csv", 30, 40)}, at=None)
    assert run.ended() == {"gate": "success", "after": "success"}
    print(run.xcom("gate"), run.links("gate"))
