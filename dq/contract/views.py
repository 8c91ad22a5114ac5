"""From a document to the views in `dq.contract.model`. Lenient: what has the wrong type is left out, others say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from dq.contract.document import Document
from dq.contract.extension import extension
from dq.contract.model import Contract, Property, Relationship, Rule, SchemaObject, Server, Sla
from dq.contract.nodes import Path

OPERATORS = (
    "mustBe",
    "mustNotBe",
    "mustBeGreaterThan",
    "mustBeGreaterOrEqualTo",
    "mustBeLessThan",
    "mustBeLessOrEqualTo",
    "mustBeBetween",
    "mustNotBeBetween",
)
_ARGUMENTS = ("validValues", "pattern", "missingValues", "properties")  # written beside `rule` in v3.0


def contract(document: Document, text: str) -> Contract:
    """The views of *document*; *text* is what was read."""
    said = _mapping(document.value)
    name, version = _text(said, "name") or _text(said, "id"), _text(said, "version")
    default_element = _text(said, "slaDefaultElement")
    return Contract(
        place=document.place(()),
        id=_text(said, "id"),
        name=name,
        version=version,
        api_version=_text(said, "apiVersion"),
        status=_text(said, "status"),
        document=said,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        objects=tuple(_object(document, path, item) for path, item in children(said, (), "schema")),
        servers=tuple(
            Server(document.place(path), _text(item, "server"), _text(item, "type"), item)
            for path, item in children(said, (), "servers")
        ),
        slas=tuple(_sla(document, path, item, default_element) for path, item in children(said, (), "slaProperties")),
        owners=_owners(said.get("team")),
        default_timezone=next(iter(time_zones(said)), ""),
        extension=extension(said),
        written=document,
    )


def children(holder: Mapping[str, Any], path: Path, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The mappings listed under *key*, with their paths."""
    listed = holder.get(key)
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, dict):
            yield (*path, key, index), item


