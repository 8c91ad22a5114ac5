"""
The fault campaign for replay: killed at every named point, beside enforcements of its key, while people are forgotten.

    python -m tests.faults.replayed [--attempts N] [--seed S] [--store sqlite|postgres|both]

A history is one key: enforced, then replayed under other versions of the contract, with fixes, and enforced again. Its law,
at every rest: each row of the current content is published or waits, once, but who was erased and what was purged; nothing else
is there, and nobody is half erased. It ends with 1 when a law was broken.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import dq
from dq.diversion import places
from dq.errors import UsageError
from dq.quarantine import Erased, Kept
from dq.quarantine import rows as dead_letters
from dq.store import Batch, RowRange, RowState, State, faults
from tests.faults import children, replay_mutants
from tests.faults.children import Blow
from tests.faults.enforced import CONTRACT, Report, World, _count, _warm
from tests.postgres import server

FORGET = tuple(point for point in faults.KEEPING if not point.startswith("purge:"))
PURGE = tuple(point for point in faults.KEEPING if point.startswith(("purge:", "in-burial", "bury:")))
POINTS = (*faults.POINTS, *faults.FILES, *faults.REPLAY, *faults.KEEPING)
SKIPPED = ("block:before COMMIT", "block:after COMMIT")  # a replay never blocks
ROWS = 24
OLDEST = {1: 60, 2: 90, 3: 120}
PATIENCE = 8


@dataclass(frozen=True, slots=True)
class Key(World):
    """One key of two contents, and versions of the contract that allow more and more."""

    def make(self) -> None:
        """Ids are unique per content; of each pair of equal ids within one, only one may ever be published."""
        for version, oldest in OLDEST.items():
            path = self.root / "contracts" / "people" / f"{version}.0.0.odcs.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = CONTRACT.format(version=version, oldest=oldest).replace("60%", "100%")
            rule = "quality: [{metric: duplicateValues, mustBe: 0, customProperties: [{property: dq, value: {keep: first}}]}]"
            person = "customProperties: [{property: dq, value: {subject: true}}]"
            text = text.replace("{name: id, logicalType: integer}", f"{{name: id, logicalType: integer, {rule}, {person}}}")
            path.write_text(text.replace("schema:", "schema:", 1), "utf-8")
        for content in (1, 2):
            lines = ["id,age", *(f"{number},{age}" for number, age in self.rows(content))]
            (self.root / f"source-{content}.csv").write_text("\n".join(lines) + "\n", "utf-8")

    @staticmethod
    def rows(content: int) -> list[tuple[int, int]]:
        """Id and age; the last four repeat ids of the first."""
        rng = random.Random(content)  # noqa: S311
        plain = [(content * 1000 + n, rng.randint(0, 150)) for n in range(ROWS - 4)]
        return [(content * 1000 + 900, 1), *plain, *((content * 1000 + n, 10) for n in range(4))]

    def enforce_content(self, content: int) -> None:
        """What a pipeline would do."""
        done = dq.enforce(
            str(self.root / f"source-{content}.csv"),
            "people@1.0.0",
            stage="raw",
            key="day",
            dataset=self.dataset,
            output=self.good,
            settings=self.settings,
        )
        assert done.outcome == "quarantined", done.outcome

    @property
    def good(self) -> Any:
        """Where good rows go."""
        return str(self.root / "out" / ("{key}." + self.suffix))

    def lose(self) -> None:
        """Somebody removes what the key has published."""
        self.output.unlink(missing_ok=True)

    def replay(self, version: int, *, fix: bool) -> None:
        """What a person would do, batch by batch; that a batch is another's by now is all right."""
        age = "CASE WHEN age > 140 THEN 5 ELSE age + 1 END"
        for batch in dq.History(self.settings).batches(dataset=self.dataset, states=["published"]):
            if batch.open:
                with suppress(UsageError):
                    dq.replay(
                        batch.id, contract=f"people@{version}.0.0", set={"age": age} if fix else None, settings=self.settings
                    )

    def recover(self) -> None:
        """What a worker would do; what cannot land any more, because it was purged, somebody withdraws."""
        for item in dq.History(self.settings).recover():
            if isinstance(item.error, UsageError) and "were purged" in str(item.error):
                dq.withdraw(item.batch, settings=self.settings)
            elif item.error is not None:
                raise item.error

    def withdraw(self) -> None:
        """What a person would do with a replay that cannot end; too late, when its rows are published."""
        store, _ = places(self.settings)
        for batch in store.batches(dataset=self.dataset, states=[State.COMMITTED], limit=1000):
            if batch.parent:
                with suppress(UsageError):
                    dq.withdraw(batch, settings=self.settings)

    def erase(self, person: int) -> None:
        """What an officer would do; somebody may be at work, and then it is done again."""
        _raise(dq.History(self.settings).erase(str(person), dataset=self.dataset).batches)

    def purge(self, batch: str) -> None:
        """What retention would do; what waits to be published, or is being written anew, is left until it is."""
        _raise(dq.History(self.settings).purge(batch), but=("not published yet", "still being written"))

    def published_ids(self) -> list[int]:
        """The ids in the target, as often as they are there."""
        if not self.output.exists():
            return []
        if self.suffix == "parquet":
            return list(pq.read_table(self.output, use_threads=False)["id"].to_pylist())
        with self.output.open(newline="") as file:
            return [int(row["id"]) for row in csv.DictReader(file)]

    def laws(self, *, at_rest: bool) -> list[str]:
        """The laws that are broken now; *at_rest*: nothing waits to be published either."""
        store, vault = places(self.settings)
        found = [str(problem) for problem in store.check()]
        batches = store.batches(dataset=self.dataset, limit=1000)
        active = [batch for batch in batches if batch.state.active]
        roots = [batch for batch in active if not batch.parent]
        if len(roots) > 1:
            found.append("two batches of a slot are active")
        there = Counter(self.published_ids())
        if any(count > 1 for count in there.values()):
            found.append(f"published twice: {[number for number, count in there.items() if count > 1]}")
        if not at_rest:
            return found
        if any(batch.state is State.COMMITTED for batch in active):
            found.append("a batch waits to be published, although all is at rest")
        whole = [batch for batch in active if not batch.purged_at]
        open_ids = Counter(number for batch in whole for number in _open(store.row_states(batch.id), _ids(store, vault, batch)))
        if None in open_ids:
            return [*found, "a row that was emptied is open"]
        contents = {number // 1000 for number in [*there, *open_ids]}
        if len(contents) != 1:
            return [*found, f"rows of contents {sorted(contents)} stand together"]
        wanted = Counter(number for number, _ in self.rows(contents.pop()))
        gone = wanted - (there + open_ids)
        purged = sum(_purged(store.row_states(batch.id)) for batch in active if batch.purged_at)
        lost = [number for number in gone.elements() if number not in self.erased()]
        if there + open_ids - wanted or len(lost) > purged:
            found.append(f"lost or doubled: published {sorted(there.elements())}, open {sorted(open_ids.elements())}")
        return found

    def erased(self) -> set[int]:
        """Who is to be forgotten; not all of it need be done."""
        asked = self.root / "erased"
        return set(map(int, asked.read_text("utf-8").split())) if asked.exists() else set()

    def ask(self, person: int) -> None:
        """From now on rows about *person* may be gone."""
        with (self.root / "erased").open("a", encoding="utf-8") as file:
            file.write(f"{person}\n")

    def forgotten(self, person: int) -> list[str]:
        """What of *person* is left, when it was erased and nobody is at work."""
        store, vault = places(self.settings)
        left = [
            f"{person} is still in {path}"
            for batch in store.batches(dataset=self.dataset, limit=1000)
            for part in batch.payload.objects
            for path, numbers in [(part.path, _numbers(vault.read(part) if not part.purged_at else ()))]
            if person in numbers
        ]
        known = {item.path for batch in store.batches(limit=1000) for item in batch.payload.objects if not item.purged_at}
        there = {str(path.relative_to(self.root / "vault")) for path in (self.root / "vault").rglob("*.parquet")}
        return [*left, *(f"{path} is nobody's" for path in sorted(there - known))]


def _raise(done: Iterable[Kept | Erased], but: Iterable[str] = ()) -> None:
    for item in done:
        if item.error is not None and not any(words in str(item.error) for words in but):
            raise item.error


def _numbers(pieces: Iterable[pa.RecordBatch]) -> set[int]:
    return {number for piece in pieces for number in piece.column("id").to_pylist()}


def _purged(ranges: Iterable[RowRange]) -> int:
    return sum(item.rows for item in ranges if item.state is RowState.PURGED)


def _ids(store: object, vault: object, batch: Batch) -> list[int]:
    return [row["id"] for item in dead_letters(store, vault, batch.id) for row in item.to_pylist()]  # type: ignore[arg-type]


def _open(ranges: object, numbers: list[int]) -> list[int]:
    return [
        number
        for item in ranges  # type: ignore[attr-defined]
        if item.state is RowState.OPEN
        for number in numbers[item.first : item.last + 1]
    ]


Make = Callable[[Path, str, str, str], Key]  # a folder, the store, a suffix, a dataset


def run(attempts: int, seed: int, store_url: str = "", *, make: Make | None = None, points: Sequence[str] = POINTS) -> Report:
    """Play histories, in worlds that *make* makes, until *attempts* processes ran; stop at the first that went wrong."""
    points = [point for point in points if point not in SKIPPED]
    report, pending, number = Report(points=points), list(points), 0
    _warm()
    import_module("dq.replaying")  # here once, not in every child
    import_module("dq.history")
    random.Random(seed).shuffle(pending)  # noqa: S311  a short campaign reaches points of every kind
    while report.attempts < attempts and not report.wrong:
        number += 1
        with tempfile.TemporaryDirectory(prefix="dq-faults-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name:  # noqa: S108
            said = (Path(name), store_url, ("parquet", "csv")[number % 2], f"replay {seed} {number}")
            world = make(*said) if make else Key(*said)
            world.make()
            places(world.settings)
            if number <= len(_CRISES):
                _CRISES[number - 1](world, report)
            else:
                _history(world, random.Random(f"{seed}/{number}"), report, pending)  # noqa: S311
    return report


# -- what chance brings about too seldom ---------------------------------------------------------------------------------


def _two_at_once(world: Key, report: Report) -> None:
    """Two people replay the same rows, under two versions."""
    _in_peace(world, lambda: world.enforce_content(1), report)
    slow = Blow("after-look", "slow")
    started = {_start(world, _replaying(world, version, fix=False), slow, report): slow for version in (2, 3)}
    _count(world, children.end(started), started, report)
    _at_rest(world, report, "two replays at once")


def _erased_while_it_waits(world: Key, report: Report, cure: str) -> None:
    """A replay dies before it publishes; somebody who would have landed is forgotten; then the replay is ended by *cure*."""
    _in_peace(world, lambda: world.enforce_content(1), report)
    kill = Blow("before-publish", "kill")
    started = {_start(world, _replaying(world, 3, fix=False), kill, report): kill}
    _count(world, children.end(started), started, report)
    person = next(number for number, age in world.rows(1) if OLDEST[1] < age <= OLDEST[3])
    world.ask(person)
    _in_peace(world, lambda: world.erase(person), report)
    _in_peace(world, getattr(world, cure), report)
    _in_peace(world, lambda: dq.History(world.settings).collect(grace=timedelta(0)), report)
    report.wrong += world.forgotten(person)
    _at_rest(world, report, f"erased before {cure}")


def _published_and_not_told(world: Key, report: Report) -> None:
    """A replay dies when its rows are in place and the store does not know."""
    _in_peace(world, lambda: world.enforce_content(1), report)
    kill = Blow("after-publish", "kill")
    started = {_start(world, _replaying(world, 3, fix=False), kill, report): kill}
    _count(world, children.end(started), started, report)
    _at_rest(world, report, "killed after it published")


def _replaced_after_a_replay(world: Key, report: Report) -> None:
    """Some rows of a key went on and some failed again; then the key comes with another content."""
    _in_peace(world, lambda: world.enforce_content(1), report)
    _in_peace(world, _replaying(world, 2, fix=False), report)
    _in_peace(world, lambda: world.enforce_content(2), report)
    _at_rest(world, report, "another content after a replay")


def _at_rest(world: Key, report: Report, what: str) -> None:
    _in_peace(world, world.recover, report)
    report.wrong += world.laws(at_rest=True)
    if report.wrong:
        report.wrong.append(f"history {world.dataset} {world.suffix}: {what}")


_CRISES = (
    _two_at_once,
    _replaced_after_a_replay,
    _published_and_not_told,
    partial(_erased_while_it_waits, cure="withdraw"),
    partial(_erased_while_it_waits, cure="recover"),
)


def _history(world: Key, rng: random.Random, report: Report, pending: list[str]) -> None:
    _in_peace(world, lambda: world.enforce_content(1), report)
    for _ in range(rng.randint(2, 3)):
        point = pending.pop(0) if pending else rng.choice(report.points)
        task, person = _task(world, point, rng)
        started = {_start(world, task, Blow(point, "kill"), report): Blow(point, "kill")}
        if rng.random() < 0.6:
            fix = rng.random() < 0.5
            others = [task, _replaying(world, rng.randint(1, 3), fix=fix), world.recover, _enforcing(world, rng)]
            other = rng.choice([*others, _task(world, rng.choice(faults.KEEPING), rng)[0]])
            blow = Blow(rng.choice(report.points), rng.choice(("kill", "raise", "slow", "none")))
            started[_start(world, other, blow, report)] = blow
        codes = children.end(started)
        _count(world, codes, started, report)
        if next(iter(codes.values())) != -9 and point not in report.killed:
            pending.append(point)
        report.wrong += world.laws(at_rest=False)
        if rng.random() < 0.4:
            _in_peace(world, world.withdraw, report)
        _in_peace(world, world.recover, report)
        _in_peace(world, task if person else rng.choice([task, world.recover]), report)
        if person:  # what crashes left is no batch's: it goes when they are over
            _in_peace(world, lambda: dq.History(world.settings).collect(grace=timedelta(0)), report)
            report.wrong += world.forgotten(person)
        if rng.random() < 0.2:
            _lose_the_file(world, report)
        if rng.random() < 0.3:
            _in_peace(world, lambda: dq.History(world.settings).collect(grace=timedelta(0)), report)
        report.wrong += world.laws(at_rest=True)
        if report.wrong:
            report.wrong.append(f"history {world.dataset} {world.suffix}: {started}")
            return


def _lose_the_file(world: Key, report: Report) -> None:
    """Somebody removes what the key has published; its pipeline runs again, and a worker brings back what replays had added."""
    there = world.published_ids()
    world.lose()
    _in_peace(world, lambda: world.enforce_content(there[0] // 1000), report)
    _in_peace(world, world.recover, report)
    lost = Counter(there) - Counter(world.published_ids())
    store, _ = places(world.settings)
    purged = any(batch.purged_at for batch in store.batches(dataset=world.dataset, limit=1000))
    if Counter(world.published_ids()) - Counter(there) or (set(lost) - world.erased() and not purged):
        report.wrong.append("a lost file did not come back whole")


def _task(world: Key, point: str, rng: random.Random) -> tuple[Callable[[], None], int]:
    """What passes *point*; and who is erased, 0: nobody."""
    if point in PURGE and (point not in FORGET or rng.random() < 0.5):
        settled = [state for state in State if state is not State.WRITING]
        batch = rng.choice(places(world.settings)[0].batches(dataset=world.dataset, states=settled, limit=1000)).id
        return lambda: world.purge(batch), 0
    if point in FORGET:
        person = rng.choice((1, 2)) * 1000 + rng.randrange(ROWS - 4)
        world.ask(person)
        return lambda: world.erase(person), person
    return _replaying(world, rng.randint(1, 3), fix=rng.random() < 0.4), 0


def _replaying(world: Key, version: int, *, fix: bool) -> Callable[[], None]:
    return lambda: world.replay(version, fix=fix)


def _enforcing(world: Key, rng: random.Random) -> Callable[[], None]:
    content = rng.randint(1, 2)
    return lambda: world.enforce_content(content)


def _in_peace(world: Key, task: Callable[[], object], report: Report) -> None:
    """Try until it went well; a killed enforcement may have to be done again first, by `recover`."""
    for _ in range(PATIENCE):
        child = _start(world, task, Blow(), report)
        codes = children.end({child: Blow()})
        _count(world, codes, {child: Blow()}, report)
        if codes[child] == children.WELL:
            return


def _start(world: Key, task: Callable[[], object], blow: Blow, report: Report) -> int:
    report.attempts += 1
    return children.start(world.root, blow, task, lambda: None)


def main() -> int:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.replayed", description="Kill dq.replay at every step.")
    parser.add_argument("--attempts", type=int, default=600, help="processes to start, over all stores")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--mutant", choices=sorted(replay_mutants.MUTANTS), help="sow this fault, to see that it is found")
    said = parser.parse_args()
    with replay_mutants.sown(said.mutant) if said.mutant else nullcontext():
        return _play(said)


def _play(said: argparse.Namespace) -> int:
    stores = ("sqlite", "postgres") if said.store == "both" else (said.store,)
    wrong = False
    for store in stores:
        with nullcontext(str) if store == "sqlite" else server() as fresh:
            report = run(said.attempts // len(stores), said.seed, fresh())
        missed = sorted(set(report.points) - report.killed)
        print(f"{store}: {report.attempts} attempts, {dict(report.ends)}", *report.wrong[:10], sep="\n")
        print(f"nobody was killed at: {', '.join(missed)}" if missed else "killed at every point", flush=True)
        wrong |= bool(report.wrong)
    return int(wrong)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of servers and engines may still be ending
