"""Retries where they can help: the world may recover, data that broke its contract does not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRunPolicy
from prefect.logging import get_logger

import dq
from dq_prefect.runs import Run

Condition = Callable[[Any, Any, Any], Any]
_MARK = "__dq_retries__"


def may_help(task: object, task_run: object, state: Any) -> bool:
    """
    A `retry_condition_fn`: whether a retry may help after *state*.

    Not after an error of dq that a retry cannot mend: a blocked stage, an unknown contract, a wrong call. Gates see to it
    themselves.
    """
    del task, task_run
    return not isinstance(state.data, dq.DqError) or state.data.retryable


def only_where_it_helps(condition: Condition | None) -> Condition:
    """The condition of a task, and ours before it; Prefect takes nothing but a plain function."""
    if condition is None or getattr(condition, _MARK, False):
        return condition or may_help

    def both(task: object, task_run: object, state: object) -> Any:
        return may_help(task, task_run, state) and condition(task, task_run, state)

    async def both_later(task: object, task_run: object, state: object) -> Any:
        return may_help(task, task_run, state) and await condition(task, task_run, state)

    chosen: Condition = both_later if inspect.iscoroutinefunction(condition) else both
    setattr(chosen, _MARK, True)
    return chosen


setattr(may_help, _MARK, True)


def forbid(run: Run, *, own: bool) -> None:
    """
    Let this run not be retried for what no retry mends. *own*: the error ends the run itself, not something that it called.

    The server retries flow runs by the policy of each; tasks ask their condition.
    """
    if run.task is not None:
        run.task.task.retry_condition_fn = only_where_it_helps(run.task.task.retry_condition_fn)
    elif own and run.flow is not None and run.flow.flow_run is not None and run.flow.flow is not None and run.flow.flow.retries:
        policy = FlowRunPolicy(**{**run.flow.flow_run.empirical_policy.model_dump(), "retries": 0})
        try:
            with get_client(sync_client=True) as client:
                client.update_flow_run(run.flow.flow_run.id, empirical_policy=policy)
        except Exception as error:  # noqa: BLE001  why the flow fails matters more than how often
            get_logger("dq").warning("the flow run will be retried in vain: %s", error)
