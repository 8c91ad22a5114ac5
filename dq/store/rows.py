"""States of dead letters: a few ranges say what became of millions of rows."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dq.store.model import RowAction, RowRange, RowState
from dq.store.schema import replay, row_action

if TYPE_CHECKING:
    import numpy as np

_TOLD = 100  # ranges that a line of the audit lists


def fold(rows: int, actions: Sequence[RowRange]) -> tuple[RowRange, ...]:
    """
    The state of each of *rows* rows after *actions*, oldest first: ranges that cover every row once, in order.

    A row that no action names is open; of several, the latest holds.
    """
    covered = cover(rows, [(item.first, item.last) for item in actions])
    pieces = [(RowState.OPEN if number is None else actions[number].state, first, last) for first, last, number in covered]
    return tuple(
        RowRange(group[0][1], group[-1][2], state)
        for state, group in ((state, list(items)) for state, items in groupby(pieces, key=lambda piece: piece[0]))
    )


def cover(rows: int, ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int | None]]:
    """Every one of *rows* rows once, in order: first and last row, and the number of the last of *ranges* that names them."""
    cuts = sorted({0, rows} | {cut for first, last in ranges for cut in (first, last + 1) if 0 < cut < rows})
    place = {cut: number for number, cut in enumerate(cuts)}
    said: list[int | None] = [None] * (len(cuts) - 1)
    after = list(range(len(cuts)))  # the first segment from here on that nobody has named yet
    for number, (first, last) in reversed(list(enumerate(ranges))):
        end = place.get(min(last + 1, rows), 0)
        here = _free(after, place.get(max(first, 0), end))
        while here < end:
            said[here] = number
            after[here] = here + 1
            here = _free(after, here)
    for segment, named in enumerate(said):
        yield cuts[segment], cuts[segment + 1] - 1, named


def _free(after: list[int], here: int) -> int:
    while after[here] != here:
        after[here] = after[after[here]]
        here = after[here]
    return here


def states(connection: sa.Connection, batch_id: str, rows: int) -> tuple[RowRange, ...]:
    """The states of the *rows* rows of a batch."""
    query = sa.select(row_action).where(row_action.c.batch == batch_id).order_by(row_action.c.seq)
    return fold(rows, [RowRange(row.first_row, row.last_row, RowState(row.state)) for row in connection.execute(query)])


def act(
    connection: sa.Connection,
    batch_id: str,
    ranges: Iterable[RowRange],
    *,
    actor: str,
    at: datetime,
    note: str = "",
    replay_id: str | None = None,
) -> None:
    """Append what became of some rows."""
    last = connection.scalar(sa.select(sa.func.max(row_action.c.seq)).where(row_action.c.batch == batch_id)) or 0
    rows = [
        {
            "batch": batch_id,
            "seq": seq,
            "first_row": item.first,
            "last_row": item.last,
            "state": item.state,
            "actor": actor,
            "at": at,
            "note": note,
            "replay": replay_id,
        }
        for seq, item in enumerate(ranges, last + 1)
    ]
    if rows:
        connection.execute(sa.insert(row_action), rows)


def ranges_of(ordinals: np.ndarray[Any, Any], state: RowState) -> tuple[RowRange, ...]:
    """Sorted *ordinals*, each once, as ranges in *state*."""
    import numpy as np  # noqa: PLC0415  heavy

    if not len(ordinals):
        return ()
    ends = np.flatnonzero(np.diff(ordinals) != 1)
    firsts = ordinals[np.concatenate(([0], ends + 1))]
    lasts = ordinals[np.concatenate((ends, [len(ordinals) - 1]))]
    return tuple(RowRange(int(first), int(last), state) for first, last in zip(firsts, lasts, strict=True))


def open_among(known: Sequence[RowRange], wanted: Iterable[RowRange]) -> Iterator[RowRange]:
    """The rows of *wanted* that are open, as *known* (from `states`) says, in the states of *wanted*; both in order."""
    place = 0
    for item in wanted:
        while place < len(known) and known[place].last < item.first:
            place += 1
        here = place
        while here < len(known) and known[here].first <= item.last:
            if known[here].state is RowState.OPEN:
                yield RowRange(max(item.first, known[here].first), min(item.last, known[here].last), item.state)
            here += 1


def all_open(known: Sequence[RowRange], wanted: Iterable[RowRange]) -> bool:
    """Whether every row of *wanted* is open, as *known* (from `states`) says."""
    free = [item for item in known if item.state is RowState.OPEN]
    firsts = [item.first for item in free]
    places = ((item, bisect_right(firsts, item.first) - 1) for item in wanted)
    return all(place >= 0 and item.last <= free[place].last for item, place in places)


def told(ranges: Collection[RowRange]) -> list[Any]:
    """*ranges* for the audit: as they are when they are few, else how many, and a name for all of them."""
    listed = [[item.first, item.last, str(item.state)] for item in ranges]
    if len(listed) <= _TOLD:
        return listed
    digest = hashlib.sha256(json.dumps(listed).encode()).hexdigest()
    return [{"rows": sum(item.rows for item in ranges), "ranges": len(listed), "sha256": digest}]


def actions(connection: sa.Connection, batch_id: str) -> tuple[RowAction, ...]:
    """What was done about the rows of a batch, oldest first."""
    a, r = row_action, replay
    query = sa.select(a, r.c.contract).join_from(a, r, a.c.replay == r.c.id, isouter=True)
    return tuple(
        RowAction(
            RowRange(row.first_row, row.last_row, RowState(row.state)),
            row.actor,
            row.at,
            row.note,
            row.replay or "",
            row.contract or "",
        )
        for row in connection.execute(query.where(a.c.batch == batch_id).order_by(a.c.seq))
    )
