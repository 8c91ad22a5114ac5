"""JSON lines: one or many files, plain or packed; also files that are one array of objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from sqlglot import exp

from dq.engines.text.kept import spilling
from dq.engines.text.malformed import Malformed
from dq.engines.text.objects import Unreadable, whole
from dq.engines.text.rows import Columns, Piece, TextRows, literal, name, union
from dq.engines.text.spool import Spool, bare, lines, spool_array, spool_lines
from dq.engines.text.streams import BOM, Opener, Packing, Text, local, text
from dq.errors import SourceError, WorldError
from dq.source import Reading

_MOST_KEYS = 2000
_FIRST = 1000  # objects whose keys tell the order of columns
_BLOCK = 1 << 20
_FETCH = 10_000
_BLANKS = b" \t\r\n"

# Sixteen digits and more, which a double may not hold; whole numbers are kept as they are.
_POINTED = "|".join(f"[0-9]{{{n}}}\\.[0-9]{{{16 - n},}}" for n in range(1, 16))
_LONG = f"[:,\\[]\\s*(-?(?:(?:[0-9]{{16,}}\\.[0-9]*|{_POINTED})(?:[eE][-+]?[0-9]+)?|[0-9]{{16,}}[eE][-+]?[0-9]+))"
_ROUNDED = (
    "CASE WHEN regexp_matches(json::VARCHAR, '[0-9.]{17}') THEN len(list_filter("
    f"regexp_extract_all(json::VARCHAR, '{_LONG}', 1), lambda x: try_cast(x AS DOUBLE)::VARCHAR IS DISTINCT FROM x"
    ")) > 0 ELSE false END"
)
_ODD = "json IS NULL OR json_type(json) <> 'OBJECT' OR regexp_matches(json::VARCHAR, ',\\s*[\\]}]')"
_DOUBLED = "len(list_distinct({keys})) <> len({keys})"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where DuckDB reads a file, and how it is packed."""

    path: str
    packing: Packing = Packing.NONE

    @property
    def option(self) -> str:
        """What DuckDB is told of the packing."""
        return f"compression = {literal(self.packing)}"

    @property
    def objects(self) -> str:
        """A scan of its lines that are not blank; null for what is not JSON."""
        return f"read_ndjson_objects([{literal(self.path)}], ignore_errors = true, {self.option})"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What DuckDB makes of a file: its *lines* that are not blank, how many are *odd*, whether a number would be *rounded*."""

    lines: int
    odd: int
    rounded: bool
    keys: tuple[str, ...]


def open_json(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[str],
    reading: Reading,
    *,
    spill: Path,
    wanted: Sequence[str],
    opener: Opener = local,
) -> TextRows:
    """
    The rows of JSON lines *paths*, united by key; a file that begins with `[` is read as one array of objects.

    A key that is absent or null is null; numbers keep their digits. Columns are the keys that occur; where there is no row,
    *wanted*. A line that is no object, or has a key twice, is malformed; blank lines are skipped, an empty file has no rows.
    *opener* opens URLs.

    Raises:
        SourceError: a file is not text, an array is broken, two keys differ only in case.
        UsageError: the encoding is unknown.
        WorldError: a file cannot be read, or *spill* cannot be written.
    """
    with spilling(spill, "json") as folder:
        reader = _Reader(con, folder)
        files = [text(path, reading.encoding, opener) for path in paths]
        pieces = [piece for number, file in enumerate(files) for piece in reader.read(file, number)]
        rows = sum(piece.rows for piece in pieces)
        bad = reader.malformed.table(rows)
    columns = reader.columns.names if rows else tuple(dict.fromkeys((*wanted, *reader.columns.names)))
    return TextRows(
        union(pieces, columns, "JSON"),
        {column: exp.DataType.build("json") for column in columns},
        bad,
        tuple(piece.place for piece in pieces),
        tuple(dict.fromkeys(reader.notes)),
        rows,
    )


class _Reader:
    """Reads files one after the other; what it learns of all of them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.columns = Columns()
        self.malformed = Malformed(folder / "malformed.arrow")
        self.notes: list[str] = []
        self._con = con
        self._folder = folder

    def read(self, file: Text, number: int) -> list[Piece]:
        """The pieces that *file* is read from."""
        start, mark = _start(file)
        if not start:
            self.notes.append(f"{file.path}: the file is empty")
            return []
        if start in (b"[{", b"[]"):
            return self._spooled(file, number, spool_array)
        place = _Place(file.path, file.packing) if file.plain and not mark else self._copied(file, number)
        seen = self._look(place)
        if seen is None or seen.rounded:
            return self._spooled(file, number, spool_lines)
        rows = seen.lines
        if seen.odd:
            place, rows = self._cut(file, place, self._folder / f"{number}-clean.json")
            seen = self._look(place)
        if not rows:
            self.notes.append(f"{file.path}: no line is a JSON object; is it one object a line?")
        if seen is None or seen.lines != rows:
            raise SourceError("two ways of reading disagree on its lines", file.path, "please report this file as a fault of dq")
        return [self._piece(file, place, rows, seen.keys)]

    def _piece(self, file: Text, place: _Place, rows: int, keys: tuple[str, ...]) -> Piece:
        if "" in keys:
            self.notes.append(f"{file.path}: a key without a name is not read")
        named = [key for key in keys if key]
        columns = tuple((self._add(key, named, file.path), name(key)) for key in named)
        if not columns:
            return Piece(file.path, place.path, rows, (), "read_ndjson_objects", place.option)
        listed = ", ".join(f"{literal(key)}: 'JSON'" for key in named)
        options = f"columns = {{{listed}}}, records = true, {place.option}"
        return Piece(file.path, place.path, rows, columns, "read_ndjson", options)

    def _add(self, key: str, keys: Sequence[str], path: str) -> str:
        known = self.columns.add(key, path)
        if known != key and known in keys:
            raise SourceError(f"keys '{known}' and '{key}' differ only in case", path, "give each a name of its own")
        return known

    def _copied(self, file: Text, number: int) -> _Place:
        """A plain UTF-8 copy without a byte order mark."""
        place = self._folder / f"{number}.json"
        with place.open("wb") as copy, file.stream() as stream:
            copy.write(stream.read(_BLOCK).removeprefix(BOM))
            while data := stream.read(_BLOCK):
                copy.write(data)
        return _Place(str(place))

    def _look(self, place: _Place) -> _Seen | None:
        """One scan by DuckDB; None when it cannot."""
        objects = place.objects
        grouped = (
            f"SELECT json_keys(json) AS keys, {_ODD} AS odd, {_ROUNDED} AS rounded, count(*) AS n FROM {objects} GROUP BY ALL"
        )
        try:
            self._con.execute(f"CREATE OR REPLACE TEMP TABLE __dq_keys AS {grouped}")
            odd = f"sum(n) FILTER (odd OR {_DOUBLED.format(keys='keys')})"
            counts = f"SELECT coalesce(sum(n), 0)::BIGINT, coalesce({odd}, 0)::BIGINT, coalesce(bool_or(rounded), false)"
            lines, strange, rounded = self._con.execute(f"{counts} FROM __dq_keys").fetchall()[0]
            first = self._con.execute(f"SELECT json_keys(json) FROM {objects} LIMIT {_FIRST}").fetchall()
            every = self._con.execute(
                f"SELECT DISTINCT unnest(keys) AS key FROM __dq_keys ORDER BY 1 LIMIT {_MOST_KEYS + 1}"
            ).fetchall()
            self._con.execute("DROP TABLE __dq_keys")
        except duckdb.OutOfMemoryException as error:
            raise WorldError("not enough memory to look at the keys", place.path, "raise memory_limit") from error
        except duckdb.Error:
            return None
        if len(every) > _MOST_KEYS:
            raise SourceError(f"more than {_MOST_KEYS} different keys", place.path, "they look like data: write them as values")
        ordered = dict.fromkeys(key for (keys,) in first for key in keys or ())
        return _Seen(lines, strange, rounded, tuple(ordered | dict.fromkeys(key for (key,) in every)))

    def _cut(self, file: Text, place: _Place, clean: Path) -> tuple[_Place, int]:
        """A copy of *file* without its malformed lines, and the number of its lines."""
        odd_or_doubled = f"{_ODD} OR {_DOUBLED.format(keys='json_keys(json)')}"
        numbered = f"SELECT json IS NULL AS unread, {odd_or_doubled} AS odd, row_number() OVER () AS n FROM {place.objects}"
        found = self._con.execute(f"SELECT n, unread FROM ({numbered}) WHERE odd ORDER BY n")
        waiting = _fetched(found)
        next_odd, unread = next(waiting)
        count = kept = 0
        with clean.open("wb") as copy:
            for number, line in lines(file):
                if not line.strip(_BLANKS):
                    continue
                count += 1
                if count == next_odd:
                    problem = _problem(file, line, unread=unread)
                    next_odd, unread = next(waiting)
                    if problem:
                        self.malformed.add(file.path, number, file.raw(bare(line)), problem)
                        continue
                kept += 1
                copy.write(line)
        return _Place(str(clean)), kept

    def _spooled(self, file: Text, number: int, read: Callable[[Text, Spool, Malformed], None]) -> list[Piece]:
        spool = Spool(self._folder / str(number))
        read(file, spool, self.malformed)
        parts = spool.close()
        if spool.unnamed:
            self.notes.append(f"{file.path}: a key without a name is not read")
        return [
            Piece(
                file.path,
                part.place,
                part.rows,
                tuple((self._add(key, part.keys, file.path), f"{name(key)}::JSON") for key in part.keys),
                "read_parquet",
            )
            for part in parts
        ]


def _start(file: Text) -> tuple[bytes, bool]:
    """The first two bytes that are no blanks, and whether there is a byte order mark."""
    found = b""
    with file.stream() as stream:
        data = stream.read(_BLOCK)
        mark = data.startswith(BOM)
        data = data.removeprefix(BOM)
        while data and len(found) < 2:
            found += data.translate(None, _BLANKS)[:2]
            data = stream.read(_BLOCK)
    return found[:2], mark


def _problem(file: Text, line: bytes, *, unread: bool) -> str:
    """What is wrong with a line; empty when nothing is."""
    try:
        whole(bare(line).decode())
    except UnicodeDecodeError:
        return f"not {file.encoding.upper()}"
    except Unreadable as why:
        return str(why)
    return "not JSON that can be read" if unread else ""


def _fetched(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, bool]]:
    """The rows of a result, a part at a time; at last one that is none."""
    while rows := found.fetchmany(_FETCH):
        yield from rows
    yield 0, False
