"""What a store remembers, for people at a terminal: cards of one thing, tables of many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.table import Table
from rich.text import Text

from dq.report.hostile import shown
from dq.report.paper import WIDTH, after, printed

_COLOUR = {
    "passed": "green",
    "published": "green",
    "pass": "green",
    "quarantined": "yellow",
    "warn": "yellow",
    "committed": "yellow",
    "blocked": "red",
    "fail": "red",
    "error": "magenta",
}
_LABEL = 11
_CELL = 400  # characters
_MOST_COLUMNS = 12  # of a table; what is left out is said below it


def card(title: str, facts: Mapping[str, str], *, width: int | None = None, colour: bool = False, encoding: str = "utf-8") -> str:
    """*title* in its colour, and below it labelled *facts*, but for empty ones."""
    lines = [Text(f" {title.upper()} ", f"bold {_COLOUR.get(title, '')} reverse")]
    blocks = [after(Text(f"{label:<{_LABEL}} ", "bold"), Text(shown(text, _CELL))) for label, text in facts.items() if text]
    return printed([*lines, *blocks], width=width or WIDTH, colour=colour, encoding=encoding)


def table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str | None]],
    *,
    numbers: Sequence[str] = (),
    width: int | None = None,
    colour: bool = False,
    encoding: str = "utf-8",
) -> str:
    """
    *rows* below their *heads*; null is `null`, columns of *numbers* stand right. Values are harmless when they come out.

    Of more than a dozen columns the first are shown, and the last, which say why; a line says how many are left out.
    """
    kept = list(range(len(heads)))
    if len(heads) > _MOST_COLUMNS:
        kept = [*kept[: _MOST_COLUMNS - 1], kept[-1]]
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place in kept:
        right = heads[place] in numbers
        drawn.add_column(shown(heads[place]), justify="right" if right else "left", overflow="fold", no_wrap=right)
    for row in rows:
        drawn.add_row(*(_cell(row[place]) for place in kept))
    left = len(heads) - len(kept)
    more = [Text(f"{left} more columns: --out FILE or --format json has them all", "dim")] if left else []
    return printed([drawn, *more], width=width or WIDTH, colour=colour, encoding=encoding)


def _cell(text: str | None) -> Text:
    return Text("null", "dim") if text is None else Text(shown(text, _CELL), _COLOUR.get(text, ""))
