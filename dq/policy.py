"""What a stage makes of a contract."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from dq.checks import Check, Foreign, Mode
from dq.errors import UsageError

UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What a stage makes of a contract. It weakens, never strengthens.

    *max_mode* is the strongest mode that a rule may have here: `warn` lets everything go on for a roll-out.
    *budget* is how many rows may be diverted (`"2%"`, 500, None for any number); the contract's own holds too.
    """

    max_mode: str | None = None
    budget: str | int | None = UNSAID

    def __post_init__(self) -> None:
        if self.max_mode is not None and self.max_mode not in set(Mode):
            raise UsageError(f"unknown mode '{self.max_mode}'", "policy", f"say one of {', '.join(Mode)}")

    def weaken(self, check: Check) -> Check:
        """*check* in at most the policy's mode. A rule about the whole dataset diverts nothing: below block it warns."""
        if self.max_mode is None:
            return check
        most = Mode(self.max_mode)
        if isinstance(check.subject, Foreign) and most is not Mode.BLOCK:  # whose rows only a run can tell
            check = replace(check, subject=replace(check.subject, undivided=Mode.WARN))
        if check.mode.strength <= most.strength:
            return check
        return replace(check, mode=Mode.WARN if most is Mode.QUARANTINE and not check.is_row_check else most)

    @property
    def text(self) -> str:
        """What makes another policy another batch."""
        return json.dumps([self.max_mode, self.budget])


AS_WRITTEN = Policy()
