"""JSON taken apart in Python: arrays, and numbers with more digits than a double has. Values go to Parquet as their text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dq.engines.text.malformed import Malformed
from dq.engines.text.objects import Unreadable, blank, value, whole
from dq.engines.text.streams import Readable, Text
from dq.errors import SourceError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_READ = 1 << 18
_ROWS = 20_000
_BYTES = 16 << 20
_LONGEST = 64 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A Parquet file of rows that have *keys*, each value JSON text."""

    place: str
    rows: int
    keys: tuple[str, ...]


class Spool:
    """Rows on their way to Parquet files `PREFIX-0.parquet`, …; another one whenever a new key turns up."""

    def __init__(self, prefix: Path) -> None:
        self.unnamed = False  # whether a key was empty
        self._prefix = prefix
        self._keys: dict[str, None] = {}
        self._parts: list[Part] = []
        self._writer: pq.ParquetWriter | None = None
        self._rows = 0  # in the file being written
        self._waiting: list[dict[str, str]] = []
        self._bytes = 0

    def add(self, row: dict[str, str]) -> None:
        """One more row."""
        if "" in row:
            self.unnamed = True
            del row[""]
        if not row.keys() <= self._keys.keys():
            self._finish()
            self._keys |= dict.fromkeys(row)
        self._waiting.append(row)
        self._bytes += sum(map(len, row.values()))
        if len(self._waiting) >= _ROWS or self._bytes >= _BYTES:
            self._flush()

    def close(self) -> list[Part]:
        """The files, all rows written."""
        self._finish()
        return self._parts

    def _finish(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._parts.append(Part(self._place, self._rows, tuple(self._keys)))
            self._rows = 0

    def _flush(self) -> None:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415

        if not self._waiting:
            return
        texts = ([row.get(key, "null") for row in self._waiting] for key in self._keys)
        columns = [pa.array([None if text == "null" else text for text in column], pa.string()) for column in texts]
        columns.append(pa.nulls(len(self._waiting), pa.bool_()))  # rows without keys are rows
        batch = pa.record_batch(columns, names=[*self._keys, "__dq_row"])
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._place, batch.schema)
        self._writer.write_batch(batch)
        self._rows += len(self._waiting)
        self._waiting = []
        self._bytes = 0

    @property
    def _place(self) -> str:
        return f"{self._prefix}-{len(self._parts)}.parquet"


def spool_lines(file: Text, spool: Spool, malformed: Malformed) -> None:
    """Each line of *file* is an object, or malformed."""
    for number, line in lines(file):
        if not line.strip(b" \t\r\n"):
            continue
        try:
            spool.add(whole(bare(line).decode()))
        except UnicodeDecodeError:
            malformed.add(file.path, number, file.raw(bare(line)), f"not {file.encoding.upper()}")
        except Unreadable as why:
            malformed.add(file.path, number, file.raw(bare(line)), str(why))


def spool_array(file: Text, spool: Spool, malformed: Malformed) -> None:
    """
    Each element of the array that *file* is must be an object, else it is malformed.

    Raises:
        SourceError: it is no JSON array from its first byte to its last; nothing behind the fault could be trusted.
    """
    with file.stream() as stream:
        source = _Characters(stream, file)
        source.skip("[")
        closed = source.peek() == "]"
        while not closed:
            item, text, line = source.value()
            if item is None:
                malformed.add(file.path, line, file.raw(text[1].encode()), text[0])
            else:
                spool.add(item)
            closed = source.peek() == "]"
            if not closed:
                source.skip(",")
        source.skip("]")
        if source.peek():
            source.fail("text after the closing ']'")


class _Characters:
    """The text of a stream, a part at a time."""

    def __init__(self, stream: Readable, file: Text) -> None:
        self._stream = stream
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._line = 1
        self._last = False

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        while True:
            self._at = blank(self._text, self._at)
            if self._at < len(self._text) or self._last:
                return self._text[self._at : self._at + 1]
            self._more()

    def skip(self, expected: str) -> None:
        """Go over *expected*."""
        if self.peek() != expected:
            self.fail(f"expected '{expected}'")
        self._at += 1

    def value(self) -> tuple[dict[str, str] | None, tuple[str, str], int]:
        """The next value: its members, or its problem and text; and its line."""
        self.peek()
        while True:
            try:
                item = value(self._text, self._at)
            except Unreadable as why:
                if self._last or not why.cut:
                    self._at = why.at
                    self.fail(str(why).removeprefix("not JSON: "))
            else:
                if self._last or blank(self._text, item.end) < len(self._text):
                    break
            if len(self._text) > _LONGEST:
                self.fail(f"a value is longer than {_LONGEST >> 20} million characters")
            self._more()
        text, line = self._text[item.start : item.end], self._line + self._text.count("\n", 0, item.start)
        self._at = item.end
        return item.members, (item.problem, text), line

    def fail(self, why: str) -> None:
        """Raise: there is no going on."""
        line = self._line + self._text.count("\n", 0, self._at)
        raise SourceError(
            f"not a JSON array: {why}", f"{self._file.path}:{line}", "write the file again, or as one object per line"
        )

    def _more(self) -> None:
        self._line += self._text.count("\n", 0, self._at)
        self._text, self._at = self._text[self._at :], 0
        data = self._stream.read(max(_READ, len(self._text)))
        self._last = not data
        try:
            self._text += self._decoder.decode(data, self._last)
        except UnicodeDecodeError:
            self.fail(f"not {self._file.encoding.upper()}")


def lines(file: Text) -> Iterator[tuple[int, bytes]]:
    """Number and bytes of each line, with its line end, without a byte order mark."""
    rest = b""
    number = 0
    with file.stream() as stream:
        while data := stream.read(max(len(rest), _READ)):
            *found, rest = (rest + data).split(b"\n")
            for line in found:
                number += 1
                yield number, (line.removeprefix(codecs.BOM_UTF8) if number == 1 else line) + b"\n"
            if len(rest) > _LONGEST:
                raise SourceError(
                    f"a line is longer than {_LONGEST >> 20} MB", f"{file.path}:{number + 1}", "is it one object per line?"
                )
    if rest:
        yield number + 1, rest.removeprefix(codecs.BOM_UTF8) if not number else rest


def bare(line: bytes) -> bytes:
    """*line* without its line end."""
    return line.removesuffix(b"\n").removesuffix(b"\r")
