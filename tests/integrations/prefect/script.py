"""
A program against a real Prefect server: `automate URL` has a webhook called when rows are bad, `run` runs flows.

It works in the folder that it is started in, which holds contracts; `run` prints the ids of its flow runs as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import Any

from prefect import flow, task
from prefect.blocks.webhook import Webhook
from prefect.cache_policies import INPUTS
from prefect.runtime import flow_run
from prefect.transactions import transaction
from pydantic import SecretStr

from dq_prefect import create_automation, gate

ROWS = [{"id": 1, "age": 30}, {"id": 2, "age": 141}, {"id": 3, "age": 80}]
tries: list[str] = []


@gate("people@^1", stage="mapped", key="{day}")
@task
def mapped(day: str) -> list[Any]:
    """Rows of a day."""
    return ROWS if day else []


@gate("people@^1", stage="retried")
@task(retries=2)
def retried() -> list[Any]:
    """Rows, when asked twice."""
    tries.append("retried")
    if len(tries) == 1:
        raise OSError("the network is down")
    return ROWS


@gate("people@^1", stage="cached", key="{day}")
@task(cache_policy=INPUTS)
def cached(day: str) -> list[Any]:
    """Rows of a day, once."""
    tries.append(day)
    return ROWS


@task
@gate("people@^1", stage="rolled back", key="{day}")
def rolled_back(day: str) -> list[Any]:
    """Rows of a day that will not stay."""
    return ROWS if day else []


@flow
def work() -> str:
    """Everything that can happen to a task."""
    mapped.map(["d1", "d2"]).wait()
    retried()
    cached("d1")
    cached("d1")
    with suppress(OSError), transaction():
        rolled_back(f"{os.getpid()}")
        raise OSError("the warehouse is full")
    return str(flow_run.id)


def automate(url: str) -> None:
    """Have *url* called whenever people are violated."""
    block: Any = Webhook(url=SecretStr(url))
    block.save("people")
    create_automation("people are wrong", dataset="people.people", webhook="people")


if __name__ == "__main__":
    if sys.argv[1] == "automate":
        automate(sys.argv[2])
    else:
        print(json.dumps({"flow_run": work(), "tries": tries}))
