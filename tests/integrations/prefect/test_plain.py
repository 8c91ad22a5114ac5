"""Laws of `dq_prefect.gate` where no flow runs: no server is needed, and what is decorated stays what it was."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from typing import Any

import pytest

pytest.importorskip("prefect")

import cloudpickle
from prefect import Flow, Task
from prefect.assets import materialize
from prefect.cache_policies import INPUTS, NO_CACHE
from prefect.tasks import MaterializingTask

import dq
from dq_prefect import BlockedError, ContractVersion, gate
from tests.integrations.prefect.pipelines import BAD, GOOD, ROWS, batches, flow, run, task


def test_a_plain_function_is_guarded_without_a_server() -> None:
    """Outside any run rows are enforced by the key that arguments make, or by content, and Prefect hears nothing."""

    @gate("people@^1", stage="raw", key="{day}")
    def load(day: str) -> list[Any]:
        return ROWS if day else []

    @gate("people@^1", stage="staged")
    async def later() -> list[Any]:
        return ROWS

    assert load("d1") == run(later()) == GOOD
    (first, _), (second, _) = batches()
    assert first == "d1"
    assert second.startswith("content:")


@pytest.mark.parametrize(
    ("decorator", "kind"), [(task, Task), (flow, Flow), (materialize("s3://lake/people"), MaterializingTask)]
)
def test_what_is_decorated_keeps_its_type_and_its_options(decorator: Any, kind: type) -> None:
    """A gate outside makes a task, a flow or a materializing task anew; the one that it was given stays unguarded."""

    def load(day: str) -> list[Any]:
        """Load a day."""
        return ROWS if day else []

    bare: Any = decorator(load)
    gated: Any = gate("people", stage="raw")(bare)
    assert (type(gated), type(bare)) == (kind, kind)
    assert gated is not bare
    assert (gated.name, gated.description, gated.fn.__name__) == (bare.name, "Load a day.", "load")
    assert getattr(gated, "task_key", None) == getattr(bare, "task_key", None)
    assert inspect.signature(gated.fn) == inspect.signature(load)
    assert (gated.fn("d1"), bare.fn("d1")) == (GOOD, ROWS)
    gated.on_failure(lambda *_: None)
    assert (len(gated.on_failure_hooks), len(bare.on_failure_hooks)) == (1, 0)


def test_contracts_are_part_of_a_cache_key_that_there_is() -> None:
    """A gate outside adds its contracts to the cache policy of a task; what caches nothing still does not."""
    cached: Any = gate("people", stage="raw")(task(cache_policy=INPUTS)(lambda: ROWS))
    assert {type(item) for item in cached.cache_policy.policies} == {type(INPUTS), ContractVersion}
    assert {type(item) for item in cached.with_options(retries=2).cache_policy.policies} == {type(INPUTS), ContractVersion}
    assert gate("people", stage="raw")(task(cache_policy=NO_CACHE)(lambda: ROWS)).cache_policy == NO_CACHE
    assert not task(lambda: ROWS).persist_result
    assert not gate("people", stage="raw")(task(lambda: ROWS)).persist_result


def _known(rows: list[Any], day: str) -> list[Any]:
    return rows if day else []


def test_what_is_gated_can_be_sent_to_a_worker() -> None:
    """Tasks and flows with gates, and blocked stages, survive pickling, as task runners need."""
    gated = gate("people", stage="raw", key="{day}", inputs={"rows": "people"})(task(_known))
    again = cloudpickle.loads(cloudpickle.dumps(gated))
    assert again.fn(ROWS, "d1") == GOOD
    with pytest.raises(BlockedError) as told:
        gate("people", stage="blocked", key="d1")(lambda: BAD)()
    error = pickle.loads(pickle.dumps(told.value))  # noqa: S301  our own
    assert (str(error), error.summary, error.result.bad_rows) == (str(told.value), told.value.summary, 1)
    assert error.summary["outcome"] == "blocked"
    assert str(error).startswith("people.people | blocked | d1: blocked by budget")
    assert len(repr(error)) < 1000


def test_a_blocked_stage_may_be_answered() -> None:
    """A function given as `on_block` gets the enforcement, and its answer is returned."""
    answer: Any = gate("people", stage="raw", on_block=lambda done: done.rows_quarantined)(lambda: BAD)()
    assert answer == 1


def test_without_prefect_the_extra_is_named() -> None:
    """Where Prefect is not installed the package imports, and each of its names says what to install."""
    program = (
        "import sys; sys.modules['prefect'] = None\n"
        "import dq_prefect, dq\n"
        "try: dq_prefect.gate\n"
        "except dq.UsageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'dq-suite[prefect]'" in done.stdout


@pytest.mark.parametrize("name", __import__("dq_prefect").__all__)
def test_public_names_exist(name: str) -> None:
    """Every name that the package lists is there."""
    import dq_prefect

    assert getattr(dq_prefect, name) is not None
    assert name in dir(dq_prefect)


def test_a_gate_that_cannot_work_is_refused_where_it_is_written() -> None:
    """Generators, wrong arguments and a second gate of the same stage are told before any call."""

    def rows() -> Any:
        yield from ROWS

    with pytest.raises(dq.UsageError, match="a generator has not made its rows"):
        gate("people", stage="raw")(task(rows))
    with pytest.raises(dq.UsageError, match="no argument 'night'"):
        gate(stage="raw", inputs={"night": "people"})(task(lambda day: day))
    with pytest.raises(dq.UsageError, match="it has a gate for 'people' at stage 'raw' already"):
        gate("people", stage="raw")(gate("people", stage="raw")(task(lambda: ROWS)))
