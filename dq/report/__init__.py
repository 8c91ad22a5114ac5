"""
Text, without input or output: a result in many forms, a contract, a profile; and a stored result, read again.

For people there are `html`, `terminal` and `markdown`; for programs `json`, `openlineage` and `oors`; for build servers
`junit` and `github`. `from_json` reads what `json` wrote, for all of them.
Values of data are hostile here: what a browser, a terminal, a parser or a reader could take for more than text is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq.report.agreement import contract
    from dq.report.annotations import github
    from dq.report.columns import profile, profile_json
    from dq.report.comment import markdown
    from dq.report.console import terminal
    from dq.report.exchange import oors
    from dq.report.facets import openlineage
    from dq.report.page import html
    from dq.report.record import json
    from dq.report.stored import from_json
    from dq.report.tables import catalogue, catalogue_json
    from dq.report.testsuite import junit

_HOME = {
    "catalogue": "tables",
    "catalogue_json": "tables",
    "contract": "agreement",
    "from_json": "stored",
    "github": "annotations",
    "html": "page",
    "json": "record",
    "junit": "testsuite",
    "markdown": "comment",
    "oors": "exchange",
    "openlineage": "facets",
    "profile": "columns",
    "profile_json": "columns",
    "terminal": "console",
}

__all__ = [
    "catalogue",
    "catalogue_json",
    "contract",
    "from_json",
    "github",
    "html",
    "json",
    "junit",
    "markdown",
    "oors",
    "openlineage",
    "profile",
    "profile_json",
    "terminal",
]


def __getattr__(name: str) -> object:
    """The renderers, each imported when it is asked for: nobody pays for a terminal who wants JSON."""
    from importlib import import_module  # noqa: PLC0415  only on first use

    if name not in _HOME:
        raise AttributeError(f"module 'dq.report' has no attribute '{name}'")
    return getattr(import_module(f"dq.report.{_HOME[name]}"), name)
