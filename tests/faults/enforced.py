"""
The fault campaign with the real thing: `dq.enforce` over files, killed at every named point, alone and beside others.

    python -m tests.faults.enforced [--attempts N] [--seed S] [--store sqlite|postgres|both]

A history is one key, enforced with one input after another: other content, or another contract. Each input comes with
processes that are killed, and ends with one in peace. It ends with 1 when a law was broken.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import dq
from dq.diversion import places
from dq.engines.duckdb import DuckDB
from dq.quarantine import rows as dead_letters
from dq.store import State, faults
from tests.faults import children
from tests.faults.children import Blow
from tests.postgres import server

POINTS = (*faults.POINTS, *faults.FILES)
ROWS = 40
OLDEST = {1: 120, 2: 140, 3: 2}  # by the version of the contract; under the last one nearly all rows are bad: blocked
CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: {version}.0.0
status: active
customProperties: [{{property: dq, value: {{budget: 60%}}}}]
schema:
  - name: people
    properties:
      - {{name: id, logicalType: integer}}
      - {{name: age, logicalType: integer, logicalTypeOptions: {{maximum: {oldest}}}}}
"""
PATIENCE = 6


@dataclass(frozen=True, slots=True)
class Input:
    """A version of the source, and a version of the contract."""

    content: int
    contract: int

    @property
    def rows(self) -> dict[int, int]:
        """Age by id; no two contents share an id."""
        return {self.content * 1000 + n: hashlib.sha256(f"{self.content}/{n}".encode()).digest()[0] % 160 for n in range(ROWS)}

    @property
    def blocks(self) -> bool:
        """Whether it goes beyond the budget."""
        return len(self.bad) > 0.6 * ROWS

    @property
    def good(self) -> set[int]:
        """The ids that go on."""
        return {number for number, age in self.rows.items() if age <= OLDEST[self.contract]}

    @property
    def bad(self) -> set[int]:
        """The ids that do not."""
        return self.rows.keys() - self.good


@dataclass
class Report:
    """What a campaign did, and what it found wrong."""

    attempts: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    killed: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    points: Sequence[str] = POINTS

    def __str__(self) -> str:
        ends = ", ".join(f"{number} {name}" for name, number in sorted(self.ends.items()))
        missed = sorted(set(self.points) - self.killed)
        more = [f"nobody was killed at: {', '.join(missed)}"] if missed else []
        return "\n".join([f"{self.attempts} attempts: {ends}", *more, *self.wrong[:10]])


@dataclass(frozen=True, slots=True)
class World:
    """Where the files and the store of one history are."""

    root: Path
    store_url: str
    suffix: str
    dataset: str

    @property
    def settings(self) -> dq.Settings:
        """Small, and with everything below the root."""
        return dq.Settings(
            str(self.root / "contracts"),
            memory_limit="256MB",
            threads=1,
            store_url=self.store_url or f"sqlite:///{self.root / 'store.db'}",
            quarantine_url=str(self.root / "vault"),
        )

    def make(self) -> None:
        """The contracts, and sources of three contents."""
        for version, oldest in OLDEST.items():
            path = self.root / "contracts" / "people" / f"{version}.0.0.odcs.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(CONTRACT.format(version=version, oldest=oldest), "utf-8")
        for content in (1, 2, 3):
            rows = Input(content, 1).rows
            if self.suffix == "parquet":
                pq.write_table(pa.table({"id": list(rows), "age": list(rows.values())}), self.source(content))
            else:
                lines = ["id,age", *(f"{number},{age}" for number, age in rows.items())]
                self.source(content).write_text("\n".join(lines) + "\n", "utf-8")

    def source(self, content: int) -> Path:
        """The file of a content."""
        return self.root / f"source-{content}.{self.suffix}"

    @property
    def output(self) -> Path:
        """The file of the key."""
        return self.root / "out" / f"day.{self.suffix}"

    def load(self, given: Input, rng: random.Random) -> None:
        """What comes in before an input is enforced: the sources are there."""

    def other(self, given: Input, rng: random.Random) -> Input:
        """What somebody else enforces at the same time."""
        return rng.choice([given, Input(rng.randint(1, 3), rng.randint(1, 2))])

    def given_to(self, given: Input) -> tuple[Any, Any]:
        """Source and output of an enforcement."""
        return str(self.source(given.content)), str(self.root / "out" / ("{key}." + self.suffix))

    def enforce(self, given: Input) -> None:
        """What a pipeline would do."""
        source, output = self.given_to(given)
        done = dq.enforce(
            source,
            f"people@{given.contract}.0.0",
            stage="raw",
            key="day",
            dataset=self.dataset,
            output=output,
            settings=self.settings,
        )
        wanted = ("blocked", 0) if given.blocks else ("quarantined", len(given.good))
        assert (done.outcome, done.rows_good if done.ok else 0) == wanted

    def published(self) -> set[int] | None:
        """The ids in the target; None without one."""
        if not self.output.exists():
            return None
        if self.suffix == "parquet":
            ids: list[int] = pq.read_table(self.output, use_threads=False)["id"].to_pylist()
        else:
            with self.output.open(newline="") as file:
                ids = [int(row["id"]) for row in csv.DictReader(file)]
        assert len(ids) == len(set(ids)), "a row was published twice"
        return set(ids)

    def faults(self, given: list[Input], current: Input | None) -> list[str]:
        """The laws that are broken now; *current* is the input that the key must hold, when all is at rest."""
        store, vault = places(self.settings)
        batches = store.batches(dataset=self.dataset)
        found, safe = [str(problem) for problem in store.check()], []
        for batch in batches:
            if batch.state is State.WRITING:
                continue
            bad = [row["id"] for item in dead_letters(store, vault, batch.id) for row in item.to_pylist()]
            whose = [item for item in given if sorted(item.bad) == sorted(bad)]
            if not whose or batch.rows_in != ROWS or batch.rows_bad != len(bad):
                found.append(f"batch {batch.id[:8]} ({batch.state}) holds rows of no input, or some twice")
            elif batch.state is not State.BLOCKED:
                safe += whose
            if batch.state is State.SUPERSEDED and batch.open:
                found.append(f"{batch.open} rows of a superseded batch are open")
        active = [batch for batch in batches if batch.state.active]
        there = self.published()
        if len(active) > 1:
            found.append("two batches of a slot are active")
        if there is not None and not any(there == item.good for item in safe):
            found.append("what is published is not the good rows of a batch whose bad rows are safe")
        if current is not None and there != current.good:
            found.append("the target does not hold the good rows of the current input")
        if current is not None and [(item.state, item.rows_bad) for item in active] != [(State.PUBLISHED, len(current.bad))]:
            found.append("the current input has no published batch")
        return found


