"""Enforcement over an open view: its work for the dead-letter protocol, and what came of it."""

from __future__ import annotations

import getpass
import hashlib
import json
import socket
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.checks import Mode, Status
from dq.contract import Contract, Extension, dump
from dq.engines import Engine, View
from dq.errors import UsageError, ViolationError
from dq.job import Job
from dq.outcome import Also, Whom, conclude
from dq.placing import IN_PLACE, Place, fingerprint_of, in_place, into_table, kept_at, place_of, prepared, rest, tables
from dq.plan import Field, Plan
from dq.policy import UNSAID, Policy
from dq.quarantine import (
    Budget,
    Enforced,
    Keys,
    Looked,
    Published,
    Vault,
    Work,
    budget,
    content_key,
    finish,
    hasher,
    perform,
    rows,
    strictest,
)
from dq.quarantine.inplace import InPlace
from dq.quarantine.tables import TableTarget
from dq.result import SUMMARY_VERSION, Outcome, Result
from dq.settings import Settings, age
from dq.source import Frame, Library, Table
from dq.store import Batch, ContractFacts, Reason, Slot, Store, Turn, facts_of, open_store

if TYPE_CHECKING:
    import pyarrow as pa

_HOME = ".dq"


@dataclass(frozen=True, slots=True)
class Enforcement:
    """
    What came of enforcing a contract at a stage. Rows in are good rows and quarantined rows, nothing else.

    *good* is what goes on: a frame of the kind that came in, or the path or table that was written for files, tables and
    Arrow batches; None when the stage is blocked. *output* is the path or table that was written, "" when none was asked for.
    *result* says why. *batch* is the record of it in the store.
    """

    outcome: Outcome
    result: Result
    batch: Batch
    good: Any = None
    output: str = ""
    blocked_by: tuple[str, ...] = ()
    vault: Vault | None = field(default=None, repr=False, compare=False)
    store: Store | None = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether the stage may go on."""
        return self.outcome in (Outcome.PASSED, Outcome.QUARANTINED)

    @property
    def rows_in(self) -> int:
        """Rows that came in."""
        return self.batch.rows_in

    @property
    def rows_good(self) -> int:
        """Rows that go on, or would have."""
        return self.batch.rows_good

    @property
    def rows_quarantined(self) -> int:
        """Rows in the dead letters; of a blocked batch they are evidence."""
        return self.batch.rows_bad

    def bad_batches(self) -> Iterator[pa.RecordBatch]:
        """The dead letters of this batch as Arrow record batches, read from where they are kept."""
        if self.store is not None and self.vault is not None:
            yield from rows(self.store, self.vault, self.batch.id)

    @property
    def bad(self) -> pa.Table:
        """The dead letters of this batch, in memory; a table without columns when there are none."""
        import pyarrow as pa  # noqa: PLC0415

        batches = list(self.bad_batches())
        return pa.Table.from_batches(batches) if batches else pa.table({})

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Which checks the dead letters break, with counts."""
        return () if self.store is None else self.store.reasons(self.batch.id)

    def summary(self) -> dict[str, Any]:
        """The outcome as values that JSON has: what the command line prints, and orchestrators hand on. No row is in it."""
        slot = self.batch.slot
        return {
            "schema_version": SUMMARY_VERSION,
            "outcome": str(self.outcome),
            "dataset": slot.dataset,
            "stage": slot.stage,
            "key": slot.key,
            "contract": self.result.contract,
            "rows_in": self.rows_in,
            "rows_good": self.rows_good,
            "rows_quarantined": self.rows_quarantined,
            "batch_id": self.batch.id,
            "run_id": self.batch.run,
            "output": self.output or None,
            "blocked_by": list(self.blocked_by),
            "reasons": {item.check: item.rows for item in self.reasons},
        }

    def raise_for_block(self) -> Enforcement:
        """Return the enforcement itself when the stage may go on, else raise ViolationError."""
        if not self.ok:
            raise ViolationError(self.result)
        return self


@dataclass(frozen=True, slots=True)
class Order:
    """What the caller of an enforcement said beside the job."""

    stage: str
    key: str | None
    at: datetime | None
    output: str | Table | None
    policy: Policy
    origin: Mapping[str, Any] = field(default_factory=dict)


