"""`dq validate`: check data against a contract."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli import options
from dq.cli.formats import Format, chosen_format, rendered
from dq.cli.output import page, replacing, writable, write
from dq.cli.progress import watched
from dq.cli.tables import deliver, judged, refuse
from dq.errors import UsageError

if TYPE_CHECKING:
    from dq.result import Catalogue, Result


def validate(
    source: options.Sources = None,
    *,
    contract: options.Contract = "",
    suites: options.Suites = None,
    parameters: options.Parameters = None,
    table: options.Table = None,
    query: options.Query = None,
    schema: options.Schema = None,
    references: options.References = None,
    where: options.Where = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", help="Only this rule.", rich_help_panel=options.WHAT)
    ] = None,
    dimensions: Annotated[
        list[str] | None,
        typer.Option("--dimension", metavar="D", help="Only rules of this dimension.", rich_help_panel=options.WHAT),
    ] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="T", help="Only rules with this tag.", rich_help_panel=options.WHAT)
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="S", help="The stage of the pipeline; rules of others are left out.", rich_help_panel=options.WHAT),
    ] = None,
    metadata_only: Annotated[
        bool,
        typer.Option(
            "--metadata-only",
            help="Judge names and types of columns, and tables' sizes; read no rows.",
            rich_help_panel=options.WHAT,
        ),
    ] = False,
    tables: Annotated[
        str | None,
        typer.Option(
            "--tables",
            metavar="SCHEMA",
            help="With --metadata-only: all tables of this schema of the database, against the whole contract.",
            rich_help_panel=options.WHAT,
        ),
    ] = None,
    server: options.Server = None,
    delimiter: options.Delimiter = None,
    quote: options.Quote = None,
    encoding: options.Encoding = None,
    decimal: options.DecimalMark = None,
    null_tokens: options.NullTokens = None,
    timestamp_formats: options.TimestampFormats = None,
    no_header: options.NoHeader = False,
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="Default: by the suffix of --out, else terminal.", rich_help_panel=options.REPORT),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write the report there; the page still shows here.",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    bad: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write every bad row with all its reasons: .parquet, .csv, .jsonl.",
            rich_help_panel=options.REPORT,
        ),
    ] = None,
    profile: Annotated[
        bool,
        typer.Option("--profile", help="Say what every column holds, too; html always does.", rich_help_panel=options.REPORT),
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="A warning is exit code 1 too.", rich_help_panel=options.REPORT)
    ] = False,
    no_record: Annotated[
        bool, typer.Option("--no-record", help="Leave a configured store alone.", rich_help_panel=options.RUN)
    ] = False,
    memory_limit: options.MemoryLimit = None,
    threads: options.Threads = None,
    contracts: options.Contracts = None,
    debug: options.Debug = False,
) -> None:
    """Check data against a contract, or the suite of another tool."""
    del debug  # the application reads it
    others = options.referenced(references or [])
    files = [path for paths in others.values() for path in paths]
    _check_outputs(
        out,
        bad,
        [*(source or []), *files, *(path for path in (contract, *(suites or [])) if Path(path).is_file())],
        metadata_only=metadata_only,
    )
    if tables is not None:
        about_one: dict[str, object] = {"--table": table, "--query": query, "--schema": schema, "--where": where}
        about_one |= {"--suite": suites, "--with": references, "--rule": rules, "--dimension": dimensions, "--tag": tags}
        refuse(about_one | {"--profile": profile}, chosen_format(form, out), metadata_only=metadata_only)
        how = options.chosen(contracts=contracts)
        found = judged(source, contract, tables, stage=stage, server=server, settings=how)
        deliver(found, form, out)
        raise typer.Exit(exit_code(found, strict=strict))
    reading = options.dialect(
        delimiter=delimiter,
        quote=quote,
        encoding=encoding,
        decimal=decimal,
        null_tokens=null_tokens,
        timestamp_formats=timestamp_formats,
        no_header=no_header,
    )
    from dq.run import validate as run  # noqa: PLC0415  engines are heavy

    with watched("reading") as progress:
        result = run(
            options.given(source, table, query),
            contract,
            suites=options.suited(suites or (), parameters or ()),
            schema=schema,
            references=others,
            stage=stage,
            where=where,
            rules=rules or (),
            dimensions=dimensions or (),
            tags=tags or (),
            metadata_only=metadata_only,
            profile=profile or (chosen_format(form, out) is Format.HTML and not metadata_only),
            server=server,
            reading=reading,
            settings=options.chosen(memory_limit=memory_limit, threads=threads, contracts=contracts),
            progress=progress,
            record=False if no_record else None,
        )
    _deliver(result, form, out, bad, columns=profile)
    raise typer.Exit(exit_code(result, strict=strict))


def exit_code(result: Result | Catalogue, *, strict: bool = False) -> int:
    """
    What the shell is told: 0 pass or warn, 1 a rule failed, 2 nothing failed but something could not run.

    With *strict*, 0 only when all passed.
    """
    if result.status in ("pass", "warn", "skip"):
        return int(strict and result.status != "pass")
    return 1 if result.status == "fail" else 2


# -- arguments -------------------------------------------------------------------------------------------------------


def _check_outputs(out: Path | None, bad: Path | None, inputs: list[str], *, metadata_only: bool) -> None:
    """Refuse, before any work, outputs that cannot be written or would overwrite what is read."""
    if bad and metadata_only:
        raise UsageError("--metadata-only reads no rows", "--bad", "leave one of them out")
    if bad and bad.suffix.lower() not in (".parquet", ".csv", ".jsonl", ".ndjson"):
        raise UsageError(f"cannot write bad rows as '{bad.suffix}'", "--bad", "end the name in .parquet, .csv or .jsonl")
    if bad and out and bad.absolute() == out.absolute():
        raise UsageError("both write to the same file", "--bad and --out", "name two files")
    for option, path in (("--out", out), ("--bad", bad)):
        if path is not None:
            writable(path, option)
    _spare(inputs, out, bad)


def _spare(inputs: Iterable[str], out: Path | None, bad: Path | None) -> None:
    """Refuse to write over, or into a folder of, what is read."""
    for option, path in (("--out", out), ("--bad", bad)):
        if path is not None and any(_reads(given, path) for given in inputs):
            raise UsageError(f"{path} is among the files that are read", option, "name another file")


def _reads(given: str, path: Path) -> bool:
    """Whether *path* is *given*, or one of the files that it stands for."""
    if "://" in given:
        return False
    found = [given] if os.path.exists(given) else glob.glob(given, recursive=True)  # noqa: PTH110, PTH207  as engines do
    place = path.resolve()
    return any(
        place == Path(item).resolve() or (Path(item).is_dir() and place.is_relative_to(Path(item).resolve())) for item in found
    )


# -- results ---------------------------------------------------------------------------------------------------------


def _deliver(result: Result, form: Format | None, out: Path | None, bad: Path | None, *, columns: bool) -> None:
    """
    Write the files that were asked for and show the report; what cannot be written does not hide the verdict.

    The terminal says what the columns hold only when *columns* were asked for.
    """
    _spare([result.source], out, bad)  # where a server of the contract says what is read
    told: dict[str, Any] = {}
    try:
        if bad and result.bad is not None:
            with replacing(bad) as part:
                result.bad.write(part)
            told["bad_file"] = str(bad)
        if out:
            text = rendered(result, chosen_format(form, out), told)
            with replacing(out) as part:
                part.write_text(text, "utf-8")
    finally:
        shown = Format.TERMINAL if out else form or Format.TERMINAL
        seen = result if columns or shown is not Format.TERMINAL else replace(result, profile=())
        write(rendered(seen, shown, page() | told), encoding=None if shown is Format.TERMINAL else "utf-8")
