"""Consistency: values that must agree with each other, within a row, a group, or across datasets."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from dq.checks.model import Keys, Looks, check
from dq.sql import SOURCE, Tree, all_of, any_of, column, compare, condition, count_if, is_null, literal, not_, reference, table


@check(dimension="consistency", says="{sql}", takes="table")
def condition_(*, sql: str) -> Tree:
    """Rows where the condition *sql* is FALSE; where it is unknown because of a null, the row passes."""
    return not_(condition(sql, ""))


@check(dimension="consistency", says="{columns} exists in {to}", looks=Looks.KEYS, takes="columns")
def foreign_key(*columns: str, to: str, to_columns: Sequence[str]) -> Keys:
    """Rows whose *columns* are no row of dataset *to*. A key with any null passes."""
    other = reference(to)
    here = [column(name) for name in columns]
    found = (
        exp.select(exp.Literal.number(1))
        .from_(other)
        .where(
            all_of(
                *(
                    compare("=", exp.column(name, table=other.alias_or_name, quoted=True), mine)
                    for name, mine in zip(to_columns, here, strict=True)
                )
            )
        )
    )
    bad = (
        exp.select(*here)
        .distinct()
        .from_(table(SOURCE))
        .where(all_of(*(not_(is_null(mine)) for mine in here), not_(exp.Exists(this=found))))
    )
    return Keys(tuple(columns), bad, reference=to)


@check(dimension="consistency", says="exactly one row per {columns} where {sql}", looks=Looks.KEYS, takes="columns")
def one_per_group(*columns: str, sql: str) -> Keys:
    """All rows of a group of equal *columns* in which not exactly one row makes *sql* TRUE. A key with any null passes."""
    return _groups(columns, compare("!=", count_if(condition(sql, "")), literal(1)))


@check(dimension="consistency", says="{of} sums to {value} per {columns}", looks=Looks.KEYS, takes="columns")
def group_sum(*columns: str, of: str, value: float, tolerance: float = 0) -> Keys:
    """All rows of a group of equal *columns* whose *of* does not sum to *value* ± *tolerance*; nulls add nothing."""
    amount = exp.Sum(this=column(of))
    return _groups(
        columns,
        any_of(compare("<", amount, literal(value - tolerance)), compare(">", amount, literal(value + tolerance)))
        if tolerance
        else compare("!=", amount, literal(value)),
    )


def _groups(columns: Sequence[str], bad: Tree) -> Keys:
    keys = [column(name) for name in columns]
    groups = exp.select(*keys).from_(table(SOURCE)).where(all_of(*(not_(is_null(key)) for key in keys))).group_by(*keys)
    return Keys(tuple(columns), groups.having(bad))
