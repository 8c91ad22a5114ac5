"""The address of a database as people may see it: without its secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

_SECRET = re.compile(r"pass|secret|token|key", re.IGNORECASE)


def shown(url: sa.URL) -> str:
    """The address without its secrets."""
    hidden = [name for name in url.query if _SECRET.search(name)]
    return url.difference_update_query(hidden).render_as_string(hide_password=True)


def without_secrets(text: str, url: sa.URL | None) -> str:
    """*text* on one line, with the secrets of *url* as stars."""
    line = " ".join(text.split())
    for secret in _secrets(url) if url is not None else []:
        line = line.replace(secret, "***")
    return line


def _secrets(url: sa.URL) -> list[str]:
    said = [value for name, value in url.query.items() if _SECRET.search(name) and isinstance(value, str)]
    return [item for item in (url.password, *said) if item]
