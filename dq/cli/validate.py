"""`dq validate`: check data against a contract."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq import settings
from dq.cli.output import page, replacing, writable, write
from dq.cli.progress import watched
from dq.errors import UsageError
from dq.settings import Settings

if TYPE_CHECKING:
    from dq.result import Result


class Format(StrEnum):
    """How a result is written."""

    TERMINAL = "terminal"
    JSON = "json"
    JUNIT = "junit"


_SUFFIXES = {".json": Format.JSON, ".xml": Format.JUNIT}
_WHAT, _HOW, _REPORT, _RUN = "What to check", "How text files are written", "What to report", "How to run"

Contracts = Annotated[
    str | None, typer.Option("--contracts", metavar="DIR", help="The folder of contracts.", rich_help_panel=_RUN)
]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error comes from.", rich_help_panel=_RUN)]


def validate(
    source: Annotated[
        list[str] | None,
        typer.Argument(help="Files, globs, folders or URLs of one dataset; none: what the contract's server says."),
    ] = None,
    *,
    contract: Annotated[
        str, typer.Option("--contract", "-c", metavar="REF", help="A path, or name, name@1.2.0, name@^1 in the contracts folder.")
    ],
    schema: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which schema object of the contract.", rich_help_panel=_WHAT)
    ] = None,
    references: Annotated[
        list[str] | None,
        typer.Option("--with", metavar="NAME=FILE", help="Another dataset that relationships look into.", rich_help_panel=_WHAT),
    ] = None,
    where: Annotated[
        str | None, typer.Option(metavar="SQL", help="Only rows that pass this condition.", rich_help_panel=_WHAT)
    ] = None,
    rules: Annotated[
        list[str] | None, typer.Option("--rule", metavar="ID", help="Only this rule.", rich_help_panel=_WHAT)
    ] = None,
    dimensions: Annotated[
        list[str] | None, typer.Option("--dimension", metavar="D", help="Only rules of this dimension.", rich_help_panel=_WHAT)
    ] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="T", help="Only rules with this tag.", rich_help_panel=_WHAT)
    ] = None,
    stage: Annotated[
        str | None,
        typer.Option(metavar="S", help="The stage of the pipeline; rules of others are left out.", rich_help_panel=_WHAT),
    ] = None,
    metadata_only: Annotated[
        bool, typer.Option("--metadata-only", help="Judge names and types of columns; read no rows.", rich_help_panel=_WHAT)
    ] = False,
    server: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which server of the contract.", rich_help_panel=_WHAT)
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(metavar="C", help=r"Between fields; \t is a tab.", rich_help_panel=_HOW)
    ] = None,
    quote: Annotated[str | None, typer.Option(metavar="C", help="Around fields; empty: none.", rich_help_panel=_HOW)] = None,
    encoding: Annotated[str | None, typer.Option(metavar="NAME", help="utf-8, latin-1, ...", rich_help_panel=_HOW)] = None,
    decimal: Annotated[str | None, typer.Option(metavar="C", help="The decimal mark.", rich_help_panel=_HOW)] = None,
    null_tokens: Annotated[
        list[str] | None,
        typer.Option("--null-token", metavar="TEXT", help="Null, whatever the rule, say NA.", rich_help_panel=_HOW),
    ] = None,
    timestamp_formats: Annotated[
        list[str] | None,
        typer.Option("--timestamp-format", metavar="F", help="strptime format, tried after ISO 8601.", rich_help_panel=_HOW),
    ] = None,
    no_header: Annotated[bool, typer.Option("--no-header", help="The first line is data.", rich_help_panel=_HOW)] = False,
    form: Annotated[
        Format | None,
        typer.Option("--format", "-f", help="Default: by the suffix of --out, else terminal.", rich_help_panel=_REPORT),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="Write the report there; the page still shows here.", rich_help_panel=_REPORT
        ),
    ] = None,
    bad: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Write every bad row with all its reasons: .parquet, .csv, .jsonl.", rich_help_panel=_REPORT
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="A warning is exit code 1 too.", rich_help_panel=_REPORT)] = False,
    memory_limit: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Of the engine: 512MB, 4GB.", rich_help_panel=_RUN)
    ] = None,
    threads: Annotated[int | None, typer.Option(min=0, metavar="N", help="0: all cores.", rich_help_panel=_RUN)] = None,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """Check data against a contract."""
    del debug  # the application reads it
    others = _references(references or [])
    files = [path for paths in others.values() for path in paths]
    _check_outputs(
        out, bad, [*(source or []), *files, *([contract] if Path(contract).is_file() else [])], metadata_only=metadata_only
    )
    reading = _reading(
        delimiter=delimiter,
        quote=quote,
        encoding=encoding,
        decimal=decimal,
        null_tokens=tuple(null_tokens) if null_tokens else None,
        timestamp_formats=tuple(timestamp_formats) if timestamp_formats else None,
        header=False if no_header else None,
    )
    from dq.run import validate as run  # noqa: PLC0415  engines are heavy

    with watched("reading") as progress:
        result = run(
            source or None,
            contract,
            schema=schema,
            references=others,
            stage=stage,
            where=where,
            rules=rules or (),
            dimensions=dimensions or (),
            tags=tags or (),
            metadata_only=metadata_only,
            server=server,
            reading=reading,
            settings=chosen(memory_limit=memory_limit, threads=threads, contracts=contracts),
            progress=progress,
        )
    _deliver(result, form, out, bad)
    raise typer.Exit(exit_code(result, strict=strict))


def exit_code(result: Result, *, strict: bool = False) -> int:
    """
    What the shell is told: 0 pass or warn, 1 a rule failed, 2 nothing failed but something could not run.

    With *strict*, 0 only when all passed.
    """
    if result.status in ("pass", "warn", "skip"):
        return int(strict and result.status != "pass")
    return 1 if result.status == "fail" else 2


def chosen(**said: Any) -> Settings:
    """The project's settings, changed by what was *said* on the command line."""
    return replace(settings.load(), **{name: value for name, value in said.items() if value is not None})


