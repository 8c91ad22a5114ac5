"""Users' own queries: exactly one SELECT, read only, over known tables and by known functions; sent as written to its dialect."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError

from dq.errors import EngineError, UsageError
from dq.sql.allowed import FUNCTIONS, FUNCTIONS_OF, STRUCTURE
from dq.sql.build import quoted
from dq.sql.dialects import DIALECTS

_LONGEST = 100_000
_MEND = "a query is one SELECT over the data under check and the datasets it refers to"
NAMES = frozenset({"object", "property", "table", "column", "model", "schema"})
# What a placeholder may not be looked for in, and placeholders: strings, quoted names, comments, then ${name} and {name}.
_PIECES = re.compile(
    r"""(?P<text>'(?:[^']|'')*')
    |   (?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]'"]*\])
    |   (?P<comment>--[^\n]*|/\*.*?\*/|(?P<tag>\$\w*\$).*?(?P=tag))
    |   \$?\{\s*(?P<name>\w+)\s*\}""",
    re.VERBOSE | re.DOTALL,
)
_WITHIN_QUOTES = re.compile(r"\$?\{\s*(\w+)\s*\}")


def placeholders(text: str, values: Mapping[str, str], *, dialect: str = "duckdb") -> str:
    """
    *text* with ODCS placeholders, `{object}` or `${object}`, replaced by the names in *values*, quoted for *dialect*.

    A placeholder in quotes of its own is replaced with its quotes. Inside text literals and comments all stays as it is.

    Raises:
        UsageError: a placeholder of ODCS has no value here, as `{property}` has none on a table.
    """
    grammar = _grammar(dialect)

    def replaced(found: re.Match[str]) -> str:
        inner = _WITHIN_QUOTES.fullmatch(found["quoted"][1:-1]) if found["quoted"] else None
        name = inner[1] if inner else found["name"]
        if name not in NAMES:
            return found[0]
        if name not in values:
            raise UsageError(f"placeholder {{{name}}} names nothing here", "", f"placeholders here: {', '.join(values)}")
        return quoted(values[name]).sql(dialect=grammar)

    return _PIECES.sub(replaced, text)


def query(text: str, *, place: str, dialect: str, tables: Mapping[str, str] | None) -> exp.Query:
    """
    A user's own query as a tree, its tables replaced by what *tables* maps their names to, in any case of letters.

    With *tables* None it may read any table of its database.

    Raises:
        UsageError: it is not one SELECT, changes something, reads a table that is not among *tables*, or calls a table
            function or one that dq does not know; *place* says where.
    """
    tree = _parse(text, place, dialect)
    known = None if tables is None else {name.lower(): target for name, target in tables.items()}
    allowed = FUNCTIONS_OF.get(base(dialect), frozenset())
    for node in list(tree.walk()):
        if isinstance(node, exp.Table):
            _replace_table(node, known, place)
        elif isinstance(node, exp.Anonymous):
            if node.name.lower() not in allowed:
                raise UsageError(
                    f"function '{node.name}' in a query", place, "dq does not know that it only computes; use another"
                )
        elif isinstance(node, exp.Func):
            if type(node) not in FUNCTIONS:
                raise UsageError(
                    f"function '{node.sql_name().lower()}' in a query", place, "it does more than compute a value from values"
                )
        elif type(node) not in STRUCTURE and not isinstance(node, exp.Binary | exp.Unary):
            raise UsageError(f"{_words(node)} in a query", place, _MEND)
        if isinstance(node, exp.Select) and (node.args.get("into") or node.args.get("locks")):
            raise UsageError("SELECT INTO or FOR UPDATE in a query", place, _MEND)
    return tree


def render_query(tree: exp.Query, dialect: str) -> str:
    """
    A user's own query as text of *dialect*: as it was written when that is the dialect it was parsed in.

    Raises:
        EngineError: sqlglot knows no form of it in *dialect*.
    """
    try:
        return tree.sql(dialect=_grammar(dialect), unsupported_level=ErrorLevel.RAISE, comments=False)
    except SqlglotError as error:
        raise EngineError(f"the query has no form in {dialect}: {error}", "", "run it on the engine it was written for") from None


def base(dialect: str) -> str:
    """The name that sqlglot has for *dialect*."""
    return DIALECTS[dialect].base if dialect in DIALECTS else dialect


def _grammar(dialect: str) -> Dialect:
    try:
        return Dialect.get_or_raise(base(dialect))
    except ValueError:
        raise UsageError(
            f"unknown SQL dialect '{dialect}'", "", "name it as duckdb, postgres, mysql, sqlite, spark, snowflake, …"
        ) from None


def _parse(text: str, place: str, dialect: str) -> exp.Query:
    if len(text) > _LONGEST:
        raise UsageError(f"a query of {len(text)} characters", place, f"use at most {_LONGEST}")
    if "\0" in text:
        raise UsageError("a NUL character in a query", place, "leave it out")
    try:
        parsed = [tree for tree in sqlglot.parse(text, dialect=_grammar(dialect)) if tree is not None]
    except SqlglotError as error:
        raise UsageError(f"not a query: {str(error).splitlines()[0]}", place, _MEND) from None
    except RecursionError:
        raise UsageError("a query nested too deeply", place, "write a simpler one") from None
    if len(parsed) != 1:
        raise UsageError(f"{len(parsed)} statements where one query is expected", place, _MEND)
    if not isinstance(parsed[0], exp.Select | exp.SetOperation):
        raise UsageError(f"{_words(parsed[0])} where a query is expected", place, _MEND)
    return parsed[0]


def _replace_table(node: exp.Table, known: Mapping[str, str] | None, place: str) -> None:
    """Put the known table in the place of the one that is named; a CTE that is in sight stays, and all when none is known."""
    if not isinstance(node.this, exp.Identifier):
        raise UsageError(f"table function {node.this.sql() if node.this else ''} in a query", place, _MEND)
    if extra := next(
        (key for key, value in node.args.items() if value and key not in ("this", "db", "catalog", "alias", "joins")), None
    ):
        raise UsageError(f"'{extra}' of table '{node.name}' in a query", place, _MEND)
    if known is None:
        return
    name = ".".join(part.name for part in node.parts)
    if len(node.parts) == 1 and name.lower() in {seen.lower() for seen in _in_sight(node)}:
        return
    if name.lower() not in known:
        raise UsageError(f"unknown table '{name}' in a query", place, f"tables here: {', '.join(known)}")
    if not node.args.get("alias"):
        node.set("alias", exp.TableAlias(this=node.this.copy()))
    node.set("db", None)
    node.set("catalog", None)
    node.set("this", quoted(known[name.lower()]))


def _in_sight(node: exp.Expr) -> Iterator[str]:
    """The names of the CTEs that a table may mean where *node* stands."""
    inside: exp.Expr = node
    above = node.parent
    while above is not None:
        if isinstance(above, exp.With):
            before = above.expressions if above.args.get("recursive") else above.expressions[: inside.index or 0]
            yield from (cte.alias for cte in before)
        elif (clause := above.args.get("with_")) is not None and clause is not inside:
            yield from (cte.alias for cte in clause.expressions)
        inside, above = above, above.parent


def _words(node: exp.Expr) -> str:
    """A node's name in words: `Insert` is INSERT."""
    if isinstance(node, exp.Placeholder | exp.Parameter):
        return "a parameter"
    if isinstance(node, exp.Command):
        return str(node.this).upper()
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()
