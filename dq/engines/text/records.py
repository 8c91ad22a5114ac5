"""
What a record of delimited text is, after RFC 4180, and where the next one ends.

A record has a fixed number of fields and ends at a line end outside quotes. A field is quoted from its first to its last
byte, quotes inside doubled, or holds neither delimiter nor line end; a quote inside an unquoted field is a character like
any other. Blanks around a quoted field do not belong to it. Two ways of reading agree on this: patterns, record by record,
and a check of a whole block at once that costs about as much as reading it from disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONGEST = 16 << 20  # bytes after which a quote that is still open is taken for unclosed


@dataclass(frozen=True)
class Grammar:
    """How records are written; *quote* may be empty; *newline* is LF (a CR before it belongs to it) or CR."""

    delimiter: bytes
    quote: bytes
    newline: bytes
    fields: int

    @cached_property
    def record(self) -> re.Pattern[bytes]:
        """One whole record with its line end, without blanks around quotes."""
        return self._whole(self._field(b""))

    @cached_property
    def loose(self) -> re.Pattern[bytes]:
        """One whole record with its line end, with blanks around quotes or not."""
        return self._whole(self._field(self._blanks))

    @cached_property
    def certain(self) -> re.Pattern[bytes]:
        """One whole record with its line end that cannot be the rest of another: no quote inside an unquoted field."""
        return self._whole(self._field(self._blanks, quotes=False))

    @cached_property
    def blank(self) -> re.Pattern[bytes]:
        """A line without anything; no record, unless records have one field."""
        return re.compile(self._end)

    @cached_property
    def line(self) -> re.Pattern[bytes]:
        """Everything up to the next line end, whatever it is."""
        return re.compile(b"[^%b]*+%b" % (self.newline, self.newline))

    @cached_property
    def some(self) -> re.Pattern[bytes]:
        """A record with any number of fields."""
        return self._after_fields(b"%b%b" % (self._any, self._end))

    @cached_property
    def field(self) -> re.Pattern[bytes]:
        """One field, and the delimiter behind it if there is one."""
        return re.compile(b"(%b)(%b)?" % (self._any, re.escape(self.delimiter)), re.DOTALL)

    @cached_property
    def begun(self) -> re.Pattern[bytes]:
        """Text that may go on to be a record: its last field is whole, or its quote still open."""
        return self._after_fields((b"(?:%b|%b)" % (self._open, self._any) if self.quote else self._any) + b"\\r?\\Z")

    @cached_property
    def opened(self) -> re.Pattern[bytes]:
        """Text whose last field begins with a quote that is not closed."""
        return self._after_fields(self._open + b"\\Z")

    @property
    def other(self) -> bytes:
        """The line end that alone ends no record."""
        return b"\r" if self.newline == b"\n" else b"\n"

    def split(self, record: bytes) -> list[bytes]:
        """The fields of a match of `some` or `loose`, with their quotes, without blanks around those."""
        fields = []
        position = 0
        while found := self.field.match(record, position):
            bare = found[1].strip(b" ")
            fields.append(bare if self.quote and self._blanks and bare.startswith(self.quote) else found[1])
            position = found.end()
            if found[2] is None:
                break
        return fields

    def value(self, field: bytes) -> bytes:
        """What a field says, without its quotes."""
        if self.quote and field.startswith(self.quote):
            return field[1:-1].replace(self.quote * 2, self.quote)
        return field

    @property
    def _blanks(self) -> bytes:
        """What may stand around a quoted field."""
        return b"" if self.delimiter.startswith(b" ") else b" *+"

    @property
    def _end(self) -> bytes:
        return b"\\r?\\n" if self.newline == b"\n" else b"\\r"

    @property
    def _any(self) -> bytes:
        return self._field(self._blanks)

    @property
    def _open(self) -> bytes:
        quote = re.escape(self.quote)
        return b"%b%b(?:[^%b]++|%b%b)*+" % (self._blanks, quote, quote, quote, quote)

    def _field(self, blanks: bytes, *, quotes: bool = True) -> bytes:
        """A field; *blanks* may stand around its quotes; *quotes*: whether an unquoted one may hold a quote."""
        delimiter, quote = re.escape(self.delimiter), re.escape(self.quote)
        ends = b"\\r\\n" if quotes else b"\\r\\n" + quote
        plain = b"[^%b%b]*+" % (delimiter, ends) if len(self.delimiter) == 1 else b"(?:(?!%b)[^%b])*+" % (delimiter, ends)
        if not quote:
            return plain
        quoted = b"%b%b(?:[^%b]++|%b%b)*+%b%b" % (blanks, quote, quote, quote, quote, quote, blanks)
        return b"(?:(?>%b)|(?!%b%b)%b)" % (quoted, self._blanks, quote, plain)

    def _whole(self, field: bytes) -> re.Pattern[bytes]:
        more = b"(?:%b%b){%d}+" % (field, re.escape(self.delimiter), self.fields - 1) if self.fields > 1 else b""
        return re.compile(more + field + self._end, re.DOTALL)

    def _after_fields(self, last: bytes) -> re.Pattern[bytes]:
        return re.compile(b"(?:%b%b)*+" % (self._any, re.escape(self.delimiter)) + last, re.DOTALL)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of whole records: where it ends, how many records and lines, and whether lines end with CR LF (None: no line)."""

    end: int
    rows: int
    lines: int
    crlf: bool | None


