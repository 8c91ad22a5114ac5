"""Spark SQL, Databricks, and Hive, from which both come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Writer
from dq.sql.dialects.duckdb import scaled
from dq.sql.dialects.everywhere import EVERYWHERE, GREATEST, LOWER, UPPER
from dq.sql.nodes import AnyOf, Base, IsFinite, MapValues, Matches, MultipleOf, Part
from dq.sql.pen import Pen
from dq.sql.regex import is_risky_for_java

T = exp.DType


def _matches(pen: Pen, node: exp.Expr) -> str:
    """A search for a portable pattern; where a long text would overflow the stack and end the cluster's process, an error."""
    found, x, pattern = words.matches(pen, node), pen.part(node.this), words.pattern_of(pen, node)
    if pattern is not None and is_risky_for_java(pattern):
        return f"CASE WHEN LENGTH({x}) > 1000 THEN RAISE_ERROR('dq: a text too long for this pattern') ELSE {found} END"
    return found


def _multiple_of(pen: Pen, node: exp.Expr) -> str:
    """As for DuckDB; beyond 15 digits by the float's own remainder."""
    x, (whole, scale) = pen.part(node.this), scaled(node)
    step = pen.sql(node.expression)
    v, power = f"CAST({x} AS DOUBLE)", f"1e{scale}D"
    return (
        f"CASE WHEN TYPEOF({x}) IN ('double', 'float') THEN CASE"
        f" WHEN ABS({v}) < 1e{15 - scale}D THEN ROUND({v} * {power} / {whole}) * {whole} / {power} = {v}"
        f" ELSE {v} % {step} = 0 END ELSE {x} % {step} = 0 END"
    )


def _truncated(pen: Pen, node: exp.Expr) -> str:
    return f"CAST({words.truncated(pen, node)} AS TIMESTAMP_NTZ)"


def _at_time_zone(pen: Pen, node: exp.Expr) -> str:
    """The session is in UTC: a time with a zone is itself; one without is moved from its zone."""
    zone, x = node.args["zone"].name, pen.sql(node.this)
    if zone == "UTC":
        return f"CAST({x} AS TIMESTAMP_NTZ)"
    return f"CONVERT_TIMEZONE({pen.speaks.quote(zone)}, 'UTC', {x})"


def _part(pen: Pen, node: exp.Expr) -> str:
    """A field of a struct."""
    return f"{pen.part(node.this)}.{pen.sql(exp.to_identifier(node.expression.name, quoted=True))}"


WRITES: Mapping[type[exp.Expr], Writer] = {
    **EVERYWHERE,
    exp.ArrayCompact: "ARRAY_COMPACT({this})",
    exp.ArrayDistinct: "ARRAY_DISTINCT(ARRAY_COMPACT({this}))",
    exp.ArraySize: "CASE WHEN {this} IS NOT NULL THEN SIZE({this}) END",
    exp.AtTimeZone: _at_time_zone,
    exp.Cast: words.casting("TRY_CAST"),
    exp.Contains: "CONTAINS({this}, {expression})",
    exp.CountIf: "COUNT_IF({this})",
    exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
    exp.EndsWith: "ENDSWITH({this}, {expression})",
    exp.Extract: words.extracting(isodow="(WEEKDAY({x}) + 1)", second="FLOOR(EXTRACT(SECOND FROM {x}))"),
    exp.Greatest: words.listed("GREATEST"),
    exp.IsNan: "ISNAN({this})",
    exp.Least: words.listed("LEAST"),
    exp.Lower: LOWER,
    exp.Mod: "{this} % NULLIF({expression}, 0)",
    exp.PercentileCont: "PERCENTILE({expression}, {this})",
    exp.StartsWith: "STARTSWITH({this}, {expression})",
    exp.TimestampTrunc: _truncated,
    exp.Upper: UPPER,
    AnyOf: "EXISTS({this}, {alias} -> {expression})",
    IsFinite: "(NOT ISNAN({this}) AND ABS({this}) < DOUBLE('Infinity'))",
    MapValues: "MAP_VALUES({this})",
    Matches: _matches,
    MultipleOf: _multiple_of,
    Part: _part,
}

