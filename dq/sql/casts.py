"""
How text is read strictly as a kind, in every dialect: one full match of a grammar inside CASE guards the dialect's own cast.

No dialect's own cast is strict (`'1.5'` is 2, `'2024-02-30'` is March, `'infinity'` is a date), so none is trusted alone, and
only CASE keeps an engine from evaluating the cast before the guard. Whatever fits the grammar can be cast, and is.
"""

from __future__ import annotations

from collections.abc import Mapping

from dq.sql.formats import format_pattern, iso_text
from dq.sql.nodes import Base, Kind
from dq.sql.pattern import parse_pattern
from dq.sql.regex import write_regex

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
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

# {t} is the text without blanks around it, {d} a decimal's digits.
_CASTS: Mapping[str, Mapping[Base, str]] = {
    "duckdb": {
        Base.INTEGER: "TRY_CAST({t} AS BIGINT)",
        Base.DECIMAL: "TRY_CAST({t} AS DECIMAL({d}))",
        Base.NUMBER: "TRY_CAST({t} AS DOUBLE)",
        Base.BOOLEAN: "TRY_CAST({t} AS BOOLEAN)",
        Base.DATE: "TRY_CAST({t} AS DATE)",
        Base.TIME: "TRY_CAST({t} AS TIME)",
        Base.TIMESTAMP: "TRY_CAST({t} AS TIMESTAMP)",
        Base.TIMESTAMP_TZ: "TRY_CAST({t} AS TIMESTAMPTZ)",
        Base.UUID: "TRY_CAST({t} AS UUID)",
    },
    "postgres": {
        Base.INTEGER: f"CASE WHEN CAST({{t}} AS NUMERIC) BETWEEN {_LOWEST} AND {_HIGHEST} THEN CAST({{t}} AS BIGINT) END",
        Base.DECIMAL: "CAST({t} AS NUMERIC({d}))",
        Base.NUMBER: "CAST({t} AS DOUBLE PRECISION)",
        Base.BOOLEAN: "CAST({t} AS BOOLEAN)",
        Base.DATE: "CAST({t} AS DATE)",
        Base.TIME: "CAST({t} AS TIME)",
        Base.TIMESTAMP: "CAST({t} AS TIMESTAMP)",
        Base.TIMESTAMP_TZ: "CAST({t} AS TIMESTAMPTZ)",
        Base.UUID: "CAST({t} AS UUID)",
    },
    "mysql": {
        Base.INTEGER: f"CASE WHEN CAST({{t}} AS DECIMAL(65,0)) BETWEEN {_LOWEST} AND {_HIGHEST} THEN CAST({{t}} AS SIGNED) END",
        Base.DECIMAL: "CAST({t} AS DECIMAL({d}))",
        Base.NUMBER: "CAST({t} AS DOUBLE)",
        Base.BOOLEAN: "LOWER({t}) = 'true'",
        Base.DATE: "CAST({t} AS DATE)",
        Base.TIME: "CAST({t} AS TIME(6))",
        Base.TIMESTAMP: "CAST({t} AS DATETIME(6))",
        Base.TIMESTAMP_TZ: (
            "CASE WHEN RIGHT({t}, 1) = 'Z' THEN CAST(LEFT({t}, CHAR_LENGTH({t}) - 1) AS DATETIME(6))"
            " ELSE CAST(LEFT({t}, CHAR_LENGTH({t}) - 6) AS DATETIME(6))"
            " - INTERVAL (CONCAT(SUBSTR({t}, -6, 1), '1') * (SUBSTR({t}, -5, 2) * 60 + SUBSTR({t}, -2, 2))) MINUTE END"
        ),
        Base.UUID: "LOWER({t})",
    },
    "sqlite": {
        Base.INTEGER: (
            "CASE WHEN LENGTH(LTRIM(LTRIM({t}, '+-'), '0')) < 19"
            " OR LTRIM(LTRIM({t}, '+-'), '0') <= CASE WHEN SUBSTR({t}, 1, 1) = '-' THEN '9223372036854775808'"
            " ELSE '9223372036854775807' END AND LENGTH(LTRIM(LTRIM({t}, '+-'), '0')) = 19 THEN CAST({t} AS INTEGER) END"
        ),
        Base.NUMBER: "CAST({t} AS REAL)",
        Base.BOOLEAN: "LOWER({t}) = 'true'",
        Base.DATE: "{t}",
        Base.TIME: "SUBSTR({t} || CASE WHEN INSTR({t}, '.') > 0 THEN '000000' ELSE '.000000' END, 1, 15)",
        Base.TIMESTAMP: (
            "SUBSTR({t}, 1, 10) || ' ' || SUBSTR(SUBSTR({t}, 12)"
            " || CASE WHEN INSTR({t}, '.') > 0 THEN '000000' ELSE '.000000' END, 1, 15)"
        ),
        Base.TIMESTAMP_TZ: (
            "STRFTIME('%Y-%m-%d %H:%M:%S',"
            " SUBSTR({t}, 1, 19) || CASE WHEN SUBSTR({t}, -1) = 'Z' THEN 'Z' ELSE SUBSTR({t}, -6) END)"
            " || SUBSTR(CASE WHEN INSTR({t}, '.') > 0"
            " THEN SUBSTR({t}, 20, LENGTH({t}) - CASE WHEN SUBSTR({t}, -1) = 'Z' THEN 20 ELSE 25 END)"
            " ELSE '.' END || '000000', 1, 7)"
        ),
        Base.UUID: "LOWER({t})",
    },
    "spark": {
        Base.INTEGER: "TRY_CAST({t} AS BIGINT)",
        Base.DECIMAL: "TRY_CAST({t} AS DECIMAL({d}))",
        Base.NUMBER: "TRY_CAST({t} AS DOUBLE)",
        Base.BOOLEAN: "TRY_CAST({t} AS BOOLEAN)",
        Base.DATE: "TRY_CAST({t} AS DATE)",
        Base.TIMESTAMP: "TRY_CAST({t} AS TIMESTAMP_NTZ)",
        Base.TIMESTAMP_TZ: "TRY_CAST({t} AS TIMESTAMP)",
        Base.UUID: "LOWER({t})",
    },
}

