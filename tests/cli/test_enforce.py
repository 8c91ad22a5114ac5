"""Laws of `dq enforce`, `dq quarantine`, `dq runs` and `dq store`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from dq.store import faults

Dq = Callable[..., Any]
SAID = ("-c", "people", "--stage", "raw", "--output", "out/")
GOOD, BAD = "good.csv", "bad.csv"


def batch(dq: Dq, *said: str) -> dict[str, Any]:
    """Enforce, and say what came of it as JSON."""
    found: dict[str, Any] = json.loads(dq("enforce", *(said or (BAD, *SAID, "--key", "d1")), "--format", "json").out)
    return found


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((GOOD, *SAID), 0),
        ((BAD, *SAID), 0),
        ((BAD, *SAID, "--strict"), 1),
        ((GOOD, *SAID, "--strict"), 0),
        ((BAD, *SAID, "--budget", "1"), 1),
        ((BAD, *SAID, "--budget", "1%"), 1),
        ((BAD, *SAID, "--budget", "none"), 0),
        ((BAD, *SAID, "--max-mode", "warn", "--strict"), 0),
        ((BAD, *SAID, "--where", "age between 0 and 120", "--strict"), 0),
        ((BAD, *SAID, "--budget", "much"), 2),
        ((BAD, *SAID, "--max-mode", "loud"), 2),
        ((BAD, *SAID, "--at", "yesterday"), 2),
        ((BAD, *SAID, "--key", ""), 2),
        ((BAD, "-c", "people", "--stage", "raw"), 2),
        ((BAD, "-c", "people", "--output", "out/"), 2),
        ((BAD, "-c", "nobody", "--stage", "raw", "--output", "out/"), 2),
        ((BAD, "-c", "people", "--stage", "raw", "--output", "bad.csv"), 2),
        (("nothing.csv", *SAID), 3),
    ],
)
def test_exit_codes(dq: Dq, arguments: tuple[str, ...], code: int) -> None:
    """0 passed or quarantined, 1 blocked, 2 wrong usage, 3 the world failed."""
    run = dq("enforce", *arguments)
    assert run.code == code, run
    assert bool(run.err) == (code > 1)


def test_a_rule_that_cannot_run_is_exit_code_2(dq: Dq, folder: Path) -> None:
    """Outcome error is no block: somebody must mend the contract."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    rule = '{id: broken, type: sql, query: "select no_such_column from {object}", mustBe: 0}'
    path.write_text(path.read_text() + f"    quality:\n      - {rule}\n")
    run = dq("enforce", GOOD, *SAID, "--format", "json")
    assert run.out, run.err
    assert (run.code, json.loads(run.out)["outcome"], json.loads(run.out)["output"]) == (2, "error", None)


def test_json_is_one_document(dq: Dq, folder: Path) -> None:
    """--format json says the outcome, counts that balance, the batch, and where good rows are."""
    found = batch(dq)
    assert {name: found[name] for name in ("outcome", "rows_in", "rows_good", "rows_quarantined", "key")} == {
        "outcome": "quarantined",
        "rows_in": 3,
        "rows_good": 1,
        "rows_quarantined": 2,
        "key": "d1",
    }
    assert found["reasons"] == {"age.minimum": 1, "age.maximum": 1}
    assert found["output"] == str(folder / "out" / "dq_key=d1" / "good.parquet")
    assert pq.read_table(found["output"], partitioning=None)["id"].to_pylist() == [1]
    assert len(found["batch_id"]) == 64


def test_the_page_is_for_people(dq: Dq) -> None:
    """The terminal says the outcome, the counts, the reasons and what to ask next; when blocked also why."""
    out = dq("enforce", BAD, *SAID, "--key", "d1").out
    for part in (
        "QUARANTINED",
        "people@1.0.0",
        "people.people | raw | d1",
        "3 in, 1 good, 2 bad",
        "age.minimum 1",
    ):
        assert part in out
    assert "dq_key=d1/good.parquet" in "".join(out.split())  # a long path is wrapped
    assert "dq quarantine rows" in out
    out = dq("enforce", BAD, *SAID, "--key", "d2", "--budget", "0").out
    for part in ("BLOCKED", "budget: 2 of 3 rows would be diverted", "nothing was published", "✗ age is at most 120"):
        assert part in out


