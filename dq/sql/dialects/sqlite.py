"""SQLite, with the functions of `dq.sql.sqlite`."""

from __future__ import annotations

from fractions import Fraction

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Regex
from dq.sql.dialects.everywhere import EVERYWHERE
from dq.sql.nodes import Base, IsFinite, MultipleOf, PlainText, StoredAs
from dq.sql.pen import Pen

T = exp.DType
_WHOLE = "CASE WHEN ABS({{this}}) < 9e18 THEN CAST({{this}} AS INTEGER) {step} ELSE {{this}} END"
_FIELDS = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2), "HOUR": (12, 2), "MINUTE": (15, 2), "SECOND": (18, 2)}


def _like(pen: Pen, node: exp.Expr) -> str:
    """A GLOB: LIKE ignores the case of letters."""
    found, characters = [], iter(node.expression.name)
    for character in characters:
        if character == "!":
            following = next(characters)
            found.append(f"[{following}]" if following in "*?[" else following)
        else:
            found.append({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}.get(character, character))
    return f"{pen.part(node.this)} GLOB {SQLITE.quote(''.join(found))}"


def _literal(_: Pen, node: exp.Expr) -> str:
    """A fraction as a quotient of whole numbers, which is exact: SQLite reads some decimals as a neighbouring float."""
    if node.is_string:
        return SQLITE.quote(node.this)
    text = str(node.this)
    if text.isdigit():
        return text
    over, under = Fraction(float(text)).as_integer_ratio()
    if under == 1 or over.bit_length() > 53 or under.bit_length() > 62:
        return text if "." in text or "e" in text else f"{text}.0"
    return f"({over} / CAST({under} AS REAL))"


def _moment(_: Pen, text: str, kind: exp.DType) -> str:
    """Times are text, and compare rightly when all have six digits of a second."""
    plain = words.naive(text)
    return SQLITE.quote(plain if kind is T.DATE or "." in plain else f"{plain}.000000")


def _extract(pen: Pen, node: exp.Expr) -> str:
    """A field of a time as a whole number; ISODOW is 1 for Monday."""
    unit, x = node.this.name.upper(), pen.part(node.expression)
    if unit == "ISODOW":
        return f"((CAST(STRFTIME('%w', {x}) AS INTEGER) + 6) % 7 + 1)"
    start, length = _FIELDS[unit]
    return f"CAST(SUBSTR({x}, {start}, {length}) AS INTEGER)"


SQLITE = Dialect(
    "sqlite",
    "sqlite",
    {
        **{word: how for word, how in EVERYWHERE.items() if word not in (exp.Interval, exp.StddevSamp)},
        exp.AtTimeZone: words.already_utc,
        exp.Cast: words.casting(moment=_moment),
        exp.Ceil: _WHOLE.format(step="+ ({this} > CAST({this} AS INTEGER))"),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.CountIf: "COUNT(*) FILTER(WHERE {this})",
        exp.Div: "CAST({this} AS REAL) / NULLIF({expression}, 0)",
        exp.EndsWith: "(LENGTH({expression}) = 0 AND {this} IS NOT NULL OR SUBSTR({this}, -LENGTH({expression})) = {expression})",
        exp.Extract: _extract,
        exp.Floor: _WHOLE.format(step="- ({this} < CAST({this} AS INTEGER))"),
        exp.IsNan: "FALSE",
        exp.Like: _like,
        exp.Literal: _literal,
        exp.Lower: "LOWER({this})",
        exp.Mod: "DQ_MOD({this}, {expression})",
        exp.Right: "SUBSTR({this}, -{expression})",
        exp.StartsWith: "(SUBSTR({this}, 1, LENGTH({expression})) = {expression})",
        exp.Upper: "UPPER({this})",
        IsFinite: "({this} NOT IN (9e999, -9e999))",
        MultipleOf: "DQ_MULTIPLE_OF({this}, {expression})",
        PlainText: "({this} COLLATE BINARY)",
        StoredAs: "(TYPEOF({this}) = {expression})",
    },
    types={T.TEXT: "TEXT", T.BIGINT: "INTEGER", T.INT: "INTEGER", T.DOUBLE: "REAL"},
    reading=Reading(
        search="({x} REGEXP {r})",
        guard="TYPEOF({x}) = 'text'",
        trim="TRIM({x}, ' \t')",
        casts={
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
        regex=Regex(end=r"\Z"),
    ),
    proven=True,
)
