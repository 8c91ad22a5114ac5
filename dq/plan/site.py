"""Where a clause applies: the column or part of one, how to get there from a row, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from dq.contract.model import Extension, Property, Rule
from dq.sql import AnyOf, MapValues, Part, Tree, column

Test = Callable[[Tree], Tree]  # a value -> TRUE where it is bad


@dataclass(frozen=True, slots=True)
class Site:
    """
    The place of a clause in the schema. *extensions* are those around it, nearest first; the nearest one counts.

    *path* is what people read (`address.zip`, `tags[]`), "" for the whole object; *root* the column it starts from.
    *steps* lead from the column to the value.
    """

    path: str
    root: str
    extensions: tuple[Extension, ...]
    tags: tuple[str, ...] = ()
    steps: tuple[Callable[[Test], Test], ...] = ()
    rule: Rule | None = None

    @property
    def is_nested(self) -> bool:
        """Whether it is a part of a column."""
        return bool(self.steps)

    def said(self, name: str) -> Any:
        """What the nearest extension says of *name*; None when none does."""
        return next((value for item in self.extensions if (value := getattr(item, name)) is not None), None)

    def reach(self, bad: Test) -> Tree:
        """*bad* of the value, as a predicate over the row: TRUE when any element on the way is bad."""
        for step in reversed(self.steps):
            bad = step(bad)
        return bad(column(self.root))

    def of(self, rule: Rule) -> Site:
        """The site of a *rule* written here."""
        return replace(self, rule=rule, extensions=(rule.extension, *self.extensions), tags=rule.tags + self.tags)

    def field(self, item: Property) -> Site:
        """The field *item* of an object."""

        def step(bad: Test) -> Test:
            return lambda value: bad(Part(this=value, expression=exp.Literal.string(item.name)))

        return self._inner(item, f"{self.path}.{item.name}", step)

    def elements(self, item: Property, *, of_map: bool) -> Site:
        """The elements *item* of an array, or the values of a map."""
        alias = f"__dq_e{self.path.count('[]')}"

        def step(bad: Test) -> Test:
            return lambda value: AnyOf(
                this=MapValues(this=value) if of_map else value, alias=exp.to_identifier(alias), expression=bad(column(alias))
            )

        return self._inner(item, f"{self.path}[]", step)

    def _inner(self, item: Property, path: str, step: Callable[[Test], Test]) -> Site:
        return replace(
            self,
            path=path,
            extensions=(item.extension, *self.extensions),
            tags=item.tags + self.tags,
            steps=(*self.steps, step),
        )
