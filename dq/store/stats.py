"""Dead letters in numbers: why, where and when rows were diverted, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from dq.store import rows, schema
from dq.store.model import RowState, State

_RESOLVED = (RowState.REPLAYED, RowState.ACCEPTED, RowState.DISCARDED)


@dataclass(frozen=True, slots=True)
class Broken:
    """How many rows of a dataset broke a check on the day (UTC) when they were diverted; replays count none again."""

    dataset: str
    stage: str
    day: date
    check: str
    rows: int


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What became of the dead letters of a dataset at a stage.

    *rows* were diverted, those that a replay diverted again counted once; *evidence* are rows of blocked batches, which are not
    among them. *share* is how much of what could be resolved was: superseded rows could not. *seconds* is the median time
    until a row was resolved. None: there was none.
    """

    dataset: str
    stage: str
    batches: int
    rows: int
    open: int
    replayed: int
    accepted: int
    discarded: int
    superseded: int
    purged: int
    evidence: int
    oldest_open: datetime | None
    oldest_batch: str
    share: float | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Dead letters in numbers: by reason and day, and by dataset, those with the oldest open rows first."""

    reasons: tuple[Broken, ...]
    datasets: tuple[Standing, ...]


def gather(connection: sa.Connection, *, dataset: str | None = None, since: datetime | None = None) -> Stats:
    """The numbers of all batches, of one dataset, or of those diverted *since* then; None filters nothing."""
    b, s, d = schema.batch, schema.slot, schema.dataset
    chosen = [b.c.state != State.WRITING, b.c.rows_bad > 0]
    if dataset is not None:
        chosen.append(d.c.name == dataset)
    if since is not None:
        chosen.append(b.c.settled_at >= since)
    return Stats(tuple(_reasons(connection, chosen)), tuple(_standings(connection, chosen, (b, s, d))))


def _joined(*columns: Any) -> sa.Select[Any]:
    b, s, d = schema.batch, schema.slot, schema.dataset
    return sa.select(*columns).select_from(b).join(s, b.c.slot == s.c.id).join(d, s.c.dataset == d.c.id)


def _reasons(connection: sa.Connection, chosen: Sequence[Any]) -> Iterator[Broken]:
    b, s, d, r = schema.batch, schema.slot, schema.dataset, schema.reason
    query = _joined(d.c.name, s.c.stage, b.c.settled_at, r.c.check, r.c.rows).join(r, r.c.batch == b.c.id)
    found: dict[tuple[str, str, date, str], int] = defaultdict(int)
    for row in connection.execute(query.where(*chosen, b.c.parent == "")):
        found[row.name, row.stage, row.settled_at.date(), row.check] += row.rows
    for (name, stage, day, check), count in sorted(found.items()):
        yield Broken(name, stage, day, check, count)


def _standings(connection: sa.Connection, chosen: Sequence[Any], tables: tuple[sa.Table, sa.Table, sa.Table]) -> list[Standing]:
    b, s, d = tables
    a = schema.row_action
    columns = (b.c.id, d.c.name, s.c.stage, b.c.state, b.c.rows_bad, b.c.settled_at, b.c.parent)
    batches = connection.execute(_joined(*columns).where(*chosen).order_by(b.c.settled_at, b.c.id)).all()
    acted = _joined(a).join(a, a.c.batch == b.c.id).where(*chosen).order_by(a.c.batch, a.c.seq)
    actions = {batch: list(items) for batch, items in groupby(connection.execute(acted).all(), key=lambda item: item.batch)}
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    for row in batches:
        tallies[row.name, row.stage].add(row, actions.get(row.id, []))
    found = [tally.standing(name, stage) for (name, stage), tally in sorted(tallies.items())]
    return sorted(found, key=lambda item: (item.oldest_open is None, item.oldest_open, item.dataset, item.stage))


class _Tally:
    """The counts of one dataset at one stage."""

    def __init__(self) -> None:
        self.batches = self.rows = self.evidence = self.again = 0
        self.states: dict[RowState, int] = dict.fromkeys(RowState, 0)
        self.oldest: tuple[datetime, str] | None = None
        self.times: list[tuple[timedelta, int]] = []

    def add(self, batch: sa.Row[Any], actions: Sequence[sa.Row[Any]]) -> None:
        """Count a batch, the oldest first."""
        self.batches += 1
        if batch.state == State.BLOCKED:
            self.evidence += batch.rows_bad
            return
        self.rows += batch.rows_bad
        self.again += batch.rows_bad if batch.parent else 0
        for first, last, number in rows.cover(batch.rows_bad, [(item.first_row, item.last_row) for item in actions]):
            action = None if number is None else actions[number]
            state = RowState.OPEN if action is None else RowState(action.state)
            self.states[state] += last - first + 1
            if state in _RESOLVED and action is not None:
                self.times.append((action.at - batch.settled_at, last - first + 1))
            if state is RowState.OPEN and self.oldest is None:
                self.oldest = (batch.settled_at, batch.id)

    def standing(self, dataset: str, stage: str) -> Standing:
        """All together."""
        states = {state: count for state, count in self.states.items() if state is not RowState.REPLAYED}
        replayed = max(self.states[RowState.REPLAYED] - self.again, 0)
        resolved = replayed + states[RowState.ACCEPTED] + states[RowState.DISCARDED]
        resolvable = resolved + states[RowState.OPEN] + states[RowState.PURGED]
        oldest, batch = self.oldest or (None, "")
        return Standing(
            dataset, stage, self.batches, self.rows - self.again, replayed=replayed, evidence=self.evidence, oldest_open=oldest,
            oldest_batch=batch, share=resolved / resolvable if resolvable else None, seconds=_median(self.times),
            **{str(state): count for state, count in states.items()},
        )  # fmt: skip


def _median(times: Iterable[tuple[timedelta, int]]) -> float | None:
    """The time until half of the rows were resolved."""
    ordered = sorted(times)
    half, seen = sum(count for _, count in ordered) / 2, 0
    for time, count in ordered:
        seen += count
        if seen >= half:
            return time.total_seconds()
    return None
