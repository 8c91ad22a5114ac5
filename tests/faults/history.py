"""What must hold of a world, whoever died in it: each row of each current input is in exactly one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from dq.errors import DqError
from dq.store import Batch, State
from tests.faults.world import Input, World, is_bad


def faults_of(world: World, inputs: Iterable[Input]) -> list[str]:
    """Everything wrong with a world at rest, whatever was going on before; empty: nothing."""
    given = list(inputs)
    store = world.store
    found = [str(problem) for problem in store.check()]
    rows = {item.fingerprint: item.rows for item in given}
    batches = [batch for batch in store.batches(dataset=world.dataset, limit=10_000) if batch.state is not State.WRITING]
    for batch in batches:
        found += _payload(world, batch, rows[batch.fingerprint])
    for key in {item.key for item in given}:
        found += _target(world, key, [batch for batch in batches if batch.slot.key == key], rows)
    return found


def _payload(world: World, batch: Batch, rows: tuple[str, ...]) -> list[str]:
    """The dead letters of a settled batch are there, and they are the rows that its plan finds bad at its `now`."""
    wanted = sorted(row for row in rows if is_bad(row, batch.plan, batch.now))
    try:
        held = sorted(world.diverted(batch))
    except DqError as error:
        return [f"{batch.id[:8]} {batch.state}: dead letters are lost: {error.what}"]
    if held != wanted:
        return [f"{batch.id[:8]} {batch.state}: dead letters are {len(held)} rows, not the {len(wanted)} bad ones"]
    if batch.rows_in != len(rows) or (batch.state.active and batch.open != len(held)):
        return [f"{batch.id[:8]} {batch.state}: counts {batch.rows_in}, {batch.open} open, do not balance"]
    return []


def _target(world: World, key: str, batches: list[Batch], rows: dict[str, tuple[str, ...]]) -> list[str]:
    """The target holds one batch of the key, whose bad rows are safe; the current one, if that says it is published."""
    by_id = {batch.id: batch for batch in batches}
    held = world.published(key)
    found = []
    if len(held) > 1:
        found.append(f"{key}: rows are doubled: the target holds {len(held)} editions")
    current = [batch for batch in batches if batch.state.active]
    for signed, published in held.items():
        name, _, edition = signed.partition(":")
        batch = by_id.get(name)
        if batch is None or not batch.edition:
            found.append(f"{key}: published before safe: the store knows no committed batch {name[:8]}")
        elif batch.edition == int(edition):
            both = Counter(published) + Counter(row for row in rows[batch.fingerprint] if is_bad(row, batch.plan, batch.now))
            if both != Counter(rows[batch.fingerprint]):
                found.append(f"{key}: good and diverted rows of {name[:8]} are not its input")
    missing = [batch for batch in current if batch.state is State.PUBLISHED and set(held) != {f"{batch.id}:{batch.edition}"}]
    found += [f"{key}: {batch.id[:8]} is published, but the target holds {[name[:8] for name in held]}" for batch in missing]
    return found


def faults_at_the_end(world: World, last: Input) -> list[str]:
    """After an enforcement that ended well: the slot's current batch is that of its input, and published."""
    found = []
    current = [batch for batch in world.store.batches(dataset=world.dataset, key=last.key, limit=10_000) if batch.state.active]
    plans = [(batch.fingerprint, batch.plan) for batch in current]
    if plans != [(last.fingerprint, f"plan {last.plan}")]:
        found.append(f"{last.key}: current are {plans}, not {last}")
    found += [f"{last.key}: {batch.id[:8]} is {batch.state}" for batch in current if batch.state is not State.PUBLISHED]
    held = [row for rows in world.published(last.key).values() for row in rows]
    diverted = [row for batch in current for row in world.diverted(batch)]
    if Counter(held) + Counter(diverted) != Counter(last.rows):
        found.append(f"{last.key}: {len(held)} good and {len(diverted)} diverted rows are not the {len(last.rows)} of the input")
    return found
