"""Runs and their facts: results, samples, columns, metrics, all in the transaction of who calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from typing import Any

import sqlalchemy as sa

from dq.errors import UsageError
from dq.result import Outcome
from dq.store import schema
from dq.store.connect import insert_missing
from dq.store.model import CheckFacts, ContractFacts, Run, RunFacts, Slot

_PLAIN = ("id", "at", "now", "started", "finished", "status", "rows", "bad_rows", "plan", "engine", "error")


def dataset_id(connection: sa.Connection, name: str, owner: str = "") -> int:
    """The number of a dataset, made when it is new; a known *owner* is kept up to date."""
    insert_missing(connection, schema.dataset, [{"name": name, "owner": owner}])
    row = connection.execute(sa.select(schema.dataset).where(schema.dataset.c.name == name)).one()
    if owner and row.owner != owner:
        connection.execute(sa.update(schema.dataset).where(schema.dataset.c.id == row.id).values(owner=owner))
    return int(row.id)


def record(connection: sa.Connection, facts: RunFacts, *, outcome: Outcome | None = None, batch: str | None = None) -> str:
    """Write all facts of a run; its id. The same facts again change nothing."""
    if connection.scalar(sa.select(schema.run.c.id).where(schema.run.c.id == facts.id)) is not None:
        return facts.id
    dataset = dataset_id(connection, facts.slot.dataset, facts.owner)
    contract = facts.contract
    if contract is not None:
        said = {name: getattr(contract, name) for name in ("sha256", "name", "version", "body")}
        insert_missing(connection, schema.contract, [{**said, "first_seen": facts.started}])
    connection.execute(
        sa.insert(schema.run),
        {
            **{name: getattr(facts, name) for name in _PLAIN},
            "origin": dict(facts.origin),
            "dataset": dataset,
            "stage": facts.slot.stage,
            "key": facts.slot.key,
            "outcome": outcome,
            "contract": contract.sha256 if contract else None,
            "batch": batch,
        },
    )
    _checks(connection, facts)
    columns = [{"run": facts.id, "position": n, "column": name, "type": kind} for n, (name, kind) in enumerate(facts.columns)]
    if columns:
        connection.execute(sa.insert(schema.column_seen), columns)
    if facts.metrics:  # a replay has none: those of its key stay
        _points(connection, facts, dataset)
    return facts.id


def _checks(connection: sa.Connection, facts: RunFacts) -> None:
    definitions = {
        item.fingerprint: {
            "id": item.fingerprint,
            "check": item.id,
            **{name: getattr(item, name) for name in ("says", "dimension", "column", "mode", "clause")},
        }
        for item in facts.checks
    }
    insert_missing(connection, schema.check_def, list(definitions.values()))
    results = [
        {
            "run": facts.id,
            "ordinal": number,
            "check": item.fingerprint,
            **{name: getattr(item, name) for name in ("status", "rows", "bad", "value", "message")},
        }
        for number, item in enumerate(facts.checks)
    ]
    samples = [
        {"run": facts.id, "ordinal": number, "n": n, "row": dict(row), "subjects": about or None}
        for number, item in enumerate(facts.checks)
        for n, (row, about) in enumerate(zip_longest(item.samples, item.subjects))
    ]
    if results:
        connection.execute(sa.insert(schema.result), results)
    if samples:
        connection.execute(sa.insert(schema.sample), samples)


def _points(connection: sa.Connection, facts: RunFacts, dataset: int) -> None:
    """The metrics of a run, in the place of those that its key had before."""
    series, point, slot = schema.series, schema.point, facts.slot
    wanted = {(item.metric, item.column): item.value for item in facts.metrics}
    rows: list[dict[str, Any]] = [
        {"dataset": dataset, "stage": slot.stage, "metric": metric, "column": column} for metric, column in wanted
    ]
    insert_missing(connection, series, rows)
    here = sa.and_(series.c.dataset == dataset, series.c.stage == slot.stage)
    ids = {(row.metric, row.column): row.id for row in connection.execute(sa.select(series).where(here))}
    mine = sa.and_(point.c.key == slot.key, point.c.series.in_(list(ids.values())))
    newest = connection.scalar(sa.select(sa.func.max(point.c.recorded_at)).where(mine)) if ids else None
    now = datetime.now(UTC)
    shared = {"key": slot.key, "run": facts.id, "recorded_at": now if newest is None else max(now, _aware(newest) + _TICK)}
    points = [{"series": ids[name], "at": facts.at, "value": value, **shared} for name, value in wanted.items()]
    if slot.key and ids:  # without a key, another time is another point
        named = {(item["series"], item["at"]) for item in points}
        before = connection.execute(sa.select(point.c.series, point.c.at).where(mine).distinct())
        points += [
            {"series": row.series, "at": row.at, "value": None, **shared} for row in before if (row.series, row.at) not in named
        ]
    if points:
        connection.execute(sa.insert(point), points)


_TICK = timedelta(microseconds=1)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# -- reading ---------------------------------------------------------------------------------------------------------


def find(
    connection: sa.Connection, *, dataset: str | None, stage: str | None, key: str | None, status: str | None, limit: int
) -> tuple[Run, ...]:
    """Runs, newest first; None filters nothing."""
    given = {schema.dataset.c.name: dataset, schema.run.c.stage: stage, schema.run.c.key: key, schema.run.c.status: status}
    query = _runs().where(*(column == value for column, value in given.items() if value is not None))
    found = connection.execute(query.order_by(schema.run.c.started.desc(), schema.run.c.id).limit(limit))
    return tuple(_run(row) for row in found)


def get(connection: sa.Connection, wanted: str, where: str) -> Run:
    """
    The run of that id, or of the only id that starts so, with its checks, samples and columns.

    Raises:
        UsageError: there is none, or several.
    """
    id_ = the_one(connection, schema.run.c.id, wanted, "run", where)
    row = connection.execute(_runs().where(schema.run.c.id == id_)).one()
    samples: dict[int, list[Any]] = {}
    for item in connection.execute(sa.select(schema.sample).where(schema.sample.c.run == id_).order_by(schema.sample.c.n)):
        samples.setdefault(item.ordinal, []).append(item.row)
    definition, result, seen = schema.check_def, schema.result, schema.column_seen
    said = connection.execute(
        sa.select(result, definition.c.check.label("name"), definition)
        .join_from(result, definition, result.c.check == definition.c.id)
        .where(result.c.run == id_)
        .order_by(result.c.ordinal)
    )
    checks = tuple(
        CheckFacts(
            item.id, item.name, item.says, item.dimension, item.column, item.mode, item.clause, item.status,
            item.rows, item.bad, item.value, item.message, tuple(samples.get(item.ordinal, ())),
        )
        for item in said
    )  # fmt: skip
    columns = connection.execute(sa.select(seen.c.column, seen.c.type).where(seen.c.run == id_).order_by(seen.c.position))
    return _run(row, checks, tuple((item.column, item.type) for item in columns))


def contract(connection: sa.Connection, run: str) -> ContractFacts | None:
    """The contract that the run of that id enforced, as it was."""
    c = schema.contract
    query = sa.select(c).join_from(schema.run, c, schema.run.c.contract == c.c.sha256).where(schema.run.c.id == run)
    row = connection.execute(query).one_or_none()
    return ContractFacts(row.sha256, row.name, row.version, row.body) if row else None


def the_one(connection: sa.Connection, column: sa.Column[str], wanted: str, noun: str, where: str) -> str:
    """
    The value of *column* that is *wanted*, or the only one that starts with it.

    Raises:
        UsageError: none does, or several.
    """
    found = list(
        connection.scalars(sa.select(column).where(column.startswith(wanted, autoescape=True)).order_by(column).limit(6))
    )
    if wanted in found:
        return wanted
    if not wanted or not found:
        raise UsageError(
            f"no {noun} '{wanted}'", where, f"`dq {'runs' if noun == 'run' else 'quarantine'} list` shows those there are"
        )
    if len(found) > 1:
        raise UsageError(
            f"several {noun} ids start with '{wanted}'", where, f"say more of it: {', '.join(id_[:16] for id_ in found)}"
        )
    return found[0]


def _runs() -> sa.Select[Any]:
    run, dataset, contract = schema.run, schema.dataset, schema.contract
    return (
        sa.select(run, dataset.c.name.label("dataset_name"), contract.c.name.label("contract_name"), contract.c.version)
        .join_from(run, dataset, run.c.dataset == dataset.c.id)
        .outerjoin(contract, run.c.contract == contract.c.sha256)
    )


def _run(row: sa.Row[Any], checks: tuple[CheckFacts, ...] = (), columns: tuple[tuple[str, str], ...] = ()) -> Run:
    return Run(
        slot=Slot(row.dataset_name, row.stage, row.key),
        outcome=Outcome(row.outcome) if row.outcome else None,
        contract=f"{row.contract_name}@{row.version}" if row.contract else "",
        batch=row.batch or "",
        alerted_at=row.alerted_at,
        origin=row.origin,
        checks=checks,
        columns=columns,
        **{name: getattr(row, name) for name in _PLAIN},
    )
