"""Trees become text in a dialect. What the dialect cannot express honestly is refused by name, before any data is read."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect as Grammar
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator

from dq.errors import EngineError, UsageError
from dq.sql.build import Tree, wrap
from dq.sql.dialects import DIALECTS, Dialect
from dq.sql.pen import Pen, template
from dq.sql.truth import without_truth


def vocabulary(dialect: str) -> frozenset[type[exp.Expr]]:
    """The node types that *dialect* can express. Raises UsageError for an unknown dialect."""
    return _dialect(dialect).vocabulary


def gaps(tree: Tree, dialect: str) -> tuple[str, ...]:
    """The words of *tree* that *dialect* cannot express honestly, each once, in order; none: it can be rendered."""
    return _write(tree, _dialect(dialect), pretty=False)[1]


def render(tree: Tree, dialect: str, *, pretty: bool = False) -> str:
    """
    *tree* as SQL text of *dialect*; *tree* stays as it is.

    Raises:
        EngineError: *dialect* cannot express a word of it; all such words are named.
        UsageError: the dialect is unknown.
    """
    text, missing = _write(tree, _dialect(dialect), pretty=pretty)
    if missing:
        raise EngineError(
            f"{dialect} cannot express {', '.join(missing)}", "", "write the rule another way, or run it on another engine"
        )
    return text


def _dialect(name: str) -> Dialect:
    if name not in DIALECTS:
        raise UsageError(f"unknown SQL dialect '{name}'", "", f"known dialects: {', '.join(DIALECTS)}")
    return DIALECTS[name]


def _write(tree: Tree, dialect: Dialect, *, pretty: bool) -> tuple[str, tuple[str, ...]]:
    allowed = dialect.vocabulary
    if missing := tuple(dict.fromkeys(type(node).__name__ for node in tree.walk(bfs=False) if type(node) not in allowed)):
        return "", missing
    pen = _pen_class(dialect.name)(
        dialect=_grammar(dialect.base),
        pretty=pretty,
        comments=False,
        unsupported_level=ErrorLevel.RAISE,
        normalize_functions=False,
    )
    text = pen.generate(wrap(tree if dialect.truth else without_truth(tree)), copy=False)
    return text, tuple(dict.fromkeys(pen.gaps))


@lru_cache
def _grammar(base: str) -> Grammar:
    return Grammar.get_or_raise(base)


@lru_cache
def _pen_class(name: str) -> type[Pen]:
    """The generator of sqlglot's dialect, with the words of *name* written as its table says."""
    dialect = DIALECTS[name]
    generator: type[Generator] = type(_grammar(dialect.base)).generator_class
    writers = {word: template(how) if isinstance(how, str) else how for word, how in dialect.writes.items()}
    members: dict[str, Any] = {"TRANSFORMS": {**generator.TRANSFORMS, **writers}, "speaks": dialect}
    return type(f"{name.title()}Pen", (Pen, generator), members)
