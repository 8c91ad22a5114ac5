"""Input that is wrong: a clear message that names the thing, the place and the mend; or a bad row with its reason."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import dq
from dq.cli.validate import exit_code
from dq.contract import read
from dq.report import terminal

PEOPLE = (
    {"name": "id", "logicalType": "integer", "required": True},
    {"name": "name", "logicalType": "string", "logicalTypeOptions": {"maxLength": 10}},
)
READABLE = "give a path, paths, a pandas, Polars or Arrow frame, a list of dicts, Arrow batches, or dq.Table"
ROWS = [{"id": 1, "name": "Ann"}]


def _contract(properties: Sequence[dict[str, Any]] = PEOPLE, *quality: dict[str, Any]) -> dq.Contract:
    schema = {"name": "people", "properties": list(properties), **({"quality": list(quality)} if quality else {})}
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "people", "version": "1.0.0", "status": "active"}
    return read(json.dumps({**head, "schema": [schema]}), "people.odcs.yaml")


def _refused(error: type[dq.DqError], code: int, message: str, call: Callable[[], object]) -> None:
    """The call ends with exactly this error, message and exit code."""
    with pytest.raises(dq.DqError) as raised:
        call()
    assert type(raised.value) is error
    assert raised.value.exit_code == code
    assert str(raised.value) == message


def _told(result: dq.Result) -> list[tuple[str, str, str]]:
    """What did not pass: check, status, message."""
    return [(item.check.id, str(item.status), item.message) for item in result.checks if item.status != "pass"]


# -- files that cannot be read -----------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_may_still_come(tmp_path: Path) -> None:
    """A missing file is the world's fault: a retry may help, exit code 3."""
    path = tmp_path / "nosuch.csv"
    message = f"{path}: no such file\n  check the path, or wait for the file"
    _refused(dq.WorldError, 3, message, lambda: dq.validate(path, _contract()))


def test_an_empty_folder_and_a_glob_without_a_match_may_still_fill(tmp_path: Path) -> None:
    """Where no file is yet, one may come: exit code 3."""
    for given in (tmp_path, tmp_path / "*.parquet"):
        with pytest.raises(dq.WorldError) as raised:
            dq.validate(given, _contract())
        assert raised.value.exit_code == 3
        assert str(given) in str(raised.value)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("empty.csv", b"", "the file is empty (0 bytes)\n  was it written to the end? leave it out, or give a header"),
        ("empty.parquet", b"", "the file is empty\n  a Parquet file has at least a footer; was it written to the end?"),
        ("no.parquet", b"id,name\n1,a\n", "not a Parquet file\n  was it written to the end, and is its name right?"),
        ("cut.parquet", b"PAR1" + b"\0" * 40, "not a Parquet file\n  was it written to the end, and is its name right?"),
        (
            "parquet.csv",
            b"PAR1" + b"\0" * 40 + b"PAR1",
            "not a text file but a Parquet file\n  give it as Parquet: --format parquet, or a name that ends in .parquet",
        ),
        (
            "gzip.csv",
            gzip.compress(b"id,name\n1,a\n", mtime=0),
            "not a text file but gzip data\n  name it so that it ends in .gz",
        ),
        ("x.csv.bz2", b"BZh9", "cannot read bzip2 files\n  unpack it, or pack it as .gz, .zst or .zip"),
        (
            "semicolons.csv",
            b"id;name\n1;a\n",
            "the header is one column, 'id;name'\n  its names seem to be divided by ';': say --delimiter ';'",
        ),
        ("twice.csv", b"id,id\n1,a\n", "two columns are called 'id'\n  give each column a name of its own in the header"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value and "\n" not in value else "",
)
def test_a_file_that_is_not_what_its_name_says(name: str, content: bytes, what: str, tmp_path: Path) -> None:
    """An empty file, one of another format, or one without a usable header is refused by name, exit code 2."""
    path = tmp_path / name
    path.write_bytes(content)
    _refused(dq.SourceError, 2, f"{path}: {what}", lambda: dq.validate(path, _contract()))


def test_a_format_nobody_knows(tmp_path: Path) -> None:
    """A file whose format its name does not tell is a wrong call, and the message says how to tell it."""
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"x")
    with pytest.raises(dq.UsageError, match="the format cannot be told from the name\n  rename it") as raised:
        dq.validate(path, _contract())
    assert str(path) in str(raised.value)


