"""What the catalogue of a database says of a contract's tables: a line for each, and the whole page of those in trouble."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from dq.checks.model import Status
from dq.report import words
from dq.report.console import COLOUR, page
from dq.report.hostile import json_safe, shown
from dq.report.paper import NARROWEST, WIDTH, after, labelled, printed
from dq.report.record import document
from dq.result import SCHEMA_VERSION, Absent, Catalogue, Result

_CELL = 80


def catalogue(found: Catalogue, *, width: int | None = None, colour: bool = False, encoding: str = "utf-8") -> str:
    """The tables as a page of at most *width* columns; see `terminal`."""
    width = max(width or WIDTH, NARROWEST)
    return printed(_page(found, width), width=width, colour=colour, encoding=encoding)


def catalogue_json(found: Catalogue) -> str:
    """
    The tables as an indented JSON document: `schema_version`, `contract`, `source`, `status`, `absent`, `extra`, and `results`.

    Each result is what `json` writes.
    """
    said: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "contract": found.contract,
        "source": found.source,
        "status": str(found.status),
        "absent": [{"object": item.object, "table": item.table, "near": list(item.near)} for item in found.absent],
        "extra": list(found.extra),
        "results": [document(item) for item in found.results],
    }
    return json_safe(dumps(said, ensure_ascii=False, indent=2, allow_nan=False)) + "\n"


def _page(found: Catalogue, width: int) -> Iterator[RenderableType]:
    badge = (f" {str(found.status).upper()} ", f"bold reverse {COLOUR[found.status]}")
    yield Text.assemble(badge, "  ", (shown(found.contract, 200), "bold"), " · all tables")
    objects = words.count(len(found.results) + len(found.absent), "schema object")
    yield Text(f"{shown(found.source, 120)} · {objects} · no row was read")
    yield Text()
    for item in found.absent:
        yield after(Text(f"{words.MARKS[Status.FAIL]} ", COLOUR[Status.FAIL]), _absent(item))
    for result in found.results:
        yield after(Text(f"{words.MARKS[result.status]} ", COLOUR[result.status]), _line(result))
    if found.extra:
        listed = ", ".join(shown(name, _CELL) for name in found.extra)
        yield labelled("Note", f"no schema object is about {words.count(len(found.extra), 'table')} there: {listed}")
    for result in found.results:
        if result.status is not Status.PASS:
            yield Text()
            yield from page(result, width)


def _absent(item: Absent) -> Text:
    text = Text.assemble((shown(item.object, _CELL), "bold"), f"  there is no table {shown(item.table, _CELL)}")
    near = " or ".join(shown(name, _CELL) for name in item.near)
    return text.append(f": did you mean {near}?" if near else ", or the role may not see it", COLOUR[Status.FAIL])


def _line(result: Result) -> Text:
    tallies = [
        f"{number:,} {words.VERBS[status]}"
        for status in Status
        if (number := sum(item.status is status for item in result.checks))
    ]
    return Text.assemble((shown(result.object, _CELL), "bold"), f"  {', '.join(tallies)}")
