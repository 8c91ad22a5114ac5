"""
The statements over one relation, as text: one aggregate over all rows, one that gives the marked rows, one the good ones.

Every statement begins with the same WITH: the rows under check, then the key sets it looks into, so that nothing is created
in the database. A key set is joined, never looked up row by row: it is distinct, and a join spills where a list would not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from dq.engines.database.server import Column, Session
from dq.plan import TYPED, Columns, KeySet
from dq.sql import ROW_NO, SOURCE, InSet, PlainText, Tree, column, is_null, not_, reference, render, replace_columns

MARKED_ROWS = "__dq_marked"
ROW_ID = "__dq_id"
_ROWS = "__dq_t"
_ALL = "__dq_all"


def columns_of(columns: Sequence[Column], *, loose: bool) -> Columns:
    """*columns* as rules see them."""
    return Columns({item.name: item.type for item in columns}, loose=loose, ordered=False)


def keys_in(trees: Iterable[Tree]) -> dict[str, InSet]:
    """The key sets that *trees* look into, by name."""
    return {node.this.name: node for tree in trees for node in tree.find_all(InSet)}


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation (SQL: a name, or a query in parentheses) with its columns; *parts* of its name, none of a query."""

    sql: str
    columns: tuple[Column, ...]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statements:
    """Writes statements over *rows*, of which those that pass *where* are under check; *others* are references by name."""

    session: Session
    rows: Relation
    others: Mapping[str, Relation] = field(default_factory=dict)
    keys: Mapping[str, KeySet] = field(default_factory=dict)
    where: Tree | None = None
    row_id: str = ""  # SQL of what names a row, if anything does
    known: Mapping[str, Sequence[tuple[Tree, ...]]] = field(default_factory=dict)  # the rows of key sets, where they are few
    kept: bool = False  # whether the WITH gives values as their owner has them, too

    def only(self, where: Tree | None, keys: Sequence[KeySet]) -> Statements:
        """Those over the rows that pass *where*, with *keys* to look into."""
        return replace(self, where=where, keys={item.name: item for item in keys})

    # -- whole statements ------------------------------------------------------------------------------------------------

    def select(self, listed: Sequence[str], trees: Iterable[Tree] = (), tail: str = "") -> str:
        """SELECT *listed* of the rows under check; *trees* are those in it that may look into key sets."""
        trees = list(trees)
        return f"{self.head(trees)} {self.plain_select(listed, trees, tail)}"

    def head(self, trees: Iterable[Tree]) -> str:
        """The WITH that names the rows under check, and the key sets that *trees* look into."""
        return self._with(keys_in(trees))

    def plain_select(self, listed: Sequence[str], trees: Iterable[Tree], tail: str = "") -> str:
        """`select` without its `head`."""
        return f"SELECT {', '.join(listed)} FROM {self._from(keys_in(trees))} {tail}".rstrip()

    def keys_of(self, name: str, most: int) -> str:
        """The rows of a key set, at most so many."""
        return f"{self._with({})} SELECT * FROM ({self.sql(self.keys[name].select)}) AS {self.name(name)} LIMIT {most}"

    def answer(self, query: str) -> str:
        """A user's query over the relation as its owner has it, and at most two rows of its answer."""
        return f"{self._with({}, typed=True)} SELECT * FROM ({query}) AS {self.name('__dq_answer')} LIMIT 2"

    def explained(self, sql: str) -> str:
        """The statement that only plans *sql*."""
        return f"EXPLAIN {sql}"

    def content(self, relation: Relation, where: Tree | None = None) -> str:
        """The number of the rows of *relation* that pass *where*, and the sum of their hashes."""
        values = [item.out.format(x=self._raw(item)) for item in relation.columns] or ["1"]
        test = f" WHERE {self.sql(replace_columns(where, self._raw_trees(relation)))}" if where is not None else ""
        return f"SELECT COUNT(*), {self.session.hash_sum(values)} FROM {relation.sql} AS {self.name(_ROWS)}{test}"

    # -- parts -----------------------------------------------------------------------------------------------------------

    def sql(self, tree: Tree) -> str:
        """*tree* as text; a look into a key set is whether the join found something."""
        return render(tree.copy().transform(self._inside, copy=False), self.session.dialect)

    def name(self, name: str) -> str:
        """*name* as an identifier."""
        return self.session.quoted(name)

    def handed(self) -> list[str]:
        """SQL of each column as it is handed on, of rows that the WITH names."""
        return [self.name(_out(place) if _differs(item) else self._called(item)) for place, item in enumerate(self.rows.columns)]

    def whole(self) -> list[str]:
        """All that the WITH gives of a row."""
        named = [ROW_ID] if self.kept and self.row_id else []
        return list(
            dict.fromkeys(
                [*(self.name(self._called(item)) for item in self.rows.columns), *self.handed(), *self.as_kept(), *named]
            )
        )

    def as_kept(self) -> list[str]:
        """SQL of each column as its owner has it, of rows that the WITH names, where they are *kept*."""
        return [_kept(place) for place in range(len(self.rows.columns))] if self.kept else []

    # -- WITH ------------------------------------------------------------------------------------------------------------

    def _with(self, sets: Mapping[str, InSet], *, typed: bool = False) -> str:
        how = self.session.materialized
        parts = [self._named(_ALL if self.where is not None else SOURCE, self.rows, outs=True)]
        if self.where is not None:
            parts.append(f"{self.name(SOURCE)} AS {how}(SELECT * FROM {self.name(_ALL)} WHERE {self.sql(self.where)})")
        if typed:
            parts.append(f"{self.name(TYPED)} AS {how}({self._as_owned()})")
        if sets or typed or self.keys:
            for name, relation in self.others.items():
                parts.append(self._named(reference(name).name, relation))
        for name in sets:
            select = self.keys[name].select
            renamed = ", ".join(self.name(_key(name, place)) for place in range(len(select.expressions)))
            parts.append(f"{self.name(name)} ({renamed}) AS ({self._key_rows(name)})")
        return f"WITH {', '.join(parts)}"

    def _key_rows(self, name: str) -> str:
        """A key set: its rows, where they are known already, else what finds them."""
        if name not in self.known:
            return self.sql(self.keys[name].select)
        rows = (", ".join(self.sql(value) for value in row) for row in self.known[name])
        return f"VALUES {', '.join(f'({row})' for row in rows)}"

    def _from(self, sets: Mapping[str, InSet]) -> str:
        joins = [
            f"LEFT JOIN {self.name(name)} ON "
            + " AND ".join(
                f"{self.sql(exp.Paren(this=key))} = {self.name(_key(name, place))}" for place, key in enumerate(node.expressions)
            )
            for name, node in sets.items()
        ]
        return " ".join([self.name(SOURCE), *joins])

    def _named(self, called: str, relation: Relation, *, outs: bool = False) -> str:
        """
        The part of a WITH that takes *relation* as rules see it, with *outs* also as it is handed on.

        The names are those of the WITH, for MariaDB takes blanks and controls from the front of an alias.
        """
        listed = {self._called(item): self._read(item) for item in relation.columns}
        if outs and self.row_id:
            listed[ROW_ID] = f"{self.name(_ROWS)}.{self.row_id}"
        if outs:
            differing = {_out(place): item for place, item in enumerate(relation.columns) if _differs(item)}
            listed |= {name: item.out.format(x=self._raw(item)) for name, item in differing.items()}
        if outs:
            listed |= dict(zip(self.as_kept(), map(self._raw, relation.columns), strict=False))
        names = f" ({', '.join(map(self.name, listed))})" if listed else ""
        select = f"SELECT {', '.join(listed.values()) or '1'} FROM {relation.sql} AS {self.name(_ROWS)}"
        return f"{self.name(called)}{names} AS {self.session.materialized}({select})"

    def _as_owned(self) -> str:
        """The relation with the columns, types and collations that its owner gave it."""
        if self.where is None:
            return f"SELECT * FROM {self.rows.sql} AS {self.name(_ROWS)}"
        read = {item.name: f"__dq_r{place}" for place, item in enumerate(self.rows.columns)}
        listed = ", ".join(f"{self._read(item)} AS {self.name(read[item.name])}" for item in self.rows.columns)
        inner = f"SELECT {self.name(_ROWS)}.*, {listed} FROM {self.rows.sql} AS {self.name(_ROWS)}"
        names = ", ".join(self.name(item.name) for item in self.rows.columns)
        test = self.sql(replace_columns(self.where, {name: column(alias) for name, alias in read.items()}))
        return f"SELECT {names} FROM ({inner}) AS {self.name(_ALL)} WHERE {test}"

    def _read(self, item: Column) -> str:
        if not item.plain:
            return item.read.format(x=self._raw(item))
        return render(PlainText(this=exp.column(item.name, table=_ROWS, quoted=True)), self.session.dialect)

    def _called(self, item: Column) -> str:
        """The name of a column inside a WITH."""
        return self.session.known_as(item.name)

    def _inside(self, node: exp.Expr) -> exp.Expr:
        """A column by its name inside a WITH; a look into a key set as whether the join found something."""
        if isinstance(node, exp.Column) and node.table != _ROWS and (called := self.session.known_as(node.name)) != node.name:
            return exp.column(called, table=node.args.get("table"), quoted=True)
        return _joined(node)

    def _raw(self, item: Column) -> str:
        return f"{self.name(_ROWS)}.{self.name(item.name)}"

    def _raw_trees(self, relation: Relation) -> dict[str, Tree]:
        return {item.name: exp.column(item.name, table=_ROWS, quoted=True) for item in relation.columns}


def _joined(node: exp.Expr) -> exp.Expr:
    if isinstance(node, InSet):
        return exp.Paren(this=not_(is_null(column(_key(node.this.name, 0)))))
    if isinstance(node, exp.Window) and (order := node.args.get("order")) and order.find(exp.Column).name == ROW_NO:
        node.set("order", None)  # rows of a table have no place; equal rows are as good as each other
    return node


def _differs(item: Column) -> bool:
    """Whether a value is handed on as another than rules see."""
    return item.out != item.read or item.plain


def _key(name: str, place: int) -> str:
    return f"{name}_{place}"


def _out(place: int) -> str:
    return f"__dq_o{place}"


def _kept(place: int) -> str:
    return f"__dq_w{place}"
