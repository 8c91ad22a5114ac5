"""How many rows a stage may divert before it is better to stop."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from dq.errors import UsageError

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,9})?)\s*%")
_MEND = "say a share such as '2%', a number of rows such as 500, or None for no budget"


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most *share* of the rows, or *rows* of them; at least *floor* in any case."""

    share: Fraction | None = None
    rows: int | None = None
    floor: int = 0

    def most(self, rows: int) -> int:
        """How many of *rows* rows may be diverted."""
        if self.share is not None:
            return max(int(self.share * rows), self.floor)
        return max(self.rows or 0, self.floor)

    def __str__(self) -> str:
        said = f"{float(self.share * 100):g}%" if self.share is not None else f"{self.rows:,} rows"
        return f"{said} or {self.floor} rows" if self.floor else said


@dataclass(frozen=True, slots=True)
class Budget:
    """Several allowances; the strictest holds. None of them: any number of rows may be diverted."""

    allowances: tuple[Allowance, ...] = ()

    def blocks(self, rows: int, bad: int) -> str:
        """
        Why diverting *bad* of *rows* rows must stop the stage; "" when it need not.

        No bad row never blocks, nor do no rows at all; not one good row always does.
        """
        if not bad:
            return ""
        if bad >= rows:
            return f"no row is good: all {rows:,} would be diverted"
        beyond = [item for item in self.allowances if bad > item.most(rows)]
        if not beyond:
            return ""
        strictest = min(beyond, key=lambda item: item.most(rows))
        return f"{bad:,} of {rows:,} rows would be diverted, the budget is {strictest} ({strictest.most(rows):,} rows)"

    def __and__(self, other: Budget) -> Budget:
        return Budget((*self.allowances, *other.allowances))

    def __str__(self) -> str:
        return " and ".join(map(str, self.allowances)) or "none"


DEFAULT = Budget((Allowance(share=Fraction(10, 100), floor=10),))


def budget(said: str | float | None, where: str = "budget") -> Budget:
    """
    The budget that somebody wrote: `"2%"`, `500`, `None` (or `"none"`) for no bound.

    Raises:
        UsageError: it is none of these; *where* names the place.
    """
    if said is None:
        return Budget()
    if isinstance(said, int) and not isinstance(said, bool) and said >= 0:
        return Budget((Allowance(rows=said),))
    text = said.strip().replace("_", "") if isinstance(said, str) else ""
    if text.lower() == "none":
        return Budget()
    if text.isascii() and text.isdecimal():
        return Budget((Allowance(rows=int(text)),))
    if (found := _PERCENT.fullmatch(text)) and (share := Fraction(found[1]) / 100) <= 1:
        return Budget((Allowance(share=share),))
    raise UsageError(f"{said!r} is no budget", where, _MEND)


def strictest(*said: Budget | None) -> Budget:
    """All that was said holds at once (None: nothing was); when nothing was, 10 % of the rows, or 10 rows if that is more."""
    spoken = [item for item in said if item is not None]
    if not spoken:
        return DEFAULT
    return Budget(tuple(item for one in spoken for item in one.allowances))
