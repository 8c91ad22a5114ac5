"""`dq quarantine expiring | hold | release | purge | rotate | new-key`: how long dead letters are kept, and under which key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from dq.cli.asking import Yes, sure
from dq.cli.options import Debug
from dq.cli.output import write
from dq.cli.quarantine import BatchId, Form, age_of, line_of, record, time_of
from dq.cli.runs import ListFormat, number, told
from dq.errors import UsageError

if TYPE_CHECKING:
    from dq.quarantine import Kept
    from dq.store import Batch

Reason = Annotated[str, typer.Option(metavar="TEXT", help="Why; the audit keeps it.")]


def expiring(
    *,
    within: Annotated[str, typer.Option(metavar="AGE", help="So soon: 12h, 7d.")] = "7d",
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Print the batches with unresolved rows that retention will purge soon, the next first."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().expiring(within=age_of(within, "--within"))
    told(
        form,
        [record(item) for item in found],
        ("batch", "dataset", "stage", "key", "state", "open", "bad", "kept until"),
        [(*_name(item), str(item.state), number(item.open), number(item.rows_bad), time_of(item.expires_at)) for item in found],
        numbers=("open", "bad"),
        empty=f"nothing unresolved will be purged within {within}",
    )


def hold(batch: BatchId, *, reason: Reason = "", debug: Debug = False) -> None:
    """Put a legal hold on a batch: its rows are neither purged nor erased until it is released."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    write(f"batch {History().hold(batch, reason=reason).id[:12]} is on legal hold\n")


def release(batch: BatchId, *, reason: Reason = "", debug: Debug = False) -> None:
    """Take the legal hold from a batch."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    write(f"batch {History().release(batch, reason=reason).id[:12]} is on legal hold no longer\n")


def purge(
    batches: Annotated[list[str] | None, typer.Argument(metavar="[BATCH]…", help="Their ids, or how they begin.")] = None,
    *,
    expired: Annotated[bool, typer.Option("--expired", help="All that were kept long enough.")] = False,
    note: Annotated[str, typer.Option(metavar="TEXT", help="Why; the audit keeps it.")] = "",
    yes: Yes = False,
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """
    Remove the rows of batches, and give their space back. Counts, reasons and audit stay; open rows become purged.

    Exit codes: 0 done, 1 the answer was no, 2 one is on legal hold, 3 one is in use or cannot be removed now.
    """
    del debug  # the application reads it
    if bool(batches) == expired:
        raise UsageError("say which batches, or --expired", "purge", "`dq quarantine list` shows those there are")
    from dq.history import History  # noqa: PLC0415  heavy

    history = History()
    if batches:
        found = [history.batch(item) for item in batches]
        open_rows = sum(item.open for item in found)
        sure(f"Purge {sum(item.rows_bad for item in found):,} rows for ever, {open_rows:,} of them open?", yes=yes)
    done = history.purge(*(batches or ()), note=note)
    _told(done, form, "purged", empty="nothing to purge")


def rotate(*, form: Form = ListFormat.TERMINAL, debug: Debug = False) -> None:
    """
    Encrypt with the newest key what is not. Afterwards the older keys are needed no longer.

    Exit codes: 0 done, 2 a key is not given, 3 a batch is in use or cannot be read now.
    """
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    _told(History().rotate(), form, "encrypted", empty="all is encrypted with the newest key")


def new_key(*, debug: Debug = False) -> None:
    """Print a new key for DQ_QUARANTINE_KEY. Keep it where you keep secrets: without it the rows are lost."""
    del debug  # the application reads it
    from dq.quarantine import new_key as made  # noqa: PLC0415  heavy

    write(f"{made()}\n")


def _told(done: Sequence[Kept], form: ListFormat, verb: str, *, empty: str) -> None:
    told(
        form,
        [{**record(item.batch), verb: item.error is None, "bytes": _bytes(item), "error": line_of(item.error)} for item in done],
        ("batch", "dataset", "stage", "key", "rows", "bytes", "done"),
        [(*_name(item.batch), number(item.batch.rows_bad), number(_bytes(item)), line_of(item.error) or verb) for item in done],
        numbers=("rows", "bytes"),
        empty=empty,
    )
    raise typer.Exit(max((item.error.exit_code for item in done if item.error), default=0))


def _bytes(item: Kept) -> int:
    return sum(part.size for part in item.batch.payload.objects)


def _name(batch: Batch) -> tuple[str, ...]:
    return batch.id[:12], batch.slot.dataset, batch.slot.stage, batch.slot.key[:40]


COMMANDS: tuple[Callable[..., None], ...] = (expiring, hold, release, purge, rotate, new_key)
