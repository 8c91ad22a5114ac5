"""MariaDB, and MySQL where it differs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlglot import exp

from dq.sql import words
from dq.sql.build import table
from dq.sql.dialect import Dialect, Reading, Regex, Writer
from dq.sql.dialects.duckdb import scaled
from dq.sql.dialects.everywhere import EVERYWHERE, HIGHEST, LOWEST
from dq.sql.nodes import (
    SOURCE,
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
)
from dq.sql.pen import Pen, Write
from dq.sql.regex import ways, write_regex
from dq.sql.zones import alike, kind_of, last_year, offsets

T = exp.DType
_NOPAD, _MYSQL_NOPAD = "utf8mb4_nopad_bin", "utf8mb4_0900_bin"  # by code point, trailing blanks included

_MOST_DIGITS = 30  # after the point of a decimal; MariaDB has some more
_MOST_WAYS = 1_000_000  # a tenth of the steps that PCRE takes before it gives up

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


def _nullif(pen: Pen, node: exp.Expr) -> str:
    """NULLIF; nothing is NaN here, and read as a number its text would be 0."""
    other = node.expression.unnest()
    is_nan = isinstance(other, exp.Cast) and other.this.name == "NaN"
    return pen.part(node.this) if is_nan else f"NULLIF({pen.sql(node.this)}, {pen.sql(other)})"


def _literal(collation: str) -> Write:
    """
    Text that compares by code point, whatever the collation of what it is compared with; numbers as they are.

    A number with more digits after its point than a decimal has would be cut off there: it is written as a float.
    """

    def write(pen: Pen, node: exp.Expr) -> str:
        if node.is_string:
            return f"{pen.speaks.quote(node.this)} COLLATE {collation}"
        text = str(node.this)
        is_cut = text.replace(".", "").isdigit() and len(text.partition(".")[2]) > _MOST_DIGITS
        return f"{Decimal(text):E}" if is_cut else text

    return write


def _matches(pen: Pen, node: exp.Expr) -> str:
    """
    A search for a portable pattern; an error where it gave up.

    MariaDB answers "no match", with a warning, when a search took too many steps. A search for the pattern or for the end of the
    text finds something in every text: where it does not, it gave up. Then a sub-select of two rows ends the statement (error
    1242), as nothing else in an expression can.
    """
    pattern, reading, x = words.pattern_of(pen, node), pen.speaks.reading, pen.part(node.this)
    if pattern is None or reading is None:
        return "NULL"
    regex = write_regex(pattern, reading.regex)
    found = reading.search.format(x=x, r=pen.speaks.quote(regex))
    if ways(pattern) < _MOST_WAYS:
        return found
    prefix = reading.regex.prefix
    always = reading.search.format(x=x, r=pen.speaks.quote(f"{prefix}(?:{regex.removeprefix(prefix)})|{reading.regex.end}"))
    return f"CASE WHEN {always} THEN {found} WHEN {x} IS NOT NULL THEN (SELECT 1 UNION SELECT 2 + CHAR_LENGTH({x})) END"


_CAPITALS, _SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"


def _folded(letters: str, others: str) -> Write:
    """ASCII letters one by one: the database's own function folds all others too."""

    def write(pen: Pen, node: exp.Expr) -> str:
        found = pen.sql(node.this)
        for letter, other in zip(letters, others, strict=True):
            found = f"REPLACE({found}, '{letter}', '{other}')"
        return found

    return write


def _negative(pen: Pen, node: exp.Expr) -> str:
    """A negative number as it is; the negative of anything else as a decimal, which has room for it."""
    return f"-{pen.sql(node.this)}" if isinstance(node.this, exp.Literal) else f"(0. - {pen.part(node.this)})"


