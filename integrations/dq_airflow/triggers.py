"""Waits in the triggerer until no dead letter is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

import dq
from dq_airflow.surroundings import said_by_connection
from dq_airflow.waiting import Waited, open_rows


class QuarantineClearedTrigger(BaseTrigger):
    """
    Fires once, when what it waits for is cleared; or when it cannot know, with the reason.

    :param dataset: only of this dataset; likewise stage and key.
    :param dq_conn_id: a connection of type ``dq``.
    :param poke_interval: seconds between two looks.
    """

    def __init__(
        self,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        dq_conn_id: str | None = None,
        poke_interval: float = 60.0,
    ) -> None:
        super().__init__()
        self.waited = Waited(dataset, stage, key, dq_conn_id)
        self.poke_interval = poke_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class and its arguments, to be made again in the triggerer."""
        told = {name: getattr(self.waited, name) for name in ("dataset", "stage", "key", "dq_conn_id")}
        return f"{type(self).__module__}.{type(self).__qualname__}", {**told, "poke_interval": self.poke_interval}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """
        Wait, look, and look again; the store being away is waited out, as it may come back.

        The sensor has just looked. And a busy scheduler may hear of what fires at once before it hears that the process which
        deferred has ended; then it takes that end for the task's, and fails it (apache/airflow issues 67287, 72716).
        """
        while True:
            await asyncio.sleep(self.poke_interval)
            try:
                said = await said_by_connection(self.waited.dq_conn_id)
                if not await asyncio.to_thread(open_rows, self.waited, said):
                    yield TriggerEvent({"cleared": True})
                    return
            except dq.WorldError as error:
                self.log.warning("%s", error)
            except Exception as error:  # noqa: BLE001  a trigger that dies silently is waited for till the timeout
                yield TriggerEvent({"cleared": False, "error": str(error)})
                return
