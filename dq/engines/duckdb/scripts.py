"""Foreign Python over the rows: one read feeds all scripts that see batches, one those that need every row at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from dq.engines.duckdb.connection import Connection
from dq.errors import DqError, MissingExtra
from dq.plan import Visit
from dq.sql import ROW_NO, SOURCE, Scalar, Tree, render

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 65_536  # rows of a batch
_ROW, _VALUE = "row", "value"


@dataclass(frozen=True, slots=True)
class Told:
    """What scripts returned: one *values* each, or why not; *silent* are the sets of those that told no rows."""

    values: dict[int, Scalar | Exception]
    errors: dict[int, str]
    silent: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Talk:
    """What one script said so far."""

    visit: Visit
    rows: list[pa.Array | pa.ChunkedArray]
    values: list[Scalar]

    def hear(self, batch: pa.RecordBatch | pa.Table, names: Sequence[str]) -> None:
        """Run the script over *batch*, its columns called *names*; places that it was not handed are refused."""
        import pyarrow as pa  # noqa: PLC0415

        handed = pa.table([batch.column(name) for name in names], names=list(self.visit.columns))
        said = self.visit.run(handed.to_reader())
        if not isinstance(said, pa.Table) or said.column_names not in ([_ROW], [_VALUE]):
            raise TypeError(f"a script gives an Arrow table of one column, '{_ROW}' or '{_VALUE}'")
        if said.column_names == [_VALUE]:
            if said.num_rows != 1:
                raise TypeError(f"a script gives one value: here are {said.num_rows}")
            self.values.append(said.column(0)[0].as_py())
            return
        places = said.column(0).cast(pa.int64()).unique()
        self.rows.append(batch.column(ROW_NO).take(places))  # refuses places that are not there


def run_scripts(connection: Connection, visits: Sequence[Visit]) -> Told:
    """
    Run every script of *visits*; the row numbers that each returns become the table of its name.

    What a script raises is kept beside its check: the others run.
    """
    errors: dict[int, str] = {}
    talks = [_Talk(visit, [], []) for visit in visits]
    for in_batches in (True, False):
        chosen = [talk for talk in talks if talk.visit.in_batches is in_batches]
        if chosen:
            _read(connection, chosen, errors, in_batches=in_batches)
    silent = {talk.visit.name for talk in talks if not _keep(connection, talk, errors)}
    values = {talk.visit.check: _of_all(talk.values) for talk in talks if talk.values and talk.visit.check not in errors}
    return Told(values, errors, frozenset(silent))


def _read(connection: Connection, talks: Sequence[_Talk], errors: dict[int, str], *, in_batches: bool) -> None:
    """One statement over the columns that any of *talks* needs."""
    trees: dict[str, Tree] = {}
    places: dict[str, str] = {}
    for talk in talks:
        for tree in talk.visit.columns.values():
            sql = render(tree, "duckdb")
            places.setdefault(sql, f"c{len(places)}")
            trees[places[sql]] = tree
    listed = "".join(f"{render(tree, 'duckdb')} AS {place}, " for place, tree in trees.items())
    reader = connection.reader(f"SELECT {listed}{ROW_NO} FROM {SOURCE}", _AT_ONCE)
    batches: Iterable[Any] = reader if in_batches else [reader.read_all()]
    empty = True
    for batch in batches:
        empty = False
        _hear(talks, batch, places, errors)
    if empty:
        _hear(talks, reader.schema.empty_table(), places, errors)


def _hear(talks: Sequence[_Talk], batch: pa.RecordBatch | pa.Table, places: dict[str, str], errors: dict[int, str]) -> None:
    for talk in talks:
        if talk.visit.check in errors:
            continue
        try:
            talk.hear(batch, [places[render(tree, "duckdb")] for tree in talk.visit.columns.values()])
        except DqError as error:
            if error.retryable:
                raise
            errors[talk.visit.check] = f"{error.what}: {error.mend}" if isinstance(error, MissingExtra) else error.what
        except (Exception, SystemExit) as error:  # noqa: BLE001  whatever users' Python raises is this check's alone
            errors[talk.visit.check] = f"{type(error).__name__}: {error}"


def _keep(connection: Connection, talk: _Talk, errors: dict[int, str]) -> bool:
    """Make the script's row numbers a table; whether it holds any."""
    import pyarrow as pa  # noqa: PLC0415

    rows = [] if talk.visit.check in errors else talk.rows
    if rows and talk.values:
        errors[talk.visit.check] = "the script told rows of one batch and a value of another: it cannot be judged in batches"
        rows = []
    numbers = pa.chunked_array([chunk for item in rows for chunk in _chunks(item)], pa.int64())
    connection.raw.register(talk.visit.name, pa.table({"k0": numbers}))
    return len(numbers) > 0


def _chunks(item: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return list(getattr(item, "chunks", [item]))


def _of_all(values: Sequence[Scalar]) -> Scalar | Exception:
    """The value of all batches: whether all is well when each says whether it is."""
    if len(values) == 1:
        return values[0]
    if all(isinstance(value, bool) for value in values):
        return all(values)
    return cast("Exception", ValueError("the script gives a value of each batch: it needs all rows at once"))
