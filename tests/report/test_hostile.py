"""Laws of text from data in reports."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq.report.hostile import json_safe, shown, shown_lines


@given(st.text(st.characters(codec=None)))
def test_nothing_that_controls_hides_or_reorders_is_left(text: str) -> None:
    """Shown text has no controls, no surrogates, no line breaks and no format characters but joiners."""
    for character in shown(text):
        assert unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"}
        assert character in "\u200c\u200d" or unicodedata.bidirectional(character) not in {
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b31m", "\\x9b31m"),
        ("user\u202egpj.exe", "user\\u202egpj.exe"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff", "\\udcff"),
        ("[bold]x[/bold]", "[bold]x[/bold]"),
        ("👩\u200d🚀 é 漢", "👩\u200d🚀 é 漢"),
    ],
)
def test_escapes_are_what_a_programmer_expects(text: str, expected: str) -> None:
    """Unsafe characters are written as in a Python literal; everything else stays."""
    assert shown(text) == expected


def test_a_megabyte_is_cut_and_says_so() -> None:
    """Long text keeps its beginning and tells its length."""
    assert shown("x" * 1_048_576, 10) == "xxxxxxxxxx… (1,048,576 characters)"
    assert shown("x" * 10, 10) == "x" * 10


def test_lines_stay_lines() -> None:
    """A text of several lines keeps them, each of them safe."""
    assert shown_lines("a\r\n\x1bb") == "a\n\\x1bb"


@given(st.recursive(st.text(st.characters(codec=None)), lambda part: st.lists(part) | st.dictionaries(st.text(), part)))
def test_json_keeps_its_values(value: object) -> None:
    """A document made safe reads as the same values, and can be written as UTF-8."""
    safe = json_safe(json.dumps(value, ensure_ascii=False))
    assert json.loads(safe.encode()) == value
    assert not set(safe) & {"\u202e", "\x7f", "\x9b", "\ufeff"}
