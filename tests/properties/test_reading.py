"""Random values of the wrong type: what fits is judged, what does not is told, and nothing else changes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dq
from dq.contract import read
from tests import oracle
from tests.conformance.fact import MIXED
from tests.conformance.inputs import INPUTS, Rows
from tests.properties.profile import bounded
from tests.properties.tables import CELLS

KINDS = ("string", "integer", "number", "boolean", "date")
_NUMERIC = st.text("0123456789+-.eE_ \t", max_size=9).filter(lambda text: not re.search("^[-+]?0+[eE]", text.strip()))
_DATED = st.text("0123456789-T: ", min_size=8, max_size=11)
_WHOLE = ("9223372036854775807", "9223372036854775808", "-9223372036854775808", "0" * 50, "\u0663", "\uff11")  # ٣ and a wide 1
_FLOATS = ("1e308", "1e309", "-1e309", "5e-324", "1e-400")
_DAYS = ("2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01")
_WORDS = ("true", "TRUE", "tRuE", "t", "yes", "1")
_NEAR = st.sampled_from([*_WHOLE, *_FLOATS, *_DAYS, *_WORDS])
_TEXTS = _NUMERIC | _DATED | _NEAR | CELLS["string"]


@bounded(4)
@given(st.sampled_from(KINDS), st.lists(st.none() | _TEXTS, max_size=12))
def test_text_of_a_file_is_read_as_plain_python_reads_it(kind: str, texts: list[str | None]) -> None:
    """A field of a CSV file fits its type, and is there, exactly when the oracle says so; a bound judges what fits."""
    import tempfile

    values = [text if text is None else oracle.read(text, kind) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        rows = Rows({"value": pa.string()}, [(text,) for text in texts], Path(folder))
        _judged(INPUTS["csv"](rows), kind, values)


@pytest.mark.parametrize("source", MIXED)
def test_values_with_types_of_their_own_are_judged_one_by_one(source: str, tmp_path: Path) -> None:
    """In a column of mixed values each fits the declared type or does not, whatever the others are."""
    cells = st.none() | CELLS["string"] | CELLS["integer"] | CELLS["number"].filter(_is_small) | CELLS["boolean"]

    @bounded(2)
    @given(st.sampled_from(KINDS[:4]), st.lists(cells, max_size=10))
    def property_(kind: str, values: list[Any]) -> None:
        rows = Rows({"value": pa.string()}, [(value,) for value in values], tmp_path)
        _judged(INPUTS[source](rows), kind, values)

    property_()


def _is_small(value: float) -> bool:
    return abs(value) < 1e16  # larger floats are written with an exponent, which no integer of JSON has


def _judged(given_: object, kind: str, values: Sequence[Any]) -> None:
    """Type, presence and a bound are judged as the oracle says."""
    bound = {"string": "a", "boolean": None, "date": "2000-01-01"}.get(kind, 1)
    quality = [] if bound is None else [_rule({"check": "at_least", "value": bound})]
    item = {"name": "value", "logicalType": kind, "required": True, "quality": quality}
    head = {"apiVersion": "v3.2.0", "kind": "DataContract", "id": "random", "version": "1.0.0", "status": "active"}
    contract = read(json.dumps({**head, "schema": [{"name": "t", "properties": [item]}]}), "random.odcs.yaml")
    result = dq.validate(given_, contract, settings=dq.Settings(threads=1, samples=0))
    found = {item.check.id: item.bad_rows for item in result.checks}
    said = {
        "value.type": _bad(values, lambda value: not oracle.missing(value) and not _fits(value, kind)),
        "value.required": _bad(values, oracle.missing),
    }
    if bound is not None:
        said["bound"] = len(oracle.bad_values("at_least", [_known(value, kind) for value in values], kind, {"value": bound}))
    assert {name: found.get(name, 0) for name in said} == said


def _rule(said: dict[str, Any]) -> dict[str, Any]:
    return {"id": "bound", "type": "custom", "engine": "dq", "implementation": said}


def _fits(value: Any, kind: str) -> bool:
    return value is not oracle.UNREAD and oracle.fits(value, kind)


def _known(value: Any, kind: str) -> Any:
    return value if _fits(value, kind) else None


def _bad(values: Sequence[Any], is_bad: Any) -> int:
    return sum(map(bool, map(is_bad, values)))
