"""MariaDB, and MySQL where it differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Regex, Writer
from dq.sql.dialects.everywhere import EVERYWHERE, HIGHEST, LOWEST
from dq.sql.nodes import Base, IsFinite, MultipleOf, PlainText
from dq.sql.pen import Pen, Write

T = exp.DType
_NOPAD, _MYSQL_NOPAD = "utf8mb4_nopad_bin", "utf8mb4_0900_bin"  # by code point, trailing blanks included

_TYPES: Mapping[exp.DType, str] = {
    T.TEXT: "CHAR",
    T.BIGINT: "SIGNED",
    T.INT: "SIGNED",
    T.DOUBLE: "DOUBLE",
    T.DECIMAL: "DECIMAL",
    T.DATE: "DATE",
    T.TIME: "TIME(6)",
    T.TIMESTAMP: "DATETIME(6)",
    T.TIMESTAMPTZ: "DATETIME(6)",
}


def _moment(pen: Pen, text: str, kind: exp.DType) -> str:
    return f"{'TIMESTAMP' if kind in (T.TIMESTAMP, T.TIMESTAMPTZ) else kind.value} {pen.speaks.quote(words.naive(text))}"


def _literal(collation: str) -> Write:
    """Text that compares by code point, whatever the collation of what it is compared with."""
    return lambda pen, node: f"{pen.speaks.quote(node.this)} COLLATE {collation}" if node.is_string else str(node.this)


def _writes(collation: str) -> Mapping[type[exp.Expr], Writer]:
    return {
        **EVERYWHERE,
        exp.AtTimeZone: words.already_utc,
        exp.Avg: "AVG(CAST({this} AS DOUBLE))",
        exp.Cast: words.casting(moment=_moment),
        exp.Contains: "(LOCATE({expression}, {this}) > 0)",
        exp.DPipe: "CONCAT({this}, {expression})",
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, CHAR_LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(isodow="(WEEKDAY({x}) + 1)"),
        exp.Interval: words.interval_added,
        exp.IsNan: "FALSE",
        exp.Length: "CHAR_LENGTH({this})",
        exp.Like: words.like(f" COLLATE {collation}"),
        exp.Literal: _literal(collation),
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.Round: words.round_as("DECIMAL(65, 20)"),
        exp.StartsWith: "(LEFT({this}, CHAR_LENGTH({expression})) = {expression})",
        IsFinite: "({this} IS NOT NULL)",
        MultipleOf: "(CAST(CAST({this} AS CHAR) AS DECIMAL(65, 25)) % {expression} = 0)",
        PlainText: f"(CONVERT({{this}} USING utf8mb4) COLLATE {collation})",
    }


_CASTS: Mapping[Base, str] = {
    Base.INTEGER: f"CASE WHEN CAST({{t}} AS DECIMAL(65,0)) BETWEEN {LOWEST} AND {HIGHEST} THEN CAST({{t}} AS SIGNED) END",
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
}

_TRIM = "REGEXP_REPLACE({x}, '^[ \t]+|[ \t]+$', '')"

MARIADB = Dialect(
    "mariadb",
    "mysql",
    _writes(_NOPAD),
    types=_TYPES,
    reading=Reading(
        search="({x} REGEXP {r})",
        trim=_TRIM,
        casts=_CASTS,
        regex=Regex(prefix="(?-imsx)"),  # a collation or a server setting may have set flags
        joined="",
    ),
    backslash=True,
    proven=True,
)

# MySQL 8.0.17 and later. ICU's flags and its end of a text are those of PCRE.
MYSQL = replace(
    MARIADB,
    name="mysql",
    writes=_writes(_MYSQL_NOPAD),
    reading=Reading(search="REGEXP_LIKE({x}, {r}, 'c')", trim=_TRIM, casts=_CASTS, regex=Regex(prefix="(?-imsx)"), joined=""),
    proven=False,
)
