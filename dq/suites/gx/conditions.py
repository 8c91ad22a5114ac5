"""
Row conditions: read as what pandas, Great Expectations or Spark mean by them, never run.

In pandas and Great Expectations a comparison with nothing is FALSE, and `!=` TRUE; in Spark it is unknown.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from dq.errors import UsageError
from dq.sql import Tree, all_of, any_of, column, compare, condition, is_in, is_null, literal, not_
from dq.suites.gx.expectation import OnlyItself

_PANDAS = ("pandas", "python")
_OWN = ("great_expectations", "great_expectations__experimental__")
_COMPARES: Mapping[type[ast.cmpop], str] = {ast.Eq: "=", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SUMS: Mapping[type[ast.operator], type[exp.Binary]] = {
    ast.Add: exp.Add,
    ast.Sub: exp.Sub,
    ast.Mult: exp.Mul,
    ast.Div: exp.Div,
    ast.Mod: exp.Mod,
}
_NULL = ("isnull", "isna", "is_null")
_NOT_NULL = ("notnull", "notna", "is_not_null")


def row_condition(said: Any, parser: str | None) -> Tree | None:
    """
    The condition *said* in the language *parser*; None when there is none.

    Raises:
        UsageError: it is no condition. OnlyItself: it uses words that only its own language has.
    """
    if said is None or said == "":
        return None
    if isinstance(said, Mapping):
        return _structured(said)
    if not isinstance(said, str):
        raise UsageError(f"a row condition {said!r}", "", "write it as text, or as a mapping with a type")
    if parser == "spark":
        return condition(said, "row_condition")
    if parser is not None and parser not in (*_PANDAS, *_OWN):
        raise UsageError(f"unknown condition_parser '{parser}'", "", f"say one of {', '.join((*_PANDAS, *_OWN, 'spark'))}")
    try:
        return _Reader(said).truth(_parsed(said))
    except RecursionError:
        raise UsageError("a row condition nested too deeply", "", "write a simpler one") from None


# -- as Great Expectations 1.x saves them -----------------------------------------------------------------------------------


def _structured(said: Mapping[str, Any]) -> Tree:
    kind = said.get("type")
    if kind in ("and", "or"):
        parts = [_structured(item) for item in said.get("conditions") or ()]
        return (all_of if kind == "and" else any_of)(*parts)
    if kind == "pass_through":
        return _Reader(str(said["pass_through_filter"])).truth(_parsed(str(said["pass_through_filter"])))
    name = said.get("column")
    name = name.get("name") if isinstance(name, Mapping) else name
    if not isinstance(name, str) or kind not in ("nullity", "comparison"):
        raise UsageError(f"a row condition of type '{kind}'", "", "say comparison, nullity, and, or or pass_through")
    if kind == "nullity":
        missing = is_null(column(name))
        return missing if said.get("is_null") else not_(missing)
    return _comparison(column(name), str(said.get("operator")), said.get("parameter"))


def _comparison(value: Tree, word: str, parameter: Any) -> Tree:
    if word in ("IN", "NOT_IN"):
        return _member(value, [literal(item) for item in parameter or ()], inside=word == "IN")
    return _compared({"==": "="}.get(word, word), value, literal(parameter))


def _compared(op: str, left: Tree, right: Tree) -> Tree:
    """A comparison that is never unknown where it matters: `!=` is TRUE beside nothing."""
    test = compare(op, left, right)
    if op != "!=":
        return test
    sides = [side for side in (left, right) if side.find(exp.Column)]
    return any_of(*(is_null(side) for side in sides), test)


def _member(value: Tree, listed: list[Tree], *, inside: bool) -> Tree:
    test = is_in(value, listed)
    return test if inside else any_of(is_null(value), not_(test))


# -- text: Python's grammar with the habits of pandas ----------------------------------------------------------------------


def _parsed(text: str) -> ast.expr:
    try:
        return ast.parse(_as_python(text), mode="eval").body
    except (SyntaxError, ValueError, tokenize.TokenError, RecursionError, MemoryError):
        raise UsageError(f"not a row condition: {text}", "", "write it as in x > 1 and y == 'a'") from None


_QUOTED = "__dq_quoted_"


def _as_python(text: str) -> str:
    """*text* with `&`, `|` and `~` as the words pandas reads them as, and names in back-quotes as names of Python."""
    out, rest = "", text.strip()
    while rest:
        before, quote, after = rest.partition("`")
        out += _worded(before)
        if not quote:
            break
        name, _, rest = after.partition("`")
        out += f" {_QUOTED}{name.encode().hex()} "
    return out.strip()


def _worded(text: str) -> str:
    words = {"&": "and", "|": "or", "&&": "and", "||": "or", "~": "not"}
    out = ""
    at = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NEWLINE, tokenize.ENDMARKER, tokenize.NL):
            continue
        start = token.start[1]
        out += text[at:start] if token.start[0] == 1 else " "
        out += f" {words[token.string]} " if token.type == tokenize.OP and token.string in words else token.string
        at = token.end[1]
    return out + " "


class _Reader:
    """Reads the tree of one condition; `truth` is what it holds, and its opposite below `not`."""

    def __init__(self, text: str) -> None:
        self.text = text

    def refuse(self) -> OnlyItself:
        return OnlyItself(f"the row condition {self.text}")

    def truth(self, node: ast.expr, *, holds: bool = True) -> Tree:
        """Where *node* holds, or where it does not: never unknown, so that one is the rest of the other."""
        if isinstance(node, ast.BoolOp):
            parts = [self.truth(item, holds=holds) for item in node.values]
            return (all_of if isinstance(node.op, ast.And) is holds else any_of)(*parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.truth(node.operand, holds=not holds)
        if isinstance(node, ast.Compare):
            return self._compare(node, holds=holds)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            return self._nullity(node.func, holds=holds)
        if isinstance(node, ast.Name):  # a column of truth values
            test = compare("=", self.value(node), literal(value=True))
            return test if holds else any_of(is_null(self.value(node)), not_(test))
        raise self.refuse()

    def _nullity(self, word: ast.Attribute, *, holds: bool) -> Tree:
        name = word.attr.lower()
        if name not in (*_NULL, *_NOT_NULL):
            raise self.refuse()
        missing = is_null(self.value(word.value))
        return missing if (name in _NULL) is holds else not_(missing)

    def _compare(self, node: ast.Compare, *, holds: bool) -> Tree:
        parts = []
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._step(left, op, right, holds=holds))
            left = right
        return (all_of if holds else any_of)(*parts)

    def _step(self, left: ast.expr, op: ast.cmpop, right: ast.expr, *, holds: bool) -> Tree:
        if isinstance(op, ast.In | ast.NotIn) or isinstance(right, ast.List | ast.Tuple):
            if not isinstance(right, ast.List | ast.Tuple | ast.Set) or not isinstance(
                op, ast.In | ast.NotIn | ast.Eq | ast.NotEq
            ):
                raise self.refuse()
            inside = isinstance(op, ast.In | ast.Eq) is holds
            return _member(self.value(left), [self.value(item) for item in right.elts], inside=inside)
        if type(op) not in _COMPARES:
            raise self.refuse()
        word = _COMPARES[type(op)]
        first, second = self.value(left), self.value(right)
        if holds:
            return _compared(word, first, second)
        if word == "!=":
            return compare("=", first, second)
        missing = [is_null(side) for side in (first, second) if side.find(exp.Column)]
        return any_of(*missing, compare(_OPPOSITE[word], first, second))

    def value(self, node: ast.expr) -> Tree:
        """A column, a literal, or arithmetic of them."""
        if isinstance(node, ast.Name):
            if node.id.startswith(_QUOTED):
                return column(bytes.fromhex(node.id.removeprefix(_QUOTED)).decode())
            return column(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float | str):
            return literal(node.value)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
            number = node.operand.value
            if isinstance(number, int | float):
                return literal(-number)
        if isinstance(node, ast.BinOp) and type(node.op) in _SUMS:
            return _SUMS[type(node.op)](
                this=exp.Paren(this=self.value(node.left)), expression=exp.Paren(this=self.value(node.right))
            )
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 and not node.keywords:
            return self._called(node.func.id, node.args[0])
        raise self.refuse()

    def _called(self, name: str, argument: ast.expr) -> Tree:
        """`col("x")` and `date("2020-01-01")`, as Great Expectations writes them."""
        if name in ("col", "date") and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            return column(argument.value) if name == "col" else literal(argument.value)
        raise self.refuse()
