"""What a rolled back transaction undoes: the batch of its enforcement is withdrawn, and what it published is taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect.logging import get_logger
from prefect.transactions import get_transaction

import dq
from dq_prefect.runs import Run


def undo_with(run: Run, done: dq.Enforcement, settings: dq.Settings) -> None:
    """Withdraw the batch of *done* when the transaction around this call is rolled back; nothing without one."""
    transaction = get_transaction()
    if transaction is not None:
        transaction.on_rollback_hooks.append(_withdrawal(done.batch.id, run, settings))


def _withdrawal(batch: str, run: Run, settings: dq.Settings) -> Callable[[Any], None]:
    """A rollback never raises for what it cannot undo: Prefect would stop rolling back there."""
    who = run.origin["prefect"]
    name = "flow_run" if who["flow_run"] else "task_run"
    identity = run.identity

    def withdraw_dead_letters(transaction: object) -> None:
        del transaction
        try:
            history = dq.History(settings)
            made = history.run(history.batch(batch).run).origin.get("prefect", {})
            if made.get(name) == who[name]:  # what an earlier run published is not ours to withdraw
                dq.withdraw(batch, unpublish=True, note=f"rolled back by {identity}", settings=settings)
        except dq.DqError as error:
            get_logger("dq").warning("batch %s was not withdrawn: %s", batch[:12], error)

    return withdraw_dead_letters