def _multiple_of(pen: Pen, node: exp.Expr) -> str:
    """Whether a number is a multiple, by its shortest text; the decimal -0 is not 0 there."""
    x, step = pen.part(node.this), pen.sql(node.expression)
    if not Decimal(node.expression.name):
        return pen.gap(node, f"of {step}")
    text, (whole, _) = f"CAST({x} AS CHAR)", scaled(node)
    while not whole % 2 or not whole % 5:
        whole //= 2 if not whole % 2 else 5
    near = f"CAST({text} AS DECIMAL(65, 30))"
    digits = f"CAST(REPLACE(SUBSTRING_INDEX({text}, 'e', 1), '.', '') AS DECIMAL(65, 0))"  # of a number that ends in many zeros
    return (
        f"CASE WHEN ABS({x}) < 1e34 THEN CAST({text} AS DOUBLE) = CAST({near} AS DOUBLE) AND {near} % {step} + 0. = 0"
        f" ELSE {digits} % {whole} + 0. = 0 END"
    )


def _json_part(pen: Pen, node: exp.Expr) -> str:
    """The value of a key; the key stands in quotes, so that its dots and brackets mean themselves."""
    key = node.expression.name.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"'
    return f"JSON_EXTRACT({pen.part(node.this)}, {pen.speaks.quote(path)})"


def _array_size(pen: Pen, node: exp.Expr) -> str:
    """The number of elements of a JSON array; without nulls, or of different ones."""
    of, counted = node.this, "*"
    if isinstance(of, exp.ArrayDistinct):
        of, counted = of.this, "DISTINCT __dq_item"
    if not isinstance(of, exp.ArrayCompact):
        return f"JSON_LENGTH({pen.sql(of)})" if of is node.this else pen.gap(node, "of different values and null")
    x = pen.sql(of.this)
    items = f"JSON_TABLE({x}, '$[*]' COLUMNS (__dq_item JSON PATH '$')) AS __dq_items"
    return f"CASE WHEN {x} IS NOT NULL THEN (SELECT COUNT({counted}) FROM {items} WHERE __dq_item <> 'null') END"


def _quantile(pen: Pen, node: exp.Expr) -> str:
    """
    A quantile by a sub-select: what is one over windows here, and what MySQL lacks altogether.

    Its rows are those of `SOURCE`, or of the table that *node* names as `rows`: whoever writes the statement says so.
    """
    rows, value = pen.sql(table(node.args.get("rows") or SOURCE)), pen.sql(node.expression)
    values = f"SELECT CAST({value} AS DOUBLE) AS __dq_v FROM {rows}"
    ranked = (
        "SELECT __dq_v, ROW_NUMBER() OVER (ORDER BY __dq_v) AS __dq_n,"
        f" 1 + (COUNT(*) OVER () - 1) * {pen.sql(node.this)} AS __dq_p FROM ({values}) AS __dq_values WHERE __dq_v IS NOT NULL"
    )
    low, high = (f"MAX(CASE WHEN __dq_n = {side}(__dq_p) THEN __dq_v END)" for side in ("FLOOR", "CEILING"))
    return f"(SELECT {low} + ({high} - {low}) * MAX(__dq_p - FLOOR(__dq_p)) FROM ({ranked}) AS __dq_ranked)"


def _in_utc(pen: Pen, node: exp.Expr) -> str:
    """
    A time of a zone in UTC, by a list of when its clocks were changed: the server has zones only where they were loaded.

    INTERVAL finds a number among sorted ones, ELT takes one of a list. Beyond the calendar a time stays what it is.
    """
    zone, x = node.args["zone"].name, pen.part(node.this)
    if zone == "UTC":
        return x
    try:
        changes = offsets(zone)
    except (OSError, ValueError):
        return pen.gap(node, f"'{zone}'")
    if len(changes) == 1:
        return f"COALESCE({x} - INTERVAL {changes[0][1]} SECOND, {x})"
    at = ", ".join(str(_seconds(moment)) for moment, _ in changes[1:])
    before = ", ".join(str(offset) for _, offset in changes)
    return f"COALESCE({x} - INTERVAL ELT(1 + INTERVAL({_place(x, changes)}, {at}), {before}) SECOND, {x})"


