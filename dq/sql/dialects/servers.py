"""Database servers without a type for truth: SQL Server, Oracle, Teradata. Written by their documentation, and never run here."""

from __future__ import annotations

from sqlglot import exp

from dq.sql import words
from dq.sql.dialect import Dialect, Reading, Regex
from dq.sql.dialects.everywhere import EVERYWHERE, GREATEST, HIGHEST, LOWER, LOWEST, UPPER, WITHIN
from dq.sql.nodes import Base, InSet, IsFinite, PlainText
from dq.sql.pen import Pen

T = exp.DType
_NAMED = "CASE LOWER({t}) WHEN 'true' THEN 1 ELSE 0 END"
_DAYS = ("WEEK", "DAY", "HOUR", "MINUTE", "SECOND")

_LEN = "(LEN(({this} + N'.') COLLATE Latin1_General_100_CI_AS_SC) - 1)"  # alone it leaves trailing blanks out


def _sqlserver_substring(pen: Pen, node: exp.Expr) -> str:
    length = node.args.get("length")
    return f"SUBSTRING({pen.part(node.this)}, {pen.part(node.args['start'])}, {pen.part(length) if length else 2**31 - 1})"


def _sqlserver_truncated(pen: Pen, node: exp.Expr) -> str:
    unit = node.args["unit"].name.upper()
    return f"DATETRUNC({'ISO_WEEK' if unit == 'WEEK' else unit}, {pen.part(node.this)})"


def _sqlserver_field(pen: Pen, node: exp.Expr) -> str:
    unit, x = node.this.name.upper(), pen.part(node.expression)
    return f"((DATEPART(WEEKDAY, {x}) + @@DATEFIRST + 5) % 7 + 1)" if unit == "ISODOW" else f"DATEPART({unit}, {x})"


def _sqlserver_like(pen: Pen, node: exp.Expr) -> str:
    """LIKE, in which a bracket would begin a class."""
    form = pen.speaks.quote(node.expression.name.replace("[", "![").replace("!![", "!!!["))
    return f"{pen.part(node.this)} LIKE {form} ESCAPE '!'"


def _sqlserver_literal(pen: Pen, node: exp.Expr) -> str:
    return pen.speaks.quote(node.this) if node.is_string else str(node.this)


def _by_zone(pen: Pen, node: exp.Expr, utc: str) -> str:
    zone = node.args["zone"].name
    return utc.format(x=pen.part(node.this)) if zone == "UTC" else pen.gap(node, f"'{zone}'")


