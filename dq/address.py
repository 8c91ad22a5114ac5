"""The address of a database as people may see it, and as the store keeps it: without its secrets."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)


def shown(url: sa.URL) -> str:
    """The address without its secrets, and without what says the same in another way: the driver, the folder one stands in."""
    backend = url.get_backend_name()
    said = {name: value for name, value in url.query.items() if not _SECRET.search(name)}
    plain = type(url).create(
        "postgresql" if backend == "postgres" else backend,
        url.username,
        host=url.host,
        port=url.port,
        database=os.path.abspath(os.path.expanduser(str(url.database))) if in_file(url) else url.database,  # noqa: PTH100, PTH111  text
        query=said,
    )
    return plain.render_as_string(hide_password=False)


def in_file(url: sa.URL) -> bool:
    """Whether it is SQLite in a file that others find, too."""
    return url.get_backend_name() == "sqlite" and bool(url.database) and not str(url.database).startswith((":memory:", "file:"))


def without_secrets(text: str, url: sa.URL | None) -> str:
    """*text* on one line, with the secrets of *url* as stars."""
    line = " ".join(text.split())
    for secret in _secrets(url) if url is not None else []:
        line = line.replace(secret, "***")
    return line


def _secrets(url: sa.URL) -> list[str]:
    said = [value for name, value in url.query.items() if _SECRET.search(name) and isinstance(value, str)]
    return [item for item in (url.password, *said) if item]
