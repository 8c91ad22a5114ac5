"""A result as one HTML file: it needs nothing else, asks for nothing, and works without its script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

from dq.checks.model import Gap, Status
from dq.report import words
from dq.report.brief import Brief, brief, command, in_memory
from dq.report.markup import Markup, joined, tag
from dq.report.page_checks import anchors, checks
from dq.report.page_columns import columns
from dq.report.page_parts import badge, chevron, copied, cut, kind, scrolling
from dq.report.plots import stack
from dq.result import NOT_LOOKED_INTO, Result

_GAPS = 500  # clauses listed one by one
_NOTES = 100
_MANY = 300  # checks and columns, from which on a browser lays out only what is in sight


def html(result: Result, *, outcome: str = "", batch: str = "") -> str:
    """
    The result as one self-contained HTML page, for screens, phones and paper, light and dark.

    With the *outcome* of the enforcement that it comes from, and the id of its *batch*, it says what became of the rows.

    No rows, no checks and no profile leave their parts out. The first failing checks come with samples, clause and SQL, the
    others in one line each, so that 5,000 checks make a page of some megabytes; everything is in the JSON report. Values are
    escaped, and a content security policy forbids every request and all code but the page's own.
    """
    style, script = _file("page.css"), _file("page.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=Markup(policy)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", f"{words.VERBS[result.status]}: {cut(result.dataset)} · {cut(result.contract)}"),
        Markup('<link rel="icon" href="data:,">'),
        Markup(f"<style>{style}</style>"),
    )
    many = len(result.checks) + len(result.profile) > _MANY
    parts = joined(_body(result, outcome, batch))
    body = tag("body", parts, Markup(f"<script>{script}</script>"), class_="many" if many else None)
    return f'<!doctype html>\n<html lang="en">\n{head}\n{body}\n</html>\n'


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


# -- the page --------------------------------------------------------------------------------------------------------


def _body(result: Result, outcome: str, batch: str) -> Iterator[Markup]:
    yield tag("a", "Skip to the checks", href="#checks", class_="skip")
    yield tag("header", tag("div", _head(result), class_="width"), class_=f"masthead {kind(result.status)}")
    main = (
        _brief(result, brief(result, outcome, batch)),
        checks(result),
        columns(result),
        _coverage(result),
        _notes(result),
        _again(result),
    )
    yield tag("main", joined(main), class_="width")
    foot = f"dq · {words.count(len(result.checks), 'check')} · plan {result.plan[:12] or 'unknown'}"
    yield tag("footer", tag("div", foot, class_="width"))


def _head(result: Result) -> Markup:
    where = result.object or result.dataset
    dataset = "" if result.dataset in (where, f"{result.contract.rpartition('@')[0]}.{where}") else f" as {cut(result.dataset)}"
    title = tag("h1", cut(result.contract or "no contract"), tag("small", f"{cut(where)}{dataset}"))
    button = tag("button", "Dark", type="button", id="theme", hidden=True, data_script="", class_="end")
    share = f" ({words.percent(Fraction(result.bad_rows, result.rows))})" if result.bad_rows and result.rows else ""
    facts = [
        ("Rows", f"{result.rows:,}", "number"),
        ("Bad rows", f"{result.bad_rows:,}{share}", "number wrong" if result.bad_rows else "number"),
        ("Checks", f"{len(result.checks):,}", "number"),
        ("Stage", cut(result.stage), ""),
        ("Source", cut(result.source), "wide"),
        ("When", result.now.strftime("%Y-%m-%d %H:%M:%S %Z").strip(), ""),
        ("Read by", f"{cut(result.engine)} in {words.duration(result.seconds)}", ""),
        ("Owned by", cut(", ".join(result.owners)), ""),
    ]
    told = [
        tag("div", tag("dt", name), tag("dd", text, class_=look or None), class_="wide" if look == "wide" else None)
        for name, text, look in facts
        if text
    ]
    return joined(
        (
            tag("div", tag("span", "Data quality report", class_="soft"), button, class_="line"),
            tag("div", badge(result.status, big=True), title, class_="title"),
            tag("dl", joined(told), class_="facts"),
        )
    )


def _brief(result: Result, said: Brief) -> Markup:
    places, broke = anchors(result), list[Markup]()
    for item in said.broke:
        what = joined((tag("a", cut(item.check.says), href=f"#{places[item.check.id]}"), ": ", cut(item.message)))
        broke.append(tag("li", what))
    if said.more:
        broke.append(tag("li", f"and {said.more:,} more", class_="soft"))
    nothing = "Nothing broke." if result.ok and result.checks else "No rule was broken that anybody knows of."
    to_do, last = (*said.done, *said.to_do), "What was done" if said.done else "What to do"
    parts = [
        ("What broke", tag("ul", joined(broke)) if broke else tag("p", nothing)),
        ("How bad", joined((tag("p", said.bad, class_="lead"), _tally(result)))),
        ("Where it comes from", tag("ul", joined(tag("li", line) for line in said.comes_from)) if said.comes_from else None),
        (last, tag("ul", joined(tag("li", line) for line in to_do)) if to_do else None),
    ]
    unknown = "No column, file or stretch of rows is known to stand out." if result.bad_rows else "There are no bad rows."
    if NOT_LOOKED_INTO in result.notes:
        unknown = f"{NOT_LOOKED_INTO.capitalize()}."
    empty = {"Where it comes from": unknown, last: "Nothing to do."}
    return tag(
        "div",
        joined(tag("section", tag("h2", name), text or tag("p", empty[name], class_="soft")) for name, text in parts),
        class_="brief",
    )


def _tally(result: Result) -> Markup:
    """How the checks ended: a bar, and the same in numbers."""
    count = Counter("observed" if words.is_observed(item) else kind(item.status) for item in result.checks)
    named = [(kind(status), words.VERBS[status]) for status in Status] + [("observed", "only observed")]
    legend = [tag("span", tag("span", class_=f"dot {name}"), f"{count[name]:,} {verb}") for name, verb in named if count[name]]
    if not legend:
        return tag("p", "No check ran.", class_="soft")
    return joined((stack([(name, count[name]) for name, _ in named]), tag("div", joined(legend), class_="legend")))


# -- what was not checked, and how to go on --------------------------------------------------------------------------


def _coverage(result: Result) -> Markup:
    coverage = result.coverage
    total = coverage.enforced + len(coverage.skipped)
    share = f" ({words.percent(coverage.share)})" if total else ""
    were = "was" if total == 1 else "were"
    told = f"{coverage.enforced:,} of {words.count(total, 'clause')} of the contract {were} enforced{share}."
    parts = [tag("p", told)]
    if coverage.skipped:
        parts.append(_gaps(f"{len(coverage.skipped):,} not enforced", coverage.skipped, opened=True))
    if coverage.not_judged:
        parts.append(_gaps(f"{len(coverage.not_judged):,} not judged here", coverage.not_judged, opened=False))
    return tag("section", tag("h2", "Coverage"), tag("div", joined(parts), class_="panel"), id="coverage")


def _gaps(title: str, gaps: tuple[Gap, ...], *, opened: bool) -> Markup:
    rows = [
        tag(
            "tr",
            tag("th", cut(gap.rule or gap.column or gap.clause.text), scope="row"),
            tag("td", cut(gap.reason), " (waived)" if gap.waived else ""),
            tag("td", cut(gap.clause.text), class_="mono"),
            tag("td", cut(str(gap.clause.place)), class_="soft"),
        )
        for gap in gaps[:_GAPS]
    ]
    more = tag("p", f"and {len(gaps) - _GAPS:,} more, in the JSON report", class_="soft") if len(gaps) > _GAPS else None
    heads = joined(tag("th", name, scope="col") for name in ("rule or column", "why", "clause", "written at"))
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", joined(rows)))
    return tag("details", tag("summary", title, chevron()), scrolling(title, table), more, open=opened)


def _notes(result: Result) -> Markup | None:
    if not result.notes:
        return None
    items = [tag("li", cut(note)) for note in result.notes[:_NOTES]]
    if len(result.notes) > _NOTES:
        items.append(tag("li", f"and {len(result.notes) - _NOTES:,} more, in the JSON report", class_="soft"))
    return tag("section", tag("h2", "Notes"), tag("div", tag("ul", joined(items)), class_="panel"))


def _again(result: Result) -> Markup:
    parts = [tag("h3", "The same checks again"), copied(command(result))]
    if result.bad_rows:
        parts.append(tag("h3", f"The {words.count(result.bad_rows, 'bad row')}, each with all its reasons"))
        if in_memory(result):
            parts.append(copied('result.bad.write("bad.parquet")    # or result.bad.to_pandas(), dq.split(…)'))
        else:
            parts.append(copied(command(result, "--bad bad.parquet")))
    return tag("section", tag("h2", "How to go on"), tag("div", joined(parts), class_="panel again"), id="again")
