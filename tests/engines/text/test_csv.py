"""Comma-separated files: what is written comes back exactly, what is broken is kept as it is, and nothing is guessed."""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dq.engines.text import TextRows, open_csv
from dq.errors import SourceError, UsageError, WorldError
from dq.source import Reading

Row = tuple[Any, ...]
HEADER = b"id,name,note\n"


def opened(paths: Path | Sequence[Path], folder: Path, *, wanted: Sequence[str] | None = None, **dialect: Any) -> TextRows:
    """`open_csv` with a dialect."""
    given = [paths] if isinstance(paths, Path) else paths
    with duckdb.connect() as con:
        return open_csv(con, [str(path) for path in given], Reading(**dialect), spill=folder, wanted=wanted)


def rows_of(found: TextRows, **config: Any) -> list[Row]:
    """The readable rows without number and source, in order; they are numbered from 0."""
    with duckdb.connect(config=config) as con:
        rows = con.execute(found.select).fetchall()
    assert sorted(row[-2] for row in rows) == list(range(found.rows))
    return [row[:-2] for row in sorted(rows, key=lambda row: row[-2])]


def bad_of(found: TextRows) -> list[tuple[int, bytes, str]]:
    """Line, bytes and problem of each malformed record; their numbers follow those of the readable rows."""
    bad = found.malformed.to_pylist() if found.malformed is not None else []
    assert [item["__dq_row_no"] for item in bad] == list(range(found.rows, found.rows + len(bad)))
    return [(item["line"], item["__dq_raw"], item["problem"]) for item in bad]


def given_file(folder: Path, text: bytes, name: str = "given.csv") -> Path:
    """A file with these bytes."""
    path = folder / name
    path.write_bytes(text)
    return path


# -- what is written comes back ---------------------------------------------------------------------------------------

cells = st.text(
    st.characters(exclude_categories=["Cs"])
    | st.sampled_from(['"', '"', ",", ";", "\t", "|", "\n", "\r", " ", "'", "\\", "😀", "\0"]),
    max_size=8,
)
tables = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=12))


@settings(max_examples=60, deadline=None)
@given(
    table=tables,
    delimiter=st.sampled_from([",", ";", "\t", "|", "§", "||"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    last=st.booleans(),
)
def test_any_table_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], delimiter: str, end: str, *, last: bool
) -> None:
    """What is quoted by RFC 4180 is read as it was, whatever the cells, the delimiter and the line ends."""
    width = len(table[0]) if table else 2
    lines = [[f"c{n}" for n in range(width)], *table]
    quoted = [delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines]
    folder = tmp_path_factory.mktemp("table")
    text = end.join(quoted) + (end if last else "")
    found = opened(given_file(folder, text.encode()), folder, delimiter=delimiter)
    assert rows_of(found) == [tuple(line) for line in table]
    assert found.malformed is None


@settings(max_examples=40, deadline=None)
@given(table=tables, quote=st.sampled_from(['"', "'"]))
def test_what_the_csv_module_writes_is_read_as_it_reads_it(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[str]], quote: str
) -> None:
    """Rows written with minimal quoting are the rows that Python's own reader sees; empty cells are null."""
    table = [[cell.replace("\0", "").replace("\r", "") for cell in line] for line in table]
    table = [line for line in table if len(line) > 1]
    width = len(table[0]) if table else 2
    table = [line for line in table if len(line) == width]
    out = io.StringIO(newline="")
    csv.writer(out, quotechar=quote).writerows([[f"c{n}" for n in range(width)], *table])
    folder = tmp_path_factory.mktemp("module")
    found = opened(given_file(folder, out.getvalue().encode()), folder, quote=quote)
    blank_quote = [cell.lstrip(" ").startswith(quote) and not cell.startswith(quote) for line in table for cell in line]
    if not any(blank_quote):  # the module leaves blanks before a quote unquoted; here they do not belong to the field
        again = list(csv.reader(io.StringIO(out.getvalue(), newline=""), quotechar=quote))[1:]
        assert rows_of(found) == [tuple(cell or None for cell in line) for line in again]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_empty_field_is_null_and_an_empty_quoted_one_is_empty(tmp_path: Path, end: bytes) -> None:
    """`,,` is null; `,"",` is ''."""
    found = opened(given_file(tmp_path, end.join([b"a,b,c", b',"",x', b'"",,""'])), tmp_path)
    assert rows_of(found) == [(None, "", "x"), ("", None, "")]