Make = Callable[[Path, str, str], World]  # a folder, a dataset, a suffix


def run(attempts: int, seed: int, store_url: str = "", *, make: Make | None = None, points: Sequence[str] = POINTS) -> Report:
    """Play histories in worlds that *make* makes, until *attempts* processes ran; stop at the first that went wrong."""
    report, pending, number = Report(points=points), list(points), 0
    _warm()
    while report.attempts < attempts and not report.wrong:
        number += 1
        with tempfile.TemporaryDirectory(prefix="dq-faults-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108
            suffix, dataset = ("parquet", "csv")[number % 2], f"people {seed} {number}"
            world = make(Path(name), dataset, suffix) if make else World(Path(name), store_url, suffix, dataset)
            world.make()
            places(world.settings)
            _history(world, random.Random(f"{seed}/{number}"), report, pending)  # noqa: S311
    return report


def _warm() -> None:
    """Import what children need, here once; DuckDB itself is first used by a child, for its threads do not survive a fork."""
    from dq.contract import read
    from dq.plan import compile as plan

    contract = read(CONTRACT.format(version=1, oldest=1), "people.odcs.yaml")
    plan(contract, contract.objects[0])
    assert DuckDB is not None


def _history(world: World, rng: random.Random, report: Report, pending: list[str]) -> None:
    given: list[Input] = []
    current: Input | None = None
    for _ in range(rng.randint(3, 4)):
        point = pending.pop(0) if pending else rng.choice(report.points)
        first = Input(rng.randint(1, 3), 3 if point.startswith("block") else rng.randint(1, 2))
        given.append(first)
        world.load(first, rng)
        started = {_start(world, first, Blow(point, "kill"), report): Blow(point, "kill")}
        if rng.random() < 0.4:
            for _ in range(rng.randint(1, 2)):
                item = world.other(first, rng)
                blow = Blow(rng.choice(report.points), rng.choice(("kill", "raise", "slow")))
                given.append(item)
                started[_start(world, item, blow, report)] = blow
        _count(world, children.end(started), started, report)
        if point not in report.killed:
            pending.append(point)
        report.wrong += world.faults(given, None)
        last = first if not first.blocks else Input(first.content, rng.randint(1, 2))
        given.append(last)
        current = last
        for _ in range(PATIENCE):
            child = _start(world, last, Blow(), report)
            codes = children.end({child: Blow()})
            _count(world, codes, {child: Blow()}, report)
            if codes[child] == children.WELL:
                break
        report.wrong += world.faults(given, current)
        if report.wrong:
            report.wrong.append(f"history {world.dataset}: {given}")
            return


def _start(world: World, given: Input, blow: Blow, report: Report) -> int:
    report.attempts += 1
    return children.start(world.root, blow, lambda: world.enforce(given), lambda: None)


def _count(world: World, codes: dict[int, int], started: dict[int, Blow], report: Report) -> None:
    names = {children.WELL: "well", children.AGAIN: "to try again", -9: "killed"}
    for child, code in codes.items():
        report.ends[names.get(code, "wrong")] += 1
        if code == -9:
            report.killed.add(started[child].point)
        elif code not in names:
            place = world.root / f"wrong-{child}.txt"
            report.wrong.append(f"{started[child]}: {place.read_text('utf-8') if place.exists() else code}")


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.enforced", description="Kill dq.enforce at every step.")
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    said = parser.parse_args()
    stores = ("sqlite", "postgres") if said.store == "both" else (said.store,)
    wrong = False
    for store in stores:
        if store == "sqlite":
            report = run(said.attempts // len(stores), said.seed)
        else:
            with server() as fresh:
                report = run(said.attempts // len(stores), said.seed, fresh())
        print(f"{store}: {report}", flush=True)
        wrong |= bool(report.wrong)
    return int(wrong)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of servers and engines may still be ending
