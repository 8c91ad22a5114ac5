"""`dq quarantine audit | verify | stats`: what was done to dead letters, whether it is true, and what it comes to."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.options import Debug
from dq.cli.output import page, write
from dq.cli.quarantine import BatchId, Form, age_of, time_of
from dq.cli.runs import ListFormat, number, told
from dq.errors import UsageError
from dq.report.hostile import json_safe

if TYPE_CHECKING:
    from dq.store import AuditEntry, Standing, Stats


def audit(batch: BatchId, *, form: Form = ListFormat.TERMINAL, debug: Debug = False) -> None:
    """Print what was done to a batch, when and by whom. Nothing is ever taken out."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().audit(batch)
    told(
        form,
        [{**asdict(item), "at": item.at.isoformat()} for item in found],
        ("seq", "at", "actor", "event", "detail"),
        [(str(item.seq), time_of(item.at), item.actor, item.event, _detail(item)) for item in found],
        numbers=("seq",),
        empty="nothing was done yet",
    )


def verify(
    batch: Annotated[str | None, typer.Argument(metavar="[BATCH]", help="Its id, or how it begins.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every batch.")] = False,
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """
    See that payload and audit are what was written: every byte, every line, and that both agree. No key is needed.

    Exit codes: 0 all is sound, 1 something is not, 2 no such batch, 3 the store cannot be reached.
    """
    del debug  # the application reads it
    if (batch is None) != all_:
        raise UsageError("say which batch, or --all", "verify", "`dq quarantine list` shows those there are")
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().verify(batch)
    told(
        form,
        [{"where": item.where, "what": item.what} for item in found],
        ("where", "what"),
        [(item.where, item.what) for item in found],
        empty="payload and audit are sound",
    )
    raise typer.Exit(int(bool(found)))


def stats(
    *,
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help="Only this dataset.")] = None,
    last: Annotated[str | None, typer.Option(metavar="AGE", help="Only what was diverted in that time: 24h, 30d.")] = None,
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Print dead letters in numbers: by dataset what is open and what was resolved, by day and reason what was diverted."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    since = datetime.now(UTC) - age_of(last, "--last") if last else None
    found = History().stats(dataset=dataset, since=since)
    if form is ListFormat.JSON:
        write(json_safe(json.dumps(_record(found), indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
        return
    if not found.datasets:
        write("no dead letters\n")
        return
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    how: dict[str, Any] = page()
    heads = ("dataset", "stage", "rows", "open", "resolved", "share", "median", "superseded", "purged", "oldest open")
    write(ledger.table(heads, map(_standing, found.datasets), numbers=heads[2:9], **how))
    reasons = [(str(item.day), item.dataset, item.stage, item.check, number(item.rows)) for item in found.reasons]
    write("\n" + ledger.table(("day", "dataset", "stage", "check", "rows"), reasons, numbers=("rows",), **how))


def _standing(item: Standing) -> tuple[str, ...]:
    return (
        item.dataset,
        item.stage,
        number(item.rows),
        number(item.open),
        number(item.replayed + item.accepted + item.discarded),
        "" if item.share is None else f"{item.share:.0%}",
        "" if item.seconds is None else str(timedelta(seconds=round(item.seconds))),
        number(item.superseded),
        number(item.purged),
        f"{time_of(item.oldest_open)[:16]} {item.oldest_batch[:12]}".strip(),
    )


def _record(found: Stats) -> dict[str, Any]:
    return {
        "datasets": [{**asdict(item), "oldest_open": time_of(item.oldest_open) or None} for item in found.datasets],
        "reasons": [{**asdict(item), "day": item.day.isoformat()} for item in found.reasons],
    }


def _detail(item: AuditEntry) -> str:
    """What people want to know of a line; JSON has all of it."""
    known = {name: value for name, value in item.detail.items() if value not in ("", None, [])}
    said = [f"{name} {value}" for name, value in known.items() if isinstance(value, str | int) and name not in ("plan", "run")]
    return ", ".join(said)


COMMANDS: tuple[Callable[..., None], ...] = (audit, verify, stats)
