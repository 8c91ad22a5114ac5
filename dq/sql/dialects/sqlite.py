"""SQLite, with the functions of `dq.sql.sqlite`."""

from __future__ import annotations

from fractions import Fraction

from sqlglot import exp

from dq.sql import words
from dq.sql.automaton import Automaton, TooLargeError
from dq.sql.dialect import Dialect, Reading, Regex
from dq.sql.dialects.everywhere import EVERYWHERE
from dq.sql.nodes import (
    AnyOf,
    Base,
    IsFinite,
    IsJson,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    JsonValues,
    Matches,
    MultipleOf,
    PlainText,
    StoredAs,
)
from dq.sql.pen import Pen, Write, template
from dq.sql.regex import ways

T = exp.DType
_MOST_WAYS = 1_000_000
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


def _matches(pen: Pen, node: exp.Expr) -> str:
    """A search for a portable pattern; by an automaton where Python's own engine might go back without end."""
    pattern = words.pattern_of(pen, node)
    if pattern is None or ways(pattern) < _MOST_WAYS:
        return words.matches(pen, node)
    try:
        Automaton(pattern)
    except TooLargeError:
        return pen.gap(node, "that repeats groups inside groups too often")
    return f"DQ_SEARCH({SQLITE.quote(node.expression.name)}, {pen.part(node.this)})"


_plain_cast = words.casting(moment=_moment)


def _cast_kind(pen: Pen, node: exp.Expr) -> str:
    """A cast that loses nothing; a day as a time begins at midnight, and a time has a day."""
    to = node.args["to"].this
    if to in (T.DATE, T.TIMESTAMP) and not isinstance(node.this, exp.Literal | exp.Null):
        x = pen.part(node.this)
        return f"SUBSTR({x}, 1, 10)" if to is T.DATE else f"SUBSTR({x} || ' 00:00:00.000000', 1, 26)"
    return _plain_cast(pen, node)


_cast = words.cast_by_text("TYPEOF({x}) = 'text'")
_cast_to_time = words.cast_by_text("TYPEOF({x}) = 'text' AND LENGTH({x}) NOT IN (10, 26)")  # as days and times are kept


def _lenient_cast(pen: Pen, node: exp.Expr) -> str:
    """A user's cast; days and times are text too, told by their width."""
    return (_cast_to_time if node.args["to"].this in words.MOMENTS else _cast)(pen, node)


def _shifted(sign: str) -> Write:
    """Numbers are added; a span of time shifts a time."""
    write = template(f"{{this}} {sign} {{expression}}")

    def shifted(pen: Pen, node: exp.Expr) -> str:
        span = node.expression.unnest()
        if not isinstance(span, exp.Interval):
            return write(pen, node)
        return f"DQ_SHIFT({pen.sql(node.this)}, {'-' if sign == '-' else ''}{span.this.name}, '{span.args['unit'].name.upper()}')"

    return shifted


def _at_time_zone(pen: Pen, node: exp.Expr) -> str:
    """Times with a zone are kept as UTC; one without is moved there from its zone."""
    zone = node.args["zone"].name
    return pen.sql(node.this) if zone == "UTC" else f"DQ_FROM_ZONE({pen.sql(node.this)}, {SQLITE.quote(zone)})"


def _truncated(pen: Pen, node: exp.Expr) -> str:
    return f"DQ_TRUNC({pen.sql(node.this)}, '{node.args['unit'].name.lower()}')"


def _array_size(pen: Pen, node: exp.Expr) -> str:
    """The number of elements of a JSON array; without nulls, or of different ones."""
    of, counted = node.this, "DQ_JSON_THERE"
    if isinstance(of, exp.ArrayDistinct):
        of, counted = of.this, "DQ_JSON_DIFFERENT"
    if not isinstance(of, exp.ArrayCompact):
        return f"JSON_ARRAY_LENGTH({pen.sql(of)})" if of is node.this else pen.gap(node, "of different values and null")
    return f"{counted}({pen.sql(of.this)})"


