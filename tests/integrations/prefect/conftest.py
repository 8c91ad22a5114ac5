"""A folder with contracts for every test, and one Prefect server for all of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before Prefect is imported: nothing of the desk that tests run on is read or written.
_HOME = tempfile.TemporaryDirectory(prefix="dq-prefect-", ignore_cleanup_errors=True)
os.environ |= {
    "PREFECT_HOME": _HOME.name,
    "PREFECT_PROFILE": "ephemeral",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "DO_NOT_TRACK": "1",
}
STARTUP = 100  # seconds; a busy machine takes ten times as long as an idle one

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {name}
name: {name}
version: {version}
status: active
customProperties: [{{property: dq, value: {{budget: 50%}}}}]
schema:
  - name: {name}
    properties:
      - {{name: id, logicalType: integer}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: {oldest}}}}}
"""


def write_contract(folder: Path, name: str, version: str = "1.0.0", oldest: int = 120) -> None:
    """A contract about people up to *oldest* years old."""
    path = folder / "contracts" / name / f"{version}.odcs.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(CONTRACT.format(name=name, version=version, oldest=oldest), "utf-8")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with contracts: people up to 120 years old, workers up to 70."""
    write_contract(tmp_path, "people")
    write_contract(tmp_path, "workers", oldest=70)
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DQ_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture(scope="session")
def harness() -> Iterator[None]:
    """Prefect's own server for tests."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=STARTUP):
        yield
