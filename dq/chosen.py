"""Which dead letters somebody means: of a batch, a dataset, a rule, a time, or single rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from dq.errors import UsageError
from dq.quarantine import Vault
from dq.store import Batch, RowRange, RowState, State, Store, decidable, ranges_of

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

DEEPEST = 3  # times that a row may fail before nobody sends it through again by the dozen
_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What somebody asked for. *rule* is the id of a check that a row breaks, *rows* are numbers in the source (`__dq_row_no`).

    *since* and *until* bound the time when rows were diverted, the first included, the last not.
    """

    batch: str = ""
    dataset: str | None = None
    stage: str | None = None
    key: str | None = None
    rules: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.batch and self.rows:
            raise UsageError("row numbers belong to one batch", "rows", "name the batch, too")
        if not self.batch and self.dataset is None and not self.rules and self.since is None and self.until is None:
            raise UsageError("nothing is chosen", "dead letters", "name a batch, a dataset, a rule or a time")
        for moment in (self.since, self.until):
            if moment is not None and moment.tzinfo is None:
                raise UsageError(f"{moment} has no zone", "dead letters", "say datetime(…, tzinfo=UTC)")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Open rows of a batch: their places among its rows, and their numbers in the source."""

    batch: Batch
    places: np.ndarray[Any, Any]
    numbers: np.ndarray[Any, Any]

    def __len__(self) -> int:
        return len(self.places)

    def ranges(self, state: RowState) -> tuple[RowRange, ...]:
        """The rows as ranges in *state*."""
        return ranges_of(self.places, state)

    def ranges_of(self, numbers: np.ndarray[Any, Any], state: RowState) -> tuple[RowRange, ...]:
        """Those of the rows that have one of *numbers*."""
        import numpy as np  # noqa: PLC0415

        return ranges_of(self.places[np.isin(self.numbers, numbers)], state)


def find(store: Store, wanted: Wanted) -> tuple[tuple[Batch, ...], tuple[Batch, ...]]:
    """
    The batches that are meant, oldest first, and those left out because their rows failed too often.

    A batch that somebody names is never left out.

    Raises:
        UsageError: there is no such batch, or nothing can be decided about its rows.
    """
    if wanted.batch:
        batch = store.batch(wanted.batch)
        decidable(batch.state, batch.id, str(batch.slot))
        return (batch,), ()
    found = [
        batch
        for batch in store.batches(
            dataset=wanted.dataset, stage=wanted.stage, key=wanted.key, states=(State.PUBLISHED,), limit=_ALL
        )
        if batch.open and _is_within(batch, wanted)
    ]
    found.sort(key=lambda batch: (batch.settled_at or batch.now, batch.id))
    shallow = tuple(batch for batch in found if batch.depth < DEEPEST)
    return shallow, tuple(batch for batch in found if batch.depth >= DEEPEST)


def _is_within(batch: Batch, wanted: Wanted) -> bool:
    at = batch.settled_at or batch.now
    return (wanted.since is None or wanted.since <= at) and (wanted.until is None or at < wanted.until)


def choose(store: Store, vault: Vault, batch: Batch, wanted: Wanted, *, barred: Iterable[str] = ()) -> Chosen:
    """
    The open rows of *batch* that are meant; none that breaks a *barred* rule.

    Raises:
        UsageError: a row is not there, or not open any more; none of a named batch breaks the rule.
        WorldError: a payload object is missing or altered.
    """
    import numpy as np  # noqa: PLC0415

    is_open = np.zeros(batch.rows_bad, dtype=bool)
    for item in store.row_states(batch.id):
        is_open[item.first : item.last + 1] = item.state is RowState.OPEN
    numbers = np.zeros(batch.rows_bad, dtype=np.int64)
    breaks = np.ones(batch.rows_bad, dtype=bool)
    first = 0
    for found in read(vault, batch, ("__dq_row_no", "__dq_reasons")):
        said = found.column("__dq_row_no").to_numpy(zero_copy_only=False)
        here = said if batch.place else slice(first, first + found.num_rows)  # of moved rows some may have been erased
        numbers[here] = said
        reasons = found.column("__dq_reasons")
        breaks[here] = _breaks(reasons, wanted.rules, default=True) & ~_breaks(reasons, barred, default=False)
        first += found.num_rows
    if wanted.rows:
        _are_open(batch, wanted.rows, numbers, is_open)
        breaks &= np.isin(numbers, np.array(wanted.rows, dtype=np.int64))
    places = np.flatnonzero(is_open & breaks)
    return Chosen(batch, places, numbers[places])


def _breaks(reasons: pa.Array, rules: Iterable[str], *, default: bool) -> np.ndarray[Any, Any]:
    """Which rows break one of *rules*; *default* when there are none."""
    import numpy as np  # noqa: PLC0415

    wanted = frozenset(rules)
    if not wanted:
        return np.full(len(reasons), default)
    encoded = reasons.dictionary_encode()
    hits = np.array([bool(wanted & ids(said)) for said in encoded.dictionary.to_pylist()], dtype=bool)
    places = encoded.indices.to_numpy(zero_copy_only=False)
    return hits[places] if len(hits) else np.zeros(len(reasons), dtype=bool)


def ids(reasons: str) -> frozenset[str]:
    """The ids of the checks that `__dq_reasons` names."""
    return frozenset(said.removesuffix(":duplicate_row") for said in reasons.split("; "))


def _are_open(batch: Batch, wanted: tuple[int, ...], numbers: np.ndarray[Any, Any], is_open: np.ndarray[Any, Any]) -> None:
    import numpy as np  # noqa: PLC0415

    for number in wanted:
        places = np.flatnonzero(numbers == number)
        if not len(places):
            shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
            raise UsageError(f"no row {number} in batch {batch.id[:12]}", str(batch.slot), f"its rows: {shown}")
        if not is_open[places].any():
            mend = "`dq quarantine show` says what became of the rows"
            raise UsageError(f"row {number} of batch {batch.id[:12]} is not open any more", str(batch.slot), mend)


def read(vault: Vault, batch: Batch, columns: Iterable[str] = ()) -> Iterator[pa.RecordBatch]:
    """The rows of *batch*, in order; some *columns* of them."""
    pieces = vault.tables.standing(batch) if batch.place else (piece for part in batch.parts for piece in vault.read(part))
    for found in pieces:
        yield found.select(list(columns)) if columns else found


def picked(vault: Vault, chosen: Chosen) -> Iterator[pa.RecordBatch]:
    """The rows that were chosen, in order."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    first = 0
    for found in read(vault, chosen.batch):
        begin, end = np.searchsorted(chosen.places, (first, first + found.num_rows))
        if end > begin:
            yield found.take(pa.array(chosen.places[begin:end] - first))
        first += found.num_rows
