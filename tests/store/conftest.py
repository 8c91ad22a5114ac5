"""Stores of both kinds, and facts to put into them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dq.result import Outcome
from dq.store import Batch, Claim, Metric, Part, Reason, RunFacts, Settlement, Slot, Store, open_store
from tests.postgres import postgres

__all__ = ["postgres"]

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


class Facts:
    """Short ways to say what happens to a slot."""

    slot = Slot("shop.orders", "raw", "2024-05-01")
    now = NOW

    def run(self, **said: Any) -> RunFacts:
        """Facts of a run over ten rows."""
        plain: dict[str, Any] = {
            "slot": self.slot, "at": NOW, "now": NOW, "started": NOW, "finished": NOW, "status": "fail",
            "rows": 10, "bad_rows": 3, "plan": "plan", "engine": "duckdb", "metrics": (Metric("rows", 10.0),),
        }  # fmt: skip
        return RunFacts(**{**plain, **said})

    def settlement(self, bad: int = 3, **said: Any) -> Settlement:
        """Ten rows, *bad* of them diverted."""
        parts = (Part(f"payload-{bad}", bad, 100, "sha"),) if bad else ()
        reasons = (Reason("amount.min", bad, "min", "amount"),) if bad else ()
        outcome = Outcome.QUARANTINED if bad else Outcome.PASSED
        return Settlement(
            **{"outcome": outcome, "rows": 10, "bad": bad, "run": self.run(), "parts": parts, "reasons": reasons, **said}
        )

    def claim(self, store: Store, batch_id: str, slot: Slot | None = None, **said: Any) -> Claim:
        """S1."""
        given = {"plan": "plan", "policy": "", "fingerprint": "content", "now": NOW, **said}
        return store.claim(slot or self.slot, batch_id, **given)

    def commit(self, store: Store, batch_id: str, bad: int = 3) -> Batch:
        """S1 and S5."""
        return store.commit(self.claim(store, batch_id), self.settlement(bad), actor="ann")

    def publish(self, store: Store, batch_id: str, bad: int = 3) -> Batch:
        """S1 to S7."""
        return store.mark_published(self.commit(store, batch_id, bad), output="out", actor="ann")


@pytest.fixture(scope="session")
def facts() -> Facts:
    """Short ways to say what happens to a slot."""
    return Facts()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A fresh store, of each kind."""
    if request.param == "sqlite":
        return open_store(folder=tmp_path)
    fresh: Callable[[], str] = request.getfixturevalue("postgres")
    return open_store(fresh())
