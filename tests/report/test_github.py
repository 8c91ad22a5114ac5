"""Laws of the annotations for GitHub Actions."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from dq import report
from dq.checks.model import Clause, Status
from dq.errors import Place
from dq.result import Counted, Result
from tests.report.hostile import hostile

COMMAND = re.compile(r"::(error|warning|notice) (?:file=[^,:]+,(?:line=\d+,)?)?title=[^,:]*::\S[^\r\n]*")


def test_a_failure_is_at_its_line_of_the_contract(full: Result) -> None:
    """A failing check is an error, a warning a warning, an observed one a notice, each at the clause that it broke."""
    lines = report.github(full).splitlines()
    assert lines[0] == (
        "::error file=contracts/flights/1.0.0.odcs.yaml,line=31,title=dep_time.maximum::"
        "dep_time is at most 2400: 29 of 336,776 rows"
    )
    levels = [line[2:].split(" ", 1)[0] for line in lines]
    assert levels == ["error", "error", "error", "warning", "warning", "notice", "warning", "error"]
    assert lines[-1].startswith("::error title=nyc@1.0.0 failed::nyc.flights fail: 29 of 336,776 rows are bad")
    assert "waived" not in report.github(full)
    assert "rules of 'monte' are not run" not in report.github(full)


def test_characters_of_the_protocol_are_escaped(make: Any, found: Any) -> None:
    """Percent signs, line ends, colons and commas cannot end a property or a command."""
    clause = Clause(Place("a,b:c%d.yaml", 3, ""), "")
    item = found("x,y:z", Status.FAIL, Counted(1, 1), message="100 %\n::error::x", clause=clause)
    line = report.github(make(item)).splitlines()[0]
    assert line.startswith("::error file=a%2Cb%3Ac%25d.yaml,line=3,title=x%2Cy%3Az::")
    assert line.endswith(": 100 %25\\n::error::x")


def test_every_line_is_one_command() -> None:
    """Whatever the texts are, each line is one command of the protocol."""
    for line in report.github(hostile()).splitlines():
        assert COMMAND.fullmatch(line), line


def test_a_pass_is_a_notice(make: Any, found: Any) -> None:
    """When nothing is wrong, one notice says so; beyond fifty checks the rest is counted."""
    assert report.github(make(found("a.b", Status.PASS, Counted(3, 0)), rows=3)) == (
        "::notice title=nyc@1.0.0 passed::nyc.flights pass: 0 of 3 rows are bad\n"
    )
    many = make(*(found(f"c{n}.b", Status.FAIL, Counted(3, 1)) for n in range(70)))
    assert "20 more checks did not pass" in report.github(many)


def test_without_a_place_there_is_no_file(full: Result) -> None:
    """A check that is written nowhere is annotated without file and line."""
    check = replace(full.checks[0].check, clause=Clause(Place("", 0, ""), ""))
    line = report.github(replace(full, checks=(replace(full.checks[0], check=check),))).splitlines()[0]
    assert line.startswith("::error title=dep_time.maximum::")
