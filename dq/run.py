"""
The flow: a contract becomes a plan, an engine opens a source and runs it, the findings become a result.

    contract ──compile──▶ plan ──bind──▶ passes ──look──▶ findings ──judge──▶ result
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dq import settings as settings_module
from dq.checks import Mode, Status
from dq.contract import Contract, load
from dq.engines import Engine, View
from dq.errors import UsageError, ViolationError
from dq.job import Job, Ref, check_references, prepare
from dq.outcome import Also, Whom, conclude, profiled
from dq.plan import Plan, Selection, bind
from dq.policy import AS_WRITTEN, Policy
from dq.result import ColumnProfile, Result
from dq.settings import Settings
from dq.source import Frame, Library, Reading, Source, Table
from dq.source import source as recognise
from dq.suites import Suite
from dq.suites import load as suites_of

if TYPE_CHECKING:
    from dq.diversion import Enforcement
    from dq.quarantine.landing import Append

Progress = Callable[[float], None]


def load_contract(ref: str | os.PathLike[str] | Contract, *, contracts: str | Path | None = None) -> Contract:
    """
    The contract that *ref* names: a path, or `name`, `name@1.2.0`, `name@^1` in the contracts folder (newest match first).

    Raises:
        ContractError: it is not there, or not valid; the error holds every fault of the file.
    """
    return load(ref, contracts=contracts if contracts is not None else settings_module.load().contracts)


def load_suite(ref: object, *, parameters: Mapping[str, Any] | None = None, settings: Settings | None = None) -> Suite:
    """
    The suite that *ref* is, or names: a path, the folder of a data context, `folder#name`, or an object of the tool.

    *parameters* are the values of its `$PARAMETER`s. It stands wherever a contract does, or beside one, as `suites=`.

    Raises:
        ContractError: something in it is wrong; the error holds every fault. UsageError: there is no suite.
    """
    return suites_of(ref, parameters=parameters, allow_code=(settings or settings_module.load()).allow_code)


def validate(
    source: object = None,
    contract: Ref = "",
    *,
    schema: str | None = None,
    references: Mapping[str, object] | None = None,
    dataset: str | None = None,
    stage: str | None = None,
    where: str | None = None,
    suites: Sequence[object] = (),
    rules: Sequence[str] = (),
    dimensions: Sequence[str] = (),
    tags: Sequence[str] = (),
    metadata_only: bool = False,
    why: bool = True,
    profile: bool = False,
    server: str | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    record: bool | None = None,
    at: datetime | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Result:
    """
    Read *source*, change nothing in it, and say what breaks *contract*.

    Args:
        source: a frame, rows, Arrow batches, a path, paths, a folder or a URL, or a `dq.Table` of a database; None: what the
            contract's server says.
        contract: a path, a reference such as `flights@^1`, or a loaded contract.
        schema: which schema object, when the contract has several.
        references: other datasets that relationships look into, by the name of their schema object.
        dataset: the name that results are recorded under; default `<contract>.<schema object>`.
        stage: rules that name other stages are left out.
        where: a SQL condition; only rows that pass it are the dataset.
        suites: expectations written for other tools, checked together with the contract, or without one: paths, suites
            of `load_suite`, or objects of the tool.
        rules: only checks of these rules; empty means all.
        dimensions: only checks of these quality dimensions; empty means all.
        tags: only checks with one of these tags; empty means all.
        metadata_only: judge names and types of columns, of a table also about how many rows it has; read none.
        why: say where the bad rows of a failing check concentrate, too; about a tenth of the time.
        profile: say what every column holds, too.
        server: which server of the contract to read from and by.
        reading: the dialect of text files, instead of the server's; or only the words in which it differs.
        settings: instead of those of the folder and the environment.
        progress: called with the share done, 0 to 1, on a long scan.
        record: whether the store keeps the run; None: when a store is configured. Without rows there is nothing to keep.
        at: the logical time of its metrics: the end of the data interval. None: now.
        origin: who runs it (task, flow, host), recorded with the run.

    Raises:
        ContractError: the contract is not valid. UsageError, SourceError, EngineError: what the call, the input or the
        engine cannot. WorldError: a retry may help. Bad data raises nothing: it is the result.
    """
    select = Selection(stage, tuple(rules), tuple(dimensions), tuple(tags), metadata_only)
    job = prepare(
        source,
        contract,
        schema=schema,
        dataset=dataset,
        references=references,
        select=select,
        server=server,
        reading=reading,
        settings=settings,
        where=where,
        suites=suites,
    )
    check_references(job)
    keeps = bool(job.settings.store_url) if record is None else record
    keep, whom = _keeper(job, at, origin or {}) if keeps and not metadata_only else (None, None)
    also = Also.BAD | (Also.WHY if why else Also.NOTHING) | (Also.PROFILE if profile else Also.NOTHING)
    with _looked(job, also, progress, whom) as (result, _):
        return result if keep is None else replace(result, run=keep(result))


def profile(
    source: object,
    contract: Ref = "",
    *,
    schema: str | None = None,
    where: str | None = None,
    server: str | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> tuple[ColumnProfile, ...]:
    """
    What every column of *source* holds; arguments as in `validate`.

    With a contract text is read as declared, and sensitive columns are masked; without one, or where it says nothing, text is
    read as what all of it can be. The same data gives the same profile.

    Raises:
        UsageError, ContractError, SourceError, EngineError, WorldError: as `validate`.
    """
    if contract:
        job = prepare(source, contract, schema=schema, server=server, reading=reading, settings=settings, where=where)
        given, plan, read, settings = job.source, replace(job.plan, checks=()), job.reading, job.settings
    else:
        settings = settings or settings_module.load()
        given = recognise(source)
        read = reading if isinstance(reading, Reading) else Reading(**(reading or {}))
        plan = Plan("", "", "", (), (), (), "")
    engine = _engine(settings, given)
    with engine.open(given, fields=plan.fields, reading=read, references={}, progress=progress) as view:
        view.look(bind(plan, view.columns, dialect=engine.dialect, now=datetime.now(UTC), where=where))
        return profiled(view, plan)


def split(
    source: object,
    contract: Ref = "",
    *,
    schema: str | None = None,
    references: Mapping[str, object] | None = None,
    stage: str | None = None,
    where: str | None = None,
    suites: Sequence[object] = (),
    reading: Reading | None = None,
    settings: Settings | None = None,
) -> tuple[Any, Any]:
    """
    The good rows and the bad rows of *source*: each row is in exactly one of them. Arguments as in `validate`.

    Good rows of a frame come back as the same library, dtypes, index and order; bad rows too, with `__dq_row_no` and
    `__dq_reasons`. Files and batches come back as Arrow tables, in memory; with *where*, of the rows that pass it.

    Raises:
        ViolationError: a whole-dataset rule failed (a column is missing): no row is good. As `validate` otherwise.
    """
    job = prepare(
        source,
        contract,
        schema=schema,
        references=references,
        select=Selection(stage),
        reading=reading,
        settings=settings,
        where=where,
        suites=suites,
    )
    check_references(job)
    job = _settled(job)
    with _looked(job, Also.BAD) as (result, view):
        return _halves(job.source, view, result, filtered=where is not None)


def enforce(
    source: object,
    contract: Ref = "",
    *,
    stage: str,
    schema: str | None = None,
    references: Mapping[str, object] | None = None,
    dataset: str | None = None,
    key: str | None = None,
    at: datetime | None = None,
    where: str | None = None,
    suites: Sequence[object] = (),
    output: str | os.PathLike[str] | Table | None = None,
    policy: Policy = AS_WRITTEN,
    server: str | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Enforcement:
    """
    Validate *source*, put its bad rows safely away, and let its good rows go on: each row exactly once, whatever is killed.

    Args:
        source: as in `validate`, and so are contract, schema, references, dataset, where, suites, server, reading,
            settings, progress.
        stage: the point of the pipeline, such as `raw`.
        key: the part of the dataset that this is: enforcing it again replaces, it never adds. None: named by its content,
            so that the same content again changes nothing.
        at: the logical time of its metrics: the end of the data interval. None: now.
        output: where good rows go: `good.parquet` (a file of one key), `good/{key}.csv`, a folder, or a `dq.Table`, made
            when it is not there; or `in_place`: the bad rows of a table are moved to the one beside it,
            `<name>__quarantine`. Files need one; of a frame the good rows are handed back, and the guarantee ends when
            this returns.
        policy: what the stage weakens, and how many rows it may divert.
        origin: who runs it (task, flow, host), recorded with the run.

    Raises:
        Fenced: a later enforcement of the key was committed meanwhile. WorldError: store, disk or network failed; a
        retry goes on where this one stopped. As `validate` otherwise. A blocked stage raises nothing: see `outcome`.
    """
    if not stage:
        raise UsageError("no stage is given", "enforce", "name the point of the pipeline: stage='raw'")
    job = prepare(
        source,
        contract,
        schema=schema,
        dataset=dataset,
        references=references,
        select=Selection(stage),
        server=server,
        reading=reading,
        settings=settings,
        where=where,
        suites=suites,
    )
    check_references(job)
    from dq.diversion import Order, divert  # noqa: PLC0415  the store is heavy
    from dq.placing import writes_into  # noqa: PLC0415
    from dq.quarantine import checked  # noqa: PLC0415
    from dq.recall import remembered  # noqa: PLC0415

    named = None if key is None else checked(key)
    job = _settled(job)
    order = Order(stage, named, at, output if output is None or isinstance(output, Table) else os.fspath(output), policy)
    order = replace(order, origin={**(origin or {}), **remembered(job, order)})
    with opened(job, progress, writable=writes_into(job, order.output)) as (engine, view):
        return divert(job, order, engine, view)


# -- the parts of a run ----------------------------------------------------------------------------------------------


def _keeper(job: Job, at: datetime | None, origin: Mapping[str, Any]) -> tuple[Callable[[Result], str], Whom | None]:
    """
    What records a result in the store, which is reached before data is read, and says the id of the run.

    And what marks whom its samples are about.
    """
    from dq.diversion import contract_facts, places, whom_of  # noqa: PLC0415  the store is heavy
    from dq.store import facts_of  # noqa: PLC0415

    store, vault = places(job.settings)
    contract = contract_facts(job.contract)

    def keep(result: Result) -> str:
        return store.record_run(facts_of(result, at=at, contract=contract, origin=origin))

    return keep, whom_of(job.plan, store, vault)


@contextmanager
def _looked(job: Job, also: Also, progress: Progress | None = None, whom: Whom | None = None) -> Iterator[tuple[Result, View]]:
    """Look at the source and judge it; the view stays open for who wants its rows."""
    with opened(job, progress) as (engine, view):
        yield conclude(job, engine, view, now=datetime.now(UTC), also=also, whom=whom), view


@contextmanager
def opened(job: Job, progress: Progress | None = None, writable: tuple[str, ...] = ()) -> Iterator[tuple[Engine, View]]:
    """An engine, and its view of the job's source, alive inside."""
    engine = _engine(job.settings, job.source)
    with engine.open(
        job.source,
        fields=(*job.plan.fields, *job.plan.suited),
        reading=job.reading,
        references=job.references,
        progress=progress,
        writable=writable,
    ) as view:
        yield engine, view


