"""States of dead letters: a few ranges say what became of millions of rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from dq.store.model import RowRange, RowState
from dq.store.schema import row_action


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
    connection: sa.Connection, batch_id: str, ranges: Iterable[RowRange], *, actor: str, at: datetime, note: str = ""
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
        }
        for seq, item in enumerate(ranges, last + 1)
    ]
    if rows:
        connection.execute(sa.insert(row_action), rows)
