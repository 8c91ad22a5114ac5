"""
Every code block of the documents runs.

- a block after `<!-- file: NAME -->` is written to that file
- `python` runs, all blocks of a document in one namespace; a `text` block right after it is what it printed
- `console` runs each line after `$ `; the lines below it are what it prints, and `[exit 1]` how it ends (0 when not said)
- `sh` is what a person does outside: targets of make, and installs, that must exist
- `sql` is conditions of a contract, one a line
- `yaml` and `toml` without a file are parsed

`<!-- needs: NAME -->` names an optional package that a document is about.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from dq.sql import condition

REPOSITORY = Path(__file__).parents[2]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (REPOSITORY / "docs").glob("*.md")))
BLOCK = re.compile(r"(?:<!-- file: (?P<file>\S+) -->\n)?^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r"^<!-- needs: (\S+) -->$", re.MULTILINE)
EXIT = re.compile(r"\[exit (\d+)\]")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, its text, and the file that it is, if it is one."""

    kind: str
    body: str
    file: str
    line: int


def blocks(document: str) -> list[Block]:
    """The fenced blocks of *document*, in order."""
    text = (REPOSITORY / document).read_text("utf-8")
    return [
        Block(found["kind"], found["body"], found["file"] or "", text.count("\n", 0, found.start()) + 1)
        for found in BLOCK.finditer(text)
    ]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_of_a_document_runs(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a document tells a reader to do works, in the order of the document, and prints what it says."""
    for name in NEEDS.findall((REPOSITORY / document).read_text("utf-8")):
        pytest.importorskip(name, reason=f"needs {name}: {document} is about it")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    namespace: dict[str, object] = {"__name__": "__main__"}
    printed = ""
    for block in blocks(document):
        place = f"{document}:{block.line}"
        if block.file:
            Path(block.file).parent.mkdir(parents=True, exist_ok=True)
            Path(block.file).write_text(block.body, "utf-8")
        elif block.kind == "python":
            printed = _python(block, namespace, place)
        elif block.kind == "text":
            assert _same(printed, block.body), f"{place} prints\n{printed}"
        elif block.kind == "console":
            _console(block, place)
        elif block.kind == "sh":
            _shell(block, place)
        elif block.kind == "sql":
            assert [condition(line, place) for line in block.body.splitlines()], place
        elif block.kind in ("yaml", "toml"):
            assert (yaml.safe_load if block.kind == "yaml" else tomllib.loads)(block.body), place
        else:
            assert not block.kind, f"{place}: nobody runs a block of '{block.kind}'"


def _python(block: Block, namespace: dict[str, object], place: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(block.body, place, "exec"), namespace)  # noqa: S102  the documents are ours
    return out.getvalue()


def _console(block: Block, place: str) -> None:
    for part in re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        ends = EXIT.search(expected)
        done = subprocess.run(shlex.split(command), capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == int(ends[1] if ends else 0), f"{place}: {command} ended with {done.returncode}\n{said}"
        assert _same(said, EXIT.sub("", expected)), f"{place}: {command} prints\n{said}"


def _shell(block: Block, place: str) -> None:
    extras = set(tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"])
    for command in map(shlex.split, filter(None, block.body.splitlines())):
        if command[0] == "make":
            asked = ["make", "--dry-run", *command[1:]]
            done = subprocess.run(asked, cwd=REPOSITORY, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{place}: {done.stderr}"
        else:
            assert command[:2] == ["pip", "install"], f"{place}: nobody runs '{command[0]}'"
            found = re.fullmatch(r"dq-suite(?:\[([\w,]+)\])?", command[2])
            assert found, place
            assert set((found[1] or "").split(",")) - {""} <= extras, place


def _same(printed: str, expected: str) -> bool:
    """Whether *printed* is *expected*, where `…` stands for anything, and blanks at line ends for nothing."""
    seen, wanted = (("\n".join(line.rstrip() for line in text.strip().splitlines())) for text in (printed, expected))
    return re.fullmatch(".*?".join(map(re.escape, wanted.split("…"))), seen, re.DOTALL) is not None
