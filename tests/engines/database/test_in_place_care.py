"""What is done about rows that were moved: mended, discarded, purged, forgotten; and how the command line says it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import dq
from dq.cli import main
from dq.contract import dump
from dq.store import faults
from tests.engines.database.conftest import ORDERS, ROWS, Place, contract
from tests.engines.database.moving import (
    WHOLE,
    all_is_well,
    aside,
    at_home,
    both,
    loaded,
    move,
    reload,
    rows,
    whole,
)

__all__ = ["at_home"]


def test_a_row_that_is_put_right_beside_the_table_goes_back(place: Place) -> None:
    """Mended there by hand, it returns when its key is enforced again: what would be a replay of objects."""
    loaded(place)
    first = move(place)
    with pytest.raises(dq.UsageError, match="moved in place") as raised:
        dq.replay(first.batch.id)
    assert "enforce the key again" in raised.value.mend
    place.run("UPDATE t__quarantine SET state = 'open', amount = 1 WHERE amount = -1", "DELETE FROM t__quarantine WHERE id = 7")
    place.run("UPDATE t__quarantine SET id = 4 WHERE amount = 3")
    second = move(place)
    assert second.batch.supersedes == first.batch.id
    assert {(2, "open", 1.0), (4, "shut", 3.0)} <= set(rows(place, "t"))
    assert (second.rows_in, len(both(place))) == (len(ROWS) - 2, len(ROWS) - 2)
    assert all_is_well()


def test_rows_may_be_discarded_where_they_stand(place: Place) -> None:
    """That is a word in the index: rows stay; which ones is said by their numbers and their reasons."""
    loaded(place)
    done = move(place)
    before = both(place)
    assert dq.discard(done.batch.id, rule="known").rows == 3
    assert dq.History().batch(done.batch.id).open == done.rows_quarantined - 3
    assert both(place) == before
    assert all_is_well()


def test_what_is_purged_is_deleted_beside_the_table(place: Place) -> None:
    """Counts and reasons stay; rows of other batches stay; what the law holds is left."""
    loaded(place)
    first = move(place)
    reload(place, [(20, "open", 1.0), (21, "gone", 1.0)])
    second = move(place)
    history = dq.History()
    history.hold(first.batch.id)
    assert isinstance(history.purge(first.batch.id)[0].error, dq.UsageError)
    history.release(first.batch.id)
    assert history.purge(first.batch.id)[0].error is None
    assert (aside(place, first), aside(place, second)) == ([], [(21, "gone", 1.0)])
    assert (history.batch(first.batch.id).purged_at is not None, len(history.reasons(first.batch.id))) == (
        True,
        len(first.reasons),
    )
    with pytest.raises(dq.UsageError, match="were purged"):
        assert first.bad
    assert all_is_well()
    assert history.purge(second.batch.id)[0].error is None
    again = move(place)
    assert (again.rows_in, again.rows_quarantined) == (1, 0)
    assert all_is_well()


def test_rows_that_are_not_moved_yet_are_not_purged(place: Place) -> None:
    """Until it is published a batch has its rows in the source, which is not dq's to purge."""
    loaded(place)
    faults.hook(faults.from_text("before-publish:raise"))
    with pytest.raises(OSError, match="fault at"):
        move(place)
    faults.hook(None)
    history = dq.History()
    (batch,) = history.batches()
    assert "not moved yet" in str(history.purge(batch.id)[0].error)
    assert rows(place, "t") == whole(ROWS)


def test_a_purge_that_was_killed_is_ended_later(place: Place) -> None:
    """The index says so first; the rows go with the next purge, erasure or collection."""
    loaded(place)
    done = move(place)
    history = dq.History()

    def strike(point: str) -> None:
        if point == "purge:after COMMIT":
            raise KeyboardInterrupt

    faults.hook(strike)
    with pytest.raises(KeyboardInterrupt):
        history.purge(done.batch.id)
    faults.hook(None)
    assert [problem.what for problem in history.verify()] != []
    history.collect()
    assert aside(place, done) == []
    assert all_is_well()


def test_a_person_is_forgotten_beside_the_table(place: Place) -> None:
    """The rows about one are deleted there, others stay; the source, which is not dq's, is named; again changes nothing."""
    people = contract(
        [
            {"name": "id", "logicalType": "integer", "customProperties": [{"property": "dq", "value": {"subject": True}}]},
            {"name": "amount", "logicalType": "number", "logicalTypeOptions": {"minimum": 0}},
        ]
    )
    loaded(place, [(1, "a", -1.0), (2, "b", -1.0), (1, "c", -3.0), (1, "d", 4.0), (3, "e", -1.0)])
    done = move(place, people)
    history = dq.History()
    assert history.erase("1", dry_run=True).rows == 2
    found = history.erase("1")
    assert (found.rows, found.complete, found.outside) == (2, True, (str(place.table()),))
    assert aside(place, done) == [(2, "b", -1.0), (3, "e", -1.0)]
    assert sorted(done.bad["id"].to_pylist()) == [2, 3]
    assert history.erase("1").rows == 0
    assert all_is_well()
    assert dq.discard(done.batch.id).rows == 2
    again = move(place, people)
    assert (again.rows_in, again.rows_quarantined) == (3, 2)
    assert all_is_well()


def test_a_gate_hands_on_the_table_itself(lite: Place) -> None:
    """What runs behind it reads the table that it was given, without the bad rows."""
    loaded(lite)

    @dq.gate(stage="raw", key="d1", inputs={"orders": {"contract": ORDERS, "output": "in_place"}}, policy=WHOLE)
    def count(orders: dq.Table) -> int:
        return dq.validate(orders, ORDERS).rows

    assert count(lite.table()) == len(rows(lite, "t")) < len(ROWS)


def test_the_command_line_says_it(lite: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--output in_place`, and the words that look at dead letters."""
    loaded(lite)
    Path("c.odcs.yaml").write_text(dump(ORDERS), "utf-8")
    said = ["enforce", lite.url, "--table", "t", "--contract", "c.odcs.yaml", "--stage", "raw", "--budget", "none"]
    assert main([*said, "--output", "in_place"]) == 2
    assert "--key" in capsys.readouterr().err.replace("key=", "--key ")
    assert main([*said, "--output", "in_place", "--key", "d1", "--format", "json"]) == 0
    batch = json.loads(capsys.readouterr().out)["batch_id"]
    for command in (["show", batch], ["rows", batch], ["verify", batch], ["list"]):
        code = main(["quarantine", *command])
        assert (code, bool(capsys.readouterr().out)) == (0, True)
    del tmp_path
