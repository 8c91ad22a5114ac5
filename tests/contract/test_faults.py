"""
Contract files that say themselves what is wrong with them, on the line where it is.

`#!` a fault that `load` raises, `#~` one that only `lint` tells, `#?` a warning of `lint`.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dq.contract import Severity, lint, load
from dq.errors import ContractError

FILES = sorted((Path(__file__).parent / "faulty").glob("*.odcs.yaml"))
_MARK = re.compile(r"\s#([!~?]) (.*?)(?=\s#[!~?] |$)")


def _marked(path: Path, marks: str) -> list[tuple[int, str]]:
    lines = enumerate(path.read_text("utf-8").splitlines(), 1)
    return sorted((number, text) for number, line in lines for mark, text in _MARK.findall(line) if mark in marks)


def _raised(path: Path) -> list[tuple[int, str]]:
    try:
        load(path)
    except ContractError as error:
        return sorted((fault.place.line, fault.problem) for fault in error.faults)
    return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_load_raises_every_fault_at_once(path: Path) -> None:
    """`load` raises the faults marked `#!`, each on its line, and nothing else."""
    assert _raised(path) == _marked(path, "!")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_lint_tells_every_fault_and_warning(path: Path) -> None:
    """`lint` tells as errors what is marked `#!` and `#~`, as warnings what is marked `#?`, each on its line."""
    pytest.importorskip("sqlglot")
    found = lint(path)
    errors = sorted((item.fault.place.line, item.fault.problem) for item in found if item.severity is Severity.ERROR)
    warnings = sorted((item.fault.place.line, item.fault.problem) for item in found if item.severity is Severity.WARNING)
    assert [line for line, _ in errors] == [line for line, _ in _marked(path, "!~")]
    assert all(wanted in problem for (_, problem), (_, wanted) in zip(errors, _marked(path, "!~"), strict=True))
    assert warnings == _marked(path, "?")


def test_the_text_of_ten_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fault says document, line, path, problem and mend, in document order."""
    folder = FILES[0].parent
    monkeypatch.chdir(folder)
    with pytest.raises(ContractError) as raised:
        load("ten.odcs.yaml")
    assert f"{raised.value}\n" == (folder / "ten.txt").read_text("utf-8")
    assert len(raised.value.faults) == 10
    assert raised.value.exit_code == 2
