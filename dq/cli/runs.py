"""`dq runs …`: what ran, and what it found."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.options import Debug
from dq.cli.output import page, write
from dq.report.hostile import json_safe

if TYPE_CHECKING:
    from dq.store import Run

app = typer.Typer(name="runs", help="Look at past runs.", no_args_is_help=True)


class ListFormat(StrEnum):
    """How a list is written."""

    TERMINAL = "terminal"
    JSON = "json"


def number(value: int) -> str:
    """A count as people read it."""
    return f"{value:,}"


def told(
    form: ListFormat,
    records: Sequence[dict[str, Any]],
    heads: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    *,
    numbers: Sequence[str] = (),
    empty: str,
) -> None:
    """Write *records* as one JSON list, or *rows* as a table for people; *empty* when there are none."""
    if form is ListFormat.JSON:
        write(json_safe(json.dumps(list(records), indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
        return
    if not rows:
        write(f"{empty}\n")
        return
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    how: dict[str, Any] = page()
    write(ledger.table(heads, rows, numbers=numbers, **how))


@app.command("list")
def list_(
    *,
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help="Only this dataset.")] = None,
    stage: Annotated[str | None, typer.Option(metavar="S", help="Only this stage.")] = None,
    key: Annotated[str | None, typer.Option(metavar="K", help="Only this key.")] = None,
    status: Annotated[str | None, typer.Option(metavar="WORD", help="Only this status: pass, warn, fail, error.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    form: Annotated[ListFormat, typer.Option("--format", "-f")] = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Print the runs, newest first."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    history = History()
    found = history.runs(dataset=dataset, stage=stage, key=key, status=status, limit=limit)
    told(
        form,
        [_record(item) for item in found],
        ("run", "started", "dataset", "stage", "key", "status", "outcome", "rows", "bad"),
        [
            (
                item.id[:10],
                f"{item.started:%m-%d %H:%M}",
                item.slot.dataset,
                item.slot.stage,
                item.slot.key[:40],
                item.status,
                str(item.outcome or ""),
                number(item.rows),
                number(item.bad_rows),
            )
            for item in found
        ],
        numbers=("rows", "bad"),
        empty=f"no such runs in {history.place}",
    )


@app.command("show")
def show(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Its id, or how it begins.")],
    *,
    form: Annotated[ListFormat, typer.Option("--format", "-f")] = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Print what a run found, check by check."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().run(run)
    if form is ListFormat.JSON:
        document = {**_record(found), "checks": [_check(item) for item in found.checks], "columns": dict(found.columns)}
        write(json_safe(json.dumps(document, indent=2, ensure_ascii=False, default=str)) + "\n", encoding="utf-8")
        return
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    how: dict[str, Any] = page()
    facts = {
        "Run": found.id,
        "Slot": str(found.slot),
        "Contract": found.contract,
        "Outcome": str(found.outcome or ""),
        "Batch": found.batch,
        "Rows": f"{found.rows:,}, {found.bad_rows:,} bad",
        "At": found.at.isoformat(timespec="seconds"),
        "Started": found.started.isoformat(timespec="seconds"),
        "Engine": found.engine,
    }
    rows = [(item.status, item.id, item.mode, number(item.rows), number(item.bad), item.says) for item in found.checks]
    heads = ("status", "check", "mode", "rows", "bad", "says")
    write(f"{ledger.card(found.status, facts, **how)}\n{ledger.table(heads, rows, numbers=('rows', 'bad'), **how)}")


def _record(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "dataset": run.slot.dataset,
        "stage": run.slot.stage,
        "key": run.slot.key,
        "contract": run.contract,
        "status": run.status,
        "outcome": str(run.outcome) if run.outcome else None,
        "rows": run.rows,
        "bad_rows": run.bad_rows,
        "batch": run.batch or None,
        "at": run.at.isoformat(),
        "now": run.now.isoformat(),
        "started": run.started.isoformat(),
        "finished": run.finished.isoformat(),
    }


def _check(item: Any) -> dict[str, Any]:
    words = ("id", "says", "dimension", "column", "mode", "status", "rows", "bad", "value", "message")
    return {**{word: getattr(item, word) for word in words}, "samples": [dict(sample) for sample in item.samples]}
