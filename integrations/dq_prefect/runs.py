"""Who runs: the flow run and the task run around a call, and the key that they give. Never the number of the try."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext, TaskRunContext

import dq

_LOCAL = ("process",)  # types of work pools whose flow runs keep the files of this machine
_calls: dict[int, Counter[str]] = {}  # by the context of one try, which Prefect makes anew for the next
_lock = threading.Lock()


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
        """Which run this is, the same in every try: flow run, task key, dynamic key."""
        if self.task is None:
            return self.flow_run_id
        run = self.task.task_run
        return ":".join(filter(None, (self.flow_run_id, run.task_key, run.dynamic_key)))

    def nth(self, name: str) -> int:
        """How many calls of *name* began in this try of the run, this one included."""
        context = self.task if self.task is not None else self.flow
        with _lock:
            if id(context) not in _calls:
                _calls[id(context)] = Counter()
                weakref.finalize(context, _calls.pop, id(context), None)
            _calls[id(context)][name] += 1
            return _calls[id(context)][name]

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
