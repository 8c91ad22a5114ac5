"""The embedded engine: frames and files, in DuckDB."""

from dq.engines.duckdb.engine import DuckDB

__all__ = ["DuckDB"]
