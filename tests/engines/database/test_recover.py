"""Laws of tables found again: what a crash left is finished by anybody, by addresses that hold no secret."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

import dq
from dq.lasting import found, said
from dq.store import faults
from tests.engines.database.conftest import Place

RULES = """
apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
      - name: kind
        logicalType: string
        relationships: [{to: kinds.name}]
"""
GOOD, BAD = [(1, "a"), (2, "b")], [(3, "gone"), (None, "a")]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The store is in a folder of the test."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.odcs.yaml").write_text(RULES, "utf-8")
    yield tmp_path
    faults.hook(None)


def filled(place: Place) -> Place:
    """Orders and kinds, as tables and as a file."""
    rows = ", ".join(f"({'NULL' if number is None else number}, '{kind}')" for number, kind in [*GOOD, *BAD])
    place.run("CREATE TABLE orders (id integer, kind varchar(10))", f"INSERT INTO orders VALUES {rows}")
    place.run("CREATE TABLE kinds (name varchar(10))", "INSERT INTO kinds VALUES ('a'), ('b')")
    rows_of = [{"id": number, "kind": kind} for number, kind in [*GOOD, *BAD]]
    pq.write_table(pa.Table.from_pylist(rows_of), "orders.parquet")
    pq.write_table(pa.table({"name": ["a", "b"]}), "kinds.parquet")
    return place


def interrupted(given: object, **words: Any) -> None:
    """An enforcement that dies when its bad rows are safe and its good ones are not published."""
    faults.hook(faults.from_text("before-publish:raise"))
    with pytest.raises(OSError, match="fault at"):
        dq.enforce(given, "orders.odcs.yaml", stage="raw", key="d1", policy=dq.Policy(budget="none"), **words)
    faults.hook(None)


def orders_in(place: Place, table: str = "mart") -> list[tuple[Any, ...]]:
    """What stands there."""
    with place.engine.connect() as connection:
        return sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT id, kind FROM {table}")), key=repr)


def settings(home: Path, **more: Any) -> dq.Settings:
    """The store, from anywhere."""
    return dq.Settings(
        store_url=f"sqlite:///{home / '.dq' / 'store.db'}", quarantine_url=str(home / ".dq" / "quarantine"), **more
    )


@pytest.mark.parametrize("way", ["table to table", "table to files", "files to table", "engine to table"])
def test_what_died_before_it_published_is_finished(place: Place, way: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From tables or files into either, with other datasets that are tables or files: from another folder, once."""
    filled(place)
    tables = {"engine to table": dq.Table(place.engine, "orders"), "files to table": "orders.parquet"}
    given: Any = tables.get(way, place.table("orders"))
    other = "kinds.parquet" if way == "files to table" else "kinds"
    output: Any = "good/" if way == "table to files" else place.table("mart")
    interrupted(given, references={"kinds": other}, output=output)
    (home / "elsewhere").mkdir()
    monkeypatch.chdir(home / "elsewhere")
    history = dq.History(settings(home))
    (done,) = history.recover()
    assert done.error is None
    assert history.recover() == ()
    if way == "table to files":
        table = pq.read_table(home / "good" / "dq_key=d1" / "good.parquet")
        assert [(row["id"], row["kind"]) for row in table.to_pylist()] == GOOD
    else:
        assert orders_in(place) == GOOD


def test_a_source_with_a_filter_is_found_with_it(place: Place) -> None:
    """The partition that was judged is the one that is published, into the partition that was named."""
    filled(place)
    place.run("CREATE TABLE mart (id integer, kind varchar(10))", "INSERT INTO mart VALUES (1, 'old'), (7, 'old')")
    some = {"where": "kind = 'a'", "references": {"kinds": "kinds"}}
    interrupted(dq.Table(place.url, "orders", where="id < 9"), output=place.table("mart", where="id = 1"), **some)
    (done,) = dq.History().recover()
    assert done.error is None
    assert orders_in(place) == [(1, "a"), (7, "old")]


def test_a_query_is_found_again(place: Place) -> None:
    """One SELECT is a source like a table."""
    filled(place)
    query = "SELECT id, kind FROM orders WHERE kind = 'b'"
    interrupted(dq.Table(place.url, query=query), output=place.table("mart"), references={"kinds": "kinds"})
    assert [item.error for item in dq.History().recover()] == [None]
    assert orders_in(place) == [(2, "b")]


