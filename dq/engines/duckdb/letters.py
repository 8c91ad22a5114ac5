"""Dead letters as a table of DuckDB: typed as they were kept, corrected, and beside them what their key has published."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp

from dq.engines.duckdb.append import name, scan, text, types_of
from dq.engines.duckdb.connection import Connection, translated
from dq.errors import EngineError, SourceError, UsageError
from dq.plan import RECORD, Columns, Field, base_of
from dq.source import DeadLetters, Files, Format, Reading, Standing
from dq.sql import ROW_NO, Base

if TYPE_CHECKING:
    import pyarrow as pa

ORIGIN, RAW, REASONS = "__dq_source", "__dq_raw", "__dq_reasons"
WAS, PUBLISHED, LETTERS, EDITED = "__dq_was", "__dq_published", "__dq_letters", "__dq_edited"
STANDING = "__dq_standing"
_OWN = (ROW_NO, REASONS, ORIGIN, RAW, "__dq_row_id")
_JSON = ("JSON", "mixed")
NESTED = (Base.OBJECT, Base.ARRAY, Base.MAP, Base.JSON)
_LOSSLESS = "TRY_CAST({value} AS {kind})::{back} IS NOT DISTINCT FROM {value}"


@dataclass(frozen=True, slots=True)
class Letters:
    """
    What dead letters become: *select* over `__dq_letters`, its *columns*, and the records that nobody could read.

    *shifted* are columns of moments that are UTC because their text was read so; *kept* are those that are handed on as the
    text that they are, whatever they are read as; *changed* are those that somebody edited; *before* says, by column, the text
    of each value as it was kept, over `__dq_letters` as `l`.
    """

    select: str
    columns: Columns
    malformed: pa.Table | None
    rows: int
    shifted: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    changed: tuple[str, ...] = ()
    before: Mapping[str, str] = field(default_factory=dict)


def open_letters(connection: Connection, source: DeadLetters, fields: tuple[Field, ...], folder: Path) -> Letters:
    """
    Put the rows of *source* on disk below *folder*, and say how they are read.

    Raises:
        SourceError: the edited file has other rows, unknown columns, or values that the columns cannot hold.
    """
    rows = _spill(connection, LETTERS, source.batches(), folder)
    if not rows:
        raise SourceError("there are no rows", str(source), "look at `dq quarantine list`")
    if isinstance(source.target, Standing) and source.among:
        _spill(connection, STANDING, source.target.rows(source.among), folder)
    types = {key: kind for key, kind in types_of(connection, f"SELECT * FROM {LETTERS}").items() if key not in _OWN}
    opener = _Opener(connection, source, {one: item for item in fields for one in (item.source, item.name)}, types)
    if source.edited:
        opener.open_edited(rows)
    return opener.letters(rows)


def _spill(connection: Connection, table: str, batches: Iterable[pa.RecordBatch], folder: Path) -> int:
    """Put *batches* on disk as a *table*; how many rows. Of no batch there is no table, unless a reader knows its columns."""
    import pyarrow as pa  # noqa: PLC0415

    path, rows = folder / f"{table}.arrow", 0
    writer = pa.ipc.new_file(str(path), batches.schema) if isinstance(batches, pa.RecordBatchReader) else None
    try:
        for batch in batches:
            writer = writer or pa.ipc.new_file(str(path), batch.schema)
            writer.write_batch(batch)
            rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    if writer is not None:
        with pa.memory_map(str(path)) as file:
            connection.raw.register(table, pa.ipc.open_file(file).read_all())
    return rows


@dataclass
class _Opener:
    """Builds the SELECT, column by column."""

    connection: Connection
    source: DeadLetters
    fields: Mapping[str, Field]
    types: dict[str, str]
    edits: dict[str, str] = field(default_factory=dict)  # column -> its type in the edited file

    def open_edited(self, rows: int) -> None:
        """The edited file as a table; it has each of the rows once, and no column that they have not."""
        place = self.source.edited
        form = Format.PARQUET if place.lower().endswith((".parquet", ".pq")) else Format.CSV
        try:
            self.connection.raw.execute(f"CREATE TEMP TABLE {EDITED} AS SELECT * FROM {scan(place, form)}")
        except (duckdb.Error, OSError, UnicodeDecodeError, csv.Error) as error:
            problem = str(translated(error)).splitlines()[0]
            mend = "write Parquet, or CSV in UTF-8 with commas"
            raise SourceError(f"the edited file cannot be read: {problem}", place, mend) from None
        found = types_of(self.connection, f"SELECT * FROM {EDITED}")
        mend = f"columns: {', '.join(self.types)}, and {ROW_NO}"
        if unknown := [key for key in found if key not in self.types and key not in _OWN]:
            raise SourceError(f"no column '{unknown[0]}' in the dead letters", place, mend)
        if ROW_NO not in found:
            raise SourceError(f"the edited file has no column {ROW_NO}", place, "keep it: it says which row is which")
        self._same_rows(rows, place)
        self.edits = {key: kind for key, kind in found.items() if key in self.types}

    def _same_rows(self, rows: int, place: str) -> None:
        number = f"TRY_CAST({ROW_NO} AS BIGINT)"
        mine, twice = f"(SELECT {ROW_NO} FROM {LETTERS})", f"count(*) - count(DISTINCT {number})"
        there, again = self.connection.run(f"SELECT count(DISTINCT {number}) FILTER ({number} IN {mine}), {twice} FROM {EDITED}")[
            0
        ]
        if there != rows or again:
            what = f"{again:,} rows are there twice" if again else f"{rows - there:,} of {rows:,} rows are missing"
            raise SourceError(
                f"the number of rows changed: {what}",
                place,
                "change values only; to leave rows out, select some, or discard them",
            )

    def letters(self, rows: int) -> Letters:
        """The whole, put together."""
        unread: dict[str, tuple[str, exp.DataType]] = {}
        listed, shifted, written, kept, columns = [], set(), set(), set(), {}
        joined = f"{LETTERS} l" + (f" LEFT JOIN {EDITED} e ON TRY_CAST(e.{ROW_NO} AS BIGINT) = l.{ROW_NO}" if self.edits else "")
        for place, (key, kind) in enumerate(self.types.items()):
            own, beside = self._edited(key, kind)
            if self._any(beside, joined):
                word = f"__dq_unread_{place}"
                unread[key] = (word, exp.DataType.build("json" if self._is_json(key) else "text", dialect="duckdb"))
                listed.append(f"{beside} AS {name(word)}")
            own, actual, is_shifted = self._as_read(key, own, kind)
            shifted |= {key} if is_shifted else set()
            as_text = self._is_text_alone(key, kind)
            kept |= {key} if as_text else set()
            written |= {key} if (self.source.reading is not None or as_text) and actual == "VARCHAR" else set()
            columns[key] = actual
            listed.append(f"{own} AS {name(key)}")
        lost = f"l.{REASONS} = {text(RECORD)}"
        if self.edits:
            given = " AND ".join(f"e.{name(key)} IS NULL" for key in self.edits)
            lost = f"({lost} AND {given})"
        mine = f"l.{ROW_NO}, l.{ORIGIN}, l.{REASONS} AS {WAS}, 0 AS {PUBLISHED}"
        select = f"SELECT {', '.join(listed)}, {mine} FROM {joined} WHERE NOT {lost}"
        types = {key: exp.DataType.build(kind, dialect="duckdb") for key, kind in columns.items()}
        before = {key: "coalesce({}::VARCHAR, {}::VARCHAR)".format(*self._kept(key)) for key in self.types}
        reading = self.source.reading or (Reading() if kept else None)
        shown = Columns(types, reading, frozenset(written), unread)
        malformed = self._malformed(joined, lost)
        return Letters(select, shown, malformed, rows, frozenset(shifted), frozenset(kept), tuple(self.edits), before)

    def _malformed(self, joined: str, lost: str) -> pa.Table | None:
        listed = f"l.{ROW_NO}, l.{ORIGIN}, NULL::BIGINT AS line, l.{RAW}, '' AS problem"
        found = self.connection.reader(f"SELECT {listed} FROM {joined} WHERE {lost} ORDER BY 1").read_all()
        return found if found.num_rows else None

    def _any(self, tree: str, joined: str) -> bool:
        return bool(self.connection.run(f"SELECT count({tree}) > 0 FROM {joined}")[0][0])

    def _is_text_alone(self, key: str, kind: str) -> bool:
        """Whether a column of a table came as text because there was no type for its values: it is declared as another one."""
        declared = self.fields.get(key)
        base = declared.kind.base if declared and declared.kind else Base.TEXT
        return self.source.table and kind == "VARCHAR" and base not in (Base.TEXT, Base.UNKNOWN)

    def _is_json(self, key: str) -> bool:
        return self.source.shown.get(key) in _JSON

    def _kept(self, key: str) -> tuple[str, str]:
        """A value as it was kept, and as it was written where nobody could read it."""
        own, raw = f"l.{name(key)}", f"CASE WHEN l.{REASONS} <> {text(RECORD)} THEN decode(l.{RAW}) END"
        path = text("$." + '"' + key.replace('"', '\\"') + '"')
        if self._is_json(key):
            return own, f"CASE WHEN {own} IS NULL THEN nullif(json_extract({raw}, {path}), 'null'::JSON) END"
        return own, f"CASE WHEN {own} IS NULL THEN json_extract_string({raw}, {path}) END"

    def _edited(self, key: str, kind: str) -> tuple[str, str]:
        """The same with what somebody edited; text will be read as text is read."""
        own, beside = self._kept(key)
        if key not in self.edits:
            return own, beside
        given, like = f"e.{name(key)}", self.edits[key]
        has = f"e.{ROW_NO} IS NOT NULL"
        if like == kind:
            before = f"nullif({own}, '')" if self.source.edited.lower().endswith(".csv") else own  # CSV tells no '' from null
            changed = f"({has} AND {given} IS DISTINCT FROM {before})"
        elif like == "VARCHAR":
            same = f"TRY_CAST({given} AS {kind}) IS NOT DISTINCT FROM {own} AND ({given} IS NULL OR {own} IS NOT NULL)"
            changed = f"({has} AND NOT ({same}))"
            value = self._as_json(key, given) if self._is_json(key) else given
            return f"CASE WHEN NOT {changed} THEN {own} END", f"CASE WHEN {changed} THEN {value} ELSE {beside} END"
        else:
            given = self._cast(key, given, kind, like)
            changed = f"({has} AND {given} IS DISTINCT FROM {own})"
        return f"CASE WHEN {changed} THEN {given} ELSE {own} END", f"CASE WHEN NOT {changed} THEN {beside} END"

    def _cast(self, key: str, given: str, kind: str, like: str) -> str:
        """A column that came back with another type, as pandas does with integers and nulls; other values are refused."""
        absent = f"coalesce(isnan(TRY_CAST({given} AS DOUBLE)), FALSE)"
        lossless = _LOSSLESS.format(value=given, kind=kind, back=like)
        if self.connection.run(f"SELECT count(*) FROM {EDITED} e WHERE NOT ({lossless}) AND NOT {absent}")[0][0]:
            raise SourceError(
                f"column '{key}' holds {like} that is no {kind}", self.source.edited, "keep its type, or write text"
            )
        return f"CASE WHEN NOT {absent} THEN TRY_CAST({given} AS {kind}) END"

    def _as_json(self, key: str, given: str) -> str:
        """What somebody typed into a cell, as the JSON value that it means."""
        declared = self.fields.get(key)
        if declared is None or declared.kind is None or declared.kind.base is Base.TEXT:
            return f"to_json({given})"
        return f"CASE WHEN json_valid({given}) THEN {given}::JSON ELSE to_json({given}) END"

    def _as_read(self, key: str, own: str, kind: str) -> tuple[str, str, bool]:
        """The value with the type that it is judged in; whether it is a moment in UTC whose type does not say so."""
        declared = self.fields.get(key)
        base = declared.kind.base if declared and declared.kind else Base.UNKNOWN
        from_text = self.source.reading is not None or self._is_json(key)
        if from_text and kind == "TIMESTAMP":
            return f"(({own}) AT TIME ZONE 'UTC')", "TIMESTAMP WITH TIME ZONE", True
        if self.source.reading is not None and base is Base.TEXT and kind != "VARCHAR":
            return f"({own})::VARCHAR", "VARCHAR", False
        if self._is_json(key) and base in (Base.OBJECT, Base.MAP, Base.JSON) and kind == "VARCHAR":
            return f"({own})::JSON", "JSON", False
        if self._is_json(key) and base is Base.ARRAY and kind == "VARCHAR[]":
            return f"({own})::JSON[]", "JSON[]", False
        if self._is_text_alone(key, kind) and base in NESTED and self._all_json(key):
            return f"({own})::JSON", "JSON", False
        return own, kind, False

    def _all_json(self, key: str) -> bool:
        return not self.connection.run(f"SELECT count(*) FROM {LETTERS} WHERE NOT json_valid({name(key)})")[0][0]


def with_fixes(connection: Connection, letters: Letters, fixes: Mapping[str, Sequence[str]]) -> Letters:
    """
    The letters with new values for some columns: *fixes* are expressions over what the letters hold, by column.

    The first that fits the types is taken. Text is read as text is read; where a column has another type, it stands beside.

    Raises:
        UsageError: none fits.
    """
    columns, unread = dict(letters.columns.types), dict(letters.columns.unread)
    written, listed = set(letters.columns.written or ()), []
    for place, (key, trees) in enumerate(fixes.items()):
        tree, made = _fitting(connection, letters, key, trees)
        own, beside = _fixed(letters, key, tree, made)
        listed.append(f"{own} AS {name(key)}")
        columns[key] = exp.DataType.build(
            types_of(connection, f"SELECT {own} AS own FROM ({letters.select})")["own"], dialect="duckdb"
        )
        unread.pop(key, None)
        if beside is not None:
            word = f"__dq_fixed_{place}"
            listed.append(f"{beside} AS {name(word)}")
            unread[key] = (word, _type_beside(letters, key))
        written -= set() if base_of(columns[key]) is Base.TEXT else {key}
    select = f"SELECT * EXCLUDE ({', '.join(map(name, fixes))}), {', '.join(listed)} FROM ({letters.select})"
    found = replace(letters.columns, types=columns, unread=unread, written=frozenset(written))
    return replace(letters, select=select, columns=found)


def _type_beside(letters: Letters, key: str) -> exp.DataType:
    """What could not be read is JSON, or text."""
    there = letters.columns.unread.get(key)
    return there[1] if there else exp.DataType.build("text")


def _fixed(letters: Letters, key: str, tree: str, made: str) -> tuple[str, str | None]:
    """The new value, and what stands beside it: what cannot be read stays where a new value is null, unless NULL is all it is."""
    kind, there = letters.columns.types[key].sql("duckdb"), letters.columns.unread.get(key)
    if made in ('"NULL"', "NULL"):
        return f"NULL::{kind}", None
    if made == "VARCHAR" and kind != "VARCHAR":  # it will be read as text is read
        is_json = base_of(_type_beside(letters, key)) is Base.JSON
        said = f"CASE WHEN json_valid({tree}) THEN ({tree})::JSON ELSE to_json({tree}) END" if is_json else f"({tree})"
        return f"NULL::{kind}", f"coalesce({said}, {name(there[0])})" if there else said
    own = f"({tree})"
    if made == "TIMESTAMP" and key in letters.shifted:
        own = f"({own} AT TIME ZONE 'UTC')"
    elif kind == "VARCHAR":
        own = f"{own}::VARCHAR"
    return own, f"CASE WHEN ({tree}) IS NULL THEN {name(there[0])} END" if there else None


def _fitting(connection: Connection, letters: Letters, key: str, trees: Sequence[str]) -> tuple[str, str]:
    """The first of *trees* that can be computed, and its type."""
    problem = ""
    for tree in trees:
        try:
            return tree, types_of(connection, f"SELECT {tree} AS made FROM ({letters.select})")["made"]
        except EngineError as error:
            problem = error.what
    raise UsageError(f"the new value cannot be computed: {problem}", f"set '{key}'", "see docs/conditions.md")


def with_published(connection: Connection, letters: Letters, published: Files | Standing) -> str:
    """The letters, and below them the rows that their key has published, with numbers below zero."""
    if isinstance(published, Standing):
        return _with_standing(connection, letters)
    path, form = published.paths[0], published.format or Format.PARQUET
    types = {key: kind.sql("duckdb") for key, kind in letters.columns.types.items()}
    there = types_of(connection, f"SELECT * FROM {scan(path, form, types)}")
    listed = ", ".join(f"CAST({name(key)} AS {kind}) AS {name(key)}" for key, kind in types.items() if key in there)
    number = "file_row_number" if form is Format.PARQUET else "row_number() OVER ()"
    table = scan(path, form, types)
    return (
        f"{letters.select} UNION ALL BY NAME SELECT {listed}, (-1 - {number})::BIGINT AS {ROW_NO}, "
        f"NULL::VARCHAR AS {ORIGIN}, NULL::VARCHAR AS {WAS}, 1 AS {PUBLISHED} FROM {table}"
    )


def _with_standing(connection: Connection, letters: Letters) -> str:
    """`with_published`, of a table; what a value is there that is none of the letters' type is like no letter."""
    there = types_of(connection, f"SELECT * FROM {STANDING}")
    types = {key: kind.sql("duckdb") for key, kind in letters.columns.types.items() if key in there}
    listed = "".join(f"TRY_CAST({name(key)} AS {kind}) AS {name(key)}, " for key, kind in types.items())
    return (
        f"{letters.select} UNION ALL BY NAME SELECT {listed}(-row_number() OVER ())::BIGINT AS {ROW_NO}, "
        f"NULL::VARCHAR AS {ORIGIN}, NULL::VARCHAR AS {WAS}, 1 AS {PUBLISHED} FROM {STANDING}"
    )


def unlike(
    connection: Connection, select: str, types: Mapping[str, str], wanted: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Columns of *select* with values that another type cannot hold: the column, its type, the type that is *wanted*."""
    found = []
    for key, kind in types.items():
        like = wanted.get(key, kind)
        if like == kind:
            continue
        value = name(key)
        lossless = _LOSSLESS.format(value=value, kind=like, back=kind)
        if connection.run(f"SELECT count(*) FROM ({select}) WHERE NOT ({lossless})")[0][0]:
            found.append((key, kind, like))
    return found
