"""The gate around a function, a task or a flow: `dq.gate` in the surroundings of Prefect."""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from prefect import Flow, Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.states import Completed

import dq
from dq_prefect.blocks import ContractRegistry, DQStore
from dq_prefect.caching import ContractVersion
from dq_prefect.enforcing import HandedOn, enforce
from dq_prefect.errors import raise_blocked
from dq_prefect.retries import forbid, only_where_it_helps
from dq_prefect.runs import Run
from dq_prefect.surroundings import Here, Surroundings

F = TypeVar("F", bound=Callable[..., Any])
QUARANTINE_STATE = "CompletedWithQuarantine"


@dataclass(slots=True)
class _Call:
    """One call of a gated function: its surroundings, and what was enforced in it."""

    here: Here
    own: bool  # the function is the run's own, not one that it calls
    identity: str | None
    done: list[dq.Enforcement] = field(default_factory=list)


_call: ContextVar[_Call] = ContextVar("dq_prefect_call")


def gate(
    contract: Any = None,
    *,
    stage: str,
    key: str | None = None,
    at: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    output: Any = None,
    policy: dq.Policy | None = None,
    on_block: Callable[[dq.Enforcement], object] | None = None,
    schema: str | None = None,
    dataset: str | None = None,
    references: Mapping[str, object] | None = None,
    reading: Any = None,
    settings: dq.Settings | None = None,
    store: DQStore | str | None = None,
    contracts: ContractRegistry | str | None = None,
    artifacts: bool = True,
    named_state: bool = False,
) -> Callable[[F], F]:
    """
    Decorate a function, a task or a flow, plain or async, so that only good rows come out of it, and go into it.

    Above or below `@task`, `@flow` and `@materialize`; what is decorated keeps its type. Runs get events, artifacts and metadata
    of their assets; outside any run, and without a server, rows are guarded all the same.

    Args:
        contract: as in `dq.gate`, and so are stage, at, inputs, output, policy, schema, dataset, references, reading.
        key: as in `dq.gate`; None: in a run, the run itself (flow run, task, which call of it), else by content.
        on_block: a function of the blocked enforcement, whose answer is returned; None: BlockedError.
        settings: instead of those of the folder and the environment.
        store: a DQStore, or the name of a saved one, read in every call.
        contracts: a ContractRegistry, or the name of a saved one, likewise.
        artifacts: whether runs get a table, a link to the report, and the progress of a long scan.
        named_state: whether a run of this very task or flow that diverted rows ends as `CompletedWithQuarantine`. A task that
            is called, and not submitted, then returns its state instead of its rows.

    Raises:
        UsageError: as in `dq.gate`. BlockedError: a stage is blocked (when called); Prefect does not retry it.
    """
    told = Surroundings(settings, store, contracts, artifacts)
    bare = dq.gate(
        contract,
        stage=stage,
        key=key,
        at=at,
        inputs=inputs,
        output=output,
        policy=policy or dq.Policy(),
        on_block=on_block or raise_blocked,
        schema=schema,
        dataset=dataset,
        references=references,
        reading=reading,
        enforcing=_enforce,
    )
    asked = [item["contract"] if isinstance(item, Mapping) else item for item in (inputs or {}).values()]
    version = ContractVersion(*filter(None, (contract, *asked)), surroundings=told)

    def decorate(guarded: F) -> F:
        if not isinstance(guarded, Task | Flow):
            return cast("F", _around(guarded, bare(guarded), told, named_state=named_state))
        new = _copied(guarded)
        new.fn = _around(guarded.fn, bare(guarded.fn), told, named_state=named_state)
        if isinstance(new, Task):
            new.retry_condition_fn = only_where_it_helps(new.retry_condition_fn)
            new.cache_policy = _with_version(new.cache_policy, version)
            new._user_cache_policy = _with_version(new._user_cache_policy, version)  # noqa: SLF001  what with_options hands on
        return cast("F", new)

    return decorate


def _copied(guarded: Any) -> Any:
    """The task or flow once more, with hooks of its own: subclass, storage and options stay."""
    new = copy.copy(guarded)
    for name, value in vars(new).items():
        if isinstance(value, list):
            setattr(new, name, list(value))
    return new


def _with_version(policy: Any, version: ContractVersion) -> Any:
    """The cache policy of a task, with the contracts in its key; what caches nothing still does not."""
    return policy + version if isinstance(policy, CachePolicy) and policy != NO_CACHE else policy


# -- every call ----------------------------------------------------------------------------------------------------------


def _around(function: Any, gated: Callable[..., Any], told: Surroundings, *, named_state: bool) -> Callable[..., Any]:
    """*gated*, in a call of its own."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with _called(wrapped, told, args, kwargs) as call:
            try:
                made = gated(*args, **kwargs)
            except HandedOn as handed:
                return handed.state
            return _state(call, made) if named_state else made

    @functools.wraps(function)
    async def wrapped_later(*args: Any, **kwargs: Any) -> Any:
        with _called(wrapped_later, told, args, kwargs) as call:
            try:
                made = await gated(*args, **kwargs)
            except HandedOn as handed:
                return handed.state
            return _state(call, made) if named_state else made

    chosen = wrapped_later if inspect.iscoroutinefunction(function) else wrapped
    chosen.__dict__.update({name: value for name, value in vars(gated).items() if name != "__wrapped__"})
    return chosen


@contextmanager
def _called(wrapped: Callable[..., Any], told: Surroundings, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Iterator[_Call]:
    run = Run.current()
    own = run is not None and run.runs(wrapped)
    arguments = {**{str(place): value for place, value in enumerate(args)}, **kwargs}
    try:
        call = _Call(told.now(run), own, _identity(run, wrapped, arguments, own=own))
        token = _call.set(call)
        try:
            yield call
        finally:
            _call.reset(token)
    except dq.DqError as error:
        if run is not None and not error.retryable:
            forbid(run, own=own)
        raise


def _identity(run: Run | None, wrapped: Callable[..., Any], arguments: Mapping[str, Any], *, own: bool) -> str | None:
    """What names the rows when nobody did: the run; for a function that it calls also which one, and which call of it."""
    if run is None or own:
        return run.identity if run is not None else None
    return run.call(wrapped.__qualname__, arguments)


def _enforce(given: object, contract: Any, *, key: str | None, origin: Mapping[str, Any], **words: Any) -> dq.Enforcement:
    """What `dq.gate` calls instead of `dq.enforce`."""
    call = _call.get()
    if key is None and call.identity is not None:
        key = f"{call.identity} [{origin['argument']}]" if "argument" in origin else call.identity
    done = enforce(given, contract, here=call.here, key=key, origin=origin, **words)
    call.done.append(done)
    return done


def _state(call: _Call, made: object) -> object:
    bad = sum(done.rows_quarantined for done in call.done)
    if not bad or not call.own or not all(done.ok for done in call.done):
        return made
    return Completed(name=QUARANTINE_STATE, message=f"{bad:,} {'row' if bad == 1 else 'rows'} quarantined", data=made)
