"""`dq contract …`: for people who write contracts."""

from __future__ import annotations

import json
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dq.cli.options import Contracts, Debug, chosen
from dq.cli.output import page, write
from dq.errors import ContractError, UsageError
from dq.report.hostile import json_safe, shown_lines

if TYPE_CHECKING:
    from dq.contract import Contract, Lint

LINT_VERSION = "1.0"

app = typer.Typer(name="contract", help="Look at contracts.", no_args_is_help=True)


class LintFormat(StrEnum):
    """How faults are written."""

    TERMINAL = "terminal"
    JSON = "json"


class ShowFormat(StrEnum):
    """How a contract is written."""

    TERMINAL = "terminal"
    YAML = "yaml"


@app.command("lint")
def lint(
    files: Annotated[list[Path], typer.Argument(help="Contract files, or folders of *.odcs.yaml.")],
    *,
    form: Annotated[LintFormat, typer.Option("--format", "-f")] = LintFormat.TERMINAL,
    schema: Annotated[Path | None, typer.Option(metavar="FILE", help="Judge by this JSON schema, not the official one.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings alone are exit code 1.")] = False,
    debug: Debug = False,
) -> None:
    """
    Print everything that is wrong with contracts.

    Exit codes: 0 nothing, or warnings alone, 1 warnings alone with --strict, 2 a contract is wrong.
    """
    del debug  # the application reads it
    found = {str(path): _faults(path, schema) for path in _files(files)}
    write(_json(found) if form is LintFormat.JSON else _lines(found), encoding="utf-8" if form is LintFormat.JSON else None)
    severities = {str(item.severity) for items in found.values() for item in items}
    raise typer.Exit(2 if "error" in severities else int(strict and bool(severities)))


@app.command("show")
def show(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A path, or name, name@1.2.0, name@^1 in the contracts folder.")],
    *,
    form: Annotated[ShowFormat, typer.Option("--format", "-f")] = ShowFormat.TERMINAL,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """Print a contract: columns, types, rules, and which clauses nobody enforces."""
    del debug  # the application reads it
    from dq.contract import dump, load  # noqa: PLC0415  a JSON schema is heavy

    contract = load(ref, contracts=chosen(contracts=contracts).contracts)
    write(dump(contract) if form is ShowFormat.YAML else _page(contract))


class Tool(StrEnum):
    """Who is to read the export."""

    GX = "gx"
    PANDERA = "pandera"
    DBT = "dbt"


@app.command("export")
def export(
    ref: Annotated[str, typer.Argument(metavar="REF", help="A path, or name, name@1.2.0, name@^1 in the contracts folder.")],
    *,
    to: Annotated[Tool, typer.Option("--to", help="Great Expectations' JSON, pandera's Python, dbt's YAML.")],
    schema: Annotated[str | None, typer.Option(metavar="NAME", help="Which schema object of the contract.")] = None,
    contracts: Contracts = None,
    debug: Debug = False,
) -> None:
    """
    Print a contract as another tool's own file; what that tool cannot say is listed on the error stream.

    Exit codes: 0 written, 2 no such contract.
    """
    del debug  # the application reads it
    from dq.authoring.export import to_dbt, to_great_expectations, to_pandera  # noqa: PLC0415  sqlglot is heavy

    say = {Tool.GX: to_great_expectations, Tool.PANDERA: to_pandera, Tool.DBT: to_dbt}[to]
    done = say(ref, schema=schema, settings=chosen(contracts=contracts))
    write(done.text, encoding="utf-8")
    for gap in done.left_out:
        typer.echo(f"not said: {gap.clause.place}: {gap.reason}", err=True)


def _page(contract: Contract) -> str:
    from dq import report  # noqa: PLC0415  rich is not for everybody
    from dq.plan import compile as plan  # noqa: PLC0415  sqlglot is heavy

    how: dict[str, Any] = page()
    return report.contract(contract, {item.name: plan(contract, item) for item in contract.objects}, **how)


# -- lint ------------------------------------------------------------------------------------------------------------


def _files(given: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in given:
        inside = sorted(path.rglob("*.odcs.yaml")) if path.is_dir() else [path]
        if not inside:
            raise UsageError("the folder holds no *.odcs.yaml", str(path), "name contract files")
        files += inside
    return files


def _faults(path: Path, schema: Path | None) -> list[Lint]:
    """What is wrong with the document; when it is sound, what is wrong with its rules."""
    from dq.contract import lint as judge  # noqa: PLC0415  a JSON schema is heavy

    found = list(judge(path, schema=schema))
    return found if any(item.severity == "error" for item in found) else [*_rules(path), *found]


def _rules(path: Path) -> list[Lint]:
    """Rules that cannot be compiled."""
    from dq.contract import Lint, load  # noqa: PLC0415
    from dq.plan import compile as plan  # noqa: PLC0415

    contract = load(path)
    found: list[Lint] = []
    for item in contract.objects:
        try:
            plan(contract, item)
        except ContractError as error:
            found += map(Lint, error.faults)
    return found


def _lines(found: dict[str, list[Lint]]) -> str:
    count = Counter(str(item.severity) for items in found.values() for item in items)
    lines = [shown_lines(str(item)) for items in found.values() for item in items]
    lines += [shown_lines(f"{name}: no faults") for name, items in found.items() if not items]
    if count:
        told = ", ".join(f"{count[word]} {word}{'' if count[word] == 1 else 's'}" for word in ("error", "warning") if count[word])
        lines.append(f"{len(found)} file{'' if len(found) == 1 else 's'}: {told}")
    return "\n".join(lines) + "\n"


def _json(found: dict[str, list[Lint]]) -> str:
    documents = [
        {
            "document": name,
            "faults": [
                {
                    "severity": str(item.severity),
                    "line": item.fault.place.line or None,
                    "path": item.fault.place.path,
                    "problem": item.fault.problem,
                    "mend": item.fault.mend,
                }
                for item in items
            ],
        }
        for name, items in found.items()
    ]
    return json_safe(json.dumps({"schema_version": LINT_VERSION, "documents": documents}, ensure_ascii=False, indent=2)) + "\n"
