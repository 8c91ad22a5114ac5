"""What a catalogue says of a table whose rows are to be moved out of it: whether they can be, and by what a row is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dq.engines.database.server import Session
from dq.sql import literal, render

NAMED = "__dq_row_id"  # what a row was called where it came from
_TAKEN_ALONG = "they would change with a row that goes: drop ON DELETE, or publish its good rows into another table"
_COMPUTED = re.compile(r"(VIRTUAL|STORED|PERSISTENT) GENERATED")
_ALIASES = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True, slots=True)
class Movable:
    """
    How the rows of a table can be moved: *row_id* is SQL of what names a row within a transaction, "" where nothing does.

    *key* are the columns of its primary key, *computed* those that nobody may write. *obstacle* says why the rows cannot be
    moved at all, *mend* what helps; "" when nothing is in the way.
    """

    row_id: str = ""
    key: tuple[str, ...] = ()
    computed: frozenset[str] = frozenset()
    obstacle: str = ""
    mend: str = ""

    @property
    def names_rows(self) -> bool:
        """Whether a row can be told from all others."""
        return bool(self.row_id or self.key)


def movable(session: Session, parts: Sequence[str]) -> Movable:
    """What the catalogue says of the table whose name has these *parts*; reads no rows of it."""
    return _ASK[session.dialect](session, parts)


def longest(session: Session) -> int:
    """How many bytes (MariaDB and MySQL: characters) a name may have; 0: any number."""
    return {"postgres": 63, "mariadb": 64, "mysql": 64}.get(session.dialect, 0)


def removed(session: Session, table: str, aside: str, found: Movable, test: str) -> str:
    """The DELETE that takes out of *table* the rows that *aside* has where *test* is TRUE; all three are SQL."""
    if found.row_id:
        kind = "tid" if session.dialect == "postgres" else "INTEGER"
        kept = f"SELECT CAST({session.quoted(NAMED)} AS {kind}) FROM {aside} WHERE {test}"
        places = f"= ANY(ARRAY({kept}))" if session.dialect == "postgres" else f"IN ({kept})"
        return f"DELETE FROM {table} WHERE {found.row_id} {places}"
    key = [session.quoted(name) for name in found.key]
    if session.dialect == "sqlite":
        return f"DELETE FROM {table} WHERE ({', '.join(key)}) IN (SELECT {', '.join(key)} FROM {aside} WHERE {test})"
    joined = " AND ".join(f"gone.{name} = kept.{name}" for name in key)
    those = f"(SELECT {', '.join(key)} FROM {aside} WHERE {test}) AS kept"
    if session.dialect == "postgres":
        return f"DELETE FROM {table} AS gone USING {those} WHERE {joined}"
    return f"DELETE gone FROM {table} AS gone JOIN {those} ON {joined}"


# -- what differs --------------------------------------------------------------------------------------------------------


def _postgres(session: Session, parts: Sequence[str]) -> Movable:
    table = f"{render(literal(session.relation(parts)), session.dialect)}::regclass"
    kind, has_children = session.run(f"SELECT relkind, relhassubclass FROM pg_catalog.pg_class WHERE oid = {table}")[0]
    kind = kind.decode() if isinstance(kind, bytes) else str(kind)
    if kind not in ("r", "p") or (kind == "r" and has_children):
        names = {"v": "a view", "m": "a materialized view", "f": "a foreign table", "r": "a table that others inherit from"}
        return _no_table(names.get(kind, "no table"))
    cascading = session.run(
        "SELECT conrelid::regclass::text FROM pg_catalog.pg_constraint "
        f"WHERE contype = 'f' AND confrelid = {table} AND confdeltype IN ('c', 'n', 'd') ORDER BY 1"
    )
    if cascading:
        return _referenced([name for (name,) in cascading])
    key = session.run(
        "SELECT a.attname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a "
        f"ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = {table} AND i.indisprimary ORDER BY 1"
    )
    computed = session.run(
        f"SELECT attname FROM pg_catalog.pg_attribute WHERE attrelid = {table} AND attnum > 0 AND attgenerated <> ''"
    )
    return Movable("ctid" if kind == "r" else "", tuple(name for (name,) in key), frozenset(name for (name,) in computed))


def _mysql(session: Session, parts: Sequence[str]) -> Movable:
    schema = _text(session, parts[-2]) if len(parts) > 1 else "DATABASE()"
    those = f"table_schema = {schema} AND table_name = {_text(session, parts[-1])}"
    found = session.run(f"SELECT table_type FROM information_schema.tables WHERE {those}")
    if not found or found[0][0] not in ("BASE TABLE", "SYSTEM VERSIONED"):
        return _no_table("a view")
    if engine := session.without_undo(parts):
        mend = f"ALTER TABLE {session.relation(parts)} ENGINE=InnoDB"
        return Movable(obstacle=f"the table's engine, {engine}, has no transactions", mend=mend)
    columns = session.run(f"SELECT column_name, extra FROM information_schema.columns WHERE {those}")
    if unseen := [name for name, extra in columns if "INVISIBLE" in extra.upper()]:
        mend = f"ALTER TABLE {session.relation(parts)} ALTER COLUMN … VISIBLE, or publish into another table"
        return Movable(obstacle=f"the table has invisible columns: {', '.join(unseen)}", mend=mend)
    cascading = session.run(
        "SELECT table_name FROM information_schema.referential_constraints "
        f"WHERE unique_constraint_schema = {schema} AND referenced_table_name = {_text(session, parts[-1])} "
        "AND delete_rule NOT IN ('RESTRICT', 'NO ACTION') ORDER BY 1"
    )
    if cascading:
        return _referenced([name for (name,) in cascading])
    key = session.run(
        f"SELECT column_name FROM information_schema.statistics WHERE {those} AND index_name = 'PRIMARY' ORDER BY seq_in_index"
    )
    computed = frozenset(name for name, extra in columns if _COMPUTED.search(extra.upper()))
    return Movable("", tuple(name for (name,) in key), computed)


def _sqlite(session: Session, parts: Sequence[str]) -> Movable:
    name, schema = _text(session, parts[-1]), _text(session, parts[-2] if len(parts) > 1 else "main")
    those = f"name = {name} COLLATE NOCASE AND schema = {schema} COLLATE NOCASE"
    found = session.run(f"SELECT type, wr FROM pragma_table_list WHERE {those}")
    if not found or found[0][0] != "table":
        return _no_table({"view": "a view", "virtual": "a virtual table"}.get(found[0][0] if found else "", "no table"))
    if session.run("PRAGMA foreign_keys")[0][0]:
        cascading = session.run(
            "SELECT DISTINCT m.name FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f "
            f"WHERE m.type = 'table' AND f.\"table\" = {name} COLLATE NOCASE AND f.on_delete NOT IN ('NO ACTION', 'RESTRICT')"
        )
        if cascading:
            return _referenced([table for (table,) in cascading])
    columns = session.run(f"SELECT name, pk, hidden FROM pragma_table_xinfo({name}, {schema})")
    computed = frozenset(column for column, _, hidden in columns if hidden)
    if found[0][1]:
        return Movable("", tuple(column for column, pk, _ in sorted(columns, key=lambda item: item[1]) if pk), computed)
    taken = {column.lower() for column, _, _ in columns}
    return Movable(next((alias for alias in _ALIASES if alias not in taken), ""), (), computed)


def _no_table(kind: str) -> Movable:
    return Movable(obstacle=f"it is {kind}: its rows cannot be moved", mend="name the table itself")


def _referenced(tables: Sequence[str]) -> Movable:
    return Movable(obstacle=f"tables refer to its rows with ON DELETE: {', '.join(map(str, tables))}", mend=_TAKEN_ALONG)


def _text(session: Session, name: str) -> str:
    return render(literal(name), session.dialect)


_ASK: dict[str, Callable[[Session, Sequence[str]], Movable]] = {
    "postgres": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
    "sqlite": _sqlite,
}