def parts(holder: Mapping[str, Any], path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every property inside *holder*, parents first: columns, fields, items of arrays, keys and values of maps."""
    nested = [
        *children(holder, path, "properties"),
        *([((*path, "items"), holder["items"])] if isinstance(holder.get("items"), dict) else []),
        *(
            ((*path, "map", key), item)
            for key, item in _mapping(holder.get("map")).items()
            if key in ("key", "value") and isinstance(item, dict)
        ),
    ]
    for where, item in nested:
        yield where, item
        yield from parts(item, where)


def time_zones(said: Mapping[str, Any]) -> dict[str, Path]:
    """The default time zones that timestamps of a contract are declared in, and where each is first said."""
    found: dict[str, Path] = {}
    for path, item in children(said, (), "schema"):
        for where, part in parts(item, path):
            zone = _mapping(part.get("logicalTypeOptions")).get("defaultTimezone")
            if isinstance(zone, str):
                found.setdefault(zone, (*where, "logicalTypeOptions", "defaultTimezone"))
    return found


def columns_of(reference: str) -> tuple[str, str]:
    """
    The object and the column that a reference names, as written: `orders.customer_id`, `/schema/orders/properties/customer_id`.

    Nested columns are joined by dots; the object is empty when nothing names it.
    """
    if "/" not in reference:
        first, _, rest = reference.partition(".")
        return (first, rest) if rest else ("", first)
    steps = reference.rpartition("#")[2].strip("/").split("/")  # schema, an object, properties, a column, properties, …
    return (steps[1] if len(steps) > 1 else ""), ".".join(steps[3::2])


def _object(document: Document, path: Path, said: dict[str, Any]) -> SchemaObject:
    name = _text(said, "name")
    return SchemaObject(
        place=document.place(path),
        name=name,
        physical_name=_text(said, "physicalName"),
        properties=tuple(_property(document, where, item) for where, item in children(said, path, "properties")),
        rules=_rules(document, path, said),
        relationships=tuple(_joins(document, path, said)),
        tags=_texts(said.get("tags")),
        extension=extension(said),
    )


def _property(document: Document, path: Path, said: dict[str, Any]) -> Property:
    position = said.get("primaryKeyPosition")
    options = _mapping(said.get("logicalTypeOptions"))
    entries = _mapping(said.get("map"))
    items, where = (said.get("items"), (*path, "items")) if "items" in said else (entries.get("value"), (*path, "map", "value"))
    keys = entries.get("key")
    return Property(
        place=document.place(path),
        name=_text(said, "name"),
        physical_name=_text(said, "physicalName"),
        logical_type=_text(said, "logicalType"),
        physical_type=_text(said, "physicalType"),
        options=options,
        required=said.get("required") is True,
        unique=said.get("unique") is True,
        primary_key=said.get("primaryKey") is True,
        primary_key_position=position if isinstance(position, int) and not isinstance(position, bool) else -1,
        classification=_text(said, "classification"),
        enum=tuple(item["value"] for _, item in children(said, path, "enum") if "value" in item),
        tags=_texts(said.get("tags")),
        rules=_rules(document, path, said),
        relationships=tuple(
            _join(document, where, item, (_text(said, "name"),)) for where, item in children(said, path, "relationships")
        ),
        properties=tuple(_property(document, where, item) for where, item in children(said, path, "properties")),
        items=_property(document, where, items) if isinstance(items, dict) else None,
        keys=_property(document, (*path, "map", "key"), keys) if isinstance(keys, dict) else None,
        extension=extension(said),
        lines={key: document.line((*path, key)) for key in said}
        | {f"logicalTypeOptions.{key}": document.line((*path, "logicalTypeOptions", key)) for key in options},
    )


def _joins(document: Document, path: Path, said: dict[str, Any]) -> Iterator[Relationship]:
    names = {_text(item, "id"): _text(item, "name") for _, item in children(said, path, "properties")}
    for where, item in children(said, path, "relationships"):
        columns = [columns_of(reference)[1] for reference in _texts(item.get("from"), one=True)]
        yield _join(document, where, item, tuple(names.get(column) or column for column in columns))


def _join(document: Document, path: Path, said: dict[str, Any], columns: tuple[str, ...]) -> Relationship:
    to = _texts(said.get("to"), one=True)
    return Relationship(document.place(path), columns, to, _text(said, "type") or "foreignKey", extension(said))


def _rules(document: Document, path: Path, said: dict[str, Any]) -> tuple[Rule, ...]:
    return tuple(_rule(document, where, item) for where, item in children(said, path, "quality"))


def _rule(document: Document, path: Path, said: dict[str, Any]) -> Rule:
    beside = {key: said[key] for key in _ARGUMENTS if key in said}
    return Rule(
        place=document.place(path),
        type=_text(said, "type") or "library",
        id=_text(said, "id"),
        name=_text(said, "name"),
        metric=_text(said, "metric") or _text(said, "rule"),
        query=_text(said, "query"),
        engine=_text(said, "engine"),
        implementation=said.get("implementation"),
        arguments=beside | _mapping(said.get("arguments")),
        operators=tuple((key, value) for key, value in said.items() if key in OPERATORS),
        unit=_text(said, "unit"),
        severity=_text(said, "severity"),
        dimension=_text(said, "dimension"),
        description=_text(said, "description"),
        tags=_texts(said.get("tags")),
        extension=extension(said),
        lines={key: document.line((*path, key)) for key in said},
    )


def _sla(document: Document, path: Path, said: dict[str, Any], element: str) -> Sla:
    return Sla(
        document.place(path),
        _text(said, "property"),
        said.get("value"),
        _text(said, "unit"),
        _text(said, "element") or element,
        said,
    )


def _owners(team: object) -> tuple[str, ...]:
    """Members whose role says owner; else the team's name; else all members who have not left."""
    said = {"members": team} if isinstance(team, list) else _mapping(team)
    members = [item for _, item in children(said, (), "members") if not item.get("dateOut")]
    owners = [_text(item, "username") for item in members if "owner" in _text(item, "role").lower()]
    named = owners or list(filter(None, [_text(said, "name")])) or [_text(item, "username") for item in members]
    return tuple(dict.fromkeys(filter(None, named)))


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _texts(value: object, *, one: bool = False) -> tuple[str, ...]:
    """The texts in a list; with *one*, a text by itself too."""
    if one and isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
