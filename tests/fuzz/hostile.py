"""Hostile names and texts, drawn by chance: what breaks out of quotes, what drivers take for theirs, what none can keep."""

from __future__ import annotations

import json
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

_WORDS: list[str] = json.loads(Path(__file__).with_name("words.json").read_text("utf-8"))
_SYSTEM = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid")  # columns that every table of PostgreSQL has
_UNKEPT = ["\0", "\ud800", "\udfff"]


def text(chance: random.Random, *, most: int = 6) -> str:
    """A text that many databases would rather not see; one in forty cannot be kept by any."""
    if chance.random() < 0.02:
        return ""
    if chance.random() < 0.01:
        return chance.choice(_WORDS) * chance.randint(20, 400)
    found = "".join(chance.choice(_WORDS) for _ in range(chance.randint(1, most)))
    return found + chance.choice(_UNKEPT) if chance.random() < 0.025 else found


def name(chance: random.Random) -> str:
    """A name; one in twenty is too long for most databases."""
    found = text(chance, most=4)
    return (found or "x") * 30 if chance.random() < 0.05 else found


def folded(given: str) -> str:
    """What two names have in common that a database may take for one: without case and accents."""
    plain = unicodedata.normalize("NFKD", given.replace("ß", "s").upper()).upper()
    return "".join(character for character in plain if not unicodedata.combining(character))


def near(chance: random.Random, value: str) -> str:
    """A text that a database might take for *value*."""
    changes: list[Callable[[str], str]] = [
        lambda given: given + " ",
        lambda given: " " + given,
        str.swapcase,
        lambda given: given[:-1],
        lambda given: given.replace("\\", ""),
        lambda given: given.replace("'", "''"),
        lambda given: given + "\n",
        lambda given: given,
    ]
    return chance.choice(changes)(value)


def storable(given: str) -> bool:
    """Whether databases can keep it: what dq does not refuse."""
    return "\0" not in given and not any("\ud800" <= character <= "\udfff" for character in given)


def kept(dialect: str, given: str) -> bool:
    """Whether *dialect* can have a column of this name: no more than that is refused."""
    if not given or not storable(given):
        return False
    if dialect == "postgres":
        return len(given.encode()) <= 63 and given not in _SYSTEM
    if dialect == "mariadb":
        return len(given) <= 64 and given[-1] not in " \t\n\r\v\f" and all(ord(character) < 0x10000 for character in given)
    return True
