"""Contracts and suites as pandera schemas: source and object say the same, and what is read back is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

import dq
from dq.authoring.export import to_pandera
from dq.suites import Suite, load
from tests.suites.pandera.judging import pandera_says
from tests.suites.pandera.test_oracle import cases, schema_of

pa: Any = pytest.importorskip("pandera.pandas")
pp: Any = pytest.importorskip("pandera.polars")

CONTRACT = r"""
apiVersion: v3.2.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
schema:
  - name: orders
    customProperties: [{property: dq, value: {extra: block, order: warn}}]
    properties:
      - {name: id, logicalType: integer, primaryKey: true}
      - {name: state, logicalType: string, required: true, enum: [{value: open}, {value: shut}], physicalName: status}
      - {name: price, logicalType: number, logicalTypeOptions: {minimum: 0, exclusiveMaximum: 100}}
      - {name: sku, logicalType: string, unique: true, logicalTypeOptions: {pattern: "^S-\\d+$", minLength: 3, maxLength: 9}}
      - {name: mail, logicalType: string, logicalTypeOptions: {format: email}}
      - {name: at, logicalType: timestamp, logicalTypeOptions: {minimum: "2024-01-01T00:00:00"}}
      - name: note
        logicalType: string
        quality:
          - {metric: nullValues, mustBeLessThan: 5, unit: percent}
          - {metric: invalidValues, arguments: {validValues: [a, b]}, mustBe: 0, severity: warning}
    quality:
      - {type: custom, engine: dq, implementation: {check: condition, sql: "price < 50 OR state = 'open'"}}
      - {metric: rowCount, mustBeGreaterThan: 0}
"""
GOOD = {
    "id": [1, 2],
    "status": ["open", "shut"],
    "price": [1.0, None],
    "sku": ["S-1", "S-22"],
    "mail": ["a@b.cd", None],
    "at": [pd.Timestamp("2024-02-01"), pd.NaT],
    "note": ["a", "b"],
}


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    """A contract with most of what pandera has words for, and some that it has none for."""
    (tmp_path / "shop.odcs.yaml").write_text(CONTRACT, "utf-8")
    return tmp_path / "shop.odcs.yaml"


def test_what_cannot_be_said_is_listed(contract: Path) -> None:
    """Every clause is in the schema, or among what is left out, with why."""
    left_out = {gap.rule or gap.clause.text: gap.reason for gap in to_pandera(contract).left_out}
    assert left_out == {
        "sku.unique": "pandera counts nulls as one value, the contract leaves keys with null out",
        "note.nullValues": "pandera allows no share of bad rows",
        "condition": "pandera has no word for condition",
        "rowCount": "pandera allows no share of bad rows",
    }


@pytest.mark.parametrize(
    ("column", "row", "value"),
    [
        ("id", 1, 1),
        ("id", 1, None),
        ("status", 0, "ajar"),
        ("status", 0, None),
        ("price", 0, -0.5),
        ("price", 0, 100.0),
        ("sku", 1, "x"),
        ("sku", 1, "S-123456789"),
        ("mail", 1, "nobody"),
        ("at", 1, pd.Timestamp("2023-12-31")),
    ],
)
@pytest.mark.parametrize("api", ["pandas", "polars"])
def test_the_schema_finds_what_the_contract_finds(api: str, column: str, row: int, value: Any, contract: Path) -> None:
    """Good rows pass the schema; each broken value fails it, as it fails the contract."""
    schema = to_pandera(contract, api=api).build()
    good = pd.DataFrame(GOOD)
    broken = good.astype({"id": "Int64"})
    broken.loc[row, column] = value
    convert = pl.from_pandas if api == "polars" else pd.DataFrame
    assert pandera_says(convert(good), schema)[0]
    assert not pandera_says(convert(broken), schema)[0]
    assert dq.validate(good, contract, record=False).ok
    assert not dq.validate(broken, contract, record=False).ok


@pytest.mark.parametrize("api", ["pandas", "polars"])
def test_source_and_object_are_one_schema(api: str, contract: Path) -> None:
    """The source, run, makes the schema that `build` makes."""
    made = to_pandera(contract, api=api)
    namespace: dict[str, Any] = {}
    exec(made.text, namespace)  # noqa: S102  our own source
    assert _told(load(namespace["schema"])) == _told(load(made.build()))
    assert load(made.build()).gaps == ()


def _told(suite: Suite) -> list[str]:
    """What the checks of *suite* are, each once, whatever they are called."""
    said = (
        (item.columns, getattr(item.subject, "bad", item.subject), item.limits, item.mode, item.each) for item in suite.checks
    )
    return sorted(set(map(repr, said)))


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_a_round_trip_loses_nothing(case: dict[str, Any]) -> None:
    """A schema read, written and read again has the same checks; what pandera can say is never left out."""
    dtypes = {"int64": "int64", "float64": "float64", "str": str, "bool": "bool"}
    before = load(schema_of(case, pa, dtypes, tells_who=False))
    made = to_pandera(before)
    assert made.left_out == before.gaps
    assert _told(load(made.build())) == _told(before)


def test_levels_patterns_and_optional_columns_come_back() -> None:
    """An index, columns by a pattern, optional ones, coerced ones and order are written as they were read."""
    check = pa.Check
    schema = pa.DataFrameSchema(
        {
            "a": pa.Column(int, [check.in_range(0, 10), check.isin([1, 2], raise_warning=True, ignore_na=False)], unique=True),
            "^b_.*": pa.Column(str, check.str_matches("x"), regex=True, required=False, nullable=True),
            "^c_.*": pa.Column(float, check.gt(1), regex=True),
            "o": pa.Column("int32", required=False, coerce=True),
            "t": pa.Column("datetime64[ns]", check.gt(pd.Timestamp("2020-01-01")), nullable=True),
        },
        index=pa.MultiIndex([pa.Index(int, name="i"), pa.Index(str, check.str_length(1, 2), name="j")]),
        strict=True,
        ordered=True,
        unique=["a", "t"],
        name="orders",
    )
    before = load(schema)
    made = to_pandera(before)
    assert made.left_out == ()
    after = load(made.build())
    assert _told(after) == _told(before)
    assert (after.columns, after.name) == (before.columns, before.name)


def test_a_wrong_name_is_told(contract: Path) -> None:
    """Neither an api that pandera has not nor a schema object that the contract has not is taken."""
    with pytest.raises(dq.UsageError, match="say one of pandas, polars"):
        to_pandera(contract, api="dask")
    with pytest.raises(dq.UsageError, match="say schema=NAME, one of: orders"):
        to_pandera(contract, schema="planes")
