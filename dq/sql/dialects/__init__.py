"""
The differences between dialects, as data: how each word is written where sqlglot's own way is wrong or means another thing.

A word is a node type. A text is a template over the node's parts; a function writes what a template cannot. A word that is
neither in `PLAIN` nor in a dialect's table is a gap of that dialect. What the meanings rely on is the engines' business: sessions
in UTC, standard quoting, and columns of text taken as `PlainText`.
"""

from __future__ import annotations

from collections.abc import Mapping

from dq.sql.dialect import PLAIN, Dialect
from dq.sql.dialects.columnar import CLICKHOUSE, DRUID
from dq.sql.dialects.duckdb import DUCKDB
from dq.sql.dialects.mysql import MARIADB, MYSQL, SINGLESTORE
from dq.sql.dialects.postgres import POSTGRES
from dq.sql.dialects.servers import ORACLE, SQLSERVER, TERADATA
from dq.sql.dialects.spark import DATABRICKS, HIVE, SPARK
from dq.sql.dialects.sqlite import SQLITE
from dq.sql.dialects.warehouses import BIGQUERY, REDSHIFT, SNOWFLAKE, TRINO

_PROVEN = (DUCKDB, POSTGRES, MARIADB, SQLITE)
_RENDERED = (
    SPARK,
    MYSQL,
    SNOWFLAKE,
    BIGQUERY,
    REDSHIFT,
    TRINO,
    DATABRICKS,
    SQLSERVER,
    ORACLE,
    SINGLESTORE,
    DRUID,
    CLICKHOUSE,
    TERADATA,
    HIVE,
)

DIALECTS: Mapping[str, Dialect] = {item.name: item for item in (*_PROVEN, *_RENDERED)}

__all__ = ["DIALECTS", "PLAIN", "Dialect"]
