"""`dq.enforce` over a file: good rows to Parquet, bad rows to dead letters. Arguments: FILE CONTRACT FOLDER [MEMORY_LIMIT]."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pyarrow.parquet  # noqa: F401  as the two below: what dq imports when it is first asked to enforce

import dq
import dq.diversion
import dq.engines.duckdb
from tests.benchmarks.outcome import Counts, tell


def work(path: str) -> tuple[Counts, int]:
    """Enforce once, with a fresh store."""
    folder = Path(sys.argv[3])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = dq.Settings(
        memory_limit=sys.argv[4] if len(sys.argv) > 4 else "1GB",
        threads=2,
        store_url=f"sqlite:///{folder.absolute() / 'store.db'}",
        quarantine_url=str(folder.absolute() / "dead"),
    )
    said = {"stage": "raw", "key": "all", "output": f"{folder}/good.parquet"}
    done = dq.enforce(path, sys.argv[2], settings=settings, policy=dq.Policy(budget=None), **said)  # type: ignore[arg-type]
    if not done.ok or done.rows_good + done.rows_quarantined != done.rows_in:
        sys.exit(f"the stage is {done.outcome}: {done.blocked_by}")
    return {item.check: item.rows for item in done.reasons}, done.rows_quarantined


if __name__ == "__main__":
    tell(work)
