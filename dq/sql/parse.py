"""
Users' conditions and aggregates: parsed as one expression of a small neutral grammar, and built anew from the vocabulary.

Nothing that was written reaches an engine: what is read is rebuilt word by word from what is allowed, so that whatever is not
allowed (sub-selects, table functions, `random()`, windows, parameters) has no way in. The neutral grammar is sqlglot's own,
with `~` as a search; its words are listed in `docs/conditions.md`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlglot import exp, tokens
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from dq.errors import UsageError
from dq.sql.build import Tree
from dq.sql.read import AGGREGATES, Reader
from dq.sql.refusal import shown

_LONGEST = 10_000
_DEEPEST = 100


class Neutral(Dialect):
    """The grammar of conditions."""

    class Tokenizer(tokens.Tokenizer):
        """sqlglot's own words, and `~`."""

        KEYWORDS = {**tokens.Tokenizer.KEYWORDS, "~": TokenType.RLIKE}  # noqa: RUF012  sqlglot's way


def condition(text: str, place: str) -> Tree:
    """
    A user's condition or scalar expression, as a tree of the vocabulary.

    Raises:
        UsageError: *text* is empty, too long, no single expression, or uses what is outside the vocabulary; *place* says where.
    """
    return _read(text, Reader(place, aggregates=False))


def aggregate(text: str, place: str) -> Tree:
    """
    A user's aggregate: like `condition`, with count, count_if, sum, avg, min, max, stddev, median and quantile_cont of values.

    Raises:
        UsageError: as for `condition`; also a column outside an aggregate, an aggregate inside another, or none at all.
    """
    tree = _read(text, Reader(place, aggregates=True))
    if tree.find(*AGGREGATES) is None:
        raise UsageError(f"no aggregate in {shown(text)}", place, "say avg(x), count_if(x > 0), …")
    return tree


def _read(text: str, reader: Reader) -> Tree:
    try:
        parsed = _parse(text, reader)
        if _depth(parsed) <= _DEEPEST:
            return reader.read(parsed)
    except RecursionError:
        pass
    raise reader.refuse(f"more than {_DEEPEST} operators inside each other", "split the rule")


def _parse(text: str, reader: Reader) -> exp.Expr:
    """The one expression that *text* is."""
    if not text.strip():
        raise reader.refuse("an empty condition", "write one, as shipped_at >= created_at")
    if len(text) > _LONGEST:
        raise reader.refuse(f"a condition of {len(text)} characters", f"use at most {_LONGEST}, or split the rule")
    if "\0" in text:
        raise reader.refuse("a NUL character in a condition", "leave it out")
    grammar = Neutral()
    try:
        words = grammar.tokenize(text)
        if any(word.comments for word in words):
            raise reader.refuse("a comment inside a condition", "move it into the rule's description")
        if any(word.token_type is TokenType.SEMICOLON for word in words):
            raise reader.refuse("';' inside a condition", "write one expression")
        with _silence():
            parsed = grammar.parser().parse(words, text)
    except SqlglotError as error:
        raise reader.refuse(f"not a condition: {shown(text)} ({_reason(error)})") from None
    if len(parsed) != 1 or parsed[0] is None:
        raise reader.refuse(f"not a condition: {shown(text)}")
    return parsed[0]


def _depth(tree: exp.Expr) -> int:
    """How deep *tree* is; a chain of AND or OR counts once."""
    deepest, stack = 0, [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        for child in node.iter_expressions():
            chained = isinstance(node, exp.And | exp.Or) and type(child) is type(node)
            stack.append((child, depth if chained else depth + 1))
    return deepest


def _reason(error: Exception) -> str:
    said = getattr(error, "errors", None)
    if said:
        return f"{said[0]['description'].rstrip('.').lower()}, near {said[0]['highlight']!r}"
    return str(error).splitlines()[0]


@contextmanager
def _silence() -> Iterator[None]:
    """Sqlglot warns about what it takes for a command; here that is refused."""
    log = logging.getLogger("sqlglot")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