def test_at_is_the_time_of_the_metrics(dq: Dq) -> None:
    """--at is the logical time of the run; without a zone it is UTC."""
    found = batch(dq, BAD, *SAID, "--at", "2024-05-02")
    run = json.loads(dq("runs", "show", found["run_id"], "--format", "json").out)
    assert (run["at"], run["outcome"], run["batch"]) == ("2024-05-02T00:00:00+00:00", "quarantined", found["batch_id"])


def test_text_files_are_read_as_said(dq: Dq, folder: Path) -> None:
    """The options about text files are those of `dq validate`."""
    (folder / "other.csv").write_text("1;30;open\n2;200;open\n", "utf-8")
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    run = dq("enforce", "other.csv", *SAID, "--delimiter", ";", "--no-header", "--format", "json")
    assert run.code in (0, 1), run
    assert json.loads(run.out)["rows_in"] == 2
    assert path.exists()


# -- looking -----------------------------------------------------------------------------------------------------------


def test_batches_are_listed(dq: Dq) -> None:
    """`dq quarantine list` shows batches, newest first, filtered as said; none is no error."""
    assert dq("quarantine", "list").out.startswith("no such batches in sqlite:")
    assert json.loads(dq("quarantine", "list", "-f", "json").out) == []
    one, two = batch(dq), batch(dq, BAD, *SAID, "--key", "d2")
    listed = json.loads(dq("quarantine", "list", "--format", "json").out)
    assert [item["id"] for item in listed] == [two["batch_id"], one["batch_id"]]
    assert (listed[0]["state"], listed[0]["rows_bad"], listed[0]["open"]) == ("published", 2, 2)
    assert [item["key"] for item in json.loads(dq("quarantine", "list", "--key", "d1", "-f", "json").out)] == ["d1"]
    assert dq("quarantine", "list", "--state", "blocked").out.startswith("no such batches in sqlite:")
    assert one["batch_id"][:12] in dq("quarantine", "list").out


def test_a_batch_is_shown(dq: Dq) -> None:
    """`show` and `reasons` tell all about a batch, named by the beginning of its id."""
    found = batch(dq)["batch_id"]
    page = dq("quarantine", "show", found[:10]).out
    for part in ("PUBLISHED", found, "people.people | raw | d1", "3 in, 1 good, 2 bad, 2 open", "age.minimum 1"):
        assert part in page
    assert json.loads(dq("quarantine", "show", found, "-f", "json").out)["reasons"] == {"age.minimum": 1, "age.maximum": 1}
    assert json.loads(dq("quarantine", "reasons", found, "-f", "json").out) == [
        {"check": "age.minimum", "column": "age", "rows": 1},
        {"check": "age.maximum", "column": "age", "rows": 1},
    ]
    assert "age.maximum" in dq("quarantine", "reasons", found).out


def test_rows_are_shown_and_written(dq: Dq, folder: Path) -> None:
    """`rows` prints a table or JSON lines, as many as asked for, or writes all of them to a file."""
    found = batch(dq)["batch_id"]
    page = dq("quarantine", "rows", found, "--limit", "1").out
    assert "141" in page
    assert "age.maximum" in page
    assert "age.minimum" not in page
    assert "1 of 2 rows" in page
    lines = [json.loads(line) for line in dq("quarantine", "rows", found, "-f", "json").out.splitlines()]
    assert [(row["id"], row["__dq_reasons"]) for row in lines] == [(2, "age.maximum"), (3, "age.minimum")]
    for name in ("rows.parquet", "rows.csv", "rows.jsonl"):
        run = dq("quarantine", "rows", found, "--out", name)
        assert (run.code, run.out) == (0, f"2 rows written to {name}\n")
        with duckdb.connect() as connection:
            assert connection.execute(f"SELECT id FROM '{name}'").fetchall() == [(2,), (3,)]
    assert (folder / "rows.csv").read_text().splitlines()[1].startswith("2,141,")


