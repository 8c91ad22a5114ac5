"""Uniqueness: keys that occur once."""

from __future__ import annotations

from sqlglot import exp

from dq.checks.model import Keep, Keys, Looks, Survivor, check
from dq.errors import UsageError
from dq.sql import SOURCE, all_of, column, compare, is_null, literal, not_, table


@check(dimension="uniqueness", says="{columns} is unique", looks=Looks.KEYS, takes="columns")
def unique(*columns: str, keep: str = "none") -> Keys:
    """
    All rows whose *columns* occur more than once; a key with any null is ignored.

    *keep* says who goes on: `none`, `first by <column>`, `last by <column>`; `first` and `last` by position. Of rows
    equal in every column one always goes on.

    Raises:
        UsageError: *keep* says something else.
    """
    keys = [column(name) for name in columns]
    repeated = (
        exp.select(*keys)
        .from_(table(SOURCE))
        .where(all_of(*(not_(is_null(key)) for key in keys)))
        .group_by(*keys)
        .having(compare(">", exp.Count(this=exp.Star()), literal(1)))
    )
    word, _, by = keep.partition(" by ")
    if word.strip() not in set(Keep):
        raise UsageError(f"keep is '{keep}'", "", "say none, first by COLUMN or last by COLUMN")
    return Keys(tuple(columns), repeated, Survivor(Keep(word.strip()), by.strip()))
