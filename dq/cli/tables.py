"""`dq validate --tables`: a whole contract against the tables of a database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq.cli.formats import Format, chosen_format
from dq.cli.output import page, replacing, write
from dq.errors import UsageError

if TYPE_CHECKING:
    from dq.result import Catalogue
    from dq.settings import Settings

_FORMATS = (Format.TERMINAL, Format.JSON)


def refuse(said: Mapping[str, object], wanted: Format, *, metadata_only: bool) -> None:
    """
    Refuse what means nothing for all tables of a database.

    Raises:
        UsageError: an option of *said* is about one table; rows were to be read; nobody writes *wanted* of many.
    """
    if not metadata_only:
        raise UsageError("all tables are looked at by the catalogue alone", "--tables", "say --metadata-only, too; or --table")
    if asked := [option for option, value in said.items() if value]:
        raise UsageError(f"{asked[0]} is about one table", "--tables", "leave one of them out")
    if wanted not in _FORMATS:
        raise UsageError(f"all tables are not written as {wanted}", "--format", "say terminal or json")


def judged(
    source: list[str] | None, contract: str, within: str, *, stage: str | None, server: str | None, settings: Settings
) -> Catalogue:
    """What the catalogue says. Raises UsageError when there is more than one database; else as `validate_tables`."""
    if source and len(source) != 1:
        raise UsageError("--tables needs one database", "SOURCE", "say postgresql://host/db --tables staging")
    from dq.catalogue import validate_tables  # noqa: PLC0415  engines are heavy

    return validate_tables(source[0] if source else None, contract, within=within, stage=stage, server=server, settings=settings)


def deliver(found: Catalogue, form: Format | None, out: Path | None) -> None:
    """Write the file that was asked for, and show the page."""
    from dq import report  # noqa: PLC0415  heavy

    how: dict[str, Any] = page()
    is_json = chosen_format(form, out) is Format.JSON
    if out:
        with replacing(out) as part:
            part.write_text(report.catalogue_json(found) if is_json else report.catalogue(found), "utf-8")
    is_json = is_json and not out
    write(report.catalogue_json(found) if is_json else report.catalogue(found, **how), encoding="utf-8" if is_json else None)