SQLSERVER = Dialect(
    "sqlserver",
    "tsql",
    {
        **{word: how for word, how in EVERYWHERE.items() if word is not exp.Interval},
        **words.spans_compared("DATEDIFF_BIG(MICROSECOND, {y}, {x})"),
        **GREATEST,
        exp.Add: words.shifting("+", "DATEADD({unit}, {n}, {x})"),
        exp.AtTimeZone: lambda pen, node: _by_zone(pen, node, "CAST({x} AT TIME ZONE 'UTC' AS DATETIME2(6))"),
        exp.Avg: "AVG(CAST({this} AS FLOAT))",
        exp.Cast: words.casting("TRY_CAST", words.cast_moment),
        exp.Ceil: "CEILING({this})",
        exp.Contains: "(CHARINDEX({expression}, {this}) > 0 OR DATALENGTH({expression}) = 0)",
        exp.DPipe: "{this} + {expression}",
        exp.Div: "CAST({this} AS FLOAT) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, LEN({expression} + N'.') - 1) = {expression})",
        exp.Extract: _sqlserver_field,
        exp.Interval: words.interval_added,
        exp.IsNan: "(1 = 0)",
        exp.Length: _LEN,
        exp.Like: _sqlserver_like,
        exp.Literal: _sqlserver_literal,
        exp.Lower: LOWER,
        exp.Mod: "{this} % NULLIF({expression}, 0)",
        exp.Round: lambda pen, node: f"ROUND({pen.sql(node.this)}, {pen.sql(node.args.get('decimals')) or 0})",
        exp.StartsWith: "(LEFT({this}, LEN({expression} + N'.') - 1) = {expression})",
        exp.StddevSamp: "STDEV({this})",
        exp.Sub: words.shifting("-", "DATEADD({unit}, {n}, {x})"),
        exp.Substring: _sqlserver_substring,
        exp.TimestampTrunc: _sqlserver_truncated,
        exp.Upper: UPPER,
        InSet: words.in_set_of_one,
        IsFinite: "({this} IS NOT NULL)",
        PlainText: "(CAST({this} AS NVARCHAR(MAX)) COLLATE Latin1_General_100_BIN2)",
    },
    types={
        T.TEXT: "NVARCHAR(MAX)",
        T.BIGINT: "BIGINT",
        T.INT: "BIGINT",
        T.DOUBLE: "FLOAT",
        T.DECIMAL: "DECIMAL",
        T.BOOLEAN: "BIT",
        T.DATE: "DATE",
        T.TIME: "TIME(6)",
        T.TIMESTAMP: "DATETIME2(6)",
        T.TIMESTAMPTZ: "DATETIMEOFFSET(6)",
        T.UUID: "UNIQUEIDENTIFIER",
    },
    reading=Reading(
        search="REGEXP_LIKE({x}, {r}, 'c')",
        trim="TRIM(N' \t' FROM {x})",
        casts={
            Base.INTEGER: "TRY_CAST({t} AS BIGINT)",
            Base.DECIMAL: "TRY_CAST({t} AS DECIMAL({d}))",
            Base.NUMBER: "TRY_CAST({t} AS FLOAT)",
            Base.BOOLEAN: _NAMED,
            Base.DATE: "TRY_CAST({t} AS DATE)",
            Base.TIME: "TRY_CAST({t} AS TIME(6))",
            Base.TIMESTAMP: "TRY_CAST({t} AS DATETIME2(6))",
            Base.TIMESTAMP_TZ: "TRY_CAST({t} AS DATETIMEOFFSET(6))",
            Base.UUID: "TRY_CAST({t} AS UNIQUEIDENTIFIER)",
        },
        regex=Regex(longest=8000),
        joined=" + ",
    ),
    quote_prefix="N",
    truth=False,
    differs=(
        "patterns need SQL Server 2025 (compatibility level 170); DATETRUNC, GREATEST and IS DISTINCT FROM need 2022",
        "trailing blanks of text are not told apart",
        "arithmetic that overflows ends the statement",
    ),
)

_ORACLE_UNITS = {"YEAR": "YYYY", "QUARTER": "Q", "MONTH": "MM", "WEEK": "IW", "DAY": "DD", "HOUR": "HH24", "MINUTE": "MI"}


def _oracle_truncated(pen: Pen, node: exp.Expr) -> str:
    unit = node.args["unit"].name.upper()
    if unit not in _ORACLE_UNITS:
        return pen.gap(node, f"to the {unit.lower()}")
    return f"CAST(TRUNC({pen.part(node.this)}, '{_ORACLE_UNITS[unit]}') AS TIMESTAMP)"


def _oracle_moment(pen: Pen, text: str, kind: exp.DType) -> str | None:
    plain = {T.DATE: "DATE", T.TIMESTAMP: "TIMESTAMP", T.TIMESTAMPTZ: "TIMESTAMP"}.get(kind)
    return f"{plain} {pen.speaks.quote(text)}" if plain else None


def _oracle_zone(pen: Pen, node: exp.Expr) -> str:
    zone, x = node.args["zone"].name, pen.part(node.this)
    return f"SYS_EXTRACT_UTC({x})" if zone == "UTC" else f"FROM_TZ(CAST({x} AS TIMESTAMP), {pen.speaks.quote(zone)})"


_ORACLE_TIME = "TO_TIMESTAMP{zone}(REPLACE({{t}}, 'T', ' '), 'YYYY-MM-DD HH24:MI:SSXFF{tail}')"
_ORACLE_SHIFT = "({x} + NUMTODSINTERVAL({n}, '{unit}'))"

