"""
The fault campaign in place: bad rows are moved beside their table, and back, killed at every named point.

    python -m tests.faults.moved [--attempts N] [--seed S] [--database sqlite|postgres|both] [--mutant NAME]

One table is loaded with one content after another, or with the same one again, and enforced under one contract after another,
also by two at once, and while somebody loads it. At every rest each row that was loaded last is in exactly one of the two
tables, and what older loads left beside it is still there.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

import dq
from dq.diversion import places
from dq.engines.database.aside import Moving
from dq.engines.database.into import Into
from dq.quarantine import verify
from dq.quarantine.inplace import InPlace
from dq.store import Batch, State, faults
from tests.faults.enforced import ROWS, Input, Report, World, run
from tests.faults.mutants import Patch, sown
from tests.faults.tabled import Tables
from tests.postgres import server

_OF_OBJECTS = ("in-drain", "after-drain", "after-verify")
POINTS = (*(point for point in faults.POINTS if point not in _OF_OBJECTS), *faults.IN_PLACE)
NAMES = ("orders", "orders__quarantine", "dq_published")


@dataclass(frozen=True, slots=True)
class Moves(Tables):
    """One table, loaded again and again; *left* are the ids that editions had beside it when it was loaded last."""

    left: dict[str, set[int]] = field(default_factory=dict)

    def make(self) -> None:
        """The contracts, and a table without a row."""
        World.make(self)
        self._run(*(f"DROP TABLE IF EXISTS {name}" for name in NAMES), "CREATE TABLE orders (id INTEGER, age INTEGER)")

    def load(self, given: Input, rng: random.Random) -> None:
        """Another content is loaded always, the same one sometimes: at once, or while somebody enforces it."""
        here = {number for (number,) in self._run("SELECT id FROM orders")}
        if not here or not here <= given.rows.keys() or rng.random() < 0.4:
            self.left.clear()
            self.left.update(self.beside())
            values = ", ".join(f"({number}, {age})" for number, age in given.rows.items())
            self._run("DELETE FROM orders", f"INSERT INTO orders VALUES {values}")

    def other(self, given: Input, rng: random.Random) -> Input:
        """The same content, under any contract."""
        return Input(given.content, rng.randint(1, 2))

    def given_to(self, _: Input) -> tuple[Any, Any]:
        """Source and output of an enforcement."""
        return dq.Table(self.database, "orders"), "in_place"

    def beside(self) -> dict[str, set[int]]:
        """The ids beside the table, by edition."""
        if "orders__quarantine" not in self._tables():
            return {}
        found: dict[str, set[int]] = {}
        for number, edition in self._rows("SELECT id, __dq_batch FROM orders__quarantine"):
            assert number not in found.setdefault(edition, set()), "a row was moved twice"
            found[edition].add(number)
        return found

    def standing(self) -> str:
        """The edition that the ledger names; "" for none."""
        signed = self._rows("SELECT batches FROM dq_published") if "dq_published" in self._tables() else []
        return str(signed[0][0]) if signed else ""

    def _tables(self) -> list[str]:
        return sa.inspect(sa.create_engine(self.database, poolclass=sa.NullPool)).get_table_names()

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return list(self._run(sql))

    def faults(self, given: list[Input], current: Input | None) -> list[str]:
        """The laws that are broken now."""
        store, vault = places(self.settings)
        batches = store.batches(dataset=self.dataset)
        found = [str(problem) for problem in store.check()]
        found += [
            str(problem) for batch in batches if batch.state is not State.WRITING for problem in verify(store, vault, batch.id)
        ]
        return [*found, *self._misplaced(given[-1], batches), *self._unrecorded(batches, given, current)]

    def _misplaced(self, last: Input, batches: tuple[Batch, ...]) -> list[str]:
        """Rows that are not in exactly one table, or that were lost beside it."""
        here, beside, standing = (
            Counter(number for (number,) in self._run("SELECT id FROM orders")),
            self.beside(),
            self.standing(),
        )
        wanted = Counter(last.rows.keys())
        found = []
        fresh = beside.keys() - self.left.keys()  # moved since it was loaded
        if fresh - {standing} or ((here != wanted or fresh) and here + Counter(beside.get(standing, ())) != wanted):
            found.append(f"{len(here)} rows are here, {len(beside.get(standing, ()))} beside, of {ROWS} that came in")
        again = {f"{batch.id}:{number}" for batch in batches for number in range(batch.edition)}  # came in once more since
        old = {item: ids for item, ids in self.left.items() if item not in again and not ids <= last.rows.keys()}
        lost = [item for item, ids in old.items() if beside.get(item) != ids]
        return found + [f"edition {item[:8]} of an older load is not there any more" for item in lost]

    def _unrecorded(self, batches: tuple[Batch, ...], given: list[Input], current: Input | None) -> list[str]:
        """What is beside the table and in no batch; what is active and is not the current input."""
        found = []
        known = {batch.id: batch for batch in batches}
        for edition, ids in self.beside().items():
            batch = known.get(edition.partition(":")[0])
            if batch is None or (ids not in [item.bad for item in given]) or batch.rows_in != ROWS:
                found.append(f"edition {edition[:8]} beside the table is of no batch, or has other rows")
        active = [batch for batch in batches if batch.state.active]
        if len(active) > 1:
            found.append("two batches of a slot are active")
        if current is None:
            return found
        here = {number for (number,) in self._run("SELECT id FROM orders")}
        if (here, self.beside().get(self.standing(), set())) != (current.good, current.bad):
            found.append("the tables do not hold the good and the bad rows of the current input")
        if [(item.state, item.rows_bad) for item in active] != [(State.PUBLISHED, len(current.bad))]:
            found.append("the current input has no published batch")
        return found


# -- faults that are sown ----------------------------------------------------------------------------------------------

MUTANTS: dict[str, Callable[[], list[Patch]]] = {}


def mutant(function: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Keep it under its name."""
    MUTANTS[function.__name__] = function
    return function


