"""
The differences between dialects, as data: how each word is written where sqlglot's own way is wrong or means another thing.

A word is a node type. A text is a template over the node's parts; a function writes what a template cannot. A word that is
neither in `PLAIN` nor in a dialect's table is a gap of that dialect. What the meanings rely on is the engines' business: sessions
in UTC, standard quoting, and columns of text that are compared with each other by code point (PostgreSQL, MySQL).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from dq.sql import words
from dq.sql.nodes import (
    AnyOf,
    InSet,
    IsFinite,
    IsJson,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    JsonValues,
    MapValues,
    Matches,
    MultipleOf,
    Output,
    Part,
    ReadAs,
)
from dq.sql.pen import Write

Writer = str | Write


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect: the sqlglot dialect it builds on, and what is written differently."""

    name: str
    base: str
    writes: Mapping[type[exp.Expr], Writer]

    @property
    def vocabulary(self) -> frozenset[type[exp.Expr]]:
        """The node types that it can express."""
        return PLAIN | frozenset(self.writes)


# What sqlglot writes alike, and rightly, everywhere.
PLAIN: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Add, exp.Alias, exp.And, exp.Between, exp.Boolean, exp.Case, exp.Coalesce, exp.Column, exp.Count, exp.DataType,
        exp.DataTypeParam, exp.Distinct, exp.EQ, exp.Exists, exp.From, exp.GT, exp.GTE, exp.Group, exp.Having, exp.Identifier,
        exp.If, exp.In, exp.Is, exp.LT, exp.LTE, exp.Literal, exp.Max, exp.Min, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
        exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.RowNumber, exp.Select,
        exp.Star, exp.Sub, exp.Subquery, exp.Sum, exp.Table, exp.TableAlias, exp.Var, exp.Where, exp.Window,
    }
)  # fmt: skip

_EVERYWHERE: Mapping[type[exp.Expr], Writer] = {
    exp.Abs: "ABS({this})",
    exp.Avg: "AVG({this})",
    exp.Cast: words.cast,
    exp.Ceil: "CEIL({this})",
    exp.CountIf: "COUNT(*) FILTER(WHERE {this})",
    exp.DPipe: "{this} || {expression}",
    exp.Extract: words.extract,
    exp.Floor: "FLOOR({this})",
    exp.Interval: words.interval,
    exp.Length: "LENGTH({this})",
    exp.Like: words.like,
    exp.Replace: "REPLACE({this}, {expression}, {replacement})",
    exp.Round: words.round_,
    exp.Right: "RIGHT({this}, {expression})",
    exp.StddevSamp: "STDDEV_SAMP({this})",
    exp.Substring: words.substring,
    exp.Trim: "TRIM({this})",
    InSet: words.in_set,
    Matches: words.matches,
    Output: "{this}",
    ReadAs: words.read_as,
}

_LETTERS = "'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'"
_CAPITALS = "'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'"

# DuckDB's own function is much faster than TRANSLATE, and right where all characters are of one byte.
_ASCII = "CASE WHEN STRLEN({{this}}) = LENGTH({{this}}) THEN {native}({{this}}) ELSE TRANSLATE({{this}}, {letters}) END"
_WHOLE_SQLITE = "CASE WHEN ABS({{this}}) < 9e18 THEN CAST({{this}} AS INTEGER) {step} ELSE {{this}} END"

