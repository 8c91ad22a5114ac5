"""Which kind of values a property declares, from `logicalType`, its options and `physicalType`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dq.contract.model import Property
from dq.plan.model import Field
from dq.sql import Base, Kind, java_format
from dq.suites.model import Declared

_LOGICAL = {
    "string": Base.TEXT,
    "date": Base.DATE,
    "timestamp": Base.TIMESTAMP,
    "time": Base.TIME,
    "number": Base.NUMBER,
    "integer": Base.INTEGER,
    "object": Base.OBJECT,
    "array": Base.ARRAY,
    "map": Base.MAP,
    "boolean": Base.BOOLEAN,
}
# Names of physical types of every database in use; what is not here says nothing about values.
_PHYSICAL = {
    Base.TEXT: "string str text varchar nvarchar varchar2 nvarchar2 char nchar bpchar character clob tinytext mediumtext "
    "longtext character_varying citext",
    Base.INTEGER: "int integer int2 int4 int8 int16 int32 int64 bigint smallint tinyint mediumint byteint long short hugeint "
    "uint8 uint16 uint32 uint64 serial bigserial",
    Base.NUMBER: "number float float4 float8 float16 float32 float64 double real double_precision",
    Base.DECIMAL: "decimal numeric dec bignumeric bigdecimal",
    Base.BOOLEAN: "boolean bool",
    Base.DATE: "date date32 date64",
    Base.TIME: "time time32 time64",
    Base.TIMESTAMP: "timestamp datetime datetime2 timestamp_ntz timestamp_without_time_zone smalldatetime",
    Base.TIMESTAMP_TZ: "timestamptz timestamp_tz timestamp_ltz timestamp_with_time_zone datetimeoffset",
    Base.BINARY: "binary varbinary bytea blob bytes",
    Base.UUID: "uuid guid uniqueidentifier",
    Base.OBJECT: "struct record row object",
    Base.ARRAY: "array list repeated",
    Base.MAP: "map",
    Base.JSON: "json jsonb variant",
}
_BY_NAME = {name: base for base, names in _PHYSICAL.items() for name in names.split()}
_TYPE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_ ]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)\s*([A-Za-z ]*))?$")


def physical(text: str) -> tuple[Base | None, int, int]:
    """The base, and the two numbers in parentheses, of a physical type; None when it says nothing about values."""
    if not (found := _TYPE.match(text)):
        head = re.match(r"\s*([A-Za-z]+)", text)  # ARRAY<STRING>, STRUCT<a INT>, VARCHAR(MAX)
        return (_BY_NAME.get(head[1].lower()) if head else None), 0, 0
    name = "_".join(f"{found[1]} {found[4] or ''}".lower().split())
    return _BY_NAME.get(name), int(found[2] or 0), int(found[3] or 0)


def kind_of(item: Property) -> Kind | None:
    """The declared kind of *item*: `logicalType` first, `physicalType` where that is silent or finer; None: any value."""
    base, first, second = physical(item.physical_type)
    said = _LOGICAL.get(item.logical_type)
    if said is Base.TIMESTAMP and (
        item.options.get("timezone") is True or (base is Base.TIMESTAMP_TZ and "timezone" not in item.options)
    ):
        return Kind(Base.TIMESTAMP_TZ)
    if said in (None, Base.NUMBER) and base is Base.DECIMAL and first:
        return Kind(Base.DECIMAL, first, second)
    if said is None and base is Base.NUMBER and first and item.physical_type.strip().lower().startswith("number"):
        return Kind(Base.DECIMAL, first, second)
    chosen = said or base
    return Kind(Base.NUMBER) if chosen is Base.DECIMAL else Kind(chosen) if chosen else None


def fields_of(columns: Iterable[Declared], known: Iterable[Field]) -> tuple[Field, ...]:
    """Fields for those of *columns*, which suites declare, that are not *known*; what is said first holds."""
    names = {name for item in known for name in (item.name, item.source)}
    found: dict[str, Field] = {}
    for item in columns:
        if item.name not in names:
            found.setdefault(item.name, Field(item.name, item.name, item.kind, text=item.coerced))
    return tuple(found.values())


def field_of(item: Property, *, sensitive: bool = False) -> Field:
    """The field that *item* declares, with its parts."""
    kind = kind_of(item)
    subject = bool(item.extension.subject)
    hidden = sensitive or subject or item.classification.strip().lower() not in ("", "public", "internal")
    written = item.options.get("format")
    temporal = kind and kind.base in (Base.DATE, Base.TIME, Base.TIMESTAMP, Base.TIMESTAMP_TZ)
    pattern = java_format(written) if temporal and isinstance(written, str) else None
    return Field(
        name=item.name,
        source=item.physical_name or item.name,
        kind=kind,
        fields=tuple(field_of(part, sensitive=hidden) for part in item.properties),
        items=field_of(item.items, sensitive=hidden) if item.items else None,
        formats=(pattern,) if pattern else (),
        text=physical(item.physical_type)[0] is Base.TEXT and kind is not None and kind.base is not Base.TEXT,
        sensitive=hidden,
        subject=subject,
        key=item.primary_key,
    )
