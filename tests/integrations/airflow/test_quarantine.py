"""Replay, the sensor and its trigger, without a server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import dq
from tests.integrations.airflow.tasks import Task

Run = Callable[..., Task]
WIDER = """\
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.1.0
status: active
schema:
  - name: people
    properties:
      - {name: id, logicalType: integer, required: true}
      - {name: age, logicalType: integer, logicalTypeOptions: {minimum: 0, maximum: 150}}
"""


@pytest.fixture
def diverted(task: Run, tmp_path: Path) -> dict[str, Any]:  # noqa: ARG001  the store is the task's
    """The summary of an enforcement that diverted two rows, aged 141 and 200; the tests' contracts come after this one."""
    (tmp_path / "a.csv").write_text("id,age\n1,30\n2,141\n3,200\n", "utf-8")
    done = dq.enforce(str(tmp_path / "a.csv"), "people", stage="raw", key="day", output=str(tmp_path / "good") + "/")
    (tmp_path / "wider.odcs.yaml").write_text(WIDER, "utf-8")
    return done.summary()


def replay(**said: Any) -> Any:
    """The operator, in a DAG of its own."""
    from airflow.sdk import DAG

    from dq_airflow import QuarantineReplayOperator

    with DAG("care", schedule=None):
        return QuarantineReplayOperator(**{"task_id": "replay", "dataset": "{{ 'people.people' }}", **said})


def sensor(**said: Any) -> Any:
    """The sensor, in a DAG of its own."""
    from airflow.sdk import DAG

    from dq_airflow import QuarantineClearedSensor

    with DAG("care", schedule=None):
        return QuarantineClearedSensor(
            **{"task_id": "cleared", "dataset": "people.{{ 'people' }}", "poke_interval": 0.05, **said}
        )


def _run(work: Any) -> Any:
    """Run *work* in a loop of a thread of its own: browser tests keep one running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def test_what_passes_now_goes_on(task: Run, diverted: dict[str, Any]) -> None:
    """A dry run foretells it and changes nothing; the replay does it; a second one has nothing left to do."""
    wider = {"contract": "wider.odcs.yaml"}
    foretold = task(replay(dry_run=True, **wider)).run()
    assert dq.validate(diverted["output"], "people").rows == 1
    ran = task(replay(note="the age was checked", **wider))
    done = ran.run()
    assert (foretold["landed"], foretold["stayed"]) == (done["landed"], done["stayed"]) == (1, 1)
    assert ran.xcom == {"dq_summary": done}
    assert dq.validate(diverted["output"], "people").rows == 2
    assert task(replay(**wider)).run()["landed"] == 0


def test_rows_that_fail_again_may_fail_the_task(task: Run, diverted: dict[str, Any]) -> None:
    """Not for a retry: the rows are the same then."""
    from dq_airflow import GateError

    with pytest.raises(GateError, match="task 'replay': 2 rows fail again"):
        task(replay(batch=diverted["batch_id"], dataset=None, on_stayed="fail")).run()


def test_a_batch_that_is_not_there_is_not_retried(task: Run) -> None:
    """The message names the DAG and the task."""
    from dq_airflow import GateError

    with pytest.raises(GateError, match="DAG 'care', task 'replay': "):
        task(replay(batch="0000", dataset=None)).run()


@pytest.mark.parametrize("said", [{"dataset": None}, {"on_stayed": "shout"}])
def test_a_replay_of_everything_is_a_typing_mistake(airflow: object, said: dict[str, Any]) -> None:
    """Something has to be named, when the DAG is parsed."""
    assert airflow
    with pytest.raises(ValueError, match=r"replay: (say what to replay|on_stayed='shout')"):
        replay(**said)


def test_the_sensor_looks_before_it_waits(task: Run, diverted: dict[str, Any]) -> None:
    """Cleared already: it ends without the triggerer. Not cleared: it defers."""
    from dq_airflow._compat import TaskDeferred

    with pytest.raises(TaskDeferred) as told:
        task(sensor(deferrable=True)).run()
    assert told.value.method_name == "execute_complete"
    path, said = told.value.trigger.serialize()
    assert path == "dq_airflow.triggers.QuarantineClearedTrigger"
    assert said == {"dataset": "people.people", "stage": None, "key": None, "dq_conn_id": None, "poke_interval": 0.05}
    dq.discard(diverted["batch_id"], note="nobody is that old")
    task(sensor(deferrable=True)).run()
    task(sensor()).run()


def test_the_trigger_fires_when_nothing_is_open(diverted: dict[str, Any]) -> None:
    """It looks again until then, and says what it found."""
    from dq_airflow.triggers import QuarantineClearedTrigger

    async def waited() -> list[dict[str, Any]]:
        trigger = QuarantineClearedTrigger(dataset="people.people", poke_interval=0.05)
        waiting = asyncio.create_task(_all(trigger))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await asyncio.to_thread(dq.discard, diverted["batch_id"])
        return await asyncio.wait_for(waiting, 120)

    assert _run(waited()) == [{"cleared": True}]


def test_the_trigger_waits_before_it_looks(task: Run) -> None:  # noqa: ARG001  the store is the task's
    """A scheduler that has not yet heard that the task deferred would take what fires at once for its failure."""
    from dq_airflow.triggers import QuarantineClearedTrigger

    started = time.monotonic()
    assert _run(_all(QuarantineClearedTrigger(poke_interval=0.5))) == [{"cleared": True}]
    assert time.monotonic() - started >= 0.5


async def _all(trigger: Any) -> list[dict[str, Any]]:
    return [event.payload async for event in trigger.run()]


def test_a_trigger_that_cannot_know_says_so(task: Run, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    """The task fails with its reason, and is not retried."""
    from dq_airflow import GateError
    from dq_airflow.triggers import QuarantineClearedTrigger

    monkeypatch.setenv("DQ_STORE_URL", "nonsense")
    event = _run(_all(QuarantineClearedTrigger(poke_interval=0.05)))[0]
    assert event["cleared"] is False
    ti = SimpleNamespace(dag_id="care", run_id="r", task_id="cleared", map_index=-1)
    with pytest.raises(GateError, match="DAG 'care', task 'cleared': "):
        sensor().execute_complete({"ti": ti}, event)
