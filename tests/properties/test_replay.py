"""Whatever the rows, the contracts and the fix: a dry run foretells what happens, and each row is in one place, once."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dq

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}.0.0
status: active
customProperties: [{{property: dq, value: {{budget: 100%}}}}]
schema:
  - name: people
    properties:
      - {{name: n, logicalType: integer}}
      - name: id
        logicalType: integer
        quality:
          - {{metric: duplicateValues, mustBe: 0, customProperties: [{{property: dq, value: {{keep: {keep}}}}}]}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{maximum: {oldest}}}}}
      - name: tag
        logicalType: string
        quality:
          - {{metric: nullValues, mustBeLessThan: {nulls}}}
          - {{metric: invalidValues, arguments: {{validValues: [a, b]}}, mustBe: 0}}
"""
AGES = st.one_of(st.integers(0, 9).map(str), st.sampled_from(["", "old", "12 years"]))
ROWS = st.lists(st.tuples(st.integers(1, 5), AGES, st.sampled_from(["", "a", "b", "c"])), min_size=2, max_size=14)
KEEPS = st.sampled_from(["none", "first", "last", "first by age", "last by age"])
VERSIONS = st.tuples(KEEPS, st.integers(0, 9), st.integers(1, 4))
FIXES = st.sampled_from(
    [
        {},
        {"age": "CASE WHEN age = 'old' THEN '7' ELSE age END"},
        {"tag": "coalesce(tag, 'a')"},
        {"id": "id + n * 100"},
        {"tag": "'b'", "id": "n"},
        {"age": "NULL"},
    ]
)


def _rows(path: Path) -> list[dict[str, Any]]:
    """What is published, as text: Parquet, CSV, JSON lines and a table alike."""
    if not path.exists():
        return []
    if path.suffix == ".db":
        with closing(sqlite3.connect(path)) as database:
            found = database.execute("SELECT CAST(n AS TEXT), CAST(id AS TEXT), CAST(age AS TEXT), tag FROM good ORDER BY rowid")
            return [dict(zip(("n", "id", "age", "tag"), row, strict=True)) for row in found]
    with duckdb.connect() as connection:
        options = ", all_varchar = true, header = true" if path.suffix == ".csv" else ""
        reader = {".parquet": "read_parquet", ".csv": "read_csv", ".jsonl": "read_json"}[path.suffix]
        listed = ", ".join(f"{name}::VARCHAR AS {name}" for name in ("n", "id", "age", "tag"))
        cursor = connection.execute(f"SELECT {listed} FROM {reader}('{path}'{options})")
        return [dict(zip(("n", "id", "age", "tag"), row, strict=True)) for row in cursor.fetchall()]


def _world(folder: Path, rows: list[tuple[int, str, str]], versions: list[tuple[str, int, int]]) -> dq.Settings:
    for version, (keep, oldest, nulls) in enumerate(versions, 1):
        path = folder / "contracts" / "people" / f"{version}.0.0.odcs.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CONTRACT.format(version=version, keep=keep, oldest=oldest, nulls=nulls), "utf-8")
    lines = ["n,id,age,tag", *(f"{n},{id_},{age},{tag}" for n, (id_, age, tag) in enumerate(rows))]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return dq.Settings(
        str(folder / "contracts"),
        memory_limit="256MB",
        threads=1,
        store_url=f"sqlite:///{folder / 'store.db'}",
        quarantine_url=str(folder / "vault"),
    )


def _ways(folder: Path, rows: list[tuple[int, str, str]], suffix: str) -> tuple[Any, Any, Path]:
    """Source, output, and the file that it is in: `db` is a table, `tables` are two of one database."""
    if suffix not in ("db", "tables"):
        return str(folder / "people.csv"), str(folder / f"good.{suffix}"), folder / f"good.{suffix}"
    out = folder / "good.db"
    good = dq.Table(f"sqlite:///{out}", "good")
    if suffix == "db":
        return str(folder / "people.csv"), good, out
    with closing(sqlite3.connect(out)) as database:
        database.execute("CREATE TABLE people (n INTEGER, id INTEGER, age INTEGER, tag TEXT)")
        values = [(n, id_, age or None, tag or None) for n, (id_, age, tag) in enumerate(rows)]
        database.executemany("INSERT INTO people VALUES (?, ?, ?, ?)", values)
        database.commit()
    return dq.Table(f"sqlite:///{out}", "people"), good, out


def _open(history: dq.History, batches: list[Any]) -> list[int]:
    """The open dead letters, by their column n."""
    found = []
    for batch in batches:
        numbers = [row["n"] for item in history.rows(batch.id) for row in item.to_pylist()]
        closed = {n for item in history.actions(batch.id) for n in range(item.rows.first, item.rows.last + 1)}
        found += [number for place, number in enumerate(numbers) if place not in closed]
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    rows=ROWS,
    versions=st.tuples(VERSIONS, VERSIONS),
    fix=FIXES,
    suffix=st.sampled_from(["parquet", "csv", "jsonl", "db", "tables"]),
    some=st.none() | st.integers(0, 5),
)
def test_a_dry_run_is_what_happens(
    rows: list[tuple[int, str, str]],
    versions: tuple[tuple[str, int, int], ...],
    fix: dict[str, str],
    suffix: str,
    some: int | None,
) -> None:
    """
    What a dry run counts is what a replay does; rows that land do so once, behind those that were there; the others are open.

    Be it a file or a table. No two published rows share a key that must be unique. Doing it again changes nothing.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        where = _world(folder, rows, list(versions))
        given, good, out = _ways(folder, rows, suffix)
        done = dq.enforce(given, "people@1.0.0", stage="raw", key="d", output=good, settings=where)
        if not done.ok or not done.rows_quarantined:
            return
        history, before = dq.History(where), _rows(out)
        numbers = [row["__dq_row_no"] for row in done.bad.to_pylist()]
        said: dict[str, Any] = {"contract": "people@2.0.0", "set": fix, "settings": where}
        if some is not None:
            said["rows"] = numbers[: some + 1]
        foretold = dq.replay(done.batch, dry_run=True, **said)
        assert _rows(out) == before
        real = dq.replay(done.batch, **said)
        after = _rows(out)

        one, other = foretold.batches[0], real.batches[0]
        assert (one.rows, one.landed, one.stayed, one.reasons, one.changed) == (
            other.rows, other.landed, other.stayed, other.reasons, other.changed,
        )  # fmt: skip
        assert after[: len(before)] == before
        assert len(after) - len(before) == real.landed
        batches = [batch for batch in history.batches(key="d") if batch.state.active]
        there = Counter(int(row["n"]) for row in after)
        waiting = Counter(_open(history, batches))
        assert there + waiting == Counter(range(len(rows)))
        if not any(keys > 1 for keys in Counter(row["id"] for row in before).values()):
            assert all(keys == 1 for keys in Counter(row["id"] for row in after if row["id"] is not None).values())
        assert history.check() == ()

        again = dq.replay(done.batch, **{**said, "rows": ()})
        if some is None:
            assert (again.landed, [item.child for item in again.batches]) == (0, [None])
        if other.child is not None and not fix:
            twice = dq.replay(other.child, contract="people@2.0.0", settings=where)
            assert (twice.landed, [item.child for item in twice.batches]) == (0, [None])
        assert some is not None or _rows(out) == after
