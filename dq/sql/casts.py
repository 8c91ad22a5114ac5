"""
How text is read strictly as a kind, in every dialect: one full match of a grammar inside CASE guards the dialect's own cast.

No dialect's own cast is strict (`'1.5'` is 2, `'2024-02-30'` is March, `'infinity'` is a date), so none is trusted alone, and
only CASE keeps an engine from evaluating the cast before the guard. Whatever fits the grammar can be cast, and is.
"""

from __future__ import annotations

from collections.abc import Mapping

from dq.sql.dialect import Dialect, Reading
from dq.sql.formats import format_groups, format_pattern, iso_text
from dq.sql.nodes import Base, Kind
from dq.sql.pattern import parse_pattern
from dq.sql.regex import regex_problem, write_regex

_YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])"
# An offset may carry the first and the last year out of 0001 to 9999.
_ZONED_YEAR = "(?:000[2-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])"
_DATE = f"(?:{_YEAR}-(?:{_DAY})|{_LEAP}-02-29)"
_ZONED_DATE = f"(?:{_ZONED_YEAR}-(?:{_DAY})|{_LEAP}-02-29)"
_TIME = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[.][0-9]{1,6}0*)?"
_OFFSET = "(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

# Forty digits and an exponent of 250 neither overflow nor vanish; beyond, a number is written with one digit before the point.
_NEAR = "(?:[0-9]{1,40}(?:[.][0-9]{1,40})?|[.][0-9]{1,40})(?:[eE][+-]?0*(?:[0-9]{1,2}|1[0-9]{2}|2[0-4][0-9]|250))?"
_FAR = (
    "[1-9](?:[.][0-9]{1,20})?[eE](?:[+]?(?:25[1-9]|2[6-9][0-9]|30[0-7])|-(?:25[1-9]|2[6-9][0-9]|3[01][0-9]|32[0-3]))"
    "|1(?:[.](?:[0-6][0-9]{0,19}|7(?:[0-8][0-9]{0,18})?|79(?:[0-6][0-9]{0,17})?|797693134862315[78]))?[eE][+]?308"
    "|[3-9](?:[.][0-9]{1,20})?[eE]-324"
)

# ISO 8601 for times; digits, with a sign, for numbers. No year 0 or 10000, no 24:00, no leap second: engines differ on them.
_GRAMMAR: Mapping[Base, str] = {
    Base.INTEGER: "[+-]?0*[0-9]{1,19}",
    Base.NUMBER: f"[+-]?(?:{_NEAR}|{_FAR})",
    Base.BOOLEAN: "[tT][rR][uU][eE]|[fF][aA][lL][sS][eE]",
    Base.DATE: _DATE,
    Base.TIME: _TIME,
    Base.TIMESTAMP: f"{_DATE}[ T]{_TIME}",
    Base.TIMESTAMP_TZ: f"{_ZONED_DATE}[ T]{_TIME}{_OFFSET}",
    Base.UUID: "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
}

_BLANKS = "[ \t]*(?:{})[ \t]*"

# DuckDB first reads what has no blanks around it, as TRIM is slow; and these guards, cheaper than a pattern, are as exact
# beside its own cast.
_FAST: Mapping[Base, str] = {
    Base.INTEGER: "{x} NOT GLOB '*[!0-9]*'",
    Base.DATE: "{x} LIKE '____-__-__' AND {x} >= '0001' AND {x} < ':' AND SUBSTRING({x}, 10, 1) BETWEEN '0' AND '9'",
    Base.UUID: "{x} LIKE '________-____-____-____-____________'",
}
_BOOLEAN = "CASE LOWER({x}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE "  # no other letter's small form is one of these


