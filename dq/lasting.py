"""Sources and targets as plain values, without secrets, so that another process finds them again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dq.address import in_file, shown
from dq.errors import UsageError
from dq.source import Files, Format, Reading, Source, Table


def lasts(item: Source) -> bool:
    """Whether *item* can be found again by what may be written down: no frame, nothing behind a secret, nothing in memory."""
    if isinstance(item, Table):
        url = item.url
        return url.get_backend_name() != "sqlite" or in_file(url)
    return (
        isinstance(item, Files)
        and not item.storage
        and not any("://" in path and ("@" in path or "?" in path) for path in item.paths)
    )


def said(item: Source) -> dict[str, Any] | None:
    """*item* as plain values; None when it does not last."""
    if not lasts(item):
        return None
    if isinstance(item, Table):
        return {"database": shown(item.url), "name": item.name, "query": item.query, "where": item.where}
    assert isinstance(item, Files)  # noqa: S101  it lasts
    return {
        "paths": [absolute(path) for path in item.paths],
        "format": item.format,
        "reading": None if item.reading is None else asdict(item.reading),
    }


def found(said: Mapping[str, Any], databases: Sequence[str]) -> Files | Table:
    """
    The files or the table that were written down; the secrets of a table are those of the one of *databases* that it is in.

    Where none is, its address is taken as it was kept: there may be nothing to keep secret, or the driver knows it.

    Raises:
        UsageError: one of *databases* is no address.
    """
    if "database" not in said:
        known = None if said["format"] is None else Format(said["format"])
        return Files(tuple(said["paths"]), known, None if said["reading"] is None else reading_of(said["reading"]))
    kept = said["database"]
    given = next((item for item in databases if _shown(item) == kept), "")
    return Table(given or kept, said["name"], said["query"], said["where"], recalled=not given)


def _shown(address: str) -> str:
    try:
        return shown(Table(address, "any").url)
    except UsageError:
        mend = "write postgresql://user:password@host/database; a comma within it is %2C"
        raise UsageError("one of the addresses is none of a database", "databases", mend) from None


def reading_of(said: Mapping[str, Any]) -> Reading:
    """The dialect of text that was written down."""
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Reading(**words)


def absolute(path: str) -> str:
    """Another process may stand in another folder; a folder keeps the slash that says so."""
    return path if "://" in path else os.path.abspath(path) + ("/" if path.endswith("/") else "")  # noqa: PTH100  globs too
