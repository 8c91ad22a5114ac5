"""The columns of the page: what each holds, in numbers and small pictures. Without a profile, their names and types."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from dq.report import words
from dq.report.markup import Child, Markup, joined, tag
from dq.report.page_parts import cut, scrolling
from dq.report.plots import bar, histogram
from dq.result import ColumnProfile, Result

_CARDS = 1_000_000  # characters of cards; columns beyond it take one line each
_LINES = 5_000
_TOP = 5
_SHORT = 80


def columns(result: Result) -> Markup | None:
    """The section of the columns; None when nothing is known about them."""
    if result.profile:
        return tag("section", tag("h2", f"Columns ({len(result.profile):,})"), joined(_profiles(result)), id="columns")
    if not result.columns:
        return None
    rows = [(tag("th", cut(name, _SHORT), scope="row"), tag("td", cut(type_, _SHORT))) for name, type_ in result.columns.items()]
    parts = (_table(("column", "type"), rows[:_LINES]), _more(len(rows)))
    return tag("section", tag("h2", f"Columns ({len(rows):,})"), tag("div", joined(parts), class_="panel"), id="columns")


def _profiles(result: Result) -> Iterator[Markup]:
    cards, used = [], 0
    for item in result.profile:
        card = _card(item)
        used += len(card)
        if used > _CARDS:
            break
        cards.append(card)
    yield tag("div", joined(cards), class_="columns")
    if left := result.profile[len(cards) :]:
        rows = [
            (
                tag("th", cut(item.name, _SHORT), scope="row"),
                tag("td", cut(item.type, _SHORT)),
                tag("td", _share(item.nulls, item.rows), class_="num"),
                tag("td", f"{item.distinct:,}", class_="num"),
                tag("td", cut(item.low or "", _SHORT)),
                tag("td", cut(item.high or "", _SHORT)),
            )
            for item in left[:_LINES]
        ]
        heads = ("column", "type", "null", "distinct", "lowest", "highest")
        yield tag("div", joined((_table(heads, rows), _more(len(left)))), class_="panel")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[Markup, ...]]) -> Markup:
    head = tag("thead", tag("tr", joined(tag("th", name, scope="col") for name in heads)))
    return scrolling("Columns", tag("table", head, tag("tbody", joined(tag("tr", joined(row)) for row in rows))))


def _more(number: int) -> Markup | None:
    return tag("p", f"and {number - _LINES:,} more, in the JSON report", class_="soft") if number > _LINES else None


def _card(item: ColumnProfile) -> Markup:
    facts = tag("dl", joined(tag("div", tag("dt", name), tag("dd", text)) for name, text in _facts(item)), class_="numbers")
    head = tag("h3", cut(item.name, _SHORT), tag("small", cut(item.type, _SHORT)))
    title, values = ("Most frequent", item.top) if item.top else ("Shapes", item.patterns)
    return tag("article", joined((head, facts, _distribution(item), _tops(title, values, item.rows))), class_="column")


def _facts(item: ColumnProfile) -> list[tuple[str, Child]]:
    empty = bar(item.nulls / item.rows, width=72, kind="all") if item.nulls and item.rows else None
    facts: list[tuple[str, Child]] = [
        ("null", (_share(item.nulls, item.rows), empty)),
        ("distinct", f"~ {item.distinct:,}" if item.distinct > 1 else f"{item.distinct:,}"),
    ]
    if item.lengths:
        facts.append(("length", f"{item.lengths[0]:,} to {item.lengths[2]:,}"))
    if item.mean is not None:
        facts.append(("mean", _number(item.mean)))
    if item.quantiles:
        facts.append(("median", _number(item.quantiles[len(item.quantiles) // 2])))
    if item.stddev is not None:
        facts.append(("stddev", _number(item.stddev)))
    if item.low is not None and not item.histogram:
        facts += [("lowest", cut(item.low, 40)), ("highest", cut(item.high or "", 40))]
    return facts


def _distribution(item: ColumnProfile) -> Markup | None:
    if not item.histogram:
        return None
    low, high = (said if said is not None else _number(end) for said, end in zip((item.low, item.high), _ends(item), strict=True))
    low, high = cut(low, 40), cut(high, 40)
    label = f"Histogram of {cut(item.name, _SHORT)}: {words.count(len(item.histogram), 'bar')} from {low} to {high}"
    axis = tag("div", tag("span", low), tag("span", high), class_="axis")
    return joined((histogram(item.histogram, label), axis))


def _ends(item: ColumnProfile) -> tuple[float, float]:
    return item.histogram[0].low, item.histogram[-1].high


def _tops(title: str, values: tuple[tuple[str | None, int], ...] | tuple[tuple[str, int], ...], rows: int) -> Markup | None:
    if not values or not rows:
        return None
    lines = [
        tag(
            "li",
            tag("span", tag("span", "null", class_="null") if text is None else cut(text, 60) or '""', class_="name"),
            tag("span", _share(number, rows), class_="soft"),
            bar(number / rows, width=72, kind="ink"),
        )
        for text, number in values[:_TOP]
    ]
    return joined((tag("h4", title), tag("ul", joined(lines), class_="top")))


def _share(number: int, rows: int) -> str:
    return words.percent(Fraction(min(number, rows), rows)) if rows else "no rows"


def _number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
