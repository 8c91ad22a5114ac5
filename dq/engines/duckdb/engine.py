"""Opening: a frame or files become the table of rows under check, then the connection is locked."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from dq.engines.duckdb.again import LettersView
from dq.engines.duckdb.append import Rows, append
from dq.engines.duckdb.connection import Connection, lock, start, translated
from dq.engines.duckdb.files import Found, delta_files, find
from dq.engines.duckdb.letters import Letters, open_letters
from dq.engines.duckdb.shared import is_small, shared
from dq.engines.duckdb.view import DuckView
from dq.engines.model import Progress, View
from dq.errors import SourceError, UsageError
from dq.plan import Columns, Field
from dq.source import DeadLetters, Files, Format, Frame, Library, Other, Reading, Source, Table
from dq.sql import ROW_NO, reference

if TYPE_CHECKING:
    import pyarrow as pa

ORIGIN = "__dq_source"
_OWN = (ROW_NO, ORIGIN)
_Connected = tuple[Connection, Path, Callable[[Sequence[str]], None]]


@dataclass(frozen=True, slots=True)
class Opened:
    """A source as a SELECT: its columns, the row number, and the file a row is from."""

    name: str
    select: str
    columns: Columns
    malformed: pa.Table | None = None
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    records: bool = False
    readable: int | None = None  # rows of text that were told apart before; the engine must find as many
    watched: tuple[str, ...] = ()  # files that must not change while they are read
    shown: Mapping[str, str] = field(default_factory=dict)  # column -> type, as its owner knows it


@dataclass(frozen=True, slots=True)
class DuckDB:
    """The embedded engine. *memory_limit* as DuckDB writes it, *threads* 0 for all cores, *spill* "" for the system's folder."""

    memory_limit: str = "1GB"
    threads: int = 0
    spill: str = ""
    name: str = "duckdb"
    dialect: str = "duckdb"

    @contextmanager
    def open(
        self,
        source: Source,
        *,
        fields: tuple[Field, ...],
        reading: Reading | None,
        references: Mapping[str, Other],
        progress: Progress | None = None,
        writable: tuple[str, ...] = (),
    ) -> Iterator[View]:
        """A view of a frame or files; see `Engine.open`."""
        if not writable and is_small((source, *(other.source for other in references.values()))):
            connected = self._shared(progress)
        else:
            connected = self._alone(progress, writable)
        with connected as (connection, folder, locked):
            opener = _Opener(connection, folder)
            letters = None
            if isinstance(source, DeadLetters):
                letters = open_letters(connection, source, fields, folder)
                opened = _of(source, letters)
            else:
                opened = opener.open(_readable(source, ""), "", fields, reading)
            others = {
                name: opener.open(
                    _readable(other.source, name), name, tuple(Field(column, column) for column in other.columns), None
                )
                for name, other in references.items()
            }
            _create(connection, opened.select, "__dq_base")
            for name, other in others.items():
                _create(connection, other.select, reference(name).name)
            locked([path for item in (opened, *others.values()) for path in item.files])
            watched = tuple(path for item in (opened, *others.values()) for path in item.watched)
            columns = {name: item.columns for name, item in others.items()}
            unwatched = tuple(name for name, item in others.items() if not item.watched)
            said = (connection, opened, columns, lambda: _stamps(watched), unwatched)
            yield LettersView(source, letters, *said) if letters and isinstance(source, DeadLetters) else DuckView(*said)

    def append(self, rows: Rows, path: str, file_format: Format, facts: Mapping[str, str], before: str) -> int:
        """
        Write to *path* what file *before* holds ("": nothing) and then *rows*; how many rows were added.

        Raises:
            EngineError: the columns are others. WorldError, OSError: it cannot be written.
        """
        with self._alone() as (connection, _, _):
            return append(connection, rows, path, file_format, facts=facts, before=before)

    @contextmanager
    def _alone(self, progress: Progress | None = None, writable: tuple[str, ...] = ()) -> Iterator[_Connected]:
        """An instance for this source alone, with a folder of its own, and what locks it."""
        folder = Path(tempfile.mkdtemp(prefix="dq-", dir=self.spill or None))
        try:
            connection = Connection(start(self.memory_limit, self.threads, folder), progress=progress)
            try:
                yield connection, folder, lambda files: lock(connection.raw, files, (str(folder), *writable))
            finally:
                connection.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _shared(self, progress: Progress | None) -> Iterator[_Connected]:
        """The instance of small frames, which is locked already, and needs no folder."""
        connection = shared(memory_limit=self.memory_limit, spill=self.spill, progress=progress)
        try:
            yield connection, Path(), lambda _: None
        finally:
            connection.close()


