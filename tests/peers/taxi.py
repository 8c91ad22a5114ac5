"""Twelve months of real taxi trips: the bad rows of each month and defect, against counts that somebody else made."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dq
from dq.result import NotRun, Result
from tests.peers.score import Miss, PeerSet, Score

# A count over all columns, which no rule makes: the profile answers it.
NULL_CELLS = "null_cells"
CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: taxi-trips
name: taxi
version: 1.0.0
status: active
schema:
  - name: trips
    properties:
      - {{name: vendor_id, logicalType: integer, required: true}}
      - {{name: pickup_datetime, logicalType: timestamp, required: true}}
      - {{name: dropoff_datetime, logicalType: timestamp, required: true}}
      - name: passenger_count
        logicalType: integer
        quality:
          - {{id: null_passengers, metric: nullValues, mustBe: 0}}
          - {{id: zero_passengers, type: custom, engine: dq, implementation: {{check: condition, sql: passenger_count <> 0}}}}
      - name: trip_distance
        logicalType: number
        quality:
          - {{id: zero_distance, type: custom, engine: dq, implementation: {{check: condition, sql: trip_distance <> 0}}}}
      - {{name: rate_code_id, logicalType: integer}}
      - {{name: store_and_fwd_flag, logicalType: string}}
      - {{name: pickup_location_id, logicalType: integer}}
      - {{name: dropoff_location_id, logicalType: integer}}
      - {{name: payment_type, logicalType: integer}}
      - name: fare_amount
        logicalType: number
        quality:
          - {{id: negative_fare, type: custom, engine: dq, implementation: {{check: condition, sql: fare_amount >= 0}}}}
      - {{name: extra, logicalType: number}}
      - {{name: mta_tax, logicalType: number}}
      - {{name: tip_amount, logicalType: number}}
      - {{name: tolls_amount, logicalType: number}}
      - {{name: improvement_surcharge, logicalType: number}}
      - {{name: total_amount, logicalType: number}}
      - name: congestion_surcharge
        logicalType: number
        quality:
          - {{id: null_congestion, metric: nullValues, mustBe: 0}}
    quality:
      - id: dropoff_before_pickup
        type: custom
        engine: dq
        implementation: {{check: condition, sql: dropoff_datetime >= pickup_datetime}}
      - id: pickup_out_of_month
        type: custom
        engine: dq
        implementation:
          check: condition
          sql: "pickup_datetime >= TIMESTAMP '{begin}' AND pickup_datetime < TIMESTAMP '{end}'"
      - id: dups
        metric: duplicateValues
        arguments:
          properties: [vendor_id, pickup_datetime, dropoff_datetime, trip_distance, pickup_location_id, dropoff_location_id,
            payment_type, fare_amount, tip_amount, total_amount]
        mustBe: 0
"""


def score(folder: Path, engine: str) -> Iterator[Score]:
    """One case for each month and defect."""
    with (folder / "gx_taxi_defects.csv").open(encoding="utf-8") as file:
        months = list(csv.DictReader(file))
    misses, cases, answered = [], 0, 0
    for month in months:
        result = _judged(folder, month["month"])
        found = _counts(result)
        for defect in [name for name in month if name not in ("month", "cols")]:
            cases += 1
            answered += defect in found
            if str(found.get(defect, "no answer")) != month[defect]:
                misses.append(Miss(f"{month['month']} {defect}", month[defect], str(found.get(defect, "no answer"))))
    yield Score("taxi", engine, cases, answered, tuple(misses))


def _judged(folder: Path, month: str) -> Result:
    year, number = map(int, month.split("-"))
    after = f"{year + number // 12}-{number % 12 + 1:02}"
    with tempfile.TemporaryDirectory() as scratch:
        contract = Path(scratch) / "taxi.odcs.yaml"
        contract.write_text(CONTRACT.format(begin=f"{month}-01", end=f"{after}-01"), "utf-8")
        return dq.validate(str(folder / "gx_taxi" / f"yellow_tripdata_sample_{month}.csv"), contract, profile=True)


def _counts(result: Result) -> dict[str, int]:
    """The bad rows of every rule that ran, by its name; and the cells without a value."""
    found = {item.check.rule: item.bad_rows for item in result.checks if item.check.rule and not isinstance(item.found, NotRun)}
    return found | {"rows": result.rows, NULL_CELLS: sum(item.nulls for item in result.profile)}


SET = PeerSet("taxi", ("duckdb",), score)