# -- arguments -------------------------------------------------------------------------------------------------------


def _references(said: Iterable[str]) -> dict[str, list[str]]:
    """`planes=planes.csv` as files by name; one name may be said several times."""
    files: dict[str, list[str]] = {}
    for item in said:
        name, equals, path = item.partition("=")
        if not (name and equals and path):
            raise UsageError(f"'{item}' is not NAME=FILE", "--with", "say --with planes=planes.csv")
        files.setdefault(name, []).append(path)
    return files


def _reading(**said: Any) -> dict[str, Any] | None:
    """The words said about text files; None when there are none."""
    words = {name: value for name, value in said.items() if value is not None}
    if words.get("delimiter") in ("\\t", "tab"):
        words["delimiter"] = "\t"
    for name in ("delimiter", "quote", "decimal"):
        text = words.get(name)
        if text is not None and len(text) != 1 and not (name == "quote" and not text):
            raise UsageError(f"'{text}' is not one character", f"--{name}", f"say --{name} ';'")
    return words or None


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


def _deliver(result: Result, form: Format | None, out: Path | None, bad: Path | None) -> None:
    """Write the files that were asked for and show the report; what cannot be written does not hide the verdict."""
    _spare([result.source], out, bad)  # where a server of the contract says what is read
    told: dict[str, Any] = {}
    try:
        if bad and result.bad is not None:
            with replacing(bad) as part:
                result.bad.write(part)
            told["bad_file"] = str(bad)
        if out:
            text = _rendered(result, form or _SUFFIXES.get(out.suffix.lower(), Format.TERMINAL), told)
            with replacing(out) as part:
                part.write_text(text, "utf-8")
    finally:
        shown = Format.TERMINAL if out else form or Format.TERMINAL
        write(_rendered(result, shown, page() | told), encoding=None if shown is Format.TERMINAL else "utf-8")


def _rendered(result: Result, form: Format, how: dict[str, Any]) -> str:
    from dq import report  # noqa: PLC0415  the wanted renderer alone

    if form is Format.JSON:
        return report.json(result)
    return report.junit(result) if form is Format.JUNIT else report.terminal(result, **how)
