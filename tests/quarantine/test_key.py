"""Names of parts of a dataset, and of batches."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.errors import UsageError
from dq.quarantine import batch_id, checked, content_key, folder_name, is_content, key_of
from dq.store import Slot


@pytest.mark.parametrize(
    ("template", "values", "key"),
    [
        ("{day}", {"day": date(2024, 5, 1)}, "2024-05-01"),
        ("{at}", {"at": datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))}, "2024-05-01T10:00:00Z"),
        ("{at}", {"at": datetime(2024, 5, 1, 12)}, "2024-05-01T12:00:00"),  # noqa: DTZ001  a time without a zone stays so
        ("{day}/{n}", {"day": "x", "n": 3}, "x/3"),
        ("{price}", {"price": Decimal("1.50")}, "1.50"),
        ("all", {}, "all"),
        ("{{x}}", {}, "{x}"),
    ],
)
def test_a_key_is_canonical_text(template: str, values: dict[str, object], key: str) -> None:
    """The same values give the same key, however the caller's clock or zone is set."""
    assert key_of(template, values) == key


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        ("{day}", {"hour": 1}, "the key needs 'day'\n  names that have a value: hour"),
        ("{day", {}, "the key is malformed"),
        ("{day.year}", {"day": 1}, "a key takes plain names"),
        ("{day!r}", {"day": 1}, "a key takes plain names"),
        ("{day:>9}", {"day": 1}, "a key takes plain names"),
        ("{}", {}, "a key takes plain names"),
        ("{x}", {"x": None}, "'x' is NoneType, which names no part of a dataset"),
        ("{x}", {"x": True}, "'x' is bool"),
        ("{x}", {"x": 1.5}, "'x' is float"),
        ("{x}", {"x": ""}, "'' is no key"),
        ("{x}", {"x": "a\nb"}, "'a\\nb' is no key"),
        ("{x}", {"x": " a"}, "' a' is no key"),
        ("{x}", {"x": "a" * 501}, "is no key"),
        ("content:{x}", {"x": "a"}, "'content:a' is no key"),
    ],
)
def test_a_key_that_names_nothing_is_refused(template: str, values: dict[str, object], said: str) -> None:
    """The message says what is wrong with it, and what would do."""
    with pytest.raises(UsageError) as caught:
        key_of(template, values)
    assert said in str(caught.value)
    assert caught.value.mend


def test_data_without_a_key_is_named_by_its_content() -> None:
    """The same content has the same key; nobody can give such a key by hand."""
    assert content_key("a") == content_key("a") != content_key("b")
    assert is_content(content_key("a"))
    assert not is_content("a")
    with pytest.raises(UsageError):
        checked(content_key("a"))


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300))
def test_a_folder_has_the_name_of_one_key(one: str, two: str) -> None:
    """Different keys have different folders; a name is short, holds no separator, and is not hidden."""
    one, two = (text.encode("utf-8", "replace").decode() for text in (one, two))
    assert (folder_name(one) == folder_name(two)) == (one == two)
    name = folder_name(one)
    assert len(name.encode()) <= 120
    assert not set(name) & set("/\\\x00")
    assert not name.startswith(".")


def test_a_batch_is_named_by_slot_plan_policy_and_content() -> None:
    """Each of them counts, and none can be taken for another."""
    given = {"plan": "p", "policy": "q", "fingerprint": "f"}
    names = {
        batch_id(slot, **{**given, **said})
        for slot in (Slot("a", "b", "c"), Slot("a", "b|c", ""), Slot("a|b", "", "c"))
        for said in ({}, {"plan": "x"}, {"policy": "x"}, {"fingerprint": "x"}, {"plan": "q", "policy": "p"})
    }
    assert len(names) == 15
    assert batch_id(Slot("a", "b", "c"), **given) == batch_id(Slot("a", "b", "c"), **given)
    assert {len(name) for name in names} == {64}
