"""What was said to an enforcement of files or tables, kept with its run, so that anybody can finish it after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from dq.diversion import Order
from dq.errors import UsageError
from dq.job import Job, Ref, prepare
from dq.lasting import absolute, found, lasts, reading_of, said
from dq.placing import IN_PLACE
from dq.plan import Selection
from dq.policy import Policy
from dq.settings import Settings
from dq.source import DeadLetters, Table
from dq.store import Slot

CALL = "call"  # in the origin of a run: how to do it again
TERMS = "terms"  # how its rows were judged
TARGET = "target"  # the table that its good rows go into


def remembered(job: Job, order: Order) -> dict[str, Any]:
    """The call as plain values; without `CALL` when it cannot be done again: frames are gone, and secrets are not kept."""
    known = {TERMS: _terms(job, order), **target_said(order.output)}
    given = job.source
    if isinstance(given, Table):
        given = replace(given, where=None)  # the job's has it
    sources = {"": given, **{name: other.source for name, other in job.references.items()}}
    lasting = all(map(lasts, sources.values())) and all(suite.source for suite in job.suites)
    if order.output is None or not lasting or (isinstance(order.output, Table) and TARGET not in known):
        return known
    return {
        **known,
        CALL: {
            "sources": {name: said(item) for name, item in sources.items()},
            "contract": "" if job.alone else absolute(job.contract.place.document),
            "suites": [absolute(suite.source) for suite in job.suites],
            "schema": job.plan.object,
            "dataset": job.plan.dataset,
            "where": job.where,
            "reading": asdict(job.reading),
            "stage": order.stage,
            "output": order.output
            if order.output == IN_PLACE
            else None
            if isinstance(order.output, Table)
            else absolute(order.output),
            "policy": asdict(order.policy),
        },
    }


def target_said(output: object) -> dict[str, Any]:
    """A table of good rows as plain values; nothing of another output, or of one that nobody finds again."""
    return {TARGET: said(output)} if isinstance(output, Table) and lasts(output) else {}


def target_of(origin: Mapping[str, Any], settings: Settings) -> Table | None:
    """
    The table that the good rows of the run of *origin* go into; None: it is none, or it was not kept.

    Raises:
        UsageError: a setting that names databases is wrong.
    """
    kept = origin.get(TARGET)
    there = found(kept, settings.databases) if kept else None
    return there if isinstance(there, Table) else None


def recalled(origin: Mapping[str, Any], settings: Settings) -> tuple[Job, Order]:
    """
    The job and the order of a call that was remembered in *origin*.

    Raises:
        UsageError: none was. ContractError, SourceError: what it names is no longer there.
    """
    call = origin.get(CALL)
    if not call:
        what = "its data was not kept: it came from a frame, from behind a secret, or from a database in memory"
        raise UsageError(what, "", "enforce the key again")
    sources = {name: found(kept, settings.databases) for name, kept in call["sources"].items()}
    job = prepare(
        sources.pop(""),
        call["contract"],
        schema=call["schema"],
        dataset=call["dataset"],
        references=sources,
        select=Selection(call["stage"]),
        reading=reading_of(call["reading"]),
        settings=settings,
        where=call["where"],
        suites=call.get("suites", ()),
    )
    rest = {name: value for name, value in origin.items() if name not in (CALL, TERMS, TARGET)}
    output = target_of(origin, settings) or call["output"]
    return job, Order(call["stage"], None, None, output, Policy(**call["policy"]), rest)


def _terms(job: Job, order: Order) -> dict[str, Any]:
    """By what the rows were judged; a dataset that rules looked into and that cannot be found again is None."""
    document = job.contract.place.document
    others = {name: other.source for name, other in job.references.items()}
    return {
        "contract": absolute(document) if job.ref == document else job.ref,
        "schema": job.plan.object,
        "reading": asdict(job.reading),
        "references": {name: said(item) for name, item in others.items()},
        "policy": asdict(order.policy),
    }


def judged_again(
    origin: Mapping[str, Any],
    slot: Slot,
    given: DeadLetters,
    *,
    contract: Ref | None,
    references: Mapping[str, object] | None,
    settings: Settings,
) -> tuple[Job, Policy]:
    """
    The job that judges dead letters of *slot* as the run of *origin* judged, and that run's policy.

    *contract* None: the newest that satisfies the reference that the run used. *references* replace those that it had.

    Raises:
        UsageError: what the run used was not kept. ContractError: the contract is not there, or wrong.
    """
    terms = origin.get(TERMS)
    if not terms and contract is None:
        raise UsageError("how its rows were judged was not kept", str(slot), "say contract='people@^1', or enforce the key again")
    terms = terms or {"contract": "", "schema": None, "reading": None, "references": {}, "policy": {}}
    kept = {name: found(item, settings.databases) for name, item in terms["references"].items() if item is not None}
    job = prepare(
        given,
        contract or terms["contract"],
        schema=terms["schema"],
        dataset=slot.dataset,
        references={**kept, **(references or {})},
        select=Selection(slot.stage),
        reading=reading_of(terms["reading"]) if terms["reading"] else None,
        settings=settings,
    )
    return job, Policy(**terms["policy"])
