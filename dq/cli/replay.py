"""`dq quarantine replay | accept | discard | withdraw`: a way out for dead letters. What would happen is shown first."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.asking import Yes, somebody_is_there, sure
from dq.cli.options import Contracts, Debug, References, chosen, referenced
from dq.cli.output import page, write
from dq.cli.runs import ListFormat, number, told
from dq.errors import UsageError
from dq.report.hostile import json_safe
from dq.source import Table

if TYPE_CHECKING:
    from dq.replaying import Discarded, Replay, Replayed

REPLAY_VERSION = "1.0"
EPILOG = "Exit codes: 0 done or nothing to do, 1 the answer was no, 2 refused or wrong usage, 3 the world failed: try again."
_WHICH, _HOW = "Which rows", "How"

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="Its id, or how it begins.")]
AnyBatch = Annotated[str | None, typer.Argument(metavar="[BATCH]", help="Its id, or how it begins; none: all that match.")]
OfDataset = Annotated[str | None, typer.Option("--dataset", metavar="NAME", help="Of this dataset.", rich_help_panel=_WHICH)]
OfStage = Annotated[str | None, typer.Option("--stage", metavar="S", help="Of this stage.", rich_help_panel=_WHICH)]
OfKey = Annotated[str | None, typer.Option("--key", metavar="K", help="Of this key.", rich_help_panel=_WHICH)]
OfRule = Annotated[str | None, typer.Option("--rule", metavar="ID", help="That break this check.", rich_help_panel=_WHICH)]
Since = Annotated[
    str | None, typer.Option("--since", metavar="T", help="Diverted then or later; no zone: UTC.", rich_help_panel=_WHICH)
]
Until = Annotated[str | None, typer.Option("--until", metavar="T", help="Diverted before.", rich_help_panel=_WHICH)]
Rows = Annotated[
    list[int] | None, typer.Option("--row", metavar="N", help="These rows of BATCH, by __dq_row_no.", rich_help_panel=_WHICH)
]
Version = Annotated[
    str | None,
    typer.Option("--contract", "-c", metavar="REF", help="Instead of the newest that the stage's reference asks for."),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="OUT", help="Where good rows of a frame's batch go: a file, folder or database.", rich_help_panel=_HOW
    ),
]
ToTable = Annotated[str | None, typer.Option("--to-table", metavar="NAME", help="The table of OUT.", rich_help_panel=_HOW)]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why, for the audit.", rich_help_panel=_HOW)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would happen.", rich_help_panel=_HOW)]


class Form(StrEnum):
    """How the outcome is written."""

    TERMINAL = "terminal"
    JSON = "json"


Written = Annotated[Form, typer.Option("--format", "-f", rich_help_panel=_HOW)]


def replay(
    batch: AnyBatch = None,
    *,
    dataset: OfDataset = None,
    stage: OfStage = None,
    key: OfKey = None,
    rule: OfRule = None,
    since: Since = None,
    until: Until = None,
    rows: Rows = None,
    contract: Version = None,
    references: References = None,
    fix: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The rows, corrected: .parquet or .csv.", rich_help_panel=_HOW)
    ] = None,
    sets: Annotated[
        list[str] | None, typer.Option("--set", metavar="COLUMN=SQL", help="A new value for a column.", rich_help_panel=_HOW)
    ] = None,
    to: To = None,
    to_table: ToTable = None,
    rate: Annotated[
        float | None, typer.Option(metavar="N", help="At most so many rows per second.", rich_help_panel=_HOW)
    ] = None,
    most: Annotated[
        int | None, typer.Option("--batches", metavar="N", min=1, help="At most so many batches.", rich_help_panel=_HOW)
    ] = None,
    note: Note = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    form: Written = Form.TERMINAL,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """Judge dead letters again, and add those that pass to what their key has published."""
    del debug  # the application reads it
    from dq.replaying import replay as run  # noqa: PLC0415  heavy

    settings = chosen(contracts=contracts)
    which = _which(rows, since, until, dataset=dataset, stage=stage, key=key, rule=rule)

    def do(*, dry: bool) -> Replay:
        return run(
            batch,
            **which,
            contract=contract,
            references=referenced(references or []) or None,
            fix=fix,
            set=_sets(sets or []),
            to=_to(to, to_table),
            rate=None if dry else rate,
            most=most,
            note=note,
            dry_run=dry,
            settings=settings,
        )

    _ask_and_do(do, "replay", dry_run=dry_run, yes=yes, form=form)


def accept(
    batch: BatchId,
    *,
    rules: Annotated[list[str], typer.Option("--rule", metavar="ID", help="What is all right; may be said several times.")],
    rows: Rows = None,
    contract: Version = None,
    references: References = None,
    to: To = None,
    to_table: ToTable = None,
    note: Note = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    form: Written = Form.TERMINAL,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """Publish rows as they are, although they break the named rules."""
    del debug  # the application reads it
    from dq.replaying import accept as run  # noqa: PLC0415  heavy

    settings, others = chosen(contracts=contracts), referenced(references or []) or None

    def do(*, dry: bool) -> Replay:
        return run(
            batch,
            rules,
            rows=tuple(rows or ()),
            contract=contract,
            references=others,
            to=_to(to, to_table),
            note=note,
            dry_run=dry,
            settings=settings,
        )

    _ask_and_do(do, "accept", dry_run=dry_run, yes=yes, form=form)


def discard(
    batch: AnyBatch = None,
    *,
    dataset: OfDataset = None,
    stage: OfStage = None,
    key: OfKey = None,
    rule: OfRule = None,
    since: Since = None,
    until: Until = None,
    rows: Rows = None,
    note: Note = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    form: Written = Form.TERMINAL,
    debug: Debug = False,
) -> None:
    """Settle that rows are never published."""
    del debug  # the application reads it
    from dq.replaying import discard as run  # noqa: PLC0415  heavy

    which = _which(rows, since, until, dataset=dataset, stage=stage, key=key, rule=rule)

    def do(*, dry: bool) -> Discarded:
        return run(
            batch,
            **which,
            note=note,
            dry_run=dry,
        )

    foretold = do(dry=True)
    if dry_run or not foretold.rows:
        _show_discarded(foretold, form)
        return
    sure(f"Discard {number(foretold.rows)} rows?", yes=yes)
    _show_discarded(do(dry=False), form)


def withdraw(
    batch: BatchId,
    *,
    unpublish: Annotated[
        bool,
        typer.Option("--unpublish", help="Take its good rows back, if nothing else of the key is there.", rich_help_panel=_HOW),
    ] = False,
    note: Note = "",
    yes: Yes = False,
    form: Annotated[ListFormat, typer.Option("--format", "-f", rich_help_panel=_HOW)] = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Say that a pipeline rolled back what a batch published. The target is not touched, but with --unpublish."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy
    from dq.replaying import withdraw as run  # noqa: PLC0415

    found = History().batch(batch)
    sure(f"Withdraw batch {found.id[:12]} of {found.slot}?", yes=yes)
    done = run(found.id, unpublish=unpublish, note=note)
    record = {"id": done.id, "slot": str(done.slot), "state": str(done.state), "output": done.output or None}
    row = (done.id[:12], str(done.slot), str(done.state), done.output)
    told(form, [record], ("batch", "slot", "state", "its good rows are still in"), [row], empty="")


def _to(output: str | None, name: str | None) -> str | Table | None:
    """Where good rows go, as it was said."""
    if name is None:
        return output
    if not output:
        mend = f"say --to postgresql://host/db --to-table {name}"
        raise UsageError("--to-table names no database", "dq quarantine", mend)
    return Table(output, name)


# -- to ask ----------------------------------------------------------------------------------------------------------------


def _ask_and_do(do: Callable[..., Replay], what: str, *, dry_run: bool, yes: bool, form: Form) -> None:
    if dry_run:
        _show(do(dry=True), form)
        return
    if not yes:
        somebody_is_there()
        foretold = do(dry=True)
        _show(foretold, Form.TERMINAL)
        if not foretold.rows:
            return
        sure(f"{what.capitalize()} {number(foretold.rows)} rows?", yes=False)
    done = do(dry=False)
    _show(done, form, f"{what}ed")
    raise typer.Exit(max((item.error.exit_code for item in done.batches if item.error), default=0))


def _which(rows: list[int] | None, since: str | None, until: str | None, **names: str | None) -> dict[str, Any]:
    """The rows that are meant, in the words of `dq.replay` and `dq.discard`."""
    return {**names, "rows": tuple(rows or ()), "since": _moment(since, "--since"), "until": _moment(until, "--until")}


def _moment(said: str | None, option: str) -> datetime | None:
    from dq.quarantine import moment  # noqa: PLC0415  heavy

    return None if said is None else moment(said, option)


def _sets(said: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in said:
        name, equals, text = item.partition("=")
        if not (name.strip() and equals and text.strip()):
            raise UsageError(f"'{item}' is not COLUMN=SQL", "--set", "say --set 'age=abs(age)'")
        if name.strip() in found:
            raise UsageError(f"column '{name.strip()}' is set twice", "--set", "write one expression")
        found[name.strip()] = text.strip()
    return found


# -- as text ---------------------------------------------------------------------------------------------------------------


def _show(done: Replay, form: Form, verb: str = "") -> None:
    if form is Form.JSON:
        write(json_safe(json.dumps(record(done), indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
        return
    if not done.rows and not any(item.error or item.kept for item in done.batches):
        write("nothing to replay: no row is open\n")
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    how: dict[str, Any] = page()
    for item in done.batches:
        if item.rows or item.error or item.kept:
            write(ledger.card(_head(item, verb, dry_run=done.dry_run), _facts(item), **how))
    if cells := [cell for item in done.batches for cell in item.cells]:
        shown: list[tuple[str | None, ...]] = [(number(cell.row), cell.column, cell.before, cell.after) for cell in cells]
        write(ledger.table(("row", "column", "before", "after"), shown, numbers=("row",), **how))
    if done.left_out:
        rows = [(item.id[:12], str(item.slot), number(item.open)) for item in done.left_out]
        write("left out, for their rows failed three times already; name a batch to replay it\n")
        write(ledger.table(("batch", "slot", "open"), rows, numbers=("open",), **how))


def _head(item: Replayed, verb: str, *, dry_run: bool) -> str:
    if item.error:
        return "failed"
    if dry_run:
        return "dry run"
    return verb if item.child else "unchanged"


def _facts(item: Replayed) -> dict[str, str]:
    if item.error:
        return {"Batch": item.batch.id[:12], "Slot": str(item.batch.slot), "Error": " ".join(str(item.error).split())}
    return {
        "Batch": item.batch.id[:12],
        "Slot": str(item.batch.slot),
        "Contract": item.contract,
        "Rows": f"{item.rows:,} judged, {item.landed:,} land, {item.stayed:,} stay",
        "Reasons": ", ".join(f"{one.check} {one.rows:,}" for one in item.reasons),
        "Kept": f"{item.kept:,} rows share a key with rows that nobody can look at" if item.kept else "",
        "Changed": ", ".join(f"{name} in {count:,} rows" for name, count in item.changed.items() if count),
        "Output": item.output if item.landed else "",
        "Stayed in": item.child.id[:12] if item.child and item.stayed else "",
    }


def record(done: Replay) -> dict[str, Any]:
    """The outcome as JSON says it."""
    return {
        "schema_version": REPLAY_VERSION,
        "dry_run": done.dry_run,
        "rows": done.rows,
        "landed": done.landed,
        "stayed": done.stayed,
        "batches": [_record(item) for item in done.batches],
        "left_out": [item.id for item in done.left_out],
    }


def _record(item: Replayed) -> dict[str, Any]:
    return {
        "batch": item.batch.id,
        "slot": str(item.batch.slot),
        "contract": item.contract or None,
        "rows": item.rows,
        "landed": item.landed,
        "stayed": item.stayed,
        "kept": item.kept,
        "reasons": {one.check: one.rows for one in item.reasons},
        "changed": dict(item.changed),
        "cells": [{"row": c.row, "column": c.column, "before": c.before, "after": c.after} for c in item.cells],
        "output": item.output or None,
        "child": item.child.id if item.child else None,
        "error": " ".join(str(item.error).split()) if item.error else None,
    }


def _show_discarded(done: Discarded, form: Form) -> None:
    listed = [{"batch": item.id, "slot": str(item.slot), "open": item.open} for item in done.batches]
    if form is Form.JSON:
        document = {"schema_version": REPLAY_VERSION, "dry_run": done.dry_run, "discarded": done.rows, "batches": listed}
        write(json_safe(json.dumps(document, indent=2)) + "\n", encoding="utf-8")
        return
    verb = "would be discarded" if done.dry_run else "discarded"
    write(f"{done.rows:,} rows of {len(done.batches):,} batches {verb}\n")