SQLITE = Dialect(
    "sqlite",
    "sqlite",
    {
        **EVERYWHERE,
        **words.spans_compared("DQ_MICROSECONDS({x}, {y})"),
        exp.Add: _shifted("+"),
        exp.ArrayCompact: lambda pen, node: pen.gap(node, "but for its size"),
        exp.ArrayDistinct: lambda pen, node: pen.gap(node, "but for its size"),
        exp.ArraySize: _array_size,
        exp.AtTimeZone: _at_time_zone,
        exp.Cast: _cast_kind,
        exp.Ceil: _WHOLE.format(step="+ ({this} > CAST({this} AS INTEGER))"),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.CountIf: "COUNT(*) FILTER(WHERE {this})",
        exp.Div: "CAST({this} AS REAL) / NULLIF({expression}, 0)",
        exp.EndsWith: "(LENGTH({expression}) = 0 AND {this} IS NOT NULL OR SUBSTR({this}, -LENGTH({expression})) = {expression})",
        exp.Extract: _extract,
        exp.Floor: _WHOLE.format(step="- ({this} < CAST({this} AS INTEGER))"),
        exp.Greatest: words.listed("DQ_GREATEST"),
        exp.Interval: words.interval_added,
        exp.IsNan: "FALSE",
        exp.Least: words.listed("DQ_LEAST"),
        exp.Like: _like,
        exp.Literal: _literal,
        exp.Lower: "LOWER({this})",
        exp.Mod: "DQ_MOD({this}, {expression})",
        exp.PercentileCont: "DQ_QUANTILE({expression}, {this})",
        exp.Right: "SUBSTR({this}, -{expression})",
        exp.StartsWith: "(SUBSTR({this}, 1, LENGTH({expression})) = {expression})",
        exp.StddevSamp: "DQ_DEVIATION({this})",
        exp.Sub: _shifted("-"),
        exp.Sum: "DQ_SUM({this})",
        exp.TimestampTrunc: _truncated,
        exp.TryCast: _lenient_cast,
        exp.Upper: "UPPER({this})",
        AnyOf: (
            "CASE WHEN {this} IS NOT NULL THEN EXISTS(SELECT 1 FROM (SELECT DQ_JSON_ITEM({this}, key) AS {alias}"
            " FROM JSON_EACH({this})) WHERE {expression}) END"
        ),
        IsFinite: "({this} NOT IN (9e999, -9e999))",
        IsJson: "CASE WHEN {this} IS NOT NULL THEN JSON_VALID({this}) = 1 END",  # of null it is 0 before 3.42
        JsonItems: "DQ_JSON_ITEMS({this})",
        JsonPart: "DQ_JSON_PART({this}, {expression})",
        JsonText: "DQ_JSON_TEXT({this})",
        JsonType: "DQ_JSON_TYPE({this})",
        JsonValues: "DQ_JSON_VALUES({this})",
        Matches: _matches,
        MultipleOf: "DQ_MULTIPLE_OF({this}, {expression})",
        PlainText: "({this} COLLATE BINARY)",
        StoredAs: "(TYPEOF({this}) = {expression})",
    },
    types={
        T.TEXT: "TEXT",
        T.BIGINT: "INTEGER",
        T.INT: "INTEGER",
        T.DOUBLE: "REAL",
        T.DECIMAL: "REAL",
        T.BOOLEAN: "INTEGER",
        T.DATE: "TEXT",
        T.TIME: "TEXT",
        T.TIMESTAMP: "TEXT",
        T.UUID: "TEXT",
    },
    reading=Reading(
        search="({x} REGEXP {r})",
        guard="TYPEOF({x}) = 'text'",
        trim="TRIM({x}, ' \t')",
        replaced="DQ_REPLACE({x}, {r}, {b})",
        casts={
            Base.INTEGER: (
                "CASE WHEN LENGTH(LTRIM(LTRIM({t}, '+-'), '0')) < 19"
                " OR LTRIM(LTRIM({t}, '+-'), '0') <= CASE WHEN SUBSTR({t}, 1, 1) = '-' THEN '9223372036854775808'"
                " ELSE '9223372036854775807' END AND LENGTH(LTRIM(LTRIM({t}, '+-'), '0')) = 19 THEN CAST({t} AS INTEGER) END"
            ),
            Base.NUMBER: "CAST({t} AS REAL)",
            Base.DECIMAL: "CAST({t} AS REAL)",
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
        most_digits=15,  # a decimal is a float there
    ),
    proven=True,
)
