"""Laws of the HTML page."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from dq import report
from dq.checks.model import Mode, Status
from dq.report.page_parts import cut
from dq.result import Bin, ColumnProfile, Counted, Coverage, NotRun, Result, Sample, Standout
from tests.report.hostile import PAYLOADS, hostile

VOID = {"meta", "link", "input", "br", "rect"}


class Page(HTMLParser):
    """A page as its elements, its texts, and whether every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that holds nothing."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """What is closed is what was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text outside of style and script."""
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        """All texts, one after the other."""
        return " ".join(self.texts)


def profiled(name: str, **said: Any) -> ColumnProfile:
    """A column of numbers."""
    made: dict[str, Any] = {"type": "DOUBLE", "rows": 100, "nulls": 4, "distinct": 7, "low": "0", "high": "10", "mean": 5.0}
    made |= {"quantiles": (0.0, 2.0, 5.0, 8.0, 10.0), "histogram": (Bin(0, 5, 40), Bin(5, 10, 56)), "top": (("5", 20),)}
    return ColumnProfile(name=name, **(made | said))


@pytest.mark.parametrize(
    ("outcome", "done"),
    [
        ("passed", "All rows went on."),
        ("quarantined", "See `dq quarantine show 0123456789ab`; mend and replay them, or discard them."),
        ("blocked", "nothing went on, the bad rows are kept as evidence."),
    ],
)
def test_a_page_of_an_enforced_run_says_what_was_done(full: Result, outcome: str, done: str) -> None:
    """Not what to do about rows that somebody decided about; of an enforcement that erred nothing was done."""
    text = Page(report.html(full, outcome=outcome, batch="0123456789abcdef")).text
    assert done in text
    assert "What was done" in text
    assert "What to do" not in text
    assert "Publish nothing yet" in Page(report.html(full)).text
    assert "Publish nothing yet" not in text
    assert "What to do" in Page(report.html(full, outcome="error")).text


def test_the_page_answers_the_questions_of_the_night(full: Result) -> None:
    """What broke, how bad it is, where it comes from and what to do stand before the checks."""
    check = full.checks[0]
    why = Standout("carrier", "MQ", 28, 28 / 29, 26_397, 26_397 / 336_776, 12.3)
    text = Page(report.html(replace(full, checks=(replace(check, why=(why,)), *full.checks[1:])))).text
    parts = [text.index(said) for said in ("What broke", "How bad", "Where it comes from", "What to do", "Find")]
    summary = text[: text.index("Find")]
    assert parts == sorted(parts)
    for said in (
        "nyc@1.0.0",
        "flights",
        "336,776",
        "29 (0.0086 %)",
        "data/flights.csv",
        "raw",
        "2026-03-01 12:30:00 UTC",
        "flights-team",
        "dep_time is at most 2400",
        "29 of 336,776 rows (0.0086 %) are bad.",
        "97 % have carrier = MQ (8 % of all rows)",
        "Publish nothing yet: arr_delay.mean must hold first.",
        "Mend 1 rule that could not run, and run again: the query took longer than 60 s",
        "1 clause of the contract was not enforced",
        "Tell flights-team, who own the contract.",
    ):
        assert said in summary, said


def test_a_failure_comes_with_clause_sql_samples_and_reasons(full: Result) -> None:
    """Beside a failing check stand its place and text in the contract, its SQL and its sample rows."""
    text = Page(report.html(full)).text
    for said in (
        "contracts/flights/1.0.0.odcs.yaml:31 schema.flights.dep_time.maximum",
        "maximum: 0",
        '"dep_time" > 2400 OR "carrier" = \'a b  c\'',
        "line 1205",
        "N14228",
        '" IAH "',
        '"null"',
        "where carrier = 'UA'",
        "must be between -5 and 5",
    ):
        assert said in text, said


def test_every_clause_is_accounted_for(full: Result) -> None:
    """Coverage lists what is not enforced and what is not judged, each with its reason and its place."""
    text = Page(report.html(full)).text
    assert "10 of 12 clauses of the contract were enforced (83.3 %)." in text
    assert "rules of 'soda' are not run" in text
    assert "(waived)" in text
    assert text.count("text for people") == 2
    assert "contracts/flights/1.0.0.odcs.yaml:88 schema.flights.quality[2]" in text


def test_the_page_says_how_to_go_on(full: Result) -> None:
    """The same run and the bad rows are one command away; an object in memory is reached from Python."""
    text = Page(report.html(full)).text
    assert "dq validate data/flights.csv --contract nyc@1.0.0 --schema flights --stage raw" in text
    assert "--bad bad.parquet" in text
    frame = Page(report.html(replace(full, source="pandas frame"))).text
    assert "result = dq.validate(frame, 'nyc@1.0.0', schema='flights', stage='raw')" in frame
    assert 'result.bad.write("bad.parquet")' in frame
    odd = Page(report.html(replace(full, source="data/my flights; rm -rf x.csv and 3 more"))).text
    assert "dq validate 'data/my flights; rm -rf x.csv' … --contract" in odd


def test_columns_are_drawn(full: Result) -> None:
    """A profile shows numbers, a histogram that is named, shares and frequent values; without one, names and types."""
    page = Page(report.html(replace(full, profile=(profiled("dep_time"), profiled("name", histogram=(), mean=None)))))
    assert "Histogram of dep_time: 2 bars from 0 to 10" in [said.get("aria-label") for said in page.of("svg")]
    assert "4 %" in page.text
    assert "median" in page.text
    plain = Page(report.html(full))
    assert "Columns (2)" in plain.text
    assert "integer" in plain.text


@pytest.mark.parametrize("ends", [(0.0, 0.0), (0.0, float("inf")), (float("nan"), float("nan")), (-1e308, 1e308)])
def test_a_histogram_of_odd_bounds_is_drawn_or_left_out(full: Result, ends: tuple[float, float]) -> None:
    """One value, infinity, NaN and a span too wide for a number give a page whose drawings hold finite numbers only."""
    page = Page(report.html(replace(full, profile=(profiled("a", histogram=(Bin(*ends, 5),)),))))
    numbers = [said.get(name) or "0" for said in page.of("rect") for name in ("x", "y", "width", "height")]
    assert all(0 <= float(number) < 10_000 for number in numbers)


def test_the_policy_allows_this_page_alone(full: Result) -> None:
    """The content security policy forbids everything but the page's own style and script, by their digests."""
    text = report.html(full)
    policy = next(said["content"] for said in Page(text).of("meta") if said.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert f"'sha256-{base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_and_nothing_is_styled_by_hand(full: Result) -> None:
    """No element asks for anything outside of the page, and none carries code or style in an attribute."""
    for result in (full, hostile()):
        page = Page(report.html(result))
        for name, attributes in page.elements:
            assert not [key for key in attributes if key.startswith("on") or key in ("style", "srcdoc", "action")], name
            for key in ("src", "href", "xlink:href", "data"):
                assert (attributes.get(key) or "#").startswith(("#", "data:,")), name


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_no_text_becomes_an_element(payload: str) -> None:
    """A hostile text, wherever it comes from, changes no element of the page, and can be read on it."""
    plain, evil = (Page(report.html(hostile(text))) for text in ("x", payload))
    assert [name for name, _ in evil.elements] == [name for name, _ in plain.elements]
    assert [sorted(said) for _, said in evil.elements] == [sorted(said) for _, said in plain.elements]
    assert cut(payload) in evil.text


def test_ids_are_unique_and_links_arrive(full: Result) -> None:
    """No two elements share an id, and every link within the page leads to one."""
    for result in (full, hostile()):
        page = Page(report.html(result))
        ids = [said["id"] for _, said in page.elements if "id" in said]
        assert len(ids) == len(set(ids))
        assert {said["href"] for said in page.of("a")} <= {f"#{name}" for name in ids}


def test_colour_is_never_alone(full: Result) -> None:
    """Each verdict is a mark and a word, on its badge as in the legend."""
    text = Page(report.html(full)).text
    for said in ("✗ failed", "⚠ erred", "! warned", "○ observed", "- skipped", "2 failed", "1 only observed"):
        assert said in text, said


# -- large, small and odd --------------------------------------------------------------------------------------------


def test_five_thousand_checks_make_a_small_page(make: Any, found: Any) -> None:
    """5,000 checks, all passing or all failing with samples, SQL and reasons, stay under 5 MB, and each is on the page."""
    sql = "SELECT * FROM t WHERE " + " AND ".join(f'"column_{number}" > {number}' for number in range(60))
    samples = tuple(Sample(row, {f"column_{number}": "a value of some length" for number in range(10)}) for row in range(5))
    why = tuple(Standout(f"column_{number}", "value", 4, 0.8, 10, 0.1, 8.0) for number in range(3))
    for status, bad in ((Status.PASS, 0), (Status.FAIL, 5)):
        kept = samples if bad else ()
        checks = [found(f"column_{n}.maximum", status, Counted(1000, bad), sql=sql, samples=kept) for n in range(5000)]
        page = report.html(make(*(replace(item, why=why if bad else ()) for item in checks), rows=1000))
        assert len(page.encode()) < 5_000_000
        assert page.count('data-s="') == 5000
        assert "column_4999.maximum" in page


def test_work_grows_with_the_checks_no_faster(make: Any, found: Any) -> None:
    """Four times the checks make at most five times the calls: rendering is linear."""
    import sys

    def calls(number: int) -> int:
        seen = 0

        def count(*_: object) -> None:
            nonlocal seen
            seen += 1

        result = make(*(found(f"c{n}.maximum", Status.PASS, Counted(10, 0)) for n in range(number)))
        report.html(result)
        sys.setprofile(count)
        try:
            report.html(result)
        finally:
            sys.setprofile(None)
        return seen

    assert calls(800) < 5 * calls(200)


def test_two_thousand_columns_stay_small(full: Result) -> None:
    """A profile of 2,000 columns is under 5 MB: cards first, then a line each."""
    many = tuple(profiled(f"column_{n}", top=tuple((f"value {k}", 9) for k in range(5))) for n in range(2000))
    page = report.html(replace(full, profile=many, columns={item.name: item.type for item in many}))
    assert len(page.encode()) < 5_000_000
    assert "column_1999" in page


def test_a_cell_of_a_megabyte_is_cut(make: Any, found: Any) -> None:
    """A value, a name or a message of 1 MB is cut, and says how long it was."""
    huge = "é<" * 500_000
    item = found("a.b", Status.FAIL, Counted(1, 1), samples=(Sample(0, {huge: huge}),), message=huge, says=huge, sql=huge)
    page = report.html(make(item, source=huge, notes=(huge,), profile=(profiled(huge, low=huge, high=huge, top=((huge, 5),)),)))
    assert len(page) < 400_000
    assert "… (1,000,000 characters)" in page


def test_no_rows(make: Any, found: Any) -> None:
    """An empty dataset says so."""
    text = Page(report.html(make(found("a.required", Status.PASS, Counted(0, 0)), rows=0))).text
    assert "There are no rows." in text
    assert "There are no bad rows." in text


def test_no_checks(make: Any) -> None:
    """A plan without checks says that nothing was judged, and shows no filters."""
    page = Page(report.html(make(rows=3)))
    assert "No check ran: nothing is known about this data." in page.text
    assert "The plan holds no check" in page.text
    assert not page.of("select")


def test_nothing_ran(make: Any, found: Any) -> None:
    """Checks that were all skipped are no success."""
    text = Page(report.html(make(found("a.b", Status.SKIP, NotRun("no values"), mode=Mode.WARN)))).text
    assert "No check ran: nothing is known about this data." in text
    assert "no values" in text


def test_all_is_well(make: Any, found: Any) -> None:
    """A result that passes says that there is nothing to do."""
    text = Page(report.html(make(found("a.required", Status.PASS, Counted(9, 0)), rows=9, coverage=Coverage(1, (), ())))).text
    assert "Nothing broke." in text
    assert "Nothing to do." in text
