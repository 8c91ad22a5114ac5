"""
Forgetting a person: the rows about one are emptied wherever dq keeps them, and what it does not keep is named.

Rows are found by keyed hashes, then by their own values; batches that were written before their contract marked anybody are
read. A dead letter keeps its place, its number and its reasons, so that counts and audit stay true; its columns are null, its
state is `purged`. A good row of a replay is dropped: it will not be published, or not once more. The audit has the hash alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from dq.errors import DqError, UsageError
from dq.quarantine.retention import PATIENCE
from dq.quarantine.rewriting import Swap, bury, rewrite
from dq.quarantine.subjects import RAW, Path, Person, Whom, hasher, hashers
from dq.quarantine.vault import Vault
from dq.sql import ROW_NO
from dq.store import Batch, Part, RowRange, RowState, Store

if TYPE_CHECKING:
    import pyarrow as pa

_OWN = "__dq_"


@dataclass(frozen=True, slots=True)
class Erased:
    """
    A batch with rows about the person, and how many, good rows of a replay among them; *error* says why they are still there.

    *held*: a legal hold is on the batch, and wins.
    """

    batch: Batch
    rows: int
    held: bool = False
    error: DqError | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """
    What came of forgetting a person. *subject* is the keyed hash that the audit has.

    *samples* is how many the store lost. *outside* is where rows about the person may be that dq does not keep: published data
    of *datasets*, the ones that name people. *running* are batches that somebody is enforcing. *settled*: nothing that was
    removed is left in the database file or its log.
    """

    subject: str
    batches: tuple[Erased, ...]
    samples: int = 0
    datasets: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    settled: bool = True

    @property
    def rows(self) -> int:
        """How many rows were emptied or dropped; one that was replayed lies in several batches."""
        return sum(item.rows for item in self.batches if not item.held and item.error is None)

    @property
    def complete(self) -> bool:
        """Whether dq keeps nothing about the person any more; enforcements that run may yet add some."""
        return not any(item.held or item.error for item in self.batches)


def erase(
    store: Store, vault: Vault, subject: str, *, actor: str, note: str = "", dataset: str | None = None, dry_run: bool = False
) -> Erasure:
    """
    Forget *subject*, in all datasets or one; *dry_run* only counts.

    Doing it again changes nothing, and finishes what a crash left. *note* is kept in the audit: it must not name the person.

    Raises:
        UsageError: *subject* is empty. WorldError: store, disk or network failed; doing it again goes on.
    """
    if not subject.strip():
        raise UsageError("nobody is named", "subject", "say the value that names the person")
    now = hasher(store, vault.keys)()
    known_by = hashers(store, vault.keys)
    work = _Work(store, vault, subject, hash=now(subject).hex(), key_id=now.key_id, actor=actor, note=note)
    if not dry_run:
        bury(store, vault)
    found: dict[str, Erased | None] = {}
    while wanted := _wanted(store, {item.key_id: item(subject) for item in known_by}, dataset, seen=found):
        found |= {name: work.erase(name, paths, dry_run=dry_run) for name, paths in wanted.items()}
    done = tuple(item for item in found.values() if item is not None)
    known = _known(store, dataset)
    claimed = (store.standing(name)[0] for name in store.claimed())
    running = {batch.id for batch in claimed if batch is not None and batch.slot.dataset in known}
    said = Erasure(work.hash, done, 0, tuple(sorted(known)), store.outputs(known), tuple(sorted(running)))
    marks = {item.key_id: (item.mark(subject), item.mark(None)) for item in known_by}
    return said if dry_run else _swept(store, vault, said, marks)


def _known(store: Store, dataset: str | None) -> dict[str, tuple[frozenset[Path], dict[str, bool]]]:
    """The datasets that name people: by which columns, and their batches, with whether each has hashes."""
    return {name: said for name, said in store.subject_columns().items() if said[0] and dataset in (None, name)}


def _wanted(
    store: Store, hashes: Mapping[str, bytes], dataset: str | None, *, seen: Collection[str]
) -> dict[str, frozenset[Path]]:
    """
    The batches that may hold rows about the person, and by which columns; none that was *seen*.

    Asked until there is none: a replay may have taken rows out of a batch before their turn came.
    """
    near = store.about(hashes)
    return {
        name: paths
        for paths, batches in _known(store, dataset).values()
        for name, hashed in batches.items()
        if name not in seen and (name in near or not hashed)
    }


def _swept(store: Store, vault: Vault, said: Erasure, marks: Mapping[str, Collection[str]]) -> Erasure:
    """The samples go, and what crashes and rewriting left."""
    spared = [item.batch.id for item in said.batches if item.held]
    samples = store.erase_samples(marks, spared=spared)
    bury(store, vault)
    vault.garbage(store.id, needed=store.needs, grace=timedelta(0))
    settled = store.forget()
    return Erasure(said.subject, said.batches, samples, said.datasets, said.outside, said.running, settled)


@dataclass(frozen=True, slots=True)
class _Work:
    """Forgetting one person, batch by batch."""

    store: Store
    vault: Vault
    subject: str = field(repr=False)
    hash: str
    key_id: str
    actor: str
    note: str

    def erase(self, name: str, paths: Collection[Path], *, dry_run: bool) -> Erased | None:
        """Empty the rows of a batch that are about the person; None when none is."""
        batch = self.store.batch(name)
        try:
            if dry_run or batch.legal_hold:
                found = self._look(batch, paths)
                return Erased(batch, found.rows, batch.legal_hold) if found.rows else None
            with self.store.holding(batch, patience=PATIENCE):
                return self._emptied(self.store.batch(name), paths)
        except DqError as error:
            return Erased(batch, 0, error=error)

    def _emptied(self, batch: Batch, paths: Collection[Path]) -> Erased | None:
        if batch.purged_at:
            return None
        found = self._look(batch, paths)
        if not found.rows:
            return None
        if batch.place:
            places = [[item.first, item.last] for item in found.ranges]
            detail = {"subject": self.hash, "key": self.key_id, "rows": found.rows, "note": self.note, "places": places}
            return Erased(self.store.erase_moved(batch.id, found.ranges, detail=detail, actor=self.actor), found.rows)
        anew = {
            part.path: partial(way, self.vault, part, found.places[part.path])
            for parts, way in ((batch.parts, _without), (batch.landing, _dropped))
            for part in parts
            if part.path in found.places
        }
        detail = {"subject": self.hash, "key": self.key_id, "rows": found.rows, "dropped": found.dropped, "note": self.note}
        places = [[item.first, item.last] for item in found.ranges]
        swap = Swap("erased", {**detail, "places": places}, found.whom.hashes(), found.ranges)
        return Erased(rewrite(self.store, self.vault, batch, anew, lambda: swap, actor=self.actor), found.rows)

    def _look(self, batch: Batch, paths: Collection[Path]) -> _Found:
        """Read all rows of a batch: those about the person, and whom the others are about."""
        person, found = Person(self.subject, paths), _Found(Whom(tuple(paths), hasher(self.store, self.vault.keys)))
        if batch.purged_at:
            return found
        if batch.place:
            for piece in self.vault.tables.standing(batch):
                numbers = piece.column(ROW_NO).to_pylist()
                hits = [numbers[place] for place in person.rows(piece)]
                found.places.setdefault(batch.place, set()).update(hits)
                found.ranges.extend(_ranges(iter(hits)) if hits else ())
            return found
        first = 0
        for part in batch.parts:
            for start, places in self._read(part, person, found):
                found.ranges.extend(_ranges(first + start + place for place in places))
            first += part.rows
        for part in batch.landing:
            for _, places in self._read(part, person, found):
                found.dropped += len(places)
        return found

    def _read(self, part: Part, person: Person, found: _Found) -> Iterator[tuple[int, list[int]]]:
        """Where pieces of an object begin, and the places in them of rows about the person."""
        start = 0
        for piece in self.vault.read(part):
            places = person.rows(piece)
            if places:
                found.places.setdefault(part.path, set()).update(start + place for place in places)
                yield start, places
            found.whom.note(_emptied(piece, set(places)) if places else piece)
            start += piece.num_rows


@dataclass(slots=True)
class _Found:
    """The rows about a person in one batch: places in their objects, ranges over its dead letters, and how many are good."""

    whom: Whom
    places: dict[str, set[int]] = field(default_factory=dict)
    ranges: list[RowRange] = field(default_factory=list)
    dropped: int = 0

    @property
    def rows(self) -> int:
        """How many."""
        return sum(map(len, self.places.values()))


def _ranges(rows: Iterator[int]) -> Iterator[RowRange]:
    """Ascending rows as ranges."""
    first = last = next(rows)
    for row in rows:
        if row != last + 1:
            yield RowRange(first, last, RowState.PURGED)
            first = row
        last = row
    yield RowRange(first, last, RowState.PURGED)


def _without(vault: Vault, part: Part, places: Collection[int]) -> Iterator[pa.RecordBatch]:
    """The rows of an object, those at *places* emptied."""
    start = 0
    for piece in vault.read(part):
        yield _emptied(piece, {place - start for place in places if start <= place < start + piece.num_rows})
        start += piece.num_rows


def _dropped(vault: Vault, part: Part, places: Collection[int]) -> Iterator[pa.RecordBatch]:
    """The rows of an object but those at *places*."""
    import pyarrow as pa  # noqa: PLC0415

    start = 0
    for piece in vault.read(part):
        yield piece.take(pa.array([n for n in range(piece.num_rows) if start + n not in places], pa.int64()))
        start += piece.num_rows


def _emptied(piece: pa.RecordBatch, places: Collection[int]) -> pa.RecordBatch:
    """The rows with null in every column of the data, and in the record as it was written, at *places*."""
    import pyarrow as pa  # noqa: PLC0415

    kept = pa.array([None if place in places else place for place in range(piece.num_rows)], pa.int64())
    emptied = [_is_data(name) for name in piece.schema.names]
    columns = [column.take(kept) if gone else column for column, gone in zip(piece.columns, emptied, strict=True)]
    fields = [item.with_nullable(nullable=True) if gone else item for item, gone in zip(piece.schema, emptied, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields, metadata=piece.schema.metadata))


def _is_data(name: str) -> bool:
    return name == RAW or not name.startswith(_OWN)
