"""Patterns: what is portable means the same everywhere as in a plain reading of it; the rest is refused by name."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dq.errors import EngineError
from dq.sql import Matches, column, literal, pattern_problem, render
from dq.sql.pattern import parse_pattern
from dq.sql.regex import as_glob
from tests.sql.databases import Lab

REFUSED: dict[str, str] = json.loads(Path(__file__).with_name("refused_patterns.json").read_text("utf-8"))
REFUSED["a" * 10_001] = "a pattern of 10001 characters is outside the portable pattern subset; use at most 10000"


@pytest.mark.parametrize("pattern", REFUSED, ids=lambda text: ascii(text)[:20])
def test_what_engines_read_differently_is_refused_by_name_with_a_mend(pattern: str) -> None:
    """A construct outside the subset has a text that says what to write instead."""
    assert pattern_problem(pattern) == REFUSED[pattern]


def test_a_refused_pattern_is_a_gap_of_every_engine() -> None:
    """Rendering a pattern outside the subset raises, and says why."""
    with pytest.raises(EngineError, match="look-ahead is outside the portable pattern subset"):
        render(Matches(this=column("a"), expression=literal("(?=a)")), "duckdb")


# -- meaning ---------------------------------------------------------------------------------------------------------

_LITERALS = ["a", "b", "A", "0", "_", "é", "😀", " ", "-", r"\.", r"\\", r"\[", r"\]", r"\$", "'", "%", "&", "~", "#", "!"]
_CLASSES = [".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\n", r"\t", "[ab]", "[^a]", "[a-c0-9]", "[^é]", "[😀é-]", "[]a]"]
_CLASSES += ["[!-/]", "[*?]", r"[\^\]]", "[[:alpha:]_]", "[^[:digit:]]"]
_PIECES = st.one_of(st.sampled_from(_LITERALS), st.sampled_from(_CLASSES), st.sampled_from(["", "^", "$"]))
_REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "*?"])


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(inner, min_size=1, max_size=3).map(lambda items: f"(?:{'|'.join(items)})")
    repeated = st.builds(
        lambda item, repeat: item if item in ("", "^", "$") else item + repeat, st.one_of(_PIECES, group), _REPEATS
    )
    return st.lists(repeated, max_size=4).map("".join)


PATTERNS = st.recursive(_PIECES, _extend, max_leaves=8)
_CHARACTERS = [*"aabAB0_é😀 \n\r\t-.\\[]$'%&~#!^*?/\u0085\u2028\u0663\u00a0\x0b"]
TEXTS = st.lists(st.sampled_from(_CHARACTERS), max_size=5).map("".join)

_SPELLED = {r"\d": "[0-9]", r"\w": "[0-9A-Za-z_]", r"\s": "[\t-\r ]", r"\D": "[^0-9]", r"\W": "[^0-9A-Za-z_]", r"\S": "[^\t-\r ]"}


def plain(pattern: str) -> re.Pattern[str]:
    """Python's own reading, its differences spelled out: ASCII classes, and `$` at the very end."""
    spelled = re.sub(r"\\.", lambda found: _SPELLED.get(found[0], found[0]), pattern)
    spelled = spelled.replace("[[:alpha:]_]", "[A-Za-z_]").replace("[^[:digit:]]", "[^0-9]")
    return re.compile(re.sub(r"(\\.|\[[^\]]*\])|\$", lambda found: found[1] or r"\Z", spelled))


@settings(max_examples=25, deadline=None)
@given(pattern=PATTERNS, texts=st.lists(TEXTS, min_size=20, max_size=40), full=st.booleans())
@example(
    pattern="^SKU-[0-9]{3}$", texts=["SKU-123", "SKU-123\n", "sku-123", "SKU-12", "SKU-1234", " SKU-123", "SKU-1é3"], full=False
)
@example(pattern="a(?:)", texts=["a", "ba"], full=True)
@example(pattern="[+-9]", texts=["+", "-", ",", "0", "a"], full=True)
def test_a_portable_pattern_means_the_same_in_every_engine(lab: Lab, pattern: str, texts: list[str], *, full: bool) -> None:
    """DuckDB and SQLite find a match where Python does, by code points, newlines and ends of text included."""
    pattern = f"^(?:{pattern})$" if full else pattern
    if pattern_problem(pattern):
        return
    expected = [number for number, text in enumerate(texts) if plain(pattern).search(text)]
    with lab({"x": "text"}, [(text,) for text in texts]) as database:
        for entries in (False, True):
            tree = Matches(this=column("x"), expression=literal(pattern), entries=entries)
            assert database.where(tree) == expected, (database.dialect, render(tree, database.dialect))


_FIXED = ["a", "Z", "-", r"\*", r"\?", r"\[", r"\\", "é", " ", "[0-9]", "[A-Za-z]", "[ab]", "[*?]", "[a-c]{2}", "x{3}", r"\."]
_NEAR = ["a", "b", "5", "Z", "*", "?", "[", "\\", "é", " ", "-", "."]


@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(st.sampled_from(_FIXED), min_size=1, max_size=5), texts=st.lists(TEXTS, min_size=10), chance=st.randoms())
def test_a_pattern_of_fixed_length_is_a_glob_with_the_same_matches(
    lab: Lab, pieces: list[str], texts: list[str], chance: random.Random
) -> None:
    """The faster GLOB that DuckDB gets for `^…$` agrees with Python, on random texts and on such that nearly match."""
    pattern = f"^{''.join(pieces)}$"
    glob = as_glob(parse_pattern(pattern))
    assert glob is not None or not any(piece.startswith("[") for piece in pieces)
    near = ["".join(chance.choice(_NEAR) for _ in pieces) for _ in range(20)]
    rows = [*texts, *near, *(text + "\n" for text in near)]
    expected = [number for number, text in enumerate(rows) if plain(pattern).search(text)]
    with lab({"x": "text"}, [(text,) for text in rows]) as database:
        assert database.where(Matches(this=column("x"), expression=literal(pattern))) == expected


@pytest.mark.parametrize(
    "pattern", ["^[é]x$", "^[^a]x$", "^.$", "^[0-9]+$", "[0-9]", "^[0-9]", "^(?:a|bc)[0-9]$", "^[!-/]$", "^abc$"]
)
def test_what_a_glob_would_read_differently_stays_a_regular_expression(pattern: str) -> None:
    """DuckDB's GLOB compares classes byte by byte, and knows no repeats."""
    assert as_glob(parse_pattern(pattern)) is None


def test_case_is_folded_for_ascii_letters_alone(lab: Lab) -> None:
    """`(?i)` adds the other case of ASCII letters, and not the Kelvin sign."""
    with lab({"x": "text"}, [("OK",), ("ok",), ("o\u212a",), ("no",)]) as database:
        assert database.where(Matches(this=column("x"), expression=literal("(?i)^ok$"))) == [0, 1]


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("^(?:open|shut)$", r"""(REGEXP_EXTRACT("x", '^(?:open|shut)\z') <> '')"""),
        ("^[a-z]*$", r"""REGEXP_MATCHES("x", '^[a-z]*\z')"""),
        ("a|b?", """REGEXP_MATCHES("x", 'a|b?')"""),
    ],
)
def test_a_dictionary_is_judged_entry_by_entry(pattern: str, written: str) -> None:
    """Where a match is never empty, DuckDB is asked for its text, which it finds once for each entry."""
    assert render(Matches(this=column("x"), expression=literal(pattern), entries=True), "duckdb") == written