# DuckDB first reads what has no blanks around it, as TRIM is slow; and these guards, cheaper than a pattern, are as exact
# beside its own cast.
_FAST: Mapping[Base, str] = {
    Base.INTEGER: "{x} NOT GLOB '*[!0-9]*'",
    Base.DATE: "{x} LIKE '____-__-__' AND {x} >= '0001' AND {x} < ':' AND SUBSTRING({x}, 10, 1) BETWEEN '0' AND '9'",
    Base.UUID: "{x} LIKE '________-____-____-____-____________'",
}
_BOOLEAN = "CASE LOWER({x}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE "  # no other letter's small form is one of these

_TRIM: Mapping[str, str] = {
    "duckdb": "TRIM({x}, ' \t')",
    "postgres": "BTRIM({x}, ' \t')",
    "mysql": "REGEXP_REPLACE({x}, '^[ \t]+|[ \t]+$', '')",
    "sqlite": "TRIM({x}, ' \t')",
    "spark": "TRIM(BOTH ' \t' FROM {x})",
}

# {x} is the text, {r} the pattern as a string literal.
SEARCH: Mapping[str, str] = {
    "duckdb": "REGEXP_MATCHES({x}, {r})",
    "postgres": "({x} ~ {r})",
    "mysql": "({x} REGEXP {r})",
    "sqlite": "({x} REGEXP {r})",
    "spark": "({x} RLIKE {r})",
}

_TYPED_GUARD: Mapping[str, str] = {"sqlite": "TYPEOF({x}) = 'text' AND "}


def quote(text: str, dialect: str) -> str:
    """*text* as a string literal of *dialect*."""
    if dialect in ("mysql", "spark"):
        text = text.replace("\\", "\\\\")
    if dialect == "spark":  # adjacent literals are one there: '' ends the first
        return "'" + text.replace("'", "\\'") + "'"
    return "'" + text.replace("'", "''") + "'"


def grammar(kind: Kind) -> str | None:
    """The portable pattern of text that reads as *kind*, without anchors and blanks; None when no text does."""
    if kind.base is Base.DECIMAL:
        precision, scale = kind.precision or 38, kind.scale
        whole = f"0*[0-9]{{1,{precision - scale}}}" if precision > scale else "0+"
        if not scale:
            return f"[+-]?(?:{whole}(?:[.]0+)?|[.]0+)"
        return f"[+-]?(?:{whole}(?:[.][0-9]{{1,{scale}}}0*)?|[.][0-9]{{1,{scale}}}0*)"
    return _GRAMMAR.get(kind.base)


def read_text(x: str, kind: Kind, pattern: str | None, dialect: str) -> str | None:
    """
    SQL that reads text *x* as *kind*, null where it cannot be read; None when *dialect* has no such cast.

    *pattern* is a `strptime` format; None: ISO 8601. Blanks and tabs around the text are allowed.
    """
    if pattern is not None:
        return _read_format(x, kind, pattern, dialect)
    cast = _CASTS[dialect].get(kind.base)
    form = grammar(kind)
    if cast is None or form is None:
        return None
    trimmed, digits = _TRIM[dialect].format(x=x), f"{kind.precision or 38}, {kind.scale}"
    trimming = f"WHEN {_full_match(x, _BLANKS.format(form), dialect)} THEN {cast.format(t=trimmed, d=digits)} END"
    if dialect != "duckdb":
        return f"CASE {trimming}"
    if kind.base is Base.BOOLEAN:
        return f"{_BOOLEAN.format(x=x)}CASE {trimming} END"
    guard = _FAST[kind.base].format(x=x) if kind.base in _FAST else _full_match(x, f"(?:{form})", dialect)
    return f"CASE WHEN {guard} THEN {cast.format(t=x, d=digits)} {trimming}"


def _full_match(x: str, form: str, dialect: str) -> str:
    regex = write_regex(parse_pattern(f"^{form}$"), dialect)
    return _TYPED_GUARD.get(dialect, "").format(x=x) + SEARCH[dialect].format(x=x, r=quote(regex, dialect))


def _read_format(x: str, kind: Kind, pattern: str, dialect: str) -> str | None:
    form = format_pattern(pattern)
    if form is None or kind.base not in (Base.DATE, Base.TIME, Base.TIMESTAMP):
        return None
    guard = _full_match(x, _BLANKS.format(form), dialect)
    trimmed = _TRIM[dialect].format(x=x)
    if dialect == "duckdb":
        moment = f"TRY_STRPTIME({trimmed}, {quote(pattern, dialect)})"
        if "%z" in pattern:
            moment = f"({moment} AT TIME ZONE 'UTC')"
        return f"CASE WHEN {guard} THEN CAST({moment} AS {kind.base.name}) END"
    iso = iso_text(trimmed, pattern, kind.base, dialect)
    if iso is None:
        return None
    inner = read_text(f"({iso})", kind, None, dialect)
    return f"CASE WHEN {guard} THEN {inner} END" if inner else None
