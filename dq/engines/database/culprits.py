"""Checks that the database cannot run: found when a statement of many fails, so that they alone err."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dq.engines.database.statements import Statements
from dq.errors import EngineError
from dq.plan import Passes

Run = Callable[[str], list[tuple[Any, ...]]]


def number_of(measure: str) -> int:
    """The check that a measure is of: 3 of `where:3`."""
    return int(measure.partition(":")[2])


def culprits(passes: Passes, statements: Statements, run: Run) -> dict[int, str]:
    """
    Why each check that the database cannot run cannot, by check number; empty when every part of *passes* runs alone.

    Looks at plans first, which reads nothing; only when all of them can be made are the statements run, one by one.
    """
    broken: dict[int, str] = {}
    singles = [
        (check, statements.select([f"COUNT(CASE WHEN {statements.sql(tree)} THEN 1 END)"], [tree]))
        for check, tree in ((item.check, item.bad) for item in passes.rows)
    ]
    singles += [
        (number_of(name), statements.select([statements.sql(tree)], [tree]))
        for name, tree in (*passes.measures.items(), *passes.good.items())
    ]
    for check, sql in singles:
        _try(run, statements.explained(sql), check, broken)
    for check, sql in () if broken else singles:
        _try(run, sql, check, broken)
    return broken


def _try(run: Run, sql: str, check: int, broken: dict[int, str]) -> None:
    try:
        run(sql)
    except EngineError as error:
        broken.setdefault(check, error.what)
