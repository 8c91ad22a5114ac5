"""The scorer of third-party cases works without them, and counts what it finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dq.contract.document import parse
from tests.peers.score import Miss, Score

CONTRACT = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: active\n"


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.peers", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={"DQ_PEER_DATA": str(folder)}, cwd=Path(__file__).parents[2]
    )


def test_without_data_every_set_is_skipped(tmp_path: Path) -> None:
    """A folder without sets is no failure: each set says that it is skipped."""
    done = _run(tmp_path)
    assert done.returncode == 0
    assert [line.split(":")[:2] for line in done.stdout.splitlines()] == [
        ["skipped", " odcs"],
        ["skipped", " datacontract_cli"],
        ["skipped", " taxi"],
        ["skipped", " gx_cases"],
        ["skipped", " dbt_vectors"],
    ]


def test_an_unknown_set_is_refused(tmp_path: Path) -> None:
    """A set that nobody knows is refused with the known ones."""
    done = _run(tmp_path, "odsc")
    assert (done.returncode, done.stderr) == (
        2,
        "no set 'odsc'; known sets: odcs, datacontract_cli, taxi, gx_cases, dbt_vectors\n",
    )


def test_verdicts_are_counted_and_misses_written(tmp_path: Path) -> None:
    """A right verdict counts, a wrong one is written to the file of failures with what was wanted and found."""
    given = tmp_path / "odcs" / "given"
    (given / "contracts").mkdir(parents=True)
    (given / "contracts" / "c.yaml").write_text(CONTRACT, "utf-8")
    right, wrong = {"valid": True, "errors": 0, "first": []}, {"valid": False, "errors": 1, "first": ["id"]}
    row = {"file": "c.yaml", "parses": True, "verdict": {"3.1.0": right, "3.2.0-dev": wrong, "2.2.1": wrong}}
    (given / "matrix.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    done = _run(tmp_path, "odcs", "--failures", str(tmp_path / "failures"))
    assert done.stdout.splitlines() == [
        "odcs contract score=0.500 n=2 coverage=1.00",
        "odcs paths score=0.000 n=1 coverage=1.00",
        "odcs round-trip score=1.000 n=1 coverage=1.00",
    ]
    first, _ = [json.loads(line) for line in (tmp_path / "failures").read_text("utf-8").splitlines()]
    assert first == {
        "set": "odcs",
        "engine": "contract",
        "case": "c.yaml 3.2.0-dev",
        "wanted": "invalid",
        "got": "valid",
        "why": "",
    }


@pytest.mark.parametrize(
    ("score", "line"),
    [
        (Score("s", "e", 302, 287, (Miss("a", "x", "y"),) * 4), "s e score=0.987 n=302 coverage=0.95"),
        (Score("s", "e", 0, 0), "s e score=1.000 n=0 coverage=1.00"),
        (Score("s", "e", 14, 0, scored=False), "s e unscored n=14"),
    ],
)
def test_the_line_of_a_score(score: Score, line: str) -> None:
    """One line says set, engine, share of right answers, cases, and the share that got an answer."""
    assert str(score) == line


def test_the_contract_of_these_tests_is_valid() -> None:
    """The cases above fail for what they say, not for their contract."""
    assert parse(CONTRACT, "c.yaml").faults == ()
