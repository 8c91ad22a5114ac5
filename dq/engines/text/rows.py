"""Text files as one relation of a DuckDB connection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.errors import SourceError
from dq.sql import ROW_NO

if TYPE_CHECKING:
    import pyarrow as pa

ORIGIN = "__dq_source"  # the column that names the file a row is from
OWN = (ROW_NO, ORIGIN, "__dq_raw")


@dataclass(frozen=True, slots=True)
class TextRows:
    """
    What text files hold.

    *select* gives the readable rows: every column VARCHAR (CSV) or JSON (JSON lines), `__dq_row_no` (0 to *rows* - 1, in
    the order of files and records, the same on every scan) and `__dq_source`. Whoever runs it compares its count with *rows*:
    two readers, one number. *malformed* holds the other records: `__dq_row_no` (from *rows* on), `__dq_source`, `line` (physical,
    from 1), `__dq_raw` (exact bytes, without the line end), `problem`; it is mapped from disk. The connection must be allowed
    *files*.
    """

    select: str
    columns: Mapping[str, exp.DataType]
    malformed: pa.Table | None
    files: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One file to read: its *path* as given and the *place* where it is read (itself or its clean copy).

    *columns* are the known names and the SQL for each, in order; *reader* and *options* make DuckDB's scan.
    """

    path: str
    place: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    reader: str
    options: str = ""


class Columns:
    """The union of columns by name, in order of first appearance. Names that differ only in the case of A–Z are one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def add(self, name: str, path: str) -> str:
        """
        The name under which *name* is known.

        Raises:
            SourceError: dq or DuckDB cannot take the name.
        """
        if folded(name) in OWN:
            raise SourceError(f"column '{name}' is a name that dq uses", path, "rename it")
        if "\0" in name:
            raise SourceError(f"column {name!r} has a zero byte in its name", path, "look at the file: is it text?")
        return self._names.setdefault(folded(name), name)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self._names.values())


def folded(name: str) -> str:
    """*name* as DuckDB compares names: letters A–Z small."""
    return "".join(character.lower() if "A" <= character <= "Z" else character for character in name)


def union(pieces: Iterable[Piece], names: Iterable[str], kind: str) -> str:
    """The SELECT over all *pieces*: columns *names* of type *kind*, null where a piece has none; rows numbered through."""
    first = 0
    branches = []
    for run in _runs(pieces):
        branches.append(_branch(run, names, kind, first))
        first += sum(piece.rows for piece in run)
    if not branches:
        nothing = [f"NULL::{kind} AS {name(column)}" for column in names]
        return f"SELECT {', '.join([*nothing, f'0::BIGINT AS {ROW_NO}', f'NULL::VARCHAR AS {ORIGIN}'])} WHERE false"
    return " UNION ALL ".join(branches)


def _runs(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Neighbours that one scan can read."""
    found: list[list[Piece]] = []
    for piece in pieces:
        like = found[-1][0] if found else None
        if like and (like.columns, like.reader, like.options) == (piece.columns, piece.reader, piece.options):
            found[-1].append(piece)
        else:
            found.append([piece])
    return found


def _branch(pieces: list[Piece], names: Iterable[str], kind: str, first: int) -> str:
    has = dict(pieces[0].columns)
    listed = [f"{has.get(column, f'NULL::{kind}')} AS {name(column)}" for column in names]
    origin = (
        literal(pieces[0].path)
        if len(pieces) == 1
        else f"([{', '.join(literal(item.path) for item in pieces)}])[file_index::BIGINT + 1]"
    )
    number = f"(row_number() OVER () + {first - 1})::BIGINT AS {ROW_NO}"
    options = f", {pieces[0].options}" if pieces[0].options else ""
    scan = f"{pieces[0].reader}([{', '.join(literal(piece.place) for piece in pieces)}]{options})"
    return f"SELECT {', '.join([*listed, number, f'{origin} AS {ORIGIN}'])} FROM {scan}"


def name(text: str) -> str:
    """*text* as a quoted name."""
    return '"' + text.replace('"', '""') + '"'


def literal(text: str) -> str:
    """*text* as a string literal."""
    return "'" + text.replace("'", "''") + "'"
