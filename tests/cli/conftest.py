"""A small contract with data, and two ways to run `dq`: in this process, and as one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dq.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
schema:
  - name: people
    properties:
      - name: id
        logicalType: integer
        primaryKey: true
        primaryKeyPosition: 1
      - name: age
        logicalType: integer
        logicalTypeOptions: {minimum: 0, maximum: 120}
      - name: state
        logicalType: string
        tags: [words]
        quality:
          - id: known_state
            metric: invalidValues
            arguments: {validValues: [open, shut]}
            mustBe: 0
            severity: warning
"""
GOOD = "id,age,state\n1,30,open\n2,41,shut\n3,,open\n"
WARNED = "id,age,state\n1,30,open\n2,41,gone\n"
BAD = "id,age,state\n1,30,open\n2,141,shut\n3,-1,open\n"


@dataclass(frozen=True)
class Run:
    """How a run of `dq` went."""

    code: int
    out: str
    err: str


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with contracts/people and three files: good.csv, warned.csv, bad.csv."""
    (tmp_path / "contracts" / "people").mkdir(parents=True)
    (tmp_path / "contracts" / "people" / "1.0.0.odcs.yaml").write_text(CONTRACT, "utf-8")
    for name, text in {"good": GOOD, "warned": WARNED, "bad": BAD}.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DQ_")] + ["FORCE_COLOR", "NO_COLOR", "COLUMNS"]:
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def dq(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run `dq` in this process."""
    del folder

    def run(*arguments: object) -> Run:
        capsys.readouterr()
        code = main([str(item) for item in arguments])
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


@pytest.fixture
def process(folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a shell command in a process of its own; `$DQ` is the command line tool."""

    def run(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        known: dict[str, Any] = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DQ": f"{sys.executable} -m dq"}
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=folder,
            env={**known, **environment},
            capture_output=True,
            text=True,
            errors="backslashreplace",
            timeout=60,
            check=False,
        )

    return run
