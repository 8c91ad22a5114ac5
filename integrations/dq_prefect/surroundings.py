"""What a gate or a task of ours is told about its surroundings, and what comes of it in every call."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dq
from dq_prefect.blocks import ContractRegistry, DQStore
from dq_prefect.runs import Run


@dataclass(frozen=True, slots=True)
class Surroundings:
    """
    *settings* are those of the call, over those that hold where it runs; *store* and *contracts* are blocks, or their names.

    *artifacts*: whether runs get artifacts.
    """

    settings: dq.Settings | None = None
    store: DQStore | str | None = None
    contracts: ContractRegistry | str | None = None
    artifacts: bool = True

    def now(self, run: Run | None) -> Here:
        """As they are in this call: blocks are read, and the store is one that outlives the run."""
        store = _loaded(DQStore, self.store)
        settings = self.read(store)
        if run is not None:
            run.check_store(settings)
        return Here(run, settings, self.artifacts, *_reports(store, settings))

    def read(self, store: DQStore | None = None) -> dq.Settings:
        """The settings, with what the blocks say."""
        registry = _loaded(ContractRegistry, self.contracts)
        settings = self.settings or dq.Settings.load()
        settings = settings if registry is None else registry.settings(settings)
        return settings if store is None else store.settings(settings)


@dataclass(frozen=True, slots=True)
class Here:
    """The surroundings of one call: the run, None outside any; *reports* is the folder of reports, None for none."""

    run: Run | None
    settings: dq.Settings
    artifacts: bool
    reports: Path | None = None
    reports_url: str = ""


def _loaded(kind: Any, said: Any) -> Any:
    """
    The block that is meant, loaded by name in whatever thread or loop this is.

    Raises:
        UsageError: there is none of that name.
    """
    if not isinstance(said, str):
        return said
    try:
        return kind.load(said, _sync=True)
    except ValueError as error:
        mend = f"save it: {kind.__name__}(…).save('{said}')"
        raise dq.UsageError(f"no block '{said}' of type {kind.__name__}", "gate", mend) from error


def _reports(store: DQStore | None, settings: dq.Settings) -> tuple[Path | None, str]:
    if store is not None and store.reports:
        return Path(store.reports), store.reports_url
    return (None if settings.store_url else Path(".dq") / "reports"), ""
