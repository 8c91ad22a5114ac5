"""What only Great Expectations can do is done by it, over the same rows. The one module that imports it."""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dq.errors import EngineError, MissingExtra, UsageError

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Expected:
    """
    An expectation, run by Great Expectations over rows in memory; *kwargs* is JSON, *module* defines a type of somebody's own.

    *per_row*: it gives the places of the rows that are not as expected (column `row`), whatever share of them may be so;
    else whether the expectation is met (column `value`).
    """

    type: str
    kwargs: str
    per_row: bool
    module: str = ""

    def __call__(self, rows: pa.RecordBatchReader) -> pa.Table:
        """
        Run it.

        Raises:
            MissingExtra: Great Expectations is not installed. EngineError: it could not judge the rows.
        """
        import pyarrow as pa  # noqa: PLC0415

        if self.module:
            importlib.import_module(self.module)
        result = _validated(rows.read_all().to_pandas(), self.type, json.loads(self.kwargs))
        raised = _raised(result.get("exception_info") or {})
        if raised:
            raise EngineError(f"{self.type}: {raised}", "Great Expectations", "see its message")
        if not self.per_row:
            return pa.table({"value": pa.array([bool(result["success"])])})
        places = (result.get("result") or {}).get("unexpected_index_list") or []
        return pa.table({"row": pa.array([int(place) for place in places], pa.int64())})


def _raised(said: dict[str, Any]) -> str:
    """What went wrong, from the one or several exceptions that a result holds."""
    several = [said] if "raised_exception" in said else [item for item in said.values() if isinstance(item, dict)]
    return next((str(item.get("exception_message")) for item in several if item.get("raised_exception")), "")


def _validated(frame: Any, type_: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The result of one expectation over a pandas frame, as a mapping."""
    gx = _library()
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration  # noqa: PLC0415

    said = {name: value for name, value in kwargs.items() if name not in ("result_format", "batch_id", "catch_exceptions")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        context = _context(gx)
        source = context.data_sources.add_pandas("dq")
        batch = source.add_dataframe_asset("rows").add_batch_definition_whole_dataframe("all")
        expectation = ExpectationConfiguration(type=type_, kwargs=said).to_domain_obj()
        found = batch.get_batch({"dataframe": frame}).validate(expectation, result_format="COMPLETE")
    result: dict[str, Any] = found.to_json_dict()
    return result


def _library() -> Any:
    try:
        import great_expectations as gx  # noqa: PLC0415
    except ImportError:
        raise MissingExtra("great_expectations", "gx") from None
    return gx


def suite_object(text: str) -> Any:
    """The ExpectationSuite of *text*, its JSON. Raises MissingExtra: Great Expectations is not installed."""
    _library()
    from great_expectations.core import ExpectationSuite  # noqa: PLC0415

    said = json.loads(text)
    return ExpectationSuite(name=said["name"], expectations=said["expectations"])


def _context(gx: Any) -> Any:
    """A context in memory that calls nobody and draws no progress bars."""
    from great_expectations.data_context.types.base import (  # noqa: PLC0415
        DataContextConfig,
        InMemoryStoreBackendDefaults,
    )

    stores = InMemoryStoreBackendDefaults()
    config = DataContextConfig(store_backend_defaults=stores, analytics_enabled=False, progress_bars={"globally": False})
    return gx.get_context(mode="ephemeral", project_config=config)


def custom_class(type_: str, allow_code: Sequence[str]) -> str | None:
    """
    The module that defines the expectation *type_*, among those that may run; None when there is none.

    Raises:
        UsageError: a module cannot be imported, or defines it but is not listed.
    """
    if not type_:
        return None
    for name in allow_code:
        try:
            importlib.import_module(name)
        except Exception as error:
            raise UsageError(f"module '{name}' cannot be imported: {error}", "allow_code", "mend it, or take it out") from error
    registry = sys.modules.get("great_expectations.expectations.registry")
    if registry is None:
        return None
    try:
        found = registry.get_expectation_impl(type_)
    except Exception:  # noqa: BLE001  it has an error of its own for each release
        return None
    if not any(found.__module__ == name or found.__module__.startswith(f"{name}.") for name in allow_code):
        raise UsageError(
            f"'{type_}' is defined in {found.__module__}, which may not run",
            "",
            f"add {found.__module__} to the setting allow_code",
        )
    return str(found.__module__)
