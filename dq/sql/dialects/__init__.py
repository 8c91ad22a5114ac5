"""
The differences between dialects, as data: how each word is written where sqlglot's own way is wrong or means another thing.

A word is a node type. A text is a template over the node's parts; a function writes what a template cannot. A word that is
neither in `PLAIN` nor in a dialect's table is a gap of that dialect. What the meanings rely on is the engines' business: sessions
in UTC, standard quoting, and columns of text taken as `PlainText`.
"""

from __future__ import annotations

from collections.abc import Mapping

from dq.sql.dialect import PLAIN, Dialect
from dq.sql.dialects.duckdb import DUCKDB
from dq.sql.dialects.mysql import MARIADB, MYSQL
from dq.sql.dialects.postgres import POSTGRES
from dq.sql.dialects.spark import SPARK
from dq.sql.dialects.sqlite import SQLITE

DIALECTS: Mapping[str, Dialect] = {item.name: item for item in (DUCKDB, POSTGRES, MARIADB, MYSQL, SQLITE, SPARK)}

__all__ = ["DIALECTS", "PLAIN", "Dialect"]