TYPES: Mapping[exp.DType, str] = {
    T.TEXT: "STRING",
    T.BIGINT: "BIGINT",
    T.INT: "BIGINT",
    T.DOUBLE: "DOUBLE",
    T.DECIMAL: "DECIMAL",
    T.BOOLEAN: "BOOLEAN",
    T.DATE: "DATE",
    T.TIMESTAMP: "TIMESTAMP_NTZ",
    T.TIMESTAMPTZ: "TIMESTAMP",
}

READING = Reading(
    search="({x} RLIKE {r})",
    trim="TRIM(BOTH ' \t' FROM {x})",
    casts={
        Base.INTEGER: "TRY_CAST({t} AS BIGINT)",
        Base.DECIMAL: "TRY_CAST({t} AS DECIMAL({d}))",
        Base.NUMBER: "TRY_CAST({t} AS DOUBLE)",
        Base.BOOLEAN: "TRY_CAST({t} AS BOOLEAN)",
        Base.DATE: "TRY_CAST({t} AS DATE)",
        Base.TIMESTAMP: "TRY_CAST({t} AS TIMESTAMP_NTZ)",
        Base.TIMESTAMP_TZ: "TRY_CAST({t} AS TIMESTAMP)",
        Base.UUID: "LOWER({t})",
    },
    joined="",
)

# Adjacent literals are one in Spark, so that a quote is not doubled but escaped.
SPARK = Dialect("spark", "spark", WRITES, types=TYPES, reading=READING, backslash=True, quote_mark="\\'")

DATABRICKS = replace(SPARK, name="databricks", base="databricks")
_HIVE_GAPS = (
    exp.AtTimeZone,
    exp.PercentileCont,
    AnyOf,
    MapValues,
    MultipleOf,
    exp.ArrayCompact,
    exp.ArrayDistinct,
    exp.TimestampTrunc,
)
HIVE = Dialect(
    "hive",
    "hive",
    {
        **{word: how for word, how in WRITES.items() if word not in _HIVE_GAPS},
        **GREATEST,
        exp.AtTimeZone: words.already_utc,
        exp.Cast: words.casting(),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.CountIf: EVERYWHERE[exp.CountIf],
        exp.EndsWith: (
            "(CHARACTER_LENGTH({this}) >= CHARACTER_LENGTH({expression})"
            " AND SUBSTR({this}, CHARACTER_LENGTH({this}) - CHARACTER_LENGTH({expression}) + 1) = {expression})"
        ),
        exp.Extract: words.extracting(
            isodow="(PMOD(DATEDIFF({x}, '1900-01-01'), 7) + 1)", second="FLOOR(EXTRACT(SECOND FROM {x}))"
        ),
        exp.IsNan: "({this} = CAST('NaN' AS DOUBLE))",
        exp.Length: "CHARACTER_LENGTH({this})",
        exp.Like: words.like_by_backslash,
        exp.Right: words.ending("CHARACTER_LENGTH({this})", "SUBSTR({this}, -{expression})"),
        exp.StartsWith: "(SUBSTR({this}, 1, CHARACTER_LENGTH({expression})) = {expression})",
        exp.TimestampTrunc: "FLOOR({this} TO {unit})",
        IsFinite: "(ABS({this}) < CAST('Infinity' AS DOUBLE))",
        Part: _part,
        Matches: words.matches,
    },
    types={**{kind: name for kind, name in TYPES.items() if kind is not T.TIMESTAMPTZ}, T.TIMESTAMP: "TIMESTAMP"},
    reading=Reading(
        search="({x} RLIKE {r})",
        trim="REGEXP_REPLACE({x}, '^[ \t]+|[ \t]+$', '')",
        casts={
            Base.INTEGER: "CAST({t} AS BIGINT)",
            Base.DECIMAL: "CAST({t} AS DECIMAL({d}))",
            Base.NUMBER: "CAST({t} AS DOUBLE)",
            Base.BOOLEAN: "LOWER({t}) = 'true'",
            Base.DATE: "CAST({t} AS DATE)",
            Base.TIMESTAMP: "CAST(REPLACE({t}, 'T', ' ') AS TIMESTAMP)",
            Base.UUID: "LOWER({t})",
        },
        joined="",
    ),
    backslash=True,
    quote_mark="\\'",
    differs=("times have no zone",),
)
