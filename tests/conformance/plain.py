"""A fact asked of the oracle: what plain Python makes of the rows as written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests import oracle
from tests.conformance.fact import Fact
from tests.conformance.inputs import Rows, stored_as


def verdict(fact: Fact) -> Any:
    """The numbers of the bad rows, or what a measure comes to."""
    arguments = dict(fact.said.get("arguments", {}))
    columns = arguments.pop("columns", None) or [arguments.pop("column", None) or fact.data[0]]
    cells = _values(fact)
    if fact.check == "foreign_key":
        others = fact.said["references"][arguments.pop("to")]
        places = [list(others["columns"]).index(name) for name in arguments.pop("to_columns")]
        arguments["known"] = [tuple(row[place] for place in places) for row in others["rows"]]
    if fact.check in oracle.GROUPS:
        rows = [dict(zip(fact.data, row, strict=True)) for row in cells]
        if fact.check == "condition":
            return oracle.condition(rows, **arguments)
        return oracle.GROUPS[fact.check](_without_unread(rows), columns, **arguments)
    place = fact.data.index(columns[0])
    column = [row[place] for row in (fact.rows if fact.check == "not_missing" else cells)]  # as written
    kind = fact.columns.declared.get(columns[0], {}).get("logicalType", "string")
    if fact.check in oracle.MEASURES or fact.check in ("row_count", "null_rate", "distinct_count"):
        return oracle.measure(fact.check, column, kind, arguments)
    return oracle.bad_values(fact.check, column, kind, {name: said for name, said in arguments.items() if name != "kind"})


def _values(fact: Fact) -> list[tuple[Any, ...]]:
    types = {name: stored_as(fact.columns.declared.get(name, {}), fact.columns.stored.get(name, "")) for name in fact.data}
    found = Rows(types, fact.rows, Path()).values
    kinds = [fact.columns.declared.get(name, {}).get("logicalType", "string") for name in fact.data]
    texts = (
        {"csv": oracle.WRITTEN, "jsonl": oracle.TIMES}.get(fact.kinds[0], ())
        if len(set(fact.kinds) - {"csv", "jsonl"}) == 0
        else ()
    )
    return [
        tuple(
            oracle.read(cell, kind) if isinstance(cell, str) and kind in texts else cell
            for cell, kind in zip(row, kinds, strict=True)
        )
        for row in (fact.rows if texts else found)
    ]


def _without_unread(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: None if cell is oracle.UNREAD else cell for name, cell in row.items()} for row in rows]
