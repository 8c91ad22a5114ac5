"""
The fault campaign for replay into tables: histories and laws of `tests.faults.replayed`, good rows in a table.

    python -m tests.faults.replayed_tables [--attempts N] [--seed S] [--database sqlite|postgres|both]

Store and target are of the same kind. It ends with 1 when a law was broken.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

import dq
from dq.store import faults
from tests.faults import replay_mutants
from tests.faults.replayed import Key, run
from tests.postgres import server

# Of those that tables have, the last three: nothing is deleted when rows are added.
POINTS = (*faults.POINTS, *faults.TABLES[1:], *faults.REPLAY, *faults.KEEPING)


@dataclass(frozen=True, slots=True)
class InTable(Key):
    """The key has its rows in a table of *url*; "": of a file of SQLite."""

    url: str = ""

    @property
    def database(self) -> str:
        """The address of the table."""
        return self.url or f"sqlite:///{self.root / 'data.db'}"

    def _run(self, sql: str) -> list[Any]:
        with sa.create_engine(self.database, poolclass=sa.NullPool).begin() as connection:
            found = connection.execute(sa.text(sql))
            return [tuple(row) for row in found] if found.returns_rows else []

    def make(self) -> None:
        """Nothing is there of histories before."""
        Key.make(self)
        self._run("DROP TABLE IF EXISTS target")
        self._run("DROP TABLE IF EXISTS dq_published")

    @property
    def good(self) -> dq.Table:
        """Where good rows go."""
        return dq.Table(self.database, "target")

    def published_ids(self) -> list[int]:
        """The ids in the target, as often as they are there."""
        if "target" not in sa.inspect(sa.create_engine(self.database, poolclass=sa.NullPool)).get_table_names():
            return []
        return [number for (number,) in self._run("SELECT id FROM target")]

    def lose(self) -> None:
        """Somebody removes what the key has published."""
        self._run("DROP TABLE IF EXISTS target")


def main() -> int:
    """Run it, and say what happened."""
    about = "Kill dq.replay into a table at every step."
    parser = argparse.ArgumentParser(prog="python -m tests.faults.replayed_tables", description=about)
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all databases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutant", choices=sorted(replay_mutants.TABLE_MUTANTS), help="sow this fault, to see that it is found")
    said = parser.parse_args()
    kinds = ("sqlite", "postgres") if said.database == "both" else (said.database,)
    wrong = False
    with replay_mutants.sown(said.mutant) if said.mutant else nullcontext():
        for kind in kinds:
            if kind == "sqlite":
                wrong |= _campaign(kind, said.attempts // len(kinds), said.seed, "", "")
            else:
                with server() as fresh:
                    wrong |= _campaign(kind, said.attempts // len(kinds), said.seed, fresh(), fresh())
    return int(wrong)


def _campaign(kind: str, attempts: int, seed: int, store: str, url: str) -> bool:
    def make(root: Path, store_url: str, suffix: str, dataset: str) -> Key:
        return InTable(root, store_url, suffix, dataset, url)

    report = run(attempts, seed, store, make=make, points=POINTS)
    print(f"{kind}: {report}", flush=True)
    return bool(report.wrong)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of servers and engines may still be ending
