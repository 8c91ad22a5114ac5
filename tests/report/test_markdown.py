"""Laws of the Markdown report."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from dq import report
from dq.checks.model import Status
from dq.result import Counted, Result, Standout
from tests.report.hostile import PAYLOADS, hostile


def test_it_says_what_matters(full: Result) -> None:
    """Verdict, counts, each check in trouble, what to do, what is not enforced, and the command are there."""
    why = (Standout("carrier", "MQ", 28, 28 / 29, 26_397, 0.08, 12.3),)
    text = report.markdown(replace(full, checks=(replace(full.checks[0], why=why), *full.checks[1:])))
    tally = "2 failed, 1 erred, 1 warned, 1 skipped, 4 passed, 1 only observed"
    for line in (
        "### ✗ failed: `nyc@1.0.0` · flights",
        f"**29 of 336,776 rows (0.0086 %) are bad.** · 10 checks: {tally} · `data/flights.csv` · stage raw",
        "| ✗ failed | dep\\_time is at most 2400 | 29 of 336,776 rows | 97 % have carrier = MQ (8 % of all rows) |",
        "Not enforced: 1 clause",
        "- soda\\_rule: rules of 'soda' are not run",
        "dq validate data/flights.csv --contract nyc@1.0.0 --schema flights --stage raw",
    ):
        assert line in text.splitlines(), line


def test_it_is_short(make: Any, found: Any) -> None:
    """However much is wrong, it is fewer than 60 lines."""
    many = make(*(found(f"c{n}.maximum", Status.FAIL, Counted(10, 5)) for n in range(500)), notes=("note",) * 500, bad_rows=5)
    for result in (many, hostile(), make(rows=0)):
        assert len(report.markdown(result).splitlines()) < 60


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "a|b", "**b**", "[x](javascript:alert(1))", "![x](y)", "- x", "1. x", "# x", "``x`"]
)
def test_texts_mark_nothing_up(payload: str) -> None:
    """Outside of code, a hostile text adds no element, no link, no cell and no line."""
    evil, plain = (report.markdown(hostile(text)) for text in (payload, "x"))
    assert len(evil.splitlines()) == len(plain.splitlines())
    for line, like in zip(evil.splitlines(), plain.splitlines(), strict=True):
        if like.startswith(("dq ", "`")):
            continue
        bare = re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", line)
        assert "<" not in bare
        assert not like.startswith("|") or len(re.findall(r"(?<!\\)\|", line)) == len(re.findall(r"(?<!\\)\|", like))
        assert not re.search(r"(?<!\\)\]\(", bare)
        assert "://" not in bare.replace("://\u200b", "")


def test_nobody_is_mentioned(full: Result) -> None:
    """An owner that reads as a mention, a number that reads as a reference: neither is one."""
    text = report.markdown(replace(full, owners=("@everyone", "#12")))
    assert "@\u200beveryone" in text
    assert "#\u200b12" in text


def test_code_stays_in_its_fence(full: Result) -> None:
    """A source with backticks is in a fence that is longer."""
    text = report.markdown(replace(full, source="a```b"))
    assert text.splitlines()[-1] == "````"
    assert "````a```b````" in text
