"""Faults of replay, sown on purpose: a campaign that does not find one of them proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from dq.quarantine import output
from dq.quarantine.erase import _Work
from dq.quarantine.output import FileTarget, Owner, Placed
from dq.quarantine.tables import TableTarget
from dq.store import Batch, Store, Turn, batches, replays, rows

Patch = tuple[object, str, Any]
MUTANTS: dict[str, Callable[[], list[Patch]]] = {}


def mutant(function: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Keep it under its name."""
    MUTANTS[function.__name__] = function
    return function


TABLE_MUTANTS: dict[str, Callable[[], list[Patch]]] = {}  # of tables that rows are added to


def of_tables(function: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Keep it under its name."""
    TABLE_MUTANTS[function.__name__] = function
    return function


@contextmanager
def sown(name: str) -> Iterator[None]:
    """Replay has that fault inside the `with`."""
    with ExitStack() as stack:
        for place, attribute, value in {**MUTANTS, **TABLE_MUTANTS}[name]():
            stack.enter_context(patch.object(place, attribute, value))
        yield


@mutant
def no_editions() -> list[Patch]:
    """A file does not know what was added to it, so a retry adds it again."""
    extend = FileTarget.extend

    def forgetful(self: FileTarget, turn: Turn, write: Any) -> Placed:
        with (
            patch.object(FileTarget, "may_write", lambda *_: Owner("", ())),
            patch.object(FileTarget, "must_hold", lambda *_: None),
        ):
            return extend(self, turn, write)

    return [(FileTarget, "extend", forgetful)]


@mutant
def children_stay() -> list[Patch]:
    """What replays made outlives the batch that it came of."""
    family = replays.family

    def only_the_first(*said: Any, **more: Any) -> tuple[str, ...]:
        return family(*said, **more)[:1]

    return [(replays, "family", only_the_first)]


@mutant
def rows_stay_open() -> list[Patch]:
    """The rows that were replayed can be replayed again."""
    act = rows.act

    def nothing(*said: Any, **more: Any) -> None:
        if "replay_id" not in more:
            act(*said, **more)

    return [(rows, "act", nothing)]


@mutant
def nobody_holds_the_key() -> list[Patch]:
    """Two replay the same rows at once, and neither asks whether they are open."""
    return [(Store, "replaying", lambda *_, **__: nullcontext()), (rows, "all_open", lambda *_: True)]


@mutant
def lost_files_stay_lost() -> list[Patch]:
    """A file that is made anew is not asked what replays had added."""
    mark = batches.mark

    def careless(*said: Any, **more: Any) -> Batch:
        batch: Batch = mark(*said, **{**more, "holds": None})
        return batch

    return [(batches, "mark", careless)]


@mutant
def in_place() -> list[Patch]:
    """Rows are added to the file itself: a kill leaves half of them, or all without a trace."""

    def at_once(self: FileTarget, turn: Turn, editions: tuple[str, ...], write: Any) -> Placed:
        facts = {output._SLOT: turn.batch.slot.text, output._BATCH: " ".join(editions[:-1] if len(editions) > 1 else editions)}
        staged = self.path.with_name("staged")
        written = write(str(staged), facts)
        output._move(staged, self, facts)
        return Placed(written, editions)

    return [(FileTarget, "_replace", at_once)]


@of_tables
@mutant
def judged_alone() -> list[Patch]:
    """Keys are not judged together with what is published."""
    from dq.engines.duckdb import again

    return [(again, "with_published", lambda _, letters, __: letters.select)]


@mutant
def landing_is_forgotten() -> list[Patch]:
    """Who is erased stays among the rows that land."""
    look = _Work._look

    def blind(self: _Work, batch: Batch, paths: Any) -> Any:
        return look(self, replace(batch, landing=()), paths)

    return [(_Work, "_look", blind)]


@mutant
def the_erased_come_back() -> list[Patch]:
    """What a withdrawn replay gives back is open, though it was purged or emptied meanwhile."""
    return [(replays, "_gone", lambda *_, **__: None)]


@of_tables
def the_ledger_is_not_extended() -> list[Patch]:
    """Rows are put into the table, and nobody writes down that they are there."""
    from dq.engines.database.into import Into

    sign = Into.sign

    def careless(self: Into, editions: Any, rows: int, *, new: bool) -> None:
        sign(self, editions[:-1] or editions, rows, new=new)

    return [(Into, "sign", careless)]


@of_tables
def editions_are_not_compared() -> list[Patch]:
    """Who adds rows does not ask whether they are there."""
    from dq.engines.database.into import Into

    extend, editions = TableTarget.extend, Into.editions

    def forgetful(self: TableTarget, turn: Turn, batches: Any) -> Placed:
        def others(into: Into) -> tuple[str, ...] | None:
            there = editions(into)
            return None if there is None else tuple(item for item in there if item != turn.edition)

        with patch.object(Into, "editions", others):
            return extend(self, turn, batches)

    return [(TableTarget, "extend", forgetful)]


@of_tables
def a_rehearsal_stays() -> list[Patch]:
    """What was put there to see whether it goes is not taken back."""
    from dq.engines.database.into import Into

    put_all = Into.put_all

    def for_good(self: Into, batches: Any, edition: str) -> int:
        rows = put_all(self, batches, edition)
        if not edition:
            self.session.commit()
        return rows

    return [(Into, "put_all", for_good)]
