"""Whether a store keeps its promises: `dq store check`."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from dq.store import audit, parts, rows, schema
from dq.store.model import Problem, RowState, State

_ACTIVE = (State.COMMITTED, State.PUBLISHED)


def problems(connection: sa.Connection) -> tuple[Problem, ...]:
    """Everything found wrong; empty: nothing is."""
    return (*_file(connection), *_slots(connection), *_batches(connection), *_runs(connection))


def _file(connection: sa.Connection) -> Iterator[Problem]:
    """The database itself; PostgreSQL looks after its own."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield Problem(str(row[0]), "database file")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Problem(f"row {row[1]} points at a row of {row[2]} that is not there", str(row[0]))


def _slots(connection: sa.Connection) -> Iterator[Problem]:
    """A slot and its one active batch name each other."""
    s, b = schema.slot, schema.batch
    active = sa.and_(b.c.slot == s.c.id, b.c.state.in_(_ACTIVE), b.c.parent == "")
    for row in connection.execute(
        sa.select(s.c.id, s.c.current_batch, b.c.id.label("batch")).join_from(s, b, active, isouter=True)
    ):
        if row.current_batch != row.batch:
            yield Problem(f"current batch is {row.current_batch}, but {row.batch} is active", f"slot {row.id}")
    lost = sa.and_(s.c.id == b.c.slot, s.c.current_batch.is_(None))
    of_replays = sa.select(b.c.id).join_from(b, s, lost).where(b.c.parent != "", b.c.state.in_(_ACTIVE))
    for row in connection.execute(of_replays):
        yield Problem("it came of a replay and is active, but what it was replayed into is not", f"batch {row.id[:12]}")


def _batches(connection: sa.Connection) -> Iterator[Problem]:
    """Parts hold the rows counted that do not stay in their database, superseded batches have no open row, the audit is whole."""
    b, p = schema.batch, schema.part
    held = sa.select(sa.func.coalesce(sa.func.sum(p.c.rows), 0)).where(p.c.batch == b.c.id).scalar_subquery()
    for row in connection.execute(sa.select(b, held.label("held")).order_by(b.c.id)).all():
        where, state = f"batch {row.id[:12]}", State(row.state)
        landing = sum(item.rows for item in parts.of(connection, row.id, schema.landing))
        dropped = audit.erased(connection, row.id)[1] if row.parent else 0
        if row.parent and state is not State.WRITING and landing + dropped != row.rows_good:
            gone = f", and {dropped} were erased" if dropped else ""
            yield Problem(f"{row.rows_good} good rows of a replay, but its payload holds {landing}{gone}", where)
        if row.place and row.held:
            yield Problem(f"its bad rows stay in their database, but its payload holds {row.held}", where)
        elif not row.place and state is not State.WRITING and row.held != row.rows_bad:
            yield Problem(f"{row.rows_bad} bad rows, but its payload holds {row.held}", where)
        if state in (State.SUPERSEDED, State.WITHDRAWN):
            ranges = rows.states(connection, row.id, row.rows_bad or 0)
            if any(item.state is RowState.OPEN for item in ranges):
                yield Problem(f"it is {state}, but has open rows", where)
        if broken := audit.broken(connection, row.id) or audit.contradicted(
            connection, row.id, parts.payload(connection, row.id)
        ):
            yield Problem(broken, where)


def _runs(connection: sa.Connection) -> Iterator[Problem]:
    """A run names a batch that exists."""
    r, b = schema.run, schema.batch
    lost = (
        sa.select(r.c.id, r.c.batch)
        .join_from(r, b, r.c.batch == b.c.id, isouter=True)
        .where(r.c.batch.is_not(None), b.c.id.is_(None))
    )
    for row in connection.execute(lost):
        yield Problem(f"its batch {row.batch[:12]} is not there", f"run {row.id[:12]}")
