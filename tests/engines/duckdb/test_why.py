"""Laws of looking for what bad rows have in common, over real sources."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import dq
from dq.engines.duckdb.view import DuckView
from dq.result import Result, Standout

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nname: trips\nversion: 1.0.0\nstatus: active\n"
RULES = HEAD + (
    "schema:\n- name: trips\n  properties:\n"
    "  - {name: n, logicalType: integer}\n"
    "  - {name: carrier, logicalType: string, classification: %s}\n"
    "  - {name: at, logicalType: timestamp}\n"
    "  - name: fare\n    logicalType: number\n"
    "    quality: [{id: fare, type: custom, engine: dq, implementation: {check: condition, sql: fare >= 0}%s}]\n"
)


def _contract(folder: Path, classification: str = "public", more: str = "") -> Path:
    path = folder / "trips.odcs.yaml"
    path.write_text(RULES % (classification, more), "utf-8")
    return path


def _rows(size: int = 5_000) -> dict[str, list[Any]]:
    """Every tenth row is bad when its carrier is MQ, and no other is; times go on by an hour."""
    start = datetime(2024, 1, 1)  # noqa: DTZ001  as data has it
    carriers = [("UA", "AA", "MQ", "DL", "B6")[row % 5] for row in range(size)]
    return {
        "n": list(range(size)),
        "carrier": carriers,
        "at": [start + timedelta(hours=row % 2000) for row in range(size)],
        "fare": [-1.5 - row % 7 if carrier == "MQ" and row % 10 == 2 else 1.0 + row % 13 for row, carrier in enumerate(carriers)],
    }


def _why(result: Result) -> tuple[Standout, ...]:
    (item,) = [item for item in result.checks if item.check.id == "fare"]
    return item.why


@pytest.mark.parametrize("kind", ["arrow", "pandas", "polars", "rows", "parquet", "csv", "jsonl"])
def test_a_planted_carrier_is_found_in_every_kind_of_source(kind: str, tmp_path: Path) -> None:
    """All bad rows are MQ's, a fifth of all rows: said alike over frames and files, with exact counts."""
    table = pa.table(_rows())
    path = tmp_path / f"trips.{kind}"
    if kind == "parquet":
        pq.write_table(table, path)
    elif kind == "csv":
        table.to_pandas().to_csv(path, index=False)
    elif kind == "jsonl":
        table.to_pandas().to_json(path, orient="records", lines=True, date_format="iso", date_unit="s")
    frames = {"arrow": lambda: table, "pandas": table.to_pandas, "polars": lambda: __import__("polars").from_arrow(table)}
    source = frames[kind]() if kind in frames else table.to_pylist() if kind == "rows" else str(path)
    result = dq.validate(source, _contract(tmp_path))
    assert result.bad_rows == 500
    assert [(said.column, said.value, said.bad, said.rows) for said in _why(result)] == [("carrier", "MQ", 500, 1_000)]


