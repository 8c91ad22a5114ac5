"""Masks: rows can be told apart, values cannot be read."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.mask import mask

PLAIN = set(string.punctuation + " xX9…?")


@given(st.text())
def test_a_mask_shows_nothing_but_shape(text: str) -> None:
    """Whatever the script: signs that are no letters, digits or ASCII punctuation are not shown either."""
    shown = mask(text, b"key")
    assert shown is not None
    shape, _, digest = shown.rpartition("#")
    assert len(digest) == 8
    assert set(shape) <= PLAIN
    assert len(shape) <= 25


@given(st.text(), st.text())
def test_masks_tell_values_apart(one: str, two: str) -> None:
    """Equal values have equal masks under one key; others have others."""
    assert (mask(one, b"key") == mask(two, b"key")) == (one == two)


def test_a_mask_is_keyed(monkeypatch: pytest.MonkeyPatch) -> None:
    """By what is given, else DQ_MASK_KEY, else the newest key of the dead letters, else the process."""
    assert mask("a", b"1") != mask("a", b"2")
    for name in ("DQ_MASK_KEY", "DQ_QUARANTINE_KEY"):
        monkeypatch.delenv(name, raising=False)
    own = mask("a")
    monkeypatch.setenv("DQ_QUARANTINE_KEY", "new,old")
    derived = mask("a")
    monkeypatch.setenv("DQ_QUARANTINE_KEY", "new")
    assert mask("a") == derived
    monkeypatch.setenv("DQ_MASK_KEY", "k")
    assert len({own, derived, mask("a")}) == 3


def test_null_stays_null() -> None:
    """It hides nothing."""
    assert mask(None) is None
