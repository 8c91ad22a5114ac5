"""`dq quarantine …`: look at dead letters, finish and tidy what crashes left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.options import Debug
from dq.cli.output import page, replacing, writable, write
from dq.cli.runs import ListFormat, number, told
from dq.errors import UsageError
from dq.report.hostile import json_safe

if TYPE_CHECKING:
    import pyarrow as pa

    from dq.store import Batch

app = typer.Typer(
    name="quarantine", help="Look at dead letters: rows that did not go on, with every reason.", no_args_is_help=True
)
_SHOWN = 20
_RAW = "__dq_raw"
_WHY = ("__dq_row_no", "__dq_reasons", _RAW)  # what a table of rows begins with
_AGE = re.compile(r"(\d+)\s*(s|m|h|d)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

BatchId = Annotated[str, typer.Argument(metavar="BATCH", help="Its id, or how it begins.")]
Form = Annotated[ListFormat, typer.Option("--format", "-f")]


class StateName(StrEnum):
    """Where a batch stands."""

    WRITING = "writing"
    COMMITTED = "committed"
    PUBLISHED = "published"
    BLOCKED = "blocked"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class RowsFormat(StrEnum):
    """How rows are written."""

    TERMINAL = "terminal"
    JSON = "json"


@app.command("list")
def list_(
    *,
    dataset: Annotated[str | None, typer.Option(metavar="NAME", help="Only this dataset.")] = None,
    stage: Annotated[str | None, typer.Option(metavar="S", help="Only this stage.")] = None,
    key: Annotated[str | None, typer.Option(metavar="K", help="Only this key.")] = None,
    states: Annotated[list[StateName] | None, typer.Option("--state", help="Only batches in this state.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many.")] = 50,
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Print the batches, newest first."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    wanted = [str(item) for item in states or ()]
    history = History()
    found = history.batches(dataset=dataset, stage=stage, key=key, states=wanted, limit=limit)
    told(
        form,
        [record(item) for item in found],
        ("batch", "dataset", "stage", "key", "state", "in", "good", "bad", "open"),
        [
            (item.id[:12], item.slot.dataset, item.slot.stage, item.slot.key[:40], str(item.state), *_counts(item))
            for item in found
        ],
        numbers=("in", "good", "bad", "open"),
        empty=f"no such batches in {history.place}",
    )
    if form is ListFormat.TERMINAL and (soon := history.expiring()):
        rows = sum(item.open for item in soon)
        write(f"{number(rows)} open rows will be purged within 7 days: `dq quarantine expiring` lists them\n")


@app.command("show")
def show(batch: BatchId, *, form: Form = ListFormat.TERMINAL, debug: Debug = False) -> None:
    """Print all that is known about a batch."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    history = History()
    found = history.batch(batch)
    reasons = history.reasons(found.id)
    if form is ListFormat.JSON:
        document = {**record(found), "reasons": {item.check: item.rows for item in reasons}}
        write(json_safe(json.dumps(document, indent=2, ensure_ascii=False)) + "\n", encoding="utf-8")
        return
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    objects = found.payload.objects
    facts = {
        "Batch": found.id,
        "Slot": str(found.slot),
        "Rows": f"{found.rows_in:,} in, {found.rows_good:,} good, {found.rows_bad:,} bad, {found.open:,} open",
        "Reasons": ", ".join(f"{item.check} {item.rows:,}" for item in reasons),
        "Blocked by": "; ".join(found.blocked_by),
        "Output": found.output,
        "Run": found.run,
        "Claimed": time_of(found.claimed_at),
        "Settled": time_of(found.settled_at),
        "Published": time_of(found.published_at),
        "Supersedes": found.supersedes[:12],
        "Followed by": found.superseded_by[:12],
        "Replayed from": found.parent[:12],
        "Rows since": ", ".join(f"{item.rows.rows:,} {item.rows.state}" for item in history.actions(found.id)),
        "Kept until": time_of(found.expires_at),
        "Legal hold": "yes" if found.legal_hold else "",
        "Purged": time_of(found.purged_at),
        "Payload": f"{len(objects)} objects, {sum(part.size for part in objects):,} bytes"
        if objects and not found.purged_at
        else "",
    }
    how: dict[str, Any] = page()
    write(ledger.card(str(found.state), facts, **how))


