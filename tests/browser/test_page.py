"""The HTML page in a real browser, the network blocked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlglot import exp

from dq import report
from dq.checks.model import Check, Clause, Dimension, Gap, Mode, Rows, Status
from dq.errors import Place
from dq.result import Bin, CheckResult, ColumnProfile, Counted, Coverage, Result, Sample, Standout
from tests.report.hostile import PAYLOADS, hostile

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


def _check(name: str, status: Status, bad: int, mode: Mode = Mode.QUARANTINE) -> CheckResult:
    column, _, kind = name.rpartition(".")
    clause = Clause(Place("contracts/flights/1.0.0.odcs.yaml", 31, f"schema.flights.{name}"), f"{kind}: 7")
    dimension = Dimension.ACCURACY if kind == "maximum" else Dimension.COMPLETENESS
    check = Check(name, kind, dimension, f"{column} is as {kind} says", (column,), Rows(exp.true()), clause, mode=mode)
    samples = (Sample(7, {column: "2534", "carrier": None, "a long name of a column": "a long value " * 8}),) if bad else ()
    why = (Standout("carrier", "MQ", bad, 0.98, 30, 0.08, 12.2),) if bad else ()
    sql = f'SELECT * FROM "flights" WHERE "{column}" > 7' if bad else ""
    return CheckResult(check, status, Counted(1000, bad), f"{bad} of 1,000 rows", sql, samples, why)


@pytest.fixture(scope="module")
def result() -> Result:
    """A result with every verdict, a profile, a gap and a note."""
    checks = (
        _check("dep_time.maximum", Status.FAIL, 29),
        _check("arr_time.maximum", Status.ERROR, 3),
        _check("tailnum.required", Status.WARN, 90, Mode.WARN),
        _check("dest.required", Status.FAIL, 2, Mode.OBSERVE),
        *(_check(f"column_{number}.required", Status.PASS, 0) for number in range(40)),
    )
    histogram = tuple(Bin(float(number), float(number + 1), number * 7) for number in range(12))
    quantiles = (0.0, 2.0, 5.0, 8.0, 12.0)
    column = ColumnProfile("dep_time", "INTEGER", 1000, 40, 31, "0", "12", 5.0, 2.0, quantiles, None, (("5", 300),))
    place = Place("contracts/flights/1.0.0.odcs.yaml", 88, "schema.flights.quality[2]")
    gap = Gap(Clause(place, "soda"), "rules of 'soda' are not run")
    return Result(
        contract="flights@1.0.0",
        object="flights",
        dataset="flights.flights",
        source="data/flights.csv",
        engine="duckdb",
        stage="raw",
        status=Status.FAIL,
        rows=1000,
        bad_rows=29,
        checks=checks,
        coverage=Coverage(len(checks), (gap,), ()),
        now=datetime(2026, 3, 1, 12, tzinfo=UTC),
        seconds=2.0,
        columns={"dep_time": "INTEGER"},
        notes=("timestamps without a zone are in UTC",),
        owners=("flights-team",),
        profile=(replace(column, histogram=histogram), replace(column, name="carrier", type="VARCHAR")),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_is_quiet_and_accessible(
    result: Result, show: Callable[..., Any], axe: str, scheme: str, screen: dict[str, int]
) -> None:
    """In light and dark, wide and narrow: no error, no request, nothing wider than the screen, no serious finding of axe."""
    seen = show(report.html(result), color_scheme=scheme, viewport=screen, bypass_csp=True)
    seen.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    seen.page.evaluate(axe)
    found = seen.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [
        f"{item['id']}: {node['html'][:200]}" for item in found["violations"] if item["impact"] in ("serious", "critical")
        for node in item["nodes"]
    ]  # fmt: skip
    assert serious == []
    assert (seen.said, seen.asked, seen.dialogs) == ([], [], [])
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= screen["width"]


def test_the_policy_lets_the_page_work(result: Result, show: Callable[..., Any]) -> None:
    """Under its own content security policy, the page is styled and its script runs without a complaint."""
    seen = show(report.html(result))
    assert seen.page.locator("#theme").is_visible()
    assert seen.page.evaluate("getComputedStyle(document.querySelector('.card')).borderLeftWidth") == "5px"
    assert (seen.said, seen.asked, seen.dialogs) == ([], [], [])


def test_filters_narrow_the_checks(result: Result, show: Callable[..., Any]) -> None:
    """Verdict, words, dimension and column each narrow the checks; clearing shows them all."""
    page = show(report.html(result)).page

    def shown() -> int:
        return int(page.evaluate("[...document.querySelectorAll('[data-s]')].filter(item => !item.hidden).length"))

    total = shown()
    assert total == 44
    page.click("[data-status=fail]")
    assert shown() == 1
    assert page.locator("#count").inner_text() == "1 of 44 checks shown"
    page.click("[data-status=warn]")
    assert shown() == 2
    page.click("#clear")
    assert shown() == total
    page.fill("#find", "COLUMN_7")
    page.locator("#count", has_text="1 of 44 checks").wait_for()
    assert page.locator("tr:not([hidden])", has_text="column_7").is_visible()
    page.click("#clear")
    page.select_option("#dimension", label="accuracy")
    assert shown() == 2
    page.click("#clear")
    page.select_option("#column", label="tailnum")
    assert shown() == 1


def test_keys_are_enough(result: Result, show: Callable[..., Any]) -> None:
    """The first key leads to the checks; a card opens and closes by keys."""
    page = show(report.html(result)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator(".card summary").first.focus()
    page.keyboard.press("Enter")
    assert not page.evaluate("document.querySelector('.card details').open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('.card details').open")


def test_colours_can_be_chosen(result: Result, show: Callable[..., Any]) -> None:
    """The button turns light into dark and back, whatever the system prefers."""
    page = show(report.html(result), color_scheme="dark").page
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark != light


def test_without_a_script_everything_can_be_read(result: Result, show: Callable[..., Any]) -> None:
    """With scripts off there are no filters and no dead buttons, and every check can be opened."""
    page = show(report.html(result), java_script_enabled=False).page
    assert not page.locator(".filters").is_visible()
    assert page.locator("button:visible").count() == 0
    page.locator(".rows summary").click()
    assert page.locator("tr", has_text="column_39").is_visible()


def test_no_payload_does_anything(show: Callable[..., Any]) -> None:
    """Sixty payloads in every place that text comes from: no dialog, no request, no error, also when all is clicked."""
    assert len(PAYLOADS) == 60
    seen = show(report.html(hostile()))
    seen.page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    seen.page.evaluate(
        "for (const item of document.querySelectorAll('button, summary, a, input, select')) { item.focus(); item.click(); }"
    )
    seen.page.evaluate("for (const item of document.querySelectorAll('*')) item.dispatchEvent(new Event('mouseover'))")
    seen.page.wait_for_timeout(300)
    assert (seen.said, seen.asked, seen.dialogs) == ([], [], [])


def test_five_thousand_checks_can_be_filtered(result: Result, show: Callable[..., Any]) -> None:
    """A page of 5,000 checks opens, finds one of them, and complains about nothing."""
    many = replace(result, checks=tuple(_check(f"column_{number}.required", Status.PASS, 0) for number in range(5000)))
    seen = show(report.html(many))
    seen.page.fill("#find", "column_4321")
    seen.page.locator("#count", has_text="1 of 5,000 checks").wait_for()
    assert (seen.said, seen.asked) == ([], [])
