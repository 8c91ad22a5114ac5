"""The engine for tables and queries of databases: checks run where the rows are, only bad rows leave."""

from dq.engines.database.engine import Database, database_of, tables_beside

__all__ = ["Database", "database_of", "tables_beside"]
