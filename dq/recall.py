"""What was said to an enforcement of files, kept with its run, so that anybody can finish it after a crash."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dq.diversion import Order
from dq.errors import UsageError
from dq.job import Job, Ref, prepare
from dq.plan import Selection
from dq.policy import Policy
from dq.settings import Settings
from dq.source import DeadLetters, Files, Format, Reading, Source, Table
from dq.store import Slot

CALL = "call"  # in the origin of a run: how to do it again
TERMS = "terms"  # how its rows were judged


def remembered(job: Job, order: Order) -> dict[str, Any]:
    """The call as plain values; without `CALL` when it cannot be done again: frames are gone, and secrets are not kept."""
    sources = {"": job.source, **{name: other.source for name, other in job.references.items()}}
    terms = _terms(job, order)
    lasting = all(map(_plain, sources.values())) and all(suite.source for suite in job.suites)
    if order.output is None or isinstance(order.output, Table) or not lasting:
        return {TERMS: terms}
    return {
        TERMS: terms,
        CALL: {
            "sources": {name: _said(item) for name, item in sources.items() if isinstance(item, Files)},
            "contract": "" if job.alone else _absolute(job.contract.place.document),
            "suites": [_absolute(suite.source) for suite in job.suites],
            "schema": job.plan.object,
            "dataset": job.plan.dataset,
            "where": job.where,
            "reading": asdict(job.reading),
            "stage": order.stage,
            "output": _absolute(order.output),
            "policy": asdict(order.policy),
        },
    }


def recalled(origin: Mapping[str, Any], settings: Settings) -> tuple[Job, Order]:
    """
    The job and the order of a call that was remembered in *origin*.

    Raises:
        UsageError: none was. ContractError, SourceError: what it names is no longer there.
    """
    call = origin.get(CALL)
    if not call:
        raise UsageError("its data was not kept: it came from a frame, or from behind a secret", "", "enforce the key again")
    sources = {name: _files(said) for name, said in call["sources"].items()}
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
    rest = {name: value for name, value in origin.items() if name not in (CALL, TERMS)}
    return job, Order(call["stage"], None, None, call["output"], Policy(**call["policy"]), rest)


def _terms(job: Job, order: Order) -> dict[str, Any]:
    """By what the rows were judged; a dataset that rules looked into and that cannot be found again is None."""
    document = job.contract.place.document
    others = {name: other.source for name, other in job.references.items()}
    return {
        "contract": _absolute(document) if job.ref == document else job.ref,
        "schema": job.plan.object,
        "reading": asdict(job.reading),
        "references": {name: _said(item) if isinstance(item, Files) and _plain(item) else None for name, item in others.items()},
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
    kept = {name: _files(said) for name, said in terms["references"].items() if said is not None}
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


def _plain(item: Source) -> bool:
    """Whether the source can be found again by what may be written down."""
    return (
        isinstance(item, Files)
        and not item.storage
        and not any("://" in path and ("@" in path or "?" in path) for path in item.paths)
    )


def _said(item: Files) -> dict[str, Any]:
    return {
        "paths": [_absolute(path) for path in item.paths],
        "format": item.format,
        "reading": None if item.reading is None else asdict(item.reading),
    }


def _files(said: Mapping[str, Any]) -> Files:
    known = None if said["format"] is None else Format(said["format"])
    return Files(tuple(said["paths"]), known, None if said["reading"] is None else reading_of(said["reading"]))


def reading_of(said: Mapping[str, Any]) -> Reading:
    """The dialect of text that was written down."""
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Reading(**words)


def _absolute(path: str) -> str:
    """Another process may stand in another folder; a folder keeps the slash that says so."""
    return path if "://" in path else os.path.abspath(path) + ("/" if path.endswith("/") else "")  # noqa: PTH100  globs too
