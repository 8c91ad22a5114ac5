"""A question before something that cannot be undone."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dq.cli.output import explain, is_terminal
from dq.errors import UsageError

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def sure(question: str, *, yes: bool) -> None:
    """
    Go on only when somebody says yes; *yes*: it was said already.

    Raises:
        UsageError: nobody can be asked. Exit: the answer was another; nothing was done.
    """
    if yes:
        return
    somebody_is_there()
    if not typer.confirm(question, err=True):
        explain("nothing was done")
        raise typer.Exit(1)


def somebody_is_there() -> None:
    """
    See that a question would be read, before work that leads to one.

    Raises:
        UsageError: nobody can be asked.
    """
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise UsageError("this cannot be undone, and nobody is there to ask", "--yes", "say --yes")
