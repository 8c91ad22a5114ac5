"""
The dead-letter protocol: bad rows are safe before good rows go on, once, whatever dies on the way.

    S1 claim     the batch gets a token; whoever had it before may no longer settle it
    S2 write     bad rows go to new objects under that token, flushed to disk
    S3 verify    the objects are read back
    S4 budget    too many bad rows, or a rule that blocks: the batch becomes evidence, and nothing goes on
    S5 commit    one transaction: batch, parts, reasons, run, metrics, audit; the slot's older batch is superseded
    S6 publish   good rows are put into place, in the place of what older batches of the slot published
    S7 mark      the batch is published

Rows that are moved in place (`dq.quarantine.inplace`) stay where they are, which is safe, until S6: S2 and S3 are empty.

A try that finds the batch committed binds the same `now`, labels the same rows, and goes on at S6.

What holds, and why:

- *Nothing is published before its bad rows are safe*: S6 starts from a committed batch, and only verified parts are
  committed. Garbage collection removes an object only when no claim that could commit it can exist: its token was
  succeeded or settled, and tokens never come back.
- *One active batch per slot, in the order of the claims*: S5 holds the slot, refuses a token that is not the batch's
  latest, and one older than the slot's current batch. A zombie, however late, commits nothing.
- *The target holds the rows of the slot's current batch, once*: publishers of one slot take turns, and each begins its turn
  by seeing that its batch is still the current one. A batch committed during another's turn publishes after it, and
  replaces what it wrote. A zombie that wakes before its turn finds itself superseded. One that wakes within its turn
  still has it, for its lock lives as long as its process (SQLite), or as long as its connection (PostgreSQL).
  Only a process cut off from PostgreSQL that keeps running can lose its turn unknowingly. Against it stand
  `Turn.confirm`, asked right before the target changes; the edition, which a table's ledger compares in its own
  transaction (this closes the gap there); and S7, which finds the loss and has the current batch published once more.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from dq.errors import EngineError, Fenced, SourceChanged, SourceError, WorldError
from dq.quarantine.budget import DEFAULT, Budget
from dq.quarantine.key import batch_id as name_of
from dq.quarantine.subjects import Whom, hasher
from dq.quarantine.vault import GOOD, Vault, folder_of
from dq.result import Outcome
from dq.store import (
    Batch,
    Claim,
    Part,
    Reason,
    ReplayFacts,
    RunFacts,
    Settlement,
    Slot,
    State,
    Store,
    TakenOver,
    Turn,
    faults,
)

if TYPE_CHECKING:
    import pyarrow as pa

Write = Callable[["Iterable[pa.RecordBatch]"], None]
_TAKEOVERS = 20  # of one batch, by others, before a try gives up
_MOST_PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Looked:
    """
    What the passes found, with `now` bound.

    *blocked_by* are checks that failed in mode block, *erred* those that could not run and would stop the stage.
    *digest* names which rows are bad, whatever their order; "" is not compared. *run* are the facts for the store.
    *replay* says which rows of a parent batch these are.
    *subjects* say where in a row a person is named, *retention* how long bad rows are kept (None: for ever).
    """

    rows: int
    bad: int
    run: RunFacts
    reasons: tuple[Reason, ...] = ()
    blocked_by: tuple[str, ...] = ()
    erred: tuple[str, ...] = ()
    digest: str = ""
    schema: str = ""
    replay: ReplayFacts | None = None
    subjects: tuple[tuple[str, ...], ...] = ()
    retention: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """
    Where the good rows are, and how many; *good* is the frame itself for rows in memory.

    *holds* are the editions that the target holds now; None: it does not know them.
    """

    rows: int
    where: str = ""
    good: Any = field(default=None, compare=False)
    holds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """
    What only the owner of the data can do.

    *fingerprint* names the content, references included, and was taken before anything else.
    *look* labels the rows with a bound `now`; with the same one it labels the same rows.
    *drain* hands the bad rows that *look* labelled to the writer; it may be asked again.
    *publish* puts the good rows into place, all or none. It is told its turn: the batch with its edition, the batches whose
    rows must give way, and `confirm`, to be called last before the target changes. When the target holds this edition
    already it changes nothing; when it holds a later one, or `confirm` raises, it must not change it; and when the rows
    it reads are no longer those of the fingerprint, it raises SourceChanged.
    *land*, of a replay, hands over the good rows too, to be kept beside the bad ones: `publish` may take them from there.
    *rest* lets go of what `look` looked at, for the turn to publish may be long in coming, and a reader may keep from writing
    who has it; afterwards only `publish` is called.
    *stays* says, as JSON, where `publish` moves bad rows to within their database: then none is handed over, for until then
    they are safe where they came from. "": they become objects.
    """

    fingerprint: str
    look: Callable[[datetime], Looked]
    drain: Callable[[Write], None]
    publish: Callable[[Turn], Published]
    land: Callable[[Write], None] | None = None
    rest: Callable[[], None] = lambda: None
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Enforced:
    """
    What came of it. *published* is None when nothing goes on.

    *again*: the batch was committed by an earlier try, and this one found it.
    """

    outcome: Outcome
    batch: Batch
    looked: Looked
    published: Published | None = None
    again: bool = False


def perform(
    store: Store,
    vault: Vault,
    slot: Slot,
    work: Work,
    *,
    plan: str,
    now: datetime,
    actor: str,
    policy: str = "",
    budget: Budget = DEFAULT,
    parent: Batch | None = None,
) -> Enforced:
    """
    Divert the bad rows of *work*, then publish its good ones: S1 to S7.

    The same slot, *plan*, *policy* and fingerprint are one batch: doing it again, or by two processes at once, changes
    nothing. Other input or another plan takes the place of what the slot held.

    Raises:
        Fenced: a later enforcement of the slot was committed, or published, meanwhile; nothing of this one goes on.
        WorldError: store, disk or network failed; a retry goes on where this try stopped.
        SourceError: the same input gives other bad rows than when its batch was committed.
        EngineError: the bad rows or the good ones are not as many as were counted.
    """
    batch_id = name_of(slot, plan=plan, policy=policy, fingerprint=work.fingerprint)
    looked: Looked | None = None
    first = 0
    for _ in range(_TAKEOVERS):
        faults.at("before-claim")
        claim = store.claim(
            slot,
            batch_id,
            plan=plan,
            policy=policy,
            fingerprint=work.fingerprint,
            now=now,
            parent=parent.id if parent else "",
            depth=parent.depth + 1 if parent else 0,
            first=first,
        )
        first = first or claim.token
        faults.at("after-claim")
        if claim.found is not None and parent is not None:
            raise Fenced(f"another process replayed these rows: batch {batch_id[:12]}", str(slot), "replay what is open")
        if claim.found is not None:
            return finish(store, work, claim.found, actor=actor)
        started = time.monotonic()
        looked = looked or work.look(now)
        faults.at("after-look")
        try:
            batch = _settle(store, vault, claim, work=work, looked=looked, budget=budget, actor=actor)
        except TakenOver:
            _wait_for_other(store, claim, time.monotonic() - started)
            continue
        if batch.state is State.BLOCKED:
            return Enforced(batch.outcome or Outcome.BLOCKED, batch, looked)
        faults.at("after-commit")
        return _publish(store, work, batch, looked, actor=actor, run=None, again=False)
    raise WorldError(
        f"batch {batch_id[:12]} was claimed by others {_TAKEOVERS} times", str(slot), "try again when they have ended"
    )


def finish(store: Store, work: Work, batch: Batch, *, actor: str) -> Enforced:
    """
    Publish the good rows of a committed batch: S6 and S7, by who finds it.

    Raises:
        SourceChanged: *work* holds other content than the batch was made from.
        SourceError: it is the same content, and gives other bad rows. As `perform` otherwise.
    """
    if work.fingerprint != batch.fingerprint:
        raise SourceChanged(f"what batch {batch.id[:12]} was made from has changed", str(batch.slot), "enforce the key again")
    looked = work.look(batch.now)
    faults.at("after-look")
    if (looked.rows, looked.bad, looked.digest) != (batch.rows_in, batch.rows_bad, batch.digest):
        raise SourceError(
            f"the same input gives {looked.bad:,} bad rows of {looked.rows:,}, but batch {batch.id[:12]} was committed with "
            f"{batch.rows_bad:,} of {batch.rows_in:,}, or with others; nothing was published",
            str(batch.slot),
            f"`dq quarantine withdraw {batch.id[:12]}`, then enforce the key again",
        )
    return _publish(store, work, batch, looked, actor=actor, run=looked.run, again=True)


# -- the steps -------------------------------------------------------------------------------------------------------


def _settle(store: Store, vault: Vault, claim: Claim, *, work: Work, looked: Looked, budget: Budget, actor: str) -> Batch:
    """S2 to S5."""
    folder = folder_of(store.id, claim.batch_id, claim.token)
    whom = Whom(looked.subjects, hasher(store, vault.keys))
    landing = _land(vault, folder, claim, work, looked, whom=whom)
    parts = _secure(vault, folder, claim, work, looked, whom=whom)
    stopped = (*looked.erred, *looked.blocked_by)
    beyond = "" if looked.replay is not None else budget.blocks(looked.rows, looked.bad)  # a replay may fail whole
    blocked_by = (*stopped, f"budget: {beyond}") if beyond else stopped
    outcome = _outcome(looked, blocked_by)
    faults.at("after-budget")
    settlement = Settlement(
        outcome,
        looked.rows,
        looked.bad,
        looked.run,
        parts,
        looked.reasons,
        blocked_by,
        looked.digest,
        looked.schema,
        landing,
        looked.replay,
        whom.hashes(),
        looked.retention,
        work.stays,
    )
    return (store.block if blocked_by else store.commit)(claim, settlement, actor=actor)


def _outcome(looked: Looked, blocked_by: tuple[str, ...]) -> Outcome:
    if looked.erred:
        return Outcome.ERROR
    if blocked_by:
        return Outcome.BLOCKED
    return Outcome.QUARANTINED if looked.bad else Outcome.PASSED


def _land(vault: Vault, folder: str, claim: Claim, work: Work, looked: Looked, *, whom: Whom) -> tuple[Part, ...]:
    """The good rows of a replay, written and read back before anything is settled: afterwards nothing else has them."""
    if work.land is None:
        return ()
    parts: list[Part] = []
    work.land(lambda batches: parts.extend(vault.write(folder, whom.seen(batches), first=len(parts), name=GOOD)))
    if (landing := sum(part.rows for part in parts)) != looked.rows - looked.bad:
        message = f"{looked.rows - looked.bad:,} rows are good, but {landing:,} were handed over"
        raise EngineError(message, str(claim.slot), "nothing was committed")
    _verify(vault, parts)
    faults.at("after-land")
    return tuple(parts)


def _secure(vault: Vault, folder: str, claim: Claim, work: Work, looked: Looked, *, whom: Whom) -> tuple[Part, ...]:
    """S2 and S3: the bad rows, written and read back; of those that stay in their database nothing is written."""
    if work.stays:
        return ()
    parts: list[Part] = []
    if looked.bad:
        work.drain(lambda batches: parts.extend(vault.write(folder, whom.seen(batches), first=len(parts))))
    faults.at("after-drain")
    if (drained := sum(part.rows for part in parts)) != looked.bad:
        raise EngineError(
            f"{looked.bad:,} rows are bad, but {drained:,} were handed over", str(claim.slot), "nothing was committed"
        )
    _verify(vault, parts)
    faults.at("after-verify")
    return tuple(parts)


def _verify(vault: Vault, parts: Iterable[Part]) -> None:
    for part in parts:
        vault.verify(part)


def _publish(
    store: Store, work: Work, batch: Batch, looked: Looked, *, actor: str, run: RunFacts | None, again: bool
) -> Enforced:
    """S6 and S7."""
    work.rest()
    with store.publishing(batch) as turn:
        faults.at("before-publish")
        published = work.publish(turn)
        if published.rows != turn.batch.rows_due:
            message = f"{published.rows:,} rows were published, but {turn.batch.rows_due:,} are good"
            raise EngineError(message, str(batch.slot), "the batch stays committed; see what else writes to the target")
        faults.at("after-publish")
        marked = store.mark_published(batch, output=published.where, run=run, holds=published.holds, actor=actor)
    faults.at("after-mark")
    outcome = marked.outcome or _outcome(looked, ())
    return Enforced(outcome, marked, looked, published, again)


def _wait_for_other(store: Store, claim: Claim, took: float) -> None:
    """
    Give who took the batch over the time that this try needed.

    Raises:
        Fenced: the batch was settled, and then superseded or withdrawn.
    """
    until = time.monotonic() + min(took, _MOST_PATIENCE) * random.uniform(1, 2)  # noqa: S311  two must not go in step
    while True:
        batch, waiting = store.standing(claim.batch_id)
        if batch is None or not waiting:
            break
        if time.monotonic() >= until:
            return
        time.sleep(min(0.05, took) * random.uniform(0.5, 1))  # noqa: S311
    if batch is not None and batch.state in (State.SUPERSEDED, State.WITHDRAWN):
        raise Fenced(
            f"batch {claim.batch_id[:12]} is {batch.state} by now",
            str(claim.slot),
            "run again, to enforce what the key holds now",
        )
