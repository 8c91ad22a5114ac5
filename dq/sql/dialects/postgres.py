"""PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Regex
from dq.sql.dialects.everywhere import EVERYWHERE, HIGHEST, LOWER, LOWEST, TYPES, UPPER
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
    MultipleOf,
    Part,
    PlainText,
)
from dq.sql.pen import Pen

T = exp.DType


def _literal(_: Pen, node: exp.Expr) -> str:
    """Text is ordered by code point, whatever the locale of the database."""
    if not node.is_string:
        return str(node.this)
    ordered = isinstance(node.parent, exp.LT | exp.LTE | exp.GT | exp.GTE | exp.Between)
    text = POSTGRES.quote(node.this)
    return f'({text} COLLATE "C")' if ordered else text


def _multiple_of(pen: Pen, node: exp.Expr) -> str:
    """
    Whether a number is a multiple, by its shortest text.

    PostgreSQL writes a float of more than 2^53 with 17 digits also where 16 say the same number.
    """
    x, step = pen.part(node.this), pen.sql(node.expression)
    if not Decimal(node.expression.name):
        return pen.gap(node, f"of {step}")
    n = f"CAST(CAST({x} AS TEXT) AS NUMERIC)"
    short = f"ROUND({n}, 15 - CAST(FLOOR(LOG(ABS({n}))) AS INTEGER))"
    shortest = f"CASE WHEN CAST({short} AS DOUBLE PRECISION) = {x} THEN {short} ELSE {n} END"
    large = f"PG_TYPEOF({x}) = CAST('double precision' AS REGTYPE) AND ABS({x}) BETWEEN 9e15 AND 1e308"
    return f"CASE WHEN {large} THEN ({shortest}) % {step} = 0 ELSE {n} % {step} = 0 END"


def _part(pen: Pen, node: exp.Expr) -> str:
    """A field of a composite value."""
    return f"({pen.sql(node.this)}).{pen.sql(exp.to_identifier(node.expression.name, quoted=True))}"


POSTGRES = Dialect(
    "postgres",
    "postgres",
    {
        **EVERYWHERE,
        exp.ArrayCompact: "ARRAY_REMOVE({this}, NULL)",
        exp.ArrayDistinct: "CASE WHEN {this} IS NOT NULL THEN ARRAY(SELECT DISTINCT UNNEST({this})) END",
        exp.ArraySize: "CARDINALITY({this})",
        exp.AtTimeZone: "{this} AT TIME ZONE {zone}",
        exp.Contains: "(POSITION({expression} IN {this}) > 0)",
        exp.CountIf: "COUNT(*) FILTER(WHERE {this})",
        exp.Div: "CAST({this} AS DOUBLE PRECISION) / NULLIF(CAST({expression} AS DOUBLE PRECISION), 0)",
        exp.EndsWith: "(RIGHT({this}, LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(second="FLOOR(EXTRACT(SECOND FROM {x}))"),
        exp.Greatest: words.listed("GREATEST"),
        exp.IsNan: "({this} = 'NaN')",
        exp.Least: words.listed("LEAST"),
        exp.Literal: _literal,
        exp.Lower: LOWER,
        exp.Mod: "CAST({this} AS NUMERIC) % NULLIF(CAST({expression} AS NUMERIC), 0)",
        exp.PercentileCont: "PERCENTILE_CONT({this}) WITHIN GROUP (ORDER BY {expression})",
        exp.Round: words.round_as("NUMERIC"),
        exp.StartsWith: "STARTS_WITH({this}, {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.TryCast: words.cast_by_text("PG_TYPEOF({x}) IN ('text', 'character varying', 'character', 'unknown')"),
        exp.Upper: UPPER,
        AnyOf: (
            "CASE WHEN {this} IS NOT NULL THEN EXISTS(SELECT 1 FROM UNNEST({this}) AS __dq_items({alias}) WHERE {expression}) END"
        ),
        IsFinite: "({this} NOT IN ('NaN', 'Infinity', '-Infinity'))",
        IsJson: "({this} IS JSON)",
        JsonItems: "CASE WHEN JSONB_TYPEOF({this}) = 'array' THEN ARRAY(SELECT JSONB_ARRAY_ELEMENTS({this})) END",
        JsonPart: "({this} -> {expression})",
        JsonText: "({this} #>> '{{}}')",
        JsonType: (
            "CASE JSONB_TYPEOF({this}) WHEN 'number' THEN CASE WHEN CAST({this} #>> '{{}}' AS NUMERIC) % 1 = 0"
            " THEN 'integer' ELSE 'number' END ELSE JSONB_TYPEOF({this}) END"
        ),
        JsonValues: "CASE WHEN JSONB_TYPEOF({this}) = 'object' THEN ARRAY(SELECT value FROM JSONB_EACH({this})) END",
        MultipleOf: _multiple_of,
        Part: _part,
        PlainText: '(CAST({this} AS TEXT) COLLATE "C")',  # the cast takes the padding of CHAR away
    },
    types={**TYPES, T.DOUBLE: "DOUBLE PRECISION", T.DECIMAL: "NUMERIC"},
    reading=Reading(
        search="({x} ~ {r})",
        trim="BTRIM({x}, ' \t')",
        replaced="REGEXP_REPLACE({x}, {r}, {b}, 'g')",
        casts={
            Base.INTEGER: f"CASE WHEN CAST({{t}} AS NUMERIC) BETWEEN {LOWEST} AND {HIGHEST} THEN CAST({{t}} AS BIGINT) END",
            Base.DECIMAL: "CAST({t} AS NUMERIC({d}))",
            Base.NUMBER: "CAST({t} AS DOUBLE PRECISION)",
            Base.BOOLEAN: "CAST({t} AS BOOLEAN)",
            Base.DATE: "CAST({t} AS DATE)",
            Base.TIME: "CAST({t} AS TIME)",
            Base.TIMESTAMP: "CAST({t} AS TIMESTAMP)",
            Base.TIMESTAMP_TZ: "CAST({t} AS TIMESTAMPTZ)",
            Base.UUID: "CAST({t} AS UUID)",
        },
        regex=Regex(end=r"\Z"),
    ),
    proven=True,
)