def test_a_header_alone_is_an_empty_dataset(tmp_path: Path) -> None:
    """A file with a header and no rows has no bad rows."""
    path = tmp_path / "head.csv"
    path.write_text("id,name\n", "utf-8")
    result = dq.validate(path, _contract())
    assert (result.status, result.rows, result.bad_rows) == ("pass", 0, 0)


# -- records that cannot be read: bad rows with their bytes and lines --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "raw", "line"),
    [
        ("many.csv", b"id,name\n1,a\n2,b,c\n3,d\n", b"2,b,c", 3),
        ("few.csv", b"id,name\n1,a\n2\n3,d\n", b"2", 3),
        ("quote.csv", b'id,name\n1,a\n2,"open\n3,d\n', b'2,"open', 3),
        ("utf8.csv", b"id,name\n1,a\n2,b\xff\n3,d\n", b"2,b\xff", 3),
        ("none.jsonl", b'{"id": 1, "name": "a"}\n{oops\n{"id": 3, "name": "d"}\n', b"{oops", 2),
        ("list.jsonl", b'{"id": 1, "name": "a"}\n[2]\n{"id": 3, "name": "d"}\n', b"[2]", 2),
    ],
)
def test_a_malformed_record_is_one_bad_row(name: str, content: bytes, raw: bytes, line: int, tmp_path: Path) -> None:
    """A line too long or short, an open quote, broken UTF-8 or no JSON: one bad row, its bytes and line kept, the rest read."""
    path = tmp_path / name
    path.write_bytes(content)
    result = dq.validate(path, _contract())
    assert (result.status, result.rows, result.bad_rows, exit_code(result)) == ("fail", 3, 1, 1)
    assert [(check, status) for check, status, _ in _told(result)] == [("record", "fail")]
    assert result.bad is not None
    (row,) = result.bad
    assert (row["__dq_reasons"], row["__dq_raw"], row["__dq_source"]) == ("record", raw, str(path))
    (sample,) = next(item for item in result.checks if item.check.id == "record").samples
    assert sample.line == line


def test_a_value_that_cannot_be_read_is_a_bad_row_with_the_reason_type(tmp_path: Path) -> None:
    """An unreadable value fails its type alone; the row as written is kept."""
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,a\nx,b\n", "utf-8")
    result = dq.validate(path, _contract())
    assert _told(result) == [("id.type", "fail", "1 of 2 rows (50.0 %)")]
    assert result.bad is not None
    (row,) = result.bad
    assert (row["id"], row["__dq_reasons"]) == (None, "id.type")
    assert json.loads(row["__dq_raw"]) == {"id": "x", "name": "b"}


# -- columns ----------------------------------------------------------------------------------------------------------


def test_a_missing_column_fails_and_hands_no_row_on(tmp_path: Path) -> None:
    """A column that is not there fails the dataset by name; splitting refuses to call any row good."""
    path = tmp_path / "people.csv"
    path.write_text("id,nom\n1,a\n", "utf-8")
    result = dq.validate(path, _contract())
    assert ("columns", "fail", "missing: name") in _told(result)
    assert exit_code(result) == 1
    with pytest.raises(dq.ViolationError) as raised:
        dq.split(path, _contract())
    assert raised.value.exit_code == 1


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        (pd.DataFrame([[1, 2, "a"]], columns=["id", "id", "name"]), "pandas frame: two columns are called 'id'"),
        (pa.table([[1], [2], ["a"]], names=["id", "id", "name"]), "arrow frame: two columns are called 'id'"),
        (pd.DataFrame([[1, 2, "a"]], columns=["id", "ID", "name"]), "pandas frame: columns 'id' and 'ID' are one name"),
        (pl.DataFrame({"id": [1], "Id": [2], "name": ["a"]}), "polars frame: columns 'id' and 'Id' are one name"),
    ],
    ids=["pandas", "arrow", "case in pandas", "case in polars"],
)
def test_a_frame_with_two_columns_of_one_name(frame: object, what: str) -> None:
    """Two columns of one name, also when only case tells them apart, are refused by name."""
    message = f"{what}\n  give each column a name of its own; case does not tell names apart"
    _refused(dq.SourceError, 2, message, lambda: dq.validate(frame, _contract()))


