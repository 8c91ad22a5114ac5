"""Every database that a tree is asked of."""

from tests.sql.databases import lab, mariadb, postgres, servers

__all__ = ["lab", "mariadb", "postgres", "servers"]