def test_rows_say_first_why(dq: Dq, folder: Path) -> None:
    """A table begins with reasons and the columns that they are about; a value that could not be read is as it was written."""
    (folder / "words.csv").write_text("id,age,state\n1,30,open\n2,young,shut\n3,40,open,what?\n", "utf-8")
    found = batch(dq, "words.csv", *SAID)["batch_id"]
    heads, *lines = dq("quarantine", "rows", found).out.splitlines()
    assert heads.split()[:4] == ["__dq_row_no", "__dq_reasons", "__dq_raw", "age"]
    assert "young" in lines[0]
    assert "3,40,open,what?" in lines[1]


def test_columns_that_do_not_fit_are_counted(dq: Dq, folder: Path) -> None:
    """A row is as wide as the terminal; no column is squeezed, those left out are counted."""
    names = [f"a_rather_long_name_{number}" for number in range(9)]
    (folder / "wide.csv").write_text(f"id,age,state,{','.join(names)}\n1,30,open{',x' * 9}\n2,141,shut{',x' * 9}\n", "utf-8")
    lines = dq("quarantine", "rows", batch(dq, "wide.csv", *SAID)["batch_id"]).out.splitlines()
    assert lines[1].split()[:3] == ["1", "age.maximum", "141"]
    assert max(map(len, lines)) <= 100
    assert lines[-1].endswith("more columns: --out FILE or --format json has them all")


def test_sensitive_columns_are_masked_at_the_terminal(dq: Dq, folder: Path) -> None:
    """A column that the contract classifies is masked on the page and in JSON; a file, for a reason, has what was diverted."""
    path = folder / "contracts" / "people" / "1.0.0.odcs.yaml"
    path.write_text(path.read_text().replace("- name: state", "- name: state\n        classification: restricted"), "utf-8")
    found = batch(dq)["batch_id"]
    for form in ("terminal", "json"):
        out = dq("quarantine", "rows", found, "--format", form).out
        assert "shut" not in out
        assert "xxxx#" in out
        assert "141" in out
    dq("quarantine", "rows", found, "--out", "rows.jsonl", "--unmask", "--reason", "to see")
    assert "shut" in (folder / "rows.jsonl").read_text()


def test_hostile_values_are_harmless(dq: Dq, folder: Path) -> None:
    """Escape sequences of data do not reach a terminal."""
    (folder / "evil.csv").write_text("id,age,state\n1,30,open\n2,141,\x1b[31mred\n", "utf-8")
    found = batch(dq, "evil.csv", *SAID)["batch_id"]
    for form in ("terminal", "json"):
        assert "\x1b" not in dq("quarantine", "rows", found, "-f", form).out


@pytest.mark.parametrize("command", [("quarantine", "show"), ("quarantine", "rows"), ("quarantine", "reasons"), ("runs", "show")])
def test_unknown_ids_are_told(dq: Dq, command: tuple[str, str]) -> None:
    """An id that names nothing is exit code 2, and the message says where to look."""
    run = dq(*command, "abc")
    assert run.code == 2
    assert f"dq {command[0]} list" in run.err


def test_harm_to_the_payload_is_exit_code_3(dq: Dq, folder: Path) -> None:
    """A payload object that is missing is told, with what may help."""
    found = batch(dq)["batch_id"]
    next((folder / ".dq" / "quarantine").rglob("*.parquet")).unlink()
    run = dq("quarantine", "rows", found)
    assert run.code == 3
    assert "a payload object is missing" in run.err
    assert dq("quarantine", "show", found).code == 0


