"""Disks that fill up or break, databases that go away: nothing is half done, and a retry ends well."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dq.errors import WorldError
from dq.quarantine import objects
from dq.store import State, connect, faults
from tests.faults import history
from tests.faults.world import EPOCH, Input, World, is_bad

DAY = Input("day", 1, 1)
THEN = next(n for n in range(99) if sum(is_bad(row, "plan 1", EPOCH + timedelta(seconds=n)) for row in DAY.rows) == 3)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world on SQLite, with a table for a target."""
    return World(tmp_path, "", "dataset", table=True)


def _laws(world: World, *, ended: bool) -> None:
    assert history.faults_of(world, [DAY]) == []
    if ended:
        assert history.faults_at_the_end(world, DAY) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fails_at_any_call_publishes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, call: str, code: int
) -> None:
    """When the N-th write or flush of a payload fails, for every N, nothing goes on; the next try ends well."""
    real = getattr(objects, call)
    for number in range(200):
        left = number

        def failing(*said: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError(code, os.strerror(code))
            return real(*said)

        monkeypatch.setattr(objects, call, failing)
        if (error := _failure(world)) is None:
            break
        assert os.strerror(code) in str(error)
        assert not world.published("day")
        _laws(world, ended=False)
    assert number > 3
    _laws(world, ended=True)


def _failure(world: World) -> WorldError | None:
    try:
        world.enforce(DAY, THEN)
    except WorldError as error:
        return error
    return None


def test_a_full_store_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database itself cannot grow, the stage fails, retryable, and ends well when there is room again."""
    world.store  # noqa: B018  made while there is room
    prepare = connect._prepare

    def cramped(connection: Any, record: object) -> None:
        prepare(connection, record)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    monkeypatch.setattr(connect, "_prepare", cramped)
    connect._engine.cache_clear()
    with pytest.raises(WorldError, match="full"):
        _many(world)  # a few fit in the pages that are there
    monkeypatch.undo()
    connect._engine.cache_clear()
    world.enforce(DAY, 99)
    assert history.faults_at_the_end(world, DAY) == []


def _many(world: World) -> None:
    for number in range(50):
        world.enforce(Input("day", number, 1), number)


@pytest.mark.parametrize("name", ["claim", "commit", "mark"])
@pytest.mark.parametrize("side", ["before COMMIT", "after COMMIT"])
@pytest.mark.parametrize("target", ["table", "file"])
def test_a_connection_cut_around_a_commit_is_retryable(
    postgres: Callable[[], str], tmp_path: Path, name: str, side: str, target: str
) -> None:
    """Cut right before or after the COMMIT of any step, a try fails retryable, and the next one ends well."""
    world = World(tmp_path, postgres(), "dataset", table=target == "table")
    engine = sa.create_engine(world.store_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    world.store  # noqa: B018  made in peace

    def cut(point: str) -> None:
        if point == f"{name}:{side}":
            faults.hook(None)
            with engine.connect() as connection:
                _cut(connection)
            if side == "after COMMIT":
                raise OSError("the acknowledgement was lost")

    faults.hook(cut)
    try:
        with pytest.raises(WorldError, match="the store failed") as caught:
            world.enforce(DAY, THEN)
    finally:
        faults.hook(None)
    assert caught.value.exit_code == 3
    _laws(world, ended=False)
    world.enforce(DAY, 2)
    _laws(world, ended=True)


def test_a_publisher_that_lost_its_lock_changes_nothing(postgres: Callable[[], str], tmp_path: Path) -> None:
    """Cut off from PostgreSQL within its turn, a publisher does not touch the target."""
    world = World(tmp_path, postgres(), "dataset", table=False)
    engine = sa.create_engine(world.store_url, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")

    def cut(point: str) -> None:
        if point == "in-publish":
            faults.hook(None)
            with engine.connect() as connection:
                _cut(connection)

    faults.hook(cut)
    try:
        with pytest.raises(WorldError, match="the store failed"):
            world.enforce(DAY, THEN)
    finally:
        faults.hook(None)
    assert world.published("day") == {}
    assert [batch.state for batch in world.store.batches()] == [State.COMMITTED]


def _cut(connection: sa.Connection) -> None:
    connection.execute(
        sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


def test_what_a_fenced_publisher_overwrote_is_published_again(world: World) -> None:
    """A publisher that lost its turn unknowingly, and overwrote a later batch, is found out by S7: the later one is due again."""
    store = world.store
    first = world.enforce(DAY, THEN).batch
    second = world.enforce(Input("day", 2, 1), 2).batch
    assert store.batch(second.id).state is State.PUBLISHED
    with pytest.raises(WorldError, match="became superseded while it was published"):
        store.mark_published(first, actor="zombie")
    assert store.batch(second.id).state is State.COMMITTED
    assert store.audit(second.id)[-1].event == "published in doubt"
    world.enforce(Input("day", 2, 1), 3)
    assert store.batch(second.id).state is State.PUBLISHED
