"""A whole contract against the tables of a database: what the catalogue says of each, and of those that are not there."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dq import settings as settings_module
from dq.address import shown
from dq.contract import Contract, SchemaObject, load
from dq.errors import DqError, SourceError, UsageError
from dq.job import table_of
from dq.result import Absent, Catalogue, Result
from dq.run import validate
from dq.settings import Settings
from dq.source import Table

_PLAIN = re.compile(r"[A-Za-z_]\w*")


def validate_tables(
    database: object,
    contract: str | os.PathLike[str] | Contract,
    *,
    within: str = "",
    stage: str | None = None,
    server: str | None = None,
    settings: Settings | None = None,
) -> Catalogue:
    """
    Judge every schema object of *contract* by the catalogue of a database: names and types of columns, sizes; no row is read.

    Args:
        database: a SQLAlchemy URL, engine or connection; None: what the contract's server says.
        contract: a path, a reference such as `shop@^1`, or a loaded contract.
        within: the schema whose tables are meant (of MariaDB and MySQL the database, of SQLite `main`), "": the one that the
            connection is in. A schema object whose physical name has a schema is looked for there.
        stage: rules that name other stages are left out.
        server: which server of the contract.
        settings: instead of those of the folder and the environment.

    Raises:
        UsageError: the contract has no schema object. SourceError: there is no table at all, or the role may not see the
        catalogue. ContractError, WorldError: as `validate`. A table that is not there raises nothing: it is in the result.
    """
    settings = settings or settings_module.load()
    loaded = load(contract, contracts=settings.contracts)
    places = _places(loaded, database, within, server)
    there = {schema: _listed(table, schema, settings) for schema, table in _schemas(places).items()}
    if not any(there.values()):
        names = ", ".join(repr(schema) if schema else "that the connection is in" for schema in there)
        mend = "see that the schema is spelt as in the database, and that the role may see it"
        raise SourceError(f"there is no table in schema {names}", _shown(places), mend)
    results: list[Result] = []
    absent: list[Absent] = []
    for item, table in places.items():
        known = there[_schema(table)]
        if table.parts[-1] in known:
            results.append(validate(table, loaded, schema=item, stage=stage, metadata_only=True, settings=settings))
        else:
            absent.append(Absent(item, table.name, tuple(_near(table.parts[-1], known))))
    meant = {(_schema(table), table.parts[-1]) for table in places.values()}
    extra = tuple(name for schema, names in there.items() for name in names if (schema, name) not in meant)
    return Catalogue(loaded.ref, _shown(places), tuple(results), tuple(absent), extra)


def _places(contract: Contract, database: object, within: str, server: str | None) -> Mapping[str, Table]:
    """The table that each schema object is said to be."""
    if not contract.objects:
        raise UsageError("the contract has no schema", contract.ref, "declare its schema objects")
    if database is None:
        said = [(item, table_of(contract, server, item.name)) for item in contract.objects]
        return {item.name: _named(table.database, within, item) if within else table for item, table in said}
    return {item.name: _named(database, within, item) for item in contract.objects}


def _named(database: Any, within: str, item: SchemaObject) -> Table:
    given = Table(database, item.physical_name or item.name)
    parts = given.parts if len(given.parts) > 1 or not within else (within, *given.parts)
    return Table(database, ".".join(map(_quoted, parts)))


def _quoted(part: str) -> str:
    return part if _PLAIN.fullmatch(part) else '"' + part.replace('"', '""') + '"'


def _schema(table: Table) -> str:
    return table.parts[-2] if len(table.parts) > 1 else ""


def _schemas(places: Mapping[str, Table]) -> dict[str, Table]:
    """The schemas that are looked into, each with a table that is said to lie there."""
    return {_schema(table): table for table in places.values()}


def _listed(table: Table, schema: str, settings: Settings) -> list[str]:
    from dq.engines.database import tables_beside  # noqa: PLC0415  heavy

    try:
        return tables_beside(table, schema, timeout=settings.statement_timeout)
    except DqError as error:
        if error.retryable or isinstance(error, UsageError | SourceError):
            raise
        mend = "see that the schema is spelt as in the database, and that the role may see it"
        raise SourceError(error.what, f"{shown(table.url)} {schema}".rstrip(), mend) from None


def _near(name: str, known: list[str]) -> Iterator[str]:
    """What a table that is not there may be called."""
    close = difflib.get_close_matches(name, known, n=3)
    yield from close or (item for item in known if item.lower() == name.lower())


def _shown(places: Mapping[str, Table]) -> str:
    """Where the tables are, without a secret."""
    url = shown(next(iter(places.values())).url)
    schemas = [schema for schema in _schemas(places) if schema]
    return f"{url} {', '.join(schemas)}".rstrip()
