"""The benchmark measures what it says it measures."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import dq
from tests.benchmarks import many
from tests.benchmarks.measure import run
from tests.benchmarks.orders import RULES, write
from tests.benchmarks.runners import decode, referee
from tests.benchmarks.runners.dq import CONTRACT


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Twenty thousand orders."""
    path = tmp_path_factory.mktemp("orders") / "orders.parquet"
    write(20_000, path)
    return str(path)


def test_the_orders_are_always_the_same(orders: str, tmp_path: Path) -> None:
    """Writing the orders again gives the same bytes."""
    write(20_000, tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == Path(orders).read_bytes()


def test_about_three_orders_in_two_hundred_are_bad(orders: str) -> None:
    """All rules but two find something, and 1.4 to 1.7 % of the rows are bad."""
    counts, bad_rows = referee.work(orders)
    assert [rule for rule, count in counts.items() if not count] == ["discount_range", "created_at_range"]
    assert 0.014 <= bad_rows / 20_000 <= 0.017


def test_dq_and_plain_sql_agree_on_every_rule(orders: str) -> None:
    """The contract says the same as the referee's SQL, rule by rule, and in all."""
    result = dq.validate(orders, CONTRACT)
    counts, bad_rows = referee.work(orders)
    assert {item.check.id: item.bad_rows for item in result.checks if item.check.id in RULES} == counts
    assert result.bad_rows == bad_rows


def test_decoding_finds_nothing(orders: str) -> None:
    """The comparisons that make DuckDB decode are never true, over eleven columns."""
    counts, _ = decode.work(orders)
    assert len(counts) == 11
    assert set(counts.values()) == {0}


@pytest.mark.parametrize("checks", [20, 200])
def test_many_checks_are_as_many_as_they_say(checks: int, orders: str, tmp_path: Path) -> None:
    """A contract of n checks has n, a tenth of them patterns, and all of them run."""
    result = dq.validate(orders, many.write(checks, tmp_path))
    ran = [item for item in result.checks if item.check.id.startswith("rule-")]
    assert len(ran) == checks
    assert sum("matches(" in item.check.says for item in ran) == checks // 10
    assert {item.status for item in ran} <= {"pass", "fail"}


def test_a_process_is_measured_from_outside() -> None:
    """Wall and processor time, peak memory, exit code and the last line of JSON are those of the process."""
    program = (
        "import time; x = bytearray(200_000_000); time.sleep(0.2); print('noise'); print('{\"seconds\": 7}'); raise SystemExit(3)"
    )
    done = run((sys.executable, "-c", program))
    assert done.exit_code == 3
    assert done.work == 7
    assert 0.2 <= done.wall < 30
    assert done.cpu < done.wall + 1
    assert done.peak > 200  # and at least what this process had when it started the other
