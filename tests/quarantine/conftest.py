"""A store, a vault, and work that needs no engine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dq.quarantine import DEFAULT, Enforced, Looked, Published, Vault, Work, perform
from dq.store import Reason, RunFacts, Slot, Store, Turn, open_store

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
SLOT = Slot("shop.orders", "raw", "2024-05-01")


class Shop:
    """Numbers, of which some are bad; what is published is remembered."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(folder=folder)
        self.vault = Vault(str(folder / "quarantine"))
        self.turns: list[Turn] = []
        self.looks: list[datetime] = []

    def work(self, good: int = 97, bad: int = 3, **said: Any) -> Work:
        """*good* and *bad* rows; *said* goes to `Looked`, or replaces a part of the work."""

        def look(now: datetime) -> Looked:
            self.looks.append(now)
            run = RunFacts(SLOT, now, now, now, now, "fail", good + bad, bad, "plan", "test")
            found = {key: value for key, value in said.items() if key in ("blocked_by", "erred", "digest")}
            return Looked(good + bad, bad, run, (Reason("amount.min", bad),) if bad else (), **found)

        def publish(turn: Turn) -> Published:
            turn.confirm()
            self.turns.append(turn)
            return Published(good, "out")

        rows = said.get("rows", [pa.record_batch({"id": list(range(bad)), "__dq_reasons": ["amount.min"] * bad})])
        plain: dict[str, Any] = {"fingerprint": f"{good}+{bad}", "look": look, "publish": publish}
        plain["drain"] = lambda write: write(iter(rows))
        return Work(**{**plain, **{key: value for key, value in said.items() if key in plain}})

    def enforce(self, work: Work, **said: Any) -> Enforced:
        """Perform it."""
        plain: dict[str, Any] = {"plan": "plan", "now": NOW, "actor": "ann", "budget": DEFAULT}
        return perform(self.store, self.vault, said.pop("slot", SLOT), work, **{**plain, **said})


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A fresh one."""
    return Shop(tmp_path)


@pytest.fixture
def strike(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], None]], None]:
    """Call something at a named point, once."""
    from dq.store import faults

    def at(point: str, act: Callable[[], None]) -> None:
        def hook(name: str) -> None:
            if name == point:
                monkeypatch.setattr(faults, "_hook", None)
                act()

        monkeypatch.setattr(faults, "_hook", hook)

    return at
