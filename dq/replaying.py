"""
Dead letters judged again: those that pass now join what their key has published, the others become a batch of their own.

    rows ──fix──▶ view ──look──▶ foretold ──┬── dry run: that is all
                                            └── perform: S1 to S7, beside the batch that they came from
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dq import settings as settings_module
from dq.again import Again, Fix, Order
from dq.chosen import Chosen, Wanted, choose, find
from dq.destination import place_of
from dq.diversion import actor, places
from dq.errors import DqError, UsageError, WorldError
from dq.job import Ref
from dq.quarantine import Vault, settle, waiting
from dq.result import SUMMARY_VERSION
from dq.run import appender
from dq.settings import Settings
from dq.source import Table
from dq.store import Batch, Reason, RowState, State, Store, decidable, faults

if TYPE_CHECKING:
    from dq.engines.duckdb.again import Cell

_PATIENCE = 10.0  # seconds to wait for who publishes a replay


@dataclass(frozen=True, slots=True)
class Replayed:
    """
    What becomes of rows of one *batch*: *landed* go on, *stayed* fail again, for *reasons*.

    *child* is the batch of those that stay, None in a dry run and when nothing changes: no row would land, and none has
    other reasons than before. *kept* rows were left alone, as nobody knows what they would stand beside. *changed* counts
    the values that a fix alters, by column, and *cells* are some of them, sensitive ones masked.
    """

    batch: Batch
    contract: str = ""
    rows: int = 0
    landed: int = 0
    stayed: int = 0
    reasons: tuple[Reason, ...] = ()
    kept: int = 0
    output: str = ""
    changed: Mapping[str, int] = field(default_factory=dict)
    cells: tuple[Cell, ...] = ()
    child: Batch | None = None
    error: DqError | None = None

    def summary(self) -> dict[str, Any]:
        """What became of them as values that JSON has; samples of values are left out."""
        return {
            "batch_id": self.batch.id,
            "rows": self.rows,
            "landed": self.landed,
            "stayed": self.stayed,
            "kept": self.kept,
            "output": self.output or None,
            "reasons": {item.check: item.rows for item in self.reasons},
            "child_batch_id": self.child.id if self.child else None,
            "error": str(self.error) if self.error else None,
        }


@dataclass(frozen=True, slots=True)
class Replay:
    """
    What came of sending dead letters through again; of a dry run, what would.

    *left_out* are batches whose rows failed too often to be replayed by the dozen: name one to replay it.
    """

    batches: tuple[Replayed, ...]
    left_out: tuple[Batch, ...] = ()
    dry_run: bool = False

    @property
    def rows(self) -> int:
        """How many rows were judged."""
        return sum(item.rows for item in self.batches)

    @property
    def landed(self) -> int:
        """How many of them go on."""
        return sum(item.landed for item in self.batches)

    @property
    def stayed(self) -> int:
        """How many of them fail again."""
        return sum(item.stayed for item in self.batches)

    def summary(self) -> dict[str, Any]:
        """What came of it as values that JSON has, for orchestrators to hand on. No row is in it."""
        return {
            "schema_version": SUMMARY_VERSION,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "landed": self.landed,
            "stayed": self.stayed,
            "left_out": [item.id for item in self.left_out],
            "batches": [item.summary() for item in self.batches],
        }


@dataclass(frozen=True, slots=True)
class Discarded:
    """How many rows will never be published, and the batches that they are in; of a dry run: would."""

    rows: int
    batches: tuple[Batch, ...]
    dry_run: bool = False


def replay(
    batch: str | Batch | None = None,
    *,
    dataset: str | None = None,
    stage: str | None = None,
    key: str | None = None,
    rule: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    rows: Sequence[int] = (),
    contract: Ref | None = None,
    references: Mapping[str, object] | None = None,
    fix: str | os.PathLike[str] | None = None,
    set: Mapping[str, str] | None = None,  # noqa: A002  the word of SQL
    to: str | os.PathLike[str] | Table | None = None,
    rate: float | None = None,
    most: int | None = None,
    note: str = "",
    dry_run: bool = False,
    settings: Settings | None = None,
) -> Replay:
    """
    Judge dead letters again, and add those that pass to what their key has published: each once, whatever is killed.

    What fails again becomes a batch of its own. Keys, and rules about other rows, are judged together with what the key has
    published; rules about the whole dataset are not judged. When nothing would change, nothing does.

    Args:
        batch: a batch or its id; None: all that the other words choose. A batch whose rows failed three times is only
            replayed by name.
        dataset: only of this dataset; likewise stage and key.
        rule: only rows that break this check, as `__dq_reasons` says it.
        since: only what was diverted then or later; *until*: before.
        rows: only rows of the batch with these numbers (`__dq_row_no`).
        contract: instead of the newest version that the reference of the stage asks for.
        references: as in `dq.enforce`; None: those that the stage used, as they are now.
        fix: the rows of the batch, corrected: a Parquet or CSV file with the columns that `History.rows` gives.
        set: new values, as SQL over the row: `{"age": "abs(age)"}`. A name is null where
            its value cannot be read; where an expression needs text, it is the text as written.
        to: where good rows go when the batch came from a frame: a path or a `dq.Table`, as in `dq.enforce`.
        rate: at most so many rows per second, over all batches.
        most: at most so many batches, oldest first.
        note: why, for the audit.
        dry_run: change nothing, and tell what would happen.

    Raises:
        UsageError: nothing can be decided about the batch (it is blocked, superseded, withdrawn); a rule cannot be judged; a
            fix names what is not there. SourceError: the fix has other rows. WorldError: somebody else replays the key now, or
            the target lacks what the key has published. With several batches an error stands beside its batch.
    """
    wanted = _wanted(batch, dataset=dataset, stage=stage, key=key, rule=rule, since=since, until=until, rows=rows)
    order = Order(contract, references or {}, Fix(None if fix is None else os.fspath(fix), set or {}), _place(to), (), note)
    return _each(wanted, order, rate=rate, most=most, dry_run=dry_run, settings=settings)


def accept(
    batch: str | Batch,
    rules: Sequence[str],
    *,
    rows: Sequence[int] = (),
    contract: Ref | None = None,
    references: Mapping[str, object] | None = None,
    to: str | os.PathLike[str] | Table | None = None,
    note: str = "",
    dry_run: bool = False,
    settings: Settings | None = None,
) -> Replay:
    """
    Replay the rows of *batch* that break one of *rules*, with these waived: they go on as they are.

    Rules are named by the id of the check or of the contract's rule. What breaks others too stays. Arguments as in `replay`.

    Raises:
        UsageError: a rule is not there, or says that a value can be read: such a value can be fixed or discarded, not
            accepted. As `replay` otherwise.
    """
    named = (rules,) if isinstance(rules, str) else tuple(rules)
    if not named:
        raise UsageError("no rule is named", "accept", "name what is all right: rules=['age.maximum']")
    wanted = _wanted(batch, rows=rows)
    order = Order(contract, references or {}, Fix(), _place(to), named, note)
    return _each(wanted, order, rate=None, most=None, dry_run=dry_run, settings=settings)


def discard(
    batch: str | Batch | None = None,
    *,
    dataset: str | None = None,
    stage: str | None = None,
    key: str | None = None,
    rule: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    rows: Sequence[int] = (),
    note: str = "",
    dry_run: bool = False,
    settings: Settings | None = None,
) -> Discarded:
    """
    Settle that dead letters are never published. Arguments as in `replay`.

    Raises:
        UsageError: nothing can be decided about the batch. WorldError: somebody else decides about the same rows now.
    """
    wanted = _wanted(batch, dataset=dataset, stage=stage, key=key, rule=rule, since=since, until=until, rows=rows)
    shop = _Shop.of(settings)
    found, left_out = find(shop.store, wanted)
    done = []
    for item in (*found, *left_out):
        with nullcontext() if dry_run else shop.store.replaying(item.slot):
            chosen = choose(shop.store, shop.vault, shop.store.batch(item.id), wanted)
            if len(chosen) and not dry_run:
                shop.store.decide(item.id, chosen.ranges(RowState.DISCARDED), actor=actor(), note=note)
            done.append((len(chosen), shop.store.batch(item.id)))
    return Discarded(sum(count for count, _ in done), tuple(item for count, item in done if count), dry_run)


def withdraw(batch: str | Batch, *, unpublish: bool = False, note: str = "", settings: Settings | None = None) -> Batch:
    """
    Say that the pipeline rolled back what a batch published: it is active no longer, nor what its replays made.

    The target is not touched, but with *unpublish*: the file is removed, or the rows are deleted from the table, when nothing
    but this batch stands there of the key; what stood there before is not put back. What a replay made can be withdrawn
    until it is published: its rows are open again then.

    Raises:
        UsageError: the batch is not active; or it came of a replay that is published. WorldError: somebody publishes it now.
    """
    settings = settings or settings_module.load()
    store, _ = places(settings)
    found = store.batch(_id(batch))
    with store.holding(found, patience=_PATIENCE) if found.parent or unpublish else nullcontext():
        _has_not_landed(store, store.batch(found.id), settings)
        done = store.withdraw(found.id, actor=actor(), note=note)
        return _taken_back(store, done, settings) if unpublish else done


def _taken_back(store: Store, batch: Batch, settings: Settings) -> Batch:
    """The withdrawn batch without output, when its good rows could be taken back from there; else as it is."""
    if not batch.output or batch.parent:
        return batch
    with suppress(UsageError):  # it is no file of dq, or a table that nobody finds again
        if place_of(store, batch, settings).remove(batch.slot.text, f"{batch.id}:{batch.edition}"):
            store.note(batch.id, "unpublished", actor=actor(), detail={"output": batch.output})
            return replace(batch, output="")
    return batch


def _has_not_landed(store: Store, batch: Batch, settings: Settings) -> None:
    """Refuse to give rows back that a replay, killed before it could say so, has put into the target."""
    if not batch.parent or batch.state is not State.COMMITTED or not batch.output:
        return
    owner = None
    with suppress(UsageError):  # it is no file of dq, or a table that nobody finds again
        owner = place_of(store, batch, settings).owner()
    if owner is not None and f"{batch.id}:{batch.edition}" in owner.editions:
        what = f"the good rows of batch {batch.id[:12]} are in {batch.output} already"
        raise UsageError(what, str(batch.slot), "`dq quarantine recover` ends what was begun")


# -- what they have in common ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shop:
    """The store and the dead letters of a project."""

    store: Store
    vault: Vault
    settings: Settings

    @classmethod
    def of(cls, settings: Settings | None) -> _Shop:
        chosen = settings or settings_module.load()
        return cls(*places(chosen), chosen)


def _id(batch: str | Batch) -> str:
    return batch.id if isinstance(batch, Batch) else batch


def _place(said: str | os.PathLike[str] | Table | None) -> str | Table:
    return "" if said is None else said if isinstance(said, Table) else os.fspath(said)


def _wanted(batch: str | Batch | None, *, rule: str | None = None, rows: Sequence[int] = (), **said: Any) -> Wanted:
    return Wanted("" if batch is None else _id(batch), rules=(rule,) if rule else (), rows=tuple(rows), **said)


def _each(
    wanted: Wanted, order: Order, *, rate: float | None, most: int | None, dry_run: bool, settings: Settings | None
) -> Replay:
    if rate is not None and rate <= 0:
        raise UsageError(f"{rate} rows per second is no rate", "rate", "say rate=1000")
    if order.fix.edited and not wanted.batch:
        raise UsageError("an edited file holds the rows of one batch", "fix", "name the batch, too")
    shop = _Shop.of(settings)
    found, left_out = find(shop.store, wanted)
    done: list[Replayed] = []
    for item in _paced(found[:most], rate, done):
        try:
            done.append(_one(shop, item.id, wanted, order, dry_run=dry_run))
        except DqError as error:
            if wanted.batch:
                raise
            done.append(Replayed(item, error=error))
    return Replay(tuple(done), left_out, dry_run)


def _lies_in_objects(batch: Batch) -> None:
    """
    Refuse rows that stay in their database: they go on by enforcing their key again.

    Raises:
        UsageError: they are such.
    """
    if batch.place:
        mend = "put its rows right there (UPDATE), or change the contract, and enforce the key again: what is good then goes back"
        raise UsageError(f"batch {batch.id[:12]} was moved in place: nothing is replayed from there", str(batch.slot), mend)


def _paced(batches: Sequence[Batch], rate: float | None, done: Sequence[Replayed]) -> Iterator[Batch]:
    """*batches*, one at a time, so that on average no more than *rate* rows a second are *done*."""
    started = time.monotonic()
    for batch in batches:
        due = sum(item.rows for item in done) / rate if rate else 0.0
        if (early := started + due - time.monotonic()) > 0:
            time.sleep(early)
        yield batch


def _one(shop: _Shop, batch_id: str, wanted: Wanted, order: Order, *, dry_run: bool) -> Replayed:
    """One batch; its slot is held, so that nobody else replays it."""
    with nullcontext() if dry_run else shop.store.replaying(shop.store.batch(batch_id).slot):
        batch = shop.store.batch(batch_id)
        _lies_in_objects(batch)
        faults.at("after-take")
        decidable(batch.state, batch.id, str(batch.slot))
        _finish_others(shop, batch, dry_run=dry_run)
        again = Again(shop.store, shop.vault, shop.settings, shop.store.batch(batch_id), order)
        chosen = again.choose(wanted)
        if not len(chosen):
            return Replayed(again.batch, kept=again.kept)
        with again.opened(chosen) as look:
            foretold = _told(again, look, chosen)
            if dry_run or look.unchanged:
                return foretold
            return replace(foretold, child=again.perform(look, chosen))


def _told(again: Again, look: Any, chosen: Chosen) -> Replayed:
    return Replayed(
        again.batch,
        look.result.contract,
        len(chosen),
        len(chosen) - look.bad,
        look.bad,
        look.reasons,
        again.kept,
        str(again.place),
        look.changed,
        look.cells,
    )


def _finish_others(shop: _Shop, batch: Batch, *, dry_run: bool) -> None:
    """Publish what earlier replays of the slot committed, for the rows are judged among it."""
    left = waiting(shop.store, batch)
    if left and dry_run:
        mend = "run `dq quarantine recover`; a replay does it by itself"
        raise WorldError("an earlier replay of this key was not finished", str(batch.slot), mend)
    for item in left:
        place = place_of(shop.store, item, shop.settings)
        settle(shop.store, shop.vault, item, place, appender(shop.settings), actor=actor())