def test_runs_are_listed_and_shown(dq: Dq) -> None:
    """`dq runs` shows what ran and, check by check, what it found."""
    assert dq("runs", "list").out.startswith("no such runs in sqlite:")
    found = batch(dq)
    (listed,) = json.loads(dq("runs", "list", "-f", "json").out)
    assert (listed["id"], listed["outcome"], listed["bad_rows"]) == (found["run_id"], "quarantined", 2)
    page = dq("runs", "show", listed["id"][:8]).out
    for part in ("FAIL", "people@1.0.0", "3, 2 bad", "age.maximum"):
        assert part in page
    assert found["run_id"][:10] in dq("runs", "list", "--stage", "raw").out
    assert dq("runs", "list", "--status", "pass").out.startswith("no such runs in sqlite:")


def test_validate_records_when_a_store_is_configured(dq: Dq, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`dq validate` leaves no store behind; with one configured it records, unless told --no-record."""
    dq("validate", BAD, "-c", "people")
    assert not (folder / ".dq").exists()
    monkeypatch.setenv("DQ_STORE_URL", f"sqlite:///{folder / 'runs.db'}")
    dq("validate", BAD, "-c", "people", "--no-record")
    assert dq("runs", "list").out.startswith("no such runs in sqlite:")
    assert dq("validate", BAD, "-c", "people").code == 1
    assert len(json.loads(dq("runs", "list", "-f", "json").out)) == 1


# -- care --------------------------------------------------------------------------------------------------------------


def test_recover_publishes_what_a_crash_left(dq: Dq, folder: Path) -> None:
    """`dq quarantine recover` finishes committed batches; one that it cannot finish is its exit code."""

    def stop(name: str) -> None:
        if name == "before-publish":
            raise OSError(5, "cut")

    assert dq("quarantine", "recover").out == "nothing to recover\n"
    faults.hook(stop)
    assert dq("enforce", BAD, *SAID, "--key", "d1").code == 3
    faults.hook(None)
    assert dq("quarantine", "recover", "--older-than", "1h").out == "nothing to recover\n"
    run = dq("quarantine", "recover")
    assert (run.code, "published" in run.out) == (0, True), run
    assert (folder / "out" / "dq_key=d1" / "good.parquet").exists()
    faults.hook(stop)
    dq("enforce", BAD, *SAID, "--key", "d2")
    faults.hook(None)
    (folder / BAD).write_text("id,age,state\n", "utf-8")
    run = dq("quarantine", "recover", "-f", "json")
    assert (run.code, json.loads(run.out)[0]["published"]) == (3, False)
    assert "has changed" in json.loads(run.out)[0]["error"]


def test_collect_and_store_commands(dq: Dq) -> None:
    """Garbage is counted, the store is judged, vacuumed and upgraded; a wrong age is told."""
    batch(dq)
    assert dq("quarantine", "collect").out == "0 claims voided, 0 objects removed\n"
    assert json.loads(dq("quarantine", "collect", "--grace", "0s", "-f", "json").out) == {"claims": 0, "objects": 0}
    assert dq("store", "check").out == "the store is sound\n"
    assert dq("store", "vacuum").out == "the store was vacuumed\n"
    assert re.fullmatch(r"the store has version \d{4}\n", dq("store", "upgrade").out)
    run = dq("quarantine", "collect", "--grace", "soon")
    assert (run.code, "'soon' is no age" in run.err) == (2, True)


def test_a_store_that_cannot_be_reached_is_exit_code_3(dq: Dq, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command that needs the store says that it cannot be reached, and that a retry may help."""
    monkeypatch.setenv("DQ_STORE_URL", "postgresql://nobody@127.0.0.1:1/none")
    for command in (("enforce", GOOD, *SAID), ("quarantine", "list"), ("runs", "list"), ("store", "check")):
        run = dq(*command)
        assert (run.code, "a retry may help" in run.err) == (3, True), run
