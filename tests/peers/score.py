"""What a scorer says: one line for each set and engine, and every miss for a file."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Miss:
    """A case with the wrong answer."""

    case: str
    wanted: str
    got: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """
    How many of *cases* got the right answer on *engine*.

    *answered* are those that got one at all: a refusal, an unsupported option, a crash is none. *scored* False: for
    information, no part of the set's score.
    """

    set: str
    engine: str
    cases: int
    answered: int
    misses: tuple[Miss, ...] = field(default=(), repr=False)
    scored: bool = True

    @property
    def share(self) -> float:
        """Right answers among all cases; 1 when there are none."""
        return 1 - len(self.misses) / self.cases if self.cases else 1.0

    def __str__(self) -> str:
        if not self.scored:
            return f"{self.set} {self.engine} unscored n={self.cases}"
        coverage = self.answered / self.cases if self.cases else 1.0
        return f"{self.set} {self.engine} score={self.share:.3f} n={self.cases} coverage={coverage:.2f}"


@dataclass(frozen=True, slots=True)
class PeerSet:
    """A set of third-party cases: its folder, and what scores it on one of *engines*."""

    name: str
    engines: Sequence[str]
    score: Callable[[Path, str], Iterator[Score]]


def data() -> Path:
    """The folder of all sets: DQ_PEER_DATA, else beside the repository."""
    said = os.environ.get("DQ_PEER_DATA")
    return Path(said) if said else REPOSITORY.parent / "shared" / "data"


def lines(path: Path) -> list[dict[str, Any]]:
    """The JSON lines of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
