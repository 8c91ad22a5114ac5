"""What a user's own query may be made of: parts of a SELECT, and functions that compute a value from values, no more."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

_STRUCTURE = """
    Alias Aliases All Any AtTimeZone Between Boolean Bracket CTE Collate Column ColumnDef Cube DPipe DataType DataTypeParam
    Distinct Dot Escape Except Exists Fetch Filter From Group GroupingSets Having HavingMax Identifier IgnoreNulls In
    Intersect Interval IntervalSpan Is Join Lambda Lateral Limit Literal Not Null Offset Order Ordered Paren PropertyEQ
    Qualify RespectNulls Rollup Select Slice Star Subquery Table TableAlias Tuple Union Unnest Values Var Where Window
    WindowSpec With WithinGroup
"""

_FUNCTIONS = """
    Abs Acos Acosh AddMonths And AnyValue ApproxDistinct ApproxQuantile ArgMax ArgMin Array ArrayAgg ArrayAll ArrayAny
    ArrayAppend ArrayCompact ArrayConcat ArrayContains ArrayContainsAll ArrayDistinct ArrayExcept ArrayFilter ArrayFirst
    ArrayIntersect ArrayLast ArrayMax ArrayMin ArrayOverlaps ArrayPosition ArrayPrepend ArrayRemove ArrayReverse ArraySize
    ArraySlice ArraySort ArraySum ArrayToString ArrayUniqueAgg Ascii Asin Asinh Atan Atan2 Atanh Avg BitLength BitwiseAndAgg
    BitwiseCount BitwiseOrAgg BitwiseXorAgg ByteLength Case Cast Cbrt Ceil Chr Coalesce Concat ConcatWs Contains Convert
    ConvertTimezone Corr Cos Cosh Cot Coth Count CountIf CovarPop CovarSamp CumeDist CurrentDate CurrentDatetime CurrentTime
    CurrentTimestamp Date DateAdd DateBin DateDiff DateFromParts DateStrToDate DateSub DateTrunc Datetime DatetimeAdd
    DatetimeDiff DatetimeSub DatetimeTrunc Day DayOfMonth DayOfWeek DayOfWeekIso DayOfYear Dayname Degrees DenseRank
    EndsWith EqualNull Exists Exp Extract Factorial First FirstValue Floor Format FromISO8601Date FromISO8601Timestamp
    Getbit Greatest GroupConcat Grouping GroupingId Hex Hour If Initcap IsArray IsAscii IsInf IsNan IsNullValue JSONArray
    JSONArrayAgg JSONArrayContains JSONBContains JSONBExists JSONBExtract JSONBExtractScalar JSONBObjectAgg JSONExists
    JSONExtract JSONExtractArray JSONExtractScalar JSONFormat JSONKeys JSONObject JSONObjectAgg JSONType
    JarowinklerSimilarity Kurtosis Lag Last LastDay LastValue Lead Least Left Length Levenshtein List Ln Localtime
    Localtimestamp Log LogicalAnd LogicalOr Lower LowerHex MD5 MakeInterval Map MapContainsKey MapFromEntries MapKeys
    MapSize Max Median Min Minute Mode Month Monthname MonthsBetween NthValue Ntile Nullif NumberToStr Nvl2 ObjectAgg Or
    Overlay Pad ParseDatetime ParseJSON ParseTime PercentRank PercentileCont PercentileDisc Pi Pow Quantile Quarter Radians
    RangeBucket Rank RegexpCount RegexpExtract RegexpExtractAll RegexpFullMatch RegexpILike RegexpInstr RegexpLike
    RegexpReplace RegexpSplit RegexpSubstr RegrAvgx RegrAvgy RegrCount RegrIntercept RegrR2 RegrSlope RegrSxx RegrSxy
    RegrSyy Replace Reverse Right Rint Round RowNumber SHA SHA2 SafeDivide Second Sign Sin Sinh Skewness Soundex Split
    SplitPart Sqrt StartsWith Stddev StddevPop StddevSamp StrPosition StrToDate StrToTime StrToUnix StringToArray Strtok
    Struct StructExtract Substring SubstringIndex Sum Tan Tanh Time TimeAdd TimeDiff TimeFromParts TimeStrToDate
    TimeStrToTime TimeSub TimeToStr TimeToUnix TimeTrunc Timestamp TimestampAdd TimestampDiff TimestampFromParts
    TimestampSub TimestampTrunc ToArray ToBoolean ToChar ToDays ToDouble ToNumber Translate Trim Trunc Try TryCast TsOrDsAdd
    TsOrDsDiff TsOrDsToDate TsOrDsToDateStr TsOrDsToTime TsOrDsToTimestamp Typeof Unhex Unicode UnixDate UnixMicros
    UnixMillis UnixSeconds UnixToStr UnixToTime Upper Variance VariancePop Week WeekOfYear WidthBucket Xor Year YearOfWeek
    YearOfWeekIso
"""

STRUCTURE: frozenset[type[exp.Expr]] = frozenset(getattr(exp, name) for name in _STRUCTURE.split())
FUNCTIONS: frozenset[type[exp.Expr]] = frozenset(getattr(exp, name) for name in _FUNCTIONS.split())

# Functions for which sqlglot has no node, by dialect.
_DUCKDB = """
    bool_and bool_or century date_part datepart decade epoch epoch_ms era even favg fsum gamma gcd geomean greatest_common_divisor
    hamming histogram isfinite jaccard jaro_similarity julian kahan_sum lcm least_common_multiple list_aggregate list_any_value
    list_avg list_count list_has_all list_has_any list_max list_min list_sum list_unique ltrim mad map_values millennium mod
    nfc_normalize now ord product quantile_cont quantile_disc regexp_matches rtrim sem signbit strlen struct_pack suffix
    today trim try_strptime
    week weekday weekofyear yearweek
"""
_POSTGRES = "bool_and bool_or date_part every json_typeof jsonb_typeof make_date now regexp_match to_timestamp"
_MYSQL = "bit_and bit_or char_length now regexp_like std truncate"
_SQLITE = "julianday now printf strftime total unixepoch"
_SPARK = "bool_and bool_or every now rlike some try_add try_divide"
FUNCTIONS_OF: Mapping[str, frozenset[str]] = {
    dialect: frozenset(names.split())
    for dialect, names in (
        ("duckdb", _DUCKDB),
        ("postgres", _POSTGRES),
        ("mysql", _MYSQL),
        ("sqlite", _SQLITE),
        ("spark", _SPARK),
    )
}
