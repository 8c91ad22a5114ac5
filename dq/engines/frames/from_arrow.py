"""Arrow tables: shared as they are, but for the few types that DuckDB has no word for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dq.engines.frames.model import Column, FrameRows, named, table
from dq.errors import SourceError

if TYPE_CHECKING:
    import pyarrow as pa


def open_arrow(data: Any, place: str) -> FrameRows:
    """
    A Table or RecordBatch.

    Raises:
        SourceError: names clash, a type cannot be read, or text is not UTF-8; it names the column.
    """
    names, notes = named(data.schema.names, place)
    columns = [fitting(data.column(position), f"{place}, column '{name}'") for position, name in enumerate(names)]
    return table(names, columns, (str(field.type) for field in data.schema), data.num_rows, notes)


def fitting(values: pa.Array | pa.ChunkedArray, place: str) -> Column:
    """
    *values* in a type that DuckDB reads; most are shared.

    Half floats become floats, decimals of more than 38 digits lose unused digits or become text.

    Raises:
        SourceError: text is not UTF-8.
    """
    import pyarrow as pa  # noqa: PLC0415

    _judge_text(values, place)
    wanted = _known(values.type)
    if wanted == values.type:
        return Column(values)
    if pa.types.is_decimal256(values.type):
        try:
            return Column(values.cast(wanted))
        except pa.ArrowInvalid:
            return Column(values.cast(pa.string()), json=True, note="decimals of more than 38 digits")
    try:
        return Column(values.cast(wanted))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise SourceError(f"cannot read Arrow type {values.type}: {error}", place, "cast the column, or leave it out") from None


def _known(kind: pa.DataType) -> pa.DataType:
    """The type itself, or the nearest that DuckDB has."""
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_float16(kind):
        return pa.float32()
    if pa.types.is_decimal256(kind):
        return pa.decimal128(38, kind.scale) if 0 <= kind.scale <= 38 else pa.decimal128(38, 0)
    if pa.types.is_struct(kind):
        fields = [field.with_type(_known(field.type)) for field in kind]
        return kind if [field.type for field in fields] == [field.type for field in kind] else pa.struct(fields)
    if pa.types.is_fixed_size_list(kind):
        inner = _known(kind.value_type)
        return kind if inner == kind.value_type else pa.list_(inner, kind.list_size)
    if pa.types.is_large_list(kind):
        inner = _known(kind.value_type)
        return kind if inner == kind.value_type else pa.large_list(inner)
    if pa.types.is_list(kind):
        inner = _known(kind.value_type)
        return kind if inner == kind.value_type else pa.list_(inner)
    if pa.types.is_map(kind):
        inner = pa.map_(_known(kind.key_type), _known(kind.item_type))
        return kind if inner.item_type == kind.item_type and inner.key_type == kind.key_type else inner
    if pa.types.is_dictionary(kind):
        inner = _known(kind.value_type)
        return kind if inner == kind.value_type else inner
    return kind


def _judge_text(values: pa.Array | pa.ChunkedArray, place: str) -> None:
    import pyarrow as pa  # noqa: PLC0415

    if not _has_text(values.type):
        return
    first = 0
    for chunk in values.chunks if isinstance(values, pa.ChunkedArray) else [values]:
        try:
            chunk.validate(full=True)
        except pa.ArrowInvalid as error:
            row = f"rows {first} to {first + len(chunk) - 1}" if len(chunk) > 1 else f"row {first}"
            raise SourceError(
                f"not valid Arrow data in {row}: {error}", place, "write UTF-8 text, or make the column binary"
            ) from None
        first += len(chunk)


def _has_text(kind: pa.DataType) -> bool:
    import pyarrow as pa  # noqa: PLC0415

    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return True
    if pa.types.is_dictionary(kind):
        return _has_text(kind.value_type)
    return any(_has_text(kind.field(position).type) for position in range(kind.num_fields)) if pa.types.is_nested(kind) else False
