"""What a store remembers, for people at a terminal: cards of one thing, tables of many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.cells import cell_len
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
_WIDE = 60  # a whole column is not wider; longer texts go on below
_GAP = 2


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
    whole: bool = False,
    width: int | None = None,
    colour: bool = False,
    encoding: str = "utf-8",
) -> str:
    """
    *rows* below their *heads*; null is `null`, columns of *numbers* stand right. Values are harmless when they come out.

    *whole* columns are not squeezed: those that do not fit beside the first ones are left out, and a line says how many.
    """
    cells = [[_cell(text) for text in row] for row in rows]
    room = width or WIDTH
    kept = _fitting(heads, cells, room) if whole else len(heads)
    drawn = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for head in heads[:kept]:
        right = head in numbers
        drawn.add_column(shown(head), justify="right" if right else "left", overflow="fold", no_wrap=right)
    for row in cells:
        drawn.add_row(*row[:kept])
    left = len(heads) - kept
    columns = "column" if left == 1 else "columns"
    more = [Text(f"{left} more {columns}: --out FILE or --format json has them all", "dim")] if left else []
    return printed([drawn, *more], width=room, colour=colour, encoding=encoding)


def _fitting(heads: Sequence[str], rows: Sequence[Sequence[Text]], room: int) -> int:
    """How many of the first columns stand side by side in *room*; at least two."""
    used = 0
    for place, head in enumerate(heads):
        longest = max((row[place].cell_len for row in rows), default=0)
        used += min(max(longest, cell_len(shown(head))), _WIDE) + _GAP
        if used > room + _GAP and place > 1:
            return place
    return len(heads)


def _cell(text: str | None) -> Text:
    return Text("null", "dim") if text is None else Text(shown(text, _CELL), _COLOUR.get(text, ""))