def test_blank_lines_are_skipped_but_in_one_column_they_are_null(tmp_path: Path) -> None:
    """A blank line is no record, unless a record is one field."""
    assert rows_of(opened(given_file(tmp_path, b"a,b\n\n1,2\n\n\n3,4\n\n"), tmp_path)) == [("1", "2"), ("3", "4")]
    assert rows_of(opened(given_file(tmp_path, b"a\n1\n\n2\n"), tmp_path)) == [("1",), (None,), ("2",)]


def test_blanks_around_quotes_do_not_belong_to_the_field(tmp_path: Path) -> None:
    """`"x" , "y"` is x and y; blanks around unquoted text are kept; a quote inside unquoted text is text."""
    found = opened(given_file(tmp_path, b'a,b\n"x" , "y, z"\n 1 ,5" pipe\n'), tmp_path)
    assert rows_of(found) == [("x", "y, z"), (" 1 ", '5" pipe')]


def test_the_dialect_is_the_declared_one(tmp_path: Path) -> None:
    """Delimiter and quote are as said; without a quote character quotes are text; `#` begins no comment."""
    path = given_file(tmp_path, b"a;b\n'1;2';x\n#1;\"2\n")
    assert rows_of(opened(path, tmp_path, delimiter=";", quote="'")) == [("1;2", "x"), ("#1", '"2')]
    path = given_file(tmp_path, b'a,b\n"1,2"\n')
    assert rows_of(opened(path, tmp_path, quote="")) == [('"1', '2"')]


def test_line_ends_may_be_mixed_and_the_last_one_missing(tmp_path: Path) -> None:
    """LF and CR LF both end a record, in one file too."""
    found = opened(given_file(tmp_path, b'a,b\n1,2\r\n\r\n"x\ny",4\n5,6'), tmp_path)
    assert rows_of(found) == [("1", "2"), ("x\ny", "4"), ("5", "6")]
    assert bad_of(found) == []


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_a_large_cell_is_read(tmp_path: Path, size: int) -> None:
    """A cell of one or five million characters comes back whole, line ends in it too."""
    cell = "é\n" * (size // 2)
    found = opened(given_file(tmp_path, f'a,b\n1,"{cell}"\n2,x\n'.encode()), tmp_path)
    assert rows_of(found) == [("1", cell), ("2", "x")]


def test_a_clean_file_is_read_where_it_lies(tmp_path: Path) -> None:
    """Without anything malformed nothing is copied, and nothing else is to be allowed."""
    path = given_file(tmp_path, HEADER + b'1,"a ""b"" c",\n')
    assert opened(path, tmp_path).files == (str(path),)


# -- malformed records -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (b"1,2", "2 fields, expected 3"),
        (b"1", "1 field, expected 3"),
        (b"   ", "1 field, expected 3"),
        (b"1,2,3,", "4 fields, expected 3"),
        (b'1,"a\nb",3,4', "4 fields, expected 3"),
        (b'1,"open,3', "unclosed quote"),
        (b'1,"a"b,3', "text after a closing quote"),
        (b"1,a\rb,3", "a carriage return outside quotes"),
        (b"1,\xff,3", "not UTF-8"),
        (b'1,"\xc3\n",3', "not UTF-8"),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_malformed_record_is_kept_with_its_bytes_and_line(tmp_path: Path, record: bytes, problem: str, end: bytes) -> None:
    """Its exact bytes, the line it begins on and what is wrong; the records around it are read."""
    text = end.join([b"id,name,note", b'1,"two\nlines",x', b"", record, b"7,8,9", b""])
    found = opened(given_file(tmp_path, text), tmp_path)
    assert rows_of(found) == [("1", "two\nlines", "x"), ("7", "8", "9")]
    assert bad_of(found) == [(5, record, problem)]


def test_an_unclosed_quote_ends_at_its_line(tmp_path: Path) -> None:
    """The lines behind it are read, whether a quote follows somewhere or not, and when its line is the last."""
    rest = b'4,5,6\n7,"x",9\n10,"y, z",12\n'
    rows = [("4", "5", "6"), ("7", "x", "9"), ("10", "y, z", "12")]
    found = opened(given_file(tmp_path, HEADER + b'1,"open,3\n' + rest), tmp_path)
    assert (rows_of(found), bad_of(found)) == (rows, [(2, b'1,"open,3', "unclosed quote")])
    found = opened(given_file(tmp_path, HEADER + rest + b'1,2,"3'), tmp_path)
    assert (rows_of(found), bad_of(found)) == (rows, [(5, b'1,2,"3', "unclosed quote")])


def test_two_unclosed_quotes_do_not_swallow_the_rows_between(tmp_path: Path) -> None:
    """Two open quotes look like one long field, but lines between them that read as records are records."""
    found = opened(given_file(tmp_path, HEADER + b'1,"open,3\n4,5,6\n7,8,9\n10,11,"\n12,13,14\n'), tmp_path)
    assert rows_of(found) == [("4", "5", "6"), ("7", "8", "9"), ("12", "13", "14")]
    assert [line for line, _, _ in bad_of(found)] == [2, 5]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), end=st.sampled_from([b"\n", b"\r\n"]))
