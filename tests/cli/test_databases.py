"""How a run on a database ends: the exit code says whether a retry may help, the message what does, and no secret is in it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dq.cli import main

SECRET = "hush-hush"  # noqa: S105  made up
HEAD = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "name": "shop", "version": "1.0.0", "status": "active"}
ORDERS = {"name": "orders", "properties": [{"name": "id", "logicalType": "integer", "required": True}, {"name": "n"}]}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a contract and a database, which is the current one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.yaml").write_text(json.dumps({**HEAD, "schema": [ORDERS]}), "utf-8")
    with closing(sqlite3.connect("shop.db")) as connection:
        connection.executescript("CREATE TABLE orders (id integer, n integer); INSERT INTO orders VALUES (1, 1), (NULL, 2)")
        connection.executescript("CREATE TABLE few (id integer, _dq_batch text); INSERT INTO few VALUES (7, 'x')")
    return tmp_path


@pytest.mark.parametrize(
    ("given", "code", "what", "mend"),
    [
        (("oracle://scott:hush-hush@h/d", "--table", "t"), 2, "cannot read a table of oracle", "postgresql://"),
        (("http://h/d", "--table", "t"), 2, "cannot read a table of http", "postgresql://"),
        (("postgresql://u:hush-hush@127.0.0.1:1/d", "--table", "t"), 3, "connection", "then try again"),
        (("mysql://u:hush-hush@127.0.0.1:1/d", "--table", "t"), 3, "connect", "then try again"),
        (("sqlite:///none.db", "--table", "orders"), 3, "no such database file", "see that it is there"),
        (("sqlite:///shop.db", "--table", "ordres"), 2, "no such table: ordres", "did you mean 'orders'?"),
        (("sqlite:///shop.db", "--table", "old.orders"), 2, "old.orders", "schema 'old' is not there"),
        (("sqlite:///shop.db", "--table", "orders", "--where", "nosuch = 1"), 2, "no column 'nosuch'", "columns: id, n"),
        (("sqlite:///shop.db", "--query", "DELETE FROM orders"), 2, "DELETE where a query is expected", "one SELECT"),
        (("sqlite:///shop.db", "--query", "SELECT nosuch FROM orders"), 2, "nosuch", "cannot run the query"),
        (("sqlite:///shop.db", "--table", "orders", "--with", "plains=few"), 2, "no rule looks into", "rules name: none"),
    ],
    ids=lambda item: item[0] if isinstance(item, tuple) else None,
)
@pytest.mark.usefixtures("shop")
def test_what_cannot_be_read_is_told(
    given: tuple[str, ...], code: int, what: str, mend: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One error: what it is, and what helps; 2 for what will not help itself, 3 for what a retry may heal."""
    assert main(["validate", *given, "--contract", "shop.yaml"]) == code
    told = capsys.readouterr()
    assert what in told.err
    assert mend in told.err
    assert told.err.startswith("error: ")
    assert SECRET not in told.out + told.err


@pytest.mark.usefixtures("shop")
def test_an_output_whose_columns_differ_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, what it lacks and what it has; nothing is published, and no batch is begun."""
    asked = ["enforce", "sqlite:///shop.db", "--table", "orders", "--contract", "shop.yaml", "--stage", "raw", "--key", "k"]
    assert main([*asked, "--output-table", "few"]) == 2
    assert "lacks columns: n" in capsys.readouterr().err
    with closing(sqlite3.connect("shop.db")) as connection:
        assert connection.execute("SELECT * FROM few").fetchall() == [(7, "x")]
        assert connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'dq_published'").fetchone() == (0,)
    assert main(["quarantine", "list"]) == 0
    assert "no such batches" in capsys.readouterr().out
