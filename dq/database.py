"""A contract's server that is a database: where it is stands in the contract, who reads it in the environment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dq.errors import UsageError
from dq.source import Table

_BACKENDS = {"postgres": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "sqlite": "sqlite"}


def kind_of(server: str, said: Mapping[str, Any]) -> str:
    """The kind of database that a server of type *server* is, "" for none: SQLite is a local file of that format."""
    kind = server.strip().lower()
    if kind == "local" and str(said.get("format", "")).strip().lower() == "sqlite":
        return "sqlite"
    return kind if kind in _BACKENDS else ""


def table(server: str, kind: str, said: Mapping[str, Any], name: str, environ: Mapping[str, str]) -> Table:
    """
    Table *name* (and its `schema`, when the server says one) of a server: `host`, `port` and `database` as *said*.

    Of server `warehouse`, the variables DQ_SERVER_WAREHOUSE_USER and DQ_SERVER_WAREHOUSE_PASSWORD say who reads it; without
    them it is up to the driver (PGUSER, a password file, a socket). DQ_SERVER_WAREHOUSE_URL says all of it instead.

    Raises:
        UsageError: the server names no database, or a port that is no number.
    """
    import sqlalchemy as sa  # noqa: PLC0415  heavy

    backend, prefix = _BACKENDS[kind], f"DQ_SERVER_{re.sub(r'[^A-Z0-9]', '_', server.upper())}"
    schema = str(said.get("schema") or "")
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in (schema, *_parts(name)) if part)
    if url := environ.get(f"{prefix}_URL"):
        return Table(url, quoted)
    path = said.get("database") or said.get("path")
    if not path:
        mend = f"say `database` there, or {prefix}_URL in the environment"
        raise UsageError(f"server '{server}' ({kind}) names no database", "servers", mend)
    if backend == "sqlite":
        return Table(sa.URL.create("sqlite", database=str(path)), quoted)
    port = said.get("port")
    if port is not None and not str(port).isdigit():
        raise UsageError(f"server '{server}' has port {port!r}", "servers", "write a number")
    user, password = environ.get(f"{prefix}_USER"), environ.get(f"{prefix}_PASSWORD")
    host, number = str(said.get("host") or "") or None, None if port is None else int(port)
    return Table(sa.URL.create(backend, user, password, host, number, str(path)), quoted)


def _parts(name: str) -> tuple[str, ...]:
    """The parts of a physical name: `staging.orders` has two, unless it is quoted."""
    return Table("", name).parts
