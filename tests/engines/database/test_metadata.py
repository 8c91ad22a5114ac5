"""Laws of a look at metadata: no row is read, and what statistics say is taken for no more than it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import dq
from dq.engines.database.server import Session
from dq.result import NO_ROW_READ, Measured
from tests.engines.database.conftest import ORDERS, Place, contract, made, orders

MANY = 2_000
COLUMNS = [{"name": "id", "logicalType": "integer"}, {"name": "state", "logicalType": "string"}]


def _counting(**limits: Any) -> dq.Contract:
    """A contract with a rule on the number of rows for each operator."""
    rules = [{"id": rule, "metric": "rowCount", **said} for rule, said in limits.items()]
    return contract(COLUMNS, *rules)


def _told(result: dq.Result) -> dict[str, str]:
    return {item.check.id: str(item.status) for item in result.checks}


def _many(place: Place, rows: int = MANY, name: str = "t") -> Place:
    place.run(f"CREATE TABLE {name} (id bigint, state varchar(10))")
    if place.kind == "postgres":
        place.run(f"ALTER TABLE {name} SET (autovacuum_enabled = off)")  # nobody looks at it but the test
    _more(place, rows, name)
    return place


def _more(place: Place, rows: int, name: str = "t") -> None:
    for start in range(0, rows, 500):
        place.run(f"INSERT INTO {name} VALUES " + ", ".join(f"({start + number}, 'open')" for number in range(500)))


def _analysed(place: Place, name: str = "t") -> Place:
    place.run(f"ANALYZE {'TABLE ' if place.kind == 'mariadb' else ''}{name}")
    return place


# -- columns ---------------------------------------------------------------------------------------------------------------


def test_names_and_types_are_judged(place: Place) -> None:
    """A missing column fails, a type that fits passes, and the report says that no row was read."""
    place.run("CREATE TABLE t (id varchar(5), state varchar(10))")
    result = dq.validate(place.table(), ORDERS, metadata_only=True)
    status = _told(result)
    fits = "skip" if place.kind == "sqlite" else "pass"  # where a column holds values of any type, only the rows can tell
    assert (status["columns"], status["state.type"], result.rows) == ("fail", fits, 0)
    assert NO_ROW_READ in result.notes


def test_no_statement_reads_the_table(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement asks the catalogue, or for no row."""
    _analysed(orders(place, name="the_orders"), "the_orders")
    statements: list[str] = []
    run = Session.run

    def noting(self: Session, sql: str) -> list[tuple[Any, ...]]:
        statements.append(sql)
        return run(self, sql)

    def never(_: Session, sql: str) -> Iterator[Sequence[tuple[Any, ...]]]:
        raise AssertionError(sql)

    monkeypatch.setattr(Session, "run", noting)
    monkeypatch.setattr(Session, "stream", never)
    rules = _counting(some={"mustBeGreaterThan": 1})
    dq.validate(place.table("the_orders"), rules, metadata_only=True)
    reading = re.compile(r"""(FROM|JOIN)\s+["`]?the_orders""", re.IGNORECASE)
    assert any("the_orders" in sql for sql in statements)
    assert [sql for sql in statements if reading.search(sql) and "LIMIT 0" not in sql and "TEMP VIEW" not in sql] == []


def test_who_may_not_read_rows_may_look_at_metadata(pg: Place) -> None:
    """A role without any right on a table is told names, types and size of it by the catalogue, and nothing more."""
    pg.run("CREATE DOMAIN cents AS numeric(10, 2)", "CREATE DOMAIN price AS cents CHECK (VALUE >= 0)")
    pg.run("CREATE TABLE t (id bigint, gone int, state varchar(10), amount price)", "ALTER TABLE t DROP COLUMN gone")
    pg.run("INSERT INTO t SELECT n, 'open', 1 FROM generate_series(1, 2000) n", "CREATE ROLE nosy LOGIN")
    _analysed(pg)
    table = dq.Table(sa.make_url(pg.url).set(username="nosy"), "t")
    result = dq.validate(table, _counting(some={"mustBeGreaterThan": 1000}), metadata_only=True)
    assert _told(result) == {"columns": "pass", "id.type": "pass", "state.type": "pass", "some": "pass"}
    assert dict(result.columns) == {"id": "bigint", "state": "character varying(10)", "amount": "numeric(10,2)"}
    with pytest.raises(dq.SourceError, match="permission denied"):
        dq.validate(table, ORDERS)


# -- sizes -----------------------------------------------------------------------------------------------------------------


