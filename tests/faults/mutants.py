"""Faults of the protocol itself, sown on purpose: a campaign that does not find one of them proves nothing."""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from dq.quarantine import Vault, key, objects, protocol
from dq.quarantine import subjects as people
from dq.store import (
    Batch,
    Claim,
    Hashes,
    Settlement,
    Slot,
    State,
    Store,
    TakenOver,
    Turn,
    batches,
    faults,
    parts,
    reading,
    rows,
    schema,
    subjects,
)

erasing = importlib.import_module("dq.quarantine.erase")  # the package has a function of that name
Patch = tuple[object, str, Any]
MUTANTS: dict[str, Callable[[], list[Patch]]] = {}
FORGETTING: dict[str, Callable[[], list[Patch]]] = {}  # of what is done to rows later


def mutant(function: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Keep it under its name."""
    MUTANTS[function.__name__] = function
    return function


def forgetting(function: Callable[[], list[Patch]]) -> Callable[[], list[Patch]]:
    """Keep it under its name."""
    FORGETTING[function.__name__] = function
    return function


@contextmanager
def sown(name: str, among: Mapping[str, Callable[[], list[Patch]]] | None = None) -> Iterator[None]:
    """The protocol has that fault inside the `with`."""
    with ExitStack() as stack:
        for place, attribute, value in (among or MUTANTS)[name]():
            stack.enter_context(patch.object(place, attribute, value))
        yield


@mutant
def publish_first() -> list[Patch]:
    """Good rows go on before the bad ones are safe."""
    settle = protocol._settle

    def early(store: Store, vault: Any, claim: Claim, **said: Any) -> Batch:
        batch = Batch(claim.batch_id, claim.slot, State.WRITING, claim.token, claim.token, "", "", "", claim.now)
        said["work"].publish(Turn(batch, (), lambda: None))
        return settle(store, vault, claim, **said)

    return [(protocol, "_settle", early)]


@mutant
def no_batch_fence() -> list[Patch]:
    """S5 takes any token of the batch."""

    def unfenced(connection: sa.Connection, claimed: Claim) -> sa.Row[Any]:
        row = reading.find_batch(connection, claimed.batch_id)
        if row is None:
            raise TakenOver("gone")
        return row

    return [(batches, "_fence_batch", unfenced)]


@mutant
def no_slot_fence() -> list[Patch]:
    """S5 lets a claim replace a batch that was claimed after it."""
    return [(batches, "_fence_slot", lambda *_: None)]


@mutant
def commit_without_compare() -> list[Patch]:
    """S5 writes whatever the batch and its slot are by now."""
    commit = batches.commit

    def careless(connection: sa.Connection, claimed: Claim, said: Settlement, *, actor: str) -> Batch:
        mine = sa.update(schema.batch).where(schema.batch.c.id == claimed.batch_id)
        connection.execute(mine.values(token=claimed.token, state=State.WRITING))
        return commit(connection, claimed, said, actor=actor)

    return [(batches, "commit", careless), (batches, "_fence_slot", lambda *_: None)]


@mutant
def file_after_index() -> list[Patch]:
    """S5 comes before S2."""
    settle = protocol._settle

    def late(store: Store, vault: Any, claim: Claim, **said: Any) -> Batch:
        hidden: list[Path] = []
        verify = protocol._verify

        def hide(vault: Any, parts: Any) -> None:
            verify(vault, parts)
            for part in parts:
                path = Path(vault.name, part.path)
                hidden.append(path.rename(path.with_suffix(".later")))

        with patch.object(protocol, "_verify", hide):
            batch = settle(store, vault, claim, **said)
        faults.at("after-commit")
        for path in hidden:
            path.rename(path.with_suffix(".parquet"))
        return batch

    return [(protocol, "_settle", late)]


@mutant
def no_supersession() -> list[Patch]:
    """The slot's older batch stays active."""
    return [(batches, "supersede", lambda *_, **__: None)]


@mutant
def open_rows_left() -> list[Patch]:
    """A superseded batch keeps its open rows."""
    return [(batches, "_close", lambda *_, **__: None)]


@mutant
def now_rebound() -> list[Patch]:
    """A try that finds the batch committed labels its rows by a clock of its own, and does not compare."""
    finish = protocol.finish

    def rebound(store: Store, work: protocol.Work, batch: Batch, *, actor: str) -> protocol.Enforced:
        look = work.look

        def other(now: datetime) -> protocol.Looked:
            looked = look(now + timedelta(days=random.randint(1, 1000)))  # noqa: S311
            return replace(looked, rows=batch.rows_in, bad=batch.rows_bad, digest=batch.digest)

        def publish(turn: Turn) -> protocol.Published:
            published = work.publish(turn)
            return replace(published, rows=batch.rows_good)

        return finish(store, replace(work, look=other, publish=publish), batch, actor=actor)

    return [(protocol, "finish", rebound)]


@mutant
def no_verify() -> list[Patch]:
    """S3 is left out."""
    return [(protocol, "_verify", lambda *_: None)]


@mutant
def no_fsync() -> list[Patch]:
    """S2 leaves it to the system when bytes reach the disk."""
    return [(objects, "fsync", lambda *_: None)]


@mutant
def no_turns() -> list[Patch]:
    """S6 publishes whatever the slot's current batch is by now, and whoever else does."""

    @contextmanager
    def anytime(self: Store, batch: Batch, **_: Any) -> Iterator[Turn]:
        others = self.batches(dataset=batch.slot.dataset, key=batch.slot.key)
        yield Turn(batch, tuple(item.id for item in others if item.id != batch.id), lambda: None)

    return [(Store, "publishing", anytime)]


@mutant
def replaces_nothing() -> list[Patch]:
    """S6 adds to what older batches published."""
    publishable = batches.publishable
    return [(batches, "publishable", lambda *said: publishable(*said)[:0])]


@mutant
def replaces_only_the_last() -> list[Patch]:
    """S6 forgets that the batch before may have died unpublished, and its predecessor still stands in the target."""
    publishable = batches.publishable
    return [(batches, "publishable", lambda *said: publishable(*said)[:1])]


@mutant
def mark_first() -> list[Patch]:
    """S7 comes before S6."""
    publish = protocol._publish

    def marked(store: Store, work: protocol.Work, batch: Batch, *said: Any, **more: Any) -> protocol.Enforced:
        store.mark_published(batch, actor="campaign")
        return publish(store, work, batch, *said, **more)

    return [(protocol, "_publish", marked)]


@mutant
def two_transactions() -> list[Patch]:
    """S5 commits the batch, then its parts."""
    commit = Store.commit

    def split(self: Store, claim: Claim, settlement: Settlement, *, actor: str) -> Batch:
        commit(self, claim, replace(settlement, parts=()), actor=actor)

        def add(connection: sa.Connection) -> None:
            parts = [
                {
                    "batch": claim.batch_id,
                    "ordinal": n,
                    "path": part.path,
                    "rows": part.rows,
                    "size": part.size,
                    "sha256": part.sha256,
                }
                for n, part in enumerate(settlement.parts)
            ]
            if parts:
                connection.execute(sa.insert(schema.part), parts)

        self._database.write("parts", add)
        return self.batch(claim.batch_id)

    return [(Store, "commit", split)]


@mutant
def greedy_garbage() -> list[Patch]:
    """Garbage collection removes objects of claims that are still good."""

    def needs(self: Store, batch_id: str, token: int, path: str) -> bool:
        del batch_id, token
        query = sa.select(schema.part.c.path).where(schema.part.c.path == path)
        return self._database.read(lambda c: c.scalar(query) is not None)

    return [(Store, "needs", needs), (Store, "abandon", lambda *_, **__: False)]


@mutant
def id_without_plan() -> list[Patch]:
    """A changed contract is taken for the same batch."""
    name_of = key.batch_id
    return [(protocol, "name_of", lambda slot, **said: name_of(slot, **{**said, "plan": ""}))]


@mutant
def id_with_try() -> list[Patch]:
    """Each try is a batch of its own, in a slot of its own."""
    perform = protocol.perform

    def numbered(store: Store, vault: Any, slot: Slot, work: protocol.Work, **said: Any) -> protocol.Enforced:
        tried = replace(slot, stage=f"{slot.stage} {random.random()}")  # noqa: S311
        return perform(store, vault, tried, work, **said)

    from tests.faults import world

    return [(world, "perform", numbered)]


@mutant
def revived_by_a_zombie() -> list[Patch]:
    """Who lost its batch claims it anew, whatever was committed meanwhile."""
    claim = Store.claim

    def again(self: Store, *said: Any, **more: Any) -> Claim:
        return claim(self, *said, **{**more, "first": 0})

    return [(Store, "claim", again), (protocol, "_wait_for_other", lambda *_: None)]


@forgetting
def objects_first() -> list[Patch]:
    """A purge removes the objects, then says so."""
    purge = Store.purge

    def early(self: Store, batch_id: str, **said: Any) -> Batch:
        for vault in VAULTS:
            for part in self.batch(batch_id).parts:
                vault.delete(part.path)
        faults.at("purge:before COMMIT")
        return purge(self, batch_id, **said)

    return [(Store, "purge", early), *_known_vaults()]


@forgetting
def index_first() -> list[Patch]:
    """An erasure forgets whom rows are about, then empties them."""
    begin = Store.begin_rewrite

    def early(self: Store, batch_id: str) -> int:
        self._database.write("begin", lambda c: subjects.put(c, batch_id, [Hashes("", b"nobody..")]))
        return begin(self, batch_id)

    return [(Store, "begin_rewrite", early)]


@forgetting
def payload_only() -> list[Patch]:
    """Emptied rows stay open."""
    return [(rows, "open_among", lambda *_: iter(()))]


@forgetting
def old_objects_stay() -> list[Patch]:
    """Objects that were replaced are left to garbage collection, which thinks that they are needed."""
    return [(parts, "doom", lambda *_: None), (Vault, "garbage", lambda *_, **__: 0)]


@forgetting
def unprotected() -> list[Patch]:
    """Garbage collection does not know of objects that are about to take the place of others."""
    needed = parts.is_needed

    def forgetful(connection: sa.Connection, batch_id: str, token: int, path: str) -> bool:
        connection.execute(sa.select(1))
        mine = sa.exists().where(schema.rewrite.c.batch == batch_id, schema.rewrite.c.token == token)
        return needed(connection, batch_id, token, path) and not connection.scalar(sa.select(mine))

    return [(parts, "is_needed", forgetful), (Store, "abandon_rewrites", lambda *_: 0)]


@forgetting
def one_object_a_swap() -> list[Patch]:
    """A batch is erased object by object, in a transaction each."""
    rewrite = erasing.rewrite

    def slowly(store: Store, vault: Vault, batch: Batch, anew: Mapping[str, Any], said: Any, *, actor: str) -> Batch:
        for path, batches_of in anew.items():
            batch = rewrite(store, vault, batch, {path: batches_of}, said, actor=actor)
        return batch

    return [(erasing, "rewrite", slowly)]


@forgetting
def unread_is_nobody() -> list[Patch]:
    """Rows that could not be read are about nobody."""
    return [(people, "_unread", lambda *_: iter(()))]


@forgetting
def doomed_is_gone() -> list[Patch]:
    """The list of objects that are to go is kept in memory."""
    return [(parts, "doom", lambda *_: None)]


@forgetting
def places_shift() -> list[Patch]:
    """Erased rows are taken out, and those after them move up."""

    def shorter(piece: Any, places: Any) -> Any:
        return piece.take([place for place in range(piece.num_rows) if place not in places])

    return [(erasing, "_emptied", shorter)]


VAULTS: list[Vault] = []


def _known_vaults() -> list[Patch]:
    """A store does not know its vault; a fault may."""
    made = Vault.__init__

    def remembered(self: Vault, *said: Any, **more: Any) -> None:
        made(self, *said, **more)
        VAULTS[:] = [self]

    return [(Vault, "__init__", remembered)]
