"""Many checks: one for each column of a name, once the columns are known; and ids that tell them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from dq.checks import Answer, Check, Foreign, Header, Keys, Measure, Rows, Shape, Subject
from dq.plan.model import Field, Plan
from dq.sql import Tree, column


def for_columns(plan: Plan, names: Iterable[str]) -> Plan:
    """*plan* with what is said of all columns of a pattern said of each of *names* that it matches, in their order."""
    names = list(names)
    patterns = {check.columns[0]: check.each for check in plan.checks if check.each}
    return replace(
        plan,
        checks=tuple(distinct(_for_each(plan.checks, names))),
        suited=tuple(_fields(plan.suited, patterns, names)),
        guessed=tuple(_fields(plan.guessed, patterns, names)),
    )


def _fields(fields: Iterable[Field], patterns: Mapping[str, str], names: Sequence[str]) -> Iterator[Field]:
    """What is said of one column holds before what is said of many."""
    fields = list(fields)
    yield from fields
    said = {item.name for item in fields}
    for item in fields:
        if (pattern := patterns.get(item.name)) is not None:
            yield from (replace(item, name=name, source=name) for name in names if name not in said and re.match(pattern, name))


def _for_each(checks: Iterable[Check], names: Sequence[str]) -> Iterator[Check]:
    for check in checks:
        if not check.each:
            yield check
        else:
            yield from (_about(check, name) for name in names if re.match(check.each, name))


def distinct(checks: Iterable[Check]) -> list[Check]:
    """The checks, with ids made different by a number."""
    seen: dict[str, int] = {}
    out = []
    for item in checks:
        seen[item.id] = count = seen.get(item.id, 0) + 1
        out.append(item if count == 1 else replace(item, id=f"{item.id}#{count}"))
    return out


def _about(check: Check, name: str) -> Check:
    """*check* of the column *name*, where it says the name that stands for all of them."""
    general = check.columns[0]
    return replace(
        check,
        id=check.id.replace(general, name, 1),
        says=check.says.replace(general, name, 1),
        columns=(name, *check.columns[1:]),
        subject=_subject(check.subject, general, name),
        where=_tree(check.where, general, name) if check.where is not None else None,
        each="",
    )


def _subject(subject: Subject, general: str, name: str) -> Subject:
    if isinstance(subject, Rows):
        return Rows(_tree(subject.bad, general, name))
    if isinstance(subject, Measure):
        return replace(subject, of=_tree(subject.of, general, name))
    if isinstance(subject, Keys):
        bad = _tree(subject.bad, general, name)
        assert isinstance(bad, exp.Select)  # noqa: S101  its root stays
        return replace(subject, columns=_names(subject.columns, general, name), bad=bad)
    if isinstance(subject, Foreign):
        return replace(subject, columns=_names(subject.columns, general, name))
    if isinstance(subject, Header):
        return replace(subject, names=_names(subject.names, general, name))
    assert isinstance(subject, Answer | Shape)  # noqa: S101  the others
    return subject


def _names(names: tuple[str, ...], general: str, name: str) -> tuple[str, ...]:
    return tuple(name if item == general else item for item in names)


def _tree(tree: Tree, general: str, name: str) -> Tree:
    def named(node: exp.Expr) -> exp.Expr:
        return column(name) if isinstance(node, exp.Column) and not node.table and node.name == general else node

    return tree.copy().transform(named)
