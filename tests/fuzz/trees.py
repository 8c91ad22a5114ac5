"""Trees over hostile names with hostile literals: every database marks the rows that plain Python marks."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from dq.errors import UsageError
from dq.sql import Matches, Tree, all_of, column, compare, gaps, is_in, literal, not_, pattern_problem
from tests.fuzz.hostile import folded, kept, name, near, storable, text
from tests.sql.databases import Database, table

COLUMNS, VALUES, ROWS = 20, 10, 8  # of one table

Row = tuple[str | None, ...]
Test = Callable[[str], bool]


@dataclass(slots=True)
class Tally:
    """What was tried, and what went wrong."""

    tried: int = 0
    refused: int = 0  # cleanly, by dq, before any database saw it
    unkept: int = 0  # names that a database cannot have, in all databases
    checked: int = 0  # verdicts compared
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Case:
    """One column, one literal, one condition, and what it means."""

    place: int
    tree: Tree
    means: Test


def _escaped(value: str) -> str:
    return "".join(f"\\{c}" if c.isascii() and not c.isalnum() and c.isprintable() and c != " " else c for c in value)


def _like(value: str) -> Tree:
    return exp.Like(this=exp.Null(), expression=literal("%" + re.sub("([!%_])", r"!\1", value) + "%"))


def _search(value: str) -> Tree | None:
    pattern = _escaped(value)
    return None if pattern_problem(pattern) else Matches(this=exp.Null(), expression=literal(pattern))


def _kinds(value: str, other: str) -> list[tuple[Callable[[Tree], Tree | None], Test]]:
    """Conditions on a column that say *value*, each with what it means."""

    def with_column(tree: Tree | None) -> Callable[[Tree], Tree | None]:
        def made(of: Tree) -> Tree | None:
            if tree is not None:
                tree.set("this", of)
            return tree

        return made

    return [
        (lambda of: compare("=", of, literal(value)), lambda given: given == value),
        (lambda of: compare("!=", of, literal(value)), lambda given: given != value),
        (lambda of: compare("<", of, literal(value)), lambda given: given < value),
        (lambda of: compare(">=", of, literal(value)), lambda given: given >= value),
        (lambda of: is_in(of, [literal(value), literal(other)]), lambda given: given in (value, other)),
        (lambda of: not_(is_in(of, [literal(value)])), lambda given: given != value),
        (lambda of: exp.StartsWith(this=of, expression=literal(value)), lambda given: given.startswith(value)),
        (lambda of: exp.EndsWith(this=of, expression=literal(value)), lambda given: given.endswith(value)),
        (lambda of: exp.Contains(this=of, expression=literal(value)), lambda given: value in given),
        (lambda of: compare("=", exp.Length(this=of), literal(len(value))), lambda given: len(given) == len(value)),
        (lambda of: compare("=", exp.DPipe(this=of, expression=literal(value)), literal(value * 2)), lambda it: it == value),
        (with_column(_like(value)), lambda given: value in given),
        (with_column(_search(value)), lambda given: value in given),
    ]  # fmt: skip


def _names(chance: random.Random, tally: Tally) -> list[str]:
    """Names of columns that dq takes; the others must be refused."""
    found: dict[str, str] = {folded("__row"): ""}
    while len(found) <= COLUMNS:
        given = name(chance)
        tally.tried += 1
        try:
            column(given)
        except UsageError:
            tally.refused += 1
            if given and storable(given):
                tally.wrong.append(f"refused the name {given!r}")
            continue
        if not given or not storable(given):
            tally.wrong.append(f"took the name {given!r}")
        found.setdefault(folded(given), given)
    return list(found.values())[1:]


def _cases(chance: random.Random, names: Sequence[str], tally: Tally) -> tuple[list[Case], list[list[str]]]:
    """Cases over each column, and the literals in them."""
    cases, said = [], []
    for place, given in enumerate(names):
        values: list[str] = []
        while len(values) < VALUES:
            value = text(chance)
            tally.tried += 1
            try:
                literal(value)
            except UsageError:
                tally.refused += 1
                if storable(value):
                    tally.wrong.append(f"refused the text {value!r}")
                continue
            values.append(value)
            make, means = chance.choice(_kinds(value, chance.choice(values)))
            tree = make(column(given))
            if tree is not None:
                cases.append(Case(place, tree, means))
        said.append(values)
    return cases, said


def _rows(chance: random.Random, said: Sequence[Sequence[str]]) -> list[Row]:
    return [
        tuple(None if chance.random() < 0.05 else near(chance, chance.choice(values)) for values in said) for _ in range(ROWS)
    ]


def batch(chance: random.Random, connections: dict[str, Any], tally: Tally) -> None:
    """One table of hostile columns, in every database."""
    names = _names(chance, tally)
    cases, said = _cases(chance, names, tally)
    rows = _rows(chance, said)
    for dialect, connection in connections.items():
        places = [place for place, given in enumerate(names) if kept(dialect, given)]
        tally.unkept += len(names) - len(places)
        columns = {names[place]: "text" for place in places}
        with table(dialect, connection, columns, [tuple(row[place] for place in places) for row in rows]) as made:
            here = [case for case in cases if case.place in places and not gaps(case.tree, dialect)]
            for case, marked in zip(here, _marked(made, here), strict=True):
                expected = [number for number, row in enumerate(rows) if _holds(case, row)]
                tally.checked += 1
                if marked != expected:
                    tally.wrong.append(f"{dialect}: {made.text(case.tree)}: {marked} instead of {expected}")


def _holds(case: Case, row: Row) -> bool:
    value = row[case.place]
    return value is not None and case.means(value)


def _marked(made: Database, cases: Sequence[Case]) -> Iterator[list[int]]:
    """The rows that each case marks, by one statement."""
    counted = [f"CASE WHEN {made.text(all_of(case.tree))} THEN 1 ELSE 0 END" for case in cases]
    answer = made.execute(f"SELECT {', '.join(counted)} FROM t ORDER BY __row")
    for place in range(len(cases)):
        yield [number for number, row in enumerate(answer) if row[place]]
