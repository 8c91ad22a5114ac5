"""A task that runs without a server: rendered and executed as the task runner does it, with its XComs at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

DAY = datetime.fromisoformat("2024-05-01T00:00:00+00:00")
INTERVAL = {"data_interval_start": DAY, "data_interval_end": DAY + timedelta(days=1), "ds": "2024-05-01"}


@dataclass
class Task:
    """
    One task instance of *operator*; *told* is the context beside what every run has.

    *interval* False: as a run that assets triggered, which has no logical date.
    """

    operator: Any
    map_index: int = -1
    run_id: str = "scheduled__2024-05-01"
    interval: bool = True
    told: Mapping[str, Any] = field(default_factory=dict)
    xcom: dict[str, Any] = field(default_factory=dict)
    events: Any = None
    ran: Any = None

    def run(self) -> Any:
        """Render, execute; what it returns."""
        from airflow.sdk.execution_time.context import OutletEventAccessors

        self.events = OutletEventAccessors()
        self.ran = self.operator.prepare_for_execution()
        ti = SimpleNamespace(
            dag_id=self.operator.dag_id,
            run_id=self.run_id,
            task_id=self.operator.task_id,
            map_index=self.map_index,
            task=self.ran,
            xcom_push=lambda key, value: self.xcom.update({key: value}),
            xcom_pull=lambda *_, **__: None,
            render_templates=None,
        )
        context = {
            "ti": ti,
            "task": self.ran,
            "dag": self.operator.dag,
            "run_id": self.run_id,
            "outlet_events": self.events,
            "params": {},
            **(INTERVAL if self.interval else {}),
            **self.told,
        }
        self.ran.render_template_fields(context, self.operator.dag.get_template_env())
        self.ran = context["task"]
        ti.task = self.ran
        return self.ran.execute(context)