def test_corruption_of_some_lines_leaves_every_other_row(tmp_path_factory: pytest.TempPathFactory, seed: int, end: bytes) -> None:
    """Readable and malformed rows add up to the records written, and each malformed one has the bytes of its line."""
    dice = random.Random(seed)  # noqa: S311  reproducible, not secret
    lines, good, bad = [], [], []
    for number in range(dice.randrange(1, 60)):
        line = b'%d,"text, %d",%s' % (number, number, "é".encode() * dice.randrange(3))
        if dice.random() < 0.2:
            line = dice.choice([b"x", line + b",more", line[:-1] + b"\xff" + b"z", line.replace(b'",', b'"z,', 1), b'"' + line])
            bad.append((number + 2, line))
        else:
            good.append((str(number), f"text, {number}", line.decode().rsplit(",", 1)[1] or None))
        lines.append(line)
    folder = tmp_path_factory.mktemp("corrupt")
    found = opened(given_file(folder, end.join([b"a,b,c", *lines, b""])), folder)
    assert rows_of(found) == good
    assert [(line, raw) for line, raw, _ in bad_of(found)] == bad


@pytest.mark.parametrize("packed", ["plain", "gz", "zst"])
def test_planted_errors_in_a_large_file_are_all_found(tmp_path: Path, packed: str) -> None:
    """Of 60,000 records the 600 broken ones are malformed, by line and bytes, and the others are rows in their order."""
    lines = [b'%d,"name %d",%d.%02d' % (n, n, n, n % 100) for n in range(60_000)]
    broken = {n: (lines[n] + b',"more"' if n % 200 else b"\xfe," + lines[n][2:]) for n in range(0, 60_000, 100)}
    text = b"\n".join([b"id,name,price", *(broken.get(n, line) for n, line in enumerate(lines)), b""])
    path = tmp_path / ("given.csv" if packed == "plain" else f"given.csv.{packed}")
    if packed == "zst":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(text)
    else:
        path.write_bytes(gzip.compress(text, 1, mtime=0) if packed == "gz" else text)
    found = opened(path, tmp_path)
    assert [(line, raw) for line, raw, _ in bad_of(found)] == [(n + 2, raw) for n, raw in broken.items()]
    assert [int(row[0]) for row in rows_of(found, threads=4)] == [n for n in range(60_000) if n not in broken]


def test_malformed_records_wait_on_disk(tmp_path: Path) -> None:
    """A file of malformed records costs no more memory than their numbers."""
    path = given_file(tmp_path, b"a,b\n" + b"%s\n" % (b"x" * 200) * 100_000)
    before = pa.total_allocated_bytes()
    found = opened(path, tmp_path)
    assert found.malformed is not None
    assert (found.rows, found.malformed.num_rows) == (0, 100_000)
    assert pa.total_allocated_bytes() - before < 2_000_000


