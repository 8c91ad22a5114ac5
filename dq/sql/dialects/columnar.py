"""Column stores: ClickHouse and Druid. Written by their documentation, and never run here."""

from __future__ import annotations

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading
from dq.sql.dialects.everywhere import EVERYWHERE, GREATEST
from dq.sql.nodes import AnyOf, Base, IsFinite, Part
from dq.sql.pen import Pen

T = exp.DType


def _clickhouse_substring(pen: Pen, node: exp.Expr) -> str:
    length = node.args.get("length")
    return f"substringUTF8({pen.part(node.this)}, {pen.part(node.args['start'])}{f', {pen.part(length)}' if length else ''})"


def _clickhouse_moment(pen: Pen, text: str, kind: exp.DType) -> str | None:
    quoted = pen.speaks.quote(words.naive(text))
    return {
        T.DATE: f"toDate32({quoted})",
        T.TIMESTAMP: f"toDateTime64({quoted}, 6, 'UTC')",
        T.TIMESTAMPTZ: f"toDateTime64({quoted}, 6, 'UTC')",
    }.get(kind)


CLICKHOUSE = Dialect(
    "clickhouse",
    "clickhouse",
    {
        **EVERYWHERE,
        **GREATEST,
        exp.ArrayCompact: "arrayFilter(__dq_item -> __dq_item IS NOT NULL, {this})",
        exp.ArrayDistinct: "arrayDistinct({this})",
        exp.ArraySize: "length({this})",
        exp.AtTimeZone: words.already_utc,
        exp.Cast: words.casting(moment=_clickhouse_moment),
        exp.Contains: "(positionUTF8({this}, {expression}) > 0)",
        exp.CountIf: "countIf({this})",
        exp.DPipe: "concat({this}, {expression})",
        exp.Div: "toFloat64({this}) / NULLIF({expression}, 0)",
        exp.EndsWith: "endsWith({this}, {expression})",
        exp.Extract: words.extracting(isodow="toDayOfWeek({x})"),
        exp.Interval: words.interval_added,
        exp.IsNan: "isNaN({this})",
        exp.Length: "lengthUTF8({this})",
        exp.Like: words.like_by_backslash,
        exp.Lower: "lower({this})",  # of ASCII letters alone
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.NullSafeEQ: words.same(),
        exp.NullSafeNEQ: words.same(),
        exp.PercentileCont: "quantileExactInclusive({this})({expression})",
        exp.Replace: "replaceAll({this}, {expression}, {replacement})",
        exp.Right: "rightUTF8({this}, {expression})",
        exp.StartsWith: "startsWith({this}, {expression})",
        exp.StddevSamp: "stddevSamp({this})",
        exp.Substring: _clickhouse_substring,
        exp.TimestampTrunc: words.truncated,
        exp.Trim: "trimBoth({this})",
        exp.Upper: "upper({this})",
        AnyOf: "arrayExists({alias} -> {expression}, {this})",
        IsFinite: "isFinite({this})",
        Part: "tupleElement({this}, {expression})",
    },
    types={
        T.TEXT: "Nullable(String)",
        T.BIGINT: "Nullable(Int64)",
        T.INT: "Nullable(Int64)",
        T.DOUBLE: "Nullable(Float64)",
        T.BOOLEAN: "Nullable(Bool)",
        T.DATE: "Nullable(Date32)",
        T.TIMESTAMP: "Nullable(DateTime64(6, 'UTC'))",
        T.TIMESTAMPTZ: "Nullable(DateTime64(6, 'UTC'))",
        T.UUID: "Nullable(UUID)",
    },
    reading=Reading(
        search="match({x}, {r})",
        trim="trim(BOTH ' \t' FROM {x})",
        casts={
            Base.INTEGER: "toInt64OrNull({t})",
            Base.DECIMAL: "toDecimal128OrNull({t}, {s})",
            Base.NUMBER: "toFloat64OrNull({t})",
            Base.BOOLEAN: "lower({t}) = 'true'",
            Base.DATE: "toDate32OrNull({t})",
            Base.TIMESTAMP: "toDateTime64OrNull(replaceAll({t}, 'T', ' '), 6, 'UTC')",
            Base.TIMESTAMP_TZ: "parseDateTime64BestEffortOrNull({t}, 6, 'UTC')",
            Base.UUID: "toUUIDOrNull({t})",
        },
    ),
    backslash=True,
    differs=(
        "days and times from 1900 to 2299",
        "columns that are not Nullable hold no null",
        "whole numbers that overflow wrap around",
        "a null array is an empty one",
    ),
)


_DRUID_TIME = "TIME_PARSE({{t}}, {form}, 'UTC')"


def _druid_span(pen: Pen, node: exp.Expr) -> str:
    added = isinstance(node.parent, exp.Add | exp.Sub)
    return words.interval(pen, node) if added else pen.gap(node, "compared with a span")


DRUID = Dialect(
    "druid",
    "druid",
    {
        **EVERYWHERE,
        **GREATEST,
        exp.AtTimeZone: words.already_utc,
        exp.Avg: "AVG(CAST({this} AS DOUBLE))",
        exp.Contains: "(STRPOS({this}, {expression}) > 0)",
        exp.CountIf: "COUNT(*) FILTER(WHERE {this})",
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: (
            "(CHAR_LENGTH({this}) >= CHAR_LENGTH({expression}) AND RIGHT({this}, CHAR_LENGTH({expression})) = {expression})"
        ),
        exp.Interval: _druid_span,
        exp.IsNan: "({this} <> {this})",
        exp.Length: "CHAR_LENGTH({this})",
        exp.Mod: "MOD({this}, NULLIF({expression}, 0))",
        exp.StartsWith: "(LEFT({this}, CHAR_LENGTH({expression})) = {expression})",
        exp.TimestampTrunc: words.truncated,
        exp.Trim: "TRIM(BOTH ' ' FROM {this})",
        IsFinite: "(ABS({this}) <= 1.7976931348623157e308)",
    },
    types={T.TEXT: "VARCHAR", T.BIGINT: "BIGINT", T.INT: "BIGINT", T.DOUBLE: "DOUBLE", T.DATE: "DATE", T.TIMESTAMP: "TIMESTAMP"},
    reading=Reading(
        search="REGEXP_LIKE({x}, {r})",
        trim="BTRIM({x}, ' \t')",
        casts={
            Base.INTEGER: "CAST({t} AS BIGINT)",
            Base.NUMBER: "CAST({t} AS DOUBLE)",
            Base.BOOLEAN: "LOWER({t}) = 'true'",
            Base.DATE: _DRUID_TIME.format(form="'yyyy-MM-dd'"),
            Base.UUID: "LOWER({t})",
        },
    ),
    differs=("length counts UTF-16 units", "times keep milliseconds", "decimals are floats"),
)
