"""Laws of `dq profile`."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dq.cli.app import main


def _data(folder: Path) -> Path:
    path = folder / "trips.csv"
    path.write_text("carrier,fare\nMQ,1.5\nUA,2.5\nMQ,\n", "utf-8")
    return path


def test_a_file_is_profiled_without_a_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The page has every column; numbers in text are numbers."""
    assert main(["profile", str(_data(tmp_path))]) == 0
    page = capsys.readouterr().out
    assert "3 rows · 2 columns" in page
    assert "fare  DOUBLE" in page


def test_json_goes_where_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file ending in .json gets JSON; nothing is printed."""
    out = tmp_path / "profile.json"
    assert main(["profile", str(_data(tmp_path)), "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    document = json.loads(out.read_text("utf-8"))
    assert [(item["name"], item["nulls"]) for item in document["profile"]] == [("carrier", 0), ("fare", 1)]
    assert main(["profile", str(_data(tmp_path)), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == document


@pytest.mark.parametrize(
    ("arguments", "ending"),
    [
        (["missing.csv"], (3, "no such file")),
        (["trips.csv", "--contract", "nobody"], (2, "nobody")),
        (["trips.csv", "--where", "fares > 1"], (2, "no column 'fares' in the data; did you mean 'fare'?")),
        (["trips.csv", "--out", "no/where.json"], (2, "there is no folder")),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str],
    ending: tuple[int, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code and message say what is wrong."""
    _data(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["profile", *arguments]) == ending[0]
    assert ending[1] in capsys.readouterr().err


def test_a_table_is_profiled_and_what_is_not_looked_into_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of a database has a page like a file; what a database is not asked for stands beside it."""
    with closing(sqlite3.connect(tmp_path / "d.db")) as connection:
        connection.execute("CREATE TABLE t AS SELECT 1 AS fare")
        connection.commit()
    assert main(["profile", f"sqlite:///{tmp_path / 'd.db'}", "--table", "t"]) == 0
    told = capsys.readouterr()
    assert "1 row · 1 column" in told.out
    assert "not looked into" in told.err
