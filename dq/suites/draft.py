"""A check on its way: what it looks at and allows, before it has an id, a mode and a clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dq.checks import DEFINITIONS, NONE_BAD, Keys, Limit, Looks, Measure, Rows, Subject
from dq.sql import Missing, Tree, all_of, column, not_


@dataclass(frozen=True, slots=True)
class Draft:
    """A check before it has an id and a mode. *where*: the rows it judges; *part* tells the checks of one expectation apart."""

    name: str
    subject: Subject
    says: str
    columns: tuple[str, ...]
    limits: tuple[Limit, ...] = NONE_BAD
    where: Tree | None = None
    dimension: str = "conformity"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    warning: str = ""

    @property
    def function(self) -> str:
        """The check function that its name and arguments are those of, "" when there is none."""
        found = DEFINITIONS.get(self.name)
        needed = {name for name, item in found.parameters.items() if item.default is item.empty} if found else {""}
        return self.name if found and needed <= set(self.arguments) <= set(found.parameters) else ""


# -- drafts ------------------------------------------------------------------------------------------------------------


def known(name: str, columns: Sequence[str], **arguments: Any) -> Draft:
    """The check *name* of dq on *columns*."""
    definition = DEFINITIONS[name]
    if definition.takes == "columns":
        made = definition.function(*columns, **arguments)
    elif definition.takes == "column":
        made = definition.function(column(columns[0]), **arguments)
    else:
        made = definition.function(**arguments)
    subject = (
        made if isinstance(made, Keys) else Rows(made) if definition.looks is Looks.ROWS else Measure(made, needs_values=True)
    )
    says = definition.sentence(", ".join(columns), arguments)
    return Draft(name, subject, says, tuple(columns), dimension=definition.dimension, arguments=arguments)


def rows(name: str, bad: Tree, says: str, columns: Sequence[str], **arguments: Any) -> Draft:
    """A row check of its own: *bad* is TRUE on the rows that are not as expected."""
    return Draft(name, Rows(bad), says, tuple(columns), arguments=arguments)


def measured(name: str, of: Tree, says: str, columns: Sequence[str], **arguments: Any) -> Draft:
    """A number about the rows."""
    return Draft(name, Measure(of, needs_values=True), says, tuple(columns), dimension="accuracy", arguments=arguments)


def there(*names: str) -> Tree:
    """Where all of the columns have a value."""
    return all_of(*(not_(Missing(this=column(name))) for name in names))


def both(*conditions: Tree | None) -> Tree | None:
    """All of *conditions*; None when there is none."""
    found = [item for item in conditions if item is not None]
    return all_of(*found) if found else None
