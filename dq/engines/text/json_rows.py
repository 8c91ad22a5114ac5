"""JSON lines: one or many files, plain or packed; also files that are one array of objects."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from dq.engines.text.kept import Kept
from dq.engines.text.malformed import Malformed
from dq.engines.text.objects import Unreadable, whole
from dq.engines.text.rows import OWN, Columns, Piece, TextRows, branch, folded, literal, name, runs
from dq.engines.text.spool import Spool, bare, lines, spool_array, spool_lines
from dq.engines.text.streams import BOM, Opener, Text, local, text
from dq.errors import SourceError
from dq.source import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_KEYS = 2000
_BLANKS = b" \t\r\n"
# Numbers of sixteen digits and more, which a double may not hold.
_LONG = r"[:,\[]\s*(-?(?:[0-9]{16,}(?:\.[0-9]*)?|" + "|".join(f"[0-9]{{{n}}}\\.[0-9]{{{16 - n},}}" for n in range(1, 16)) + r")(?:[eE][-+]?[0-9]+)?)"
_ROUNDED = (
    f"len(list_filter(regexp_extract_all(json::VARCHAR, '{_LONG}', 1), "
    r"lambda x: NOT regexp_full_match(x, '-?[0-9]+') AND try_cast(x AS DOUBLE)::VARCHAR IS DISTINCT FROM x)) > 0"
)
_BROKEN = "json IS NULL OR json_type(json) <> 'OBJECT' OR regexp_matches(json::VARCHAR, ',\\s*[\\]}]')"
_DOUBLED = "len(list_distinct(keys)) <> len(keys)"


@dataclass(frozen=True, slots=True)
class _Seen:
    """What DuckDB makes of the lines of a file: objects and others, keys, whether some must be looked at, or read without rounding."""

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

    A key that is absent or null is null; numbers keep their digits. A column is a key that occurs (in an empty dataset: *wanted*).
    A line that is no object, or has a key twice, is malformed; blank lines are skipped.

    Raises:
        SourceError: a file is empty or not text, an array is broken, two keys differ only in case.
        UsageError: the encoding is unknown.
        WorldError: a file cannot be read, or *spill* cannot be written.
    """
    folder = Path(tempfile.mkdtemp(prefix="json-", dir=spill))
    opened = _Opened(con, folder, Malformed(folder / "malformed.arrow"))
    pieces: list[Piece] = []
    for number, path in enumerate(paths):
        pieces += opened.read(text(path, reading.encoding, opener), number)
    rows = sum(piece.rows for piece in pieces)
    columns = _columns(pieces, wanted if not rows else (), opened.notes)
    return TextRows(
        _select(pieces, columns),
        {column: exp.DataType.build("json") for column in columns},
        opened.malformed.table(rows),
        tuple(piece.place for piece in pieces),
        tuple(dict.fromkeys(opened.notes)),
        rows,
    )


class _Opened:
    """Reads files one after the other."""

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, malformed: Malformed) -> None:
        self.malformed = malformed
        self.notes: list[str] = []
        self._con = con
        self._folder = folder

    def read(self, file: Text, number: int) -> list[Piece]:
        """The pieces that *file* is read from."""
        first = _first(file)
        if first == b"[":
            return self._spool(file, number, spool_array)
        place = self._readable(file, number)
        seen = self._look(place)
        if seen is None or seen.rounded:
            return self._spool(file, number, spool_lines)
        rows = seen.lines
        if seen.odd:
            odd = self._odd(place)
            kept = Kept(replace(file, path=place) if place != file.path else file, self._folder / f"{number}-clean.json")
            rows -= self._cut(file, odd, kept)
            place = str(kept.close() or place)
        if "" in seen.keys:
            self.notes.append(f"{file.path}: a key without a name is not read")
        return [Piece(file.path, place, rows, tuple(key for key in seen.keys if key))]
