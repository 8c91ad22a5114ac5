"""
The flights pipeline in Prefect: the same stages, contracts and files as in pipeline.py, each stage a task with a gate.

    python flows.py        serves both flows, in the folder of the demo

A day is the key. Run again it is left alone, corrected it is replaced, whoever runs it: this flow, or pipeline.py.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pipeline
import pyarrow as pa
from prefect import flow, serve, task

from dq_prefect import enforce_contract, gate, replay_quarantine


@gate("departures@^1", stage="raw", key="{day}", at="{day}T23:59:59Z", output="raw/")
@task(retries=2, task_run_name="raw-{day}")
def arrive(day: date) -> str:
    """The file of a day; its good rows go to raw/, and the next task gets that file."""
    return f"inbox/{day}.csv"


@gate("departures@^1", stage="staged", key="{day}", at="{day}T23:59:59Z", output="staged/", references=pipeline.REFERENCES)
@task(task_run_name="staged-{day}")
def stage(day: date, raw: str) -> pa.Table:
    """A day with real times; the gate names it by its day."""
    del day
    return pipeline.query("staged.sql", raw=raw)


@gate("punctuality@^1", stage="mart", key="{day}", at="{day}T23:59:59Z", output="mart/")
@task(task_run_name="mart-{day}")
def sum_up(day: date, staged: pa.Table) -> pa.Table:
    """How punctual each carrier was."""
    assert staged.num_rows  # noqa: S101  the task waits for it, and reads the file that its gate wrote
    return pipeline.query("mart.sql", staged=f"staged/dq_key={day}/good.parquet", airlines=pipeline.REFERENCES["airlines"])


@flow(log_prints=True)
def departures(first: date, last: date) -> None:
    """Take the days from *first* to *last* through the stages. A day that is blocked stops alone, and fails the run."""
    for name, output in pipeline.REFERENCES.items():
        enforce_contract(f"inbox/{name}.csv", f"{name}@^1", stage="reference", key="2013", output=output)
    days = pipeline.days(first, last)
    raw = arrive.map(days)
    staged = stage.map(days, raw)
    sum_up.map(days, staged).wait()
    blocked = [day for day, future in zip(days, raw, strict=True) if future.state.is_failed()]
    if blocked:
        raise RuntimeError(f"blocked: {', '.join(map(str, blocked))}; the other days went on")


@flow(log_prints=True)
def mend(day: date, rule: str, correction: dict[str, str]) -> Any:
    """Replay the dead letters of *day* that break *rule*, with new values as SQL; those that pass join staged/."""
    done = replay_quarantine(dataset="departures.departures", stage="staged", key=str(day), rule=rule, set=correction)
    print(f"{done.landed} of {done.rows} rows of {day} went on")
    return done.landed


if __name__ == "__main__":
    serve(departures.to_deployment("daily"), mend.to_deployment("by-hand"))
