"""The data of one of Great Expectations' cases as a source of each engine, typed as Great Expectations types it there."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

import dq
from tests.postgres import server

Case = Mapping[str, Any]
# Puts the rows of a case, and the further columns that are asked for, where an engine reads them.
Place = Callable[[Case, Mapping[str, Any]], AbstractContextManager[object]]

_NUMBERS = itertools.count()
# How the cases spell types that SQLAlchemy spells otherwise.
_SPELT = {"DOUBLE": "DOUBLE_PRECISION", "STRING": "VARCHAR"}


def _said(case: Case, engine: str) -> dict[str, str]:
    schemas = case["schemas"] if isinstance(case["schemas"], dict) else {}
    return {name: str(kind) for name, kind in (schemas.get(engine) or {}).items() if name in case["data"]}


def _frame(case: Case, more: Mapping[str, Any]) -> pd.DataFrame:
    """The data of a case, typed as Great Expectations types it for pandas."""
    frame = pd.DataFrame(case["data"])
    for name, kind in _said(case, "pandas").items():
        frame[name] = _typed(frame[name], kind)
    return frame.assign(**more)


def _typed(column: pd.Series[Any], kind: str) -> pd.Series[Any]:
    word = kind.lower()
    if word in ("timestamp", "datetime64[ns, tz]"):
        return pd.to_datetime(column, utc=True)
    if word in ("datetime", "datetime64", "datetime64[ns]"):
        return pd.to_datetime(column)
    if word == "date":
        return pd.to_datetime(column).dt.date
    dtype: Any = getattr(pd, kind)() if hasattr(pd, kind) else kind
    return column.astype(dtype)


def _of_one_type(column: pd.Series[Any]) -> pd.Series[Any]:
    """A file keeps no column of several types: then it is text."""
    kinds = {type(value) for value in column.dropna()}
    return column.map(lambda value: None if value is None else str(value)) if len(kinds) > 1 else column


def _stored(column: pd.Series[Any], kind: sa.types.TypeEngine[Any]) -> pd.Series[Any]:
    """The values of a column as a database takes them for its type."""
    if isinstance(kind, sa.Integer | sa.Numeric):
        return pd.to_numeric(column)
    if isinstance(kind, sa.DateTime | sa.Date):
        times = pd.to_datetime(column)
        return times.dt.date if isinstance(kind, sa.Date) else times
    return column


def _write(case: Case, more: Mapping[str, Any], engine: sa.Engine) -> dq.Table:
    """A fresh table of the case's rows; a column of no said type has the one that pandas finds."""
    name, frame = f"case_{next(_NUMBERS)}", pd.DataFrame(case["data"]).assign(**more)
    module = getattr(sa.dialects, engine.dialect.name)
    kinds = {column: getattr(module, _SPELT.get(kind, kind))() for column, kind in _said(case, engine.dialect.name).items()}
    for column in frame:
        frame[column] = _stored(frame[column], kinds[column]) if column in kinds else _of_one_type(frame[column])
    frame.to_sql(name, engine, index=False, dtype=kinds)
    return dq.Table(engine, name)


@contextmanager
def _frames() -> Iterator[Place]:
    @contextmanager
    def place(case: Case, more: Mapping[str, Any]) -> Iterator[object]:
        yield _frame(case, more)

    yield place


@contextmanager
def _files() -> Iterator[Place]:
    @contextmanager
    def place(case: Case, more: Mapping[str, Any]) -> Iterator[object]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "rows.parquet"
            _frame(case, more).apply(_of_one_type).to_parquet(path)
            yield path

    yield place


@contextmanager
def _database(url: str) -> Iterator[Place]:
    engine = sa.create_engine(url)

    @contextmanager
    def place(case: Case, more: Mapping[str, Any]) -> Iterator[object]:
        yield _write(case, more, engine)

    try:
        yield place
    finally:
        engine.dispose()


@contextmanager
def _postgresql() -> Iterator[Place]:
    with server() as fresh, _database(fresh()) as place:
        yield place


@contextmanager
def _sqlite() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder, _database(f"sqlite:///{folder}/cases.db") as place:
        yield place


SOURCES: Mapping[str, Callable[[], AbstractContextManager[Place]]] = {
    "pandas": _frames,
    "duckdb": _files,
    "postgresql": _postgresql,
    "sqlite": _sqlite,
}
DATABASES = frozenset({"postgresql", "sqlite"})