def test_row_numbers_are_the_same_on_every_scan(tmp_path: Path) -> None:
    """Numbers follow the order of files and records, with many threads and without order kept."""
    for part in range(3):
        lines = [b'%d,"%s"' % (part * 30_000 + n, b"x" * 50) for n in range(30_000)]
        given_file(tmp_path, b"\n".join([b"n,t", *lines, b""]), f"{part}.csv")
    found = opened([tmp_path / f"{part}.csv" for part in range(3)], tmp_path)
    with duckdb.connect(config={"threads": 4, "preserve_insertion_order": False}) as con:
        for _ in range(3):
            wrong = con.execute(f"SELECT count(*), count(*) FILTER (n::BIGINT <> __dq_row_no) FROM ({found.select})")
            assert wrong.fetchall() == [(90_000, 0)]


# -- headers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "names"),
    [
        (b"\xef\xbb\xbfa,b", ("a", "b")),
        (b'\xef\xbb\xbf"a\nx",b', ("a\nx", "b")),
        (b'"a ""q""","x,y"', ('a "q"', "x,y")),
        (b'"a\r\nb",c', ("a\r\nb", "c")),
        (b"\n\na,b", ("a", "b")),
        (b"a,", ("a", "column_2")),
        (b'"""; drop table x; --",b', ('"; drop table x; --', "b")),
        ("ä,😀".encode(), ("ä", "😀")),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_header_is_parsed_like_a_record(tmp_path: Path, header: bytes, names: tuple[str, ...], end: bytes) -> None:
    """Quotes, line ends inside them, a byte order mark, blank lines before it and empty names are understood."""
    found = opened(given_file(tmp_path, header.replace(b"\n\n", end * 2) + end + b'1,"x\ny"' + end), tmp_path)
    assert tuple(found.columns) == names
    assert {str(kind) for kind in found.columns.values()} == {"VARCHAR"}
    assert rows_of(found) == [("1", "x\ny")]


def test_a_name_that_is_missing_or_has_blanks_is_told(tmp_path: Path) -> None:
    """What is odd about a header is said once."""
    path = given_file(tmp_path, b"a, b,\n1,2,3\n")
    assert opened(path, tmp_path).notes == (
        f"{path}: the name of column ' b' begins or ends with a blank",
        f"{path}: column 3 has no name in the header; it is called column_3",
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a,a\n", "two columns are called 'a'"),
        (b"a,b,A\n", "columns 'a' and 'A' differ only in case"),
        (b",column_1\n", "two columns are called 'column_1'"),
        (b"a,__dq_row_no\n", "column '__dq_row_no' is a name that dq uses"),
        (b'a,"b\n1,2\n', ":1: the header cannot be read: unclosed quote"),
        (b'a,"b"c\n1,2\n', ":1: the header cannot be read: text after a closing quote"),
        (b"\xffa,b\n", ":1: the header is not UTF-8"),
        (b"\n\n", "the file has no header: there are only blank lines"),
        (b"", "the file is empty (0 bytes)"),
    ],
)
def test_a_header_that_names_no_columns_is_refused(tmp_path: Path, text: bytes, message: str) -> None:
    """It says what is wrong, in which file and line, and what to do."""
    path = given_file(tmp_path, text)
    with pytest.raises(SourceError) as caught:
        opened(path, tmp_path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.mend


def test_a_header_alone_is_no_rows(tmp_path: Path) -> None:
    """A file with nothing but its header has columns, with or without a line end."""
    for text in (b"a,b\n", b"a,b", b"a,b\r\n"):
        found = opened(given_file(tmp_path, text), tmp_path)
        assert (tuple(found.columns), rows_of(found), found.malformed) == (("a", "b"), [], None)


def test_without_a_header_columns_are_the_wanted_ones_in_order(tmp_path: Path) -> None:
    """The first record is a row."""
    path = given_file(tmp_path, b"\xef\xbb\xbf1,2\n3\n")
    found = opened(path, tmp_path, header=False, wanted=["x", "y"])
    assert (tuple(found.columns), rows_of(found)) == (("x", "y"), [("1", "2")])
    assert bad_of(found) == [(2, b"3", "1 field, expected 2")]


@pytest.mark.parametrize(("text", "said"), [(b"id;name\n1;2\n", "';'"), (b"id\tname\n", "'\\t'"), (b"ID|x\n", "'|'")])
def test_another_delimiter_is_suspected_by_name(tmp_path: Path, text: bytes, said: str) -> None:
    """One column whose name holds the names of the contract's columns hints at the option to give."""
    with pytest.raises(SourceError, match="the header is one column") as caught:
        opened(given_file(tmp_path, text), tmp_path, wanted=["id", "name"])
    assert caught.value.mend == f"its names seem to be divided by {said}: say --delimiter {said}"


# -- several files -----------------------------------------------------------------------------------------------------


def test_files_are_united_by_column_name(tmp_path: Path) -> None:
    """A column that a file lacks is null there; columns come as they first appear, rows as the files do."""
    one = given_file(tmp_path, b"a,b\n1,2\n", "one.csv")
    two = given_file(tmp_path, b"c,A\n3,4\nbad\n", "two.csv")
    six = given_file(tmp_path, b"c,A\n5,6\n", "six.csv")
    found = opened([one, two, six], tmp_path)
    assert tuple(found.columns) == ("a", "b", "c")
    assert rows_of(found) == [("1", "2", None), ("4", None, "3"), ("6", None, "5")]
    with duckdb.connect() as con:
        sources = con.execute(f"SELECT __dq_source FROM ({found.select}) ORDER BY __dq_row_no").fetchall()
    assert sources == [(str(one),), (str(two),), (str(six),)]
    assert found.malformed is not None
    assert found.malformed.column("__dq_source").to_pylist() == [str(two)]


def test_urls_are_opened_by_the_opener(tmp_path: Path) -> None:
    """A path that is none on disk is read through what the caller gives."""
    asked = []

    def opener(path: str) -> BinaryIO:
        asked.append(path)
        return io.BytesIO(b"a,b\n1\n")

    with duckdb.connect() as con:
        found = open_csv(con, ["s3://bucket/x.csv"], Reading(), spill=tmp_path, wanted=None, opener=opener)
    assert set(asked) == {"s3://bucket/x.csv"}
    assert bad_of(found) == [(2, b"1", "1 field, expected 2")]


# -- packings and encodings --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.csv.gz", "x.csv.GZ", "x.csv.gzip", "x.gz"])
def test_gzip_is_known_by_suffix_and_may_have_several_parts(tmp_path: Path, name: str) -> None:
    """Parts that were written one after the other are one text."""
    path = given_file(tmp_path, gzip.compress(HEADER + b"1,2,3\n", mtime=0) + gzip.compress(b"4,5,6\n"), name)
    found = opened(path, tmp_path)
    assert (found.files, rows_of(found)) == ((str(path),), [("1", "2", "3"), ("4", "5", "6")])


def test_a_zip_with_one_member_is_read(tmp_path: Path) -> None:
    """The member is unpacked into the spill folder."""
    path = tmp_path / "x.csv.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/x.csv", HEADER + b"1,2,3\nbad\n")
        archive.writestr("__MACOSX/x.csv", b"junk")
    found = opened(path, tmp_path)
    assert (rows_of(found), bad_of(found)) == ([("1", "2", "3")], [(3, b"bad", "1 field, expected 3")])


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.csv.bz2", b"BZh9", "cannot read bzip2 files"),
        ("x.csv.xz", b"\xfd7zXZ\0", "cannot read xz files"),
        ("x.csv.gz", b"a,b\n", "not gzip data, as its name says, but something else"),
        ("x.csv.gz", b"", "not gzip data, as its name says, but empty"),
        ("x.csv.gz", b"\x28\xb5\x2f\xfd\0", "not gzip data, as its name says, but zstd data"),
        ("x.csv.gz", gzip.compress(b"a,b\n" * 9000, mtime=0)[:60], "the gzip data is damaged or cut off"),
        ("x.csv.zst", b"\x28\xb5\x2f\xfd\0\0\0\0\0", "the zstd data is damaged or cut off"),
        ("x.csv.zip", b"PK\x03\x04 no archive", "the zip data is damaged or cut off"),
        ("x.csv", b"PAR1\x15\x04\x15", "not a text file but a Parquet file"),
        ("x.csv", gzip.compress(b"a,b\n", mtime=0), "not a text file but gzip data"),
        ("x.csv", b"PK\x03\x04\x14\0", "not a text file but a zip archive (or an Excel workbook)"),
        ("x.csv", "a,b\n".encode("utf-16"), "not a text file but UTF-16 text"),
        ("x.csv", b"\0" * 100, "not a text file: full of zero bytes"),
        ("x.csv", b"<!DOCTYPE html><html>", "not data but a web page or XML"),
        ("x.csv", b"SQLite format 3\0\1", "not a text file but an SQLite database"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, name: str, text: bytes, message: str) -> None:
    """It is called by what it seems to be, and the way out is said."""
    path = given_file(tmp_path, text, name)
    with pytest.raises(SourceError) as caught:
        opened(path, tmp_path)
    assert caught.value.what.startswith(message)
    assert caught.value.where.startswith(str(path))
    assert caught.value.mend