class _Opener:
    """Opens sources on one connection before it is locked."""

    def __init__(self, connection: Connection, folder: Path) -> None:
        self.connection, self.folder = connection, folder

    def open(self, source: Frame | Files, name: str, fields: tuple[Field, ...], reading: Reading | None) -> Opened:
        opened = self._frame(source, name, fields) if isinstance(source, Frame) else self._files(source, fields, reading)
        if taken := [column for column in opened.columns.types if column.lower().startswith("__dq_")]:
            raise SourceError(f"column '{taken[0]}': names that begin with __dq_ are dq's own", str(source), "rename it")
        return opened

    def _frame(self, frame: Frame, name: str, fields: tuple[Field, ...]) -> Opened:
        from dq.engines.frames import open_frame, spill_batches  # noqa: PLC0415  needs pyarrow

        if frame.library is Library.BATCHES:
            path = spill_batches(frame.data, self.folder)
            return replace(self._parquet(Found((str(path),), Format.PARQUET)), watched=())
        rows = open_frame(frame, [item.source for item in fields])
        table = f"__dq_frame_{name}"
        self.connection.raw.register(table, rows.relation)
        names = [column for column in rows.columns if column != ROW_NO]
        listed = ", ".join(
            f"{_name(column)}::JSON AS {_name(column)}" if column in rows.json else _name(column) for column in names
        )
        select = f"SELECT {listed}, {_name(ROW_NO)}, NULL::VARCHAR AS {ORIGIN} FROM {_name(table)}"
        return Opened(str(frame), select, Columns(self._types(select)), notes=rows.notes, shown=rows.columns)

    def _files(self, files: Files, fields: tuple[Field, ...], reading: Reading | None) -> Opened:
        found = find(files)
        if found.filesystem is not None:
            self.connection.raw.register_filesystem(found.filesystem)
        if found.format is Format.DELTA:
            folder = found.paths[0]
            found = Found(delta_files(folder), Format.PARQUET, hive=True)
        if found.format is Format.PARQUET:
            return self._parquet(found)
        return self._text(found, fields, files.reading or reading or Reading())

    def _parquet(self, found: Found) -> Opened:
        run = self.connection.raw.execute
        listed = ", ".join(_text(path) for path in found.paths)
        try:
            counts = run(f"SELECT file_name, num_rows FROM parquet_file_metadata([{listed}])").fetchall()
            options = "can_have_nan = true"
            if len(found.paths) > 1 and self._schemas_differ(listed):
                options += ", union_by_name = true"
            if found.hive:
                options += ", hive_partitioning = true, hive_types_autocast = false"
            scan = f"read_parquet([{listed}], {options})"
            offset = "file_row_number"
            if len(found.paths) > 1:
                rows = dict(counts)
                starts, total = [], 0
                for path in found.paths:
                    starts.append(total)
                    total += rows[path]
                offset = f"([{', '.join(map(str, starts))}]::BIGINT[])[file_index::BIGINT + 1] + file_row_number"
            select = f"SELECT *, ({offset})::BIGINT AS {ROW_NO}, filename AS {ORIGIN} FROM {scan}"
            self._names_differ(found.paths[0])
            types = self._types(select)
        except duckdb.Error as error:
            raise translated(error) from error
        local = found.paths if found.filesystem is None else ()
        return Opened(found.paths[0], select, Columns(types), files=found.paths, watched=local)

    def _names_differ(self, path: str) -> None:
        """Refuse columns that differ only in case, which DuckDB would rename."""
        nodes = iter(self.connection.raw.execute(f"SELECT name, num_children FROM parquet_schema({_text(path)})").fetchall())
        seen: dict[str, str] = {}
        for _ in range(next(nodes)[1] or 0):
            name, inside = next(nodes)
            while inside:  # the parts of a nested column come after it
                inside += (next(nodes)[1] or 0) - 1
            if (other := seen.setdefault(name.lower(), name)) != name:
                raise SourceError(
                    f"columns '{other}' and '{name}' are one name", path, "case does not tell names apart; rename one"
                )

    def _schemas_differ(self, listed: str) -> bool:
        sql = (
            "SELECT count(DISTINCT s) FROM "
            "(SELECT file_name, list((name, type, converted_type, logical_type)::VARCHAR ORDER BY 1) AS s "
            f"FROM parquet_schema([{listed}]) WHERE num_children IS NULL GROUP BY file_name)"
        )
        row = self.connection.raw.execute(sql).fetchone()
        self.connection.raw.fetchall()
        return bool(row and row[0] > 1)

    def _text(self, found: Found, fields: tuple[Field, ...], reading: Reading) -> Opened:
        from dq.engines import text  # noqa: PLC0415  needs pyarrow
        from dq.engines.text import streams  # noqa: PLC0415

        wanted = [item.source for item in fields]
        remote = found.filesystem
        opener = streams.local if remote is None else lambda path: remote.open(path, "rb")
        if found.format is Format.CSV:
            if reading == Reading() and all(path.lower().partition(".tsv")[1] for path in found.paths):
                reading = replace(reading, delimiter="\t")
            rows = text.open_csv(self.connection.raw, found.paths, reading, spill=self.folder, wanted=wanted, opener=opener)
        else:
            rows = text.open_json(self.connection.raw, found.paths, reading, spill=self.folder, wanted=wanted, opener=opener)
        is_csv = found.format is Format.CSV
        local = found.paths if found.filesystem is None else ()
        return Opened(
            found.paths[0],
            rows.select,
            Columns(rows.columns, reading if is_csv else None),
            rows.malformed,
            tuple(dict.fromkeys((*found.paths, *rows.files))),
            rows.notes,
            records=True,
            readable=rows.rows,
            watched=local,
        )

    def _types(self, select: str) -> dict[str, exp.DataType]:
        described = self.connection.raw.execute(f"DESCRIBE {select}").fetchall()
        return {row[0]: _type(row[1]) for row in described if row[0] not in _OWN}


