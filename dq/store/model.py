"""The nouns of the store: what the protocol hands in, and what a reader gets out. Values only."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from dq.errors import Fenced
from dq.result import Outcome


class State(StrEnum):
    """Where a batch stands."""

    WRITING = "writing"  # claimed, nothing settled
    COMMITTED = "committed"  # its bad rows are safe; its good rows may go on
    PUBLISHED = "published"
    BLOCKED = "blocked"  # nothing goes on; its bad rows are evidence, not replayable
    SUPERSEDED = "superseded"  # a later batch of the slot took its place
    WITHDRAWN = "withdrawn"  # rolled back by its pipeline

    @property
    def active(self) -> bool:
        """Whether its rows count: at most one batch of a slot is active."""
        return self in (State.COMMITTED, State.PUBLISHED)


class RowState(StrEnum):
    """What became of a dead letter."""

    OPEN = "open"
    REPLAYED = "replayed"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"
    SUPERSEDED = "superseded"
    PURGED = "purged"


class TakenOver(Fenced):
    """Another process holds this very batch now; it does the same work, so wait for it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """What holds one active batch at a time: a part of a dataset, named by *key*, at a stage."""

    dataset: str
    stage: str
    key: str

    @property
    def text(self) -> str:
        """One text per slot, whatever its parts contain."""
        return json.dumps([self.dataset, self.stage, self.key], ensure_ascii=True)

    def __str__(self) -> str:
        return " | ".join((self.dataset, self.stage or "-", self.key or "-"))


@dataclass(frozen=True, slots=True)
class Part:
    """
    One immutable payload object: *path* is relative to the root of the dead letters.

    *key_id* names the key that encrypts it, "" when none does. *purged_at*: it is gone, its counts stay.
    """

    path: str
    rows: int
    size: int
    sha256: str
    key_id: str = ""
    purged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payload:
    """The objects of a batch: *parts* have its bad rows, *landing*, of a replay, the good ones as they join the target."""

    parts: tuple[Part, ...] = ()
    landing: tuple[Part, ...] = ()

    @property
    def objects(self) -> tuple[Part, ...]:
        """All of them."""
        return (*self.parts, *self.landing)


