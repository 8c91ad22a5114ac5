"""`dq quarantine erase`: forget a person."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.asking import Yes, sure
from dq.cli.options import Debug
from dq.cli.output import write
from dq.cli.quarantine import Form, line_of
from dq.cli.runs import ListFormat
from dq.errors import UsageError
from dq.report.hostile import json_safe, shown

if TYPE_CHECKING:
    from dq.quarantine import Erased, Erasure

_STANDING = (
    "reports that were written to files, messages that were sent, exported rows, sources and backups: dq does not know them"
)


def erase(
    *,
    subject: Annotated[str, typer.Option(metavar="ID", help="The value that names the person; - reads it from standard input.")],
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help="Only in this dataset.")] = None,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why; the audit keeps it, so it must not name the person.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is.")] = False,
    yes: Yes = False,
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """
    Forget a person: empty the dead letters about them, remove the samples, and name what lies outside.

    People are found by properties that a contract marks `subject: true`. Rows keep their number and reasons; the audit has a
    keyed hash alone. A legal hold wins.

    Exit codes: 0 dq keeps nothing about them, 1 something is left: a legal hold; 2 a key is not given; 3 try again.
    """
    del debug  # the application reads it
    name = sys.stdin.readline().rstrip("\r\n") if subject == "-" else subject
    if not name.strip():
        raise UsageError("nobody is named", "--subject", "say the value that names the person")
    from dq.history import History  # noqa: PLC0415  heavy

    history = History()
    if not dry_run:
        sure("Erase everything about this person for ever?", yes=yes)
    done = history.erase(name, dataset=dataset, note=note, dry_run=dry_run)
    if form is ListFormat.JSON:
        write(json_safe(json.dumps(_record(done, dry_run=dry_run), indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
    else:
        write("".join(f"{shown(line)}\n" for line in _lines(done, dry_run=dry_run)))
    errors = [item.error.exit_code for item in done.batches if item.error]
    raise typer.Exit(max(errors, default=0 if dry_run or done.complete else 1))


def _lines(done: Erasure, *, dry_run: bool) -> list[str]:
    verb = "would be emptied" if dry_run else "emptied"
    lines = [f"{done.rows:,} rows in {sum(not _left(item) for item in done.batches):,} batches {verb}"]
    lines += [f"{done.samples:,} samples removed"] if done.samples else []
    lines += [f"left: {_why(item)}" for item in done.batches if _left(item)]
    if not done.datasets:
        lines.append("no contract that was enforced marks a property `subject: true`: nobody can be found in dead letters")
    lines += [f"outside: {place} (published rows)" for place in done.outside]
    lines.append(f"outside: {_STANDING}")
    lines += [f"running: batch {name[:12]} is being enforced: when it has ended, erase again" for name in done.running]
    if not done.settled and not dry_run:
        lines.append("the database still holds deleted bytes: `dq store vacuum` writes over them")
    return [*lines, f"audit: {done.subject}"]


def _left(item: Erased) -> bool:
    return item.held or item.error is not None


def _why(item: Erased) -> str:
    place = f"batch {item.batch.id[:12]} ({item.batch.slot})"
    return f"{place}: {line_of(item.error)}" if item.error else f"{item.rows:,} rows in {place}: on legal hold"


def _record(done: Erasure, *, dry_run: bool) -> dict[str, Any]:
    return {
        "subject": done.subject,
        "dry_run": dry_run,
        "complete": done.complete,
        "rows": done.rows,
        "samples": done.samples,
        "batches": [
            {"id": item.batch.id, "rows": item.rows, "legal_hold": item.held, "error": line_of(item.error) or None}
            for item in done.batches
        ],
        "datasets": list(done.datasets),
        "outside": list(done.outside),
        "running": list(done.running),
        "settled": done.settled,
    }


COMMANDS: tuple[Callable[..., None], ...] = (erase,)