@app.command("reasons")
def reasons(batch: BatchId, *, form: Form = ListFormat.TERMINAL, debug: Debug = False) -> None:
    """Print which checks the rows of a batch break, and how many rows each."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    found = History().reasons(batch)
    told(
        form,
        [{"check": item.check, "column": item.column, "rows": item.rows} for item in found],
        ("check", "column", "rows"),
        [(item.check, item.column, number(item.rows)) for item in found],
        numbers=("rows",),
        empty="no bad rows",
    )


@app.command("rows")
def rows(
    batch: BatchId,
    *,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=0, help="At most so many; default 20, with --out all.")
    ] = None,
    form: Annotated[RowsFormat, typer.Option("--format", "-f", help="json is JSON lines.")] = RowsFormat.TERMINAL,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write them: .parquet, .csv, .jsonl.")] = None,
    unmask: Annotated[bool, typer.Option("--unmask", help="Sensitive columns as they are; needs --reason.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why you need to see them; the audit keeps it.")] = "",
    debug: Debug = False,
) -> None:
    """
    Print the rows of a batch with their reasons. Columns that the contract calls sensitive are masked.

    Masks cannot be written to a FILE, for it might be taken for the rows.

    Exit codes: 0 done, 2 no such batch or it was purged, 3 a payload object is missing or altered.
    """
    del debug  # the application reads it
    if unmask and not reason.strip():
        raise UsageError("--unmask needs a reason", "--reason", "say why: the audit of the batch keeps it")
    if out is not None:
        writable(out, "--out")
    from dq.history import History  # noqa: PLC0415  heavy

    history = History()
    found = history.batch(batch)
    why = reason.strip() if unmask else ""
    if out is not None:
        if not unmask and history.sensitive(found):
            raise UsageError("the batch has sensitive columns", "--out", "say --unmask --reason TEXT, which is audited")
        _write(history.rows(found.id, limit=limit, unmask=why), out)
        return
    batches = history.rows(found.id, limit=_SHOWN if limit is None else limit, unmask=why)
    shown = [{name: _readable(value) for name, value in row.items()} for item in batches for row in item.to_pylist()]
    if form is RowsFormat.JSON:
        write("".join(f"{json_safe(json.dumps(row, ensure_ascii=False, default=str))}\n" for row in shown), encoding="utf-8")
    else:
        concerned = [name for item in history.reasons(found.id) for name in item.column.split(", ")]
        _print(shown, found, concerned)


@app.command("recover")
def recover(
    *,
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="AGE", help="Leave younger ones to who works on them: 90s, 15m, 2h, 1d.")
    ] = "0s",
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """
    Publish the good rows of batches that a crash left committed.

    Exit codes: 0 all were published, or there were none; 2 one cannot be; 3 one cannot be now.
    """
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    done = History().recover(older_than=age_of(older_than, "--older-than"))
    told(
        form,
        [{**record(item.batch), "published": item.error is None, "error": line_of(item.error)} for item in done],
        ("batch", "dataset", "stage", "key", "done"),
        [
            (
                item.batch.id[:12],
                item.batch.slot.dataset,
                item.batch.slot.stage,
                item.batch.slot.key[:40],
                line_of(item.error) or "published",
            )
            for item in done
        ],
        empty="nothing to recover",
    )
    raise typer.Exit(max((item.error.exit_code for item in done if item.error), default=0))


@app.command("collect")
def collect(
    *,
    grace: Annotated[
        str, typer.Option(metavar="AGE", help="Younger ones may belong to somebody at work: 90s, 15m, 2h, 1d.")
    ] = "1d",
    form: Form = ListFormat.TERMINAL,
    debug: Debug = False,
) -> None:
    """Remove what crashes left: claims that nobody settled, payload objects that no batch needs."""
    del debug  # the application reads it
    from dq.history import History  # noqa: PLC0415  heavy

    voided, removed = History().collect(grace=age_of(grace, "--grace"))
    if form is ListFormat.JSON:
        write(json.dumps({"claims": voided, "objects": removed}) + "\n")
    else:
        write(f"{voided:,} claims voided, {removed:,} objects removed\n")


# -- as text ---------------------------------------------------------------------------------------------------------


def record(batch: Batch) -> dict[str, Any]:
    """A batch, as JSON has it."""
    return {
        "id": batch.id,
        "dataset": batch.slot.dataset,
        "stage": batch.slot.stage,
        "key": batch.slot.key,
        "state": str(batch.state),
        "outcome": str(batch.outcome) if batch.outcome else None,
        "rows_in": batch.rows_in,
        "rows_good": batch.rows_good,
        "rows_bad": batch.rows_bad,
        "open": batch.open,
        "blocked_by": list(batch.blocked_by),
        "output": batch.output or None,
        "run": batch.run or None,
        "claimed_at": time_of(batch.claimed_at) or None,
        "settled_at": time_of(batch.settled_at) or None,
        "published_at": time_of(batch.published_at) or None,
        "supersedes": batch.supersedes or None,
        "superseded_by": batch.superseded_by or None,
        "parent": batch.parent or None,
        "depth": batch.depth,
        "expires_at": time_of(batch.expires_at) or None,
        "purged_at": time_of(batch.purged_at) or None,
        "legal_hold": batch.legal_hold,
    }


def _counts(batch: Batch) -> tuple[str, ...]:
    return tuple(map(number, (batch.rows_in, batch.rows_good, batch.rows_bad, batch.open)))


def time_of(moment: Any) -> str:
    """A moment as text; "" without one."""
    return moment.isoformat(timespec="seconds") if moment else ""


def line_of(error: Exception | None) -> str:
    """An error on one line; "" without one."""
    return " ".join(str(error).split()) if error else ""


def age_of(said: str, option: str) -> timedelta:
    """
    What 90s, 15m, 2h or 1d mean.

    Raises:
        UsageError: it is something else.
    """
    found = _AGE.fullmatch(said.strip())
    if found is None:
        raise UsageError(f"'{said}' is no age", option, "write it as 90s, 15m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _readable(value: Any) -> Any:
    return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(_readable(value))


def _print(shown: list[dict[str, Any]], found: Batch, concerned: Sequence[str]) -> None:
    """The rows as a table: first why, then the columns *concerned*, then the others that hold something."""
    if not shown:
        write("no bad rows\n")
        return
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    shown = list(map(_as_written, shown))
    held = [name for name in shown[0] if any(row[name] is not None for row in shown)]
    first = [*(name for name in _WHY if name in held), *(name for name in concerned if name in shown[0])]
    names = list(dict.fromkeys([*first, *held]))
    how: dict[str, Any] = page()
    text = ledger.table(names, ([_text(row[name]) for name in names] for row in shown), whole=True, **how)
    left = found.rows_bad - len(shown)
    write(text + (f"{len(shown):,} of {found.rows_bad:,} rows: --limit or --out FILE shows more\n" if left > 0 else ""))


def _as_written(row: dict[str, Any]) -> dict[str, Any]:
    """Where a value could not be read as its type, what was written instead of it; then the raw row says nothing more."""
    try:
        said = json.loads(row.get(_RAW) or "")
    except ValueError:
        return row
    if not isinstance(said, dict):
        return row
    return {name: said.get(name) if value is None else value for name, value in row.items()} | {_RAW: None}


def _write(batches: Iterator[pa.RecordBatch], out: Path) -> None:
    from dq.bad import BadRows  # noqa: PLC0415  needs pyarrow

    kept = BadRows()
    kept.fill(batches)
    with replacing(out) as part:
        kept.write(part)
    write(f"{len(kept):,} rows written to {out}\n")