def regular(block: bytes, grammar: Grammar) -> Span | None:
    """
    All whole records at the start of *block*, when each of them is plainly right; None: look record by record.

    Answers None also for records that are right in an unusual way (blank lines, blanks around quotes, mixed line ends).
    """
    import numpy as np  # noqa: PLC0415  small files never come here

    text = np.frombuffer(block, np.uint8)
    quoted = bool(grammar.quote) and grammar.quote in block
    marks = (text == grammar.newline[0]) | (text == grammar.delimiter[0])
    if grammar.other in block:
        marks |= text == grammar.other[0]
    if quoted:
        marks |= text == grammar.quote[0]
    places = np.flatnonzero(marks)
    return _quoted(text[places], places, grammar) if quoted else _plain(text[places], places, grammar)


def _plain(kinds: NDArray[np.uint8], places: NDArray[np.intp], grammar: Grammar) -> Span | None:
    upto = _last(kinds == grammar.newline[0])
    span = _even(kinds[:upto], places[:upto], grammar)
    return Span(int(places[upto - 1]) + 1 if upto else 0, span[0], span[0], span[1]) if span else None


def _quoted(kinds: NDArray[np.uint8], places: NDArray[np.intp], grammar: Grammar) -> Span | None:
    """
    Between quotes, delimiters and line ends are text.

    A quote opens when the number of quotes up to it is odd. One that opens comes right behind a delimiter, a line end or
    (doubled) a quote; one that closes stands right before such.
    """
    import numpy as np  # noqa: PLC0415

    quotes = kinds == grammar.quote[0]
    within = (np.cumsum(quotes, dtype=np.uint8) & 1).view(np.bool_)  # a sum that wraps keeps its parity
    outside = ~(quotes | within)
    upto = _last((kinds == grammar.newline[0]) & outside)
    if not upto:
        return Span(0, 0, 0, None)
    touching = np.empty(upto + 1, np.bool_)  # whether a mark comes right behind the one before it
    touching[0] = places[0] == 0
    touching[upto] = True
    np.equal(places[1:upto] - places[: upto - 1], 1, out=touching[1:-1])
    fine = np.where(within[:upto], touching[:-1], touching[1:]) | ~quotes[:upto]
    outside = outside[:upto]
    span = _even(kinds[:upto][outside], places[:upto], grammar, outside) if fine.all() else None
    if span is None:
        return None
    lines = int(np.count_nonzero(kinds[:upto] == grammar.newline[0]))
    return Span(int(places[upto - 1]) + 1, span[0], lines, span[1])


def _last(ends: NDArray[np.bool_]) -> int:
    """How many marks there are up to the last that ends a record."""
    back = int(ends[::-1].argmax()) if ends.size else 0
    return ends.size - back if ends.size and ends[ends.size - 1 - back] else 0


def _even(
    kinds: NDArray[np.uint8], places: NDArray[np.intp], grammar: Grammar, among: NDArray[np.bool_] | slice = slice(None)
) -> tuple[int, bool | None] | None:
    """Rows, and whether CR LF ends them; None when delimiters and line ends do not follow each other as records have them."""
    import numpy as np  # noqa: PLC0415

    if not kinds.size:
        return 0, None
    crlf = grammar.newline == b"\n" and kinds.size > 1 and bool(kinds[-2] == grammar.other[0])
    ending = grammar.other + grammar.newline if crlf else grammar.newline
    record = np.frombuffer(grammar.delimiter * (grammar.fields - 1) + ending, np.uint8)
    if kinds.size % record.size or not (kinds.reshape(-1, record.size) == record).all():
        return None
    if crlf:
        pairs = places[among].reshape(-1, record.size)
        if not (pairs[:, -1] - pairs[:, -2] == 1).all():
            return None
    return kinds.size // record.size, crlf
