"""Builders of trees: they quote every name, parenthesise every operand, and copy what they are given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite

from sqlglot import exp

from dq.errors import UsageError

Scalar = str | int | float | bool | Decimal | date | datetime | time | None
Tree = exp.Expr

_T = exp.DType
_DIGITS = 1000  # more digits than any database has

# What binds weaker than a function call, and so needs parentheses when it is an operand.
OPERATORS: tuple[type[exp.Expr], ...] = (exp.Binary, exp.Unary, exp.Between, exp.In, exp.AtTimeZone)
_CLOSED: tuple[type[exp.Expr], ...] = (exp.Paren, exp.Dot)
_TIGHT: tuple[type[exp.Expr], ...] = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In, exp.Like, exp.Not)

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def is_operator(tree: exp.Expr) -> bool:
    """Whether *tree* needs parentheses as an operand of another operator."""
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal):
        return False
    return isinstance(tree, OPERATORS) and not isinstance(tree, _CLOSED)


def binds_tighter(tree: exp.Expr, above: type[exp.Expr]) -> bool:
    """Whether *tree*, an operator, stands without parentheses in *above*: a comparison in AND and OR, in every dialect."""
    return issubclass(above, exp.Connector) and isinstance(tree, _TIGHT)


def column(name: str) -> exp.Column:
    """The column named *name*, as it is written. Raises UsageError for an empty name and one with a NUL character."""
    return exp.Column(this=quoted(name))


def table(name: str) -> exp.Table:
    """The table named *name*. Raises UsageError for an empty name and one with a NUL character."""
    return exp.Table(this=quoted(name))


def reference(name: str) -> exp.Table:
    """The table under which an engine keeps the dataset *name* that rules refer to."""
    return table(f"__dq_reference_{name}")


def quoted(name: str) -> exp.Identifier:
    """
    The quoted identifier *name*.

    Raises:
        UsageError: the name is empty, or holds a character that no database keeps in a name.
    """
    if not name:
        raise UsageError("a name is empty", "", "name the column or table")
    _storable(name, "name")
    return exp.to_identifier(name, quoted=True)


def literal(value: Scalar) -> Tree:
    """
    *value* as a literal. A time with a zone is written in UTC; None is NULL.

    Raises:
        UsageError: NaN, an infinity, a NUL character or half of a surrogate pair, which databases cannot keep; any other type.
    """
    if value is None:
        return exp.Null()
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, str):
        _storable(value, "text")
        return exp.Literal.string(value)
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return _typed(value.isoformat(), _T.DATE)
    if getattr(value, "tzinfo", "") is None:
        return _typed(value.isoformat(), _T.TIME)
    raise UsageError(f"no literal for {value!r}", "", "give text, a number, true or false, a date, a time or null")


def all_of(*trees: Tree) -> Tree:
    """*trees* joined by AND, as a balanced tree, so that thousands stay within the depth every parser allows. None: TRUE."""
    return _join(exp.And, trees) if trees else exp.true()


def any_of(*trees: Tree) -> Tree:
    """*trees* joined by OR, as a balanced tree. None: FALSE."""
    return _join(exp.Or, trees) if trees else exp.false()


def total(trees: Sequence[Tree]) -> Tree:
    """The sum of *trees*, as a balanced tree. None: 0."""
    return _join(exp.Add, trees) if trees else literal(0)


def not_(tree: Tree) -> Tree:
    """NOT *tree*; unknown stays unknown."""
    return exp.Not(this=operand(tree))


def compare(op: str, left: Tree, right: Tree) -> Tree:
    """
    *left* compared with *right*; unknown when either is null.

    Raises:
        UsageError: *op* is none of `= != <> < <= > >=`.
    """
    if op not in _COMPARISONS:
        raise UsageError(f"unknown comparison '{op}'", "", f"say one of {' '.join(_COMPARISONS)}")
    return _COMPARISONS[op](this=operand(left), expression=operand(right))


def is_null(tree: Tree) -> Tree:
    """Whether *tree* is null; never unknown."""
    return exp.Is(this=operand(tree), expression=exp.Null())


def is_in(tree: Tree, literals: Iterable[Tree]) -> Tree:
    """Whether *tree* is one of *literals*; FALSE when there are none, even for null."""
    values = [value.copy() for value in literals]
    return exp.In(this=operand(tree), expressions=values) if values else exp.false()


def count_if(tree: Tree) -> Tree:
    """The number of rows where *tree* is TRUE; 0 over no rows."""
    return exp.CountIf(this=tree.copy())


def ratio(part: Tree, whole: Tree) -> Tree:
    """*part* divided by *whole* in binary floating point; null when *whole* is 0."""
    return exp.Div(this=operand(part), expression=operand(whole))


def operand(tree: Tree) -> Tree:
    """A copy of *tree*, in parentheses when it is an operator."""
    return exp.Paren(this=tree.copy()) if is_operator(tree) else tree.copy()


def wrap(tree: Tree) -> Tree:
    """A copy of *tree* with parentheses around every operator that is an operand of another, which sqlglot does not do."""
    copy = tree.copy()
    for node in list(copy.find_all(*OPERATORS)):
        above = node.parent
        if node is copy or above is None or not is_operator(node) or not is_operator(above):
            continue
        chained = node.arg_key == "this" and type(node) is type(above) and isinstance(node, exp.Connector)  # a AND b AND c
        if not chained and not binds_tighter(node, type(above)):
            above.set(node.arg_key or "this", exp.Paren(this=node), index=node.index)
    return copy


def _join(connector: type[exp.And | exp.Or | exp.Add], trees: Sequence[Tree]) -> Tree:
    if len(trees) == 1:
        return trees[0].copy()
    middle = len(trees) // 2
    sides = [_join(connector, trees[:middle]), _join(connector, trees[middle:])]
    left, right = (exp.Paren(this=side) if is_operator(side) and not binds_tighter(side, connector) else side for side in sides)
    return connector(this=left, expression=right)


def _storable(text: str, what: str) -> None:
    if "\0" in text:
        raise UsageError(f"a NUL character in the {what} {text!r}", "", "leave it out: databases cannot keep it")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"half of a surrogate pair in the {what} {text!r}", "", "write the whole character")


def _number(value: float | Decimal) -> Tree:
    if not (isinstance(value, int) or (value.is_finite() if isinstance(value, Decimal) else isfinite(value))):
        raise UsageError(f"no literal for {value}", "", "a bound is a finite number")
    text = _decimal_text(value) if not isinstance(value, int) else str(value) if abs(value) < 10**_DIGITS else ""
    if not text or len(text) > _DIGITS:
        raise UsageError("a number of more than a thousand digits", "", "write a smaller number")
    number = exp.Literal.number(text.lstrip("-"))
    return exp.Neg(this=number) if text.startswith("-") else number


def _decimal_text(value: float | Decimal) -> str:
    """Digits without an exponent, but for floats that are very large or very small."""
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if isinstance(value, float) and number and not -18 <= number.adjusted() <= 18:  # digits of a double
        return repr(value).replace("e+", "e")
    if abs(number.adjusted()) >= _DIGITS or abs(int(number.as_tuple().exponent)) >= _DIGITS:
        return ""
    return format(number, "f")


def _moment(value: datetime) -> Tree:
    if value.tzinfo is None:
        return _typed(value.isoformat(sep=" "), _T.TIMESTAMP)
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        raise UsageError(f"no literal for {value}", "", "in UTC its year is not within 1 to 9999") from None
    return _typed(moment.isoformat(sep=" "), _T.TIMESTAMPTZ)


def _typed(text: str, kind: exp.DType) -> Tree:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType(this=kind))
