"""JSON lines and arrays: values keep their types and digits, what is broken is kept as it is."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.engines.text import TextRows, open_json, spool
from dq.errors import SourceError
from dq.source import Reading

Row = dict[str, str]


def opened(paths: Path | Sequence[Path], folder: Path, *, wanted: Sequence[str] = (), encoding: str = "utf-8") -> TextRows:
    """`open_json` with an encoding."""
    given = [paths] if isinstance(paths, Path) else paths
    with duckdb.connect() as con:
        return open_json(con, [str(path) for path in given], Reading(encoding=encoding), spill=folder, wanted=wanted)


def rows_of(found: TextRows) -> list[Row]:
    """The readable rows in order, the text of each value by column, without nulls."""
    with duckdb.connect() as con:
        rows = con.execute(f"SELECT * FROM ({found.select}) ORDER BY __dq_row_no").fetchall()
    assert [row[-2] for row in rows] == list(range(found.rows))
    return [{name: value for name, value in zip(found.columns, row, strict=False) if value is not None} for row in rows]


def bad_of(found: TextRows) -> list[tuple[int, bytes, str]]:
    """Line, bytes and problem of each malformed record; their numbers follow those of the readable rows."""
    bad = found.malformed.to_pylist() if found.malformed is not None else []
    assert [item["__dq_row_no"] for item in bad] == list(range(found.rows, found.rows + len(bad)))
    return [(item["line"], item["__dq_raw"], item["problem"]) for item in bad]


def given_file(folder: Path, text: bytes, name: str = "given.jsonl") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(text)
    return path


# -- values ------------------------------------------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
)
objects = st.dictionaries(st.sampled_from(["a", "b", "it's", 'q"', "d.e", "😀"]), values, max_size=4)


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(objects, max_size=8), form=st.sampled_from(["lines", "array", "pretty"]))
def test_any_objects_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], form: str) -> None:
    """Every value of every object is there with its type and digits; null and absent are null."""
    folder = tmp_path_factory.mktemp("objects")
    text = "\n".join(map(json.dumps, rows)) if form == "lines" else json.dumps(rows, indent=2 if form == "pretty" else None)
    found = opened(given_file(folder, text.encode()), folder)
    again = [{key: json.loads(value, parse_float=Decimal) for key, value in row.items()} for row in rows_of(found)]
    given_again = [json.loads(json.dumps(row), parse_float=Decimal) for row in rows]
    assert again == [{key: value for key, value in row.items() if value is not None} for row in given_again]
    assert found.malformed is None


@pytest.mark.parametrize(
    "number", ["12345678901234567.89", "0.12345678901234567890", "123456789012345678901234567890", "1e400", "1.10"]
)
@pytest.mark.parametrize("form", ['{"a":%s}\n', '[{"a":%s}]', '{"a":%s}\n{"a":12345678901234567.89}'])
def test_numbers_keep_their_digits(tmp_path: Path, number: str, form: str) -> None:
    """No number goes through a double that would round it."""
    found = opened(given_file(tmp_path, (form % number).encode()), tmp_path)
    assert Decimal(rows_of(found)[0]["a"]) == Decimal(number)


def test_columns_are_the_keys_that_occur_in_order(tmp_path: Path) -> None:
    """The union of keys as they first appear; a wanted column that never occurs is missing, but not where there are no rows."""
    found = opened(given_file(tmp_path, b'{"b":1,"a":2}\n{"c":[],"a":null}\n'), tmp_path, wanted=["a", "z"])
    assert tuple(found.columns) == ("b", "a", "c")
    assert {str(kind) for kind in found.columns.values()} == {"JSON"}
    assert rows_of(found) == [{"b": "1", "a": "2"}, {"c": "[]"}]
    assert tuple(opened(given_file(tmp_path, b"[]"), tmp_path, wanted=["a", "z"]).columns) == ("a", "z")


def test_objects_without_keys_are_rows(tmp_path: Path) -> None:
    """`{}` is a row without values, in lines and in an array."""
    for text in (b"{}\n{}\n", b"[{},{}]"):
        assert rows_of(opened(given_file(tmp_path, text), tmp_path)) == [{}, {}]


@pytest.mark.parametrize("text", [b"", b"\n \n", b"[ ]\n"])
def test_an_empty_file_has_no_rows(tmp_path: Path, text: bytes) -> None:
    """No line, or an empty array, is an empty dataset."""
    found = opened(given_file(tmp_path, text), tmp_path, wanted=["a"])
    assert (found.rows, tuple(found.columns), rows_of(found), found.malformed) == (0, ("a",), [], None)


def test_a_clean_file_is_read_where_it_lies(tmp_path: Path) -> None:
    """Without anything malformed nothing is copied."""
    path = given_file(tmp_path, b'{"a":0.30000000000000004}\n\n{"a":1e-7}\r\n{"a":9007199254740993}')
    found = opened(path, tmp_path)
    assert found.files == (str(path),)
    assert [row["a"] for row in rows_of(found)] == ["0.30000000000000004", "1e-7", "9007199254740993"]


# -- malformed records -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"{bad}", "not JSON: expected a key in double quotes"),
        (b'{"a":1', "not JSON: expected ',' or '}'"),
        (b'{"a":1,}', "not JSON: expected a key in double quotes"),
        (b'{"a" 1}', "not JSON: expected ':'"),
        (b'{"a":}', "not JSON: expected a value"),
        (b'{"a":[1,]}', "not JSON: expected a value"),
        (b'{"a":01}', "not JSON: expected ',' or '}'"),
        (b'{"a":"x', "not JSON: unterminated string"),
        (b'{"a":"\t"}', "not JSON: invalid control character"),
        (b'{"a":1} {"a":2}', "not JSON: text after the object"),
        (b'{"a":1}x', "not JSON: text after the object"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":"\\ud800"}', "not JSON: half of a surrogate pair"),
        (b'{"a":1,"b":2,"a":3}', "duplicate key 'a'"),
        (b"[1,2]", "not an object but an array"),
        (b'"x"', "not an object but a string"),
        (b"5", "not an object but a number"),
        (b"null", "not an object but null"),
        (b"\0", "not JSON: expected a value"),
    ],
)
@pytest.mark.parametrize("exact", [b"1", b"12345678901234567.89"])
def test_a_malformed_line_is_kept_with_its_bytes_and_line(tmp_path: Path, line: bytes, problem: str, exact: bytes) -> None:
    """Its exact bytes, its line and what is wrong, whichever way the file is read; the lines around it are rows."""
    found = opened(given_file(tmp_path, b'{"a":%s}\n\n' % exact + line + b'\r\n{"a":2}'), tmp_path)
    assert rows_of(found) == [{"a": exact.decode()}, {"a": "2"}]
    assert bad_of(found) == [(3, line, problem)]


def test_what_only_looks_malformed_is_a_row(tmp_path: Path) -> None:
    """A comma before a bracket inside text, a surrogate pair, and NaN are read."""
    lines = [b'{"a":"x, ]"}', b'{"a":"\\ud83d\\ude00"}', b'{"a":NaN}', b'{"a":"\\\\ud800"}', b'{"a":"\\u0000"}']
    found = opened(given_file(tmp_path, b"\n".join(lines)), tmp_path)
    assert [row["a"] for row in rows_of(found)][:3] == ['"x, ]"', '"😀"', "NaN"]
    assert (found.rows, found.malformed) == (5, None)


def test_planted_errors_in_a_large_file_are_all_found(tmp_path: Path) -> None:
    """Of 30,000 lines the 300 broken ones are malformed, by line and bytes, and the others are rows in their order."""
    lines = [b'{"n":%d,"t":"%s"}' % (n, b"x" * (n % 50)) for n in range(30_000)]
    broken = {n: lines[n][:-1] if n % 200 else b"[%d]" % n for n in range(0, 30_000, 100)}
    path = tmp_path / "given.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(broken.get(n, line) for n, line in enumerate(lines)), 1))
    found = opened(path, tmp_path)
    assert [(line, raw) for line, raw, _ in bad_of(found)] == [(n + 1, raw) for n, raw in broken.items()]
    assert [int(row["n"]) for row in rows_of(found)] == [n for n in range(30_000) if n not in broken]


def test_a_file_without_one_object_says_so(tmp_path: Path) -> None:
    """An object written over many lines is malformed lines, and a note."""
    path = given_file(tmp_path, b'{\n  "a": 1\n}\n')
    found = opened(path, tmp_path)
    assert [raw for _, raw, _ in bad_of(found)] == [b"{", b'  "a": 1', b"}"]
    assert found.notes == (f"{path}: no line is a JSON object; is it one object a line?",)


def test_a_deep_value_is_malformed_or_a_row_but_no_crash(tmp_path: Path) -> None:
    """Nesting that Python cannot follow does not stop the load."""
    deep = b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
    found = opened(given_file(tmp_path, deep + b'\n{"a":12345678901234567.89}\n'), tmp_path)
    assert rows_of(found) == [{"a": "12345678901234567.89"}]
    assert [problem for _, _, problem in bad_of(found)] == ["not JSON that can be read: nested too deeply"]


# -- arrays ------------------------------------------------------------------------------------------------------------


def test_an_element_that_is_no_object_is_malformed(tmp_path: Path) -> None:
    """The other elements of an array are rows."""
    found = opened(given_file(tmp_path, b'\n[{"a":1},\n  5 ,{"a":2,"a":3}\n,"x"]\n', "x.json"), tmp_path)
    assert rows_of(found) == [{"a": "1"}]
    assert bad_of(found) == [
        (3, b"5", "not an object but a number"),
        (3, b'{"a":2,"a":3}', "duplicate key 'a'"),
        (4, b'"x"', "not an object but a string"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'[{"a":1}\n', ":2: not a JSON array: expected ','"),
        (b'[{"a":1},\n]', ":2: not a JSON array: expected a value"),
        (b'[{"a":1}\n{"a":2}]', ":2: not a JSON array: expected ','"),
        (b'[{"a":1}] x', ":1: not a JSON array: text after the closing ']'"),
        (b'[{"a":1},\n{"a":tru', ":2: not a JSON array: expected a value"),
        (b'[{"a":"\xff"}]', ":1: not a JSON array: not UTF-8"),
        (b"[{", ":1: not a JSON array: expected a key in double quotes"),
    ],
)
def test_a_broken_array_is_refused_with_its_line(tmp_path: Path, text: bytes, message: str) -> None:
    """An array is one document: behind a fault nothing can be trusted."""
    path = given_file(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        opened(path, tmp_path)
    assert str(caught.value).startswith(f"{path}{message}\n")


@pytest.mark.parametrize("read", [1, 7, 1000])
def test_an_array_is_read_in_parts_of_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: int) -> None:
    """Where a part of the file ends does not matter."""
    monkeypatch.setattr(spool, "_READ", read)
    rows = [{"n": n, "t": "é" * n, "in": {"x": [n, None]}} for n in range(40)]
    found = opened(given_file(tmp_path, json.dumps(rows, ensure_ascii=False).encode()), tmp_path)
    assert [json.loads(row["n"]) for row in rows_of(found)] == list(range(40))
    assert json.loads(rows_of(found)[5]["in"]) == {"x": [5, None]}


# -- files -------------------------------------------------------------------------------------------------------------


def test_files_of_every_form_are_united_by_key(tmp_path: Path) -> None:
    """Lines, an array, a zip, another encoding and a byte order mark in one dataset, in the order of the files."""
    paths = [
        given_file(tmp_path, b'{"a":1}\n', "1.jsonl"),
        given_file(tmp_path, b'[{"b":2},{"a":3,"c":4}]', "2.json"),
        given_file(tmp_path, b'\xef\xbb\xbf{"A":5}\n', "3.jsonl"),
        tmp_path / "4.jsonl.zip",
    ]
    with zipfile.ZipFile(paths[3], "w") as archive:
        archive.writestr("x.jsonl", b'{"b":6}\n')
    found = opened(paths, tmp_path)
    assert tuple(found.columns) == ("a", "b", "c")
    assert rows_of(found) == [{"a": "1"}, {"b": "2"}, {"a": "3", "c": "4"}, {"a": "5"}, {"b": "6"}]
    with duckdb.connect() as con:
        sources = con.execute(f"SELECT __dq_source FROM ({found.select}) ORDER BY __dq_row_no").fetchall()
    assert [source for (source,) in sources] == [str(paths[n]) for n in (0, 1, 1, 2, 3)]


def test_packed_lines_are_read_where_they_lie(tmp_path: Path) -> None:
    """Whatever the case of the suffix."""
    for name in ("x.jsonl.gz", "x.jsonl.GZIP"):
        path = given_file(tmp_path, gzip.compress(b'{"a":1}\n', mtime=0), name)
        found = opened(path, tmp_path)
        assert (found.files, rows_of(found)) == ((str(path),), [{"a": "1"}])


def test_a_declared_encoding_is_read(tmp_path: Path) -> None:
    """Malformed lines keep the bytes they have in the file."""
    found = opened(given_file(tmp_path, '{"a":"é"}\nx\n'.encode("utf-16")), tmp_path, encoding="utf-16")
    assert rows_of(found) == [{"a": '"é"'}]
    assert bad_of(found) == [(2, "x".encode("utf-16-le"), "not JSON: expected a value")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b'{"a":1,"A":2}\n', "keys 'a' and 'A' differ only in case"),
        (b'[{"a":1},{"A":2}]', "keys 'a' and 'A' differ only in case"),
        (b'{"__dq_row_no":1}\n', "column '__dq_row_no' is a name that dq uses"),
        (b"PAR1\x15\x04", "not a text file but a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    """The message names the file and the thing."""
    path = given_file(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        opened(path, tmp_path)
    assert (caught.value.where, caught.value.what) == (str(path), message)
    assert caught.value.mend


def test_a_key_without_a_name_is_left_out_and_told(tmp_path: Path) -> None:
    """No column can be called nothing."""
    for text in (b'{"":1,"b":2}\n', b'[{"":1,"b":2}]'):
        path = given_file(tmp_path, text)
        found = opened(path, tmp_path)
        assert rows_of(found) == [{"b": "2"}]
        assert found.notes == (f"{path}: a key without a name is not read",)


def test_keys_that_are_data_are_refused(tmp_path: Path) -> None:
    """Thousands of different keys are values in the wrong place."""
    path = given_file(tmp_path, b"".join(b'{"k%d":1}\n' % n for n in range(2500)))
    with pytest.raises(SourceError, match="more than 2000 different keys"):
        opened(path, tmp_path)
