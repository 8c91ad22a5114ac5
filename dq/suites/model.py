"""A suite: what somebody wrote for another tool, as checks of dq's own. Values only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dq.checks import Check, Foreign, Gap
from dq.errors import Place
from dq.sql import Kind


@dataclass(frozen=True, slots=True)
class Declared:
    """A column that a suite declares; *kind* None says nothing. *coerced*: text is read as the kind, whole numbers as text."""

    name: str
    kind: Kind | None = None
    coerced: bool = False
    dtype: str = ""  # what the tool itself calls its type
    level: bool = False  # of the index of a frame


@dataclass(frozen=True, slots=True)
class Suite:
    """
    Expectations written for *tool*, attached to a contract or run alone.

    Every clause is there once: as checks (several may share a clause; those whose subject is `Foreign` run in the tool
    itself), or as a gap that says why nobody enforces it. *document* is what it was read from, in a form that can be
    stored; *sha256* names its meaning.
    """

    place: Place
    name: str
    tool: str  # as people know it: `Great Expectations`, `pandera`
    checks: tuple[Check, ...]
    gaps: tuple[Gap, ...] = ()
    sha256: str = ""
    document: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""  # the path that it can be read again from, "" when there is none
    columns: tuple[Declared, ...] = ()  # those that the contract does not declare are read as said here

    @property
    def native(self) -> tuple[Check, ...]:
        """The checks that dq runs itself."""
        return tuple(check for check in self.checks if not isinstance(check.subject, Foreign))

    @property
    def delegated(self) -> tuple[Check, ...]:
        """The checks that run in the tool itself."""
        return tuple(check for check in self.checks if isinstance(check.subject, Foreign))


@dataclass(frozen=True, slots=True)
class Written:
    """Checks of dq as another tool's: *text* to keep, *build* to make the tool's own object. *left_out*: what it cannot say."""

    text: str
    left_out: tuple[Gap, ...]
    build: Callable[[], Any] = field(repr=False, compare=False)
