"""What terminal pages are drawn with: lines that wrap below their beginning, in colours or none, in any encoding."""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

_ASCII = str.maketrans({"✗": "x", "⚠": "E", "✓": "+", "·": "-", "…": "...", "○": "o", "→": "->"})
WIDTH = 100
NARROWEST = 40


def printed(blocks: Iterable[RenderableType], *, width: int, colour: bool, encoding: str) -> str:
    """*blocks* one below the other. What *encoding* cannot write is written in ASCII or escaped."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for block in blocks:
        console.print(block, crop=False)
    return _written("\n".join(line.rstrip() for line in out.getvalue().split("\n")), encoding)


def _written(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return _written(text, "ascii")
    return text


def after(lead: Text | str, text: Text) -> RenderableType:
    """*lead*, and *text* beside it, its further lines below its first."""
    grid = Table.grid(padding=0)
    grid.add_column(width=cell_len(str(lead)), no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(lead, text)
    return grid


def labelled(label: str, text: str, style: str = "") -> RenderableType:
    """*text* beside a short *label*; labels align."""
    return after(Text(f"{label:<9} ", "bold"), Text(text, style))


def packed(parts: Iterable[Text], width: int) -> Text:
    """*parts* side by side, a new line where the next does not fit."""
    text, used = Text(), 0
    for part in parts:
        fits = used + 3 + cell_len(part.plain) <= width
        text.append(" · " if used and fits else "\n" if used else "").append_text(part)
        used = cell_len(part.plain) + (used + 3 if used and fits else 0)
    return text