def test_a_column_with_a_name_of_ours() -> None:
    """A column that is called like one of dq's own is refused, so that none can hide behind it."""
    message = "list of dicts: column '__dq_m0': names that begin with __dq_ are dq's own\n  rename it"
    _refused(dq.SourceError, 2, message, lambda: dq.validate([{"id": 1, "name": "a", "__dq_m0": 1}], _contract()))


def test_a_column_named_like_an_attack(tmp_path: Path) -> None:
    """A column may be called anything: it is quoted, counted, and written out."""
    name = '"; drop table x; --'
    contract = _contract([{"name": name, "logicalType": "integer", "required": True, "unique": True}])
    result = dq.validate([{name: 1}, {name: None}, {name: 1}], contract)
    assert _told(result) == [
        (f"{name}.required", "fail", "1 of 3 rows (33.3 %)"),
        (f"{name}.unique", "fail", "2 of 3 rows (66.7 %)"),
    ]
    assert result.bad is not None
    result.bad.write(tmp_path / "bad.csv")
    assert '"""; drop table x; --"' in (tmp_path / "bad.csv").read_text("utf-8")


# -- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"id": [1.0, float("nan")], "name": ["a", "b"]}),
        pl.DataFrame({"id": [1.0, float("nan")], "name": ["a", "b"]}),
        pa.table({"id": [1.0, float("nan")], "name": ["a", "b"]}),
        [{"id": 1, "name": "a"}, {"id": float("nan"), "name": "b"}],
    ],
    ids=["pandas", "polars", "arrow", "rows"],
)
def test_nan_is_no_value(frame: object) -> None:
    """NaN is null wherever it comes from: missing, and no misfit."""
    result = dq.validate(frame, _contract())
    assert _told(result) == [("id.required", "fail", "1 of 2 rows (50.0 %)")]


def test_an_emoji_is_a_character() -> None:
    """Characters beyond the basic plane count once, and come back whole."""
    result = dq.validate([{"id": 1, "name": "🎉" * 11}, {"id": 2, "name": "🎉" * 10}], _contract())
    assert _told(result) == [("name.maxLength", "fail", "1 of 2 rows (50.0 %)")]
    assert result.bad is not None
    assert [row["name"] for row in result.bad] == ["🎉" * 11]
    assert "🎉" in terminal(result)


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_megabyte_in_one_cell(suffix: str, tmp_path: Path) -> None:
    """A cell of a megabyte is read whole, judged, kept whole, and shown short."""
    text = "x" * 1_000_000
    path = tmp_path / f"people.{suffix}"
    if suffix == "parquet":
        pl.DataFrame({"id": [1], "name": [text]}).write_parquet(path)
    else:
        path.write_text(f"id,name\n1,{text}\n" if suffix == "csv" else json.dumps({"id": 1, "name": text}) + "\n", "utf-8")
    result = dq.validate(path, _contract())
    assert _told(result) == [("name.maxLength", "fail", "1 of 1 rows (100 %)")]
    assert result.bad is not None
    assert [row["name"] for row in result.bad] == [text]
    assert len(terminal(result)) < 10_000


# -- contracts --------------------------------------------------------------------------------------------------------


TEN_FAULTS = """\
apiVersion: v3.2.0
kind: DataContract
id: people
version: 1.0.0
status: active
schema:
  - name: people
    propertys: []
    properties:
      - name: id
        logicalType: int
      - name: name
        logicalType: string
        logicalTypeOptions: {minLenght: 1}
        quality:
          - metric: nullValue
            mustBe: 0
          - metric: invalidValues
            arguments: {validValues: [a, null]}
            mustBe: 0
          - metric: nullValues
            mustBeBetween: [5]
      - name: name
        logicalType: string
      - name: born
        logicalType: date
        required: "yes"
        customProperties: [{property: dq, value: {mode: quarantaine}}]
      - name: home
        relationships: [{too: places.id}]
"""
FAULTY_LINES = [8, 11, 14, 16, 19, 22, 23, 27, 28, 30]


