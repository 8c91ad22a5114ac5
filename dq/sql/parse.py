"""
Users' conditions and aggregates: parsed as one expression of a small neutral grammar, and built anew from the vocabulary.

Nothing that was written reaches an engine: what is read is rebuilt word by word from what is allowed, so that whatever is not
allowed (sub-selects, table functions, `random()`, windows, parameters) has no way in. The neutral grammar is sqlglot's own,
with `~` as a search; its words are listed in `docs/conditions.md`.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlglot import exp, tokens
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from dq.errors import UsageError
from dq.sql.build import Tree, all_of, any_of, column, literal, not_, operand
from dq.sql.nodes import Matches, Part
from dq.sql.pattern import pattern_problem

_LONGEST = 10_000
_DEEPEST = 200
_T = exp.DataType.Type
_MEND = "a condition may use columns, literals, comparisons, arithmetic, CASE and the functions listed in docs/conditions.md"


class Neutral(Dialect):
    """The grammar of conditions."""

    class Tokenizer(tokens.Tokenizer):
        """sqlglot's own words, and `~`."""

        KEYWORDS = {**tokens.Tokenizer.KEYWORDS, "~": tokens.TokenType.RLIKE}  # noqa: RUF012  sqlglot's way


def condition(text: str, place: str) -> Tree:
    """
    A user's condition or scalar expression, as a tree of the vocabulary.

    Raises:
        UsageError: *text* is empty, too long, no single expression, or uses what is outside the vocabulary; *place* says where.
    """
    return _Reader(place, aggregates=False).read_text(text)


def aggregate(text: str, place: str) -> Tree:
    """
    A user's aggregate: like `condition`, with count, count_if, sum, avg, min, max, stddev, median and quantile_cont around columns.

    Raises:
        UsageError: as for `condition`; also a column outside an aggregate, an aggregate inside another, or none at all.
    """
    return _Reader(place, aggregates=True).read_text(text)


