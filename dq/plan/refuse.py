"""Checks that a dialect has no honest words for: refused by name, before anything is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dq.plan.model import Passes
from dq.sql import Tree, gaps


def refused(passes: Passes, dialect: str) -> dict[int, str]:
    """Why each check that *dialect* cannot express cannot run, by check number."""
    found: dict[int, str] = {}
    for check, trees in _trees(passes):
        missing = dict.fromkeys(word for tree in trees if tree is not None for word in gaps(tree, dialect))
        if missing:
            found.setdefault(check, f"{dialect} cannot express {', '.join(missing)}")
    return found


def _trees(passes: Passes) -> Iterator[tuple[int, Iterable[Tree | None]]]:
    for keys in passes.keys:
        yield keys.check, (keys.select,)
    for item in passes.rows:
        yield item.check, (item.bad, item.spare, item.copy)
    for name, tree in (*passes.measures.items(), *passes.good.items()):
        yield int(name.partition(":")[2]), (tree,)
