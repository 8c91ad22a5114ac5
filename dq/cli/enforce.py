"""`dq enforce`: put bad rows safely away, let good rows go on."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq import source as kinds
from dq.cli import options
from dq.cli.output import page, write
from dq.cli.progress import watched
from dq.errors import UsageError

if TYPE_CHECKING:
    from dq.diversion import Enforcement

EPILOG = "Exit codes: 0 passed or quarantined, 1 blocked, 2 wrong usage or contract or a rule cannot run, 3 the world failed."
_STAGE = "How the stage goes on"


class EnforceFormat(StrEnum):
    """How the outcome is written."""

    TERMINAL = "terminal"
    JSON = "json"


class MaxMode(StrEnum):
    """The strongest mode a rule may have."""

    OBSERVE = "observe"
    WARN = "warn"
    QUARANTINE = "quarantine"
    BLOCK = "block"


def enforce(
    source: options.Sources = None,
    *,
    contract: options.Contract = "",
    suites: options.Suites = None,
    parameters: options.Parameters = None,
    stage: Annotated[str, typer.Option(metavar="S", help="The point of the pipeline, say raw.", rich_help_panel=_STAGE)],
    output: Annotated[
        str,
        typer.Option(
            "--output",
            metavar="OUT",
            help="Where good rows go: good.parquet, good/{key}.csv, a folder, a database; or in_place (tables).",
            rich_help_panel=_STAGE,
        ),
    ] = "",
    output_table: Annotated[
        str,
        typer.Option(
            "--output-table",
            metavar="NAME",
            help="The table of OUT that good rows go into; without OUT: of the database that is read.",
            rich_help_panel=_STAGE,
        ),
    ] = "",
    key: Annotated[
        str | None,
        typer.Option(
            metavar="K", help="The part this is, say a day: again it replaces. None: by content.", rich_help_panel=_STAGE
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="T", help="Logical time of the metrics, ISO 8601; no zone: UTC.", rich_help_panel=_STAGE)
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="N", help="Rows that may be diverted: 2%, 500, none.", rich_help_panel=_STAGE)
    ] = None,
    max_mode: Annotated[
        MaxMode | None, typer.Option("--max-mode", help="The strongest mode a rule may have here.", rich_help_panel=_STAGE)
    ] = None,
    table: options.Table = None,
    query: options.Query = None,
    schema: options.Schema = None,
    references: options.References = None,
    where: options.Where = None,
    dataset: options.Dataset = None,
    server: options.Server = None,
    delimiter: options.Delimiter = None,
    quote: options.Quote = None,
    encoding: options.Encoding = None,
    decimal: options.DecimalMark = None,
    null_tokens: options.NullTokens = None,
    timestamp_formats: options.TimestampFormats = None,
    no_header: options.NoHeader = False,
    form: Annotated[EnforceFormat, typer.Option("--format", "-f", rich_help_panel=options.REPORT)] = EnforceFormat.TERMINAL,
    strict: Annotated[
        bool, typer.Option("--strict", help="Quarantined rows are exit code 1 too.", rich_help_panel=options.REPORT)
    ] = False,
    memory_limit: options.MemoryLimit = None,
    threads: options.Threads = None,
    contracts: options.Contracts = None,
    debug: options.Debug = False,
) -> None:
    """Check data against a contract, put its bad rows into quarantine, and write its good rows to OUT."""
    del debug  # the application reads it
    from dq.policy import Policy  # noqa: PLC0415  engines are heavy
    from dq.quarantine import budget as allowance  # noqa: PLC0415  heavy
    from dq.quarantine import moment  # noqa: PLC0415
    from dq.run import enforce as run  # noqa: PLC0415

    if budget is not None:
        allowance(budget, "--budget")
    most = None if max_mode is None else str(max_mode)
    policy = Policy(most) if budget is None else Policy(most, budget)
    with watched("reading") as progress:
        done = run(
            options.given(source, table, query),
            contract,
            suites=options.suited(suites or (), parameters or ()),
            stage=stage,
            key=key,
            at=None if at is None else moment(at, "--at"),
            output=_output(source, table or query, output, output_table),
            policy=policy,
            schema=schema,
            references=options.referenced(references or []),
            where=where,
            dataset=dataset,
            server=server,
            reading=options.dialect(
                delimiter=delimiter,
                quote=quote,
                encoding=encoding,
                decimal=decimal,
                null_tokens=null_tokens,
                timestamp_formats=timestamp_formats,
                no_header=no_header,
            ),
            settings=options.chosen(memory_limit=memory_limit, threads=threads, contracts=contracts),
            progress=progress,
        )
    if form is EnforceFormat.JSON:
        write(json.dumps(done.summary(), indent=2, ensure_ascii=True) + "\n")
    else:
        _show(done)
    raise typer.Exit(exit_code(done, strict=strict))


def _output(sources: list[str] | None, within: str | None, output: str, name: str) -> str | kinds.Table:
    """Where good rows go, as it was said."""
    if not name:
        if not output:
            raise UsageError("nobody says where good rows go", "dq enforce", "say --output OUT, or --output-table NAME")
        return output
    if not output and not (within and sources):
        mend = f"say --output postgresql://host/db --output-table {name}"
        raise UsageError("--output-table names no database", "dq enforce", mend)
    return kinds.Table(output or (sources or [""])[0], name)


def exit_code(done: Enforcement, *, strict: bool = False) -> int:
    """What the shell is told: 0 passed or quarantined, 1 blocked (with *strict* also quarantined), 2 a rule erred."""
    return {"passed": 0, "quarantined": int(strict), "blocked": 1, "error": 2}[done.outcome]


def _show(done: Enforcement) -> None:
    from dq.report import ledger  # noqa: PLC0415  rich is heavy

    how: dict[str, Any] = page()
    if not done.ok:
        from dq import report  # noqa: PLC0415

        write(report.terminal(done.result, **how))
    short = done.batch.id[:16]
    told = {
        "Contract": done.result.contract,
        "Slot": str(done.batch.slot),
        "Rows": f"{done.rows_in:,} in, {done.rows_good:,} good, {done.rows_quarantined:,} bad{'' if done.ok else ', evidence'}",
        "Reasons": ", ".join(f"{item.check} {item.rows:,}" for item in done.reasons),
        "Blocked by": "; ".join(done.blocked_by),
        "Output": done.output or "nothing was published",
        "Batch": f"{short}  (dq quarantine rows {short})" if done.rows_quarantined else short,
    }
    write(ledger.card(str(done.outcome), told, **how))
