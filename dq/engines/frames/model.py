"""What a frame becomes: an Arrow table that DuckDB reads exactly, with names and row numbers that are safe."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dq.errors import SourceError
from dq.sql import ROW_NO

if TYPE_CHECKING:
    import pyarrow as pa

_OWN = (ROW_NO, "__dq_source", "__dq_raw")


@dataclass(frozen=True, slots=True)
class Column:
    """Values for DuckDB. *json*: they were of several types and are JSON text, each with its own. *note*: what had to change."""

    values: pa.Array | pa.ChunkedArray
    json: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class FrameRows:
    """
    A frame as DuckDB takes it: *relation* is an Arrow table of its columns, by name, and `__dq_row_no` (int64, from 0).

    *columns* are the types as the owner of the frame knows them. Columns in *json* hold JSON text. Data is shared with the frame
    wherever its form allows; the frame itself is never changed.
    """

    relation: pa.Table
    columns: Mapping[str, str]
    json: frozenset[str]
    notes: tuple[str, ...]


def table(
    names: Iterable[str], columns: Iterable[Column], kinds: Iterable[str], rows: int, notes: Iterable[str] = ()
) -> FrameRows:
    """The columns put together, with row numbers."""
    import numpy as np  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    names, columns = list(names), list(columns)
    arrays = [column.values for column in columns]
    said = [*notes, *(f"column '{name}': {column.note}" for name, column in zip(names, columns, strict=True) if column.note)]
    return FrameRows(
        pa.table([*arrays, pa.array(np.arange(rows))], names=[*names, ROW_NO]),
        dict(zip(names, kinds, strict=True)),
        frozenset(name for name, column in zip(names, columns, strict=True) if column.json),
        tuple(said),
    )


def named(labels: Iterable[Hashable], place: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Column names for *labels*, and notes about those that changed.

    Text stays as it is; a tuple is its parts joined by dots (`("a", "x")` is `a.x`), anything else its text (`0` is `"0"`,
    None is `"None"`); an empty name is `column_3` after its position.

    Raises:
        SourceError: there are none; two are the same, or differ only in the case of A–Z, or dq or DuckDB cannot take one.
    """
    names: list[str] = []
    notes: list[str] = []
    seen: dict[str, Hashable] = {}
    for position, label in enumerate(labels, 1):
        name = _text(label) or f"column_{position}"
        if name != label:
            notes.append(f"column {label!r} is called '{name}'")
        folded = "".join(character.lower() if "A" <= character <= "Z" else character for character in name)
        if folded in seen:
            other = seen[folded]
            same = f"two columns are called '{name}'" if other == label else f"columns {other!r} and {label!r} are one name"
            raise SourceError(same, place, "give each column a name of its own; case does not tell names apart")
        if folded in _OWN or "\0" in name or (not name.isprintable() and not _encodes(name)):
            raise SourceError(f"column {label!r} has a name that cannot be used", place, "rename it")
        seen[folded] = label
        names.append(name)
    if not names:
        raise SourceError("there are no columns", place, "give a frame with at least one column")
    return tuple(names), tuple(notes)


def _text(label: Hashable) -> str:
    if isinstance(label, tuple):
        return ".".join(part for part in map(_text, label) if part)
    return str(label)


def _encodes(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