def test_many_bad_rows_and_many_rows_are_counted_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where common values are looked for in a choice of rows, they are still counted in all of them."""
    import dq.engines.duckdb.why as looked

    monkeypatch.setattr(looked, "_CELLS", 10)
    monkeypatch.setattr(looked, "_MANY", 1)
    monkeypatch.setattr(looked, "_FEW", 0)
    monkeypatch.setattr(looked, "_SAMPLED", 500)
    result = dq.validate(pa.table(_rows(20_000)), _contract(tmp_path))
    assert [(said.column, said.value, said.bad, said.rows) for said in _why(result)] == [("carrier", "MQ", 2_000, 4_000)]


def test_the_file_is_told(tmp_path: Path) -> None:
    """When the bad rows are those of one file among several, the file is what is told first."""
    for part in range(8):
        rows = _rows(500)
        rows["fare"] = [-1.0 - place % 5 if part == 6 and place % 3 == 0 else 1.0 for place in range(500)]
        pq.write_table(pa.table(rows), tmp_path / f"part-{part:04}.parquet")
    first, *rest = _why(dq.validate(str(tmp_path / "part-*.parquet"), _contract(tmp_path)))
    assert (first.column, Path(first.value or "").name) == ("(file)", "part-0006.parquet")
    assert (first.bad_share, first.row_share) == (1, 0.125)
    assert "(position)" not in {said.column for said in rest}


def test_a_day_is_told(tmp_path: Path) -> None:
    """When the bad rows are those of one day, the day is told, not its hours."""
    rows = _rows(4_800)
    rows["fare"] = [-1.0 - row % 5 if at.day == 3 and at.month == 2 and row % 2 else 1.0 for row, at in enumerate(rows["at"])]
    assert ("at", "2024-02-03") in [(said.column, said.value) for said in _why(dq.validate(pa.table(rows), _contract(tmp_path)))]


def test_a_stretch_of_rows_is_told(tmp_path: Path) -> None:
    """When the bad rows follow each other, the first and last row are told."""
    rows = _rows()
    rows["fare"] = [-1.0 - row % 7 if 4_200 <= row <= 4_300 else 1.0 for row in rows["n"]]
    told = {said.column: said.value for said in _why(dq.validate(pa.table(rows), _contract(tmp_path)))}
    assert told["(position)"] == "4,200 to 4,300"


def test_spread_bad_rows_claim_nothing(tmp_path: Path) -> None:
    """Bad rows that fall on every carrier, time and position alike are explained by nothing."""
    rows = _rows()
    rows["fare"] = [-1.0 - row if row % 17 == 3 else 1.0 for row in rows["n"]]
    assert _why(dq.validate(pa.table(rows), _contract(tmp_path))) == ()


def test_values_of_the_checks_own_column_are_told_last(tmp_path: Path) -> None:
    """The value that all bad rows have in the checked column itself is told after what they have in common elsewhere."""
    rows = _rows()
    rows["fare"] = [-1.0 if fare < 0 else fare for fare in rows["fare"]]
    assert [(said.column, said.value) for said in _why(dq.validate(pa.table(rows), _contract(tmp_path)))] == [
        ("carrier", "MQ"),
        ("fare", "-1.0"),
    ]


def test_a_filtered_rule_is_explained_among_the_rows_it_judges(tmp_path: Path) -> None:
    """A rule for MQ alone is not explained by MQ."""
    where = """, customProperties: [{property: dq, value: {where: "carrier = 'MQ'"}}]"""
    contract = _contract(tmp_path, more=where)
    result = dq.validate(pa.table(_rows()), contract)
    assert result.bad_rows == 500
    assert "carrier" not in {said.column for said in _why(result)}


def test_sensitive_values_are_masked(tmp_path: Path) -> None:
    """What a sensitive column has in common is told as a mask."""
    (said,) = _why(dq.validate(pa.table(_rows()), _contract(tmp_path, "restricted")))
    assert (said.column, (said.value or "")[:3]) == ("carrier", "XX#")


def test_nothing_is_read_again_when_nothing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dataset without bad rows is not asked why."""

    def never(*_: object) -> None:
        pytest.fail("asked")

    monkeypatch.setattr(DuckView, "grounds", never)
    assert dq.validate(pa.table(_rows(2)), _contract(tmp_path)).ok


def test_hostile_names_and_values_are_only_text(tmp_path: Path) -> None:
    """Quotes, NUL, escapes and long text in names and values break nothing."""
    rows = _rows(1_000)
    evil = "a'b\"; drop table x; --"
    rows[evil] = [evil if fare < 0 else "o'k" for fare in rows["fare"]]
    rows["zero"] = ["a\0b" if fare < 0 else "x" for fare in rows["fare"]]
    rows["long"] = ["y" * 100_000 if fare < 0 else "x" for fare in rows["fare"]]
    told = [(said.column, said.value) for said in _why(dq.validate(pa.table(rows), _contract(tmp_path)))]
    assert (evil, evil) in told
    assert not {"zero", "long"} & {name for name, _ in told}


def test_lines_that_cannot_be_read_have_no_values(tmp_path: Path) -> None:
    """Malformed records are explained by their file alone, never by null."""
    for part in range(8):
        lines = [f"{row},UA,2024-01-01T00:00:00,1.0" if part != 5 or row % 9 else f"{row},UA" for row in range(300)]
        (tmp_path / f"part-{part}.csv").write_text("\n".join(["n,carrier,at,fare", *lines]) + "\n", "utf-8")
    result = dq.validate(str(tmp_path / "part-*.csv"), _contract(tmp_path))
    (item,) = [item for item in result.checks if item.bad_rows]
    assert [(said.column, Path(said.value or "").name) for said in item.why] == [("(file)", "part-5.csv")]


@pytest.mark.parametrize("columns", [600])
def test_wide_tables_are_explained(columns: int, tmp_path: Path) -> None:
    """A table with more columns than are looked at is still explained by the first of them."""
    table = pa.table(_rows(1_000) | {f"c{place}": [0] * 1_000 for place in range(columns)})
    assert ("carrier", "MQ") in [(said.column, said.value) for said in _why(dq.validate(table, _contract(tmp_path)))]
