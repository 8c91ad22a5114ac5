"""Frozen views of a contract: the fields that dq acts on. The document itself is kept whole beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dq.errors import Place

if TYPE_CHECKING:
    from dq.contract.document import Document


@dataclass(frozen=True, slots=True)
class Extension:
    """
    What `customProperties: [{property: dq, value: {…}}]` says at one place. None: not said here, look one level up.

    Known keys: mode, where, keep, stages, budget, read, subject, waive, on, against, order, extra, retention.
    Unknown keys are faults.
    """

    mode: str | None = None
    where: str | None = None
    keep: str | None = None
    stages: tuple[str, ...] | None = None
    budget: str | int | None = None
    read: Mapping[str, Any] | None = None
    subject: bool | None = None
    waive: tuple[str, ...] | None = None
    on: str | None = None
    against: str | None = None
    order: str | None = None
    extra: str | None = None
    retention: str | None = None  # `P90D`: how long dead letters are kept


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One entry of `quality`. *operators* are the `mustBe…` keys as written, in document order.

    *type* is text, library, sql or custom (library when not said). *metric* reads the deprecated `rule` too.
    """

    place: Place
    type: str
    id: str = ""
    name: str = ""
    metric: str = ""
    query: str = ""
    engine: str = ""
    implementation: Any = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    operators: tuple[tuple[str, Any], ...] = ()
    unit: str = ""
    severity: str = ""
    dimension: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    extension: Extension = Extension()
    lines: Mapping[str, int] = field(default_factory=dict)  # key as written -> its line

    def at(self, key: str) -> Place:
        """The place of *key* of this rule, else the rule's own."""
        return Place(self.place.document, self.lines.get(key, self.place.line), f"{self.place.path}.{key}")


@dataclass(frozen=True, slots=True)
class Relationship:
    """A foreign key. *columns* are of this object; *to* are references as written: `customers.id`, or a full path."""

    place: Place
    columns: tuple[str, ...]
    to: tuple[str, ...]
    type: str = "foreignKey"
    extension: Extension = Extension()


@dataclass(frozen=True, slots=True)
class Property:
    """A column, a field of an object, or the items of an array."""

    place: Place
    name: str
    physical_name: str = ""
    logical_type: str = ""
    physical_type: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # logicalTypeOptions, as written
    required: bool = False
    unique: bool = False
    primary_key: bool = False
    primary_key_position: int = -1
    classification: str = ""
    enum: tuple[Any, ...] = ()  # values of ODCS 3.2 `enum`
    tags: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    properties: tuple[Property, ...] = ()
    items: Property | None = None  # the elements of an array, the values of a map
    keys: Property | None = None  # the keys of a map
    extension: Extension = Extension()
    lines: Mapping[str, int] = field(default_factory=dict)  # key as written -> its line, also `logicalTypeOptions.pattern`

    def at(self, key: str) -> Place:
        """The place of *key* of this property, else the property's own."""
        return Place(self.place.document, self.lines.get(key, self.place.line), f"{self.place.path}.{key}")


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """A table, a file, a topic: one set of rows."""

    place: Place
    name: str
    physical_name: str = ""
    properties: tuple[Property, ...] = ()
    rules: tuple[Rule, ...] = ()
    relationships: tuple[Relationship, ...] = ()
    tags: tuple[str, ...] = ()
    extension: Extension = Extension()


@dataclass(frozen=True, slots=True)
class Server:
    """Where data of a contract lives. *said* is the whole entry, variables not resolved."""

    place: Place
    name: str
    type: str
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sla:
    """One service level: freshness, latency, retention, … *value* as written."""

    place: Place
    property: str
    value: Any = None
    unit: str = ""
    element: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """
    A data contract. *document* is the parsed YAML, whole; *sha256* is of the text as read.

    Equality is that of the documents.
    """

    place: Place
    id: str
    name: str  # `name`, else `id`
    version: str
    api_version: str
    status: str
    document: Mapping[str, Any]
    sha256: str
    objects: tuple[SchemaObject, ...] = ()
    servers: tuple[Server, ...] = ()
    slas: tuple[Sla, ...] = ()
    owners: tuple[str, ...] = ()
    default_timezone: str = ""
    extension: Extension = Extension()
    written: Document | None = field(default=None, repr=False)  # with the lines of everything

    @property
    def ref(self) -> str:
        """`name@version`; only the name of what has no version."""
        return f"{self.name}@{self.version}" if self.version else self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Contract) and self.document == other.document

    def __hash__(self) -> int:
        return hash((self.name, self.version))

    def __iter__(self) -> Iterator[SchemaObject]:
        return iter(self.objects)
