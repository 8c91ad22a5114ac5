"""The databases of the campaign."""

from tests.sql.databases import mariadb, postgres, servers

__all__ = ["mariadb", "postgres", "servers"]
