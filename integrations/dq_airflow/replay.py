"""The operator that sends dead letters through again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dq
from dq_airflow._compat import BaseOperator, Context
from dq_airflow.attempt import Attempt
from dq_airflow.errors import GateError
from dq_airflow.outcome import tell
from dq_airflow.surroundings import surroundings


class QuarantineReplayOperator(BaseOperator):
    """
    Judge dead letters again, and add those that pass now to what their key has published: each once, whatever is killed.

    It returns a small summary, also in XCom as `dq_summary`. Put it after a human-approval operator to have somebody asked;
    with ``dry_run`` before it, that person sees what would happen.

    :param batch: a batch by its id; None: all that the other words choose. (templated)
    :param dataset: only of this dataset; likewise stage and key. (templated)
    :param rule: only rows that break this check. (templated)
    :param contract: instead of the newest version that the stage's reference asks for. (templated)
    :param references: as in ``dq.enforce``; None: those that the stage used. (templated)
    :param fix: the rows of the batch, corrected: a Parquet or CSV file. (templated)
    :param set: new values, as SQL over the row: ``{"age": "abs(age)"}``. (templated)
    :param to: where good rows go when the batch came from a frame: a path, or a table. (templated)
    :param note: why, for the audit; the DAG, its run and the task are told anyway. (templated)
    :param dry_run: change nothing, and tell what would happen.
    :param on_stayed: ``continue``, or ``fail`` when rows fail again.
    :param dq_conn_id: a connection of type ``dq``. (templated)
    """

    template_fields: Sequence[str] = (
        *("batch", "dataset", "stage", "key", "rule", "contract", "references", "fix"),
        *("set_to", "to", "note", "dq_conn_id"),
    )
    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        batch: str | None = None,
        dataset: str | None = None,
        stage: str | None = None,
        key: str | None = None,
        rule: str | None = None,
        contract: Any = None,
        references: Mapping[str, Any] | None = None,
        fix: Any = None,
        set: Mapping[str, str] | None = None,  # noqa: A002  the word of SQL
        to: Any = None,
        note: str = "",
        dry_run: bool = False,
        on_stayed: str = "continue",
        dq_conn_id: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.batch = batch
        self.dataset = dataset
        self.stage = stage
        self.key = key
        self.rule = rule
        self.contract = contract
        self.references = references
        self.fix = fix
        self.set_to = set
        self.to = to
        self.note = note
        self.only_tells = dry_run  # an operator's `dry_run` is a method
        self.on_stayed = on_stayed
        self.dq_conn_id = dq_conn_id
        if on_stayed not in ("continue", "fail"):
            raise ValueError(f"{self.task_id}: on_stayed='{on_stayed}' is none of continue, fail")
        if not (batch or dataset or rule):
            raise ValueError(f"{self.task_id}: say what to replay: batch=, dataset= or rule=")

    def execute(self, context: Context) -> Mapping[str, Any]:
        """Replay, and tell Airflow."""
        attempt = Attempt.of(context)
        with attempt.translated():
            done = self._replayed(context, attempt)
        summary = done.summary()
        tell(context, summary)
        self.log.info("%s: %s of %s rows go on", attempt.where, f"{done.landed:,}", f"{done.rows:,}")
        with attempt.translated():
            for item in done.batches:
                if item.error is not None:
                    raise item.error
        if done.stayed and self.on_stayed == "fail":
            raise GateError(f"{attempt.where}: {done.stayed:,} rows fail again\n  see `dq quarantine list`")
        return summary

    def _replayed(self, context: Mapping[str, Any], attempt: Attempt) -> dq.Replay:
        folder = getattr(context.get("dag"), "folder", None)
        who = f"{attempt.where}, run '{attempt.run_id}'"
        return dq.replay(
            self.batch or None,
            dataset=self.dataset or None,
            stage=self.stage or None,
            key=self.key or None,
            rule=self.rule or None,
            contract=self.contract or None,
            references=self.references,
            fix=self.fix or None,
            set=self.set_to,
            to=self.to or None,
            note=f"{self.note} ({who})" if self.note else who,
            dry_run=self.only_tells,
            settings=surroundings(self.dq_conn_id, executor=self.executor, beside=folder).settings,
        )
