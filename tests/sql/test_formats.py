"""Date patterns of contracts become `strptime` formats."""

from __future__ import annotations

import pytest

from dq.sql import java_format

FORMATS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S",
    "yyyy-MM-dd HH:mm:ssZ": "%Y-%m-%d %H:%M:%S%z",
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX": "%Y-%m-%dT%H:%M:%S.%g%z",
    "yyyy-MM-ddTHH:mm:ss": "%Y-%m-%dT%H:%M:%S",
    "YYYY-MM-DD": "%Y-%m-%d",
    "HH:mm:ss": "%H:%M:%S",
    "dd.MM.yy": "%d.%m.%y",
    "d/M/yyyy": "%-d/%-m/%Y",
    "EEE, d MMM yyyy h:mm a": "%a, %-d %b %Y %-I:%M %p",
    "MMMM d, uuuu": "%B %-d, %Y",
    "HH 'o''clock'": "%H o'clock",
    "ss.SSSSSS": "%S.%f",
    "%d/%m/%Y": "%d/%m/%Y",
    "date": None,
    "date-time": None,
    "G yyyy": None,
    "yyyy-ww": None,
    "": None,
    "-": None,
    "%Q": None,
    "'yyyy'": None,
}


@pytest.mark.parametrize("text", FORMATS, ids=[text or "empty" for text in FORMATS])
def test_a_date_pattern_is_a_strptime_format_or_nothing(text: str) -> None:
    """What Java and ODCS write is translated; what has no translation is None, not a guess."""
    assert java_format(text) == FORMATS[text]
