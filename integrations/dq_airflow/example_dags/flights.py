"""
The flights out of New York, raw -> staged -> mart, with a gate at every stage.

`make demo-airflow` lays out the files and runs it. The data interval is the key: a day that runs again is replaced.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from airflow.sdk import DAG, task

from dq_airflow import ContractGateOperator, contract_asset, contract_gate

FOLDER = os.environ.get("DQ_FLIGHTS", "flights")
DAY = "{{ data_interval_start | ds }}"
REFERENCES = {name: f"{FOLDER}/reference/{name}.parquet" for name in ("airlines", "airports", "planes")}


def query(sql: str, path: Path, **files: str) -> str:
    """Write what *sql* makes of *files* to *path*, a Parquet file."""
    import duckdb  # noqa: PLC0415  a DAG file is parsed often

    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.sql(sql, params=files).write_parquet(str(path))
    return str(path)


with DAG("dq_flights_reference", schedule=None, doc_md="The tables that departures refer to."):
    ContractGateOperator.partial(task_id="gate", stage="reference", key="2013").expand_kwargs(
        [{"source": f"{FOLDER}/inbox/{name}.csv", "contract": f"{name}@^1", "output": path} for name, path in REFERENCES.items()]
    )

with DAG(
    "dq_flights",
    schedule="@daily",
    start_date=datetime(2013, 2, 4),  # noqa: DTZ001  days of New York, as the files are named
    end_date=datetime(2013, 2, 24),  # noqa: DTZ001
    catchup=False,
    doc_md=__doc__,
):
    raw = ContractGateOperator(
        task_id="raw",
        contract="departures@^1",
        stage="raw",
        source=f"{FOLDER}/inbox/{DAY}.csv",
        output=f"{FOLDER}/raw/",
    )

    @contract_gate(stage="staged", contract="departures@^1", output=f"{FOLDER}/staged/", references=REFERENCES)
    def staged(raw: str, day: str) -> str:
        """Real times instead of HHMM on a local clock."""
        sql = """
            SELECT *,
                to_timestamp(epoch(time_hour) + 60 * minute) AS departs_at,
                to_timestamp(epoch(time_hour) + 60 * (minute + dep_delay)) AS left_at,
                (60 * (dep_time // 100 - sched_dep_time // 100) + dep_time % 100 - sched_dep_time % 100 + 1500) % 1440 - 60
                    AS clock_delay
            FROM read_parquet($raw)
        """
        return query(sql, Path(FOLDER, "work", "staged", f"{day}.parquet"), raw=raw)

    @contract_gate(stage="mart", contract="punctuality@^1", output=f"{FOLDER}/mart/", outlets=[contract_asset("punctuality")])
    def mart(staged: str, day: str) -> str:
        """How punctual each carrier was."""
        sql = """
            SELECT make_date(year, month, day) AS date, carrier, airlines.name AS airline, count(*) AS flights,
                count(*) FILTER (left_at IS NULL) AS cancelled, count(*) FILTER (dep_delay >= 15) AS late,
                round(avg(dep_delay), 1) AS mean_delay
            FROM read_parquet($staged) JOIN read_parquet($airlines) AS airlines USING (carrier)
            GROUP BY ALL ORDER BY carrier
        """
        return query(sql, Path(FOLDER, "work", "mart", f"{day}.parquet"), staged=staged, airlines=REFERENCES["airlines"])

    @task
    def published(mart: str) -> str:
        """Whatever comes next reads good rows only."""
        return f"punctuality is in {mart}"

    published(mart(staged(raw.output["output"], DAY), DAY))