def grammar(kind: Kind) -> str | None:
    """The portable pattern of text that reads as *kind*, without anchors and blanks; None when no text does."""
    if kind.base is Base.DECIMAL:
        precision, scale = kind.precision or 38, kind.scale
        whole = f"0*[0-9]{{1,{precision - scale}}}" if precision > scale else "0+"
        if not scale:
            return f"[+-]?(?:{whole}(?:[.]0+)?|[.]0+)"
        return f"[+-]?(?:{whole}(?:[.][0-9]{{1,{scale}}}0*)?|[.][0-9]{{1,{scale}}}0*)"
    return _GRAMMAR.get(kind.base)


def read_text(x: str, kind: Kind, pattern: str | None, dialect: Dialect) -> str | None:
    """
    SQL that reads text *x* as *kind*, null where it cannot be read; None when *dialect* has no such cast.

    *pattern* is a `strptime` format; None: ISO 8601. Blanks and tabs around the text are allowed.
    """
    reading = dialect.reading
    if reading is None:
        return None
    if pattern is not None:
        return _read_format(x, kind, pattern, dialect, reading)
    cast = reading.casts.get(kind.base)
    form = grammar(kind)
    guard = _full_match(x, _BLANKS.format(form), dialect, reading) if form is not None else None
    if cast is None or form is None or guard is None:
        return None
    if kind.base is Base.DECIMAL and 0 < reading.most_digits < (kind.precision or 38):
        return None
    trimmed, digits = reading.trim.format(x=x), f"{kind.precision or 38}, {kind.scale}"
    trimming = f"WHEN {guard} THEN {cast.format(t=trimmed, d=digits, s=kind.scale)} END"
    if dialect.name != "duckdb":
        return f"CASE {trimming}"
    if kind.base is Base.BOOLEAN:
        return f"{_BOOLEAN.format(x=x)}CASE {trimming} END"
    quick = _FAST[kind.base].format(x=x) if kind.base in _FAST else _full_match(x, f"(?:{form})", dialect, reading)
    return f"CASE WHEN {quick} THEN {cast.format(t=x, d=digits, s=kind.scale)} {trimming}"


def _full_match(x: str, form: str, dialect: Dialect, reading: Reading) -> str | None:
    node = parse_pattern(f"^{form}$")
    if regex_problem(node, reading.regex):
        return None
    found = reading.search.format(x=x, r=dialect.quote(write_regex(node, reading.regex)))
    return f"{reading.guard.format(x=x)} AND {found}" if reading.guard else found


def _read_format(x: str, kind: Kind, pattern: str, dialect: Dialect, reading: Reading) -> str | None:
    form = format_pattern(pattern)
    if form is None or kind.base not in (Base.DATE, Base.TIME, Base.TIMESTAMP):
        return None
    guard = _full_match(x, _BLANKS.format(form), dialect, reading)
    trimmed = reading.trim.format(x=x)
    if dialect.name == "duckdb":
        moment = f"TRY_STRPTIME({trimmed}, {dialect.quote(pattern)})"
        if "%z" in pattern:
            moment = f"({moment} AT TIME ZONE 'UTC')"
        return f"CASE WHEN {guard} THEN CAST({moment} AS {kind.base.name}) END"
    iso = iso_text(trimmed, pattern, kind.base, reading.joined) or _rearranged(trimmed, kind, pattern, dialect, reading)
    inner = read_text(f"({iso})", kind, None, dialect) if iso is not None else None
    return f"CASE WHEN {guard} THEN {inner} END" if guard and inner else None


def _rearranged(x: str, kind: Kind, pattern: str, dialect: Dialect, reading: Reading) -> str | None:
    """SQL that writes text *x* in ISO 8601 by groups of a regular expression; None where the dialect has none."""
    found = format_groups(pattern, kind.base) if reading.replaced else None
    if found is None:
        return None
    groups, iso = found
    whole = f"{reading.regex.prefix}^{groups}{reading.regex.end}"
    padded = reading.replaced.format(x=x, r=dialect.quote(whole), b=dialect.quote(iso))
    # A 0 before two digits goes; those of a year are four.
    return reading.replaced.format(x=padded, r=dialect.quote("(^|[- :])0([0-9]{2})(?![0-9])"), b=dialect.quote(r"\1\2"))
