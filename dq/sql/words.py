"""How single words are written when a template is not enough. A writer that cannot say a word honestly says so to its pen."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd

from sqlglot import exp

from dq.sql.casts import SEARCH, quote, read_text
from dq.sql.nodes import Base, Kind
from dq.sql.pattern import OutsideSubset, parse_pattern
from dq.sql.pen import Pen, Write, template
from dq.sql.regex import as_glob, can_be_empty, is_risky_for_java, write_regex

_T = exp.DType
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Mod, exp.Abs, exp.Neg, exp.Paren)

_DUCKDB_TYPES: Mapping[exp.DType, str] = {
    _T.TEXT: "TEXT",
    _T.BIGINT: "BIGINT",
    _T.INT: "BIGINT",
    _T.DOUBLE: "DOUBLE",
    _T.DECIMAL: "DECIMAL",
    _T.BOOLEAN: "BOOLEAN",
    _T.DATE: "DATE",
    _T.TIME: "TIME",
    _T.TIMESTAMP: "TIMESTAMP",
    _T.TIMESTAMPTZ: "TIMESTAMPTZ",
    _T.UUID: "UUID",
}
_TYPES: Mapping[str, Mapping[exp.DType, str]] = {
    "duckdb": _DUCKDB_TYPES,
    "postgres": {**_DUCKDB_TYPES, _T.DOUBLE: "DOUBLE PRECISION", _T.DECIMAL: "NUMERIC"},
    "mysql": {
        _T.TEXT: "CHAR",
        _T.BIGINT: "SIGNED",
        _T.INT: "SIGNED",
        _T.DOUBLE: "DOUBLE",
        _T.DECIMAL: "DECIMAL",
        _T.DATE: "DATE",
        _T.TIME: "TIME(6)",
        _T.TIMESTAMP: "DATETIME(6)",
        _T.TIMESTAMPTZ: "DATETIME(6)",
    },
    "sqlite": {_T.TEXT: "TEXT", _T.BIGINT: "INTEGER", _T.INT: "INTEGER", _T.DOUBLE: "REAL"},
    "spark": {
        _T.TEXT: "STRING",
        _T.BIGINT: "BIGINT",
        _T.INT: "BIGINT",
        _T.DOUBLE: "DOUBLE",
        _T.DECIMAL: "DECIMAL",
        _T.BOOLEAN: "BOOLEAN",
        _T.DATE: "DATE",
        _T.TIMESTAMP: "TIMESTAMP_NTZ",
        _T.TIMESTAMPTZ: "TIMESTAMP",
    },
}
_MOMENTS = (_T.DATE, _T.TIME, _T.TIMESTAMP, _T.TIMESTAMPTZ)
_KINDS: Mapping[exp.DType, Base] = {
    _T.BIGINT: Base.INTEGER,
    _T.INT: Base.INTEGER,
    _T.DOUBLE: Base.NUMBER,
    _T.DECIMAL: Base.DECIMAL,
    _T.BOOLEAN: Base.BOOLEAN,
    _T.DATE: Base.DATE,
    _T.TIME: Base.TIME,
    _T.TIMESTAMP: Base.TIMESTAMP,
    _T.TIMESTAMPTZ: Base.TIMESTAMP_TZ,
    _T.UUID: Base.UUID,
}


# -- arithmetic ------------------------------------------------------------------------------------------------------


def tried(text: str) -> Write:
    """Arithmetic that is null where it overflows, instead of stopping the query; TRY stands around the outermost operator."""
    write = template(text)

    def outermost(pen: Pen, node: exp.Expr) -> str:
        written = write(pen, node)
        above = node.parent
        while isinstance(above, exp.Paren):
            above = above.parent
        if isinstance(above, _ARITHMETIC) or node.find(exp.AggFunc, exp.Window, exp.Subquery) is not None:
            return written
        return f"TRY({written})"

    return outermost


def in_parentheses(pen: Pen, node: exp.Expr) -> str:
    """Parentheses, but for TRY, which has its own."""
    text = pen.sql(node.this)
    return text if text.startswith("TRY(") and isinstance(node.this, _ARITHMETIC) else f"({text})"


def negative(pen: Pen, node: exp.Expr) -> str:
    """A negative number as it is; the negative of anything else is tried."""
    return f"-{pen.sql(node.this)}" if isinstance(node.this, exp.Literal) else _negated(pen, node)


_negated = tried("-({this})")


def listed(name: str) -> Write:
    """A function of any number of arguments; nulls are ignored."""
    return lambda pen, node: f"{name}({', '.join(pen.part(item) for item in (node.this, *node.expressions))})"


def round_(pen: Pen, node: exp.Expr) -> str:
    """Rounding away from zero at half."""
    digits = node.args.get("decimals")
    return f"ROUND({pen.sql(node.this)}{', ' + pen.sql(digits) if digits else ''})"


def round_numeric(pen: Pen, node: exp.Expr) -> str:
    """Rounding of the decimal text: a float's half would go to the even neighbour."""
    kind = "DECIMAL(65, 20)" if pen.name == "mysql" else "NUMERIC"
    digits = node.args.get("decimals")
    return f"ROUND(CAST({pen.sql(node.this)} AS {kind}), {pen.sql(digits) if digits else 0})"