def places(settings: Settings) -> tuple[Store, Vault]:
    """The store and the dead letters that *settings* name; by default in `.dq/` of this folder."""
    keys = Keys(settings.quarantine_key, settings.quarantine_key_command)
    root = settings.quarantine_url or str(Path(_HOME) / "quarantine")
    return open_store(settings.store_url), Vault(root, keys=keys, tables=tables(settings))


def divert(job: Job, order: Order, engine: Engine, view: View) -> Enforcement:
    """
    Enforce the job's contract on *view*: S1 to S7 of the protocol; see `dq.enforce`.

    Raises:
        UsageError: the output belongs to another key. As `dq.quarantine.perform` otherwise.
    """
    store, vault = places(job.settings)
    prepared(job, order.output, view, order.stage, order.key)
    fingerprint = fingerprint_of(job, view)
    key = order.key if order.key is not None else content_key(fingerprint)
    slot = Slot(job.plan.dataset, order.stage, key)
    works = _works(job, order, slot, engine=engine, view=view, whom=whom_of(job.plan, store, vault))
    own = _extension(job).budget
    said = own if own is not None else job.contract.extension.budget
    with store.kept():
        done = perform(
            store,
            vault,
            slot,
            works.work(fingerprint),
            plan=job.plan.sha256,
            now=datetime.now(UTC),
            actor=actor(),
            policy=f"{order.policy.text} {IN_PLACE}" if order.output == IN_PLACE else order.policy.text,
            budget=_budget(order.policy, said),
        )
    return Enforcement(
        done.outcome,
        works.result,
        done.batch,
        done.published.good if done.published else None,
        done.published.where if done.published else "",
        done.batch.blocked_by,
        vault,
        store,
    )


def complete(job: Job, order: Order, batch: Batch, engine: Engine, view: View) -> Enforced:
    """
    Publish what *batch* committed and nobody published; *job* and *order* are those that it was made by.

    Raises:
        UsageError: the contract is another by now. SourceChanged: the data is. As `dq.quarantine.finish` otherwise.
    """
    if job.plan.sha256 != batch.plan:
        raise UsageError(f"the contract of batch {batch.id[:12]} has changed", str(batch.slot), "enforce the key again")
    store, vault = places(job.settings)
    prepared(job, order.output, view, batch.slot.stage, batch.slot.key)
    works = _works(job, order, batch.slot, engine=engine, view=view, whom=whom_of(job.plan, store, vault))
    return finish(store, works.work(fingerprint_of(job, view)), batch, actor=actor())


def _works(job: Job, order: Order, slot: Slot, *, engine: Engine, view: View, whom: Whom | None) -> _Works:
    place = place_of(job, order.output, slot)
    weak = replace(job, plan=replace(job.plan, checks=tuple(map(order.policy.weaken, job.plan.checks))))
    return _Works(weak, order, slot, engine=engine, view=view, place=place, whom=whom)


def whom_of(plan: Plan, store: Store, vault: Vault) -> Whom | None:
    """What marks whom a recorded sample is about; None when the contract names nobody."""
    return hasher(store, vault.keys)().mark if any(item.names_people for item in plan.fields) else None


def contract_facts(contract: Contract) -> ContractFacts:
    """What the store keeps of a contract."""
    return ContractFacts(contract.sha256, contract.name, contract.version, dump(contract))


def _budget(policy: Policy, contract: str | int | None) -> Budget:
    """The budget that holds: the strictest of the contract's (None: it says nothing) and the stage's."""
    said = None if policy.budget == UNSAID else budget(policy.budget, "policy")
    return strictest(None if contract is None else budget(contract, "contract"), said)


