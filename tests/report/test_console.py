"""Laws of the terminal report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from rich.cells import cell_len

from dq import report
from dq.bad import BadRows
from dq.checks.model import Mode, Status
from dq.report.console import _sql_lines
from dq.result import Counted, NotRun, Result, Sample

EVIL = "\x1b[31m[bold red]x[/bold red] :smile: \u202e\r\nhttp://a.b {0} \x07"


def _lines(result: Result, **how: Any) -> list[str]:
    return report.terminal(result, **how).splitlines()


def test_the_head_tells_what_and_how_bad(full: Result) -> None:
    """The first lines have verdict, contract, object, source, rows, bad rows and a tally."""
    head = "\n".join(_lines(full)[:4])
    for part in ("FAIL", "nyc@1.0.0 · flights", "data/flights.csv", "336,776 rows", "29 bad (0.0086 %)", "stage raw", "0.82 s"):
        assert part in head
    assert "10 checks · 2 failed · 1 erred · 1 warned · 1 skipped · 4 passed · 1 only observed" in head
    assert "owned by flights-team" in head


def test_the_worst_comes_first(full: Result) -> None:
    """Failures, then errors, warnings, skips; what is only observed comes last."""
    marks = [line[0] for line in _lines(full) if re.match(r"[✗⚠!○✓-] ", line)]
    assert marks == ["✗", "✗", "⚠", "!", "-", "○", "✓"]


def test_a_failure_shows_sentence_numbers_place_rows_and_query(full: Result) -> None:
    """Somebody woken at night finds all of it below the failing check."""
    text = report.terminal(full)
    block = text[text.index("✗ dep_time") : text.index("✗ the mean")]
    for part in (
        "dep_time is at most 2400",
        "29 of 336,776 rows",
        "dep_time.maximum · quarantine",
        "line 1205",
        "2534",
        "null",
        '" IAH "',
        '"null"',
        "27 more rows",
        "contracts/flights/1.0.0.odcs.yaml:31",
        "SELECT *",
    ):
        assert part in block


def test_coverage_names_every_unenforced_clause(full: Result) -> None:
    """What nobody enforces is listed with its reason and place; what is not judged is counted by reason."""
    text = report.terminal(full, width=120)
    assert "10 of 12 clauses enforced (83.3 %)" in text
    assert "soda_rule: rules of 'soda' are not run  at contracts/flights/1.0.0.odcs.yaml:88" in text
    assert "dest: rules of 'monte' are not run (waived)" in text
    assert "2 not judged here: text for people (2)" in text


def test_a_skip_is_told_once(make: Any, found: Any, full: Result) -> None:
    """A skipped check that is a gap of the coverage is told there alone."""
    item = found("a.b", Status.SKIP, NotRun("no data"))
    gap = replace(full.coverage.skipped[0], clause=item.check.clause, reason="no data")
    result = make(item, found("c.d", Status.PASS, Counted(1, 0)), coverage=replace(full.coverage, skipped=(gap,)))
    assert report.terminal(result).count("no data") == 1


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_page(full: Result, width: int) -> None:
    """The page keeps its width; only a long literal of SQL may run over."""
    assert max(cell_len(line) for line in _lines(full, width=width) if "SELECT" not in line) <= width


@pytest.mark.parametrize("width", [40, 100])
def test_wide_and_long_cells_keep_the_page(make: Any, found: Any, width: int) -> None:
    """A megabyte cell, wide characters and hundreds of columns do not break the page."""
    values = {"big": "x" * 1_048_576, "wide": "漢" * 100, "emoji": "👩\u200d🚀" * 30} | {
        f"c{number}": "v" for number in range(300)
    }
    item = found("big.b", Status.FAIL, Counted(9, 9), samples=(Sample(0, values),), says="漢" * 400)
    lines = _lines(make(item), width=width)
    assert max(cell_len(line) for line in lines) <= width
    assert len(lines) < 60
    assert any("xxxx… (1,048,576 characters)" in line or width == 40 for line in lines)
    assert "columns not shown" in " ".join(" ".join(lines).split())


def test_values_are_never_markup(make: Any, found: Any) -> None:
    """Escape sequences, rich markup, emoji codes and line breaks in any text are shown, not obeyed."""
    item = found(
        EVIL,
        Status.FAIL,
        Counted(1, 1),
        says=EVIL,
        message=EVIL,
        sql=f"SELECT '{EVIL}'",
        samples=(Sample(0, {EVIL: EVIL}, EVIL),),
    )
    result = make(item, dataset=EVIL, source=EVIL, contract=EVIL, object=EVIL, stage=EVIL, notes=(EVIL,), owners=(EVIL,))
    for colour in (False, True):
        text = report.terminal(result, colour=colour)
        assert "[bold red]" in text
        assert ":smile:" in text
        assert not set(re.sub(r"\x1b\[[0-9;]*m", "", text)) & set("\x1b\x07\r\u202e")
        assert "\x1b[31m[bold" not in text


def test_colour_only_when_asked(full: Result) -> None:
    """Without colour there is no escape sequence; with it, removing them gives the same page."""
    plain, coloured = report.terminal(full), report.terminal(full, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", coloured).split("\n")] == plain.split("\n")


def test_the_environment_does_not_matter(full: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is a function of its arguments."""
    before = report.terminal(full)
    for name, value in {"COLUMNS": "30", "FORCE_COLOR": "1", "TERM": "dumb", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)
    assert report.terminal(full) == before


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8", "no such"])
def test_every_encoding_can_write_it(full: Result, make: Any, found: Any, encoding: str) -> None:
    """What the terminal cannot show is ASCII or escaped."""
    item = found("a.b", Status.FAIL, Counted(1, 1), samples=(Sample(0, {"名": "é漢"}),))
    for result in (full, make(item)):
        text = report.terminal(result, encoding=encoding)
        text.encode("ascii" if encoding == "no such" else encoding)
    assert ("é" in text) == (encoding in ("latin-1", "cp1252", "utf-8"))


