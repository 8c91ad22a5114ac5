"""Trees for databases in which a condition is no value, and a value no condition: one becomes the other where it must."""

from __future__ import annotations

from sqlglot import exp

from dq.sql.build import Tree, operand
from dq.sql.nodes import AnyOf, InSet, IsFinite, Matches, MultipleOf

_CONDITIONS = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ, exp.In,
    exp.Between, exp.Is, exp.Like, exp.Exists, exp.StartsWith, exp.EndsWith, exp.Contains, exp.IsNan,
    AnyOf, InSet, IsFinite, Matches, MultipleOf,
)  # fmt: skip
_ONE, _NONE = exp.Literal.number(1), exp.Literal.number(0)


def without_truth(tree: Tree) -> Tree:
    """A copy of *tree* in which conditions stand only where a database without a type for them takes them. True is 1."""
    return _condition(tree) if isinstance(tree, (*_CONDITIONS, exp.Boolean)) else _value(tree)


def _condition(tree: exp.Expr) -> exp.Expr:
    """*tree* as a condition."""
    if isinstance(tree, exp.Paren):
        return exp.Paren(this=_condition(tree.this))
    if isinstance(tree, exp.And | exp.Or):
        return type(tree)(this=_condition(tree.this), expression=_condition(tree.expression))
    if isinstance(tree, exp.Not):
        return exp.Not(this=_condition(tree.this))
    if isinstance(tree, exp.Is) and isinstance(tree.expression, exp.Boolean):
        wanted = _condition(tree.this) if tree.expression.this else exp.Not(this=operand(_condition(tree.this)))
        return exp.EQ(this=_chosen(wanted, _ONE, _NONE), expression=_ONE.copy())
    if isinstance(tree, _CONDITIONS):
        return _with_parts(tree)
    if isinstance(tree, exp.Null):
        return exp.EQ(this=_ONE.copy(), expression=exp.Null())
    return exp.EQ(this=operand(_value(tree)), expression=_ONE.copy())


def _value(tree: exp.Expr) -> exp.Expr:
    """*tree* as a value: 1, 0 or null for a condition."""
    if isinstance(tree, exp.Boolean):
        return (_ONE if tree.this else _NONE).copy()
    if isinstance(tree, exp.Paren):
        return exp.Paren(this=_value(tree.this))
    if isinstance(tree, _CONDITIONS):
        held = _condition(tree)
        case = _chosen(held, _ONE, None)
        case.append("ifs", exp.If(this=exp.Not(this=operand(held)), true=_NONE.copy()))
        return case
    return _with_parts(tree)


def _chosen(when: exp.Expr, then: exp.Expr, otherwise: exp.Expr | None) -> exp.Case:
    case = exp.Case(ifs=[exp.If(this=when, true=then.copy())])
    if otherwise is not None:
        case.set("default", otherwise.copy())
    return case


def _with_parts(tree: exp.Expr) -> exp.Expr:
    """A copy of *tree* whose parts are values, or conditions where it takes conditions."""
    copy = tree.copy()
    for key, part in tree.args.items():
        if isinstance(part, list):
            copy.set(key, [_part(tree, key, item) if isinstance(item, exp.Expr) else item for item in part])
        elif isinstance(part, exp.Expr):
            copy.set(key, _part(tree, key, part))
    return copy


def _part(tree: exp.Expr, key: str, part: exp.Expr) -> exp.Expr:
    asked = (
        (isinstance(tree, exp.CountIf | exp.Where | exp.Having) and key == "this")
        or (isinstance(tree, exp.If) and key == "this" and not (tree.parent and tree.parent.args.get("this")))
        or (isinstance(tree, AnyOf) and key == "expression")
    )
    return _condition(part) if asked else _value(part)
