"""
The flow: a contract becomes a plan, an engine opens a source and runs it, the findings become a result.

    contract ──compile──▶ plan ──bind──▶ passes ──look──▶ findings ──judge──▶ result
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dq import settings as settings_module
from dq.bad import BadRows
from dq.checks import Check, Gap, Keys, Mode, Rows, Status
from dq.contract import Contract, SchemaObject, Server, load, resolve
from dq.engines import Engine, View
from dq.errors import UsageError
from dq.judge import Numbers, Verdict, extra_columns, judge, overall
from dq.mask import mask
from dq.plan import RECORD, Passes, Plan, Selection, bind, compile
from dq.result import CheckResult, Coverage, NotRun, Result, Sample
from dq.settings import Settings
from dq.source import Files, Format, Frame, Library, Reading, Source, source as recognise
from dq.wording import sql_of

Progress = Callable[[float], None]


def load_contract(ref: str | os.PathLike[str] | Contract, *, contracts: str | Path | None = None) -> Contract:
    """
    The contract that *ref* names: a path, or `name`, `name@1.2.0`, `name@^1` in the contracts folder (newest match first).

    Raises:
        ContractError: it is not there, or not valid; the error holds every fault of the file.
    """
    return load(ref, contracts=contracts if contracts is not None else settings_module.load().contracts)


def validate(  # noqa: PLR0913  the words of a run
    source: object = None,
    contract: str | os.PathLike[str] | Contract = "",
    *,
    schema: str | None = None,
    references: Mapping[str, object] | None = None,
    dataset: str | None = None,
    stage: str | None = None,
    where: str | None = None,
    rules: Sequence[str] = (),
    dimensions: Sequence[str] = (),
    tags: Sequence[str] = (),
    metadata_only: bool = False,
    server: str | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Result:
    """
    Read *source*, change nothing in it, and say what breaks *contract*.

    Args:
        source: a frame, rows, Arrow batches, a path, paths, a folder or a URL; None: what the contract's server says.
        contract: a path, a reference such as `flights@^1`, or a loaded contract.
        schema: which schema object, when the contract has several.
        references: other datasets that relationships look into, by the name of their schema object.
        dataset: the name that results are recorded under; default `<contract>.<schema object>`.
        stage: rules that name other stages are left out.
        where: a SQL condition; only rows that pass it are the dataset.
        rules, dimensions, tags: only checks that are one of these; empty means all.
        metadata_only: judge names and types of columns, read no rows.
        server: which server of the contract to read from and by.
        reading: the dialect of text files, instead of the server's; or only the words in which it differs.

    Raises:
        ContractError: the contract is not valid. UsageError, SourceError, EngineError: what the call, the input or the
        engine cannot. WorldError: a retry may help. Bad data raises nothing: it is the result.
    """
    job = _job(source, contract, schema, dataset, stage, references, server, reading, settings, (rules, dimensions, tags, metadata_only))
    with _looked(job, where, progress) as (result, _):
        return result


def split(  # noqa: PLR0913  as validate
    source: object,
    contract: str | os.PathLike[str] | Contract,
    *,
    schema: str | None = None,
    references: Mapping[str, object] | None = None,
    stage: str | None = None,
    where: str | None = None,
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
    job = _job(source, contract, schema, None, stage, references, None, reading, settings, ((), (), (), False))
    with _looked(job, where, None) as (result, view):
        return _halves(job.source, view, result, filtered=where is not None)


# -- the parts of a run ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Job:
    """Everything a run was told, recognised."""

    source: Source
    contract: Contract
    plan: Plan
    select: Selection
    stage: str
    reading: Reading | None
    references: Mapping[str, Source]
    settings: Settings


def _job(  # noqa: PLR0913
    given: object,
    ref: str | os.PathLike[str] | Contract,
    schema: str | None,
    dataset: str | None,
    stage: str | None,
    references: Mapping[str, object] | None,
    server: str | None,
    reading: Reading | Mapping[str, Any] | None,
    settings: Settings | None,
    chosen: tuple[Sequence[str], Sequence[str], Sequence[str], bool],
) -> _Job:
    settings = settings or settings_module.load()
    if not ref:
        raise UsageError("no contract is given", "validate", "name one: contract='flights@^1', or a path")
    contract = load(ref, contracts=settings.contracts)
    place = _server(contract, server)
    if given is None:
        given = _from_server(contract, place)
    recognised = recognise(given)
    item = _object(contract, schema, recognised)
    rules, dimensions, tags, metadata_only = chosen
    select = Selection(stage, tuple(rules), tuple(dimensions), tuple(tags), metadata_only)
    others = {name: _reference(contract, name, recognise(other), place) for name, other in (references or {}).items()}
    return _Job(
        recognised,
        contract,
        compile(contract, item, dataset=dataset, select=select),
        select,
        stage or "",
        reading if isinstance(reading, Reading) else _reading(contract, item, place, reading or {}),
        others,
        settings,
    )


@contextmanager
def _looked(job: _Job, where: str | None, progress: Progress | None) -> Iterator[tuple[Result, View]]:
    """Look at the source and judge it; the view stays open for who wants its rows."""
    started, now = time.monotonic(), datetime.now(UTC)
    engine = _engine(job.settings)
    with engine.open(job.source, fields=job.plan.fields, reading=job.reading, references=job.references, progress=progress) as view:
        plan = job.plan if view.records else replace(job.plan, checks=tuple(item for item in job.plan.checks if item.id != RECORD))
        passes = bind(plan, view.columns, dialect=engine.dialect, now=now, references=view.references, where=where)
        numbers = _metadata(plan, passes, view) if job.select.metadata_only else _numbers(plan, passes, view)
        verdicts = [judge(number, item, numbers, plan) for number, item in enumerate(plan.checks)]
        failing = [
            number for number, item in enumerate(plan.checks) if item.is_row_check and verdicts[number].status is Status.FAIL
        ]
        bad_rows = 0 if job.select.metadata_only else view.divert(failing)
        if passes.good:
            numbers = replace(numbers, measures={**numbers.measures, **view.measure_good(passes)})
            verdicts = [judge(number, item, numbers, plan) if item.on == "good" else verdicts[number] for number, item in enumerate(plan.checks)]
        bad = None
        if not job.select.metadata_only:
            bad = BadRows(job.settings.spill_directory)
            if bad_rows:
                view.drain(bad.fill, {number: item.id for number, item in enumerate(plan.checks)})
        results = tuple(
            _check_result(number, item, verdicts[number], plan, passes, view, engine, job.settings.samples) for number, item in enumerate(plan.checks)
        )
        yield _result(job, plan, engine, view, numbers, results, bad_rows, bad, now, time.monotonic() - started), view


def _engine(settings: Settings) -> Engine:
    from dq.engines.duckdb import DuckDB  # noqa: PLC0415  heavy

    return DuckDB(settings.memory_limit, settings.threads, settings.spill_directory)


def _numbers(plan: Plan, passes: Passes, view: View) -> Numbers:
    del plan
    found = view.look(passes)
    return Numbers(found.rows, found.bad, found.measures, found.answers, passes.unable, tuple(view.columns.types))


def _metadata(plan: Plan, passes: Passes, view: View) -> Numbers:
    """What can be known without reading rows: types that always fit, or never."""
    from sqlglot import exp  # noqa: PLC0415

    from dq.plan import Unable  # noqa: PLC0415

    certain = {item.check for item in passes.rows if item.bad == exp.false()}
    unable = dict(passes.unable)
    for number, item in enumerate(plan.checks):
        if number not in unable and number not in certain and not isinstance(item.subject, type(None)) and item.name == "type":
            unable[number] = Unable(Status.SKIP, "only the rows can tell")
    return Numbers(0, dict.fromkeys(certain, 0), {}, {}, unable, tuple(view.columns.types))


def _check_result(  # noqa: PLR0913
    number: int, item: Check, verdict: Verdict, plan: Plan, passes: Passes, view: View, engine: Engine, samples: int
) -> CheckResult:
    seen: tuple[Sample, ...] = ()
    if isinstance(item.subject, Rows | Keys) and verdict.status not in (Status.PASS, Status.SKIP):
        seen = _samples(number, item, plan, view, samples)
    return CheckResult(item, verdict.status, verdict.found, verdict.message, sql_of(number, item, plan, passes, engine.dialect), seen)


def _samples(number: int, item: Check, plan: Plan, view: View, limit: int) -> tuple[Sample, ...]:
    """Some bad rows: the check's columns and the key's, sensitive ones masked."""
    fields = [field for field in plan.fields if field.name in item.columns or field.key]
    names = {name: field for field in fields for name in (field.source, field.name)}
    wanted = [name for name in view.columns.types if name in names or name in item.columns]
    hidden = {name for name in wanted if name in names and names[name].sensitive}
    all_hidden = any(field.sensitive for field in plan.fields)  # a record that cannot be read shows any column
    return tuple(
        Sample(
            seen.row,
            {name: mask(text) if name in hidden or (name == "(record)" and all_hidden) else text for name, text in seen.values.items()},
            seen.source,
            seen.line,
        )
        for seen in view.sample(number, wanted, limit)
    )


def _result(  # noqa: PLR0913
    job: _Job,
    plan: Plan,
    engine: Engine,
    view: View,
    numbers: Numbers,
    checks: tuple[CheckResult, ...],
    bad_rows: int,
    bad: BadRows | None,
    now: datetime,
    seconds: float,
) -> Result:
    ran = [item for item in checks if not (isinstance(item.found, NotRun) and item.status is Status.SKIP and item.check.id)]
    skipped = tuple(
        _as_gap(item) for item in checks if isinstance(item.found, NotRun) and item.status is Status.SKIP and item.message != "no values"
    )
    notes = list(view.notes)
    if extra := extra_columns(plan, view.columns.types):
        notes.append(f"columns that the contract does not declare: {', '.join(extra)}")
    notes += [f"{item.check.id}: {item.check.warning}" for item in checks if item.check.warning]
    enforced = len({(str(item.check.clause.place), item.check.clause.text) for item in ran if item.check.id != RECORD})
    return Result(
        contract=plan.contract,
        object=plan.object,
        dataset=plan.dataset,
        source=str(job.source),
        engine=engine.name,
        stage=job.stage,
        status=overall(((item.check, item.status) for item in checks), plan),
        rows=numbers.rows,
        bad_rows=bad_rows,
        checks=checks,
        coverage=Coverage.of(enforced, (*plan.gaps, *skipped)),
        now=now,
        seconds=seconds,
        columns=view.shown,
        notes=tuple(notes),
        owners=plan.owners,
        plan=plan.sha256,
        bad=bad,
    )


def _as_gap(item: CheckResult) -> Any:  # noqa: ANN401

    return Gap(item.check.clause, item.message, rule=item.check.rule, column=", ".join(item.check.columns))


# -- what the contract says about its data ----------------------------------------------------------------------------


def _object(contract: Contract, schema: str | None, given: Source) -> SchemaObject:
    """The schema object that is meant: by name, the only one, or the one that the file is named after."""
    if schema is not None:
        for item in contract.objects:
            if schema in (item.name, item.physical_name):
                return item
    elif len(contract.objects) == 1:
        return contract.objects[0]
    elif isinstance(given, Files):
        stems = {Path(path).name.partition(".")[0] for path in given.paths}
        named = [item for item in contract.objects if stems <= {item.name, item.physical_name}]
        if len(named) == 1:
            return named[0]
    listed = ", ".join(item.name for item in contract.objects) or "none"
    what = f"no schema object '{schema}'" if schema else "the contract has several schema objects" if contract.objects else "the contract has no schema"
    raise UsageError(what, contract.ref, f"say schema=NAME, one of: {listed}")


def _server(contract: Contract, name: str | None) -> Server | None:
    if name is None:
        return contract.servers[0] if contract.servers else None
    for item in contract.servers:
        if item.name == name:
            return item
    raise UsageError(f"no server '{name}'", contract.ref, f"servers: {', '.join(item.name for item in contract.servers) or 'none'}")


def _from_server(contract: Contract, place: Server | None) -> Files:
    if place is None:
        raise UsageError("no source is given, and the contract names no server", contract.ref, "give a source")
    said = resolve(place.said, os.environ)
    path = said.get("path") or said.get("location")
    if not path:
        raise UsageError(f"server '{place.name}' ({place.type}) has no path to read", contract.ref, "give a source")
    base = Path(place.place.document).parent
    local = "://" not in str(path) and not Path(path).is_absolute() and not Path(path).exists()
    return Files((str(base / path) if local and (base / path).exists() else str(path),), _format(said))


def _format(said: Mapping[str, Any]) -> Format | None:
    word = str(said.get("format", "")).strip().lower()
    return {"parquet": Format.PARQUET, "csv": Format.CSV, "json": Format.JSON, "jsonl": Format.JSON, "delta": Format.DELTA}.get(word)


def _reading(contract: Contract, item: SchemaObject, place: Server | None, told: Mapping[str, Any] | None = None) -> Reading:
    """The dialect of text files: what the caller *told* over `dq.read` of the object or contract over the server's words."""
    said = resolve(place.said, os.environ) if place else {}
    words: dict[str, Any] = {}
    if (delimiter := said.get("delimiter")) and _format(said) is not Format.JSON:
        words["delimiter"] = {"comma": ",", "tab": "\t", "\\t": "\t", "semicolon": ";", "pipe": "|"}.get(str(delimiter), str(delimiter))
    if encoding := said.get("encoding"):
        words["encoding"] = str(encoding)
    read = {**(contract.extension.read or {}), **(item.extension.read or {})}
    names = {"nullTokens": "null_tokens", "timestampFormats": "timestamp_formats"}
    for key, value in read.items():
        words[names.get(key, key)] = tuple(value) if isinstance(value, list) else value
    return Reading(**{**words, **(told or {})})


