"""
The fault campaign: many short histories of a key, each with its own accidents, each judged by the same laws.

A history is a few phases. In each, one to three processes enforce a key at once, with the same input or with others, and
one of them may be killed, delayed, put to sleep, cut off from the database, given a disk that loses bytes or a machine
that loses power. Then one process enforces in peace, and must end well. Sleepers wake at the very end: zombies.
"""

from __future__ import annotations

import io
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import sqlalchemy as sa

from dq.quarantine import care
from dq.store import faults, open_store
from tests.faults import children, history
from tests.faults.children import Blow
from tests.faults.world import Input, World

POINTS = (*faults.POINTS, "in-publish")
ZOMBIES = [  # where a process may sleep without holding up others, those of most interest first
    "after-verify",
    "after-commit",
    "after-claim",
    "commit:after COMMIT",
    "after-look",
    "in-drain",
    "after-drain",
    "after-budget",
    "claim:after COMMIT",
]
MEMORY = Path("/dev/shm")  # noqa: S108  a disk that flushes at once; power cuts are played
THOROUGH = 140  # attempts that reach every point
PATIENCE = 6  # tries of the peaceful process; a real orchestrator gives as many


@dataclass
class Report:
    """What a campaign did, and what it found wrong."""

    attempts: int = 0
    histories: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    killed: Counter[str] = field(default_factory=Counter)  # by point
    wrong: list[str] = field(default_factory=list)

    @property
    def missed(self) -> list[str]:
        """Named points where nobody was killed; of a short campaign that says nothing."""
        return [point for point in POINTS if point not in self.killed] if self.attempts >= THOROUGH else []

    def __str__(self) -> str:
        ends = ", ".join(f"{number} {name}" for name, number in sorted(self.ends.items()))
        missed = [f"nobody was killed at: {', '.join(self.missed)}"] if self.missed else []
        lines = [f"{self.attempts} attempts in {self.histories} histories: {ends}", *self.wrong[:10], *missed]
        return "\n".join(lines)


def run(
    attempts: int, seed: int, postgres: Callable[[], str] | None = None, *, hunt: bool = False, keep: Path | None = None
) -> Report:
    """Play histories until *attempts* processes ran; a *hunt* begins with the worst, and ends when a law is broken."""
    report = Report()
    address = postgres() if postgres else ""
    if address:
        open_store(address)
    _warm()
    with tempfile.TemporaryDirectory(prefix="dq-faults-", dir=MEMORY if MEMORY.is_dir() else None) as name:
        template = Path(name) / "template"
        open_store(folder=template)
        pending, nightmares = list(POINTS), _nightmares()
        while report.attempts < attempts and not (hunt and report.wrong):
            number = seed * 1_000_000 + report.histories
            root = Path(name) / f"history-{number}"
            _fresh(root, template, made=not address)
            world = World(root, address, f"dataset {number}", table=number % 2 == 0)
            story = _History(world, random.Random(number), report, pending)  # noqa: S311
            if nightmares and (hunt or report.histories % 2):
                story.nightmare(*nightmares.pop(0))
            else:
                story.play()
            report.histories += 1
            if report.wrong and keep is not None:
                shutil.copytree(root, keep / root.name, dirs_exist_ok=True)
            shutil.rmtree(root, ignore_errors=True)
    return report


def _nightmares() -> list[tuple[Blow, int]]:
    """Histories that are played for sure, one after another."""
    kills = [
        (Blow(point, "kill"), dream)
        for point, dream in (("after-verify", 4), ("commit:after COMMIT", 4), ("before-publish", 4), ("after-commit", 5))
    ]
    losses = [(Blow("after-commit", "power"), 4), *((Blow("", "rot", nth), 4) for nth in (1, 2, 3))]
    sleepers = [(Blow(point, "sleep"), dream) for point in ZOMBIES for dream in (1, 2, 3, 6)]
    return [*kills, *sleepers[:5], *losses, *sleepers[5:]]


def _warm() -> None:
    """Import what children need, here once."""
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"row": ["x"]}), io.BytesIO())


def _fresh(root: Path, template: Path, *, made: bool) -> None:
    if made:
        shutil.copytree(template, root)
    else:
        root.mkdir()


