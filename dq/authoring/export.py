"""A contract, or a suite, written for another tool."""

from __future__ import annotations

import os
from collections.abc import Sequence

from dq import settings as settings_module
from dq.contract import Contract, load, resolved
from dq.errors import UsageError
from dq.plan import Field, compile
from dq.settings import Settings
from dq.sql import Base
from dq.suites import Suite, Written
from dq.suites.model import Declared
from dq.suites.pandera.write import written


def to_pandera(
    given: str | os.PathLike[str] | Contract | Suite,
    *,
    schema: str | None = None,
    api: str = "pandas",
    settings: Settings | None = None,
) -> Written:
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
        return written(given.name, given.columns, given.checks, given.gaps, api=api)
    settings = settings or settings_module.load()
    contract = load(given, contracts=settings.contracts)
    found = [item for item in contract.objects if schema in (None, item.name, item.physical_name)]
    if len(found) != 1:
        listed = ", ".join(item.name for item in contract.objects) or "none"
        what = f"no schema object '{schema}'" if schema else "the contract has not one schema object"
        raise UsageError(what, contract.ref, f"say schema=NAME, one of: {listed}")
    plan = compile(contract, resolved(found[0], os.environ), allow_code=settings.allow_code)
    sources = {item.name: item.source for item in plan.fields}
    return written(plan.object, _declared(plan.fields), plan.checks, plan.gaps, api=api, sources=sources)


def _declared(fields: Sequence[Field]) -> tuple[Declared, ...]:
    return tuple(
        Declared(item.name, item.kind, coerced=item.kind is not None and item.kind.base is not Base.TEXT) for item in fields
    )