def test_a_contract_tells_all_its_faults_at_once() -> None:
    """Ten faults of a contract come as one error, each with its line, path and mend, in the order of the document."""
    with pytest.raises(dq.ContractError) as raised:
        read(TEN_FAULTS, "people.odcs.yaml")
    assert raised.value.exit_code == 2
    assert sorted({fault.place.line for fault in raised.value.faults}) == FAULTY_LINES
    text = str(raised.value)
    for said in ("people.odcs.yaml:8 schema.people", "did you mean", "validValues[1]", "quarantaine"):
        assert said in text


def test_a_null_among_valid_values_is_a_fault() -> None:
    """A null in validValues says nothing, and is a fault with the way to say what is meant."""
    quality = [{"metric": "invalidValues", "arguments": {"validValues": [1, None]}, "mustBe": 0}]
    message = (
        "people.odcs.yaml:1 schema.people.id.quality[0].arguments.validValues[1]: null is no valid value\n"
        "  take it out: null always passes, `required: true` forbids it"
    )
    _refused(dq.ContractError, 2, message, lambda: _contract([{"name": "id", "logicalType": "integer", "quality": quality}]))


@pytest.mark.parametrize(
    ("pattern", "what", "mend"),
    [
        (
            "(?=a)b",
            "look-ahead is outside the portable pattern subset",
            "write the alternatives out, or use a condition with two patterns",
        ),
        (r"(a)\1", r"the back-reference \1 is outside the portable pattern subset", "write the alternatives out"),
        (
            r"\bword\b",
            r"the word boundary \b is outside the portable pattern subset",
            r"say what may stand there, as (?:^|[^0-9A-Za-z_])",
        ),
        ("a{", "a { that counts nothing is outside the portable pattern subset", r"escape it as \{, or write {n}, {n,} or {n,m}"),
    ],
)
def test_a_pattern_outside_the_subset_is_a_fault_of_the_contract(pattern: str, what: str, mend: str) -> None:
    """What engines read differently is refused before any data is read, with the place and another way to write it."""
    contract = _contract([{"name": "id", "logicalType": "string", "logicalTypeOptions": {"pattern": pattern}}])
    message = f"people.odcs.yaml:1 schema.people.id.logicalTypeOptions.pattern: {what}\n  {mend}"
    _refused(dq.ContractError, 2, message, lambda: dq.validate([{"id": "b"}], contract))


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"check": "in_sett", "values": ["a"]}, "unknown check 'in_sett'\n  did you mean 'in_set'?"),
        ({"check": "in_set", "column": "id"}, "check 'in_set' needs 'values'\n  it takes: values"),
        ({"check": "in_set", "column": "id", "value": [1]}, "check 'in_set' takes no 'value'\n  it takes: values"),
        ({"check": "in_set", "column": "id", "values": "abc"}, "'values' of check 'in_set' is a list of values, not 'abc'"),
        (
            {"check": "min_length", "column": "name", "length": -1},
            "'length' of check 'min_length' is a whole number from 0, not -1",
        ),
        ({"check": "at_least", "column": "id", "value": None}, "'value' of check 'at_least' is one value, not None"),
        ({"check": "has_format", "column": "name", "format": "iban"}, "unknown format 'iban'\n  known formats: email"),
        ({"check": "multiple_of", "column": "id", "value": 0}, "a multiple of 0\n  give a number above 0"),
        ({"check": "quantile", "column": "id", "quantile": 95, "mustBe": 1}, "the quantile 95\n  give a number from 0 to 1"),
        (
            {"check": "unique", "column": "id", "keep": "newest"},
            "keep is 'newest'\n  say none, first by COLUMN or last by COLUMN",
        ),
        ({"check": "matches", "column": "name", "pattern": "("}, "a ( without its ) is outside the portable pattern subset"),
        ({"check": "mean", "column": "id"}, "check 'mean' needs a bound\n  add mustBeBetween: [1, 5], or another operator"),
        ({"check": "mean", "column": "id", "mustBe": 1, "unit": "percent"}, "'mean' is no share: it has no percent"),
        ({"check": "not_null", "columns": 5}, "'columns' names no columns: 5\n  say columns: NAME"),
        ({"check": "condition", "sql": "id IN (SELECT 1)"}, "a sub-select\n  use a relationship, or a sql rule"),
        ({"check": "condition", "sql": "id = 1; DROP TABLE x"}, "';' inside a condition\n  write one expression"),
        ({"check": "condition", "sql": "read_csv('x') IS NULL"}, "read_csv"),
        ({"check": "condition", "sql": "id <"}, "id <"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_rule_that_cannot_mean_anything_is_a_fault_of_the_contract(said: dict[str, Any], what: str) -> None:
    """A wrong check, argument or condition is refused before any data is read, with its place."""
    contract = _contract(PEOPLE, {"type": "custom", "engine": "dq", "implementation": said})
    with pytest.raises(dq.ContractError) as raised:
        dq.validate(ROWS, contract)
    assert raised.value.exit_code == 2
    assert str(raised.value).startswith("people.odcs.yaml:1 schema.people.quality[0]")
    assert what in str(raised.value)


# -- rules that cannot run on this data --------------------------------------------------------------------------------


def test_a_rule_on_a_column_that_is_not_there_is_an_error() -> None:
    """A rule on an unknown column errs with the nearest name; it neither passes nor fails."""
    contract = _contract(PEOPLE, {"type": "custom", "engine": "dq", "implementation": {"check": "not_null", "column": "nme"}})
    result = dq.validate(ROWS, contract)
    assert _told(result) == [("nme.not_null", "error", "no column 'nme' in the data; did you mean 'name'?")]
    assert (result.status, exit_code(result)) == ("error", 2)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("DELETE FROM people", "DELETE where a query is expected"),
        ("DROP TABLE people", "DROP where a query is expected"),
        ("COPY people TO 'x.csv'", "COPY where a query is expected"),
        ("INSERT INTO people SELECT * FROM people", "INSERT where a query is expected"),
        ("SELECT 1; SELECT 2", "2 statements where one query is expected"),
        ("SELECT COUNT(*) FROM read_csv('/etc/passwd')", "table function READ_CSV('/etc/passwd') in a query"),
        ("SELECT COUNT(*) FROM '/etc/passwd'", "unknown table '/etc/passwd' in a query"),
        ("SELECT COUNT(*) FROM secrets", "unknown table 'secrets' in a query"),
        ("SELECT getenv('HOME')", "getenv"),
    ],
)
def test_a_sql_rule_that_does_more_than_ask_is_an_error(query: str, what: str) -> None:
    """A query that writes, reads a file, or is two statements is refused by name; nothing of it runs."""
    result = dq.validate(ROWS, _contract(PEOPLE, {"type": "sql", "query": query, "mustBe": 0}))
    ((check, status, message),) = _told(result)
    assert (check, status, result.status, exit_code(result)) == ("sql", "error", "error", 2)
    assert what.lower() in message.lower()


