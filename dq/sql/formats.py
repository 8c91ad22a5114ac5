"""Formats of dates and times: Java's and ODCS's letters as `strptime` directives, and `strptime` formats as patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import groupby

from dq.sql.nodes import Base

_JAVA: Mapping[str, str] = {
    "yyyy": "%Y",
    "uuuu": "%Y",
    "YYYY": "%Y",  # the week-based year in Java; contracts mean the year
    "yy": "%y",
    "MM": "%m",
    "M": "%-m",
    "MMM": "%b",
    "MMMM": "%B",
    "dd": "%d",
    "DD": "%d",  # the day of the year in Java; contracts mean the day
    "d": "%-d",
    "EEE": "%a",
    "EEEE": "%A",
    "HH": "%H",
    "H": "%-H",
    "hh": "%I",
    "h": "%-I",
    "a": "%p",
    "mm": "%M",
    "m": "%-M",
    "ss": "%S",
    "s": "%-S",
    "SSS": "%g",
    "SSSSSS": "%f",
    "X": "%z",
    "XX": "%z",
    "XXX": "%z",
    "x": "%z",
    "xx": "%z",
    "xxx": "%z",
    "Z": "%z",
    "ZZ": "%z",
    "T": "T",  # no letter of Java's, but contracts write it without quotes
}

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _any_case(words: tuple[str, ...]) -> str:
    """A pattern for *words* in any case of their letters."""
    return "(?:" + "|".join("".join(f"[{c.lower()}{c.upper()}]" for c in word) for word in words) + ")"


_FORMS: Mapping[str, str] = {
    "%Y": "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})",
    "%y": "[0-9]{2}",
    "%m": "(?:0[1-9]|1[0-2])",
    "%-m": "(?:1[0-2]|0?[1-9])",
    "%b": _any_case(tuple(name[:3] for name in _MONTHS)),
    "%B": _any_case(_MONTHS),
    "%d": "(?:0[1-9]|[12][0-9]|3[01])",
    "%-d": "(?:3[01]|[12][0-9]|0?[1-9])",
    "%a": _any_case(tuple(name[:3] for name in _DAYS)),
    "%A": _any_case(_DAYS),
    "%H": "(?:[01][0-9]|2[0-3])",
    "%-H": "(?:[01]?[0-9]|2[0-3])",
    "%I": "(?:0[1-9]|1[0-2])",
    "%-I": "(?:0?[1-9]|1[0-2])",
    "%p": "[aApP][mM]",
    "%M": "[0-5][0-9]",
    "%-M": "[0-5]?[0-9]",
    "%S": "[0-5][0-9]",
    "%-S": "[0-5]?[0-9]",
    "%g": "[0-9]{3}",
    "%f": "[0-9]{1,6}",
    "%z": "[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?",
    "%%": "%",
}

# Where a directive's digits stand in ISO text: its part, and how many characters it takes.
_FIXED: Mapping[str, tuple[str, int]] = {
    "%Y": ("year", 4),
    "%m": ("month", 2),
    "%d": ("day", 2),
    "%H": ("hour", 2),
    "%M": ("minute", 2),
    "%S": ("second", 2),
    "%g": ("fraction", 3),
}
# Directives that read digits alone, as many as there are, and their part.
_NUMBERS: Mapping[str, str] = {
    **{directive: name for directive, (name, _) in _FIXED.items()},
    "%-m": "month",
    "%-d": "day",
    "%-H": "hour",
    "%-M": "minute",
    "%-S": "second",
    "%f": "fraction",
}
_DIRECTIVE = re.compile(r"%-?[A-Za-z%]|[^%]")


def java_format(text: str) -> str | None:
    """
    The `strptime` format of Java's or ODCS's date pattern *text*: `yyyy-MM-dd` is `%Y-%m-%d`. None when there is none.

    Letters as in java.time.format.DateTimeFormatter; text in single quotes stands for itself.
    """
    if "%" in text:
        return text if format_pattern(text) else None
    parts = []
    for position, part in enumerate(text.replace("''", "\0").split("'")):
        if position % 2:
            parts.append(part)
            continue
        for letter, run in groupby(part):
            word = "".join(run)
            if not (letter.isascii() and letter.isalpha()):
                parts.append(word)
            elif word in _JAVA:
                parts.append(_JAVA[word])
            else:
                return None
    found = "".join(parts).replace("\0", "'")
    return found if "%" in found and format_pattern(found) else None


def format_pattern(text: str) -> str | None:
    """The portable pattern of what `strptime` format *text* reads, without anchors; None when a directive is unknown."""
    parts = _DIRECTIVE.findall(text)
    if "".join(parts) != text or not any(part in _FORMS for part in parts):
        return None
    forms = []
    for part in parts:
        if part.startswith("%"):
            if part not in _FORMS:
                return None
            forms.append(_FORMS[part])
        else:
            forms.append(_itself(part))
    return "".join(forms)


def _itself(character: str) -> str:
    """A pattern of one character."""
    plain = character.isalnum() or not (character.isascii() and character.isprintable())
    return character if plain else f"\\{character}"


def iso_text(x: str, pattern: str, base: Base, joined: str) -> str | None:
    """
    SQL that rearranges text *x*, written as `strptime` format *pattern*, into ISO 8601; None when its parts vary in width.

    *joined* stands between texts that are joined; empty: CONCAT joins them.
    """
    at = 1
    found: dict[str, str] = {}
    for part in _DIRECTIVE.findall(pattern):
        if not part.startswith("%") or part == "%%":
            at += 1
            continue
        if part not in _FIXED or _FIXED[part][0] in found:
            return None
        name, width = _FIXED[part]
        found[name] = f"SUBSTR({x}, {at}, {width})"
        at += width
    missing = {"year", "month", "day"} - set(found)
    if base is not Base.TIME and missing:
        return None
    date = [] if base is Base.TIME else [found["year"], "'-'", found["month"], "'-'", found["day"]]
    time = [found.get("hour", "'00'"), "':'", found.get("minute", "'00'"), "':'", found.get("second", "'00'")]
    if "fraction" in found:
        time += ["'.'", found["fraction"]]
    pieces = {Base.DATE: date, Base.TIME: time}.get(base, [*date, "' '", *time])
    return joined.join(pieces) if joined else f"CONCAT({', '.join(pieces)})"


def format_groups(text: str, base: Base) -> tuple[str, str] | None:
    """
    A pattern with a group for each part of what `strptime` format *text* reads, and those groups in the order of ISO 8601.

    Months, days and the like have a 0 before them, also where they have two digits. None when a part is no number, is said twice
    or is missing.
    """
    forms: list[str] = []
    found: dict[str, str] = {}
    for part in _DIRECTIVE.findall(text):
        if not part.startswith("%") or part == "%%":
            forms.append(_itself(part[-1]))
            continue
        name = _NUMBERS.get(part)
        if name is None or name in found:
            return None
        forms.append(f"({_FORMS[part]})")
        found[name] = f"\\{len(found) + 1}"
    if base is not Base.TIME and not {"year", "month", "day"} <= set(found):
        return None
    day = "{year}-0{month}-0{day}"
    time = ":".join(f"0{{{name}}}" if name in found else "00" for name in ("hour", "minute", "second"))
    time += ".{fraction}" if "fraction" in found else ""
    iso = {Base.DATE: day, Base.TIME: time}.get(base, f"{day} {time}")
    return "".join(forms), iso.format(**found)
