"""What columns hold, for people at a terminal: two lines for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from json import dumps

from rich.console import RenderableType
from rich.text import Text

from dq.report import words
from dq.report.hostile import json_safe, shown
from dq.report.paper import NARROWEST, WIDTH, after, packed, printed
from dq.report.record import column
from dq.result import SCHEMA_VERSION, ColumnProfile

_CELL = 40
_TOP = 5
_BARS = "▁▂▃▄▅▆▇█"


def profile(
    profiles: Iterable[ColumnProfile],
    source: str = "",
    *,
    width: int | None = None,
    colour: bool = False,
    encoding: str = "utf-8",
) -> str:
    """The *profiles* of the columns of *source* as a page of at most *width* columns; see `terminal`."""
    width = max(width or WIDTH, NARROWEST)
    return printed(_page(tuple(profiles), source, width), width=width, colour=colour, encoding=encoding)


def profile_json(profiles: Iterable[ColumnProfile], source: str = "") -> str:
    """The *profiles* as an indented JSON document: `schema_version`, `source`, and `profile` as in a result."""
    document = {"schema_version": SCHEMA_VERSION, "source": source, "profile": [column(item) for item in profiles]}
    return json_safe(dumps(document, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def lines(profiles: Iterable[ColumnProfile], width: int) -> Iterator[RenderableType]:
    """The *profiles* one below the other."""
    for item in profiles:
        yield Text.assemble((shown(item.name, 80), "bold"), f"  {shown(item.type, 80)}")
        for facts in (_facts(item), _values(item)):
            if facts:
                yield after("    ", packed(facts, width - 4))


def _page(profiles: tuple[ColumnProfile, ...], source: str, width: int) -> Iterator[RenderableType]:
    rows = profiles[0].rows if profiles else 0
    facts = [Text(shown(source, 120), "bold"), Text(words.count(rows)), Text(words.count(len(profiles), "column"))]
    yield packed(facts if source else facts[1:], width)
    yield Text()
    yield from lines(profiles, width)


def _facts(item: ColumnProfile) -> list[Text]:
    nulls = words.percent(Fraction(item.nulls, item.rows)) if item.rows else "0 %"
    facts = [f"{nulls} null" if item.nulls else "no nulls", f"about {words.count(item.distinct, 'value')}"]
    if item.low is not None and item.high is not None:
        facts.append(f"{shown(item.low, _CELL)} … {shown(item.high, _CELL)}")
    if item.mean is not None:
        facts.append(f"mean {item.mean:.6g}" + (f" ± {item.stddev:.3g}" if item.stddev is not None else ""))
    if item.lengths is not None:
        shortest, mean, longest = item.lengths
        facts.append(f"{shortest:,} to {longest:,} characters, mean {mean:.3g}")
    if item.quantiles:
        facts.append("5 25 50 75 95 %: " + " ".join(f"{value:.6g}" for value in item.quantiles))
    return [Text(fact) for fact in facts]


def _values(item: ColumnProfile) -> list[Text]:
    found = [Text(_drawn(item), "cyan")] if len(item.histogram) > 1 else []
    pairs = item.top[:_TOP] or item.patterns[:_TOP]
    for value, rows in pairs:
        text = "null" if value is None else shown(value, _CELL) or '""'
        found.append(Text.assemble(text, (f" {words.percent(Fraction(rows, item.rows))}", "dim")))
    return found


def _drawn(item: ColumnProfile) -> str:
    """The histogram as a line of bars."""
    most = max(part.rows for part in item.histogram) or 1
    steps = len(_BARS) - 1
    return "".join(" " if not part.rows else _BARS[round(part.rows * steps / most)] for part in item.histogram)
