"""`require_contract`: what a consumer takes, without a server."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.integrations.airflow.tasks import Task

Run = Callable[..., Task]


def consumer(**said: Any) -> tuple[Any, Any]:
    """The asset, and the task that requires it."""
    from airflow.sdk import DAG

    from dq_airflow import contract_asset, require_contract

    asset = contract_asset("people@^1")
    with DAG("consumer", schedule=[asset]):
        return asset, require_contract(asset, **said)


def events(*outcomes: str | None) -> list[Any]:
    """Events of an asset; None is one that no gate made."""
    return [SimpleNamespace(extra={} if outcome is None else {"dq": {"outcome": outcome}}) for outcome in outcomes]


@pytest.mark.parametrize(
    ("outcomes", "accept", "unmet"),
    [
        (["passed", "quarantined"], ("passed", "quarantined"), ""),
        (["passed", "quarantined"], ("passed",), "quarantined"),
        ([None], ("passed",), "no gate"),
        (["passed", None], ("passed", "quarantined"), "no gate"),
    ],
)
def test_every_event_must_be_accepted(task: Run, outcomes: list[str | None], accept: tuple[str, ...], unmet: str) -> None:
    """One event that will not do is enough to stop; the newest one is handed on."""
    from dq_airflow import StageBlocked

    asset, operator = consumer(accept=accept)
    ran = task(operator, told={"triggering_asset_events": {asset: events(*outcomes)}})
    if unmet:
        with pytest.raises(StageBlocked, match=f"DAG 'consumer', task 'require_people': asset 'people' has {unmet}"):
            ran.run()
    else:
        assert ran.run() == {"outcome": outcomes[-1]}


@pytest.mark.parametrize(("outcomes", "said"), [([], "no event"), (["quarantined", "passed"], "")])
def test_a_run_by_hand_looks_at_the_newest_event(task: Run, outcomes: list[str], said: str) -> None:
    """Nothing triggered it; without any event it stops."""
    from dq_airflow import StageBlocked

    asset, operator = consumer(accept=("passed",))
    ran = task(operator, told={"triggering_asset_events": {}, "inlet_events": {asset: events(*outcomes)}})
    if said:
        with pytest.raises(StageBlocked, match=said):
            ran.run()
    else:
        assert ran.run() == {"outcome": "passed"}


def test_a_consumer_may_skip_instead(task: Run) -> None:
    """As a gate does."""
    from dq_airflow._compat import AirflowSkipException

    asset, operator = consumer(accept=("passed",), on_blocked="skip")
    with pytest.raises(AirflowSkipException):
        task(operator, told={"triggering_asset_events": {asset: events("quarantined")}}).run()


def test_a_reference_is_refused_when_the_dag_is_parsed(airflow: object) -> None:
    """`Asset.ref()` gets no events; an outcome that is none is a typing mistake."""
    assert airflow
    from airflow.sdk import Asset

    from dq_airflow import require_contract

    reference: Any = Asset.ref(name="people")
    with pytest.raises(TypeError, match="is no Asset; a reference gets no events"):
        require_contract(reference, task_id="required")
    with pytest.raises(ValueError, match="accept='blocked' is none of passed, quarantined"):
        consumer(accept=("blocked",))
