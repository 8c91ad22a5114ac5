"""Conformity: values that must have a form. Null passes every one of these; say `not_null` to forbid it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.checks.model import check
from dq.errors import UsageError
from dq.sql import Matches, Misfit, Missing, Scalar, Tree, any_of, compare, is_in, literal, not_

# RFC 5321/5322 addresses as they are used, not as they may be written; RFC 4122; RFC 3986 §3.1; RFC 1123; RFC 4291 §2.2
_H16 = "[0-9a-fA-F]{1,4}"
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
FORMATS = {
    "email": rf"^[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})+$",
    "uuid": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
    "uri": r"^[A-Za-z][A-Za-z0-9+.-]*:[^ \t\n]+$",
    "hostname": r"^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
    "ipv4": r"^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$",
    "ipv6": rf"^(?:(?:{_H16}:){{7}}{_H16}|(?:{_H16}:){{1,7}}:|(?:{_H16}:){{1,6}}:{_H16}|(?:{_H16}:){{1,5}}(?::{_H16}){{1,2}}"
    rf"|(?:{_H16}:){{1,4}}(?::{_H16}){{1,3}}|(?:{_H16}:){{1,3}}(?::{_H16}){{1,4}}|(?:{_H16}:){{1,2}}(?::{_H16}){{1,5}}"
    rf"|{_H16}:(?::{_H16}){{1,6}}|:(?::{_H16}){{1,7}}|::)$",
    "byte": r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
}


@check(dimension="conformity", says="{column} can be read as {kind}")
def fits_type(column: Tree, *, kind: str) -> Tree:
    """Rows where the value of *column* does not fit its declared type. *kind* is the type's name, for people."""
    del kind
    return Misfit(this=column.copy())


@check(dimension="conformity", says="{column} is one of {values}")
def in_set(column: Tree, *, values: Sequence[Scalar]) -> Tree:
    r"""
    Rows where *column* holds something outside *values*; a null in *values* says nothing.

    Example:
        >>> in_set(column("state"), values=["open", "shut"]).sql()
        'NOT ("state" IN (\'open\', \'shut\'))'
    """
    listed = [literal(value) for value in values if value is not None]
    return not_(is_in(column, listed) if listed else Missing(this=column.copy()))


@check(dimension="conformity", says="{column} is none of {values}")
def not_in_set(column: Tree, *, values: Sequence[Scalar]) -> Tree:
    """Rows where *column* holds one of *values*; a null in *values* says nothing."""
    return is_in(column, [literal(value) for value in values if value is not None])


@check(dimension="conformity", says="{column} matches {pattern}")
def matches(column: Tree, *, pattern: str) -> Tree:
    """Rows where *column* has no match of *pattern* anywhere in it; anchor it with `^ $` for the whole text."""
    return not_(Matches(this=column.copy(), expression=literal(pattern)))


@check(dimension="conformity", says="{column} does not match {pattern}")
def not_matches(column: Tree, *, pattern: str) -> Tree:
    """Rows where *column* has a match of *pattern* somewhere in it."""
    return Matches(this=column.copy(), expression=literal(pattern))


@check(dimension="conformity", says="{column} is a valid {format}")
def has_format(column: Tree, *, format: str) -> Tree:  # noqa: A002  ODCS's word
    """
    Rows where *column* is not written as *format*: email, uuid, uri, hostname, ipv4, ipv6 or byte (base64).

    Raises:
        UsageError: it is none of these.
    """
    if format not in FORMATS:
        raise UsageError(f"unknown format '{format}'", "", f"known formats: {', '.join(FORMATS)}")
    return not_(Matches(this=column.copy(), expression=literal(FORMATS[format])))


@check(dimension="conformity", says="{column} is one of {values} and matches {pattern}")
def valid(column: Tree, *, values: Sequence[Scalar], pattern: str) -> Tree:
    """Rows where *column* is outside *values*, or does not match *pattern*: either makes it invalid (ODCS `invalidValues`)."""
    return any_of(in_set(column, values=values), matches(column, pattern=pattern))


@check(dimension="conformity", says="{column} has at least {length} characters")
def min_length(column: Tree, *, length: int) -> Tree:
    """Rows where *column* has fewer than *length* code points."""
    return compare("<", exp.Length(this=column.copy()), literal(length))


@check(dimension="conformity", says="{column} has at most {length} characters")
def max_length(column: Tree, *, length: int) -> Tree:
    """Rows where *column* has more than *length* code points."""
    return compare(">", exp.Length(this=column.copy()), literal(length))


@check(dimension="conformity", says="{column} has at least {items} items")
def min_items(column: Tree, *, items: int) -> Tree:
    """Rows where array *column* has fewer than *items* elements, nulls counted."""
    return compare("<", exp.ArraySize(this=column.copy()), literal(items))


@check(dimension="conformity", says="{column} has at most {items} items")
def max_items(column: Tree, *, items: int) -> Tree:
    """Rows where array *column* has more than *items* elements, nulls counted."""
    return compare(">", exp.ArraySize(this=column.copy()), literal(items))


@check(dimension="uniqueness", says="the items of {column} differ from each other")
def unique_items(column: Tree) -> Tree:
    """Rows where a value occurs twice in array *column*; nulls are ignored."""
    values = exp.ArrayCompact(this=column.copy())
    return compare("<", exp.ArraySize(this=exp.ArrayDistinct(this=values.copy())), exp.ArraySize(this=values))
