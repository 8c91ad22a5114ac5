"""Reads a parsed expression and builds it anew from the vocabulary: one method for each word, and a refusal for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlglot import exp

from dq.errors import UsageError
from dq.sql.build import Tree, all_of, any_of, column, literal, not_, operand
from dq.sql.nodes import Matches, Part
from dq.sql.pattern import pattern_problem
from dq.sql.refusal import called, near, shown

_T = exp.DType
_MEND = "a condition may use columns, literals, comparisons, arithmetic, CASE and the functions of docs/conditions.md"

# Node types that are rebuilt from these parts, each read in turn.
_TWO = ("this", "expression")
_PARTS: Mapping[type[exp.Expr], tuple[str, ...]] = {
    **dict.fromkeys((exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif), _TWO),
    **dict.fromkeys((exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe, exp.StartsWith, exp.EndsWith, exp.Contains), _TWO),
    **dict.fromkeys((exp.Abs, exp.Neg, exp.Length, exp.Lower, exp.Upper, exp.Trim, exp.Floor, exp.Ceil, exp.Paren), ("this",)),
    **dict.fromkeys((exp.Coalesce, exp.Greatest, exp.Least), ("this", "expressions")),
    exp.Between: ("this", "low", "high"),
    exp.Case: ("this", "ifs", "default"),
    exp.If: ("this", "true", "false"),
    exp.Replace: ("this", "expression", "replacement"),
}
# What sqlglot notes about how a node was written, and what changes nothing here.
_NOTES = frozenset({"safe", "typed", "big_int", "ignore_nulls", "coalesce", "nested"})
_UNITS = ("YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
_FIELDS = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "ISODOW")
_TRUNCATIONS = ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND")
_TYPES: Mapping[exp.DType, exp.DType] = {
    **dict.fromkeys((_T.TEXT, _T.VARCHAR, _T.CHAR, _T.NVARCHAR), _T.TEXT),
    **dict.fromkeys((_T.TINYINT, _T.SMALLINT, _T.INT, _T.BIGINT), _T.BIGINT),
    **dict.fromkeys((_T.FLOAT, _T.DOUBLE), _T.DOUBLE),
    **dict.fromkeys((_T.TIMESTAMP, _T.DATETIME, _T.TIMESTAMPNTZ), _T.TIMESTAMP),
    **{kind: kind for kind in (_T.DECIMAL, _T.BOOLEAN, _T.DATE, _T.TIME, _T.TIMESTAMPTZ, _T.UUID)},
}
_TYPE_NAMES = "text, integer, double, decimal(p, s), boolean, date, time, timestamp, timestamptz, uuid"
_MOMENTS: Mapping[exp.DType, Any] = {_T.DATE: date, _T.TIME: time, _T.TIMESTAMP: datetime, _T.TIMESTAMPTZ: datetime}
AGGREGATES = (exp.Count, exp.CountIf, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.StddevSamp, exp.PercentileCont)


class Reader:
    """Reads the expressions of one *place*; with *aggregates*, columns stand inside aggregates, without, there are none."""

    def __init__(self, place: str, *, aggregates: bool) -> None:
        self.place = place
        self.aggregates = aggregates
        self._inside = False  # an aggregate

    def refuse(self, what: str, mend: str = "") -> UsageError:
        """The error that says that *what* is outside the vocabulary, and where."""
        return UsageError(what, self.place, mend or _MEND)

    def read(self, node: exp.Expr) -> Tree:
        """The tree of the vocabulary that *node* means. Raises UsageError when there is none."""
        word = getattr(self, f"_word_{type(node).key}", None)
        if word is not None:
            tree: Tree = word(node)
            return tree
        if type(node) not in _PARTS:
            raise self.refuse(called(node), near(node))
        names = _PARTS[type(node)]
        self._only(node, *names)
        parts = {name: self._value(node.args.get(name)) for name in names}
        made: Tree = type(node)(**{name: value for name, value in parts.items() if value not in (None, [])})
        return made

    def _value(self, given: Any) -> Any:
        if isinstance(given, list):
            return [self.read(item) for item in given]
        return self.read(given) if isinstance(given, exp.Expr) else given

    def _only(self, node: exp.Expr, *names: str) -> None:
        """Refuse a node that says more than *names*."""
        for key, value in node.args.items():
            if value and key not in names and key not in _NOTES:
                raise self.refuse(f"'{key.replace('_', ' ')}' in {shown(node.sql())}")

    def _text(self, node: object, what: str, mend: str) -> str:
        """What a text literal says."""
        if isinstance(node, exp.Literal) and node.is_string:
            return str(node.this)
        raise self.refuse(f"{what}: {shown(node.sql() if isinstance(node, exp.Expr) else '')}", mend)

    def _scalar(self, value: Any) -> Tree:
        try:
            return literal(value)
        except UsageError as error:
            raise self.refuse(error.what, error.mend) from None

    # -- names, literals, logic ------------------------------------------------------------------------------------------

    def _word_column(self, node: exp.Column) -> Tree:
        """A name, or a path into an object: `address.city`."""
        parts = [item for item in node.parts if isinstance(item, exp.Identifier) and item.name]
        if len(parts) != len(node.parts):
            raise self.refuse(f"{shown(node.sql())} is no column")
        if parts[0].name.startswith("$") and not parts[0].args.get("quoted"):
            raise self.refuse(f"the parameter {parts[0].name}", "write the value")
        if self.aggregates and not self._inside:
            raise self.refuse(f"column '{parts[0].name}' outside an aggregate", "say avg(x), count_if(x > 0), …")
        tree: Tree = column(parts[0].name)
        for item in parts[1:]:
            tree = Part(this=tree, expression=literal(item.name))
        return tree

    def _word_dot(self, node: exp.Dot) -> Tree:
        """A longer path into an object."""
        if not isinstance(node.expression, exp.Identifier):
            raise self.refuse(f"{shown(node.sql())} is no column")
        return Part(this=self.read(node.this), expression=literal(node.expression.name))

    def _word_literal(self, node: exp.Literal) -> Tree:
        if node.is_string:
            return self._scalar(node.this)
        try:
            number = Decimal(node.this)
        except InvalidOperation:
            raise self.refuse(f"{node.this} is no number") from None
        return self._scalar(number if abs(number.adjusted()) < 40 else float(number))  # more digits than a decimal has

    def _word_boolean(self, node: exp.Boolean) -> Tree:
        return node.copy()

    def _word_null(self, node: exp.Null) -> Tree:
        return node.copy()

    def _word_and(self, node: exp.And) -> Tree:
        return all_of(*(self.read(item) for item in node.flatten(unnest=False)))

    def _word_or(self, node: exp.Or) -> Tree:
        return any_of(*(self.read(item) for item in node.flatten(unnest=False)))

    def _word_not(self, node: exp.Not) -> Tree:
        return not_(self.read(node.this))

    def _negated(self, tree: Tree, node: exp.Expr) -> Tree:
        """`NOT LIKE` and the like are NOT of LIKE."""
        return not_(tree) if node.args.get("negate") else tree

    def _word_is(self, node: exp.Is) -> Tree:
        self._only(node, "this", "expression", "negate")
        if not isinstance(node.expression, exp.Null | exp.Boolean):
            raise self.refuse(f"IS {shown(node.expression.sql())}", "IS takes NULL, TRUE, FALSE or DISTINCT FROM")
        return self._negated(exp.Is(this=operand(self.read(node.this)), expression=node.expression.copy()), node)

    def _word_in(self, node: exp.In) -> Tree:
        if node.args.get("query"):
            raise self.refuse("a sub-select", "use a relationship, or a sql rule")
        self._only(node, "this", "expressions", "negate")
        values = [self.read(item) for item in node.expressions]
        return self._negated(exp.In(this=operand(self.read(node.this)), expressions=values), node)

    def _word_if(self, node: exp.If) -> Tree:
        case = exp.Case(ifs=[exp.If(this=self.read(node.this), true=self.read(node.args["true"]))])
        if node.args.get("false"):
            case.set("default", self.read(node.args["false"]))
        return case

    def _word_case(self, node: exp.Case) -> Tree:
        ifs = [exp.If(this=self.read(item.this), true=self.read(item.args["true"])) for item in node.args["ifs"]]
        return exp.Case(ifs=ifs, **{key: self.read(node.args[key]) for key in ("this", "default") if node.args.get(key)})

    # -- text ------------------------------------------------------------------------------------------------------------

    def _matches(self, this: exp.Expr, pattern: object, form: str = "{}") -> Tree:
        said = self._text(pattern, "a pattern that is no text", "write the pattern in quotes")
        flags, rest = ("(?i)", said[4:]) if said.startswith("(?i)") else ("", said)
        text = flags + form.replace("{}", rest)
        if problem := pattern_problem(text):
            raise self.refuse(f"pattern {shown(said)}: {problem}")
        return Matches(this=self.read(this), expression=self._scalar(text))

    def _word_regexplike(self, node: exp.RegexpLike) -> Tree:
        self._only(node, "this", "expression", "negate")
        return self._negated(self._matches(node.this, node.expression), node)

    def _word_regexpfullmatch(self, node: exp.RegexpFullMatch) -> Tree:
        self._only(node, "this", "expression")
        return self._matches(node.this, node.expression, "^(?:{})$")

    def _word_escape(self, node: exp.Escape) -> Tree:
        mark = node.expression
        if not isinstance(node.this, exp.Like | exp.ILike) or not (isinstance(mark, exp.Literal) and len(mark.name) == 1):
            raise self.refuse(f"ESCAPE in {shown(node.sql())}", "say x LIKE '…' ESCAPE '!', with one character")
        return self._like(node.this, mark.name)

    def _word_like(self, node: exp.Like) -> Tree:
        return self._like(node, "")

    def _word_ilike(self, node: exp.ILike) -> Tree:
        return self._like(node, "")

    def _like(self, node: exp.Like | exp.ILike, mark: str) -> Tree:
        self._only(node, "this", "expression", "negate")
        text = self._text(node.expression, "LIKE a pattern that is no text", "use starts_with, ends_with or contains")
        pieces, this = self._like_pieces(text, mark), self.read(node.this)
        if isinstance(node, exp.Like):
            return self._negated(exp.Like(this=operand(this), expression=self._scalar("".join(pieces))), node)
        pattern = f"(?is)^{''.join(_as_pattern(piece) for piece in pieces)}$"
        if problem := pattern_problem(pattern):
            raise self.refuse(f"ILIKE {shown(text)}: {problem}")
        return self._negated(Matches(this=this, expression=self._scalar(pattern)), node)

    def _like_pieces(self, text: str, mark: str) -> list[str]:
        """The pieces of a LIKE pattern: `%`, `_`, a character, or a character escaped by `!`."""
        pieces, characters = [], iter(text)
        for character in characters:
            if not mark or character != mark:
                pieces.append("!!" if character == "!" else character)
                continue
            following = next(characters, "")
            if following not in (mark, "%", "_"):
                raise self.refuse(f"LIKE {shown(text)} escapes {following or 'nothing'}", f"escape only %, _ and {mark}")
            pieces.append(f"!{following}" if following in "%_!" else following)
        return pieces

    def _word_substring(self, node: exp.Substring) -> Tree:
        self._only(node, "this", "start", "length")
        tree = exp.Substring(this=self.read(node.this), start=self._whole(node.args.get("start"), 1))
        if node.args.get("length"):
            tree.set("length", self._whole(node.args["length"], 0))
        return tree

    def _word_left(self, node: exp.Left) -> Tree:
        return exp.Substring(this=self.read(node.this), start=literal(1), length=self._whole(node.expression, 0))

    def _word_right(self, node: exp.Right) -> Tree:
        return exp.Right(this=self.read(node.this), expression=self._whole(node.expression, 1))

    def _whole(self, node: object, least: int) -> Tree:
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit() and int(node.name) >= least:
            return literal(int(node.name))
        raise self.refuse("a place in a text that is no whole number", f"write a number from {least}")

    def _word_round(self, node: exp.Round) -> Tree:
        self._only(node, "this", "decimals")
        tree = exp.Round(this=self.read(node.this))
        if node.args.get("decimals"):
            tree.set("decimals", self._whole(node.args["decimals"], 0))
        return tree

    # -- types and times -------------------------------------------------------------------------------------------------

    def _word_cast(self, node: exp.Cast) -> Tree:
        self._only(node, "this", "to")
        to = node.args["to"]
        kind = _TYPES.get(to.this) if isinstance(to, exp.DataType) else None
        if kind is None or (to.expressions and kind is not _T.DECIMAL):
            raise self.refuse(f"CAST to {to.sql()}", f"cast to {_TYPE_NAMES}")
        if kind is _T.DECIMAL and len(to.expressions) != 2:
            raise self.refuse(f"CAST to {to.sql()}", "say how many digits: decimal(18, 2)")
        if isinstance(node.this, exp.Literal) and node.this.is_string and kind in _MOMENTS:
            return self._moment(node.this.name, kind)
        digits = [item.copy() for item in to.expressions]
        return exp.TryCast(this=self.read(node.this), to=exp.DataType(this=kind, expressions=digits))

    def _word_trycast(self, node: exp.TryCast) -> Tree:
        return self._word_cast(node)

    def _moment(self, text: str, kind: exp.DType) -> Tree:
        """DATE '…' and the like, judged now rather than by an engine."""
        try:
            value = _MOMENTS[kind].fromisoformat(text.strip())
        except ValueError:
            mend = "write it as 2024-12-31, 2024-12-31 23:59:59 or 23:59:59"
            raise self.refuse(f"{text!r} is no {kind.value.lower()}", mend) from None
        if kind is _T.TIMESTAMPTZ and value.tzinfo is None:
            raise self.refuse(f"{text!r} has no zone", "write it as 2024-12-31 23:59:59+01:00")
        return self._scalar(value)

    def _word_currenttimestamp(self, _: exp.Expr) -> Tree:
        return exp.CurrentTimestamp()

    def _word_currentdate(self, _: exp.Expr) -> Tree:
        return exp.CurrentDate()

    def _word_interval(self, node: exp.Interval) -> Tree:
        unit = node.args["unit"].name.upper().removesuffix("S") if isinstance(node.args.get("unit"), exp.Var) else ""
        count = node.this
        if unit not in _UNITS or not isinstance(count, exp.Literal) or not count.name.strip().isdigit() or len(count.name) > 9:
            raise self.refuse(f"the span {shown(node.sql())}", f"write INTERVAL '2' DAY; units: {', '.join(_UNITS).lower()}")
        return exp.Interval(this=exp.Literal.string(str(int(count.name))), unit=exp.Var(this=unit))

    def _word_extract(self, node: exp.Extract) -> Tree:
        return self._field(node.this.name.upper(), node.expression)

    def _field(self, unit: str, of: exp.Expr) -> Tree:
        if unit not in _FIELDS:
            raise self.refuse(f"extract({unit.lower()} from …)", f"fields: {', '.join(_FIELDS).lower()}")
        return exp.Extract(this=exp.Var(this=unit), expression=self.read(of))

    def _word_year(self, node: exp.Year) -> Tree:
        return self._field("YEAR", node.this)

    def _word_month(self, node: exp.Month) -> Tree:
        return self._field("MONTH", node.this)

    def _word_day(self, node: exp.Day) -> Tree:
        return self._field("DAY", node.this)

    def _word_hour(self, node: exp.Hour) -> Tree:
        return self._field("HOUR", node.this)

    def _word_minute(self, node: exp.Minute) -> Tree:
        return self._field("MINUTE", node.this)

    def _word_second(self, node: exp.Second) -> Tree:
        return self._field("SECOND", node.this)

    def _word_dayofweekiso(self, node: exp.DayOfWeekIso) -> Tree:
        return self._field("ISODOW", node.this)

    def _word_datetrunc(self, node: exp.DateTrunc) -> Tree:
        self._only(node, "this", "unit")
        unit = node.args["unit"].name.upper()
        if unit not in _TRUNCATIONS:
            raise self.refuse(f"date_trunc({unit.lower()!r}, …)", f"units: {', '.join(_TRUNCATIONS).lower()}")
        return exp.TimestampTrunc(this=self.read(node.this), unit=exp.Var(this=unit))

    # -- functions without a node of their own, and aggregates -------------------------------------------------------------

    def _word_anonymous(self, node: exp.Anonymous) -> Tree:
        name, given = node.name.lower(), node.expressions
        if name in ("matches", "regexp_matches") and len(given) == 2:
            return self._matches(*given)
        if name == "now" and not given:
            return exp.CurrentTimestamp()
        if name == "quantile_cont" and len(given) == 2:
            return self._quantile(node, *given)
        raise self.refuse(called(node), near(node))

    def _aggregate(self, node: exp.Expr) -> Tree:
        self._enter(node)
        self._only(node, "this")
        if isinstance(node, exp.Count) and isinstance(node.this, exp.Star):
            inner: Tree = exp.Star()
        elif isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
            self._only(node.this, "expressions")
            if len(node.this.expressions) != 1:
                raise self.refuse("count(distinct …) of several columns", "count one")
            inner = exp.Distinct(expressions=[self.read(node.this.expressions[0])])
        else:
            inner = self.read(node.this)
        self._inside = False
        kind = exp.StddevSamp if isinstance(node, exp.Stddev) else type(node)
        made: Tree = kind(this=inner)
        return made

    _word_avg = _word_count = _word_countif = _word_max = _word_min = _word_stddev = _word_stddevsamp = _word_sum = _aggregate

    def _word_median(self, node: exp.Median) -> Tree:
        return self._quantile(node, node.this, exp.Literal.number("0.5"))

    def _word_withingroup(self, node: exp.WithinGroup) -> Tree:
        order = node.expression.expressions if isinstance(node.expression, exp.Order) else []
        if not isinstance(node.this, exp.PercentileCont) or len(order) != 1 or order[0].args.get("desc"):
            raise self.refuse(shown(node.sql()), "say percentile_cont(0.5) WITHIN GROUP (ORDER BY x)")
        return self._quantile(node, order[0].this, node.this.this)

    def _quantile(self, node: exp.Expr, of: exp.Expr, share: exp.Expr) -> Tree:
        self._enter(node)
        if not isinstance(share, exp.Literal) or share.is_string or not Decimal(share.name) <= 1:
            raise self.refuse("a quantile that is no number from 0 to 1", "say quantile_cont(x, 0.5)")
        tree = exp.PercentileCont(this=self._word_literal(share), expression=self.read(of))
        self._inside = False
        return tree

    def _enter(self, node: exp.Expr) -> None:
        """Go into an aggregate."""
        if not self.aggregates:
            raise self.refuse(
                f"the aggregate {shown(node.sql())} in a condition on rows",
                "use a check of all rows: sum, mean, maximum, …, or a rule of type sql",
            )
        if self._inside:
            raise self.refuse(f"the aggregate {shown(node.sql())} inside another", "write two rules")
        self._inside = True


def _as_pattern(piece: str) -> str:
    """A piece of a LIKE pattern as a portable pattern."""
    if piece in ("%", "_"):
        return ".*" if piece == "%" else "."
    character = piece[-1]
    return f"\\{character}" if character.isascii() and not character.isalnum() and character.isprintable() else character