def _reference(contract: Contract, name: str, other: Source, place: Server | None) -> Source:
    """Another dataset, read as the contract says when it describes it too."""
    if isinstance(other, Files) and other.reading is None:
        item = next((item for item in contract.objects if name in (item.name, item.physical_name)), None)
        return replace(other, reading=_reading(contract, item or SchemaObject(contract.place, name), place))
    return other


# -- good and bad, as they came ----------------------------------------------------------------------------------------


def _halves(given: Source, view: View, result: Result, *, filtered: bool) -> tuple[Any, Any]:
    from dq.errors import ViolationError  # noqa: PLC0415

    if any(item.status in (Status.FAIL, Status.ERROR) and not item.check.is_row_check and item.check.mode is Mode.BLOCK for item in result.checks):
        raise ViolationError(result)
    assert result.bad is not None  # noqa: S101  rows were read
    if isinstance(given, Frame) and given.library is not Library.BATCHES and not filtered:
        from dq.engines.frames import drop, take  # noqa: PLC0415  needs pyarrow

        numbers = view.bad_numbers()
        reasons = [row["__dq_reasons"] for row in result.bad]
        return drop(given, numbers), _with_reasons(take(given, numbers), given.library, numbers, reasons)
    return view.good().read_all(), result.bad.to_arrow()


def _with_reasons(bad: Any, library: Library, numbers: Any, reasons: list[str]) -> Any:  # noqa: ANN401  any library
    if library is Library.ROWS:
        return [{**row, "__dq_row_no": int(number), "__dq_reasons": reason} for row, number, reason in zip(bad, numbers, reasons, strict=True)]
    if library is Library.PANDAS:
        return bad.assign(__dq_row_no=numbers, __dq_reasons=reasons)
    if library is Library.POLARS:
        import polars as pl  # noqa: PLC0415

        return bad.with_columns(pl.Series("__dq_row_no", numbers), pl.Series("__dq_reasons", reasons, dtype=pl.String))
    import pyarrow as pa  # noqa: PLC0415

    return bad.append_column("__dq_row_no", pa.array(numbers)).append_column("__dq_reasons", pa.array(reasons, pa.string()))


