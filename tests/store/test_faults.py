"""Named points, where tests strike."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dq.errors import UsageError
from dq.store import faults


def test_a_fault_strikes_where_it_is_told_to() -> None:
    """`after-claim:2:raise` raises the second time, and not before."""
    strike = faults.from_text("after-claim:2:raise")
    strike("after-claim")
    strike("before-claim")
    with pytest.raises(OSError, match="fault at after-claim"):
        strike("after-claim")
    strike("after-claim")


@pytest.mark.parametrize("text", ["nowhere:kill", "after-claim:dance", "after-claim", ""])
def test_a_fault_must_be_one(text: str) -> None:
    """An unknown point or action is refused, and the points are named."""
    with pytest.raises(UsageError, match="after-claim"):
        faults.from_text(text)


def test_points_at_rest_do_nothing() -> None:
    """Without a hook a point is passed in silence; with one, its name is told."""
    seen: list[str] = []
    faults.at("after-claim")
    faults.hook(seen.append)
    try:
        faults.at("after-claim")
    finally:
        faults.hook(None)
    faults.at("after-claim")
    assert seen == ["after-claim"]


@pytest.mark.parametrize("point", ["claim:before COMMIT", "claim:after COMMIT"])
def test_a_variable_kills_a_process_from_outside(point: str, tmp_path: Path, repository: Path) -> None:
    """DQ_FAULT names a point, and the process that passes it ends there."""
    code = """
import sys
from datetime import UTC, datetime
from dq.store import Slot, open_store
store = open_store(folder=sys.argv[1])
print(store.claim(Slot("a", "b", "c"), "x", plan="", policy="", fingerprint="", now=datetime.now(UTC)).token, flush=True)
"""
    run = [sys.executable, "-c", code, str(tmp_path)]
    struck = subprocess.run(
        run, cwd=repository, env={**os.environ, "DQ_FAULT": f"{point}:kill"}, capture_output=True, check=False
    )
    assert (struck.returncode, struck.stdout) == (-signal.SIGKILL, b"")
    well = subprocess.run(run, cwd=repository, capture_output=True, check=True)
    assert well.stdout.strip() == (b"1" if "before" in point else b"2")