@mutant
def delete_in_a_transaction_of_its_own() -> list[Patch]:
    """Rows are copied for good before they are deleted."""
    aside = Moving.aside

    def early(self: Moving, edition: str, reasons: Mapping[int, str]) -> int:
        put = aside(self, edition, reasons)
        session = self.view.session
        session.commit()
        session.close()
        session.open()
        return put

    return [(Moving, "aside", early)]


@mutant
def ledger_not_signed() -> list[Patch]:
    """Nobody writes down whose rows stand beside the table."""
    return [(Into, "sign", lambda *_, **__: None)]


@mutant
def content_not_kept() -> list[Patch]:
    """The ledger does not say what was left behind."""
    sign = Into.sign
    return [(Into, "sign", lambda self, *said, **more: sign(self, *said, **{**more, "content": ""}))]


@mutant
def source_taken_as_it_is() -> list[Patch]:
    """A retry takes what was left behind for all that came in."""
    return [(Moving, "rejoin", lambda _: None)]


@mutant
def nothing_goes_back() -> list[Patch]:
    """Rows of the batch before stay beside the table, whatever the newer contract says; the source is not compared."""
    move = InPlace.move

    def careless(self: InPlace, turn: Any, moving: Moving, reasons: Mapping[int, str], _: Any) -> Any:
        return move(self, turn, moving, reasons, lambda: turn.batch.fingerprint)

    return [(Moving, "back", lambda *_: 0), (InPlace, "move", careless)]


@mutant
def copies_go_back() -> list[Patch]:
    """Rows that go back into the source stay beside it, too."""

    def back(self: Moving, editions: Any) -> int:
        session = self.view.session
        columns = ", ".join(map(session.quoted, self.view.shown))
        source = session.relation(self.source.parts)
        return session.changed(
            f"INSERT INTO {source} ({columns}) SELECT {columns} FROM {self.into.sql} WHERE {self._of(editions)}"
        )

    return [(Moving, "back", back)]


@mutant
def moved_by_whoever_comes() -> list[Patch]:
    """The edition in the ledger is not compared, nor the source: rows are moved again."""
    move = InPlace.move

    def careless(self: InPlace, turn: Any, moving: Moving, reasons: Mapping[int, str], fingerprint: Any) -> Any:
        with patch.object(Moving, "name_of", lambda *_: ""):
            return move(self, turn, moving, reasons, fingerprint)

    return [(InPlace, "move", careless)]


@mutant
def older_loads_are_cleared() -> list[Patch]:
    """All that stands beside the table gives way to the newer batch."""

    def all_of_it(self: Moving, _: str) -> int:
        return self.view.session.changed(f"DELETE FROM {self.into.sql}")

    return [(Moving, "drop", all_of_it)]


def campaign(attempts: int, seed: int, store: str = "", url: str = "") -> Report:
    """Play it, with the store and the tables at these addresses; "": files of SQLite."""

    def world(root: Path, dataset: str, _: str) -> World:
        return Moves(root, store, "csv", dataset, url)

    return run(attempts, seed, make=world, points=POINTS)


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.moved", description="Kill dq.enforce while it moves rows.")
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all databases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutant", choices=sorted(MUTANTS), help="a fault to sow; the campaign must find it")
    said = parser.parse_args()
    with sown(said.mutant, MUTANTS) if said.mutant else nullcontext():
        return _played(said)


def _played(said: argparse.Namespace) -> int:
    kinds = ("sqlite", "postgres") if said.database == "both" else (said.database,)
    wrong = False
    for kind in kinds:
        if kind == "sqlite":
            report = campaign(said.attempts // len(kinds), said.seed)
        else:
            with server() as fresh:
                report = campaign(said.attempts // len(kinds), said.seed, fresh(), fresh())
        print(f"{kind}: {report}", flush=True)
        wrong |= bool(report.wrong)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