@pytest.mark.parametrize("query", ["SELECT id FROM people", "SELECT id, name FROM people LIMIT 1"])
def test_a_sql_rule_of_many_values_is_an_error(query: str) -> None:
    """A query that gives more than one value is not judged by the first of them."""
    rows = [*ROWS, {"id": 2, "name": "Bob"}]
    result = dq.validate(rows, _contract(PEOPLE, {"type": "sql", "query": query, "mustBe": 1}))
    ((check, status, message),) = _told(result)
    assert (check, status, result.status) == ("sql", "error", "error")
    assert "the query gives more than one value" in message


@pytest.mark.parametrize(
    "query",
    [
        "WITH x AS (SELECT * FROM people) SELECT COUNT(*) FROM x",
        "SELECT COUNT(*) FROM people AS a JOIN people AS b ON a.id = b.id",
        "SELECT SUM(id) OVER () FROM people LIMIT 1",
        "SELECT MAX(id) FROM (SELECT id FROM people UNION ALL SELECT id FROM people)",
        "SELECT COUNT(*) FROM {object} WHERE {object}.id > 0",
    ],
)
def test_a_sql_rule_may_use_all_that_a_query_can(query: str) -> None:
    """Words outside the vocabulary of conditions are shown with the result as they run."""
    result = dq.validate(ROWS, _contract(PEOPLE, {"type": "sql", "query": query, "mustBe": 2}))
    (told,) = result.failures
    assert (told.check.id, told.status, told.found) == ("sql", "fail", dq.result.Measured(1, 1))
    assert "people" in told.sql
    assert "__dq" not in told.sql


