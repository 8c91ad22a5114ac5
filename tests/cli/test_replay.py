"""`dq quarantine replay | accept | discard | withdraw`: shown, asked, done; and the exit code says how it went."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import dq
from dq.cli import main
from tests.people import contract, enforce, ids, working


@pytest.fixture
def done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dq.Enforcement]:
    """A key with two dead letters; a newer contract allows one of them."""
    for _ in working(tmp_path, monkeypatch):
        contract(tmp_path, version="1.1.0", oldest=150)
        yield enforce(ref="people@1.0.0", key="d1")


def _answer(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setattr("dq.cli.asking.is_terminal", lambda _: True)
    monkeypatch.setattr("typer.confirm", lambda *_, **__: word == "y")


def test_nobody_is_asked_without_a_terminal(
    done: dq.Enforcement, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal and without --yes nothing is done: exit 2, and the way out is said."""
    monkeypatch.setattr(sys, "stdin", None)
    for said in (["replay"], ["accept", "--rule", "age.maximum"], ["discard"], ["withdraw"]):
        assert main(["quarantine", said[0], done.batch.id, *said[1:]]) == 2
        assert "--yes" in capsys.readouterr().err
    assert ids(done.output) == [1, 4]


def test_what_would_happen_is_shown_first(
    done: dq.Enforcement, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dry run is shown, then somebody is asked: no means no, with exit code 1; yes means yes."""
    _answer(monkeypatch, "n")
    assert main(["quarantine", "replay", done.batch.id, "-c", "people"]) == 1
    assert "2 judged, 1 land, 1 stay" in capsys.readouterr().out
    assert ids(done.output) == [1, 4]
    _answer(monkeypatch, "y")
    assert main(["quarantine", "replay", done.batch.id, "-c", "people"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("DRY RUN") < shown.index("REPLAYED")
    assert ids(done.output) == [1, 2, 4]


def test_json_says_what_the_function_says(done: dq.Enforcement, capsys: pytest.CaptureFixture[str]) -> None:
    """One document, with counts, reasons, changed cells and the new batch; a dry run first says the same but for that."""
    said = ["quarantine", "replay", done.batch.id[:10], "--set", "age=100", "--format", "json"]
    assert main([*said, "--dry-run"]) == 0
    foretold = json.loads(capsys.readouterr().out)
    assert main([*said, "--yes"]) == 0
    real = json.loads(capsys.readouterr().out)
    assert (foretold["dry_run"], foretold["landed"], foretold["batches"][0]["child"]) == (True, 2, None)
    assert real["batches"][0]["child"]
    real["batches"][0]["child"], real["dry_run"] = None, True
    assert real == foretold
    assert real["batches"][0]["cells"][0] == {"row": 1, "column": "age", "before": "141", "after": "100"}


def test_rows_are_exported_edited_and_replayed(done: dq.Enforcement, capsys: pytest.CaptureFixture[str]) -> None:
    """What `rows --out` writes is what `--fix` reads."""
    assert main(["quarantine", "rows", done.batch.id, "--out", "rows.csv"]) == 0
    text = Path("rows.csv").read_text("utf-8")
    Path("rows.csv").write_text(text.replace("141", "99").replace("-1", "1"), "utf-8")
    assert main(["quarantine", "replay", done.batch.id, "--fix", "rows.csv", "--yes"]) == 0
    capsys.readouterr()
    assert ids(done.output) == [1, 2, 3, 4]


def test_the_rest_of_the_family(done: dq.Enforcement, capsys: pytest.CaptureFixture[str]) -> None:
    """Accept, discard, show and withdraw do what they say."""
    assert main(["quarantine", "accept", done.batch.id, "--rule", "age.maximum", "--yes", "--note", "fine"]) == 0
    assert main(["quarantine", "discard", "--dataset", "people.people", "--yes"]) == 0
    assert "1 rows of 1 batches discarded" in capsys.readouterr().out
    assert main(["quarantine", "show", done.batch.id]) == 0
    shown = capsys.readouterr().out
    assert "1 accepted" in shown
    assert "1 discarded" in shown
    assert main(["quarantine", "replay", "--dataset", "people.people", "--yes"]) == 0
    assert "nothing to replay" in capsys.readouterr().out
    assert main(["quarantine", "withdraw", done.batch.id, "--yes"]) == 0
    assert "withdrawn" in capsys.readouterr().out


def test_what_is_withdrawn_may_be_unpublished(done: dq.Enforcement, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --unpublish it says where the good rows still are; with it they are nowhere."""
    assert main(["quarantine", "withdraw", done.batch.id, "--yes", "--unpublish", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["output"] is None
    assert not Path(done.output).exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (["replay", "--yes"], "nothing is chosen"),
        (["replay", "nope", "--yes"], "no batch"),
        (["replay", "BATCH", "--set", "age", "--yes"], "not COLUMN=SQL"),
        (["replay", "BATCH", "--set", "age=1", "--set", "age=2", "--yes"], "set twice"),
        (["replay", "BATCH", "--since", "soon", "--yes"], "is no time"),
        (["replay", "BATCH", "--fix", "nowhere.csv", "--yes"], "no such file"),
        (["accept", "BATCH", "--rule", "nope", "--yes"], "no rule 'nope'"),
    ],
)
def test_wrong_words_are_refused(done: dq.Enforcement, said: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, with the reason."""
    assert main(["quarantine", *(done.batch.id if word == "BATCH" else word for word in said)]) == 2
    assert words in capsys.readouterr().err
