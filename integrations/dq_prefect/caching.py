"""A cache that knows contracts: with another version of one, a cached task runs again, and its gate too."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from prefect.cache_policies import CachePolicy

import dq
from dq_prefect.surroundings import Surroundings


@dataclass(init=False)
class ContractVersion(CachePolicy):
    """
    A part of a cache key: the contents of *contracts*, as they are where the task runs.

        @task(cache_policy=INPUTS + ContractVersion("orders@^1"))

    Gates outside a `@task` add it themselves. A contract that cannot be read gives no cache key: nothing is cached.
    """

    refs: tuple[Any, ...] = ()
    surroundings: Surroundings = field(default_factory=Surroundings)

    def __init__(self, *contracts: Any, surroundings: Surroundings | None = None) -> None:
        super().__init__()
        self.refs = contracts
        self.surroundings = surroundings or Surroundings()

    def compute_key(self, task_ctx: Any, inputs: Any, flow_parameters: Any, **kwargs: Any) -> str | None:
        """The SHA-256 of what the contracts say."""
        del task_ctx, inputs, flow_parameters, kwargs
        folder = self.surroundings.read().contracts
        said = [dq.load_contract(ref, contracts=folder).sha256 for ref in self.refs]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()
