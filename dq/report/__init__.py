"""
Text, without input or output: a result for people (`terminal`), programs (`json`) and build servers (`junit`); a `contract`.

Values of data are hostile here: what a terminal, a parser or a reader could take for more than text is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dq.report.agreement import contract
    from dq.report.console import terminal
    from dq.report.record import json
    from dq.report.testsuite import junit

_HOME = {"terminal": "console", "json": "record", "junit": "testsuite", "contract": "agreement"}

__all__ = ["contract", "json", "junit", "terminal"]


def __getattr__(name: str) -> object:
    """The renderers, each imported when it is asked for: nobody pays for a terminal who wants JSON."""
    from importlib import import_module  # noqa: PLC0415  only on first use

    if name not in _HOME:
        raise AttributeError(f"module 'dq.report' has no attribute '{name}'")
    return getattr(import_module(f"dq.report.{_HOME[name]}"), name)
