"""Names: of a part of a dataset, and of a batch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from string import Formatter
from urllib.parse import quote
from uuid import UUID

from dq.errors import UsageError
from dq.store import Slot

_LONGEST = 500  # characters
_LONGEST_NAME = 120  # bytes of a folder's name
_CONTENT = "content:"


def key_of(template: str, values: Mapping[str, object]) -> str:
    """
    The key that *template* names: `{day}` is the value of that name as canonical text, `{{` and `}}` are braces.

    Dates and times are ISO 8601, times with a zone in UTC; numbers are as written.

    Raises:
        UsageError: the template is malformed; a name has no value, or one without a canonical text; the key is empty,
            too long, or holds control characters.
    """
    return checked(_filled(template, values, "key"))


def moment_of(template: str, values: Mapping[str, object]) -> datetime:
    """
    The time that *template* names, as `key_of` fills it: `{interval_end}`.

    Raises:
        UsageError: as `key_of`; or what it names is no time.
    """
    return moment(_filled(template, values, "time"), f"at '{template}'")


def moment(said: str, where: str) -> datetime:
    """
    A time as somebody wrote it; without a zone it is UTC.

    Raises:
        UsageError: it is none; *where* names the place.
    """
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise UsageError(f"'{said}' is no time", where, "write it as 2024-05-01 or 2024-05-01T06:00:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _filled(template: str, values: Mapping[str, object], what: str) -> str:
    """*template* with the values of its names; *what* it makes is told when it cannot be."""
    where, example = f"{what} '{template}'", "write it as '{day}-{region}'" if what == "key" else "write it as '{interval_end}'"
    try:
        pieces = list(Formatter().parse(template))
    except ValueError as error:
        raise UsageError(f"the {what} is malformed: {error}", where, example) from None
    said = []
    for literal, name, spec, conversion in pieces:
        said.append(literal)
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise UsageError(f"a {what} takes plain names, not '{{{name}…}}'", where, example)
        if name not in values:
            raise UsageError(
                f"the {what} needs '{name}'", where, f"names that have a value: {', '.join(sorted(values)) or 'none'}"
            )
        said.append(_text(name, values[name]))
    return "".join(said)


def checked(key: str) -> str:
    """
    The key itself.

    Raises:
        UsageError: it is empty, too long, or holds control characters.
    """
    if not key or len(key) > _LONGEST or not key.isprintable() or key != key.strip():
        shown = repr(key if len(key) <= 40 else f"{key[:40]}…")
        raise UsageError(f"{shown} is no key", "key", f"a key is 1 to {_LONGEST} printable characters, without blanks around it")
    if key.startswith(_CONTENT):
        raise UsageError(f"'{key}' is no key: '{_CONTENT}' is what dq names unkeyed data", "key", "begin it with another word")
    return key


def _text(name: str, value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat() if value.tzinfo is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int | Decimal | UUID) and not isinstance(value, bool):
        return str(value)
    mend = "use text, whole numbers, dates or times"
    raise UsageError(f"'{name}' is {type(value).__name__}, which names no part of a dataset", "key", mend)


def content_key(fingerprint: str) -> str:
    """The key of data that was given none: its content."""
    return _CONTENT + hashlib.sha256(fingerprint.encode()).hexdigest()


def is_content(key: str) -> bool:
    """Whether nobody named this key."""
    return key.startswith(_CONTENT)


def folder_name(key: str) -> str:
    """
    The key as one name of a folder, another for every key.

    Letters, digits and `-_.=:` stay, the rest is percent-encoded; a long name is cut, and ends in a hash.
    """
    name = quote(key, safe="-_=:")
    name = f"%2E{name[1:]}" if name.startswith(".") else name
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 17].rstrip('%')}~{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def batch_id(slot: Slot, *, plan: str, policy: str, fingerprint: str) -> str:
    """The SHA-256 that names a batch: the same rows under the same rules for the same slot are the same batch."""
    return hashlib.sha256(json.dumps([slot.text, plan, policy, fingerprint]).encode()).hexdigest()
