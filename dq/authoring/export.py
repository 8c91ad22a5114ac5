"""A contract, or a suite, written for another tool."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dq import settings as settings_module
from dq.contract import Contract, load, resolved
from dq.errors import UsageError
from dq.plan import Field, Plan, compile
from dq.settings import Settings
from dq.sql import Base
from dq.suites import Suite, Written
from dq.suites.dbt.translate import TOOL as DBT
from dq.suites.dbt.write import as_read as dbt_as_read
from dq.suites.dbt.write import written as dbt
from dq.suites.gx.translate import TOOL
from dq.suites.gx.write import as_read as gx_as_read
from dq.suites.gx.write import written as great_expectations
from dq.suites.model import Declared
from dq.suites.pandera.write import written as pandera

Given = str | os.PathLike[str] | Contract | Suite


def to_pandera(given: Given, *, schema: str | None = None, api: str = "pandas", settings: Settings | None = None) -> Written:
    """
    *given*, a contract or a suite, as a pandera schema for frames of *api*: its source, and by `build()` the object.

    Integers are asked for as pandera's nullable ones, with `coerce`: a contract looks at values, not at how they are stored.

    Args:
        given: a path, a reference such as `flights@^1`, a loaded contract, or a suite of `load_suite`.
        schema: which schema object, when the contract has several.
        api: `pandas` or `polars`.
        settings: instead of those of the folder and the environment.

    Raises:
        ContractError: the contract is not there, or not valid. UsageError: no such schema object or api.
    """
    if isinstance(given, Suite):
        return pandera(given.name, given.columns, given.checks, given.gaps, api=api)
    plan = _plan(given, schema, settings)
    return pandera(plan.object, _declared(plan.fields), plan.checks, plan.gaps, api=api, sources=_sources(plan))


def to_great_expectations(given: Given, *, schema: str | None = None, settings: Settings | None = None) -> Written:
    """
    *given* as a suite of Great Expectations 1.x: its JSON, and by `build()` an ExpectationSuite; arguments as `to_pandera`.

    A mode that its severities cannot say is kept in the entry's meta, where dq finds it again.

    Raises:
        ContractError, UsageError: as `to_pandera`.
    """
    if isinstance(given, Suite):
        return gx_as_read(given) if given.tool == TOOL else great_expectations(given.name, given.checks, given.gaps)
    plan = _plan(given, schema, settings)
    return great_expectations(plan.object, plan.checks, plan.gaps, sources=_sources(plan))


def to_dbt(given: Given, *, schema: str | None = None, settings: Settings | None = None) -> Written:
    """
    *given* as the YAML of a dbt model and its data tests, some of dbt-utils and dbt-expectations; arguments as `to_pandera`.

    Raises:
        ContractError, UsageError: as `to_pandera`.
    """
    if isinstance(given, Suite):
        return dbt_as_read(given) if given.tool == DBT else dbt(given.name, given.checks, given.gaps)
    plan = _plan(given, schema, settings)
    return dbt(plan.object, plan.checks, plan.gaps, sources=_sources(plan))


def _plan(given: str | os.PathLike[str] | Contract, schema: str | None, settings: Settings | None) -> Plan:
    settings = settings or settings_module.load()
    contract = load(given, contracts=settings.contracts)
    found = [item for item in contract.objects if schema in (None, item.name, item.physical_name)]
    if len(found) != 1:
        listed = ", ".join(item.name for item in contract.objects) or "none"
        what = f"no schema object '{schema}'" if schema else "the contract has not one schema object"
        raise UsageError(what, contract.ref, f"say schema=NAME, one of: {listed}")
    return compile(contract, resolved(found[0], os.environ), allow_code=settings.allow_code)


def _sources(plan: Plan) -> dict[str, str]:
    return {item.name: item.source for item in plan.fields}


def _declared(fields: Sequence[Field]) -> tuple[Declared, ...]:
    return tuple(
        Declared(item.name, item.kind, coerced=item.kind is not None and item.kind.base is not Base.TEXT) for item in fields
    )
