"""How words are written that dialects share, where a template is not enough. What cannot be said honestly is told to the pen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sqlglot import exp

from dq.sql.casts import read_text
from dq.sql.nodes import Base, Kind
from dq.sql.pattern import Node, OutsideSubset, parse_pattern
from dq.sql.pen import Pen, Write, template
from dq.sql.regex import regex_problem, write_regex

T = exp.DType
MOMENTS = (T.DATE, T.TIME, T.TIMESTAMP, T.TIMESTAMPTZ)
KINDS: Mapping[exp.DType, Base] = {
    T.BIGINT: Base.INTEGER,
    T.INT: Base.INTEGER,
    T.DOUBLE: Base.NUMBER,
    T.DECIMAL: Base.DECIMAL,
    T.BOOLEAN: Base.BOOLEAN,
    T.DATE: Base.DATE,
    T.TIME: Base.TIME,
    T.TIMESTAMP: Base.TIMESTAMP,
    T.TIMESTAMPTZ: Base.TIMESTAMP_TZ,
    T.UUID: Base.UUID,
}


# -- numbers ---------------------------------------------------------------------------------------------------------


def listed(name: str) -> Write:
    """A function of any number of arguments; nulls are ignored."""
    return lambda pen, node: f"{name}({', '.join(pen.part(item) for item in (node.this, *node.expressions))})"


def extreme(name: str) -> Write:
    """The largest or smallest; nulls are ignored: each stands back for the first that is there."""

    def write(pen: Pen, node: exp.Expr) -> str:
        given = [pen.part(item) for item in (node.this, *node.expressions)]
        turned = (", ".join(given[place:] + given[:place]) for place in range(len(given)))
        return f"{name}({', '.join(f'COALESCE({turn})' for turn in turned)})" if len(given) > 1 else given[0]

    return write


def round_(pen: Pen, node: exp.Expr) -> str:
    """Rounding away from zero at half."""
    digits = node.args.get("decimals")
    return f"ROUND({pen.sql(node.this)}{', ' + pen.sql(digits) if digits else ''})"


def round_as(kind: str) -> Write:
    """Rounding of the decimal text: a float's half would go to the even neighbour."""

    def write(pen: Pen, node: exp.Expr) -> str:
        digits = node.args.get("decimals")
        return f"ROUND(CAST({pen.sql(node.this)} AS {kind}), {pen.sql(digits) if digits else 0})"

    return write


# -- text ------------------------------------------------------------------------------------------------------------


def pattern_of(pen: Pen, node: exp.Expr) -> Node | None:
    """What the pattern of a search means; None, and a gap, when it cannot be searched for here."""
    reading = pen.speaks.reading
    try:
        pattern = parse_pattern(node.expression.name)
    except OutsideSubset as problem:
        pen.gap(node, str(problem))
        return None
    problem_here = regex_problem(pattern, reading.regex) if reading else "of any pattern"
    if problem_here:
        pen.gap(node, problem_here)
        return None
    return pattern


def matches(pen: Pen, node: exp.Expr) -> str:
    """A search for a portable pattern."""
    pattern, reading = pattern_of(pen, node), pen.speaks.reading
    if pattern is None or reading is None:
        return "NULL"
    return reading.search.format(x=pen.part(node.this), r=pen.speaks.quote(write_regex(pattern, reading.regex)))


def like(ending: str = "") -> Write:
    """LIKE, in which `!` escapes: elsewhere the backslash would. *ending* follows the pattern, as a collation does."""

    def write(pen: Pen, node: exp.Expr) -> str:
        return f"{pen.part(node.this)} LIKE {pen.speaks.quote(node.expression.name)}{ending} ESCAPE '!'"

    return write


def like_by_backslash(pen: Pen, node: exp.Expr) -> str:
    """LIKE where nothing but the backslash can escape."""
    pieces, characters = [], iter(node.expression.name)
    for character in characters:
        following = next(characters) if character == "!" else ""
        pieces.append(f"\\{following}" if following in ("%", "_") else following or character.replace("\\", "\\\\"))
    return f"{pen.part(node.this)} LIKE {pen.speaks.quote(''.join(pieces))}"


def substring(pen: Pen, node: exp.Expr) -> str:
    """Characters from a place, counted from 1."""
    length = node.args.get("length")
    rest = f", {pen.part(length)}" if length else ""
    return f"SUBSTR({pen.part(node.this)}, {pen.part(node.args.get('start'))}{rest})"


# -- types and times ---------------------------------------------------------------------------------------------------


def type_text(pen: Pen, to: exp.DataType) -> str | None:
    """The name of a type in CAST; None when the dialect has none."""
    written = pen.speaks.types.get(to.this)
    if written is None or (to.expressions and to.this is not T.DECIMAL):
        return written if written and to.this is T.TEXT else None
    digits = ", ".join(item.name for item in to.expressions)
    return f"{written}({digits})" if digits else written


