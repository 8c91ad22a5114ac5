"""A pen writes trees: a generator of sqlglot that knows its dialect's name and notes what it cannot write honestly."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any

from sqlglot import exp
from sqlglot.generator import Generator

from dq.sql.build import is_operator


class Pen(Generator):
    """Made once for each rendering; `gaps` holds the words that had no honest form."""

    name = ""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.gaps: list[str] = []

    def gap(self, node: exp.Expr, why: str = "") -> str:
        """Note that *node* has no honest form in this dialect."""
        self.gaps.append(f"{type(node).__name__} {why}".rstrip())
        return "NULL"

    def part(self, tree: object) -> str:
        """A part of a template: in parentheses when it is an operator; a list by commas; nothing for None."""
        if isinstance(tree, list):
            return ", ".join(self.sql(item) for item in tree)
        if not isinstance(tree, exp.Expr):
            return ""
        return f"({self.sql(tree)})" if is_operator(tree) else self.sql(tree)


Write = Callable[[Pen, Any], str]


def template(text: str) -> Write:
    """The writer of a template over a node's parts: `LENGTH({this})`."""
    names = [name for _, name, _, _ in Formatter().parse(text) if name]

    def write(pen: Pen, node: exp.Expr) -> str:
        return text.format(**{name: pen.part(node.args.get(name)) for name in names})

    return write
