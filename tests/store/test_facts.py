"""A result becomes the facts that the store keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dq.checks import Check, Clause, Dimension, Measure, Mode, Rows, Status
from dq.errors import Place
from dq.result import CheckResult, Counted, Coverage, Measured, NotRun, Result, Sample
from dq.store import Metric, facts_of, open_store

NOW = datetime(2024, 5, 1, tzinfo=UTC)


def _check(name: str, **said: Any) -> Check:
    from sqlglot import exp

    subject = Rows(exp.true()) if name == "min" else Measure(exp.Count(this=exp.Star()))
    clause = Clause(Place("orders.yaml", 12, "schema.orders.amount"), "minimum: 0", "sha")
    return Check(f"amount.{name}", name, Dimension.CONFORMITY, f"amount has a {name}", ("amount",), subject, clause, **said)


def _result(*checks: CheckResult) -> Result:
    return Result(
        contract="orders@2.1.0", object="orders", dataset="shop.orders", source="orders.csv", engine="duckdb", stage="raw",
        status=Status.FAIL, rows=10, bad_rows=3, checks=checks, coverage=Coverage(1, (), ()), now=NOW, seconds=2.5,
        columns={"id": "BIGINT", "amount": "DOUBLE"}, owners=("ann", "bob"), plan="plan",
    )  # fmt: skip


COUNTED = CheckResult(
    _check("min"), Status.FAIL, Counted(10, 3), "3 rows", samples=(Sample(4, {"amount": "-1"}, "orders.csv", 6),)
)
MEASURED = CheckResult(_check("mean", mode=Mode.BLOCK), Status.PASS, Measured(2.5, 10), "2.5")
SKIPPED = CheckResult(_check("max"), Status.SKIP, NotRun("no values"), "no values")


def test_a_result_becomes_facts(tmp_path: Path) -> None:
    """Verdicts, samples, columns and numbers are taken over; measured numbers become metrics; the store takes it all."""
    facts = facts_of(_result(COUNTED, MEASURED, SKIPPED), key="day", origin={"host": "here"})
    assert (facts.slot.dataset, facts.slot.stage, facts.slot.key, facts.at) == ("shop.orders", "raw", "day", facts.now)
    assert (facts.finished - facts.started).total_seconds() == 2.5
    assert facts.metrics == (Metric("rows", 10.0), Metric("bad_rows", 3.0), Metric("amount.mean", 2.5, "amount"))
    assert [(item.status, item.rows, item.bad, item.value) for item in facts.checks] == [
        ("fail", 10, 3, None),
        ("pass", 10, 0, "2.5"),
        ("skip", 0, 0, None),
    ]
    assert facts.checks[0].samples == ({"row": 4, "values": {"amount": "-1"}, "source": "orders.csv", "line": 6},)
    store = open_store(folder=tmp_path)
    assert store.run(store.record_run(facts)).checks == facts.checks


def test_a_definition_keeps_its_fingerprint() -> None:
    """The same check of the same dataset has one fingerprint, whatever it found; another mode is another definition."""
    one, two = (facts_of(_result(item)).checks[0].fingerprint for item in (COUNTED, replace(COUNTED, status=Status.PASS)))
    other = facts_of(_result(replace(COUNTED, check=_check("min", mode=Mode.WARN)))).checks[0].fingerprint
    assert one == two != other
