"""Where the good rows of a replay go: what is known of it by the store, or said, and what stands there of their key."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlglot import exp

from dq.checks import NONE_BAD, Check, Foreign, Keys, Rows
from dq.errors import UsageError
from dq.lasting import lasts
from dq.plan import Field, Plan
from dq.quarantine import FileTarget, TableTarget, placed, target
from dq.recall import target_of
from dq.settings import Settings
from dq.source import Files, Frame, Library, Other, Standing, Table
from dq.store import Batch, Store

Place = FileTarget | TableTarget


def place_of(store: Store, batch: Batch, settings: Settings) -> Place:
    """
    Where the good rows of *batch* are, or will be.

    Raises:
        UsageError: it is a table that nobody finds again, or nothing that rows can be added to.
    """
    table = target_of(store.run(batch.run).origin, settings)
    if table is not None:
        return _table_target(table, batch, settings)
    if "://" in batch.output:
        what = f"the good rows of batch {batch.id[:12]} are in a table that is not found again: its address was not kept"
        mend = "fix them where they come from, and enforce the key again: it replaces what the key has published"
        raise UsageError(what, batch.output, mend)
    return placed(batch.output)


def chosen_place(store: Store, batches: Sequence[Batch], to: str | Table, settings: Settings) -> Place:
    """
    Where good rows of the first of *batches* go: as those of the others, which it came of, else as *to* says.

    Raises:
        UsageError: both say it, or neither; or it cannot be.
    """
    batch, known = batches[0], next((item for item in batches if item.output), None)
    if known is not None and to:
        raise UsageError(f"the good rows of batch {batch.id[:12]} go to {known.output}", "to", "leave it out")
    if known is not None:
        return place_of(store, known, settings)
    if not to:
        what = f"batch {batch.id[:12]} came from a frame: nobody knows where its good rows are"
        raise UsageError(what, str(batch.slot), "say where the rows go: to='good/', --to good/, or a table")
    if isinstance(to, str):
        return target(to, batch.slot.key)
    if to.query:
        raise UsageError("good rows go into a table, not into a query", "to", "name the table: dq.Table(url, 'mart.orders')")
    if not lasts(to):
        what = "a table in memory is gone when this process ends: nobody would find the rows again"
        raise UsageError(what, "to", "name a file or a server: dq.Table('sqlite:///shop.db', 'mart')")
    return _table_target(to, batch, settings)


def _table_target(table: Table, batch: Batch, settings: Settings) -> TableTarget:
    return TableTarget(table, batch.slot.text, settings.statement_timeout)


def standing_in(place: Place, batch: Batch, *, there: bool) -> Files | Standing | None:
    """
    What stands at *place*, as a source of the rows of the batch's key; None when nothing does. *there*: something of the key.

    Raises:
        SourceError: a table cannot take the rows of *batch*.
    """
    if isinstance(place, FileTarget):
        return Files((str(place),), place.format) if there else None
    from dq.engines.database.connect import connected, is_there  # noqa: PLC0415  heavy
    from dq.engines.database.into import Into  # noqa: PLC0415
    from dq.engines.database.standing import standing  # noqa: PLC0415

    if not is_there(place.table):
        return None
    with connected(place.table, place.timeout) as session:
        Into.of(session, place.table, place.slot).must_take(json.loads(batch.schema)["columns"].keys())
    return standing(place.table, place.slot, place.timeout)


def looked_into(references: Mapping[str, Other], settings: Settings) -> dict[str, Other]:
    """
    The other datasets, as dead letters are judged beside them: of a table the columns that rules look into are read.

    Raises:
        SourceError: there is no such table. WorldError: it cannot be read.
    """
    return {
        name: replace(other, source=_partners(other.source, other.columns, settings))
        if isinstance(other.source, Table)
        else other
        for name, other in references.items()
        if other.columns or not isinstance(other.source, Table)
    }


def _partners(table: Table, columns: Sequence[str], settings: Settings) -> Frame:
    from dq.engines.database.standing import partners  # noqa: PLC0415  heavy

    return Frame(partners(table, columns, settings.statement_timeout), Library.BATCHES)


def among(plan: Plan, columns: Sequence[str]) -> tuple[str, ...]:
    """
    Those of *columns* that verdicts on a row look at in other rows; none when every row is judged alone.

    Python of another tool is handed all of them: it may mind nulls that are none.
    """
    checks = [item for item in plan.checks if item.is_row_check and (isinstance(item.subject, Keys) or item.limits != NONE_BAD)]
    if not checks:
        return ()
    if any(isinstance(item.subject, Foreign) for item in plan.checks if item.is_row_check):
        return tuple(columns)
    names = {name for item in checks for name in _names(item)}
    used = names | {key for field in plan.fields for key in _both(field) if names & {*_both(field)}}
    return tuple(name for name in columns if name in used) or tuple(columns[:1])


def _both(field: Field) -> tuple[str, str]:
    return field.name, field.source


def _names(item: Check) -> set[str]:
    """The columns that a check names, wherever it does."""
    subject = item.subject
    trees = [subject.bad] if isinstance(subject, Rows | Keys) else []
    trees += list(subject.of) if isinstance(subject, Keys) else []
    trees += [item.where] if item.where is not None else []
    found = {*item.columns, *(node.name for tree in trees for node in tree.find_all(exp.Column))}
    if isinstance(subject, Keys):
        found |= {*subject.columns, *([subject.survivor.by] if subject.survivor and subject.survivor.by else [])}
    return found
