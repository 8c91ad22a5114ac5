"""What is read can be written: nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dq.contract import Contract, dump, read
from dq.contract.document import Document, dotted, parse
from dq.contract.views import contract

TRICKY = r"""a no yes on ~ null 1 1.0 1e3 0o7 0x1F 010 12:30 1_000 .5 .inf .nan 2024-01-01 << = - ? : #
${V} ${V:-x} 'q' "q" \ [ { & * ! | > % @ ` --- ... !!int"""
WORDS = st.sampled_from(["", " ", *TRICKY.split()])
TEXT = st.text(max_size=8) | WORDS
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
MINIMAL = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "x", "version": "1.0.0", "status": "active"}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.fixed_dictionaries({"property": TEXT, "value": VALUES}), max_size=4))
@example([{"property": "dq2", "value": {"on": "no", "=": "<<", "<<": "="}}])
@example([{"property": "long", "value": "word " * 60}, {"property": "lines", "value": "a\n\n b \n"}])
@example([{"property": "\x85\u2028\ufeff\U0001f600", "value": "\ufeff\x00\x1f"}])
def test_load_dump_load_is_equal(custom: list[dict[str, Any]]) -> None:
    """`read(dump(c)) == c`, with the same types and keys in the same order, for whatever a contract holds."""
    before = contract(Document("c.yaml", {**MINIMAL, "customProperties": custom}), "")
    document = parse(dump(before), "c.yaml")
    assert document.faults == ()
    after = contract(document, "")
    assert after == before
    assert repr(after.document) == repr(before.document)


def test_a_contract_without_wonders_survives() -> None:
    """A contract that is read, written and read again is equal to itself, variables unresolved."""
    text = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.0.0\nstatus: ${STATUS:-active}\n"
    first = read(text, "c.yaml")
    assert dump(first) == text
    assert read(dump(first), "c.yaml") == first
    assert isinstance(first, Contract)


VALUE = {
    "schema": [
        {
            "name": "orders",
            "properties": [{"name": "id"}, {"x": 1}, {"name": "a", "items": {"properties": [{"name": "b"}]}}],
            "quality": [{}],
        },
        {"properties": [{"name": "c"}]},
    ],
    "servers": [{"server": "prod"}],
    "customProperties": [{"property": "dq", "value": {"mode": 1}}],
    "team": {"members": [{"username": "u"}]},
}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (("schema",), "schema"),
        (("schema", 0), "schema.orders"),
        (("schema", 0, "properties"), "schema.orders.properties"),
        (("schema", 0, "properties", 0), "schema.orders.id"),
        (("schema", 0, "properties", 1, "x"), "schema.orders.properties[1].x"),
        (("schema", 0, "properties", 2, "items", "properties", 0), "schema.orders.a.items.b"),
        (("schema", 0, "quality", 0, "mustBe"), "schema.orders.quality[0].mustBe"),
        (("schema", 1, "properties", 0), "schema[1].c"),
        (("servers", 0, "host"), "servers.prod.host"),
        (("customProperties", 0, "value", "mode"), "customProperties.dq.value.mode"),
        (("team", "members", 0), "team.members[0]"),
        (("a\nb",), "a\\nb"),
    ],
)
def test_paths_name_what_has_a_name(path: tuple[str | int, ...], shown: str) -> None:
    """A path says names instead of numbers where an element has one, and leaves `properties` out."""
    assert dotted(VALUE, path) == shown


def test_lines_are_those_of_the_keys() -> None:
    """The line of a path is that of its key or element, else of what is nearest around it."""
    document = parse("a:\n  - b: 1\n  - c:\n      d: 2\n", "c.yaml")
    paths: list[tuple[str | int, ...]] = [("a",), ("a", 0), ("a", 1, "c"), ("a", 1, "c", "d"), ("a", 1, "c", "e"), ("z",)]
    assert [document.line(path) for path in paths] == [1, 2, 3, 4, 3, 1]
