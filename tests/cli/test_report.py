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


SAID = ("-c", "people", "--stage", "raw")


@pytest.fixture
def run(dq: Callable[..., Any]) -> str:
    """The id of a run in the store, of bad data."""
    return str(json.loads(dq("enforce", "bad.csv", *SAID, "--output", "out/", "--key", "d1", "--format", "json").out)["run_id"])


def test_a_run_of_the_store_is_told_like_its_result(dq: Callable[..., Any], run: str) -> None:
    """Checks, clauses, limits, samples, columns and coverage of a recorded run are those of the result that was recorded."""
    fresh = json.loads(dq("validate", "bad.csv", *SAID, "--no-record", "--format", "json").out)
    Path("bad.csv").unlink()
    Path("contracts/people/1.0.0.odcs.yaml").unlink()
    told = json.loads(dq("report", run, "--format", "json").out)
    for words in (
        "contract",
        "object",
        "dataset",
        "source",
        "stage",
        "status",
        "message",
        "rows",
        "bad_rows",
        "coverage",
        "columns",
    ):
        assert told[words] == fresh[words], words
    gone = ("sql", "why")
    for ours, theirs in zip(told["checks"], fresh["checks"], strict=True):
        assert {**ours, **dict.fromkeys(gone)} == {**theirs, **dict.fromkeys(gone)}
        assert [list(row["values"]) for row in ours["samples"]] == [list(row["values"]) for row in theirs["samples"]]


@pytest.mark.parametrize("form", FORMS)
def test_a_run_of_the_store_has_every_form(dq: Callable[..., Any], run: str, form: Format) -> None:
    """A run is written in every form, by the beginning of its id; a page says what the store does not keep."""
    done = dq("report", run[:8], "--format", form)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(FORMS[form])
    if form in (Format.HTML, Format.TERMINAL, Format.MARKDOWN):
        assert "from the store, which does not keep SQL" in done.out
        assert "dq quarantine rows " in done.out


def test_a_run_without_its_contract_is_told_from_what_was_recorded(dq: Callable[..., Any], run: str) -> None:
    """Where the contract that the store kept knows none of its checks, they are told by their own words."""
    from dq import History
    from dq.report.recorded import from_run

    dq("report", run)
    recorded = History().run(run)
    bare, whole = from_run(recorded), History().result(run)
    for ours, theirs in zip(bare.checks, whole.checks, strict=True):
        assert (ours.check.id, ours.status, ours.bad_rows, ours.check.says) == (
            theirs.check.id,
            theirs.status,
            theirs.bad_rows,
            theirs.check.says,
        )
    assert bare.coverage.enforced > 0


def test_an_unknown_run_is_told(dq: Callable[..., Any]) -> None:
    """What begins no run, and is no file, ends in a message that says where to look."""
    done = dq("report", "abcdef")
    assert (done.code, done.out) == (2, "")
    assert "no run 'abcdef'" in done.err
    assert "dq runs list" in done.err


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
