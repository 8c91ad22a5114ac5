"""Our reading of the official JSON schemas is that of the reference library, without its cost."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dq.contract.document import parse
from dq.contract.jsonschema import JsonSchema
from dq.contract.standard import STRICT, VERSIONS, _schema, schema

WHOLE = parse((Path(__file__).parent / "whole.odcs.yaml").read_text("utf-8"), "whole").value
ALL = (*VERSIONS, STRICT)
BRICKS: list[Any] = [None, True, 0, -1, 1.0, 1.5, "", "x", "a.b", "string", "sql", [], [1, 1], {}, {"x": 1}]


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _places(part, (*path, key))


PLACES = [path for path in _places(WHOLE) if path]
BROKEN = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["drop", "rename", "double", *BRICKS])), min_size=1, max_size=3
)


def _mutated(changes: list[tuple[tuple[str | int, ...], Any]]) -> Any:
    value = copy.deepcopy(WHOLE)
    for path, change in changes:
        holder: Any = value
        try:
            for part in path[:-1]:
                holder = holder[part]
            old = holder[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(holder, str):
            continue  # an earlier change put it in the place of a collection
        if change == "drop":
            del holder[path[-1]]
        elif change == "rename" and isinstance(holder, dict):
            holder[f"{path[-1]}x"] = holder.pop(path[-1])
        elif change == "double" and isinstance(holder, list):
            holder.append(old)
        elif change not in ("rename", "double"):
            holder[path[-1]] = copy.deepcopy(change)
    return value


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(BROKEN, st.sampled_from(ALL))
def test_verdicts_are_those_of_the_reference_library(changes: list[tuple[tuple[str | int, ...], Any]], version: str) -> None:
    """A document is valid exactly when the jsonschema library says so, for every official schema, however it is broken."""
    from jsonschema import Draft201909Validator

    value = _mutated(changes)
    assert (not schema(version).breaches(value)) == Draft201909Validator(_schema(version)).is_valid(value)


def test_the_whole_document_is_valid() -> None:
    """The document that the other tests break is valid as v3.2.0, which it says."""
    assert schema("v3.2.0").breaches(WHOLE) == ()


@pytest.mark.parametrize("version", ALL)
def test_time_is_linear_in_nesting(version: str) -> None:
    """Forty nested objects are judged at once; a validator that tries each branch again needs 3^40 steps."""
    inner: dict[str, Any] = {"name": "x", "logicalType": "string"}
    for _ in range(40):
        inner = {"name": "x", "logicalType": "object", "properties": [inner]}
    started = time.process_time()
    schema(version).breaches({**WHOLE, "schema": [{"name": "o", "properties": [inner]}]})
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "bad", [{"patternProperties": {}}, {"items": [{}]}, {"unevaluatedProperties": {}}, {"$ref": "https://elsewhere.example/x"}]
)
def test_an_unknown_word_is_refused(bad: dict[str, Any]) -> None:
    """A schema that says more than we know is refused, wherever it says it; it is never half obeyed."""
    for root in (bad, {"allOf": [{"properties": {"a": bad}}]}, {"$ref": "#/$defs/x", "$defs": {"x": bad}}):
        with pytest.raises(ValueError, match="which dq does not know"):
            JsonSchema(root)


@pytest.mark.parametrize(
    ("root", "good", "bad"),
    [
        ({"const": 1}, 1.0, True),
        ({"enum": [1, "a", None]}, None, False),
        ({"uniqueItems": True}, [1, True, "1"], [{"a": [1]}, {"a": [1.0]}]),
        ({"type": "integer"}, 2.0, 2.5),
        ({"not": {"required": ["a"]}}, {"b": 1}, {"a": 1}),
        ({"properties": {"a": False}}, {}, {"a": 1}),
        ({"additionalProperties": {"type": "string"}}, {"a": "x"}, {"a": 1}),
        ({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}, {"c": 1}, {"a": 1}),
        ({"minLength": 2, "maxLength": 3}, "ab", "abcd"),
        ({"minimum": 1, "exclusiveMaximum": 3}, 1, 3),
        ({"maximum": 3, "exclusiveMinimum": 1}, 3, 1),
    ],
)
def test_each_word_means_what_the_standard_says(root: dict[str, Any], good: Any, bad: Any) -> None:
    """Words that few official schemas use mean the same too."""
    from jsonschema import Draft201909Validator

    for value, valid in ((good, True), (bad, False)):
        assert (not JsonSchema(root).breaches(value)) is valid
        assert Draft201909Validator(root).is_valid(value) is valid
