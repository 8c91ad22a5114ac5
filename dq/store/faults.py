"""
Named points between the steps of the protocol, where tests stop, kill or delay the process.

At rest a point costs one comparison. The variable DQ_FAULT sets one from outside: `after-claim:kill` sends SIGKILL to the
process when it passes that point for the first time, `after-claim:3:raise` raises OSError the third time.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Callable

from dq.errors import UsageError

Hook = Callable[[str], None]

STEPS = (
    "before-claim",
    "after-claim",
    "after-look",
    "in-drain",  # after each payload object
    "after-drain",
    "after-verify",
    "after-budget",
    "after-commit",
    "before-publish",  # the slot is held, and the batch is the current one
    "after-publish",
    "after-mark",
)
REPLAY = (  # while rows are judged again
    "after-take",  # the key is held for replay
    "after-land",  # the rows that go on are objects
)
TRANSACTIONS = ("claim", "commit", "block", "mark")
POINTS = (*STEPS, *(f"{name}:{side}" for name in TRANSACTIONS for side in ("before COMMIT", "after COMMIT")))
KEEPING = (  # while dead letters are purged, erased or encrypted anew
    "purge:before COMMIT",
    "purge:after COMMIT",
    "begin:before COMMIT",
    "begin:after COMMIT",
    "in-rewrite",  # after each payload object
    "after-rewrite",
    "swap:before COMMIT",
    "swap:after COMMIT",
    "samples:before COMMIT",
    "samples:after COMMIT",
    "in-burial",  # after each object that goes
    "bury:before COMMIT",
    "bury:after COMMIT",
)
TABLES = ("after-delete", "after-insert", "publish:before COMMIT", "publish:after COMMIT")  # while they go into a table
IN_PLACE = (*TABLES, "after-return")  # while bad rows are moved, and while those that were moved come back
FILES = ("after-stage", "before-rename", "after-rename")  # while good rows are published as a file

_hook: Hook | None = None


def at(point: str) -> None:
    """Say that *point* is passed."""
    if _hook is not None:
        _hook(point)


def hook(function: Hook | None) -> None:
    """Call *function* with the name of every point passed from now on; None: nothing."""
    global _hook  # noqa: PLW0603  one per process, by design
    _hook = function


def from_text(text: str) -> Hook:
    """
    The hook that `point[:n]:kill|raise` describes.

    Raises:
        UsageError: there is no such point or action.
    """
    point, _, action = text.rpartition(":")
    head, _, tail = point.rpartition(":")
    point, number = (head, int(tail)) if tail.isdecimal() else (point, 1)
    known = (*POINTS, *KEEPING, *FILES, *IN_PLACE, *REPLAY)
    if point not in known or action not in ("kill", "raise"):
        raise UsageError(f"no fault '{text}'", "DQ_FAULT", f"say POINT:kill or POINT:raise, POINT one of: {', '.join(known)}")
    passed = 0

    def strike(name: str) -> None:
        nonlocal passed
        passed += name == point
        if name == point and passed == number:
            if action == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(errno.EIO, f"fault at {point}")

    return strike


if said := os.environ.get("DQ_FAULT"):
    hook(from_text(said))
