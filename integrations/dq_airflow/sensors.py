"""Waits until the quarantine of a dataset is cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dq_airflow._compat import BaseSensorOperator, Context, conf
from dq_airflow.attempt import Attempt
from dq_airflow.errors import GateError
from dq_airflow.waiting import Waited, open_rows


class QuarantineClearedSensor(BaseSensorOperator):
    """
    Wait until no dead letter of a dataset is open: all are replayed, accepted, discarded or superseded.

    It looks once before it defers: what is cleared already needs no triggerer.

    :param dataset: only of this dataset; None: of any. (templated)
    :param stage: only of this stage. (templated)
    :param key: only of this key. (templated)
    :param dq_conn_id: a connection of type ``dq``. (templated)
    :param deferrable: wait in the triggerer; by default as ``[operators] default_deferrable`` says.
    """

    template_fields: Sequence[str] = ("dataset", "stage", "key", "dq_conn_id")
    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        dq_conn_id: str | None = None,
        deferrable: bool | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.dataset = dataset
        self.stage = stage
        self.key = key
        self.dq_conn_id = dq_conn_id
        self.deferrable = conf.getboolean("operators", "default_deferrable", fallback=False) if deferrable is None else deferrable

    def poke(self, context: Context) -> bool:
        """Whether nothing is open."""
        attempt = Attempt.of(context)
        with attempt.translated():
            left = open_rows(Waited(self.dataset, self.stage, self.key, self.dq_conn_id))
        self.log.info("%s: %s dead letters are open", attempt.where, f"{left:,}")
        return left == 0

    def execute(self, context: Context) -> None:
        """Look once, then wait where it costs least."""
        if not self.deferrable:
            super().execute(context)
            return
        if self.poke(context):
            return
        from dq_airflow.triggers import QuarantineClearedTrigger  # noqa: PLC0415  triggers need more of Airflow

        trigger = QuarantineClearedTrigger(self.dataset, self.stage, self.key, self.dq_conn_id, self.poke_interval)
        self.defer(trigger=trigger, method_name="execute_complete", timeout=timedelta(seconds=self.timeout))

    def execute_complete(self, context: Context, event: Mapping[str, Any] | None = None) -> None:
        """What the triggerer found."""
        if not event or not event.get("cleared"):
            raise GateError(f"{Attempt.of(context).where}: {(event or {}).get('error', 'the triggerer said nothing')}")
