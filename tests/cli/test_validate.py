"""Laws of `dq validate`, run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from dq import run as flow
from dq.errors import EngineError, UsageError, WorldError

Dq = Callable[..., Any]
GOOD, WARNED, BAD = (f"{name}.csv" for name in ("good", "warned", "bad"))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((GOOD, "-c", "people"), 0),
        ((GOOD, "-c", "people@1.0.0"), 0),
        ((GOOD, "-c", "people@^1", "--strict"), 0),
        ((GOOD, "-c", "contracts/people/1.0.0.odcs.yaml"), 0),
        ((WARNED, "-c", "people"), 0),
        ((WARNED, "-c", "people", "--strict"), 1),
        ((BAD, "-c", "people"), 1),
        ((BAD, "-c", "people", "--rule", "known_state"), 0),
        ((BAD, "-c", "people", "--tag", "words"), 0),
        ((BAD, "-c", "people", "--dimension", "uniqueness"), 0),
        ((BAD, "-c", "people", "--where", "age between 0 and 120"), 0),
        ((BAD, "-c", "people", "--metadata-only"), 0),
        ((GOOD, WARNED, BAD, "-c", "people"), 1),
        ((GOOD,), 2),
        ((GOOD, "-c", "people", "--no-such-option"), 2),
        ((GOOD, "-c", "nobody"), 2),
        ((GOOD, "-c", "people", "--schema", "nobody"), 2),
        ((GOOD, "-c", "people", "--rule", "nobody"), 2),
        ((GOOD, "-c", "people", "--with", "nobody"), 2),
        ((GOOD, "-c", "people", "--delimiter", ";;"), 2),
        ((GOOD, "-c", "people", "--format", "nosuch"), 2),
        ((GOOD, "-c", "people", "--where", "age >"), 2),
        (("-c", "people"), 2),
        ((GOOD, "-c", "people", "--server", "nobody"), 2),
        (("nothing.csv", "-c", "people"), 3),
        ((GOOD, "-c", "people", "--with", "others=nothing.csv"), 2),
    ],
)
def test_exit_codes(dq: Dq, arguments: tuple[str, ...], code: int) -> None:
    """0 pass or warn, 1 a rule failed, 2 wrong usage or contract, 3 the world failed."""
    run = dq("validate", *arguments)
    assert run.code == code, run
    assert "Traceback" not in run.err
    assert bool(run.err) == (code > 1)


def _with_rule(folder: Path, rule: str) -> None:
    """Add a rule to the table of the contract."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text() + f"    quality:\n      - {rule}\n")


BROKEN = '{id: broken, type: sql, query: "select no_such_column from {object}", mustBe: 0}'


def test_an_error_is_no_pass(dq: Dq, folder: Path) -> None:
    """A rule that cannot run, with no rule failing, is exit code 2; the report says which."""
    _with_rule(folder, BROKEN)
    run = dq("validate", GOOD, "-c", "people")
    assert run.code == 2
    assert "ERROR" in run.out
    assert "broken" in run.out


def test_a_failure_outranks_an_error(dq: Dq, folder: Path) -> None:
    """When one rule failed and another could not run, the data is wrong: exit code 1."""
    _with_rule(folder, BROKEN)
    assert dq("validate", BAD, "-c", "people").code == 1


def test_check_is_validate(dq: Dq) -> None:
    """`dq check` does what `dq validate` does."""
    ours, theirs = (json.loads(dq(command, BAD, "-c", "people", "-f", "json").out) for command in ("check", "validate"))
    for document in (ours, theirs):
        del document["now"], document["seconds"]
    assert ours == theirs


def test_the_page_is_for_people(dq: Dq) -> None:
    """The report on the terminal names contract, source, the failing rules and what to do next."""
    out = dq("validate", BAD, "-c", "people").out
    for part in ("FAIL", "people@1.0.0", "bad.csv", "3 rows", "2 bad", "age.maximum", "141", "row 1", "--bad FILE"):
        assert part in out


