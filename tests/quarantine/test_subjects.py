"""Whom rows are about: hashed on their way, found by value."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.quarantine.subjects import Hasher, Person, Whom, text
from dq.store.subjects import UNREAD, WIDTH

HASHER = Hasher("", b"k" * 32)
Path = tuple[str, ...]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        *[
            (42, "42"),
            (42.0, "42"),
            (Decimal("42.00"), "42"),
            (Decimal("4.20"), "4.2"),
            (4.25, "4.25"),
            ("42.0", "42.0"),
            ("", ""),
        ],
        *[(b"ab", "ab"), (date(2024, 5, 1), "2024-05-01"), (True, "true"), (Decimal(1200), "1200"), (10**20, "1" + "0" * 20)],
    ],
)
def test_a_person_has_one_name(value: object, said: str) -> None:
    """However the column holds it."""
    assert text(value) == said


@given(st.lists(st.one_of(st.none(), st.text(max_size=3)), max_size=40))
def test_everybody_who_passes_is_noted(names: list[str | None]) -> None:
    """Sorted, once, eight bytes each; rows pass unchanged."""
    batch = pa.record_batch({"who": pa.array(names, pa.string())})
    whom = Whom([("who",)], lambda: HASHER)
    assert [item is batch for item in whom.seen([batch])] == [True]
    data = b"".join(item.data for item in whom.hashes())
    found = [data[place : place + WIDTH] for place in range(0, len(data), WIDTH)]
    assert found == sorted({HASHER(name)[:WIDTH] for name in names if name is not None})


NESTED: dict[str, tuple[object, Path]] = {
    "object": ({"id": "ann", "x": 1}, ("c", "id")),
    "list": (["bob", "ann"], ("c", "[]")),
    "list of objects": ([{"id": "bob"}, {"id": "ann"}, {"id": None}], ("c", "[]", "id")),
}


@pytest.mark.parametrize("kind", NESTED)
def test_names_are_found_inside(kind: str) -> None:
    """In an object, in a list, in objects of a list; null at any level names nobody."""
    value, path = NESTED[kind]
    batch = pa.RecordBatch.from_pylist([{"c": None}, {"c": value}])
    assert Person("ann", [path]).rows(batch) == [1]
    assert Person("eve", [path]).rows(batch) == []
    whom = Whom([path], lambda: HASHER)
    whom.note(batch)
    assert HASHER("ann")[:WIDTH] in whom.hashes()[0].data


@pytest.mark.parametrize(
    ("raw", "is_hers"),
    [
        (b"P-4,30,open", True),
        (b'{"id": "P-4"}', True),
        (json.dumps({"id": "P-4é"}).encode(), False),
        (b"P-44,30", False),
        (b"XP-4", False),
        (rb'{"id": "x", "of": {"n": ["\u0050-4"]', True),
        (rb'{"id": "x", "of": {"n": ["\u0050-4"]}}', True),
        (b"\xffP-4\xff", True),
    ],
)
def test_records_that_could_not_be_read_are_searched(raw: bytes, is_hers: bool) -> None:  # noqa: FBT001
    """For the name as a word, not a part of one; and they may be about anybody."""
    batch = pa.record_batch({"id": pa.array([None], pa.string()), "__dq_raw": [raw]})
    assert Person("P-4", [("id",)]).rows(batch) == ([0] if is_hers else [])
    whom = Whom([("id",)], lambda: HASHER)
    whom.note(batch)
    assert whom.hashes()[0].data == UNREAD


def test_a_name_in_escapes_is_found() -> None:
    """A row that was kept as JSON may spell a name in escapes."""
    raw = json.dumps({"id": "Zoë"}).encode()
    batch = pa.record_batch({"id": pa.array([None], pa.string()), "__dq_raw": [raw]})
    assert Person("Zoë", [("id",)]).rows(batch) == [0]


def test_many_people_are_kept_in_pieces() -> None:
    """No piece is larger than a megabyte or so."""
    whom = Whom([("who",)], lambda: HASHER)
    for first in range(0, 300_000, 50_000):
        whom.note(pa.record_batch({"who": pa.array(range(first, first + 50_000))}))
    pieces = whom.hashes()
    assert sum(len(item.data) for item in pieces) == 300_000 * WIDTH
    assert max(len(item.data) for item in pieces) < 2_000_000
