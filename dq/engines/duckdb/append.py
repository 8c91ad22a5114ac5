"""A file with the rows of another, and then more: how rows land beside what is there already."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dq.engines.duckdb.connection import Connection
from dq.errors import EngineError
from dq.source import Format

if TYPE_CHECKING:
    import pyarrow as pa

Rows = Callable[[], "Iterator[pa.RecordBatch]"]
TYPE = b"dq.type"  # in the metadata of a field: the type as DuckDB names it, where Arrow has no word for it
_MORE = "__dq_more"


def append(connection: Connection, rows: Rows, path: str, file_format: Format, *, facts: Mapping[str, str], before: str) -> int:
    """
    Write to *path* what *before* holds ("": nothing) and then *rows*, *facts* in the footer; how many rows were added.

    *rows* have the columns of *before*, and values that its types hold. A text file is copied byte by byte.

    Raises:
        EngineError: the columns are others. OSError: it cannot be written.
    """
    batches = rows()
    first = next(batches, None)
    if first is None:
        raise EngineError("there is no row to add", path, "")
    counted = _Counted(first, batches)
    connection.raw.register(_MORE, counted.reader)
    types = {item.name: _type(item) for item in first.schema}
    if file_format is Format.PARQUET:
        _parquet(connection, types, path, facts, before)
    else:
        _text(connection, types, path, file_format, before)
    return counted.rows


class _Counted:
    """Batches as one reader, and how many rows passed."""

    def __init__(self, first: pa.RecordBatch, more: Iterator[pa.RecordBatch]) -> None:
        import pyarrow as pa  # noqa: PLC0415

        self.rows = 0
        self.reader = pa.RecordBatchReader.from_batches(first.schema, self._all(first, more))

    def _all(self, first: pa.RecordBatch, more: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in (first, *more):
            self.rows += batch.num_rows
            yield batch


def _type(field: pa.Field) -> str | None:
    found = (field.metadata or {}).get(TYPE)
    return found.decode() if found else None


def _parquet(connection: Connection, types: Mapping[str, str | None], path: str, facts: Mapping[str, str], before: str) -> None:
    pairs = ", ".join(f"{name(key)}: {text(value)}" for key, value in facts.items())
    old = f"SELECT * FROM {scan(before, Format.PARQUET)}" if before else ""
    wanted = types_of(connection, old) if before else types
    _alike(types, wanted, before)
    listed = ", ".join(f"CAST({name(key)} AS {kind}) AS {name(key)}" if kind else name(key) for key, kind in wanted.items())
    new = f"SELECT {listed} FROM {_MORE}"
    both = f"{old} UNION ALL {new}" if old else new
    connection.run(f"COPY ({both}) TO {text(path)} (FORMAT parquet, PARQUET_VERSION v2, KV_METADATA {{{pairs}}})")


def _text(connection: Connection, types: Mapping[str, str | None], path: str, file_format: Format, before: str) -> None:
    more = Path(f"{path}.more")
    names = list(types)
    if before and file_format is Format.CSV:
        names = list(types_of(connection, f"SELECT * FROM {scan(before, file_format)}"))
        _alike(types, dict.fromkeys(names), before)
    listed = ", ".join(f"CAST({name(key)} AS {types[key]}) AS {name(key)}" if types[key] else name(key) for key in names)
    options = "FORMAT json" if file_format is Format.JSON else f"FORMAT csv, HEADER {str(not before).lower()}"
    try:
        connection.run(f"COPY (SELECT {listed} FROM {_MORE}) TO {text(str(more))} ({options})")
        with Path(path).open("wb") as into:
            for part in (before, str(more)) if before else (str(more),):
                with Path(part).open("rb") as file:
                    shutil.copyfileobj(file, into, 4 << 20)
    finally:
        more.unlink(missing_ok=True)


def _alike(types: Mapping[str, object], wanted: Mapping[str, object], place: str) -> None:
    if types.keys() != wanted.keys():
        other = min(types.keys() ^ wanted.keys())
        raise EngineError(f"column '{other}' is not in both", place, "enforce the key again: its file has other columns by now")


def scan(path: str, file_format: Format, types: Mapping[str, str] | None = None) -> str:
    """A published file as a table; text columns of CSV as they are written, those of JSON as *types*."""
    if file_format is Format.PARQUET:
        return f"read_parquet({text(path)}, hive_partitioning = false, can_have_nan = true)"
    if file_format is Format.CSV:
        listed = ", ".join(f"{text(key)}: 'VARCHAR'" for key in _header(path))
        fixed = "auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', max_line_size = 67108864"
        return f"read_csv({text(path)}, {fixed}, columns = {{{listed}}}, allow_quoted_nulls = false, hive_partitioning = false)"
    listed = ", ".join(f"{text(key)}: {text(kind)}" for key, kind in (types or {}).items())
    return f"read_json({text(path)}, format = 'newline_delimited', columns = {{{listed}}}, hive_partitioning = false)"


def _header(path: str) -> list[str]:
    """The names of the columns of a CSV file that dq wrote, or somebody edited."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file), [])


def types_of(connection: Connection, select: str) -> dict[str, str]:
    """The columns of a SELECT, and their types."""
    return {row[0]: row[1] for row in connection.run(f"DESCRIBE {select}")}


def name(word: str) -> str:
    """*word* as a quoted name."""
    return '"' + word.replace('"', '""') + '"'


def text(value: str) -> str:
    """*value* as a string literal."""
    return "'" + value.replace("'", "''") + "'"
