"""A database named by a contract's server, or on the command line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import dq
from dq.database import table

RULES = """\
apiVersion: v3.1.0
kind: DataContract
id: shop
name: shop
version: 1.0.0
status: active
servers:
  - {{server: warehouse, type: local, format: sqlite, path: "{path}"}}
schema:
  - name: orders
    physicalName: orders_v1
    properties:
      - {{name: id, logicalType: integer, required: true}}
  - name: planes
    properties:
      - {{name: id, logicalType: integer}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A database with two tables, and a contract that names it; the folder of both."""
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("CREATE TABLE orders_v1 (id integer)")
        connection.execute("INSERT INTO orders_v1 VALUES (1), (NULL)")
        connection.execute("CREATE TABLE planes (id integer)")
    connection.close()
    (tmp_path / "shop.yaml").write_text(RULES.format(path="shop.db"), "utf-8")
    return tmp_path


def test_a_server_says_where_a_table_is(shop: Path) -> None:
    """Without a source the table of the schema object is read from the contract's server, by its physical name."""
    result = dq.validate(None, shop / "shop.yaml", schema="orders")
    assert (result.engine, result.rows, result.bad_rows) == ("sqlite", 2, 1)
    with pytest.raises(dq.UsageError, match="which table of the server is meant"):
        dq.validate(None, shop / "shop.yaml")


def test_a_table_names_its_schema_object(shop: Path) -> None:
    """A table that is called as one of the contract's objects is that object."""
    assert dq.validate(dq.Table(f"sqlite:///{shop / 'shop.db'}", "orders_v1"), shop / "shop.yaml").object == "orders"


def test_a_server_takes_its_secrets_from_the_environment() -> None:
    """Host, port, database and schema stand in the contract; user and password, or all of it, in variables."""
    said = {"host": "db.local", "port": 5433, "database": "shop", "schema": "staging"}
    environ = {"DQ_SERVER_MAIN_DB_USER": "reader", "DQ_SERVER_MAIN_DB_PASSWORD": "p@ss"}
    found = table("main-db", "postgres", said, "orders", environ)
    assert found.url.render_as_string(hide_password=False) == "postgresql://reader:p%40ss@db.local:5433/shop"
    assert found.parts == ("staging", "orders")
    assert "p@ss" not in str(found)
    assert "p%40ss" not in str(found)
    whole = table("main-db", "mysql", said, "shop.orders", {"DQ_SERVER_MAIN_DB_URL": "mariadb://me@elsewhere/x"})
    assert (str(whole.url), whole.parts) == ("mariadb://me@elsewhere/x", ("staging", "shop", "orders"))


def test_a_server_without_a_database_is_told() -> None:
    """What a server does not say is named, with the variable that may."""
    with pytest.raises(dq.UsageError, match="names no database") as raised:
        table("main", "postgresql", {"host": "h"}, "orders", {})
    assert "DQ_SERVER_MAIN_URL" in raised.value.mend
    with pytest.raises(dq.UsageError, match="port 'x'"):
        table("main", "postgresql", {"host": "h", "database": "d", "port": "x"}, "orders", {})


def test_an_address_alone_says_no_table(shop: Path) -> None:
    """Who gives an address forgets the table."""
    with pytest.raises(dq.UsageError, match="says no table"):
        dq.validate(f"sqlite:///{shop / 'shop.db'}", shop / "shop.yaml", schema="orders")


def test_the_command_line_names_a_table_or_a_query(shop: Path, command: Callable[..., tuple[int, str, str]]) -> None:
    """`dq validate` and `dq enforce` take a database with --table or --query; --with names tables beside it."""
    url, rules = f"sqlite:///{shop / 'shop.db'}", str(shop / "shop.yaml")
    code, out, _ = command("validate", url, "--table", "orders_v1", "--contract", rules)
    assert (code, "1 of 2 rows" in out) == (1, True)
    code, out, _ = command("validate", url, "--query", "SELECT 1 AS id", "--contract", rules, "--schema", "orders")
    assert code == 0
    code, _, err = command("validate", "--table", "orders_v1", "--contract", rules)
    assert (code, "need one database" in err) == (2, True)
    code, _, err = command("validate", url, "--table", "nothing", "--contract", rules, "--schema", "orders")
    assert (code, "tables there: orders_v1, planes" in err) == (2, True)
    told = ("enforce", url, "--table", "orders_v1", "--contract", rules, "--stage", "raw", "--key", "k")
    code, out, err = command(*told, "--budget", "none", "--output", str(shop / "good.parquet"))
    assert (code, (shop / "good.parquet").exists()) == (0, True), err


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shop: Path
) -> Callable[..., tuple[int, str, str]]:
    """Runs `dq` in this process: exit code, output, complaints."""
    from dq.cli import main

    monkeypatch.chdir(shop)

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(list(arguments))
        return code, *capsys.readouterr()

    return run
