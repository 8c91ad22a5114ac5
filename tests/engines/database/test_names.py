"""Names that a database changes inside a statement are the names of their columns all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
import yaml

import dq
from dq.sql import column, render


def _contract(folder: Path, names: list[str]) -> str:
    properties = [{"name": name, "logicalType": "string", "required": True} for name in names]
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "names",
        "name": "names",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "t", "properties": properties}],
    }
    path = folder / "names.odcs.yaml"
    path.write_text(yaml.safe_dump(document, default_style='"'), "utf-8")
    return str(path)


def test_a_column_of_sqlite_may_be_called_true(tmp_path: Path) -> None:
    """In a WITH SQLite takes "true" for the value; the rule is judged on the column."""
    with sqlite3.connect(tmp_path / "a.db") as connection:
        connection.execute('CREATE TABLE t ("true" TEXT, "False" TEXT, x TEXT)')
        connection.execute("INSERT INTO t VALUES (NULL, 'a', 'b'), ('c', NULL, 'd'), ('e', NULL, NULL)")
    table = dq.Table(f"sqlite:///{tmp_path / 'a.db'}", "t")
    result = dq.validate(table, _contract(tmp_path, ["true", "False", "x"]), record=False)
    assert {check.check.id: check.bad_rows for check in result.checks if check.check.id.endswith("required")} == {
        "true.required": 1,
        "False.required": 2,
        "x.required": 1,
    }


def test_a_column_of_mariadb_may_begin_with_a_control(mariadb: Callable[[], str], tmp_path: Path) -> None:
    """MariaDB takes blanks and controls from the front of an alias, but not of a column."""
    address, names = mariadb(), ["\x7fa", " b", "c"]
    with sa.create_engine(address, poolclass=sa.NullPool).begin() as connection:
        listed = ", ".join(f"{render(column(name), 'mariadb')} VARCHAR(9)" for name in names)
        connection.exec_driver_sql(f"CREATE TABLE t ({listed})")
        connection.exec_driver_sql("INSERT INTO t VALUES (NULL, NULL, 'x'), ('y', NULL, 'z')")
    result = dq.validate(dq.Table(address, "t"), _contract(tmp_path, names), record=False)
    required = [check.bad_rows for check in result.checks if check.check.id.endswith("required")]
    assert required == [1, 2, 0]
