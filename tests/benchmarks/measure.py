"""One process, measured from outside: wall time, processor time, peak memory. Linux and macOS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """What a process took; *told* is the JSON of its last line. *peak* is in MB of 1,000,000 bytes, its children included."""

    wall: float
    cpu: float
    peak: float
    exit_code: int
    told: dict[str, Any] = field(default_factory=dict)
    complaint: str = ""

    @property
    def work(self) -> float:
        """Seconds after imports, as the process told."""
        return float(self.told.get("seconds", self.wall))

    @property
    def effort(self) -> float:
        """Processor seconds after imports, as the process told."""
        return float(self.told.get("cpu", self.cpu))


def run(command: Sequence[str], **environment: str) -> Run:
    """
    Run *command* to its end.

    Peak memory is that of the process, or of a child it waited for. This process must stay small: a child begins with the
    peak of who started it.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.perf_counter()
        process = subprocess.Popen(list(command), stdout=out, stderr=err, env={**os.environ, **environment})
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        lines = out.read().decode("utf-8", "replace").strip().splitlines()
        complaint = err.read().decode("utf-8", "replace").strip()[-2000:]
    told = json.loads(lines[-1]) if lines and lines[-1].startswith("{") and lines[-1].endswith("}") else {}
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e6, process.returncode, told, complaint)


def best(runs: Sequence[Run]) -> Run:
    """The fastest of *runs*, with the least processor time and the highest peak of all: what noise can only make worse."""
    first = min(runs, key=lambda item: item.wall)
    least: dict[str, Any] = {name: min(item.told[name] for item in runs) for name in ("seconds", "cpu") if name in first.told}
    cpu, peak = min(item.cpu for item in runs), max(item.peak for item in runs)
    return replace(first, cpu=cpu, peak=peak, told={**first.told, **least})


def fastest(times: int, command: Sequence[str], **environment: str) -> Run:
    """The best of *times* runs of a command."""
    return best([run(command, **environment) for _ in range(times)])