def actor() -> str:
    """Who runs this, for the audit."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return f"{name}@{socket.gethostname()}"


def hidden_columns(fields: Iterable[Field]) -> list[str]:
    """The columns that nobody may see outside the payload, by both of their names; one part is enough."""
    return [name for item in fields if item.hides for name in dict.fromkeys((item.source, item.name))]


def subjects_of(fields: Iterable[Field], columns: Collection[str]) -> tuple[tuple[str, ...], ...]:
    """Where values stand that name a person, by the names that the data has."""
    return tuple(
        (name, *path)
        for item in fields
        for name in dict.fromkeys((item.source, item.name))
        if name in columns
        for path in item.subjects()
    )


def retention_of(job: Job) -> timedelta | None:
    """How long bad rows are kept: as the object says, else the contract, else the settings; None: for ever."""
    said = (_extension(job).retention, job.contract.extension.retention, job.settings.retention)
    return age(next((item for item in said if item), ""))


def _extension(job: Job) -> Extension:
    objects = (item for item in job.contract.objects if item.name == job.plan.object)
    return next((item.extension for item in objects), job.contract.extension)


class _Works:
    """The protocol's callbacks over one view; the last look's result is kept for the caller."""

    def __init__(
        self,
        job: Job,
        order: Order,
        slot: Slot,
        *,
        engine: Engine,
        view: View,
        place: Place,
        whom: Whom | None,
    ) -> None:
        self.job, self.order, self.engine, self.view, self.slot, self.place = job, order, engine, view, slot, place
        self.whom = whom
        self._result: Result | None = None

    def work(self, fingerprint: str) -> Work:
        """The callbacks, together."""
        return Work(fingerprint, self.look, self.drain, self.publish, rest=self.rest, stays=kept_at(self.place))

    @property
    def result(self) -> Result:
        """What the last look found."""
        assert self._result is not None  # noqa: S101  every way through the protocol looks
        return self._result

    def look(self, now: datetime) -> Looked:
        """Label the rows, with *now* bound."""
        result = self._result = conclude(self.job, self.engine, self.view, now=now, also=Also.NOTHING, whom=self.whom)
        stops = [item for item in result.checks if item.check.mode in (Mode.QUARANTINE, Mode.BLOCK)]
        facts = contract_facts(self.job.contract)
        counts = self.view.diverted_by()
        subjects = subjects_of(self.job.plan.fields, self.view.columns.types.keys())
        return Looked(
            rows=result.rows,
            bad=result.bad_rows,
            run=facts_of(result, key=self.slot.key, at=self.order.at, contract=facts, origin=self.order.origin),
            reasons=tuple(
                Reason(item.check.id, counts[number], column=", ".join(item.check.columns))
                for number, item in enumerate(result.checks)
                if counts.get(number)
            ),
            blocked_by=tuple(item.check.id for item in stops if item.check.mode is Mode.BLOCK and item.status is Status.FAIL),
            erred=tuple(item.check.id for item in stops if item.status is Status.ERROR),
            digest=hashlib.sha256(self.view.digest().encode()).hexdigest(),
            schema=self._schema(result, subjects),
            subjects=subjects,
            retention=retention_of(self.job),
        )

    def _schema(self, result: Result, subjects: Sequence[Sequence[str]]) -> str:
        """What the dead letters are, for who reads them; with how text was read, or what a table's columns were taken for."""
        reading = self.view.columns.reading
        said = {"columns": dict(result.columns), "sensitive": hidden_columns(self.job.plan.fields), "subjects": subjects}
        if isinstance(self.place, InPlace):
            said["kinds"] = {
                name: item.kind.base for item in self.job.plan.fields if item.kind for name in (item.name, item.source)
            }
        more = {"reading": asdict(reading)} if reading else {"table": True} if isinstance(self.job.source, Table) else {}
        return json.dumps({**said, **more})

    def drain(self, write: Callable[..., None]) -> None:
        """Hand the bad rows over."""
        self.view.drain(write, self._reasons)

    @property
    def _reasons(self) -> dict[int, str]:
        return {number: item.check.id for number, item in enumerate(self.result.checks)}

    def rest(self) -> None:
        """Let go of a table that the target lies beside."""
        rest(self.job, self.view, self.place)

    def publish(self, turn: Turn) -> Published:
        """Put the good rows into place, or hand them back."""
        place = self.place
        if place is None:
            return Published(turn.batch.rows_good, "", self._good())
        path = str(place)
        if isinstance(place, InPlace):
            put = in_place(self.job, self.view, place, turn, self._reasons)
        elif isinstance(place, TableTarget):
            put = into_table(self.job, self.view, place, turn)
        else:
            put = place.publish(turn, self.view.write_good)
        given = self.job.source
        streams = not isinstance(given, Frame) or given.library is Library.BATCHES
        return Published(put.rows, path, path if streams else self._good(), put.editions)

    def _good(self) -> Any:
        given = self.job.source
        if isinstance(given, Frame) and given.library is not Library.BATCHES and self.job.where is None:
            from dq.engines.frames import drop  # noqa: PLC0415  needs pyarrow

            return drop(given, self.view.bad_numbers())
        return self.view.good().read_all()
