"""Laws of the JUnit report."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from dq import report
from dq.checks.model import Mode, Status
from dq.result import Counted, NotRun, Result, Sample

# What the schemas of the Ant and Jenkins readers agree on: per element its attributes (required ones with *) and its
# children in order.
SUITE = ("name*", "package*", "id*", "timestamp*", "hostname*", "tests*", "failures*", "errors*", "skipped", "time*")
GRAMMAR: dict[str, tuple[tuple[str, ...], str]] = {
    "testsuites": ((), r"(testsuite )*"),
    "testsuite": (SUITE, r"properties (testcase )*system-out system-err "),
    "properties": ((), r"(property )*"),
    "property": (("name*", "value*"), ""),
    "testcase": (("name*", "classname*", "time*"), r"((skipped|error|failure) )?"),
    "failure": (("message", "type*"), ""),
    "error": (("message", "type*"), ""),
    "skipped": (("message", "type"), ""),
    "system-out": ((), ""),
    "system-err": ((), ""),
}


def _read(result: Result) -> ET.Element:
    """The suite of a rendered result, judged by the grammar."""
    root = ET.fromstring(report.junit(result).encode())  # noqa: S314  our own text
    for element in root.iter():
        attributes, children = GRAMMAR[element.tag]
        assert {name[:-1] for name in attributes if name.endswith("*")} <= set(element.attrib)
        assert set(element.attrib) <= {name.rstrip("*") for name in attributes}
        assert re.fullmatch(children, "".join(f"{child.tag} " for child in element))
    suite = root[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[name]) == sum(1 for _ in suite.iter(tag))
    return suite


def _cases(suite: ET.Element) -> dict[str, str]:
    return {case.attrib["name"]: case[0].tag if len(case) else "passed" for case in suite.iter("testcase")}


def test_a_case_per_check_with_its_verdict(full: Result) -> None:
    """Failures, errors and skips are elements; warnings and observed rules are passed cases."""
    assert _cases(_read(full)) == {
        "dep_time.maximum": "failure",
        "tailnum.foreign_key": "passed",
        "arr_delay.mean": "failure",
        "sql": "error",
        "distance.minimum": "passed",
        "dest.foreign_key": "skipped",
        "dep_delay.required": "passed",
        "year.type": "passed",
        "month.type": "passed",
        "day.type": "passed",
    }


def test_a_failure_says_what_where_and_shows_rows(full: Result) -> None:
    """The text of a failure has the sentence, the place, the query and sample rows."""
    failure = next(_read(full).iter("failure"))
    assert failure.attrib["message"] == "dep_time is at most 2400: 29 of 336,776 rows"
    assert failure.text
    for part in ("odcs.yaml:31", "WHERE", "data/flights.csv line 1205 row 1203: dep_time=2534", "mode: quarantine"):
        assert part in failure.text


def test_what_has_no_element_is_in_system_out(full: Result) -> None:
    """Warnings, observed rules, unenforced clauses and notes are told."""
    text = _read(full).findtext("system-out") or ""
    for part in ("warn tailnum.foreign_key:", "observed distance.minimum:", "rules of 'soda' are not run", "note: extra"):
        assert part in text


def test_nothing_run_is_not_a_success(make: Any, found: Any) -> None:
    """A result without a verdict has a case that erred: no checks at all, or every check skipped."""
    assert _cases(_read(make())) == {"checks": "error"}
    skipped = found("a.b", Status.SKIP, NotRun("no values"))
    assert _cases(_read(make(skipped, status=Status.ERROR))) == {"a.b": "skipped", "checks": "error"}
    observed = found("a.b", Status.ERROR, NotRun("no column"), mode=Mode.OBSERVE)
    assert _cases(_read(make(observed, status=Status.PASS))) == {"a.b": "passed"}


def test_hostile_text_is_valid_xml(make: Any, found: Any) -> None:
    """Characters that XML forbids, markup and controls are escaped everywhere."""
    evil = "\x00\x1b]0;\ufffe\ud800<![CDATA[ ]]>&\"'\u202e" + "y" * 1_000_000
    item = found(evil[:20], Status.FAIL, Counted(1, 1), says=evil, sql=evil[:30], samples=(Sample(0, {evil: evil}),))
    text = report.junit(make(item, dataset=evil[:20], source=evil[:20], notes=(evil[:20],)))
    assert len(text) < 20_000
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ufffe]", text)
    _read(make(item, dataset=evil[:20]))
