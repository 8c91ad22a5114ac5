"""Laws of the page that shows a contract."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from dq import report
from dq.contract import read
from dq.plan import compile as plan

EVIL = "x\\e[31m[bold red]y[/]\\u202e"

CONTRACT = f"""\
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 2.1.0
status: active
team:
  name: shop team
servers:
  - {{server: lake, type: s3, location: "s3://lake/orders/*.parquet", format: parquet}}
slaProperties:
  - {{property: latency, value: 4, unit: h}}
schema:
  - name: orders
    physicalName: orders_v2
    properties:
      - {{name: order_id, logicalType: string, physicalType: VARCHAR(36), primaryKey: true, primaryKeyPosition: 1}}
      - {{name: email, logicalType: string, classification: restricted, required: true}}
      - name: lines
        logicalType: array
        items:
          logicalType: object
          properties:
            - {{name: price, logicalType: number, logicalTypeOptions: {{minimum: 0}}}}
      - {{name: "{EVIL}", logicalType: string}}
      - name: total
        logicalType: number
        quality:
          - {{id: few_missing, metric: nullValues, mustBeLessThan: 5, unit: percent, severity: info}}
          - {{type: text, description: looks right}}
    quality:
      - {{id: soda_rows, type: custom, engine: soda, implementation: row_count}}
  - name: nothing
"""


@pytest.fixture
def shown() -> Any:
    """The contract as a page."""
    contract = read(CONTRACT, "shop.yaml")
    plans = {item.name: plan(contract, item) for item in contract.objects}
    return lambda **how: report.contract(contract, plans, **how)


def test_the_page_names_what_is_promised(shown: Any) -> None:
    """Objects, columns, nested parts, types, promises and rules are there, each in the words of the contract."""
    lines = [" ".join(line.split()) for line in shown().splitlines()]
    for line in (
        "shop@2.1.0",
        "server lake (s3) s3://lake/orders/*.parquet",
        "sla latency 4 h",
        "orders (orders_v2) · 5 columns · 13 checks",
        "order_id string VARCHAR(36) key physicalType: VARCHAR(36)",
        "email string restricted required: true",
        "price number minimum: 0",
        "✓ total has a value: fewer than 5 % [few_missing · observe]",
        "nothing · 0 columns · 0 checks",
    ):
        assert line in lines


def test_the_page_names_what_nobody_enforces(shown: Any) -> None:
    """Clauses that are skipped are listed with reason and line; those for people or other places are counted."""
    text = shown()
    assert "- soda_rows: not enforced: rules of 'soda' are not run, line 32" in text
    assert "not judged here: text for people (1)" in text


def test_authors_text_is_harmless(shown: Any) -> None:
    """Escape sequences and markup in a contract are shown, not obeyed."""
    text = shown(colour=True)
    assert "x\\x1b[31m[bold red]y[/]\\u202e" in text
    assert "\u202e" not in text


@pytest.mark.parametrize("width", [40, 60, 100])
def test_the_page_keeps_its_width(shown: Any, width: int) -> None:
    """No line is wider than asked for."""
    assert max(cell_len(line) for line in shown(width=width).splitlines()) <= width


def test_poor_encodings_get_ascii(shown: Any) -> None:
    """What the terminal cannot show is written in ASCII."""
    assert "+ total has a value" in shown(encoding="ascii").encode("ascii").decode()


def test_a_contract_without_objects_says_so() -> None:
    """There is nothing to check, and the page says it."""
    contract = read("apiVersion: v3.1.0\nkind: DataContract\nid: a\nversion: 1.0.0\nstatus: active\n", "a.yaml")
    assert "nothing to check" in report.contract(contract, {})
