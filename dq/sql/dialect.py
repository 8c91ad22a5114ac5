"""What a dialect is: a table of differences, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from dq.sql.nodes import Base

if TYPE_CHECKING:
    from dq.sql.pen import Pen

Writer = str | Callable[["Pen", Any], str]

# What sqlglot writes alike, and rightly, nearly everywhere.
PLAIN: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Add, exp.Alias, exp.And, exp.Between, exp.Boolean, exp.Case, exp.Coalesce, exp.Column, exp.Count, exp.DataType,
        exp.DataTypeParam, exp.Distinct, exp.EQ, exp.Exists, exp.From, exp.GT, exp.GTE, exp.Group, exp.Having, exp.Identifier,
        exp.If, exp.In, exp.Is, exp.LT, exp.LTE, exp.Literal, exp.Max, exp.Min, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null,
        exp.NullSafeEQ, exp.NullSafeNEQ, exp.Nullif, exp.Or, exp.Order, exp.Ordered, exp.Paren, exp.RowNumber, exp.Select,
        exp.Star, exp.Sub, exp.Subquery, exp.Sum, exp.Table, exp.TableAlias, exp.Var, exp.Where, exp.Window,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Regex:
    """
    How a portable pattern is spelled for a regular-expression engine.

    *end* is the very end of a text: `$` also matches before a final newline in many. *prefix* unsets what a collation or a
    server may have set. *longest*: bytes that a pattern may have; 0: as many as any.
    """

    end: str = r"\z"
    prefix: str = ""
    group: str = "(?:"
    posix_classes: bool = False  # a backslash inside [ ] is itself
    longest: int = 0
    most_repeats: int = 0  # 0: as many as any


@dataclass(frozen=True, slots=True)
class Reading:
    """
    How text is searched and read strictly.

    In *search*, {x} is the text and {r} a pattern as a literal; in *trim* {x} loses blanks and tabs around it; in *casts* {t} is
    such a text, {d} a decimal's digits and {s} those after the point; *most_digits* is how many it keeps (0: any). *guard* says
    that {x} is a text at all, where a column may hold anything. In *replaced* all of {x} that matches {r} becomes {b}, in which
    the first group is a backslash and 1.
    """

    search: str
    trim: str
    casts: Mapping[Base, str]
    regex: Regex = Regex()
    guard: str = ""
    most_digits: int = 0
    joined: str = " || "  # what joins texts; empty: CONCAT
    replaced: str = ""  # empty: it has no groups


@dataclass(frozen=True, slots=True)
class Dialect:
    """
    One dialect: the sqlglot dialect it builds on, and what is written differently.

    *lacks* are plain words that it cannot express; *types* are the names in CAST; *proven* says that tests run it on a server.
    """

    name: str
    base: str
    writes: Mapping[type[exp.Expr], Writer]
    types: Mapping[exp.DType, str]
    reading: Reading | None
    backslash: bool = False  # a backslash in a text literal escapes
    quote_mark: str = "''"  # a quote inside a text literal
    quote_prefix: str = ""  # before a text literal
    truth: bool = True  # conditions are values, and values of a type of their own conditions
    proven: bool = False
    lacks: frozenset[type[exp.Expr]] = field(default_factory=frozenset)
    differs: tuple[str, ...] = ()  # meanings that cannot be had there, in words

    @property
    def vocabulary(self) -> frozenset[type[exp.Expr]]:
        """The node types that it can express."""
        return (PLAIN - self.lacks) | frozenset(self.writes)

    def quote(self, text: str) -> str:
        """*text* as a string literal."""
        if self.backslash:
            text = text.replace("\\", "\\\\")
        return f"{self.quote_prefix}'" + text.replace("'", self.quote_mark) + "'"