def test_a_number_of_rows_is_judged_where_its_error_cannot_turn_the_verdict(place: Place) -> None:
    """Statistics are rough: a bound that is far from them passes or fails, one that is near is left to the rows."""
    rules = _counting(
        some={"mustBeGreaterThan": 0},
        few={"mustBeLessThan": 100},
        fair={"mustBeBetween": [100, 100_000]},
        near={"mustBeGreaterThan": 1_990},
        exact={"mustBe": MANY},
        other={"mustNotBe": 7},
        wrong={"mustBe": 7},
    )
    result = dq.validate(_analysed(_many(place)).table(), rules, metadata_only=True)
    told = _told(result)
    assert {name: told[name] for name in ("some", "few", "fair", "near", "exact", "other", "wrong")} == {
        "some": "pass",
        "few": "fail",
        "fair": "pass",
        "near": "skip",
        "exact": "skip",
        "other": "pass",
        "wrong": "fail",
    }
    found = {item.check.id: item for item in result.checks}
    assert found["some"].message.startswith("about ")
    assert "by the statistics of" in found["some"].message
    assert isinstance(found["some"].found, Measured)
    assert found["exact"].is_unable
    assert "too rough to tell" in found["exact"].message


@pytest.mark.parametrize("kind", ["postgres", "sqlite"])  # MariaDB keeps statistics of every table by itself
def test_what_nobody_looked_at_is_not_known(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Without statistics a rule on the number of rows is skipped, and says how there come to be some."""
    skipped = dq.validate(
        _many(made(kind, request, tmp_path)).table(), _counting(some={"mustBeGreaterThan": 0}), metadata_only=True
    )
    assert "run ANALYZE" in skipped.checks[-1].message
    assert (_told(skipped)["some"], skipped.status) == ("skip", "warn")


def test_a_filter_a_query_and_a_view_have_no_statistics(place: Place) -> None:
    """What is known of a table is not known of some of its rows."""
    _analysed(_many(place)).run("CREATE VIEW v AS SELECT * FROM t")
    rules = _counting(some={"mustBeGreaterThan": 0})
    given = [
        (place.table(where="id < 10"), "filter"),
        (place.table("v"), "view"),
        (dq.Table(place.url, query="SELECT * FROM t"), "query"),
    ]
    for table, why in given:
        result = dq.validate(table, rules, metadata_only=True)
        assert _told(result)["some"] == "skip"
        assert why in result.checks[-1].message
    of_some = [{"property": "dq", "value": {"where": "id < 10"}}]
    filtered = contract(COLUMNS, {"id": "some", "metric": "rowCount", "mustBeGreaterThan": 0, "customProperties": of_some})
    assert _told(dq.validate(place.table(), filtered, metadata_only=True))["some"] == "skip"


def test_what_changed_since_is_reckoned_with(pg: Place) -> None:
    """PostgreSQL counts the rows that came and went since it looked: so much wider is what the number may be."""
    _analysed(_many(pg))
    _more(pg, 4 * MANY)
    result = dq.validate(
        pg.table(), _counting(few={"mustBeLessThan": 3_000}, some={"mustBeLessThan": 100_000}), metadata_only=True
    )
    assert (_told(result)["few"], _told(result)["some"]) == ("skip", "pass")


def test_a_partitioned_table_is_as_large_as_its_parts(pg: Place) -> None:
    """The sizes of parts are added up; a part that nobody looked at leaves the whole unknown."""
    pg.run("CREATE TABLE t (id bigint, state text) PARTITION BY RANGE (id)")
    pg.run(*(f"CREATE TABLE t{part} PARTITION OF t FOR VALUES FROM ({part * 1000}) TO ({part * 1000 + 1000})" for part in (0, 1)))
    _more(pg, MANY)
    rules = _counting(some={"mustBeGreaterThan": 1_500})
    _analysed(pg, "t0")
    assert _told(dq.validate(pg.table(), rules, metadata_only=True))["some"] == "skip"
    _analysed(pg, "t1")
    assert _told(dq.validate(pg.table(), rules, metadata_only=True))["some"] == "pass"


def test_of_files_only_the_rows_tell(tmp_path: Path) -> None:
    """A rule on the number of rows is skipped, and not forgotten."""
    (tmp_path / "t.csv").write_text("id,state\n1,open\n", "utf-8")
    result = dq.validate(tmp_path / "t.csv", _counting(some={"mustBeGreaterThan": 0}), metadata_only=True)
    assert (_told(result)["some"], result.checks[-1].message) == ("skip", "only the rows can tell")
