"""Canary values in sensitive columns: nobody meets one outside the payload."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dq.cli import main
from dq.errors import DqError

CANARIES = ("Canary", "87654", "1987-06-05", "1987, 6, 5")
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
customProperties: [{property: dq, value: {budget: 90%}}]
schema:
  - name: people
    quality:
      - {id: most, type: sql, query: "SELECT max(email) FROM {object}", mustBe: a}
      - {id: cast, type: sql, query: "SELECT sum(CAST(email AS INTEGER)) FROM {object}", mustBeLessThan: 5}
      - {id: part, type: sql, query: "SELECT x FROM (SELECT min(email) AS x FROM {object})", mustBe: a}
      - {id: least, type: sql, query: "SELECT max(salary) FROM {object}", mustBeLessThan: 5}
      - {id: whole, type: sql, query: "SELECT max(people) FROM people", mustBe: a}
    properties:
      - {name: id, logicalType: string, primaryKey: true, customProperties: [{property: dq, value: {subject: true}}]}
      - name: email
        logicalType: string
        classification: confidential
        logicalTypeOptions: {maxLength: 5, pattern: '^[ab]{1,3}$'}
        quality:
          - {metric: duplicateValues, mustBe: 0, severity: warning}
          - {metric: invalidValues, arguments: {validValues: [a]}, mustBe: 0, severity: warning}
          - {metric: missingValues, arguments: {missingValues: [b]}, mustBe: 0, severity: warning}
      - {name: salary, logicalType: integer, classification: restricted, logicalTypeOptions: {maximum: 10}}
      - {name: born, logicalType: date, classification: restricted, logicalTypeOptions: {minimum: '2030-01-01'}}
      - {name: age, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 120}}
      - name: address
        logicalType: object
        properties:
          - {name: zip, logicalType: string, classification: pii, logicalTypeOptions: {maxLength: 2}}
          - {name: town, logicalType: string}
"""
FORMATS = ("terminal", "json", "html", "markdown", "junit", "github", "openlineage")
Say = Callable[..., str]


def _rows() -> list[dict[str, object]]:
    return [
        {
            "id": f"Canary {number % 30}",
            "email": f"mail Canary{number % 20}",
            "salary": 87654300 + number,
            "born": "1987-06-05",
            "age": number * 10,
            "address": {"zip": f"Canary{number}", "town": "T"},
        }
        for number in range(40)
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rows that break everything: some of a wrong type, and a record that cannot be read."""
    path = tmp_path / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CONTRACT, "utf-8")
    lines = [json.dumps(row) for row in _rows()]
    (tmp_path / "typed.jsonl").write_text("\n".join([*lines, '{"id": "Canary broken']) + "\n", "utf-8")
    wrong = [json.dumps({**row, "salary": "Canary", "born": "Canary", "address": "Canary"}) for row in _rows()]
    (tmp_path / "wrong.jsonl").write_text("\n".join(wrong) + "\n", "utf-8")
    header = "id,email,salary,born,age\n"
    cells = "".join(f"Canary {n},Canary,87654{n},Canary,{n * 10}\n" for n in range(20))
    (tmp_path / "cells.csv").write_text(header + cells + 'Canary,"Canary,87654\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DQ_")]:
        monkeypatch.delenv(name)
    return tmp_path


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Say:
    """What a command prints, errors and tracebacks included."""

    def run(*words: str) -> str:
        capfd.readouterr()
        main([*words, "--debug"])
        out, err = capfd.readouterr()
        assert "fault of dq itself" not in err, err
        return out + err

    return run


def _seen(text: str) -> list[str]:
    return [text[max(0, found.start() - 80) : found.end() + 20] for found in re.finditer("|".join(CANARIES), text)]


def _stored(folder: Path) -> Iterator[str]:
    """The bytes of everything that dq keeps, payloads left out."""
    for path in (folder / ".dq").rglob("*"):
        if path.is_file() and "quarantine" not in path.parts:
            yield path.read_bytes().decode("latin-1")


@pytest.mark.parametrize("source", ["typed.jsonl", "wrong.jsonl", "cells.csv"])
def test_reports_hide_sensitive_values(source: str, folder: Path, say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """No report, no error and no recorded run shows one, whatever is wrong with the values."""
    monkeypatch.setenv("DQ_STORE_URL", f"sqlite:///{folder / '.dq' / 'store.db'}")
    for form in FORMATS:
        said = say("validate", source, "--contract", "people", "--format", form)
        assert "No such" not in said
        assert not _seen(said), form
    assert not _seen(say("validate", source, "--contract", "people", "--profile", "--format", "json"))
    assert not _seen(say("profile", source, "--contract", "people"))
    assert [found for text in _stored(folder) for found in _seen(text)] == []


@pytest.mark.parametrize("source", ["typed.jsonl", "wrong.jsonl", "cells.csv"])
def test_dead_letters_hide_sensitive_values(source: str, folder: Path, say: Say) -> None:
    """No question about dead letters shows one; the payload has them, and so does who gives a reason."""
    assert not _seen(say("enforce", source, "--contract", "people", "--stage", "raw", "--output", "good/"))
    (batch,) = json.loads(say("quarantine", "list", "--format", "json"))
    assert batch["rows_bad"]
    (run,) = json.loads(say("runs", "list", "--format", "json"))
    for form in ("terminal", "json"):
        for command in ("rows", "show", "reasons", "audit", "verify"):
            assert not _seen(say("quarantine", command, batch["id"], "--format", form)), command
        assert not _seen(say("runs", "show", run["id"], "--format", form))
        assert not _seen(say("quarantine", "stats", "--format", form))
    assert not _seen(say("quarantine", "rows", batch["id"], "--unmask"))
    assert not _seen(say("quarantine", "rows", batch["id"], "--out", "rows.csv"))
    assert [found for text in _stored(folder) for found in _seen(text)] == []
    assert _seen(
        say("quarantine", "rows", batch["id"], "--format", "json", "--unmask", "--reason", "to see that the test can fail")
    )


def test_exceptions_hide_sensitive_values(folder: Path) -> None:
    """What a caller catches, or a result says, names no value."""
    import dq

    del folder
    for source in ("typed.jsonl", "wrong.jsonl", "cells.csv"):
        result = dq.validate(source, "people")
        assert not _seen(repr(result) + str(result))
        with pytest.raises(DqError) as caught:
            result.raise_for_violations()
        assert not _seen(f"{caught.value!r} {caught.value}")
