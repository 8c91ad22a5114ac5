"""The same rows as every kind of input: frames of each library and dtype backend, rows, batches, files."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

_LOGICAL: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "time": pa.time64("us"),
}
_STORED: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "large_text": pa.large_string(),
    "float": pa.float32(),
    "double": pa.float64(),
    "int8": pa.int8(),
    "int32": pa.int32(),
    "uint64": pa.uint64(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
    "timestamp_ms": pa.timestamp("ms"),
    "category": pa.dictionary(pa.int32(), pa.string()),
    "integers": pa.list_(pa.int64()),
    "null": pa.null(),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as a fact writes them, the Arrow type that a frame stores each column as, and where files and tables of them go."""

    types: Mapping[str, pa.DataType]
    written: Sequence[tuple[Any, ...]]
    folder: Path
    database: Callable[[str], str] = "no database of kind {}".format

    @property
    def names(self) -> list[str]:
        """The columns."""
        return list(self.types)

    @property
    def values(self) -> list[tuple[Any, ...]]:
        """The rows as Python values of their types; what does not fit its type stays as written."""
        return [tuple(value_of(cell, kind) for cell, kind in zip(row, self.types.values(), strict=True)) for row in self.written]

    @property
    def table(self) -> pa.Table:
        """The rows as an Arrow table."""
        columns = list(zip(*self.values, strict=True)) or [()] * len(self.types)
        arrays = [pa.array(list(cells), kind) for cells, kind in zip(columns, self.types.values(), strict=True)]
        return pa.table(arrays, names=self.names)


def stored_as(declared: Mapping[str, Any], stored: str = "") -> pa.DataType:
    """The Arrow type of a column declared so: as *stored* says, else the plain one of its logical type."""
    if stored.startswith("decimal"):
        precision, scale = (int(part) for part in stored[len("decimal(") : -1].split(","))
        return pa.decimal128(precision, scale)
    if stored.startswith("timestamp "):
        return pa.timestamp("us", stored.partition(" ")[2])
    if stored:
        return _STORED[stored]
    kind = declared.get("logicalType", "string")
    if kind == "object":
        return pa.struct([(part["name"], stored_as(part)) for part in declared["properties"]])
    if kind == "array":
        return pa.list_(stored_as(declared["items"]))
    if kind == "map":
        return pa.map_(pa.string(), stored_as(declared["map"]["value"]))
    if kind == "timestamp" and declared.get("logicalTypeOptions", {}).get("timezone"):
        return pa.timestamp("us", "UTC")
    return _LOGICAL[kind]


def value_of(written: Any, kind: pa.DataType) -> Any:
    """*written* as a value of *kind*; as it is when it is none."""
    if isinstance(written, dict) and pa.types.is_struct(kind):
        return {part.name: value_of(written.get(part.name), part.type) for part in kind}
    if isinstance(written, dict) and pa.types.is_map(kind):
        return {name: value_of(value, kind.item_type) for name, value in written.items()}
    if isinstance(written, list) and pa.types.is_list(kind):
        return [value_of(item, kind.value_type) for item in written]
    if written is None or isinstance(written, bool | list | dict):
        return written
    try:
        return _scalar(written, kind)
    except (ValueError, ArithmeticError):
        return written


def _scalar(written: Any, kind: pa.DataType) -> Any:
    if pa.types.is_decimal(kind):
        return Decimal(str(written))
    if pa.types.is_floating(kind) and isinstance(written, int):
        return float(written)
    if not isinstance(written, str):
        return written
    if pa.types.is_date(kind):
        return date.fromisoformat(written)
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(written)
    if pa.types.is_time(kind):
        return time.fromisoformat(written)
    return written


# -- the kinds -------------------------------------------------------------------------------------------------------


def pandas_numpy(rows: Rows) -> object:
    """Pandas as it comes: numpy dtypes, NaN for nulls, so integers with nulls are floats."""
    return rows.table.to_pandas(maps_as_pydicts="strict")


