"""Arrow becomes rows of a driver, and types of columns."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dq.engines.database.server import ROWS_AT_ONCE
from dq.errors import EngineError

if TYPE_CHECKING:
    import pyarrow as pa

# What Arrow's types become; `{p}` and `{s}` are the digits of a decimal.
_TYPES: dict[str, dict[str, str]] = {
    "postgres": {
        "whole": "BIGINT",
        "huge": "NUMERIC(20)",
        "float": "DOUBLE PRECISION",
        "truth": "BOOLEAN",
        "decimal": "NUMERIC({p},{s})",
        "date": "DATE",
        "time": "TIME",
        "moment": "TIMESTAMP",
        "instant": "TIMESTAMPTZ",
        "bytes": "BYTEA",
        "nested": "JSONB",
        "text": "TEXT",
    },
    "mariadb": {
        "whole": "BIGINT",
        "huge": "DECIMAL(20)",
        "float": "DOUBLE",
        "truth": "BOOLEAN",
        "decimal": "DECIMAL({p},{s})",
        "date": "DATE",
        "time": "TIME(6)",
        "moment": "DATETIME(6)",
        "instant": "DATETIME(6)",
        "bytes": "LONGBLOB",
        "nested": "JSON",
        "text": "LONGTEXT",
    },
    "sqlite": {
        "whole": "INTEGER",
        "huge": "INTEGER",
        "float": "REAL",
        "truth": "BOOLEAN",
        "decimal": "DECIMAL({p},{s})",
        "date": "DATE",
        "time": "TIME",
        "moment": "TIMESTAMP",
        "instant": "TIMESTAMP WITH TIME ZONE",
        "bytes": "BLOB",
        "nested": "JSON",
        "text": "TEXT",
    },
}
_TYPES["mysql"] = _TYPES["mariadb"]


def ddl_types(schema: pa.Schema, dialect: str) -> Mapping[str, str]:
    """The types of columns that hold rows of *schema*, by name."""
    known = _TYPES[dialect]
    return {field.name: known[_word(field.type)].format(**_digits(field.type)) for field in schema}


def _word(kind: pa.DataType) -> str:
    import pyarrow as pa  # noqa: PLC0415

    is_a = pa.types
    if is_a.is_dictionary(kind):
        return _word(kind.value_type)
    if is_a.is_timestamp(kind):
        return "instant" if kind.tz else "moment"
    tests = {
        "huge": is_a.is_uint64,
        "whole": is_a.is_integer,
        "float": is_a.is_floating,
        "truth": is_a.is_boolean,
        "decimal": is_a.is_decimal,
        "date": is_a.is_date,
        "time": is_a.is_time,
        "nested": is_a.is_nested,
    }
    if found := next((word for word, test in tests.items() if test(kind)), ""):
        return found
    return "bytes" if is_a.is_binary(kind) or is_a.is_large_binary(kind) or is_a.is_fixed_size_binary(kind) else "text"


def _digits(kind: pa.DataType) -> dict[str, int]:
    import pyarrow as pa  # noqa: PLC0415

    return {"p": kind.precision, "s": kind.scale} if pa.types.is_decimal(kind) else {}


def rows_of(
    batches: Iterable[pa.RecordBatch], dialect: str, more: Sequence[str], lists: Collection[str] = ()
) -> Iterator[list[tuple[Any, ...]]]:
    """
    The rows of *batches*, some thousand at a time, as values that a driver takes, with *more* at the end of each.

    Columns *lists* take a list as it is.
    """
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS_AT_ONCE):
            part = batch.slice(start, ROWS_AT_ONCE)
            columns = [
                column.to_pylist() if name in lists else [_value(cell, dialect) for cell in column.to_pylist()]
                for name, column in zip(part.schema.names, part.columns, strict=True)
            ]
            yield list(zip(*columns, *([text] * part.num_rows for text in more), strict=True))


def whole_numbers(batches: Iterable[pa.RecordBatch], names: Collection[str]) -> Iterator[pa.RecordBatch]:
    """
    *batches* whose columns *names* hold whole numbers, be they floats: a server may not take 5.0 for 5.

    Raises:
        EngineError: one is not whole.
    """
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    for batch in batches:
        made = batch
        for place, field in enumerate(batch.schema):
            if field.name in names and pa.types.is_floating(field.type):
                cells = batch.column(place)
                try:
                    cells = pc.if_else(pc.is_nan(cells), None, cells).cast(pa.int64())
                except pa.ArrowInvalid as error:
                    raise EngineError(f"column '{field.name}' takes whole numbers: {error}", field.name) from None
                made = made.set_column(place, field.name, cells)
        yield made


def _value(cell: Any, dialect: str) -> Any:
    """One value: NaN is null, what is nested is JSON, a moment with a zone is in UTC."""
    if isinstance(cell, float) and math.isnan(cell):
        return None
    if isinstance(cell, dict | list):
        return json.dumps(cell, default=str, ensure_ascii=False)
    if isinstance(cell, datetime) and cell.tzinfo is not None:
        cell = cell.astimezone(UTC)
    if dialect == "sqlite" and isinstance(cell, date | datetime | time | Decimal):
        return cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)
    return cell