Moment = Callable[[Pen, str, exp.DType], str | None]


def typed_moment(pen: Pen, text: str, kind: exp.DType) -> str | None:
    """A time as a literal: the name of its type, and its text."""
    word = pen.speaks.types.get(kind)
    return f"{word} {pen.speaks.quote(text)}" if word else None


def standard_moment(pen: Pen, text: str, kind: exp.DType) -> str:
    """A time as a literal of the standard, which says TIMESTAMP of both kinds."""
    return f"{'TIMESTAMP' if kind is T.TIMESTAMPTZ else kind.value} {pen.speaks.quote(text)}"


def cast_moment(pen: Pen, text: str, kind: exp.DType) -> str:
    """A time as the cast of a text."""
    return f"CAST({pen.speaks.quote(text)} AS {pen.speaks.types[kind]})"


def naive(text: str) -> str:
    """A time in UTC without its zone."""
    return text.removesuffix("+00:00")


def casting(verb: str = "CAST", moment: Moment = typed_moment) -> Write:
    """A cast that loses nothing: a literal of a time, or a value of one kind as another. *verb* may give null for an error."""

    def write(pen: Pen, node: exp.Expr) -> str:
        to = node.args["to"]
        if isinstance(node.this, exp.Literal) and node.this.is_string and to.this in MOMENTS:
            return moment(pen, node.this.name, to.this) or pen.gap(node, f"to {to.this.value}")
        written = type_text(pen, to)
        if written is None:
            return pen.gap(node, f"to {to.sql()}")
        return f"{'CAST' if to.this is T.TEXT else verb}({pen.sql(node.this)} AS {written})"

    return write


def cast_by_text(is_text: str) -> Write:
    """
    A user's cast where the engine has none that gives null: text is read strictly, anything else by its text where it fits.

    *is_text* tells whether {x} is a text at all.
    """

    def write(pen: Pen, node: exp.Expr) -> str:
        to, x = node.args["to"], pen.part(node.this)
        text = f"CAST({x} AS {pen.speaks.types[T.TEXT]})"
        if to.this is T.TEXT:
            return text
        kind = Kind(KINDS[to.this], *(int(item.name) for item in to.expressions))
        strict, loose = read_text(text, kind, None, pen.speaks), _loosely(pen, text, kind)
        if strict is None or loose is None:
            return pen.gap(node, f"to {to.sql()}")
        return f"CASE WHEN {is_text.format(x=x)} THEN {strict} ELSE {loose} END"

    return write


def _loosely(pen: Pen, text: str, kind: Kind) -> str | None:
    """A value that is no text, by the text of it: 5.00 is whole, a time has a day, and a day begins at midnight."""
    if kind.base is Base.INTEGER:
        most = pen.speaks.reading.most_digits if pen.speaks.reading else 0
        whole = read_text(text, kind, None, pen.speaks)
        digits = read_text(text, Kind(Base.DECIMAL, most or 38, 5), None, pen.speaks)
        fits = f"{digits} = FLOOR({digits}) AND {digits} BETWEEN {-(2**63)} AND {2**63 - 1}"
        named = pen.speaks.types[T.BIGINT]
        return f"COALESCE({whole}, CASE WHEN {fits} THEN CAST({digits} AS {named}) END)" if whole and digits else None
    if kind.base is Base.DATE:
        return read_text(f"SUBSTR({text}, 1, 10)", kind, None, pen.speaks)
    if kind.base is Base.TIMESTAMP:
        joined = pen.speaks.reading.joined if pen.speaks.reading else ""
        midnight = f"{text}{joined}' 00:00:00'" if joined else f"CONCAT({text}, ' 00:00:00')"
        found = [read_text(form, kind, None, pen.speaks) for form in (text, f"({midnight})")]
        return f"COALESCE({', '.join(form or 'NULL' for form in found)})" if all(found) else None
    return read_text(text, kind, None, pen.speaks)


def read_as(pen: Pen, node: exp.Expr) -> str:
    """Text read strictly as a kind."""
    form = node.args.get("format")
    kind = node.args["to"]
    written = read_text(pen.part(node.this), kind, form.name if form else None, pen.speaks)
    return written or pen.gap(node, f"{kind}{f' as {form.name}' if form else ''}")


_SPANS = {"WEEK": 604_800, "DAY": 86_400, "HOUR": 3_600, "MINUTE": 60, "SECOND": 1}  # seconds
_COMPARED = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}


