"""What Prefect does by itself when a contract is violated: run a deployment, or call a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from prefect.automations import Automation, CallWebhook, EventTrigger, Posture, RunDeployment
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client

import dq
from dq_prefect.news import resource_id

EVENTS = ("passed", "violated", "quarantined", "blocked")
_PAYLOAD = (
    '{"event": {{ event.event|tojson }}, "dataset": {{ event.resource.name|tojson }}, "summary": {{ event.payload|tojson }}}'
)


def create_automation(
    name: str,
    *,
    on: str = "violated",
    dataset: str = "",
    stage: str = "",
    deployment: str | UUID | None = None,
    parameters: Mapping[str, Any] | None = None,
    webhook: Webhook | str | None = None,
    payload: str = _PAYLOAD,
) -> Automation:
    """
    Make Prefect act on what gates tell: every time, for a *dataset* and a *stage* (empty: for each).

    Args:
        name: what the automation is called.
        on: `passed`, `violated`, `quarantined` or `blocked`.
        dataset: such as `orders.orders`.
        stage: such as `raw`; only with a dataset.
        deployment: what is run: `flow/deployment`, or an id; with *parameters*.
        webhook: what is called: a saved block, or its name; with *payload*, a Jinja template over the event.

    Raises:
        UsageError: there is nothing to do, or no such event.
    """
    if on not in EVENTS:
        raise dq.UsageError(f"no event '{on}'", "automation", f"say on=, one of: {', '.join(EVENTS)}")
    if stage and not dataset:
        raise dq.UsageError("a stage is of a dataset", "automation", "say dataset=, too")
    actions: list[Any] = []
    if deployment is not None:
        found = deployment if isinstance(deployment, UUID) else _deployment_id(deployment)
        run: Any = RunDeployment  # its fields have defaults that type checkers do not see
        actions.append(run(deployment_id=found, parameters=dict(parameters) if parameters else None))
    if webhook is not None:
        actions.append(CallWebhook(block_document_id=_block_id(webhook), payload=payload))
    if not actions:
        raise dq.UsageError("there is nothing to do", "automation", "say deployment='flow/name', or webhook='block'")
    match = resource_id(dataset, stage) if stage else f"dq.dataset/{dataset}/*" if dataset else "dq.dataset/*"
    trigger = EventTrigger(
        expect={f"dq.contract.{on}"},
        match={"prefect.resource.id": match},
        posture=Posture.Reactive,
        threshold=1,
        within=timedelta(0),
    )
    made = Automation(name=name, trigger=trigger, actions=actions)
    create: Any = made.create
    create(_sync=True)
    return made


def _deployment_id(name: str) -> UUID:
    with get_client(sync_client=True) as client:
        found: UUID = client.read_deployment_by_name(name).id
        return found


def _block_id(webhook: Any) -> UUID:
    load: Any = Webhook.load
    block = load(webhook, _sync=True) if isinstance(webhook, str) else webhook
    found = block._block_document_id  # noqa: SLF001  the only place where a block says its id
    if found is None:
        raise dq.UsageError("the webhook is not saved", "automation", "webhook.save('alerts')")
    return UUID(str(found))
