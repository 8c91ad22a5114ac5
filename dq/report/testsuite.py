"""A result as JUnit XML for build servers: a suite per dataset; a case per check passed, failed, erred or was skipped."""

from __future__ import annotations

from xml.etree import ElementTree as ET  # only written, never parsed

from dq.checks.model import Status
from dq.report import words
from dq.report.hostile import shown, shown_lines
from dq.result import CheckResult, Result, Sample


def junit(result: Result) -> str:
    """
    The result as JUnit XML, in the subset that the usual schemas agree on.

    A warning and a rule that is only observed are passed cases; `system-out` names them. A result without any verdict has
    one more case, which erred: build servers take a suite that is empty, or skipped as a whole, for a success.
    """
    cases = [_case(result, item) for item in result.checks]
    if not result.ok and not any(len(case) and case[0].tag != "skipped" for case in cases):
        cases.append(_nothing_ran(result))
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite", _counts(result, cases))
    properties = ET.SubElement(suite, "properties")
    for name, text in _facts(result).items():
        ET.SubElement(properties, "property", name=name, value=shown(text))
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = shown_lines("\n".join(_remarks(result)))
    ET.SubElement(suite, "system-err")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(result: Result, cases: list[ET.Element]) -> dict[str, str]:
    def of(kind: str) -> str:
        return str(sum(case.find(kind) is not None for case in cases))

    return {
        "name": shown(result.dataset),
        "package": shown(result.contract),
        "id": "0",
        "timestamp": result.now.replace(tzinfo=None, microsecond=0).isoformat(),
        "hostname": "localhost",
        "tests": str(len(cases)),
        "failures": of("failure"),
        "errors": of("error"),
        "skipped": of("skipped"),
        "time": f"{result.seconds:.3f}",
    }


def _facts(result: Result) -> dict[str, str]:
    return {
        "contract": result.contract,
        "source": result.source,
        "stage": result.stage,
        "engine": result.engine,
        "status": str(result.status),
        "rows": str(result.rows),
        "bad_rows": str(result.bad_rows),
        "coverage": words.percent(result.coverage.share),
    }


def _case(result: Result, item: CheckResult) -> ET.Element:
    case = ET.Element("testcase", classname=shown(result.dataset), name=shown(item.check.id), time="0")
    kind = {Status.FAIL: "failure", Status.ERROR: "error", Status.SKIP: "skipped"}.get(item.status)
    if kind and not words.is_observed(item):
        verdict = ET.SubElement(case, kind, message=words.finding(item), type=shown(item.check.name))
        verdict.text = _details(item)
    return case


def _nothing_ran(result: Result) -> ET.Element:
    case = ET.Element("testcase", classname=shown(result.dataset), name="checks", time="0")
    ET.SubElement(case, "error", message="no check ran", type="nothing_ran").text = shown(result.headline)
    return case


def _details(item: CheckResult) -> str:
    lines = [words.finding(item), f"mode: {item.check.mode}", f"written at: {shown(str(item.check.clause.place))}"]
    if item.sql:
        lines += ["bad rows:", shown_lines(item.sql)]
    lines += [_sample(row) for row in item.samples]
    return "\n".join(lines)


def _sample(row: Sample) -> str:
    values = ", ".join(f"{shown(name, 60)}={'null' if text is None else shown(text, 60)}" for name, text in row.values.items())
    line = "" if row.line is None else f" line {row.line}"
    number = "a row" if row.row is None else f"row {row.row}"
    return f"{shown(row.source)}{line} {number}: {values}".strip()


def _remarks(result: Result) -> list[str]:
    """What has no element of its own: warnings, observed rules, clauses that nobody enforces, notes."""
    warned = [item for item in result.checks if item.status is Status.WARN or words.is_observed(item)]
    return [
        shown(result.headline),
        *(f"{_word(item)} {shown(item.check.id)}: {words.finding(item)}" for item in warned),
        *(f"skipped {shown(str(gap.clause.place))}: {shown(gap.reason)}" for gap in words.unchecked(result)),
        *(f"note: {shown(note)}" for note in result.notes),
    ]


def _word(item: CheckResult) -> str:
    return "observed" if words.is_observed(item) else "warn"
