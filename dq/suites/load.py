"""Which tool a suite is of, told by what it is; and the rules that a contract hands to another tool."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from dq.checks import Check, Gap
from dq.contract import Contract, Rule, SchemaObject
from dq.errors import ContractError, UsageError
from dq.suites.model import Suite

_ENGINES = {"Great Expectations": "greatExpectations", "pandera": "pandera", "dbt": "dbt"}
Given = str | os.PathLike[str] | Mapping[str, Any] | Suite | object


def load(given: Given, *, parameters: Mapping[str, Any] | None = None, allow_code: Sequence[str] = ()) -> Suite:
    """
    The suite that *given* is, or names.

    Raises:
        ContractError: something in it is wrong; the error holds every fault. UsageError: it is no suite.
    """
    from dq.suites.dbt import read as dbt  # noqa: PLC0415
    from dq.suites.gx import read as gx  # noqa: PLC0415  reading a contract needs none of it
    from dq.suites.pandera import read as pandera  # noqa: PLC0415

    if isinstance(given, Suite):
        return given
    if pandera.is_suite(given):
        return pandera.read(given, allow_code=allow_code)
    if dbt.is_suite(given):
        return dbt.read(given)
    if isinstance(given, str | os.PathLike) or gx.is_suite(given):
        return gx.read(given, parameters=parameters, allow_code=allow_code)
    kind = f"{type(given).__module__}.{type(given).__qualname__}"
    raise UsageError(
        f"a {kind} is no suite", "suites", "give its path, a mapping, an ExpectationSuite, a pandera schema or module:Name"
    )


def as_contract(suite: Suite) -> Contract:
    """A contract that promises nothing of its own, and keeps what the suite was read from."""
    rule = {"type": "custom", "engine": _ENGINES[suite.tool], "implementation": suite.document}
    document = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": suite.name,
        "name": suite.name,
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": suite.name, "quality": [rule]}],
    }
    item = SchemaObject(suite.place, suite.name)
    return Contract(suite.place, suite.name, suite.name, "", "v3.1.0", "active", document, suite.sha256, (item,))


def custom(rule: Rule, column: str, *, allow_code: Sequence[str] = ()) -> tuple[tuple[Check, ...], tuple[Gap, ...]] | None:
    """
    What a contract's `type: custom` rule of another tool becomes, on *column* when it is written on a property.

    None: nobody knows its engine.

    Raises:
        ContractError: it cannot mean anything; the error holds every fault.
    """
    engine = rule.engine.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    if engine == "pandera":
        from dq.suites.pandera.read import of_rule  # noqa: PLC0415

        suite = of_rule(rule, column, allow_code=allow_code)
        return suite.checks, suite.gaps
    if engine not in ("greatexpectations", "gx"):
        return None
    from dq.suites.gx.rule import entries  # noqa: PLC0415
    from dq.suites.gx.translate import translate  # noqa: PLC0415

    found = translate(entries(rule, column), parameters={}, allow_code=allow_code)
    if found.faults:
        raise ContractError(found.faults)
    return tuple(found.checks), tuple(found.gaps)
