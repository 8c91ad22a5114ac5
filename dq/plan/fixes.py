"""Corrections that somebody writes as SQL: a column, and an expression for its new value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlglot import exp

from dq.errors import UsageError
from dq.plan.bind import CannotBind, Columns, names_of, resolve
from dq.plan.model import Plan
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


def fixes(plan: Plan, columns: Columns, said: Mapping[str, str], *, now: datetime) -> dict[str, Tree]:
    """
    The new values of columns, by their names in the data, over the values as they are before any fix.

    A name stands for its value as the contract reads it; where some values of a column could not be read, for all of them as
    text, as they were written.

    Raises:
        UsageError: a column is not there; an expression is none, or uses what is outside the vocabulary.
    """
    names = names_of(plan, columns, {})
    texts = {name: _as_text(columns, name) for name in columns.unread}
    values = {name: texts.get(value.raw.name, value) for name, value in names.values.items()}
    names = replace(names, values=values)
    found = {}
    for name, text in said.items():
        place = f"set '{name}'"
        target = source_name(plan, columns, name, place)
        try:
            found[target] = resolve(bind_now(condition(text, place), now), names)
        except CannotBind as error:
            raise UsageError(error.unable.reason, place, f"columns: {', '.join(columns.types)}") from None
    return found


def _as_text(columns: Columns, name: str) -> Value:
    """Column *name* as text, as it was written."""
    beside, actual = columns.unread[name]
    text = exp.DataType.build("text")
    written = JsonText(this=column(beside)) if base_of(actual) is Base.JSON else column(beside)
    raw = exp.Coalesce(this=exp.cast(column(name), text), expressions=[written])
    return Value(raw, text, None, None, "UTC")