def test_json_on_standard_output_is_one_document(dq: Dq) -> None:
    """With --format json nothing but the document is on standard output."""
    document = json.loads(dq("validate", BAD, "-c", "people", "--format", "json").out)
    assert (document["contract"], document["dataset"], document["bad_rows"]) == ("people@1.0.0", "people.people", 2)
    assert {item["id"] for item in document["checks"] if item["status"] == "fail"} == {"age.minimum", "age.maximum"}


def test_junit_on_standard_output_is_one_document(dq: Dq) -> None:
    """With --format junit nothing but the document is on standard output."""
    root = ET.fromstring(dq("validate", BAD, "-c", "people", "--format", "junit").out)  # noqa: S314  our own
    assert root[0].attrib["failures"] == "2"


@pytest.mark.parametrize(
    ("name", "arguments", "beginning"),
    [("r.json", (), "{"), ("r.xml", (), "<?xml"), ("r.txt", (), " FAIL"), ("r.txt", ("--format", "json"), "{")],
)
def test_a_report_file_is_written_by_its_suffix(
    dq: Dq, folder: Path, name: str, arguments: tuple[str, ...], beginning: str
) -> None:
    """--out writes the report in the format said, else that of the suffix; people still see the page."""
    run = dq("validate", BAD, "-c", "people", "--out", name, *arguments)
    assert (folder / name).read_text("utf-8").startswith(beginning)
    assert run.out.startswith(" FAIL")
    assert run.code == 1