ORACLE = Dialect(
    "oracle",
    "oracle",
    {
        **{word: how for word, how in EVERYWHERE.items() if word is not exp.Interval},
        **GREATEST,
        exp.Add: words.shifting("+", _ORACLE_SHIFT, _DAYS[1:]),
        exp.AtTimeZone: _oracle_zone,
        exp.Cast: words.casting(moment=_oracle_moment),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.Div: "CAST({this} AS BINARY_DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "(SUBSTR({this}, -LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(
            isodow="(TRUNC({x}) - TRUNC({x}, 'IW') + 1)", second="TRUNC(EXTRACT(SECOND FROM CAST({x} AS TIMESTAMP)))"
        ),
        exp.Interval: words.interval_added,
        exp.IsNan: "({this} IS NAN)",
        exp.Length: "LENGTH4({this})",
        exp.Lower: LOWER,
        exp.Mod: "MOD({this}, NULLIF({expression}, 0))",
        exp.NullSafeEQ: "(DECODE({this}, {expression}, 1, 0) = 1)",
        exp.NullSafeNEQ: "(DECODE({this}, {expression}, 1, 0) = 0)",
        exp.PercentileCont: WITHIN,
        exp.Right: words.ending("LENGTH4({this})", "SUBSTR({this}, -{expression})"),
        exp.StartsWith: "(SUBSTR({this}, 1, LENGTH({expression})) = {expression})",
        exp.Sub: words.shifting("-", _ORACLE_SHIFT, _DAYS[1:]),
        exp.TimestampTrunc: _oracle_truncated,
        exp.Upper: UPPER,
        IsFinite: "({this} IS NOT NAN AND {this} IS NOT INFINITE)",
    },
    types={
        T.TEXT: "VARCHAR2(4000)",
        T.BIGINT: "NUMBER(19)",
        T.INT: "NUMBER(19)",
        T.DOUBLE: "BINARY_DOUBLE",
        T.DECIMAL: "NUMBER",
        T.BOOLEAN: "NUMBER(1)",
        T.DATE: "DATE",
        T.TIMESTAMP: "TIMESTAMP",
        T.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    },
    reading=Reading(
        search="REGEXP_LIKE({x}, {r}, 'c')",
        trim="RTRIM(LTRIM({x}, ' \t'), ' \t')",
        casts={
            Base.INTEGER: f"CASE WHEN TO_NUMBER({{t}}) BETWEEN {LOWEST} AND {HIGHEST} THEN TO_NUMBER({{t}}) END",
            Base.DECIMAL: "CAST({t} AS NUMBER({d}))",
            Base.NUMBER: "TO_BINARY_DOUBLE({t})",
            Base.BOOLEAN: _NAMED,
            Base.DATE: "TO_DATE({t}, 'YYYY-MM-DD')",
            Base.TIMESTAMP: _ORACLE_TIME.format(zone="", tail=""),
            Base.TIMESTAMP_TZ: _ORACLE_TIME.format(zone="_TZ", tail="TZH:TZM").replace("{t}", "REPLACE({t}, 'Z', '+00:00')"),
            Base.UUID: "LOWER({t})",
        },
        regex=Regex(group="(", posix_classes=True, longest=512),
    ),
    truth=False,
    differs=(
        "empty text is null",
        "sessions need NLS_NUMERIC_CHARACTERS = '.,' and NLS_COMP = BINARY",
        "a day has a time",
        "CHAR padding is not told apart",
    ),
)

_TERADATA_UNITS = {"YEAR": "YYYY", "QUARTER": "Q", "MONTH": "MM", "WEEK": "IW", "DAY": "DD"}


def _teradata_truncated(pen: Pen, node: exp.Expr) -> str:
    unit = node.args["unit"].name.upper()
    if unit not in _TERADATA_UNITS:
        return pen.gap(node, f"to the {unit.lower()}")
    return f"CAST(TRUNC(CAST({pen.part(node.this)} AS DATE), '{_TERADATA_UNITS[unit]}') AS TIMESTAMP(6))"


def _teradata_case(text: str) -> str:
    return text.replace("TRANSLATE", "OTRANSLATE")


_TERADATA_TIME = "TO_TIMESTAMP{zone}(OREPLACE({{t}}, 'T', ' '), 'YYYY-MM-DD HH24:MI:SS.FF{tail}')"
_TERADATA_SHIFT = "({x} {sign} INTERVAL '{count}' {unit}(4))"

TERADATA = Dialect(
    "teradata",
    "teradata",
    {
        **{word: how for word, how in EVERYWHERE.items() if word is not exp.Interval},
        **GREATEST,
        exp.Add: words.shifting("+", _TERADATA_SHIFT, _DAYS[1:]),
        exp.AtTimeZone: lambda pen, node: _by_zone(pen, node, "CAST({x} AT TIME ZONE 'GMT' AS TIMESTAMP(6))"),
        exp.Cast: words.casting("TRYCAST", words.standard_moment),
        exp.Contains: "(INSTR({this}, {expression}) > 0)",
        exp.Div: "CAST({this} AS FLOAT) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, CHARACTER_LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(
            isodow="((TD_DAY_OF_WEEK(CAST({x} AS DATE)) + 5) MOD 7 + 1)", second="CAST(EXTRACT(SECOND FROM {x}) AS INTEGER)"
        ),
        exp.Interval: words.interval_added,
        exp.IsNan: "(1 = 0)",
        exp.Length: "CHARACTER_LENGTH({this})",
        exp.Lower: _teradata_case(LOWER),
        exp.Mod: "({this} MOD NULLIF({expression}, 0))",
        exp.NullSafeEQ: words.same(),
        exp.NullSafeNEQ: words.same(),
        exp.PercentileCont: WITHIN,
        exp.Replace: "OREPLACE({this}, {expression}, {replacement})",
        exp.StartsWith: "(LEFT({this}, CHARACTER_LENGTH({expression})) = {expression})",
        exp.Sub: words.shifting("-", _TERADATA_SHIFT, _DAYS[1:]),
        exp.TimestampTrunc: _teradata_truncated,
        exp.Trim: "TRIM(BOTH ' ' FROM {this})",
        exp.Upper: _teradata_case(UPPER),
        IsFinite: "({this} IS NOT NULL)",
    },
    types={
        T.TEXT: "VARCHAR(32000)",
        T.BIGINT: "BIGINT",
        T.INT: "BIGINT",
        T.DOUBLE: "FLOAT",
        T.DECIMAL: "DECIMAL",
        T.BOOLEAN: "BYTEINT",
        T.DATE: "DATE",
        T.TIME: "TIME(6)",
        T.TIMESTAMP: "TIMESTAMP(6)",
        T.TIMESTAMPTZ: "TIMESTAMP(6) WITH TIME ZONE",
    },
    reading=Reading(
        search="(REGEXP_INSTR({x}, {r}, 1, 1, 0, 'c') > 0)",
        trim="RTRIM(LTRIM({x}, ' \t'), ' \t')",
        casts={
            Base.INTEGER: "TRYCAST({t} AS BIGINT)",
            Base.DECIMAL: "TRYCAST({t} AS DECIMAL({d}))",
            Base.NUMBER: "TRYCAST({t} AS FLOAT)",
            Base.BOOLEAN: _NAMED,
            Base.DATE: "TO_DATE({t}, 'YYYY-MM-DD')",
            Base.TIMESTAMP: _TERADATA_TIME.format(zone="", tail="6"),
            Base.TIMESTAMP_TZ: _TERADATA_TIME.format(zone="_TZ", tail="6TZH:TZM").replace("{t}", "OREPLACE({t}, 'Z', '+00:00')"),
            Base.UUID: "LOWER({t})",
        },
    ),
    truth=False,
    differs=(
        "trailing blanks of text are not told apart",
        "case is told apart in columns that are CASESPECIFIC, in sessions of ANSI mode",
        "arithmetic that overflows ends the statement",
    ),
)
