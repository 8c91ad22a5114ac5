"""`dq quarantine hold | release | purge | erase | rotate | verify | audit | stats`: what they print, and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Dq = Callable[..., "Run"]
SUBJECT = "      - {name: state, logicalType: string, customProperties: [{property: dq, value: {subject: true}}]}\n"


@pytest.fixture
def batch(dq: Dq, folder: Path) -> str:
    """A batch of two bad rows, about shut and open."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    head, _, _ = path.read_text("utf-8").partition("      - name: state\n")
    path.write_text(head + SUBJECT, "utf-8")
    assert dq("enforce", "bad.csv", "--contract", "people", "--stage", "raw", "--key", "day", "--output", "good/").code == 0
    (found,) = json.loads(dq("quarantine", "list", "--format", "json").out)
    return str(found["id"])


def test_a_purge_is_asked_for(dq: Dq, batch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody there to ask: refused. No: nothing is done. Yes: done."""
    refused = dq("quarantine", "purge", batch)
    assert (refused.code, "say --yes" in refused.err) == (2, True)
    monkeypatch.setattr("dq.cli.asking.is_terminal", lambda _: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    declined = dq("quarantine", "purge", batch)
    assert (declined.code, "Purge 2 rows for ever, 2 of them open?" in declined.err) == (1, True)
    assert len(dq("quarantine", "rows", batch, "--format", "json").out.splitlines()) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    done = dq("quarantine", "purge", batch, "--format", "json")
    assert done.code == 0
    (said,) = json.loads(done.out)
    assert (said["purged"], said["open"], said["rows_bad"], said["error"]) == (True, 0, 2, "")
    gone = dq("quarantine", "rows", batch)
    assert (gone.code, "were purged at" in gone.err) == (2, True)


def test_a_purge_needs_to_know_what(dq: Dq, batch: str) -> None:
    """Batches or --expired, not both, not neither."""
    assert dq("quarantine", "purge").code == 2
    assert dq("quarantine", "purge", batch, "--expired").code == 2
    assert dq("quarantine", "purge", "--expired").out == "nothing to purge\n"
    assert dq("quarantine", "purge", "nosuch", "--yes").code == 2


def test_a_hold_ends_an_erasure_with_1(dq: Dq, batch: str) -> None:
    """It is reported; released, the person is erased, and then there is nobody left."""
    assert dq("quarantine", "hold", batch, "--reason", "court").code == 0
    held = dq("quarantine", "erase", "--subject", "shut", "--yes")
    assert (held.code, "on legal hold" in held.out) == (1, True)
    assert dq("quarantine", "purge", batch, "--yes").code == 2
    assert dq("quarantine", "release", batch).code == 0
    done = dq("quarantine", "erase", "--subject", "shut", "--yes")
    assert (done.code, done.out.splitlines()[0]) == (0, "1 rows in 1 batches emptied")
    assert "good.parquet (published rows)" in done.out
    assert "shut" not in done.out
    again = json.loads(dq("quarantine", "erase", "--subject", "shut", "--yes", "--format", "json").out)
    assert (again["complete"], again["rows"], again["batches"]) == (True, 0, [])


def test_a_person_may_be_named_on_standard_input(dq: Dq, batch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no shell history sees it; nobody is refused."""
    monkeypatch.setattr("sys.stdin", io.StringIO("shut\n"))
    said = dq("quarantine", "erase", "--subject", "-", "--dry-run")
    assert (said.code, said.out.splitlines()[0]) == (0, "1 rows in 1 batches would be emptied")
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert dq("quarantine", "erase", "--subject", "-", "--yes").code == 2
    assert dq("quarantine", "erase", "--subject", "shut").code == 2
    assert dq("quarantine", "show", batch, "--format", "json").code == 0


def test_unmasking_needs_a_reason(dq: Dq, batch: str, folder: Path) -> None:
    """Also to write a file; the audit has it."""
    assert "shut" not in dq("quarantine", "rows", batch).out
    assert dq("quarantine", "rows", batch, "--unmask").code == 2
    assert dq("quarantine", "rows", batch, "--out", "rows.csv").code == 2
    assert not (folder / "rows.csv").exists()
    assert "shut" in dq("quarantine", "rows", batch, "--unmask", "--reason", "ticket 17").out
    assert dq("quarantine", "rows", batch, "--out", "rows.csv", "--unmask", "--reason", "to mend them").code == 0
    assert "shut" in (folder / "rows.csv").read_text("utf-8")
    lines = json.loads(dq("quarantine", "audit", batch, "--format", "json").out)
    assert [line["detail"].get("reason") for line in lines if line["event"] == "unmasked"] == ["ticket 17", "to mend them"]
    assert "ticket 17" in dq("quarantine", "audit", batch).out


def test_verify_ends_with_1_when_something_is_wrong(dq: Dq, batch: str, folder: Path) -> None:
    """And says what; a batch or --all is asked for."""
    assert dq("quarantine", "verify").code == 2
    assert dq("quarantine", "verify", batch, "--all").code == 2
    assert dq("quarantine", "verify", "nosuch").code == 2
    assert dq("quarantine", "verify", batch).out == "payload and audit are sound\n"
    (path,) = (folder / ".dq" / "quarantine").rglob("part-*")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    wrong = dq("quarantine", "verify", "--all")
    assert (wrong.code, "altered" in wrong.out) == (1, True)
    assert "altered" in json.loads(dq("quarantine", "verify", batch, "--format", "json").out)[0]["what"]


def test_a_lost_key_is_told(dq: Dq, batch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its id and the mend; what needs no key works; purging is the way out."""
    assert dq("quarantine", "rotate").code == 2
    monkeypatch.setenv("DQ_QUARANTINE_KEY", dq("quarantine", "new-key").out.strip())
    assert dq("quarantine", "rotate").code == 0
    assert dq("quarantine", "rotate").out == "all is encrypted with the newest key\n"
    assert dq("quarantine", "rows", batch).code == 0
    monkeypatch.setenv("DQ_QUARANTINE_KEY", dq("quarantine", "new-key").out.strip())
    lost = dq("quarantine", "rows", batch)
    assert lost.code == 2
    assert "encrypted with key" in lost.err
    assert "DQ_QUARANTINE_KEY" in lost.err
    assert dq("quarantine", "verify", batch).code == 0
    erased = dq("quarantine", "erase", "--subject", "shut", "--yes")
    assert (erased.code, "left: batch" in erased.out) == (2, True)
    assert dq("quarantine", "purge", batch, "--yes").code == 0


def test_stats_are_for_people_and_programs(dq: Dq, batch: str) -> None:
    """A table, or JSON with the same numbers; without dead letters it says so."""
    said = json.loads(dq("quarantine", "stats", "--format", "json").out)
    assert [(item["open"], item["oldest_batch"], item["share"]) for item in said["datasets"]] == [(2, batch, 0.0)]
    assert sorted((item["check"], item["rows"]) for item in said["reasons"]) == [("age.maximum", 1), ("age.minimum", 1)]
    assert "age.maximum" in dq("quarantine", "stats", "--last", "1d").out
    assert dq("quarantine", "stats", "--dataset", "other").out == "no dead letters\n"
    assert dq("quarantine", "stats", "--last", "soon").code == 2


def test_what_expires_is_announced(dq: Dq, batch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a line below the list, and by a list of its own; in JSON each batch says until when it is kept."""
    assert "nothing unresolved" in dq("quarantine", "expiring").out
    monkeypatch.setenv("DQ_RETENTION", "P3D")
    assert dq("enforce", "bad.csv", "--contract", "people", "--stage", "raw", "--key", "next", "--output", "good/").code == 0
    assert "2 open rows will be purged within 7 days" in dq("quarantine", "list").out
    (soon,) = json.loads(dq("quarantine", "expiring", "--format", "json").out)
    assert soon["key"] == "next"
    assert soon["expires_at"]
    assert soon["id"] != batch
