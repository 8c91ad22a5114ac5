"""What the columns of a table hold, by one statement of aggregates."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from dq.engines.database.server import Column
from dq.engines.database.statements import Statements
from dq.plan import base_of
from dq.result import ColumnProfile
from dq.sql import Base, Tree, column

_NUMBERS = (Base.INTEGER, Base.NUMBER, Base.DECIMAL)
_ORDERED = (*_NUMBERS, Base.TEXT, Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ)


def profiles(statements: Statements, rows: int) -> tuple[ColumnProfile, ...]:
    """The profile of every column, of *rows* rows: exact counts, extremes, means and lengths."""
    found = []
    for item in statements.rows.columns:  # one by one: a server sorts the values of each to count the different ones
        trees = _trees(item)
        values = statements.session.run(
            statements.select([statements.sql(tree) for tree in trees.values()], list(trees.values()))
        )[0]
        found.append(_profile(item, rows, dict(zip(trees, values, strict=True))))
    return tuple(found)


def _trees(item: Column) -> dict[str, Tree]:
    value, base = column(item.name), base_of(item.type)
    trees: dict[str, Tree] = {"values": exp.Count(this=value.copy())}
    if base in (*_ORDERED, Base.UUID, Base.BOOLEAN):
        trees["distinct"] = exp.Count(this=exp.Distinct(expressions=[value.copy()]))
    if base in _ORDERED:
        trees |= {"low": exp.Min(this=value.copy()), "high": exp.Max(this=value.copy())}
    if base in _NUMBERS:
        trees["mean"] = exp.Avg(this=value.copy())
    if base is Base.TEXT:
        length = exp.Length(this=value)
        trees |= {"shortest": exp.Min(this=length), "usual": exp.Avg(this=length.copy()), "longest": exp.Max(this=length.copy())}
    return trees


def _profile(item: Column, rows: int, found: dict[str, Any]) -> ColumnProfile:
    low, high, mean = (found.get(name) for name in ("low", "high", "mean"))
    lengths = (found["shortest"], float(found["usual"]), found["longest"]) if found.get("shortest") is not None else None
    return ColumnProfile(
        name=item.name,
        type=item.shown,
        rows=rows,
        nulls=rows - found["values"],
        distinct=found.get("distinct", 0),
        low=None if low is None else str(low),
        high=None if high is None else str(high),
        mean=None if mean is None else float(mean),
        lengths=lengths,
    )
