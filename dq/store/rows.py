"""States of dead letters: a few ranges say what became of millions of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    cuts = sorted({0, rows} | {cut for item in actions for cut in (item.first, item.last + 1) if 0 < cut < rows})
    place = {cut: number for number, cut in enumerate(cuts)}
    states: list[RowState | None] = [None] * (len(cuts) - 1)
    after = list(range(len(cuts)))  # the first segment from here on that has no state yet
    for item in reversed(actions):
        end = place.get(min(item.last + 1, rows), 0)
        here = _free(after, place.get(max(item.first, 0), end))
        while here < end:
            states[here] = item.state
            after[here] = here + 1
            here = _free(after, here)
    pieces = [(state or RowState.OPEN, number) for number, state in enumerate(states)]
    return tuple(
        RowRange(cuts[group[0][1]], cuts[group[-1][1] + 1] - 1, state)
        for state, group in ((state, list(items)) for state, items in groupby(pieces, key=lambda piece: piece[0]))
    )


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
