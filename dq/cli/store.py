"""`dq store …`: care for the store."""

from __future__ import annotations

import typer

from dq.cli.options import Debug
from dq.cli.output import write
from dq.report.hostile import shown

app = typer.Typer(name="store", help="Care for the store of runs and dead letters.", no_args_is_help=True)


@app.command("upgrade")
def upgrade(*, debug: Debug = False) -> None:
    """Bring the store to the version of this dq; a new one is made."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    before, after = History.upgrade()
    write(f"the store has version {after}" + ("" if before == after else f", before: {before or 'none'}") + "\n")


@app.command("check")
def check(*, debug: Debug = False) -> None:
    """
    Look for everything wrong with the store: integrity, orphans, audit chains.

    Exit codes: 0 nothing is wrong, 1 something is, 2 it has another version, 3 it cannot be reached.
    """
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().check()
    write("".join(f"{shown(str(item))}\n" for item in found) or "the store is sound\n")
    raise typer.Exit(int(bool(found)))


@app.command("vacuum")
def vacuum(*, debug: Debug = False) -> None:
    """Give back the space of what was deleted."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    History().vacuum()
    write("the store was vacuumed\n")
