"""
Golden SQL: how each word, and a typical plan, is written in each dialect, so that a change of the text is seen by a person.

`DQ_WRITE_GOLDEN=1 pytest tests/sql/test_golden.py` writes the files anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel

from dq.contract import read
from dq.errors import UsageError
from dq.plan import Columns, bind, compile
from dq.sql import (
    AnyOf,
    Base,
    InSet,
    IsFinite,
    IsJson,
    JsonItems,
    JsonPart,
    JsonText,
    JsonType,
    JsonValues,
    Kind,
    MapValues,
    Matches,
    MultipleOf,
    Output,
    Part,
    PlainText,
    ReadAs,
    StoredAs,
    Tree,
    aggregate,
    all_of,
    any_of,
    column,
    compare,
    condition,
    count_if,
    gaps,
    is_in,
    is_null,
    literal,
    not_,
    ratio,
    render,
    table,
    vocabulary,
)
from dq.sql.dialects import DIALECTS, PLAIN
from tests.sql.databases import database

FOLDER = Path(__file__).with_name("golden")
X, Y = column("x"), column("y")
_BASES = (Base.INTEGER, Base.NUMBER, Base.BOOLEAN, Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ, Base.UUID)
KINDS = [*(Kind(base) for base in _BASES), Kind(Base.DECIMAL, 10, 2)]


def _lag() -> exp.Expr:
    return exp.Window(this=exp.Lag(this=X.copy()), order=exp.Order(expressions=[exp.Ordered(this=Y.copy())]))


def _ident(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)


def _keys() -> Tree:
    """The rows of a key that occurs twice."""
    grouped = exp.select(X.copy(), Y.copy()).from_(table("rows")).where(all_of(not_(is_null(X)), not_(is_null(Y))))
    return grouped.group_by(X.copy(), Y.copy()).having(compare(">", exp.Count(this=exp.Star()), literal(1)))


def _missing_parent() -> Tree:
    """The rows of a foreign key without a partner."""
    same = compare("=", exp.column("id", table="planes", quoted=True), X)
    found = exp.select(exp.Literal.number(1)).from_(table("planes")).where(same)
    return exp.select(exp.alias_(X.copy(), "k0", quoted=True)).distinct().from_(table("rows")).where(not_(exp.Exists(this=found)))


def _window() -> Tree:
    ordered = exp.Order(expressions=[exp.Ordered(this=Y.copy(), desc=True)])
    numbered = exp.Window(this=exp.RowNumber(), partition_by=[X.copy()], order=ordered)
    return compare("=", numbered, literal(1))


TREES: dict[str, Tree] = {
    "comparison": all_of(compare(">=", X, literal(5)), any_of(compare("!=", Y, literal("it's \\ é")), is_null(Y))),
    "comparisons": condition("x = 1 OR x <> 2 OR x < 3 OR x <= 4 OR x > 5 OR x >= 6", ""),
    "not in": not_(is_in(X, [literal("a"), literal("b")])),
    "nothing in": is_in(X, []),
    "same": condition("x IS NOT DISTINCT FROM y AND x IS DISTINCT FROM y", ""),
    "between": condition("NOT x BETWEEN -1 AND 5", ""),
    "order of text": any_of(compare("<", X, literal("b")), exp.Between(this=X.copy(), low=literal("d"), high=literal("é"))),
    "float": compare("<", X, literal(0.1)),
    "decimal": compare("<", X, literal(Decimal("-0.10"))),
    "large float": compare("<", X, literal(1e300)),
    "date": compare("<", X, literal(date(2024, 2, 3))),
    "time": compare("<", X, literal(time(10, 30))),
    "timestamp": compare("<", X, literal(datetime(2024, 2, 3, 10, 0, 0, 5))),  # noqa: DTZ001  without a zone
    "timestamp with zone": compare("<", X, literal(datetime(2024, 2, 3, 10, tzinfo=UTC))),
    "like": condition("x LIKE 'a!_%' ESCAPE '!' OR x LIKE '[b*'", ""),
    "search": Matches(this=X, expression=literal(r"^[A-Z]\w+(?:-\d{2,3})?$")),
    "search of fixed length": Matches(this=X, expression=literal(r"^SKU-[0-9]{3}$")),
    "search that may overflow a stack": Matches(this=X, expression=literal(r"(?:ab|c)+$")),
    "starts, ends, contains": condition("starts_with(x, y) OR ends_with(x, 'z') OR contains(x, y)", ""),
    "text": condition("length(trim(x)) = 3 AND x || y = replace(x, 'a', 'b')", ""),
    "case": condition("lower(x) = upper(y)", ""),
    "parts of text": condition("left(x, 2) = right(y, 3) OR substring(x, 2) = 'b'", ""),
    "arithmetic": condition("x * (y + 1) - x % 3 = abs(-x) / y", ""),
    "rounding": condition("round(x, 2) = floor(y) OR round(x) = ceil(y)", ""),
    "greatest": condition("greatest(x, y, 0) = least(x, y)", ""),
    "choice": condition("CASE WHEN x > 0 THEN y ELSE coalesce(x, nullif(y, 0)) END = 1", ""),
    "span": condition("x + INTERVAL '3' DAY < y - INTERVAL '1' MONTH", ""),
    "span of days": condition("x + INTERVAL '3' DAY < y - INTERVAL '2' HOUR", ""),
    "stored as": StoredAs(this=X.copy(), expression=literal("text")),
    "span compared": condition("x - y < INTERVAL '3' DAY", ""),
    "fields": condition("extract(second from x) = year(y) OR isodow(x) = 1", ""),
    "truncated": condition("date_trunc('month', x) = y", ""),
    "cast": exp.cast(X.copy(), "double"),
    "cast to text": exp.cast(X.copy(), "text"),
    "cast to decimal": exp.cast(X.copy(), "decimal(10, 2)"),
    "cast to date": exp.cast(X.copy(), "date"),
    "cast to timestamp": exp.cast(X.copy(), "timestamp"),
    "cast of a user": condition("CAST(x AS INTEGER)", ""),
    "cast of a user to a day": condition("CAST(x AS DATE)", ""),
    "in UTC": exp.AtTimeZone(this=X.copy(), zone=literal("UTC")),
    "from a zone": exp.AtTimeZone(this=exp.AtTimeZone(this=X.copy(), zone=literal("Asia/Kolkata")), zone=literal("UTC")),
    "nan": exp.IsNan(this=X.copy()),
    "finite": IsFinite(this=X.copy()),
    "multiple": MultipleOf(this=X.copy(), expression=literal(0.25)),
    "text of a column": compare("<", PlainText(this=X.copy()), Y),
    "key set": InSet(this=_ident("keys 1"), expressions=[X.copy(), Y.copy()]),
    "key set of one": InSet(this=_ident("keys 1"), expressions=[X.copy()]),
    "field of an object": Part(this=X.copy(), expression=literal("a b")),
    "element of an array": AnyOf(this=X.copy(), alias=_ident("i"), expression=compare("<", column("i"), literal(0))),
    "JSON": IsJson(this=X.copy()),
    "the value before": exp.select(exp.alias_(_lag(), "v", quoted=True)).from_(table("t")),
    "of a sub-select": exp.select(Output(this=_ident("v"))).from_(
        exp.select(exp.alias_(X.copy(), "v", quoted=True)).from_(table("t")).subquery("s")
    ),
    "value of a map": AnyOf(this=MapValues(this=X.copy()), alias=_ident("i"), expression=is_null(column("i"))),
    "size of an array": exp.ArraySize(this=exp.ArrayDistinct(this=exp.ArrayCompact(this=X.copy()))),
    "number of items": exp.ArraySize(this=X.copy()),
    "json values": exp.ArraySize(this=JsonValues(this=X.copy())),
    "stored as a type": StoredAs(this=X.copy(), expression=literal("text")),
    "json type": JsonType(this=X.copy()),
    "json text": JsonText(this=JsonPart(this=X.copy(), expression=literal("a.b"))),
    "json items": exp.ArraySize(this=JsonItems(this=X.copy())),
    "aggregates": aggregate("avg(x) + sum(x * y) - max(x) + min(x) + count(*) + count(distinct y) + count(x)", ""),
    "deviation": aggregate("stddev(x)", ""),
    "quantile": aggregate("quantile_cont(x, 0.9)", ""),
    "share": ratio(count_if(compare(">", X, literal(0))), exp.Count(this=exp.Star())),
    "duplicate keys": _keys(),
    "missing parents": _missing_parent(),
    "window": _window(),
    **{f"read {kind}": ReadAs(this=X.copy(), to=kind) for kind in KINDS},
    "read by format": ReadAs(this=X.copy(), to=Kind(Base.DATE), format=literal("%d.%m.%Y")),
}


def _written(trees: dict[str, Tree], dialect: str) -> str:
    parts = []
    for name, tree in trees.items():
        missing = gaps(tree, dialect)
        said = f"-- gap: {', '.join(missing)}" if missing else render(tree, dialect)
        parts.append(f"-- {name}\n{said}\n")
    return "\n".join(parts)


def _typical() -> dict[str, Tree]:
    """What the passes of a typical contract compute, by name."""
    contract = read(Path(__file__).with_name("typical.odcs.yaml").read_text("utf-8"), "typical.odcs.yaml")
    plan = compile(contract, contract.objects[0])
    kinds = {
        "id": "bigint", "sku": "varchar", "status": "varchar", "email": "varchar", "amount": "decimal(12, 2)", "quantity": "int",
        "ordered_on": "date", "shipped_at": "timestamp", "customer": "varchar",
    }  # fmt: skip
    passes = bind(
        plan,
        Columns({name: exp.DataType.build(kind) for name, kind in kinds.items()}),
        dialect="duckdb",
        now=datetime(2024, 5, 1, tzinfo=UTC),
    )
    assert not passes.unable
    found = {plan.checks[item.check].id: item.bad for item in passes.rows}
    found.update({f"keys of {item.name}": item.select for item in passes.keys})
    return found | dict(passes.measures)


TYPICAL = _typical()


def _compared(file: Path, text: str) -> None:
    if os.environ.get("DQ_WRITE_GOLDEN"):
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_word_is_written_as_before(dialect: str) -> None:
    """The text of every word in every dialect is the text that somebody has looked at."""
    _compared(FOLDER / dialect / "words.sql", _written(TREES, dialect))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_typical_plan_is_written_as_before(dialect: str) -> None:
    """Types, patterns, bounds, enumerations, keys, shares and conditions: at least twenty checks, of which most have a form."""
    assert len(TYPICAL) >= 20
    _compared(FOLDER / dialect / "plan.sql", _written(TYPICAL, dialect))
    refused = {name for name, tree in TYPICAL.items() if gaps(tree, dialect)}
    assert not refused, refused


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_written_reads_back_as_one_expression_of_the_dialect(dialect: str) -> None:
    """Its own grammar takes every text whole, with the names and literals that went in."""
    grammar = DIALECTS[dialect].base
    for name, tree in (TREES | TYPICAL).items():
        if gaps(tree, dialect):
            continue
        text = render(tree, dialect)
        statement = (
            text if isinstance(tree, exp.Query) else f"SELECT 1 FROM t WHERE {text}" if _is_condition(tree) else f"SELECT {text}"
        )
        parsed = sqlglot.parse(statement, read=grammar, error_level=ErrorLevel.RAISE)
        assert len(parsed) == 1, (name, text)
        assert isinstance(parsed[0], exp.Query), (name, text)
        assert not list(parsed[0].find_all(exp.Command)), (name, text)
        names = {node.name for node in parsed[0].find_all(exp.Identifier)}
        assert name == "nan" or {node.name for node in tree.find_all(exp.Column)} <= names, (name, text)


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, exp.Predicate | exp.Connector | exp.Not | exp.Binary | Matches)


_TYPES = ["bigint", "text", "double", "timestamp", "date", "time", "json", "bigint[]", "map(text, bigint)"]
_PAIRS = [*((kind, kind) for kind in (*_TYPES, 'struct("a b" bigint)')), ("bigint", "text")]


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    """A schema `s0`, `s1`, … for each pair of types of the columns x and y."""
    with duckdb.connect() as connection:
        for number, (one, two) in enumerate(_PAIRS):
            connection.execute(f"CREATE SCHEMA s{number}; USE s{number}; CREATE TABLE t (x {one}, y {two})")
            connection.execute(
                'CREATE TABLE rows AS FROM t; CREATE TABLE planes (id bigint); CREATE TABLE "keys 1" (k0 bigint, k1 bigint)'
            )
        yield connection


@pytest.mark.parametrize("name", TREES)
def test_every_word_binds(name: str, duck: duckdb.DuckDBPyConnection) -> None:
    """What is written is SQL: DuckDB binds it over columns of some types, and SQLite over any."""
    tree = TREES[name]
    if not gaps(tree, "sqlite"):
        with database("sqlite", {"x": "text", "y": "text"}, []) as lite:
            lite.connection.executescript('CREATE TABLE rows (x, y); CREATE TABLE planes (id); CREATE TABLE "keys 1" (k0, k1)')
            lite.execute(_statement(tree, "sqlite"))
    if gaps(tree, "duckdb"):
        assert gaps(tree, "duckdb") == ("StoredAs",)
        return
    problems = {_problem(duck, number, _statement(tree, "duckdb")) for number in range(len(_PAIRS))}
    assert "" in problems, problems


def _statement(tree: Tree, dialect: str) -> str:
    text = render(tree, dialect)
    return text if isinstance(tree, exp.Query) else f"SELECT {text} FROM t"


def _problem(duck: duckdb.DuckDBPyConnection, number: int, statement: str) -> str:
    duck.execute(f"USE s{number}")
    try:
        duck.execute(statement).fetchall()
    except duckdb.Error as error:
        return str(error)
    return ""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_word_that_a_dialect_writes_is_in_the_golden_file(dialect: str) -> None:
    """No template goes unseen."""
    seen = {type(node) for tree in TREES.values() if not gaps(tree, dialect) for node in tree.walk()}
    assert {word.__name__ for word in DIALECTS[dialect].writes} - {word.__name__ for word in seen} == set()


def test_a_vocabulary_is_the_plain_words_and_those_of_the_dialect() -> None:
    """An engine can be asked what it can; an unknown one cannot."""
    assert vocabulary("duckdb") >= PLAIN | {Matches, ReadAs, AnyOf}
    assert exp.Anonymous not in vocabulary("duckdb")
    with pytest.raises(UsageError) as caught:
        vocabulary("klingon")
    assert str(caught.value) == f"unknown SQL dialect 'klingon'\n  known dialects: {', '.join(DIALECTS)}"


def test_pretty_text_is_the_same_sql_in_lines() -> None:
    """`pretty` changes blanks alone."""
    tree = TREES["duplicate keys"]
    pretty = render(tree, "duckdb", pretty=True)
    assert "\n" in pretty
    assert pretty.split() == render(tree, "duckdb").split()
