"""What the tests of gates in Prefect share: rows, questions to the store and to Prefect, and patience."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

import prefect

import dq

T = TypeVar("T")
# As Any: what tests are, to a type checker, does not depend on whether Prefect is installed.
flow: Any = prefect.flow
task: Any = prefect.task
ROWS = [{"id": 1, "age": 30}, {"id": 2, "age": 141}, {"id": 3, "age": 80}]
GOOD = [ROWS[0], ROWS[2]]
BAD = [{"id": 1, "age": 141}]
# Prefect leaves connections of its own open when the loop of an async flow ends.
SOCKETS = "ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"


def batches(*, stage: str | None = None) -> list[tuple[str, str]]:
    """Key and state of every batch, oldest first."""
    return [(item.slot.key, str(item.state)) for item in reversed(dq.History().batches(stage=stage))]


def active(*, stage: str | None = None) -> list[str]:
    """The keys of batches that are active, oldest first."""
    return [key for key, state in batches(stage=stage) if state == "published"]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* in a loop of a thread of its own: browser tests keep one running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def wait_for(ask: Callable[[], T], *, seconds: float = 90) -> T:
    """What *ask* answers, as soon as it answers anything; events are flushed when Prefect has time."""
    until = time.monotonic() + seconds
    while not (found := ask()):
        if time.monotonic() > until:
            raise AssertionError(f"nothing came within {seconds} seconds")
        time.sleep(0.2)
    return found


def events(name: str, *, flow_run: str = "") -> list[Any]:
    """The events of that name, of a flow run when one is said."""
    from prefect.client.orchestration import get_client
    from prefect.events.filters import EventFilter, EventNameFilter

    async def ask() -> list[Any]:
        async with get_client() as client:
            page = await client.read_events(filter=EventFilter(event=EventNameFilter(name=[name])), limit=50)
            return list(page.events)

    return [event for event in run(ask()) if flow_run in repr(event.related)]


def artifacts(*, flow_run: str) -> dict[str, Any]:
    """The artifacts of a flow run, by key."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId

    with get_client(sync_client=True) as client:
        chosen = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[UUID(flow_run)]))
        return {str(item.key): item for item in client.read_artifacts(artifact_filter=chosen)}
