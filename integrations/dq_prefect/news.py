"""What Prefect is told about an outcome: events, artifacts, metadata of assets. Telling never fails a run."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.context import AssetContext
from prefect.events import emit_event
from prefect.logging import get_logger

import dq
from dq_prefect.runs import Run
from dq_prefect.surroundings import Here

PASSED, VIOLATED = "dq.contract.passed", "dq.contract.violated"
QUARANTINED, BLOCKED = "dq.contract.quarantined", "dq.contract.blocked"
_MOST_ROWS = 50  # of a table artifact
_LONGEST_KEY = 100
_EVERY = 1.0  # seconds between two updates of a progress artifact


def resource_id(dataset: str, stage: str = "") -> str:
    """The id that events about a dataset have, the same in every run; automations match it."""
    return f"dq.dataset/{dataset}/{stage or '-'}"


def artifact_key(dataset: str, stage: str, what: str = "") -> str:
    """A key that Prefect takes: lower-case letters, digits and dashes."""
    said = "-".join(filter(None, ("dq", dataset, stage, what)))
    key = re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")
    if len(key) <= _LONGEST_KEY:
        return key
    return f"{key[: _LONGEST_KEY - 9].rstrip('-')}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"


def enforced(here: Here, done: dq.Enforcement) -> None:
    """Tell of an enforcement."""
    names = [PASSED if done.result.ok and done.ok else VIOLATED]
    if done.outcome == "quarantined":
        names.append(QUARANTINED)
    elif not done.ok:
        names.append(BLOCKED)
    _told(here, done.result, done.summary(), names, title=f"{done.outcome}", name=done.batch.run)


def validated(here: Here, result: dq.Result) -> None:
    """Tell of a validation."""
    _told(
        here,
        result,
        result.summary(),
        [PASSED if result.ok else VIOLATED],
        title=str(result.status),
        name=result.run or uuid4().hex,
    )


def replayed(here: Here, done: dq.Replay) -> None:
    """Tell of a replay, batch by batch."""
    if here.run is None or not here.artifacts:
        return
    run = here.run
    first = {"batch": "ALL", "slot": "dry run" if done.dry_run else "", "rows": done.rows, "landed": done.landed}
    rows = [{**first, "stayed": done.stayed, "error": ""}, *map(_replayed_row, done.batches[:_MOST_ROWS])]
    said = f"`{done.landed:,} of {done.rows:,} rows go on`"
    _guarded(lambda: _create(run, "table", "dq-replay", json.dumps(rows), said))


def _replayed_row(item: Any) -> dict[str, Any]:
    return {
        "batch": item.batch.id[:12],
        "slot": str(item.batch.slot),
        "rows": item.rows,
        "landed": item.landed,
        "stayed": item.stayed,
        "error": str(item.error or ""),
    }


def _told(here: Here, result: dq.Result, summary: Mapping[str, Any], names: list[str], *, title: str, name: str) -> None:
    for event in names:
        _guarded(partial(_emit, event, result, summary))
    _guarded(lambda: _describe_assets(summary))
    if here.run is not None and here.artifacts:
        run, key = here.run, artifact_key(result.dataset, result.stage or "")
        rows, said = json.dumps(table(result, summary, title)), _headline(result, summary)
        _guarded(lambda: _create(run, "table", key, rows, said))
        _guarded(lambda: _link(here, run, result, name=name, said=said))


def _guarded(tell: Callable[[], object]) -> None:
    try:
        tell()
    except Exception as error:  # noqa: BLE001  the rows are safe; what is told is not worth a failed run
        get_logger("dq").warning("Prefect was not told: %s: %s", type(error).__name__, error)


# -- events and assets -------------------------------------------------------------------------------------------------


def _emit(event: str, result: dq.Result, summary: Mapping[str, Any]) -> None:
    contract, _, version = result.contract.rpartition("@")
    emit_event(
        event=event,
        resource={
            "prefect.resource.id": resource_id(result.dataset, result.stage or ""),
            "prefect.resource.name": result.dataset,
            "dq.dataset": result.dataset,
            "dq.stage": result.stage or "",
        },
        related=[
            {
                "prefect.resource.id": f"dq.contract/{contract}",
                "prefect.resource.role": "contract",
                "dq.contract.version": version,
            }
        ],
        payload=dict(summary),
    )


def _describe_assets(summary: Mapping[str, Any]) -> None:
    """Put the summary on every asset that the task materializes."""
    if (context := AssetContext.get()) is None:
        return
    for asset in context.downstream_assets:
        context.add_asset_metadata(asset.key, {"dq": dict(summary)})


# -- artifacts ---------------------------------------------------------------------------------------------------------


def table(result: dq.Result, summary: Mapping[str, Any], title: str) -> list[dict[str, Any]]:
    """A summary, then the checks, worst first; no value of the data is in it."""
    first = {
        "check": "ALL",
        "status": title,
        "mode": "",
        "bad rows": result.bad_rows,
        "of": result.rows,
        "says": _key_of(summary),
    }
    order = {"fail": 0, "error": 1, "warn": 2, "skip": 3}
    checks = sorted(result.checks, key=lambda item: order.get(str(item.status), 9))
    rows = [_row(item) for item in checks[:_MOST_ROWS]]
    left = len(checks) - len(rows)
    more = [{"check": f"… {left} more", "status": "", "mode": "", "bad rows": "", "of": "", "says": ""}] if left else []
    return [first, *rows, *more]


def _row(item: Any) -> dict[str, Any]:
    found = item.found
    return {
        "check": item.check.id,
        "status": str(item.status),
        "mode": str(item.check.mode),
        "bad rows": getattr(found, "bad", ""),
        "of": getattr(found, "rows", ""),
        "says": item.check.says,
    }


def _key_of(summary: Mapping[str, Any]) -> str:
    return " | ".join(str(summary[name]) for name in ("dataset", "stage", "key") if summary.get(name))


def _headline(result: dq.Result, summary: Mapping[str, Any]) -> str:
    """One line of Markdown: what was enforced, and what came of it; names are shown as they are, whatever they contain."""
    return " ".join(map(_code, (_key_of(summary), result.headline.removeprefix(f"{result.dataset} "))))


def _code(text: str) -> str:
    return f"`{text.replace('`', chr(39))}`"


def _create(run: Run, kind: str, key: str, data: Any, description: str) -> Any:
    """An artifact of the run; always by a client that blocks: what is enforced is no coroutine."""
    with get_client(sync_client=True) as client:
        said = ArtifactCreate(type=kind, key=key, data=data, description=description, **run.ids)
        return client.create_artifact(said).id


def _link(here: Here, run: Run, result: dq.Result, *, name: str, said: str) -> None:
    """Write the report, and say where it is: beside a link to a file its path, for no browser follows it from a server's page."""
    if here.reports is None:
        return
    here.reports.mkdir(parents=True, exist_ok=True)
    path = here.reports / f"{name}.html"
    path.write_text(dq.report.html(result), "utf-8")
    url, place = f"{here.reports_url.rstrip('/')}/{path.name}", path.resolve()
    data = (
        f"[report]({url})"
        if here.reports_url
        else f"[report]({place.as_uri()})\n\non the machine of the run: {_code(str(place))}"
    )
    _create(run, "markdown", artifact_key(result.dataset, result.stage or "", "report"), data, said)


