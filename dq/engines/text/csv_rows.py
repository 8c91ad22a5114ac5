"""Delimited text: one or many files, plain or packed, in a declared dialect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from dq.engines.text.kept import spilling
from dq.engines.text.malformed import Malformed
from dq.engines.text.records import Grammar
from dq.engines.text.rows import Columns, Piece, TextRows, folded, literal, union
from dq.engines.text.split import Found, split
from dq.engines.text.streams import Opener, Text, local, text
from dq.errors import SourceError, UsageError
from dq.source import Reading

if TYPE_CHECKING:
    import duckdb

_DEFAULT_LINE = 2_000_000  # DuckDB's own bound
_CANDIDATES = {";": "';'", "\t": "'\\t'", "|": "'|'", ",": "','", ":": "':'"}


def open_csv(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[str],
    reading: Reading,
    *,
    spill: Path,
    wanted: Sequence[str] | None,
    opener: Opener = local,
) -> TextRows:
    """
    The rows of delimited text *paths*, united by column name.

    An empty unquoted field is null, an empty quoted one is ''. Blank lines are skipped; in a file of one column they are rows
    with null. A column without a name in the header is called `column_3` after its position. Without a header the columns are
    *wanted*, in order. Files that are not clean are copied to *spill* without their malformed records. *opener* opens URLs.

    Raises:
        SourceError: a file is empty or not text, its header cannot be read, has a name twice, or hints at another delimiter.
        UsageError: the dialect makes no sense.
        WorldError: a file cannot be read, or *spill* cannot be written.
    """
    del con  # nothing is read here that the connection would have to read
    grammar = _grammar(reading, wanted)
    columns = Columns()
    notes: list[str] = []
    pieces = []
    with spilling(spill, "csv") as folder:
        malformed = Malformed(folder / "malformed.arrow")
        for number, path in enumerate(paths):
            file = text(path, reading.encoding, opener)
            found = split(file, grammar, header=reading.header, copy=folder / f"{number}.csv", malformed=malformed)
            names = _names(found, reading, path, wanted, notes)
            known = tuple((columns.add(item, path), f"c{position}") for position, item in enumerate(names))
            pieces.append(Piece(path, str(found.copy or path), found.rows, known, "read_csv", _options(reading, found, file)))
        rows = sum(piece.rows for piece in pieces)
        bad = malformed.table(rows)
    return TextRows(
        union(pieces, columns.names, "VARCHAR"),
        {item: exp.DataType.build("varchar") for item in columns.names},
        bad,
        tuple(piece.place for piece in pieces),
        tuple(dict.fromkeys(notes)),
        rows,
    )


def _grammar(reading: Reading, wanted: Sequence[str] | None) -> Grammar:
    delimiter, quote = reading.delimiter.encode(), reading.quote.encode()
    if not 1 <= len(delimiter) <= 4 or set(reading.delimiter) & set("\r\n\0"):
        raise UsageError(f"delimiter {reading.delimiter!r} is not one to four bytes of text", "", "say --delimiter ';'")
    if len(quote) > 1 or quote in (b"\r", b"\n", b"\0") or (quote and quote in delimiter):
        raise UsageError(f"quote {reading.quote!r} is not one ASCII character other than the delimiter", "", "say --quote '\"'")
    if not reading.header and not wanted:
        raise UsageError(
            "a file without a header needs the names of its columns", "", "list the columns in the contract's schema"
        )
    return Grammar(delimiter, quote, b"\n", 2 if reading.header else len(wanted or ()))


def _names(found: Found, reading: Reading, path: str, wanted: Sequence[str] | None, notes: list[str]) -> tuple[str, ...]:
    """Column names by header or position; complaints about them."""
    if not reading.header:
        return tuple(wanted or ())
    names = []
    for position, given in enumerate(found.header, 1):
        names.append(given or f"column_{position}")
        if not given:
            notes.append(f"{path}: column {position} has no name in the header; it is called column_{position}")
        elif given != given.strip():
            notes.append(f"{path}: the name of column {given!r} begins or ends with a blank")
    seen: dict[str, str] = {}
    for item in names:
        if (before := seen.setdefault(folded(item), item)) is not item or names.count(item) > 1:
            what = (
                f"two columns are called '{item}'" if before == item else f"columns '{before}' and '{item}' differ only in case"
            )
            raise SourceError(what, path, "give each column a name of its own in the header")
    if len(names) == 1:
        _suspect(names[0], reading, path, wanted)
    return tuple(names)


def _suspect(header: str, reading: Reading, path: str, wanted: Sequence[str] | None) -> None:
    """A single column whose name holds the names of columns hints at another delimiter."""
    known = {folded(item) for item in wanted or ()}
    for candidate, said in _CANDIDATES.items():
        parts = {folded(part.strip().strip('"')) for part in header.split(candidate)}
        if candidate != reading.delimiter and len(parts) > 1 and (parts & known if known else candidate == ";"):
            what = f"the header is one column, {header[:80]!r}"
            raise SourceError(what, path, f"its names seem to be divided by {said}: say --delimiter {said}")


def _options(reading: Reading, found: Found, file: Text) -> str:
    """What DuckDB is told beside the files: everything, so that it guesses nothing."""
    listed = ", ".join(f"c{position}: 'VARCHAR'" for position in range(found.fields))
    options = {
        "columns": f"{{{listed}}}",
        "auto_detect": "false",
        "compression": literal("none" if found.copy else file.packing),
        "header": str(reading.header).lower(),
        "delim": literal(reading.delimiter),
        "quote": literal(reading.quote),
        "escape": literal(reading.quote),
        "new_line": literal(
            found.newline.decode().replace("\r", "\\r").replace("\n", "\\n")
        ),  # else the first one, even if quoted
        "allow_quoted_nulls": "false",
    }
    if found.longest >= _DEFAULT_LINE:
        options["max_line_size"] = str(found.longest + 1024)
    return ", ".join(f"{key} = {value}" for key, value in options.items())