def pandas_nullable(rows: Rows) -> object:
    """Pandas with its own nullable dtypes."""
    import pandas as pd

    nullable = {
        pa.int8(): pd.Int8Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.uint64(): pd.UInt64Dtype(),
        pa.float32(): pd.Float32Dtype(),
        pa.float64(): pd.Float64Dtype(),
        pa.bool_(): pd.BooleanDtype(),
        pa.string(): pd.StringDtype(na_value=pd.NA),
    }
    return rows.table.to_pandas(types_mapper=nullable.get, maps_as_pydicts="strict")


def pandas_arrow(rows: Rows) -> object:
    """Pandas backed by Arrow."""
    import pandas as pd

    return rows.table.to_pandas(types_mapper=pd.ArrowDtype)


def pandas_object(rows: Rows) -> object:
    """Pandas columns of Python objects, each value with its own type."""
    import pandas as pd

    columns = list(zip(*rows.values, strict=True)) or [()] * len(rows.types)
    return pd.DataFrame({name: pd.Series(list(cells), dtype=object) for name, cells in zip(rows.names, columns, strict=True)})


def polars(rows: Rows) -> object:
    """A Polars frame."""
    import polars as pl

    return pl.from_arrow(rows.table)


def arrow(rows: Rows) -> object:
    """An Arrow table."""
    return rows.table


def as_rows(rows: Rows) -> object:
    """A list of dicts."""
    return [dict(zip(rows.names, row, strict=True)) for row in rows.values]


def batches(rows: Rows) -> object:
    """An iterator of Arrow record batches of two rows; without rows, a reader that knows the columns."""
    table = rows.table
    if not table.num_rows:
        return pa.RecordBatchReader.from_batches(table.schema, [])
    return iter(table.to_batches(max_chunksize=2))


def parquet(rows: Rows) -> object:
    """A Parquet file."""
    import pyarrow.parquet as pq

    path = rows.folder / "facts.parquet"
    pq.write_table(rows.table, path)
    return path


def csv_file(rows: Rows) -> object:
    """
    A CSV file: nothing between the commas is null, `""` is empty text, everything else is text as a person writes it.

    A lone column gets another beside it, or its nulls would be blank lines.
    """
    path = rows.folder / "facts.csv"
    beside = ["beside"] if len(rows.types) == 1 else []
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_csv_line([*rows.names, *beside]))
        file.writelines(_csv_line([*map(csv_cell, row), *beside]) for row in rows.written)
    return path


def jsonl(rows: Rows) -> object:
    """A file of one JSON object a line; a null is left out in every second row."""
    path = rows.folder / "facts.jsonl"
    lines = []
    for number, row in enumerate(rows.written):
        shown = {name: cell for name, cell in zip(rows.names, row, strict=True) if cell is not None or number % 2 == 0}
        lines.append(_json(shown) + "\n")
    path.write_text("".join(lines), "utf-8")
    return path


INPUTS: Mapping[str, Callable[[Rows], object]] = {
    "pandas_numpy": pandas_numpy,
    "pandas_nullable": pandas_nullable,
    "pandas_arrow": pandas_arrow,
    "pandas_object": pandas_object,
    "polars": polars,
    "arrow": arrow,
    "rows": as_rows,
    "batches": batches,
    "parquet": parquet,
    "csv": csv_file,
    "jsonl": jsonl,
    "postgres": lambda rows: _table(rows, "postgres"),
    "mariadb": lambda rows: _table(rows, "mariadb"),
    "sqlite": lambda rows: _table(rows, "sqlite"),
}


def _table(rows: Rows, kind: str) -> object:
    """A table of a database."""
    from tests.conformance.databases import table

    return table(rows, kind)


# -- text ------------------------------------------------------------------------------------------------------------


def csv_cell(cell: Any) -> str | None:
    """A value as CSV text; None for null."""
    if cell is None or isinstance(cell, str):
        return cell
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _csv_line(cells: Sequence[str | None]) -> str:
    return ",".join("" if cell is None else _quoted(cell) for cell in cells) + "\n"


def _quoted(cell: str) -> str:
    plain = cell and not any(character in cell for character in ',"\r\n')
    return cell if plain else '"' + cell.replace('"', '""') + '"'


def _json(value: Any) -> str:
    """JSON that keeps the digits of decimals."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {_json(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(value)
    return json.dumps(value, ensure_ascii=False)
