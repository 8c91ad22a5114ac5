"""Patterns: what is portable means the same everywhere as in a plain reading of it; the rest is refused by name."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dq.errors import EngineError
from dq.sql import Matches, column, literal, pattern_problem, render
from dq.sql.pattern import parse_pattern
from dq.sql.regex import as_glob
from tests.sql.databases import both

REFUSED = {
    r"a(?=b)": "look-ahead is outside the portable pattern subset; write the alternatives out, or use a condition with two patterns",
    r"(?<!a)b": "look-behind is outside the portable pattern subset; write the alternatives out, or use a condition with two patterns",
    r"(a)\1": r"the back-reference \1 is outside the portable pattern subset; write the alternatives out",
    r"\bword": r"the word boundary \b is outside the portable pattern subset; say what may stand there, as (?:^|[^0-9A-Za-z_])",
    r"\p{L}": r"the Unicode class \p is outside the portable pattern subset; list the characters, as [A-Za-z]",
    r"a{,3}": r"a { that counts nothing is outside the portable pattern subset; escape it as \{, or write {n}, {n,} or {n,m}",
    r"a{1,300}": "a repeat of more than 255 is outside the portable pattern subset; check the length by minLength and maxLength",
    r"a{3,2}": "the repeat {3,2} is outside the portable pattern subset; put the smaller number first",
    r"a++": "a possessive repeat is outside the portable pattern subset; drop the second +",
    r"a**": "a repeat of a repeat is outside the portable pattern subset; put the first into a group: (?:…)",
    r"(?P<n>a)": "a named group is outside the portable pattern subset; write the alternatives out, or use a condition with two patterns",
    r"(?i)ä": "(?i) with a letter outside ASCII is outside the portable pattern subset; write both cases: [äÄ]",
    r"a(?i)b": "a flag inside the pattern is outside the portable pattern subset; "
    "write the alternatives out, or use a condition with two patterns",
    r"[a&&b]": "&& inside a class is outside the portable pattern subset; write one & only, or list what is in both classes",
    r"[z-a]": "a range that does not go up from one character to another is outside the portable pattern subset; escape the - as \\-",
    r"[[=a=]]": r"a [ inside a class is outside the portable pattern subset; escape it as \[",
    r"[[:mark:]]": "the class [:mark:] is outside the portable pattern subset; use one of alnum, alpha, blank, cntrl, digit, graph, "
    "lower, print, punct, space, upper, word, xdigit",
    r"(?:^a)*": "a repeated ^ or $ is outside the portable pattern subset; take it out of the repeated group",
    r"a]": r"a bare ] is outside the portable pattern subset; escape it as \]",
    r"(a": r"a ( without its ) is outside the portable pattern subset; escape it as \(",
    r"a)": r"a ) without its ( is outside the portable pattern subset; escape it as \)",
    r"[a": r"a [ without its ] is outside the portable pattern subset; escape it as \[",
    r"*a": r"a * with nothing to repeat is outside the portable pattern subset; escape it as \*",
    "a\\": "a \\ at the end is outside the portable pattern subset; write \\\\ for the character itself",
    r"\x41": r"\x is outside the portable pattern subset; write the character itself",
    r"\Aa": r"\A is outside the portable pattern subset; write ^",
    r"[^\s\S]": "a class that no character is in is outside the portable pattern subset; list the characters it may be",
    "a\0": "a NUL character is outside the portable pattern subset; leave it out",
    "\ud800": "half of a surrogate pair is outside the portable pattern subset; write the whole character",
    "(" * 60 + ")" * 60: "more than 50 groups inside each other is outside the portable pattern subset; write a simpler pattern",
    "a" * 10_001: "a pattern of 10001 characters is outside the portable pattern subset; use at most 10000",
}


@pytest.mark.parametrize("pattern", REFUSED, ids=lambda text: ascii(text)[:20])
def test_what_engines_read_differently_is_refused_by_name_with_a_mend(pattern: str) -> None:
    """A construct outside the subset has a text that says what to write instead."""
    assert pattern_problem(pattern) == REFUSED[pattern]


def test_a_refused_pattern_is_a_gap_of_every_engine() -> None:
    """Rendering a pattern outside the subset raises, and says why."""
    with pytest.raises(EngineError, match="look-ahead is outside the portable pattern subset"):
        render(Matches(this=column("a"), expression=literal("(?=a)")), "duckdb")


# -- meaning ---------------------------------------------------------------------------------------------------------

_PIECES = st.one_of(
    st.sampled_from(
        ["a", "b", "A", "0", "_", "é", "😀", " ", "-", r"\.", r"\\", r"\[", r"\]", r"\$", "'", "%", "&", "~", "#", "!"]
    ),
    st.sampled_from(
        [".", r"\d", r"\w", r"\s", r"\D", r"\W", r"\S", r"\n", r"\t", "[ab]", "[^a]", "[a-c0-9]", "[^é]", "[😀é-]", "[]a]"]
    ),
    st.sampled_from(["[!-/]", "[*?]", r"[\^\]]", "[[:alpha:]_]", "[^[:digit:]]", "", "^", "$"]),
)
_REPEATS = st.sampled_from(["", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{1,}", "*?"])


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    group = st.lists(inner, min_size=1, max_size=3).map(lambda items: f"(?:{'|'.join(items)})")
    atom = st.one_of(_PIECES, group)
    return st.lists(
        st.builds(lambda item, repeat: item + repeat if item not in ("", "^", "$") else item, atom, _REPEATS), max_size=4
    ).map("".join)


PATTERNS = st.recursive(_PIECES, _extend, max_leaves=8)
TEXTS = st.lists(st.sampled_from(list("aabAB0_é😀 \n\r\t-.\\[]$'%&~#!^*?/\u0085\u2028٣\u00a0\x0b")), max_size=5).map("".join)

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
def test_a_portable_pattern_means_the_same_in_every_engine(pattern: str, texts: list[str], *, full: bool) -> None:
    """DuckDB and SQLite find a match where Python does, by code points, newlines and ends of text included."""
    pattern = f"^(?:{pattern})$" if full else pattern
    if pattern_problem(pattern):
        return
    expected = [number for number, text in enumerate(texts) if plain(pattern).search(text)]
    tree = Matches(this=column("x"), expression=literal(pattern))
    with both({"x": "text"}, [(text,) for text in texts]) as databases:
        for database in databases:
            assert database.where(tree) == expected, (database.dialect, render(tree, database.dialect))


_FIXED = st.sampled_from(
    ["a", "Z", "-", r"\*", r"\?", r"\[", r"\\", "é", " ", "[0-9]", "[A-Za-z]", "[ab]", "[*?]", "[a-c]{2}", "x{3}", r"\."]
)


@settings(max_examples=25, deadline=None)
@given(pieces=st.lists(_FIXED, min_size=1, max_size=5), texts=st.lists(TEXTS, min_size=10, max_size=20), seed=st.randoms())
def test_a_pattern_of_fixed_length_is_a_glob_with_the_same_matches(pieces: list[str], texts: list[str], seed: object) -> None:
    """The faster GLOB that DuckDB gets for `^…$` agrees with Python, on random texts and on such that nearly match."""
    pattern = f"^{''.join(pieces)}$"
    glob = as_glob(parse_pattern(pattern))
    assert glob is not None or not any(piece.startswith("[") for piece in pieces)
    near = [
        "".join(seed.choice(["a", "b", "5", "Z", "*", "?", "[", "\\", "é", " ", "-", "."]) for _ in pieces) for _ in range(20)
    ]  # type: ignore[attr-defined]
    rows = [*texts, *near, *(text + "\n" for text in near)]
    expected = [number for number, text in enumerate(rows) if plain(pattern).search(text)]
    with both({"x": "text"}, [(text,) for text in rows]) as databases:
        for database in databases:
            assert database.where(Matches(this=column("x"), expression=literal(pattern))) == expected


@pytest.mark.parametrize(
    "pattern", ["^[é]x$", "^[^a]x$", "^.$", "^[0-9]+$", "[0-9]", "^[0-9]", "^(?:a|bc)[0-9]$", "^[!-/]$", "^abc$"]
)
def test_what_a_glob_would_read_differently_stays_a_regular_expression(pattern: str) -> None:
    """DuckDB's GLOB compares classes byte by byte, and knows no repeats."""
    assert as_glob(parse_pattern(pattern)) is None


def test_case_is_folded_for_ascii_letters_alone() -> None:
    """`(?i)` adds the other case of ASCII letters, and not the Kelvin sign."""
    with both({"x": "text"}, [("OK",), ("ok",), ("o\u212a",), ("no",)]) as databases:
        for database in databases:
            assert database.where(Matches(this=column("x"), expression=literal("(?i)^ok$"))) == [0, 1]
