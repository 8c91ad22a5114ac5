"""Which files a path means: globs, folders, URLs, Delta tables; and what Parquet files become in DuckDB."""

from __future__ import annotations

import glob
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dq.errors import MissingExtra, SourceError, UsageError, WorldError
from dq.source import Files, Format

_SUFFIXES = {
    ".parquet": Format.PARQUET,
    ".pq": Format.PARQUET,
    ".parq": Format.PARQUET,
    ".csv": Format.CSV,
    ".tsv": Format.CSV,
    ".txt": Format.CSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSON,
    ".ndjson": Format.JSON,
}
_PACKED = (".gz", ".zst", ".zip", ".bz2")


@dataclass(frozen=True, slots=True)
class Found:
    """The files that are meant, in order; *filesystem* is fsspec's for URLs; *hive*: folder names `k=v` are columns."""

    paths: tuple[str, ...]
    format: Format
    filesystem: Any = None
    hive: bool = False


def find(files: Files) -> Found:
    """
    The files that *files* means.

    Raises:
        WorldError: there is none. A retry may help: the file may be late.
        UsageError: its format cannot be told from its name, or two formats are mixed.
        SourceError: a file is not what its name says.
    """
    found: list[str] = []
    filesystem = None
    hive = False
    for path in files.paths:
        if "://" in path and not path.startswith("file://"):
            filesystem, listed = _remote(path, files.storage)
        else:
            listed, is_folder = _local(path.removeprefix("file://"))
            hive = hive or is_folder or any("=" in part for name in listed for part in Path(name).parts[:-1])
            if len(listed) == 1 and (Path(listed[0]) / "_delta_log").is_dir():
                return Found((listed[0],), Format.DELTA)
        found += listed
    kinds = {files.format or _format(name) for name in found}
    if len(kinds) > 1:
        raise UsageError(f"files of different formats: {', '.join(sorted(kinds))}", str(files), "read one format at a time")
    chosen = kinds.pop()
    if filesystem is None and chosen is Format.PARQUET:
        for name in found:
            _is_parquet(name)
    return Found(tuple(found), chosen, filesystem, hive)


def _local(path: str) -> tuple[list[str], bool]:
    place = Path(path).expanduser()
    if place.is_dir():
        if (place / "_delta_log").is_dir():
            return [str(place.resolve())], False
        inside = sorted(str(item.resolve()) for item in place.rglob("*") if item.is_file() and _data_file(item, place))
        if not inside:
            raise WorldError("no data file in the folder", path, "expected .parquet, .csv or .json files")
        return inside, True
    if place.exists():
        return [str(place.resolve())], False
    if glob.has_magic(path):
        listed = sorted(str(Path(item).resolve()) for item in glob.iglob(str(place), recursive=True) if Path(item).is_file())  # noqa: PTH207  Path.glob knows no absolute patterns
        if listed:
            return listed, False
        raise WorldError("no file matches", path, "check the pattern, or wait for the file")
    raise WorldError("no such file", path, "check the path, or wait for the file")


def _data_file(item: Path, folder: Path) -> bool:
    return not any(part.startswith(("_", ".")) for part in item.relative_to(folder).parts) and _suffix(item.name) in _SUFFIXES


def _suffix(name: str) -> str:
    path = Path(name)
    return (Path(path.stem).suffix if path.suffix.lower() in _PACKED else path.suffix).lower()


def _format(name: str) -> Format:
    if chosen := _SUFFIXES.get(_suffix(name)):
        return chosen
    raise UsageError(
        "the format cannot be told from the name", name, "rename it (.parquet, .csv, .jsonl), or say Files(…, format='csv')"
    )


def _is_parquet(name: str) -> None:
    with Path(name).open("rb") as file:
        head = file.read(4)
        if not head:
            raise SourceError("the file is empty", name, "a Parquet file has at least a footer; was it written to the end?")
        file.seek(-4, 2) if Path(name).stat().st_size >= 12 else None
        tail = file.read(4)
    if head not in (b"PAR1", b"PARE") or tail not in (b"PAR1", b"PARE"):
        raise SourceError("not a Parquet file", name, "was it written to the end, and is its name right?")


def _remote(url: str, storage: Mapping[str, Any]) -> tuple[Any, list[str]]:
    import fsspec  # noqa: PLC0415  only for URLs

    protocol = url.partition("://")[0]
    try:
        filesystem, path = fsspec.core.url_to_fs(url, **storage)
    except ImportError:
        raise MissingExtra(f"the fsspec filesystem for {protocol}://", "s3" if protocol.startswith("s3") else "all") from None
    except ValueError as error:
        raise UsageError(str(error), url) from None
    try:
        listed = sorted(filesystem.glob(path)) if glob.has_magic(path) else filesystem.find(path)
    except OSError as error:
        raise WorldError(str(error), url) from error
    if not listed:
        raise WorldError("no such file", url, "check the URL, or wait for the file")
    return filesystem, [f"{protocol}://{name}" for name in listed]


def delta_files(folder: str) -> tuple[str, ...]:
    """
    The Parquet files of the newest version of a Delta table.

    Raises:
        SourceError: the table uses deletion vectors or column mapping, which its files alone do not show.
    """
    try:
        from deltalake import DeltaTable  # noqa: PLC0415  an extra
    except ImportError:
        raise MissingExtra("deltalake", "delta") from None
    table = DeltaTable(folder)
    features = set(table.protocol().reader_features or ())
    if unread := sorted(features & {"deletionVectors", "columnMapping"}):
        raise SourceError(f"the Delta table uses {', '.join(unread)}", folder, "rewrite it without, or read it on Spark")
    return tuple(sorted(table.file_uris()))
