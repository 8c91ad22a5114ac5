"""Four people, two of them bad, and their contract: what tests of enforcement share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import dq
from dq.store import faults

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}
status: active
customProperties:
  - {{property: dq, value: {{budget: {budget}}}}}
schema:
  - name: people
    properties:
      - {{name: id, logicalType: integer, required: true}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{minimum: 0, maximum: {oldest}}}}}
      - {{name: since, logicalType: date}}
{more}"""
CSV = "id,age,since\n1,30,2024-05-01\n2,141,2024-05-02\n3,-1,2024-05-03\n4,50,2024-05-04\n"
ROWS = [{"id": 1, "age": 30}, {"id": 2, "age": 141}, {"id": 3, "age": 40}]


def contract(folder: Path, *, version: str = "1.0.0", oldest: int = 120, more: str = "", budget: str = "50%") -> None:
    """Write a version of the contract, and the same without dates: ages."""
    text = CONTRACT.format(version=version, oldest=oldest, more=more, budget=json.dumps(budget))
    without = text.replace("      - {name: since, logicalType: date}\n", "").replace("people", "ages")
    for name, body in (("people", text), ("ages", without)):
        path = folder / "contracts" / name / f"{version}.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, "utf-8")


def working(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with a contract and a file; what the fixtures called folder give."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DQ_")]:
        monkeypatch.delenv(name)
    contract(tmp_path)
    (tmp_path / "people.csv").write_text(CSV, "utf-8")
    yield tmp_path
    faults.hook(None)


def enforce(source: object = "people.csv", ref: str = "people", **said: Any) -> dq.Enforcement:
    """Enforce at stage raw, into a folder when files come in."""
    files = isinstance(source, str | Path | list) and not (isinstance(source, list) and source and isinstance(source[0], dict))
    said.setdefault("output", "out/" if files and source != [] else None)
    return dq.enforce(source, ref, **{"stage": "raw", **said})


def ids(path: str | Path) -> list[int]:
    """The ids in a published file."""
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(f"SELECT id FROM '{path}' ORDER BY id").fetchall()]


def published(folder: Path) -> list[Path]:
    """Files in the output folder, hidden ones too."""
    return [path for path in (folder / "out").rglob("*") if path.is_file()]