@dataclass(frozen=True, slots=True)
class Hashes:
    """Whom some rows are about: the first eight bytes of keyed hashes, sorted. *key_id* names the key, "" the store's own."""

    key_id: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reason:
    """How many rows of a batch break one check."""

    check: str
    rows: int
    code: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class RowRange:
    """Dead letters *first* to *last*, both counted, from 0 in the order of the batch, are in one state."""

    first: int
    last: int
    state: RowState

    @property
    def rows(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class RowAction:
    """
    One line of what became of dead letters: *rows*, by whom, when, why.

    *replay* and *contract* (`name@version`) are given when they were judged again.
    """

    rows: RowRange
    actor: str
    at: datetime
    note: str = ""
    replay: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """
    What one enforcement of a slot diverted.

    *token* is that of the latest claim, *edition* that of the claim that was committed (0: none was).
    *open* is how many of its rows still wait; only those of an active batch do. *parts* are objects with its bad rows,
    *landing*, of a replay, with the good ones. *place*, as JSON, is the table of their own database that its bad rows are moved
    to when it is published; "" when they are in objects. *cleared_at*: they were purged there.
    """

    id: str
    slot: Slot
    state: State
    token: int
    edition: int
    plan: str
    policy: str
    fingerprint: str
    now: datetime
    rows_in: int = 0
    rows_good: int = 0
    rows_bad: int = 0
    open: int = 0
    parts: tuple[Part, ...] = ()
    landing: tuple[Part, ...] = ()
    blocked_by: tuple[str, ...] = ()
    outcome: Outcome | None = None
    digest: str = ""
    schema: str = ""
    output: str = ""
    run: str = ""
    supersedes: str = ""
    superseded_by: str = ""
    parent: str = ""
    depth: int = 0
    claimed_at: datetime | None = None
    settled_at: datetime | None = None
    published_at: datetime | None = None
    expires_at: datetime | None = None
    legal_hold: bool = False
    place: str = ""
    cleared_at: datetime | None = None

    @property
    def purged_at(self) -> datetime | None:
        """When its rows were removed; their counts and reasons stay."""
        return self.cleared_at or next((part.purged_at for part in self.payload.objects if part.purged_at), None)

    @property
    def payload(self) -> Payload:
        """Its objects."""
        return Payload(self.parts, self.landing)

    @property
    def rows_due(self) -> int:
        """How many good rows its target must hold: of a replay those of them that nobody erased."""
        return sum(part.rows for part in self.landing) if self.parent else self.rows_good


@dataclass(frozen=True, slots=True)
class Claim:
    """
    The right to settle a batch, until somebody claims it again.

    *found* is the batch when it is committed already: then bind its `now`, label the same rows, and publish them.
    """

    batch_id: str
    slot: Slot
    token: int
    now: datetime
    found: Batch | None = None


# -- facts of a run ------------------------------------------------------------------------------------------------


def new_id() -> str:
    """An id for a run; nobody else has it."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """The contract that a run was judged by."""

    sha256: str
    name: str
    version: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """One check and its verdict. *id* is unique in its plan, *fingerprint* names its definition wherever it occurs."""

    fingerprint: str
    id: str
    says: str
    dimension: str
    column: str
    mode: str
    clause: str
    status: str
    rows: int = 0
    bad: int = 0
    value: str | None = None
    message: str = ""
    samples: tuple[Mapping[str, Any], ...] = ()  # masked where the contract says so
    subjects: tuple[str, ...] = field(
        default=(), compare=False
    )  # marks of whom each sample is about, blanks between; only written


@dataclass(frozen=True, slots=True)
class Metric:
    """A number about a dataset; *column* "" means: about all of it."""

    metric: str
    value: float
    column: str = ""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """All that the store keeps of one run, written in one transaction. *at* is the logical time of its metrics."""

    slot: Slot
    at: datetime
    now: datetime
    started: datetime
    finished: datetime
    status: str
    rows: int
    bad_rows: int
    plan: str
    engine: str
    id: str = field(default_factory=new_id)
    contract: ContractFacts | None = None
    owner: str = ""
    checks: tuple[CheckFacts, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()  # name and type, as found
    metrics: tuple[Metric, ...] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)  # who ran it: task, flow, host
    error: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the store has it."""

    id: str
    slot: Slot
    at: datetime
    now: datetime
    started: datetime
    finished: datetime
    status: str
    outcome: Outcome | None
    rows: int
    bad_rows: int
    plan: str
    contract: str  # `name@version`
    engine: str
    batch: str
    origin: Mapping[str, Any]
    error: Mapping[str, Any] | None
    alerted_at: datetime | None
    checks: tuple[CheckFacts, ...] = ()  # only `Store.run` fills these
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReplayFacts:
    """
    Rows of *batch* that were judged again, written with the batch that holds what failed once more.

    *ranges* are those rows, in the states they get. *fix* says what was changed before, masked where the contract says so;
    *dry_run* what was foretold. *output* is where the good ones go.
    """

    batch: str
    ranges: tuple[RowRange, ...]
    plan: str
    contract: str
    output: str = ""
    fix: Mapping[str, Any] | None = None
    dry_run: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    id: str = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Settlement:
    """
    What S5 writes: the facts of a batch whose payload is safe. *rows* are those that came in, *bad* those diverted.

    Of a replay, *landing* are objects with its good rows, for they are nowhere else in the form in which they go on.
    *place* as in `Batch`.
    """

    outcome: Outcome
    rows: int
    bad: int
    run: RunFacts
    parts: tuple[Part, ...] = ()
    reasons: tuple[Reason, ...] = ()
    blocked_by: tuple[str, ...] = ()
    digest: str = ""
    schema: str = ""
    landing: tuple[Part, ...] = ()
    replay: ReplayFacts | None = None
    subjects: tuple[Hashes, ...] = ()
    retention: timedelta | None = None  # how long the bad rows are kept; None: for ever
    place: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a batch's history; *sha* covers it and the line before."""

    batch: str
    seq: int
    event: str
    actor: str
    at: datetime
    detail: Mapping[str, Any]
    prev_sha: str
    sha: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that `check` found wrong."""

    what: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