def spans_compared(form: str) -> Mapping[type[exp.Expr], Write]:
    """
    Comparisons in which the difference of two times is compared with a span, by microseconds: *form* over {x} minus {y}.

    Months and years are a gap: they have no fixed length.
    """

    def side(pen: Pen, of: exp.Expr, node: exp.Expr) -> str:
        if isinstance(of, exp.Interval):
            unit = of.args["unit"].name.upper()
            return str(int(of.this.name) * _SPANS[unit] * 1_000_000) if unit in _SPANS else pen.gap(of, f"of a {unit.lower()}")
        if isinstance(of, exp.Sub) and not of.find(exp.Interval):
            return form.format(x=pen.part(of.this), y=pen.part(of.expression))
        return pen.gap(node, "of a span with no difference of times")

    def comparing(op: str) -> Write:
        def write(pen: Pen, node: exp.Expr) -> str:
            sides = node.this.unnest(), node.expression.unnest()
            if not any(isinstance(of, exp.Interval) for of in sides):
                return f"{pen.sql(node.this)} {op} {pen.sql(node.expression)}"
            return f" {op} ".join(side(pen, of, node) for of in sides)

        return write

    return {kind: comparing(op) for kind, op in _COMPARED.items()}


def interval(_: Pen, node: exp.Expr) -> str:
    """A span of time."""
    return f"INTERVAL '{node.this.name}' {node.args['unit'].name.upper()}"


def shifting(sign: str, form: str, units: Collection[str] = (), write: Write | None = None) -> Write:
    """
    Addition and subtraction, where *form* adds a span to a time: {x}, {n} (with a sign; or {sign} and {count}) and {unit}.

    Units outside *units* (none: all) are a gap: they raise at the ends of months, or end elsewhere.
    """
    plainly = write or template(f"{{this}} {sign} {{expression}}")

    def shifted(pen: Pen, node: exp.Expr) -> str:
        span = node.expression.unnest()
        if not isinstance(span, exp.Interval):
            return plainly(pen, node)
        unit = span.args["unit"].name.upper()
        if units and unit not in units:
            return pen.gap(node, f"of a {unit.lower()} to a time")
        count = span.this.name
        return form.format(x=pen.part(node.this), n=f"{sign.strip('+')}{count}", sign=sign, count=count, unit=unit)

    return shifted


def ending(length: str, right: str) -> str:
    """The last characters, all of them where there are fewer; *length* and *right* are templates."""
    return f"CASE WHEN {length} <= {{expression}} THEN {{this}} ELSE {right} END"


def same(test: str = "{0} = {1} OR {0} IS NULL AND {1} IS NULL") -> Write:
    """Equality that is never unknown, where there is no word for it."""

    def write(pen: Pen, node: exp.Expr) -> str:
        sides = pen.part(node.this), pen.part(node.expression)
        equal = f"CASE WHEN {test.format(*sides)} THEN 1 ELSE 0 END"
        return f"({equal} = {0 if isinstance(node, exp.NullSafeNEQ) else 1})"

    return write


def interval_added(pen: Pen, node: exp.Expr) -> str:
    """A span of time where it is only added to or taken from a time."""
    if not isinstance(node.parent, exp.Add | exp.Sub):
        return pen.gap(node, "compared with a span")
    return f"INTERVAL {node.this.name} {node.args['unit'].name.upper()}"


def extracting(isodow: str = "EXTRACT(ISODOW FROM {x})", second: str = "EXTRACT(SECOND FROM {x})") -> Write:
    """A field of a time as a whole number; ISODOW is 1 for Monday."""

    def write(pen: Pen, node: exp.Expr) -> str:
        unit, x = node.this.name.upper(), pen.part(node.expression)
        form = {"ISODOW": isodow, "SECOND": second}.get(unit)
        return form.format(x=x) if form else f"EXTRACT({unit} FROM {x})"

    return write


def truncated(pen: Pen, node: exp.Expr) -> str:
    """The start of the year, month, … that a time is in."""
    return f"DATE_TRUNC('{node.args['unit'].name.lower()}', {pen.part(node.this)})"


def already_utc(pen: Pen, node: exp.Expr) -> str:
    """Times with a zone are kept as UTC without one here; other zones are a gap."""
    zone = node.args["zone"].name
    return pen.sql(node.this) if zone == "UTC" else pen.gap(node, f"'{zone}'")


# -- sets ------------------------------------------------------------------------------------------------------------


def in_set(pen: Pen, node: exp.Expr) -> str:
    """Whether a tuple is a row of a key set, whose columns are k0, k1, …."""
    keys = node.expressions
    start, end = pen.dialect.IDENTIFIER_START, pen.dialect.IDENTIFIER_END
    columns = ", ".join(f"{start}k{place}{end}" for place in range(len(keys)))
    values = ", ".join(pen.part(key) for key in keys)
    values = f"({values})" if len(keys) > 1 else values
    return f"({values} IN (SELECT {columns} FROM {pen.sql(node.this)}))"


def in_set_of_one(pen: Pen, node: exp.Expr) -> str:
    """As `in_set`, where tuples are not looked up."""
    return in_set(pen, node) if len(node.expressions) == 1 else pen.gap(node, "of several columns")