def _scaled(node: exp.Expr) -> tuple[int, int]:
    """The second operand of MultipleOf as a whole number and a power of ten."""
    number = Decimal(node.expression.unnest().name)
    exponent = min(int(number.normalize().as_tuple().exponent), 0)
    return int(number.scaleb(-exponent)), -exponent


def multiple_of_duckdb(pen: Pen, node: exp.Expr) -> str:
    """
    Whether a number is a multiple: integers and decimals by their remainder, floats by their shortest text.

    Let the step be M / 10^s, in lowest terms of ten. A float v whose text has at most 15 digits, counted down to 10^-s, is the
    float nearest to that text. So it is a multiple when it equals n * M / 10^s for the nearest whole n: a quotient of two
    whole numbers that floats hold exactly is rounded once, to the nearest float. Longer texts are read as decimals of 38 digits.
    """
    x, (whole, scale) = pen.part(node.this), _scaled(node)
    step = pen.sql(node.expression)
    if not whole or scale > 15:
        return pen.gap(node, f"of {step}")
    text, power = f"CAST({x} AS TEXT)", f"1e{scale}"
    rest = whole // gcd(whole, 10**scale)  # of a whole number, to be a multiple

    def judged(v: str) -> str:
        return (
            f"CASE WHEN ABS({v}) < 1e{15 - scale} THEN ROUND({v} * {power} / {whole}) * {whole} / {power} = {v}"
            f" WHEN ABS({v}) < 1e18 THEN TRY_CAST({text} AS DECIMAL(38, 20)) % CAST({step} AS DECIMAL(38, 20)) = 0"
            f" WHEN ABS({v}) < 1e38 THEN TRY_CAST({text} AS DECIMAL(38, 0)) % {rest} = 0 ELSE {v} % {step} = 0 END"
        )

    double, single = judged(f"CAST({x} AS DOUBLE)"), judged(f"CAST({text} AS DOUBLE)")
    return f"CASE TYPEOF({x}) WHEN 'DOUBLE' THEN {double} WHEN 'FLOAT' THEN {single} ELSE TRY({x} % {step}) = 0 END"


def multiple_of_spark(pen: Pen, node: exp.Expr) -> str:
    """As for DuckDB; beyond 15 digits by the float's own remainder."""
    x, (whole, scale) = pen.part(node.this), _scaled(node)
    step = pen.sql(node.expression)
    v, power = f"CAST({x} AS DOUBLE)", f"1e{scale}D"
    return (
        f"CASE WHEN TYPEOF({x}) IN ('double', 'float') THEN CASE"
        f" WHEN ABS({v}) < 1e{15 - scale}D THEN ROUND({v} * {power} / {whole}) * {whole} / {power} = {v}"
        f" ELSE {v} % {step} = 0 END ELSE {x} % {step} = 0 END"
    )


# -- text ------------------------------------------------------------------------------------------------------------


def matches(pen: Pen, node: exp.Expr) -> str:
    """
    A search for a portable pattern.

    In DuckDB as a GLOB where that says the same in half the time; and over a dictionary by the text that is found, because
    DuckDB judges every entry once for that function, but every row for a search.
    """
    name, x = pen.name, pen.part(node.this)
    try:
        pattern = parse_pattern(node.expression.name)
    except OutsideSubset as problem:
        return pen.gap(node, str(problem))
    if name == "duckdb" and (glob := as_glob(pattern)):
        return f"({x} GLOB {quote(glob, name)})"
    regex = quote(write_regex(pattern, name), name)
    if name == "duckdb" and node.args.get("entries") and not can_be_empty(pattern):
        return f"(REGEXP_EXTRACT({x}, {regex}) <> '')"
    found = SEARCH[name].format(x=x, r=regex)
    if name == "spark" and is_risky_for_java(pattern):  # a long text would overflow the stack and end the cluster's process
        return f"CASE WHEN LENGTH({x}) > 1000 THEN RAISE_ERROR('dq: a text too long for this pattern') ELSE {found} END"
    return found


