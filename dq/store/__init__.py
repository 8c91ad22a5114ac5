"""The store: what is remembered of runs and dead letters. SQLite beside the project, or PostgreSQL."""

from dq.store.facts import facts_of
from dq.store.model import (
    AuditEntry,
    Batch,
    CheckFacts,
    Claim,
    ContractFacts,
    Hashes,
    Metric,
    Part,
    Problem,
    Reason,
    ReplayFacts,
    RowAction,
    RowRange,
    RowState,
    Run,
    RunFacts,
    Settlement,
    Slot,
    State,
    TakenOver,
    new_id,
)
from dq.store.replays import decidable
from dq.store.rows import ranges_of
from dq.store.stats import Broken, Standing, Stats
from dq.store.store import Store, Turn, open_store, upgrade_store

__all__ = [
    "AuditEntry",
    "Batch",
    "Broken",
    "CheckFacts",
    "Claim",
    "ContractFacts",
    "Hashes",
    "Metric",
    "Part",
    "Problem",
    "Reason",
    "ReplayFacts",
    "RowAction",
    "RowRange",
    "RowState",
    "Run",
    "RunFacts",
    "Settlement",
    "Slot",
    "Standing",
    "State",
    "Stats",
    "Store",
    "TakenOver",
    "Turn",
    "decidable",
    "facts_of",
    "new_id",
    "open_store",
    "ranges_of",
    "upgrade_store",
]
