"""Who runs: the flow run and the task run around a call, and the key that they give. Never the number of the try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext, TaskRunContext

import dq
from dq_prefect.calls import which

_LOCAL = ("process",)  # types of work pools whose flow runs keep the files of this machine


@dataclass(frozen=True, slots=True)
class Run:
    """The run that a call is part of: of a task, in a flow or alone; or of a flow."""

    task: TaskRunContext | None
    flow: FlowRunContext | None

    @classmethod
    def current(cls) -> Run | None:
        """The innermost run around this call; None outside any."""
        task, flow = TaskRunContext.get(), FlowRunContext.get()
        if flow is None or flow.flow_run is None:
            flow = None
        elif task is not None and task.task_run.flow_run_id != flow.flow_run.id:
            task = None  # a flow that a task called
        return None if task is None and flow is None else cls(task, flow)

    @property
    def flow_run_id(self) -> str:
        """The id of the flow run; "" when a task runs alone."""
        return str(self.flow.flow_run.id) if self.flow is not None and self.flow.flow_run is not None else ""

    @property
    def ids(self) -> dict[str, Any]:
        """What an artifact belongs to."""
        task = self.task.task_run.id if self.task is not None else None
        return {"flow_run_id": self.flow_run_id or None, "task_run_id": task}

    @property
    def identity(self) -> str:
        """Which run this is, the same in every try: of a flow its id, of a task also the task, and which call of it."""
        if self.task is None:
            return self.flow_run_id
        run = self.task.task_run
        if self.flow is None or self.flow.detached or self._is_kept:
            return ":".join(filter(None, (self.flow_run_id, run.task_key, run.dynamic_key)))
        return f"{self.flow_run_id}:{which(self.flow, run.task_key, self.task.parameters, who=run.id)}"

    @property
    def _is_kept(self) -> bool:
        """
        Whether a retried flow finds the result of this task, instead of running it again.

        Then calls cannot be told apart by their place: those that run again would take the places of those that do not.
        """
        task: Any = self.task
        return bool(task.persist_result) and task.task.cache_policy != NO_CACHE

    def call(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What names one call of the function *name* in this run, the same in every try."""
        context = self.task if self.task is not None else self.flow
        return f"{self.identity}:{which(context, name, arguments)}"

    def runs(self, function: Callable[..., Any]) -> bool:
        """Whether *function* is what this run runs, whatever else decorates it."""
        found: Any = self.task.task.fn if self.task is not None else self.flow.flow.fn  # type: ignore[union-attr]
        while found is not None:
            if found is function:
                return True
            found = getattr(found, "__wrapped__", None)
        return False

    @property
    def origin(self) -> dict[str, Any]:
        """What the store keeps of who ran this."""
        said = {"flow_run": self.flow_run_id}
        if self.flow is not None and self.flow.flow is not None:
            said["flow"] = self.flow.flow.name
        if self.task is not None:
            said |= {"task_run": str(self.task.task_run.id), "task": self.task.task_run.task_key}
        return {"prefect": said}

    def check_store(self, settings: dq.Settings) -> None:
        """
        See that what is remembered outlives the machine.

        Raises:
            UsageError: the run belongs to a work pool of other machines, and the store is the default one, in a local folder.
        """
        pool = getattr(self.flow.flow_run, "work_pool_name", None) if self.flow is not None else None
        missing = [name for name in ("store_url", "quarantine_url") if not getattr(settings, name)]
        if pool and missing and (kind := _type_of(pool)) not in _LOCAL:
            said = " and ".join(f"DQ_{name.upper()}" for name in missing)
            raise dq.UsageError(
                "the store would be a folder of the machine of this run, and end with it",
                f"work pool '{pool}' ({kind})",
                f"set {said}, or give the gate a block: store=DQStore.load('…')",
            )


@lru_cache
def _type_of(pool: str) -> str:
    with get_client(sync_client=True) as client:
        return str(client.read_work_pool(pool).type)
