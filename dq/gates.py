"""The gate around a plain function: what goes in and what comes out is enforced, and only good rows pass."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar, cast

from dq.errors import UsageError, ViolationError
from dq.job import Ref
from dq.policy import AS_WRITTEN, Policy
from dq.run import enforce
from dq.settings import Settings
from dq.source import Reading, Table

if TYPE_CHECKING:
    from dq.diversion import Enforcement

P = ParamSpec("P")
R = TypeVar("R")
OnBlock = Literal["raise"] | Callable[["Enforcement"], object]

_MARK = "__dq_gates__"
_INPUT_WORDS = ("contract", "output", "schema", "dataset", "references", "policy", "reading", "where")


@dataclass(frozen=True, slots=True)
class _Gate:
    """What a gate was told."""

    contract: Ref | None
    stage: str
    key: str | None
    at: str | None
    inputs: Mapping[str, Mapping[str, Any]]
    on_block: OnBlock
    said: Mapping[str, Any]  # words of `enforce`, for what the function returns
    settings: Settings | None
    enforcing: Callable[..., Enforcement]
    signature: inspect.Signature = field(repr=False)
    name: str = ""


class _BlockedError(Exception):
    """Carries a blocked enforcement to the gate's own `on_block`; it never leaves the gate."""

    def __init__(self, enforcement: Enforcement) -> None:
        super().__init__()
        self.enforcement = enforcement