def _place(x: str, changes: Sequence[tuple[datetime, int]]) -> str:
    """The seconds from the beginning of the calendar to *x*; where rules repeat, to the same time of a year that is alike."""
    plain = f"TIMESTAMPDIFF(SECOND, TIMESTAMP '0001-01-01 00:00:00', {x})"
    if changes[-1][0].year < last_year() - 1:
        return plain
    year = f"YEAR({x})"
    years = sorted({alike(item) for item in range(last_year(), last_year() + 28)}, key=kind_of)
    listed = ", ".join(str(_seconds(datetime(item, 1, 1))) for item in years)  # noqa: DTZ001  local times
    kind = f"1 + WEEKDAY(MAKEDATE({year}, 1)) + 7 * ({year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0))"
    since = f"TIMESTAMPDIFF(SECOND, MAKEDATE({year}, 1), {x})"
    return f"CASE WHEN {year} >= {last_year()} THEN ELT({kind}, {listed}) + {since} ELSE {plain} END"


def _seconds(moment: datetime) -> int:
    return (moment - datetime(1, 1, 1)) // timedelta(seconds=1)  # noqa: DTZ001  both are local


_TRUNCATED: Mapping[str, str] = {
    "YEAR": "CAST(DATE_FORMAT({x}, '%Y-01-01') AS DATETIME(6))",
    "QUARTER": "CAST(CONCAT(DATE_FORMAT({x}, '%Y-'), LPAD(QUARTER({x}) * 3 - 2, 2, '0'), '-01') AS DATETIME(6))",
    "MONTH": "CAST(DATE_FORMAT({x}, '%Y-%m-01') AS DATETIME(6))",
    "WEEK": "CAST(CAST({x} AS DATE) - INTERVAL WEEKDAY({x}) DAY AS DATETIME(6))",
    "DAY": "CAST(CAST({x} AS DATE) AS DATETIME(6))",
    "HOUR": "CAST(DATE_FORMAT({x}, '%Y-%m-%d %H:00:00') AS DATETIME(6))",
    "MINUTE": "CAST(DATE_FORMAT({x}, '%Y-%m-%d %H:%i:00') AS DATETIME(6))",
    "SECOND": "CAST(DATE_FORMAT({x}, '%Y-%m-%d %H:%i:%s') AS DATETIME(6))",
}


def _truncated(pen: Pen, node: exp.Expr) -> str:
    return _TRUNCATED[node.args["unit"].name.upper()].format(x=pen.part(node.this))


def _in_digits(sign: str, neutral: str) -> Write:
    """Whole numbers are reckoned as decimals, which do not overflow at 2^63, nor below 0 where they are unsigned."""

    def write(pen: Pen, node: exp.Expr) -> str:
        left, right = pen.part(node.this), pen.part(node.expression)
        if isinstance(node.expression, exp.Interval) or isinstance(node.this, exp.Interval):
            return f"{left} {sign} {right}"
        return f"{left} {neutral} {sign} {right}"

    return write


_JSON_TYPE = (
    "CASE JSON_TYPE({this}) WHEN 'INTEGER' THEN 'integer' WHEN 'UNSIGNED INTEGER' THEN 'integer'"
    " WHEN 'DOUBLE' THEN CASE WHEN CAST({this} AS DOUBLE) = FLOOR(CAST({this} AS DOUBLE)) THEN 'integer' ELSE 'number' END"
    " WHEN 'DECIMAL' THEN CASE WHEN CAST({this} AS DOUBLE) = FLOOR(CAST({this} AS DOUBLE)) THEN 'integer' ELSE 'number' END"
    " ELSE LOWER(JSON_TYPE({this})) END"
)


