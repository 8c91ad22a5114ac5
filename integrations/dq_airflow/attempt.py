"""Who runs: the identity of a task, and the key and the time that it gives what it enforces. Never the number of the try."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dq
from dq_airflow._compat import AirflowNotFoundException
from dq_airflow.errors import GateError

_LONGEST_KEY = 500


@dataclass(frozen=True, slots=True)
class Attempt:
    """One task of one run of a DAG; *map_index* is -1 when it is not mapped. *start* and *end* are of the data interval."""

    dag_id: str
    run_id: str
    task_id: str
    map_index: int = -1
    start: datetime | None = None
    end: datetime | None = None

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Attempt:
        """The task of *context*; runs of assets, and some of the API, have no data interval."""
        ti = context["ti"]
        index = -1 if ti.map_index is None else ti.map_index
        start, end = context.get("data_interval_start"), context.get("data_interval_end")
        return cls(ti.dag_id, ti.run_id, ti.task_id, index, start, end)

    @property
    def is_mapped(self) -> bool:
        """Whether it is one of several."""
        return self.map_index >= 0

    @property
    def where(self) -> str:
        """The DAG and the task, for messages."""
        index = f"[{self.map_index}]" if self.is_mapped else ""
        return f"DAG '{self.dag_id}', task '{self.task_id}'{index}"

    @property
    def at(self) -> datetime | None:
        """The logical time: the end of the data interval; None without one."""
        return self.end

    def key(self, *, index: bool = True) -> str:
        """
        The data interval, so that two runs over it replace each other; without one, the run and its task.

        *index* False leaves the map index out: what is mapped has another name already.
        """
        if self.start is not None and self.end is not None:
            said = _text(self.start) if self.start == self.end else f"{_text(self.start)}--{_text(self.end)}"
        else:
            said = f"{self.dag_id} {self.run_id} {self.task_id}"
        said = f"{said} [{self.map_index}]" if self.is_mapped and index else said
        if len(said) <= _LONGEST_KEY:
            return said
        return f"{said[: _LONGEST_KEY - 17]}~{hashlib.sha256(said.encode()).hexdigest()[:16]}"

    @property
    def origin(self) -> dict[str, Any]:
        """What the store keeps of who ran this."""
        return {
            "airflow": {"dag_id": self.dag_id, "run_id": self.run_id, "task_id": self.task_id, "map_index": self.map_index},
        }

    def moment(self, said: str | datetime | None) -> datetime | None:
        """
        The logical time that *said* names; None: that of the run.

        Raises:
            GateError: it is no time.
        """
        if said is None or said == "":
            return self.at
        try:
            found = said if isinstance(said, datetime) else datetime.fromisoformat(said)
        except ValueError:
            raise GateError(f"{self.where}: at='{said}' is no time\n  write it as 2024-05-01T06:00:00Z") from None
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @contextmanager
    def translated(self) -> Iterator[None]:
        """
        Errors of dq as Airflow should take them: with the DAG and the task in front; only those of the world are retried.

        Raises:
            GateError: everything that a retry cannot help.
        """
        try:
            yield
        except dq.WorldError as error:
            error.where = f"{self.where}: {error.where}" if error.where else self.where
            raise
        except dq.DqError as error:
            raise GateError(f"{self.where}: {error}") from error
        except AirflowNotFoundException as error:
            raise GateError(f"{self.where}: {error}\n  make the connection: airflow connections add …") from error


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
