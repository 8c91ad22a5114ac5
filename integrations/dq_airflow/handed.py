"""What a gate is handed: rows out of XCom, files and objects, tables behind a connection; as sources of dq."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import dq
from dq_airflow._compat import BaseHook


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Handed:
    """Rows, kept out of what Airflow shows as rendered fields: they may be secret, and they may be many."""

    rows: Any

    def __str__(self) -> str:
        count = f"{len(self.rows):,} rows, " if hasattr(self.rows, "__len__") else ""
        return f"<{count}{type(self.rows).__module__.partition('.')[0]} {type(self.rows).__name__}>"

    __repr__ = __str__


def covered(value: Any) -> Any:
    """*value* itself when it says where rows are, else wrapped."""
    if value is None or isinstance(value, dq.Files | dq.Table | Handed) or hasattr(value, "iter_references"):
        return value
    items = value if isinstance(value, list | tuple) else [value]
    return value if all(isinstance(item, str | os.PathLike) or _is_object(item) for item in items) else Handed(value)


def source_of(value: Any, conn_id: str | None) -> Any:
    """
    The source that *value* names; with *conn_id* a text is a URL that the connection opens, else a table or a query behind it.

    Raises:
        dq.UsageError: the connection is of no database that dq knows. AirflowNotFoundException: there is no such connection.
    """
    if isinstance(value, Handed):
        return value.rows
    if isinstance(value, str) and conn_id and "://" in value:
        from airflow.sdk import ObjectStoragePath  # noqa: PLC0415  heavy

        return _files([ObjectStoragePath(value, conn_id=conn_id)])
    if isinstance(value, str) and conn_id:
        return table(value, conn_id)
    if _is_object(value):
        return _files([value])
    if isinstance(value, list | tuple) and value and all(map(_is_object, value)):
        return _files(value)
    return value


def output_of(value: Any, conn_id: str | None) -> Any:
    """Where good rows go: with *conn_id* a table behind it, else a path; of an object in a local file system its path."""
    if conn_id and isinstance(value, str):
        return table(value, conn_id)
    if _is_object(value):
        return value.path if value.protocol in ("", "file", "local") else str(value)
    return value


def table(said: str, conn_id: str) -> dq.Table:
    """
    The table that *said* names, or the query that it is, behind a connection.

    Raises:
        dq.UsageError: the connection is of no database that dq knows. AirflowNotFoundException: there is no such connection.
    """
    words = said.split(None, 1)
    if len(words) == 2 and words[0].lower() in ("select", "with"):
        return dq.Table(address(conn_id), query=said)
    return dq.Table(address(conn_id), said.strip())


_DRIVERS = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "mariadb": "mariadb", "sqlite": "sqlite"}
_OPTIONS = {
    "postgresql": ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "options", "application_name", "connect_timeout"),
    "mysql": ("charset", "connect_timeout", "unix_socket"),
}
_TLS = ("ca", "capath", "cert", "key", "cipher")  # of the word `ssl` of MySQL


def address(conn_id: str) -> Any:
    """
    The SQLAlchemy URL of a connection, by its fields: no provider of the database needs to be installed.

    Raises:
        dq.UsageError: the connection is of no database that dq knows, or asks for a safety that dq cannot give.
        AirflowNotFoundException: there is no such connection.
    """
    import sqlalchemy as sa  # noqa: PLC0415  heavy

    conn = BaseHook.get_connection(conn_id)
    driver = _DRIVERS.get(conn.conn_type or "")
    if driver is None:
        known = ", ".join(_DRIVERS)
        raise dq.UsageError(f"connection '{conn_id}' is of type '{conn.conn_type}'", "", f"types that dq reads: {known}")
    if driver == "sqlite":
        return sa.URL.create("sqlite", database=conn.host or conn.schema)
    options = _options(conn_id, driver.replace("mariadb", "mysql"), conn.extra_dejson)
    return sa.URL.create(driver, conn.login, conn.password, conn.host, conn.port, conn.schema, options)


def _options(conn_id: str, driver: str, extra: Mapping[str, Any]) -> Mapping[str, str]:
    """What the extras of a connection say to the driver; words of Airflow's own hooks are left, but none that protects."""
    said = {name: str(value) for name, value in extra.items() if name in _OPTIONS[driver]}
    tls = _tls(extra.get("ssl")) if driver == "mysql" else {}
    kept = {*said, "ssl"} if tls else {*said}
    if left := [name for name, value in extra.items() if name.startswith("ssl") and value and name not in kept]:
        mend = f"words that dq knows: {', '.join(_OPTIONS[driver])}, and `ssl` of MySQL with {', '.join(_TLS)}"
        raise dq.UsageError(f"connection '{conn_id}' says {left[0]}, which dq cannot keep to", "", mend)
    return said | {f"ssl_{name}": str(value) for name, value in tls.items()}


def _tls(said: Any) -> Mapping[str, Any]:
    """The files that `ssl` of a MySQL connection names; empty when it says anything else."""
    with suppress(ValueError):
        said = json.loads(said) if isinstance(said, str) else said
    return said if isinstance(said, Mapping) and said.keys() <= set(_TLS) else {}


def _is_object(value: Any) -> bool:
    return type(value).__name__ == "ObjectStoragePath"


def _files(paths: Sequence[Any]) -> dq.Files:
    """Objects as files of dq, opened as their connection says."""
    first = paths[0]
    if first.protocol in ("", "file", "local"):
        return dq.Files(tuple(path.path for path in paths))
    storage: Mapping[str, Any] = dict(first.fs.storage_options)
    return dq.Files(tuple(f"{path.protocol}://{path.path}" for path in paths), storage=storage)