class _History:
    """
    One world, from its first enforcement to its last zombie.

    *pending*: points where nobody has been killed yet; the first process of a wave is killed at the next of them.
    """

    def __init__(self, world: World, rng: random.Random, report: Report, pending: list[str]) -> None:
        self._pending = pending
        self._world = world
        self._rng = rng
        self._report = report
        self._clock = 0
        self._given: list[Input] = []
        self._current: Input | None = None  # what the key should hold
        self._sleepers: dict[int, Blow] = {}
        self._said: list[str] = []

    def play(self) -> None:
        """All phases, then the zombies."""
        inputs = self._inputs()
        for number, given in enumerate(inputs):
            after = inputs[number + 1] if number + 1 < len(inputs) else None
            self._phase(given, renews=after is not None and not after.blocks)
            if self._report.wrong:
                break
        self._wake(list(self._sleepers))
        self._judge("zombies woke", ended=True)

    def nightmare(self, blow: Blow, dream: int) -> None:
        """
        A known bad night: something befalls a process with content 2, and a sleeper wakes at a bad time.

        1: the key has other content by now. 2: its content was enforced by others, and then superseded by another contract.
        3: its claim was collected as garbage. 6: so it was, and who claimed it anew died. 4 and 5 are for those who do not
        sleep: their content is enforced again, or never.
        """
        one, two, three = Input("day", 1, 1), Input("day", 2, 1), Input("day", 2 if dream == 2 else 3, 2 if dream == 2 else 1)
        self._peace(one)
        self._alone(two, blow)
        if blow.action == "power":
            children.cut_power(self._world.root)
        if dream in (3, 4, 6):
            self._garbage()
            if dream == 6:
                self._alone(two, Blow("after-claim", "kill"))
            self._wake(list(self._sleepers))
            self._judge("after that", ended=False)
        if dream not in (1, 5):
            self._peace(two)
        if dream in (1, 2, 5):
            self._peace(three)
            self._garbage()
        self._wake(list(self._sleepers))
        self._judge("the zombie woke", ended=True)

    def _alone(self, given: Input, blow: Blow) -> None:
        """One process, until it ends or sleeps."""
        child = self._start(given, blow)
        codes, sleepers = children.asleep_or_ended(self._world.root, {child: blow})
        self._sleepers |= sleepers
        self._count(codes, {child: blow})

    def _inputs(self) -> list[Input]:
        """The key is given some content, then other content or another contract, sometimes what it had before."""
        if self._pending and self._pending[0].startswith("block"):
            return [Input("day", 1, 2), Input("day", 1, 3), Input("day", 2, 4)]
        found = [Input("day", 1, 1)]
        for _ in range(self._rng.randint(1, 3)):
            last = found[-1]
            more = [
                Input("day", last.content, last.plan + 1),
                Input("day", last.content + 1, last.plan),
                *(item for item in found if item != last and not item.blocks),
            ]
            found.append(self._rng.choice(more))
        return found

    def _phase(self, given: Input, *, renews: bool) -> None:
        """
        One or two waves of processes with accidents; then one in peace.

        *renews*: the next phase makes a claim of its own, so that what was claimed in this one is old afterwards.
        """
        old = set(self._sleepers)
        for number in range(self._rng.choice((1, 1, 2))):
            sure = number == 0 and bool(self._pending) and given.blocks == self._pending[0].startswith("block")
            self._wave(given, others=not given.blocks, point=self._pending.pop(0) if sure else "")
        woken = [child for child in self._sleepers if self._rng.random() < 0.4 or (not renews and child not in old)]
        if woken:
            self._wake(woken)
            self._judge("sleepers woke", ended=False)
        self._peace(given)

    def _wave(self, given: Input, *, others: bool, point: str) -> None:
        """Some processes at once; with *point*, one alone, killed there."""
        started: dict[int, Blow] = {}
        for _ in range(1 if point else self._rng.choice((1, 1, 2, 3))):
            other = Input(given.key, given.content + 100 + self._rng.randint(0, 1), given.plan)
            item = other if others and self._rng.random() < 0.25 else given
            blow = self._blow()
            if point:
                item, blow = given, Blow(point, "kill")
            started[self._start(item, blow)] = blow
        if self._rng.random() < 0.1:
            started[self._collect()] = Blow(action="collect")
        codes, sleepers = children.asleep_or_ended(self._world.root, started)
        self._sleepers |= sleepers
        self._count(codes, started)
        if not self._sleepers and any(blow.action == "power" for blow in started.values()):
            children.cut_power(self._world.root)
        if self._rng.random() < 0.35:
            self._garbage()
        self._judge("accidents", ended=False)

    def _peace(self, given: Input) -> None:
        """The orchestrator tries again until it works; doing it once more changes nothing."""
        if not given.blocks:
            self._current = given
        for number in range(PATIENCE):
            child = self._start(given, Blow())
            codes = children.end({child: Blow()})
            self._count(codes, {child: Blow()})
            if codes[child] == children.WELL:
                break
            if number == PATIENCE - 1:
                self._report.wrong.append(f"{self._where()}: {given} was not finished in {PATIENCE} tries")
        self._judge("peace", ended=True)
        if self._rng.random() < 0.2 and not given.blocks:
            before = self._world.published(given.key)
            child = self._start(given, Blow())
            self._count(children.end({child: Blow()}), {child: Blow()})
            if before != self._world.published(given.key):
                self._report.wrong.append(f"{self._where()}: doing it again changed what is published")

    def _wake(self, woken: Iterable[int]) -> None:
        """They go on where they fell asleep; the world has not waited for them."""
        rising = {child: self._sleepers.pop(child) for child in woken}
        for child in rising:
            children.wake(self._world.root, child)
        self._count(children.end(rising), rising)

    def _blow(self) -> Blow:
        action = self._rng.choice(("kill", "kill", "kill", "none", "raise", "slow", "sleep", "sleep", "cut", "power", "rot"))
        point = self._rng.choice(ZOMBIES if action == "sleep" else POINTS)
        return Blow(point, action, self._rng.choice((1, 1, 2, 3)) if point == "in-drain" or action == "rot" else 1)

    def _start(self, given: Input, blow: Blow) -> int:
        self._clock += 1
        clock = self._clock
        self._given.append(given)
        self._said.append(f"{given.content}/{given.plan} {blow.action} {blow.point} {blow.nth}")
        self._report.attempts += 1
        return children.start(self._world.root, blow, lambda: self._world.enforce(given, clock), self._cut)

    def _garbage(self) -> None:
        child = self._collect()
        self._count(children.end({child: Blow()}), {child: Blow(action="collect")})

    def _collect(self) -> int:
        """Garbage is collected, as if everything were old."""
        world = self._world
        self._said.append("collect")
        return children.start(world.root, Blow(), lambda: care.collect(world.store, world.vault, grace=timedelta(0)), self._cut)

    def _cut(self) -> None:
        """The database server ends every connection; SQLite has none to end, so the system call fails."""
        cut_all(self._world.store_url)

    def _count(self, codes: dict[int, int], started: dict[int, Blow]) -> None:
        names = {children.WELL: "well", children.AGAIN: "to try again", -9: "killed"}
        for child, code in codes.items():
            self._report.ends[names.get(code, "wrong")] += 1
            if code < 0:
                self._report.killed[started[child].point] += 1
            if code not in names:
                place = self._world.root / f"wrong-{child}.txt"
                text = place.read_text("utf-8").strip() if place.exists() else f"exit code {code}"
                self._report.wrong.append(f"{self._where()}: {started[child]} ended wrong: {text}")

    def _judge(self, when: str, *, ended: bool) -> None:
        found = history.faults_of(self._world, self._given)
        if ended and self._current is not None and not found:
            found += history.faults_at_the_end(self._world, self._current)
        self._report.wrong += [f"{self._where()}, {when}: {text}" for text in found]

    def _where(self) -> str:
        return f"{self._world.dataset} [{'; '.join(self._said)}]"


def cut_all(address: str) -> None:
    """End every connection to the server at *address*; "" has none, and fails."""
    if not address:
        raise children.Struck("cut")
    engine = sa.create_engine(address, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