def like(pen: Pen, node: exp.Expr) -> str:
    """LIKE, in which `!` escapes; SQLite's ignores the case of letters, so that it is a GLOB there."""
    x, form = pen.part(node.this), node.expression.name
    if pen.name == "sqlite":
        return f"{x} GLOB {quote(_like_as_glob(form), pen.name)}"
    collation = " COLLATE utf8mb4_nopad_bin" if pen.name == "mysql" else ""
    escape = "" if pen.name == "duckdb" and "!" not in form else " ESCAPE '!'"  # elsewhere the backslash would escape
    return f"{x} LIKE {quote(form, pen.name)}{collation}{escape}"


def _like_as_glob(form: str) -> str:
    found, characters = [], iter(form)
    for character in characters:
        if character == "!":
            following = next(characters)
            found.append(f"[{following}]" if following in "*?[" else following)
        else:
            found.append({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}.get(character, character))
    return "".join(found)


def substring(pen: Pen, node: exp.Expr) -> str:
    """Characters from a place, counted from 1."""
    length = node.args.get("length")
    rest = f", {pen.part(length)}" if length else ""
    return f"SUBSTR({pen.part(node.this)}, {pen.part(node.args.get('start'))}{rest})"


def literal_mysql(_: Pen, node: exp.Expr) -> str:
    """Text that compares by code point, whatever the collation of what it is compared with."""
    return f"{quote(node.this, 'mysql')} COLLATE utf8mb4_nopad_bin" if node.is_string else str(node.this)


def literal_postgres(_: Pen, node: exp.Expr) -> str:
    """Text is ordered by code point, whatever the locale of the database."""
    if not node.is_string:
        return str(node.this)
    ordered = isinstance(node.parent, exp.LT | exp.LTE | exp.GT | exp.GTE | exp.Between)
    text = quote(node.this, "postgres")
    return f'({text} COLLATE "C")' if ordered else text


def literal_sqlite(_: Pen, node: exp.Expr) -> str:
    """A fraction as a quotient of whole numbers, which is exact: SQLite reads some decimals as a neighbouring float."""
    if node.is_string:
        return quote(node.this, "sqlite")
    text = str(node.this)
    if text.isdigit():
        return text
    over, under = Fraction(float(text)).as_integer_ratio()
    if under == 1 or over.bit_length() > 53 or under.bit_length() > 62:
        return text if "." in text or "e" in text else f"{text}.0"
    return f"({over} / CAST({under} AS REAL))"


# -- types and times ---------------------------------------------------------------------------------------------------


def _type_text(pen: Pen, to: exp.DataType) -> str | None:
    written = _TYPES[pen.name].get(to.this)
    if written is None or (to.expressions and to.this is not _T.DECIMAL):
        return written if written and to.this is _T.TEXT else None
    digits = ", ".join(item.name for item in to.expressions)
    return f"{written}({digits})" if digits else written


def cast(pen: Pen, node: exp.Expr) -> str:
    """A cast that loses nothing: a literal of a time, or a value of one kind as another. Null where DuckDB would stop."""
    to, name = node.args["to"], pen.name
    if isinstance(node.this, exp.Literal) and node.this.is_string and to.this in _MOMENTS:
        return _moment(pen, node, node.this.name, to.this)
    written = _type_text(pen, to)
    if written is None:
        return pen.gap(node, f"to {to.sql()}")
    verb = "TRY_CAST" if name in ("duckdb", "spark") and to.this is not _T.TEXT else "CAST"
    return f"{verb}({pen.sql(node.this)} AS {written})"


def _moment(pen: Pen, node: exp.Expr, text: str, kind: exp.DType) -> str:
    name = pen.name
    if name == "sqlite":
        return quote(_fixed_width(text, kind), name)
    if name == "mysql":
        return f"{'TIMESTAMP' if kind in (_T.TIMESTAMP, _T.TIMESTAMPTZ) else kind.value} {quote(_naive(text), name)}"
    word = _TYPES[name].get(kind)
    return f"{word} {quote(text, name)}" if word else pen.gap(node, f"to {kind.value}")


def _naive(text: str) -> str:
    return text.removesuffix("+00:00")


def _fixed_width(text: str, kind: exp.DType) -> str:
    """Times in SQLite are text, and compare rightly when all have six digits of a second."""
    if kind is _T.DATE:
        return text
    plain = _naive(text)
    return plain if "." in plain else f"{plain}.000000"


