"""
Delimited text taken apart into readable and malformed records, in one pass and bounded memory.

A file whose records are all readable and end alike is read where it lies. Of any other a clean copy is written: its readable
records, byte for byte, with one kind of line end. A malformed record is one physical line, except that a record with quoted
line ends and the wrong number of fields is kept whole when no line inside it is surely a record.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from dq.engines.text.kept import Kept
from dq.engines.text.malformed import Malformed
from dq.engines.text.records import LONGEST, Grammar, regular
from dq.engines.text.streams import BOM, Readable, Text
from dq.errors import SourceError

_READ = 96 << 10  # larger ones cost page faults
_SAMPLE = 64 << 10  # enough to see how lines end
_BLOCK = 256 << 10
_SMALL = 1 << 15  # below this, patterns are faster than looking at a block as a whole
_LONGEST_LINE = 4 * LONGEST


@dataclass(frozen=True, slots=True)
class Found:
    """What a file holds: readable *rows*, names in the *header*, the bytes of the *longest* record if long, line ends."""

    rows: int
    header: tuple[str, ...]
    fields: int
    longest: int
    newline: bytes
    copy: Path | None


def split(file: Text, grammar: Grammar, *, header: bool, copy: Path, malformed: Malformed) -> Found:
    """
    Read *file* once; malformed records go to *malformed*, a clean copy to *copy* if one is needed.

    *grammar* tells delimiter and quote, and the number of fields unless there is a *header*.

    Raises:
        SourceError: the header cannot be read, or a line is too long to be one.
        WorldError: the file cannot be read.
    """
    kept = Kept(file, copy)
    try:
        with file.stream() as stream:
            splitter = _Splitter(file, stream, grammar, kept, malformed)
            names = splitter.begin(header=header)
            splitter.run()
    finally:
        written = kept.close()
    return Found(splitter.rows, names, splitter.fields, splitter.longest, splitter.newline, written)


class _Splitter:
    def __init__(self, file: Text, stream: Readable, grammar: Grammar, kept: Kept, malformed: Malformed) -> None:
        self.rows = 0
        self.longest = 0
        self._file = file
        self._stream = stream
        self._grammar = grammar
        self._kept = kept
        self._malformed = malformed
        self._text = b""  # read and not yet judged
        self._line = 1  # physical line that `_text` begins with
        self._crlf: bool | None = None  # how lines end; None before the first
        self._last = False  # whether the stream has ended
        self._added = 0  # 1 when the last line was given the line end it lacks

    @property
    def fields(self) -> int:
        """How many fields a record has."""
        return self._grammar.fields

    @property
    def newline(self) -> bytes:
        """What ends every line that is kept."""
        return b"\r\n" if self._crlf else self._grammar.newline

    # -- the beginning -------------------------------------------------------------------------------------------------

    def begin(self, *, header: bool) -> tuple[str, ...]:
        """Byte order mark, line ends, header. The names in the header, as written."""
        while len(self._text) < _SAMPLE and (data := self._stream.read(_READ)):
            self._text += data
        if not self._text:
            raise SourceError(
                "the file is empty (0 bytes)", self._file.path, "was it written to the end? leave it out, or give a header"
            )
        mark = self._text.startswith(BOM)
        if mark:
            self._text = self._text[len(BOM) :]
        self._grammar = replace(self._grammar, newline=self._newline())
        if len(self._text) < _SAMPLE:
            self._more()
        if not header:
            if mark:
                self._kept.differ()
            return ()
        while blank := self._grammar.blank.match(self._text):
            self._kept.differ()
            self._drop(blank.end())
        record = self._header()
        names = self._names(record)
        self._drop(len(record))
        self._grammar = replace(self._grammar, fields=len(names))
        self._crlf = record.endswith(b"\r\n")
        quoted = bool(self._grammar.quote) and self._grammar.quote in record
        if quoted and (mark or record.count(b"\n") + record.count(b"\r") > 1 + self._crlf):  # DuckDB misreads such headers
            self._kept.write(self._grammar.delimiter.join(b"c%d" % n for n in range(len(names))) + self.newline)
        else:
            self._kept.keep(BOM if mark else b"")
            self._keep(record, ends=not self._text)
        return names

    def _newline(self) -> bytes:
        """What ends lines: LF, with or without CR before it, unless the file begins with only CRs outside quotes."""
        text = self._text
        if self._grammar.quote:
            quote = re.escape(self._grammar.quote)
            text = re.sub(b"%b[^%b]*(?:%b|\\Z)" % (quote, quote, quote), b"", text)
        return b"\r" if b"\r" in text and b"\n" not in text else b"\n"

    def _header(self) -> bytes:
        """The header with its line end."""
        while True:
            if found := self._grammar.some.match(self._text):
                return found[0]
            if self._last or len(self._text) > LONGEST or not self._grammar.begun.match(self._text):
                break
            self._more()
        if not self._text:
            raise SourceError("the file has no header: there are only blank lines", self._file.path, "give a file with a header")
        line = self._grammar.line.match(self._text)
        problem = self._syntax(line[0]) if line else f"no line end within {LONGEST >> 20} MB"
        mend = "mend the first line, or say --no-header if the file has none"
        raise SourceError(f"the header cannot be read: {problem}", f"{self._file.path}:{self._line}", mend)

    def _names(self, record: bytes) -> tuple[str, ...]:
        try:
            return tuple(self._grammar.value(field).decode() for field in self._grammar.split(record))
        except UnicodeDecodeError:
            problem = f"the header is not {self._file.encoding.upper()}"
            raise SourceError(problem, f"{self._file.path}:{self._line}", "say its encoding: --encoding latin-1") from None

    # -- block by block ------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """All records after the header."""
        while True:
            if position := self._judge():
                self._text = self._text[position:]
            if self._last:
                assert not self._text  # noqa: S101  no byte goes without being judged
                return
            self._more()

    def _more(self) -> None:
        data = self._stream.read(max(_READ, len(self._text)))  # twice as much each time, while one record goes on
        if not data:
            self._last = True
            if self._text and not self._text.endswith(self._grammar.newline):
                self._added = 1
                data = self._grammar.newline
        self._text += data

    def _judge(self) -> int:
        """Judge the records that are whole; where the rest begins."""
        position = 0
        while position < len(self._text):
            upto = min(position + _BLOCK, len(self._text))
            known = upto - position >= _SMALL and len(self._grammar.delimiter) == 1
            if known and (end := self._regular(position, upto)) is not None and end > position:
                position = end
                continue
            end = self._careful(position, upto)
            if end == position:
                break
            position = end
        return position

    def _regular(self, position: int, upto: int) -> int | None:
        """Judge a block at once; None when it must be judged record by record."""
        block = self._text[position:upto]
        span = regular(block, self._grammar)
        if span is None or (span.rows and self._crlf is not None and self._crlf != span.crlf):
            return None
        if not _utf8(block[: span.end]):
            return None
        if span.rows:
            self._crlf = span.crlf
        self.rows += span.rows
        self._line += span.lines
        self._keep(memoryview(block)[: span.end], ends=position + span.end == len(self._text))
        return position + span.end

    def _careful(self, position: int, upto: int) -> int:
        """Judge record by record, at least as far as *upto*; where the rest begins, *position* when more must be read."""
        text, match = self._text, self._grammar.record.match
        sure = text.rfind(self._grammar.newline, position, upto) + 1  # up to here all is UTF-8
        if not _utf8(text[position:sure]):
            sure = 0
        kept = position  # what lies between this and `position` is kept as it is
        while position < upto:
            found = match(text, position)
            if found and ((end := found.end()) <= sure or _utf8(found[0])) and self._alike(end):
                self.rows += 1
                if end - position > _BLOCK:
                    self.longest = max(self.longest, end - position)
                position = end
                continue
            self._settle(kept, position)
            if (end := self._unusual(position, found)) == position:
                return position
            position = kept = end
        self._settle(kept, position)
        return position

    def _unusual(self, position: int, found: re.Match[bytes] | None) -> int:
        """Judge a record that is not plainly right, or a blank line; where it ends, *position* when more must be read."""
        text, grammar = self._text, self._grammar
        if grammar.fields > 1 and (blank := grammar.blank.match(text, position)):
            end = blank.end()
            if self._alike(end):
                self._keep(blank[0], ends=end == len(text))
            else:
                self._kept.differ()
        elif (found := found or grammar.loose.match(text, position)) and _utf8(found[0]):
            end = found.end()
            self.rows += 1
            self.longest = max(self.longest, end - position)
            if self._alike(end) and grammar.record.fullmatch(found[0]):
                self._keep(found[0], ends=end == len(text))
            else:
                self._kept.write(grammar.delimiter.join(grammar.split(found[0])) + self.newline)
        else:
            judged = (found.end(), f"not {self._file.encoding.upper()}") if found else self._malformed_at(position)
            if judged is None:
                return position
            end = judged[0]
            raw = self._file.raw(text[position : self._bare(position, end)])
            self._malformed.add(self._file.path, self._line, raw, judged[1])
            self._kept.differ()
        self._line += text.count(grammar.newline, position, end)
        return end

    # -- malformed records ---------------------------------------------------------------------------------------------

    def _malformed_at(self, position: int) -> tuple[int, str] | None:
        """Where the malformed record at *position* ends and what is wrong; None when that shows only in what follows."""
        text, grammar = self._text, self._grammar
        line = grammar.line.match(text, position)
        left = len(text) - position
        if line is None:
            if left > _LONGEST_LINE:
                problem = f"a line is longer than {_LONGEST_LINE >> 20} MB"
                raise SourceError(problem, f"{self._file.path}:{self._line}", "look at the file: is it text with line ends?")
            return None
        if some := grammar.some.match(text, position):
            if not self._one(line.end(), some.end()):
                return line.end(), "unclosed quote"
            count = len(grammar.split(some[0]))
            return some.end(), f"{count} field{'s' * (count != 1)}, expected {grammar.fields}"
        if not self._last and left <= LONGEST and grammar.begun.match(text, position):
            return None
        return line.end(), self._syntax(line[0])

    def _one(self, position: int, end: int) -> bool:
        """Whether a record with the wrong number of fields is one: none of its lines from *position* on is surely a record."""
        while position < end:
            line = self._grammar.line.match(self._text, position)
            if line is None or self._grammar.certain.fullmatch(line[0]):
                return False
            position = line.end()
        return True

    def _syntax(self, line: bytes) -> str:
        bare = line.removesuffix(b"\n").removesuffix(b"\r")
        if self._grammar.quote and self._grammar.opened.match(bare):
            return "unclosed quote"
        if b"\r" in bare:
            return "a carriage return outside quotes"
        if b"\n" in bare:
            return "a line feed outside quotes"
        return "text after a closing quote"

    # -- what stays ----------------------------------------------------------------------------------------------------

    def _settle(self, start: int, end: int) -> None:
        """Keep a stretch of the text as it is."""
        if start < end:
            self._keep(memoryview(self._text)[start:end], ends=end == len(self._text))
            self._line += self._text.count(self._grammar.newline, start, end)

    def _keep(self, data: bytes | memoryview, *, ends: bool) -> None:
        self._kept.keep(data[: len(data) - self._added] if ends else data)

    def _alike(self, end: int) -> bool:
        """Whether the line that ends at *end* ends as the others do."""
        crlf = self._text[end - 2 : end] == b"\r\n"
        if self._crlf is None:
            self._crlf = crlf
        return self._crlf == crlf or bool(self._added and end == len(self._text) and not crlf)

    def _bare(self, start: int, end: int) -> int:
        """Where a record ends without its line end."""
        end -= 1
        return end - 1 if end > start and self._text[end - 1 : end + 1] == b"\r\n" else end

    def _drop(self, size: int) -> None:
        self._line += self._text.count(self._grammar.newline, 0, size)
        self._text = self._text[size:]


def _utf8(text: bytes) -> bool:
    if text.isascii():
        return True
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
