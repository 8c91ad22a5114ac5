"""
What a gate costs in Airflow: a table of 1,000 rows, over an empty PythonOperator in the same run. Bound: 1.5 s.

    python -m tests.benchmarks.airflow_overhead [RUNS]

A whole Airflow is started; seconds are those between start and end of the task instances, the median of the runs.
"""

from __future__ import annotations

import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.integrations.airflow.server import Run, shared

BOUND = 1.5  # seconds
CONTRACTS = Path(__file__).parents[1] / "integrations" / "airflow" / "contracts"


def main(runs: int) -> None:
    """Measure, print, and fail beyond the bound."""
    with tempfile.TemporaryDirectory(prefix="dq-airflow-bench-") as name:
        folder = Path(name)
        with closing(sqlite3.connect(folder / "people.db")) as database:
            database.execute("CREATE TABLE people (id integer, age integer)")
            database.executemany(
                "INSERT INTO people VALUES (?, ?)", ((row, 141 if row < 5 else row % 100) for row in range(1000))
            )
            database.commit()
        said = {
            "DQ_CONTRACTS": str(folder / "contracts"),
            "DQ_STORE_URL": f"sqlite:///{folder}/store.db",
            "DQ_QUARANTINE_URL": str(folder / "quarantine"),
            "AIRFLOW_CONN_SHOP": f'{{"conn_type": "sqlite", "host": "{folder}/people.db"}}',
        }
        with shared(folder, said, (CONTRACTS,)) as server:
            measured = [_measured(server.run("overhead", {"output": f"{folder}/good{number}/"})) for number in range(runs + 1)][
                1:
            ]
    empty, gate, idle, busy = (statistics.median(column) for column in zip(*measured, strict=True))
    print(f"empty {empty:.2f} s, gate {gate:.2f} s, overhead {gate - empty:.2f} s (bound {BOUND} s, {runs} runs)")
    print(f"of the processor: empty {idle:.2f} s, gate {busy:.2f} s, overhead {busy - idle:.2f} s")
    if gate - empty > BOUND:
        sys.exit("beyond the bound")


def _measured(run: Run) -> tuple[float, ...]:
    assert set(run.ended().values()) == {"success"}
    tasks = ("empty", "gate")
    clock = [run.xcom(name, "ended") - run.xcom(name, "started") for name in tasks]
    return (*(_seconds(run.task(name)) for name in tasks), *clock)


def _seconds(task: dict[str, Any]) -> float:
    started, ended = (datetime.fromisoformat(task[name]) for name in ("start_date", "end_date"))
    return (ended - started).total_seconds()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
