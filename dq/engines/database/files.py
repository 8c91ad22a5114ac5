"""Good rows of a table, written to a file as they come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dq.source import Format

if TYPE_CHECKING:
    import pyarrow as pa

_OPTIONS = {Format.CSV: "FORMAT csv, HEADER", Format.JSON: "FORMAT json"}


def write(rows: pa.RecordBatchReader, path: Path, file_format: Format, facts: Mapping[str, str]) -> int:
    """*rows* in a new file at *path*, *facts* in the footer of a Parquet file; how many there were."""
    if file_format is Format.PARQUET:
        return _parquet(rows, path, facts)
    import duckdb  # noqa: PLC0415  heavy

    staged = path.with_name(f"{path.name}.parquet")
    try:
        written = _parquet(rows, staged, {})
        with duckdb.connect() as connection:  # so that text files are written alike, whatever their rows came from
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY (FROM read_parquet({_text(staged)})) TO {_text(path)} ({_OPTIONS[file_format]})")
    finally:
        staged.unlink(missing_ok=True)
    return written


def _parquet(rows: pa.RecordBatchReader, path: Path, facts: Mapping[str, str]) -> int:
    import pyarrow.parquet as pq  # noqa: PLC0415

    written = 0
    with pq.ParquetWriter(path, rows.schema, compression="snappy") as writer:
        for batch in rows:
            writer.write_batch(batch)
            written += batch.num_rows
        writer.add_key_value_metadata(dict(facts))
    return written


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
