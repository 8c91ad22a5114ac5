"""Laws of gates in runs: whatever is mapped, retried, cached or rolled back leaves one active batch for each part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("prefect")

from prefect.cache_policies import INPUTS, NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.transactions import transaction

import dq
from dq_prefect import BlockedError, ContractVersion, gate
from tests.integrations.prefect.conftest import write_contract
from tests.integrations.prefect.pipelines import BAD, GOOD, ROWS, SOCKETS, active, batches, flow, run, task

pytestmark = [pytest.mark.usefixtures("harness"), pytest.mark.filterwarnings(SOCKETS), pytest.mark.timeout(300)]

PLACES: dict[str, Callable[[Any], Any]] = {
    "outside": lambda function: gate("people", stage="raw", key="{day}")(task(function)),
    "inside": lambda function: task(gate("people", stage="raw", key="{day}")(function)),
}


@pytest.mark.parametrize("place", PLACES)
def test_tasks_are_called_submitted_and_mapped(place: str) -> None:
    """Each way to run a task enforces what it returns under the key of its own arguments."""
    load = PLACES[place](lambda day: ROWS if day else [])

    @flow
    def days() -> Any:
        return load("d1"), load.submit("d2").result(), load.map(["d3", "d4"]).result()

    assert days() == (GOOD, GOOD, [GOOD, GOOD])
    assert sorted(active()) == ["d1", "d2", "d3", "d4"]


@pytest.mark.parametrize("place", PLACES)
def test_async_tasks_are_guarded_too(place: str) -> None:
    """A coroutine function stays one, as a task and as a flow."""

    async def rows(day: str) -> list[Any]:
        return ROWS if day else []

    load = PLACES[place](rows)

    @gate("workers", stage="flow", key="{day}")
    @flow
    async def days(day: str) -> Any:
        return await load(day)

    assert run(days("d1")) == [ROWS[0]]
    assert active() == ["d1", "d1"]


def test_a_flow_is_guarded_below_its_decorator_too() -> None:
    """What a flow returns and gets is enforced, parameters validated by Prefect as before."""

    @flow
    @gate("workers", stage="raw", key="{day}", inputs={"rows": "people"})
    def work(rows: list[dict[str, int]], day: str) -> Any:
        return rows if day else []

    assert work(ROWS, "d1") == [ROWS[0]]
    assert active() == ["d1 [rows]", "d1"]


def test_a_cached_run_skips_the_gate_until_the_contract_changes(folder: Path) -> None:
    """A cached result is what went through the gate; another version of the contract makes the task run again."""
    calls: list[str] = []

    @gate("people", stage="raw", key="{day}")
    @task(cache_policy=INPUTS)
    def load(day: str) -> list[Any]:
        calls.append(day)
        return ROWS

    @task(cache_policy=INPUTS + ContractVersion("people"))
    @gate("people", stage="inside", key="{day}")
    def inside(day: str) -> list[Any]:
        calls.append(day)
        return ROWS

    @flow
    def work() -> Any:
        return load(f"{folder}"), inside(f"{folder}/")

    assert work() == work() == (GOOD, GOOD)
    assert len(calls) == 2
    write_contract(folder, "people", "1.1.0", oldest=150)
    assert work() == (ROWS, ROWS)
    assert len(calls) == 4
    assert len(active()) == 2


def test_a_rollback_withdraws_the_batch() -> None:
    """What a transaction rolls back is withdrawn; run again, it is active once."""
    fails = [True]

    @gate("people", stage="raw", key="{day}")
    @task
    def load(day: str) -> list[Any]:
        return ROWS if day else []

    @flow
    def work() -> None:
        with transaction():
            load("d1")
            if fails.pop():
                raise OSError("the warehouse is full")

    with pytest.raises(OSError, match="full"):
        work()
    assert batches() == [("d1", "withdrawn")]
    fails.append(False)
    work()
    assert batches() == [("d1", "published")]


def test_a_rollback_removes_the_file(folder: Path) -> None:
    """The file that a rolled back task wrote is gone with its batch; run again, it is there."""
    (folder / "d1.csv").write_text("id,age\n1,30\n2,141\n", "utf-8")
    fails = [True, False]

    @gate("people", stage="raw", key="{day}", output="good/{key}.csv")
    @task
    def load(day: str) -> str:
        return f"{day}.csv"

    @flow
    def work() -> None:
        with transaction():
            assert Path(load("d1")).read_text("utf-8").split() == ["id,age", "1,30"]
            if fails.pop(0):
                raise OSError("the warehouse is full")

    with pytest.raises(OSError, match="full"):
        work()
    assert list((folder / "good").iterdir()) == []
    work()
    assert batches() == [("d1", "published")]
    assert (folder / "good/d1.csv").exists()


def test_a_rollback_leaves_alone_what_an_earlier_run_published() -> None:
    """A run that finds its rows published already did nothing, and has nothing to undo."""

    @gate("people", stage="raw", key="{day}")
    @task(cache_policy=NO_CACHE)
    def load(day: str) -> list[Any]:
        return ROWS if day else []

    @flow
    def work(*, fails: bool) -> None:
        with transaction():
            load("d1")
            if fails:
                raise OSError("the warehouse is full")

    work(fails=False)
    with pytest.raises(OSError, match="full"):
        work(fails=True)
    assert batches() == [("d1", "published")]


def test_a_day_that_two_flow_runs_bring_is_there_once() -> None:
    """The key names the part, not the run: other rows of the same day take the place of those before."""

    @gate("people", stage="raw", key="{day}")
    @flow
    def load(day: str, rows: list[dict[str, int]]) -> Any:
        return rows if day else []

    load("d1", ROWS)
    load("d1", [*ROWS, {"id": 4, "age": 4}])
    assert batches() == [("d1", "superseded"), ("d1", "published")]


@pytest.mark.parametrize("place", PLACES)
def test_what_a_retry_cannot_mend_is_not_retried(place: str) -> None:
    """A blocked stage, an unknown contract, and what is no data fail at once; the network gets its retries."""
    tries: list[object] = []

    def fetch(given: Any, contract: str) -> Any:
        def rows(day: str) -> Any:
            tries.append(day)
            if given == "network":
                raise OSError("the network is down")
            return given

        if place == "outside":
            return gate(contract, stage="raw", key="{day}")(task(retries=2)(rows))("d1", return_state=True)
        return task(retries=2)(gate(contract, stage="raw", key="{day}")(rows))("d1", return_state=True)

    @flow
    def work(given: Any, contract: str) -> Any:
        tries.clear()
        state = fetch(given, contract)
        return len(tries), state.result(raise_on_failure=False)

    for given, contract, number, kind in (
        (BAD, "people", 1, BlockedError),
        (ROWS, "peple", 1, dq.ContractError),
        (7, "people", 1, dq.UsageError),
        ("network", "people", 3, OSError),
    ):
        count, error = work(given, contract)
        assert (count, type(error)) == (number, kind), (given, error)


def test_a_blocked_flow_is_not_retried() -> None:
    """A flow whose own gate is blocked fails at once, whatever retries it has."""
    tries: list[int] = []

    @gate("people", stage="raw")
    @flow(retries=3)
    def work() -> list[Any]:
        tries.append(1)
        return BAD

    state: Any = work(return_state=True)
    assert state.is_failed()
    assert isinstance(state.result(raise_on_failure=False), BlockedError)
    assert len(tries) == 1


def test_a_store_that_is_not_there_is_told_and_not_retried() -> None:
    """A gate whose block was never saved fails at once, and says how to save it."""

    @gate("people", stage="raw", store="nowhere")
    @task(retries=2)
    def load() -> list[Any]:
        tries.append(1)
        return ROWS

    @flow
    def work() -> Any:
        return load(return_state=True).result(raise_on_failure=False)

    tries: list[int] = []
    error = work()
    assert isinstance(error, dq.UsageError)
    assert "no block 'nowhere' of type DQStore" in str(error)
    assert (batches(), tries) == ([], [])


def test_methods_and_flows_within_tasks_are_guarded() -> None:
    """A method has a gate as a task; a flow that a task calls is a part of its own."""

    class Loader:
        rows = ROWS

        @gate("people", stage="method", key="{day}")
        @task
        def load(self, day: str) -> list[Any]:
            return self.rows if day else []

    @gate("people", stage="inner")
    @flow
    def inner() -> Any:
        return Loader().load("d1")

    @task
    def call() -> Any:
        return inner(), str(flow_run.id)

    @flow
    def outer() -> Any:
        return call()

    rows, outer_id = outer()
    assert rows == GOOD
    assert active(stage="method") == ["d1"]
    (key,) = active(stage="inner")
    assert ":" not in key
    assert key != outer_id


def test_tasks_in_other_processes_are_guarded() -> None:
    """What a pool of processes runs is enforced there, into the same store."""
    from prefect.task_runners import ProcessPoolTaskRunner

    load = gate("people", stage="raw", key="{day}")(task(_known))

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=1))
    def work() -> Any:
        return load.map(["d1", "d2"]).result()

    assert work() == [GOOD, GOOD]
    assert sorted(active()) == ["d1", "d2"]


def _known(day: str) -> list[Any]:
    return ROWS if day else []


def test_a_state_of_its_own_leaves_the_gate_as_it_is() -> None:
    """A run that returns a failed state has failed; a state or a future around rows is told, for rows are wanted."""

    @task
    @gate("people", stage="raw")
    def load(kind: str) -> Any:
        return Failed(message="no file today") if kind == "failed" else rows.submit()

    @task
    def rows() -> list[Any]:
        return ROWS

    @flow
    def work() -> Any:
        failed = load("failed", return_state=True)
        future = load("future", return_state=True)
        return failed.message, str(future.result(raise_on_failure=False))

    assert work() == ("no file today", "gate: a future is not yet rows\n  return its .result()")
    assert batches() == []


def test_a_state_says_that_rows_were_quarantined() -> None:
    """On request a run that diverted rows ends as CompletedWithQuarantine, with its good rows; a clean one as before."""

    @gate("people", stage="raw", named_state=True)
    @task
    def load(rows: list[Any]) -> list[Any]:
        return rows

    @gate("people", stage="raw", key="plain", named_state=True)
    def plain() -> list[Any]:
        return ROWS

    @flow
    def work() -> Any:
        bad, good = load.submit(ROWS), load.submit(GOOD)
        bad.wait()
        good.wait()
        return bad.state.name, bad.state.message, bad.result(), good.state.name, plain()

    assert work() == ("CompletedWithQuarantine", "1 row quarantined", GOOD, "Completed", GOOD)
