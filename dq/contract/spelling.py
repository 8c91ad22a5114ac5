"""Which known word was meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean 'status'?` for the nearest of *known*; empty when none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  only needed when something is wrong

    folded = {name.casefold().replace("_", "").replace("-", ""): name for name in known}
    plain = word.casefold().replace("_", "").replace("-", "")
    near = get_close_matches(plain, folded, 1, 0.7)
    return f"did you mean '{folded[near[0]]}'?" if near else ""
