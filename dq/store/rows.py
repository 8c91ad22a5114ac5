"""States of dead letters: a few ranges say what became of millions of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

import sqlalchemy as sa

from dq.store.model import RowAction, RowRange, RowState
from dq.store.schema import replay, row_action


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


def ranges_of(ordinals: Iterable[int], state: RowState) -> tuple[RowRange, ...]:
    """Sorted *ordinals*, each once, as ranges in *state*."""
    found: list[RowRange] = []
    for number in ordinals:
        if found and found[-1].last == number - 1:
            found[-1] = RowRange(found[-1].first, number, state)
        else:
            found.append(RowRange(number, number, state))
    return tuple(found)


def all_open(known: Sequence[RowRange], wanted: Iterable[RowRange]) -> bool:
    """Whether every row of *wanted* is open, as *known* (from `states`) says."""
    free = [item for item in known if item.state is RowState.OPEN]
    return all(any(item.first <= one.first and one.last <= item.last for item in free) for one in wanted)


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
