"""A table that nothing may touch."""

from __future__ import annotations

from typing import Any

from tests.sql.databases import Database

_ROW = (42, "it's alive")


class Canary:
    """A table `dq_canary` in one database, and the list of the tables beside it."""

    def __init__(self, dialect: str, connection: Any) -> None:
        self._database = Database(dialect, connection, {})
        self._database.execute("CREATE TABLE dq_canary (a INTEGER, b VARCHAR(20))")
        self._database.execute("INSERT INTO dq_canary VALUES (42, 'it''s alive')")
        self._beside = self._tables()

    def _tables(self) -> list[Any]:
        if self._database.dialect == "sqlite":
            return self._database.execute("SELECT name FROM sqlite_schema ORDER BY 1")
        schema = {"mariadb": "DATABASE()"}.get(self._database.dialect, "current_schema()")
        listed = f"SELECT table_name FROM information_schema.tables WHERE table_schema = {schema} ORDER BY 1"
        return self._database.execute(listed)

    def alive(self) -> bool:
        """Whether its one row, and the tables beside it, are what they were."""
        return self._database.execute("SELECT a, b FROM dq_canary") == [_ROW] and self._tables() == self._beside