def test_a_source_that_changed_is_told(lite: Place) -> None:
    """Rows that are not those that were judged are not published by who finds them."""
    filled(lite)
    interrupted(lite.table("orders"), output=lite.table("mart"), references={"kinds": "kinds"})
    lite.run("UPDATE orders SET id = 8 WHERE id = 2")
    (done,) = dq.History().recover()
    assert isinstance(done.error, dq.WorldError)
    assert not orders_in(lite) if "mart" in sa.inspect(lite.engine).get_table_names() else True


def test_rows_that_were_to_be_moved_in_place_are_found(place: Place) -> None:
    """What died before it moved the bad rows aside is finished within the database, and nowhere else."""
    filled(place)
    if place.kind == "mariadb":  # where nothing else names a row
        place.run("ALTER TABLE orders ADD COLUMN n integer AUTO_INCREMENT PRIMARY KEY")
    interrupted(place.table("orders"), output="in_place", references={"kinds": "kinds"})
    (done,) = dq.History().recover()
    assert done.error is None
    assert orders_in(place, "orders") == GOOD
    assert len(orders_in(place, "orders__quarantine")) == len(BAD)
    assert not Path("in_place").exists()


def test_what_lies_in_memory_is_not_looked_for() -> None:
    """A database in memory is gone like a frame; the batch stays, and says what to do."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE orders (id INTEGER, kind TEXT)")
        connection.exec_driver_sql("INSERT INTO orders VALUES (1, 'a'), (NULL, 'b')")
        connection.commit()
        interrupted(dq.Table(connection, "orders"), output=dq.Table(connection, "mart"))
    (done,) = dq.History().recover()
    assert done.error is not None
    assert "in memory" in done.error.what
    assert "enforce the key again" in done.error.mend


# -- addresses ---------------------------------------------------------------------------------------------------------

SECRETS = (
    "postgresql+psycopg://etl:canary-1@host/shop?sslpassword=canary-1&sslmode=require",
    "mysql+pymysql://etl:canary-1@host:3307/shop?ssl_key=canary-1",
)


@pytest.mark.parametrize("url", SECRETS)
def test_an_address_is_kept_without_secrets_and_found_with_them(url: str) -> None:
    """What is written down holds no secret; the setting `databases` gives it back, whoever else is listed, by any driver."""
    kept = said(dq.Table(url, "orders"))
    assert kept is not None
    assert "canary" not in json.dumps(kept)
    others = [url.replace("etl:", "someone:"), url.replace("host", "other"), url.replace("shop", "mart")]
    again = found(kept, [*others, url.replace("+psycopg", "").replace("+pymysql", "")])
    assert isinstance(again, dq.Table)
    assert again.url.password is not None
    assert again.url.password in url
    assert not again.recalled
    alone = found(kept, others)
    assert isinstance(alone, dq.Table)
    assert (alone.url.password, alone.url.username, alone.url.database, alone.recalled) == (None, "etl", "shop", True)


def test_a_refused_login_names_the_setting(pg: Place) -> None:
    """Whom the database does not let in by an address without a password is told where to put one."""
    url = sa.make_url(pg.url).set(username="nobody_there")
    kept = said(dq.Table(url, "orders"))
    assert kept is not None
    with pytest.raises(dq.SourceError) as raised:
        dq.validate(found(kept, ()), "orders.odcs.yaml")
    assert "DQ_DATABASES" in raised.value.mend


def test_addresses_are_settings_that_nobody_sees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`databases` is a list in the file or a line in the environment; it is never shown, not even when it is wrong."""
    (tmp_path / "dq.toml").write_text('databases = ["postgresql://a:canary-2@host/b", "sqlite:///x.db"]', "utf-8")
    loaded = dq.Settings.load(tmp_path)
    assert loaded.databases == ("postgresql://a:canary-2@host/b", "sqlite:///x.db")
    monkeypatch.setenv("DQ_DATABASES", "mysql://u:canary-2@h/d, sqlite:///y.db")
    assert dq.Settings.load(tmp_path).databases == ("mysql://u:canary-2@h/d", "sqlite:///y.db")
    assert "canary" not in repr(loaded)
    monkeypatch.delenv("DQ_DATABASES")
    (tmp_path / "dq.toml").write_text('databases = ["canary-2", 1]', "utf-8")
    with pytest.raises(dq.UsageError, match="not a list of addresses") as raised:
        dq.Settings.load(tmp_path)
    assert "canary" not in str(raised.value)
    kept = said(dq.Table("sqlite:///x.db", "t"))
    assert kept is not None
    with pytest.raises(dq.UsageError, match="none of a database") as raised:
        found(kept, ["canary-2@nowhere"])
    assert "canary" not in str(raised.value)