def test_text_that_only_begins_like_another_format_is_text(tmp_path: Path) -> None:
    """`ORC`, `PAR1` and `BZh` may be the first letters of a column."""
    for text in (b"ORC,b\n", b"PAR1,b\n", b"BZh,b\n"):
        assert opened(given_file(tmp_path, text), tmp_path).rows == 0


def test_a_zip_with_more_or_fewer_files_is_refused(tmp_path: Path) -> None:
    """Which of two files is meant cannot be told."""
    path = tmp_path / "x.zip"
    for names in (["a.csv", "b.csv"], []):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"a\n")
        with pytest.raises(SourceError, match=f"the zip holds {len(names)} files"):
            opened(path, tmp_path)


def test_a_folder_is_refused_and_a_missing_file_may_come(tmp_path: Path) -> None:
    """A folder is the wrong thing; what is not there may be there later."""
    with pytest.raises(SourceError, match="a folder, not a file"):
        opened(tmp_path, tmp_path)
    with pytest.raises(WorldError, match="cannot read the file: No such file"):
        opened(tmp_path / "none.csv", tmp_path)


@pytest.mark.parametrize(
    ("encoding", "text", "rows", "bad"),
    [
        ("latin-1", b"a,b\n1,\xe9\nx\xe9\n", [("1", "é")], [(3, b"x\xe9", "1 field, expected 2")]),
        ("cp1252", b"a,b\n1,\x80\n2,\x81\n", [("1", "€")], [(3, b"2,\x81", "not CP1252")]),
        ("shift_jis", "a,b\n1,表\n".encode("shift_jis") + b"2,\x81\xff\n", [("1", "表")], [(3, b"2,\x81\xff", "not SHIFT_JIS")]),
        ("utf-16", "a,b\n1,é\nx\n".encode("utf-16"), [("1", "é")], [(3, "x".encode("utf-16-le"), "1 field, expected 2")]),
        ("utf-16-be", "a,b\n1,😀\n".encode("utf-16-be"), [("1", "😀")], []),
        ("utf-8-sig", b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")], []),
        ("ascii", b"a,b\n1,2\n", [("1", "2")], []),
    ],
)
def test_a_declared_encoding_is_read(tmp_path: Path, encoding: str, text: bytes, rows: list[Row], bad: list[Any]) -> None:
    """Rows are text, and malformed records keep the bytes they have in the file."""
    found = opened(given_file(tmp_path, text), tmp_path, encoding=encoding)
    assert (rows_of(found), bad_of(found)) == (rows, bad)


@pytest.mark.parametrize(
    ("dialect", "message"),
    [
        ({"delimiter": ""}, "delimiter '' is not one to four bytes of text"),
        ({"delimiter": "\n"}, "delimiter '\\n' is not one to four bytes of text"),
        ({"quote": "''"}, "quote \"''\" is not one ASCII character"),
        ({"quote": ","}, "quote ',' is not one ASCII character other than the delimiter"),
        ({"encoding": "utf-9"}, "unknown encoding 'utf-9'"),
        ({"header": False}, "a file without a header needs the names of its columns"),
    ],
)
def test_a_dialect_that_makes_no_sense_is_refused(tmp_path: Path, dialect: dict[str, Any], message: str) -> None:
    """The option that is wrong is named."""
    with pytest.raises(UsageError) as caught:
        opened(given_file(tmp_path, b"a\n"), tmp_path, **dialect)
    assert caught.value.what.startswith(message)
    assert caught.value.mend


def test_a_spill_folder_that_cannot_be_written_is_the_world_s_fault(tmp_path: Path) -> None:
    """A retry may help, and the setting is named."""
    with pytest.raises(WorldError, match="cannot write") as caught:
        opened(given_file(tmp_path, b"a,b\n1\n"), tmp_path / "none")
    assert "spill_directory" in caught.value.mend
