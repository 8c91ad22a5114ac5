"""
What a gate costs on a frame of 1,000 rows: outside any run, and in a task run with its events and artifacts.

    python -m tests.integrations.prefect.overhead [FOLDER]

Medians, and the fastest tenth, which tells most on a busy machine.
A real server runs beside; bounds: 50 ms outside, 300 ms in a task run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

CALLS = 25


def measured(work: Callable[[int], object]) -> tuple[float, float, float]:
    """Milliseconds of a call after the first three: medians by the clock and of the processor, the fastest tenth by the clock."""
    clock, processor = [], []
    for number in range(CALLS + 3):
        before = time.perf_counter(), time.process_time()
        work(number)
        clock.append(time.perf_counter() - before[0])
        processor.append(time.process_time() - before[1])
    return 1000 * median(clock[3:]), 1000 * median(processor[3:]), 1000 * sorted(clock[3:])[CALLS // 10]


def main() -> None:
    """Measure, and print a table."""
    import pandas as pd
    from prefect import flow, task

    from dq_prefect import gate
    from tests.integrations.prefect.conftest import write_contract

    write_contract(Path.cwd(), "people")
    frame = pd.DataFrame({"id": range(1000), "age": [number % 130 for number in range(1000)]})

    def load(day: int) -> pd.DataFrame:
        return frame if day >= 0 else frame.head(0)

    gated = gate("people", stage="raw", key="{day}")
    told: dict[str, tuple[float, float, float]] = {"outside any run": measured(gated(load))}

    @flow
    def work() -> None:
        told["a task without gate"] = measured(task(load))
        told["a task with gate"] = measured(gated(task(load)))
        told["  without artifacts"] = measured(gate("people", stage="quiet", key="{day}", artifacts=False)(task(load)))

    work()
    for name, (clock, processor, fastest) in told.items():
        print(f"{name:22}{clock:8.1f} ms by the clock{processor:8.1f} ms of the processor{fastest:8.1f} ms the fastest tenth")


if __name__ == "__main__":
    sys.path.insert(0, str(Path("docs/demo").resolve()))
    from prefect_server import server  # type: ignore[import-not-found]

    home = Path(sys.argv[1] if sys.argv[1:] else tempfile.mkdtemp(prefix="dq-overhead-"))
    with server(home / "prefect") as known:
        os.environ.update(known)
        (home / "work").mkdir(exist_ok=True)
        os.chdir(home / "work")
        main()
