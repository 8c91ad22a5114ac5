"""JSON objects taken apart without changing a digit: each value stays the text it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NUMBER = re.compile(r"-?[0-9][0-9.]{16,}(?:[eE][-+]?[0-9]+)?")


class _Untouched(json.JSONDecoder):
    """Numbers stay text: nothing is rounded, and no length is too long."""

    def __init__(self) -> None:
        super().__init__(parse_float=str, parse_int=str)


_scan: Any = _Untouched().scan_once  # type: ignore[attr-defined]
_string: Any = _Untouched().parse_string  # type: ignore[attr-defined]


class Unreadable(Exception):
    """Text that is no JSON object; says why. *at* is the place in the text, *cut* whether the text may only end too early."""

    def __init__(self, why: str, at: int = 0, *, cut: bool = False) -> None:
        super().__init__(why)
        self.at = at
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Item:
    """One value in a text, from *start* to *end*; *members* are the texts of its values when it is an object."""

    start: int
    end: int
    members: dict[str, str] | None
    problem: str = ""


def whole(text: str) -> dict[str, str]:
    """
    The members of the one object that *text* is.

    Raises:
        Unreadable: it is something else.
    """
    item = value(text, blank(text, 0))
    if blank(text, item.end) != len(text):
        raise Unreadable("not JSON: text after the object", item.end)
    if item.members is None:
        raise Unreadable(item.problem, item.start)
    return item.members


def value(text: str, start: int) -> Item:
    """
    The value at *start*; an object with its members.

    Raises:
        Unreadable: there is none.
    """
    if text[start : start + 1] != "{":
        end = _end(text, start)
        return Item(start, end, None, f"not an object but {_kind(text[start])}")
    members: dict[str, str] = {}
    problem = ""
    at = start
    for key, first, end in _members(text, start):
        at = end
        if first < 0:
            break
        if key in members:
            problem = problem or f"duplicate key '{key}'"
        members[key] = text[first:end]
    if not problem and _SURROGATE.search(text, start, at) and not _whole_characters(text, start):
        problem = "not JSON: half of a surrogate pair"
    return Item(start, at, None if problem else members, problem)


def blank(text: str, at: int) -> int:
    """Behind the blanks at *at*."""
    found = _SPACE.match(text, at)
    return found.end() if found else at


def rounded(text: str) -> bool:
    """Whether a number in *text* would lose digits as a double: it must then stay text."""
    for found in _NUMBER.finditer(text):
        number = found[0]
        if number.lstrip("-").isdigit():
            continue
        try:
            if Decimal(number) != Decimal(repr(float(number))):
                return True
        except InvalidOperation:
            continue
    return False


def _whole_characters(text: str, start: int) -> bool:
    try:
        json.dumps(_scan(text, start)[0], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key, start and end of each member; at last ("", -1, end of the object)."""
    at = blank(text, start + 1)
    if text[at : at + 1] == "}":
        yield "", -1, at + 1
        return
    while True:
        if text[at : at + 1] != '"':
            raise _unreadable("expected a key in double quotes", text, at)
        try:
            key, at = _string(text, at + 1, True)  # noqa: FBT003  the C function takes no keyword
        except json.JSONDecodeError as error:
            raise _unreadable(error.msg, text, error.pos, cut=error.msg.startswith("Unterminated")) from None
        at = blank(text, at)
        if text[at : at + 1] != ":":
            raise _unreadable("expected ':'", text, at)
        first = blank(text, at + 1)
        end = _end(text, first)
        yield key, first, end
        at = blank(text, end)
        if text[at : at + 1] == "}":
            yield "", -1, at + 1
            return
        if text[at : at + 1] != ",":
            raise _unreadable("expected ',' or '}'", text, at)
        at = blank(text, at + 1)


def _end(text: str, start: int) -> int:
    try:
        return int(_scan(text, start)[1])
    except StopIteration as error:
        at = error.value if isinstance(error.value, int) else start
        raise _unreadable("expected a value", text, at) from None
    except json.JSONDecodeError as error:
        raise _unreadable(error.msg, text, error.pos, cut=error.msg.startswith("Unterminated")) from None
    except RecursionError:
        raise Unreadable("not JSON that can be read: nested too deeply", start) from None


def _unreadable(why: str, text: str, at: int, *, cut: bool = False) -> Unreadable:
    why = why.removesuffix(" at").removesuffix(" starting")
    return Unreadable(f"not JSON: {why[0].lower()}{why[1:]}", at, cut=cut or len(text) - at < len("-Infinity"))


def _kind(first: str) -> str:
    return {"[": "an array", '"': "a string", "t": "true", "f": "false", "n": "null"}.get(first, "a number")
