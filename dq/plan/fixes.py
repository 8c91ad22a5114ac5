"""Corrections that somebody writes as SQL: a column, and an expression for its new value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from dq.errors import UsageError
from dq.plan.model import Plan
from dq.plan.names import CannotBind, Columns, Names, names_of, resolve
from dq.plan.values import Value, base_of
from dq.sql import Base, JsonText, Tree, bind_now, column, condition


def source_name(plan: Plan, columns: Columns, name: str, place: str) -> str:
    """
    The column of the data that *name*, of the data or of the contract, means.

    Raises:
        UsageError: there is none; it lists those there are.
    """
    declared = plan.field(name)
    for wanted in (name, declared.source if declared else name):
        if wanted in columns.types:
            return wanted
    raise UsageError(f"no column '{name}' in the dead letters", place, f"columns: {', '.join(columns.types)}")


def fixes(plan: Plan, columns: Columns, said: Mapping[str, str], *, now: datetime) -> dict[str, tuple[Tree, ...]]:
    """
    The new values of columns, by their names in the data, over the values as they are before any fix.

    Each is one tree, or two to be tried in order: in the first a name stands for its value as the contract reads it, null
    where it cannot be read; in the second, for an expression that needs text, for the text as it was written.

    Raises:
        UsageError: a column is not there; an expression is none, or uses what is outside the vocabulary.
    """
    typed = names_of(plan, columns, {})
    texts = replace(typed, values={name: _as_text(columns, value.raw.name) for name, value in typed.values.items()})
    found = {}
    for name, text in said.items():
        place = f"set '{name}'"
        target = source_name(plan, columns, name, place)
        tree = bind_now(condition(text, place), now)
        found[target] = (*_bound(tree, typed), _certain(tree, texts, place, columns))
    return found


def _bound(tree: Tree, names: Names) -> tuple[Tree, ...]:
    try:
        return (resolve(tree, names),)
    except (CannotBind, UsageError):
        return ()


def _certain(tree: Tree, names: Names, place: str, columns: Columns) -> Tree:
    try:
        return resolve(tree, names)
    except CannotBind as error:
        raise UsageError(error.unable.reason, place, f"columns: {', '.join(columns.types)}") from None


def _as_text(columns: Columns, name: str) -> Value:
    """Column *name* as text, as it was written."""
    text = exp.DataType.build("text")
    own = exp.cast(column(name), text)
    if name not in columns.unread:
        return Value(own, text, None, None, "UTC")
    beside, actual = columns.unread[name]
    written = JsonText(this=column(beside)) if base_of(actual) is Base.JSON else column(beside)
    return Value(exp.Coalesce(this=own, expressions=[written]), text, None, None, "UTC")