def gate(
    contract: Ref | None = None,
    *,
    stage: str,
    key: str | None = None,
    at: str | None = None,
    inputs: Mapping[str, Ref | Mapping[str, Any]] | None = None,
    output: str | os.PathLike[str] | Table | None = None,
    policy: Policy = AS_WRITTEN,
    on_block: OnBlock = "raise",
    schema: str | None = None,
    dataset: str | None = None,
    references: Mapping[str, object] | None = None,
    reading: Reading | Mapping[str, Any] | None = None,
    settings: Settings | None = None,
    enforcing: Callable[..., Enforcement] = enforce,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """
    Decorate a function, plain or async, so that only good rows come out of it, and go into it.

    What it returns (a frame, rows, Arrow batches, a path) is enforced, and its good rows come back as what it was: a path
    as the path that was written. Good rows of a path need an *output*; of a frame they go there too when one is said.

    Args:
        contract: what the returned rows must be; None: only inputs are enforced.
        stage: the point of the pipeline.
        key: the part of the dataset, a template over the arguments: `"{day}"`. None: by content.
        at: the logical time of its metrics, a template too: `"{interval_end}"`, a datetime or ISO 8601 text. None: now.
        inputs: contracts by the name of an argument: the function gets its good rows only. A mapping says more:
            `{"contract": "orders@^1", "output": "clean/{key}.parquet"}`, a path among the arguments needs it.
            The key of an input is the gate's, and its name: `2024-05-01 [orders]`.
        output: as in `dq.enforce`, and so are policy, schema, dataset, references, reading and settings.
        on_block: `"raise"`, or a function of the blocked enforcement, whose answer is returned instead.
        enforcing: called instead of `dq.enforce`, with its arguments, by who adds the surroundings of an orchestrator: for
            inputs first, then for what is returned. Its *origin* names the function as `gate`, and for an input the argument.

    Raises:
        UsageError: the function is a generator, lacks a named argument, or has this very gate already.
        ViolationError: a stage is blocked (when called); its `result` says why. As `dq.enforce` otherwise.
    """
    wanted = {name: _input(name, said) for name, said in (inputs or {}).items()}
    if contract is None and not wanted:
        raise UsageError("the gate has no contract", "gate", "say @dq.gate('orders@^1', stage='raw'), or inputs={…}")
    if not stage:
        raise UsageError("no stage is given", "gate", "name the point of the pipeline: stage='raw'")
    said = {
        "output": output,
        "policy": policy,
        "schema": schema,
        "dataset": dataset,
        "references": references,
        "reading": reading,
    }

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        name = _checked(function, contract, stage, wanted)
        told = _Gate(
            contract,
            stage,
            key,
            at,
            wanted,
            on_block,
            said,
            settings,
            enforcing,
            inspect.signature(function),
            name,
        )
        wrapped = _around_async(function, told) if inspect.iscoroutinefunction(function) else _around(function, told)
        setattr(wrapped, _MARK, (*getattr(function, _MARK, ()), (str(contract), stage)))
        return cast("Callable[P, R]", wrapped)

    return decorate


# -- before the first call ---------------------------------------------------------------------------------------------


def _input(name: str, said: Ref | Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(said, Mapping):
        return {"contract": said}
    unknown = sorted(set(said) - set(_INPUT_WORDS))
    if unknown or "contract" not in said:
        what = f"unknown word '{unknown[0]}'" if unknown else "no contract"
        raise UsageError(what, f"inputs['{name}']", f"words: {', '.join(_INPUT_WORDS)}")
    return said


def _checked(function: Any, contract: Ref | None, stage: str, inputs: Mapping[str, object]) -> str:
    """The function's name, when a gate can stand around it."""
    if isinstance(function, staticmethod | classmethod):
        raise UsageError("the gate stands around a method of a class", "gate", f"put it below @{type(function).__name__}")
    name = getattr(function, "__qualname__", repr(function))
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        mend = "return a frame, a path, or a pyarrow.RecordBatchReader over the batches"
        raise UsageError("a generator has not made its rows when it returns", f"gate of {name}", mend)
    parameters = inspect.signature(function).parameters
    if missing := [item for item in inputs if item not in parameters]:
        raise UsageError(f"no argument '{missing[0]}'", f"gate of {name}", f"arguments: {', '.join(parameters) or 'none'}")
    if contract is not None and (str(contract), stage) in getattr(function, _MARK, ()):
        raise UsageError(f"it has a gate for '{contract}' at stage '{stage}' already", f"gate of {name}", "name another stage")
    return name


# -- every call ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Call:
    """One call: its arguments, defaults included, and the key and the time that they make."""

    bound: inspect.BoundArguments
    key: str | None
    at: datetime | None


def _around(function: Callable[..., Any], told: _Gate) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        call = _called(told, args, kwargs)
        try:
            _let_in(told, call)
            return _let_out(told, call, function(*call.bound.args, **call.bound.kwargs))
        except _BlockedError as blocked:
            return _answer(told, blocked)

    return wrapped


def _around_async(function: Callable[..., Any], told: _Gate) -> Callable[..., Any]:
    @functools.wraps(function)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        call = _called(told, args, kwargs)
        try:
            await asyncio.to_thread(_let_in, told, call)
            made = await function(*call.bound.args, **call.bound.kwargs)
            return await asyncio.to_thread(_let_out, told, call, made)
        except _BlockedError as blocked:
            return _answer(told, blocked)

    return wrapped


def _answer(told: _Gate, blocked: _BlockedError) -> object:
    if told.on_block == "raise":
        raise ViolationError(blocked.enforcement.result) from None
    return told.on_block(blocked.enforcement)


def _called(told: _Gate, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Call:
    bound = told.signature.bind(*args, **kwargs)
    bound.apply_defaults()
    if told.key is None and told.at is None:
        return _Call(bound, None, None)
    from dq.quarantine import key_of, moment_of  # noqa: PLC0415  the store is heavy

    values = dict(bound.arguments)
    for name, parameter in told.signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            values |= values.pop(name)
    key = None if told.key is None else key_of(told.key, values)
    return _Call(bound, key, None if told.at is None else moment_of(told.at, values))


def _let_in(told: _Gate, call: _Call) -> None:
    """Put the good rows of inputs in the place of all of them."""
    for name, said in told.inputs.items():
        words = dict(said)
        contract = words.pop("contract")
        slot = replace(call, key=None if call.key is None else f"{call.key} [{name}]")
        given = call.bound.arguments[name]
        words["origin"] = {"argument": name}
        call.bound.arguments[name] = _good(told, slot, given, contract, what=f"argument '{name}'", words=words)


def _let_out(told: _Gate, call: _Call, made: object) -> object:
    if told.contract is None:
        return made
    return _good(told, call, made, told.contract, what="what it returned", words=told.said)


def _good(told: _Gate, call: _Call, given: object, contract: Ref, *, what: str, words: Mapping[str, Any]) -> object:
    if given is None:
        raise UsageError(f"{what} is None", f"gate of {told.name}", "hand on a frame, rows, Arrow batches or a path")
    said = {**words, "origin": {"gate": told.name, **words.get("origin", {})}}
    done = told.enforcing(given, contract, stage=told.stage, key=call.key, at=call.at, settings=told.settings, **said)
    if not done.ok:
        raise _BlockedError(done)
    return _alike(given, done)


def _alike(given: object, done: Enforcement) -> object:
    """The good rows as *given* was: `enforce` keeps frames, and what only streams or names files is made the same here."""
    good = done.good
    if isinstance(given, Table) and done.batch.place:  # its good rows are where they were
        return given
    if isinstance(given, str):
        return done.output
    if isinstance(given, os.PathLike):
        return Path(done.output) if isinstance(given, Path) else good
    if isinstance(given, list | tuple) and isinstance(good, str):
        return type(given)([type(given[0])(good)])
    if hasattr(given, "collect") and hasattr(good, "lazy"):
        return good.lazy()
    if isinstance(given, Iterator) or type(given).__name__ == "RecordBatchReader":
        return _streamed(given, done)
    return good


def _streamed(given: object, done: Enforcement) -> object:
    import pyarrow as pa  # noqa: PLC0415  only for who hands in Arrow
    import pyarrow.parquet as pq  # noqa: PLC0415

    good = done.good
    if isinstance(good, str):
        if not good.endswith(".parquet"):
            raise UsageError("Arrow batches come back from Parquet alone", good, "end the output in .parquet, or give none")
        file = pq.ParquetFile(good)
        schema, batches = file.schema_arrow, file.iter_batches()
    else:
        schema, batches = good.schema, iter(good.to_batches())
    return pa.RecordBatchReader.from_batches(schema, batches) if isinstance(given, pa.RecordBatchReader) else batches
