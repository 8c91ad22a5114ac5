"""Which patterns follow from others."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.sql import implies, strictest

ATOMS = st.sampled_from(["a", "b", "[ab]", "[^a]", "[a-c]", "."])
COUNTS = st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}", "{2,}"])
PATTERNS = st.recursive(
    st.builds(str.__add__, ATOMS, COUNTS),
    lambda inner: st.one_of(
        st.builds(str.__add__, inner, inner),
        st.builds("(?:{}|{}){}".format, inner, inner, COUNTS),
    ),
    max_leaves=5,
).map("^{}$".format)


@given(PATTERNS, PATTERNS, st.lists(st.text("abcd", max_size=6), max_size=40))
@settings(max_examples=300, deadline=None)
def test_what_matches_the_stricter_pattern_matches_the_looser(stricter: str, looser: str, texts: list[str]) -> None:
    """An implied pattern is never missed: no text matches the one and not the other."""
    if implies(stricter, looser):
        for text in texts:
            assert not re.fullmatch(stricter, text) or re.fullmatch(looser, text)


@pytest.mark.parametrize(
    ("stricter", "looser", "follows"),
    [
        ("^a+$", "^a*$", True),
        ("^a*$", "^a+$", False),
        ("^[a-c]{2,4}$", "^(?:a|b|c)+$", True),
        ("^[A-Z]{2}$", "^[A-Za-z]{2,3}$", True),
        ("^(?:ab|c)$", "^ab$", False),
        ("^é$", "^[^a]$", True),
        ("a", "a", True),
        ("^ab$", "a", False),
    ],
)
def test_implication_is_told_for_whole_texts(stricter: str, looser: str, follows: bool) -> None:  # noqa: FBT001
    """It is told exactly for anchored patterns, and for no others but equal ones."""
    assert implies(stricter, looser) is follows


def test_large_automata_claim_nothing() -> None:
    """What would take long to tell is not claimed."""
    assert not implies("^(?:a|b){255}$", "^(?:(?:a|b){200}){200}$")


def test_the_strictest_patterns_are_kept() -> None:
    """Of nested patterns one is left; of patterns that do not nest, each."""
    assert strictest(["^[a-z]{1,9}$", "^[a-z]{1,5}$", "^[0-9]$", "^[a-z]{1,7}$"]) == ("^[a-z]{1,5}$", "^[0-9]$")
