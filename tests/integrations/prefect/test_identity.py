"""Laws of identity without a key: every call of a run is a part of its own, and the same part in every try of the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("prefect")

from prefect.cache_policies import DEFAULT
from prefect.runtime import flow_run
from prefect.task_runners import ProcessPoolTaskRunner

from dq_prefect import enforce_contract, gate
from tests.integrations.prefect.pipelines import ROWS, SOCKETS, active, batches, flow, run, task

pytestmark = [pytest.mark.usefixtures("harness"), pytest.mark.filterwarnings(SOCKETS), pytest.mark.timeout(300)]


def _rows(*what: int) -> list[Any]:
    """Rows that say which call brought them, and in which try."""
    return [*ROWS, *({"id": number, "age": 1} for number in what)]


@pytest.mark.parametrize("place", ["outside", "inside"])
def test_retries_are_one_identity(place: str) -> None:
    """Without a key the tries of one task run are one part; two runs of the same task are two."""
    tries: list[int] = []

    def rows(number: int) -> list[Any]:
        tries.append(number)
        if tries.count(number) == 1:
            raise OSError("the network is down")
        return [*ROWS, {"id": len(tries), "age": 1}]

    def unkeyed(function: Any) -> Any:
        if place == "outside":
            return gate("people", stage="raw")(task(retries=2)(function))
        return task(retries=2)(gate("people", stage="raw")(function))

    load = unkeyed(rows)

    @gate("people", stage="input", inputs={"rows": "people"})
    @task(retries=1)
    def use(rows: list[Any]) -> list[Any]:
        if len(tries) < 5:
            tries.append(-1)
            raise OSError("the network is down again")
        return rows

    @flow
    def work() -> str:
        load(1)
        load(2)
        use(ROWS)
        return str(flow_run.id)

    flow_run_id = work()
    assert [key.split(":")[0] for key in active()] == [flow_run_id] * 4
    assert len(set(active(stage="raw"))) == 2
    assert len(active(stage="input")) == 2  # what goes in, and what comes out


def test_a_function_that_a_run_calls_is_told_apart_by_its_calls() -> None:
    """Two calls of a gated function in one run are two parts; a retry of the run finds the same two."""
    tries: list[int] = []

    @gate("people", stage="raw")
    def load(number: int) -> list[Any]:
        return [*ROWS, {"id": number, "age": 1}]

    @flow(retries=1)
    def work() -> None:
        load(7)
        load(8)
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the network is down")

    work()
    assert len(tries) == 2
    assert len(batches()) == 2
    assert len(set(active())) == 2


def _called(load: Any) -> None:
    for number in (1, 2):
        load(number)


def _same_arguments(load: Any) -> None:
    for _ in (1, 2):
        load(0)


def _submitted(load: Any) -> None:
    for future in [load.submit(number) for number in (1, 2)]:
        future.result()


def _mapped(load: Any) -> None:
    load.map([1, 2]).result()


@pytest.mark.parametrize("way", [_called, _same_arguments, _submitted, _mapped])
def test_a_retried_flow_replaces_what_its_first_try_published(way: Callable[[Any], None]) -> None:
    """Tasks that a retry of their flow runs again, with other rows, leave one active batch each: that of the last try."""
    tries: list[int] = []

    @task(retries=1)
    @gate("people", stage="raw")
    def load(number: int) -> list[Any]:
        return _rows(number, len(tries))

    @flow(retries=1)
    def work() -> None:
        way(load)
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the network is down")

    work()
    assert len(tries) == 2
    assert len(set(active())) == 2
    assert [state for _, state in batches()].count("superseded") == 2


def test_a_retried_flow_of_coroutines_is_one_identity() -> None:
    """Async tasks that run at once, and functions that they and the flow call, are the same parts in the next try."""
    tries: list[int] = []

    @gate("people", stage="function")
    async def more(number: int) -> list[Any]:
        return _rows(number, len(tries))

    @gate("people", stage="task")
    @task
    async def load(number: int) -> list[Any]:
        await asyncio.sleep(0)
        return [row for row in await more(number) if row["age"]]

    @flow(retries=1)
    async def work() -> None:
        await asyncio.gather(load(1), load(2), more(3))
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the network is down")

    run(work())
    assert len(set(active(stage="task"))) == 2
    assert len(set(active(stage="function"))) == 3
    assert len(batches()) == 10


def test_calls_with_other_arguments_never_take_each_others_place() -> None:
    """What the first try published stays when the next one leaves a call out, or begins in another order."""
    tries: list[int] = []

    @gate("people", stage="raw")
    @task
    def load(number: int) -> list[Any]:
        return _rows(number)

    @flow(retries=1)
    def work() -> None:
        for number in ([1, 2, 3], [3, 2])[len(tries)]:
            load(number)
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the network is down")

    work()
    assert len(set(active())) == len(batches()) == 3


def test_results_that_are_kept_keep_their_batches() -> None:
    """A task whose result is found by the retried flow is left alone, even by one with the same plain arguments."""
    tries: list[str] = []

    @gate("people", stage="raw")
    @task(persist_result=True, cache_policy=DEFAULT)
    def load(rows: list[Any]) -> list[Any]:
        tries.append(str(rows[-1]["id"]))
        if tries == ["7", "8"]:
            raise OSError("the network is down")
        return rows

    @flow(retries=1)
    def work() -> None:
        load(_rows(7))
        load(_rows(8))

    work()
    assert tries == ["7", "8", "8"]
    assert len(set(active())) == len(batches()) == 2


def test_the_task_that_enforces_is_one_identity(folder: Any) -> None:
    """`enforce_contract` without a key replaces what it published in the first try of the flow."""
    tries: list[int] = []

    @flow(retries=1)
    def work() -> None:
        for name in ("a", "b"):
            (folder / f"{name}.csv").write_text(f"id,age\n{len(tries)},30\n", "utf-8")
            path: Any = enforce_contract(f"{name}.csv", "people", stage="raw", output=f"good/{name}.csv")
            assert path
        tries.append(1)
        if len(tries) == 1:
            raise OSError("the network is down")

    work()
    assert len(set(active())) == 2
    assert [(folder / f"good/{name}.csv").read_text("utf-8").split()[1:] for name in ("a", "b")] == [["1,30"], ["1,30"]]


def test_tasks_of_other_processes_never_share_a_part() -> None:
    """Where the runs of a flow cannot see each other, each is a part of its own."""
    load = gate("people", stage="raw")(task(_rows))

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
    def work() -> None:
        for future in [load.submit(7), load.submit(7)]:
            future.result()

    work()
    assert len(set(active())) == len(batches()) == 2
