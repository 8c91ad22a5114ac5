"""Laws of a whole contract against the tables of a database."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

import dq
from dq import report
from dq.cli.app import main
from dq.contract import read
from tests.engines.database.conftest import Place, mariadb, place, postgres

__all__ = ["mariadb", "place", "postgres"]

HEAD = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "shop", "name": "shop", "version": "1.0.0", "status": "active"}
ID = [{"name": "id", "logicalType": "integer"}]
OBJECTS = [
    {"name": "orders", "properties": [*ID, {"name": "amount", "logicalType": "number"}]},
    {"name": "customers", "physicalName": "customer", "properties": ID},
    {"name": "items", "properties": ID},
]
SHOP = read(json.dumps({**HEAD, "schema": OBJECTS}), "shop.odcs.yaml")
DEFAULT = {"sqlite": "main", "postgres": "public"}


def _shop(place: Place) -> Place:
    place.run("CREATE TABLE orders (id bigint, amount double precision)", "INSERT INTO orders VALUES (1, 2.0)")
    place.run("CREATE TABLE customer (id bigint)", "CREATE VIEW item AS SELECT id FROM orders", "CREATE TABLE tmp (x bigint)")
    return place


def _schema(place: Place) -> str:
    return DEFAULT.get(place.kind) or str(sa.make_url(place.url).database)


def test_every_schema_object_is_judged_and_what_is_not_there_is_named(place: Place) -> None:
    """A table that is there is judged, one that is not fails with those spelt alike, and one that nobody declared is told."""
    url = _shop(place).url
    found = dq.validate_tables(url, SHOP)
    assert [item.object for item in found.results] == ["orders", "customers"]
    assert [(item.object, item.near) for item in found.absent] == [("items", ("item",))]
    assert (found.extra, found.status, found.ok) == (("item", "tmp"), "fail", False)
    assert {item.check.id for item in found.results[0].checks if item.status == "pass"} >= {"columns"}
    assert all(item.rows == 0 for item in found.results)


def test_a_schema_is_named_or_the_one_that_the_connection_is_in(place: Place) -> None:
    """By its name, by none, and by the physical names of a contract it is the same schema; one that is not there is an error."""
    url, schema = _shop(place).url, _schema(place)
    by_none, by_name = dq.validate_tables(url, SHOP), dq.validate_tables(url, SHOP, within=schema)
    objects = [{**item, "physicalName": f"{schema}.{item.get('physicalName', item['name'])}"} for item in OBJECTS]
    by_contract = dq.validate_tables(url, read(json.dumps({**HEAD, "schema": objects}), "shop.odcs.yaml"))
    told = [
        ([(item.object, item.status) for item in found.results], [item.object for item in found.absent], found.extra)
        for found in (by_none, by_name, by_contract)
    ]
    assert told[0] == told[1] == told[2]
    with pytest.raises(dq.SourceError) as raised:
        dq.validate_tables(url, SHOP, within="no_such_schema")
    assert "no_such_schema" in str(raised.value)
    assert "spelt" in raised.value.mend


def test_all_tables_there_and_fitting_pass(place: Place) -> None:
    """When nothing is missing the status is the worst of the tables."""
    contract = read(json.dumps({**HEAD, "schema": [{"name": "orders", "properties": [{"name": "id"}]}]}), "shop.odcs.yaml")
    found = dq.validate_tables(_shop(place).url, contract)
    assert (found.status, found.ok, found.absent) == ("pass", True, ())


def test_a_page_and_json_say_what_is_not_there(tmp_path: Path) -> None:
    """Both name the tables that are missing and those that nobody declared; hostile names are safe to print."""
    evil = "x\x1b[2J\u202e"
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id integer, amount real)")
        connection.execute(f'CREATE TABLE "{evil}" (id integer)')
    found = dq.validate_tables(f"sqlite:///{path}", SHOP)
    page, document = report.catalogue(found), json.loads(report.catalogue_json(found))
    assert not set(page + report.catalogue_json(found)) & {"\x1b", "\u202e"}
    assert "✗ items  there is no table items, or the role may not see it" in page
    assert [item["object"] for item in document["absent"]] == ["customers", "items"]
    assert (document["status"], document["extra"], len(document["results"])) == ("fail", [evil], 1)


def test_the_command_line_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--tables` gives a page or JSON, and exit code 1 when a table is not there; what is about one table is refused."""
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id integer, amount real)")
    where = tmp_path / "shop.odcs.yaml"
    place_ = {"server": "here", "type": "local", "format": "sqlite", "path": str(path)}
    where.write_text(json.dumps({**HEAD, "servers": [place_], "schema": OBJECTS}), "utf-8")
    asked = ["validate", f"sqlite:///{path}", "--contract", str(where), "--tables", "main", "--metadata-only"]
    assert main(asked) == 1
    assert "there is no table main.items" in capsys.readouterr().out
    assert main([*asked, "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["status"] == "fail"
    assert main(["validate", "--contract", str(where), "--tables", "main", "--metadata-only"]) == 1
    assert main(["validate", "--contract", str(where), "--tables", "nowhere", "--metadata-only"]) == 2
    assert main([*asked, "--out", str(tmp_path / "out.json")]) == 1
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["absent"][0]["object"] == "customers"
    for wrong, why in (
        (asked[:-1], "say --metadata-only, too"),
        ([*asked, "--table", "orders"], "--table is about one table"),
        ([*asked, "--format", "junit"], "say terminal or json"),
        (["validate", "a.csv", "b.csv", *asked[2:]], "one database"),
    ):
        assert main(wrong) == 2
        assert why in capsys.readouterr().err
