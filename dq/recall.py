"""What was said to an enforcement of files, kept with its run, so that anybody can finish it after a crash."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from dq.diversion import Order
from dq.errors import UsageError
from dq.job import Job, prepare
from dq.plan import Selection
from dq.policy import Policy
from dq.settings import Settings
from dq.source import Files, Format, Reading, Source

CALL = "call"  # in the origin of a run


def remembered(job: Job, order: Order) -> dict[str, Any]:
    """The call as plain values; empty when it cannot be done again: frames are gone, and secrets are not kept."""
    sources = {"": job.source, **{name: other.source for name, other in job.references.items()}}
    if order.output is None or not all(map(_plain, sources.values())) or not all(suite.source for suite in job.suites):
        return {}
    return {
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
        }
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
        reading=_reading(call["reading"]),
        settings=settings,
        where=call["where"],
        suites=call.get("suites", ()),
    )
    rest = {name: value for name, value in origin.items() if name != CALL}
    return job, Order(call["stage"], None, None, call["output"], Policy(**call["policy"]), rest)


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
    return Files(tuple(said["paths"]), known, None if said["reading"] is None else _reading(said["reading"]))


def _reading(said: Mapping[str, Any]) -> Reading:
    words: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Reading(**words)


def _absolute(path: str) -> str:
    """Another process may stand in another folder; a folder keeps the slash that says so."""
    return path if "://" in path else os.path.abspath(path) + ("/" if path.endswith("/") else "")  # noqa: PTH100  globs too
