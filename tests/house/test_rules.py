"""Rules that keep the project readable, checked by small scripts."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
CODE = ("dq", "integrations", "dashboards", "tests", "docs", "contracts", ".ci")
LONGEST = 600  # lines; STYLE: a file fits in about 400
BANNED_FILES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "handler"}
BANNED_CLASSES = re.compile(r"(Manager|Handler|Factory|Helper|Util|Utils|Impl)$")
# Spelt in pieces, so that this file keeps its own rule.
MACHINE = re.compile(
    "|".join((r"/(?:home|root|work|Users)/\w", r"/t" + r"mp/\w", r"(?:extra-)?index-" + r"url", r"\bpypi\.[a-z]+/simple"))
)


def _files(*suffixes: str) -> Iterator[Path]:
    tops = [REPOSITORY / name for name in CODE]
    found = [path for top in tops if top.exists() for path in top.rglob("*")]
    found += [path for path in REPOSITORY.iterdir() if path.is_file() and path.name not in (".git", ".coverage")]
    for path in sorted(found):
        if path.is_file() and path.suffix in suffixes and "__pycache__" not in path.parts:
            yield path


def _modules() -> list[Path]:
    return list(_files(".py"))


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_a_module_is_short_and_well_named(path: Path) -> None:
    """A module has at most 600 lines, and neither it nor its classes have a name that says nothing."""
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST, "split it by meaning"
    assert path.stem not in BANNED_FILES, "name it after what is in it"
    classes = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if BANNED_CLASSES.search(name)], "name it after what it is"


def test_nothing_committed_knows_a_machine() -> None:
    """No file names a path of somebody's machine or the address of a package index."""
    texts = _files(".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".sql", ".cfg", "")
    found = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()[:80]}"
        for path in texts
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("package", ["dq_airflow", "dq_prefect"])
def test_an_edge_knows_only_the_face_of_dq(package: str) -> None:
    """What lies outside `dq` imports `dq` and its public names, never a module inside it."""
    found = []
    for path in sorted((REPOSITORY / "integrations" / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{path.name}:{node.lineno}: {name}" for name in names if name.startswith("dq.")]  # type: ignore[attr-defined]
    assert not found, "say `import dq`, or make the name public"


def test_constraints_are_names_and_versions() -> None:
    """constraints.txt pins one version per line, sorted, each once, and every dependency that pyproject.toml names for tests."""
    lines = (REPOSITORY / "constraints.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.+!]*", line)] == []
    pinned = [line.partition("==")[0] for line in lines]
    assert pinned == sorted(set(pinned))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + [item for items in project["optional-dependencies"].values() for item in items]
    names = {re.match(r"[A-Za-z0-9-]+", item)[0].lower() for item in wanted} - {"dq-suite"}  # type: ignore[index]
    assert names - set(pinned) == set()


def test_public_names_are_listed_and_documented() -> None:
    """`dq.__all__`, what `dir(dq)` shows, and the table of names in docs/api.md are one list."""
    dq = importlib.import_module("dq")
    listed = sorted(dq.__all__)
    assert sorted(name for name in dir(dq) if not name.startswith("_")) == [name for name in listed if not name.startswith("_")]
    for name in listed:
        assert getattr(dq, name) is not None
    documented = re.findall(r"^\| `(?:dq\.)?(\w+)", (REPOSITORY / "docs" / "api.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(documented) == listed


def test_ruff_exceptions_are_explained() -> None:
    """Every rule of ruff that is switched off says why, in a few words."""
    lines = (REPOSITORY / "pyproject.toml").read_text("utf-8").splitlines()
    rules = [line for line in lines if re.match(r'\s+"[A-Z]+[0-9]*",', line)]
    assert rules
    assert [line for line in rules if not re.search(r"# [\w.']+( [\w,.']+){2,6}$", line)] == []


def test_the_version_is_said_alike() -> None:
    """pyproject.toml, `dq.__version__` and the newest entry of the changelog name one version."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    newest = re.search(r"^## \[([0-9.]+)\]", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert project["version"] == importlib.import_module("dq").__version__ == newest[1]


def test_links_between_documents_lead_somewhere() -> None:
    """A relative link in a document names a file that is there, and a heading of it when it names one."""
    broken = []
    for path in _files(".md"):
        for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text("utf-8")):
            name, _, heading = target.partition("#")
            found = path.parent / name if name else path
            text = found.read_text("utf-8") if found.suffix == ".md" and found.is_file() else ""
            titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
            if not found.exists() or (
                heading and heading not in {re.sub(r"[^\w -]", "", item).lower().replace(" ", "-") for item in titles}
            ):
                broken.append(f"{path.relative_to(REPOSITORY)}: {target}")
    assert not broken, "\n".join(broken)
