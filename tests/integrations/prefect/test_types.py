"""A law of types: a gate changes no signature that `mypy --strict` sees."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("prefect")
pytest.importorskip("mypy", reason="needs mypy: it is of the extra dev")

REPOSITORY = Path(__file__).parents[3]
PROGRAM = """\
from prefect import flow, task
from prefect.assets import materialize

from dq_prefect import gate

Rows = list[dict[str, int]]
gated = gate("people", stage="raw", key="{day}")


def plain(day: str, *, limit: int = 3) -> Rows:
    return [] if day else [{"limit": limit}]


async def later(day: str) -> Rows:
    return plain(day)


reveal_type(plain)
reveal_type(gated(plain))
reveal_type(later)
reveal_type(gated(later))
reveal_type(task(plain))
reveal_type(gated(task(plain)))
reveal_type(task(plain))
reveal_type(task(gated(plain)))
reveal_type(task(retries=2)(later))
reveal_type(gated(task(retries=2)(later)))
reveal_type(flow(plain))
reveal_type(gated(flow(plain)))
reveal_type(materialize("s3://lake/people")(plain))
reveal_type(gated(materialize("s3://lake/people")(plain)))
reveal_type(task(plain)("d1"))
reveal_type(gated(task(plain))("d1"))
gated(task(plain))("d1", limit="3")
"""


@pytest.mark.timeout(300)
def test_types_stay(tmp_path: Path) -> None:
    """Tasks, flows and functions with gates have the type that they had without; a wrong call of them stays wrong."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, "utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(file)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    shown = re.findall(r'note: Revealed type is "(.*)"$', done.stdout, re.MULTILINE)
    assert len(shown) == PROGRAM.count("reveal_type"), done.stdout
    assert shown[::2] == shown[1::2]
    assert all("dict[" in item for item in shown)  # none of them is Any
    errors = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.split(":")[1] for line in errors] == [str(PROGRAM.count("\n"))], done.stdout
