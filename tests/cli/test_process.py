"""Laws of `dq` as a process: exit codes, pipes, terminals, start-up."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize(("name", "code"), [("good", 0), ("bad", 1), ("nothing", 3)])
def test_the_shell_is_told(process: Process, name: str, code: int) -> None:
    """The exit code of the process is that of the verdict."""
    run = process(f"$DQ validate {name}.csv -c people")
    assert run.returncode == code, run


def test_help_loads_no_engine() -> None:
    """Help and version come without DuckDB, Arrow, sqlglot or a dataframe library."""
    heavy = ("duckdb", "pyarrow", "sqlglot", "pandas", "polars", "numpy", "jsonschema")
    program = (
        "import sys\nfrom dq.cli import main\nfor said in (['--help'], ['validate', '--help'], ['version']): main(said)\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert run.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("tail", ["| head -c 1", ">&-", ">&- 2>&-"])
def test_a_reader_that_went_away_changes_nothing(process: Process, tail: str) -> None:
    """Broken pipes and closed streams leave the verdict, and no traceback."""
    run = process(f"$DQ validate bad.csv -c people {tail}")
    assert run.returncode == 1, run
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_report_that_cannot_be_written_is_no_verdict(process: Process) -> None:
    """When the disk under standard output is full, a retry may help: exit code 3."""
    run = process("$DQ validate good.csv -c people > /dev/full")
    assert run.returncode == 3
    assert "standard output: cannot write: No space left on device" in run.stderr


def test_poor_terminals_get_what_they_can_show(process: Process, folder: Path) -> None:
    """Without UTF-8 the page is ASCII and escapes; help works too."""
    (folder / "odd.csv").write_text("id,age,state\n1,999,漢\n", "utf-8")
    run = process("$DQ validate odd.csv -c people || $DQ --help", PYTHONIOENCODING="ascii")
    assert run.returncode == 0, run
    assert "\\u6f22" in run.stdout
    assert "x age" in run.stdout


def test_ctrl_c_stops_a_program_that_does_not_listen(folder: Path) -> None:
    """Whatever happens inside, Ctrl-C ends the process with 130, and a request to end with 143."""
    program = (
        "import sys, time\nimport dq.run, dq.cli\n"
        "def deaf(*_, **__):\n"
        "    print('ready', file=sys.stderr, flush=True)\n"
        "    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        raise RuntimeError('Query interrupted')\n"
        "dq.run.validate = deaf\nsys.exit(dq.cli.main(['validate', 'good.csv', '-c', 'people']))"
    )
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
        with subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stderr=subprocess.PIPE,
            text=True,
        ) as run:
            assert run.stderr is not None
            run.stderr.readline()
            run.send_signal(number)
            assert run.wait(10) == code
            assert run.stderr.read() == "stopped\n"


SLOW = """\
    quality:
      - id: slow
        type: sql
        query: "select count(*) from {object} a, {object} b, {object} c where a.id * b.id + c.id = 7"
        mustBe: 0
"""


def test_a_bar_for_who_watches_and_ctrl_c_stops_at_once(folder: Path) -> None:
    """On a terminal a long run shows its progress; Ctrl-C stops the engine at once and takes the bar away."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text() + SLOW)
    (folder / "many.csv").write_text("id,age,state\n" + "".join(f"{number},1,open\n" for number in range(20_000)))
    process, terminal = _spawn(folder, "validate", "many.csv", "-c", "people")
    try:
        seen = _until(terminal, b"%", seconds=20)
        assert b"reading" in seen
        started = time.monotonic()
        os.write(terminal, b"\x03")
        seen = _until(terminal, b"stopped", seconds=10)
        assert process.wait(5) == 130
        assert time.monotonic() - started < 4
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def test_a_short_run_shows_no_bar(folder: Path) -> None:
    """What ends at once draws nothing on the terminal but the report, in colour."""
    process, terminal = _spawn(folder, "validate", "good.csv", "-c", "people")
    seen = _until(terminal, b"enforced", seconds=20)
    assert process.wait(10) == 0
    os.close(terminal)
    assert b"reading" not in seen
    assert b"\x1b[" in seen


def _spawn(folder: Path, *arguments: str) -> tuple[subprocess.Popen[bytes], int]:
    """`dq` with a terminal of its own."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "TERM": "xterm", "COLUMNS": "100"}
    environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "dq", *arguments],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_own_terminal,  # noqa: PLW1509  makes Ctrl-C reach it
    )
    os.close(theirs)
    return process, ours


def _own_terminal() -> None:
    """Make standard input the controlling terminal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _until(terminal: int, wanted: bytes, *, seconds: float) -> bytes:
    """What the terminal shows until *wanted* is among it."""
    seen, end = b"", time.monotonic() + seconds
    while wanted not in seen:
        ready, _, _ = select.select([terminal], [], [], max(end - time.monotonic(), 0))
        assert ready, f"{wanted!r} did not come in {seconds} s: {seen!r}"
        try:
            seen += os.read(terminal, 65_536)
        except OSError:
            break
    return seen