DUCKDB = Dialect(
    "duckdb",
    "duckdb",
    {
        **_EVERYWHERE,
        exp.Abs: words.tried("ABS({this})"),
        exp.Add: words.tried("{this} + {expression}"),
        exp.ArrayCompact: "LIST_FILTER({this}, LAMBDA __dq_item: __dq_item IS NOT NULL)",
        exp.ArrayDistinct: "LIST_DISTINCT({this})",
        exp.ArraySize: "LEN({this})",
        exp.AtTimeZone: "{this} AT TIME ZONE {zone}",
        exp.Contains: "CONTAINS({this}, {expression})",
        exp.CountIf: "COALESCE(COUNT_IF({this}), 0)",  # null over no rows, or when all are unknown; much faster than FILTER
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "SUFFIX({this}, {expression})",
        exp.Greatest: words.listed("GREATEST"),
        exp.IsNan: "ISNAN({this})",
        exp.Lag: "LAG({this})",
        exp.Least: words.listed("LEAST"),
        exp.Lower: _ASCII.format(native="LOWER", letters=_LETTERS),
        exp.Mod: words.tried("{this} % NULLIF({expression}, 0)"),
        exp.Mul: words.tried("{this} * {expression}"),
        exp.Neg: words.negative,
        exp.Paren: words.in_parentheses,
        exp.PercentileCont: "QUANTILE_CONT(CAST({expression} AS DOUBLE), {this})",
        exp.StartsWith: "STARTS_WITH({this}, {expression})",
        exp.Sub: words.tried("{this} - {expression}"),
        exp.TimestampTrunc: words.truncated,
        exp.Trim: "TRIM({this}, ' ')",
        exp.TryCast: words.lenient_cast,
        exp.Upper: _ASCII.format(native="UPPER", letters=_CAPITALS),
        AnyOf: "LEN(LIST_FILTER({this}, LAMBDA {alias}: {expression})) > 0",
        IsFinite: "ISFINITE({this})",
        IsJson: "JSON_VALID({this})",
        JsonItems: "CASE WHEN JSON_TYPE({this}) = 'ARRAY' THEN CAST({this} AS JSON[]) END",
        JsonPart: words.json_part,
        JsonText: "({this} ->> '$')",
        JsonType: (
            "CASE JSON_TYPE({this}) WHEN 'VARCHAR' THEN 'string' WHEN 'UBIGINT' THEN 'integer' WHEN 'BIGINT' THEN 'integer'"
            " WHEN 'HUGEINT' THEN 'integer' WHEN 'UHUGEINT' THEN 'integer' WHEN 'DOUBLE' THEN CASE"
            " WHEN TRY_CAST({this} ->> '$' AS DOUBLE) = FLOOR(TRY_CAST({this} ->> '$' AS DOUBLE)) THEN 'integer'"
            " ELSE 'number' END"
            " ELSE LOWER(JSON_TYPE({this})) END"
        ),
        JsonValues: "CASE WHEN JSON_TYPE({this}) = 'OBJECT' THEN JSON_EXTRACT({this}, '$.*') END",
        MapValues: "MAP_VALUES({this})",
        MultipleOf: words.multiple_of_duckdb,
        Part: "STRUCT_EXTRACT({this}, {expression})",
    },
)

POSTGRES = Dialect(
    "postgres",
    "postgres",
    {
        **_EVERYWHERE,
        exp.ArraySize: "CARDINALITY({this})",
        exp.AtTimeZone: "{this} AT TIME ZONE {zone}",
        exp.Contains: "(POSITION({expression} IN {this}) > 0)",
        exp.Div: "CAST({this} AS DOUBLE PRECISION) / NULLIF(CAST({expression} AS DOUBLE PRECISION), 0)",
        exp.EndsWith: "(RIGHT({this}, LENGTH({expression})) = {expression})",
        exp.Greatest: words.listed("GREATEST"),
        exp.IsNan: "({this} = 'NaN')",
        exp.Least: words.listed("LEAST"),
        exp.Literal: words.literal_postgres,
        exp.Lower: f"TRANSLATE({{this}}, {_LETTERS})",
        exp.Mod: "CAST({this} AS NUMERIC) % NULLIF(CAST({expression} AS NUMERIC), 0)",
        exp.PercentileCont: "PERCENTILE_CONT({this}) WITHIN GROUP (ORDER BY {expression})",
        exp.Round: words.round_numeric,
        exp.StartsWith: "STARTS_WITH({this}, {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Upper: f"TRANSLATE({{this}}, {_CAPITALS})",
        AnyOf: "EXISTS(SELECT 1 FROM UNNEST({this}) AS __dq_items({alias}) WHERE {expression})",
        IsFinite: "({this} NOT IN ('NaN', 'Infinity', '-Infinity'))",
        JsonPart: "({this} -> {expression})",
        JsonText: "({this} #>> '{{}}')",
        JsonType: (
            "CASE JSONB_TYPEOF({this}) WHEN 'number' THEN CASE WHEN CAST({this} #>> '{{}}' AS NUMERIC) % 1 = 0"
            " THEN 'integer' ELSE 'number' END ELSE JSONB_TYPEOF({this}) END"
        ),
        IsJson: "({this} IS JSON)",
        MultipleOf: "(CAST(CAST({this} AS TEXT) AS NUMERIC) % {expression} = 0)",
    },
)

