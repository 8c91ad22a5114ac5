"""
The fault campaign for what is done to rows later: purge, erase and rotate, killed at every named point, alone and beside others.

    python -m tests.faults.forgotten [--attempts N] [--seed S] [--store sqlite|postgres|both] [--mutants [NAME …]]

A history has a few batches about five people. In each phase one thing is done to them by a process that something befalls, others
at work beside it; then it is done again in peace. It ends with 1 when a law was broken.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dq.errors import DqError, UsageError, WorldError
from dq.quarantine import Keys, Looked, Published, Vault, Work, care, erase, perform, purge, rotate, rows
from dq.quarantine.cipher import SUFFIX, Opened
from dq.quarantine.protocol import Write
from dq.store import AuditEntry, Batch, CheckFacts, Reason, RowState, RunFacts, Slot, State, Store, Turn, faults, open_store
from tests.faults import children
from tests.faults.children import Blow
from tests.faults.mutants import FORGETTING, sown
from tests.postgres import server

PEOPLE = ("subject-ann", "subject-bob", "subject-cleo", "subject-dan", "subject-eve")
BAD, ROWS = 12, 200
KEYS = [hashlib.sha256(f"key {number}".encode()).hexdigest() for number in range(3)]
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
PATIENCE = 8
SCHEMA = pa.schema([("who", pa.string()), ("row", pa.string()), ("__dq_reasons", pa.string()), ("__dq_raw", pa.binary())])
ACTIONS = {"purge": ("purge",), "begin": ("erase", "rotate"), "swap": ("erase", "rotate"), "samples": ("erase",)}

Row = tuple[str, str]  # a person, and something about them


@dataclass(frozen=True, slots=True)
class Task:
    """What is done: enforce a content of a key, erase a person, purge a batch, rotate to a key, collect, read."""

    what: str
    about: str = ""
    content: int = 0


@dataclass
class Report:
    """What a campaign did, and what it found wrong."""

    attempts: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    killed: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        ends = ", ".join(f"{number} {name}" for name, number in sorted(self.ends.items()))
        missed = sorted(set(faults.KEEPING) - self.killed)
        more = [f"nobody was killed at: {', '.join(missed)}"] if missed else []
        return "\n".join([f"{self.attempts} attempts: {ends}", *more, *self.wrong[:10]])


def content_of(key: str, content: int) -> list[Row]:
    """The bad rows of an input; the last two were never read, and are all that there is about one person."""
    known = [name for number, name in enumerate(PEOPLE) if number != content % len(PEOPLE)]
    names = [*(known[number % len(known)] for number in range(BAD - 2)), *[PEOPLE[content % len(PEOPLE)]] * 2]
    return [(name, f"{key}/{content}/{number}") for number, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class World:
    """Where everything of one history lies."""

    root: Path
    store_url: str
    dataset: str
    encrypts: bool

    @property
    def store(self) -> Store:
        """Opened anew each time, as a process does."""
        return open_store(self.store_url, folder=self.root)

    def vault(self, newest: int = 0) -> Vault:
        """Payload objects, encrypted with the key of that number, or not at all."""
        ring = [KEYS[newest], *(key for key in KEYS if key != KEYS[newest])] if self.encrypts else []
        return Vault(str(self.root / "vault"), keys=Keys(",".join(ring)))

    def do(self, task: Task) -> None:
        """One try, in a process of its own."""
        store, vault = self.store, self.vault(task.content if task.what == "rotate" else 0)
        if task.what == "enforce":
            self._enforce(store, vault, task)
        elif task.what == "erase":
            _settled(erase(store, vault, task.about, actor="campaign").batches)
        elif task.what == "purge":
            _settled(purge(store, vault, [task.about], now=datetime.now(UTC), actor="campaign"))
        elif task.what == "rotate" and self.encrypts:
            _settled(rotate(store, vault, actor="campaign"))
        elif task.what == "collect":
            care.collect(store, vault, grace=timedelta(0))
        elif task.what == "read":
            for batch in self.batches():
                self.read(batch)

    def _enforce(self, store: Store, vault: Vault, task: Task) -> None:
        slot = Slot(self.dataset, "raw", task.about)
        bad = content_of(task.about, task.content)
        marked = json.dumps({"subjects": [["who"]]})
        sample = CheckFacts(
            "f", "c", "says", "d", "row", "warn", "x", "fail", 1, 1, samples=({"row": 0},), subjects=(":" + "0" * 16,)
        )

        def look(now: datetime) -> Looked:
            run = RunFacts(slot, now, now, EPOCH, EPOCH, "fail", ROWS, BAD, "plan", "campaign", checks=(sample,))
            return Looked(ROWS, BAD, run, (Reason("row.rule", BAD),), digest=task.about, schema=marked, subjects=(("who",),))

        def drain(write: Write) -> None:
            letters = list(_letters(bad))
            for first in range(0, BAD, 4):
                write(letters[first : first + 4])

        def publish(turn: Turn) -> Published:
            turn.confirm()
            return Published(ROWS - BAD, "out")

        work = Work(f"content {task.content}", look, drain, publish)
        perform(store, vault, slot, work, plan="plan", now=EPOCH + timedelta(task.content), actor="campaign")

    def batches(self) -> list[Batch]:
        """Those that were settled."""
        return [item for item in self.store.batches(dataset=self.dataset, limit=1000) if item.state is not State.WRITING]

    def read(self, batch: Batch) -> list[Row | None] | None:
        """The rows of a batch, None in the place of an emptied one; None for a purged batch."""
        try:
            found = [row for piece in rows(self.store, self.vault(), batch.id) for row in map(_row, piece.to_pylist())]
        except UsageError:
            assert self.store.batch(batch.id).purged_at
            return None
        wanted = content_of(batch.slot.key, int(batch.fingerprint.split()[1]))
        assert len(found) == len(wanted), "rows are lost or doubled"
        assert all(row in (None, want) for row, want in zip(found, wanted, strict=True)), "rows changed their place"
        return found

    def objects(self) -> Iterator[Row | None]:
        """The rows of every object in the vault, whoever it belongs to."""
        for path in sorted((self.root / "vault").rglob("*.parquet*")):
            with path.open("rb") as file:
                plain = Opened(file, self.vault().keys, str(path)) if path.suffix == SUFFIX else file
                yield from map(_row, pq.read_table(plain, use_threads=False).to_pylist())


def _letters(bad: list[Row]) -> Iterator[pa.RecordBatch]:
    for number, (who, row) in enumerate(bad):
        raw = json.dumps([who, row]).encode() if number >= BAD - 2 else None
        columns = [[None if raw else who], [None if raw else row], ["row.rule"], [raw]]
        yield pa.RecordBatch.from_arrays(
            [pa.array(item, kind.type) for item, kind in zip(columns, SCHEMA, strict=True)], schema=SCHEMA
        )


def _row(row: dict[str, object]) -> Row | None:
    raw = row["__dq_raw"]
    if isinstance(raw, bytes):
        who, text = json.loads(raw)
        return who, text
    return None if row["who"] is None and row["row"] is None else (str(row["who"]), str(row["row"]))


def _settled(done: object) -> None:
    """What could not be done now is tried again."""
    for item in done:  # type: ignore[attr-defined]
        if item.error is not None:
            raise item.error if isinstance(item.error, WorldError) else AssertionError(str(item.error))


class History:
    """One world, and what was asked of it."""

    def __init__(self, world: World, rng: random.Random, report: Report, pending: list[str]) -> None:
        self._world, self._rng, self._report, self._pending = world, rng, report, pending
        self._erased: set[str] = set()  # asked, not all of it need be done
        self._purged: set[str] = set()
        self._said: list[str] = []
        self._content = 2

    def play(self) -> None:
        """Some batches, and some things that are done to them."""
        for task in (Task("enforce", "a", 1), Task("enforce", "b", 1), Task("enforce", "a", 2)):
            self._peace(task)
        self._dream(Task("erase", self._name()), Task("collect"))
        for _ in range(4):
            if not self._report.wrong:
                self._phase()

    def _dream(self, task: Task, other: Task) -> None:
        """A process falls asleep before its swap, and another does something; then it wakes."""
        blow = Blow(self._rng.choice(("after-rewrite", "in-rewrite", "in-burial")), "sleep")
        sleeper = self._start(task, blow)
        codes, asleep = children.asleep_or_ended(self._world.root, {sleeper: blow})
        child = self._start(other, Blow())
        self._count(children.end({child: Blow()}), {child: Blow()})
        self._judge("somebody slept")
        if asleep:
            children.wake(self._world.root, sleeper)
            codes = children.end(asleep)
        self._count(codes, {sleeper: blow})
        self._judge("the zombie woke")
        self._peace(task)

    def _name(self) -> str:
        name = self._rng.choice(PEOPLE)
        self._erased.add(name)
        return name

    def _phase(self) -> None:
        sure = bool(self._pending)
        point = self._pending.pop(0) if sure else self._rng.choice(faults.KEEPING)
        task = self._task(point)
        blows = {"kill": 4, "raise": 2, "slow": 1, "power": 1, "cut": 1}
        action = "kill" if sure else self._rng.choices(list(blows), list(blows.values()))[0]
        blow = Blow(point, action, 1 if sure else self._rng.choice((1, 1, 2)))
        started = {self._start(task, blow): blow}
        for _ in range(0 if sure else self._rng.choice((0, 1, 2))):
            self._content += 1
            others = [
                task,
                Task("collect"),
                Task("collect"),
                Task("read"),
                Task("enforce", "b", self._content),
                self._task("swap"),
            ]
            other = self._rng.choice(others)
            started[self._start(other, Blow())] = Blow()
        self._count(children.end(started), started)
        if sure and point not in self._report.killed:  # there was nothing to do, or somebody else did it
            self._pending.append(point)
        if action == "power":
            children.cut_power(self._world.root)
        self._judge("accidents")
        self._peace(task)

    def _task(self, point: str) -> Task:
        what = self._rng.choice(
            ACTIONS.get(point.partition(":")[0], ("erase", "erase", "rotate") if "rewrite" in point else ("erase", "purge"))
        )
        if what == "purge":
            about = self._rng.choice(self._world.batches()).id
            self._purged.add(about)
            return Task("purge", about)
        if what == "rotate" and self._world.encrypts:
            return Task("rotate", content=self._rng.randint(0, 2))
        return Task("erase", self._name())

    def _peace(self, task: Task) -> None:
        """Alone, again and again until it works; then it holds."""
        for _ in range(PATIENCE):
            child = self._start(task, Blow())
            codes = children.end({child: Blow()})
            self._count(codes, {child: Blow()})
            if codes[child] == children.WELL:
                break
        else:
            self._report.wrong.append(f"{self._said}: {task} was not done in {PATIENCE} tries")
        if task.what == "erase":  # what crashed enforcements left is no batch's; when they are over, it goes
            for again in (Task("collect"), task):
                child = self._start(again, Blow())
                self._count(children.end({child: Blow()}), {child: Blow()})
        self._judge("peace")
        self._report.wrong += [f"{self._said}: {text}" for text in self._done(task)]

    def _done(self, task: Task) -> Iterator[str]:
        """What must hold when *task* ended well and nobody else is at work."""
        world = self._world
        if world.store.doomed():
            yield "objects that should be gone are not"
        replaced = {path for batch in world.batches() for entry in world.store.audit(batch.id) for path in _replaced(entry)}
        if left := sorted(path for path in replaced if (world.root / "vault" / path).exists()):
            yield f"objects that others took the place of are still there: {left}"
        if task.what == "erase":
            if any(row and row[0] == task.about for row in world.objects()):
                yield f"{task.about} is still in the vault"
            kept = [path.read_bytes() for path in world.root.glob(".dq/store.db*") if path.is_file()]
            if any(task.about.encode() in text for text in kept):
                yield f"{task.about} is in the store"
        if task.what == "purge" and self._left(world.store.batch(task.about)):
            yield "purged rows are still in the vault"
        if task.what == "purge" and world.read(world.store.batch(task.about)) is not None:
            yield "purged rows can still be read"

    def _left(self, batch: Batch) -> bool:
        """Whether the vault holds rows of a batch; of others with the same content, nobody can tell."""
        text = f"{batch.slot.key}/{batch.fingerprint.split()[1]}/"
        return any(row and row[1].startswith(text) for row in self._world.objects())

    def _judge(self, when: str) -> None:
        self._report.wrong += [f"{self._said}, {when}: {text}" for text in self._faults()]

    def _faults(self) -> Iterator[str]:
        """The laws that are broken now, whatever was going on."""
        store = self._world.store
        yield from map(str, store.check())
        for batch in self._world.batches():
            try:
                found = self._world.read(batch)
            except (DqError, AssertionError) as error:
                yield f"{batch.id[:8]} {batch.state}: {error}"
                continue
            yield from self._torn(store, batch, found)
            if problems := care.verify(store, self._world.vault(), batch.id):
                yield f"{batch.id[:8]}: {problems}"

    def _torn(self, store: Store, batch: Batch, found: list[Row | None] | None) -> Iterator[str]:
        """Nothing is half erased, nothing is gone unasked, and payload and states agree."""
        gone = {
            row
            for item in store.row_states(batch.id)
            if item.state is RowState.PURGED
            for row in range(item.first, item.last + 1)
        }
        if found is None:
            if batch.id not in self._purged:
                yield f"{batch.id[:8]} was purged unasked"
            return
        wanted = content_of(batch.slot.key, int(batch.fingerprint.split()[1]))
        for name in PEOPLE:
            places = {place for place, (who, _) in enumerate(wanted) if who == name}
            emptied = {place for place in places if found[place] is None}
            if emptied and emptied != places:
                yield f"{batch.id[:8]}: {name} is half erased"
            if emptied and name not in self._erased:
                yield f"{batch.id[:8]}: {name} was erased unasked"
            if places & gone and not emptied:
                yield f"{batch.id[:8]}: rows of {name} are purged, but not emptied"
            if batch.state.active and emptied - gone:
                yield f"{batch.id[:8]}: rows of {name} are emptied, but open"

    def _start(self, task: Task, blow: Blow) -> int:
        self._report.attempts += 1
        self._said.append(f"{task.what} {task.about[:12]} {task.content} {blow.action} {blow.point}")
        return children.start(self._world.root, blow, lambda: self._world.do(task), lambda: _cut(self._world))

    def _count(self, codes: dict[int, int], started: dict[int, Blow]) -> None:
        names = {children.WELL: "well", children.AGAIN: "to try again", -9: "killed"}
        for child, code in codes.items():
            self._report.ends[names.get(code, "wrong")] += 1
            if code == -9:
                self._report.killed.add(started[child].point)
            if code not in names:
                place = self._world.root / f"wrong-{child}.txt"
                text = place.read_text("utf-8") if place.exists() else f"exit code {code}"
                self._report.wrong.append(f"{self._said}: {text}")


def _cut(world: World) -> None:
    """The database server ends every connection; SQLite has none to end, so the system call fails."""
    from tests.faults.campaign import cut_all

    cut_all(world.store_url)


def run(attempts: int, seed: int, fresh: Callable[[], str] | None = None) -> Report:
    """Play histories until *attempts* processes ran, or a law was broken."""
    report, pending, number = Report(), list(faults.KEEPING), 0
    memory = Path("/dev/shm")  # noqa: S108  a disk that flushes at once
    while report.attempts < attempts and not report.wrong:
        number += 1
        with tempfile.TemporaryDirectory(prefix="dq-faults-", dir=memory if memory.is_dir() else None) as name:
            world = World(Path(name), fresh() if fresh else "", f"people {seed} {number}", encrypts=number % 2 == 0)
            assert world.store is not None
            History(world, random.Random(f"{seed}/{number}"), report, pending).play()  # noqa: S311
    return report


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults.forgotten", description="Kill purge, erase and rotate at every step."
    )
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutants", nargs="*", metavar="NAME", help=f"of: {', '.join(FORGETTING)}")
    said = parser.parse_args()
    if said.mutants is not None:
        return _hunt(said.mutants or list(FORGETTING), said.seed)
    stores = ("sqlite", "postgres") if said.store == "both" else (said.store,)
    wrong = False
    for store in stores:
        if store == "sqlite":
            report = run(said.attempts // len(stores), said.seed)
        else:
            with server() as fresh:
                report = run(said.attempts // len(stores), said.seed, fresh)
        print(f"{store}: {report}", flush=True)
        wrong |= bool(report.wrong)
    return int(wrong)


def _hunt(names: list[str], seed: int) -> int:
    survived = 0
    for name in names:
        with sown(name, FORGETTING):
            report = run(200, seed)
        survived += not report.wrong
        found = report.wrong[0].splitlines()[-1][-200:] if report.wrong else "NOT FOUND"
        print(f"{name}: {report.attempts} attempts: {found}", flush=True)
    return int(survived > 0)


def _replaced(entry: AuditEntry) -> list[str]:
    """The objects that the audit says gave way."""
    return [path for path, _ in entry.detail.get("replaced", ())]


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of servers and engines may still be ending