@contextmanager
def progress(here: Here, contract: object, words: Mapping[str, Any]) -> Iterator[Callable[[float], None] | None]:
    """What a long scan calls with its share: an artifact that moves. Short scans call nothing."""
    if here.run is None or not here.artifacts:
        yield None
        return
    said = contract.ref if isinstance(contract, dq.Contract) else contract if isinstance(contract, str | os.PathLike) else "scan"
    key = artifact_key(str(words.get("dataset") or said), str(words.get("stage") or ""), "progress")
    teller = _Progress(here.run, key)
    yield teller
    teller.end()


class _Progress:
    """A progress artifact, made when a scan first tells of itself, and moved at most once a second."""

    def __init__(self, run: Run, key: str) -> None:
        self._run, self._key, self._told = run, key, 0.0
        self._id: Any = None

    def __call__(self, share: float) -> None:
        if time.monotonic() - self._told >= _EVERY:
            self._told = time.monotonic()
            _guarded(lambda: self._tell(100 * share))

    def end(self) -> None:
        if self._id is not None:
            _guarded(lambda: self._tell(100.0))

    def _tell(self, percent: float) -> None:
        if self._id is None:
            self._id = _create(self._run, "progress", self._key, percent, "share of the rows that were looked at")
            return
        with get_client(sync_client=True) as client:
            client.update_artifact(self._id, ArtifactUpdate(data=percent))
