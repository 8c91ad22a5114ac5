"""
The flights pipeline: the departures of a day, raw -> staged -> mart, each stage under a contract.

    python pipeline.py 2013-02-04 2013-02-24

runs those days, one after the other. A day that ran before is left alone when its file is the same, and replaced when it is not.
It works in the folder that it is started in: the files of the carriers are in inbox/, good rows go to raw/, staged/ and mart/,
bad rows to the dead letters in .dq/.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa

import dq

REFERENCES = {name: f"reference/{name}.parquet" for name in ("airlines", "airports", "planes")}
HERE = Path(__file__).parent


def run(day: date) -> Iterator[dq.Enforcement]:
    """Take one day through the stages; a stage that is blocked is the last."""
    raw = enforce(f"inbox/{day}.csv", "departures@^1", "raw", day)
    yield raw
    if not raw.ok:
        return
    staged = enforce(query("staged.sql", raw=raw.output), "departures@^1", "staged", day)
    yield staged
    if not staged.ok:
        return
    yield enforce(query("mart.sql", staged=staged.output, airlines=REFERENCES["airlines"]), "punctuality@^1", "mart", day)


def enforce(source: str | pa.Table, contract: str, stage: str, day: date) -> dq.Enforcement:
    """Good rows to `<stage>/dq_key=<day>/`, bad rows to the dead letters. The day is the key: enforced again, it replaces."""
    midnight = datetime.combine(day + timedelta(days=1), time(), UTC)
    references = REFERENCES if stage == "staged" else {}
    return dq.enforce(source, contract, stage=stage, key=str(day), at=midnight, output=f"{stage}/", references=references)


def query(name: str, **parameters: str) -> pa.Table:
    """What the SQL in file *name* makes of the files that *parameters* name."""
    with duckdb.connect() as connection:
        return connection.sql((HERE / name).read_text("utf-8"), params=parameters).to_arrow_table()


def refer() -> Iterator[dq.Enforcement]:
    """The tables that departures refer to: they change once in a while, and are enforced all the same."""
    for name, output in REFERENCES.items():
        yield dq.enforce(f"inbox/{name}.csv", f"{name}@^1", stage="reference", key="2013", output=output)


def days(first: date, last: date) -> list[date]:
    """From *first* to *last*, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    first, last = date.fromisoformat(sys.argv[1]), date.fromisoformat(sys.argv[-1])
    for day in days(first, last):
        for done in run(day):
            rows = f"{done.rows_in} = {done.rows_good} + {done.rows_quarantined}"
            print(f"{day}  {done.batch.slot.stage:8}{done.outcome:13}{rows}")