def lenient_cast(pen: Pen, node: exp.Expr) -> str:
    """A user's cast: text is read strictly, whatever else does not fit without loss is null. The type is known to the engine."""
    to, x = node.args["to"], pen.part(node.this)
    written = _type_text(pen, to)
    if written is None:
        return pen.gap(node, f"to {to.sql()}")
    if to.this is _T.TEXT:
        return f"CAST({x} AS {written})"
    digits = [int(item.name) for item in to.expressions]
    kind = Kind(_KINDS[to.this], *digits)
    read = read_text(f"CAST({x} AS TEXT)", kind, None, pen.name)
    plain = f"TRY_CAST({x} AS {written})"
    if kind.base is Base.INTEGER:
        plain = f"CASE WHEN TRY_CAST({x} AS DOUBLE) = FLOOR(TRY_CAST({x} AS DOUBLE)) THEN {plain} END"
    return f"CASE WHEN TYPEOF({x}) = 'VARCHAR' THEN {read} ELSE {plain} END"


def read_as(pen: Pen, node: exp.Expr) -> str:
    """Text read strictly as a kind."""
    form = node.args.get("format")
    kind = node.args["to"]
    written = read_text(pen.part(node.this), kind, form.name if form else None, pen.name)
    return written or pen.gap(node, f"{kind}{f' as {form.name}' if form else ''}")


def interval(pen: Pen, node: exp.Expr) -> str:
    """A span of time, added to or taken from a time."""
    name, count, unit = pen.name, node.this.name, node.args["unit"].name.upper()
    if name == "mysql":
        above = node.parent
        return f"INTERVAL {count} {unit}" if isinstance(above, exp.Add | exp.Sub) else pen.gap(node, "compared with a span")
    return f"INTERVAL '{count}' {unit}"


_FIELDS_SQLITE = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2), "HOUR": (12, 2), "MINUTE": (15, 2), "SECOND": (18, 2)}


def extract(pen: Pen, node: exp.Expr) -> str:
    """A field of a time as a whole number; ISODOW is 1 for Monday."""
    name, unit, x = pen.name, node.this.name.upper(), pen.part(node.expression)
    if name == "sqlite":
        if unit == "ISODOW":
            return f"((CAST(STRFTIME('%w', {x}) AS INTEGER) + 6) % 7 + 1)"
        start, length = _FIELDS_SQLITE[unit]
        return f"CAST(SUBSTR({x}, {start}, {length}) AS INTEGER)"
    if unit == "ISODOW" and name in ("mysql", "spark"):
        return f"(WEEKDAY({x}) + 1)"
    found = f"EXTRACT({unit} FROM {x})"
    return f"FLOOR({found})" if unit == "SECOND" and name in ("postgres", "spark") else found


def truncated(pen: Pen, node: exp.Expr) -> str:
    """The start of the year, month, … that a time is in."""
    found = f"DATE_TRUNC('{node.args['unit'].name.lower()}', {pen.part(node.this)})"
    return f"CAST({found} AS TIMESTAMP_NTZ)" if pen.name == "spark" else found


def already_utc(pen: Pen, node: exp.Expr) -> str:
    """Times with a zone are kept as UTC without one here; other zones are a gap."""
    zone = node.args["zone"].name
    return pen.sql(node.this) if zone == "UTC" else pen.gap(node, f"'{zone}'")


def at_time_zone_spark(pen: Pen, node: exp.Expr) -> str:
    """The session is in UTC: a time with a zone is itself; one without is moved from its zone."""
    zone, x = node.args["zone"].name, pen.sql(node.this)
    if zone == "UTC":
        return f"CAST({x} AS TIMESTAMP_NTZ)"
    return f"CONVERT_TIMEZONE({quote(zone, 'spark')}, 'UTC', {x})"


# -- sets and parts ----------------------------------------------------------------------------------------------------


def in_set(pen: Pen, node: exp.Expr) -> str:
    """Whether a tuple is a row of a key set, whose columns are k0, k1, …."""
    keys = node.expressions
    start, end = pen.dialect.IDENTIFIER_START, pen.dialect.IDENTIFIER_END
    columns = ", ".join(f"{start}k{place}{end}" for place in range(len(keys)))
    values = ", ".join(pen.part(key) for key in keys)
    values = f"({values})" if len(keys) > 1 else values
    return f"({values} IN (SELECT {columns} FROM {pen.sql(node.this)}))"


def json_part(pen: Pen, node: exp.Expr) -> str:
    """The value of a key; the key stands in quotes, so that its dots and brackets mean themselves."""
    key = node.expression.name.replace("\\", "\\\\").replace('"', '\\"')
    path = f'$."{key}"' if key else "/"  # no path has an empty key, but a pointer has
    return f"({pen.part(node.this)} -> {quote(path, 'duckdb')})"


def part_spark(pen: Pen, node: exp.Expr) -> str:
    """A field of a struct."""
    return f"{pen.part(node.this)}.{pen.sql(exp.to_identifier(node.expression.name, quoted=True))}"
