"""Which call this is among those of a run: the same in every try of the run, as far as that can be known."""

from __future__ import annotations

import hashlib
import threading
import weakref
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID

_PLAIN = (str, int, float, bool, bytes, Decimal, date, time, timedelta, UUID, PurePath, Enum)


@dataclass(slots=True)
class _Begun:
    """The calls that began in one try: how many of each name, and which was whose."""

    counted: Counter[str] = field(default_factory=Counter)
    known: dict[UUID, int] = field(default_factory=dict)


_begun: dict[int, _Begun] = {}  # by the context of one try, which Prefect makes anew for the next
_lock = threading.Lock()


def which(context: Any, name: str, arguments: Mapping[str, Any], *, who: UUID | None = None) -> str:
    """
    What names a call of *name*: its plain arguments, and its place among those that have the same ones.

    *context* is that of a try of the run; *who*, the run of a task, keeps its place in each of its own tries.

    Text, numbers, times and paths are plain. Two calls that differ in them are never taken for each other, whatever was
    cached, left out, or begun in another order the time before. Calls that do not, and run at once, may change places from
    one try to the next: then each takes the place of the other, and all rows are there once.
    """
    told = f"{name}({_digest(arguments)})"
    return f"{told}:{_place(context, told, who)}"


def _place(context: Any, told: str, who: UUID | None) -> int:
    with _lock:
        if id(context) not in _begun:
            _begun[id(context)] = _Begun()
            weakref.finalize(context, _begun.pop, id(context), None)
        begun = _begun[id(context)]
        if who is not None and who in begun.known:
            return begun.known[who]
        begun.counted[told] += 1
        if who is not None:
            begun.known[who] = begun.counted[told]
        return begun.counted[told]


def _digest(arguments: Mapping[str, Any]) -> str:
    """A short name of the plain ones among *arguments*; "" when there are none."""
    plain = sorted((name, repr(value)) for name, value in arguments.items() if isinstance(value, _PLAIN))
    return hashlib.sha256(repr(plain).encode()).hexdigest()[:12] if plain else ""
