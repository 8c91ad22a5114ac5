"""Processes that enforce, and what befalls them: killed, held up, put to sleep, cut off, at a named point."""

from __future__ import annotations

import errno
import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dq.errors import WorldError
from dq.quarantine import objects
from dq.store import faults

WELL, AGAIN, WRONG = 0, 3, 4  # exit codes: done; try again; a bug
_LONGEST = 60.0


class Struck(OSError):
    """A failure that the campaign made."""


@dataclass(frozen=True, slots=True)
class Blow:
    """What happens to a process the *nth* time that it passes *point*."""

    point: str = ""
    action: str = "none"  # none kill raise slow sleep cut power rot
    nth: int = 1


def start(root: Path, blow: Blow, task: Callable[[], object], cut: Callable[[], None]) -> int:
    """Fork a process that does *task*; its number."""
    child = os.fork()
    if child:
        return child
    code = WRONG
    try:
        _prepare(root, blow, cut)
        task()
        code = WELL
    except (WorldError, Struck):
        code = AGAIN
    except BaseException:  # noqa: BLE001  a child tells all it can
        (root / f"wrong-{os.getpid()}.txt").write_text(traceback.format_exc(), "utf-8")
    finally:
        os._exit(code)


def _prepare(root: Path, blow: Blow, cut: Callable[[], None]) -> None:
    passed = 0

    def strike(point: str) -> None:
        nonlocal passed
        if point == blow.point:
            passed += 1
            if passed == blow.nth:
                _strike(root, blow.action, cut)

    if blow.action == "rot":
        _rot(blow.nth)
    elif blow.action != "none":
        faults.hook(strike)
    _log_fsync(root)


def _strike(root: Path, action: str, cut: Callable[[], None]) -> None:
    if action in ("kill", "power"):
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "raise":
        raise Struck(errno.EIO, "fault")
    elif action == "slow":
        time.sleep(0.1)
    elif action == "cut":
        cut()
    elif action == "sleep":
        bed = root / f"asleep-{os.getpid()}"
        bed.touch()
        deadline = time.monotonic() + _LONGEST
        while bed.exists() and time.monotonic() < deadline:
            time.sleep(0.005)


def _rot(nth: int) -> None:
    """A disk that loses the end of one write, and says that all went well."""
    written = 0

    def write(descriptor: int, data: memoryview) -> int:
        nonlocal written
        written += 1
        if written == nth:
            os.write(descriptor, data[: len(data) // 2])
            return len(data)
        return os.write(descriptor, data)

    objects.write = write


def _log_fsync(root: Path) -> None:
    """Remember what the disk promised to keep."""
    log = os.open(root / "kept", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def fsync(descriptor: int, path: Path) -> None:
        del descriptor  # the power cut is played, so there is no need to wait for a disk
        os.write(log, f"{path}\n".encode())

    if objects.fsync is _FSYNC:
        objects.fsync = fsync


_FSYNC = objects.fsync


def cut_power(root: Path) -> None:
    """Take away what was written and not flushed: the bytes of a file, and names that their folder did not flush."""
    log = root / "kept"
    kept = log.read_text("utf-8").splitlines() if log.exists() else []
    last = {path: number for number, path in enumerate(kept)}
    for path in [item for item in (root / "vault").rglob("*") if item.is_file()]:
        if str(path) not in last or last.get(str(path.parent), -1) < last[str(path)]:
            path.unlink()


def end(children: dict[int, Blow]) -> dict[int, int]:
    """Wait for all; their exit codes, negative for a signal."""
    codes = {}
    for child in children:
        _, status = os.waitpid(child, 0)
        codes[child] = os.waitstatus_to_exitcode(status)
    return codes


def wake(root: Path, child: int) -> None:
    """Let a sleeper go on."""
    (root / f"asleep-{child}").unlink(missing_ok=True)


def asleep_or_ended(root: Path, children: dict[int, Blow]) -> tuple[dict[int, int], dict[int, Blow]]:
    """Wait until every process has ended or sleeps: exit codes of the ended, and the sleepers."""
    codes: dict[int, int] = {}
    while True:
        for child in children.keys() - codes.keys():
            found, status = os.waitpid(child, os.WNOHANG)
            if found:
                codes[child] = os.waitstatus_to_exitcode(status)
        sleeping = {child: blow for child, blow in children.items() if (root / f"asleep-{child}").exists()}
        if children.keys() == codes.keys() | sleeping.keys():
            return codes, {child: blow for child, blow in sleeping.items() if child not in codes}
        time.sleep(0.003)
