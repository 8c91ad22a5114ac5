"""What a task or flow ends with when its stage is blocked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import dq


class BlockedError(dq.ViolationError):
    """
    Nothing goes on from this stage; a retry cannot help. It pickles.

    *summary* is that of the enforcement, as JSON has it: outcome, dataset, stage, key, counts, batch, reasons.
    *result* says what broke, with samples.
    """

    def __init__(self, result: dq.Result, summary: Mapping[str, Any]) -> None:
        super().__init__(result)
        self.summary = dict(summary)
        self.where = " | ".join(str(self.summary[name]) for name in ("dataset", "stage", "key"))
        self.what = f"blocked by {', '.join(self.summary['blocked_by'])}; {result.headline}"
        self.mend = f"dq quarantine show {self.summary['batch_id'][:12]}"
        self.args = (result, self.summary)

    def __repr__(self) -> str:
        return f"BlockedError({str(self)!r})"  # Prefect logs it, and the result is long


def raise_blocked(done: dq.Enforcement) -> NoReturn:
    """Raise what a blocked enforcement means to Prefect."""
    raise BlockedError(done.result, done.summary()) from None
