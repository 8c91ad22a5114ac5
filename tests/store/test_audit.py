"""The history of a batch shows when it was touched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from dq.store import Store
from dq.store.schema import audit, batch

if TYPE_CHECKING:
    from tests.store.conftest import Facts


def _change(store: Store, statement: sa.Executable) -> None:
    store._database.write("test", lambda connection: connection.execute(statement))


def test_a_batch_tells_its_life(store: Store, facts: Facts) -> None:
    """Each step adds a line with actor, time and what was done, sealed by a hash over it and the line before."""
    facts.publish(store, "a")
    facts.publish(store, "b")
    lines = store.audit("a")
    assert [(line.event, line.actor) for line in lines] == [("committed", "ann"), ("published", "ann"), ("superseded", "ann")]
    assert lines[0].detail["parts"] == [["payload-3", 3, 100, "sha"]]
    assert [line.prev_sha for line in lines] == ["", lines[0].sha, lines[1].sha]
    assert store.verify_audit("a") == ""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (sa.update(audit).where(audit.c.seq == 2).values(actor="mallory"), "audit line 2 (published) was altered"),
        (sa.update(audit).where(audit.c.seq == 1).values(detail={}), "audit line 1 (committed) was altered"),
        (sa.delete(audit).where(audit.c.seq == 1), "audit line 1 is missing"),
        (sa.delete(audit).where(audit.c.seq == 2), "audit lines after 1 are missing"),
        (sa.update(batch).values(audit_sha="forged"), "audit lines after 2 are missing"),
    ],
)
def test_a_touched_history_is_found(store: Store, facts: Facts, statement: sa.Executable, said: str) -> None:
    """A line changed, taken from the middle or cut from the end is named, by the batch and by the store's check."""
    facts.publish(store, "a")
    _change(store, statement)
    assert store.verify_audit("a") == said
    assert [str(problem) for problem in store.check()] == [f"batch a: {said}"]
