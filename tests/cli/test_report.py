"""Laws of `dq report`, and of the forms that `dq validate` writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dq.cli.formats import Format

FORMS = {
    Format.HTML: "<!doctype html>",
    Format.MARKDOWN: "### ✗ failed: `people@1.0.0`",
    Format.GITHUB: "::error file=contracts/people/1.0.0.odcs.yaml,line=",
    Format.OPENLINEAGE: '{\n  "namespace": "file"',
    Format.OORS: '{\n  "apiVersion": "v0.8.1"',
    Format.JSON: '{\n  "schema_version"',
    Format.JUNIT: "<?xml",
    Format.TERMINAL: " FAIL ",
}


@pytest.fixture
def stored(dq: Callable[..., Any], folder: Path) -> Path:
    """A stored result of bad data."""
    dq("validate", "bad.csv", "-c", "people", "--profile", "--out", "result.json")
    return folder / "result.json"


def test_every_form_is_tested() -> None:
    """No form of a result is left out here."""
    assert set(FORMS) == set(Format)


@pytest.mark.parametrize("form", FORMS)
def test_validate_and_report_write_the_same(dq: Callable[..., Any], stored: Path, form: Format) -> None:
    """A stored result is written in every form, as `validate` writes it, without its data."""
    told = dq("validate", "bad.csv", "-c", "people", "--format", form)
    assert told.code == 1
    assert told.out.startswith(FORMS[form])
    Path("bad.csv").unlink()
    again = dq("report", stored, "--format", form)
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith(FORMS[form])
    assert again.out.splitlines()[0] == told.out.splitlines()[0]


def test_html_always_has_a_profile(dq: Callable[..., Any]) -> None:
    """A page shows what the columns hold, whether a profile was asked for or not; other forms only when it was."""
    assert "Histogram of age" in dq("validate", "bad.csv", "-c", "people", "--format", "html").out
    shown = dq("validate", "bad.csv", "-c", "people", "--out", "page.html").out
    assert len(shown.splitlines()) == len(dq("validate", "bad.csv", "-c", "people").out.splitlines())
    assert "Histogram of age" in Path("page.html").read_text("utf-8")
    assert json.loads(dq("validate", "bad.csv", "-c", "people", "--format", "json").out)["profile"] == []


@pytest.mark.parametrize(("name", "form"), [("r.html", Format.HTML), ("r.md", Format.MARKDOWN), ("r.xml", Format.JUNIT)])
def test_the_suffix_chooses_the_form(dq: Callable[..., Any], stored: Path, name: str, form: Format) -> None:
    """Without --format, the suffix of --out says which; nothing is printed."""
    done = dq("report", stored, "--out", name)
    assert (done.code, done.out) == (0, "")
    assert Path(name).read_text("utf-8").startswith(FORMS[form])


def test_standard_input_is_read(process: Callable[..., Any], stored: Path) -> None:
    """A result may come through a pipe."""
    del stored
    done = process("cat result.json | $DQ report - --format github")
    assert done.returncode == 0
    assert done.stdout.startswith("::error file=")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["nothing.json"],
            "error: nothing.json: there is no such file\n  dq validate … --format json --out result.json writes one\n",
        ),
        (["good.csv"], "error: good.csv: this is not JSON: "),
        (["latin.json"], "error: latin.json: this is not UTF-8\n"),
        (["old.json"], "error: old.json: a result of schema version 0.3 cannot be read; this is 1.1\n  run the checks again"),
        (["result.json", "--out", "result.json"], "error: --out: result.json is the file that is read\n  name another file\n"),
        (["result.json", "--out", "no/where.html"], "error: --out: there is no folder "),
    ],
)
def test_what_cannot_be_read_or_written_is_told(dq: Callable[..., Any], stored: Path, arguments: list[str], message: str) -> None:
    """A missing file, another file, an old result, a place that cannot be written: a message and exit code 2."""
    Path("latin.json").write_bytes(b'{"a": "\xe9"}')
    Path("old.json").write_text(json.dumps(json.loads(stored.read_text("utf-8")) | {"schema_version": "0.3"}), "utf-8")
    done = dq("report", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(message)
