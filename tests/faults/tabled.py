"""
The fault campaign over tables: `dq.enforce` from a table into a table of the same database, killed at every named point.

    python -m tests.faults.tabled [--attempts N] [--seed S] [--database sqlite|postgres|both]

Histories and laws are those of `tests.faults.enforced`; store and tables are of the same kind.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import dq
from dq.store import faults
from tests.faults.enforced import Input, World, run
from tests.postgres import server

POINTS = (*faults.POINTS, *faults.TABLES)


@dataclass(frozen=True, slots=True)
class Tables(World):
    """Sources and target are tables of *url*; "": of a file of SQLite."""

    url: str = ""

    @property
    def database(self) -> str:
        """The address of the tables."""
        return self.url or f"sqlite:///{self.root / 'data.db'}"

    def _run(self, *statements: str) -> list[tuple[int]]:
        engine = sa.create_engine(self.database, poolclass=sa.NullPool)
        with engine.begin() as connection:
            found = [connection.execute(sa.text(sql)) for sql in statements][-1]
            return [tuple(row) for row in found] if found.returns_rows else []

    def make(self) -> None:
        """The contracts, and sources of three contents."""
        World.make(self)
        for content in (1, 2, 3):
            rows = ", ".join(f"({number}, {age})" for number, age in Input(content, 1).rows.items())
            self._run(
                f"DROP TABLE IF EXISTS source_{content}",
                f"CREATE TABLE source_{content} (id INTEGER, age INTEGER)",
                f"INSERT INTO source_{content} VALUES {rows}",
            )
        self._run("DROP TABLE IF EXISTS target", "DROP TABLE IF EXISTS dq_published")

    def given_to(self, given: Input) -> tuple[Any, Any]:
        """Source and output of an enforcement."""
        return dq.Table(self.database, f"source_{given.content}"), dq.Table(self.database, "target")

    def published(self) -> set[int] | None:
        """The ids in the target; None before anything was published there."""
        if not {"target", "dq_published"} <= set(
            sa.inspect(sa.create_engine(self.database, poolclass=sa.NullPool)).get_table_names()
        ):
            return None
        if not self._run("SELECT 1 FROM dq_published"):
            assert not self._run("SELECT id FROM target"), "rows are there that nobody signed"
            return None
        ids = [number for (number,) in self._run("SELECT id FROM target")]
        assert len(ids) == len(set(ids)), "a row was published twice"
        return set(ids)


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.tabled", description="Kill dq.enforce into a table.")
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all databases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    said = parser.parse_args()
    kinds = ("sqlite", "postgres") if said.database == "both" else (said.database,)
    wrong = False
    for kind in kinds:
        if kind == "sqlite":
            wrong |= _campaign(kind, said.attempts // len(kinds), said.seed, "", "")
        else:
            with server() as fresh:
                wrong |= _campaign(kind, said.attempts // len(kinds), said.seed, fresh(), fresh())
    return int(wrong)


def _campaign(kind: str, attempts: int, seed: int, store: str, url: str) -> bool:
    def world(root: Path, dataset: str, _: str) -> World:
        return Tables(root, store, "csv", dataset, url)

    report = run(attempts, seed, make=world, points=POINTS)
    print(f"{kind}: {report}", flush=True)
    return bool(report.wrong)


if __name__ == "__main__":
    sys.exit(main())
