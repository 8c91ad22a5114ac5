"""A pandera schema as values: what its YAML or its Python object says, before anything is made of it. No pandera here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dq.errors import Place


class Api(StrEnum):
    """For which frames a schema is written: pandera's checks differ in small things."""

    PANDAS = "pandas"
    POLARS = "polars"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One check of pandera. *name* is the built-in check that it is, "" for somebody's own; *shown* is what people know it by.

    *check* is the pandera object, None when it was read from YAML. *whole*: one verdict or rows, only from all rows at once.
    """

    place: Place
    name: str
    shown: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    ignore_na: bool = True
    warns: bool = False
    says: str = ""
    groupby: tuple[str, ...] | None = None  # names of columns; empty when a function groups
    element_wise: bool = False
    check: Any = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Component:
    """A column, or a level of the index."""

    place: Place
    name: str
    dtype: str = ""  # as pandera writes it: `int64`, `datetime64[ns, UTC]`, `Decimal(10, 2)`
    nullable: bool = False
    unique: bool = False
    report_duplicates: str = "all"
    coerce: bool = False
    required: bool = True
    regex: bool = False
    is_index: bool = False
    default: Any = None
    categories: tuple[Any, ...] = ()
    parsers: int = 0
    warns_when_missing: bool = False
    says: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """A DataFrameSchema. *together* are groups of columns that are unique together."""

    place: Place
    name: str
    api: Api
    columns: tuple[Component, ...] = ()
    index: tuple[Component, ...] = ()
    rules: tuple[Rule, ...] = ()
    together: tuple[tuple[str, ...], ...] = ()
    index_together: tuple[str, ...] = ()
    report_duplicates: str = "all"
    dtype: str = ""
    coerce: bool = False
    strict: bool | str = False
    ordered: bool = False
    add_missing_columns: bool = False
    parsers: int = 0
    document: Mapping[str, Any] = field(default_factory=dict)
    presence: bool = True  # whether it says which columns are there
    unread: tuple[tuple[Place, str, str], ...] = ()  # place, text, and why it is not enforced
