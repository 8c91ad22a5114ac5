"""Laws of the tasks: what dq does, as runs of Prefect; and of blocks and automations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

pytest.importorskip("prefect")

from prefect.blocks.core import Block
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.runtime import flow_run
from pydantic import SecretStr

import dq
from dq_prefect import (
    BlockedError,
    ContractRegistry,
    DQStore,
    create_automation,
    enforce_contract,
    gate,
    replay_quarantine,
    validate_contract,
)
from dq_prefect.runs import _type_of
from tests.integrations.prefect.conftest import write_contract
from tests.integrations.prefect.pipelines import BAD, GOOD, ROWS, active, artifacts, batches, flow

pytestmark = [pytest.mark.usefixtures("harness"), pytest.mark.timeout(300)]


def test_validate_changes_nothing() -> None:
    """The result comes back, and raises only when asked to."""

    @flow
    def work() -> Any:
        found = validate_contract(ROWS, "people")
        asked = validate_contract(ROWS, "people", raise_for_violations=True, return_state=True)
        return str(flow_run.id), found, asked.result(raise_on_failure=False)

    run_id, found, error = work()
    assert (found.bad_rows, found.rows, type(error)) == (1, 3, dq.ViolationError)
    assert "dq-people-people" in artifacts(flow_run=run_id)
    assert batches() == []


def test_enforce_hands_on_good_rows() -> None:
    """Good rows of frames are handed on, of files the path is; a blocked stage fails; no key is the run's own."""
    Path("people.csv").write_text("id,age\n1,30\n2,141\n3,80\n", "utf-8")

    @flow
    def work() -> Any:
        path = enforce_contract("people.csv", "people", stage="raw", key="d1", output="good/{key}.csv")
        blocked = enforce_contract(BAD, "people", stage="raw", key="d2", return_state=True)
        return str(flow_run.id), path, enforce_contract(ROWS, "people", stage="raw"), blocked.result(raise_on_failure=False)

    run_id, path, rows, error = work()
    assert Path(path).read_text("utf-8").split() == ["id,age", "1,30", "3,80"]
    assert (rows, type(error)) == (GOOD, BlockedError)
    assert active()[0] == "d1"
    assert active()[1].startswith(f"{run_id}:enforce_contract")
    assert enforce_contract.fn(ROWS, "people", stage="raw", key="d3") == GOOD


def test_replay_after_a_fix() -> None:
    """Dead letters that pass under a mended contract join the file of their key, once."""
    Path("people.csv").write_text("id,age\n1,30\n2,141\n3,80\n", "utf-8")

    def replay(**said: Any) -> Any:
        return replay_quarantine(dataset="people.people", **said)

    @flow
    def work() -> Any:
        done: Any = enforce_contract("people.csv", "people@^1", stage="raw", key="d1", output="good/{key}.csv")
        assert done
        write_contract(Path.cwd(), "people", "1.1.0", oldest=150)
        return str(flow_run.id), replay(dry_run=True).landed, replay().landed, replay().landed

    run_id, dry, landed, again = work()
    assert (dry, landed, again) == (1, 1, 0)
    assert Path("good/d1.csv").read_text("utf-8").count("\n") == 4
    rows = json.loads(artifacts(flow_run=run_id)["dq-replay"].data)
    assert rows[0]["batch"] == "ALL"


def test_blocks_are_found_and_documented() -> None:
    """The entry point registers both blocks; every field says what it is, and secrets are not shown."""
    from importlib.metadata import entry_points

    (found,) = (item for item in entry_points(group="prefect.collections") if item.name == "dq_prefect")
    assert found.load() is not None
    for kind in (DQStore, ContractRegistry):
        assert Block.get_block_class_from_key(kind.get_block_type_slug()) is kind
        assert all(item.description for item in kind.model_fields.values())
        assert "```python" in (kind.get_code_example() or "")
        assert kind.get_description()
    hidden = DQStore(store_url=SecretStr("postgresql://dq:secret@db/dq"), quarantine_url=SecretStr("s3://secret/x"))
    assert "secret" not in repr(hidden)


def test_a_saved_store_and_registry_are_used_by_name(folder: Path) -> None:
    """A gate reads the blocks that it is told by name in every call."""
    (folder / "elsewhere").mkdir()
    write_contract(folder / "elsewhere", "orders", oldest=100)
    url = f"sqlite:///{folder}/store.db"
    place: Any = DQStore(store_url=SecretStr(url), quarantine_url=SecretStr(str(folder / "letters")))
    place.save("test", overwrite=True)
    registry: Any = ContractRegistry(folder=str(folder / "elsewhere/contracts"))
    registry.save("test", overwrite=True)

    @gate("orders", stage="raw", key="d1", store="test", contracts="test")
    @flow
    def work() -> list[Any]:
        return ROWS

    assert work() == GOOD
    assert not (folder / ".dq").exists()
    assert [item.slot.key for item in dq.History(dq.Settings(store_url=url)).batches()] == ["d1"]
    assert registry.contract("orders@^1").version == "1.0.0"


@pytest.mark.parametrize(("kind", "allowed"), [("process", True), ("docker", False)])
def test_a_remote_work_pool_needs_a_store_that_stays(folder: Path, kind: str, allowed: bool) -> None:  # noqa: FBT001  parametrized
    """In a work pool of other machines the default store is refused, naming both settings; one that is said is used."""
    from prefect.flow_engine import run_flow

    _type_of.cache_clear()
    pool = f"pool-{kind}-{uuid4().hex[:6]}"

    @gate("people", stage="raw", key="d1")
    @flow(retries=2)
    def work() -> list[Any]:
        return ROWS

    def started() -> Any:
        with get_client(sync_client=True) as client:
            client.create_work_pool(WorkPoolCreate(name=pool, type=kind, base_job_template={}), overwrite=True)
            flow_id = client.create_flow(work)
            deployment = client.create_deployment(flow_id=flow_id, name=pool, work_pool_name=pool)
            created = client.create_flow_run_from_deployment(deployment)
            return run_flow(work, flow_run=client.read_flow_run(created.id), return_type="state")

    state = started()
    assert state.is_completed() is allowed
    if not allowed:
        error = state.result(raise_on_failure=False)
        assert isinstance(error, dq.UsageError)
        assert "DQ_STORE_URL and DQ_QUARANTINE_URL" in str(error)
        assert not (folder / ".dq").exists()


def test_a_wrong_automation_is_told() -> None:
    """An automation without an event or an action is wrong usage."""
    with pytest.raises(dq.UsageError, match=r"no event 'broken'\n  say on=, one of: passed"):
        create_automation("a", on="broken", webhook="x")
    with pytest.raises(dq.UsageError, match="there is nothing to do"):
        create_automation("a")
    with pytest.raises(dq.UsageError, match="a stage is of a dataset"):
        create_automation("a", stage="raw", webhook="x")
    with pytest.raises(dq.UsageError, match="the webhook is not saved"):
        create_automation("a", webhook=Webhook(url=SecretStr("http://127.0.0.1:9/")))
