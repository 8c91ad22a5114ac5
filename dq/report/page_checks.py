"""The checks of the page: a card for each that is in trouble, one line for each that passed, and filters over both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dq.checks.model import NONE_BAD, Status
from dq.report import words
from dq.report.markup import Markup, joined, lines, tag
from dq.report.page_parts import badge, chevron, copied, cut, kind, scrolling
from dq.report.plots import bar
from dq.result import CheckResult, Counted, Result, Standout
from dq.sql import spoken

_OPEN = 8  # cards that are open from the start
_CARDS = 1_500_000  # characters of cards; checks beyond it take one line each
_LINES = 10_000  # checks in one line each; beyond it they are counted
_CELL = 200  # characters of a value
_SAMPLE_COLUMNS = 40
_SHORT = 120  # characters of a text in a line
_OPEN_LINES = 30  # so few lines are shown at once


@dataclass(frozen=True, slots=True)
class _Index:
    """Which numbers stand for columns and dimensions in the filters, and for checks in links."""

    columns: dict[str, int]
    dimensions: dict[str, int]
    anchors: dict[str, int]

    @classmethod
    def of(cls, result: Result) -> _Index:
        names = sorted({name for item in result.checks for name in item.check.columns})
        dimensions = sorted({str(item.check.dimension) for item in result.checks})
        ids = (item.check.id for item in result.checks)
        return cls(*({name: number for number, name in enumerate(dict.fromkeys(given))} for given in (names, dimensions, ids)))

    def said(self, item: CheckResult) -> dict[str, str]:
        """The attributes that the filters read."""
        status = "observed" if words.is_observed(item) else str(item.status)
        columns = " ".join(str(self.columns[name]) for name in item.check.columns)
        return {"data_s": status, "data_d": str(self.dimensions[str(item.check.dimension)]), "data_c": columns}


def anchors(result: Result) -> dict[str, str]:
    """Where on the page each check is, by its id."""
    return {identity: f"check-{number}" for identity, number in _Index.of(result).anchors.items()}


def checks(result: Result) -> Markup:
    """The section of the checks; without any, a sentence says so."""
    if not result.checks:
        empty = tag("div", "The plan holds no check: the contract promises nothing that can be judged here.", class_="panel")
        return tag("section", tag("h2", "Checks"), empty, id="checks")
    index = _Index.of(result)
    troubled = [item for item in result.checks if item.status is not Status.PASS]
    troubled.sort(key=lambda item: (words.is_observed(item), item.status.rank))
    cards: list[Markup] = []
    used = 0
    for number, item in enumerate(troubled):
        card = _card(item, result, index, opened=number < _OPEN and item.status is not Status.SKIP)
        used += len(card)
        if cards and used > _CARDS:
            break
        cards.append(card)
    left = troubled[len(cards) :]
    passed = [item for item in result.checks if item.status is Status.PASS]
    parts = (
        _filters(result, index) if len(result.checks) > 1 else None,
        *cards,
        _listed(f"{len(left):,} more that did not pass", left, index, _LINES) if left else None,
        _listed(f"{words.count(len(passed), 'check')} passed", passed, index, max(_LINES - len(left), 100)) if passed else None,
    )
    return tag("section", tag("h2", "Checks"), joined(parts), id="checks")


def _filters(result: Result, index: _Index) -> Markup:
    present = {index.said(item)["data_s"] for item in result.checks}
    chips = [
        tag("button", f"{mark} {word}", type="button", aria_pressed="false", data_status=status)
        for status, mark, word in (
            *((str(status), words.MARKS[status], words.VERBS[status]) for status in Status),
            ("observed", "○", "observed"),
        )
        if status in present
    ]

    def choice(name: str, label: str, values: dict[str, int]) -> Markup:
        options = joined(tag("option", cut(text, 80), value=str(key)) for text, key in values.items())
        return tag("label", label, tag("select", tag("option", "all", value=""), options, id=name))

    parts = (
        tag("div", joined(chips), class_="group", role="group", aria_label="Verdict"),
        tag("label", "Find", tag("input", type="search", id="find", autocomplete="off"), class_="find"),
        choice("dimension", "Dimension", index.dimensions),
        choice("column", "Column", index.columns),
        tag("button", "Clear", type="button", id="clear"),
        tag("span", id="count", class_="soft", role="status"),
    )
    return tag("div", joined(parts), class_="filters", hidden=True, data_script="")


# -- a card ----------------------------------------------------------------------------------------------------------


def _card(item: CheckResult, result: Result, index: _Index, *, opened: bool) -> Markup:
    check, observed = item.check, words.is_observed(item)
    look = "observed" if observed else kind(item.status)
    head = tag(
        "summary",
        badge(item.status, observed=observed),
        tag("h3", cut(check.says)),
        chevron(),
        tag("div", tag("b", cut(item.message)), " ", tag("code", cut(check.id, _SHORT)), class_="said"),
    )
    body = tag("div", joined(_body(item, result)), class_="body")
    place = f"check-{index.anchors[check.id]}"
    return tag("article", tag("details", head, body, open=opened), class_=f"card {look}", id=place, **index.said(item))


def _body(item: CheckResult, result: Result) -> Iterator[Markup]:
    check = item.check
    limits = "" if check.limits == NONE_BAD else "bad rows allowed: " if isinstance(item.found, Counted) else "must be "
    facts = [
        str(check.dimension),
        f"mode {check.mode}",
        f"rule {cut(check.rule, _SHORT)}" if check.rule else "",
        f"{limits}{' and '.join(words.limit(said) for said in check.limits)}" if limits else "",
        f"where {cut(spoken(check.where), _SHORT)}" if check.where is not None else "",
        *(f"tag {cut(name, 60)}" for name in check.tags[:10]),
    ]
    yield tag("div", joined(tag("span", fact) for fact in facts if fact), class_="tags")
    if isinstance(item.found, Counted) and item.found.bad:
        yield tag("h4", f"{words.percent(item.found.share)} of the rows it judges")
        yield bar(float(item.found.share), width=320)
    if item.why:
        keys = (tag("span", class_="key bad"), "bad rows", tag("span", class_="key all"), "all rows")
        yield tag("h4", "Where the bad rows are, ", *keys)
        yield tag("ul", joined(_standout(item, said) for said in item.why), class_="why")
    if item.samples:
        yield joined((tag("h4", _sampled(item)), _samples(item, result)))
    yield tag("h4", "In the contract")
    yield tag("p", cut(str(check.clause.place)), class_="soft mono")
    yield tag("pre", lines(check.clause.text[:2000]), tabindex="0")
    if item.sql:
        yield joined((tag("h4", "SQL that finds them" if item.bad_rows else "SQL"), copied(item.sql)))


def _standout(item: CheckResult, said: Standout) -> Markup:
    bars = tag("div", bar(said.bad_share), bar(said.row_share, kind="all"), class_="bars")
    often = f" · {said.lift:,.0f} × as often as expected" if said.lift >= 2 else ""
    return tag("li", bars, tag("span", f"{words.standout(item, said)}{often}"))


def _sampled(item: CheckResult) -> str:
    left = item.bad_rows - len(item.samples)
    return f"Bad rows, {len(item.samples):,} of {item.bad_rows:,}" if left > 0 else "Bad rows"


def _samples(item: CheckResult, result: Result) -> Markup:
    names = words.sample_columns(item)
    shown = names[:_SAMPLE_COLUMNS]
    own = dict.fromkeys(item.check.columns, "own")
    head = joined((tag("th", "row", scope="col"), joined(tag("th", cut(name, 80), scope="col") for name in shown)))
    rows = [
        tag(
            "tr",
            tag("th", words.sample_place(sample, result), scope="row"),
            joined(_value(sample.values.get(name), own.get(name, "")) for name in shown),
        )
        for sample in item.samples
    ]
    more = f"{words.count(len(names) - len(shown), 'column')} not shown" if len(names) > len(shown) else ""
    table = tag("table", tag("thead", tag("tr", head)), tag("tbody", joined(rows)))
    return joined((scrolling("Bad rows", table, class_="samples"), tag("p", more, class_="soft") if more else None))


def _value(text: str | None, look: str) -> Markup:
    if text is None:
        return tag("td", tag("span", "null", class_="null"), class_=look or None)
    told = f'"{text}"' if text == "null" or not text or (text != text.strip() and len(text) <= _CELL) else text
    return tag("td", cut(told, _CELL), class_=look or None)


# -- lines -----------------------------------------------------------------------------------------------------------


def _listed(title: str, items: Sequence[CheckResult], index: _Index, most: int) -> Markup:
    rows = [_line(item, index) for item in items[:most]]
    more = tag("p", f"and {len(items) - most:,} more, in the JSON report", class_="soft") if len(items) > most else None
    heads = joined(tag("th", name, scope="col") for name in ("verdict", "check", "found", "id", "line"))
    table = tag("table", tag("thead", tag("tr", heads)), tag("tbody", joined(rows)))
    shut = tag("summary", title, chevron())
    part = tag("details", shut, scrolling(title, table), more, class_="rows", open=len(items) <= _OPEN_LINES)
    return tag("div", part, class_="panel")


def _line(item: CheckResult, index: _Index) -> Markup:
    """Put together by hand: there may be thousands."""
    check, said = item.check, index.said(item)
    observed = words.is_observed(item)
    mark, word = ("○", "observed") if observed else (words.MARKS[item.status], words.VERBS[item.status])
    if item.tolerated_rows:
        word = "passed, some tolerated"
    texts = (cut(check.says, _SHORT), cut(item.message, _SHORT), cut(check.id, _SHORT), str(check.clause.place.line or ""))
    cells = joined(tag("td", text) for text in texts)
    place = f' id="check-{index.anchors[check.id]}"' if item.status is not Status.PASS else ""
    data = f'data-s="{said["data_s"]}" data-d="{said["data_d"]}" data-c="{said["data_c"]}"'
    return Markup(f"<tr{place} {data}><td>{mark} {word}</td>{cells}</tr>")