def test_bad_rows_are_written_with_their_reasons(dq: Dq, folder: Path) -> None:
    """--bad writes every bad row, each with all its reasons; an older file is replaced, also by none."""
    dq("validate", BAD, "-c", "people", "--bad", "rows.jsonl")
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert [(row["id"], row["__dq_reasons"]) for row in rows] == [(2, "age.maximum"), (3, "age.minimum")]
    dq("validate", GOOD, "-c", "people", "--bad", "rows.jsonl")
    assert (folder / "rows.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--bad", "rows.txt"), "--bad: cannot write bad rows as '.txt'\n  end the name in .parquet, .csv or .jsonl"),
        (("--bad", "no/rows.csv"), "--bad: there is no folder"),
        (("--bad", "contracts"), "--bad: cannot write bad rows as ''"),
        (("--bad", "bad.csv"), "--bad: bad.csv is among the files that are read"),
        (("--out", "./contracts/people/1.0.0.odcs.yaml", "-c", "contracts/people/1.0.0.odcs.yaml"), "is among the files"),
        (("--out", "x.csv", "--bad", "x.csv"), "--bad and --out: both write to the same file"),
        (("--bad", "x.csv", "--metadata-only"), "--bad: --metadata-only reads no rows"),
        (("--with", "x"), "--with: 'x' is not NAME=FILE\n  say --with planes=planes.csv"),
        (("--quote", "ab"), "--quote: 'ab' is not one character"),
    ],
)
def test_wrong_usage_is_told_before_any_work(
    dq: Dq, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    """What cannot be meant is refused before data is read: what, where, and what to do."""
    monkeypatch.setattr(flow, "validate", lambda *_, **__: pytest.fail("it ran"))
    run = dq("validate", BAD, "-c", "people", *arguments)
    assert run.code == 2
    assert told in run.err
    assert run.out == ""


def test_a_folder_that_is_read_is_not_written_into(dq: Dq, folder: Path) -> None:
    """Bad rows beside the data of a folder would be data of the next run."""
    (folder / "data").mkdir()
    (folder / "data" / "a.csv").write_text("id,age,state\n")
    assert "among the files that are read" in dq("validate", "data", "-c", "people", "--bad", "data/bad.csv").err
    assert "among the files that are read" in dq("validate", "data/*.csv", "-c", "people", "--bad", "data/a.csv").err


def test_what_a_server_names_is_not_overwritten(dq: Dq, folder: Path) -> None:
    """The file that the contract's server names is read, so it is not written."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text() + "servers:\n  - {server: here, type: local, path: bad.csv, format: csv}\n")
    before = (folder / BAD).read_bytes()
    assert "bad.csv is among the files that are read" in dq("validate", "-c", "people", "--bad", BAD).err
    assert (folder / BAD).read_bytes() == before


def test_a_folder_named_like_the_contract_may_be_written_into(dq: Dq, folder: Path) -> None:
    """A reference is no path: results may go into a folder of the same name."""
    (folder / "people").mkdir()
    assert dq("validate", GOOD, "-c", "people", "--bad", "people/rows.csv").code == 0


def test_text_files_are_read_as_told(dq: Dq, folder: Path) -> None:
    """Delimiter, quote, encoding, decimal mark, null tokens and header are those of the options."""
    (folder / "odd.csv").write_bytes("1;'30';open\n2;NA;'ouvért'\n".encode("latin-1"))
    arguments = ("odd.csv", "-c", "people", "--delimiter", ";", "--quote", "'", "--encoding", "latin-1", "--no-header")
    document = json.loads(dq("validate", *arguments, "--null-token", "NA", "-f", "json").out)
    failed = {item["id"]: item for item in document["checks"] if item["status"] in ("fail", "warn")}
    assert document["rows"] == 2
    assert set(failed) == {"known_state"}
    assert failed["known_state"]["samples"][0]["values"]["state"] == "ouvért"


def test_options_change_only_what_they_say(dq: Dq, folder: Path) -> None:
    """A contract's server says the delimiter; an option for null tokens leaves it alone."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text() + "servers:\n  - {server: here, type: local, path: s.csv, format: csv, delimiter: ';'}\n")
    (folder / "s.csv").write_text("id;age;state\n1;NA;open\n")
    assert dq("validate", "-c", "people", "--null-token", "NA").code == 0
    assert dq("validate", "-c", "people").code == 1


def test_the_contracts_folder_is_an_option(dq: Dq, folder: Path) -> None:
    """--contracts says where references are looked up."""
    (folder / "contracts").rename(folder / "elsewhere")
    assert dq("validate", GOOD, "-c", "people").code == 2
    assert dq("validate", GOOD, "-c", "people", "--contracts", "elsewhere").code == 0


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (UsageError("what", "where", "mend"), 2, "error: where: what\n  mend\n"),
        (EngineError("what"), 2, "error: what\n"),
        (WorldError("what", "where"), 3, "error: where: what\n  a retry may help\n"),
        (OSError(28, "No space left on device"), 3, "error: [Errno 28] No space left on device\n  check disk"),
        (MemoryError(), 3, "error: MemoryError\n  check disk"),
        (ZeroDivisionError("x"), 2, "error: ZeroDivisionError: x\n  this is a fault of dq itself; --debug shows where\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_errors_are_told_without_traceback(
    dq: Dq, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, told: str
) -> None:
    """An error is what, where and mend on standard error; --debug adds the traceback."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(flow, "validate", fail)
    run = dq("validate", GOOD, "-c", "people")
    assert run.code == code
    assert run.err.startswith(told)
    assert "Traceback" not in run.err
    if code != 130:
        assert "Traceback" in dq("validate", GOOD, "-c", "people", "--debug").err


def test_all_faults_of_a_contract_are_told(dq: Dq, folder: Path) -> None:
    """A contract with several faults is told whole, each with its line."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(
        path.read_text().replace("kind: DataContract", "kind: Else").replace("logicalType: string", "logicalType: strin")
    )
    err = dq("validate", GOOD, "-c", "people").err
    assert err.startswith("error: 2 faults\n")
    assert "1.0.0.odcs.yaml:2 " in err
    assert "1.0.0.odcs.yaml:18 " in err