# Node types that are rebuilt from these parts, each read in turn.
_PARTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    **dict.fromkeys(
        (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Add, exp.Sub, exp.Mul, exp.Div)
        + (exp.Mod, exp.DPipe, exp.Nullif, exp.StartsWith, exp.EndsWith, exp.Contains),
        ("this", "expression"),
    ),
    **dict.fromkeys((exp.Abs, exp.Neg, exp.Length, exp.Lower, exp.Upper, exp.Trim, exp.Floor, exp.Ceil, exp.Paren), ("this",)),
    exp.Between: ("this", "low", "high"),
    exp.Coalesce: ("this", "expressions"),
    exp.Greatest: ("this", "expressions"),
    exp.Least: ("this", "expressions"),
    exp.Replace: ("this", "expression", "replacement"),
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true", "false"),
}
# What sqlglot notes about how a node was written, and what changes nothing here.
_NOTES = frozenset({"safe", "typed", "big_int", "ignore_nulls", "coalesce", "nested", "zone"})
_UNITS = ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
_FIELDS = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "ISODOW"}
_FIELD_FUNCTIONS: Mapping[type[exp.Expr], str] = {
    exp.Year: "YEAR",
    exp.Month: "MONTH",
    exp.Day: "DAY",
    exp.DayOfMonth: "DAY",
    exp.Hour: "HOUR",
    exp.Minute: "MINUTE",
    exp.Second: "SECOND",
    exp.DayOfWeekIso: "ISODOW",
}
_TRUNCATIONS = {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"}
_TYPES: Mapping[exp.DataType.Type, exp.DataType.Type] = {
    **dict.fromkeys((_T.TEXT, _T.VARCHAR, _T.CHAR, _T.NVARCHAR), _T.TEXT),
    **dict.fromkeys((_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT), _T.BIGINT),
    **dict.fromkeys((_T.FLOAT, _T.DOUBLE), _T.DOUBLE),
    **{kind: kind for kind in (_T.DECIMAL, _T.BOOLEAN, _T.DATE, _T.TIME, _T.TIMESTAMP, _T.TIMESTAMPTZ, _T.UUID)},
    _T.DATETIME: _T.TIMESTAMP,
    _T.TIMESTAMPNTZ: _T.TIMESTAMP,
}
_AGGREGATES = (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.StddevSamp, exp.PercentileCont)
_FUNCTIONS = (
    "abs avg ceil coalesce contains count count_if current_date current_timestamp date_trunc day ends_with extract floor greatest "
    "hour if isodow least left length lower matches max median min minute mod month now nullif quantile_cont regexp_like "
    "regexp_matches replace right round second starts_with stddev substring sum trim upper year"
).split()


class _Reader:
    """Reads one text; everything it refuses, it refuses with the place."""

    def __init__(self, place: str, *, aggregates: bool) -> None:
        self.place = place
        self.aggregates = aggregates
        self.inside = False  # inside an aggregate

    def refuse(self, what: str, mend: str = "") -> UsageError:
        return UsageError(what, self.place, mend or _MEND)

    def read_text(self, text: str) -> Tree:
        try:
            parsed = self.parse(text)
            if _depth(parsed) > _DEEPEST:
                raise self.refuse(f"more than {_DEEPEST} operators inside each other", "split the rule")
            tree = self.read(parsed)
        except RecursionError:
            raise self.refuse(f"more than {_DEEPEST} operators inside each other", "split the rule") from None
        if self.aggregates and tree.find(*_AGGREGATES) is None:
            raise self.refuse(f"no aggregate in {_shown(text)}", "say avg(x), count_if(x > 0), …")
        return tree

    def parse(self, text: str) -> exp.Expr:
        if not text.strip():
            raise self.refuse("an empty condition", "write one, as shipped_at >= created_at")
        if len(text) > _LONGEST:
            raise self.refuse(f"a condition of {len(text)} characters", f"use at most {_LONGEST}, or split the rule")
        if "\0" in text:
            raise self.refuse("a NUL character", "leave it out")
        grammar = Neutral()
        try:
            read = grammar.tokenize(text)
            if any(token.comments for token in read):
                raise self.refuse("a comment inside a condition", "move it into the rule's description")
            if any(token.token_type is tokens.TokenType.SEMICOLON for token in read):
                raise self.refuse("';' inside a condition", "write one expression")
            with _quiet():
                parsed = grammar.parser().parse(read, text)
        except SqlglotError as error:
            raise self.refuse(f"not a condition: {_shown(text)} ({_reason(error)})") from None
        if len(parsed) != 1 or parsed[0] is None:
            raise self.refuse(f"not a condition: {_shown(text)}")
        return parsed[0]

    # -- words ---------------------------------------------------------------------------------------------------------

    def read(self, node: exp.Expr) -> Tree:
        special = _SPECIAL.get(type(node))
        if special:
            return special(self, node)
        if type(node) in _FIELD_FUNCTIONS:
            return self.field(_FIELD_FUNCTIONS[type(node)], node.this.this if isinstance(node.this, exp.TsOrDsToDate) else node.this)
        if type(node) not in _PARTS:
            raise self.refuse(_name(node), self.near(node))
        names = _PARTS[type(node)]
        self.only(node, *names)
        parts = {name: self.value(node.args.get(name)) for name in names}
        return type(node)(**{name: value for name, value in parts.items() if value not in (None, [])})

    def value(self, given: Any) -> Any:
        if isinstance(given, list):
            return [self.read(item) for item in given]
        return self.read(given) if isinstance(given, exp.Expr) else given

    def only(self, node: exp.Expr, *names: str) -> None:
        """Refuse a node that says more than *names*."""
        for key, value in node.args.items():
            if value and key not in names and key not in _NOTES:
                raise self.refuse(f"'{key.replace('_', ' ')}' in {_shown(node.sql())}")

    def near(self, node: exp.Expr) -> str:
        """A mend for a function that is not known."""
        if not isinstance(node, exp.Func):
            return ""
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        close = difflib.get_close_matches(name.lower(), _FUNCTIONS, n=1, cutoff=0.75)
        return f"did you mean '{close[0]}'? functions: {', '.join(_FUNCTIONS)}" if close else f"functions: {', '.join(_FUNCTIONS)}"

    def column(self, node: exp.Column) -> Tree:
        """A name, or a path into an object: `address.city`."""
        parts = [part for part in node.parts if isinstance(part, exp.Identifier)]
        if len(parts) != len(node.parts) or any(not part.name for part in parts):
            raise self.refuse(f"{_shown(node.sql())} is no column")
        if parts[0].name.startswith("$") and not parts[0].args.get("quoted"):
            raise self.refuse(f"the parameter {parts[0].name}", "write the value")
        if self.aggregates and not self.inside:
            raise self.refuse(f"column '{parts[0].name}' outside an aggregate", "say avg(x), count_if(x > 0), …")
        tree: Tree = column(parts[0].name)
        for part in parts[1:]:
            tree = Part(this=tree, expression=literal(part.name))
        return tree

    def dot(self, node: exp.Dot) -> Tree:
        """A longer path into an object."""
        if not isinstance(node.expression, exp.Identifier):
            raise self.refuse(f"{_shown(node.sql())} is no column")
        return Part(this=self.read(node.this), expression=literal(node.expression.name))

    def literal(self, node: exp.Literal) -> Tree:
        if node.is_string:
            return self.scalar(node.this)
        try:
            number = Decimal(node.this)
        except InvalidOperation:
            raise self.refuse(f"{node.this} is no number") from None
        return self.scalar(number if abs(number.adjusted()) < 40 else float(number))  # noqa: PLR2004  digits of a decimal

    def scalar(self, value: Any) -> Tree:
        try:
            return literal(value)
        except UsageError as error:
            raise self.refuse(error.what, error.mend) from None

    def chain(self, node: exp.And | exp.Or) -> Tree:
        operands = [self.read(item) for item in node.flatten(unnest=False)]
        return (all_of if isinstance(node, exp.And) else any_of)(*operands)

    def negation(self, node: exp.Not) -> Tree:
        return not_(self.read(node.this))

    def is_(self, node: exp.Is) -> Tree:
        self.only(node, "this", "expression", "negate")
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise self.refuse(f"IS {_shown(node.expression.sql())}", "IS takes NULL, TRUE, FALSE or DISTINCT FROM")
        tree: Tree = exp.Is(this=operand(self.read(node.this)), expression=node.expression.copy())
        return not_(tree) if node.args.get("negate") else tree

    def in_(self, node: exp.In) -> Tree:
        if node.args.get("query"):
            raise self.refuse("a sub-select", "use a relationship, or a sql rule")
        self.only(node, "this", "expressions", "negate")
        tree: Tree = exp.In(this=operand(self.read(node.this)), expressions=[self.read(item) for item in node.expressions])
        return not_(tree) if node.args.get("negate") else tree

    def between(self, node: exp.Between) -> Tree:
        self.only(node, "this", "low", "high")
        return exp.Between(**{key: operand(self.read(node.args[key])) for key in ("this", "low", "high")})

    # -- text ----------------------------------------------------------------------------------------------------------

    def matches(self, this: exp.Expr, pattern: exp.Expr, form: str = "{}") -> Tree:
        if not (isinstance(pattern, exp.Literal) and pattern.is_string):
            raise self.refuse(f"a pattern that is no text: {_shown(pattern.sql())}", "write the pattern in quotes")
        text = form.format(pattern.this) if form != "{}" else pattern.this
        if problem := pattern_problem(text):
            raise self.refuse(f"pattern {_shown(pattern.this)}: {problem}")
        return Matches(this=self.read(this), expression=self.scalar(text))

    def regexp_like(self, node: exp.RegexpLike) -> Tree:
        self.only(node, "this", "expression", "negate")
        tree = self.matches(node.this, node.expression)
        return not_(tree) if node.args.get("negate") else tree

    def full_match(self, node: exp.RegexpFullMatch) -> Tree:
        self.only(node, "this", "expression")
        return self.matches(node.this, node.expression, "^(?:{})$")

    def escape(self, node: exp.Escape) -> Tree:
        mark = node.expression
        if not isinstance(node.this, exp.Like | exp.ILike) or not (isinstance(mark, exp.Literal) and len(mark.name) == 1):
            raise self.refuse(f"ESCAPE in {_shown(node.sql())}", "say x LIKE '…' ESCAPE '!', with one character")
        return self.like(node.this, mark.name)

    def like(self, node: exp.Like | exp.ILike, mark: str = "") -> Tree:
        self.only(node, "this", "expression", "negate")
        if not (isinstance(node.expression, exp.Literal) and node.expression.is_string):
            raise self.refuse(f"LIKE a pattern that is no text: {_shown(node.sql())}", "use starts_with, ends_with or contains")
        form = self.like_form(node.expression.name, mark)
        this = self.read(node.this)
        if isinstance(node, exp.ILike):
            tree: Tree = Matches(this=this, expression=self.scalar(self.any_case(form)))
        else:
            tree = exp.Like(this=operand(this), expression=self.scalar("".join(form)))
        return not_(tree) if node.args.get("negate") else tree

    def like_form(self, text: str, mark: str) -> list[str]:
        """The pieces of a LIKE pattern: `%`, `_`, a character, or a character escaped by `!`."""
        pieces, characters = [], iter(text)
        for character in characters:
            if mark and character == mark:
                following = next(characters, "")
                if following not in (mark, "%", "_") or not following:
                    raise self.refuse(f"LIKE {_shown(text)} escapes {following or 'nothing'}", f"escape only %, _ and {mark}")
                pieces.append(f"!{following}" if following in "%_!" else following)
            else:
                pieces.append("!!" if character == "!" else character)
        return pieces

    def any_case(self, form: list[str]) -> str:
        wild = {"%": ".*", "_": "."}
        pattern = "".join(wild.get(piece) or (piece[-1] if piece[-1].isalnum() or not piece[-1].isascii() else f"\\{piece[-1]}") for piece in form)
        if problem := pattern_problem(f"(?is)^{pattern}$"):
            raise self.refuse(f"ILIKE: {problem}")
        return f"(?is)^{pattern}$"

    def substring(self, node: exp.Substring) -> Tree:
        self.only(node, "this", "start", "length")
        start, length = node.args.get("start"), node.args.get("length")
        parts = {"start": self.whole(start, 1), **({"length": self.whole(length, 0)} if length else {})}
        return exp.Substring(this=self.read(node.this), **parts)

    def left(self, node: exp.Left) -> Tree:
        return exp.Substring(this=self.read(node.this), start=literal(1), length=self.whole(node.expression, 0))

    def right(self, node: exp.Right) -> Tree:
        return exp.Right(this=self.read(node.this), expression=self.whole(node.expression, 1))

    def whole(self, node: object, least: int) -> Tree:
        if not (isinstance(node, exp.Literal) and not node.is_string and node.this.isdigit() and int(node.this) >= least):
            raise self.refuse("a place in a text that is no whole number", f"write a number from {least}")
        return node.copy()

    def round_(self, node: exp.Round) -> Tree:
        self.only(node, "this", "decimals")
        digits = node.args.get("decimals")
        return exp.Round(this=self.read(node.this), **({"decimals": self.whole(digits, 0)} if digits else {}))

    # -- time ----------------------------------------------------------------------------------------------------------

    def cast(self, node: exp.Cast) -> Tree:
        self.only(node, "this", "to")
        to = node.args["to"]
        kind = _TYPES.get(to.this) if isinstance(to, exp.DataType) else None
        if kind is None or (to.expressions and kind is not _T.DECIMAL):
            known = "text, integer, double, decimal(p, s), boolean, date, time, timestamp, timestamptz, uuid"
            raise self.refuse(f"CAST to {to.sql()}", f"cast to {known}")
        if kind is _T.DECIMAL and len(to.expressions) != 2:  # noqa: PLR2004  precision and scale
            raise self.refuse(f"CAST to {to.sql()}", "say how many digits: decimal(18, 2)")
        if isinstance(node.this, exp.Literal) and node.this.is_string and kind in _MOMENTS:
            return self.moment(node.this.this, kind)
        return exp.TryCast(this=self.read(node.this), to=exp.DataType(this=kind, expressions=[item.copy() for item in to.expressions]))

    def moment(self, text: str, kind: exp.DataType.Type) -> Tree:
        """DATE '…' and the like, judged now rather than by an engine."""
        try:
            value = _MOMENTS[kind].fromisoformat(text.strip())
        except ValueError:
            raise self.refuse(f"{text!r} is no {kind.value.lower()}", "write it as 2024-12-31, 2024-12-31 23:59:59 or 23:59:59") from None
        if kind is _T.TIMESTAMP and value.tzinfo is not None:
            kind = _T.TIMESTAMPTZ
        if kind is _T.TIMESTAMPTZ and value.tzinfo is None:
            raise self.refuse(f"{text!r} has no zone", "write it as 2024-12-31 23:59:59+01:00")
        return self.scalar(value)

    def now(self, _: exp.Expr) -> Tree:
        return exp.CurrentTimestamp()

    def today(self, _: exp.Expr) -> Tree:
        return exp.CurrentDate()

    def interval(self, node: exp.Interval) -> Tree:
        unit = node.args["unit"].name.upper().removesuffix("S") if isinstance(node.args.get("unit"), exp.Var) else ""
        count = node.this
        if unit not in _UNITS or not (isinstance(count, exp.Literal) and count.this.strip().isdigit()):
            raise self.refuse(f"the span {_shown(node.sql())}", f"write INTERVAL '2' DAY; units: {', '.join(_UNITS).lower()}")
        return exp.Interval(this=exp.Literal.string(str(int(count.this))), unit=exp.Var(this=unit))

    def extract(self, node: exp.Extract) -> Tree:
        return self.field(node.this.name.upper(), node.expression)

    def field(self, unit: str, of: exp.Expr) -> Tree:
        if unit not in _FIELDS:
            raise self.refuse(f"extract({unit.lower()} from …)", f"fields: {', '.join(sorted(_FIELDS)).lower()}")
        return exp.Extract(this=exp.Var(this=unit), expression=self.read(of))

    def truncated(self, node: exp.DateTrunc | exp.TimestampTrunc) -> Tree:
        self.only(node, "this", "unit")
        unit = node.args["unit"].name.upper()
        if unit not in _TRUNCATIONS:
            raise self.refuse(f"date_trunc({unit.lower()!r}, …)", f"units: {', '.join(sorted(_TRUNCATIONS)).lower()}")
        return exp.TimestampTrunc(this=self.read(node.this), unit=exp.Var(this=unit))

    # -- functions without a node of their own, and aggregates ------------------------------------------------------------

    def anonymous(self, node: exp.Anonymous) -> Tree:
        name, given = node.name.lower(), node.expressions
        if name in ("matches", "regexp_matches") and len(given) == 2:  # noqa: PLR2004  text and pattern
            return self.matches(*given)
        if name in ("now", "today") and not given:
            return self.now(node) if name == "now" else self.today(node)
        if name == "quantile_cont" and len(given) == 2:  # noqa: PLR2004  values and share
            return self.quantile(given[0], given[1])
        raise self.refuse(_name(node), self.near(node))

    def if_(self, node: exp.If) -> Tree:
        return exp.Case(ifs=[exp.If(this=self.read(node.this), true=self.read(node.args["true"]))], default=self.value(node.args.get("false")))

    def case(self, node: exp.Case) -> Tree:
        ifs = [exp.If(this=self.read(item.this), true=self.read(item.args["true"])) for item in node.args["ifs"]]
        parts = {key: self.read(node.args[key]) for key in ("this", "default") if node.args.get(key)}
        return exp.Case(ifs=ifs, **parts)

    def aggregate(self, node: exp.Expr) -> Tree:
        self.enter(node)
        self.only(node, "this")
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            tree: Tree = exp.Count(this=exp.Star())
        elif isinstance(node.this, exp.Distinct) and isinstance(node, exp.Count):
            self.only(node.this, "expressions")
            if len(node.this.expressions) != 1:
                raise self.refuse("count(distinct …) of several columns", "count one")
            tree = exp.Count(this=exp.Distinct(expressions=[self.read(node.this.expressions[0])]))
        else:
            kind = exp.StddevSamp if isinstance(node, exp.Stddev) else type(node)
            tree = kind(this=self.read(node.this))  # type: ignore[assignment]
        self.inside = False
        return tree

    def median(self, node: exp.Median) -> Tree:
        return self.quantile(node.this, exp.Literal.number("0.5"))

    def within_group(self, node: exp.WithinGroup) -> Tree:
        order = node.expression.expressions if isinstance(node.expression, exp.Order) else []
        if not isinstance(node.this, exp.PercentileCont) or len(order) != 1 or order[0].args.get("desc"):
            raise self.refuse(_shown(node.sql()), "say percentile_cont(0.5) WITHIN GROUP (ORDER BY x)")
        return self.quantile(order[0].this, node.this.this)

    def quantile(self, of: exp.Expr, share: exp.Expr) -> Tree:
        self.enter(of)
        if not (isinstance(share, exp.Literal) and not share.is_string and Decimal(share.this) <= 1):
            raise self.refuse("a quantile that is no number from 0 to 1", "say quantile_cont(x, 0.5)")
        tree = exp.PercentileCont(this=self.literal(share), expression=self.read(of))
        self.inside = False
        return tree

    def enter(self, node: exp.Expr) -> None:
        """Go into an aggregate."""
        if not self.aggregates:
            raise self.refuse(f"the aggregate {_shown(node.sql())} in a condition on rows", "use the custom check 'aggregate'")
        if self.inside:
            raise self.refuse(f"the aggregate {_shown(node.sql())} inside another", "write two rules")
        self.inside = True


_MOMENTS: Mapping[exp.DataType.Type, Any] = {_T.DATE: date, _T.TIME: time, _T.TIMESTAMP: datetime, _T.TIMESTAMPTZ: datetime}
_SPECIAL: Mapping[type[exp.Expr], Callable[[_Reader, Any], Tree]] = {
    **dict.fromkeys((exp.And, exp.Or), _Reader.chain),
    **dict.fromkeys((exp.Boolean, exp.Null), lambda _, node: node.copy()),
    **dict.fromkeys((exp.Cast, exp.TryCast), _Reader.cast),
    **dict.fromkeys((exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Stddev, exp.StddevSamp), _Reader.aggregate),
    **dict.fromkeys((exp.CurrentTimestamp, exp.Localtimestamp), _Reader.now),
    **dict.fromkeys((exp.DateTrunc, exp.TimestampTrunc), _Reader.truncated),
    **dict.fromkeys((exp.Like, exp.ILike), _Reader.like),
    exp.Anonymous: _Reader.anonymous,
    exp.Between: _Reader.between,
    exp.Case: _Reader.case,
    exp.Column: _Reader.column,
    exp.CurrentDate: _Reader.today,
    exp.Dot: _Reader.dot,
    exp.Escape: _Reader.escape,
    exp.Extract: _Reader.extract,
    exp.If: _Reader.if_,
    exp.In: _Reader.in_,
    exp.Interval: _Reader.interval,
    exp.Is: _Reader.is_,
    exp.Left: _Reader.left,
    exp.Literal: _Reader.literal,
    exp.Median: _Reader.median,
    exp.Not: _Reader.negation,
    exp.RegexpFullMatch: _Reader.full_match,
    exp.RegexpLike: _Reader.regexp_like,
    exp.Right: _Reader.right,
    exp.Round: _Reader.round_,
    exp.Substring: _Reader.substring,
    exp.WithinGroup: _Reader.within_group,
}


def _depth(tree: exp.Expr) -> int:
    """How deep *tree* is; a chain of AND or OR counts once."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(node, exp.And | exp.Or) and type(child) is type(node)
            stack.append((child, depth if chained else depth + 1))
    return deepest


def _shown(text: str) -> str:
    """A user's text, short enough for a message."""
    line = " ".join(text.split())
    return f"'{line[:77]}…'" if len(line) > 80 else f"'{line}'"  # noqa: PLR2004  a line


def _reason(error: Exception) -> str:
    said = getattr(error, "errors", None)
    if said:
        return f"{said[0]['description'].rstrip('.').lower()}, near {said[0]['highlight']!r}"
    return str(error).splitlines()[0]


def _name(node: exp.Expr) -> str:
    """What a refused node is, in a user's words."""
    known = {
        exp.Select: "a sub-select",
        exp.Subquery: "a sub-select",
        exp.Exists: "a sub-select",
        exp.Union: "a sub-select",
        exp.Window: "a window function",
        exp.Placeholder: "a parameter",
        exp.Parameter: "a parameter",
        exp.Alias: "an alias",
        exp.Star: "'*'",
        exp.Block: "';'",
    }
    if type(node) in known:
        return known[type(node)]
    if isinstance(node, exp.Anonymous):
        return f"unknown function '{node.name}'"
    if isinstance(node, exp.Func):
        return f"function '{node.sql_name().lower()}'"
    return f"{type(node).__name__} in {_shown(node.sql())}"


class _quiet:  # noqa: N801  a context
    """sqlglot warns about what it parses as a command; here that is refused."""

    def __enter__(self) -> None:
        self.level = logging.getLogger("sqlglot").level
        logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

    def __exit__(self, *_: object) -> None:
        logging.getLogger("sqlglot").setLevel(self.level)