@pytest.mark.parametrize("said", [{"where": "id > 0"}, {"on": "good"}])
def test_a_sql_rule_filters_in_its_query(said: dict[str, str]) -> None:
    """A filter beside the query, which would change nothing, is refused."""
    extension = [{"property": "dq", "value": said}]
    rule = {"type": "sql", "query": "SELECT COUNT(*) FROM people", "mustBe": 1, "customProperties": extension}
    with pytest.raises(dq.ContractError, match="a sql rule has neither `where` nor `on`"):
        dq.validate(ROWS, _contract(PEOPLE, rule))


def test_a_primary_key_has_the_tags_of_its_columns() -> None:
    """Who asks for the tag of a key column gets the key's check, too."""
    contract = _contract([{"name": "id", "logicalType": "integer", "primaryKey": True, "tags": ["key"]}])
    result = dq.validate([{"id": 1}, {"id": 1}], contract, tags=["key"])
    assert [item.check.id for item in result.failures] == ["id.primary_key"]


def test_metadata_alone_says_nothing_about_records(tmp_path: Path) -> None:
    """Without reading rows, no record passes, and of types only those that fit whatever the rows hold."""
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1\n")
    told = {item.check.id: str(item.status) for item in dq.validate(path, _contract(), metadata_only=True).checks}
    assert told == {"columns": "pass", "id.type": "skip", "name.type": "pass"}


def test_records_alone_are_no_check(tmp_path: Path) -> None:
    """A contract that promises nothing is an error over text, as over a frame."""
    path = tmp_path / "people.csv"
    path.write_text("id,name\n1,a\n")
    assert dq.validate(path, _contract(())).status == dq.validate(pd.DataFrame({"id": [1]}), _contract(())).status == "error"


def test_a_literal_of_another_type_is_an_error() -> None:
    """A listed value that cannot be one of its column's type errs, and does not pass for never matching."""
    quality = [{"metric": "invalidValues", "arguments": {"validValues": ["abc"]}, "mustBe": 0}]
    result = dq.validate([{"id": 1}], _contract([{"name": "id", "logicalType": "integer", "quality": quality}]))
    assert _told(result) == [("id.invalidValues", "error", "'abc' is no integer")]


# -- calls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: dq.validate(3, _contract()),
            f"source: cannot read the type int\n  {READABLE}",
        ),
        (lambda: dq.validate([{"id": 1}, 2], _contract()), f"source: cannot read the type list of int\n  {READABLE}"),
        (
            lambda: dq.validate(({"id": number} for number in range(2)), _contract()),
            "Arrow batches: item 0 is a dict, no Arrow batch\n  yield pyarrow.RecordBatch, or give a list of dicts",
        ),
        (lambda: dq.validate(ROWS), "validate: no contract is given\n  name one: contract='flights@^1', or a path"),
        (
            lambda: dq.validate(ROWS, _contract(), where="nosuch > 1"),
            "where: no column 'nosuch' in the data\n  columns: id, name",
        ),
        (
            lambda: dq.validate(ROWS, _contract(), where="1; drop table x"),
            "where: ';' inside a condition\n  write one expression",
        ),
        (
            lambda: dq.validate(ROWS, _contract(), schema="nosuch"),
            "people@1.0.0: no schema object 'nosuch'\n  say schema=NAME, one of: people",
        ),
    ],
    ids=["source", "items", "generator", "contract", "column of where", "condition of where", "schema"],
)
def test_a_wrong_call_says_how_it_is_right(call: Callable[[], object], message: str) -> None:
    """A call that cannot be meant is refused with what can."""
    _refused(dq.UsageError, 2, message, call)


# -- the command line --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        ("id,name\n1,a\n", 0, ""),
        ("id,name\n,a\n", 1, ""),
        ("", 2, "the file is empty"),
        (None, 3, "no such file"),
    ],
    ids=["good", "bad", "empty", "missing"],
)
def test_the_shell_is_told_by_the_exit_code(content: str | None, code: int, said: str, tmp_path: Path) -> None:
    """0 pass, 1 a rule failed, 2 the input is wrong, 3 a retry may help; no traceback ever."""
    from dq.contract import dump

    (tmp_path / "people.odcs.yaml").write_text(dump(_contract()), "utf-8")
    if content is not None:
        (tmp_path / "people.csv").write_text(content, "utf-8")
    command = [sys.executable, "-m", "dq", "validate", "people.csv", "--contract", "people.odcs.yaml"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
