"""Checks that run in pandera: rows in by Arrow, the places of bad ones, or one verdict, out."""

from __future__ import annotations

import copy
import importlib
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dq.errors import MissingExtra, UsageError
from dq.suites.pandera.model import Api, Rule

if TYPE_CHECKING:
    import pyarrow as pa

_KEY = "check_output"
_ZONES = "PYARROW_IGNORE_TIMEZONE"  # which pandera sets when it is imported, for all of the process
_DAY = 86_400_000_000_000  # nanoseconds; engines keep spans of time as days and the rest


@dataclass(frozen=True, slots=True)
class OneCheck:
    """
    One check of a schema for *api*: *rule*'s own object, else the built-in one of its name.

    *column* is what it is about: None for the frame, "" for the first column that it is handed.
    """

    api: Api
    rule: Rule = field(repr=False)
    column: str | None = None

    def __call__(self, rows: pa.RecordBatchReader) -> pa.Table:
        """
        Run it.

        Raises:
            MissingExtra: pandera, or the frame's library, is not installed. What the function raises.
        """
        table = rows.read_all()
        column = None if self.column is None else self.column or table.column_names[0]
        return (_in_pandas if self.api is Api.PANDAS else _in_polars)(self._check(), table, column)

    def _check(self) -> Any:
        module = library(self.api)
        check = self.rule.check
        if check is None:
            make = getattr(module.Check, self.rule.name, None)
            if make is None:
                problem = f"pandera has no check '{self.rule.name}'"
                raise UsageError(problem, "", "register it, and give the schema as module:Name")
            said = dict(self.rule.arguments)
            check = make(*([said.pop("value")] if set(said) == {"value"} else []), **said)
            check.ignore_na = self.rule.ignore_na
            if self.rule.groupby:
                check.groupby = list(self.rule.groupby)
        if check.n_failure_cases is None:
            return check
        check = copy.copy(check)
        check.n_failure_cases = None  # how many are shown is dq's setting; all are told
        return check


def library(api: Api) -> Any:
    """
    The part of pandera for *api*.

    Raises:
        MissingExtra: it, or the frames it is for, is not installed.
    """
    zones = os.environ.get(_ZONES)
    try:
        for package in ("pandera", str(api)):
            try:
                importlib.import_module(package)
            except ImportError:
                raise MissingExtra(package, package) from None
        return importlib.import_module(f"pandera.{api}")
    finally:
        if zones is None:
            os.environ.pop(_ZONES, None)


def _in_pandas(check: Any, table: pa.Table, column: str | None) -> pa.Table:
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    frame = table.to_pandas()
    for name in (item.name for item in table.schema if item.type == pa.month_day_nano_interval()):
        spans = table.column(name).to_pylist()
        frame[name] = pd.to_timedelta([None if span is None else span.days * _DAY + span.nanoseconds for span in spans])
    found = check(frame, column)
    said = found.check_output
    if isinstance(said, pd.DataFrame) and said.index.equals(frame.index):
        said = said.fillna(value=True).astype(bool).all(axis=1)
    is_rows = isinstance(said, pd.Series) and check.groupby is None and said.index.equals(found.checked_object.index)
    if not is_rows:
        return _value(found.check_passed)
    return _places(said.index[~said.fillna(value=True).astype(bool)])


def _in_polars(check: Any, table: pa.Table, column: str | None) -> pa.Table:
    import polars as pl  # noqa: PLC0415

    frame = pl.DataFrame(pl.from_arrow(table))
    found = check(frame.lazy(), column)
    said = found.check_output.collect().get_column(_KEY)
    if found.failure_cases is None or len(said) != frame.height:
        return _value(said.all())
    return _places((~said).arg_true().to_list())


def _value(passed: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    return pa.table({"value": pa.array([bool(passed)])})


def _places(places: Any) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415

    return pa.table({"row": pa.array(list(places), pa.int64())})
