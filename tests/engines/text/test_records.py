"""Delimited text: what DuckDB reads of any bytes, and what is malformed, agrees with a plain reader written from the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from dq.engines.text import open_csv, split
from dq.engines.text.rows import TextRows
from dq.source import Reading

Cells = tuple[str | None, ...]


class Stray(bytes):
    """An unquoted cell with a quote in it."""

    __slots__ = ()


def plain_reader(text: bytes, fields: int) -> tuple[list[Cells], list[tuple[int, bytes]]]:
    """Readable rows and malformed records (physical line, bytes) of comma-separated *text* without a header, byte by byte."""
    rows: list[Cells] = []
    bad: list[tuple[int, bytes]] = []
    newline = b"\n"
    if b"\n" not in outside_quotes(text) and b"\r" in outside_quotes(text):
        newline = b"\r"
    ends = (b"\r\n", b"\n") if newline == b"\n" else (b"\r",)
    at = 0
    while at < len(text):
        blank = next((end for end in ends if text.startswith(end, at)), b"\r" if text[at:] == b"\r" else b"")
        if blank and fields > 1:
            at += len(blank)
            continue
        found, end = one_record(text, at, ends)
        line_end = end_of_line(text, at, newline)
        line = 1 + text.count(newline, 0, at)
        if found is None or len(found) != fields:
            later = whole_lines(text, line_end, end, newline)
            if found is None or any(is_record(item, ends, fields, newline) for item in later):
                end = line_end
            bad.append((line, bare(text[at:end], ends)))
        elif is_utf8(text[at:end]):
            rows.append(tuple(None if cell is None else cell.decode() for cell in found))
        else:
            bad.append((line, bare(text[at:end], ends)))
        at = end
    return rows, bad


def outside_quotes(text: bytes) -> bytes:
    """*text* without what stands between two quotes."""
    parts = text.split(b'"')
    return b"".join(part for number, part in enumerate(parts) if number % 2 == 0)


def one_record(text: bytes, at: int, ends: tuple[bytes, ...]) -> tuple[list[bytes | None] | None, int]:
    """The cells of the record at *at* and its end; None for cells that cannot be told."""
    cells: list[bytes | None] = []
    while True:
        start = at
        while at < len(text) and text[at : at + 1] == b" ":
            at += 1
        if text[at : at + 1] == b'"':
            cell, at = quoted_cell(text, at + 1)
            if cell is None:
                return None, 0
            while at < len(text) and text[at : at + 1] == b" ":
                at += 1
            cells.append(cell)
        else:
            at = start
            while at < len(text) and text[at : at + 1] not in (b",", b"\r", b"\n"):
                at += 1
            cells.append(Stray(text[start:at]) if b'"' in text[start:at] else text[start:at] or None)
        if text[at : at + 1] == b",":
            at += 1
            continue
        if at == len(text):
            return cells, at
        end = next((end for end in ends if text.startswith(end, at)), None)
        if end is None and text[at:] == b"\r":
            return cells, len(text)
        return (cells, at + len(end)) if end else (None, 0)


def quoted_cell(text: bytes, at: int) -> tuple[bytes | None, int]:
    """The cell behind an opening quote, and where its closing one ends; None when it is not closed."""
    cell = b""
    while (close := text.find(b'"', at)) >= 0:
        cell += text[at:close]
        at = close + 1
        if text[at : at + 1] != b'"':
            return cell, at
        cell += b'"'
        at += 1
    return None, 0


def end_of_line(text: bytes, at: int, newline: bytes) -> int:
    """Behind the next line end."""
    found = text.find(newline, at)
    return len(text) if found < 0 else found + 1


def whole_lines(text: bytes, at: int, end: int, newline: bytes) -> Iterator[bytes]:
    """The physical lines between *at* and *end*."""
    while at < end:
        after = end_of_line(text, at, newline)
        yield text[at:after]
        at = after


def is_record(line: bytes, ends: tuple[bytes, ...], fields: int, newline: bytes) -> bool:
    """Whether a line alone is surely a record of the right size."""
    line = line if line.endswith(newline) else line + newline
    cells, end = one_record(line, 0, ends)
    return cells is not None and len(cells) == fields and end == len(line) and not any(isinstance(cell, Stray) for cell in cells)


def bare(record: bytes, ends: tuple[bytes, ...]) -> bytes:
    """*record* without its line end."""
    for end in ends:
        if record.endswith(end):
            return record.removesuffix(end)
    return record.removesuffix(b"\r") if record.endswith(b"\r") else record


def is_utf8(text: bytes) -> bool:
    """Whether *text* can be decoded."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def opened(folder: Path, text: bytes, fields: int) -> tuple[list[Cells], list[tuple[int, bytes]], TextRows]:
    """What `open_csv` and DuckDB make of *text*."""
    path = folder / "given.csv"
    path.write_bytes(text)
    with duckdb.connect() as con:
        found = open_csv(con, [str(path)], Reading(header=False), spill=folder, wanted=[f"c{n}" for n in range(fields)])
        rows = con.execute(f"{found.select} ORDER BY __dq_row_no").fetchall()
    assert [row[-2] for row in rows] == list(range(found.rows))
    bad = [(item["line"], item["__dq_raw"]) for item in found.malformed.to_pylist()] if found.malformed else []
    return [row[:-2] for row in rows], bad, found


hostile = st.lists(
    st.sampled_from(
        [b'"', b'"', b",", b",", b"\n", b"\n", b"\r\n", b"\r", b" ", b"a", b"bc", b'""', "é".encode(), b"\xff", b"\0"]
    ),
    max_size=40,
).map(b"".join)


@pytest.fixture(params=["patterns", "blocks", "tiny reads"])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's paths: record by record, block by block, and with every boundary in the wrong place."""
    read, block, small = {"patterns": (1 << 16, 1 << 16, 1 << 16), "blocks": (1 << 16, 16, 1), "tiny reads": (5, 8, 1)}[
        request.param
    ]
    monkeypatch.setattr(split, "_READ", read)
    monkeypatch.setattr(split, "_BLOCK", block)
    monkeypatch.setattr(split, "_SMALL", small)


@pytest.mark.usefixtures("sizes")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=hostile, fields=st.sampled_from([1, 2, 2, 3]))
@example(text=b'a,"b\nc,d\ne,f\n', fields=2)
@example(text=b'a,"b\nc,"d"\ne,f', fields=2)
@example(text=b"a,b\r\nc,d\n", fields=2)
@example(text=b'"a"x,b\n"c\r\nd",e\n', fields=2)
@example(text=b'a,"b\nc,d\n",e\n', fields=2)
@example(text=b' ""\n\r\n', fields=1)
def test_any_bytes_are_read_as_the_rules_say(tmp_path_factory: pytest.TempPathFactory, text: bytes, fields: int) -> None:
    """Readable rows, malformed records and their lines are those of the plain reader, whatever the bytes and block sizes."""
    assume(text and text.count(0) * 10 <= len(text))
    rows, bad, _ = opened(tmp_path_factory.mktemp("any"), text, fields)
    assert (rows, bad) == plain_reader(text, fields)
