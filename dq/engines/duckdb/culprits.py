"""When a pass cannot run, the checks that keep it from running: they err, and the others are judged without them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dq.errors import EngineError
from dq.plan import Passes
from dq.sql import SOURCE, InSet, Tree, render

Run = Callable[[str], list[tuple[Any, ...]]]


def culprits(passes: Passes, run: Run) -> dict[int, str]:
    """
    Why each check that cannot run cannot, by check number; empty when every part of *passes* runs alone.

    Looks at plans first, which reads nothing; only when all of them can be made are the statements run, one by one.
    """
    broken: dict[int, str] = {}
    for keys in passes.keys:
        _try(run, f'CREATE OR REPLACE TEMP TABLE "{keys.name}" AS {_sql(keys.select)}', keys.check, broken)
    lost = {keys.name for keys in passes.keys if keys.check in broken}
    statements = [
        (item.check, f"SELECT count(*) FROM {SOURCE} WHERE {_sql(item.bad)}")
        for item in passes.rows
        if not _looks_into(item.bad, lost)
    ]
    statements += [
        (int(name.partition(":")[2]), f"SELECT {_sql(tree)} FROM {SOURCE}")
        for name, tree in passes.measures.items()
        if not _looks_into(tree, lost)
    ]
    for check, sql in statements:
        _try(run, f"EXPLAIN {sql}", check, broken)
    for check, sql in () if broken else statements:
        _try(run, sql, check, broken)
    return broken


def _try(run: Run, sql: str, check: int, broken: dict[int, str]) -> None:
    try:
        run(sql)
    except EngineError as error:
        broken.setdefault(check, error.what)


def _looks_into(tree: Tree, names: set[str]) -> bool:
    return any(node.this.name in names for node in tree.find_all(InSet))


def _sql(tree: Tree) -> str:
    return render(tree, "duckdb")