def test_empty_results_say_so(make: Any, found: Any) -> None:
    """No checks, no rows, nothing found: the page says it in words."""
    assert "no check ran: nothing was judged" in report.terminal(make(rows=0))
    text = report.terminal(make(found("a.required", Status.PASS, Counted(0, 0)), rows=0))
    assert "PASS" in text
    assert "0 rows · 0 bad" in text
    assert "Bad rows" not in text
    text = report.terminal(make(found("a.b", Status.SKIP, NotRun("no values")), status=Status.ERROR))
    assert "no check ran: nothing was judged · 1 check skipped" in text


def test_the_page_says_where_the_bad_rows_are(full: Result) -> None:
    """How to get them where somebody holds them, or the file that has them."""
    assert "Bad rows" not in report.terminal(full)
    assert "29 rows, each with all its reasons: --bad FILE" in report.terminal(replace(full, bad=BadRows()))
    assert "29 rows, each with all its reasons: in out/bad\\n.csv" in report.terminal(full, bad_file="out/bad\n.csv")


def test_many_failures_stay_readable(make: Any, found: Any) -> None:
    """Beyond the first dozen, a failing check takes its two lines only."""
    items = [
        found(f"c{number}.type", Status.FAIL, Counted(9, 1), samples=(Sample(0, {"a": "1"}),), sql="SELECT 1")
        for number in range(200)
    ]
    lines = _lines(make(*items))
    assert sum("line" in line or "SELECT" in line for line in lines) <= 12 * 2
    assert sum(line.startswith("✗") for line in lines) == 200


def test_files_of_samples_are_named(make: Any, found: Any) -> None:
    """With several files, a sample names its own."""
    item = found("a.b", Status.FAIL, Counted(9, 1), samples=(Sample(4, {"a": "1"}, "data/part-7.parquet"),))
    assert "part-7.parquet row 4" in report.terminal(make(item, source="data/*.parquet"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t WHERE a = 'one two  three' AND \"b c\" <> 'it''s  here' OR c LIKE 'x y'",
        "SELECT ''  ,'a b'",
        "SELECT 'open quote and more words that go on and on",
        "",
    ],
)
@pytest.mark.parametrize("width", [1, 20, 200])
def test_sql_is_broken_outside_of_literals(sql: str, width: int) -> None:
    """Breaking a query changes blanks outside of quotes only."""
    literals = r"'(?:[^']|'')*'|\"[^\"]*\""
    broken = "\n".join(_sql_lines(sql, width))
    assert re.findall(literals, broken) == re.findall(literals, sql)
    assert broken.split() == sql.split()


@pytest.mark.parametrize(
    "first", ["SELECT 1 -- one", "SELECT /* a b */", "SELECT $a$ b c $a$", "SELECT 'it\\'s  so'", "SELECT `a b`"]
)
def test_sql_of_other_quotes_keeps_its_lines(first: str) -> None:
    """A query that holds a comment, or quotes in a way of its own, is not broken: that could change it."""
    assert list(_sql_lines(f"{first}\nFROM t", 5)) == [first, "FROM t"]


def test_a_long_query_is_cut_with_a_hint(make: Any, found: Any) -> None:
    """A query of hundreds of lines ends with where to find it whole."""
    item = found("a.b", Status.FAIL, Counted(9, 1), sql="SELECT " + " OR ".join(f"a = {number}" for number in range(2000)))
    lines = _lines(make(item))
    assert len(lines) < 40
    assert any("whole query is in the JSON report" in line for line in lines)


def test_an_observed_rule_is_marked_as_such(make: Any, found: Any) -> None:
    """A broken rule that is only observed has its own mark and no alarm."""
    text = report.terminal(make(found("a.b", Status.WARN, Counted(9, 1), mode=Mode.OBSERVE), status=Status.PASS))
    assert "PASS" in text.splitlines()[0]
    assert "○ a is as b says" in text
    assert "1 only observed" in text
