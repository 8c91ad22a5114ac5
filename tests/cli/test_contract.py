"""Laws of `dq contract` and `dq version`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Dq = Callable[..., Any]
PEOPLE = "contracts/people/1.0.0.odcs.yaml"


def _edit(folder: Path, old: str, new: str) -> None:
    path = folder / PEOPLE
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_sound_contract_has_no_faults(dq: Dq) -> None:
    """A contract with nothing to mend says so and is exit code 0, also when a folder is named."""
    for place in (PEOPLE, "contracts"):
        run = dq("contract", "lint", place)
        assert (run.code, run.out) == (0, f"{PEOPLE}: no faults\n")


def test_every_fault_is_told_with_place_and_mend(dq: Dq, folder: Path) -> None:
    """All faults of a file come at once, each with file, line, path and mend; exit code 2."""
    _edit(folder, "logicalType: string", "logicalType: strin")
    _edit(folder, "metric: invalidValues", "metric: invalidValues\n            mustBeat: 1")
    run = dq("contract", "lint", PEOPLE)
    assert run.code == 2
    assert f"error: {PEOPLE}:18 schema.people.state.logicalType" in run.out
    assert "mustBeat" in run.out
    assert run.out.splitlines()[-1] == "1 file: 2 errors"


def test_warnings_alone_are_no_fault(dq: Dq, folder: Path) -> None:
    """What is valid but surprising is exit code 0, and 1 with --strict."""
    _edit(folder, "version: 1.0.0", "version: 1.0.1")
    run = dq("contract", "lint", PEOPLE)
    assert run.code == 0
    assert "warning: " in run.out
    assert run.out.splitlines()[-1] == "1 file: 1 warning"
    assert dq("contract", "lint", PEOPLE, "--strict").code == 1


def test_rules_that_mean_nothing_are_faults(dq: Dq, folder: Path) -> None:
    """A document that is valid ODCS but whose rule cannot be a check is wrong, with the line of the rule."""
    _edit(
        folder,
        "metric: invalidValues",
        "type: custom\n            engine: dq\n            implementation: {check: in_sett, values: [a]}",
    )
    _edit(folder, "            arguments: {validValues: [open, shut]}\n            mustBe: 0\n", "")
    run = dq("contract", "lint", PEOPLE)
    assert run.code == 2
    assert "unknown check 'in_sett'" in run.out
    assert "did you mean 'in_set'?" in run.out


def test_lint_as_json(dq: Dq, folder: Path) -> None:
    """--format json has every document, and of every fault severity, line, path, problem and mend."""
    _edit(folder, "logicalType: string", "logicalType: strin")
    (folder / "sound.yaml").write_text((folder / PEOPLE).read_text().replace("strin\n", "string\n"))
    run = dq("contract", "lint", PEOPLE, "sound.yaml", "--format", "json")
    document = json.loads(run.out)
    assert run.code == 2
    assert [item["document"] for item in document["documents"]] == [PEOPLE, "sound.yaml"]
    (fault,), sound = (item["faults"] for item in document["documents"])
    assert (fault["severity"], fault["line"], fault["path"]) == ("error", 18, "schema.people.state.logicalType")
    assert set(fault) == {"severity", "line", "path", "problem", "mend"}
    assert sound == []


@pytest.mark.parametrize("name", ["nothing.yaml", "empty.yaml", "nobody/"])
def test_what_is_no_contract_is_told(dq: Dq, folder: Path, name: str) -> None:
    """A missing or empty file, or a folder without contracts, is exit code 2 with a sentence."""
    (folder / "empty.yaml").write_text("")
    (folder / "nobody").mkdir()
    run = dq("contract", "lint", name)
    assert run.code == 2
    assert name.rstrip("/") in run.out + run.err


def test_a_contract_is_shown_to_people(dq: Dq, folder: Path) -> None:
    """The page has the objects, columns with types and promises, rules, and what nobody enforces."""
    (folder / PEOPLE).write_text(
        (folder / PEOPLE).read_text() + "    quality:\n      - {id: soda, type: custom, engine: soda, implementation: x}\n"
    )
    run = dq("contract", "show", "people@^1")
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "people@1.0.0"
    assert any(line.split()[:3] == ["id", "integer", "key"] for line in lines)
    assert any(line.split()[:2] == ["age", "integer"] and "minimum: 0, maximum: 120" in line for line in lines)
    assert "[known_state · warn]" in run.out
    assert "- soda: not enforced: rules of 'soda' are not run, line 27" in run.out


def test_a_contract_is_shown_as_yaml(dq: Dq, folder: Path) -> None:
    """--format yaml is the document, whole."""
    out = dq("contract", "show", "people", "--format", "yaml").out
    assert yaml.safe_load(out) == yaml.safe_load((folder / PEOPLE).read_text())


def test_an_unknown_contract_names_those_that_are_known(dq: Dq) -> None:
    """A reference that matches nothing says what there is."""
    run = dq("contract", "show", "peopel")
    assert run.code == 2
    assert "people" in run.err


def test_the_version_names_what_it_stands_on(dq: Dq) -> None:
    """`dq version` and `dq --version` are one line with the versions that matter in a bug report."""
    run = dq("version")
    assert run.out.startswith("dq ")
    assert "duckdb " in run.out
    assert dq("--version").out == run.out
