"""
How a gate fails. None of these is retried: a retry gives the same data and the same contract the same answer.

    AirflowFailException
    ├── GateError               the call, the contract or the engine is wrong, or a rule could not run
    ├── StageBlocked            nothing goes on; `summary` and `result` say why
    └── ContractViolated        a validation failed; `summary` and `result` say why

What the world did (a database, a disk, the store is away) stays dq.WorldError, and that Airflow retries.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dq_airflow._compat import AirflowFailException

if TYPE_CHECKING:
    import dq


class GateError(AirflowFailException):
    """The call, the contract or the engine is wrong: the message names the DAG, the task and the mend."""


class _Judged(AirflowFailException):
    """Carries what was found: *summary* as JSON values, *result* whole."""

    def __init__(self, message: str, summary: Mapping[str, Any], result: dq.Result | None = None) -> None:
        super().__init__(message)
        self.summary = dict(summary)
        self.result = result


class StageBlocked(_Judged):
    """The data broke the contract beyond what the stage may divert; nothing goes on."""


class ContractViolated(_Judged):
    """A validation failed."""
