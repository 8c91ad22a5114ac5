"""Where rows go when a stage goes on: files, a table, or nowhere, while the bad ones are moved aside."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dq.engines import View
from dq.errors import SourceChanged, UsageError
from dq.job import Job
from dq.lasting import found, said
from dq.plan import bind
from dq.quarantine.inplace import InPlace
from dq.quarantine.moved import Tables
from dq.quarantine.output import FileTarget, Placed, root, target
from dq.quarantine.tables import TableTarget
from dq.settings import Settings
from dq.source import Files, Table
from dq.sql import Tree
from dq.store import Slot, Turn

if TYPE_CHECKING:
    from dq.engines.database.aside import Moving
    from dq.engines.database.into import Into

IN_PLACE = "in_place"
Output = str | Table | None
Place = FileTarget | TableTarget | None


def writes_into(job: Job, output: Output) -> tuple[str, ...]:
    """
    The folder that good rows go to, known before anything is read; none for a frame, which is handed back, or for a table.

    Raises:
        UsageError: files need an output; or it cannot be written to; or it is also read; or rows cannot be moved in place.
    """
    if isinstance(output, Table):
        from dq.engines.database.publish import refuse  # noqa: PLC0415  heavy

        refuse(job.source, output)
        return ()
    if output == IN_PLACE:
        from dq.engines.database.aside import movable_source  # noqa: PLC0415  heavy

        movable_source(job.source)
        return ()
    if output is None:
        if isinstance(job.source, Files):
            raise UsageError("files need an output for their good rows", str(job.source), "say output='good/', or a path")
        return ()
    target(output, "any")
    folder = root(output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot be made: {error.strerror or error}", str(folder), "give another output") from None
    return (str(folder),)


def prepared(job: Job, output: Output, view: View, stage: str, key: str | None) -> None:
    """
    Refuse an output that cannot take the rows of *view*, before one is read.

    Where rows are moved in place, *view* looks from here on at what came in: at those, too, that the key moved out before.

    Raises:
        SourceError, UsageError: it cannot; the error says why.
    """
    if isinstance(output, Table):
        from dq.engines.database.publish import must_take  # noqa: PLC0415  heavy

        must_take(view, job.source, output, job.settings.statement_timeout, job.plan.fields)
    if output == IN_PLACE:
        from dq.engines.database.aside import movable_source, must_move  # noqa: PLC0415  heavy

        if key is None:
            what = "rows that are moved in place need a key: what is left is another content"
            mend = "name what is loaded at once: key='2024-05-01', or of a table that is loaded whole key='all'"
            raise UsageError(what, "key", mend)
        must_move(view, movable_source(job.source))
        _moving(job, view, Slot(job.plan.dataset, stage, key)).rejoin()


def place_of(job: Job, output: Output, slot: Slot) -> Place:
    """
    The place that *output* is; None: good rows are handed back.

    Raises:
        UsageError: it belongs to another key, or it is also read.
    """
    timeout = job.settings.statement_timeout
    if isinstance(output, Table):
        return TableTarget(output, slot.text, timeout)
    if output == IN_PLACE:
        from dq.engines.database.aside import aside_of, movable_source  # noqa: PLC0415  heavy

        source = movable_source(job.source)
        return InPlace(aside_of(source), slot.text, timeout, source)
    if output is None:
        return None
    place = target(output, slot.key)
    _is_not_read(job, place)
    place.may_write(slot.text)
    return place


def kept_at(place: Place) -> str:
    """Where bad rows are that stay in their database, as the store keeps it; "": they become objects."""
    if not isinstance(place, InPlace):
        return ""
    return json.dumps(said(place.table) or {})


def tables(settings: Settings) -> Tables:
    """How tables are found again that the store knows without their secrets."""

    def again(place: str) -> Table:
        if not (kept := json.loads(place)):
            raise UsageError("the rows stay in a database that was in memory", "dead letters", "give it a file")
        there = found(kept, settings.databases)
        assert isinstance(there, Table)  # noqa: S101  of `kept_at`
        return there

    return Tables(again, settings.statement_timeout)


def fingerprint_of(job: Job, view: View) -> str:
    """What names the content: the rows, and which of them are meant."""
    return json.dumps([view.fingerprint(_where(job, view)), job.where])


def rest(job: Job, view: View, place: Place) -> None:
    """Stop looking at a table that lies beside the target: rows are looked at again when they are published."""
    if isinstance(place, TableTarget):
        from dq.engines.database import publish  # noqa: PLC0415  heavy

        publish.rest(view, job.source, place.table)


def into_table(job: Job, view: View, place: TableTarget, turn: Turn) -> Placed:
    """Put the good rows of *view* into a table."""
    from dq.engines.database import publish  # noqa: PLC0415  heavy

    source, fingerprint = job.source, turn.batch.fingerprint

    def insert(into: Into, edition: str) -> int:
        publish.look_again(view, source, into)
        if fingerprint_of(job, view) != fingerprint:
            raise SourceChanged("the rows are not those that were judged", str(source), "run again")
        rows = publish.insert(view, source, into, edition)
        if not isinstance(source, Table) and fingerprint_of(job, view) != fingerprint:
            raise SourceChanged("the rows changed while they were published", str(source), "run again")
        return rows

    publish.made(view, source, place.table, place.slot, place.timeout)
    return place.publish(turn, insert)


def in_place(job: Job, view: View, place: InPlace, turn: Turn, reasons: Mapping[int, str]) -> Placed:
    """Move the bad rows of *view* aside; *reasons* are the ids of checks."""
    from dq.engines.database.aside import made  # noqa: PLC0415  heavy

    moving = _moving(job, view, turn.batch.slot)
    made(view, moving.source, place.slot, place.timeout)
    return place.move(turn, moving, reasons, lambda: fingerprint_of(job, view))


def _moving(job: Job, view: View, slot: Slot) -> Moving:
    from dq.engines.database.aside import Moving, movable_source  # noqa: PLC0415  heavy

    return Moving.of(view, movable_source(job.source), slot.text, _where(job, view), job.where)


def _where(job: Job, view: View) -> Tree | None:
    """Which rows are meant, over the columns of *view*."""
    if not job.where:
        return None
    return bind(replace(job.plan, checks=()), view.columns, dialect="duckdb", now=datetime.now(UTC), where=job.where).where


def _is_not_read(job: Job, place: FileTarget) -> None:
    for other in (job.source, *(item.source for item in job.references.values())):
        paths = other.paths if isinstance(other, Files) else ()
        if place.path.resolve() in {Path(path).resolve() for path in paths if "://" not in path}:
            raise UsageError("the output is also read", str(place), "give another output")
