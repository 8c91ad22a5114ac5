"""Options that several commands share, and what they mean: said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import typer

from dq import settings, source
from dq.errors import UsageError
from dq.settings import Settings

WHAT, HOW, REPORT, RUN = "What to check", "How text files are written", "What to report", "How to run"

Sources = Annotated[
    list[str] | None,
    typer.Argument(help="Files, globs, folders or URLs of one dataset, or a database; none: what the contract's server says."),
]
Table = Annotated[
    str | None, typer.Option("--table", metavar="NAME", help="Of the database: orders, staging.orders.", rich_help_panel=WHAT)
]
Query = Annotated[
    str | None, typer.Option("--query", metavar="SELECT", help="Over the database, instead of a table.", rich_help_panel=WHAT)
]
Contract = Annotated[
    str, typer.Option("--contract", "-c", metavar="REF", help="A path, or name, name@1.2.0, name@^1 in the contracts folder.")
]
Suites = Annotated[
    list[str] | None,
    typer.Option(
        "--suite",
        metavar="REF",
        help="Expectations of another tool: a Great Expectations suite.json or FOLDER#NAME, pandera, dbt's schema.yml#MODEL.",
        rich_help_panel=WHAT,
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="NAME=VALUE", help="A $PARAMETER of a suite.", rich_help_panel=WHAT),
]
Schema = Annotated[str | None, typer.Option(metavar="NAME", help="Which schema object of the contract.", rich_help_panel=WHAT)]
References = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="NAME=FILE",
        help="Another dataset that relationships look into; of a database, NAME=TABLE.",
        rich_help_panel=WHAT,
    ),
]
Where = Annotated[str | None, typer.Option(metavar="SQL", help="Only rows that pass this condition.", rich_help_panel=WHAT)]
Server = Annotated[str | None, typer.Option(metavar="NAME", help="Which server of the contract.", rich_help_panel=WHAT)]
Dataset = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What results are recorded under, when not CONTRACT.OBJECT.", rich_help_panel=WHAT),
]
Delimiter = Annotated[str | None, typer.Option(metavar="C", help=r"Between fields; \t is a tab.", rich_help_panel=HOW)]
Quote = Annotated[str | None, typer.Option(metavar="C", help="Around fields; empty: none.", rich_help_panel=HOW)]
Encoding = Annotated[str | None, typer.Option(metavar="NAME", help="utf-8, latin-1, ...", rich_help_panel=HOW)]
DecimalMark = Annotated[str | None, typer.Option(metavar="C", help="The decimal mark.", rich_help_panel=HOW)]
NullTokens = Annotated[
    list[str] | None, typer.Option("--null-token", metavar="TEXT", help="Null, whatever the rule, say NA.", rich_help_panel=HOW)
]
TimestampFormats = Annotated[
    list[str] | None,
    typer.Option("--timestamp-format", metavar="F", help="strptime format, tried after ISO 8601.", rich_help_panel=HOW),
]
NoHeader = Annotated[bool, typer.Option("--no-header", help="The first line is data.", rich_help_panel=HOW)]
MemoryLimit = Annotated[str | None, typer.Option(metavar="SIZE", help="Of the engine: 512MB, 4GB.", rich_help_panel=RUN)]
Threads = Annotated[int | None, typer.Option(min=0, metavar="N", help="0: all cores.", rich_help_panel=RUN)]
Contracts = Annotated[
    str | None, typer.Option("--contracts", metavar="DIR", help="The folder of contracts.", rich_help_panel=RUN)
]
Debug = Annotated[bool, typer.Option("--debug", help="Show where an error comes from.", rich_help_panel=RUN)]


def chosen(**said: Any) -> Settings:
    """The project's settings, changed by what was *said* on the command line."""
    return replace(settings.load(), **{name: value for name, value in said.items() if value is not None})


def given(sources: list[str] | None, table: str | None, query: str | None) -> list[str] | source.Table | None:
    """The source that was said: files, or a table or query of a database."""
    if table is None and query is None:
        return sources or None
    if not sources or len(sources) != 1:
        raise UsageError("--table and --query need one database", "SOURCE", "say postgresql://host/db --table orders")
    return source.Table(sources[0], table or "", query or "")


def referenced(said: Iterable[str]) -> dict[str, list[str]]:
    """`planes=planes.csv` as files by name; one name may be said several times."""
    files: dict[str, list[str]] = {}
    for item in said:
        name, equals, path = item.partition("=")
        if not (name and equals and path):
            raise UsageError(f"'{item}' is not NAME=FILE", "--with", "say --with planes=planes.csv")
        files.setdefault(name, []).append(path)
    return files


def suited(said: Iterable[str], parameters: Iterable[str]) -> list[object]:
    """The suites that are named; with parameters they are read here, for these are theirs."""
    values = dict(_parameter(item) for item in parameters)
    if not values:
        return list(said)
    from dq.run import load_suite  # noqa: PLC0415  heavy

    return [load_suite(item, parameters=values) for item in said]


def _parameter(item: str) -> tuple[str, str | int | float]:
    name, equals, text = item.partition("=")
    if not (name and equals):
        raise UsageError(f"'{item}' is not NAME=VALUE", "--parameter", "say --parameter limit=5")
    for kind in (int, float):
        try:
            return name, kind(text)
        except ValueError:
            continue
    return name, text


def dialect(*, no_header: bool = False, **said: Any) -> dict[str, Any] | None:
    """The words said about text files; None when there are none."""
    words = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items() if value not in (None, [])}
    if no_header:
        words["header"] = False
    if words.get("delimiter") in ("\\t", "tab"):
        words["delimiter"] = "\t"
    for name in ("delimiter", "quote", "decimal"):
        text = words.get(name)
        if text is not None and len(text) != 1 and not (name == "quote" and not text):
            raise UsageError(f"'{text}' is not one character", f"--{name}", f"say --{name} ';'")
    return words or None