def appender(settings: Settings) -> Append:
    """What adds rows to a file of good rows."""
    from dq.engines.duckdb import DuckDB  # noqa: PLC0415  heavy

    return DuckDB(settings.memory_limit, settings.threads, settings.spill_directory).append


def _settled(job: Job) -> Job:
    """A lazy frame is collected once, for its rows are wanted back."""
    if not isinstance(job.source, Frame):
        return job
    from dq.engines.frames import settled  # noqa: PLC0415  needs pyarrow

    return replace(job, source=settled(job.source))


def _engine(settings: Settings, given: Source) -> Engine:
    if isinstance(given, Table):
        from dq.engines.database import database_of  # noqa: PLC0415  heavy

        return database_of(given, timeout=settings.statement_timeout, spill=settings.spill_directory)
    from dq.engines.duckdb import DuckDB  # noqa: PLC0415  heavy

    return DuckDB(settings.memory_limit, settings.threads, settings.spill_directory)


# -- good and bad, as they came ----------------------------------------------------------------------------------------


def _halves(given: Source, view: View, result: Result, *, filtered: bool) -> tuple[Any, Any]:
    if any(
        item.status in (Status.FAIL, Status.ERROR) and not item.check.is_row_check and item.check.mode is Mode.BLOCK
        for item in result.checks
    ):
        raise ViolationError(result)
    assert result.bad is not None  # noqa: S101  rows were read
    if isinstance(given, Frame) and given.library is not Library.BATCHES and not filtered:
        from dq.engines.frames import drop, take  # noqa: PLC0415  needs pyarrow

        numbers = view.bad_numbers()
        reasons = [row["__dq_reasons"] for row in result.bad]
        return drop(given, numbers), _with_reasons(take(given, numbers), given.library, numbers, reasons)
    return view.good().read_all(), result.bad.to_arrow()


def _with_reasons(bad: Any, library: Library, numbers: Any, reasons: list[str]) -> Any:
    if library is Library.ROWS:
        return [
            {**row, "__dq_row_no": int(number), "__dq_reasons": reason}
            for row, number, reason in zip(bad, numbers, reasons, strict=True)
        ]
    if library is Library.PANDAS:
        return bad.assign(__dq_row_no=numbers, __dq_reasons=reasons)
    if library is Library.POLARS:
        import polars as pl  # noqa: PLC0415

        return bad.with_columns(pl.Series("__dq_row_no", numbers), pl.Series("__dq_reasons", reasons, dtype=pl.String))
    import pyarrow as pa  # noqa: PLC0415

    return bad.append_column("__dq_row_no", pa.array(numbers)).append_column("__dq_reasons", pa.array(reasons, pa.string()))
