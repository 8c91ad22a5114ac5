"""`dq profile`: what the columns of data hold."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dq.cli.options import Contracts, Debug, Query, Table, chosen, given
from dq.cli.output import explain, page, replacing, writable, write
from dq.cli.progress import watched


class ProfileFormat(StrEnum):
    """How a profile is written."""

    TERMINAL = "terminal"
    JSON = "json"


def profile(
    source: Annotated[list[str], typer.Argument(help="Files, globs, folders or URLs of one dataset, or a database.")],
    *,
    contract: Annotated[
        str, typer.Option("--contract", "-c", metavar="REF", help="Read text as it declares, mask what it calls sensitive.")
    ] = "",
    table: Table = None,
    query: Query = None,
    schema: Annotated[str | None, typer.Option(metavar="NAME", help="Which schema object of the contract.")] = None,
    where: Annotated[str | None, typer.Option(metavar="SQL", help="Only rows that pass this condition.")] = None,
    delimiter: Annotated[str | None, typer.Option(metavar="C", help=r"Between fields of text files; \t is a tab.")] = None,
    form: Annotated[ProfileFormat | None, typer.Option("--format", "-f", help="Default: by the suffix of --out.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Write there, not here.")] = None,
    memory_limit: Annotated[str | None, typer.Option(metavar="SIZE", help="Of the engine: 512MB, 4GB.")] = None,
    threads: Annotated[int | None, typer.Option(min=0, metavar="N", help="0: all cores.")] = None,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """
    Say what every column holds: nulls, different values, extremes, quantiles, frequent values and shapes.

    Of a table the database says the first three, means and lengths; quantiles, frequent values and shapes are not looked into.

    Exit codes: 0 done, 2 wrong usage, contract or input, 3 the world failed: try again.
    """
    del debug  # the application reads it
    if out is not None:
        writable(out, "--out")
    from dq import report  # noqa: PLC0415  heavy
    from dq.run import profile as run  # noqa: PLC0415  engines are heavy

    with watched("reading") as progress:
        found = run(
            given(source, table, query),
            contract,
            schema=schema,
            where=where,
            reading=None if delimiter is None else {"delimiter": "\t" if delimiter in ("\\t", "tab") else delimiter},
            settings=chosen(memory_limit=memory_limit, threads=threads, contracts=contracts),
            progress=progress,
        )
    name = source[0] if len(source) == 1 else f"{source[0]} and {len(source) - 1} more"
    if table is not None or query is not None:
        name = str(given(source, table, query))
        explain("note: quantiles, frequent values and shapes are not looked into on a database")
    is_json = form is ProfileFormat.JSON or (form is None and out is not None and out.suffix.lower() == ".json")
    if out is not None:
        with replacing(out) as part:
            part.write_text(report.profile_json(found, name) if is_json else report.profile(found, name), "utf-8")
        return
    told = report.profile_json(found, name) if is_json else report.profile(found, name, **page())  # type: ignore[arg-type]
    write(told, encoding="utf-8" if is_json else None)
