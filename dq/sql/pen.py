"""A pen writes trees: a generator of sqlglot that knows its dialect's name and notes what it cannot write honestly."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.generator import Generator

from dq.sql.build import is_operator
from dq.sql.dialect import Dialect


class Pen(Generator):
    """Made once for each rendering in the dialect that it `speaks`; `gaps` holds the words that had no honest form."""

    speaks: ClassVar[Dialect]

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


Write = Callable[["Pen", Any], str]


def template(text: str) -> Write:
    """The writer of a template over a node's parts, as `LENGTH({this})`; a part bounded by commas needs no parentheses."""
    pieces = [(literal, name) for literal, name, _, _ in Formatter().parse(text)]

    def write(pen: Pen, node: exp.Expr) -> str:
        written = []
        for (literal, name), (following, _) in zip(pieces, [*pieces[1:], ("", None)], strict=True):
            written.append(literal)
            if name:
                bounded = literal.rstrip().endswith(("(", ",")) and following.startswith((")", ",", " AS "))
                given = node.args.get(name)
                written.append(pen.sql(given) if bounded and isinstance(given, exp.Expr) else pen.part(given))
        return "".join(written)

    return write