MYSQL = Dialect(
    "mysql",
    "mysql",
    {
        **_EVERYWHERE,
        exp.AtTimeZone: words.already_utc,
        exp.Avg: "AVG(CAST({this} AS DOUBLE))",
        exp.Contains: "(LOCATE({expression}, {this}) > 0)",
        exp.CountIf: "COUNT(CASE WHEN {this} THEN 1 END)",
        exp.DPipe: "CONCAT({this}, {expression})",
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, CHAR_LENGTH({expression})) = {expression})",
        exp.IsNan: "FALSE",
        exp.Length: "CHAR_LENGTH({this})",
        exp.Literal: words.literal_mysql,
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.Round: words.round_numeric,
        exp.StartsWith: "(LEFT({this}, CHAR_LENGTH({expression})) = {expression})",
        IsFinite: "({this} IS NOT NULL)",
        IsJson: "JSON_VALID({this})",
        MultipleOf: "(CAST(CAST({this} AS CHAR) AS DECIMAL(65, 25)) % {expression} = 0)",
    },
)

SQLITE = Dialect(
    "sqlite",
    "sqlite",
    {
        **{word: how for word, how in _EVERYWHERE.items() if word not in (exp.Interval, exp.StddevSamp)},
        exp.AtTimeZone: words.already_utc,
        exp.Ceil: _WHOLE_SQLITE.format(step="+ ({this} > CAST({this} AS INTEGER))"),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.Div: "CAST({this} AS REAL) / NULLIF({expression}, 0)",
        exp.EndsWith: "(LENGTH({expression}) = 0 AND {this} IS NOT NULL OR SUBSTR({this}, -LENGTH({expression})) = {expression})",
        exp.Floor: _WHOLE_SQLITE.format(step="- ({this} < CAST({this} AS INTEGER))"),
        exp.IsNan: "FALSE",
        exp.Literal: words.literal_sqlite,
        exp.Lower: "LOWER({this})",
        exp.Mod: "DQ_MOD({this}, {expression})",
        exp.Right: "SUBSTR({this}, -{expression})",
        exp.StartsWith: "(SUBSTR({this}, 1, LENGTH({expression})) = {expression})",
        exp.Upper: "UPPER({this})",
        IsFinite: "({this} NOT IN (9e999, -9e999))",
        IsJson: "(JSON_VALID({this}) = 1)",
        MultipleOf: "DQ_MULTIPLE_OF({this}, {expression})",
    },
)

SPARK = Dialect(
    "spark",
    "spark",
    {
        **_EVERYWHERE,
        exp.ArrayCompact: "ARRAY_COMPACT({this})",
        exp.ArrayDistinct: "ARRAY_DISTINCT(ARRAY_COMPACT({this}))",
        exp.ArraySize: "CASE WHEN {this} IS NOT NULL THEN SIZE({this}) END",
        exp.AtTimeZone: words.at_time_zone_spark,
        exp.Contains: "CONTAINS({this}, {expression})",
        exp.CountIf: "COUNT_IF({this})",
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "ENDSWITH({this}, {expression})",
        exp.Greatest: words.listed("GREATEST"),
        exp.IsNan: "ISNAN({this})",
        exp.Least: words.listed("LEAST"),
        exp.Lower: f"TRANSLATE({{this}}, {_LETTERS})",
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.PercentileCont: "PERCENTILE({expression}, {this})",
        exp.StartsWith: "STARTSWITH({this}, {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Upper: f"TRANSLATE({{this}}, {_CAPITALS})",
        AnyOf: "EXISTS({this}, {alias} -> {expression})",
        IsFinite: "(NOT ISNAN({this}) AND ABS({this}) < DOUBLE('Infinity'))",
        MapValues: "MAP_VALUES({this})",
        MultipleOf: words.multiple_of_spark,
        Part: words.part_spark,
    },
)

DIALECTS: Mapping[str, Dialect] = {item.name: item for item in (DUCKDB, POSTGRES, MYSQL, SQLITE, SPARK)}
