"""Tasks for whoever writes a flow of stages, instead of decorating what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

import dq
from dq_prefect import news
from dq_prefect.blocks import ContractRegistry, DQStore
from dq_prefect.enforcing import enforce
from dq_prefect.errors import raise_blocked
from dq_prefect.retries import may_help
from dq_prefect.runs import Run
from dq_prefect.surroundings import Surroundings


# Nothing is cached unless somebody asks for it: to make a key all rows would be hashed.
@task(cache_policy=NO_CACHE, retry_condition_fn=may_help)
def validate_contract(
    source: Any,
    contract: Any,
    *,
    stage: str | None = None,
    schema: str | None = None,
    dataset: str | None = None,
    references: Mapping[str, object] | None = None,
    where: str | None = None,
    reading: Any = None,
    raise_for_violations: bool = False,
    settings: dq.Settings | None = None,
    store: DQStore | str | None = None,
    contracts: ContractRegistry | str | None = None,
    artifacts: bool = True,
) -> dq.Result:
    """
    `dq.validate` as a task: read the data, change nothing in it, and tell Prefect what was found.

    The result has no bad rows with it, but for its samples; use `enforce_contract` where they are wanted.

    Raises:
        ViolationError: a rule failed, and *raise_for_violations*. As `dq.validate` otherwise.
    """
    run = Run.current()
    here = Surroundings(settings, store, contracts, artifacts).now(run)
    with news.progress(here, contract, {"dataset": dataset, "stage": stage}) as told:
        found = dq.validate(
            source,
            contract,
            stage=stage,
            schema=schema,
            dataset=dataset,
            references=references,
            where=where,
            reading=reading,
            settings=here.settings,
            progress=told,
            origin=run.origin if run is not None else None,
        )
    result = replace(found, bad=None)
    news.validated(here, result)
    return result.raise_for_violations() if raise_for_violations else result


@task(cache_policy=NO_CACHE, retry_condition_fn=may_help)
def enforce_contract(
    source: Any,
    contract: Any,
    *,
    stage: str,
    key: str | None = None,
    at: datetime | None = None,
    output: Any = None,
    policy: dq.Policy | None = None,
    schema: str | None = None,
    dataset: str | None = None,
    references: Mapping[str, object] | None = None,
    where: str | None = None,
    reading: Any = None,
    settings: dq.Settings | None = None,
    store: DQStore | str | None = None,
    contracts: ContractRegistry | str | None = None,
    artifacts: bool = True,
) -> Any:
    """
    `dq.enforce` as a task: the good rows, as a frame of the kind that came in, or as the path that was written.

    Without a key it is the run itself: flow run, task, and which call of it.

    Raises:
        BlockedError: nothing goes on. As `dq.enforce` otherwise.
    """
    run = Run.current()
    done = enforce(
        source,
        contract,
        here=Surroundings(settings, store, contracts, artifacts).now(run),
        key=key if key is not None or run is None else run.identity,
        stage=stage,
        at=at,
        output=output,
        policy=policy or dq.Policy(),
        schema=schema,
        dataset=dataset,
        references=references,
        where=where,
        reading=reading,
    )
    return done.good if done.ok else raise_blocked(done)


@task(cache_policy=NO_CACHE, retry_condition_fn=may_help)
def replay_quarantine(
    batch: str | None = None,
    *,
    dataset: str | None = None,
    stage: str | None = None,
    key: str | None = None,
    rule: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    rows: Sequence[int] = (),
    contract: Any = None,
    references: Mapping[str, object] | None = None,
    fix: Any = None,
    set: Mapping[str, str] | None = None,  # noqa: A002  the word of SQL, as in dq.replay
    to: Any = None,
    note: str = "",
    dry_run: bool = False,
    settings: dq.Settings | None = None,
    store: DQStore | str | None = None,
    contracts: ContractRegistry | str | None = None,
    artifacts: bool = True,
) -> dq.Replay:
    """
    `dq.replay` as a task: dead letters that pass now join what their key has published. Arguments as there.

    Raises:
        DqError: of the first batch that could not be replayed, after all others were; a retry goes on where this one stopped.
    """
    run = Run.current()
    here = Surroundings(settings, store, contracts, artifacts).now(run)
    done = dq.replay(
        batch,
        dataset=dataset,
        stage=stage,
        key=key,
        rule=rule,
        since=since,
        until=until,
        rows=rows,
        contract=contract,
        references=references,
        fix=fix,
        set=set,
        to=to,
        note=note or (f"Prefect, {run.identity}" if run is not None else ""),
        dry_run=dry_run,
        settings=here.settings,
    )
    news.replayed(here, done)
    for item in done.batches:
        if item.error is not None:
            raise item.error
    return done
