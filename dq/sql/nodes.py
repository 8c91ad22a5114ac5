"""
The words of dq's own SQL that sqlglot has no honest node for, and the kinds of values.

Trees are built from sqlglot's nodes and these; `dq.sql.render` writes them in a dialect. Nothing here renders.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlglot import exp

SOURCE = "__dq_source_rows"  # the table that key queries and answers read: the rows under check
ROW_NO = "__dq_row_no"  # pseudo column: the row's number in the source, from 0


class Base(StrEnum):
    """What values are, whatever an engine calls them."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"  # any number; floats and decimals
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"  # without a zone
    TIMESTAMP_TZ = "timestamp with time zone"
    BINARY = "binary"
    UUID = "uuid"
    OBJECT = "object"
    ARRAY = "array"
    MAP = "map"
    JSON = "json"  # a value that carries its own type
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values; *precision* and *scale* are a decimal's digits in all and after the point."""

    base: Base
    precision: int = 0
    scale: int = 0

    def __str__(self) -> str:
        return f"{self.base}({self.precision},{self.scale})" if self.precision else str(self.base)


class Matches(exp.Expression, exp.Func):
    """
    Whether text *this* contains a match of *expression*, a portable pattern (a string literal).

    *entries* True says that equal texts are stored once, in a dictionary, so that an engine may judge each of them once.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True, "entries": False}
    is_var_len_args = False


class ReadAs(exp.Expression, exp.Func):
    """Text *this* read strictly as *to* (a Kind): null when it cannot be. *format*: one `strptime` format, else ISO 8601."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "to": True, "format": False}


class PlainText(exp.Expression, exp.Func):
    """
    Text column *this* as text that compares by code point: without the padding and the collation that a database gave it.

    An engine takes every column of text so, before anything else looks at it.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class Missing(exp.Expression, exp.Func):
    """
    Whether there is no value at all in *this*: it is null, NaN, or written as one of *expressions* (literals).

    A value that cannot be read is there. Resolved at binding.
    """

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": False}


class Misfit(exp.Expression, exp.Func):
    """Whether *this* holds a value that does not fit its declared kind. Resolved at binding."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class InSet(exp.Expression, exp.Func):
    """Whether the tuple *expressions* is a row of the key set named *this* (an identifier); null when a part is null."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expressions": True}
    is_var_len_args = True


class AnyOf(exp.Expression, exp.Func):
    """Whether *expression* is TRUE for an element of array *this*; the element is the identifier *alias* inside it."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "alias": True, "expression": True}


class Part(exp.Expression, exp.Func):
    """The field named *expression* (a string literal) of object *this*."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class MapValues(exp.Expression, exp.Func):
    """The values of map *this*, an array."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class JsonType(exp.Expression, exp.Func):
    """The type of JSON value *this*: `null boolean integer number string array object` (integer: whole, as 5 or 5.0)."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class JsonText(exp.Expression, exp.Func):
    """JSON string *this* without its quotes and escapes; the text of any other value."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class JsonPart(exp.Expression, exp.Func):
    """The value of key *expression* (a string literal) of JSON object *this*; null when absent."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class JsonItems(exp.Expression, exp.Func):
    """The elements of JSON array *this*, an array of JSON values; null when it is none."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class JsonValues(exp.Expression, exp.Func):
    """The values of JSON object *this*, an array of JSON values; null when it is none."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class AsText(exp.Expression, exp.Func):
    """Value *this* as text: itself when it is text. Resolved at binding."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class IsJson(exp.Expression, exp.Func):
    """Whether *this* is text of one JSON value; null for null. Anything but text is none, which is resolved at binding."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class Output(exp.Expression, exp.Func):
    """A column that a sub-select in FROM gives, by the name *this* (an identifier)."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class MultipleOf(exp.Expression, exp.Func):
    """Whether number *this* is a multiple of *expression* (a number literal), judged on a float's shortest decimal text."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}


class IsFinite(exp.Expression, exp.Func):
    """Whether number *this* is neither NaN nor infinite."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True}


class StoredAs(exp.Expression, exp.Func):
    """Whether *this* is stored as a value of type *expression* (a string literal), where a column holds values of any type."""

    arg_types: ClassVar[dict[str, bool]] = {"this": True, "expression": True}
