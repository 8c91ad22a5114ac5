"""Assets that carry what their contract's gate found, and consumers that ask for it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import dq
from dq_airflow._compat import Asset, BaseOperator, Context
from dq_airflow.attempt import Attempt
from dq_airflow.errors import StageBlocked
from dq_airflow.outcome import Blocking, skips

ACCEPTED = ("passed", "quarantined")


def contract_asset(contract: str | os.PathLike[str] | dq.Contract, *, name: str | None = None, **kwargs: Any) -> Asset:
    """
    The asset of what a contract is about: `dq://flights/` for `flights@^1`. The contract is not read.

    Args:
        contract: a reference, a path, or a loaded contract; a path needs a *name*.
        name: of the asset; None: the contract's.
        kwargs: as of `Asset`.

    Raises:
        ValueError: a path, and no name.
    """
    ref = contract.ref if isinstance(contract, dq.Contract) else os.fspath(contract)
    called = name or ref.partition("@")[0]
    if name is None and ("/" in called or called.endswith((".yaml", ".yml"))):
        raise ValueError(f"contract_asset('{ref}'): a path does not say what the asset is called; say name='…'")
    extra = {**(kwargs.pop("extra", None) or {}), "dq_contract": ref}
    return Asset(name=called, uri=kwargs.pop("uri", f"dq://{called}/"), extra=extra, **kwargs)


def require_contract(asset: Asset, *, accept: Sequence[str] = ACCEPTED, **kwargs: Any) -> RequireContractOperator:
    """
    A task that lets a consumer go on only when every event that triggered it came from a gate whose outcome is accepted.

    Args:
        asset: the whole asset, not `Asset.ref()`, which gets no events.
        accept: of `passed` and `quarantined`, those that will do.
        kwargs: as of an operator; `task_id` is `require_<asset>` by default, `on_blocked` is `fail`, `skip`,
            `short_circuit` or `branch`.
    """
    kwargs.setdefault("task_id", f"require_{asset.name}")
    return RequireContractOperator(asset=asset, accept=accept, **kwargs)


@skips
class RequireContractOperator(BaseOperator, Blocking):
    """
    See `require_contract`. A run that no event triggered looks at the newest event of the asset.

    :param asset: the whole asset.
    :param accept: outcomes that will do.
    :param on_blocked: as of `ContractGateOperator`.
    :param blocked_branch: as of `ContractGateOperator`.
    """

    ui_color = "#e8f3ec"

    def __init__(
        self,
        *,
        asset: Asset,
        accept: Sequence[str] = ACCEPTED,
        on_blocked: str = "fail",
        blocked_branch: str | list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(asset, Asset):
            raise TypeError(f"{self.task_id}: {asset!r} is no Asset; a reference gets no events, so give the asset itself")
        if unknown := sorted(set(accept) - set(ACCEPTED)):
            raise ValueError(f"{self.task_id}: accept='{unknown[0]}' is none of {', '.join(ACCEPTED)}")
        self.asset = asset
        self.accept = tuple(accept)
        self.on_blocked = on_blocked
        self.blocked_branch = blocked_branch
        self.inlets: list[Any] = [*kwargs.get("inlets", ()), asset]
        self._check_decision()

    def execute(self, context: Context) -> Mapping[str, Any]:
        """Look at the events; hand on what the newest one says."""
        attempt = Attempt.of(context)
        said = [event.extra.get("dq") or {} for event in self._events(context)]
        unmet = [item.get("outcome", "no gate") for item in said if item.get("outcome") not in self.accept]
        if not said:
            unmet = ["no event"]
        if unmet:
            what = f"{attempt.where}: asset '{self.asset.name}' has {', '.join(sorted(set(unmet)))}"
            wanted = f"it wants {' or '.join(self.accept)}; see the gate that updates the asset"
            self._stop(context, StageBlocked(f"{what}\n  {wanted}", {"asset": self.asset.name, "unmet": unmet}))
            return {}
        self._go_on(context)
        newest: Mapping[str, Any] = said[-1]
        return newest

    def _events(self, context: Mapping[str, Any]) -> Sequence[Any]:
        triggering = context.get("triggering_asset_events")
        if triggering and self.asset in triggering:
            return tuple(triggering[self.asset])
        return tuple(context["inlet_events"][self.asset])[-1:]