def _writes(collation: str) -> Mapping[type[exp.Expr], Writer]:
    return {
        **EVERYWHERE,
        **words.spans_compared("TIMESTAMPDIFF(MICROSECOND, {y}, {x})"),
        exp.Add: _in_digits("+", "+ 0."),
        exp.ArrayCompact: lambda pen, node: pen.gap(node, "but for its size"),
        exp.ArrayDistinct: lambda pen, node: pen.gap(node, "but for its size"),
        exp.ArraySize: _array_size,
        exp.AtTimeZone: _in_utc,
        exp.Avg: "AVG(CAST({this} AS DOUBLE))",
        exp.Cast: words.casting(moment=_moment),
        exp.Nullif: _nullif,
        exp.Contains: "(LOCATE({expression}, {this}) > 0)",
        exp.DPipe: "CONCAT({this}, {expression})",
        exp.Div: "CAST({this} AS DOUBLE) / NULLIF({expression}, 0)",
        exp.EndsWith: "(RIGHT({this}, CHAR_LENGTH({expression})) = {expression})",
        exp.Extract: words.extracting(isodow="(WEEKDAY({x}) + 1)"),
        exp.Interval: words.interval_added,
        exp.Greatest: words.extreme("GREATEST"),
        exp.IsNan: "FALSE",
        exp.Least: words.extreme("LEAST"),
        exp.Length: "CHAR_LENGTH({this})",
        exp.Like: words.like(f" COLLATE {collation}"),
        exp.Literal: _literal(collation),
        exp.Lower: _folded(_CAPITALS, _SMALL),
        exp.Mod: "{this} % NULLIF({expression}, 0) + 0.",  # the decimal -0 is not 0 there
        exp.Mul: _in_digits("*", "* 1."),
        exp.Neg: _negative,
        exp.PercentileCont: _quantile,
        exp.Round: words.round_as("DECIMAL(65, 20)"),
        exp.StddevSamp: "STDDEV_SAMP(CAST({this} AS DOUBLE))",  # of whole numbers it would be rounded
        exp.StartsWith: "(LEFT({this}, CHAR_LENGTH({expression})) = {expression})",
        exp.Sub: _in_digits("-", "+ 0."),
        exp.TimestampTrunc: _truncated,
        exp.TryCast: words.cast_by_text("COERCIBILITY({x}) < 5"),
        exp.Upper: _folded(_SMALL, _CAPITALS),
        AnyOf: (
            "CASE WHEN {this} IS NOT NULL THEN EXISTS(SELECT 1 FROM JSON_TABLE({this}, '$[*]' COLUMNS ({alias} JSON PATH '$'))"
            " AS __dq_items WHERE {expression}) END"
        ),
        IsFinite: "({this} IS NOT NULL)",
        IsJson: "JSON_VALID({this})",
        JsonItems: "CASE WHEN JSON_TYPE({this}) = 'ARRAY' THEN {this} END",
        JsonPart: _json_part,
        JsonText: (
            f"CASE WHEN JSON_TYPE({{this}}) <> 'NULL' THEN CONVERT(JSON_UNQUOTE({{this}}) USING utf8mb4) COLLATE {collation} END"
        ),
        JsonType: _JSON_TYPE,
        JsonValues: "CASE WHEN JSON_TYPE({this}) = 'OBJECT' THEN COALESCE(JSON_EXTRACT({this}, '$.*'), '[]') END",
        Matches: _matches,
        MultipleOf: _multiple_of,
        PlainText: f"(CONVERT({{this}} USING utf8mb4) COLLATE {collation})",
    }


_OF_JSON = (
    AnyOf, JsonItems, JsonPart, JsonText, JsonType, JsonValues, exp.ArrayCompact, exp.ArrayDistinct, exp.ArraySize, exp.TryCast
)  # fmt: skip

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
        replaced="REGEXP_REPLACE({x}, {r}, {b})",
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
    differs=("a search that takes too long ends the statement (`regexp_time_limit`)",),
)

# Its own regular expressions are those of PostgreSQL when `regexp_format` is 'advanced'.
SINGLESTORE = replace(
    MARIADB,
    name="singlestore",
    base="singlestore",
    writes={
        word: how
        for word, how in {
            **_writes("utf8mb4_bin"),
            exp.TimestampTrunc: words.truncated,
            Matches: words.matches,
            exp.AtTimeZone: words.already_utc,
        }.items()
        if word not in _OF_JSON
    },
    reading=Reading(
        search="({x} RLIKE {r})",
        trim="RTRIM(LTRIM(REPLACE({x}, '\t', ' ')))",
        casts=_CASTS,
        regex=Regex(end=r"\Z"),
        joined="",
    ),
    proven=False,
    differs=("patterns need `SET SESSION regexp_format = 'advanced'`", "trailing blanks of text are not told apart"),
)
