"""How a result can be written, for every command that writes one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dq.result import Result


class Format(StrEnum):
    """How a result is written."""

    TERMINAL = "terminal"
    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    JUNIT = "junit"
    GITHUB = "github"
    OPENLINEAGE = "openlineage"
    OORS = "oors"


_SUFFIXES = {".json": Format.JSON, ".xml": Format.JUNIT, ".html": Format.HTML, ".htm": Format.HTML, ".md": Format.MARKDOWN}


def chosen_format(form: Format | None, out: Path | None) -> Format:
    """The format that was said, else that of the suffix of *out*, else the terminal's."""
    return form or (_SUFFIXES.get(out.suffix.lower(), Format.TERMINAL) if out else Format.TERMINAL)


def rendered(result: Result, form: Format, how: dict[str, Any]) -> str:
    """*result* as text; *how* is what the terminal's page takes."""
    from dq import report  # noqa: PLC0415  the wanted renderer alone

    if form is Format.TERMINAL:
        return report.terminal(result, **how)
    text: str = getattr(report, str(form))(result)
    return text