def _readable(source: Source, name: str) -> Frame | Files:
    """A frame or files; *name* is that of the other dataset that it is."""
    if isinstance(source, Table):
        mend = "give the table under check from there too, or this one as a file or a frame"
        raise UsageError(f"the other dataset '{name}' is in a database, and the rows under check are not", str(source), mend)
    if isinstance(source, DeadLetters):
        raise UsageError("dead letters are no dataset that rules look into", str(source), "give files or a frame")
    return source


def _of(source: DeadLetters, letters: Letters) -> Opened:
    """Dead letters as any other source; what their key has published must not change while they are judged."""
    target = source.target.paths if isinstance(source.target, Files) else ()
    shown = {key: source.shown.get(key, kind.sql("duckdb")) for key, kind in letters.columns.types.items()}
    return Opened(
        str(source),
        letters.select,
        letters.columns,
        letters.malformed,
        files=target,
        records=letters.malformed is not None,
        watched=target,
        shown=shown,
    )


def _create(connection: Connection, select: str, name: str) -> None:
    try:
        connection.raw.execute(f"CREATE TEMP VIEW {_name(name)} AS {select}")
    except duckdb.Error as error:
        raise translated(error) from error


def _type(text: str) -> exp.DataType:
    if text == "TIME_NS":  # that DuckDB compares with no other time
        return exp.DataType.build("time(9)", dialect="duckdb")
    try:
        return exp.DataType.build("NULL" if text == '"NULL"' else text, dialect="duckdb")
    except Exception:  # noqa: BLE001  a type that sqlglot has no word for
        return exp.DataType.build("unknown")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _stamps(paths: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Size, time and inode of each file; a changed file has others."""
    stamps: list[tuple[Any, ...]] = []
    for path in paths:
        try:
            found = Path(path).stat()
        except OSError:
            stamps.append((path,))
        else:
            stamps.append((path, found.st_size, found.st_mtime_ns, found.st_ino))
    return stamps
