"""Warehouses: Snowflake, BigQuery, Redshift, Trino. Written by their documentation, and never run here."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Regex
from dq.sql.dialects.everywhere import DIVIDED, EVERYWHERE, GREATEST, HIGHEST, LOWER, LOWEST, TYPES, UPPER, WITHIN
from dq.sql.nodes import AnyOf, Base, InSet, IsFinite, Part, PlainText
from dq.sql.pen import Pen

T = exp.DType
_ENDS = "(LENGTH({this}) >= LENGTH({expression}) AND SUBSTR({this}, LENGTH({this}) - LENGTH({expression}) + 1) = {expression})"
_ISODOW = "((CAST(EXTRACT(DOW FROM {x}) AS INTEGER) + 6) % 7 + 1)"


def _try(**names: str) -> Mapping[Base, str]:
    """Casts that give null for an error, by the names of types."""
    return {Base[base.upper()]: f"TRY_CAST({{t}} AS {name})" for base, name in names.items()}


def _field(pen: Pen, node: exp.Expr) -> str:
    """A field of a struct or row."""
    return f"{pen.part(node.this)}.{pen.sql(exp.to_identifier(node.expression.name, quoted=True))}"


def _snowflake_zone(pen: Pen, node: exp.Expr) -> str:
    """A time with a zone in UTC, without one; a time without one moved from its zone to UTC."""
    zone, x = node.args["zone"].name, pen.sql(node.this)
    given = f"'UTC', {x}" if zone == "UTC" else f"{pen.speaks.quote(zone)}, 'UTC', CAST({x} AS TIMESTAMP_NTZ)"
    return f"CAST(CONVERT_TIMEZONE({given}) AS TIMESTAMP_NTZ)"


def _snowflake_span(pen: Pen, node: exp.Expr) -> str:
    if not isinstance(node.parent, exp.Add | exp.Sub):
        return pen.gap(node, "compared with a span")
    return f"INTERVAL '{node.this.name} {node.args['unit'].name.lower()}'"


SNOWFLAKE = Dialect(
    "snowflake",
    "snowflake",
    {
        **EVERYWHERE,
        **words.spans_compared("DATEDIFF('microsecond', {y}, {x})"),
        **GREATEST,
        exp.AtTimeZone: _snowflake_zone,
        exp.Cast: words.casting(moment=words.cast_moment),
        exp.Contains: "CONTAINS({this}, {expression})",
        exp.Div: DIVIDED,
        exp.EndsWith: "ENDSWITH({this}, {expression})",
        exp.Extract: words.extracting(isodow="DAYOFWEEKISO({x})"),
        exp.Interval: _snowflake_span,
        exp.IsNan: "({this} = CAST('NaN' AS DOUBLE))",
        exp.Lower: LOWER,
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.PercentileCont: WITHIN,
        exp.StartsWith: "STARTSWITH({this}, {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Upper: UPPER,
        IsFinite: "({this} NOT IN (CAST('NaN' AS DOUBLE), CAST('inf' AS DOUBLE), CAST('-inf' AS DOUBLE)))",
        PlainText: "COLLATE({this}, '')",
    },
    types={**TYPES, T.TEXT: "VARCHAR", T.TIMESTAMP: "TIMESTAMP_NTZ", T.TIMESTAMPTZ: "TIMESTAMP_TZ"},
    reading=Reading(
        search="(REGEXP_INSTR({x}, {r}, 1, 1, 0, 'c') > 0)",
        trim="TRIM({x}, ' \t')",
        casts={
            **_try(decimal="DECIMAL({d})", number="DOUBLE", boolean="BOOLEAN", date="DATE", time="TIME"),
            **_try(timestamp="TIMESTAMP_NTZ", timestamp_tz="TIMESTAMP_TZ"),
            Base.INTEGER: f"CASE WHEN TRY_CAST({{t}} AS DECIMAL(38, 0)) BETWEEN {LOWEST} AND {HIGHEST} THEN"
            " TRY_CAST({t} AS BIGINT) END",
            Base.UUID: "LOWER({t})",
        },
        regex=Regex(end="$", group="(", posix_classes=True),
    ),
    backslash=True,
    differs=("times keep nanoseconds",),
)


def _bigquery_zone(pen: Pen, node: exp.Expr) -> str:
    """A TIMESTAMP in UTC is a DATETIME; a DATETIME of another zone is a TIMESTAMP."""
    zone = node.args["zone"].name
    return f"{'DATETIME' if zone == 'UTC' else 'TIMESTAMP'}({pen.sql(node.this)}, {pen.speaks.quote(zone)})"


def _bigquery_truncated(pen: Pen, node: exp.Expr) -> str:
    unit = node.args["unit"].name.upper()
    return f"DATETIME_TRUNC({pen.sql(node.this)}, {'ISOWEEK' if unit == 'WEEK' else unit})"


def _safe(**names: str) -> Mapping[Base, str]:
    return {Base[base.upper()]: f"SAFE_CAST({{t}} AS {name})" for base, name in names.items()}


BIGQUERY = Dialect(
    "bigquery",
    "bigquery",
    {
        **EVERYWHERE,
        **words.spans_compared("DATETIME_DIFF({x}, {y}, MICROSECOND)"),
        **GREATEST,
        exp.ArraySize: "ARRAY_LENGTH({this})",
        exp.AtTimeZone: _bigquery_zone,
        exp.Cast: words.casting("SAFE_CAST"),
        exp.Contains: "(STRPOS({this}, {expression}) > 0)",
        exp.CountIf: "COUNTIF({this})",
        exp.Div: "CAST({this} AS FLOAT64) / NULLIF({expression}, 0)",
        exp.EndsWith: "ENDS_WITH({this}, {expression})",
        exp.Extract: words.extracting(isodow="(MOD(EXTRACT(DAYOFWEEK FROM {x}) + 5, 7) + 1)"),
        exp.Interval: words.interval_added,
        exp.IsNan: "IS_NAN({this})",
        exp.Length: "CHAR_LENGTH({this})",
        exp.Like: words.like_by_backslash,
        exp.Lower: LOWER,
        exp.Mod: "MOD({this}, NULLIF({expression}, 0))",
        exp.StartsWith: "STARTS_WITH({this}, {expression})",
        exp.TimestampTrunc: _bigquery_truncated,
        exp.Trim: "TRIM({this}, ' ')",
        exp.Upper: UPPER,
        AnyOf: "EXISTS(SELECT 1 FROM UNNEST({this}) AS {alias} WHERE {expression})",
        IsFinite: "(NOT IS_NAN({this}) AND NOT IS_INF({this}))",
        Part: _field,
        InSet: words.in_set_of_one,
        PlainText: "COLLATE({this}, '')",
    },
    types={
        T.TEXT: "STRING",
        T.BIGINT: "INT64",
        T.INT: "INT64",
        T.DOUBLE: "FLOAT64",
        T.DECIMAL: "BIGNUMERIC",
        T.BOOLEAN: "BOOL",
        T.DATE: "DATE",
        T.TIME: "TIME",
        T.TIMESTAMP: "DATETIME",
        T.TIMESTAMPTZ: "TIMESTAMP",
    },
    reading=Reading(
        search="REGEXP_CONTAINS({x}, {r})",
        trim="TRIM({x}, ' \t')",
        casts={
            **_safe(integer="INT64", decimal="BIGNUMERIC({d})", number="FLOAT64", boolean="BOOL", date="DATE", time="TIME"),
            **_safe(timestamp="DATETIME", timestamp_tz="TIMESTAMP"),
            Base.UUID: "LOWER({t})",
        },
    ),
    backslash=True,
    quote_mark="\\'",
    differs=("a remainder of floats is an error", "a null array is an empty one"),
)


REDSHIFT = Dialect(
    "redshift",
    "redshift",
    {
        **EVERYWHERE,
        **GREATEST,
        exp.AtTimeZone: "{this} AT TIME ZONE {zone}",
        exp.Avg: "AVG(CAST({this} AS DOUBLE PRECISION))",
        exp.Cast: words.casting("TRY_CAST"),
        exp.Contains: "(STRPOS({this}, {expression}) > 0)",
        exp.Div: "CAST({this} AS DOUBLE PRECISION) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(isodow=_ISODOW),
        exp.IsNan: "({this} = CAST('NaN' AS DOUBLE PRECISION))",
        exp.Lower: LOWER,
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.NullSafeEQ: words.same(),
        exp.NullSafeNEQ: words.same(),
        exp.PercentileCont: WITHIN,
        exp.StartsWith: "(LEFT({this}, LENGTH({expression})) = {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Trim: "BTRIM({this}, ' ')",
        exp.Upper: UPPER,
        IsFinite: "(ABS({this}) < CAST('Infinity' AS DOUBLE PRECISION))",
        PlainText: "CAST({this} AS VARCHAR(65535))",
    },
    types={
        **{kind: name for kind, name in TYPES.items() if kind is not T.UUID},
        T.TEXT: "VARCHAR(65535)",
        T.DOUBLE: "DOUBLE PRECISION",
    },
    reading=Reading(
        search="(REGEXP_INSTR({x}, {r}, 1, 1, 0, 'p') > 0)",
        trim="BTRIM({x}, ' \t')",
        casts={
            **_try(integer="BIGINT", decimal="DECIMAL({d})", number="DOUBLE PRECISION", boolean="BOOLEAN", date="DATE"),
            **_try(time="TIME", timestamp="TIMESTAMP", timestamp_tz="TIMESTAMPTZ"),
            Base.UUID: "LOWER({t})",
        },
    ),
    backslash=True,
    differs=("trailing blanks of text are not told apart", "a column of a collation without case compares so"),
)


def _trino_zone(pen: Pen, node: exp.Expr) -> str:
    """A time with a zone in UTC, without one; a time without one put into its zone."""
    zone, x = node.args["zone"].name, pen.part(node.this)
    return f"CAST({x} AT TIME ZONE 'UTC' AS TIMESTAMP(6))" if zone == "UTC" else f"WITH_TIMEZONE({x}, {pen.speaks.quote(zone)})"


TRINO = Dialect(
    "trino",
    "trino",
    {
        **EVERYWHERE,
        **GREATEST,
        exp.ArrayCompact: "FILTER({this}, __dq_item -> __dq_item IS NOT NULL)",
        exp.ArrayDistinct: "ARRAY_DISTINCT({this})",
        exp.ArraySize: "CARDINALITY({this})",
        exp.AtTimeZone: _trino_zone,
        exp.Cast: words.casting("TRY_CAST", words.standard_moment),
        exp.Contains: "(STRPOS({this}, {expression}) > 0)",
        exp.CountIf: "COUNT_IF({this})",
        exp.Div: DIVIDED,
        exp.EndsWith: _ENDS,
        exp.Extract: words.extracting(isodow="DAY_OF_WEEK({x})"),
        exp.IsNan: "IS_NAN({this})",
        exp.Lower: LOWER,
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.Right: words.ending("LENGTH({this})", "SUBSTR({this}, -{expression})"),
        exp.StartsWith: "STARTS_WITH({this}, {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Trim: "TRIM(BOTH ' ' FROM {this})",
        exp.Upper: UPPER,
        AnyOf: "ANY_MATCH({this}, {alias} -> {expression})",
        IsFinite: "IS_FINITE({this})",
        Part: _field,
        PlainText: "CAST({this} AS VARCHAR)",
    },
    types={
        **TYPES,
        T.TEXT: "VARCHAR",
        T.TIME: "TIME(6)",
        T.TIMESTAMP: "TIMESTAMP(6)",
        T.TIMESTAMPTZ: "TIMESTAMP(6) WITH TIME ZONE",
    },
    reading=Reading(
        search="REGEXP_LIKE({x}, {r})",
        trim="TRIM(BOTH ' \t' FROM {x})",
        casts={
            **_try(integer="BIGINT", decimal="DECIMAL({d})", number="DOUBLE", boolean="BOOLEAN", date="DATE", time="TIME(6)"),
            Base.TIMESTAMP: "TRY_CAST(REPLACE({t}, 'T', ' ') AS TIMESTAMP(6))",
            Base.TIMESTAMP_TZ: "TRY(FROM_ISO8601_TIMESTAMP_NANOS(REPLACE({t}, ' ', 'T')))",
            Base.UUID: "TRY_CAST({t} AS UUID)",
        },
    ),
    differs=("arithmetic that overflows ends the statement",),
)
