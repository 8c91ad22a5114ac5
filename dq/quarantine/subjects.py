"""
Whom rows are about: found by keyed hashes while they are written, and by their own values when somebody is erased.

A property that the contract marks `subject: true` names a person. Its values are hashed (HMAC-SHA256) with a key derived from the
newest key of the dead letters, or with the store's own; the first eight bytes of each hash are kept with the batch.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dq.quarantine.keys import Keys
from dq.store import Batch, Hashes, Store
from dq.store.subjects import UNREAD, WIDTH

if TYPE_CHECKING:
    import pyarrow as pa

Path = tuple[str, ...]  # a column, and what leads to the value in it
RAW = "__dq_raw"
_MANY = 131_072  # hashes in one piece: a megabyte


@dataclass(frozen=True, slots=True)
class Hasher:
    """Hashes names of people under one key; *key_id* "" is the store's own."""

    key_id: str
    secret: bytes

    def __call__(self, subject: str) -> bytes:
        """The whole hash."""
        return hmac.digest(self.secret, subject.encode("utf-8", "surrogatepass"), "sha256")

    def mark(self, subject: str | None) -> str:
        """What a sample is marked with; None: it may be about anybody."""
        return f"{self.key_id}:{(UNREAD if subject is None else self(subject)[:WIDTH]).hex()}"


def paths_of(batch: Batch) -> tuple[Path, ...]:
    """Where the rows of a batch name a person, as its contract said."""
    return tuple(tuple(path) for path in json.loads(batch.schema or "{}").get("subjects", ()))


def hasher(store: Store, keys: Keys) -> Callable[[], Hasher]:
    """What hashes now: by the newest key, else by the store's own; asked for when it is first needed."""

    def made() -> Hasher:
        newest = keys.newest
        return Hasher(newest.id, newest.derived("subject")) if newest else Hasher("", store.subject_secret())

    return lru_cache(maxsize=1)(made)


def hashers(store: Store, keys: Keys) -> tuple[Hasher, ...]:
    """All that may have hashed before: by every key of the ring, and by the store's own."""
    return (*(Hasher(key.id, key.derived("subject")) for key in keys.all), Hasher("", store.subject_secret()))


def text(value: object) -> str:
    """A value that names a person, as text: 42, 42.0 and Decimal("42.00") are one."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Decimal):
        plain = format(value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


class Whom:
    """
    Collects whom rows are about, at *paths*, as they pass on their way to the vault.

    Eight bytes a person; of a row that could not be read, the mark that it may be about anybody.
    """

    def __init__(self, paths: Sequence[Path], hasher_of: Callable[[], Hasher]) -> None:
        self._paths, self._hasher_of = tuple(paths), hasher_of
        self._waiting: set[bytes] = set()
        self._pieces: list[Hashes] = []

    def seen(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """*batches*, noted."""
        if not self._paths:
            yield from batches
            return
        yield from map(self.note, batches)

    def note(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Note whom the rows of *batch* are about; the batch itself."""
        hash_of = self._hasher_of()
        found = {text(value) for path in self._paths for values in _at(batch, path) for value in values}
        self._waiting.update(hash_of(name)[:WIDTH] for name in found)
        if any(_unread(batch, self._paths)):
            self._waiting.add(UNREAD)
        if len(self._waiting) >= _MANY:
            self._cut()
        return batch

    def hashes(self) -> tuple[Hashes, ...]:
        """All that was noted."""
        self._cut()
        return tuple(self._pieces)

    def _cut(self) -> None:
        if self._waiting:
            self._pieces.append(Hashes(self._hasher_of().key_id, b"".join(sorted(self._waiting))))
            self._waiting.clear()


class Person:
    """One person, to be found in rows by name: in the columns at *paths*, and as a word in records that could not be read."""

    def __init__(self, name: str, paths: Iterable[Path]) -> None:
        self._name, self._paths = name, tuple(paths)
        self._word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")

    def rows(self, batch: pa.RecordBatch) -> list[int]:
        """The places of rows that are about this person."""
        found = {
            place
            for path in self._paths
            for place, values in enumerate(_at(batch, path))
            if any(text(value) == self._name for value in values)
        }
        if RAW in batch.schema.names:
            for place, raw in enumerate(batch.column(RAW).to_pylist()):
                if raw is not None and place not in found and self._word.search(_written(raw)):
                    found.add(place)
        return sorted(found)


def _at(batch: pa.RecordBatch, path: Path) -> Iterator[list[object]]:
    """What every row holds at *path*: nothing, a value, or several in a list."""
    if path[0] not in batch.schema.names:
        return iter([[]] * batch.num_rows)
    values = batch.column(path[0]).to_pylist()
    return (list(_within(value, path[1:])) for value in values)


def _within(value: Any, path: Path) -> Iterator[object]:
    if value is None:
        return
    if not path:
        yield value
    elif path[0] == "[]":
        for item in value:
            yield from _within(item[1] if isinstance(item, tuple) else item, path[1:])
    elif isinstance(value, dict):
        yield from _within(value.get(path[0]), path[1:])


def _unread(batch: pa.RecordBatch, paths: Sequence[Path]) -> Iterator[bool]:
    """Of every row, whether it was kept as written and names nobody that could be read."""
    if RAW not in batch.schema.names or batch.column(RAW).null_count == batch.num_rows:
        return
    named = [_at(batch, path) for path in paths]
    for raw, *values in zip(batch.column(RAW).to_pylist(), *named, strict=True):
        yield raw is not None and not all(values)


def _written(raw: bytes) -> str:
    """A record as it was written; escapes of JSON undone, so that a name is found in it."""
    plain = raw.decode("utf-8", "replace")
    try:
        return "\n".join(_leaves(json.loads(plain)))
    except ValueError:
        return f"{plain}\n" + _ESCAPE.sub(lambda found: chr(int(found[1], 16)), plain)


_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _leaves(item)
    else:
        yield str(value)
